# conftest.py
# Opens the real Wireshark on a display of its own, as an ordinary user with the profile "PVS Boot"
#
# Nothing here waits for a fixed time: every wait asks again until it has what it wants, or fails at its limit.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import pathlib
import re
import select
import shutil
import subprocess
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))  # profile_files, statistics_menu
from statistics_menu import keys_to

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROFILE = ROOT / "plugin" / "profile" / "PVS Boot"
SCREENSHOTS = ROOT / "build" / "screenshots"
WIDTH, HEIGHT = 1366, 768
TIME_LIMIT = 60

# What Wireshark and Qt print on a bare X server, with the plugin or without; everything else on stderr fails the test.
KNOWN_NOISE = re.compile("|".join((
    r"nl80211 not found\.",
    "libGL error: ",
    "MESA: error: ",
    # Wireshark 4.4 with Qt 6.8, when it ends
    r".*\[GUI WARNING\] -- QThreadStorage: Thread \w+ exited after QThreadStorage \d destroyed",
)))


class Screen:
    """What is to be seen: 24 bits a pixel."""

    def __init__(self, ppm):
        header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", ppm)
        assert header, "import wrote no PPM of 8 bits"
        self.size = int(header[1]), int(header[2])
        self.pixels = ppm[header.end():]

    def __eq__(self, other):
        return isinstance(other, Screen) and self.pixels == other.pixels

    def is_blank(self):
        """Fewer colours than any window with text has."""
        return len({self.pixels[i:i + 3] for i in range(0, len(self.pixels), 3)}) < 32

    def count(self, colour):
        """The pixels of a colour, given as in colorfilters: three numbers of 16 bits."""
        wanted = bytes(part >> 8 for part in colour)
        return sum(self.pixels[i:i + 3] == wanted for i in range(0, len(self.pixels), 3))


class Wireshark:
    """One running Wireshark. Its display shows nothing else."""

    def __init__(self, desktop, capture, *arguments):
        self.desktop = desktop
        self.capture = desktop.bench.readable(capture)
        self.errors = open(desktop.directory / "stderr", "w+")
        self.process = desktop.start("wireshark", "-n", "-C", PROFILE.name, "-r", self.capture, *arguments,
                                     stdout=self.errors, stderr=self.errors)

    def until(self, condition, what):
        """The first true value of condition(); fails when the time is over or Wireshark has ended."""
        value = self.soon(condition, TIME_LIMIT)
        if not value:
            ended = self.process.poll()
            why = f"not within {TIME_LIMIT} s" if ended is None else f"Wireshark ended with {ended}"
            pytest.fail(f"{what}: {why}\n{self.said()}")
        return value

    def soon(self, condition, seconds=10):
        """The first true value of condition(), or a false one: a busy machine loses keys, and Wireshark may end."""
        end = time.monotonic() + seconds
        while not (value := condition()) and time.monotonic() < end:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=0.1)
                break
        return value

    def said(self):
        """What it printed, without the known noise."""
        self.errors.flush()
        text = pathlib.Path(self.errors.name).read_text()
        return "\n".join(line for line in text.splitlines() if line.strip() and not KNOWN_NOISE.match(line))

    def windows(self, title):
        """The ids of the visible windows whose title matches a regular expression."""
        found = self.desktop.run("xdotool", "search", "--onlyvisible", "--name", title, check=False)
        return found.stdout.decode().split()

    def window(self, title):
        """Waits for a window with such a title and gives it the keyboard."""
        found = self.until(lambda: self.windows(title), f"a window named {title}")[0]
        self.desktop.run("xdotool", "windowfocus", "--sync", found)
        return found

    def main_window(self):
        return self.window(rf"^\*?{re.escape(self.capture.name)}$")

    def key(self, *keys):
        """Presses keys, as xdotool names them, in the window that has the keyboard."""
        self.desktop.run("xdotool", "key", "--clearmodifiers", *keys)

    def statistics(self, title, shown_as=None):
        """Chooses the entry of the menu Statistics that opens a window with this title; again where a key was lost."""
        keyboard = self.desktop.run("xdotool", "getwindowfocus").stdout.decode().strip()
        before = set(self.windows(shown_as or title))

        def opened():
            self.key(*keys_to(title, self.desktop.bench.version))
            if not self.soon(lambda: set(self.windows(shown_as or title)) - before):
                self.key("Escape", "Escape", "Escape")
                self.desktop.run("xdotool", "windowfocus", "--sync", keyboard)
                return False
            return True

        self.until(opened, f"a window named {shown_as or title}")

    def copied(self):
        """The text in the clipboard, which is empty when a test begins."""
        paste = "xclip", "-out", "-selection", "clipboard"
        return self.until(lambda: self.desktop.run(*paste, check=False).stdout, "a text in the clipboard").decode()

    def look(self):
        return Screen(self.desktop.run("import", "-window", "root", "-depth", "8", "ppm:-").stdout)

    def screenshot(self, name, shows=lambda screen: True):
        """Keeps a picture in build/screenshots, once the screen stands still and shows what it should."""
        self.desktop.run("xdotool", "mousemove", WIDTH - 1, HEIGHT - 1)
        seen = [None]

        def stands_still():
            seen.append(self.look())
            return seen[-1] == seen[-2] and not seen[-1].is_blank() and shows(seen[-1])

        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        picture = SCREENSHOTS / f"{name}.png"
        try:
            self.until(stands_still, f"the picture {name}")
        finally:
            picture.write_bytes(self.desktop.run("import", "-window", "root", "-colors", "256", "png8:-").stdout)
        return seen[-1]

    def quit(self):
        """Ends it as a user does. Returns its exit status."""
        self.main_window()
        self.key("ctrl+q")
        return self.process.wait(timeout=TIME_LIMIT)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.errors.close()


class Desktop:
    """An X server without window manager, and a home with the profile."""

    def __init__(self, bench, directory):
        self.bench = bench
        self.directory = directory
        self.home = directory / "home"
        configuration = self.home / ".config" / "wireshark"
        shutil.copytree(PROFILE, configuration / "profiles" / PROFILE.name)
        # Without a window manager, nobody else gives the main window its place.
        (configuration / "recent_common").write_text(
            "gui.geometry_main_x: 0\ngui.geometry_main_y: 0\n"
            f"gui.geometry_main_width: {WIDTH}\ngui.geometry_main_height: {HEIGHT}\n"
            "gui.geometry_main_maximized: FALSE\n")
        self.runtime = directory / "runtime"
        self.runtime.mkdir(mode=0o700)
        if bench.as_user:
            for path in (self.home, self.runtime, *self.home.rglob("*")):
                os.chown(path, 65534, 65534)
        self.started = []
        self.display = None
        self.display = self.start_server()

    def environment(self):
        display = {"DISPLAY": self.display} if self.display else {}
        # Memory that was freed is overwritten: a window that still shows it shows nonsense.
        return self.bench.environment(HOME=str(self.home), XDG_RUNTIME_DIR=str(self.runtime), MALLOC_PERTURB_="165",
                                      **display)

    def start(self, *command, **options):
        process = subprocess.Popen([*self.bench.as_user, *map(str, command)], env=self.environment(),
                                   stdin=subprocess.DEVNULL, cwd=self.directory, **options)
        self.started.append(process)
        return process

    def start_server(self):
        """Starts the X server on the first free display number, which it tells when it is ready."""
        told, tell = os.pipe()
        with open(self.directory / "Xvfb.log", "w") as log, os.fdopen(told) as answer:
            self.start("Xvfb", "-displayfd", tell, "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp",
                       "-noreset", pass_fds=[tell], stdout=log, stderr=log)
            os.close(tell)
            ready, _, _ = select.select([answer], [], [], TIME_LIMIT)
            number = answer.readline().strip() if ready else ""
        assert number, f"Xvfb did not start:\n{pathlib.Path(log.name).read_text()}"
        return f":{number}"

    def run(self, *command, check=True):
        done = subprocess.run([*self.bench.as_user, *map(str, command)], env=self.environment(),
                              capture_output=True, timeout=TIME_LIMIT, cwd=self.directory)
        if check:
            assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
        return done

    def end(self):
        for process in reversed(self.started):
            process.kill()
            process.wait()


@pytest.fixture
def desktop(bench, tmp_path):
    directory = bench.scratch / tmp_path.name
    directory.mkdir()
    desktop = Desktop(bench, directory)
    yield desktop
    desktop.end()


@pytest.fixture
def wireshark(desktop):
    """wireshark(CAPTURE, ARGUMENT...) opens a capture in the real Wireshark and returns when its window stands."""
    opened = []

    def open_capture(capture, *arguments):
        opened.append(Wireshark(desktop, capture, *arguments))
        opened[-1].main_window()
        return opened[-1]

    yield open_capture
    for each in opened:
        each.end()


@pytest.fixture(scope="session")
def profile_home(bench):
    """A home with the profile, for tshark."""
    home = bench.directory / "home-with-profile"
    shutil.copytree(PROFILE, home / ".config" / "wireshark" / "profiles" / PROFILE.name)
    return home
