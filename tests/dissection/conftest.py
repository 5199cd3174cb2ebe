# conftest.py
# What tshark tells of the captures, asked once for all tests of a worker
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from one_run import TEXTS, Told
from truth import SYNTHETIC, Truth


@pytest.fixture(scope="session")
def told(bench, plugin_fields, findings):
    """told(CAPTURE, "-2"): a Told, with the fields that its ground truth names, all findings, and their texts."""
    known = {}

    def of_capture(capture, *passes):
        key = (capture, *passes)
        if key not in known:
            fields = []
            if capture.parent == SYNTHETIC:
                named = Truth(capture.stem).field_names()
                fields = [*(field for field in named if field in plugin_fields), *findings, TEXTS]
            known[key] = Told(bench, capture, fields, *passes)
        return known[key]
    return of_capture
