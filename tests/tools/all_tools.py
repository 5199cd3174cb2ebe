# all_tools.py
# The tools that these tests know
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Every program of tools/, and whether it hands words that it does not know to pytest (which is asked what it knows).
TOOLS = ["bench", "demo", "diagnosis-doc", "fuzz", "install", "lab", "make-captures", "package", "redact", "report",
         "sanitize", "stage-plugin", "test", "test-all", "test-in", "with-plugin"]


def tools_that_are_there():
    return sorted(path.name for path in (ROOT / "tools").iterdir() if path.is_file() and os.access(path, os.X_OK))
