# SPDX-License-Identifier: GPL-2.0-or-later
"""The page: what stands in which section, from what the captures told."""
import collections
import datetime
import pathlib

import jinja2

import boot_words as words
from outliers import ENOUGH, REACH, farthest, measured
from reads_chart import reads_chart
from spread_chart import spread_chart
from timeline_chart import timelines

HERE = pathlib.Path(__file__).resolve().parent
FEW = 6 # boots whose reads are drawn one by one
SHOWN = 3 # findings of one name on one boot that are shown in full; of the others only the frames
NAMED = 100 # frames of one finding on one boot that are named; of the others only how many


def page_of(captures):
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True,
                                     undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(seconds=seconds, clock=clock, counted=words.counted, big=big)
    environment.globals.update(words=words, enough=ENOUGH, reach=REACH, few=FEW)
    boots = [boot for capture in captures for boot in capture["boots"]]
    places = {id(boot): Place(capture, f"c{number}", boot, len(captures) > 1)
              for number, capture in enumerate(captures, 1) for boot in capture["boots"]}
    measures = measured(boots)
    drawn = {id(boot) for capture in captures if not is_few(capture) for boot in reading(capture)}
    far = farthest(measures, drawn)
    known = [one for one in measures if one.fences]
    return environment.get_template("page.html").render(
        captures=captures, boots=boots, style=jinja2.filters.Markup((HERE / "page.css").read_text(encoding="utf-8")),
        outcomes=outcome_counts(boots), place=lambda boot: places[id(boot)],
        sections=[Section(f"c{number}", capture) for number, capture in enumerate(captures, 1)],
        findings=findings_by_name(boots), measures=measures, spread=known and svg(spread_chart(known)),
        far=[(boot, far_chart(boot, places[id(boot)])) for boot in far[:FEW]], far_count=len(far))


def far_chart(boot, place):
    chart, _ = reads_chart(f"far{place.anchor}", [boot], f"Reads of boot {boot['boot']}, {words.who(boot)}")
    return svg(chart)


def svg(text):
    """A chart is no text that the template has to escape: matplotlib escaped what it was given."""
    return jinja2.filters.Markup(text)


class Place:
    """Where a boot stands: its capture, and its anchor in the page."""

    def __init__(self, capture, prefix, boot, several):
        self.capture = capture
        self.anchor = f"{prefix}b{boot['boot']}"
        self.name = f"{capture['name']}, boot {boot['boot']}" if several else f"boot {boot['boot']}"


def reading(capture):
    return [boot for boot in capture["boots"] if boot["stream"]["series"]]


def is_few(capture):
    return len(reading(capture)) <= FEW


class Section:
    """What the page draws of one capture."""

    def __init__(self, prefix, capture):
        self.capture, self.prefix = capture, prefix
        self.missing = list(words.missing(capture["boots"], capture))
        self.worst_first = words.worst_first(capture["boots"])
        self.timelines, self.span = timelines(capture["boots"], prefix) if capture["boots"] else ([], None)
        self.timelines = [svg(chart) for chart in self.timelines]
        self.reads = []
        streamed = reading(capture)
        if streamed and is_few(capture):
            for boot in streamed:
                self.reads.append(self.read(f"Boot {boot['boot']}, {words.who(boot)}", [boot]))
        elif streamed:
            self.reads.append(self.read(f"All {len(streamed)} boots with reads together", streamed))

    def read(self, title, boots):
        chart, step = reads_chart(f"{self.prefix}reads{boots[0]['boot']}", boots, f"Reads: {title}")
        return title, svg(chart), step


def outcome_counts(boots):
    """How many boots ended in which way: what stopped first, then by frequency."""
    counts = collections.Counter((words.outcome_order(boot), words.outcome_mark(boot), boot["outcome"]["text"])
                                 for boot in boots)
    return [(mark, text, count) for (_, mark, text), count in
            sorted(counts.items(), key=lambda one: (one[0][0], -one[1], one[0][2]))]


def findings_by_name(boots):
    """For each finding: its fixed words, and the boots that have it. Faults first, then the most frequent."""
    groups = {}
    for boot in boots:
        for found in boot["findings"]:
            group = groups.setdefault(found["name"], {**found, "boots": {}})
            group["boots"].setdefault(id(boot), (boot, []))[1].append(found)
    for group in groups.values():
        group["boots"] = [(boot, found[:SHOWN], found[SHOWN:NAMED], max(len(found) - NAMED, 0))
                          for boot, found in group["boots"].values()]
        group["frames"] = sum(len(shown) + len(more) + rest for _, shown, more, rest in group["boots"])
    return sorted(groups.values(), key=lambda group: (not words.is_fault(group), -len(group["boots"]), group["name"]))


def seconds(value):
    """As in the table of boots."""
    return "\u2013" if value is None else f"{value:.3f}"


def big(value):
    return f"{value:,}".replace(",", "\u202f")


def clock(epoch, with_date=True):
    if epoch is None:
        return ""
    try:
        moment = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    except (ValueError, OverflowError, OSError):
        return ""
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC" if with_date else "%H:%M:%S UTC")
