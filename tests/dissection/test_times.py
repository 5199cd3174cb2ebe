# test_times.py
# Time stamps of pcapng files: every resolution, and times that no clock has
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import struct

import pytest

from truth import SYNTHETIC, Truth

BOOT = "synthetic-boot"
FIELDS = ["pvsboot.boot", "pvsboot.phase", "pvsboot.step"]
TIMES = ["pvsboot.time", "pvsboot.phase_time", "pvs.read.time", "pvsboot.bootstrap.time", "pvsboot.handoff.gap"]


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def write(path, frames, resolution, offset=None):
    """frames: time in units of the resolution (if_tsresol), bytes, length. offset: if_tsoffset, in seconds."""
    options = option(9, bytes((resolution,)))
    if offset is not None:
        options += option(14, struct.pack("<q", offset))
    with open(path, "wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        file.write(block(1, struct.pack("<HHI", 1, 0, 0) + options + option(0, b"")))
        for units, frame, length in frames:
            file.write(block(6, struct.pack("<IIIII", 0, units >> 32, units & 0xffffffff, len(frame), length) + frame))
    path.chmod(0o644)


@pytest.fixture(scope="module")
def boot(bench):
    """The frames of a boot: nanoseconds, bytes, length."""
    plain = bench.scratch / "times.pcap"
    bench.run("editcap", "-F", "nsecpcap", bench.readable(SYNTHETIC / f"{BOOT}.pcapng"), plain)
    data, at, frames = plain.read_bytes(), 24, []
    while at < len(data):
        seconds, nanoseconds, captured, length = struct.unpack_from("<IIII", data, at)
        frames.append((seconds * 10 ** 9 + nanoseconds, data[at + 16:at + 16 + captured], length))
        at += 16 + captured
    return frames


# if_tsresol: a power of ten, or with its highest bit of two. As fine as a microsecond: the boot is what it was.
@pytest.mark.parametrize("resolution, units", [(6, 10 ** 6), (7, 10 ** 7), (9, 10 ** 9), (0x80 | 20, 2 ** 20), (0x80 | 30, 2 ** 30)])
@pytest.mark.parametrize("offset", [None, 3600, -86400 * 365])
def test_a_boot_is_the_same_in_every_resolution(bench, boot, resolution, units, offset):
    path = bench.scratch / f"resolution-{resolution}-{offset}.pcapng"
    write(path, [(nanoseconds * units // 10 ** 9 + 1, frame, length) for nanoseconds, frame, length in boot], resolution, offset)
    truth = Truth(BOOT)
    for row in bench.fields(path, FIELDS):
        recorded = truth.frames[int(row["frame.number"])]
        assert [row.get(field) for field in FIELDS] == [str(recorded[key]) for key in ("boot", "phase", "step")], row


# The farthest that the format can tell, either way; whole seconds; and steps from one end of time to the other.
@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name, resolution, offset, stamp", [
    ("whole-seconds", 0, None, lambda number, nanoseconds: nanoseconds // 10 ** 9),
    ("far-future", 0, None, lambda number, nanoseconds: 2 ** 62 + number),
    ("end-of-time", 0, None, lambda number, nanoseconds: 2 ** 64 - 1 - number),
    ("offset-forth", 6, 2 ** 62, lambda number, nanoseconds: nanoseconds // 1000),
    ("offset-back", 6, -2 ** 62, lambda number, nanoseconds: nanoseconds // 1000),
    ("to-and-fro", 0, None, lambda number, nanoseconds: (0, 2 ** 63 - 1, 2 ** 63)[number % 3]),
])
def test_times_that_no_clock_has_do_no_harm(bench, boot, name, resolution, offset, stamp, passes):
    path = bench.scratch / f"time-{name}.pcapng"
    if not path.exists():
        write(path, [(stamp(number, nanoseconds), frame, length) for number, (nanoseconds, frame, length) in enumerate(boot)],
              resolution, offset)
    rows = bench.fields(path, FIELDS + TIMES, *passes)
    assert len(rows) == len(boot)
    assert any("pvsboot.step" in row for row in rows)
    for row in rows:
        for field in TIMES:
            assert float(row.get(field, 0)) >= 0, row
    bench.tshark(path, *passes, "-q", "-z", "pvsboot,boots", "-z", "pvsboot,tree", "-z", "pvs,srt")
    json.loads(bench.tshark(path, *passes, "-q", "-z", "pvsboot,json"))
