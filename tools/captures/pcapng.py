# SPDX-License-Identifier: GPL-2.0-or-later
"""Write pcapng with a capture comment.

Written by hand because scapy's writer has no comments and editcap stamps its own version into the
file, which would make the committed bytes depend on the machine that made them.
"""
import struct

_LINKTYPE_ETHERNET = 1
_OPT_END, _OPT_COMMENT, _SHB_USERAPPL, _IF_NAME, _IF_TSRESOL = 0, 1, 4, 2, 9


def _option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def _block(kind, body):
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def header(comment, snap=0):
    """The section header and the one interface, with nanosecond time stamps."""
    section = (struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
               + _option(_OPT_COMMENT, comment.encode())
               + _option(_SHB_USERAPPL, b"PVSBOOT tools/make-captures")
               + _option(_OPT_END, b""))
    interface = (struct.pack("<HHI", _LINKTYPE_ETHERNET, 0, snap)
                 + _option(_IF_NAME, b"synthetic")
                 + _option(_IF_TSRESOL, b"\x09")
                 + _option(_OPT_END, b""))
    return _block(0x0A0D0D0A, section) + _block(1, interface)


def packet(time_ns, data, snap=0, original=0):
    """One frame; `original` is its length on the wire where `data` is only what was kept of it."""
    kept = data[:snap] if snap else data
    body = struct.pack("<IIIII", 0, time_ns >> 32, time_ns & 0xFFFFFFFF, len(kept), original or len(data))
    return _block(6, body + kept + b"\0" * (-len(kept) % 4))


def read(path):
    """The packets of a little-endian pcapng file, as (time in ns, bytes): for files this project records."""
    for time, data, _ in records(path):
        yield time, data


def records(path):
    """The same with each packet's length on the wire."""
    content = open(path, "rb").read()
    offset, resolutions = 0, []
    while offset < len(content):
        kind, length = struct.unpack_from("<II", content, offset)
        body = content[offset + 8:offset + length - 4]
        if kind == 1:
            resolutions.append(_ticks_to_ns(body[8:]))
        elif kind == 6:
            interface, high, low, captured, original = struct.unpack_from("<IIIII", body)
            yield ((high << 32) | low) * resolutions[interface], body[20:20 + captured], original
        offset += length


def _ticks_to_ns(options):
    offset = 0
    while offset + 4 <= len(options):
        code, length = struct.unpack_from("<HH", options, offset)
        if code == _IF_TSRESOL:
            return 10 ** (9 - options[offset + 4])
        if code == _OPT_END:
            break
        offset += 4 + length + (-length % 4)
    return 1000
