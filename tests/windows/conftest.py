# conftest.py
# Wireshark for Windows under Wine: the tests of tools/test --windows
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os

# Without a tshark.exe, which takes minutes to build, there is nothing to run.
collect_ignore = [] if os.environ.get("PVSBOOT_WINE_TSHARK") else ["test_wine.py"]
