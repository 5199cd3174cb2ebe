# test_statistics.py
# Table, JSON, tree and response times tell the ground truth, agree with each other, and know the end in one pass
#
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import json
import re
import struct

import jsonschema
import pytest

from test_agreement import Sharkd
from one_run import table_rows
from truth import RECORDED, ROOT, SYNTHETIC, Truth, names

BOOT = SYNTHETIC / "synthetic-boot.pcapng"
TWO_BOOTS = SYNTHETIC / "synthetic-two-boots.pcapng"
SCHEMA = json.loads((ROOT / "docs" / "boots.schema.json").read_text())


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.mark.parametrize("name", names())
def test_json_has_the_shape_of_its_schema(told, validator, name):
    validator.validate(told(Truth(name).capture).document)


@pytest.mark.parametrize("name", sorted(path.name for path in RECORDED.glob("*.pcap*")))
def test_json_of_recorded_captures_has_the_shape_of_its_schema(told, validator, name):
    validator.validate(told(RECORDED / name, "-2").document)


@pytest.mark.parametrize("name", names())
def test_json_tells_the_boots_of_the_ground_truth(told, name):
    truth = Truth(name)
    boots = {boot["boot"]: boot for boot in told(truth.capture, "-2").boots}
    assert sorted(boots) == sorted(boot["boot"] for boot in truth.boots)
    for boot in truth.boots:
        shown, outcome = boots[boot["boot"]], boot.get("outcome")
        if "target" in boot:
            assert shown["target"] == boot["target"]
        if boot["target_ip"]:
            assert boot["target_ip"] in shown["addresses"]
        assert shown["certainty"] == boot["certainty"]
        if "phases" in boot:
            assert {phase["phase"] for phase in shown["phases"]} - {None} == set(boot["phases"]) - {None}
        if outcome:
            assert [shown["outcome"][key] for key in ("kind", "phase", "finding")] == [*outcome.values()]


@pytest.mark.parametrize("name", names())
def test_json_tells_the_findings_of_the_ground_truth(told, name):
    """Those that only later frames tell, too, in one pass."""
    truth = Truth(name)
    boots = told(truth.capture).boots
    said = sorted((one["frame"], one["name"]) for boot in boots for one in boot["milestones"] + boot["findings"])
    expected = {frame: truth.expected(frame, True)[1] for frame in truth.frames}
    wanted = sorted((frame, finding) for frame, findings in expected.items() for finding in findings or [])
    assert [one for one in said if expected.get(one[0], []) is not None] == wanted


def seconds(number, decimals=1):
    return "-" if number is None else f"{number:.{decimals}f}"


def close(cell, number):
    """A cell with one decimal says this; it was rounded from nanoseconds, and the number from their sum."""
    return cell == "-" if number is None else abs(float(cell) - number) <= 0.0501


def assert_same(one, two):
    assert one.text == two.text
    for first, second in zip(one.files, two.files):
        assert first.read_text() == second.read_text()


@pytest.mark.parametrize("name", names())
def test_one_pass_tells_what_two_passes_tell(told, name):
    """Byte for byte, with a filter and without: a listener of ours must be drawn before Wireshark's tables."""
    assert_same(told(Truth(name).capture), told(Truth(name).capture, "-2"))


@pytest.mark.parametrize("name", sorted(path.name for path in RECORDED.glob("*.pcap*")))
def test_one_pass_tells_of_recordings_what_two_passes_tell(told, name):
    assert_same(told(RECORDED / name), told(RECORDED / name, "-2"))


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "reversed"])
def test_the_end_is_told_in_every_order_of_told(bench, order):
    """What only the last frame tells stands in each, whichever is drawn first (docs/development.md, Statistics)."""
    wanted = ["pvsboot,boots", "pvsboot,tree", "pvs,srt", "pvsboot,json"][::order]
    capture = SYNTHETIC / "synthetic-handoff-missing.pcapng"
    for alone in (wanted, wanted[:1]):
        text = bench.tshark(capture, "-q", *(word for one in alone for word in ("-z", one)))
        assert text.count("handoff.missing") >= len([one for one in alone if one != "pvs,srt"])


@pytest.mark.parametrize("name", names())
def test_table_and_json_agree(told, name):
    shown = told(Truth(name).capture, "-2")
    assert [int(row["Boot"]) for row in shown.rows] == [boot["boot"] for boot in shown.boots]
    for row, boot in zip(shown.rows, shown.boots):
        assert row["Target"] == (boot["target"] or "-")
        assert row["Address"] == (boot["addresses"][-1] if boot["addresses"] else "-")
        assert row["Outcome"] == boot["outcome"]["text"]
        assert row["Worst finding"] == (boot["worst"] or "-")
        assert row["Frame"] == str(boot["first_frame"])
        assert close(row["Start s"], boot["start"])
        if row["Total s"] != "-":
            assert close(row["Total s"], boot["handoff"]["time"] - boot["start"])
        for phase in (1, 2, 3, 4):
            parts = [one["end"] - one["start"] for one in boot["phases"] if one["phase"] == phase]
            assert close(row[f"Ph {phase} s"], sum(parts) if parts else None)
        assert close(row["Gap s"], boot["handoff"] and boot["handoff"]["gap"])
        stream = boot["stream"]
        reading = stream["bytes"] or any((one["phase"] or 0) >= 3 for one in boot["phases"])
        assert row["Reads"] == (str(stream["reads"]) if reading else "-")
        assert row["MB"] == (seconds(stream["bytes"] / 1e6) if reading else "-")
        assert row["Retries"] == (str(stream["retries"]) if reading else "-")
        rate = stream["open_bytes"] / 1e6 / stream["open_time"] if stream["open_time"] else None
        assert row["Read MB/s"] == (seconds(rate, 2) if reading else "-")


@pytest.mark.parametrize("name", names())
def test_worst_finding_is_the_gravest_and_the_first_among_equals(told, name):
    for boot in told(Truth(name).capture, "-2").boots:
        gravest = [one for one in boot["findings"] if one["severity"] == "fault"] or boot["findings"]
        first = min((one["frame"] for one in gravest), default=0)
        assert boot["worst"] in ({one["name"] for one in gravest if one["frame"] == first} or {None})
        counts = collections.Counter(one["name"] for one in boot["findings"])
        assert {one["name"]: one["count"] for one in boot["finding_counts"]} == counts


TABLE = (ROOT / "plugin" / "boot" / "diagnosis_table.h").read_text()


@pytest.mark.parametrize("name", names())
def test_json_tells_the_parts_of_a_findings_text(told, name):
    for boot in told(Truth(name).capture, "-2").boots:
        for one in boot["findings"]:
            whole = ". ".join(filter(None, (one["seen"], one["advice"])))
            assert one["text"] == whole or one["text"].endswith(" …") and whole.startswith(one["text"][:-2])
            assert one["seen"].startswith(one["title"])
            row = TABLE[TABLE.index(f'"{one["name"]}"'):].split("\n    X(")[0].replace('\\"', '"')
            assert f'"{one["title"]}"' in row


@pytest.mark.parametrize("name", names())
def test_tree_and_json_agree(told, name):
    shown = told(Truth(name).capture, "-2")
    outcomes = collections.Counter(boot["outcome"]["text"] for boot in shown.boots)
    phases = collections.Counter(boot["phases"][-1]["phase"] for boot in shown.boots)
    findings = collections.Counter(found for boot in shown.boots for found in {one["name"] for one in boot["findings"]})
    assert all(count > 0 for nodes in shown.tree.values() for count in nodes.values())
    in_tree = {parent: {node: count for node, count in nodes.items() if node} for parent, nodes in shown.tree.items()}
    assert in_tree.get("Outcome", {}) == outcomes
    assert {None if node == "not known" else int(node.split()[0]): count
            for node, count in in_tree.get("Phase reached", {}).items()} == phases
    assert in_tree.get("Boots with finding", {}) == findings
    assert shown.tree.get("Boots with finding", {"": 0})[""] == sum(bool(boot["findings"]) for boot in shown.boots)


def about(number):
    return pytest.approx(number, abs=1e-6)


@pytest.mark.parametrize("name", names())
def test_stream_adds_up(told, name):
    for boot in told(Truth(name).capture, "-2").boots:
        stream = boot["stream"]
        series, parts, servers = stream["series"], stream["parts"], stream["servers"]
        assert sum(point["reads"] for point in series) <= stream["reads"]
        assert sum(point["bytes"] for point in series) <= stream["bytes"]
        assert [point["start"] for point in series] == sorted({point["start"] for point in series})
        assert all(0 <= point["mean"] <= point["max"] for point in series)
        for part in parts + servers:
            assert part["time"] == about(part["server"] + part["transfer"])
        for member in ("reads", "bytes"):
            assert sum(part[member] for part in parts) == sum(server[member] for server in servers)
        assert sum(part["reads"] for part in parts) <= sum(point["reads"] for point in series)
        assert (stream["open_time"] or 0) <= sum(part["time"] for part in parts) + 1e-6
        assert sum(server["changes_to"] for server in servers) == sum(server["changes_from"] for server in servers)
        assert stream["stall_count"] == len(stream["stalls"])


def test_what_the_capture_does_not_show_is_a_dash(told):
    [row] = told(SYNTHETIC / "synthetic-boot-static.pcapng", "-2").rows
    assert row["Ph 1 s"] == "-"
    [row] = told(SYNTHETIC / "synthetic-bootstrap-error.pcapng", "-2").rows
    assert {row[column] for column in ("Ph 3 s", "Reads", "MB", "Read MB/s", "Retries", "Gap s", "Total s")} == {"-"}


def test_table_fits_200_characters(told):
    lines = [line for name in ("synthetic-two-boots", "synthetic-interleaved-40") for line in
             told(SYNTHETIC / f"{name}.pcapng").text.splitlines() if "|" in line]
    assert 150 < max(map(len, lines)) <= 200


@pytest.mark.parametrize("capture", [BOOT, TWO_BOOTS], ids=lambda capture: capture.stem)
def test_response_times_are_those_of_the_fields(bench, told, capture):
    rows = bench.fields(capture, ["pvs.read.time", "pvsboot.phase", "pvsboot.boot"], "-2")
    expected = collections.Counter((int(row["pvsboot.boot"]), int(row["pvsboot.phase"]))
                                   for row in rows if "pvs.read.time" in row)
    assert told(capture).read_times == expected
    for boot in told(capture).boots:
        assert sum(count for (number, _), count in expected.items() if number == boot["boot"]) == boot["stream"]["reads"]


def test_the_filter_of_a_row_of_response_times_finds_its_frames(bench, told):
    # Later versions also print the one of the listener.
    filter = min(re.findall(r"^Filter: (pvs.read .+)$", told(TWO_BOOTS).text, re.MULTILINE), key=len)
    rows = bench.fields(TWO_BOOTS, ["pvsboot.boot", "pvsboot.phase"], "-Y", f"{filter}==23")
    assert rows and all((row["pvsboot.boot"], row["pvsboot.phase"]) == ("2", "3") for row in rows)


def test_json_on_standard_output_is_one_document(bench, told):
    assert json.loads(bench.tshark(BOOT, "-2", "-q", "-z", "pvsboot,json")) == told(BOOT, "-2").document


def test_json_of_a_capture_without_boots(bench, validator):
    document = json.loads(bench.tshark(RECORDED / "ordinary-clients.pcapng", "-2", "-q", "-z", "pvsboot,json"))
    validator.validate(document)
    assert all(boot["certainty"] < 3 for boot in document["boots"])


def refusal(bench, statistic):
    """What tshark says of a -z that it refuses."""
    done = bench.run("tshark", "-n", "-r", bench.readable(BOOT), "-q", "-z", statistic, check=False)
    assert done.returncode != 0 and done.stdout == ""
    return done.stderr


def test_json_file_that_cannot_be_written_is_an_error(bench):
    assert "/nonexistent/boots.json" in refusal(bench, "pvsboot,json,/nonexistent/boots.json")


def test_json_overwrites_no_file_of_others(bench):
    capture = bench.readable(BOOT)
    others = {bench.scratch / "mine.pcapng": capture.read_bytes(), bench.scratch / "mine.json": b'{ "boots": [] }',
              bench.scratch / "mine.txt": b"{"}
    for path, content in others.items():
        path.write_bytes(content)
        path.chmod(0o666)
        assert "is not overwritten" in refusal(bench, f"pvsboot,json,{path}")
        assert path.read_bytes() == content


def test_json_overwrites_its_own_document_and_an_empty_file(bench, validator):
    path = bench.scratch / "again.json"
    path.write_bytes(b"")
    path.chmod(0o666)
    for capture, boots in ((TWO_BOOTS, 2), (BOOT, 1)): # the second document is the shorter one
        bench.tshark(capture, "-q", "-z", f"pvsboot,json,{path}")
        document = json.loads(path.read_text())
        validator.validate(document)
        assert len(document["boots"]) == boots


def test_json_takes_no_filter_for_a_file_and_leaves_no_file_when_it_refuses(bench):
    before = set(bench.scratch.iterdir())
    assert "pvsboot,json,,FILTER" in refusal(bench, "pvsboot,json,pvsboot.boot == 2")
    assert "Filter" in refusal(bench, "pvsboot,json,boots.json,nonsense ==")
    assert set(bench.scratch.iterdir()) - {bench.readable(BOOT)} == before - {bench.readable(BOOT)}
    document = json.loads(bench.tshark(TWO_BOOTS, "-q", "-z", "pvsboot,json,,pvsboot.boot == 2"))
    assert [boot["boot"] for boot in document["boots"]] == [2]


def test_each_statistic_of_one_kind_has_its_own_state(bench):
    files = [bench.scratch / f"own{number}.json" for number in (1, 2, 3)]
    wanted = [word for number, file in zip((1, 2, 3), files) for statistic in
              ("pvsboot,boots", "pvsboot,tree", f"pvsboot,json,{file}")
              for word in ("-z", f"{statistic},pvsboot.boot == {number}")]
    text = bench.tshark(TWO_BOOTS, "-q", *wanted)
    tables = re.split(r"(?m)^Filter for statistics: pvsboot.boot == ", text)[1:]
    assert [(int(table[0]), [row["Boot"] for row in table_rows(table)]) for table in tables] == \
        [(3, []), (2, ["2"]), (1, ["1"])] # what is named last is drawn first; there is no third boot
    assert [[boot["boot"] for boot in json.loads(file.read_text())["boots"]] for file in files] == [[1], [2], []]
    assert re.findall(r"(?m)^Outcome +(\d)", text) == ["1", "1"]


def test_many_findings_of_a_name_are_counted_and_the_first_hundred_are_written(bench, validator):
    """250 DISCOVERs that nobody answers: made of one of them, again and again, a second apart."""
    one = Truth("synthetic-discover-unanswered").capture
    single, many = bench.scratch / "one-discover.pcap", bench.scratch / "many-discovers.pcap"
    bench.run("tshark", "-r", bench.readable(one), "-Y", "pvsboot.step == 101", "-c", "1", "-F", "pcap", "-w", single)
    head, record = single.read_bytes()[:24], single.read_bytes()[24:]
    size = 16 + struct.unpack_from("<I", record, 8)[0]
    many.write_bytes(head + b"".join(struct.pack("<I", 1000 + i) + record[4:size] for i in range(250)))
    document = json.loads(bench.tshark(many, "-q", "-z", "pvsboot,json"))
    validator.validate(document)
    [boot] = document["boots"]
    written = collections.Counter(found["name"] for found in boot["findings"] + boot["milestones"])
    assert max(written.values()) == written["discover.retry"] == written["discover.broadcast_reply"] == 100
    counts = {found["name"]: found["count"] for found in boot["finding_counts"]}
    assert (boot["discovers"], counts["discover.retry"]) == (250, 249)


@pytest.mark.parametrize("phase", [1, 2, 3, 4])
def test_no_time_is_negative_where_the_clock_was_set_back(bench, validator, phase):
    """An hour, in the middle of each phase."""
    rows = bench.fields(BOOT, ["pvsboot.phase"])
    frames = [int(row["frame.number"]) for row in rows if row.get("pvsboot.phase") == str(phase)]
    before = bench.readable(BOOT)
    capture = bench.scratch / f"set-back-{phase}.pcap"
    bench.run("editcap", "-F", "pcap", before, capture)
    data, place = bytearray(capture.read_bytes()), 24
    for number in range(1, len(rows) + 1):
        second, _, size = struct.unpack_from("<III", data, place)
        if number >= frames[len(frames) // 2]:
            struct.pack_into("<I", data, place, second - 3600)
        place += 16 + size
    capture.chmod(0o666)
    capture.write_bytes(data)
    text = bench.tshark(capture, "-q", "-z", "pvsboot,boots", "-z", "pvs,srt", "-z", "pvsboot,json")
    document = json.loads(text[text.index("{"):text.rindex("}") + 1])
    validator.validate(document)
    assert not re.search(r"-\d", re.sub(r'"text": .*|"seen": .*', "", text).replace("10-77", ""))
    for boot in document["boots"]:
        assert all(one["start"] <= one["end"] for one in boot["phases"])


def test_a_filter_leaves_other_boots_out(bench):
    filtered = table_rows(bench.tshark(TWO_BOOTS, "-2", "-q", "-z", "pvsboot,boots,pvsboot.boot == 2"))
    assert filtered == table_rows(bench.tshark(TWO_BOOTS, "-2", "-q", "-z", "pvsboot,boots"))[1:]


def test_sharkd_lists_them_and_tells_the_same(bench, told):
    info, answer = Sharkd(bench, TWO_BOOTS).ask(
        ("info", {}), ("tap", {"tap0": "nstat:pvsboot,boots", "tap1": "stat:pvsboot", "tap2": "srt:pvs"}))
    assert "pvsboot" in [one["tap"].removeprefix("stat:") for one in info["stats"]]
    assert "nstat:pvsboot,boots" in [one["tap"] for one in info["nstat"]]
    assert "srt:pvs" in [one["tap"] for one in info["srt"]]
    taps = {tap["tap"]: tap for tap in answer["taps"]}
    shown = told(TWO_BOOTS, "-2")
    [table] = taps["nstat:pvsboot,boots"]["tables"]
    assert [[str(cell).strip() for cell in row] for row in table["i"]] == [list(row.values()) for row in shown.rows]
    outcome = next(node for node in taps["stats:pvsboot"]["stats"] if node["name"] == "Outcome")
    assert {node["name"]: node["count"] for node in outcome["sub"]} == {"reached BNIStack": 2}
    assert [len(table["r"]) for table in taps["srt:pvs"]["tables"]] == [4]
