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
