# test_package_tool.py
# tools/package writes files of exactly the names that it says, and touches nothing else of what its user has
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib
import re
import shutil
import stat
import subprocess

import pytest

from truth import ROOT

pytestmark = pytest.mark.once


def everything(folder):
    """Each file below a folder with its bytes, mode and times, but for times of folders."""
    found = {}
    for path in folder.rglob("*"):
        facts = path.lstat()
        content = path.read_bytes() if stat.S_ISREG(facts.st_mode) else None
        found[str(path.relative_to(folder))] = (facts.st_mode, content, content and facts.st_mtime_ns)
    return found


@pytest.fixture
def clone(tmp_path):
    """A clone in a folder named as the packages are, beside files whose names the tool used to take for its own."""
    sources = tmp_path / "place" / "pvsboot"
    sources.mkdir(parents=True)
    for name in ("CMakeLists.txt", "LICENSE", "README.md", "docs", "packaging", "plugin", "test-captures", "tools"):
        source = ROOT / name
        shutil.copytree(source, sources / name) if source.is_dir() else shutil.copyfile(source, sources / name)
    place = sources.parent
    (place / "pvsboot-notes.txt").write_text("mine\n")
    for name in ("work/notes.txt", "log/package.log", "build/notes.txt", "pvsboot-old/notes.txt", "root/notes.txt",
                 "pvsboot_0.0.9+wireshark4.0_amd64.deb"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("mine\n")
    (place / "log" / "package.log").chmod(0o400)
    (place / "work").chmod(0o700)
    return sources


def package(sources, *words, **environment):
    return subprocess.run([sources / "tools/package", *words], capture_output=True, text=True, timeout=900,
                          cwd=sources, stdin=subprocess.DEVNULL, env={**os.environ, **environment})


def test_it_touches_nothing_that_was_there(clone, tmp_path):
    place = clone.parent
    before = everything(place)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    done = package(clone, "..", TMPDIR=str(temporary))
    assert done.returncode == 0, done.stdout + done.stderr
    after = everything(place)
    made = {name for name in after if name not in before}
    assert {name for name, facts in before.items() if after.get(name) != facts} == set()
    assert {re.sub(r"\d+\.\d+(\.\d+)?", "N", name) for name in made} == \
        {"pvsboot_N+wiresharkN_amd64.deb", "pvsboot-N-wiresharkN-linux-x86_64.tar.gz"}
    assert list(temporary.iterdir()) == []


def no_folder(clone, output):
    output.write_text("mine\n")
    return {}


def not_to_be_made(clone, output):
    output.parent.joinpath("file").write_text("mine\n")
    return {"output": output.parent / "file" / "folder"}


def a_fault_in_the_sources(clone, output):
    (clone / "plugin/plugin.c").write_text("this is no C\n")
    return {}


def no_compiler(clone, output):
    """As where it was taken out of the PATH."""
    folder = clone.parent.parent / "bin"
    folder.mkdir()
    for name in ("cc", "gcc", "c99"):
        (folder / name).write_text("#!/bin/sh\necho no compiler >&2\nexit 1\n")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


@pytest.mark.parametrize("fault", [no_folder, not_to_be_made, a_fault_in_the_sources, no_compiler])
def test_what_goes_wrong_is_said_and_nothing_is_half_made(clone, tmp_path, fault):
    output = tmp_path / "output"
    more = fault(clone, output)
    output = more.pop("output", output)
    before = everything(output) if output.is_dir() else None
    done = package(clone, output, **more)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("tools/package: ")
    assert not output.is_dir() or everything(output) == (before or {})
    if output.is_file():
        assert output.read_text() == "mine\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_full_disk(clone, tmp_path):
    """The packages do not fit: neither is there, whole or half."""
    output = tmp_path / "small"
    output.mkdir()
    script = ('mount -t tmpfs -o size=64k none "$1"; echo mine >"$1/notes"; status=0; "$2" "$1" || status=$?; '
              'ls -A "$1"; exit "$status"')
    done = subprocess.run(["unshare", "--mount", "sh", "-euc", script, "full", output, clone / "tools/package"],
                          capture_output=True, text=True, timeout=900)
    assert done.returncode == 1 and "could not be written" in done.stderr.splitlines()[-1]
    assert done.stdout.splitlines()[-1] == "notes"


def test_it_has_help_and_refuses_what_it_does_not_know(tmp_path):
    told = package(ROOT, "--help")
    assert told.returncode == 0 and told.stderr == ""
    usage, paragraph, *options = told.stdout.split("\n\n")
    assert usage.startswith("usage: tools/package") and len(paragraph) > 100
    assert "--windows" in options[0] and "--help" in options[0]
    for words in (["--everything"], [tmp_path, tmp_path], [""]):
        refused = package(ROOT, *words)
        assert refused.returncode == 2 and refused.stdout == "" and "usage: tools/package" in refused.stderr
