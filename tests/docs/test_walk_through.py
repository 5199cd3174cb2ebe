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
    assert len(COMMANDS) == 6 and len(boots) == 3
    assert "stopped in phase 2: No reply to the logon" in boots[0]
    assert re.search(r"reached BNIStack .*\| +1\.9 \| +0\.0 \| +13\.1 \|", boots[1])
    assert "stopped in phase 1: No DHCP or PXE server names a boot file" in boots[2]


def test_quoted_findings(said):
    quotes = [" ".join(quote.replace(">", " ").split()) for quote in
              re.findall(r"^> (?:.*\n> )*.*$", DOCUMENT, re.MULTILINE)]
    assert len(quotes) == 3
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


def test_facts_of_the_boot_without_a_file(bench):
    """Who answers which DISCOVER, and how it looks where a PXE service does."""
    def messages(name, kind):
        rows = bench.fields(ROOT / "test-captures" / "synthetic" / f"synthetic-{name}.pcapng",
                            ["ip.src", "dhcp.ip.your", "dhcp.option.vendor_class_id", "dhcp.file"],
                            "-Y", f"dhcp.option.dhcp == {kind}")
        return {int(row["frame.number"]): row for row in rows}

    assert list(messages("offer-without-file", 1)) == [1, 5, 11]
    offers = messages("offer-without-file", 2)
    assert list(offers) == [2, 6, 12]
    assert {(row["ip.src"], row.get("dhcp.file")) for row in offers.values()} == {("10.77.0.2", None)}
    assert list(messages("offer-without-file", 3)) == []
    offer = messages("boot-proxydhcp", 2)[2]
    assert (offer["dhcp.ip.your"], offer["dhcp.option.vendor_class_id"]) == ("0.0.0.0", "PXEClient")
    assert messages("boot-proxydhcp", 5)[10]["dhcp.file"] == "ARDBP32.BIN"


def test_slow_seconds_are_those_of_the_text(bench):
    capture = ROOT / "test-captures" / "synthetic" / "synthetic-boot-slow.pcapng"
    rows = bench.fields(capture, ["frame.time_relative", "pvs.read.time"], "-2", "-Y", "pvs.read.time >= 0.1")
    seconds = [int(float(row["frame.time_relative"])) for row in rows]
    assert (seconds[0], seconds[-1]) == (2, 11)


@pytest.mark.parametrize("picture", sorted(path.name for path in IMAGES.glob("*.png")))
def test_pictures_are_small(picture):
    assert (IMAGES / picture).stat().st_size < 250_000
