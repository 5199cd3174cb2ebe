# test_cases.py
# Small captures of one question each: what a good answer is, typed in by hand
#
# The captures are synthetic (cases/README.md). The answers come from the rules of the design, never from the plugin.
# A line a case is written past pytest's capture, so that the whole is a meter of what is still missing.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import pathlib
import re

import pytest

CASES_FOLDER = pathlib.Path(__file__).resolve().parent / "cases"
PASSES = {"one": (), "two": ("-2",)}

REACHED = ("reached_bnistack", 4, None)
NOT_HANDED_OFF = ("not_handed_off", 3, None)
RUNNING = ("running", ..., None)
ANY = ...


def stopped(phase, finding):
    return ("stopped", phase, finding)


def ended(phase):
    return ("capture_ended", phase, None)


class Case:
    """What is to be said of a capture.

    outcomes  (kind, phase, finding) of each boot, the same in both passes; ... for what is not judged
    said      finding -> frames, in every pass; a tuple stands for "one of these frames"
    later     finding -> frames, in two passes only
    refuted   finding -> frames, in one pass only (a later frame refutes it)
    maybe     findings that are not judged here; in_one: not judged in one pass
    steps     frame -> step; None: the frame has no step of ours
    boots     frame -> boot; None: of no boot
    fields    (frame, field) -> value as tshark prints it; None: absent
    texts     (finding, frame) -> words that its text holds (small letters), in two passes
    """

    def __init__(self, *outcomes, said=None, later=None, refuted=None, maybe=(), in_one=(), steps=None, boots=None, 
                 fields=None, texts=None, more=None):
        self.outcomes = outcomes
        self.said, self.later, self.refuted, self.maybe = said or {}, later or {}, refuted or {}, maybe
        self.in_one = in_one
        self.steps, self.boots, self.fields, self.texts = steps or {}, boots or {}, fields or {}, texts or {}
        self.more = more

    def expected(self, which):
        due = {name: list(frames) for name, frames in self.said.items()}
        for name, frames in (self.later if which == "two" else self.refuted).items():
            due[name] = due.get(name, []) + list(frames)
        return due


class Differences:
    """What differs, told in few words: the same thing on many frames, or in both passes, is one sentence."""

    def __init__(self):
        self.frames = {}

    def add(self, which, what, frame=None):
        self.frames.setdefault((what, which), []).append(frame)

    def sentences(self):
        told = {}
        for (what, which), frames in self.frames.items():
            told.setdefault((what, tuple(frames)), []).append(which)
        for (what, frames), passes in told.items():
            places = [str(frame) for frame in frames if frame is not None]
            if len(places) > 8:
                places = [*places[:3], f"... {places[-1]} ({len(places)} frames)"]
            before = "" if len(passes) == 2 else f"{passes[0]}: " if passes[0] else ""
            yield before + what + (" @" + ",".join(places) if places else "")

    def __str__(self):
        return "; ".join(self.sentences())


def each(frames, value):
    return {frame: value for frame in frames}


def streams_whole(shown, wrong):
    """Every datagram of the stream's ports is ours."""
    for which in PASSES:
        for row in shown.rows[which].values():
            ports = {row.get("udp.srcport"), row.get("udp.dstport")}
            if ports & {str(port) for port in range(6910, 6969)} and row.get("pvs.direction") is None:
                wrong.add(which, "not dissected as pvs", row["frame.number"])


def nothing_of_phase_4(shown, wrong):
    for which in PASSES:
        for frame, row in shown.rows[which].items():
            if row.get("pvsboot.phase") == "4":
                wrong.add(which, "phase 4", frame)


def no_phase(shown, wrong):
    for which in PASSES:
        for frame, row in shown.rows[which].items():
            if "pvsboot.boot" in row and "pvsboot.phase" in row:
                wrong.add(which, f"phase {row['pvsboot.phase']}", frame)


def certainty_1(shown, wrong):
    for which in PASSES:
        told = {boot["certainty"] for boot in shown.documents[which]["boots"]}
        if told != {1}:
            wrong.add(which, f"certainty {told}")


def idle_machine(shown, wrong):
    no_phase(shown, wrong)
    certainty_1(shown, wrong)


def phase_4_from_the_renewal_on(shown, wrong):
    for which in PASSES:
        rows = shown.rows[which]
        renewal = min((frame for frame, row in rows.items() if row.get("dhcp.option.dhcp") == "3"), default=None)
        for frame, row in rows.items():
            if row.get("pvsboot.step") == "401":
                wrong.add(which, "step 401", frame)
            if "pvsboot.boot" in row and row.get("pvsboot.phase") != (None if frame < renewal else "4"):
                wrong.add(which, f"phase {row.get('pvsboot.phase')}", frame)


def nobodys_mac(shown, wrong):
    addresses = ["10.50.1.101", "10.50.2.101", "10.50.3.101"]
    for which in PASSES:
        boots = shown.documents[which]["boots"]
        if [boot["target"] for boot in boots] != [None] * 3:
            wrong.add(which, f"targets are {[boot['target'] for boot in boots]}")
        if [boot["addresses"][:1] for boot in boots] != [[address] for address in addresses]:
            wrong.add(which, f"addresses are {[boot['addresses'] for boot in boots]}")


def one_read_of_24(shown, wrong):
    for which in PASSES:
        numbers = {shown.rows[which][frame].get("pvs.read") for frame in range(50, 97)}
        if numbers != {"1"}:
            wrong.add(which, f"50 to 96 are reads {sorted(map(str, numbers))}")
    ends = [row for row in shown.rows["two"].values() if row.get("pvs.read") == "1" and "pvs.read.request_in" in row]
    if not ends or ends[-1]["pvs.read.request_in"] != "49":
        wrong.add("two", "read 1 is not asked for in 49")


def nothing_negative(shown, wrong):
    def numbers(value, path=""):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from numbers(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for inner in value:
                yield from numbers(inner, path)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield path, value
    for which, arguments in PASSES.items():
        for path, value in numbers(shown.documents[which]):
            if value < 0:
                wrong.add(which, f"JSON {path} is {value}")
        text = shown.bench.tshark(shown.capture, *arguments, "-q", "-z", "pvs,srt")
        if re.search(r"(?<![\w.])-\d", text):
            wrong.add(which, "a negative number in -z pvs,srt")
        for frame, row in shown.rows[which].items():
            for name in [name for name, value in row.items() if name.endswith("time") and value.startswith("-")]:
                wrong.add(which, f"{name} below 0", frame)


def conflict_on_its_frame(shown, wrong):
    """The announcement of frame 8 is about the address of boot 1, whose stream goes on with frame 9."""
    if not {8, 9} & set(shown.findings["two"].get("arp.conflict", [])):
        wrong.add("two", "no arp.conflict", "8/9")
    for which in PASSES:
        for boot in shown.documents[which]["boots"]:
            for finding in boot["findings"]:
                frame = finding["frame"]
                if f"pvsboot.{finding['name']}" not in shown.rows[which][frame]:
                    wrong.add(which, f"{finding['name']} of boot {boot['boot']} is not there", frame)
                if shown.rows[which][frame].get("pvsboot.boot") != str(boot["boot"]):
                    wrong.add(which, f"not of boot {boot['boot']}", frame)
                if finding["name"] == "arp.conflict" and boot["boot"] != 1:
                    wrong.add(which, f"the conflict is of boot {boot['boot']}")


def same_outcome(shown, wrong):
    told = {which: [boot["outcome"] for boot in shown.documents[which]["boots"]] for which in PASSES}
    if told["one"] != told["two"]:
        wrong.add("", f"outcomes differ: {told}")


def valid_everywhere(shown, wrong):
    for form in ("json", "ek", "pdml"):
        try:
            done = shown.bench.run("tshark", "-n", "-2", "-r", shown.bench.readable(shown.capture), "-T", form)
            if form == "json":
                json.loads(done.stdout)
            elif form == "ek":
                [json.loads(line) for line in done.stdout.splitlines() if line]
            else:
                import xml.etree.ElementTree
                xml.etree.ElementTree.fromstring(done.stdout)
        except Exception as problem:  # each of the parsers has its own
            wrong.add("two", f"-T {form}: {problem}")


CASES = {
    # ---- rebuilt from public reports --------------------------------------------------------------------------------
    "file-named-4011-silent": Case(
        stopped(1, "pxe.unanswered"), later={"pxe.unanswered": [13]}, texts={("pxe.unanswered", 13): ["option 60"]}),
    "release-after-4011-silent": Case(
        stopped(1, "pxe.unanswered"), stopped(1, "dhcp.no_bootfile"),
        said={"pxe.unanswered": [(14, 15)], "dhcp.no_bootfile": [31]},
        later={"pxe.unanswered": [11], "dhcp.no_bootfile": [32]}, boots={11: 1, 15: 2, 31: 2}),
    "proxy-4011-reply-without-file": Case(stopped(1, "dhcp.no_bootfile"), later={"dhcp.no_bootfile": [7]}),
    "proxy-offer-after-request": Case(
        stopped(1, "dhcp.no_bootfile"), later={"dhcp.no_bootfile": [7]}, texts={("dhcp.no_bootfile", 7): ["frame 8"]}),
    "proxy-offer-broadcast-past-relay": Case(
        stopped(1, "pxe.unanswered"), said={"pxe.unanswered": [7]}, maybe=("discover.retry",),
        texts={("pxe.unanswered", 7): ["giaddr", "relay"]}),
    "nak-of-other-server": Case(NOT_HANDED_OFF, said={"dhcp.servers_differ": [3]}),
    "nak-of-other-server-loops": Case(
        stopped(1, "dhcp.refused"), said={"dhcp.refused": [11, 21]}, later={"dhcp.refused": [5, 15, 25]},
        texts={("dhcp.refused", 5): ["10.9.0.2"]}),
    "declined-at-once": Case(stopped(1, "dhcp.refused"), said={"dhcp.refused": [8]}),
    "offer-clears-broadcast-flag": Case(
        stopped(1, "dhcp.offer_not_taken"), said={"dhcp.offer_not_taken": [11]}, later={"dhcp.offer_not_taken": [23]},
        texts={("dhcp.offer_not_taken", 23): ["flag"]}),
    "full-pool-then-offer": Case(
        NOT_HANDED_OFF, said={"discover.unanswered": [4], "discover.retry": range(2, 12), "discover.answered_late": [12]},
        fields={(12, "pvsboot.discover.wait"): "300.010000000"}),
    "apple-client-no-server": Case(),
    "small-device": Case(),
    "file-named-no-request": Case(
        stopped(1, "bootstrap.not_requested"), ended(1), said={"bootstrap.not_requested": [25]},
        later={"bootstrap.not_requested": [6]}, boots={6: 1, 25: 2, 30: 2}),
    "server-by-name-no-dns": Case(
        stopped(1, "bootstrap.not_requested"), later={"bootstrap.not_requested": [6]},
        texts={("bootstrap.not_requested", 6): ["name"]}),
    "name-with-ff": Case(
        stopped(1, "bootstrap.error"), said={"bootstrap.passed_over": [12]},
        later={"bootstrap.passed_over": [10], "bootstrap.error": [13]}, steps=each((10, 13), 114),
        texts={("bootstrap.error", 13): ["ff"]}),
    "answer-from-other-address": Case(
        stopped(1, "bootstrap.other_server"), said={"bootstrap.other_server": [12]},
        texts={("bootstrap.other_server", 12): ["10.9.0.2"]}),
    "asks-other-server-than-told": Case(
        stopped(1, "bootstrap.unanswered"), said={"bootstrap.unanswered": [13, 16], "icmp.unreachable": [11, 14, 17]},
        later={"bootstrap.unanswered": [10]}, steps=each((11, 14, 17), None), boots=each((11, 14, 17), 1),
        fields={(11, "pvsboot.phase"): "1"}, texts={("bootstrap.unanswered", 10): ["10.9.0.3"]}),
    "oack-never-acked": Case(
        stopped(1, "bootstrap.not_heard"), said={"bootstrap.not_heard": [14]}, later={"bootstrap.not_heard": [12]},
        texts={("bootstrap.not_heard", 12): ["client"]}),
    "data-never-comes": Case(
        stopped(1, "bootstrap.not_heard"), said={"bootstrap.not_heard": [15]},
        later={"bootstrap.not_heard": [13], "bootstrap.error": [23]}),
    "oack-unasked-option": Case(
        stopped(1, "bootstrap.error"), said={"bootstrap.passed_over": [13, 17]},
        later={"bootstrap.passed_over": [12, 15], "bootstrap.error": [19]}, texts={("bootstrap.error", 19): ["tsize"]}),
    "client-disk-full": Case(
        stopped(1, "bootstrap.error"), later={"bootstrap.error": [16]}, texts={("bootstrap.error", 16): ["space"]}),
    "first-request-refused-by-design": Case(
        ended(2), refuted={"bootstrap.error": [8]}, later={"bootstrap.passed_over": [8]}),
    "rpi-no-request": Case(
        ended(2), said={"bootstrap.passed_over": [23]}, later={"bootstrap.passed_over": [22]}, steps={5: 107}),
    "slow-download": Case(ended(2), said={"bootstrap.slow": [(158, 159)]}),
    "filter-67-68-69-4011": Case(ended(1), said={"capture.one_way": [7]}),
    "downloaded-never-runs": Case(
        stopped(2, "logon.missing"), stopped(2, "logon.missing"), stopped(2, "logon.missing"),
        said={"logon.missing": [29, 57], "boot.loop": [57]}, later={"logon.missing": [(23, 24), (51, 52), (79, 80)]},
        texts={("logon.missing", (23, 24)): ["11", "17"]}),
    "same-xid-address-taken": Case(
        ANY, ANY, later={"arp.conflict": [(15, 16)]}, in_one=("arp.conflict",),
        boots={**each((1, *range(3, 13)), 1), **each(range(13, 24), 2)}),
    "read-filter": Case(ANY),

    # ---- made for one rule each -------------------------------------------------------------------------------------
    "min-checksum": Case(ended(2), steps={8: 110, 9: 110}),
    "min-order": Case(NOT_HANDED_OFF, more=nothing_of_phase_4),
    "swap-first": Case(NOT_HANDED_OFF, more=nothing_of_phase_4),
    "stopwait-24": Case(REACHED, steps={433: 401}, more=one_read_of_24),
    "running-idle": Case(RUNNING, steps={1: 1, 2: 2, 11: 1, 12: 2}, more=idle_machine),
    "running-renewal": Case(RUNNING, more=phase_4_from_the_renewal_on),
    "reset-idle": Case(RUNNING, REACHED, steps={1: 1, 2: 2, 162: 401}, boots={6: 1, 7: 2}),
    "fall-no-offer": Case(
        ("other_system", 1, "discover.unanswered"), said={"discover.retry": [2, 3, 4], "discover.unanswered": [4]},
        later={"discover.unanswered": [1, 2, 3]}, steps=each(range(5, 9), None), boots=each(range(5, 9), None)),
    "bdm-reboot-silent": Case(
        REACHED, stopped(1, "discover.unanswered"),
        said={"discover.unanswered": [177], "discover.retry": [175, 176, 177]}, maybe=("discover.secs_zero",),
        later={"discover.unanswered": [174, 175, 176]}, boots={173: 1, 174: 2}),
    "reuse-broadcasts": Case(REACHED, REACHED, said={"capture.one_way": [159]}, steps={97: 401, 254: 401}),
    "routed-nodhcp": Case(REACHED, REACHED, REACHED, more=nobodys_mac),
    "ports-6945": Case(REACHED, more=streams_whole),
    "known-logon-refused": Case(stopped(2, "logon.refused"), said={"logon.refused": [57]}),
    "known-no-valid-offer": Case(
        stopped(1, "dhcp.no_bootfile"), said={"dhcp.no_bootfile": [5]}, later={"dhcp.no_bootfile": [8]}),
    "back-ends-in-2": Case(ended(2)),
    "server-two-nics": Case(REACHED),
    "heartbeat-same": Case(REACHED),
    "oneway-target": Case(ANY, said={"capture.one_way": [9]}),

    # ---- of a code review -------------------------------------------------------------------------------------------
    "review/back": Case(ANY, maybe=ANY, more=nothing_negative),
    "review/conflict-hidden": Case(ANY, ANY, maybe=ANY, more=conflict_on_its_frame),
    "review/err-logon": Case(ANY, maybe=ANY, more=same_outcome),
    "review/nak-logon": Case(ANY, maybe=ANY, more=same_outcome),
    "review/tp0": Case(NOT_HANDED_OFF, more=streams_whole),
    "review/tp1": Case(NOT_HANDED_OFF, more=streams_whole),
    "review/utf8": Case(ANY, maybe=ANY, more=valid_everywhere),
}

SEEN = ["pvsboot.boot", "pvsboot.phase", "pvsboot.step", "pvsboot.discover.wait", "pvsboot.time", "pvsboot.phase_time",
        "pvs.direction", "pvs.read", "pvs.read.request_in", "pvs.read.time", "udp.srcport", "udp.dstport",
        "dhcp.option.dhcp"]
MILESTONES = {"discover.broadcast_reply", "discover.unicast_reply", "bootstrap.downloaded", "logon.started",
              "logon.redirected", "stream.started", "handoff.seen"}


class Shown:
    """What the plugin says of a capture, in one pass and in two."""

    def __init__(self, bench, capture, plugin_fields, findings):
        self.bench, self.capture = bench, capture
        self.rows, self.documents, self.findings = {}, {}, {}
        known = [name for name in SEEN if name in plugin_fields or not name.startswith("pvs")]
        for which, arguments in PASSES.items():
            rows = bench.fields(capture, [*known, *findings], *arguments)
            self.rows[which] = {int(row["frame.number"]): row for row in rows}
            file = bench.scratch / f"{capture.stem}-{which}.json"
            bench.tshark(capture, *arguments, "-q", "-z", f"pvsboot,json,{file}")
            self.documents[which] = json.loads(file.read_text())
            said = {}
            for frame, row in self.rows[which].items():
                for name in row:
                    if name in findings and name.removeprefix("pvsboot.") not in MILESTONES:
                        said.setdefault(name.removeprefix("pvsboot."), []).append(frame)
            self.findings[which] = said

    def text(self, finding, frame):
        frames = frame if isinstance(frame, tuple) else (frame,)
        return " ".join(one["text"] for boot in self.documents["two"]["boots"] for one in boot["findings"]
                        if one["name"] == finding and one["frame"] in frames).lower()


def one_of(entry):
    return entry if isinstance(entry, tuple) else (entry,)


def compare_findings(case, shown, wrong):
    if case.maybe is ANY:
        return
    for which in PASSES:
        due, said = case.expected(which), shown.findings[which]
        for name in sorted(set(due) | set(said)):
            if name in case.maybe or which == "one" and name in case.in_one:
                continue
            left = list(said.get(name, []))
            for entry in due.get(name, []):
                here = next((frame for frame in one_of(entry) if frame in left), None)
                if here is None:
                    wrong.add(which, f"no {name}", "/".join(map(str, one_of(entry))))
                else:
                    left.remove(here)
            for frame in left:
                wrong.add(which, f"false {name}", frame)


def compare_outcomes(case, shown, wrong):
    for which in PASSES:
        boots = shown.documents[which]["boots"]
        if len(boots) != len(case.outcomes):
            wrong.add(which, f"{len(boots)} boots instead of {len(case.outcomes)}")
            continue
        for boot, due in zip(boots, case.outcomes):
            told = tuple(boot["outcome"].get(key) for key in ("kind", "phase", "finding"))
            if due is not ANY and any(want is not ANY and want != is_ for want, is_ in zip(due, told)):
                wrong.add(which, f"boot {boot['boot']} is {told} instead of {due}")


def compare_frames(case, shown, wrong):
    due = [(frame, "pvsboot.step", value) for frame, value in case.steps.items()]
    due += [(frame, "pvsboot.boot", value) for frame, value in case.boots.items()]
    due += [(frame, field, value) for (frame, field), value in case.fields.items()]
    for which in PASSES:
        for frame, field, value in due:
            told = shown.rows[which][frame].get(field)
            if told != (None if value is None else str(value)):
                wrong.add(which, f"{field} is {told} instead of {value}", frame)


def compare_texts(case, shown, wrong):
    for (finding, frame), words in case.texts.items():
        text = shown.text(finding, frame)
        for word in [word for word in words if text and word not in text]:
            wrong.add("two", f"the text of {finding} does not say {word!r}")


@pytest.mark.parametrize("name", CASES)
def test_a_good_answer(bench, plugin_fields, findings, capsys, name):
    case = CASES[name]
    shown = Shown(bench, CASES_FOLDER / f"{name}.pcap", plugin_fields, findings)
    wrong = Differences()
    compare_findings(case, shown, wrong)
    compare_outcomes(case, shown, wrong)
    compare_frames(case, shown, wrong)
    compare_texts(case, shown, wrong)
    if case.more:
        case.more(shown, wrong)
    with capsys.disabled():
        print(f"\n{name}: {wrong if wrong.frames else 'as wanted'}", end=" ")
    assert not wrong.frames, "\n".join(wrong.sentences())


def test_a_read_filter_leaves_each_frame_its_own_step(bench, findings):
    """-R takes frames away before they are numbered; -Y only hides them."""
    capture = CASES_FOLDER / "read-filter.pcap"
    names = ["frame.time_epoch", "pvsboot.boot", "pvsboot.phase", "pvsboot.step", *findings]
    shown, filtered = ([{key: value for key, value in row.items() if key != "frame.number"}
                        for row in bench.fields(capture, names, "-2", option, "udp")] for option in ("-Y", "-R"))
    assert filtered == shown


def test_every_case_is_judged():
    files = {str(path.relative_to(CASES_FOLDER).with_suffix("")) for path in CASES_FOLDER.rglob("*.pcap")}
    assert files == set(CASES)
