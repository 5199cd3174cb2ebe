# test_truth.py
# Every frame of every synthetic capture carries what its maker recorded for it, in one pass and in two
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from one_run import TEXTS
from truth import Truth, names, normal

PASSES = {"one pass": (), "two passes": ("-2",)}


# Wireshark 4.6 sees no TFTP in what a client sends to the server's own port, unless the server's answer is there too.
WITHOUT_ANSWERS = ("synthetic-one-way-target", "synthetic-one-way-target-early")


# How the sentence of each outcome begins. After "stopped in phase N: " follows the title of the finding.
SENTENCES = {
    "reached_bnistack": "reached BNIStack",
    "froze": "reached BNIStack, then froze",
    "stopped": "stopped in phase {phase}: ",
    "other_system": "did not boot from PVS",
    "handoff_without_stream": "the hand-off began, and ", # "BNIStack never streamed", or that the capture ended before
    "not_handed_off": "streaming, not handed off",
    "running": "was running before the capture",
    "capture_ended": "capture ended in phase {phase}",
}


def compare_frames(truth, rows, findings, two_passes):
    for frame, row in rows.items():
        if frame not in truth.frames:
            if frame not in truth.unjudged and any(key.startswith("pvsboot.") for key in row):
                yield f"frame {frame}: belongs to no boot, but shows {row}"
            continue
        expected, experts = truth.expected(frame, two_passes)
        shown = {key: normal(value) for key, value in row.items()}
        for key, value in expected.items():
            if shown.get(key, "") != value:
                yield f"frame {frame}: {key} is {shown.get(key)}, recorded {value}"
        if experts is not None:
            said = {key.removeprefix("pvsboot.") for key in row if key in findings}
            if said != set(experts):
                yield f"frame {frame}: says {sorted(said)}, recorded {sorted(experts)}"


def compare_boots(truth, shown):
    """Statistics are drawn after the last frame: one pass tells what two tell."""
    rows, told = {int(row["Boot"]): row for row in shown.rows}, {boot["boot"]: boot for boot in shown.boots}
    recorded = sorted(boot["boot"] for boot in truth.boots)
    if not sorted(rows) == sorted(told) == recorded:
        yield f"boots {sorted(rows)} in the table, {sorted(told)} in JSON, recorded {recorded}"
        return
    for boot in truth.boots:
        number, outcome = boot["boot"], boot["outcome"]
        if told[number]["target"] != boot["target"]:
            yield f"boot {number}: target {told[number]['target']}, recorded {boot['target']}"
        if boot["target"] and boot["target"] not in rows[number].values():
            yield f"boot {number}: no target {boot['target']} in the table"
        if outcome and {key: told[number]["outcome"][key] for key in outcome} != outcome:
            yield f"boot {number}: outcome {told[number]['outcome']}, recorded {outcome}"
        if outcome and not rows[number]["Outcome"].startswith(SENTENCES[outcome["kind"]].format(**outcome)):
            yield f"boot {number}: {rows[number]['Outcome']!r} instead of {outcome}"


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("name", names())
def test_frames_and_boots_are_what_was_recorded(bench, told, findings, name, passes):
    if name in WITHOUT_ANSWERS and bench.version >= (4, 6):
        pytest.skip("Wireshark 4.6 does not dissect these ACKs")
    truth = Truth(name)
    shown = told(truth.capture, *PASSES[passes])
    assert len(shown.frames) >= max(truth.frames, default=0)
    wrong = [*compare_boots(truth, shown), *compare_frames(truth, shown.frames, findings, passes == "two passes")]
    assert not wrong, "\n".join([f"{len(wrong)} differences", *wrong[:40]])


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("name", [name for name in names() if "others" in Truth(name).facts])
def test_frames_of_no_boot_carry_what_was_recorded(bench, name, passes):
    """Inter-server messages: decoded where a public source tells how, and part of no boot."""
    truth = Truth(name)
    others = {row["frame"]: row["fields"] for row in truth.facts["others"]}
    fields = sorted({key for row in others.values() for key in row})
    rows = bench.fields(truth.capture, [*fields, "pvsboot.boot"], *PASSES[passes])
    shown = {int(row["frame.number"]): {key: normal(value) for key, value in row.items()} for row in rows}
    for frame, expected in others.items():
        assert "pvsboot.boot" not in shown[frame]
        assert {key: shown[frame].get(key, "") for key in expected} == {key: normal(value) for key, value in expected.items()}


def test_every_finding_and_outcome_has_a_capture(findings):
    said, outcomes = set(), set()
    for name in names():
        truth = Truth(name)
        outcomes |= {boot["outcome"]["kind"] for boot in truth.boots if boot["outcome"]}
        for row in truth.frames.values():
            for key in ("experts", "experts_two_pass", "experts_one_pass"):
                said |= {f"pvsboot.{finding}" for finding in row.get(key) or []}
    assert said == set(findings)
    assert outcomes == set(SENTENCES)


# Frames whose findings, and boots whose outcome, the rules leave open. These numbers may only shrink.
OPEN_FRAMES, OPEN_BOOTS = 48, 1


def test_what_is_not_checked_has_a_reason():
    frames, boots = [], []
    for name in names():
        truth = Truth(name)
        frames += [f"{name} {number}: {row['open']}" for number, row in truth.unjudged.items()]
        for number, row in truth.frames.items():
            if None in (row["experts"], row.get("experts_two_pass", []), row.get("experts_one_pass", [])):
                assert row.get("open"), f"{name}: frame {number} is not checked, and nothing says why"
                frames.append(f"{name} {number}: {row['open']}")
        for boot in truth.boots:
            if boot["outcome"] is None:
                assert boot.get("open"), f"{name}: the outcome of boot {boot['boot']} is not checked"
                boots.append(f"{name} boot {boot['boot']}: {boot['open']}")
    assert len(frames) <= OPEN_FRAMES, "\n".join(frames)
    assert len(boots) <= OPEN_BOOTS, "\n".join(boots)


@pytest.mark.parametrize("name", names())
def test_no_expert_text_is_cut(told, findings, name):
    """Wireshark cuts a line of the tree after 239 characters, and writes "Expert Info (Warning/Sequence): " first."""
    for row in told(Truth(name).capture, "-2").frames.values():
        said = sum(field in findings for field in row)
        assert len(row.get(TEXTS, [])) >= said
        assert said == 0 or max(map(len, row[TEXTS])) < 206, row[TEXTS]


def test_the_texts_name_what_to_look_for(bench):
    text = bench.tshark(Truth("synthetic-discover-secs-zero").capture, "-2", "-T", "fields", "-e", "_ws.expert.message")
    assert "load balance to peer" in text and "relays must reach both" in text
