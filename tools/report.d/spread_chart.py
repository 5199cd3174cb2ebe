# SPDX-License-Identifier: GPL-2.0-or-later
"""Where every boot lies between the fences: a row of dots for each measure."""
from charts import ACCENT, INK, Chart, distinct

ROW = 62


def spread_chart(measures):
    chart = Chart("spread", ROW * len(measures) + 6)
    for row, one in enumerate(measures):
        axes = chart.axes(ROW * row + 6, 30)
        far = {place for _, place in one.far}
        low, high = min(value for value, *_ in one.values), max(value for value, *_ in one.values)
        # No time is below zero, whatever a fence says.
        fences = [fence for fence in one.fences if fence >= 0]
        low, high = min([low, *fences]), max([high, *fences])
        margin = 0.04 * (high - low) or 0.05 * high or 1
        axes.set_xlim(max(low - margin, 0) if low < margin else low - margin, high + margin)
        for is_far, colour, marker in ((False, ACCENT, "o"), (True, INK, "D")):
            values = [value for value, place, _ in one.values if (place in far) == is_far]
            values = distinct(values, low, high) if high > low else values[:1]
            axes.plot(values, [0] * len(values), linestyle="none", marker=marker, markersize=6, color=colour, alpha=0.6,
                      markeredgewidth=0, clip_on=False)
        axes.barh(0, one.quartiles[1] - one.quartiles[0], left=one.quartiles[0], height=1.3, color="none",
                  edgecolor=INK, linewidth=1)
        axes.plot([one.median] * 2, [-0.65, 0.65], color=INK, linewidth=2.5)
        for fence in fences:
            axes.axvline(fence, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_ylim(-1, 1)
        axes.set_yticks([0], [f"{one.title.split(':')[0]}, {one.unit}"])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    return chart.svg("How the boots are spread around the medians")
