# SPDX-License-Identifier: GPL-2.0-or-later
"""Says on stderr how far the reading is. tshark does not tell; from outside it can be seen."""
import os
import sys
import threading
import time

ON_TERMINAL, IN_LOG = 0.5, 30 # seconds between two lines


class Progress:
    def __init__(self, captures):
        self.captures, self.read = captures, 0
        self.began = self.said = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self.every = ON_TERMINAL if self.terminal else IN_LOG
        self.width = 0
        self.lock = threading.Lock()

    def reading(self, name, process, capture):
        with self.lock:
            now = time.monotonic()
            if now - self.said < self.every:
                return
            self.said = now
            count = f", {self.read} of {self.captures} captures read" if self.captures > 1 else ""
            self.say(f"Reading {name}: {position(process, capture)}{now - self.began:.0f} s{count}")

    def one_more(self):
        with self.lock:
            self.read += 1

    def say(self, line):
        if self.terminal:
            line = line[:os.get_terminal_size(sys.stderr.fileno()).columns - 1]
            print("\r" + line.ljust(self.width), end="", file=sys.stderr, flush=True)
            self.width = len(line)
        else:
            print(line, file=sys.stderr, flush=True)

    def end(self):
        if self.width:
            self.say("")
            print("\r", end="", file=sys.stderr, flush=True)


def position(process, capture):
    """
    How far tshark's open files have got: in its first reading it has two, in the second only the one for random access.
    The capture is our own descriptor of it. Empty where /proc does not tell.
    """
    try:
        descriptors = os.listdir(f"/proc/{process}/fd")
        file = os.fstat(capture)
    except OSError:
        return ""
    offsets = [offset for descriptor in descriptors if descriptor != "0"
               for offset in [offset_in(process, descriptor, file)] if offset is not None]
    if not offsets or not file.st_size:
        return ""
    reading = "first" if len(offsets) > 1 else "second"
    return f"{100 * max(offsets) // file.st_size} % of the {reading} of two readings, "


def offset_in(process, descriptor, file):
    """Where an open file stands, if it is this one. It may be closed at any moment."""
    try:
        if not os.path.samestat(os.stat(f"/proc/{process}/fd/{descriptor}"), file):
            return None
        with open(f"/proc/{process}/fdinfo/{descriptor}", encoding="ascii") as info:
            return int(info.readline().split()[1])  # pos:  123
    except (OSError, ValueError, IndexError):
        return None
