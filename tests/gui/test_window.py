# test_window.py
# The real Wireshark opens a boot with the profile "PVS Boot"
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib

from profile_files import colour_rules

SYNTHETIC = pathlib.Path(__file__).resolve().parents[2] / "test-captures" / "synthetic"
BOOT = SYNTHETIC / "synthetic-boot.pcapng"
HAND_OFF = 245


def shows_rules(*names):
    """Whether the background of each of these colour rules fills at least half a row."""
    backgrounds = [colour_rules()[name][1] for name in names]
    return lambda screen: all(screen.count(background) >= 5000 for background in backgrounds)


def test_boot_in_the_main_window(wireshark):
    window = wireshark(BOOT, "-g", 2)
    screen = window.screenshot("boot", shows_rules("PVS phase 1: DHCP and bootstrap download"))
    assert screen.size == (1366, 768)
    assert window.said() == ""
    assert window.quit() == 0
    assert window.said() == ""


def test_hand_off_stands_out(wireshark):
    """A selected row hides its colour: so another one is selected."""
    window = wireshark(BOOT, "-g", HAND_OFF + 8)
    window.screenshot("hand-off-colour", shows_rules("PVS phase 3: single read mode", "PVS hand-off",
                                                     "PVS phase 4: BNIStack"))
    assert window.said() == ""


def test_hand_off_in_the_details(wireshark):
    """The picture of the README: the hand-off's frame in the middle of the list, and what is known of it."""
    window = wireshark(BOOT, "-g", HAND_OFF + 8)
    window.screenshot("hand-off-colour", shows_rules("PVS hand-off"))
    window.key(*["ctrl+Up"] * 8)
    closed = window.screenshot("hand-off-closed", lambda screen: not shows_rules("PVS hand-off")(screen))
    # From the filter to the details; to the last protocol, and open it.
    window.key(*["Tab"] * 4, "End", "Right")
    opened = window.screenshot("hand-off", shows_rules("PVS phase 3: single read mode", "PVS phase 4: BNIStack"))
    assert opened != closed
    assert window.said() == ""
    assert window.quit() == 0


def test_boot_without_an_offer(wireshark):
    """A picture of docs/diagnosis.md: all DISCOVERs are faults, and the details of one say why."""
    window = wireshark(SYNTHETIC / "synthetic-discover-secs-zero.pcapng", "-g", 18)
    window.screenshot("no-offer-closed", shows_rules("PVS fault"))
    # The end of the details, where the findings are.
    window.key(*["Tab"] * 4, "End", "Right", "End")
    window.screenshot("no-offer", shows_rules("PVS fault"))
    assert window.said() == ""
    assert window.quit() == 0


def test_stalled_stream(wireshark):
    """The capture goes on with the frames of others: the stall stands out among them."""
    window = wireshark(SYNTHETIC / "synthetic-stream-stalled.pcapng", "-g", 60)
    window.screenshot("stream-stalled", shows_rules("PVS fault", "PVS phase 4: BNIStack"))
    assert window.said() == ""


def test_symptoms(wireshark):
    window = wireshark(SYNTHETIC / "synthetic-bootstrap-sorcerers-apprentice.pcapng", "-g", 2)
    window.screenshot("symptoms", shows_rules("PVS symptom", "PVS phase 1: DHCP and bootstrap download"))
    assert window.said() == ""
