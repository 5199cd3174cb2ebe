# SPDX-License-Identifier: GPL-2.0-or-later
"""Who was in which phase when: a row for each boot, and for many boots also how many were in each phase."""
import collections
import itertools
import math

from boot_words import PHASES, is_fault, times_of, who
from charts import FAULT_MARK, LEFT, RIGHT, WIDTH, Chart, colour_on_phase, phase_colour, time_axis

ROWS = 50 # in one chart: what a sheet of paper holds
ROW = 18 # pixels
MANY = 12 # boots: from here on a count is easier to read than rows alone
STUB = 0.25 # of the time before: how much of phase 4 is shown at least


class Span:
    """The stretch of time that all rows share, and where a boot lies in it."""

    def __init__(self, boots):
        longest = max(end_of_interest(boot) - boot["start"] for boot in boots)
        first, last = min(boot["start"] for boot in boots), max(end_of_interest(boot) for boot in boots)
        # Boots that lie far apart would be slivers: each then begins at 0.
        self.together = last - first <= 3 * longest or len(boots) == 1
        self.first = first if self.together else 0
        end = max(boot["end"] - self.origin(boot) for boot in boots)
        last = max(end_of_interest(boot) - self.origin(boot) for boot in boots)
        self.last = min(end, last + STUB * (last - self.first))
        self.cut = self.last < end
        if self.last <= self.first:
            self.last = self.first + 1e-3

    def origin(self, boot):
        return 0 if self.together else boot["start"]

    def label(self):
        return "Since the capture's first frame" if self.together else "Since each boot's first frame"


def end_of_interest(boot):
    """Phase 4 may go on for hours: only its beginning matters here."""
    return next((part["start"] for part in boot["phases"] if part["phase"] == 4), boot["end"])


def timelines(boots, prefix):
    """The charts of a capture's boots, and the span that they show."""
    span = Span(boots)
    charts = [count_chart(boots, span, prefix)] if len(boots) >= MANY else []
    charts += [row_chart(boots[at:at + ROWS], span, prefix) for at in range(0, len(boots), ROWS)]
    return charts, span


def row_chart(boots, span, prefix):
    chart = Chart(f"{prefix}rows{boots[0]['boot']}", ROW * len(boots) + 56)
    axes = chart.axes(6, ROW * len(boots))
    per_pixel = (span.last - span.first) / (WIDTH - LEFT - RIGHT)
    for row, boot in enumerate(boots):
        for index, part in enumerate(boot["phases"]):
            start = part["start"] - span.origin(boot)
            end = min(part["end"] - span.origin(boot), span.last)
            if start > span.last:
                continue
            colour = phase_colour(part["phase"])
            [bar] = axes.barh(row, end - start, left=start, height=0.72, color=colour, linewidth=0)
            chart.explain(bar, f"{prefix}b{boot['boot']}p{index + 1}",
                          f"Boot {boot['boot']}, {who(boot)}: phase {part['phase']}, {PHASES[part['phase']]}, "
                          f"{part['start']:.3f} s to {part['end']:.3f} s, from frame {part['frame']} on")
            if end - start > 12 * per_pixel:
                axes.text((start + end) / 2, row, str(part["phase"]), ha="center", va="center", fontsize=10,
                          color=colour_on_phase(part["phase"]))
        mark_faults(axes, row, boot, span)
    axes.set_ylim(len(boots) - 0.5, -0.5)
    axes.set_yticks(range(len(boots)), [f"{boot['boot']}  {who(boot)}" for boot in boots])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    time_axis(axes, span.first, span.last, span.label())
    return chart.svg(f"Phases of {len(boots)} boots over time")


def mark_faults(axes, row, boot, span):
    shown = [time - span.origin(boot) for time in times_of(boot, is_fault)]
    shown = [time for time in shown if span.first <= time <= span.last]
    # Of those on one pixel, one is enough.
    shown = list({math.floor((time - span.first) * WIDTH / (span.last - span.first)): time for time in shown}.values())
    axes.plot(shown, [row] * len(shown), **FAULT_MARK)


def count_chart(boots, span, prefix):
    """How many boots are in each phase at each moment. A boot that stopped counts to its last frame."""
    def inside(time):
        return min(max(time - span.origin(boot), span.first), span.last)

    steps = {phase: collections.Counter() for phase in PHASES}
    for boot in boots:
        for part in boot["phases"]:
            steps[part["phase"]][inside(part["start"])] += 1
            steps[part["phase"]][inside(part["end"])] -= 1
    changes = sorted({span.first, span.last}.union(*steps.values()))
    counts = [list(itertools.accumulate(steps[phase][time] for time in changes)) for phase in PHASES]
    chart = Chart(f"{prefix}count", 176)
    axes = chart.axes(10, 120)
    axes.stackplot(changes, *counts, step="post", colors=[phase_colour(phase) for phase in PHASES], linewidth=0)
    axes.set_ylabel("Boots in each phase")
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.grid()
    axes.set_axisbelow(True)
    time_axis(axes, span.first, span.last, span.label())
    return chart.svg("How many boots were in each phase over time")
