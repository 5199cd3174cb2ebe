# test_jobs.py
# Captures are read side by side, in this machine or in a cluster; what was read survives an interruption
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import pytest

from report_page import Page
from truth import ROOT, SYNTHETIC

sys.path.insert(0, str(ROOT / "tools" / "report.d"))

STORM = SYNTHETIC / "synthetic-interleaved-40.pcapng"
BOOT = SYNTHETIC / "synthetic-boot.pcapng"
TIME_LIMIT = 120


def test_more_jobs_make_the_same_page(page_file):
    captures = [STORM, BOOT, SYNTHETIC / "synthetic-three-boots.pcapng"]
    assert page_file("--jobs", "1", *captures).read_bytes() == page_file("--jobs", "3", *captures).read_bytes()


@pytest.fixture
def shared(tmp_path):
    """A folder that an ordinary user can read, too, with a bin folder that stands first in PATH."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="pvsboot-test-"))
    folder.chmod(0o755)
    for name in ("bin", "tmp", "marks"):
        (folder / name).mkdir()
        (folder / name).chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def stand_in(folder, marks, before):
    """A tshark that leaves a mark, and does something before it reads the second capture."""
    program = folder / "bin" / "tshark"
    program.write_text(f"""#!/bin/sh
case " $* " in
*" pvsboot,json "*)
    if mkdir {marks}/first 2>/dev/null; then exec {shutil.which("tshark")} "$@"; fi
    {before}
    ;;
esac
exec {shutil.which("tshark")} "$@"
""")
    program.chmod(0o755)


def wait_for(condition, what):
    end = time.monotonic() + TIME_LIMIT
    while not condition():
        assert time.monotonic() < end, f"no {what} within {TIME_LIMIT} s"
        time.sleep(0.05)


def environment(folder, **more):
    build = ROOT / os.environ.get("PVSBOOT_BUILD", "build/test")
    return {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "TMPDIR": str(folder / "tmp"),
            "PVSBOOT_BUILD": str(build), "LC_ALL": "C.UTF-8", **more}


def test_what_was_read_survives_an_interruption(shared, tmp_path):
    stand_in(shared, shared / "marks", f"mkdir {shared}/marks/second; exec tail -f /dev/null")
    command = [ROOT / "tools" / "report", "--jobs", "1", "--join", "never", "-o", tmp_path / "page.html", BOOT, STORM]
    process = subprocess.Popen(command, env=environment(shared), stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: (shared / "marks" / "second").exists(), "second capture")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=TIME_LIMIT)
    finally:
        process.kill()
    assert process.returncode == 130, said
    page = Page(tmp_path / "page.html")
    assert list(page.captures) == [BOOT.name] and list(page.boots(BOOT.name)) == [1]
    [trouble] = page.root.xpath("//header/div[@class='trouble']")
    assert f"1 capture was not read: {STORM.name}" in " ".join(trouble.text_content().split())
    assert not list((shared / "tmp").iterdir()), "something was left behind"


def test_a_capture_that_vanishes_is_skipped(report, shared, tmp_path, monkeypatch):
    """Between the moment it is looked at and the moment it is read."""
    gone = tmp_path / "gone.pcapng"
    shutil.copy(STORM, gone)
    program = shared / "bin" / "cmake" # runs in between: the plugin is built
    program.write_text(f'#!/bin/sh\nrm -f {gone}\nexec {shutil.which("cmake")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shared / 'bin'}:{os.environ['PATH']}")
    done = report("-o", tmp_path / "page.html", BOOT, gone, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    page = Page(tmp_path / "page.html")
    assert list(page.captures) == [BOOT.name]
    [trouble] = page.root.xpath("//header/div[@class='trouble']")
    assert "gone.pcapng: skipped: No such file or directory" in trouble.text_content()


def test_the_bar_tells_files_bytes_boots_and_time_left():
    """On a terminal; the line's words, from known numbers."""
    import jobs
    progress = jobs.Progress.__new__(jobs.Progress)
    progress.size, progress.files, progress.read_files, progress.boots = 200_000_000, 20, 5, 123
    assert progress.text(50_000_000, 10.0) == "5 of 20 files, 50 MB of 200 MB, 123 boots, about 30 s left"
    assert progress.text(0, 10.0) == "5 of 20 files, 0 MB of 200 MB, 123 boots"


# ---- a cluster ------------------------------------------------------------------------------------------------------

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cluster(shared):
    """A real scheduler and two real workers, with the stand-in's bin folder in their PATH."""
    pytest.importorskip("distributed")
    address = f"tcp://127.0.0.1:{free_port()}"
    processes = []

    def start(module, *words):
        log = open(shared / f"{module}{len(processes)}.log", "w", encoding="utf-8")
        processes.append(subprocess.Popen([sys.executable, "-m", f"distributed.cli.{module}", *words], stdout=log,
                                          stderr=log, cwd=shared / "tmp", env=environment(shared), start_new_session=True))
        return processes[-1]

    start("dask_scheduler", "--host", "127.0.0.1", "--port", address.rsplit(":", 1)[1], "--no-dashboard")
    workers = [start("dask_worker", address, "--host", "127.0.0.1", "--nworkers", "1", "--nthreads", "1", "--no-dashboard",
                     "--no-nanny", "--name", name) for name in ("one", "two")]
    try:
        from distributed import Client
        with Client(address, timeout=TIME_LIMIT) as client:
            client.wait_for_workers(2, timeout=TIME_LIMIT)
        yield address, workers
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def pieces(folder, count=4):
    """Captures that are not joined: copies of one boot."""
    paths = []
    for number in range(count):
        paths.append(folder / f"boot{number}.pcapng")
        shutil.copy(BOOT, paths[-1])
        paths[-1].chmod(0o644)
    return paths


def in_cluster(shared, address, page, captures):
    command = [ROOT / "tools" / "report", "--cluster", address, "-o", page, *captures]
    return subprocess.Popen(command, env=environment(shared), stderr=subprocess.PIPE, text=True)


def test_a_cluster_makes_the_same_page(shared, cluster, page_file, tmp_path):
    address, _ = cluster
    captures = pieces(shared)
    process = in_cluster(shared, address, tmp_path / "page.html", captures)
    _, said = process.communicate(timeout=TIME_LIMIT)
    assert process.returncode == 0, said
    assert (tmp_path / "page.html").read_bytes() == page_file(*captures).read_bytes()


def test_a_worker_that_dies_costs_its_piece_again_and_no_boot(shared, cluster, page_file, tmp_path):
    """The second tshark waits until its worker is dead; which worker that is, it tells."""
    address, workers = cluster
    stand_in(shared, shared / "marks", f"""
    if mkdir {shared}/marks/second 2>/dev/null; then echo $$ > {shared}/marks/self; ps -o ppid= -p $$ > {shared}/marks/parent; exec tail -f /dev/null; fi""")
    captures = pieces(shared)
    process = in_cluster(shared, address, tmp_path / "page.html", captures)
    try:
        parent = shared / "marks" / "parent"
        wait_for(lambda: parent.exists() and parent.read_text().strip(), "second capture")
        [dying] = [worker for worker in workers if worker.pid == int(parent.read_text())]
        os.killpg(dying.pid, signal.SIGKILL)
        _, said = process.communicate(timeout=TIME_LIMIT)
    finally:
        process.kill()
        with contextlib.suppress(OSError):
            os.kill(int((shared / "marks" / "self").read_text()), signal.SIGKILL)
    assert process.returncode == 0, said
    shutil.rmtree(shared / "bin")
    assert (tmp_path / "page.html").read_bytes() == page_file(*captures).read_bytes()


def test_a_worker_says_what_it_lacks(shared):
    from read_group import complaint_of_worker
    subprocess.run([ROOT / "tools" / "stage-plugin", shared / "stage"], check=True, capture_output=True, timeout=TIME_LIMIT,
                   env=environment(shared))
    size = BOOT.stat().st_size
    assert complaint_of_worker(str(shared / "stage"), [(str(BOOT), size)]) is None
    assert "another one there" in complaint_of_worker(str(shared / "stage"), [(str(BOOT), size + 1)])
    assert "cannot be read there" in complaint_of_worker(str(shared / "stage"), [("/no/such.pcapng", 1)])
    assert "set TMPDIR" in complaint_of_worker(str(shared / "nowhere"), [])
    for plugin in (shared / "stage" / "plugins").rglob("pvsboot.so"):
        plugin.unlink()
    assert "does not load the plugin" in complaint_of_worker(str(shared / "stage"), [])


def test_where_no_scheduler_answers_that_is_said(shared, tmp_path):
    process = in_cluster(shared, f"tcp://127.0.0.1:{free_port()}", tmp_path / "page.html", [BOOT])
    _, said = process.communicate(timeout=TIME_LIMIT)
    assert process.returncode == 1 and "no Dask scheduler answers" in said and "Traceback" not in said
