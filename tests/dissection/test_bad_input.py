# test_bad_input.py
# Captures that are cut, sliced, garbled or hostile: no crash, and the phases that the rest allows
#
# SPDX-License-Identifier: GPL-2.0-or-later

import random
import struct
import subprocess

import pytest


from truth import ROOT, SYNTHETIC, Truth

BOOT = SYNTHETIC / "synthetic-boot.pcapng"
FIELDS = ["pvsboot.boot", "pvsboot.phase", "pvsboot.step"]


def made(bench, name, *command):
    """A capture made from another one by Wireshark's own tools."""
    path = bench.scratch / name
    if not path.exists():
        bench.run(*command, path)
    return path


def phases(rows):
    return [row.get("pvsboot.phase") for row in rows]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("share", [0.03, 0.2, 0.5, 0.77, 0.999])
def test_a_file_cut_anywhere_keeps_the_phases_of_its_frames(bench, share, passes):
    whole = BOOT.read_bytes()
    cut = bench.scratch / f"cut-{share}.pcapng"
    cut.write_bytes(whole[:int(len(whole) * share)])
    wanted = [word for name in ("frame.number", *FIELDS) for word in ("-e", name)]
    done = bench.run("tshark", "-n", "-r", cut, *passes, "-T", "fields", *wanted, check=False)
    assert done.returncode in (0, 2, 14) # the file was cut short: 2 up to 4.4, 14 in 4.6
    truth = Truth("synthetic-boot")
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows
    for row in rows:
        recorded = truth.frames[int(row[0])]
        assert row[1:] == [str(recorded[key]) for key in ("boot", "phase", "step")]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_slices_of_96_bytes_keep_what_they_still_show(bench, passes):
    """The DHCP message type lies behind byte 96; downloads and the stream are known by their outside."""
    sliced = made(bench, "sliced-96.pcapng", "editcap", "-s", "96", bench.readable(BOOT))
    rows = bench.fields(sliced, FIELDS, *passes)
    truth = Truth("synthetic-boot")
    for row in rows:
        recorded = truth.frames[int(row["frame.number"])]
        if recorded["step"] >= 203 or recorded["step"] in (110, 111, 112, 113, 201, 202):
            assert row.get("pvsboot.step") == str(recorded["step"]), row


@pytest.mark.parametrize("seed", range(8))
def test_garbled_bytes_do_no_harm(bench, seed):
    garbled = made(bench, f"garbled-{seed}.pcapng", "editcap", "-E", "0.02", "--seed", str(seed), bench.readable(BOOT))
    bench.tshark(garbled, "-V")
    bench.tshark(garbled, "-2", "-T", "fields", "-e", "pvsboot.step")


def udp_capture(path, datagrams):
    """A capture (raw IPv4) of UDP datagrams: source, destination, their ports, payload."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
        for number, (source, destination, source_port, destination_port, payload) in enumerate(datagrams):
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), number & 0xffff, 0, 64, 17, 0,
                             bytes(source), bytes(destination))
            packet = ip + struct.pack(">HHHH", source_port, destination_port, 8 + len(payload), 0) + payload
            file.write(struct.pack("<IIII", 1700000000 + number // 1000, number % 1000 * 1000, len(packet), len(packet)))
            file.write(packet)
    path.chmod(0o644)


def test_random_datagrams_on_pvs_ports_do_no_harm(bench):
    numbers = random.Random(20261121)
    target, server = (10, 0, 0, 9), (10, 0, 0, 1)
    datagrams = []
    for _ in range(3000):
        payload = numbers.randbytes(numbers.choice((0, 1, 2, 4, 8, 47, 48, 55, 56, 57, 568, 1464, 1500)))
        ports = numbers.choice((6901, 6902, 6905, 69, 50000)), numbers.choice((6910, 6914, 6930, 6969, 6905, 6890, 69))
        both = (target, server, *ports) if numbers.random() < 0.5 else (server, target, *reversed(ports))
        datagrams.append((*both, payload))
    path = bench.scratch / "random-datagrams.pcap"
    udp_capture(path, datagrams)
    once = bench.fields(path, FIELDS)
    twice = bench.fields(path, FIELDS, "-2")
    assert len(once) == 3000 and once == twice
    bench.tshark(path, "-V")


def test_a_datagram_quoted_in_an_icmp_error_is_no_fact(bench):
    """The router returns the target's logon datagram: it was sent once, not twice, and not by the router."""
    from scapy.all import ICMP, IP, UDP, Ether, wrpcap
    logon = IP(src="10.0.0.9", dst="10.0.0.1") / UDP(sport=6901, dport=6910) / (b"\x55" * 120)
    frames = [Ether(src="02:00:00:00:00:09", dst="02:00:00:00:00:01") / logon,
              Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:09")
              / IP(src="10.0.0.254", dst="10.0.0.9") / ICMP(type=3, code=3) / logon]
    path = bench.scratch / "icmp.pcap"
    wrpcap(str(path), frames)
    for passes in ((), ("-2",)):
        rows = bench.fields(path, FIELDS, *passes)
        assert [row.get("pvsboot.step") for row in rows] == ["203", None]


@pytest.mark.parametrize("capture, complaint", [
    ("/no/such/capture.pcapng", "no such capture"),
    (str(ROOT / "tools" / "demo"), "cannot read"),
])
def test_demo_names_a_missing_or_unreadable_capture(bench, capture, complaint):
    if bench.under:
        pytest.skip("tools/demo runs tshark itself, which cannot load a plugin with sanitizers")
    done = subprocess.run([ROOT / "tools" / "demo", capture], capture_output=True, text=True, timeout=600)
    assert done.returncode != 0
    assert complaint in done.stderr
