# frames_of.py FOLDER CAPTURE.pcap...
# Writes the DHCP, TFTP, ARP and ICMP frames of captures (pcap, Ethernet), each kind of message once a capture, as inputs
# for fuzz_readers
#
# SPDX-License-Identifier: GPL-2.0-or-later

import hashlib
import pathlib
import struct
import sys


def kind(frame):
    """What the message is, or None: link protocol, IP protocol, ports of DHCP and TFTP, and its type."""
    if frame[12:14] == b"\x08\x06":
        return frame[12:22]
    if frame[12:14] != b"\x08\x00" or len(frame) < 46:
        return None
    if frame[23] == 17 and {67, 68, 69, 4011} & set(struct.unpack_from(">HH", frame, 34)):
        return frame[23:24] + frame[34:38] + frame[42:44]
    if frame[23] == 17 and frame[42] == 0 and frame[43] < 7:
        return frame[23:24] + frame[42:44]
    return frame[23:24] + frame[34:36] if frame[23] == 1 else None


folder = pathlib.Path(sys.argv[1])
for capture in sys.argv[2:]:
    data, at, seen = pathlib.Path(capture).read_bytes(), 24, set()
    while at + 16 <= len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        frame = data[at + 16:at + 16 + length]
        at += 16 + length
        if kind(frame) not in seen | {None}:
            seen.add(kind(frame))
            (folder / hashlib.sha256(frame).hexdigest()[:16]).write_bytes(frame)
