# SPDX-License-Identifier: GPL-2.0-or-later
"""Medians across boots, and which boots are far from them: a plain rule of statistics, nothing known of PVS.

Tukey's fences: far is what lies more than 1.5 times the interquartile range below the first or above the third
quartile. Values are compared as they are shown, with three decimals. docs/report.md explains it to the reader."""
import dataclasses
import statistics

from boot_words import mean_read_time, time_in_phase

ENOUGH = 8 # boots: two in each quarter
REACH = 1.5


def whole_phase(number):
    """The time in a phase, of boots that the capture shows before and after it."""
    def seconds(boot):
        seen = [part["phase"] for part in boot["phases"]]
        began = boot["discovers"] > 0 and seen[0] == 1 if number == 1 else number - 1 in seen
        return time_in_phase(boot, number) if began and number in seen and max(seen) > number else None
    return seconds


# Key, title, unit, units in a second, what a boot has of it (in seconds; None: not whole in the capture).
MEASURES = [
    ("phase-1", "Phase 1: DHCP and bootstrap download", "s", 1, whole_phase(1)),
    ("phase-2", "Phase 2: PVS logon", "s", 1, whole_phase(2)),
    ("phase-3", "Phase 3: single read mode", "s", 1, whole_phase(3)),
    ("pause", "Pause before the hand-off", "s", 1, lambda boot: boot["handoff"] and boot["handoff"]["gap"]),
    ("read", "Mean time of a read", "ms", 1000, mean_read_time),
]


@dataclasses.dataclass
class Measured:
    key: str
    title: str
    unit: str
    values: list # (value, boot), in the order of the boots
    median: float = None
    quartiles: tuple = None
    fences: tuple = None
    far: list = dataclasses.field(default_factory=list) # (value, boot), the farthest first

    def distance(self, value):
        return abs(value - self.median)


def measured(boots):
    return [measure(boots, *one) for one in MEASURES]


def measure(boots, key, title, unit, units, seconds):
    values = [(round(units * value, 3), boot) for boot in boots for value in [seconds(boot)] if value is not None]
    result = Measured(key, title, unit, values)
    numbers = [value for value, _ in values]
    if numbers:
        result.median = statistics.median(numbers)
    if len(numbers) >= ENOUGH:
        low, _, high = statistics.quantiles(numbers, n=4, method="inclusive")
        reach = REACH * (high - low)
        result.quartiles = (low, high)
        result.fences = (low - reach, high + reach)
        far = [(value, boot) for value, boot in values if not low - reach <= value <= high + reach]
        result.far = sorted(far, key=lambda one: -result.distance(one[0]))
    return result


def farthest(measures, wanted):
    """Which of the wanted boots (by id) are far from a median: by their distance, counted in medians."""
    ranked = {}
    for one in measures:
        for value, boot in one.far:
            if id(boot) not in wanted:
                continue
            rank = one.distance(value) / max(one.median, 0.001)
            ranked[id(boot)] = (max(rank, ranked.get(id(boot), (0,))[0]), boot)
    return [boot for _, boot in sorted(ranked.values(), key=lambda one: -one[0])]
