# test_roots.py
# tools/test-in, where the mirror does not answer
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib
import socket
import subprocess

import pytest

pytestmark = pytest.mark.once
ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_an_unreachable_mirror_is_told_from_a_failure(tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens
        configuration = tmp_path / "apt.conf"
        configuration.write_text(f'Acquire::http::Proxy "http://127.0.0.1:{closed.getsockname()[1]}";\n'
                                 f'Acquire::https::Proxy "http://127.0.0.1:{closed.getsockname()[1]}";\n')
        done = subprocess.run([ROOT / "tools" / "test-in", "nowhere"], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "APT_CONFIG": str(configuration)})
    assert done.returncode == 75, done.stdout + done.stderr
    assert "InRelease" in done.stderr


def roots(script, *words):
    return subprocess.run(["sh", "-euc", f". tools/packages.sh; . tools/roots.sh; {script}", "tests/tools", *words],
                          cwd=ROOT, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("script", ['remove_root "$1"', 'make_root bookworm "$1" passwd'])
def test_a_folder_that_is_no_root_of_ours_stays(tmp_path, script):
    (tmp_path / "root" / "etc").mkdir(parents=True)
    (tmp_path / "root" / "etc" / "passwd").write_text("mine")
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "other")
    (tmp_path / "alone.apt.conf").write_text("mine")
    (tmp_path / "link.apt.conf").write_text("// a root that tools/roots.sh of PVSBOOT made\n")
    for name in ("root", "alone", "link"):
        done = roots(script, tmp_path / name)
        assert done.returncode == 1 and "has not made this" in done.stderr
    assert (tmp_path / "root" / "etc" / "passwd").read_text() == (tmp_path / "alone.apt.conf").read_text() == "mine"
    assert (tmp_path / "other").is_dir() and (tmp_path / "link").is_symlink()


def test_a_root_of_ours_is_removed_with_its_mark(tmp_path):
    (tmp_path / "root" / "etc").mkdir(parents=True)
    done = roots('echo "$MARK_OF_ROOTS" >"$1.apt.conf"; remove_root "$1"', tmp_path / "root")
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
