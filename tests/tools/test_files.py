# test_files.py
# What a user names is never removed, overwritten or opened up: every tool that takes a path runs in a clone named pvsboot
# that lies among the user's own files, with paths that lead to them
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from all_tools import ROOT, TOOLS

pytestmark = pytest.mark.once
TIME_LIMIT = 400
CAPTURE = ROOT / "test-captures" / "synthetic" / "synthetic-boot.pcapng"

# What the tools do with these words, in the clone. The others take no path: they refuse one (test_usage.py).
CASES = {
    "compare": [["..", "../work"], ["../build", "../build", "../capture.pcapng"]],
    "demo": [["../capture.pcapng"], ["../pvsboot-notes.txt"], ["../work"]],
    "make-captures": [["--into", "..", "boot"], ["--into", "../pvsboot-notes.txt", "boot"],
                      ["--targets", "2", "--reads", "2", "-o", "../pvsboot-notes.txt"]],
    "package": [[".."]],
    "redact": [["../capture.pcapng", "-o", "../pvsboot-notes.txt"], ["../capture.pcapng", "-o", "../capture.pcapng"],
               ["../capture.pcapng", "../pvsboot-notes.txt"]],
    "report": [["../capture.pcapng", "-o", "../pvsboot-notes.txt"], ["../capture.pcapng", "-o", "../capture.pcapng"],
               ["../capture.pcapng", "-o", "../work"], ["--json", "-o", "../build/plan.txt", "../capture.pcapng"],
               ["../capture.pcapng"]],
    "stage-plugin": [[".."], ["."], ["../work"], ["../pvsboot-notes.txt"]],
    "test-in": [["../.."], [".."], ["."], ["../../../work"], ["--keep", "../.."], ["mine"]],
    "upstream": [[]],
    "with-plugin": [["..", "true"], ["../work", "true"]],
}
WITHOUT_PATHS = {"bench", "bench-report", "diagnosis-doc", "fuzz", "install", "lab", "sanitize", "test", "test-all"}

# Build folders that a user may name by mistake.
OTHER_FOLDERS = [("demo", []), ("stage-plugin", ["../new"]), ("test", ["tests/tools/test_usage.py"])]


def put(path, text, mode):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


class UsersFolder:
    """A folder of a user's, with a clone and other files whose names the tools know too well."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        folder.parent.chmod(0o755)
        self.temporary.mkdir(exist_ok=True)
        self.temporary.chmod(0o1777)
        self.clone = folder / "pvsboot"
        shutil.copytree(ROOT, self.clone, symlinks=True,
                        ignore=shutil.ignore_patterns(".git", "build", "__pycache__", "test-captures"))
        shutil.copytree(ROOT / "test-captures", self.clone / "test-captures")
        put(self.clone / ".git" / "HEAD", "ref: refs/heads/main\n", 0o644)
        put(self.clone / "report.html", "a report of mine\n", 0o640)
        put(self.clone / "mine.txt", "not committed yet\n", 0o600)
        put(self.clone / "build" / "roots" / "mine" / "etc" / "passwd", "no root of tools/roots.sh\n", 0o600)
        # A tree of Wireshark of the user's own, where tools/upstream keeps one.
        put(folder / "wireshark" / "tools" / "checkhf.pl", "print 'nothing'\n", 0o644)
        put(folder / "wireshark" / "epan" / "tfs.c", "/* true and false */\n", 0o644)
        put(folder / "wireshark" / "epan" / "dissectors" / "packet-mine.c", "/* a protocol of mine */\n", 0o600)
        put(self.clone / "build" / "upstream" / "mine.txt", "where I work\n", 0o600)
        (self.clone / "build" / "upstream" / "tree").symlink_to(folder / "wireshark")
        put(folder / "pvsboot-notes.txt", "where the server stands\n", 0o600)
        put(folder / "work" / "thesis" / "chapter-1", "it was a dark and stormy night\n", 0o640)
        (folder / "work").chmod(0o700)
        put(folder / "log" / "package.log", "of something else\n", 0o644)
        put(folder / "build" / "plan.txt", "a house\n", 0o600)
        put(folder / "build" / "archive" / "old-plan.txt", "a hut\n", 0o400)
        put(folder / "build" / "plugins" / "mine.so", "not ours\n", 0o755)
        put(folder / "synthetic-boot.pcapng", "a text of the user's\n", 0o600)
        put(folder / "synthetic-boot.truth.json", "nothing but the truth\n", 0o600)
        shutil.copyfile(CAPTURE, folder / "capture.pcapng")
        (folder / "capture.pcapng").chmod(0o600)
        self.before = self.content()

    def content(self):
        """All that is there: mode, owner, and bytes."""
        found = {}
        for path in (self.folder, *self.folder.rglob("*")):
            facts = path.lstat()
            content = path.read_bytes() if stat.S_ISREG(facts.st_mode) else None
            found[str(path.relative_to(self.folder))] = (oct(facts.st_mode), facts.st_uid, facts.st_gid, content)
        return found

    def run(self, tool, *words, **environment):
        """A tool in the clone. Nothing of it is left running."""
        inherited = {name: value for name, value in os.environ.items() if name != "PVSBOOT_BUILD"}
        process = subprocess.Popen([f"tools/{tool}", *words], cwd=self.clone, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True,
                                   env={**inherited, "TMPDIR": str(self.temporary), **environment})
        try:
            return process.communicate(timeout=TIME_LIMIT)[0], process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise

    @property
    def temporary(self):
        """An ordinary user must be able to come there, as to /tmp."""
        return self.folder.parent / "tmp"

    def changed(self):
        now = self.content()
        return [path for path, was in self.before.items() if now.get(path) != was]


@pytest.fixture(scope="module")
def place():
    """Where an ordinary user can look, too: pytest's own folders are root's."""
    with tempfile.TemporaryDirectory(prefix="pvsboot-files-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


@pytest.fixture(scope="module")
def kept(place):
    return []


@pytest.fixture
def user(place, kept):
    """One for all tests, as long as nothing was harmed there: then another."""
    if not kept:
        kept.append(UsersFolder(pathlib.Path(tempfile.mkdtemp(dir=place)) / "user"))
    yield kept[0]
    if kept[0].changed():
        kept.clear()


def test_every_tool_is_tried():
    assert set(CASES) | WITHOUT_PATHS == set(TOOLS)


@pytest.mark.parametrize("tool, words", [(tool, words) for tool, cases in CASES.items() for words in cases],
                         ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_what_a_user_names_stays_as_it_is(user, tool, words):
    if not (ROOT / "tools" / tool).exists():
        pytest.skip(f"there is no tools/{tool}")
    said, _ = user.run(tool, *words)
    assert "Traceback" not in said
    assert user.changed() == [], said


@pytest.mark.parametrize("tool, words", OTHER_FOLDERS, ids=[tool for tool, _ in OTHER_FOLDERS])
def test_nothing_is_built_among_other_files(user, tool, words):
    said, status = user.run(tool, *words, PVSBOOT_BUILD="../build")
    assert status == 1 and "there are other files in this folder" in said
    assert user.changed() == [], said
    assert sorted(path.name for path in (user.folder / "build").iterdir()) == ["archive", "plan.txt", "plugins"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads as somebody else")
def test_the_copy_of_roots_capture_is_open_to_nobody_else(user, place):
    """Nobody reads it, and no other user may: the look of those happens as root, from a spy with root's rights."""
    noted = place / "noted"
    noted.write_text("")
    noted.chmod(0o666)
    spy = place / "bin" / "setpriv"
    spy.parent.mkdir()
    # tools/with-plugin becomes nobody by setpriv: the last moment to look around.
    spy.write_text(f"""#!/bin/sh
for word; do
    if [ "$before" = -r ] && [ -f "$word" ] && [ "$word" != "{user.folder}/capture.pcapng" ]; then
        for other in 1234 65533; do
            /usr/bin/setpriv --reuid=$other --regid=$other --clear-groups cat "$word" >/dev/null 2>&1 &&
                echo "open to $other" >>{noted}
        done
        /usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups cat "$word" >/dev/null && echo "a copy" >>{noted}
    fi
    before=$word
done
exec /usr/bin/setpriv "$@"
""")
    spy.chmod(0o755)
    said, status = user.run("demo", "../capture.pcapng", PATH=f"{spy.parent}:{os.environ['PATH']}")
    assert status == 0 and "reached BNIStack" in said, said
    assert noted.read_text() == "a copy\n"
    assert list(user.temporary.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="speaks of root")
def test_a_stage_of_roots_is_open_to_nobody_else(user):
    stage = user.temporary / "stage"
    said, status = user.run("stage-plugin", str(stage))
    assert status == 0, said
    for path in (stage, *stage.rglob("*")):
        for other in (1234, 65533):
            done = subprocess.run(["setpriv", f"--reuid={other}", f"--regid={other}", "--clear-groups", "test", "-r", path,
                                   "-o", "-w", path], check=False)
            assert done.returncode == 1 or path == stage, path
    assert stat.S_IMODE(stage.stat().st_mode) == 0o710
    shutil.rmtree(stage)


@pytest.mark.skipif(os.geteuid() != 0, reason="speaks of root")
def test_root_leaves_nothing_in_the_sources_of_another_user(user, place):
    """sudo tools/install --system, with a tshark that names folders of this test."""
    system = place / "system"
    tshark = place / "fake" / "tshark"
    tshark.parent.mkdir()
    tshark.write_text(f"""#!/bin/sh
case "$*" in
"-G folders") echo "Global Plugins:	{system}/plugins"; echo "Global configuration:	{system}/share" ;;
"-G plugins") find {system}/plugins -name pvsboot.so -printf 'pvsboot.so  0  codec  %p\\n' 2>/dev/null ;;
*) exec {shutil.which('tshark')} "$@" ;;
esac
""")
    tshark.chmod(0o755)
    other = UsersFolder(place / "other" / "user")
    for path in (other.folder, *other.folder.rglob("*")):
        os.lchown(path, 1234, 1234)
    other.before = other.content()
    path = f"{tshark.parent}:{os.environ['PATH']}"
    for words in (["--system"], ["--system", "--remove"]):
        said, status = other.run("install", *words, PATH=path)
        assert status == 0, said
        assert other.content() == other.before
        assert [str(found) for found in system.rglob("pvsboot.so")] == \
            ([] if "--remove" in words else [str(found) for found in (system / "plugins").glob("*/epan/pvsboot.so")]), said
    assert list(other.temporary.iterdir()) == []
