# test_encapsulation.py
# The same boot behind other links, tags and tunnels, with options and extension headers, and in pieces
#
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

import pytest

from truth import SYNTHETIC, Truth

BOOT = "synthetic-boot"
FIELDS = ["pvsboot.boot", "pvsboot.phase", "pvsboot.step"]
# DHCP, ARP, the download, the logon and some reads
FRAMES = 400
ETHERNET, RAW, COOKED, COOKED_2 = 1, 101, 113, 276


def frames_of(bench, capture):
    """Time and bytes of its first frames."""
    plain = bench.scratch / "frames-to-wrap.pcap"
    if not plain.exists():
        bench.run("editcap", "-F", "pcap", "-r", bench.readable(capture), plain, f"1-{FRAMES}")
    data, at, frames = plain.read_bytes(), 24, []
    while at < len(data):
        seconds, fraction, captured, length = struct.unpack_from("<IIII", data, at)
        frames.append((seconds, fraction, data[at + 16:at + 16 + captured], length))
        at += 16 + captured
    return frames


def write(path, link, frames):
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
        for seconds, fraction, frame, missing in frames:
            file.write(struct.pack("<IIII", seconds, fraction, len(frame), len(frame) + missing) + frame)
    path.chmod(0o644)


def ip(protocol, payload, source=b"\xc6\x33\x64\x01", target=b"\xc6\x33\x64\x02", missing=0):
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload) + missing, 1, 0, 64, protocol, 0) + source + target + payload


def outer(protocol, payload, missing):
    return bytes.fromhex("020000000a02020000000a010800") + ip(protocol, payload, missing=missing)


def outer_udp(port, payload, missing):
    return outer(17, struct.pack(">HHHH", 50000, port, 8 + len(payload) + missing, 0) + payload, missing)


def cooked(frame):
    return struct.pack(">HHH", 0, 1, 6) + frame[6:12] + b"\0\0" + frame[12:]


def cooked_2(frame):
    return frame[12:14] + struct.pack(">HIHBB", 0, 1, 1, 0, 6) + frame[6:12] + b"\0\0" + frame[14:]


def with_ip_options(frame):
    """Two words of no operation in front of each UDP header."""
    if frame[12:14] != b"\x08\x00":
        return frame
    length = struct.unpack_from(">H", frame, 16)[0] + 8
    return frame[:14] + b"\x47" + frame[15:16] + struct.pack(">H", length) + frame[18:34] + b"\1" * 8 + frame[34:]


# name -> link, and what is made of a frame (its bytes, and how many were sliced off)
WRAPPERS = {
    "vlan": (ETHERNET, lambda frame, _: frame[:12] + b"\x81\x00\x00\x0c" + frame[12:]),
    "qinq": (ETHERNET, lambda frame, _: frame[:12] + b"\x88\xa8\x00\x0c\x81\x00\x00\x0d" + frame[12:]),
    "mpls": (ETHERNET, lambda frame, _: bytes.fromhex("020000000a02020000000a018847") + b"\x00\x01\x01\x40" + bytes(4) + frame),
    "cooked": (COOKED, lambda frame, _: cooked(frame)),
    "cooked-2": (COOKED_2, lambda frame, _: cooked_2(frame)),
    "gre": (ETHERNET, lambda frame, missing: outer(47, b"\0\0\x65\x58" + frame, missing)),
    "erspan": (ETHERNET, lambda frame, missing: outer(47, b"\x10\0\x88\xbe\0\0\0\1" + b"\x10\1\0\0\0\0\0\1" + frame, missing)),
    "vxlan": (ETHERNET, lambda frame, missing: outer_udp(4789, b"\x08\0\0\0\0\0\7\0" + frame, missing)),
    "geneve": (ETHERNET, lambda frame, missing: outer_udp(6081, b"\0\0\x65\x58\0\0\7\0" + frame, missing)),
    "tzsp": (ETHERNET, lambda frame, missing: outer_udp(37008, b"\1\0\0\1\1" + frame, missing)),
    "ip-options": (ETHERNET, lambda frame, _: with_ip_options(frame)),
}


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", WRAPPERS)
def test_a_boot_is_told_behind_any_link(bench, name, passes):
    link, wrap = WRAPPERS[name]
    path = bench.scratch / f"wrapped-{name}.pcap"
    if not path.exists():
        write(path, link, [(seconds, fraction, wrap(frame, length - len(frame)), length - len(frame))
                           for seconds, fraction, frame, length in frames_of(bench, SYNTHETIC / f"{BOOT}.pcapng")])
    truth = Truth(BOOT)
    rows = bench.fields(path, FIELDS, *passes)
    assert len(rows) == FRAMES
    for row in rows:
        recorded = truth.frames[int(row["frame.number"])]
        assert [row.get(field) for field in FIELDS] == [str(recorded[key]) for key in ("boot", "phase", "step")], row


def test_datagrams_in_pieces_are_read_whole(bench):
    """Each datagram of DHCP and TFTP that is large enough comes in two pieces: the second one brings the message."""
    path = bench.scratch / "pieces.pcap"
    pieces, expected, truth = [], [], Truth(BOOT)
    for number, (seconds, fraction, frame, length) in enumerate(frames_of(bench, SYNTHETIC / f"{BOOT}.pcapng"), 1):
        step = truth.frames[number]["step"]
        if step >= 200:
            break
        total = struct.unpack_from(">H", frame, 16)[0]
        if frame[12:14] != b"\x08\x00" or total < 200:
            pieces.append((seconds, fraction, frame, length - len(frame)))
            expected.append(str(step))
            continue
        assert len(frame) == length
        for last, payload in ((False, frame[34:34 + 160]), (True, frame[34 + 160:14 + total])):
            head = frame[:16] + struct.pack(">H", 20 + len(payload)) + frame[18:20]
            head += struct.pack(">H", 20 if last else 0x2000) + frame[22:34]
            pieces.append((seconds, fraction, head + payload, 0))
            expected.append(str(step) if last else None)
    write(path, ETHERNET, pieces)
    for passes in ((), ("-2",)):
        rows = bench.fields(path, FIELDS, *passes)
        assert [row.get("pvsboot.step") for row in rows] == expected


def test_a_protocol_that_is_switched_off_or_moved_is_none(bench):
    boot = SYNTHETIC / f"{BOOT}.pcapng"
    truth = Truth(BOOT)
    for options, gone in ((("--disable-protocol", "dhcp"), {101, 102, 103, 104, 108, 109}),
                          (("--disable-protocol", "arp"), {106, 107}),
                          (("-d", "udp.port==67,data", "-d", "udp.port==68,data"), {101, 102, 103, 104})):
        rows = bench.fields(boot, FIELDS, "-c", "200", *options)
        for row in rows:
            step = truth.frames[int(row["frame.number"])]["step"]
            assert step not in gone or "pvsboot.step" not in row, (options, row)


def test_decode_as_moves_a_protocol(bench):
    """DHCP and TFTP on ports of their own: told once Wireshark is told."""
    path = bench.scratch / "moved.pcap"
    ports = {67: 1067, 68: 1068, 69: 1069}
    moved = []
    for seconds, fraction, frame, length in frames_of(bench, SYNTHETIC / f"{BOOT}.pcapng"):
        if frame[12:14] == b"\x08\x00" and frame[23] == 17:
            both = struct.unpack_from(">HH", frame, 34)
            frame = frame[:34] + struct.pack(">HH", *(ports.get(port, port) for port in both)) + frame[38:]
        moved.append((seconds, fraction, frame, length - len(frame)))
    write(path, ETHERNET, moved)
    truth = Truth(BOOT)
    assert not any(row.get("pvsboot.step") == "101" for row in bench.fields(path, FIELDS))
    rows = bench.fields(path, FIELDS, "-d", "udp.port==1067,dhcp", "-d", "udp.port==1068,dhcp", "-d", "udp.port==1069,tftp")
    assert [row.get("pvsboot.step") for row in rows] == [str(truth.frames[number]["step"]) for number in range(1, FRAMES + 1)]
