# test_reload.py
# One process, several captures and preferences: what was open before leaves no trace
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from truth import RECORDED, SYNTHETIC

TWO_BOOTS = SYNTHETIC / "synthetic-two-boots.pcapng"
OTHERS = [SYNTHETIC / "synthetic-boot.pcapng", SYNTHETIC / "synthetic-boot-two-stage.pcapng",
          RECORDED / "ipxe-chained.pcapng", SYNTHETIC / "synthetic-interleaved-40.pcapng"]

COLUMNS = ["pvsboot.boot", "pvsboot.step", "pvsboot.phase_time", "pvs.kind", "pvs.read",
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
           ("synthetic-boot-gap", "pvsboot.boot_gap", "100000", "60"),
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
