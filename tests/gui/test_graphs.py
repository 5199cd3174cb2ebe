# test_graphs.py
# Statistics > I/O Graphs with the graphs of the profile "PVS Boot": they draw the values of the ground truth
#
# SPDX-License-Identifier: GPL-2.0-or-later

import csv

import pytest

from profile_files import PROFILE, graphs
from truth import Truth

SLOW = Truth("synthetic-boot-slow")


def draws_dots(screen):
    """Whether the dots of the longest read times are there. The list below the graph has a square of their colour."""
    colour = bytes.fromhex(graphs()["Longest read time (ms)"]["colour"][1:])
    return screen.count([part << 8 for part in colour]) > 16 * 16 + 100


def open_graphs(window, picture):
    window.screenshot("opened-for-graphs")
    window.key("alt+s", "i")
    window.window("I/O Graphs")
    window.screenshot(picture, draws_dots)


def values(window):
    """Graph -> its values, one a second, as the button "Copy" gives them: before the factor of the Y axis."""
    window.key(*["shift+Tab"] * 3, "space")
    rows = list(csv.DictReader(window.copied().splitlines()))
    return {name: [float(row[name]) for row in rows] for name in rows[0] if name != "Interval start"}


def frames_with(name):
    return [frame for frame in SLOW.facts["frames"] if name in frame.get("experts", [])]


def per_second(bench, frames):
    """How many of these frames the capture has in each second."""
    numbers = {frame["frame"] for frame in frames}
    times = [float(row["frame.time_relative"]) for row in bench.fields(SLOW.capture, ["frame.time_relative"])
             if int(row["frame.number"]) in numbers]
    return {second: [int(time) for time in times].count(second) for second in map(int, times)}


def test_graphs_of_a_slow_boot(wireshark, bench):
    """The capture's maker had three reads answered 1.3 s after they were asked for, and no other as late."""
    window = wireshark(SLOW.capture)
    open_graphs(window, "walk-slow-graphs")
    drawn = values(window)
    assert list(drawn) == ["Longest read time (ms)", "Mean read time (ms)", "Reads asked for again"]
    assert max(drawn["Longest read time (ms)"]) == pytest.approx(1.3, abs=0.001)
    assert [second for second, longest in enumerate(drawn["Longest read time (ms)"]) if longest > 1] == \
        sorted(per_second(bench, frames_with("read.slow")))
    retries = per_second(bench, frames_with("read.retry"))
    assert {second: count for second, count in enumerate(drawn["Reads asked for again"]) if count} == retries
    assert sum(retries.values()) == 3
    assert window.said() == ""
    assert window.quit() == 0
    assert window.said() == ""


def test_every_graph_tells_the_ground_truth(desktop, wireshark):
    file = desktop.home / ".config" / "wireshark" / "profiles" / PROFILE.name / "io_graphs"
    file.write_text(file.read_text().replace('"Disabled"', '"Enabled"'))
    window = wireshark(SLOW.capture)
    open_graphs(window, "io-graphs-all")
    totals = {name: sum(column) for name, column in values(window).items()}
    assert list(totals) == list(graphs())
    fields = [{**frame.get("fields", {}), **frame.get("fields_two_pass", {})} for frame in SLOW.facts["frames"]]
    sizes = [int(each["pvs.read.size"]) for each in fields if "pvs.read.size" in each]
    steps = [frame["step"] for frame in SLOW.facts["frames"]]
    assert totals["Read data (bytes)"] == sum(sizes)
    assert totals["Reads that ended"] == len(sizes)
    assert totals["Faults (frames)"] == 0
    assert totals["Symptoms (frames)"] == len(frames_with("read.retry")) + len(frames_with("read.slow"))
    assert totals["DISCOVERs"] == steps.count(101)
    assert totals["Bootstrap data (packets)"] == steps.count(112) + steps.count(201)
    assert totals["All packets of boots"] == len(steps)
    assert window.said() == ""
