# test_statistics.py
# Table, JSON, tree and response times tell the ground truth, and agree with each other
#
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import json
import re

import jsonschema
import pytest

from test_agreement import Sharkd
from truth import RECORDED, ROOT, SYNTHETIC, Truth, names

BOOT = SYNTHETIC / "synthetic-boot.pcapng"
TWO_BOOTS = SYNTHETIC / "synthetic-two-boots.pcapng"
SCHEMA = json.loads((ROOT / "docs" / "boots.schema.json").read_text())


def table_rows(text):
    """The rows of -z pvsboot,boots, each a dictionary by column."""
    header = next(line for line in text.splitlines() if line.startswith("  Boot |"))
    columns = [cell.strip() for cell in header.split("|")][:-1]
    return [dict(zip(columns, (cell.strip() for cell in line.split("|")))) for line in text.splitlines()
            if line[:6].strip().isdigit() and line[6:8] == " |"]


def tree_counts(text):
    """The nodes of -z pvsboot,tree: parent -> node -> count."""
    counts, parent = {}, None
    for line in text.splitlines():
        node = re.match(r"( ?)(\S.*?) {2,}(\d+) ", line)
        if node and node[1] == "" and re.search(r"\d%", line):
            parent = counts[node[2]] = {"": int(node[3])}
        elif node and parent is not None and re.search(r"\d%", line):
            parent[node[2]] = int(node[3])
    return counts


class Statistics:
    """All statistics of a capture, from one run of tshark."""

    def __init__(self, bench, capture, *passes):
        file = bench.scratch / f"{capture.stem}{''.join(passes)}.json"
        text = bench.tshark(capture, *passes, "-q", "-z", "pvsboot,boots", "-z", "pvsboot,tree",
                            "-z", f"pvsboot,json,{file}")
        self.document = json.loads(file.read_text())
        self.boots = self.document["boots"]
        self.rows = table_rows(text)
        self.tree = tree_counts(text)


@pytest.fixture(scope="module")
def statistics(bench):
    known = {}

    def of_capture(capture, *passes):
        key = (capture, *passes)
        if key not in known:
            known[key] = Statistics(bench, capture, *passes)
        return known[key]
    return of_capture


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_json_has_the_shape_of_its_schema(statistics, validator, name, passes):
    validator.validate(statistics(Truth(name).capture, *passes).document)


@pytest.mark.parametrize("name", sorted(path.name for path in RECORDED.glob("*.pcap*")))
def test_json_of_recorded_captures_has_the_shape_of_its_schema(statistics, validator, name):
    validator.validate(statistics(RECORDED / name, "-2").document)


@pytest.mark.parametrize("name", names())
def test_json_tells_the_boots_of_the_ground_truth(statistics, name):
    truth = Truth(name)
    told = {boot["boot"]: boot for boot in statistics(truth.capture, "-2").boots}
    assert sorted(told) == sorted(boot["boot"] for boot in truth.boots)
    for boot in truth.boots:
        shown, outcome = told[boot["boot"]], boot.get("outcome")
        if "target" in boot:
            assert shown["target"] == boot["target"]
        if boot["target_ip"]:
            assert boot["target_ip"] in shown["addresses"]
        assert shown["certainty"] == boot["certainty"]
        if "phases" in boot:
            assert sorted({phase["phase"] for phase in shown["phases"]}) == sorted(set(boot["phases"]))
        if outcome:
            assert [shown["outcome"][key] for key in ("kind", "phase", "finding")] == [*outcome.values()]


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("two_passes", [False, True], ids=["one pass", "two passes"])
def test_json_tells_the_findings_of_the_ground_truth(statistics, name, two_passes):
    truth = Truth(name)
    boots = statistics(truth.capture, *(["-2"] if two_passes else [])).boots
    told = sorted((one["frame"], one["name"]) for boot in boots for one in boot["milestones"] + boot["findings"])
    expected = {frame: truth.expected(frame, two_passes)[1] for frame in truth.frames}
    wanted = sorted((frame, finding) for frame, findings in expected.items() for finding in findings or [])
    assert [one for one in told if expected.get(one[0], []) is not None] == wanted


def seconds(number):
    return "-" if number is None else f"{number:.3f}"


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_table_and_json_agree(statistics, name, passes):
    shown = statistics(Truth(name).capture, *passes)
    assert [int(row["Boot"]) for row in shown.rows] == [boot["boot"] for boot in shown.boots]
    for row, boot in zip(shown.rows, shown.boots):
        assert row["Target"] == (boot["target"] or "-")
        assert row["Address"] == (boot["addresses"][-1] if boot["addresses"] else "-")
        assert row["Outcome"] == boot["outcome"]["text"]
        assert row["Start s"] == seconds(boot["start"])
        for phase in (1, 2, 3, 4):
            parts = [one["end"] - one["start"] for one in boot["phases"] if one["phase"] == phase]
            if parts:
                assert float(row[f"Phase {phase} s"]) == pytest.approx(sum(parts), abs=0.0011)
            else:
                assert row[f"Phase {phase} s"] == "-"
        has_phase_1 = any(one["phase"] == 1 for one in boot["phases"])
        assert row["DISCOVERs"] == (str(boot["discovers"]) if boot["discovers"] or has_phase_1 else "-")
        reading = any(one["phase"] >= 3 for one in boot["phases"])
        assert row["Reads"] == (str(boot["stream"]["reads"]) if reading else "-")
        assert row["MB"] == (seconds(boot["stream"]["bytes"] / 1e6) if reading else "-")
        assert row["Retries"] == (str(boot["stream"]["retries"]) if reading else "-")
        assert row["Hand-off gap s"] == seconds(boot["handoff"] and boot["handoff"]["gap"])
        streamed = boot["stream"]["time"]
        if reading and streamed:
            assert float(row["MB/s"]) == pytest.approx(boot["stream"]["bytes"] / 1e6 / streamed, abs=0.00051)
        else:
            assert row["MB/s"] == "-"
        found = {severity: [one for one in boot["findings"] if one["severity"] == severity]
                 for severity in ("fault", "symptom")}
        gravest = found["fault"] or found["symptom"]
        first = min((one["frame"] for one in gravest), default=0)
        assert row["Worst finding"] in ({one["name"] for one in gravest if one["frame"] == first} or {"-"})
        assert row["Worst finding"] == (boot["worst"] or "-")


TABLE = (ROOT / "plugin" / "boot" / "diagnosis_table.h").read_text()


@pytest.mark.parametrize("name", names())
def test_json_tells_the_parts_of_a_findings_text(statistics, name):
    for boot in statistics(Truth(name).capture, "-2").boots:
        for one in boot["findings"]:
            assert one["text"] == ". ".join(filter(None, (one["seen"], one["advice"])))
            assert one["seen"].startswith(one["title"])
            row = TABLE[TABLE.index(f'"{one["name"]}"'):].split("\n    X(")[0].replace('\\"', '"')
            assert all(f'"{part}"' in row for part in (one["title"], one["advice"] or ""))


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_tree_and_json_agree(statistics, name, passes):
    shown = statistics(Truth(name).capture, *passes)
    outcomes = collections.Counter(boot["outcome"]["text"] for boot in shown.boots)
    phases = collections.Counter(boot["phases"][-1]["phase"] for boot in shown.boots)
    findings = collections.Counter(found for boot in shown.boots for found in {one["name"] for one in boot["findings"]})
    in_tree = {parent: {node: count for node, count in nodes.items() if node and count}
               for parent, nodes in shown.tree.items()}
    assert in_tree["Outcome"] == outcomes
    assert {int(node.split()[0]): count for node, count in in_tree["Phase reached"].items()} == phases
    assert in_tree["Boots with finding"] == findings
    assert shown.tree["Boots with finding"][""] == sum(bool(boot["findings"]) for boot in shown.boots)


@pytest.mark.parametrize("name", names())
def test_bootstrap_and_stream_of_the_table(statistics, name):
    shown = statistics(Truth(name).capture, "-2")
    for row, boot in zip(shown.rows, shown.boots):
        complete = [one for one in boot["bootstraps"] if one["complete"]]
        if complete:
            assert (row["Bootstrap"], row["Bootstrap B"]) == (complete[-1]["file"], str(complete[-1]["bytes"]))
            assert row["Bootstrap s"] == seconds(complete[-1]["time"])
        else:
            assert row["Bootstrap s"] == "-"
        series = boot["stream"]["series"]
        assert sum(point["reads"] for point in series) <= boot["stream"]["reads"]
        assert sum(point["bytes"] for point in series) <= boot["stream"]["bytes"]
        assert [point["start"] for point in series] == sorted({point["start"] for point in series})
        assert all(0 <= point["mean"] <= point["max"] for point in series)


def test_what_the_capture_does_not_show_is_a_dash(statistics):
    [row] = statistics(SYNTHETIC / "synthetic-boot-static.pcapng", "-2").rows
    assert {row[column] for column in ("Phase 1 s", "DISCOVERs", "Bootstrap", "Bootstrap B", "Bootstrap s")} == {"-"}
    [row] = statistics(SYNTHETIC / "synthetic-bootstrap-error.pcapng", "-2").rows
    assert {row[column] for column in ("Logon s", "Reads", "MB", "MB/s", "Retries", "Hand-off gap s")} == {"-"}


def test_logon_time_is_that_of_phase_2(statistics):
    for row in statistics(TWO_BOOTS, "-2").rows:
        assert row["Logon s"] == row["Phase 2 s"] != "-"


def read_times(text):
    """The rows of -z pvs,srt: one list a table, of (boot, calls)."""
    tables = re.split(r"^Index ", text, flags=re.MULTILINE)[1:]
    return [[(int(row[0]), int(row[1])) for row in re.findall(r"^ *(\d+)  \d+, \S+ +(\d+) +\d+\.", table, re.MULTILINE)]
            for table in tables]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_response_times_count_the_reads_of_the_series(bench, statistics, passes):
    single_read, bnistack = read_times(bench.tshark(TWO_BOOTS, *passes, "-q", "-z", "pvs,srt"))
    assert [boot for boot, _ in single_read] == [boot for boot, _ in bnistack] == [1, 2]
    for boot in statistics(TWO_BOOTS, *passes).boots:
        assert dict(single_read)[boot["boot"]] + dict(bnistack)[boot["boot"]] == boot["stream"]["reads"]


def test_response_times_of_the_second_pass_are_those_of_the_fields(bench):
    rows = bench.fields(BOOT, ["pvs.read.time", "pvsboot.phase"], "-2")
    expected = collections.Counter(row["pvsboot.phase"] for row in rows if "pvs.read.time" in row)
    single_read, bnistack = read_times(bench.tshark(BOOT, "-2", "-q", "-z", "pvs,srt"))
    assert (single_read, bnistack) == ([(1, expected["3"])], [(1, expected["4"])])


def test_json_on_standard_output_is_one_document(bench, statistics):
    assert json.loads(bench.tshark(BOOT, "-2", "-q", "-z", "pvsboot,json")) == statistics(BOOT, "-2").document


def test_json_of_a_capture_without_boots(bench, validator):
    document = json.loads(bench.tshark(RECORDED / "ordinary-clients.pcapng", "-2", "-q", "-z", "pvsboot,json"))
    validator.validate(document)
    assert all(boot["certainty"] < 3 for boot in document["boots"])


def test_json_file_that_cannot_be_written_is_an_error(bench):
    done = bench.run("tshark", "-n", "-r", bench.readable(BOOT), "-q", "-z", "pvsboot,json,/nonexistent/boots.json",
                     check=False)
    assert done.returncode != 0 and "/nonexistent/boots.json" in done.stderr


def test_a_filter_leaves_other_boots_out(bench):
    filtered = table_rows(bench.tshark(TWO_BOOTS, "-2", "-q", "-z", "pvsboot,boots,pvsboot.boot == 2"))
    assert filtered == table_rows(bench.tshark(TWO_BOOTS, "-2", "-q", "-z", "pvsboot,boots"))[1:]


def test_sharkd_lists_them_and_tells_the_same(bench, statistics):
    info, answer = Sharkd(bench, TWO_BOOTS).ask(
        ("info", {}), ("tap", {"tap0": "nstat:pvsboot,boots", "tap1": "stat:pvsboot", "tap2": "srt:pvs"}))
    assert "pvsboot" in [one["tap"].removeprefix("stat:") for one in info["stats"]]
    assert "nstat:pvsboot,boots" in [one["tap"] for one in info["nstat"]]
    assert "srt:pvs" in [one["tap"] for one in info["srt"]]
    taps = {tap["tap"]: tap for tap in answer["taps"]}
    shown = statistics(TWO_BOOTS, "-2")
    [table] = taps["nstat:pvsboot,boots"]["tables"]
    assert [[cell if isinstance(cell, int) else cell.strip() for cell in row] for row in table["i"]] == \
        [[int(row["Boot"]), *list(row.values())[1:]] for row in shown.rows]
    outcome = next(node for node in taps["stats:pvsboot"]["stats"] if node["name"] == "Outcome")
    assert {node["name"]: node["count"] for node in outcome["sub"]} == {"reached BNIStack": 2}
    assert [len(table["r"]) for table in taps["srt:pvs"]["tables"]] == [2, 2]
