# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/report: from the arguments to the written file."""
import argparse
import json
import os
import pathlib
import re
import signal
import stat
import subprocess
import sys
import tempfile

from read_captures import NoReport, read_all

TOOLS = pathlib.Path(__file__).resolve().parent.parent


def arguments_of(words):
    parser = argparse.ArgumentParser(
        prog="tools/report", description="A report on the boots of captures: one HTML page that needs nothing else.",
        epilog="A capture whose name begins with a dash is named behind --, or with ./ before it.")
    parser.add_argument("captures", nargs="+", metavar="CAPTURE")
    parser.add_argument("-o", metavar="FILE",
                        help="the file to write (default: report.html; with --json: standard output)")
    parser.add_argument("--json", action="store_true", help="write what tshark told of the captures, without the page")
    parser.add_argument("--preference", metavar="NAME:VALUE", action="append", default=[],
                        help="a preference of the plugin (docs/fields.md), such as pvs.stream_ports:7000-7010")
    return parser.parse_args(words)


def complaint_about(path):
    """Why a capture cannot be read, or None. tshark -2 reads it twice, so it must be a file."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return "not a file (tshark reads a capture twice)"
        with open(path, "rb"):
            return None
    except OSError as error:
        return "no such capture" if isinstance(error, FileNotFoundError) else error.strerror


def shown_names(paths):
    """What the report calls each capture: the file's name, or all of the path where two names are the same."""
    names = [os.path.basename(path) for path in paths]
    shown = [path if names.count(name) > 1 else name for path, name in zip(paths, names)]
    return [printable(os.fsencode(name).decode("utf-8", "replace")) for name in shown]


def printable(text):
    """A file's name goes to a terminal, too."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def write(text, path):
    if path is None:
        sys.stdout.write(text)
        return
    pathlib.Path(path).write_text(text, encoding="utf-8")
    print(f"wrote {path}", file=sys.stderr)


def check_output(path, captures):
    """Before the captures are read, which may take long: whether there is a place for the report."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.access(folder, os.W_OK):
        raise NoReport(f"nothing can be written into this folder: {folder}")
    if os.path.exists(path) and any(os.path.samefile(path, capture) for capture in captures):
        raise NoReport(f"the report would overwrite a capture: {path}")
    if os.path.lexists(path) and not is_report(path):
        raise NoReport(f"this file is no report, so it is not overwritten: {path}")


def is_report(path):
    """Whether a file is a page or a document that this tool wrote, and so may be written anew."""
    if not os.path.isfile(path):
        return False
    with open(path, "rb") as file:
        head = file.read(4096)
    return b"<title>PVS boots: " in head or re.match(rb'\{\s*"generator": "pvsboot ', head) is not None


def report(arguments):
    for path in arguments.captures:
        complaint = complaint_about(path)
        if complaint:
            raise NoReport(f"{complaint}: {path}")
    output = arguments.o or (None if arguments.json else "report.html")
    if output is not None:
        check_output(output, arguments.captures)
    with tempfile.TemporaryDirectory(prefix="pvsboot-report-") as stage:
        if subprocess.run([TOOLS / "stage-plugin", stage], check=False).returncode != 0:
            raise NoReport("without the plugin no capture is read")
        captures = read_all(pathlib.Path(stage), list(zip(arguments.captures, shown_names(arguments.captures))),
                            arguments.preference)
    if arguments.json:
        generator = next(capture["generator"] for capture in captures)
        listed = [{key: value for key, value in capture.items() if key != "generator"} for capture in captures]
        write(json.dumps({"generator": generator, "captures": listed}, indent=2) + "\n", output)
        return
    from page import page_of  # here, because matplotlib takes its time, and faults are told before
    write(page_of(captures), output)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(errors="backslashreplace")
    arguments = arguments_of(sys.argv[1:])
    try:
        report(arguments)
    except (NoReport, OSError) as error:
        sys.exit(f"tools/report: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
