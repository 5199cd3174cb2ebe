# test_profile.py
# The profile "PVS Boot" in tshark: columns, filters, colours
#
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import pathlib
import re
import subprocess
import xml.etree.ElementTree

import pytest

from profile_files import all_filters, auto_switch_filter, buttons, colour_rules, column_widths, graphs, saved_filters

SYNTHETIC = pathlib.Path(__file__).resolve().parents[2] / "test-captures" / "synthetic"
RECORDED = SYNTHETIC.parent / "recorded"
BOOT = SYNTHETIC / "synthetic-boot.pcapng"


@pytest.fixture(scope="module")
def tshark(bench, profile_home):
    """tshark with the profile. It must have nothing to complain about."""
    def run(capture, *arguments):
        done = bench.run("tshark", "-n", "-C", "PVS Boot", "-r", bench.readable(capture), *arguments,
                         HOME=str(profile_home))
        assert done.stderr == ""
        return done.stdout
    return run


@pytest.fixture(scope="module")
def rows(tshark):
    """The packet list of the boot: one dictionary a frame, by column title."""
    listed = xml.etree.ElementTree.fromstring(tshark(BOOT, "-T", "psml"))
    titles = [title.text for title in listed.find("structure")]
    return [dict(zip(titles, [cell.text for cell in packet])) for packet in listed.iter("packet")]


def test_columns(rows):
    assert list(rows[0]) == ["No.", "Time", "Source", "Destination", "Protocol", "Boot", "Phase", "Step", "Target",
                             "Info"]


def test_columns_are_filled(rows):
    """Every frame of this capture belongs to its one boot."""
    for row in rows:
        assert row["Boot"] == "1"
        assert row["Target"] == "02:50:56:97:00:01"
        assert row["Phase"] in "1234" and row["Step"].startswith(row["Phase"] + "."), row
    assert rows[0]["Step"] == "1.1 DHCP Discover"
    assert [row["No."] for row in rows if row["Step"] == "4.1 Hand-off to BNIStack"] == ["245"]


def test_columns_are_wide_enough():
    """For 10 million frames in a day, at 1366x768: 8 pixels a character in the tests' font, and a margin."""
    widths = column_widths()
    longest = {"%m": "10000000", "%t": "86400.000000", "%s": "255.255.255.255", "%d": "255.255.255.255", "%p": "ICMPv6",
               "%Cus:pvsboot.boot": "50000", "%Cus:pvsboot.phase": "Phase", "%Cus:pvsboot.step":
               "2.2 Bootstrap transfer confirmed", "%Cus:pvsboot.target": "02:50:56:97:00:01", "%i": "x" * 36}
    assert {name: width for name, width in widths.items() if width < 8 * len(longest[name]) + 6} == {}
    assert sum(widths.values()) <= 1366 - 52  # the list's scroll bar with its small map


def test_info_column_does_not_repeat_the_step(rows):
    assert not any("[PVS" in row["Info"] for row in rows)


@pytest.mark.parametrize("place, text", all_filters(), ids=[place for place, _ in all_filters()])
def test_filter_compiles(tshark, place, text):
    tshark(RECORDED / "ordinary-clients.pcapng", "-Y", text)


def frames(tshark, capture, text):
    return tshark(capture, "-2", "-Y", text, "-T", "fields", "-e", "frame.number").split()


def test_phase_buttons_share_out_the_boot(tshark):
    phases = [text for label, text in buttons().items() if label.startswith("Phase//")]
    assert len(phases) == 5
    for capture in (BOOT, SYNTHETIC / "synthetic-midstream.pcapng"):
        shared_out = [frame for text in phases for frame in frames(tshark, capture, text)]
        assert sorted(shared_out, key=int) == frames(tshark, capture, buttons()["Boots"])


def test_hand_off_button(tshark):
    assert frames(tshark, SYNTHETIC / "synthetic-two-boots.pcapng", buttons()["Hand-offs"]) == \
        frames(tshark, SYNTHETIC / "synthetic-two-boots.pcapng", "pvsboot.step == 401")


def test_milestones_are_few(tshark):
    assert 5 <= len(frames(tshark, BOOT, buttons()["Milestones"])) <= 12


def findings_of(severity):
    """The fields of the plugin's table of findings with one severity."""
    table = subprocess.run([SYNTHETIC.parents[1] / "tools" / "diagnosis-doc", "--list"], check=True,
                           capture_output=True, text=True, timeout=60).stdout
    rows = [line.split("\t") for line in table.splitlines()]
    return sorted(f"pvsboot.{name}" for name, told, *_ in rows if told.startswith(severity))


@pytest.mark.parametrize("severity, button, rule", [("fault", "Faults", "PVS fault"),
                                                    ("symptom", "Symptoms", "PVS symptom")])
def test_findings_are_in_buttons_colours_and_graphs(severity, button, rule):
    wanted = findings_of(severity)
    assert len(wanted) >= 9
    for text in (buttons()[button], colour_rules()[rule][0], graphs()[f"{button} (frames)"]["filter"]):
        assert sorted(re.split(r" \|\| ", text)) == wanted


@pytest.mark.parametrize("name", ["synthetic-boot", "synthetic-boot-uefi", "synthetic-boot-redirected"])
def test_good_boot_has_no_fault(tshark, name):
    assert frames(tshark, SYNTHETIC / f"{name}.pcapng", buttons()["Faults"]) == []


@pytest.mark.parametrize("name", ["relay", "ovmf-pvsnbpx64", "ipxe-dnsmasq"])
def test_real_boot_has_no_fault(tshark, name):
    """Other dissectors' warnings are none: a size probe that ends with ERROR 8, a router that is seen on both sides."""
    assert frames(tshark, RECORDED / f"{name}.pcapng", buttons()["Faults"]) == []


def test_without_the_stream(tshark):
    steps = tshark(BOOT, "-Y", saved_filters()["Boots without the streamed data"], "-T", "fields",
                   "-e", "pvsboot.step").split()
    assert steps and not set(steps) & {"301", "302", "402", "403"}


def test_profile_switches_itself_on_for_pvs_only(tshark):
    assert frames(tshark, BOOT, auto_switch_filter())
    assert not frames(tshark, RECORDED / "ordinary-clients.pcapng", auto_switch_filter())


def test_colours(tshark):
    """The hand-off and the milestones stand out of their phases, and every frame has a colour."""
    pairs = tshark(BOOT, "--color", "-T", "fields", "-e", "pvsboot.step", "-e", "frame.coloring_rule.name")
    rules = collections.defaultdict(set)
    for line in pairs.splitlines():
        step, rule = line.split("\t")
        rules[rule].add(int(step))
    assert rules["PVS hand-off"] == {401}
    assert rules["PVS milestone"] == {202, 203, 302}
    for phase, name in enumerate(("DHCP and bootstrap download", "PVS logon", "single read mode", "BNIStack"), 1):
        assert {step // 100 for step in rules[f"PVS phase {phase}: {name}"]} == {phase}
    assert len(rules) == 6


def test_icmp_is_not_painted_as_a_phase():
    """An ICMP error about a boot's datagram has a phase, and keeps the colour of an ICMP error, or of its finding."""
    rules = list(colour_rules())
    phases = [rule for rule in rules if rule.startswith(("PVS phase", "PVS possible"))]
    assert len(phases) == 6
    assert rules.index("PVS symptom") < rules.index("ICMP errors") < min(map(rules.index, phases))


def test_other_frames_stay_plain(tshark):
    """Frames of no boot get one of Wireshark's own pale colours, or none."""
    pairs = tshark(RECORDED / "ordinary-clients.pcapng", "--color", "-Y", "!pvsboot", "-T", "fields",
                   "-e", "frame.coloring_rule.name")
    assert set(pairs.split("\n")) <= {"", "ARP", "ICMP errors"}


def luminance(colour):
    """The relative luminance of WCAG 2."""
    parts = [part / 65535 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("rule", colour_rules())
def test_colours_are_readable(rule):
    """Text on its background has the contrast that WCAG 2 asks for (AA)."""
    _, background, foreground = colour_rules()[rule]
    dark, light = sorted(luminance(colour) for colour in (background, foreground))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("name", graphs())
def test_graphs_can_be_drawn(name, plugin_fields):
    """The words are those that Wireshark 4.0 to 4.6 read; a calculation needs a field with a number."""
    graph = graphs()[name]
    assert graph["enabled"] in ("Enabled", "Disabled") and graph["average"] == "None" and int(graph["factor"]) >= 1
    assert re.fullmatch("#[0-9A-F]{6}", graph["colour"]) and graph["style"] in ("Line", "Bar", "Dot", "Cross")
    if graph["y_axis"] == "Packets":
        assert graph["filter"] and not graph["y_field"]
    else:
        assert graph["y_axis"] in [f"{what}(Y Field)" for what in ("MAX", "AVG", "SUM", "COUNT FRAMES")]
        assert plugin_fields[graph["y_field"]] in ("FT_RELATIVE_TIME", "FT_UINT32")


def test_few_graphs_are_drawn_at_first():
    assert len([name for name, graph in graphs().items() if graph["enabled"] == "Enabled"]) == 3
