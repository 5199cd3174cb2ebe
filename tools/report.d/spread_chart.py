# SPDX-License-Identifier: GPL-2.0-or-later
"""Where every boot lies between the fences: a row of dots for each measure."""
from charts import ACCENT, INK, Chart

ROW = 62


def spread_chart(measures):
    chart = Chart("spread", ROW * len(measures) + 6)
    for row, one in enumerate(measures):
        axes = chart.axes(ROW * row + 6, 30)
        far = {id(boot) for _, boot in one.far}
        for boots, colour, marker in ((False, ACCENT, "o"), (True, INK, "D")):
            values = [value for value, boot in one.values if (id(boot) in far) == boots]
            axes.plot(values, [0] * len(values), linestyle="none", marker=marker, markersize=6, color=colour, alpha=0.6,
                      markeredgewidth=0)
        axes.barh(0, one.quartiles[1] - one.quartiles[0], left=one.quartiles[0], height=1.3, color="none",
                  edgecolor=INK, linewidth=1)
        axes.plot([one.median] * 2, [-0.65, 0.65], color=INK, linewidth=2.5)
        for fence in one.fences:
            axes.axvline(fence, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_ylim(-1, 1)
        axes.set_yticks([0], [f"{one.title.split(':')[0]}, {one.unit}"])
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
    return chart.svg("How the boots are spread around the medians")
