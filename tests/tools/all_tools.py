# all_tools.py
# The tools that these tests know
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]

TOOLS = ["bench", "bench-report", "compare", "demo", "diagnosis-doc", "fuzz", "install", "lab", "make-captures",
         "package", "redact", "report", "sanitize", "stage-plugin", "test", "test-all", "test-in", "upstream",
         "with-plugin"]


def tools_that_are_there():
    return sorted(path.name for path in (ROOT / "tools").iterdir() if path.is_file() and os.access(path, os.X_OK))
