# test_walk_through.py
# docs/walk-through.md: its commands run, and say what it quotes; tests/gui takes its pictures
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "walk-through.md").read_text()
IMAGES = ROOT / "docs" / "images"
COMMANDS = re.findall(r"^tshark .*$", DOCUMENT, re.MULTILINE)


@pytest.fixture(scope="module")
def said(bench):
    """What the commands of the document print, in a folder with its captures."""
    captures = bench.scratch / "test-captures" / "synthetic"
    captures.mkdir(parents=True)
    for name in set(re.findall(r"synthetic-[\w-]+\.pcapng", DOCUMENT)):
        shutil.copyfile(ROOT / "test-captures" / "synthetic" / name, captures / name)
    return {command: bench.run("sh", "-euc", command).stdout for command in COMMANDS}


def test_commands(said):
    boots = [text for command, text in said.items() if "pvsboot,boots" in command]
    assert len(COMMANDS) == 4 and len(boots) == 2
    assert "stopped in phase 2 because of logon.unanswered" in boots[0]
    assert re.search(r"reached BNIStack .*\| +1\.9 \| +0\.0 \| +13\.1 \|", boots[1])


def test_quoted_findings(said):
    quotes = [" ".join(quote.replace(">", " ").split()) for quote in
              re.findall(r"^> (?:.*\n> )*.*$", DOCUMENT, re.MULTILINE)]
    assert len(quotes) == 2
    for quote in quotes:
        assert any(quote in text for text in said.values()), quote


def test_facts_of_the_failed_boot(bench):
    """The frames that the text names."""
    capture = ROOT / "test-captures" / "synthetic" / "synthetic-logon-unanswered.pcapng"
    rows = bench.fields(capture, ["pvsboot.step", "ip.src", "ip.dst"], "-Y", "tftp || pvs")
    first_logon = next(row for row in rows if row["pvsboot.step"] == "203")
    assert (first_logon["frame.number"], first_logon["ip.dst"]) == ("21", "10.77.0.10")
    download = [int(row["frame.number"]) for row in rows if int(row["frame.number"]) < 21]
    assert (download[0], download[-1]) == (9, 20)
    assert {row["ip.src"] for row in rows if int(row["frame.number"]) < 21} == {"10.77.0.10", "10.77.1.21"}


def test_slow_seconds_are_those_of_the_text(bench):
    capture = ROOT / "test-captures" / "synthetic" / "synthetic-boot-slow.pcapng"
    rows = bench.fields(capture, ["frame.time_relative", "pvs.read.time"], "-2", "-Y", "pvs.read.time >= 0.1")
    seconds = [int(float(row["frame.time_relative"])) for row in rows]
    assert (seconds[0], seconds[-1]) == (2, 11)


@pytest.mark.parametrize("picture", sorted(path.name for path in IMAGES.glob("*.png")))
def test_pictures_are_small(picture):
    assert (IMAGES / picture).stat().st_size < 250_000
