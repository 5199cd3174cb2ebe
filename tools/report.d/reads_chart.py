# SPDX-License-Identifier: GPL-2.0-or-later
"""Read throughput and read times over time, of one boot or of all boots of a capture together."""
import math

from matplotlib.ticker import NullLocator

from boot_words import is_fault, is_retry, times_of
from charts import ACCENT, FAULT, FAULT_MARK, INK, SYMPTOM, Chart, distinct, phase_colour, time_axis

POINTS = 400 # at most in a chart; longer stretches of time are drawn in steps of several seconds
HANDOFF = phase_colour(4)
SILENCE = 60 # seconds of a silence that are drawn; what comes after is no news


def reads_chart(name, boots, label):
    """The chart of the reads of these boots, and the length of its steps in seconds."""
    points = [point for boot in boots for point in boot["stream"]["series"]]
    silences = [(start, min(end, start + SILENCE)) for start, end in filter(None, (boot.get("silence") for boot in boots))]
    retries, faults = ([time for boot in boots for time in times_of(boot, wanted)] for wanted in (is_retry, is_fault))
    handoffs = [boot["handoff"]["time"] for boot in boots if boot["handoff"]]
    first = math.floor(min(point["start"] for point in points))
    last = math.floor(max([point["start"] for point in points] + retries + faults + handoffs
                          + [end for _, end in silences])) + 1
    # Longer steps are made of whole shorter ones.
    step = max(boot["stream"].get("series_step") or 1 for boot in boots)
    while (last - first) / step > POINTS:
        step *= 2
    first = first // step * step
    bins = binned(points, first, last, step)
    edges = [first + step * index for index in range(len(bins) + 1)]
    several = len(boots) > 1
    chart = Chart(name, 342 if several else 282)
    speed = chart.axes(34, 90)
    times = chart.axes(140, 90, sharex=speed)
    draw_speed(speed, bins, edges, step)
    draw_times(times, bins, edges)
    for start, end in silences:
        for axes in (speed, times):
            axes.axvspan(start, end, facecolor="none", edgecolor=FAULT, alpha=0.5 if several else 1, hatch="//", linewidth=0)
    if silences and not several:
        speed.text((silences[0][0] + silences[0][1]) / 2, 0.5, "silence", transform=speed.get_xaxis_transform(), ha="center",
                   va="center", color=FAULT)
    lowest = times
    if several:
        lowest = chart.axes(246, 50, sharex=speed)
        draw_counts(lowest, retries, handoffs, edges)
    else:
        faults = [time for time in faults if time >= first]
        mark(speed, times, distinct(retries, first, last), handoffs, distinct(faults, first, last))
    for axes in (speed, times):
        axes.tick_params(labelbottom=axes is lowest)
    time_axis(lowest, edges[0], edges[-1], "Since the capture's first frame")
    return chart.svg(label), step


def binned(points, first, last, step):
    """For each step of time: bytes, reads, their time altogether, the longest one."""
    bins = [[0, 0, 0.0, 0.0] for _ in range(first, last, step)]
    for point in points:
        one = bins[(math.floor(point["start"]) - first) // step]
        one[0] += point["bytes"]
        one[1] += point["reads"]
        one[2] += point["mean"] * point["reads"]
        one[3] = max(one[3], point["max"])
    return bins


def draw_speed(axes, bins, edges, step):
    axes.stairs([one[0] / 1e6 / step for one in bins], edges, fill=True, color=ACCENT, linewidth=0)
    axes.set_ylabel("MB/s")
    axes.set_ylim(bottom=0)
    axes.grid()
    axes.set_axisbelow(True)


def draw_times(axes, bins, edges):
    """The mean is a line as long as its step, the longest read a dash above it. A step without reads is empty."""
    rows = [(left, right, 1000 * one[2] / one[1], 1000 * one[3])
            for left, right, one in zip(edges, edges[1:], bins) if one[1] and one[2] > 0]
    if rows:
        lefts, rights, means, longest = zip(*rows)
        middles = [(left + right) / 2 for left, right in zip(lefts, rights)]
        axes.vlines(middles, means, longest, color=INK, linewidth=1)
        axes.plot(middles, longest, linestyle="none", marker="_", markersize=6, color=INK)
        axes.hlines(means, lefts, rights, color=ACCENT, linewidth=2.5)
        axes.set_yscale("log")
        # Whole decades: a logarithmic axis without a label says nothing.
        axes.set_ylim(10 ** math.floor(math.log10(min(means))), 10 ** math.ceil(math.log10(max(longest)) + 0.02))
    axes.set_ylabel("Read time, ms")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.10g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.grid()
    axes.set_axisbelow(True)


def mark(speed, times, retries, handoffs, faults):
    """Above the charts: what happened when."""
    above = speed.get_xaxis_transform()
    speed.plot(retries, [1.1] * len(retries), transform=above, linestyle="none", marker="^", markersize=7,
               markeredgewidth=0, color=SYMPTOM, clip_on=False)
    speed.plot(faults, [1.1] * len(faults), transform=above, **FAULT_MARK)
    for handoff in handoffs:
        for axes in (speed, times):
            axes.axvline(handoff, color=HANDOFF, linewidth=2)
        speed.text(handoff, 1.2, "hand-off", transform=above, ha="center", va="bottom", fontsize=10)


def draw_counts(axes, retries, handoffs, edges):
    """How many boots were handed off and how many reads were asked for again, in each step."""
    half = (edges[1] - edges[0]) / 2
    for times, shift, colour, label in ((handoffs, 0, HANDOFF, "hand-offs"),
                                        (retries, half, SYMPTOM, "retries")):
        counts = [sum(left <= time < right for time in times) for left, right in zip(edges, edges[1:])]
        axes.bar([left + shift for left in edges[:-1]], counts, width=half, align="edge", color=colour, linewidth=0,
                 label=f"{label}: {len(times)}")
    axes.set_ylabel("Events")
    axes.yaxis.get_major_locator().set_params(integer=True, nbins=3)
    axes.legend(loc="upper right", frameon=False, fontsize=10, ncol=2, borderaxespad=0)
    axes.grid()
    axes.set_axisbelow(True)
