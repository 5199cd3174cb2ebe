# test_wine.py
# The zip for Windows under Wine: installed, used, removed; and on every capture tshark.exe says what Linux' tshark says
#
# SPDX-License-Identifier: GPL-2.0-or-later

import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import zipfile

import pytest

from truth import ROOT

# All of them take a while: PVSBOOT_WINE_EVERY=3 takes each third one.
CAPTURES = sorted((ROOT / "test-captures").glob("*/*.pcap*"))[::int(os.environ.get("PVSBOOT_WINE_EVERY", 1))]
OUTSIDE_ASCII = "PVS-Boot-über-日本.json"
PROGRAM_LIMIT = 180
WORKERS = 2 * (os.cpu_count() or 1)  # Wine's programs wait for its server


class Windows:
    """A Wine of its own, for the ordinary user: a tshark.exe in the path, and a home."""

    def __init__(self, bench):
        self.bench = bench
        self.folder = bench.home / "wine"
        self.folder.mkdir()
        self.tshark = bench.directory / "tshark.exe"
        shutil.copytree(os.environ["PVSBOOT_WINE_TSHARK"], self.tshark)
        if os.geteuid() == 0:
            os.chown(self.folder, 65534, 65534)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(bench.home), "WINEPREFIX": str(self.folder / "c"),
                            "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
                            "WINEPATH": f"Z:{self.tshark}".replace("/", "\\"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        # Wine's services live as long as its server, and hold the outputs of the program that started them: so they are
        # started here, once, with outputs that nobody reads.
        self.quietly("wine", "wineboot", "--init")
        self.quietly("wineserver", "--wait")
        self.quietly("wineserver", "--persistent")
        self.quietly("wine", "cmd", "/c", "exit")
        self.appdata = next((self.folder / "c/drive_c/users").glob("*/AppData/Roaming"))
        self.wireshark = self.appdata / "Wireshark"

    def run(self, *command, check=True, **environment):
        """A command of Wine's; with its output, the ends of lines as on Linux."""
        done = subprocess.run([*self.bench.as_user, "wine", *map(str, command)], stdin=subprocess.DEVNULL,
                              env={**self.environment, **environment}, capture_output=True, timeout=PROGRAM_LIMIT,
                              cwd=self.folder)
        done.stdout, done.stderr = (text.decode().replace("\r\n", "\n") for text in (done.stdout, done.stderr))
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def quietly(self, *command):
        subprocess.run([*self.bench.as_user, *command], env=self.environment, timeout=PROGRAM_LIMIT, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The zip, as tools/package makes it."""
    given = os.environ.get("PVSBOOT_WINDOWS_ZIP")
    if given:
        return pathlib.Path(given)
    output = tmp_path_factory.mktemp("zip")
    done = subprocess.run([ROOT / "tools/package", "--windows", output], capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout + done.stderr)
    return next(output.glob("pvsboot-*-wireshark-windows-x64.zip"))


@pytest.fixture(scope="module")
def windows(bench):
    windows = Windows(bench)
    yield windows
    windows.quietly("wineserver", "--kill")


@pytest.fixture
def unpacked(windows, archive):
    """What was in the zip, in a folder with a space in its name. Whatever was installed is gone after the test."""
    folder = windows.folder / "un packed"
    before = everything(windows.appdata)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "65534:65534", folder], check=True)
    yield next(folder.iterdir())
    shutil.rmtree(folder)
    shutil.rmtree(windows.wireshark, ignore_errors=True)
    assert everything(windows.appdata) == before


def everything(folder):
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def install(windows, unpacked, *words, check=True):
    return windows.run("cmd", "/c", f"Z:{unpacked}\\install.cmd".replace("/", "\\"), *words, check=check)


def version(bench):
    return "{}.{}".format(*bench.version)


def test_it_is_installed_loaded_and_removed(bench, windows, unpacked):
    done = install(windows, unpacked)
    for folder in (unpacked / "plugins").iterdir():
        assert folder.name in done.stdout
        assert (windows.wireshark / "plugins" / folder.name / "epan/pvsboot.dll").read_bytes() == \
            (folder / "epan/pvsboot.dll").read_bytes()
    assert f"Loaded by Wireshark {version(bench)}." in done.stdout
    assert "Help, About Wireshark, Plugins" in done.stdout
    listed = windows.run("tshark.exe", "-G", "plugins").stdout
    assert re.search(rf"^pvsboot\.dll\s.*Wireshark\\plugins\\{re.escape(version(bench))}\\epan\\pvsboot\.dll$",
                     listed, re.M)
    capture = bench.readable(ROOT / "test-captures/synthetic/synthetic-recorded-phase1-plus-stream.pcapng")
    shown = windows.run("tshark.exe", "-n", "-C", "PVS Boot", "-r", f"Z:{capture}", "-c", "1").stdout
    assert "1.1 DHCP Discover" in shown  # the profile's column for the step
    done = install(windows, unpacked, "/remove")
    assert "Removed: " in done.stdout and "Kept" not in done.stdout
    assert not windows.wireshark.exists()


def test_a_profile_is_renewed_or_kept(windows, unpacked):
    profile = windows.wireshark / "profiles/PVS Boot"
    shipped = unpacked / "profiles/PVS Boot"
    newest = (shipped / "dfilters").read_bytes()
    (shipped / "dfilters").write_bytes(b'"older" pvsboot\n')
    os.utime(shipped / "dfilters", (1e9, 1e9))
    assert "Installed: " in install(windows, unpacked).stdout
    (profile / "recent").write_text("# as Wireshark writes it when it ends\n")
    (shipped / "dfilters").write_bytes(newest)
    assert "Renewed: " in install(windows, unpacked).stdout
    assert (profile / "dfilters").read_bytes() == newest
    assert (profile / "recent").read_text() == "# as Wireshark writes it when it ends\n"

    for change in (lambda: (profile / "dfilters").write_text('"mine" pvsboot\n'),
                   lambda: (os.utime(profile / "dfilters", (1e9, 1e9))),  # an older file, put back by its user
                   lambda: (profile / "hosts").write_text("10.0.0.1 mine\n"),
                   lambda: (profile / "io_graphs").unlink(),
                   lambda: (profile / "mine").mkdir()):
        change()
        before = everything(profile)
        assert "Kept, since you have changed it" in install(windows, unpacked).stdout
        assert everything(profile) == before
        shutil.rmtree(profile)
        install(windows, unpacked)
    (profile / "dfilters").write_text('"mine" pvsboot\n')
    before = everything(profile)
    assert "Kept, since it is not as it was installed" in install(windows, unpacked, "/remove").stdout
    assert everything(profile) == before
    # Nothing tells any longer how it was installed.
    assert "Kept, since nothing tells" in install(windows, unpacked).stdout
    assert everything(profile) == before


@pytest.mark.parametrize("fault", ["broken", "missing", "folder in the way"])
def test_a_failed_upgrade_leaves_what_worked(bench, windows, unpacked, fault):
    install(windows, unpacked)
    newest = unpacked / "plugins" / version(bench) / "epan/pvsboot.dll"
    shipped = unpacked / "profiles/PVS Boot/dfilters"
    shipped.write_bytes(b'"newer" pvsboot\n')
    if fault == "broken":  # Wireshark does not load it
        newest.write_bytes(b"broken")
    elif fault == "missing":
        newest.unlink()
    else:
        (windows.wireshark / "plugins" / version(bench) / "epan/pvsboot.dll.pvsboot-coming").mkdir()
    before = everything(windows.wireshark)
    done = install(windows, unpacked, check=False)
    assert done.returncode == 1 and "All is as it was before" in done.stderr
    assert everything(windows.wireshark) == before
    assert "pvsboot.dll" in windows.run("tshark.exe", "-G", "plugins").stdout


def test_a_failed_first_installation_leaves_nothing(bench, windows, unpacked):
    (unpacked / "plugins" / version(bench) / "epan/pvsboot.dll").write_bytes(b"broken")
    done = install(windows, unpacked, check=False)
    assert done.returncode == 1 and "All is as it was before" in done.stderr
    assert not windows.wireshark.exists()


def test_it_has_help_and_refuses_what_it_does_not_know(windows, unpacked):
    assert "/remove" in install(windows, unpacked, "/?").stdout
    for words in (["/everything"], ["/remove", "now"]):
        refused = install(windows, unpacked, *words, check=False)
        assert refused.returncode == 2 and "usage: " in refused.stderr
    shutil.rmtree(unpacked / "plugins")  # as where it is started inside the zip
    refused = install(windows, unpacked, check=False)
    assert refused.returncode == 1 and "Take all files out of the zip" in refused.stderr
    assert not windows.wireshark.exists()


def alike(text):
    """Without what differs between systems: the name of the time zone in -V, and where the program came from."""
    text = text.replace("\r\n", "\n").replace("Coordinated Universal Time", "UTC")
    return re.sub(r"^( *[A-Za-z ]*Time: .*) [^ \n]+$", r"\1", text, flags=re.M)


def runs(bench, plugin_fields, cut_short):
    """What is asked of each capture, in few runs, for under Wine each takes its time: a name and tshark's words."""
    info = "_ws.col.info" if bench.version >= (4, 4) else "_ws.col.Info"
    fields = [word for name in ("frame.number", *sorted(plugin_fields), "_ws.expert.message", info) for word in ("-e", name)]
    statistics = ["-z", "pvsboot,boots", "-z", "pvsboot,tree", "-z", "pvs,srt", "-z", "pvsboot,json,FILE"]
    for passes in ([], ["-2"]):
        yield f"fields and statistics, {len(passes) + 1}", [*passes, "-T", "fields", *fields, *statistics]
        if not cut_short:
            yield f"JSON, {len(passes) + 1}", [*passes, "-q", "-z", "pvsboot,json"]
    if not cut_short:
        yield "columns and details", ["-P", "-V"]


def test_every_capture_reads_as_on_linux(bench, windows, unpacked, plugin_fields):
    """Fields, expert messages, columns, details, statistics, JSON to a file and not; one and two passes; whole and cut."""
    install(windows, unpacked)

    def tell(program, path, words, place):
        """What tshark says, and what it writes into a file of a name outside ASCII."""
        subprocess.run([*bench.as_user, "mkdir", "-p", place], check=True)
        drive = "Z:" if program == "tshark.exe" else ""
        run = windows.run if program == "tshark.exe" else bench.run
        words = [word.replace("FILE", f"{drive}{place / OUTSIDE_ASCII}") for word in words]
        command = [program, "-n", "-r", f"{drive}{path}", *words]
        done = run(*command, check=False)
        if not done.stdout and not done.stderr:
            # Under Wine each tshark.exe complains of the console: this one was never started.
            not_started.append(command)
            done = run(*command)
        assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stderr}"
        text = alike(done.stdout)
        written = place / OUTSIDE_ASCII
        return text, written.read_text() if written.exists() else None

    def compare(job):
        capture, cut_short = job
        path = bench.readable(capture)
        if cut_short:
            # What dissectors throw then goes through the plugin.
            path = bench.scratch / f"cut-{capture.name}"
            bench.run("editcap", "-s", "60", bench.readable(capture), path)
        answers = []
        for name, words in runs(bench, plugin_fields, cut_short):
            place = windows.folder / "written" / path.name / re.sub(r"\W+", "-", name)
            linux, wine = (tell(program, path, words, place / program) for program in ("tshark", "tshark.exe"))
            answers.append((f"{path.name}: {name}", linux[0], wine[0]))
            assert (linux[1] is None) == ("-T" not in words)
            if linux[1] is not None:
                answers.append((f"{path.name}: {name}, JSON file", linux[1], wine[1]))
        return answers

    jobs = [(capture, False) for capture in CAPTURES] + [(capture, True) for capture in CAPTURES[::4]]
    compared, different, not_started = 0, [], []
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for answers in pool.map(compare, jobs):
            print(".", end="", flush=True)
            for name, linux, wine in answers:
                compared += 1
                assert linux.strip(), name
                if linux != wine:
                    lines = difflib.unified_diff(linux.splitlines(), (wine or "").splitlines(), "Linux", "Windows", "", "",
                                                 0, "")
                    different.append(f"{name}\n" + "\n".join([*lines][:8]))
                    print(f"\n{different[-1]}", flush=True)
    print(f"\n{len(CAPTURES)} captures, {len(jobs) - len(CAPTURES)} of them cut short, too: {compared} comparisons, "
          f"{len(different)} different; programs that Wine did not start at once: {len(not_started)}")
    assert len(not_started) < 10
    assert different == []
