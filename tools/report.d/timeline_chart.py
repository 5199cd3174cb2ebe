# SPDX-License-Identifier: GPL-2.0-or-later
"""Who was in which phase when: a row for each boot, and for many boots also how many were in each phase. All timelines of
a page have one scale, so that a long boot looks longer than a short one."""
import collections
import itertools

from boot_words import PHASES, is_fault, start_of_phase, times_of, who
from charts import FAULT, FAULT_MARK, LEFT, RIGHT, SURFACE, WIDTH, Chart, colour_on_phase, distinct, phase_colour, time_axis

ROWS = 50 # in one chart: what a sheet of paper holds
ROW = 18 # pixels
MANY = 12 # boots: from here on a count is easier to read than rows alone
STUB = 0.25 # of the time before: how much of phase 4 is shown at least
SILENCE = 10 # seconds of a silence that are shown at least
UNKNOWN = 5 # the number of "phase not known" among the colours


class Span:
    """How long a stretch of time every timeline shows. Takes the boots capture by capture."""

    def __init__(self):
        self.length = 1e-3
        self.stretches = {} # by capture's number: (first time, whether its boots lie close together)
        self.number = None

    def capture(self, capture):
        self.close_capture()
        self.number = capture.number
        self.first = self.last = self.end = None
        self.longest = self.longest_end = self.boots = 0

    def boot(self, boot):
        interest = end_of_interest(boot)
        end = end_of(boot)
        self.first = boot["start"] if self.first is None else min(self.first, boot["start"])
        self.last = interest if self.last is None else max(self.last, interest)
        self.end = end if self.end is None else max(self.end, end)
        self.longest = max(self.longest, interest - boot["start"])
        self.longest_end = max(self.longest_end, end - boot["start"])
        self.boots += 1

    def close_capture(self):
        if self.number is None or not self.boots:
            return
        # Boots that lie far apart would be slivers: each then begins at 0.
        together = self.last - self.first <= 3 * self.longest or self.boots == 1
        self.stretches[self.number] = (self.first if together else 0, together)
        length = self.last - self.first if together else self.longest
        whole = self.end - self.first if together else self.longest_end
        self.length = max(self.length, min(whole, length + STUB * length))

    def is_together(self, capture):
        return self.stretches.get(capture.number, (0, True))[1]

    def first_of(self, prefix):
        return self.stretches.get(int(prefix[1:]), (0, True))[0]


def end_of(boot):
    return max(boot["end"], boot["silence"][1]) if boot.get("silence") else boot["end"]


def end_of_interest(boot):
    """Phase 4 may go on for hours: only its beginning matters here, and how it ended in silence."""
    if boot.get("silence"):
        start, end = boot["silence"]
        return min(end, start + max(SILENCE, start - boot["start"]))
    reached = start_of_phase(boot, 4)
    return boot["end"] if reached is None else reached


class Timelines:
    """The charts of a capture's boots, which it takes one after the other."""

    def __init__(self, span, prefix, together):
        self.prefix, self.together = prefix, together
        self.first = span.first_of(prefix)
        self.last = self.first + span.length
        self.steps = {phase: collections.Counter() for phase in (*PHASES, None)}
        self.boots, self.rows, self.summaries, self.cut = 0, [], [], False

    def origin(self, boot):
        return 0 if self.together else boot["start"]

    def label(self):
        return "Since the capture's first frame" if self.together else "Since each boot's first frame"

    def count(self, boot):
        """How many boots are in each phase at each moment. A boot that stopped counts to its last frame."""
        def inside(time):
            return min(max(time - self.origin(boot), self.first), self.last)

        self.boots += 1
        self.cut = self.cut or end_of(boot) - self.origin(boot) > self.last
        for part in boot["phases"]:
            self.steps[part["phase"]][inside(part["start"])] += 1
            self.steps[part["phase"]][inside(part["end"])] -= 1

    def row(self, boot):
        bars = [Bar(part["phase"], part["start"] - self.origin(boot), part["end"] - self.origin(boot),
                    f"{self.prefix}b{boot['boot']}p{index}",
                    f"Boot {boot['boot']}, {who(boot)}: phase {part['phase'] or 'not known'}, "
                    f"{PHASES.get(part['phase'], 'streaming that began before the capture')}, {part['start']:.3f} s to "
                    f"{part['end']:.3f} s, from frame {part['frame']} on") for index, part in enumerate(boot["phases"], 1)]
        silence = boot.get("silence") and tuple(time - self.origin(boot) for time in boot["silence"])
        faults = [time - self.origin(boot) for time in times_of(boot, is_fault)]
        self.rows.append((f"{boot['boot']}  {who(boot)}", bars, silence, faults))

    def summary(self, alike):
        """One row for boots that are alike: the median of each phase, one behind the other."""
        bars, start = [], self.first
        for phase in PHASES:
            length = alike.median(phase)
            if length is not None:
                bars.append(Bar(phase, start, start + length, f"{self.prefix}alike{len(self.summaries)}p{phase}",
                                f"{alike.sentence}: phase {phase}, {PHASES[phase]}, {alike.span(phase)} s, "
                                f"in the middle {length:.3f} s"))
                start += length
        self.summaries.append((f"{alike.boots} boots alike", bars, None, []))

    def charts(self):
        rows = self.summaries + self.rows
        charts = [self.count_chart()] if self.boots >= MANY else []
        return charts + [self.row_chart(rows[at:at + ROWS], f"{self.prefix}rows{at}") for at in range(0, len(rows), ROWS)]

    def row_chart(self, rows, name):
        chart = Chart(name, ROW * len(rows) + 56)
        axes = chart.axes(6, ROW * len(rows))
        per_pixel = (self.last - self.first) / (WIDTH - LEFT - RIGHT)
        for row, (_, bars, silence, faults) in enumerate(rows):
            for bar in bars:
                bar.draw(chart, axes, row, self.last, per_pixel)
            if silence and silence[0] < self.last:
                draw_silence(chart, axes, row, silence[0], min(silence[1], self.last), f"{name}s{row}", silence)
            shown = distinct([time for time in faults if self.first <= time <= self.last], self.first, self.last)
            axes.plot(shown, [row] * len(shown), **FAULT_MARK)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_yticks(range(len(rows)), [label for label, *_ in rows])
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        time_axis(axes, self.first, self.last, self.label())
        return chart.svg(f"Phases of {len(rows)} rows of boots over time")

    def count_chart(self):
        changes = sorted({self.first, self.last}.union(*self.steps.values()))
        known = [phase for phase in (*PHASES, None) if phase or self.steps[None]]
        counts = [list(itertools.accumulate(self.steps[phase][time] for time in changes)) for phase in known]
        chart = Chart(f"{self.prefix}count", 176)
        axes = chart.axes(10, 120)
        axes.stackplot(changes, *counts, step="post", colors=[phase_colour(phase or UNKNOWN) for phase in known], linewidth=0)
        axes.set_ylabel("Boots in each phase")
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.grid()
        axes.set_axisbelow(True)
        time_axis(axes, self.first, self.last, self.label())
        return chart.svg("How many boots were in each phase over time")


class Bar:
    def __init__(self, phase, start, end, identity, title):
        self.phase, self.start, self.end, self.identity, self.title = phase, start, end, identity, title

    def draw(self, chart, axes, row, last, per_pixel):
        if self.start > last:
            return
        end, number = min(self.end, last), self.phase or UNKNOWN
        [bar] = axes.barh(row, end - self.start, left=self.start, height=0.72, color=phase_colour(number), linewidth=0)
        chart.explain(bar, self.identity, self.title)
        if end - self.start > 12 * per_pixel:
            axes.text((self.start + end) / 2, row, str(self.phase or "?"), ha="center", va="center", fontsize=10,
                      color=colour_on_phase(number))


def draw_silence(chart, axes, row, start, end, identity, whole):
    [bar] = axes.barh(row, end - start, left=start, height=0.72, color=SURFACE, edgecolor=FAULT, linewidth=1, hatch="////")
    chart.explain(bar, identity, f"Silence: no read data from {whole[0]:.3f} s to {whole[1]:.3f} s")
