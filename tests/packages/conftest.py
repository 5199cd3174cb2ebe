# conftest.py
# The packages of tools/package, and a clean Debian with nothing but tshark to install them in
#
# SPDX-License-Identifier: GPL-2.0-or-later

import difflib
import pathlib
import platform
import shlex
import subprocess
import types
import warnings

import pytest

from truth import ROOT, Truth

OUTPUT = ROOT / "build" / "packages"
MIRROR_UNREACHABLE = 75  # as tools/roots.sh has it
TRUTH = Truth("synthetic-recorded-phase1-plus-stream")

# What dpkg and apt themselves remember of a package that is gone, and where the tests put what they install.
RECORDS = ("/var/lib/dpkg/status", "/var/lib/dpkg/lock", "/var/lib/dpkg/triggers/", "/var/lib/apt/", "/var/cache/apt/",
           "/var/cache/debconf/", "/var/log/", "/tmp/")


@pytest.fixture(scope="session")
def packages():
    done = subprocess.run([ROOT / "tools" / "package", OUTPUT], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return types.SimpleNamespace(deb=next(OUTPUT.glob("*.deb")), archive=next(OUTPUT.glob("*.tar.gz")))


def brief(text):
    """For the log: of a long text the beginning, and what is ours."""
    lines = [line.split("\r")[-1] + "\n" for line in text.splitlines()]  # without apt's progress
    if len(lines) <= 20:
        return "".join(lines)
    ours = [line for line in lines[3:] if "pvsboot" in line]
    return "".join([*lines[:3], *ours[:8], f"({len(lines)} lines in all)\n"])


class CleanRoot:
    """A Debian of this machine's suite with tshark. Everything that is done there is kept in a log."""

    def __init__(self, folder, log):
        self.folder, self.log = folder, log

    def roots(self, *words, stdin=None):
        """A function of tools/roots.sh."""
        return subprocess.run(["sh", "-euc", '. tools/packages.sh; . tools/roots.sh; "$@"', "tests/packages",
                               *map(str, words)], cwd=ROOT, input=stdin, capture_output=True, timeout=600)

    def can_be_made(self):
        """Not without sudo or subordinate ids, nor in a root that is one itself."""
        script = ". tools/packages.sh; . tools/roots.sh; $privileged unshare --mount true"
        return subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, timeout=60).returncode == 0

    def run(self, *command, check=True, stdin=None, user=False):
        """A command there, as root or as an ordinary user; with its output and what it complains about."""
        words = list(map(str, command))
        as_user = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "env", "HOME=/home/user",
                   "sh", "-c", 'cd; exec "$@"', "user"]
        done = self.roots("in_root", self.folder, *(as_user if user else []), *words, stdin=stdin)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        print(f"{'$' if user else '#'} {shlex.join(words)}\n{brief(done.stdout)}{done.stderr}[{done.returncode}]",
              file=self.log, flush=True)
        assert not check or done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def user(self, *command, **options):
        return self.run(*command, user=True, **options)

    def put(self, path):
        """A copy of a file, in the root's /tmp."""
        place = f"/tmp/{path.name}"
        self.run("sh", "-c", 'cat >"$1"; chmod 644 "$1"', "put", place, stdin=path.read_bytes())
        return place

    def files(self):
        """Every file with its mode, owner, size and time; every folder with mode and owner."""
        found = self.roots("in_root", self.folder, "find", "/", "-xdev", "-type", "d", "-printf", r"%p/ %m %U:%G\n",
                           "-o", "-printf", r"%p %y %m %U:%G %s %T@ %l\n").stdout.decode()
        return sorted(line for line in found.splitlines() if not line.startswith(RECORDS))


def changes(before, after):
    return "\n".join(line for line in difflib.unified_diff(before, after, "before", "after", "", "", 0, ""))


@pytest.fixture(scope="session")
def session_root():
    (OUTPUT / "log").mkdir(parents=True, exist_ok=True)
    with open(OUTPUT / "log" / "clean-root.log", "w") as log:
        root = CleanRoot(OUTPUT / "root", log)
        suite = platform.freedesktop_os_release()["VERSION_CODENAME"]
        problem = None
        if not root.can_be_made():
            problem = "no right to make one: neither root, nor sudo, nor mmdebstrap and subordinate ids"
        else:
            made = root.roots("make_root", suite, root.folder, "tshark", "passwd")
            if made.returncode == MIRROR_UNREACHABLE:
                problem = f"no Debian mirror answers: {made.stderr.decode()}"
            else:
                assert made.returncode == 0, made.stdout.decode() + made.stderr.decode()
        if problem:
            warnings.warn(f"PACKAGES WERE NOT TRIED IN A CLEAN ROOT: {problem}")
            pytest.skip(problem)
        try:
            root.run("useradd", "--uid", "1000", "--create-home", "user")
            root.capture = root.put(TRUTH.capture)
            root.user("tshark", "--version")
            yield root
        finally:
            root.roots("remove_root", root.folder)


@pytest.fixture
def root(session_root, request):
    """The clean root. A test leaves it as it was, without any trace."""
    print(f"\n== {request.node.name}", file=session_root.log)
    before = session_root.files()
    assert not [line for line in before if "pvsboot" in line.lower()]
    yield session_root
    left = changes(before, session_root.files())
    print(f"files before and after: {left or 'no difference'}", file=session_root.log)
    assert not left


@pytest.fixture
def see_boots(root):
    """Looks as an engineer would: is the plugin listed, does it find the boots, is the profile there?"""
    def look(plugin):
        listed = [line.split() for line in root.user("tshark", "-G", "plugins").stdout.splitlines()
                  if line.startswith("pvsboot.so")]
        assert [line[-1] for line in listed] == [plugin]
        shown = root.user("tshark", "-n", "-2", "-r", root.capture, "-Y", "pvsboot", "-T", "fields",
                          "-e", "frame.number", "-e", "pvsboot.boot", "-e", "pvsboot.target").stdout
        rows = [row.split("\t") for row in shown.splitlines()]
        assert {int(row[0]) for row in rows} == set(TRUTH.frames)
        assert {(int(row[1]), row[2]) for row in rows} == {(boot["boot"], boot["target"]) for boot in TRUTH.boots}
        personal = "/home/user/.config/wireshark/profiles/PVS Boot"
        for_everybody = root.run("test", "-e", personal, check=False).returncode != 0
        lines = root.user("tshark", "-n", "-C", "PVS Boot", "-r", root.capture, "-c", "1").stdout
        assert "1.1 DHCP Discover" in lines  # the profile's column for the step
        if for_everybody:
            # Wireshark itself copies such a profile to the home of whoever uses it; no package can take that away.
            root.user("rm", "-r", personal)
            root.user("rmdir", "-p", ".config/wireshark/profiles")
        return listed[0]
    return look
