# SPDX-License-Identifier: GPL-2.0-or-later
"""The files that were named: whether they can be read, and what capinfos says of each."""
import dataclasses
import os
import re
import stat
import subprocess

from read_group import as_user

# Facts of a file by capinfos' labels; 4.4 says Earliest and Latest.
FACTS = {"frames": r"Number of packets: +(\d+)", "start": r"(?:First|Earliest) packet time: +(\S+)",
         "end": r"(?:Last|Latest) packet time: +(\S+)", "link": r"File encapsulation: +(.+)",
         "kept_bytes": r"Packet size limit: +inferred: .*?(\d+) bytes(?: \(range\))?$"}
INTERFACE = re.compile(r"^ *Name = (.*)$", re.MULTILINE)


@dataclasses.dataclass
class CaptureFile:
    path: str
    name: str # as the report calls it
    size: int = 0
    frames: int = None
    start: float = None # seconds since 1970, of the earliest frame and the latest
    end: float = None
    kept_bytes: int = None
    link: str = None
    interfaces: tuple = ()
    problem: str = None # why it is not read, or not read whole
    readable: bool = True


def named_files(paths):
    """Each file once, in the order given, with the name that the report gives it."""
    paths = list(dict.fromkeys(paths))
    names = [os.path.basename(path) for path in paths]
    shown = [path if names.count(name) > 1 else name for path, name in zip(paths, names)]
    return [CaptureFile(os.path.abspath(path), printable(name)) for path, name in zip(paths, shown)]


def printable(name):
    """A file's name goes to a terminal, too."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def learn(file):
    """Fills in what there is to know before a file is read."""
    try:
        if not stat.S_ISREG(os.stat(file.path).st_mode):
            raise OSError("not a file")
        with open(file.path, "rb") as capture:
            file.size = os.fstat(capture.fileno()).st_size
            done = subprocess.run([*as_user(), "capinfos", "-M", "-S", "-c", "-a", "-e", "-E", "-I", "-l", "-"],
                                  stdin=capture, capture_output=True, text=True, errors="replace", cwd="/", check=False,
                                  env={**os.environ, "LC_ALL": "C"}, start_new_session=True)
    except OSError as error:
        file.problem = "no such capture" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        file.readable = False
        return file
    for fact, pattern in FACTS.items():
        found = re.search(pattern, done.stdout, re.MULTILINE)
        if found:
            setattr(file, fact, number(found[1]) if fact != "link" else found[1])
    file.interfaces = tuple(INTERFACE.findall(done.stdout))
    if done.returncode != 0:
        said = [line.removeprefix("capinfos: ").replace("standard input", f"file {file.name}")
                for line in done.stderr.splitlines() if "standard input" in line]
        file.problem = " ".join(said) or "cannot be read"
        file.readable = file.frames is not None
        if not file.readable:
            file.problem = "no capture that Wireshark can read"
    return file


def number(text):
    try:
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return None
