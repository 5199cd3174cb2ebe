# test_truth.py
# Every frame of every synthetic capture carries what its maker recorded for it, in one pass and in two
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from test_statistics import table_rows
from truth import Truth, names, normal

PASSES = {"one pass": (), "two passes": ("-2",)}


# Wireshark 4.6 sees no TFTP in what a client sends to the server's own port, unless the server's answer is there too.
WITHOUT_ANSWERS = ("synthetic-one-way-target",)


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("name", names())
def test_frames_carry_what_was_recorded(bench, plugin_fields, findings, name, passes):
    if name in WITHOUT_ANSWERS and bench.version >= (4, 6):
        pytest.skip("Wireshark 4.6 does not dissect these ACKs")
    truth = Truth(name)
    fields = [field for field in truth.field_names() if field in plugin_fields]
    rows = bench.fields(truth.capture, [*fields, *findings], *PASSES[passes])
    wrong = []
    for row in rows:
        frame = int(row["frame.number"])
        if frame not in truth.frames:
            if frame not in truth.unjudged and any(key.startswith("pvsboot.") for key in row):
                wrong.append(f"frame {frame}: belongs to no boot, but shows {row}")
            continue
        expected, experts = truth.expected(frame, passes == "two passes")
        shown = {key: normal(value) for key, value in row.items()}
        for key, value in expected.items():
            if shown.get(key, "") != value:
                wrong.append(f"frame {frame}: {key} is {shown.get(key)}, recorded {value}")
        if experts is not None:
            said = {key.removeprefix("pvsboot.") for key in row if key in findings}
            if said != set(experts):
                wrong.append(f"frame {frame}: says {sorted(said)}, recorded {sorted(experts)}")
    assert len(rows) >= max(truth.frames, default=0)
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


# How the sentence of each outcome begins. After "stopped in phase N: " follows the title of the finding.
SENTENCES = {
    "reached_bnistack": "reached BNIStack",
    "froze": "reached BNIStack, then froze",
    "stopped": "stopped in phase {phase}: ",
    "other_system": "did not boot from PVS",
    "handoff_without_stream": "the hand-off began, and BNIStack never streamed",
    "not_handed_off": "streaming, not handed off",
    "running": "was running before the capture",
    "capture_ended": "capture ended in phase {phase}",
}


def told_boots(bench, truth, passes):
    """Each boot's row in the table and its entry in JSON."""
    file = bench.scratch / f"outcomes-{truth.capture.stem}{''.join(passes)}.json"
    text = bench.tshark(truth.capture, *passes, "-q", "-z", "pvsboot,boots", "-z", f"pvsboot,json,{file}")
    rows = {int(row["Boot"]): row for row in table_rows(text)}
    entries = {boot["boot"]: boot for boot in json.loads(file.read_text())["boots"]}
    assert sorted(rows) == sorted(entries) == sorted(boot["boot"] for boot in truth.boots)
    return [(boot, rows[boot["boot"]], entries[boot["boot"]]) for boot in truth.boots]


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("name", names())
def test_table_and_json_tell_how_each_boot_ended(bench, name, passes):
    """Statistics are drawn after the last frame: one pass tells what two tell."""
    wrong = []
    for boot, row, entry in told_boots(bench, Truth(name), PASSES[passes]):
        outcome = boot["outcome"]
        if entry["target"] != boot["target"]:
            wrong.append(f"boot {boot['boot']}: target {entry['target']}, recorded {boot['target']}")
        if boot["target"] and boot["target"] not in row.values():
            wrong.append(f"boot {boot['boot']}: no target {boot['target']} in the table")
        if outcome:
            told = {key: entry["outcome"][key] for key in outcome}
            if told != outcome:
                wrong.append(f"boot {boot['boot']}: outcome {told}, recorded {outcome}")
            if not row["Outcome"].startswith(SENTENCES[outcome["kind"]].format(**outcome)):
                wrong.append(f"boot {boot['boot']}: {row['Outcome']!r} instead of {outcome}")
    assert not wrong, "\n".join(wrong)


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


def test_no_expert_text_is_cut(bench):
    """Wireshark cuts a line of the tree after 239 characters, and writes "Expert Info (Warning/Sequence): " first."""
    for name in names():
        messages = bench.tshark(Truth(name).capture, "-2", "-Y", "pvsboot && _ws.expert", "-T", "fields",
                                "-E", "aggregator=|", "-e", "_ws.expert.message")
        for message in messages.replace("|", "\n").splitlines():
            assert len(message) < 206, message


def test_the_texts_name_what_to_look_for(bench):
    text = bench.tshark(Truth("synthetic-discover-secs-zero").capture, "-2", "-T", "fields", "-e", "_ws.expert.message")
    assert "load balance to peer" in text and "relays must reach both" in text
