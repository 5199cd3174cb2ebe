# test_truth_in_page.py
# The report of every capture tells its ground truth, and agrees with the table of boots
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from report_page import Page, words
from one_run import table_rows
from truth import RECORDED, SYNTHETIC, WITH_FAULTS, Truth, names

CERTAINTIES = {1: "Possible", 2: "PXE boot", 3: "PVS boot"}
# Normal steps of a boot: no findings.
MILESTONES = {"discover.broadcast_reply", "discover.unicast_reply", "bootstrap.downloaded", "logon.started",
              "logon.redirected", "stream.started", "handoff.seen"}
# The ground truth's word for an outcome: how the page marks it, and how its sentence begins.
OUTCOMES = {"reached_bnistack": ("good", "reached BNIStack"), "not_handed_off": ("open", "streaming, not handed off"),
            "capture_ended": ("open", "capture ended in phase "), "stopped": ("fault", "stopped in phase "),
            "froze": ("fault", "reached BNIStack, then froze"), "other_system": ("fault", "did not boot from PVS"),
            "running": ("open", "was running before the capture"),
            "handoff_without_stream": ("open", "the hand-off began, and ")}
RECORDINGS = sorted(RECORDED.glob("*.pcapng"))


@pytest.fixture(scope="session")
def page(page_file):
    """One report on all captures, each for itself."""
    return Page(page_file("--all", "--join", "never", "--", *(Truth(name).capture for name in names()), *RECORDINGS))


def test_every_capture_is_named_in_the_order_given(page):
    assert list(page.captures) == [Truth(name).capture.name for name in names()] + [path.name for path in RECORDINGS]


@pytest.fixture(scope="session")
def titles(page):
    """The title of each finding, as its own section has it."""
    return {article.get("id"): words(article.find("h3")).split(" ", 1)[1]
            for article in page.root.xpath("//section[@id='findings']/article")}


@pytest.mark.parametrize("name", names())
def test_boots_and_outcomes_are_those_of_the_ground_truth(page, titles, name):
    truth = Truth(name)
    shown = page.boots(truth.capture.name)
    assert sorted(shown) == sorted(boot["boot"] for boot in truth.boots)
    for boot in truth.boots:
        row, outcome = shown[boot["boot"]], boot.get("outcome")
        if "target" in boot:
            assert row["Target"] == (boot["target"] or "\u2013")
        if boot["target_ip"]:
            assert boot["target_ip"] in row["addresses"]
        assert row["Certainty"] == CERTAINTIES[boot["certainty"]]
        if "phases" in boot:
            shown_phases = [phase for phase in (1, 2, 3, 4) if row[f"Phase {phase} s"] != "\u2013"]
            assert shown_phases == sorted(set(boot["phases"]) - {None})
        if outcome:
            severity, sentence = OUTCOMES[outcome["kind"]]
            # Where a fault is the reason, it is marked as one.
            assert row["severity"] == ("fault" if outcome["finding"] else severity)
            assert row["Outcome"].startswith(sentence)
            if outcome["kind"] in ("capture_ended", "stopped"):
                assert row["Outcome"].startswith(f"{sentence}{outcome['phase']}")
            if outcome["finding"] and outcome["kind"] in ("stopped", "other_system"):
                assert titles[outcome["finding"]] in row["Outcome"]


@pytest.fixture(scope="session")
def told(page):
    """What the page tells, by the anchor of the boot."""
    by_boot = {}
    for anchor, finding, frame in page.findings():
        by_boot.setdefault(anchor, []).append((frame, finding))
    return by_boot


@pytest.mark.parametrize("name", names())
def test_findings_and_their_frames_are_those_of_the_ground_truth(page, told, name):
    truth = Truth(name)
    shown = [found for row in page.boots(truth.capture.name).values() for found in told.get(row["anchor"], [])]
    expected = {frame: truth.expected(frame, True)[1] for frame in truth.frames}
    wanted = sorted((frame, finding) for frame, findings in expected.items()
                    for finding in set(findings or []) - MILESTONES)
    assert sorted(found for found in shown if expected.get(found[0], []) is not None) == wanted


@pytest.mark.parametrize("capture", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_boot_shows_what_its_server_sent(page, told, capture):
    facts = json.loads(capture.with_suffix(".facts.json").read_text())
    clients = facts["facts"]["clients"]
    rows = page.boots(capture.name)
    assert {row["Target"] for row in rows.values()} <= set(clients)
    downloads = page.downloads(capture.name)
    for client in clients.values():
        for transfer in client.get("transfers", []):
            if transfer["complete"]:
                assert (transfer["file"], str(transfer["bytes"])) in downloads
    if capture.stem not in WITH_FAULTS:
        assert not [found for row in rows.values() for found in told.get(row["anchor"], [])]


def test_the_recorded_flag_filter_is_named_on_its_frames(page, told):
    facts = json.loads((RECORDED / "flag-filter.facts.json").read_text())
    silent = [frame["frame"] for frame in facts["frames"]
              if frame.get("dhcp") == "discover" and not frame["broadcast"] and not frame.get("answered_in")]
    rows = page.boots("flag-filter.pcapng").values()
    shown = [frame for row in rows for frame, finding in told.get(row["anchor"], [])
             if finding == "discover.flag_decides"]
    assert sorted(shown) == silent


@pytest.mark.parametrize("name", ["three-boots", "interleaved-40", "boot", "boot-static", "read-retry", "midstream",
                                  "discover-secs-zero", "handoff-nothing-streamed", "behind-router", "boot-ipv6"])
def test_the_page_agrees_with_the_table_of_boots(bench, page, name):
    capture = SYNTHETIC / f"synthetic-{name}.pcapng"
    table = table_rows(bench.tshark(capture, "-2", "-q", "-z", "pvsboot,boots"))
    shown = page.boots(capture.name)
    assert len(table) == len(shown)
    for row in table:
        mine = shown[int(row["Boot"])]
        for column in ("Target", "Worst finding"):
            assert mine[column].replace("\u2013", "-") == row[column]
        # The page tells the finding's title.
        assert mine["Outcome"].split(":")[0] == row["Outcome"].split(" because of ")[0].split(":")[0]
        for phase in (1, 2, 3, 4):
            seconds, in_table = mine[f"Phase {phase} s"].replace("\u2013", "-"), row[f"Ph {phase} s"]
            if "-" in (seconds, in_table):
                assert seconds == in_table
            else: # the table has one decimal
                assert float(seconds) == pytest.approx(float(in_table), abs=0.0511)


def test_a_capture_without_boots_says_so(page):
    assert "No boot: no target's DHCP" in page.captures["ordinary-clients.pcapng"].text_content()
    assert page.boots("ordinary-clients.pcapng") == {}


def test_what_a_capture_does_not_contain_is_said(page):
    said = page.captures["synthetic-midstream.pcapng"].text_content()
    assert "The beginning of 1 boot: the target was running before, and its phase is not known" in said
    said = page.captures["synthetic-sliced-96.pcapng"].text_content()
    assert "What lies behind the first 96 bytes of a frame" in said
    assert not page.captures["relay.pcapng"].xpath(".//li[contains(., 'of a frame')]")
    assert not page.captures["synthetic-boot.pcapng"].xpath(".//*[@class='missing']")
