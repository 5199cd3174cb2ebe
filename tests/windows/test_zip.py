# test_zip.py
# The zip for Windows that tools/package makes where the mirror hands out no other suite: for this machine's Wireshark
#
# The tests under Wine take the whole one (test_wine.py).
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import subprocess
import zipfile

import pytest

from truth import ROOT

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def without_mirror(tmp_path_factory):
    """An apt-get that names a mirror which is not there."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "apt-get").write_text('#!/bin/sh\ncase "$1" in indextargets) echo file:/no/such/debian; exit ;; esac\n'
                                    'exec /usr/bin/apt-get "$@"\n')
    (folder / "apt-get").chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def package(output, environment):
    return subprocess.run([ROOT / "tools/package", "--windows", output], capture_output=True, text=True, timeout=900,
                          env=environment, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def made(without_mirror, tmp_path_factory):
    output = tmp_path_factory.mktemp("zip")
    (output / "notes.txt").write_text("mine\n")
    done = package(output, without_mirror)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(path.name for path in output.iterdir())[0] == "notes.txt" and len([*output.iterdir()]) == 2
    return next(output.glob("*.zip")), done


def test_what_could_not_be_had_is_said(bench, made):
    path, done = made
    assert re.fullmatch(r"pvsboot-\d+\.\d+\.\d+-wireshark-windows-x64\.zip", path.name)
    left_out = re.findall(r"^LEFT OUT: the mirror does not hand out (\w+)", done.stderr, re.M)
    assert len(left_out) == 2 and set(left_out) < {"bookworm", "trixie", "forky"}
    with zipfile.ZipFile(path) as archive:
        top = path.stem
        names = [name.removeprefix(f"{top}/") for name in archive.namelist()]
        readme = archive.read(f"{top}/README.txt").decode()
        script = archive.read(f"{top}/install.cmd")
    version = "{}.{}".format(*bench.version)
    assert [name for name in names if name.endswith(".dll")] == [f"plugins/{version}/epan/pvsboot.dll"]
    assert f"The plugins are for Wireshark {version}" in readme and readme.count("could not be built here") == 2
    # For Windows' editor and its cmd.exe.
    for text in (readme.encode(), script):
        assert text.count(b"\r\n") == text.count(b"\n") and b"\r\r" not in text


def test_it_holds_what_its_documents_name(made):
    path, _ = made
    with zipfile.ZipFile(path) as archive:
        texts = {name.removeprefix(f"{path.stem}/"): archive.read(name) for name in archive.namelist()}
    assert {"install.cmd", "LICENSE", "README.txt", "profiles/PVS Boot/preferences", "docs/windows.md", "docs/fields.md",
            "docs/diagnosis.md", "docs/boots.schema.json"} <= set(texts)
    assert not any("report" in name for name in texts)
    readme = texts["README.txt"].decode()
    for name in re.findall(r"^\| ([\w./]+) \|", readme, re.M):
        assert name in ("file", "question") or any(entry.startswith(name) for entry in texts), name
    assert "@" not in readme and "tools/" not in readme.partition("Documents name files of the source")[0]
    for name, text in texts.items():
        if not name.endswith(".md"):
            continue
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text.decode()):
            assert os.path.normpath(os.path.join(os.path.dirname(name), link)) in texts, f"{name}: {link}"
        for capture in re.findall(r"examples/[\w.-]+\.pcapng", text.decode()):
            assert capture in texts, f"{name}: {capture}"
    for name, text in texts.items():
        if name.startswith("profiles/"):
            assert text == (ROOT / "plugin" / name.replace("profiles/", "profile/")).read_bytes()


def test_the_same_sources_make_the_same_bytes(made, without_mirror, tmp_path):
    path, _ = made
    assert package(tmp_path, without_mirror).returncode == 0
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_without_any_suite_there_is_no_zip(without_mirror, tmp_path):
    """As on a machine of another suite: nothing is half made."""
    (tmp_path / "os-release").write_text("VERSION_CODENAME=other\n")
    script = 'mount --bind "$1" /etc/os-release; shift; exec "$@"'
    if os.geteuid() != 0:
        pytest.skip("only root can say what this machine is")
    output = tmp_path / "output"
    done = subprocess.run(["unshare", "--mount", "sh", "-euc", script, "other", tmp_path / "os-release",
                           ROOT / "tools/package", "--windows", output], capture_output=True, text=True, timeout=300,
                          env=without_mirror)
    assert done.returncode == 1 and done.stderr.splitlines()[-1] == \
        "tools/package: no suite could be had, so there is no zip"
    assert list(output.iterdir()) == []
