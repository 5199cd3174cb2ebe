# test_statistics_windows.py
# Wireshark's windows of statistics, opened from its menus, tell the ground truth and what tshark tells
#
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import re

import pytest

from profile_files import buttons
from one_run import read_times, table_rows, tree_counts
from truth import SYNTHETIC, Truth

TWO_BOOTS = SYNTHETIC / "synthetic-two-boots.pcapng"
THREE_BOOTS = Truth("synthetic-three-boots")  # each has another number of frames


def opened(window, title, picture, shown_as=None):
    """Opens a window of statistics from the menu, and keeps its picture once it is filled."""
    window.statistics(title, shown_as)
    window.window(shown_as or title)
    window.screenshot(picture)


def copied(window):
    """What the button "Copy" of a window of statistics puts into the clipboard. It is the third one from the list."""
    window.key("Tab", "Tab", "Tab", "space")
    return window.copied()


def displayed_packets(window):
    """How many packets pass the display filter, by the window of the capture's properties."""
    window.statistics("Capture File Properties")
    window.window("Capture File Properties")
    window.screenshot("file-properties")
    window.key("ctrl+a", "ctrl+c")
    found = window.until(lambda: re.search(r"\bPackets\s+\d+\s+(\d+)", window.copied()), "the properties' text")
    return int(found[1])


def cells(line):
    return re.split(r" {2,}", line.strip())


def copied_rows(text):
    """The rows of the copied table of boots, each a dictionary by column."""
    rows = [cells(line) for line in text.splitlines() if re.match(r" *(Boot|\d+)  ", line)]
    return [dict(zip(rows[0], row)) for row in rows[1:]]


def boots_told(rows):
    return [(int(row["Boot"]), row["Target"], row["Address"]) for row in rows]


def boots_true(name):
    return [(boot["boot"], boot["target"], boot["target_ip"]) for boot in Truth(name).boots]


@pytest.fixture
def main_window(wireshark):
    """main_window(CAPTURE) opens a capture, and waits until it is read and shown."""
    def open_capture(capture, *arguments):
        window = wireshark(capture, *arguments)
        window.screenshot(f"opened-{capture.stem}")
        return window
    return open_capture


def test_table_of_boots(main_window, bench):
    window = main_window(TWO_BOOTS)
    opened(window, "PVS Boots", "statistics-boots")
    rows = copied_rows(copied(window))
    assert boots_told(rows) == boots_true("synthetic-two-boots")
    assert [row["Outcome"] for row in rows] == ["reached BNIStack"] * 2
    assert rows == table_rows(bench.tshark(TWO_BOOTS, "-2", "-q", "-z", "pvsboot,boots"))
    assert window.said() == ""
    assert window.quit() == 0
    assert window.said() == ""


def test_table_of_many_boots_opened_by_the_command_line(main_window, bench):
    storm = SYNTHETIC / "synthetic-interleaved-40.pcapng"
    window = main_window(storm, "-z", "pvsboot,boots")
    window.window("PVS Boots")
    window.screenshot("statistics-many-boots")
    rows = copied_rows(copied(window))
    assert len(rows) == 40
    assert boots_told(rows) == boots_true("synthetic-interleaved-40")
    assert rows == table_rows(bench.tshark(storm, "-2", "-q", "-z", "pvsboot,boots"))
    assert window.said() == ""


def test_a_second_table_leaves_the_first_one_whole(main_window):
    """Both windows show the same rows of the plugin."""
    window = main_window(TWO_BOOTS)
    opened(window, "PVS Boots", "statistics-boots")
    [first] = window.windows("PVS Boots")
    window.main_window()
    window.statistics("PVS Boots")
    window.until(lambda: len(window.windows("PVS Boots")) == 2, "a second table of boots")
    window.screenshot("statistics-boots-twice")
    window.desktop.run("xdotool", "windowraise", first, "windowfocus", "--sync", first)
    window.screenshot("statistics-boots-first")
    assert boots_told(copied_rows(copied(window))) == boots_true("synthetic-two-boots")
    assert window.said() == ""


def test_reloading_the_capture_with_an_open_table(main_window):
    """The open window keeps what it shows, as all of Wireshark's do; a new one reads the capture anew."""
    window = main_window(TWO_BOOTS)
    opened(window, "PVS Boots", "statistics-boots")
    window.main_window()
    window.key("ctrl+r")
    window.window("PVS Boots.*no capture file")
    window.screenshot("statistics-reloaded")
    window.main_window()
    opened(window, "PVS Boots", "statistics-boots-anew", shown_as="PVS Boots.*synthetic")
    assert boots_told(copied_rows(copied(window))) == boots_true("synthetic-two-boots")
    assert window.said() == ""
    assert window.quit() == 0
    assert window.said() == ""


def test_summary(main_window, bench):
    storm = SYNTHETIC / "synthetic-interleaved-40.pcapng"
    window = main_window(storm)
    opened(window, "PVS Boot Summary", "statistics-summary")
    told = tree_counts(copied(window))
    boots = Truth("synthetic-interleaved-40").boots
    assert {node[0]: count for node, count in told["Phase reached"].items() if node} == \
        collections.Counter(str(boot["outcome"]["phase"]) for boot in boots)
    assert told == tree_counts(bench.tshark(storm, "-2", "-q", "-z", "pvsboot,tree"))
    assert window.said() == ""


def test_response_times(main_window, bench):
    window = main_window(TWO_BOOTS)
    opened(window, "PVS Service Response Time", "statistics-response-times")
    # Its line begins with the boot, its address and the phase, then come index, calls and times.
    told = re.findall(r"^ *(\d+), (\S+), phase (\d) +(\d+) +(\d+) +\d", copied(window), re.MULTILINE)
    assert {(int(boot), address) for boot, address, *_ in told} == \
        {(boot["boot"], boot["target_ip"]) for boot in Truth("synthetic-two-boots").boots}
    assert {(int(boot), int(phase)): int(calls) for boot, _, phase, _, calls in told} == \
        read_times(bench.tshark(TWO_BOOTS, "-q", "-z", "pvs,srt"))
    assert all(int(index) == 10 * int(boot) + int(phase) for boot, _, phase, index, _ in told)
    assert window.said() == ""


def test_conversation_filter(main_window):
    """The selected frame is of the second boot: its frames are shown, and no others."""
    frames = [number for number, frame in THREE_BOOTS.frames.items() if frame.get("boot") == 2]
    window = main_window(THREE_BOOTS.capture, "-g", frames[0])
    window.key("alt+a", *["Down"] * 5, "Right", "Up")
    window.screenshot("conversation-filter-menu")
    window.key("Return")
    window.screenshot("conversation-filter")
    window.key("ctrl+slash", "ctrl+a", "ctrl+c")
    assert window.copied() == "pvsboot.boot == 2"
    assert displayed_packets(window) == len(frames)
    assert window.said() == ""


def test_button_this_boot(main_window):
    """Its filter refers to the selected frame, and follows it when it is applied again."""
    frames = [number for number, frame in THREE_BOOTS.frames.items() if frame.get("boot") == 2]
    window = main_window(THREE_BOOTS.capture, "-g", frames[30])
    window.key("ctrl+slash")
    window.desktop.run("xdotool", "type", "--clearmodifiers", buttons()["This boot"])
    window.key("Return")
    window.screenshot("this-boot")
    assert displayed_packets(window) == len(frames)
    assert window.said() == ""
