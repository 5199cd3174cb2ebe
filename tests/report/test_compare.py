# test_compare.py
# Good against bad: where the difference lies, in one sentence, and what is no difference
#
# SPDX-License-Identifier: GPL-2.0-or-later

import struct
import sys

import pytest

from report_page import Page, words
from test_many_boots import boot, told_of
from truth import ROOT

sys.path.insert(0, str(ROOT / "tools" / "report.d"))


@pytest.fixture
def compared(tmp_path):
    def make(good, bad):
        from compare import comparison_of
        path = tmp_path / "page.html"
        path.write_text(comparison_of(told_of(good, bad, names=["good.pcapng", "bad.pcapng"])), encoding="utf-8")
        return Page(path)
    return make


def verdict(page):
    return words(page.root.get_element_by_id("verdict"))


def row(page, key):
    return [words(cell) for cell in page.root.get_element_by_id(f"step-{key}").findall("td")]


def reading(number, server=0.001, transfer=0.001, target=0.001, reads=900, logon=0.02, retries=0):
    """Single read mode is as long as its reads, and 0.2 s."""
    length = reads * (server + transfer + target) + 0.2
    one = boot(number, logon=logon, single_read=length, read_time=server + transfer)
    stream = one["stream"]
    stream["reads"], stream["retries"] = reads, retries
    stream["series"][0] |= {"reads": reads, "mean": server + transfer}
    stream["parts"] = [{"phase": 3, "reads": reads, "bytes": 327680, "time": reads * (server + transfer),
                        "server": reads * server, "transfer": reads * transfer, "target": reads * target, "pauses": 0.0}]
    return one


def many(count=10, **more):
    return [reading(number, **more) for number in range(1, count + 1)]


@pytest.mark.parametrize("bad, sentence", [
    # 2.9 s; 9 ms of reads instead of 2 make 900 * 0.010 + 0.2 = 9.2 s.
    ({"server": 0.008}, "Phase 3 is 3.2 times slower, 9.2 s for 2.9 s: the reads are, 9 ms for 2 ms, the server answers later, "
     "8 ms for 1 ms; the data is on its way as long as before, the target asks as fast as before; "
     "phases 1 and 2 as before."),
    ({"transfer": 0.008}, "Phase 3 is 3.2 times slower, 9.2 s for 2.9 s: the reads are, 9 ms for 2 ms, the data takes longer from "
     "its first datagram to its last (network, or the server's sending), 8 ms for 1 ms; the servers answer as before, "
     "the target asks as fast as before; phases 1 and 2 as before."),
    ({"target": 0.008}, "Phase 3 is 3.2 times slower, 9.2 s for 2.9 s: the target waits longer before it asks again, "
     "8 ms for 1 ms; phases 1 and 2 as before."),
    ({"reads": 2700}, "Phase 3 is 2.9 times slower, 8.3 s for 2.9 s: there are 2700 reads for 900, each as fast as before; "
     "phases 1 and 2 as before."),
    ({"logon": 5.0}, "Phase 2 is 250.0 times slower, 5 s for 20 ms; phases 1 and 3 as before."),
    ({}, "No phase differs by 5 % and 50 ms: both sides boot alike."),
    ({"logon": 0.06}, "No phase differs by 5 % and 50 ms: both sides boot alike."),   # three times, but 40 ms
    ({"server": 0.00105}, "No phase differs by 5 % and 50 ms: both sides boot alike."), # 45 ms, 2 %
])
def test_the_sentence_says_where_the_difference_lies(compared, bad, sentence):
    assert verdict(compared(many(), many(**bad))) == sentence


def test_the_better_side_may_be_the_second(compared):
    assert verdict(compared(many(server=0.008), many())).startswith(
        "Phase 3 is 3.2 times faster, 2.9 s for 9.2 s: the reads are, 2 ms for 9 ms, the server answers")


def test_steps_stand_next_to_each_other(compared):
    page = compared(many(), many(server=0.008))
    # Median of both sides, their ratio, 90th percentiles, boots that show it whole.
    assert row(page, "phase-3")[1:] == ["2.900", "9.200", "3.17", "2.900", "9.200", "10 / 10"]
    assert row(page, "phase-2")[1:] == ["0.020", "0.020", "no difference", "0.020", "0.020", "10 / 10"]
    assert row(page, "server")[1:4] == ["1.000", "8.000", "8.00"]
    assert not page.root.xpath("//*[@id='small']")


def test_medians_and_percentiles(compared):
    # 0.1, 0.2 ... 1.1 s: the middle one is 0.6, and nine of ten lie below 1.0.
    good = [boot(number, logon=number / 10) for number in range(1, 12)]
    bad = [boot(number, logon=number / 5) for number in range(1, 12)]
    assert row(compared(good, bad), "phase-2")[1:] == ["0.600", "1.200", "2.00", "1.000", "2.000", "11 / 11"]


def test_boots_that_no_longer_arrive_are_said_first(compared):
    bad = [boot(number, last_phase=2) for number in range(1, 11)]
    text = verdict(compared([boot(number) for number in range(1, 11)], bad))
    assert text == ("0 of 10 boots reached BNIStack, on the good side 10 of 10; new is \u201ccapture ended in phase 2\u201d; "
                    "phase 1 as before.") or text.startswith("0 of 10 boots reached BNIStack, on the good side 10 of 10; new is")


def test_small_samples_are_said_to_be_small(compared):
    page = compared(many(3), many(20))
    assert words(page.root.get_element_by_id("small")) == "The good side has 3 boots: fewer than 8, so chance weighs much."


def test_targets_on_both_sides_are_compared_with_themselves(compared):
    # Targets 1 to 10 against 6 to 15: 6 to 10 are on both.
    good, bad = many(10), [reading(number, server=0.008) for number in range(6, 16)]
    page = compared(good, bad)
    assert "5 targets are on both sides" in page.root.xpath("string(//section[@id='same'])")
    rows = {words(cells[0]): [words(cell) for cell in cells[1:]] for cells in
            (row.findall("td") for row in page.root.xpath("//table[starts-with(@class, 'pairs')]/tbody/tr"))}
    assert rows["Phase 3: single read mode"] == ["5", "5", "0", "0", "3.17"]
    assert rows["Phase 2: PVS logon"] == ["5", "0", "0", "5", "1.00"]


def test_nothing_to_compare_is_said(compared):
    assert verdict(compared([], many())) == "No phase is seen whole on both sides: there is nothing to compare."


def test_one_scale_for_all_timelines(compared):
    page = compared([boot(1, single_read=2.7)], [boot(1, single_read=6.2)])
    widths = []
    for chart in page.root.xpath("//section[@id='timeline']//svg"):
        [path] = chart.xpath(".//g[contains(@id, 'b1p3')]/path")
        xs = [float(x) for x in path.get("d").split()[1::3]]
        widths.append(max(xs) - min(xs))
    assert widths[1] / widths[0] == pytest.approx(6.2 / 2.7, rel=0.01)


def test_real_captures(report, tmp_path):
    """The same boots, and from 1.5 s on each pause between frames 2.5 times as long."""
    import subprocess
    subprocess.run([ROOT / "tools" / "make-captures", "--targets", "10", "--reads", "40", "-o", tmp_path / "good.pcap"],
                   check=True, capture_output=True, timeout=120)
    data = (tmp_path / "good.pcap").read_bytes()
    stretched, place, first = bytearray(data[:24]), 24, None
    while place < len(data):
        second, part, length, whole = struct.unpack("<IIII", data[place:place + 16])
        time = second * 10 ** 9 + part
        first = first or time
        late = max(time - first - 1_500_000_000, 0)
        second, part = divmod(time + 3 * late // 2, 10 ** 9)
        stretched += struct.pack("<IIII", second, part, length, whole) + data[place + 16:place + 16 + length]
        place += 16 + length
    (tmp_path / "bad.pcap").write_bytes(stretched)
    report("-o", tmp_path / "page.html", "--compare", tmp_path / "good.pcap", "--against", tmp_path / "bad.pcap")
    page = Page(tmp_path / "page.html")
    assert verdict(page).startswith("Phase 3 is ") and "the pause before the hand-off is" in verdict(page)
    assert verdict(page).endswith("phases 1 and 2 as before.")
    both = page.root.xpath("string(//section[@id='same'])")
    assert "10 targets are on both sides" in both
