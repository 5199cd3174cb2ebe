# SPDX-License-Identifier: GPL-2.0-or-later
"""The page: what stands in which section, from what the captures told.

The boots are gone through twice, one after the other: first to count, then, capture by capture, to be shown. What is
kept of all is small: a place for each, its measures, and of each finding so much as is shown."""
import base64
import collections
import csv
import datetime
import hashlib
import io
import json
import pathlib
import statistics

import jinja2
from markupsafe import Markup

import boot_words as words
from outliers import ENOUGH, REACH, Measurer, farthest
from reads_chart import reads_chart
from servers import Servers
from spread_chart import spread_chart
from timeline_chart import Span, Timelines

HERE = pathlib.Path(__file__).resolve().parent
FEW = 6 # boots whose reads are drawn one by one
SHOWN = 3 # findings of one name on one boot that are shown in full; of the others only the frames
NAMED = 100 # frames of one finding on one boot that are named, and boots of one finding; of the others only how many
ALIKE = 12 # so many boots that went the same way are one line
FILES = 20 # files that are listed as not joined


class Place:
    """Where a boot stands in the page, and what is to be known of it while it is not at hand."""
    __slots__ = ("capture", "number", "anchor", "name", "who", "alike", "shown")

    def __init__(self, capture, boot, several):
        self.capture, self.number = capture.number, boot["boot"]
        self.anchor = f"c{capture.number}b{boot['boot']}"
        self.name = f"{capture.name}, boot {boot['boot']}" if several else f"boot {boot['boot']}"
        self.who = words.who(boot)
        # Healthy boots of one key are alike.
        self.alike = None if words.outcome_mark(boot) != words.GOOD or words.has_fault(boot) else \
            (words.outcome_text(boot), boot["worst"], boot["certainty"])
        self.shown = True # with a row of its own


class Overview:
    """What is said of all boots together."""

    def __init__(self, told, everything):
        self.places, self.outcomes, self.servers = [], collections.Counter(), Servers()
        self.findings, self.drawn, self.rows, self.split = {}, set(), [], False
        self.captures_of_rows = []
        measurer, alike = Measurer(), collections.defaultdict(list)
        self.span = Span()
        for capture in told.captures:
            self.span.capture(capture)
            reading = []
            for boot in capture.boots():
                place = Place(capture, boot, len(told.captures) > 1)
                self.places.append(place)
                self.outcomes[words.outcome_order(boot), words.outcome_mark(boot), words.outcome_text(boot)] += 1
                self.span.boot(boot)
                self.servers.add(boot)
                self.split = self.split or words.read_parts(boot) is not None
                measurer.add(boot, place)
                self.rows.append(table_row(capture, boot))
                self.captures_of_rows.append(capture)
                self.add_findings(boot, place, everything)
                if boot["stream"]["series"]:
                    reading.append(place)
                if place.alike:
                    alike[place.capture, place.alike].append(place)
            if len(reading) > FEW:
                self.drawn.update(reading)
        self.span.close_capture()
        self.measures = measurer.measured()
        far = {place for one in self.measures for _, place in one.far}
        self.far = farthest(self.measures, self.drawn)
        for places in alike.values():
            equal = [place for place in places if place not in far]
            if len(equal) >= ALIKE and not everything:
                for place in equal:
                    place.shown = False
        self.of_capture = collections.defaultdict(dict)
        for place in self.places:
            self.of_capture[place.capture][place.number] = place

    def add_findings(self, boot, place, everything):
        counts = {one["name"]: one for one in words.counts_of(boot)}
        for name, one in counts.items():
            group = self.findings.setdefault(name, {**one, "boots": [], "boot_count": 0, "frames": 0})
            group["boot_count"] += 1
            group["frames"] += one["count"]
            if everything or len(group["boots"]) < NAMED:
                found = [found for found in boot["findings"] if found["name"] == name]
                more = [found["frame"] for found in found[SHOWN:NAMED]]
                group["boots"].append((place, found[:SHOWN], more, one["count"] - min(len(found), SHOWN + len(more))))


def page_of(told, everything=False):
    environment = environment_of()
    overview = Overview(told, everything)
    known = [one for one in overview.measures if one.fences]
    sections = [Section(capture, overview) for capture in told.captures]
    far = {place: None for place in overview.far[:FEW]}
    for capture in told.captures:
        wanted = {place.number: place for place in far if place.capture == capture.number}
        for boot in capture.boots() if wanted else ():
            if boot["boot"] in wanted:
                place = wanted[boot["boot"]]
                far[place] = reads_chart(f"far{place.anchor}", [boot], f"Reads of {place.name}, {place.who}")[0]
    return environment.get_template("page.html").render(
        told=told, captures=told.captures, count=len(overview.places), overview=overview, sections=sections,
        outcomes=[(mark, text, count) for (_, mark, text), count in
                  sorted(overview.outcomes.items(), key=lambda one: (one[0][0], -one[1], one[0][2]))],
        findings=sorted(overview.findings.values(),
                        key=lambda group: (not words.is_fault(group), -group["boot_count"], group["name"])),
        measures=overview.measures, spread=known and Markup(spread_chart(known)),
        far=[(place, Markup(chart)) for place, chart in far.items()], far_count=len(overview.far),
        servers=overview.servers.slowest_first(), apart=joining_notes(told)[:FILES],
        apart_more=max(len(joining_notes(told)) - FILES, 0), **data_links(overview.rows))


def environment_of():
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(HERE), autoescape=True,
                                     undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(seconds=seconds, clock=clock, counted=words.counted, big=big)
    script = (HERE / "page.js").read_text(encoding="utf-8")
    environment.globals.update(
        words=words, enough=ENOUGH, reach=REACH, few=FEW, style=Markup((HERE / "page.css").read_text(encoding="utf-8")),
        script=Markup(script), script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode())
    return environment


def joining_notes(told):
    return [(capture.name, capture.group.apart) for capture in told.captures if capture.group.apart]


class Section:
    """What the page draws of one capture."""

    def __init__(self, capture, overview):
        self.capture, self.prefix = capture, f"c{capture.number}"
        missing, self.rows, alike = words.Missing(capture), [], {}
        timelines = Timelines(overview.span, self.prefix, overview.span.is_together(capture))
        self.few, together = [], []
        places = overview.of_capture[capture.number]
        streamed = 0
        for boot in capture.boots():
            place = places[boot["boot"]]
            missing.add(boot)
            timelines.count(boot)
            if boot["stream"]["series"]:
                streamed += 1
                together.append(essence(boot))
                if streamed <= FEW:
                    self.few.append((place, boot))
            if place.shown:
                self.rows.append((place, boot))
                timelines.row(boot)
            else:
                alike.setdefault(place.alike, Alike(place.alike, boot)).add(boot)
        self.missing = list(missing.sentences())
        self.worst_first = sorted(self.rows, key=lambda one: (words.outcome_order(one[1]), words.worst_order(one[1]),
                                                              one[0].number))
        self.alike = list(alike.values())
        for one in self.alike:
            timelines.summary(one)
        self.timelines = [Markup(chart) for chart in timelines.charts()]
        self.span = timelines
        self.reads = []
        if streamed and streamed <= FEW:
            self.reads = [self.read(f"Boot {boot['boot']}, {words.who(boot)}", [boot]) for _, boot in self.few]
        elif streamed:
            self.reads = [self.read(f"All {streamed} boots with reads together", together)]
        self.few = None

    def read(self, title, boots):
        chart, step = reads_chart(f"{self.prefix}reads{boots[0]['boot']}", boots, f"Reads: {title}")
        return title, Markup(chart), step


def essence(boot):
    """What a chart of many boots' reads needs of one."""
    return {"boot": boot["boot"], "stream": {key: boot["stream"].get(key) for key in ("series", "series_step")},
            "handoff": boot["handoff"], "end": boot["end"], "silence": boot["silence"],
            "findings": [found for found in boot["findings"] if words.is_retry(found) or words.is_fault(found)]}


class Alike:
    """Healthy boots that went the same way: one line instead of a row for each."""

    def __init__(self, key, boot):
        self.text, self.worst, self.certainty = key
        self.worst_finding = words.worst_finding(boot)
        self.values = collections.defaultdict(list)
        self.boots = 0

    def add(self, boot):
        self.boots += 1
        self.values["boot"].append(words.boot_time(boot))
        for phase in words.PHASES:
            self.values[phase].append(words.time_in_phase(boot, phase))
        mean, speed = words.mean_read_time(boot), words.throughput(boot)
        self.values["reads"].append(boot["stream"]["reads"])
        self.values["read"].append(mean and 1000 * mean)
        self.values["speed"].append(speed and speed / 1e6)
        self.values["retries"].append(boot["stream"]["retries"])

    def known(self, key):
        return [value for value in self.values[key] if value is not None]

    def median(self, key):
        return statistics.median(self.known(key)) if self.known(key) else None

    def span(self, key, form="{:.3f}"):
        known = self.known(key)
        if not known:
            return "\u2013"
        low, high = form.format(min(known)), form.format(max(known))
        return low if low == high else f"{low} to {high}"

    @property
    def sentence(self):
        took = self.known("boot")
        return f"{self.boots} boots {self.text}" + (f" in {self.span('boot', '{:.1f}')} s" if took else "")


# ---- data to take along ----

def table_row(capture, boot):
    """One boot in a table for a spreadsheet. Times in seconds."""
    stream, handoff = boot["stream"], boot["handoff"]
    parts = words.read_parts(boot)
    start = None if capture.start is None else capture.start + boot["start"]
    row = {"capture": capture.name, "boot": boot["boot"], "target": boot["target"], "addresses": " ".join(boot["addresses"]),
           "outcome": words.outcome_text(boot), "outcome_kind": boot["outcome"]["kind"], "worst": boot["worst"],
           "certainty": boot["certainty"], "first_frame": boot["first_frame"], "start": boot["start"], "start_utc": clock(start),
           "end": boot["end"]}
    row |= {f"phase_{phase}": words.time_in_phase(boot, phase) for phase in words.PHASES}
    row |= {"handoff_gap": handoff and handoff["gap"], "discovers": boot["discovers"], "reads": stream["reads"],
            "read_bytes": stream["bytes"], "read_time": words.mean_read_time(boot), "retries": stream["retries"],
            "slow_reads": stream["slow"], "stream_time": stream["time"]}
    row |= {f"read_{key}": parts and parts[key] / parts["reads"] for key in ("server", "transfer", "target")}
    row["findings"] = " ".join(one["name"] for one in words.counts_of(boot))
    return {key: round(value, 9) if isinstance(value, float) else value for key, value in row.items()}


def data_links(rows):
    written = io.StringIO()
    table = csv.DictWriter(written, rows[0] if rows else ["capture"], lineterminator="\r\n")
    table.writeheader()
    table.writerows({key: cell(value) for key, value in row.items()} for row in rows)
    return {"csv": data_link("text/csv", written.getvalue()),
            "json": data_link("application/json", json.dumps(rows, separators=(",", ":")))}


def cell(value):
    """What a packet says is no formula of a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def data_link(kind, text):
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(text.encode()).decode()}"


# ---- how values are written ----

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
