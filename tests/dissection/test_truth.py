# test_truth.py
# Every frame of every synthetic capture carries what its maker recorded for it, in one pass and in two
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from truth import Truth, names, normal

PASSES = {"one pass": (), "two passes": ("-2",)}


# Wireshark 4.6 sees no TFTP in what a client sends to the server's own port, unless the server's answer is there too.
WITHOUT_ANSWERS = ("synthetic-one-way-target", "synthetic-one-way-target-long")


@pytest.mark.parametrize("passes", PASSES)
@pytest.mark.parametrize("name", names())
def test_frames_carry_what_was_recorded(bench, findings, name, passes):
    if name in WITHOUT_ANSWERS and bench.version >= (4, 6):
        pytest.skip("Wireshark 4.6 does not dissect these ACKs")
    truth = Truth(name)
    fields = truth.field_names()
    rows = bench.fields(truth.capture, [*fields, *findings], *PASSES[passes])
    wrong = []
    for row in rows:
        frame = int(row["frame.number"])
        if frame not in truth.frames:
            if any(key.startswith("pvsboot.") for key in row):
                wrong.append(f"frame {frame}: belongs to no boot, but shows {row}")
            continue
        expected, experts = truth.expected(frame, passes == "two passes")
        shown = {key: normal(value) for key, value in row.items()}
        for key, value in expected.items():
            if shown.get(key, "") != value:
                wrong.append(f"frame {frame}: {key} is {shown.get(key)}, recorded {value}")
        if experts is not None:
            said = {key.removeprefix("pvsboot.") for key in row if key in findings}
            due = {expert for expert in experts if f"pvsboot.{expert}" in findings}
            if said != due:
                wrong.append(f"frame {frame}: says {sorted(said)}, recorded {sorted(due)}")
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


# The sentence of each outcome, in the words of docs/diagnosis.md.
SENTENCES = {
    "reached_bnistack": "reached BNIStack",
    "streaming": "streaming, not handed off",
    "ended": "capture ended in phase {phase}",
    "stopped": "stopped in phase {phase} because of {finding}",
}


@pytest.mark.parametrize("name", names())
def test_the_table_of_boots_tells_how_each_boot_ended(bench, name):
    truth = Truth(name)
    text = bench.tshark(truth.capture, "-2", "-q", "-z", "pvsboot,boots")
    rows = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line[:6].strip().isdigit()]
    shown = {int(row[0]): row for row in rows}
    assert sorted(shown) == sorted(boot["boot"] for boot in truth.boots)
    header = next(line for line in text.splitlines() if line.startswith("  Boot |"))
    column = [cell.strip() for cell in header.split("|")].index("Outcome")
    for boot in truth.boots:
        row, outcome = shown[boot["boot"]], boot.get("outcome")
        if boot.get("target"):
            assert boot["target"] in row
        if outcome:
            assert row[column].split(":")[0] == SENTENCES[outcome["kind"]].format(**outcome)


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
