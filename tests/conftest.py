# conftest.py
# Runs the real Wireshark programs with the plugin under test, as an ordinary user
#
# As root, Wireshark ignores WIRESHARK_PLUGIN_DIR, and a plugin that fails to load leaves exit status 0: so the
# programs run as "nobody" there, in a directory of their own, and the session first checks that the plugin is loaded.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Seconds. tools/sanitize runs Wireshark under slow tools.
TIME_LIMIT = int(os.environ.get("PVSBOOT_TIME_LIMIT", 120))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """
    Each worker of tools/test takes whole files, so that what a file keeps is made once; and all files that share more
    than that. First: xdist 3.1 reads the groups in the same hook.
    """
    if not config.pluginmanager.hasplugin("xdist"):
        return
    for item in items:
        folder, file = item.path.parent.name, item.path.name
        shared = "packages" if folder == "packages" else "told" if "told" in item.fixturenames else None
        item.add_marker(pytest.mark.xdist_group(shared or f"{folder}-{file}"))


class Bench:
    """A directory that an ordinary user can read, with the plugin, the captures and a home."""

    def __init__(self, directory):
        self.directory = directory
        directory.chmod(0o755)
        build = pathlib.Path(os.environ.get("PVSBOOT_BUILD", "build/test"))
        build = build if build.is_absolute() else ROOT / build
        shutil.copytree(build / "plugins", directory / "plugins")
        # The folder names the version that the plugin was built for: plugins/4.0
        self.version = tuple(map(int, next((build / "plugins").iterdir()).name.split(".")))
        self.home = directory / "home"
        self.home.mkdir()
        self.scratch = directory / "scratch"
        self.scratch.mkdir()
        self.as_user = []
        if os.geteuid() == 0:
            for mine in (self.home, self.scratch):
                os.chown(mine, 65534, 65534)
            self.as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        self.data = self.without_large_tables()
        # A command that Wireshark's programs run under; tools/sanitize sets it.
        self.under = shlex.split(os.environ.get("PVSBOOT_UNDER", ""))

    def without_large_tables(self):
        """
        For tshark and sharkd: Wireshark's data without the names of manufacturers and enterprises, for which no test
        asks. 4.0 reads these 4 MB each time it starts, a third of that time. 4.4 and later have them in the program.
        """
        data = self.directory / "data"
        data.mkdir()
        for path in pathlib.Path("/usr/share/wireshark").iterdir():
            if path.name not in ("manuf", "enterprises.tsv"):
                (data / path.name).symlink_to(path)
        return {"WIRESHARK_DATA_DIR": str(data)}

    def environment(self, **more):
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "DISPLAY") if name in os.environ}
        return {**kept, "HOME": str(self.home), "LC_ALL": "C.UTF-8", "TZ": "UTC",
                "XDG_RUNTIME_DIR": str(self.scratch),
                "WIRESHARK_PLUGIN_DIR": str(self.directory / "plugins"),
                "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1",
                "WIRESHARK_ABORT_ON_TOO_MANY_ITEMS": "1", **more}

    def readable(self, capture):
        """A copy of a capture where the ordinary user can read it."""
        capture = pathlib.Path(capture)
        if self.directory in capture.parents:
            return capture
        copy = self.scratch / capture.name
        if not copy.exists():
            shutil.copyfile(capture, copy)
            copy.chmod(0o644)
        return copy

    def run(self, *command, check=True, stdin=None, **environment):
        # Only these load the plugin; editcap, for one, hangs under libasan when it ends (glibc's lock of locales).
        under, data = (self.under, self.data) if command[0] in ("tshark", "sharkd") else ([], {})
        done = subprocess.run([*self.as_user, *under, *map(str, command)], env=self.environment(**{**data, **environment}),
                              input=stdin, capture_output=True, text=True, timeout=TIME_LIMIT,
                              cwd=self.scratch)
        if check:
            assert done.returncode == 0, f"{command}: exit status {done.returncode}\n{done.stderr}"
        return done

    def tshark(self, capture, *arguments, **options):
        return self.run("tshark", "-n", "-r", self.readable(capture), *arguments, **options).stdout

    def sharkd(self, *calls):
        """Calls (method, parameters) to one sharkd; their results in order."""
        lines = [json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters})
                 for number, (method, parameters) in enumerate(calls, 1)]
        done = self.run("sharkd", "-", stdin="\n".join(lines) + "\n")
        answers = [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]
        assert len(answers) == len(calls), f"{len(answers)} answers for {len(calls)} calls\n{done.stderr}"
        assert all("error" not in answer for answer in answers), answers
        return [answer["result"] for answer in answers]

    def fields(self, capture, names, *arguments):
        """One dictionary a frame, of the fields it has. Repeated values are joined by commas."""
        wanted = [word for name in ("frame.number", *names) for word in ("-e", name)]
        lines = self.tshark(capture, "-T", "fields", "-E", "separator=/t", *wanted, *arguments).splitlines()
        rows = [dict(zip(("frame.number", *names), line.split("\t"))) for line in lines]
        return [{name: value for name, value in row.items() if value != ""} for row in rows]


@pytest.fixture(scope="session")
def bench():
    with tempfile.TemporaryDirectory(prefix="pvsboot-test-") as directory:
        bench = Bench(pathlib.Path(directory))
        listed = bench.run("tshark", "-G", "plugins")
        assert "pvsboot.so" in listed.stdout, f"the plugin was not loaded:\n{listed.stdout}{listed.stderr}"
        yield bench


@pytest.fixture(scope="session")
def plugin_fields(bench):
    """All fields that the plugin registers: name -> type."""
    rows = (line.split("\t") for line in bench.run("tshark", "-G", "fields").stdout.splitlines())
    return {row[2]: row[3] for row in rows if row[0] == "F" and row[2].startswith(("pvs.", "pvsboot."))}


@pytest.fixture(scope="session")
def findings(plugin_fields):
    """The names of all its expert infos that speak of a boot."""
    return sorted(name for name, kind in plugin_fields.items()
                  if kind == "FT_NONE" and name != "pvsboot.boots_forgotten")
