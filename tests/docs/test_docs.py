# test_docs.py
# What the documents say of fields, findings, filters and captures is true
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SYNTHETIC = ROOT / "test-captures" / "synthetic"


def documented_fields():
    """Field -> whether docs/fields.md marks it as planned."""
    rows = [line.split("|")[1:-1] for line in (DOCS / "fields.md").read_text().splitlines()
            if line.startswith(("| `pvs.", "| `pvsboot."))]
    return {row[0].strip(" `"): any("*planned*" in cell for cell in row) for row in rows}


def diagnosis_doc(*arguments):
    return subprocess.run([ROOT / "tools" / "diagnosis-doc", *arguments], capture_output=True, text=True, timeout=60)


def sections():
    """Finding -> its section of docs/diagnosis.md."""
    parts = re.split(r"^<!-- finding (\S+) -->$", (DOCS / "diagnosis.md").read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def paragraph(section, word):
    """What follows a bold word in a section, in one line."""
    found = re.search(rf"^- \*\*{word}\.\*\* (.*?)(?=\n- |\n\n|\Z)", section, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split())


def said_in(capture):
    """The findings that stand in a synthetic capture, by its ground truth."""
    truth = json.loads((SYNTHETIC / f"{capture}.truth.json").read_text())
    return {name for frame in truth["frames"]
            for name in [*(frame.get("experts") or []), *(frame.get("experts_two_pass") or [])]}


def test_every_field_is_documented(plugin_fields):
    assert set(plugin_fields) - set(documented_fields()) == set()


def test_every_documented_field_exists(bench, plugin_fields):
    preferences = bench.run("tshark", "-G", "currentprefs").stdout
    settings = set(re.findall(r"^#?((?:pvs|pvsboot)\.\w+):", preferences, re.MULTILINE))
    promised = {name for name, planned in documented_fields().items() if not planned}
    assert promised - set(plugin_fields) - settings == set()


def test_documents_agree_with_the_table_of_findings():
    checked = diagnosis_doc("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_every_finding_is_a_field(findings):
    table = [line.split("\t")[0] for line in diagnosis_doc("--list").stdout.splitlines()]
    assert sorted(f"pvsboot.{name}" for name in table) == findings


@pytest.mark.parametrize("finding", sections())
def test_examples_of_a_finding(finding):
    """The captures named with a finding have it, and those of its near misses have it not."""
    captures = paragraph(sections()[finding], "Captures")
    if captures == "Not yet.":
        pytest.skip("no capture shows it yet")
    having, lacking = captures.split("Has it not:")
    having, lacking = (re.findall(r"`(synthetic-[\w-]+)`", text) for text in (having, lacking))
    assert having and lacking
    assert [capture for capture in having if finding not in said_in(capture)] == []
    assert [capture for capture in lacking if finding in said_in(capture)] == []


# What a user may read on a screen.
ON_SCREENS = ["PXE-E51", "PXE-E52", "PXE-E53", "PXE-E55", "PXE-E32", "PXE-E11", "PXE-E16", "PXE-E18", "PXE-E99",
              "maximum number of retries reached", "No servers available for disk", "Login request timed out",
              "BNIStack failed", "0x7B", "0x7E", "0xBC", "black screen after the download"]


def test_what_is_seen_on_the_screen():
    """The guide begins with it: each line says what is meant, by which source, and leads to findings."""
    chapters = re.split(r"^## ", (DOCS / "diagnosis.md").read_text(), flags=re.MULTILINE)
    assert chapters[1].startswith("What you see on the machine's screen\n")
    rows = [line.split(" | ") for line in chapters[1].splitlines() if line.startswith("| ")][1:]
    assert [text for text in ON_SCREENS if not any(text in row[0] for row in rows)] == []
    for screen, meaning, behind in rows:
        linked = re.findall(r"\[`([\w.]+)`\]\(#pvsboot(\w+)\)", behind)
        assert re.search(r"\[[\w-]+\]", meaning) and linked, screen
        assert all(finding in sections() and finding.replace(".", "") == anchor for finding, anchor in linked), screen


def test_every_finding_rests_on_a_claim():
    """docs/evidence.md names each fault and symptom beside what it rests on."""
    evidence = (DOCS / "evidence.md").read_text()
    table = [line.split("\t") for line in diagnosis_doc("--list").stdout.splitlines()]
    said = [name for name, severity, *_ in table if not severity.startswith("milestone")]
    assert len(said) > 40 and [name for name in said if name not in evidence] == []


def test_every_source_is_listed():
    evidence = (DOCS / "evidence.md").read_text()
    listed = set(re.findall(r"\[[\w-]+\]", evidence.split("## Sources")[1]))
    texts = [evidence, *((DOCS / name).read_text() for name in ("diagnosis.md", "phases.md", "fields.md"))]
    named = {source for text in texts for source in re.findall(r"\[[A-Za-z][\w-]*\](?!\()", text)}
    assert named - listed - {"[brackets]"} == set()


def test_links_lead_somewhere():
    texts = {path: path.read_text() for path in [ROOT / "README.md", *DOCS.glob("*.md")]}
    for path, text in texts.items():
        for target, anchor in re.findall(r"\]\(([^)#:\s]*)(?:#([^)]*))?\)", text):
            file = path if target == "" else (path.parent / target).resolve()
            assert file.exists(), f"{path.name}: {target}"
            if anchor:
                headings = re.findall(r"^#+ (.+)$", file.read_text(), re.MULTILINE)
                anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
                assert anchor in anchors, f"{path.name}: {target}#{anchor}"


def test_first_filters_compile(bench):
    table = (ROOT / "README.md").read_text().split("## First filters")[1].split("##")[0]
    filters = [text for line in table.splitlines() if line.startswith("|")
               for text in re.findall(r"`([^`]+)`", line)]
    assert len(filters) > 10
    for text in filters:
        bench.tshark(ROOT / "test-captures" / "recorded" / "ordinary-clients.pcapng", "-Y", text)


def test_output_of_the_demo(bench):
    """The table in the README is what the first columns of the table of boots say of the demo's capture."""
    shown = (ROOT / "README.md").read_text().split("<!-- demo output -->\n```\n")[1].split("\n```")[0].splitlines()
    table = bench.tshark(SYNTHETIC / "synthetic-recorded-phase1-plus-stream.pcapng", "-q", "-z", "pvsboot,boots")
    rows = [" ".join(line.split("|")[:10]).split() for line in table.splitlines() if "|" in line]
    assert [line.split() for line in shown[-len(rows):]] == rows
