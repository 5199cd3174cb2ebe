# SPDX-License-Identifier: GPL-2.0-or-later
"""Frames with their truth, put in order, and what can happen to a capture afterwards (VLAN tags, doubled
frames, losses ...). Numbers of frames and boots are given last, so that truth may point at frames and boots
while nobody knows yet where they will stand."""
import json

import pcapng
import wire

EPOCH = 1_795_248_000_000_000_000  # 2026-11-21 08:00:00 UTC; a fixed clock keeps the bytes the same on every run
SECOND = 1_000_000_000


def seconds(value):
    return int(round(value * SECOND))


class Frame:
    """One frame. `experts` and `fields` hold in every pass, `later` and `later_fields` in two passes only, `refuted`
    in one pass only (a later frame refutes it).
    None in place of a list means: not checked, for a reason that is told."""

    def __init__(self, time, data, sender="", what=""):
        self.time, self.data, self.sender, self.what = time, data, sender, what
        self.boot = self.step = None
        self.experts, self.later, self.refuted = [], [], []
        self.fields, self.later_fields = {}, {}
        self.number = None
        self.open = ""  # why something of it is not checked
        self.in_phase = None  # of a frame with a phase and no step

    def means(self, boot, step, experts=(), later=(), fields=None, later_fields=None):
        self.boot, self.step = boot, step
        self.experts, self.later = list(experts), list(later)
        self.fields, self.later_fields = dict(fields or {}), dict(later_fields or {})
        return self

    def copy(self, time, data):
        """The same frame seen once more: it has the step, but says and proves nothing again."""
        fields = {"handoff": ""} if self.step == 401 else {}
        return Frame(time, data, self.sender, self.what + " copy").means(self.boot, self.step, fields=fields)

    def unchecked(self, why, later_only=False):
        if not later_only:
            self.experts = None
        self.later = None
        self.open = why
        return self

    def open_in_one_pass(self, why):
        self.refuted, self.open = None, why
        return self

    def about(self, boot, *experts):
        """A frame that is no step of the boot, but tells something of it (an ICMP error)."""
        self.means(boot, None, experts)
        self.in_phase = boot.phase or None
        return self

    @property
    def phase(self):
        return self.step // 100 if self.step is not None else self.in_phase


class Timeline:
    def __init__(self):
        self.frames = []
        self.boots = []
        self.clock_changes = []  # (when, by how much the clock is set back)
        self.snap = self.stream_snap = 0

    def add(self, time, data, sender="", what=""):
        frame = Frame(time, data, sender, what)
        self.frames.append(frame)
        return frame

    def sort(self):
        self.frames.sort(key=lambda frame: frame.time)  # stable: frames of one instant stay as they were sent

    def stamp(self, frame):
        """The frame's time as the capturing machine's clock shows it."""
        return EPOCH + frame.time - sum(seconds(by) for when, by in self.clock_changes if frame.time >= when)

    # ---- what happens to a capture ----------------------------------------------------------------------------------

    def tag(self, *tags):
        for frame in self.frames:
            frame.data = wire.vlan(frame.data, *tags)

    def _without_gap(self):
        """Whether the gap runs from the last datagram or from its copy is left open."""
        for frame in self.frames:
            frame.fields.pop("handoff.gap", None)

    def double(self, delay=0.000_004, tags=()):
        """A mirror port that shows both sides: every frame once more, a few microseconds later."""
        self._without_gap()
        for frame in list(self.frames):
            data = wire.vlan(frame.data, *tags) if tags else frame.data
            self.frames.append(frame.copy(frame.time + seconds(delay), data))

    def route(self, near, far, delay=0.000_015):
        """A mirror port on both sides of a router whose cards are `near` and `far`: unicast IP is seen twice."""
        self._without_gap()
        for frame in [frame for frame in self.frames if frame.what in ("tftp", "stream")]:
            to_server = frame.sender == "target"
            beyond = wire.routed(frame.data, src_mac=(far if to_server else near).mac)
            frame.data = wire.with_macs(frame.data, dst_mac=(near if to_server else far).mac)
            self.frames.append(frame.copy(frame.time + seconds(delay), beyond))

    def keep(self, wanted):
        self.frames = [frame for frame in self.frames if wanted(frame)]

    def lose(self, rng, rate, may_be_lost, burst=1):
        """A mirror port that drops: each time, `burst` frames in a row that may be lost."""
        kept, left = [], 0
        for frame in self.frames:
            if may_be_lost(frame):
                if left == 0 and rng.random() < rate / burst:
                    left = burst
                if left:
                    left -= 1
                    continue
            kept.append(frame)
        lost = len(self.frames) - len(kept)
        self.frames = kept
        return lost

    # ---- writing ----------------------------------------------------------------------------------------------------

    def number(self):
        order = []
        for number, frame in enumerate(self.frames, 1):
            frame.number = number
            if frame.boot is not None and frame.boot not in order:
                order.append(frame.boot)
        self.boots = order
        for number, boot in enumerate(order, 1):
            boot.number = number

    def write(self, path, comment):
        with open(path, "wb") as file:
            file.write(pcapng.header(comment, self.snap))
            for frame in self.frames:
                snap = self.stream_snap if frame.what.startswith("stream") and not self.snap else self.snap
                file.write(pcapng.packet(self.stamp(frame), frame.data, snap))

    def write_truth(self, path, about, seed):
        boots = [boot.truth([frame for frame in self.frames if frame.boot is boot]) for boot in self.boots]
        told = [self._truth(frame) for frame in self.frames if frame.boot is not None]
        others = [{"frame": frame.number, "fields": _plain(frame.fields)} for frame in self.frames
                  if frame.boot is None and frame.fields]
        unjudged = [{"frame": frame.number, "open": frame.open} for frame in self.frames
                    if frame.boot is None and frame.open]
        with open(path, "w") as file:
            file.write('{"about": %s,\n "seed": %d,\n "boots": [%s],\n "frames": [%s]%s%s}\n' % (
                json.dumps(about), seed, _lines(boots), _lines(told),
                ',\n "others": [%s]' % _lines(others) if others else "",
                ',\n "unjudged": [%s]' % _lines(unjudged) if unjudged else ""))

    def _truth(self, frame):
        truth = {"frame": frame.number, "boot": frame.boot.number, "phase": frame.phase or None, "step": frame.step}
        truth["experts"] = _sorted(frame.experts)
        if frame.later is None or frame.later:
            truth["experts_two_pass"] = _sorted(frame.later)
        if frame.refuted is None or frame.refuted:
            truth["experts_one_pass"] = _sorted(frame.refuted)
        if frame.open:
            truth["open"] = frame.open
        truth["fields"] = _plain(frame.fields)
        if frame.later_fields:
            truth["fields_two_pass"] = _plain(frame.later_fields)
        return truth


def _lines(rows):
    return "".join("\n  " + json.dumps(row, separators=(",", ":")) + "," for row in rows)[:-1]


def _sorted(names):
    return None if names is None else sorted(names)


def _plain(fields):
    return {"pvsboot." + name if not name.startswith(("pvs.", "pvsboot.")) else name: _value(value)
            for name, value in sorted(fields.items())}


def _value(value):
    if isinstance(value, Frame):
        if value.number is None:
            raise ValueError("truth points at a frame that is not in the capture")
        return str(value.number)
    return value


def duration(nanoseconds):
    """As tshark prints a relative time of nanosecond resolution."""
    return "%d.%09d" % divmod(nanoseconds, SECOND)
