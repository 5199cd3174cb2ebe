# test_pvs_claims.py
# Which datagrams the PVS dissector takes, and which it leaves to TFTP and to others
#
# Every capture here is made in the test: what each datagram is, is known from that.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import struct
from xml.etree import ElementTree

import pytest
from scapy.all import BOOTP, DHCP, ICMP, IP, UDP, Ether, raw, wrpcap

from truth import SYNTHETIC

PASSES = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])

TARGET, SERVER, OTHER = "10.0.0.9", "10.0.0.1", "10.0.0.2"
TARGET_MAC, SERVER_MAC = "02:50:56:00:00:09", "02:50:56:00:00:01"
REQUEST, REPLY = b"R" * 48, b"r" * 60
READ_DATA = b"D" * (56 + 512)


class Scene:
    """Datagrams of a target and its server, one after the other; what each one should be dissected as."""

    def __init__(self):
        self.frames, self.expected = [], []

    def add(self, frame, expected):
        # An identification of its own: otherwise equal datagrams would be copies of each other.
        frame[IP].id = len(self.frames) + 1
        frame.time = 1700000000 + len(self.frames) * 0.2
        self.frames.append(frame)
        self.expected.append(expected)

    def up(self, sport, dport, payload, expected, server=SERVER, target=TARGET):
        self.add(Ether(src=TARGET_MAC, dst=SERVER_MAC) / IP(src=target, dst=server)
                 / UDP(sport=sport, dport=dport) / payload, expected)

    def down(self, sport, dport, payload, expected, server=SERVER, target=TARGET):
        self.add(Ether(src=SERVER_MAC, dst=TARGET_MAC) / IP(src=server, dst=target)
                 / UDP(sport=sport, dport=dport) / payload, expected)

    def address(self, target=TARGET):
        """DHCP that shows the target to boot: then its ports are known, and the name of its file does not matter."""
        mac = bytes.fromhex(TARGET_MAC.replace(":", ""))
        self.add(Ether(src=TARGET_MAC) / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
                 / BOOTP(chaddr=mac, xid=1)
                 / DHCP(options=[("message-type", "request"), ("vendor_class_id", "PXEClient"), "end"]), "")
        self.add(Ether(src=SERVER_MAC) / IP(src=SERVER, dst="255.255.255.255") / UDP(sport=67, dport=68)
                 / BOOTP(op=2, chaddr=mac, xid=1, yiaddr=target)
                 / DHCP(options=[("message-type", "ack"), ("server_id", SERVER), "end"]), "")

    def download(self, port, name=b"ARDBP32.BIN", server_port=3000):
        self.up(port, 69, b"\x00\x01" + name + b"\x00octet\x00", "tftp")
        self.down(server_port, port, b"\x00\x03\x00\x01" + b"\x77" * 100, "tftp")
        self.up(port, server_port, b"\x00\x04\x00\x01", "tftp")

    def logon(self, port, server_port=6910):
        self.up(port, server_port, b"L" * 60, "pvs")
        self.down(server_port, port, REPLY, "pvs")

    def stream(self, port, server_port, reads=2, expected="pvs"):
        for _ in range(reads):
            self.up(port, server_port, REQUEST, expected)
            self.down(server_port, port, READ_DATA, expected)

    def shown(self, bench, *arguments):
        """What each frame was dissected as: "pvs", "tftp", or "" for neither. A PVS datagram has a direction."""
        path = bench.scratch / f"claims-{abs(hash(b''.join(map(raw, self.frames))))}.pcap"
        if not path.exists():
            wrpcap(str(path), self.frames)
        rows = bench.fields(path, ["frame.protocols", "pvs.direction", "tftp.opcode"], *arguments)
        shown = ["tftp" if "tftp.opcode" in row else {"1": "pvs", "2": "pvs", None: ""}[row.get("pvs.direction")]
                 for row in rows]
        # That protocol alone stands above UDP, whichever way the datagram took to it (TFTP's file is "data").
        assert all(row["frame.protocols"].split(":udp:")[-1] in (name, f"{name}:data")
                   for row, name in zip(rows, shown) if name)
        return shown

    def directions(self, bench, *arguments):
        path = bench.scratch / "claims-directions.pcap"
        wrpcap(str(path), self.frames)
        return [row.get("pvs.direction") for row in bench.fields(path, ["pvs.direction"], *arguments)]


# ---- From the port that TFTP has used ----

@PASSES
@pytest.mark.parametrize("stream_port", [6910, 6914, 6945])
def test_the_servers_datagram_may_be_the_first_of_the_logon(bench, passes, stream_port):
    """The target's first datagram is not in the capture; the download came from the same port of the target."""
    scene = Scene()
    scene.download(6902)
    scene.down(6910, 6902, REPLY, "pvs")
    scene.up(6902, 6910, b"L" * 72, "pvs")
    scene.down(6910, 6902, REPLY, "pvs")
    scene.stream(6902, stream_port)
    assert scene.shown(bench, *passes) == scene.expected


@PASSES
def test_the_servers_datagram_may_be_the_first_from_its_stream_port(bench, passes):
    scene = Scene()
    scene.download(6902)
    scene.logon(6902)
    scene.down(6914, 6902, REPLY, "pvs")
    scene.stream(6902, 6914)
    assert scene.shown(bench, *passes) == scene.expected


@PASSES
def test_a_second_boot_downloads_and_logs_on_from_the_same_port(bench, passes):
    scene = Scene()
    for _ in range(2):
        scene.download(6902)
        scene.logon(6902)
        scene.stream(6902, 6914)
    assert scene.shown(bench, *passes) == scene.expected


@PASSES
def test_a_download_from_the_logon_port_stays_tftp(bench, passes):
    """A TFTP server may answer from any port; also when the second block is the first of its answers in the capture."""
    scene = Scene()
    scene.up(2071, 69, b"\x00\x01ARDBP32.BIN\x00octet\x00", "tftp")
    for block, size in ((2, 512), (3, 100)):
        scene.down(6910, 2071, b"\x00\x03" + block.to_bytes(2, "big") + b"\x77" * size, "tftp")
        scene.up(2071, 6910, b"\x00\x04" + block.to_bytes(2, "big"), "tftp")
    assert scene.shown(bench, *passes) == scene.expected


@PASSES
def test_a_late_datagram_of_tftp_after_the_logon_is_tftp(bench, passes):
    scene = Scene()
    scene.download(6902)
    scene.logon(6902)
    scene.down(3000, 6902, b"\x00\x03\x00\x01" + b"\x77" * 100, "tftp")
    scene.stream(6902, 6914)
    assert scene.shown(bench, *passes) == scene.expected


def test_a_wide_range_of_logon_ports_costs_no_memory(bench):
    """A conversation for each of 64,512 ports and each of 60 requests took 2.8 GB."""
    if bench.under:
        pytest.skip("a sanitizer or valgrind takes more address space than this allows")
    scene = Scene()
    for turn in range(60):
        scene.up(20000 + turn, 69, b"\x00\x01ARDBP32.BIN\x00octet\x00", "tftp")
    path = bench.scratch / "claims-wide.pcap"
    wrpcap(str(path), scene.frames)
    listed = bench.run("prlimit", f"--data={500 << 20}", "tshark", "-n", "-r", path, "-o", "pvs.logon_ports:1024-65535",
                       "-T", "fields", "-e", "tftp.opcode").stdout.split()
    assert listed == ["1"] * 60


@PASSES
@pytest.mark.parametrize("name", [b"ARDBP32.BIN\xff", "bootdateien/größe/ARDBP32.BIN".encode(), b"\x80\x81ARDBP32.BIN"])
def test_the_answers_to_a_name_outside_ascii_are_tftp(bench, passes, name):
    scene = Scene()
    scene.address()
    scene.download(2070, name)
    scene.up(2071, 69, b"\x00\x01" + name + b"\x00octet\x00tsize\x000\x00", "tftp")
    scene.down(40001, 2071, b"\x00\x05\x00\x01File not found\x00", "tftp")
    scene.download(2072)
    assert scene.shown(bench, *passes) == scene.expected


# ---- Between a target and a server that it speaks with ----

def logged_on():
    scene = Scene()
    scene.logon(6901)
    return scene


@PASSES
def test_the_stream_may_go_on_at_any_port_of_the_server(bench, passes):
    """Also from another target port, as BNIStack does; and whichever end is the first to be captured."""
    scene = logged_on()
    scene.down(6945, 6901, REPLY, "pvs")
    scene.stream(6901, 6945)
    scene.stream(6905, 7912)
    assert scene.shown(bench, *passes) == scene.expected
    assert scene.directions(bench, *passes) == ["1", "2", "2", *["1", "2"] * 4]


@PASSES
def test_a_port_of_the_targets_own_is_known_by_its_logon(bench, passes):
    """A port that an administrator chose, inside the servers' range or outside."""
    for own in (7000, 6920):
        scene = Scene()
        scene.address()
        scene.logon(own)
        scene.stream(own, 6945)
        assert scene.shown(bench, *passes) == scene.expected
        assert scene.directions(bench, *passes)[2:] == ["1", "2"] * 3


@PASSES
def test_what_comes_before_the_logon_is_left_alone(bench, passes):
    scene = Scene()
    scene.stream(6901, 6945, expected="")
    scene.logon(6901)
    scene.stream(6901, 6945)
    assert scene.shown(bench, *passes) == scene.expected


@PASSES
def test_others_of_these_two_hosts_are_left_alone(bench, passes):
    """A port of the target that is neither its own nor a target port; a server it never spoke with; another target."""
    scene = logged_on()
    scene.up(50000, 7912, b"?" * 48, "")
    scene.down(7912, 50000, b"!" * 568, "")
    scene.up(6901, 7912, b"?" * 48, "", server=OTHER)
    scene.down(7912, 6901, b"!" * 568, "", server=OTHER)
    scene.up(6901, 7912, b"?" * 48, "", target="10.0.0.10")
    scene.down(7912, 6901, b"!" * 568, "", target="10.0.0.10")
    assert scene.shown(bench, *passes) == scene.expected


@PASSES
def test_a_datagram_quoted_in_an_icmp_error_binds_nothing(bench, passes):
    """Nor does it make its two ends partners."""
    quoted = IP(src=TARGET, dst=SERVER, id=77) / UDP(sport=6901, dport=6910) / REQUEST
    scene = Scene()
    scene.add(Ether(src=SERVER_MAC, dst=TARGET_MAC) / IP(src=SERVER, dst=TARGET) / ICMP(type=3, code=3) / quoted, "pvs")
    scene.stream(6901, 6945, expected="")
    assert scene.shown(bench, *passes) == scene.expected


def test_a_target_that_is_forgotten_keeps_what_was_claimed(bench):
    """pvsboot.max_boots bounds what is remembered; a frame is dissected the same in every pass all the same."""
    scene = Scene()
    for number in range(40):
        target = f"10.0.1.{number + 1}"
        scene.up(6901, 6910, b"L" * 60, "pvs", target=target)
        scene.frames[-1][Ether].src = f"02:50:56:01:00:{number:02x}"
        scene.down(6945, 6901, READ_DATA, "pvs", target=target)
        scene.frames[-1][Ether].dst = f"02:50:56:01:00:{number:02x}"
    for passes in (), ("-2",):
        assert scene.shown(bench, "-o", "pvsboot.max_boots:10", *passes) == scene.expected


# ---- Two-stage boot ----

def test_names_of_a_two_stage_boot_are_printable(bench):
    """A request whose name is not is none; of the others, every output is well-formed at any length."""
    names = [b"tsbbdm.bin", "größe.bin".encode(), b"\xff\xfe", b"a\nb", *(b"n" * size for size in (237, 239, 240, 1400))]
    scene = Scene()
    for name in names:
        scene.up(2071, 6969, b"\x08\x17" + name + b"\x00", "")
    path = bench.scratch / "two-stage-names.pcap"
    wrpcap(str(path), scene.frames)
    rows = bench.fields(path, ["pvs.tsb.file", "pvsboot.bootstrap.file"])
    assert [row.get("pvsboot.bootstrap.file", "") for row in rows[4:]] == [*("n" * size for size in (237, 239, 240)),
                                                                               "n" * 255 + "…"]
    assert [row.get("pvs.tsb.file", "").encode() for row in rows] == [b"tsbbdm.bin", b"", b"", b"", *names[4:]]
    assert len(json.loads(bench.tshark(path, "-T", "json"))) == len(names)
    assert len(ElementTree.fromstring(bench.tshark(path, "-T", "pdml")).findall("packet")) == len(names)
    assert sum(b"timestamp" in line for line in bench.tshark(path, "-T", "ek").encode().splitlines()
               if json.loads(line)) == len(names)
    frames = bench.sharkd(("load", {"file": str(path)}), *(("frame", {"frame": number + 1, "proto": True})
                                                           for number in range(len(names))))
    assert len(frames) == len(names) + 1


# ---- Between servers ----

# What Snort's published signatures and Metasploit's modules know: the type's last byte, and where its length stands.
LENGTH_AT = {0x00: 22, 0x01: 22, 0x02: 22, 0x03: 22, 0x04: 22, 0x05: 22, 0x06: 26, 0x0a: 115, 0x0b: 22, 0x0e: 23, 0x0f: 22,
             0x10: 34, 0x11: 30, 0x12: 22, 0x13: 22, 0x14: 22, 0x15: 22, 0x16: 22, 0x17: None, 0x19: 23, 0x1a: 22,
             0x1b: 22}


def test_inter_server_messages_of_all_published_types(bench):
    types = [*range(0x1d), 0x20]
    frames, due = [], []
    for number in types:
        message = bytearray(b"\xee" * 160)
        struct.pack_into("<I", message, 0, 0x40020000 + number)
        place = LENGTH_AT.get(number)
        if place:
            struct.pack_into("<I", message, place, 1000 + number)
        frames.append(Ether() / IP(src=SERVER, dst=OTHER) / UDP(sport=6895, dport=6905) / bytes(message))
        known = number in LENGTH_AT
        due.append((f"0x{0x40020000 + number:08x}" if known else None, str(1000 + number) if place else None))
    path = bench.scratch / "inter-server-types.pcap"
    wrpcap(str(path), frames)
    rows = bench.fields(path, ["pvs.ipc.type", "pvs.ipc.length"])
    assert [(row.get("pvs.ipc.type"), row.get("pvs.ipc.length")) for row in rows] == due


def test_a_short_inter_server_message_has_no_length(bench):
    message = struct.pack("<I", 0x4002000a) + b"\xee" * 114
    frames = [Ether() / IP(src=SERVER, dst=OTHER) / UDP(sport=6895, dport=6905) / bytes(message[:size])
              for size in (3, 4, 115, 118)]
    path = bench.scratch / "inter-server-short.pcap"
    wrpcap(str(path), frames)
    rows = bench.fields(path, ["pvs.ipc.type", "pvs.ipc.length"])
    assert [row.get("pvs.ipc.type") for row in rows] == [None, *["0x4002000a"] * 3]
    assert not any("pvs.ipc.length" in row for row in rows)


# ---- What users switch ----

def test_decode_as_adds_no_preference_of_its_own(bench):
    """Five preferences name ports already; a sixth, empty one would stand beside them. (Decode As: test_switches.py.)"""
    capture = bench.readable(SYNTHETIC / "synthetic-boot.pcapng")
    refused = bench.run("tshark", "-n", "-r", capture, "-c", "1", "-o", "pvs.udp.port:7777", check=False)
    assert refused.returncode != 0 and "unknown preference" in refused.stderr
