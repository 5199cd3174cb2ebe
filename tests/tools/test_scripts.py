# test_scripts.py
# The usual run takes along: shellcheck, the maker of captures against what is committed, and sanitizers on chosen runs
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from all_tools import ROOT

pytestmark = pytest.mark.once


def shell_scripts():
    """Every file that a shell reads: by its first line, or by its name where it is sourced."""
    folders = [ROOT / ".ci", ROOT / "tools", ROOT / "packaging", ROOT / "tests"]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    found = []
    for path in files:
        with open(path, "rb") as file:
            if path.suffix == ".sh" or file.readline(64).rstrip() in (b"#!/bin/sh", b"#!/bin/bash", b"#! /bin/sh"):
                found.append(path)
    return sorted(found)


def test_shellcheck_has_nothing_to_say():
    scripts = shell_scripts()
    assert ROOT / "tools" / "test" in scripts and ROOT / "packaging" / "install" in scripts and ROOT / ".ci" / "run" in scripts
    # A tool sources others from its own folder before it goes to the root of the sources, and from there after that.
    done = subprocess.run(["shellcheck", "--shell=sh", "--external-sources", "--source-path=SCRIPTDIR",
                           f"--source-path={ROOT}", *scripts], capture_output=True, text=True, timeout=120)
    assert done.stdout + done.stderr == ""


def test_the_committed_captures_are_what_their_maker_makes():
    done = subprocess.run([ROOT / "tools" / "make-captures", "--check"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


def test_chosen_runs_do_no_harm_to_memory():
    """All phases, taps, passes and reloads, with a plugin that is built with ASan and UBSan."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PVSBOOT_")}
    done = subprocess.run([ROOT / "tools" / "sanitize", "--short"], capture_output=True, text=True, timeout=1200,
                          env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no error of ours" in done.stdout
