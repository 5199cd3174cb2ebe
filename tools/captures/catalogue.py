# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of scenarios. A new one is a function with @scenario("what it shows") and nothing else: its name
gives the file name and the seed."""
import random
import zlib

from timeline import Timeline

SCENARIOS = {}
STREAM_BYTES = 160  # enough for the 56 bytes before read data, with two VLAN tags and IPv6


class Scenario:
    def __init__(self, name, about, build, whole, committed):
        self.name, self.about, self.build, self.whole, self.committed = name, about, build, whole, committed
        self.seed = zlib.crc32(name.encode())

    @property
    def file(self):
        return "synthetic-" + self.name

    @property
    def comment(self):
        return ("SYNTHETIC: made by tools/make-captures of PVSBOOT (seed %d), not recorded. %s "
                "Logon and streaming payloads are random filler of the published sizes%s." % (
                    self.seed, self.about, "" if self.whole else ", sliced to keep the file small"))

    def make(self):
        timeline = Timeline()
        timeline.rng = random.Random(self.seed)
        self.build(timeline)
        if not getattr(timeline, "keep_order", False):
            timeline.sort()
        if not self.whole:
            timeline.stream_snap = timeline.stream_snap or STREAM_BYTES
        timeline.number()
        return timeline


def scenario(about, whole=False, committed=True):
    """`whole` keeps all bytes of the streaming frames; else they are sliced, as they hold only filler.
    `committed` is False for a file too large to keep: it is made by name only, with --into."""
    def register(build):
        name = build.__name__.replace("_", "-")
        if name in SCENARIOS:
            raise ValueError("two scenarios are called " + name)
        SCENARIOS[name] = Scenario(name, about, build, whole, committed)
        return build
    return register
