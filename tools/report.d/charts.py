# SPDX-License-Identifier: GPL-2.0-or-later
"""How every chart looks, and how a figure of matplotlib becomes a part of the page.

A chart has no colours of its own: it is drawn in stand-ins, which the page's style sheet then colours, for a bright
and a dark screen and for paper. Its text stays text."""
import io
import math
import xml.etree.ElementTree as ElementTree

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

WIDTH = 1000 # pixels, as the page at its widest
LEFT, RIGHT = 170, 20

_NAMES = ["ink", "faint", "surface", "phase-1", "phase-2", "phase-3", "phase-4", "phase-5", "on-phase-1", "on-phase-2",
          "on-phase-3", "on-phase-4", "on-phase-5", "fault", "symptom", "accent"]
STAND_INS = {name: f"#0b{number:02x}fe" for number, name in enumerate(_NAMES)}
INK, FAINT, SURFACE, FAULT, SYMPTOM, ACCENT = (STAND_INS[name] for name in (
    "ink", "faint", "surface", "fault", "symptom", "accent"))

matplotlib.use("svg")
matplotlib.rcParams.update({
    "svg.fonttype": "none", "font.family": "DejaVu Sans", "font.size": 12,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": FAINT, "axes.facecolor": "none",
    "xtick.color": INK, "ytick.color": INK, "xtick.labelsize": 11, "ytick.labelsize": 11, "grid.color": FAINT,
    "grid.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False, "text.parse_math": False,
    "axes.formatter.useoffset": False, "path.simplify": False})

SVG = "{http://www.w3.org/2000/svg}"
ElementTree.register_namespace("", SVG[1:-1])
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


# A sign of its own on any ground.
FAULT_MARK = {"linestyle": "none", "marker": "X", "markersize": 9, "markerfacecolor": FAULT, "markeredgecolor": SURFACE,
              "markeredgewidth": 1, "clip_on": False, "zorder": 5}


def phase_colour(phase):
    return STAND_INS[f"phase-{phase}"]


def colour_on_phase(phase):
    return STAND_INS[f"on-phase-{phase}"]


class Chart:
    """A figure that is measured in pixels of the page, from its top."""

    def __init__(self, name, height):
        """The name is the chart's own within its page."""
        self.name, self.height = name, height
        self.figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72, facecolor="none")
        FigureCanvasSVG(self.figure)
        self.titles = {}

    def axes(self, top, height, **options):
        place = (LEFT / WIDTH, 1 - (top + height) / self.height, (WIDTH - LEFT - RIGHT) / WIDTH, height / self.height)
        return self.figure.add_axes(place, **options)

    def explain(self, artist, identity, title):
        """Makes a part of the chart findable, and tells what it is where a pointer rests on it."""
        artist.set_gid(identity)
        self.titles[identity] = title

    def svg(self, label):
        """The text of the <svg> element. Identities that nothing refers to are left out: a page has many charts."""
        written = io.StringIO()
        # Clip paths and markers are named by their content and this salt.
        with matplotlib.rc_context({"svg.hashsalt": self.name}):
            self.figure.savefig(written, format="svg",
                                metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
        text = written.getvalue()
        for name, stand_in in STAND_INS.items():
            text = text.replace(stand_in, f"var(--{name})")
        root = ElementTree.fromstring(text)
        for gone in root.findall(f"{SVG}metadata"):
            root.remove(gone)
        for element in root.iter():
            identity = element.get("id")
            if identity in self.titles:
                element.insert(0, titled(self.titles[identity]))
            elif identity and f"#{identity}" not in text:
                del element.attrib["id"]
        for size in ("width", "height", "version"):
            root.attrib.pop(size, None)
        root.set("role", "img")
        root.set("aria-label", label)
        return ElementTree.tostring(root, encoding="unicode")


def distinct(values, first, last):
    """Of those that would be drawn on one pixel, one: thousands of them are one mark."""
    return list({math.floor((value - first) * WIDTH / (last - first)): value for value in reversed(values)}.values())


def titled(text):
    element = ElementTree.Element(f"{SVG}title")
    element.text = text
    return element


def time_axis(axes, first, last, label):
    """Seconds up to ten minutes, then minutes, then hours."""
    span = last - first
    unit, name = (1, "s") if span <= 600 else (60, "min") if span <= 36000 else (3600, "h")
    axes.set_xlim(first, last)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / unit:.10g}"))
    axes.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(round_ticks(first, last, unit)))
    axes.set_xlabel(f"{label}, {name}")


def round_ticks(first, last, unit):
    ticks = matplotlib.ticker.MaxNLocator(10, steps=[1, 2, 5, 10]).tick_values(first / unit, last / unit)
    return [tick * unit for tick in ticks if first <= tick * unit <= last]
