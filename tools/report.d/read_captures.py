# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture tells: its boots, by tshark and the plugin, and the file's own facts, by capinfos."""
import concurrent.futures
import csv
import json
import os
import pathlib
import shutil
import stat
import subprocess
import tempfile

from progress import Progress

TOOLS = pathlib.Path(__file__).resolve().parent.parent
# tshark keeps a note of every frame in memory: captures from this size on are read one after the other.
LARGE = 16 << 20
LOOK_AGAIN = 0.5 # seconds
NOBODY = 65534 # as tools/with-plugin runs tshark


class NoReport(Exception):
    """No report comes of this; the text says why."""


def read_all(stage, named_paths, preferences):
    """The captures in the order given, each as a dictionary (docs/report.schema.json)."""
    progress = Progress(len(named_paths))
    captures = [None] * len(named_paths)

    def read(index):
        captures[index] = read_one(stage, *named_paths[index], preferences, progress)
        progress.one_more()

    large = [index for index, (path, _) in enumerate(named_paths) if os.path.getsize(path) >= LARGE]
    small = [index for index in range(len(named_paths)) if index not in large]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(read, index) for index in small]
        try:
            for job in jobs:
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    for index in large:
        read(index)
    progress.end()
    return captures


def read_one(stage, path, name, preferences, progress):
    path = os.path.abspath(path)  # no name begins with a dash
    with open(path, "rb") as capture:
        facts = file_facts(stage, capture)
    facts = facts or {"frames": None, "seconds": None, "start": None, "kept_bytes": None}
    with file_for_tshark(path) as capture, tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as complaints:
        command = [TOOLS / "with-plugin", stage, "tshark", "-n", "-2", "-q", "-z", "pvsboot,json", "-r", "/proc/self/fd/0",
                   *(word for preference in preferences for word in ("-o", preference))]
        with subprocess.Popen(command, stdin=capture, stdout=told, stderr=complaints, cwd="/") as tshark:
            try:
                while not finished(tshark):
                    progress.reading(name, tshark.pid, capture.fileno())
            except BaseException:
                tshark.kill()
                raise
        told.seek(0)
        complaints.seek(0)
        complaint = complaints.read().decode("utf-8", "replace").replace("/proc/self/fd/0", name).strip()
        try:
            document = json.load(told)
        except ValueError:
            raise NoReport(f"tshark cannot read this capture: {name}\n{complaint}") from None
    # After a fault in the middle of a file tshark tells what it read before.
    incomplete = (complaint or f"tshark ended with {tshark.returncode}") if tshark.returncode else None
    return {"name": name, **facts, "incomplete": incomplete, **document}


def finished(process):
    try:
        process.wait(LOOK_AGAIN)
    except subprocess.TimeoutExpired:
        return False
    return True


def file_for_tshark(path):
    """
    The open capture. As root, tshark runs as an ordinary user, who may not read what only root may: then it is a copy
    that this user owns and that has no name, so that nobody finds it, and that is gone when it is closed.
    """
    capture = open(path, "rb")
    if os.geteuid() != 0 or os.fstat(capture.fileno()).st_mode & stat.S_IROTH:
        return capture
    with capture:
        copy = tempfile.TemporaryFile()
        os.fchmod(copy.fileno(), 0o600)
        os.fchown(copy.fileno(), NOBODY, NOBODY)
        shutil.copyfileobj(capture, copy)
    copy.flush()
    return copy


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def file_facts(stage, capture):
    """None where capinfos cannot read the file. Where it is cut short, they are those of what comes before."""
    command = [TOOLS / "with-plugin", stage, "capinfos", "-TrmQS", "-l", "-c", "-u", "-a", "-"]
    done = subprocess.run(command, stdin=capture, capture_output=True, text=True, errors="replace", cwd="/",
                          check=False)
    row = next(csv.reader(done.stdout.splitlines()), [])
    if len(row) != 7:
        return None
    # The limit that the file names says nothing: frames may all be shorter. The inferred one is of cut frames.
    _, _, _, kept, frames, seconds, start = map(number, row)
    return {"frames": int(frames or 0), "seconds": seconds, "start": start,
            "kept_bytes": None if kept is None else int(kept)}
