# test_agreement.py
# One answer everywhere: filters, -T fields, -T json, columns, taps, one pass, two passes and sharkd
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from truth import SYNTHETIC, Truth

BOOT = SYNTHETIC / "synthetic-boot.pcapng"


@pytest.fixture(scope="module")
def phase_4():
    return sorted(frame for frame, row in Truth("synthetic-boot").frames.items() if row["phase"] == 4)


def numbers(text):
    return [int(line.split()[0]) for line in text.splitlines()]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_the_filter_for_phase_4_gives_its_frames(bench, phase_4, passes):
    assert numbers(bench.tshark(BOOT, *passes, "-Y", "pvsboot.phase == 4")) == phase_4
    by_name = bench.tshark(BOOT, *passes, "-Y", 'pvsboot.phase == "BNIStack"', "-T", "fields", "-e", "frame.number")
    assert numbers(by_name) == phase_4


def test_a_read_filter_needs_the_first_pass_only(bench, phase_4):
    assert numbers(bench.tshark(BOOT, "-2", "-R", "pvsboot.phase == 4")) == list(range(1, len(phase_4) + 1))


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_fields_give_the_same_frames(bench, phase_4, passes):
    rows = bench.fields(BOOT, ["pvsboot.phase", "pvsboot.target"], *passes)
    assert [int(row["frame.number"]) for row in rows if row.get("pvsboot.phase") == "4"] == phase_4
    assert {row["pvsboot.target"] for row in rows} == {"02:50:56:97:00:01"}


def test_only_the_asked_field_is_enough(bench, phase_4):
    """A field of the post-dissector must not depend on another one being asked for."""
    lines = bench.tshark(BOOT, "-T", "fields", "-e", "pvsboot.phase").splitlines()
    assert [number for number, phase in enumerate(lines, 1) if phase == "4"] == phase_4


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_json_gives_the_same_frames(bench, phase_4, passes):
    packets = json.loads(bench.tshark(BOOT, *passes, "-T", "json"))
    layers = [packet["_source"]["layers"] for packet in packets]
    assert [int(layer["frame"]["frame.number"]) for layer in layers
            if layer["pvsboot"]["pvsboot.phase"] == "4"] == phase_4


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_a_custom_column_gives_the_same_frames(bench, phase_4, passes):
    columns = 'gui.column.format:"No.","%m","Phase","%Cus:pvsboot.phase:0:U"'
    lines = [line.split() for line in bench.tshark(BOOT, *passes, "-o", columns).splitlines()]
    assert [int(line[0]) for line in lines if line[1:] == ["4"]] == phase_4


def test_a_tap_filter_counts_the_same_frames(bench, phase_4):
    table = bench.tshark(BOOT, "-q", "-z", "io,stat,0,pvsboot.phase==4")
    row = next(line for line in table.splitlines() if "<>" in line)
    assert int(row.split("|")[2]) == len(phase_4)


def test_the_info_column_names_the_step_and_can_be_silenced(bench):
    loud = bench.tshark(BOOT, "-Y", "frame.number == 1")
    assert loud.rstrip().endswith("[PXE 1.1 DHCP Discover]")
    assert "  [P" not in bench.tshark(BOOT, "-o", "pvsboot.info_column:FALSE")


class Sharkd:
    def __init__(self, bench, capture):
        self.bench, self.capture = bench, capture

    def ask(self, *requests):
        """Loads the capture, asks, and returns the results in order."""
        load = ("load", {"file": str(self.bench.readable(self.capture))})
        return self.bench.sharkd(load, *requests)[1:]


def test_sharkd_gives_what_tshark_gives(bench):
    names = ["pvsboot.boot", "pvsboot.phase", "pvsboot.step", "pvsboot.target_ip", "pvs.kind"]
    columns = {f"column{index}": f"{name}:0" for index, name in enumerate(names)}
    [frames] = Sharkd(bench, BOOT).ask(("frames", columns))
    by_sharkd = [[frame["num"], *frame["c"]] for frame in frames]
    format = ",".join(['"No.","%m"', *(f'"{name}","%Cus:{name}:0:R"' for name in names)])
    lines = bench.tshark(BOOT, "-2", "-T", "tabs", "-o", f"gui.column.format:{format}").splitlines()
    by_tshark = [[int(number), *cells] for number, *cells in (line.split("\t") for line in lines)]
    assert by_sharkd == by_tshark


def test_sharkd_filters_and_knows_the_table_of_boots(bench, phase_4):
    filtered, table = Sharkd(bench, BOOT).ask(("frames", {"filter": "pvsboot.phase == 4"}),
                                              ("tap", {"tap0": "nstat:pvsboot,boots"}))
    assert [frame["num"] for frame in filtered] == phase_4
    assert "02:50:56:97:00:01" in json.dumps(table) and "reached BNIStack" in json.dumps(table)


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_the_table_of_boots_tells_target_address_and_outcome(bench, passes):
    text = bench.tshark(SYNTHETIC / "synthetic-two-boots.pcapng", *passes, "-q", "-z", "pvsboot,boots")
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if "|" in line]
    rows = [dict(zip(lines[0], cells)) for cells in lines[1:]]
    shown = [[row[name] for name in ("Boot", "Target", "Address", "Outcome")] for row in rows]
    assert shown == [["1", "02:50:56:97:00:01", "10.77.1.21", "reached BNIStack"],
                     ["2", "02:50:56:97:00:01", "10.77.1.21", "reached BNIStack"]]
