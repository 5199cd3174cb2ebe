# test_sources.py
# Rules that the sources keep, as docs/development.md tells them
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import re

import pytest

pytestmark = pytest.mark.once
PLUGIN = pathlib.Path(__file__).resolve().parents[2] / "plugin"
VERSION_TEST = re.compile(r"WIRESHARK_AT_LEAST|^\s*#\s*(el)?if.*VERSION", re.MULTILINE)


def test_only_compat_h_tests_a_version():
    sources = [*PLUGIN.rglob("*.c"), *PLUGIN.rglob("*.h")]
    assert [str(path.relative_to(PLUGIN)) for path in sources if VERSION_TEST.search(path.read_text())] == ["compat.h"]
