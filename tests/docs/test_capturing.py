# test_capturing.py
# docs/capturing.md: its filters, snap lengths and commands do what it says
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "capturing.md").read_text()
SYNTHETIC = ROOT / "test-captures" / "synthetic"
RECORDED = ROOT / "test-captures" / "recorded"
TIME_LIMIT = 60

BOOTS = [*(SYNTHETIC / f"synthetic-{name}.pcapng" for name in (
    "boot", "boot-vlan", "boot-qinq", "boot-uefi", "boot-two-stage", "boot-jumbo", "boot-ipv6", "boot-slow",
    "relayed", "discover-secs-zero", "logon-unanswered", "read-retry-bnistack")),
    *(RECORDED / f"{name}.pcapng" for name in ("ovmf-pvsnbpx64", "ipxe-dnsmasq", "relay"))]

FIELDS = ["pvsboot.boot", "pvsboot.step", "pvsboot.certainty", "pvsboot.target", "pvsboot.target_ip", "pvsboot.server",
          "pvsboot.discover.attempt", "pvsboot.discover.secs", "pvsboot.discover.bucket",
          "pvsboot.discover.answered_in", "pvsboot.bootstrap.file", "pvsboot.bootstrap.bytes",
          "pvsboot.bootstrap.blocks", "pvsboot.bootstrap.time", "pvsboot.handoff.evidence", "pvsboot.handoff.gap", "pvs.service", "pvs.direction", "pvs.kind", "pvs.read",
          "pvs.read.size", "pvs.read.packets", "pvs.read.time", "pvs.read.request_in", "pvs.read.last_in",
          "_ws.expert.message"]


def block(mark):
    """The code block below a mark, such as <!-- run fleet -->."""
    return re.search(rf"^<!-- {mark} -->\n```\w*\n(.*?)```", DOCUMENT, re.MULTILINE | re.DOTALL)[1].strip()


def told(bench, capture, only="pvsboot"):
    return bench.fields(capture, FIELDS, "-2", "-Y", only)


def shell(bench, folder, command):
    """Runs a block as the user of the other tests, and fails at its first error."""
    subprocess.run([*bench.as_user, "sh", "-euc", command], cwd=folder, env=bench.environment(), check=True,
                   timeout=TIME_LIMIT, capture_output=True)


@pytest.fixture
def folder(bench, tmp_path):
    """A folder of the ordinary user."""
    folder = bench.scratch / tmp_path.name
    folder.mkdir()
    if bench.as_user:
        os.chown(folder, 65534, 65534)
    return folder


# ---- capture filters ------------------------------------------------------------------------------------------------

@pytest.fixture
def filtered(bench, folder):
    """filtered(CAPTURE, FILTER): a capture that libpcap's filter let through."""
    def read(capture, text):
        captured = folder / capture.name
        plain = folder / f"{capture.stem}.pcap"
        for command in (["editcap", "-F", "nsecpcap", capture, plain],
                        ["tcpdump", "--nano", "-r", plain, "-w", captured, text]):
            subprocess.run(command, check=True, timeout=TIME_LIMIT, capture_output=True)
        captured.chmod(0o644)
        return captured
    return read


def by_time(bench, capture, only="pvsboot"):
    """Step by time stamp, of the frames that belong to boots."""
    rows = bench.fields(capture, ["frame.time_epoch", "pvsboot.step"], "-Y", only)
    return {row["frame.time_epoch"]: row.get("pvsboot.step") for row in rows}


@pytest.mark.parametrize("capture", [*BOOTS, SYNTHETIC / "synthetic-read-fragmented.pcapng"], ids=lambda one: one.stem)
def test_filter_for_everything_loses_nothing(bench, filtered, capture):
    assert by_time(bench, filtered(capture, block("filter everything"))) == by_time(bench, capture)


@pytest.mark.parametrize("name", ["boot", "boot-vlan", "boot-qinq", "boot-amid-noise", "boot-redirected"])
def test_filter_for_a_target_loses_nothing_of_it(bench, filtered, name):
    capture = SYNTHETIC / f"synthetic-{name}.pcapng"
    target = "pvsboot.target == 02:50:56:97:00:01"
    assert by_time(bench, filtered(capture, block("filter target")), target) == by_time(bench, capture, target)


@pytest.mark.parametrize("name", ["boot", "boot-vlan"])
def test_filter_by_ports_loses_the_download_only(bench, filtered, name):
    capture = SYNTHETIC / f"synthetic-{name}.pcapng"
    whole, left = by_time(bench, capture), by_time(bench, filtered(capture, block("filter ports")))
    assert {whole[one] for one in whole.keys() - left.keys()} == {"111", "112", "113", "115", "201", "202"}


# ---- kinds of captures ----------------------------------------------------------------------------------------------

# Not by severity: the dissector of TFTP has Warnings of its own.
FAULTS = next(line.split('"')[5] for line in (ROOT / "plugin" / "profile" / "PVS Boot" / "dfilter_buttons")
              .read_text().splitlines() if line.startswith('"TRUE","Faults"'))
TO_TRY = re.findall(r"`(synthetic-[\w-]+)`", DOCUMENT)


@pytest.mark.parametrize("name", TO_TRY)
def test_a_capture_that_is_not_the_best_one_has_no_fault(bench, name):
    """The healthy boots that the document names, each captured in another way."""
    table = bench.tshark(SYNTHETIC / f"{name}.pcapng", "-q", "-z", "pvsboot,boots")
    outcomes = [line.split("|")[3].strip() for line in table.splitlines() if re.match(r" +\d+ \|", line)]
    assert outcomes and [text for text in outcomes if text.startswith(("stopped", "did not boot"))] == []
    assert bench.fields(SYNTHETIC / f"{name}.pcapng", [], "-2", "-Y", FAULTS) == []


@pytest.mark.parametrize("name", ["one-way-target", "filter-67-68-69"])
def test_a_missing_half_is_told(bench, name):
    rows = told(bench, SYNTHETIC / f"synthetic-{name}.pcapng", "pvsboot.capture.one_way")
    assert len(rows) == 1


def test_machines_that_ran_before_are_told_as_such(bench):
    table = bench.tshark(SYNTHETIC / "synthetic-running-40.pcapng", "-q", "-z", "pvsboot,boots")
    outcomes = [line.split("|")[3].strip() for line in table.splitlines() if re.match(r" +\d+ \|", line)]
    assert (outcomes.count("was running before the capture"), outcomes.count("reached BNIStack")) == (40, 1)


# ---- snap length ----------------------------------------------------------------------------------------------------

@pytest.fixture
def cut(folder):
    def cut(capture, length):
        shorter = folder / capture.name
        command = ["editcap", "-s", str(length), capture, shorter]
        subprocess.run(command, check=True, timeout=TIME_LIMIT, capture_output=True)
        shorter.chmod(0o644)
        return shorter
    return cut


@pytest.mark.parametrize("capture", BOOTS, ids=lambda one: one.stem)
def test_600_bytes_tell_the_same(bench, cut, capture):
    assert told(bench, cut(capture, 600)) == told(bench, capture)


def test_600_bytes_leave_fragments_apart(bench, cut):
    capture = SYNTHETIC / "synthetic-read-fragmented.pcapng"
    assert len(told(bench, capture, only="pvsboot.read.fragmented")) == 1
    assert told(bench, cut(capture, 600), only="pvsboot.read.fragmented") == []


def test_the_version_needs_the_data(bench, cut):
    capture = SYNTHETIC / "synthetic-boot-version-text.pcapng"
    assert told(bench, capture, only="pvsboot.bootstrap.version") != []
    assert told(bench, cut(capture, 128), only="pvsboot.bootstrap.version") == []


@pytest.mark.parametrize("name", ["boot", "boot-qinq", "boot-slow", "read-retry-bnistack"])
def test_128_bytes_lose_dhcp_and_keep_the_stream(bench, cut, name):
    capture = SYNTHETIC / f"synthetic-{name}.pcapng"
    short = cut(capture, 128)
    assert told(bench, short, only="pvs") == told(bench, capture, only="pvs")
    assert told(bench, short, only="dhcp && pvsboot") == []
    assert told(bench, capture, only="dhcp && pvsboot") != []


def test_the_largest_dhcp_message_recorded(bench):
    largest = max(int(row["frame.len"]) for capture in RECORDED.glob("*.pcap*")
                  for row in bench.fields(capture, ["frame.len"], "-Y", "dhcp && pvsboot"))
    assert f"the largest in our recordings is {largest}" in DOCUMENT.replace("\n", " ")


# ---- commands -------------------------------------------------------------------------------------------------------

def test_every_block_is_tested():
    text = pathlib.Path(__file__).read_text()
    marks = re.findall(r"^<!-- ((?:run|filter) [\w-]+) -->$", DOCUMENT, re.MULTILINE)
    assert len(marks) == 11 and [mark for mark in marks if f'"{mark}"' not in text] == []
    assert DOCUMENT.count("```sh") == len([mark for mark in marks if mark.startswith("run")]) + 2  # and two not run


def test_capture_filters_compile_for_an_interface():
    for name in ("everything", "target", "ports"):
        subprocess.run(["tcpdump", "-d", "-y", "EN10MB", block(f"filter {name}")], check=True, timeout=TIME_LIMIT,
                       capture_output=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="capturing needs root")
def test_ring_buffer(tmp_path):
    """On the loopback interface, until the first three packets."""
    command = block("run ring").replace("eth0", "lo").replace("/var/tmp/", "")
    process = subprocess.Popen(["sh", "-c", f"exec {command} -q -c 3"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    end = time.monotonic() + TIME_LIMIT
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while process.poll() is None and time.monotonic() < end:
                sender.sendto(b"pvsboot", ("127.0.0.1", 9))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=0.1)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert len(list(tmp_path.glob("boots_00001_*.pcapng"))) == 1


def test_cutting_out_a_boot(bench, folder):
    for number, name in enumerate(("boot", "logon-unanswered"), 1):
        shutil.copy(SYNTHETIC / f"synthetic-{name}.pcapng", folder / f"boots_0000{number}_20261121080000.pcapng")
    shell(bench, folder, block("run cut"))
    assert (folder / "boot.pcapng").stat().st_size > 10000


@pytest.fixture
def fleet(bench, folder):
    for name in ("boot", "boot-slow", "logon-unanswered"):
        shutil.copy(SYNTHETIC / f"synthetic-{name}.pcapng", folder / f"{name} of one target.pcapng")
    shell(bench, folder, block("run fleet"))
    return folder


def test_fleet(bench, fleet):
    documents = [json.loads(path.read_text()) for path in sorted(fleet.glob("*.pcapng.json"))]
    assert [boot["outcome"]["kind"] for document in documents for boot in document["boots"]] == \
        ["reached_bnistack"] * 2 + ["stopped"]
    shell(bench, fleet, block("run list") + " > list.tsv")
    rows = [line.split("\t") for line in (fleet / "list.tsv").read_text().splitlines()]
    assert [row[0] for row in rows] == ["false", "true", "true"]
    assert rows[0][3].startswith("stopped in phase 2: No reply to the logon")


def test_redacting(tmp_path):
    """What is told of it, tests/redact proves."""
    shutil.copy(SYNTHETIC / "synthetic-boot.pcapng", tmp_path / "boot.pcapng")
    command = block("run redact").replace("tools/redact", str(ROOT / "tools" / "redact"))
    subprocess.run(["sh", "-euc", command], cwd=tmp_path, check=True, timeout=TIME_LIMIT, capture_output=True)
    assert (tmp_path / "redacted.pcapng").stat().st_size > 10000


def pairs(path):
    """The action lines and the documents of a file for the bulk interface."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return lines[::2], lines[1::2]


def test_boots_for_a_search_engine(bench, fleet):
    shell(bench, fleet, block("run bulk-boots"))
    actions, documents = pairs(fleet / "boots.ndjson")
    assert actions == [{"index": {"_index": "pvs-boots"}}] * 3
    assert {one["capture"] for one in documents} == {path.name for path in fleet.glob("*.json")}


def test_frames_for_a_search_engine(bench, folder):
    shutil.copy(SYNTHETIC / "synthetic-boot.pcapng", folder / "boot.pcapng")
    shell(bench, folder, block("run bulk-frames"))
    shell(bench, folder, block("run mapping"))
    actions, documents = pairs(folder / "frames.ndjson")
    assert all(set(action["index"]) == {"_index"} for action in actions)
    truth = json.loads((SYNTHETIC / "synthetic-boot.truth.json").read_text())
    assert [one["layers"]["pvsboot"]["pvsboot_pvsboot_step"] for one in documents] == \
        [str(frame["step"]) for frame in truth["frames"] if frame.get("step")]
    layers = json.loads((folder / "mapping.json").read_text())["mappings"]["properties"]["layers"]["properties"]
    types = {name: told["type"] for layer in layers.values() for name, told in layer["properties"].items()}
    assert types["pvs_pvs_read_time"] == types["pvsboot_pvsboot_handoff_gap"] == "double"
    for document in documents:
        for protocol in ("pvs", "pvsboot"):
            for name, value in document["layers"].get(protocol, {}).items():
                if types.get(name) in ("short", "integer", "long"):
                    assert int(value, 0) >= 0, name
                elif types.get(name) == "double":
                    assert float(value) >= 0, name
                elif types.get(name) == "boolean":
                    assert isinstance(value, bool), name
