# test_switches.py
# What users of Wireshark expect to switch: heuristic, protocols, preferences, Decode As; and TFTP's claim
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from truth import SYNTHETIC, Truth

BOOT = SYNTHETIC / "synthetic-boot.pcapng"


def protocols(bench, capture, *arguments):
    """The protocol of each datagram that the truth calls logon or streaming, by frame."""
    truth = Truth(capture.name.removesuffix(".pcapng"))
    rows = bench.fields(capture, ["frame.protocols"], *arguments)
    stream = {frame for frame, row in truth.frames.items() if any(key.startswith("pvs.") for key in row["fields"])}
    return {row["frame.protocols"].split(":")[-1] for row in rows if int(row["frame.number"]) in stream}


def test_the_heuristic_is_listed_and_can_be_switched_off(bench):
    listed = bench.run("tshark", "-G", "heuristic-decodes").stdout.splitlines()
    assert any(line.split("\t")[:2] == ["udp", "pvs"] for line in listed)
    assert protocols(bench, BOOT) == {"pvs"}
    assert "pvs" not in protocols(bench, BOOT, "--disable-heuristic", "pvs_udp")


def test_a_disabled_protocol_shows_nothing(bench):
    rows = bench.fields(BOOT, ["pvsboot.phase", "pvs.kind"], "--disable-protocol", "pvsboot")
    assert all("pvsboot.phase" not in row for row in rows)
    assert any("pvs.kind" in row for row in rows)
    rows = bench.fields(BOOT, ["pvsboot.phase", "pvs.kind"], "--disable-protocol", "pvs")
    assert {row.get("pvsboot.phase") for row in rows} <= {"1", "2", None, "3", "4"}
    assert all("pvs.kind" not in row for row in rows)


def test_port_preferences_decide_what_is_claimed(bench):
    ports = ["-o", "pvs.stream_ports:7000-7010", "-o", "pvs.logon_ports:7000"]
    assert "pvs" not in protocols(bench, BOOT, *ports)


@pytest.mark.parametrize("name", ["pvs.stream_ports", "pvs.logon_ports", "pvs.target_ports", "pvsboot.boot_gap",
                                  "pvsboot.info_column", "pvsboot.max_boots"])
def test_the_preferences_of_the_contract_exist(bench, name):
    defaults = bench.run("tshark", "-G", "defaultprefs").stdout
    assert f"#{name}:" in defaults.replace(" ", "")


def test_decode_as_takes_a_port_of_ones_own(bench):
    """A target with ports of its own in a capture without its boot: nothing tells but the user."""
    from scapy.all import IP, UDP, Ether, wrpcap
    frames = [Ether() / IP(src="10.0.0.9", dst="10.0.0.1") / UDP(sport=40000, dport=7777) / (b"\x11" * 48),
              Ether() / IP(src="10.0.0.1", dst="10.0.0.9") / UDP(sport=7777, dport=40000) / (b"\x22" * 568)]
    path = bench.scratch / "own-ports.pcap"
    wrpcap(str(path), frames)
    assert all("pvs.direction" not in row for row in bench.fields(path, ["pvs.direction"]))
    rows = bench.fields(path, ["pvs.direction", "pvsboot.step"], "-d", "udp.port==7777,pvs")
    assert [row.get("pvs.direction") for row in rows] == ["1", "2"]
    assert [row.get("pvsboot.step") for row in rows] == ["1", "2"]  # nothing tells the phase


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", ["synthetic-tftp-same-port", "synthetic-tftp-port-6901"])
def test_tftp_does_not_take_the_stream(bench, name, passes):
    """A read request binds the target's port to TFTP; the logon from that port is PVS all the same."""
    capture = SYNTHETIC / f"{name}.pcapng"
    assert protocols(bench, capture, *passes) == {"pvs"}
    truth = Truth(name)
    rows = bench.fields(capture, ["tftp.opcode"], *passes)
    download = {frame for frame, row in truth.frames.items() if 110 <= row["step"] <= 202}
    assert {int(row["frame.number"]) for row in rows if "tftp.opcode" in row} == download


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_a_tftp_server_that_answers_from_port_6910_is_tftp(bench, passes):
    """Expecting a logon from the target's TFTP port must not take the download itself."""
    from scapy.all import IP, UDP, Ether, wrpcap
    to_server = Ether() / IP(src="10.0.0.9", dst="10.0.0.1")
    to_target = Ether() / IP(src="10.0.0.1", dst="10.0.0.9")
    frames = [to_server / UDP(sport=2071, dport=69) / b"\x00\x01ARDBP32.BIN\x00octet\x00"]
    for block, size in ((1, 512), (2, 100)):
        number = block.to_bytes(2, "big")
        frames.append(to_target / UDP(sport=6910, dport=2071) / (b"\x00\x03" + number + b"\x77" * size))
        frames.append(to_server / UDP(sport=2071, dport=6910) / (b"\x00\x04" + number))
    path = bench.scratch / "tftp-from-6910.pcap"
    wrpcap(str(path), frames)
    rows = bench.fields(path, ["tftp.opcode", "pvsboot.step", "pvsboot.bootstrap.bytes"], *passes)
    assert [row.get("tftp.opcode") for row in rows] == ["1", "3", "4", "3", "4"]
    assert [row.get("pvsboot.step") for row in rows] == ["110", "112", "113", "201", "202"]
    assert rows[-1]["pvsboot.bootstrap.bytes"] == "612"
