# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/report: from the arguments to the written file."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import joining
from capture_files import learn, named_files
from jobs import NoReport, read_all

TOOLS = pathlib.Path(__file__).resolve().parent.parent


def arguments_of(words):
    parser = argparse.ArgumentParser(
        prog="tools/report", usage="tools/report [options] CAPTURE...\n"
        "       tools/report [options] --compare GOOD... --against BAD...",
        description="A report on the boots of captures: one HTML page that needs nothing else. Files that are parts of one "
        "capture (a ring buffer's) are read as one. With --compare and --against it sets two sides next to each other, such as "
        "a good morning and a bad one, and says where the difference lies.",
        epilog="A capture whose name begins with a dash is named behind --, or with ./ before it.")
    parser.add_argument("captures", nargs="*", metavar="CAPTURE")
    parser.add_argument("--compare", nargs="+", metavar="GOOD", default=[], help="the captures of the good side")
    parser.add_argument("--against", nargs="+", metavar="BAD", default=[], help="the captures of the bad side")
    parser.add_argument("-o", metavar="FILE",
                        help="the file to write (default: report.html; with --json: standard output)")
    parser.add_argument("--json", action="store_true", help="write what tshark told of the captures, without the page")
    parser.add_argument("--all", action="store_true",
                        help="show each boot and each finding, also where hundreds are alike")
    parser.add_argument("--join", choices=joining.MODES, default="auto",
                        help="files that continue each other are read as one (auto, the default), none are, or all are")
    parser.add_argument("--jobs", metavar="N", type=int, help="how many to read side by side (default: one for each core)")
    parser.add_argument("--cluster", metavar="ADDRESS",
                        help="let the workers of this Dask scheduler read (tcp://HOST:8786). They need the captures and TMPDIR "
                        "under the same paths, Wireshark in the same version, and python3-ijson")
    parser.add_argument("--preference", metavar="NAME:VALUE", action="append", default=[],
                        help="a preference of the plugin (docs/fields.md), such as pvs.stream_ports:7000-7010")
    arguments = parser.parse_args(words)
    if bool(arguments.compare) != bool(arguments.against):
        parser.error("--compare GOOD... and --against BAD... belong together")
    if arguments.compare and (arguments.captures or arguments.json):
        parser.error("with --compare and --against, no other capture is named, and a page is made")
    if not arguments.compare and not arguments.captures:
        parser.error("the following arguments are required: CAPTURE")
    if arguments.jobs is not None and arguments.jobs < 1:
        parser.error("--jobs needs a number from 1 on")
    return arguments


def need_packages(*names):
    """Installs what is missing, and says so."""
    script = f'. "{TOOLS / "packages.sh"}"; need_packages "$@" >&2'
    if subprocess.run(["sh", "-c", script, "tools/report", *names], check=False).returncode != 0:
        raise NoReport("without these packages nothing can be done")


def check_output(path, captures):
    """Before the captures are read, which may take long: whether there is a place for the report."""
    folder = os.path.dirname(os.path.abspath(path))
    if not os.access(folder, os.W_OK):
        raise NoReport(f"nothing can be written into this folder: {folder}")
    if not os.path.exists(path):
        return
    if os.path.isdir(path):
        raise NoReport(f"this is a folder: {path}")
    if any(os.path.exists(capture) and os.path.samefile(path, capture) for capture in captures):
        raise NoReport(f"the report would overwrite a capture: {path}")
    if os.path.isfile(path) and not is_ours(path):
        raise NoReport(f"this file is no report, so it is not overwritten: {path}")


def is_ours(path):
    """Whether a file is a page or a document that this tool wrote, and so may be written anew."""
    with open(path, "rb") as file:
        beginning = file.read(4096)
    return b"<title>PVS boots" in beginning or re.match(rb'\{\s*"generator": "pvsboot ', beginning) is not None


def write(text, path):
    if path is None:
        sys.stdout.write(text)
        return
    if os.path.exists(path) and not os.path.isfile(path):
        pathlib.Path(path).write_text(text, encoding="utf-8")
    else:
        # Whole or not at all.
        path_there = os.path.realpath(path)
        with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(path_there), prefix=".report-", encoding="utf-8",
                                         delete=False) as file:
            try:
                file.write(text)
                umask = os.umask(0)
                os.umask(umask)
                os.chmod(file.name, os.stat(path_there).st_mode & 0o777 if os.path.exists(path_there) else 0o666 & ~umask)
                file.close()
                os.replace(file.name, path_there)
            except BaseException:
                os.unlink(file.name)
                raise
    print(f"wrote {path}", file=sys.stderr)


def boot_gap(preferences):
    for preference in preferences:
        name, _, value = preference.partition(":")
        if name == "pvsboot.boot_gap" and value.isdigit():
            return int(value)
    return joining.GAP


def report(arguments):
    sides = [arguments.captures] if arguments.captures else [arguments.compare, arguments.against]
    paths = [path for side in sides for path in side]
    output = arguments.o or (None if arguments.json else "report.html")
    if output is not None:
        check_output(output, paths)
    need_packages("python3-ijson", "python3-jinja2", "python3-matplotlib", "tshark")
    files = named_files(paths)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs or os.cpu_count()) as pool:
        list(pool.map(learn, files))
    bad = [file for file in files if not file.readable]
    for file in bad:
        print(f"tools/report: skipped: {file.name}: {file.problem}", file=sys.stderr)
    if len(bad) == len(files):
        raise NoReport("no capture could be read")
    by_path = {file.path: file for file in files}
    groups = []
    for side, named in enumerate(sides):
        wanted = [by_path[os.path.abspath(path)] for path in dict.fromkeys(named)]
        for group in joining.grouped([file for file in wanted if file.readable], arguments.join,
                                     boot_gap(arguments.preference)):
            group.side = side
            groups.append(group)
    with tempfile.TemporaryDirectory(prefix="pvsboot-report-") as stage:
        if subprocess.run([TOOLS / "stage-plugin", stage], check=False).returncode != 0:
            raise NoReport("without the plugin no capture is read")
        answers, interrupted = read_all(groups, stage, arguments.preference, arguments.json, arguments.jobs,
                                        arguments.cluster)
    failed = note_problems(groups, answers)
    if not any(answer and answer["generator"] for answer in answers):
        raise KeyboardInterrupt if interrupted else NoReport("no capture could be read")
    # Here, because matplotlib takes its time, and faults are told before.
    from told import Told
    told = Told(files, groups, answers, interrupted)
    if arguments.json:
        write(told.document(), output)
    elif arguments.captures:
        from page import page_of
        write(page_of(told, arguments.all), output)
    else:
        from compare import comparison_of
        write(comparison_of(told, arguments.all), output)
    return 130 if interrupted else 1 if bad or failed else 0


def note_problems(groups, answers):
    """Says what could not be read, or not to its end; returns whether there was such."""
    failed = False
    for group, answer in zip(groups, answers):
        known = next((file.problem for file in group.files if file.problem), None)
        group.problem = known or (answer and answer["problem"])
        if group.problem:
            failed = True
            told = f"{answer['problem']}\n" if answer and answer["problem"] and not answer["generator"] else ""
            print(f"tools/report: {told}not read to its end: {group.name}: {group.problem}", file=sys.stderr)
    return failed


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(errors="backslashreplace")
    arguments = arguments_of(sys.argv[1:])
    try:
        status = report(arguments)
    except (NoReport, OSError) as error:
        sys.exit(f"tools/report: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(status)


if __name__ == "__main__":
    main()
