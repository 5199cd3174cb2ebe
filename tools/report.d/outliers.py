# SPDX-License-Identifier: GPL-2.0-or-later
"""Medians across boots, and which boots are far from them: a plain rule of statistics, nothing known of PVS.

Tukey's fences: far is what lies more than 1.5 times the interquartile range below the first or above the third
quartile, and is a difference at all. Values are compared as they are shown, with three decimals. docs/report.md explains
it to the reader."""
import dataclasses
import statistics

from boot_words import mean_read_time, time_in_phase

ENOUGH = 8 # boots: two in each quarter
REACH = 1.5
# What differs by less than this share, or by less than this time in a boot, is no difference to anybody.
SHARE, SECONDS = 0.05, 0.05


def whole_phase(number):
    """The time in a phase, of boots that the capture shows before and after it."""
    def seconds(boot):
        seen = [part["phase"] for part in boot["phases"]]
        if None in seen or not seen:
            return None
        began = boot["discovers"] > 0 and seen[0] == 1 if number == 1 else number - 1 in seen
        return time_in_phase(boot, number) if began and number in seen and max(seen) > number else None
    return seconds


def once(_boot):
    return 1


def reads_of(boot):
    return sum(point["reads"] for point in boot["stream"]["series"])


# Key, title, unit, units in a second, what a boot has of it (in seconds; None: not whole in the capture), how often.
MEASURES = [
    ("phase-1", "Phase 1: DHCP and bootstrap download", "s", 1, whole_phase(1), once),
    ("phase-2", "Phase 2: PVS logon", "s", 1, whole_phase(2), once),
    ("phase-3", "Phase 3: single read mode", "s", 1, whole_phase(3), once),
    ("pause", "Pause before the hand-off", "s", 1, lambda boot: boot["handoff"] and boot["handoff"]["gap"], once),
    ("read", "Mean time of a read", "ms", 1000, mean_read_time, reads_of),
]


@dataclasses.dataclass
class Measured:
    key: str
    title: str
    unit: str
    units: int # in a second
    values: list # (value, place of the boot, how often it counts), in the order of the boots
    median: float = None
    quartiles: tuple = None
    fences: tuple = None
    far: list = dataclasses.field(default_factory=list) # (value, place), the farthest first

    def distance(self, value):
        return abs(value - self.median)

    def differs(self, value, times):
        return is_difference(self.median / self.units, value / self.units, times)


def is_difference(one, other, times=1):
    """Of two times in seconds, which a boot has so often: at least 5 %, and 50 ms altogether."""
    distance = abs(one - other)
    return distance >= SHARE * min(abs(one), abs(other)) and distance * times >= SECONDS


class Measurer:
    """Takes the boots one after the other."""

    def __init__(self):
        self.measures = [Measured(*one[:4], []) for one in MEASURES]

    def add(self, boot, place):
        for measured, (*_, seconds, often) in zip(self.measures, MEASURES):
            value = seconds(boot)
            if value is not None:
                measured.values.append((round(measured.units * value, 3), place, often(boot)))

    def measured(self):
        for one in self.measures:
            finish(one)
        return self.measures


def finish(result):
    numbers = [value for value, *_ in result.values]
    if numbers:
        result.median = statistics.median(numbers)
    if len(numbers) >= ENOUGH:
        low, _, high = statistics.quantiles(numbers, n=4, method="inclusive")
        reach = REACH * (high - low)
        result.quartiles = (low, high)
        result.fences = (low - reach, high + reach)
        far = [(value, place) for value, place, times in result.values
               if not low - reach <= value <= high + reach and result.differs(value, times)]
        result.far = sorted(far, key=lambda one: -result.distance(one[0]))


def farthest(measures, wanted):
    """Which of the wanted boots (their places) are far from a median: by their distance, counted in medians."""
    ranked = {}
    for one in measures:
        for value, place in one.far:
            if place not in wanted:
                continue
            rank = one.distance(value) / max(one.median, 0.001)
            ranked[place] = max(rank, ranked.get(place, 0))
    return sorted(ranked, key=lambda place: -ranked[place])
