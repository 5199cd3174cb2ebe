# test_closing_lines.py
# The closing lines of tools/test --all: what they count, and that nothing that was left out looks like a pass
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import platform
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from all_tools import ROOT

pytestmark = pytest.mark.once
GOOD = """TShark (Wireshark) {version} (Git).
100% tests passed, 0 tests failed out of 17
....
{passed} passed, 3 skipped, 2 deselected, 1 warning in 100.20s (0:01:40)
"""


@pytest.fixture
def close(tmp_path):
    """Runs the real tools/test-all with suites that only say what they are told to: suite -> (text, status)."""
    here = platform.freedesktop_os_release()["VERSION_CODENAME"]
    suites = ["bookworm", "trixie", "forky"]
    if here not in suites:
        suites.insert(0, here)
    others = [suite for suite in suites if suite != here]

    def run(mine, *answers):
        tools = tmp_path / "tools"
        tools.mkdir()
        for name in ("test-all", "usage.sh"):
            shutil.copy(ROOT / "tools" / name, tools)
        (tools / "packages.sh").write_text("test_packages=\nneed_packages() { :; }\n")
        (tools / "roots.sh").write_text("privileged=\nMIRROR_UNREACHABLE=75\n")
        for suite, (text, _) in zip([here, *others], [mine, *answers]):
            (tmp_path / f"{suite}.text").write_text(text)
        (tools / "test").write_text(f"#!/bin/sh\ncat {here}.text; exit {mine[1]}\n")
        statuses = "".join(f"{suite}) exit {status} ;;\n" for suite, (_, status) in zip(others, answers))
        (tools / "test-in").write_text(f"#!/bin/sh\ncat $1.text\ncase $1 in\n{statuses}esac\n")
        for name in ("test", "test-in"):
            (tools / name).chmod(0o755)
        done = subprocess.run([tools / "test-all"], capture_output=True, text=True, timeout=60, cwd=tmp_path)
        return done.returncode, done.stdout.splitlines(), others
    return run


def good(passed, version="4.0.17"):
    return GOOD.format(passed=passed, version=version), 0


def test_all_is_well(close):
    status, lines, others = close(good(1000), *[good(500, "4.4.1")] * 2)
    assert status == 0
    assert lines[-1] == f"{1000 + 2 * 500 + 3 * 17} passed, 0 failed, 9 skipped"
    assert "NOT TESTED" not in "\n".join(lines)


def test_a_suite_that_is_not_handed_out_is_in_the_last_lines(close):
    status, lines, others = close(good(1000), good(500), ("InRelease: no answer\n", 75))
    assert status == 0
    assert lines[-1].startswith(f"{1500 + 34} passed, 0 failed, 7 skipped (NOT ALL WAS TESTED")
    assert f"NOT TESTED: {others[1]}, because the mirror does not hand it out" in lines[-4:]


def test_packages_that_were_not_tried_here_are_a_failure(close):
    """No mirror for a clean Debian: then nobody knows whether the packages can be installed."""
    text = GOOD.format(passed=1000, version="4.0.17").replace(
        "1000 passed", "SKIPPED [7] tests/packages/conftest.py:118: no Debian mirror answers: InRelease\n1000 passed")
    status, lines, _ = close((text, 0), *[good(500)] * 2)
    assert status == 1
    assert lines[-1] == "2051 passed, 1 failed, 9 skipped (NOT ALL WAS TESTED, see above)"
    assert "NOT TESTED: the packages in a clean Debian: no Debian mirror answers: InRelease" in lines[-4:]


def test_in_the_other_suites_no_clean_root_can_be_made(close):
    text = "SKIPPED [7] tests/packages/conftest.py:118: no right to make one\n" + good(500)[0]
    status, lines, _ = close(good(1000), (text, 0), good(500))
    assert status == 0 and lines[-1] == "2051 passed, 0 failed, 9 skipped"


def test_failures_and_errors_are_counted(close):
    bad = ("TShark (Wireshark) 4.4.1.\n94% tests passed, 1 tests failed out of 17\n"
           "2 failed, 490 passed, 1 skipped, 4 errors in 9.1s\n", 1)
    status, lines, others = close(good(1000), bad, good(500))
    assert status == 1
    assert lines[-1] == f"{1000 + 490 + 500 + 17 + 16 + 17} passed, 7 failed, 7 skipped"
    assert f"==== {others[0]}: FAILED ====" in lines


def test_a_suite_that_was_not_built_has_failed(close):
    status, lines, _ = close(("TShark (Wireshark) 4.0.17.\nerror: expected ';'\n", 1), *[good(500)] * 2)
    assert status == 1
    assert lines[-1] == "1034 passed, 1 failed, 6 skipped"
