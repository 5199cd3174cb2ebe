# test_many_boots.py
# Medians, who is far from them, and charts, for more boots than a test capture holds
#
# The documents here are made by hand, in the form of docs/boots.schema.json.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import base64
import copy
import csv
import io
import json
import sys
import zlib

import jsonschema
import lxml.html
import pytest

from report_page import Page
from truth import ROOT

sys.path.insert(0, str(ROOT / "tools" / "report.d"))


def boot(number, logon=0.02, single_read=3.0, start=0.0, read_time=0.002, last_phase=4):
    """A boot that is 1 s in phase 1, logon in 2, single_read in 3, and 1 s in 4 (or ends in an earlier phase)."""
    lengths = [1.0, logon, single_read, 1.0][:last_phase]
    edges = [start]
    for length in lengths:
        edges.append(edges[-1] + length)
    phases = [{"phase": index + 1, "frame": 10 * number + index, "start": edges[index], "end": edges[index + 1]}
              for index in range(last_phase)]
    streams = last_phase >= 3
    series = [{"start": float(int(edges[2])), "reads": 10, "bytes": 327680, "mean": read_time, "max": 2 * read_time}] \
        if streams else []
    handed_off = last_phase == 4
    return {"boot": number, "target": f"02:50:56:00:{number >> 8:02x}:{number & 255:02x}", "addresses": [],
            "certainty": 3, "first_frame": 10 * number, "start": start, "end": edges[-1], "phases": phases,
            "milestones": [], "findings": [], "worst": None, "discovers": 1, "bootstraps": [],
            "phase_count": last_phase, "bootstrap_count": 0, "logon": None,
            "stream": {"reads": 10 if streams else 0, "bytes": 327680 if streams else 0, "retries": 0, "slow": 0,
                       "time": 1.0 if streams else None, "open_time": None, "open_bytes": None, "last": None, "parts": [],
                       "servers": [], "stalls": [], "stall_count": 0, "series": series},
            "handoff": {"frame": 10 * number + 3, "time": edges[3], "gap": 0.5, "evidence": ["arp"]} if handed_off
            else None,
            "outcome": {"kind": "reached_bnistack" if handed_off else "capture_ended", "phase": last_phase,
                        "finding": None, "title": None,
                        "text": "reached BNIStack" if handed_off else f"capture ended in phase {last_phase}"}}


def told_of(*sides, names=None):
    """What tools/report keeps of documents: one capture for each list of boots."""
    from capture_files import CaptureFile
    from joining import Group
    from read_group import shortened
    from told import Told
    schema = json.loads((ROOT / "docs" / "boots.schema.json").read_text())
    groups, answers = [], []
    for side, boots in enumerate(sides):
        boots = copy.deepcopy(boots)
        for one in boots:
            one["finding_counts"] = counts_of(one["findings"])
        document = {"generator": "pvsboot test", "boots": boots, "boots_forgotten": 0, "end": None}
        jsonschema.Draft202012Validator(schema).validate(document)
        group = Group([CaptureFile("/made.pcapng", names[side] if names else "made.pcapng", frames=1)])
        group.side, group.problem = side, None
        groups.append(group)
        lines = "".join(json.dumps(shortened(one)) + "\n" for one in boots)
        answers.append({"generator": "pvsboot test", "count": len(boots), "boots": zlib.compress(lines.encode()),
                        "forgotten": 0, "end": None, "problem": None})
    return Told([group.files[0] for group in groups], groups, answers, False)


def counts_of(findings):
    counts = {}
    for one in findings:
        counts.setdefault(one["name"], {key: one[key] for key in ("name", "severity", "title", "advice")} | {"count": 0})
        counts[one["name"]]["count"] += 1
    return list(counts.values())


@pytest.fixture
def page_of_boots(tmp_path):
    def make(boots, everything=True):
        from page import page_of
        path = tmp_path / "page.html"
        path.write_text(page_of(told_of(boots), everything), encoding="utf-8")
        return Page(path)
    return make


def logons(*times):
    return [boot(number, logon=time) for number, time in enumerate(times, 1)]


def row_of(page, measure):
    [row] = [row for row in page.root.xpath("//table[@class='medians']/tbody/tr") if measure in row.text_content()]
    return [cell.text_content() for cell in row.findall("td")]


def test_the_median_and_who_is_far(page_of_boots):
    # Sorted: 10 11 12 13 14 15 16 17 90 ms. Quartiles 12 and 16, so the fences are 6 and 22.
    page = page_of_boots(logons(0.013, 0.010, 0.090, 0.012, 0.011, 0.014, 0.017, 0.015, 0.016))
    assert row_of(page, "Phase 2")[1:] == ["9", "0.014", "0.012 to 0.016", "0.006 to 0.022", "1 boot"]
    assert page.far() == {"phase-2": ["c1b3"]}
    [row] = page.root.xpath("//table[@id='far-phase-2']/tbody/tr")
    assert [cell.text_content() for cell in row.findall("td")][2:] == ["0.090", "+0.076"]


def test_a_boot_on_the_fence_is_not_far(page_of_boots):
    assert page_of_boots(logons(0.13, 0.10, 0.22, 0.12, 0.11, 0.14, 0.17, 0.15, 0.16)).far() == {}
    assert page_of_boots(logons(0.13, 0.10, 0.221, 0.12, 0.11, 0.14, 0.17, 0.15, 0.16)).far() == {"phase-2": ["c1b3"]}


def test_a_shorter_phase_is_far_too(page_of_boots):
    page = page_of_boots(logons(0.113, 0.110, 0.002, 0.112, 0.111, 0.114, 0.117, 0.115, 0.116))
    assert page.far() == {"phase-2": ["c1b3"]}


def test_of_seven_boots_nobody_is_far(page_of_boots):
    page = page_of_boots(logons(0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 9))
    assert page.far() == {}
    assert row_of(page, "Phase 2")[1:] == ["7", "0.010", "\u2013", "\u2013", "too few boots to say"]


def test_what_is_not_seen_whole_is_not_compared(page_of_boots):
    """Nine boots, but of two the capture ends in the logon: it took at least 9 s, and who knows how long."""
    boots = logons(*[0.01] * 7) + [boot(number, logon=9.0, last_phase=2) for number in (8, 9)]
    page = page_of_boots(boots)
    assert row_of(page, "Phase 1")[1] == "9" and row_of(page, "Phase 2")[1] == "7"
    assert page.far() == {}


@pytest.mark.parametrize("other, far", [
    (0.0103, False), (0.059, False), (0.061, True),  # 50 ms
])
def test_a_small_difference_makes_nobody_far(page_of_boots, other, far):
    assert bool(page_of_boots(logons(*[0.01] * 9, other)).far()) == far


@pytest.mark.parametrize("other, far", [(10.3, False), (10.51, True)])  # 5 %
def test_a_small_share_makes_nobody_far(page_of_boots, other, far):
    assert bool(page_of_boots(logons(*[10.0] * 9, other)).far()) == far


def test_reads_are_far_by_what_they_make_in_a_boot(page_of_boots):
    # Ten reads each: 4 ms more are 40 ms in a boot, 6 ms more are 60.
    for more, far in ((0.004, {}), (0.006, {"read": ["c1b10"]})):
        boots = [boot(number, read_time=0.002) for number in range(1, 10)] + [boot(10, read_time=0.002 + more)]
        assert page_of_boots(boots).far() == far


def test_hundreds_of_boots_stay_readable(page_of_boots):
    """Charts that fit on a sheet, every boot once, in the order of their first frames, and no row too low to read."""
    page = page_of_boots([boot(number, start=number / 10) for number in range(1, 331)])
    charts = page.root.xpath("//section[@id='timeline']//svg")
    bars = [[bar.get("id") for bar in chart.xpath(".//g[@id]")] for chart in charts]
    assert [len(chart) for chart in bars] == [0] + [4 * 50] * 6 + [4 * 30]
    assert [one for chart in bars for one in chart] == [f"c1b{number}p{phase}" for number in range(1, 331)
                                                        for phase in range(1, 5)]
    for chart in charts[1:]:
        _, _, width, height = map(float, chart.get("viewbox").split())
        assert width == 1000 and height < 1.3 * width
        labels = [text for text in chart.xpath(".//text") if "02:50:56" in text.text]
        assert len(labels) >= 30
    assert len(page.root.xpath("//section[@id='reads']//svg")) == 1  # all together, nobody is far


def test_of_many_boots_those_that_are_far_are_drawn(page_of_boots):
    boots = [boot(number, read_time=0.002 + number / 1e5) for number in range(1, 31)]
    boots += [boot(number, read_time=1.0 + number) for number in range(31, 39)]
    page = page_of_boots(boots)
    assert page.far() == {"read": [f"c1b{number}" for number in range(38, 30, -1)]}
    drawn = [figure.text_content() for figure in page.root.xpath("//section[@id='reads']//figure/figcaption")]
    assert drawn[0].startswith("All 38 boots") and drawn[1:] == [f"boot {number}, 02:50:56:00:00:{number:02x}"
                                                                 for number in range(38, 32, -1)]
    assert "8 boots in the charts above are far from a median; the 6 farthest are drawn" in page.root.text_content()


def test_boots_hours_apart_begin_together(page_of_boots):
    page = page_of_boots([boot(1), boot(2, start=7200.0)])
    [chart] = page.root.xpath("//section[@id='timeline']//svg")
    lefts = [path_left(chart, f"c1b{number}p1") for number in (1, 2)]
    assert lefts[0] == pytest.approx(lefts[1], abs=0.1)
    assert "These boots lie far apart" in page.root.text_content()


def test_a_long_phase_4_leaves_room_for_the_others(page_of_boots):
    late = boot(1)
    late["phases"][3]["end"] = late["end"] = 30000.0
    page = page_of_boots([late])
    [chart] = page.root.xpath("//section[@id='timeline']//svg")
    # Phases 1 to 3 take 4.02 s of the 5.025 s that are shown: four fifths of 810 pixels.
    assert path_left(chart, "c1b1p4") - path_left(chart, "c1b1p1") == pytest.approx(0.8 * 810, abs=1)
    assert "Phase 4 goes on beyond the right edge" in page.root.text_content()


def path_left(chart, identity):
    [path] = chart.xpath(f".//g[@id='{identity}']/path")
    return min(float(x) for x in path.get("d").split()[1::3])


def test_a_page_is_html_that_closes_what_it_opens(page_of_boots, tmp_path):
    page_of_boots([boot(number) for number in range(1, 14)])
    parser = lxml.html.HTMLParser(recover=True)
    root = lxml.html.parse(str(tmp_path / "page.html"), parser).getroot()
    identities = root.xpath("//@id")
    assert len(identities) == len(set(identities))
    assert all(target.removeprefix("#") in identities for target in root.xpath("//a/@href[starts-with(., '#')]"))


def found(name, severity, frame):
    return {"name": name, "severity": severity, "frame": frame, "time": 0.5, "text": "seen; do", "title": "A title",
            "seen": "seen", "advice": "do", "known": "at once"}


def test_a_worst_finding_that_stands_nowhere_is_named_and_leads_nowhere(page_of_boots):
    strange, plain = boot(1), boot(2)
    strange["worst"] = "arp.conflict"
    page = page_of_boots([strange, plain])
    [row] = [row for row in page.root.xpath("//table[starts-with(@class, 'boots')]/tbody/tr") if "arp.conflict" in row.text_content()]
    assert row.xpath(".//a") == []


def test_of_a_finding_on_many_frames_a_hundred_are_named(page_of_boots, tmp_path):
    many = boot(1)
    many["findings"] = [found("read.retry", "symptom", frame) for frame in range(1, 20001)]
    many["worst"] = "read.retry"
    page = page_of_boots([many])
    assert [frame for _, _, frame in page.findings()] == list(range(1, 101))
    [article] = page.root.xpath("//section[@id='findings']/article")
    told = " ".join(article.text_content().split())
    assert "20000 frames" in told
    assert "and 19 997 more, in the frames 4, 5," in told and "100 and 19 900 more" in told
    assert (tmp_path / "page.html").stat().st_size < 200_000


def test_many_boots_alike_are_one_line(page_of_boots):
    boots = [boot(number, single_read=3.0 + number / 1000) for number in range(1, 292)]
    boots += [boot(number, last_phase=2) for number in (292, 293)] + [boot(294, single_read=9.0)]
    page = page_of_boots(boots, everything=False)
    # Phases 1 to 3 take 1 s, 0.02 s and 3.001 to 3.291 s.
    [line] = page.root.xpath("//section[@id='outcomes']//p[starts-with(@class, 'alike')]")
    assert "291 boots reached BNIStack in 4.0 to 4.3 s" in line.text_content()
    assert sorted(page.boots("made.pcapng")) == [292, 293, 294]
    assert "294" in page.root.xpath("string(//table[starts-with(@class, 'streams')])")
    labels = page.root.xpath("//section[@id='timeline']//svg//text[contains(., 'boots alike')]")
    assert len(labels) == 1
    whole = page_of_boots(boots, everything=True)
    assert sorted(whole.boots("made.pcapng")) == list(range(1, 295))


def test_boots_with_other_findings_are_not_alike(page_of_boots):
    boots = [boot(number) for number in range(1, 21)]
    boots[4]["findings"], boots[4]["worst"] = [found("read.slow", "symptom", 50)], "read.slow"
    page = page_of_boots(boots, everything=False)
    assert list(page.boots("made.pcapng")) == [5]


def table_of(page, kind):
    [link] = [link for link in page.root.xpath("//p[@class='take']/a") if link.text == kind]
    return base64.b64decode(link.get("href").split("base64,")[1]).decode()


def test_the_page_offers_its_data(page_of_boots):
    boots = [boot(number) for number in range(1, 21)]
    boots[2]["bootstraps"] = []
    boots[0]["target"] = None
    boots[0]["addresses"] = ["10.0.0.1"]
    page = page_of_boots(boots, everything=False)
    rows = list(csv.DictReader(io.StringIO(table_of(page, "CSV"))))
    assert [row["boot"] for row in rows] == [str(number) for number in range(1, 21)]
    assert (rows[1]["target"], rows[1]["phase_3"], rows[1]["outcome"]) == ("02:50:56:00:00:02", "3.0", "reached BNIStack")
    told = json.loads(table_of(page, "JSON"))
    assert told[1]["read_time"] == 0.002 and told[0]["target"] is None


def test_a_formula_in_a_name_is_text_for_a_spreadsheet(page_of_boots):
    from page import cell
    assert cell("=1+1") == "'=1+1" and cell("boot") == "boot" and cell(-1.5) == -1.5


def frozen(number):
    """In BNIStack for 1 s, then nothing: the last frames are unanswered requests, 12 s long."""
    one = boot(number)
    start = one["end"]
    one["phases"][3]["end"] = one["end"] = start + 12
    one["findings"] = [{**found("stream.stalled", "fault", 99), "time": start + 11.5}]
    one["worst"] = "stream.stalled"
    return one


def test_a_boot_that_froze_is_not_green_and_its_silence_is_drawn(page_of_boots):
    page = page_of_boots([frozen(1), boot(2)])
    rows = page.boots("made.pcapng")
    assert (rows[1]["severity"], rows[1]["Outcome"]) == ("fault", "reached BNIStack, then froze")
    assert (rows[2]["severity"], rows[2]["Outcome"]) == ("good", "reached BNIStack")
    titles = [title.text for title in page.root.xpath("//section[@id='timeline']//svg//title")]
    assert any(title.startswith("Silence: no read data from 4.020 s to 17.020 s") for title in titles)
    assert page.root.xpath("//section[@id='reads']//svg//text[.='silence']")


def test_a_stall_after_which_reads_went_on_is_no_freeze(page_of_boots):
    one = frozen(1)
    one["stream"]["series"].append({"start": 17.0, "reads": 1, "bytes": 4096, "mean": 0.001, "max": 0.001})
    assert page_of_boots([one]).boots("made.pcapng")[1]["severity"] == "good"


def test_boxes_show_no_time_below_zero(page_of_boots):
    # Quartiles 0.1 and 1.1: the lower fence would be at -1.4 s.
    page = page_of_boots(logons(*[0.1] * 4, *[1.1] * 4, 0.6))
    [chart] = page.root.xpath("//section[@id='medians']//svg")
    assert not [text.text for text in chart.xpath(".//text") if (text.text or "").strip().startswith(("-", "\u2212"))]


def with_server(number, address, read_time, retries=0, changes=0):
    one = boot(number, read_time=read_time)
    one["stream"]["servers"] = [{"address": address, "reads": 10, "bytes": 327680, "time": 10 * read_time,
                                 "server": 8 * read_time, "transfer": 2 * read_time, "retries": retries,
                                 "changes_to": changes, "changes_from": 0}]
    return one


def test_a_slow_server_stands_first(page_of_boots):
    page = page_of_boots([with_server(1, "10.0.0.1", 0.002), with_server(2, "10.0.0.2", 0.050, 3, 1),
                          with_server(3, "10.0.0.1", 0.003)])
    rows = [[cell.text_content() for cell in row] for row in page.root.xpath("//section[@id='servers']//tbody/tr")]
    assert rows == [["10.0.0.2", "1", "10", "0.328", "50.000", "40.000", "10.000", "3", "1", "0"],
                    ["10.0.0.1", "2", "20", "0.655", "2.500", "2.000", "0.500", "0", "0", "0"]]


def test_the_plugin_says_where_a_silence_is(page_of_boots):
    one = frozen(1)
    one["stream"]["stalls"], one["stream"]["stall_count"] = [{"frame": 98, "phase": 4, "start": 5.5, "end": None}], 1
    page = page_of_boots([one])
    titles = [title.text for title in page.root.xpath("//section[@id='timeline']//svg//title")]
    assert any(title.startswith("Silence: no read data from 5.500 s to 17.020 s") for title in titles)
    one["stream"]["stalls"][0]["end"] = 7.0
    assert page_of_boots([one]).boots("made.pcapng")[1]["severity"] == "good"
