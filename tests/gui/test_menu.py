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
        """Each key once the menu before is there. They are pressed again where a busy machine lost one."""
        def pressed():
            self.window.window(self.main) if self.main else self.window.main_window()
            before = self.visible()
            for menus, key in enumerate(("alt+t", "b"), 1):
                self.window.key(key)
                if not self.window.soon(lambda: len(self.visible() - before) == menus):
                    self.window.key("Escape", "Escape", "Escape")
                    return False
            opened = self.visible() - before
            self.window.key(entry)
            if self.window.soon(lambda: not self.visible() & opened):
                return True
            self.window.key("Escape", "Escape", "Escape")
            return False

        self.window.until(pressed, f"the menus of the entry {entry}")

    def copy_of(self, *keys):
        """What the keys put into the clipboard. They are pressed again where a busy machine lost one."""
        paste = "xclip", "-out", "-selection", "clipboard", "-target", "UTF8_STRING"

        def pressed():
            self.window.key(*keys)
            text = self.window.soon(lambda: self.window.desktop.run(*paste, check=False).stdout)
            if not text:
                self.window.key("Escape", "Escape", "Escape")
            return text

        self.window.desktop.run("sh", "-c", "printf '' | xclip -in -selection clipboard >/dev/null 2>&1")
        return self.window.until(pressed, "a text in the clipboard").decode()

    def frame(self):
        """The number of the selected frame: Edit > Copy > As Plain Text."""
        self.window.main_window()
        return int(self.copy_of("alt+e", "Return", "Return").splitlines()[-1].split("\t")[0])

    def filter(self):
        """The display filter. A letter is put before it for a while, since nothing can be copied of an empty one."""
        self.window.main_window()
        text = self.copy_of("ctrl+slash", "Home", "x", "ctrl+a", "ctrl+c")
        self.window.key("Home", *["Delete"] * (len(text) - len(text.lstrip("x"))))
        return text.lstrip("x")

    def visible(self):
        found = self.window.desktop.run("xdotool", "search", "--onlyvisible", "--class", "wireshark", check=False)
        return set(found.stdout.decode().split())

    def focused(self, windows):
        """The one of these windows that takes the keyboard; None where there is none: a menu closes meanwhile."""
        return next((window for window in windows if self.window.desktop.run(
            "xdotool", "windowfocus", "--sync", window, check=False).returncode == 0), None)

    def stands_at(self, frame, text):
        """Waits until this frame is selected and this filter is set."""
        self.window.until(lambda: (self.frame(), self.filter()) == (frame, text), f"frame {frame} and filter {text!r}")

    def only_tells(self, entry, picture=None):
        """The entry opens a message box (which has no title, and whose text nothing copies) and does no more."""
        before = self.visible()
        self.press(entry)
        box = self.window.until(lambda: self.focused(self.visible() - before), "a message box")
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
    menu.stands_at(42, "")
    menu.press(NEXT_FAULT)
    menu.stands_at(43, "")
    menu.only_tells(NEXT_FAULT, "menu-no-fault")
    menu.stands_at(43, "")
    menu.press(PREVIOUS_FAULT)
    menu.stands_at(42, "")
    menu.only_tells(PREVIOUS_FAULT)
    menu.stands_at(42, "")
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
    menu.stands_at(43, "pvsboot.boot == 2")
    menu.press(PREVIOUS_FAULT)
    menu.stands_at(42, "")
    assert menu.window.said() == ""


def test_boots(menu):
    """The second boot is never handed off, the third one is."""
    second, third = frames_of(THREE_BOOTS, 2), frames_of(THREE_BOOTS, 3)
    [hand_off] = [number for number in third if THREE_BOOTS.frames[number]["step"] == 401]
    menu = menu(THREE_BOOTS.capture, "-g", str(second[-1]))
    menu.press(ONLY_THIS)
    menu.stands_at(second[-1], "pvsboot.boot == 2")
    menu.only_tells(HAND_OFF, "menu-no-hand-off")
    menu.press(FIRST)
    menu.stands_at(second[0], "pvsboot.boot == 2")
    menu.press(NEXT_BOOT)
    menu.stands_at(third[0], "")
    menu.press(HAND_OFF)
    menu.stands_at(hand_off, "")
    menu.only_tells(NEXT_BOOT, "menu-no-next-boot")
    menu.press(ALL)
    menu.stands_at(hand_off, "pvsboot")
    assert menu.window.said() == ""


def test_where_there_is_nothing(menu):
    """A capture without boots, then none at all: each entry says why it does nothing."""
    menu = menu(SYNTHETIC.parent / "recorded" / "ordinary-clients.pcapng")
    menu.only_tells(ONLY_THIS, "menu-no-boot")
    menu.only_tells(MEANING)
    menu.stands_at(1, "")
    menu.window.key("ctrl+w")
    menu.window.window("^The Wireshark Network Analyzer")
    menu.main = "^The Wireshark Network Analyzer"
    for entry in EVERY_ENTRY:
        menu.only_tells(entry, "menu-no-capture")
    assert menu.window.said() == ""
