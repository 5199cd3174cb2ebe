# test_contents.py
# What the packages hold: all that their documents speak of, and nothing that they name is missing
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import re
import shutil
import subprocess
import tarfile

import pytest

from truth import ROOT, Truth

TRUTH = Truth("synthetic-recorded-phase1-plus-stream")
DOCUMENTS = {"phases.md", "fields.md", "diagnosis.md", "evidence.md", "capturing.md", "walk-through.md", "report.md",
             "boots.schema.json", "report.schema.json"}


class Contents:
    """The files of a package, and where its report tool, README and plugin stand."""

    def __init__(self, folder, documents, program):
        self.folder, self.documents, self.program = folder, documents, program


@pytest.fixture(scope="module")
def contents(packages, tmp_path_factory):
    found = {}
    folder = tmp_path_factory.mktemp("deb")
    subprocess.run(["dpkg-deb", "--extract", packages.deb, folder], check=True)
    found["deb"] = Contents(folder, folder / "usr/share/doc/pvsboot", folder / "usr/bin/pvsboot-report")
    folder = tmp_path_factory.mktemp("tar.gz")
    with tarfile.open(packages.archive) as archive:
        archive.extractall(folder)
    folder = next(folder.iterdir())
    found["tar.gz"] = Contents(folder, folder, folder / "pvsboot-report")
    return found


both = pytest.mark.parametrize("kind", ["deb", "tar.gz"])


@both
def test_documents_examples_report_and_profile_are_there(contents, kind):
    package = contents[kind]
    assert DOCUMENTS <= {path.name for path in (package.documents / "docs").iterdir()}
    assert not {"development.md", "packaging.md", "windows.md"} & {path.name for path in package.folder.rglob("*")}
    for capture in (package.documents / "examples").iterdir():
        assert capture.read_bytes() == (ROOT / "test-captures/synthetic" / capture.name).read_bytes()
        assert capture.name.startswith("synthetic-")
    assert (package.documents / "examples" / TRUTH.capture.name).exists()
    assert os.access(package.program, os.X_OK)
    assert next(package.folder.rglob("pvsboot.so")) and next(package.folder.rglob("profiles/PVS Boot/preferences"))
    for path in package.folder.rglob("*"):
        assert path.is_symlink() or not path.stat().st_mode & 0o022, path
        assert path.name != "__pycache__"


@both
def test_documents_have_all_that_they_link_to(contents, kind):
    pages = [*contents[kind].documents.rglob("*.md")]
    links = [page.parent / link for page in pages
             for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    assert len(links) > 20
    assert [link for link in links if not link.exists()] == []


@both
def test_the_readme_names_only_what_is_there(contents, kind):
    """Every file that it names in code, in a table's first column or as a link; and no tool of the sources."""
    package = contents[kind]
    text = (package.documents / "README.md").read_text()
    named = {word for word in re.findall(r"^\| ([\w./-]+) \|", text, re.M) if word not in ("file", "question")}
    named |= set(re.findall(r"^    (?:sudo )?\./([\w-]+)", text, re.M))
    assert len(named) >= 3
    for name in named:
        place = package.folder / name.lstrip("/") if name.startswith("/") else package.documents / name
        assert place.exists(), name
    before, _, after = text.partition("Documents name files of the source")
    assert "tools/" not in before and "tools/" not in after.partition("\n\n")[2]
    assert "@" not in text


@both
def test_commands_of_the_documents_find_the_examples(contents, kind):
    package = contents[kind]
    for page in (package.documents / "docs").glob("*.md"):
        for capture in re.findall(r"examples/[\w.-]+\.pcapng", page.read_text()):
            assert (package.documents / capture).exists(), f"{page.name}: {capture}"
        assert "tools/report" not in page.read_text()


@both
def test_the_report_reads_the_example(bench, contents, kind):
    """As an ordinary user, with nothing of the sources: the plugin is that of the unpacked tar.gz, or is installed."""
    package = contents[kind]
    place = bench.home / f"report-{kind}"
    shutil.copytree(package.folder, place, symlinks=True)
    place.chmod(0o755)
    program = place / package.program.relative_to(package.folder)
    example = place / (package.documents / "examples" / TRUTH.capture.name).relative_to(package.folder)
    home = place / "home"
    home.mkdir()
    if kind == "deb":
        installed = home / ".local/lib/wireshark/plugins/{}.{}/epan".format(*bench.version)
        installed.mkdir(parents=True)
        shutil.copy(next(place.rglob("pvsboot.so")), installed)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "65534:65534", home], check=True)

    def report(*words):
        return subprocess.run([*bench.as_user, "env", "-i", f"PATH={os.environ['PATH']}", f"HOME={home}",
                               "LC_ALL=C.UTF-8", program, *words], capture_output=True, text=True, cwd=home, timeout=300)

    done = report(example)
    assert done.returncode == 0, done.stderr
    page = (home / "report.html").read_text()
    assert all(boot["target"] in page for boot in TRUTH.boots)
    done = report("--json", example)
    boots = json.loads(done.stdout)["captures"][0]["boots"]
    assert [boot["target"]["mac"] if isinstance(boot["target"], dict) else boot["target"] for boot in boots] == \
        [boot["target"] for boot in TRUTH.boots]
    told = report("--help")
    assert told.returncode == 0 and "pvsboot-report" in told.stdout and "tools/report" not in told.stdout
    refused = report(example, "--no-such-option")
    assert refused.returncode == 2 and "usage: pvsboot-report" in refused.stderr
    if kind == "deb":  # taken away again
        next(home.rglob("pvsboot.so")).unlink()
        refused = report(example)
        assert refused.returncode == 1 and "the plugin is not installed" in refused.stderr
    shutil.rmtree(place)


def test_the_report_says_which_modules_are_missing(bench, contents):
    """A Python without them, in the way of the real one, where there is none of Debian's."""
    program = contents["tar.gz"].program.read_text()
    fake = bench.home / "python-without"
    fake.mkdir()
    (fake / "share/pvsboot/report.d").mkdir(parents=True)
    (fake / "share/pvsboot/report.d/report.py").write_text("")
    (fake / "python3").write_text('#!/bin/sh\ncase "$2" in *jinja2*|*matplotlib*) exit 1 ;; esac\n')
    (fake / "python3").chmod(0o755)
    (fake / "pvsboot-report").write_text(program.replace("/usr/bin/python3", str(fake / "python3")))
    done = subprocess.run(["sh", fake / "pvsboot-report", "x.pcap"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "apt-get install python3-jinja2 python3-matplotlib" in done.stderr
