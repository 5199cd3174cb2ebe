# test_elsewhere.py
# Linux that is no Debian: without dpkg and apt-get the tools work with what is at hand, and name what is missing
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from all_tools import ROOT

pytestmark = pytest.mark.once
CAPTURE = ROOT / "test-captures" / "synthetic" / "synthetic-boot.pcapng"


def programs_without(folder, *hidden):
    """A folder with all programs of this machine but these and Debian's own."""
    folder.mkdir()
    for place in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        for path in pathlib.Path(place).glob("*"):
            if not path.name.startswith(("dpkg", "apt")) and path.name not in hidden and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture(scope="module")
def somewhere_else(bench):
    """A clone that belongs to the ordinary user, and a PATH without Debian; ninja is missing as well."""
    place = bench.home / "elsewhere"
    place.mkdir()
    clone = place / "clone"
    shutil.copytree(ROOT, clone, ignore=shutil.ignore_patterns(".git", "build", "__pycache__", "test-captures", "tests"))
    programs = programs_without(place / "bin", "ninja", "sudo")
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "-h", "65534:65534", place], check=True)

    def run(tool, *words, path=programs):
        return subprocess.run([*bench.as_user, "env", "-i", f"PATH={path}", f"HOME={place}", "LC_ALL=C.UTF-8",
                               f"tools/{tool}", *map(str, words)],
                              cwd=clone, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
    run.place = place
    return run


def test_the_demo_works(bench, somewhere_else):
    done = somewhere_else("demo", bench.readable(CAPTURE))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reached BNIStack" in done.stdout
    cache = (somewhere_else.place / "clone" / "build" / "release" / "CMakeCache.txt").read_text()
    assert "CMAKE_GENERATOR:INTERNAL=Unix Makefiles" in cache


def test_the_report_works(bench, somewhere_else):
    page = somewhere_else.place / "page.html"
    done = somewhere_else("report", bench.readable(CAPTURE), "-o", page)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reached BNIStack" in page.read_text()


def test_install_works(somewhere_else):
    done = somewhere_else("install")
    assert done.returncode == 0 and "Loaded by TShark" in done.stdout, done.stdout + done.stderr
    assert list(somewhere_else.place.glob(".local/lib/wireshark/plugins/*/epan/pvsboot.so"))
    done = somewhere_else("install", "--remove")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(somewhere_else.place.rglob(".local/**/pvsboot.so"))


@pytest.mark.parametrize("tool", ["demo", "install", "report"])
def test_what_is_missing_is_named_by_what_it_is(bench, somewhere_else, tool):
    path = somewhere_else.place / "bare"
    if not path.exists():
        programs_without(path, "ninja", "make", "gmake", "sudo", "tshark", "cmake")
    words = [] if tool == "install" else [bench.readable(CAPTURE)]
    done = somewhere_else(tool, *words, path=path)
    assert done.returncode == 1
    complaint = [line for line in done.stderr.splitlines() if line.startswith("  ")]
    missing = [
        "  cmake (3.25 or later) (package in Debian: cmake, Fedora: cmake, Arch: cmake, openSUSE: cmake)",
        "  ninja or make (package in Debian: ninja-build, Fedora: ninja-build, Arch: ninja, openSUSE: ninja)",
        "  tshark (package in Debian: tshark, Fedora: wireshark-cli, Arch: wireshark-cli, openSUSE: wireshark)",
    ]
    # tools/report asks for what itself uses first.
    assert complaint == missing or tool == "report" and complaint == missing[-1:]
    assert "here is no apt-get to install it" in done.stderr and "Traceback" not in done.stderr


def test_what_has_no_other_name_is_named_as_in_debian(somewhere_else):
    """tools/test needs far more."""
    done = somewhere_else("test")
    assert done.returncode == 1
    assert "what is in Debian the package xdotool" in done.stderr
