# test_usage.py
# Every tool tells what it does, and refuses what it does not know before it does anything
#
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess
import sys
import pathlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from all_tools import ROOT, TOOLS, tools_that_are_there

pytestmark = pytest.mark.once

# Words before the one that a tool does not know, where it takes others.
BEFORE = {"test-in": ["trixie"], "with-plugin": ["/no/such/folder"]}


def run(tool, *words):
    return subprocess.run([ROOT / "tools" / tool, *words], capture_output=True, text=True, timeout=120, cwd="/",
                          stdin=subprocess.DEVNULL)


def test_these_are_all_tools():
    """A new tool has to be told to these tests, and to test_files.py what it does with paths."""
    assert set(tools_that_are_there()) <= set(TOOLS)


@pytest.mark.parametrize("tool", tools_that_are_there())
def test_a_tool_tells_what_it_does(tool):
    done = run(tool, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    usage, paragraph, *options = done.stdout.split("\n\n")
    assert usage.startswith("usage: ") and tool in usage.split("\n")[0]
    assert len(paragraph) > 60
    assert any("--help" in option for option in options)


@pytest.mark.parametrize("tool", tools_that_are_there())
def test_a_tool_refuses_what_it_does_not_know(tool):
    done = run(tool, *BEFORE.get(tool, []), "--no-such-option")
    assert done.returncode == 2
    assert done.stdout == ""
    assert any(line.startswith("usage: ") and tool in line for line in done.stderr.splitlines())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("tool, words", [
    ("demo", ["one", "two"]), ("fuzz", []), ("fuzz", ["many"]), ("fuzz", ["1", "2"]), ("install", ["/usr"]),
    ("lab", []), ("lab", ["no-such-recording"]), ("stage-plugin", []), ("test-in", []), ("test-in", ["--keep"]),
    ("with-plugin", ["/"]), ("with-plugin", ["/", "tshark"]), ("diagnosis-doc", ["--check", "--list"]),
    ("make-captures", ["no-such-scenario"]), ("make-captures", ["--targets", "3"]), ("bench", ["--rounds", "many"]),
])
def test_words_that_make_no_sense(tool, words):
    done = run(tool, *words)
    assert done.returncode == 2 and "usage: " in done.stderr
