# test_call.py
# How tools/report is called: what it writes where, and what it says when it cannot
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import pathlib
import shutil
import stat
import struct
import subprocess
import sys
import tempfile

import jsonschema
import pytest

from report_page import Page
from truth import ROOT, SYNTHETIC, Truth

sys.path.insert(0, str(ROOT / "tools" / "report.d"))

BOOT = SYNTHETIC / "synthetic-boot.pcapng"
THREE_BOOTS = SYNTHETIC / "synthetic-three-boots.pcapng"
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())


def test_without_o_the_page_is_report_html(report, tmp_path):
    done = report(BOOT, cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert done.stdout == "" and "wrote report.html" in done.stderr
    assert list(Page(tmp_path / "report.html").captures) == [BOOT.name]


def test_json_has_the_form_of_its_schema(bench, report):
    document = json.loads(report("--json", BOOT, THREE_BOOTS).stdout)
    resolver = jsonschema.RefResolver((ROOT / "docs").as_uri() + "/", SCHEMA)
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA, resolver=resolver).validate(document)
    assert [capture["name"] for capture in document["captures"]] == [BOOT.name, THREE_BOOTS.name]
    for capture, path in zip(document["captures"], (BOOT, THREE_BOOTS)):
        told = json.loads(bench.tshark(path, "-q", "-z", "pvsboot,json"))
        assert (capture["boots"], document["generator"]) == (told["boots"], told["generator"])
        assert capture["frames"] == len(Truth(path.stem).facts["frames"])


def test_json_goes_to_the_file_that_is_named(report, tmp_path):
    done = report("--json", "-o", tmp_path / "boots.json", BOOT)
    assert done.stdout == ""
    assert len(json.loads((tmp_path / "boots.json").read_text())["captures"][0]["boots"]) == 1


def test_the_same_captures_make_the_same_page(report, tmp_path):
    for name in ("one.html", "two.html"):
        report("-o", tmp_path / name, BOOT, THREE_BOOTS)
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_captures_of_one_name_are_told_apart(report, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        shutil.copy(BOOT, tmp_path / folder / "boot.pcapng")
    report("-o", "page.html", "a/boot.pcapng", "b/boot.pcapng", cwd=tmp_path)
    assert list(Page(tmp_path / "page.html").captures) == ["a/boot.pcapng", "b/boot.pcapng"]


def test_a_name_that_begins_with_a_dash_is_a_capture(report, tmp_path):
    shutil.copy(BOOT, tmp_path / "-o.pcapng")
    report("--", "-o.pcapng", cwd=tmp_path)
    assert list(Page(tmp_path / "report.html").captures) == ["-o.pcapng"]


def test_what_only_the_caller_may_read_is_read(report, tmp_path):
    shutil.copy(BOOT, tmp_path / "mine.pcapng")
    (tmp_path / "mine.pcapng").chmod(0o600)
    report("-o", tmp_path / "page.html", tmp_path / "mine.pcapng")
    assert list(Page(tmp_path / "page.html").boots("mine.pcapng")) == [1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs tshark as somebody else")
def test_what_only_root_may_read_lies_nowhere_for_others(report, tmp_path, monkeypatch):
    """A tshark that first looks, as the ordinary user it runs as, for the capture's bytes in all temporary files."""
    secret = BOOT.read_bytes()[1000:1040].hex()
    (tmp_path / "mine.pcapng").write_bytes(BOOT.read_bytes())
    (tmp_path / "mine.pcapng").chmod(0o600)
    stage = pathlib.Path(tempfile.mkdtemp(prefix="pvsboot-test-"))
    try:
        stage.chmod(0o755)
        for folder in ("bin", "tmp", "seen"):
            (stage / folder).mkdir()
            (stage / folder).chmod(0o777)
        spy = stage / "bin" / "tshark"
        spy.write_text(f"""#!/usr/bin/python3
import os, pathlib, sys
for path in pathlib.Path({str(stage / 'tmp')!r}).rglob("*"):
    try:
        if path.is_file() and bytes.fromhex({secret!r}) in path.read_bytes():
            pathlib.Path({str(stage / 'seen')!r}, path.name).write_text(str(path))
    except OSError:
        pass
pathlib.Path({str(stage / 'seen')!r}, "looked").write_text(str(os.getuid()))
os.execv({shutil.which('tshark')!r}, ["tshark", *sys.argv[1:]])
""")
        spy.chmod(0o755)
        monkeypatch.setenv("PATH", f"{stage / 'bin'}:{os.environ['PATH']}")
        monkeypatch.setenv("TMPDIR", str(stage / "tmp"))
        report("-o", tmp_path / "page.html", tmp_path / "mine.pcapng")
        assert [(path.name, path.read_text()) for path in (stage / "seen").iterdir()] == [("looked", "65534")]
    finally:
        shutil.rmtree(stage)
    assert list(Page(tmp_path / "page.html").boots("mine.pcapng")) == [1]
    assert stat.S_IMODE((tmp_path / "mine.pcapng").stat().st_mode) == 0o600


def test_an_empty_capture_has_no_boot_and_lacks_nothing_of_a_frame(report, tmp_path):
    """Its header allows 65535 bytes of a frame: that is no sign that a frame was cut."""
    (tmp_path / "empty.pcap").write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    report("-o", tmp_path / "page.html", tmp_path / "empty.pcap")
    said = " ".join(Page(tmp_path / "page.html").root.text_content().split())
    assert "No boot in this capture" in said and "bytes of a frame" not in said


def test_of_a_capture_that_is_cut_short_the_rest_is_told(report, tmp_path):
    (tmp_path / "cut.pcapng").write_bytes(BOOT.read_bytes()[:300_000])
    done = report("-o", tmp_path / "page.html", tmp_path / "cut.pcapng", check=False)
    assert done.returncode == 1
    page = Page(tmp_path / "page.html")
    assert list(page.boots("cut.pcapng")) == [1]
    said = page.captures["cut.pcapng"].text_content()
    assert "The end of the file, which could not be read" in said
    assert "cut.pcapng appears to have been cut short" in said
    [trouble] = page.root.xpath("//header/div[@class='trouble']")
    assert "cut.pcapng: not read to its end" in trouble.text_content()


def test_what_cannot_be_read_is_skipped_and_said_first(report, tmp_path):
    (tmp_path / "notes.txt").write_text("no capture")
    done = report("-o", tmp_path / "page.html", tmp_path / "gone.pcapng", BOOT, tmp_path / "notes.txt", tmp_path, check=False)
    assert done.returncode == 1
    page = Page(tmp_path / "page.html")
    assert list(page.captures) == [BOOT.name] and list(page.boots(BOOT.name)) == [1]
    [trouble] = page.root.xpath("//header/div[@class='trouble']")
    told = trouble.text_content()
    assert "gone.pcapng: skipped: no such capture" in told and "notes.txt: skipped: no capture" in told
    assert f"{tmp_path.name}: skipped: not a file" in told
    for name in ("gone.pcapng", "notes.txt", tmp_path.name):
        assert f"skipped: {name}" in done.stderr
    assert (tmp_path / "notes.txt").read_text() == "no capture"


def test_a_preference_reaches_the_plugin_and_the_page_says_what_was_forgotten(report, tmp_path):
    """Three boots, one after the other, with room for one."""
    report("--preference", "pvsboot.max_boots:1", "-o", tmp_path / "page.html", THREE_BOOTS)
    page = Page(tmp_path / "page.html")
    assert list(page.boots(THREE_BOOTS.name)) == [3]
    assert "2 more boots, forgotten by the plugin" in page.captures[THREE_BOOTS.name].text_content()


@pytest.mark.parametrize("arguments, complaint, status", [
    ([], "the following arguments are required: CAPTURE", 2),
    (["/no/such.pcapng"], "such.pcapng: no such capture", 1),
    (["/"], "not a file", 1),
    ([ROOT / "README.md"], "README.md: no capture that Wireshark can read", 1),
    (["--compare", BOOT], "belong together", 2),
    (["--jobs", "0", BOOT], "--jobs needs a number from 1 on", 2),
    (["--join", "some", BOOT], "invalid choice", 2),
    (["-o", "/no/such/folder/page.html", BOOT], "nothing can be written into this folder: /no/such/folder", 1),
    (["--what", BOOT], "unrecognized arguments: --what", 2),
    (["--preference", "pvs.no_such:1", BOOT], "pvs.no_such", 1),
])
def test_what_goes_wrong_is_said_in_one_sentence(report, tmp_path, arguments, complaint, status):
    done = report(*arguments, check=False, cwd=tmp_path)
    assert done.returncode == status
    assert complaint in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_report_never_overwrites_a_capture(report, tmp_path):
    shutil.copy(BOOT, tmp_path / "boot.pcapng")
    done = report("-o", "boot.pcapng", tmp_path / "boot.pcapng", check=False, cwd=tmp_path)
    assert done.returncode == 1 and "would overwrite a capture" in done.stderr
    assert (tmp_path / "boot.pcapng").read_bytes() == BOOT.read_bytes()


def test_a_plugin_that_cannot_be_built_is_said(tmp_path):
    (tmp_path / "CMakeCache.txt").write_text("CMAKE_HOME_DIRECTORY:INTERNAL=/elsewhere\n")
    done = subprocess.run([ROOT / "tools" / "report", BOOT], capture_output=True, text=True, timeout=120, cwd=tmp_path,
                          env={**os.environ, "PVSBOOT_BUILD": str(tmp_path)})
    assert done.returncode == 1
    assert "without the plugin no capture is read" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "report.html").exists()


def test_a_file_that_is_no_report_is_not_overwritten(report, tmp_path):
    (tmp_path / "report.html").write_text("my notes")
    done = report(BOOT, cwd=tmp_path, check=False)
    assert done.returncode == 1 and "is no report, so it is not overwritten" in done.stderr
    assert (tmp_path / "report.html").read_text() == "my notes"
    (tmp_path / "report.html").unlink()
    for _ in range(2):
        report(BOOT, cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_help_and_usage(report, tmp_path):
    done = report("--help", cwd=tmp_path)
    assert "One HTML page" in done.stdout.replace("one", "One") and "--join" in done.stdout
    assert list(tmp_path.iterdir()) == []
