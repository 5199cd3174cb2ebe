# statistics_menu.py
# The way to an entry of the menu Statistics by keys: so many entries further, since they have no letters of their own
#
# SPDX-License-Identifier: GPL-2.0-or-later


def keys_to(title, version):
    """By the title of the window that opens. Newer versions of Wireshark have more entries of their own before ours."""
    boots = 12 if version >= (4, 6) else 11
    response_times = 16 if version >= (4, 4) else 12
    return {
        "Capture File Properties": ("alt+s", "Return"),
        "PVS Boots": ("alt+s", *["Down"] * boots, "Return"),
        "PVS Boot Summary": ("alt+s", "Up", "Return"),
        "PVS Service Response Time": ("alt+s", "r", *["Down"] * response_times, "Return"),
    }[title]
