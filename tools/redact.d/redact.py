# SPDX-License-Identifier: GPL-2.0-or-later
"""tools/redact: from the arguments to the written capture."""
import argparse
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

TOOLS = pathlib.Path(__file__).resolve().parent.parent
NOBODY = 65534


class NoCapture(Exception):
    """Nothing was written; the text says why."""


def arguments_of(words):
    parser = argparse.ArgumentParser(
        prog="tools/redact", description="Writes a capture that can be given away: the same frames, sizes, times, ports and "
        "findings, but every payload, file content, name and address is another. Equal ones stay equal. Of frames that are "
        "neither DHCP, ARP, TFTP, ICMP nor PVS only an empty shell is left. docs/capturing.md tells what stays visible.",
        epilog="A capture whose name begins with a dash is named behind --, or with ./ before it.")
    parser.add_argument("capture", metavar="CAPTURE")
    parser.add_argument("-o", metavar="OUT", required=True, help="the pcapng file to write; it must not exist")
    parser.add_argument("--hide-vendors", action="store_true",
                        help="also replace the first half of each MAC address, which names the card's vendor")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--drop-other", dest="other", action="store_const", const="drop", default="empty",
                       help="leave frames of other protocols out: other frames get their numbers, and the plugin no longer knows "
                       "how long the capture went on")
    other.add_argument("--keep-other", dest="other", action="store_const", const="keep",
                       help="keep frames of other protocols whole, with all their data, addresses and names")
    return parser.parse_args(words)


def need_packages(*names):
    """Installs what is missing, and says so."""
    script = f'. "{TOOLS / "packages.sh"}"; need_packages "$@" >&2'
    if subprocess.run(["sh", "-c", script, "tools/redact", *names], check=False).returncode != 0:
        raise NoCapture("without these packages nothing can be done")


def refuse_output(path):
    if os.path.lexists(path):
        raise NoCapture(f"this exists already, and stays as it is: {path}")


def editcap(capture, complaints):
    """Any format as pcapng. As root, it runs as an ordinary user, on a file that is open."""
    as_user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.Popen(["editcap", "-F", "pcapng", "-", "-"], stdin=capture, stdout=subprocess.PIPE, stderr=complaints,
                            cwd="/", **as_user)


def redact(arguments):
    refuse_output(arguments.o)
    with open(arguments.capture, "rb") as capture:
        need_packages("python3-dpkt", "tshark")
        from filler import Filler
        from frames import Frames
        frames = Frames(Filler(), arguments.hide_vendors, arguments.other)
        descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(arguments.o)), prefix=".redact-")
        try:
            with open(descriptor, "wb") as new:
                read, written, complaint = write_redacted(capture, new, frames)
            if complaint and not read:
                raise NoCapture(f"{complaint} ({arguments.capture})")
            publish(temporary, arguments.o)
            temporary = None
        finally:
            if temporary:
                os.unlink(temporary)
    if complaint:
        print(f"tools/redact: only what could be read is written. {complaint} ({arguments.capture})", file=sys.stderr)
    left_out = "" if written == read else "; the others are neither DHCP, ARP, TFTP, ICMP nor PVS"
    print(f"wrote {arguments.o}: {written} of {read} frames{left_out}", file=sys.stderr)
    return 1 if complaint else 0


def write_redacted(capture, new, frames):
    """How many frames there were, how many were written, and what was wrong with the capture, or nothing."""
    from stream import BadCapture, copy
    with tempfile.TemporaryFile() as complaints, editcap(capture, complaints) as reader:
        try:
            counts = copy(reader.stdout, new, frames)
        except BadCapture as error:
            raise NoCapture(str(error)) from None
        finally:
            reader.stdout.close()
        reader.wait()
        # Of a capture that is cut short it says so, and ends as if all were well.
        complaints.seek(0)
        said = [line for line in complaints.read().decode("utf-8", "replace").splitlines() if line.startswith("editcap")]
    return *counts, " ".join(said) or (f"editcap ended with {reader.returncode}" if reader.returncode else None)


def publish(temporary, path):
    """Under its name only when it is whole, and never in the place of another file."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except FileExistsError:
        refuse_output(path)
        raise
    os.chmod(temporary, os.stat(path).st_mode & 0o777)
    os.replace(temporary, path)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.stderr.reconfigure(errors="backslashreplace")
    arguments = arguments_of(sys.argv[1:])
    try:
        status = redact(arguments)
    except (NoCapture, OSError) as error:
        sys.exit(f"tools/redact: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(status)


if __name__ == "__main__":
    main()
