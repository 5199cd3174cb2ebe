# test_walk_through.py
# The steps of docs/walk-through.md in the real Wireshark, and its pictures
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from test_statistics_windows import copied, copied_rows, displayed_packets, opened
from test_window import shows_rules
from truth import Truth

FAILED = Truth("synthetic-logon-unanswered")
SLOW = Truth("synthetic-boot-slow")
NO_FILE = Truth("synthetic-offer-without-file")

# Where things are, in pixels of a window of 1366x768 with the tests' font: two buttons of the profile, and the last
# of a datagram's protocols.
FAULTS, SYMPTOMS, LAST_PROTOCOL = (1245, 77), (1318, 77), (300, 520)


@pytest.fixture
def window(desktop, wireshark):
    """window(CAPTURE): the main window, after the user has once made the table of boots as wide as the screen."""
    def open_capture(capture):
        with open(desktop.home / ".config" / "wireshark" / "recent_common", "a") as recent:
            recent.write("gui.geom.PVS Boots.x: 4\ngui.geom.PVS Boots.y: 150\n"
                         "gui.geom.PVS Boots.width: 1350\ngui.geom.PVS Boots.height: 190\n")
        window = wireshark(capture)
        window.screenshot("opened-to-walk")
        return window
    return open_capture


def press(window, place):
    window.desktop.run("xdotool", "mousemove", *map(str, place), "click", "1")


def open_last_protocol(window):
    """Its last line holds the findings."""
    press(window, LAST_PROTOCOL)
    window.key("Right", "End")


def frames_with(truth, *findings):
    return [number for number in truth.frames if set(truth.expected(number, True)[1] or []) & set(findings)]


def test_boots_of_the_failed_boot(window):
    window = window(FAILED.capture)
    opened(window, "PVS Boots", "walk-failed-boots")
    [boot] = copied_rows(copied(window))
    assert boot["Outcome"].startswith("stopped in phase 2: No reply to the logon")
    assert window.said() == ""


def test_fault_of_the_failed_boot(window):
    window = window(FAILED.capture)
    press(window, FAULTS)
    window.screenshot("faults-pressed")
    open_last_protocol(window)
    window.screenshot("walk-failed-fault")
    assert displayed_packets(window) == 1
    assert window.said() == ""


def test_expert_information_of_the_failed_boot(window):
    window = window(FAILED.capture)
    window.key("alt+a", "Up", "Return")
    window.window("Expert Information")
    window.screenshot("walk-failed-expert")
    assert window.said() == ""


def test_boots_of_the_slow_boot(window):
    window = window(SLOW.capture)
    opened(window, "PVS Boots", "walk-slow-boots")
    [boot] = copied_rows(copied(window))
    assert (boot["Outcome"], boot["Worst finding"], boot["Retries"]) == ("reached BNIStack", "read.retry", "3")
    assert window.said() == ""


def test_symptoms_of_the_slow_boot(window):
    window = window(SLOW.capture)
    press(window, SYMPTOMS)
    window.screenshot("symptoms-pressed", shows_rules("PVS symptom"))
    window.key("ctrl+Down")
    window.screenshot("symptoms-selected")
    open_last_protocol(window)
    window.screenshot("walk-slow-symptoms")
    assert displayed_packets(window) == len(frames_with(SLOW, "read.retry", "read.slow"))
    assert window.said() == ""


def test_boots_of_the_boot_without_a_file(window):
    window = window(NO_FILE.capture)
    opened(window, "PVS Boots", "walk-no-file-boots")
    [boot] = copied_rows(copied(window))
    assert boot["Outcome"].startswith("stopped in phase 1: No DHCP or PXE server names a boot file")
    assert boot["Address"] == "-"
    assert window.said() == ""


def test_fault_of_the_boot_without_a_file(window):
    window = window(NO_FILE.capture)
    press(window, FAULTS)
    window.screenshot("no-file-faults-pressed")
    window.key("ctrl+Down")
    window.screenshot("no-file-selected")
    open_last_protocol(window)
    window.screenshot("walk-no-file-fault")
    assert displayed_packets(window) == len(frames_with(NO_FILE, "dhcp.no_bootfile"))
    assert window.said() == ""
