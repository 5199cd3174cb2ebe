# test_reload.py
# One process, several captures and preferences: what was open before leaves no trace
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import re

import pytest

from one_run import read_times, table_rows, tree_counts
from truth import RECORDED, SYNTHETIC

TWO_BOOTS = SYNTHETIC / "synthetic-two-boots.pcapng"
IPV6 = SYNTHETIC / "synthetic-boot-ipv6.pcapng"
OTHERS = [IPV6, SYNTHETIC / "synthetic-boot.pcapng", SYNTHETIC / "synthetic-boot-two-stage.pcapng",
          RECORDED / "ipxe-chained.pcapng", SYNTHETIC / "synthetic-interleaved-40.pcapng"]

COLUMNS = ["pvsboot.boot", "pvsboot.target_ipv6", "pvsboot.step", "pvsboot.phase_time", "pvs.kind", "pvs.read",
           "_ws.expert.message"]
QUESTIONS = [
    ("frames", {}), # the usual columns, Info among them
    ("frames", {f"column{index}": f"{name}:0" for index, name in enumerate(COLUMNS)}),
    ("tap", {"tap0": "nstat:pvsboot,boots"}),
    ("tap", {"tap0": "stat:pvsboot"}),
    ("tap", {"tap0": "srt:pvs"}),
    ("tap", {"tap0": "nstat:pvsboot,boots", "tap1": "stat:pvsboot", "tap2": "srt:pvs"}),
    ("frame", {"frame": 1, "proto": True}),
    ("frame", {"frame": 4, "proto": True}),
]

# Capture, preference, another value, and the default: with each of the others its answers are others.
CHANGES = [("synthetic-two-boots", "pvsboot.max_boots", "1", "50000"),
           ("synthetic-two-boots", "pvsboot.info_column", "FALSE", "TRUE"),
           ("synthetic-boot-gap-not-reached", "pvsboot.boot_gap", "20", "60"),
           ("synthetic-boot-redirected", "pvs.stream_ports", "7000-7010", "6910-6930")]


def load(bench, capture):
    return "load", {"file": str(bench.readable(capture))}


def setconf(name, value):
    return "setconf", {"name": name, "value": value}


def without_times(answers):
    return [{key: value for key, value in answer.items() if key != "duration"} if isinstance(answer, dict) else answer
            for answer in answers]


def last_answers(bench, *calls):
    """The answers to the questions, asked after these calls in one process."""
    return without_times(bench.sharkd(*calls, *QUESTIONS)[-len(QUESTIONS):])


@pytest.fixture(scope="module")
def fresh(bench):
    return last_answers(bench, load(bench, TWO_BOOTS))


def test_a_capture_opened_again_says_the_same(bench, fresh):
    assert last_answers(bench, load(bench, TWO_BOOTS), *QUESTIONS, load(bench, TWO_BOOTS)) == fresh


def test_ipv6_addresses_are_known_again_after_other_captures(bench):
    first = last_answers(bench, load(bench, IPV6))
    assert "fd00:77::1:21" in json.dumps(first[1])
    before = [call for capture in (IPV6, TWO_BOOTS) for call in (load(bench, capture), *QUESTIONS[:6])]
    assert last_answers(bench, *before, load(bench, IPV6)) == first


def test_captures_that_were_open_before_leave_no_trace(bench, fresh):
    before = [call for capture in OTHERS for call in (load(bench, capture), *QUESTIONS[:6])]
    assert last_answers(bench, *before, load(bench, TWO_BOOTS)) == fresh


@pytest.mark.parametrize("capture, name, changed, default", CHANGES, ids=[change[1] for change in CHANGES])
def test_a_changed_preference_acts_on_the_next_load_and_changed_back_is_gone(bench, capture, name, changed, default):
    opened = load(bench, SYNTHETIC / f"{capture}.pcapng")
    usual = last_answers(bench, opened)
    changed_at_once = last_answers(bench, setconf(name, changed), opened)
    assert changed_at_once != usual
    assert last_answers(bench, opened, *QUESTIONS, setconf(name, changed), opened) == changed_at_once
    back = (opened, setconf(name, changed), opened, *QUESTIONS, setconf(name, default), opened)
    assert last_answers(bench, *back) == usual


# ---- tshark's own resets: -M, and the next file of a ring buffer ----

THREE_BOOTS = SYNTHETIC / "synthetic-three-boots.pcapng"
INTERLEAVED = SYNTHETIC / "synthetic-interleaved-40.pcapng"
ALL_STATISTICS = [word for one in ("pvsboot,boots", "pvsboot,tree", "pvs,srt", "pvsboot,json,,pvsboot", "pvsboot,json")
                  for word in ("-z", one)]


def statistics_of(text):
    """What the statistics of one run say: the table, the tree, the response times, both documents."""
    start = text.index("{")
    first, end = json.JSONDecoder().raw_decode(text, start)
    second, _ = json.JSONDecoder().raw_decode(text, text.index("{", end))
    return table_rows(text), tree_counts(text), read_times(text), first, second


@pytest.mark.parametrize("capture, frames", [(THREE_BOOTS, 37), (THREE_BOOTS, 60), (IPV6, 20), (INTERLEAVED, 50),
                                             (INTERLEAVED, 5)],
                         ids=lambda one: getattr(one, "stem", one))
def test_after_a_reset_the_statistics_are_those_of_the_newest_session(bench, capture, frames):
    """tshark -M: what comes after the last reset is a capture of its own. Freed memory is overwritten, so that nobody can
    read it unnoticed."""
    count = len(bench.fields(capture, []))
    tail = bench.scratch / f"{capture.stem}-tail-{frames}.pcapng"
    bench.run("editcap", "-r", bench.readable(capture), tail, f"{(count - 1) // frames * frames + 1}-{count}")
    shown = bench.run("tshark", "-n", "-r", bench.readable(capture), "-M", frames, "-q", *ALL_STATISTICS,
                      MALLOC_PERTURB_="165")
    assert not re.search("CRITICAL|WARNING", shown.stderr)
    assert statistics_of(shown.stdout) == statistics_of(bench.tshark(tail, "-q", *ALL_STATISTICS))


def test_a_ring_buffers_next_file_begins_anew(bench):
    """A capture from a pipe, in files of 30 frames: the statistics are drawn once, when it ends."""
    if bench.under:
        pytest.skip("dumpcap, which tshark starts for a live capture, hangs under such tools")
    command = f"""exec tshark -n -i - -b packets:30 -w ring.pcapng -q {" ".join(map(repr, ALL_STATISTICS))} \
        < {bench.readable(INTERLEAVED)}"""
    done = bench.run("sh", "-c", command, MALLOC_PERTURB_="165")
    rows, tree, times, first, second = statistics_of(done.stdout)
    assert not re.search("CRITICAL|WARNING", done.stderr)
    assert first == second
    assert rows and [row["Boot"] for row in rows] == [str(boot["boot"]) for boot in first["boots"]]
    assert tree["Outcome"][""] == len(rows)
    assert all(boot["first_frame"] <= 30 for boot in first["boots"])
