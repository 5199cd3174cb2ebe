# test_menu.py
# The entries of Tools > PVS Boot in the real Wireshark: which frame is selected after them, which filter is set
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from truth import SYNTHETIC, Truth

EVERY_ENTRY = NEXT_FAULT, PREVIOUS_FAULT, MEANING, ONLY_THIS, ALL, FIRST, HAND_OFF, NEXT_BOOT = tuple("npwoafhx")

# Frame 42 is the last of the stream, and the DISCOVER in frame 43 begins the next boot.
MISSING = Truth("synthetic-handoff-missing-reboot")
THREE_BOOTS = Truth("synthetic-three-boots")


class Menu:
    """Presses the entries, and tells what they did."""

    def __init__(self, window):
        self.window = window
        self.main = None  # the title of the main window, where it is not the capture's
        window.screenshot("menu-before")

    def press(self, entry):
        self.window.window(self.main) if self.main else self.window.main_window()
        self.window.key("alt+t", "b", entry)

    def copy_of(self, *keys):
        """What the keys put into the clipboard."""
        self.window.desktop.run("sh", "-c", "printf '' | xclip -in -selection clipboard >/dev/null 2>&1")
        self.window.key(*keys)
        return self.window.copied()

    def frame(self):
        """The number of the selected frame: Edit > Copy > As Plain Text."""
        self.window.main_window()
        return int(self.copy_of("alt+e", "Return", "Return").splitlines()[-1].split("\t")[0])

    def filter(self):
        """The display filter. A letter is put before it for a while, since nothing can be copied of an empty one."""
        self.window.main_window()
        text = self.copy_of("ctrl+slash", "Home", "x", "ctrl+a", "ctrl+c")
        self.window.key("Home", "Delete")
        return text[1:]

    def visible(self):
        found = self.window.desktop.run("xdotool", "search", "--onlyvisible", "--class", "wireshark", check=False)
        return set(found.stdout.decode().split())

    def only_tells(self, entry, picture=None):
        """The entry opens a message box (which has no title, and whose text nothing copies) and does no more."""
        before = self.visible()
        self.press(entry)
        [box] = self.window.until(lambda: self.visible() - before, "a message box")
        self.window.desktop.run("xdotool", "windowfocus", "--sync", box)
        if picture:
            self.window.screenshot(picture)
        self.window.key("Return")
        self.window.until(lambda: box not in self.visible(), "the end of the message box")

@pytest.fixture
def menu(wireshark):
    return lambda capture, *arguments: Menu(wireshark(capture, *arguments))


def frames_of(truth, boot):
    return [number for number, frame in truth.frames.items() if frame.get("boot") == boot]


def test_faults(menu):
    """The first one is known from the end of the boot only."""
    menu = menu(MISSING.capture)
    menu.press(NEXT_FAULT)
    assert menu.frame() == 42
    menu.press(NEXT_FAULT)
    assert menu.frame() == 43
    menu.only_tells(NEXT_FAULT, "menu-no-fault")
    assert menu.frame() == 43
    menu.press(PREVIOUS_FAULT)
    assert menu.frame() == 42
    menu.only_tells(PREVIOUS_FAULT)
    assert (menu.frame(), menu.filter()) == (42, "")
    menu.press(MEANING)
    menu.window.window("PVS Boot: findings of frame 42")
    menu.window.screenshot("menu-meaning")
    meaning = menu.copy_of("ctrl+a", "ctrl+c")
    assert meaning.startswith("Fault of boot 1: BNIStack never took over\nFilter: pvsboot.handoff.missing\n")
    assert "\nMeans: The boot got as far as single read mode and no further" in meaning
    assert menu.window.said() == ""


def test_a_fault_that_the_filter_hides(menu):
    menu = menu(MISSING.capture, "-g", "50", "-Y", "pvsboot.boot == 2")
    menu.press(PREVIOUS_FAULT)
    assert (menu.frame(), menu.filter()) == (43, "pvsboot.boot == 2")
    menu.press(PREVIOUS_FAULT)
    assert (menu.frame(), menu.filter()) == (42, "")
    assert menu.window.said() == ""


def test_boots(menu):
    """The second boot is never handed off, the third one is."""
    second, third = frames_of(THREE_BOOTS, 2), frames_of(THREE_BOOTS, 3)
    [hand_off] = [number for number in third if THREE_BOOTS.frames[number]["step"] == 401]
    menu = menu(THREE_BOOTS.capture, "-g", str(second[-1]))
    menu.press(ONLY_THIS)
    assert (menu.frame(), menu.filter()) == (second[-1], "pvsboot.boot == 2")
    menu.only_tells(HAND_OFF, "menu-no-hand-off")
    menu.press(FIRST)
    assert (menu.frame(), menu.filter()) == (second[0], "pvsboot.boot == 2")
    menu.press(NEXT_BOOT)
    assert (menu.frame(), menu.filter()) == (third[0], "")
    menu.press(HAND_OFF)
    assert menu.frame() == hand_off
    menu.only_tells(NEXT_BOOT, "menu-no-next-boot")
    menu.press(ALL)
    assert (menu.frame(), menu.filter()) == (hand_off, "pvsboot")
    assert menu.window.said() == ""


def test_where_there_is_nothing(menu):
    """A capture without boots, then none at all: each entry says why it does nothing."""
    menu = menu(SYNTHETIC.parent / "recorded" / "ordinary-clients.pcapng")
    menu.only_tells(ONLY_THIS, "menu-no-boot")
    menu.only_tells(MEANING)
    assert (menu.frame(), menu.filter()) == (1, "")
    menu.window.key("ctrl+w")
    menu.window.window("^The Wireshark Network Analyzer")
    menu.main = "^The Wireshark Network Analyzer"
    for entry in EVERY_ENTRY:
        menu.only_tells(entry, "menu-no-capture")
    assert menu.window.said() == ""
