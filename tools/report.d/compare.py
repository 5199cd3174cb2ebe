# SPDX-License-Identifier: GPL-2.0-or-later
"""Two sides next to each other, such as a good morning and a bad one, and one sentence that says where the difference
lies. Plain statistics: the middle boot of each side, and the one that nine of ten are faster than."""
import collections
import dataclasses
import statistics

from markupsafe import Markup

import boot_words as words
from charts import FAINT, Chart, colour_on_phase, phase_colour, time_axis
from outliers import is_difference, whole_phase
from page import Overview, Section, data_links, environment_of, joining_notes
from servers import Servers

SIDES = ("good", "bad")
FEW = 8 # boots on a side: with fewer, chance weighs much
MAIN = 0.5 # of a difference: a part of it that is said to be the reason
MORE = 1.05 # of throughput and counts, which are no times


def per_read(key):
    def seconds(boot):
        parts = words.read_parts(boot, (3,)) or words.read_parts(boot)
        return parts and parts[key] / parts["reads"]
    return seconds


def read_time(boot):
    """The mean of single read mode, where the document tells phases apart."""
    parts = words.read_parts(boot, (3,))
    return (parts["server"] + parts["transfer"]) / parts["reads"] if parts else words.mean_read_time(boot)


def reads_in_phase_3(boot):
    """How often a read's time counts in a boot."""
    parts = words.read_parts(boot, (3,)) or words.read_parts(boot)
    return parts["reads"] if parts else boot["stream"]["reads"]


def download_time(boot):
    times = [one["time"] for one in boot["bootstraps"] if one["complete"] and one["time"] is not None]
    return sum(times) if times else None


def logon_time(boot):
    logon = boot.get("logon")
    return logon["end"] - logon["start"] if logon else None


def only_streamed(value):
    return lambda boot: value(boot) if words.streamed(boot) else None


@dataclasses.dataclass
class Step:
    """One row: what a boot has of it, in seconds or as a number, and how often that counts in a boot."""
    key: str
    title: str
    value: object
    unit: str = "s"
    scale: float = 1 # of the unit in what value() gives
    times: object = None # of reads: how many there are
    indent: bool = False
    digits: int = 3


STEPS = [
    Step("boot", "From the first frame to BNIStack", words.boot_time),
    Step("phase-1", "Phase 1: DHCP and bootstrap download", whole_phase(1)),
    Step("download", "bootstrap download", download_time, indent=True),
    Step("phase-2", "Phase 2: PVS logon", whole_phase(2)),
    Step("logon", "logon exchange", logon_time, indent=True),
    Step("phase-3", "Phase 3: single read mode", whole_phase(3)),
    Step("pause", "pause before the hand-off", lambda boot: boot["handoff"] and boot["handoff"]["gap"], indent=True),
    Step("read", "Time of a read in single read mode (mean of a boot)", read_time, "ms", 1000, reads_in_phase_3),
    Step("server", "server: request to first data", per_read("server"), "ms", 1000, reads_in_phase_3, True),
    Step("transfer", "transfer: first to last data", per_read("transfer"), "ms", 1000, reads_in_phase_3, True),
    Step("target", "target: data to next request", per_read("target"), "ms", 1000, reads_in_phase_3, True),
    Step("reads", "Reads", only_streamed(lambda boot: boot["stream"]["reads"]), "", digits=0),
    Step("retries", "Retries", only_streamed(lambda boot: boot["stream"]["retries"]), "", digits=0),
    Step("throughput", "Throughput", words.throughput, "MB/s", 1e-6),
]
PHASE_STEPS = ("phase-1", "phase-2", "phase-3")


class Side:
    """Takes the boots of one side, one after the other."""

    def __init__(self, name):
        self.name, self.boots, self.reached = name, 0, 0
        self.values = {step.key: [] for step in STEPS}
        self.counts = {step.key: [] for step in STEPS} # how often a value counts
        self.targets = collections.defaultdict(lambda: collections.defaultdict(list))
        self.outcomes, self.servers = collections.Counter(), Servers()
        self.phases = {phase: [] for phase in words.PHASES}

    def add(self, boot):
        self.boots += 1
        self.reached += boot["outcome"]["kind"] in ("reached_bnistack", "froze")
        self.outcomes[words.outcome_order(boot), words.outcome_mark(boot), words.outcome_text(boot)] += 1
        self.servers.add(boot)
        for phase in words.PHASES:
            self.phases[phase].append(words.time_in_phase(boot, phase))
        for step in STEPS:
            value = step.value(boot)
            if value is not None:
                self.values[step.key].append(value)
                self.counts[step.key].append(step.times(boot) if step.times else 1)
                if boot["target"]:
                    self.targets[boot["target"]][step.key].append(value)

    def median(self, key):
        return statistics.median(self.values[key]) if self.values[key] else None

    def ninth(self, key):
        """The 90th percentile, interpolated."""
        values = self.values[key]
        return statistics.quantiles(values, n=10, method="inclusive")[8] if len(values) > 1 else None

    def often(self, key):
        return statistics.median(self.counts[key]) if self.counts[key] else 0

    def median_of_phase(self, phase):
        known = [value for value in self.phases[phase] if value is not None]
        return statistics.median(known) if known else None

    def outcome_list(self):
        return [(mark, text, count) for (_, mark, text), count in
                sorted(self.outcomes.items(), key=lambda one: (one[0][0], -one[1], one[0][2]))]


@dataclasses.dataclass
class Row:
    step: Step
    good: float
    bad: float
    good_ninth: float
    bad_ninth: float
    good_count: int
    bad_count: int
    differs: bool

    @property
    def ratio(self):
        return self.bad / self.good if self.good and self.bad is not None else None

    @property
    def worse(self):
        """Higher is worse, but for throughput; of reads it is neither."""
        if not self.differs or self.step.key == "reads":
            return None
        return (self.bad > self.good) != (self.step.key == "throughput")

    def shown(self, value):
        return "\u2013" if value is None else f"{value * self.step.scale:.{self.step.digits}f}"


def row_of(step, good, bad):
    one, other = good.median(step.key), bad.median(step.key)
    if one is None or other is None:
        differs = False
    elif step.unit in ("s", "ms"):
        differs = is_difference(one, other, max(good.often(step.key), bad.often(step.key)))
    else:
        differs = max(one, other) > MORE * min(one, other) and abs(one - other) > 0
    return Row(step, one, other, good.ninth(step.key), bad.ninth(step.key), len(good.values[step.key]),
               len(bad.values[step.key]), differs)


# ---- one sentence ----

def times_slower(one, other):
    """How a time compares with another one, in words."""
    if not one:
        return f"takes {time_text(other)} where it took none"
    ratio = other / one
    if ratio >= 1.995:
        return f"is {ratio:.1f} times slower"
    if ratio > 1:
        return f"is {100 * (ratio - 1):.0f} % slower"
    return f"is {1 / ratio:.1f} times faster" if ratio <= 0.5 else f"is {100 * (1 - ratio):.0f} % faster"


def time_text(seconds):
    if seconds < 0.0995:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"


def sentence_of(rows, good, bad):
    """Where the difference lies, as far as it can be told."""
    by_key = {row.step.key: row for row in rows}
    phases = [by_key[key] for key in PHASE_STEPS if by_key[key].differs]
    fewer = good.reached / good.boots - bad.reached / bad.boots if good.boots and bad.boots else 0
    said = []
    if fewer > MORE - 1:
        cause = next((text for mark, text, _ in bad.outcome_list() if mark != words.GOOD
                      and text not in {text for _, text, _ in good.outcome_list()}), None)
        said.append(f"{bad.reached} of {bad.boots} boots reached BNIStack, on the good side {good.reached} of {good.boots}"
                    + (f"; new is \u201c{cause}\u201d" if cause else ""))
    if phases:
        main = max(phases, key=lambda row: abs(row.bad - row.good))
        number = main.step.key[-1]
        said.append(f"phase {number} {times_slower(main.good, main.bad)}, {time_text(main.bad)} for {time_text(main.good)}"
                    + reason(number, main, by_key))
        others = [row for row in phases if row is not main]
        said += [f"phase {row.step.key[-1]} {times_slower(row.good, row.bad)}, too, {time_text(row.bad)} for {time_text(row.good)}"
                 for row in others]
        same = [row.step.key[-1] for row in (by_key[key] for key in PHASE_STEPS)
                if not row.differs and row.good is not None and row.bad is not None]
        if same:
            said.append(f"phase{'s' if len(same) > 1 else ''} {' and '.join(same)} as before")
    elif not said:
        reads = by_key["read"]
        if reads.differs:
            said.append(f"the reads {times_slower(reads.good, reads.bad).replace('is', 'are', 1)}, {time_text(reads.bad)} for "
                        f"{time_text(reads.good)}" + split_of(reads, by_key))
        else:
            known = any(by_key[key].good is not None and by_key[key].bad is not None for key in PHASE_STEPS)
            return ("No phase differs by 5 % and 50 ms: both sides boot alike." if known else
                    "No phase is seen whole on both sides: there is nothing to compare.")
    text = "; ".join(said)
    return text[0].upper() + text[1:] + "."


def reason(number, main, by_key):
    """Which part of a phase the difference is in."""
    whole = main.bad - main.good
    if number == "1":
        return part_of(by_key["download"], whole, ": the bootstrap download is", ": DHCP, or what comes before the download, is")
    if number == "2":
        return ""
    pause, reads = by_key["pause"], by_key["read"]
    if pause.differs and (pause.bad - pause.good) / whole >= MAIN:
        return f": the pause before the hand-off is, {time_text(pause.bad)} for {time_text(pause.good)}"
    if reads.differs:
        return f": the reads are, {time_text(reads.bad)} for {time_text(reads.good)}" + split_of(reads, by_key)
    count = by_key["reads"]
    if count.differs and (count.bad > count.good) == (whole > 0):
        return f": there are {count.bad:.0f} reads for {count.good:.0f}, each as fast as before"
    target = by_key["target"]
    if target.differs:
        return f": the target waits longer before it asks again, {time_text(target.bad)} for {time_text(target.good)}"
    retries = by_key["retries"]
    if retries.differs and (retries.bad > retries.good) == (whole > 0):
        return f": {retries.bad:.0f} reads are asked for again, {retries.good:.0f} before"
    return ""


def part_of(row, whole, yes, no):
    if row.good is None or row.bad is None:
        return ""
    if row.differs and (row.bad - row.good) / whole >= MAIN:
        return f"{yes}, {time_text(row.bad)} for {time_text(row.good)}"
    return no.replace(" is", "", 1) if not row.differs else ""


def split_of(reads, by_key):
    """Whether the server or the way of the data makes the reads slow, and that the others do not."""
    parts = {"server": ("the server answers later", "the servers answer as before"),
             "transfer": ("the data takes longer from its first datagram to its last (network, or the server's sending)",
                          "the data is on its way as long as before"),
             "target": ("the target asks later", "the target asks as fast as before")}
    known = [key for key in parts if by_key[key].good is not None and by_key[key].bad is not None]
    if not known:
        return ""
    grown = [key for key in known if by_key[key].differs and (by_key[key].bad > by_key[key].good) == (reads.bad > reads.good)]
    text = "".join(f", {parts[key][0]}, {time_text(by_key[key].bad)} for {time_text(by_key[key].good)}" for key in grown)
    same = [parts[key][1] for key in known if not by_key[key].differs]
    return text + (f"; {', '.join(same)}" if same else "")


# ---- machines that are on both sides ----

def paired(good, bad):
    """Each step of the targets that are on both sides: how many are slower, faster, alike, and the middle ratio."""
    both = sorted(good.targets.keys() & bad.targets.keys())
    rows = []
    for step in STEPS:
        if step.unit not in ("s", "ms"):
            continue
        pairs = [(statistics.median(good.targets[target][step.key]), statistics.median(bad.targets[target][step.key]))
                 for target in both if good.targets[target][step.key] and bad.targets[target][step.key]]
        if pairs:
            times = max(good.often(step.key), bad.often(step.key))
            slower = sum(is_difference(*pair, times) and pair[1] > pair[0] for pair in pairs)
            faster = sum(is_difference(*pair, times) and pair[1] < pair[0] for pair in pairs)
            ratios = [other / one for one, other in pairs if one > 0]
            rows.append((step, len(pairs), slower, faster, len(pairs) - slower - faster,
                         statistics.median(ratios) if ratios else None))
    return both, rows


def middle_chart(sides):
    """The middle boot of each side, on one scale."""
    chart = Chart("middle", 44 * len(sides) + 56)
    axes = chart.axes(6, 44 * len(sides))
    longest = 1e-3
    for row, side in enumerate(sides):
        start = 0
        for phase in words.PHASES:
            length = side.median_of_phase(phase)
            if length is None or phase == 4: # it has no end of its own
                continue
            [bar] = axes.barh(row, length, left=start, height=0.62, color=phase_colour(phase), linewidth=0)
            chart.explain(bar, f"{side.name}p{phase}", f"{side.name}: phase {phase}, {words.PHASES[phase]}, {length:.3f} s")
            if length > 0.04 * max(start + length, longest):
                axes.text(start + length / 2, row, f"{phase}: {length:.3g} s", ha="center", va="center", fontsize=10,
                          color=colour_on_phase(phase), clip_on=True)
            start += length
        axes.text(start, row, f"  {start:.2f} s", va="center", fontsize=11)
        longest = max(longest, start)
    axes.set_ylim(len(sides) - 0.5, -0.5)
    axes.set_yticks(range(len(sides)), [f"{side.name}: {words.counted(side.boots, 'boot')}" for side in sides])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=FAINT)
    axes.set_axisbelow(True)
    time_axis(axes, 0, 1.12 * longest, "The middle of each phase, one behind the other")
    return chart.svg("The middle boot of each side")


def comparison_of(told, everything=False):
    sides = [Side(name) for name in SIDES]
    for capture in told.captures:
        for boot in capture.boots():
            sides[capture.side].add(boot)
    good, bad = sides
    rows = [row for step in STEPS for row in [row_of(step, good, bad)] if row.good is not None or row.bad is not None]
    all_rows = [row_of(step, good, bad) for step in STEPS]
    both, pairs = paired(good, bad)
    overview = Overview(told, everything)
    servers = sorted({one.address for side in sides for one in side.servers.slowest_first()})
    return environment_of().get_template("compare.html").render(
        told=told, sides=sides, rows=rows, sentence=sentence_of(all_rows, good, bad), both=both, pairs=pairs,
        chart=Markup(middle_chart(sides)), small=[side for side in sides if side.boots < FEW], few=FEW,
        captures={side: [capture for capture in told.captures if capture.side == side] for side in (0, 1)},
        sections=[Section(capture, overview) for capture in told.captures], overview=overview,
        servers=[(address, [side.servers.by_address.get(address) for side in sides]) for address in servers],
        apart=joining_notes(told), **data_links([{"side": SIDES[capture.side], **row} for capture, row in
                                                 zip(overview.captures_of_rows, overview.rows)]))
