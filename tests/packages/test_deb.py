# test_deb.py
# The Debian package: what it promises, and that it is installed, used and removed without a trace in a clean Debian
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re
import shutil
import subprocess
import tarfile

import pytest

from truth import ROOT


def said(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True, **options).stdout


@pytest.fixture(scope="session")
def control(packages):
    return {name: said("dpkg-deb", "--field", packages.deb, name).strip()
            for name in ("Version", "Architecture", "Depends")}


@pytest.fixture(scope="session")
def unpacked(packages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("deb")
    said("dpkg-deb", "--extract", packages.deb, folder)
    return folder


@pytest.fixture
def installed(root, packages):
    """Installed as a user would; purged after the test."""
    root.run("apt-get", "install", "-y", "--no-install-recommends", root.put(packages.deb))
    yield root.run("dpkg-query", "--listfiles", "pvsboot").stdout.splitlines()
    root.run("apt-get", "purge", "-y", "pvsboot")


def minor_version():
    return tuple(map(int, re.search(r"(\d+)\.(\d+)", said("tshark", "--version")).groups()))


def test_it_is_installed_used_and_removed(control, installed, see_boots):
    plugin = next(path for path in installed if path.endswith("/pvsboot.so"))
    version = see_boots(plugin)[1]
    assert control["Version"] == "{}+wireshark{}.{}".format(version, *minor_version())


def test_it_depends_on_the_wireshark_that_it_was_built_for(control, unpacked):
    plugin = next(unpacked.rglob("pvsboot.so"))
    linked = re.search(r"libwireshark\.so\.\d+ => (\S+)", said("ldd", plugin))[1]
    library = said("dpkg-query", "--search", "*/" + linked.rsplit("/", 1)[1]).split(":")[0]
    assert re.fullmatch(r"libwireshark\d+(t64)?", library)
    major, minor = minor_version()
    depends = control["Depends"].split(", ")
    for package in (library, "wireshark-common"):
        assert f"{package} (>= {major}.{minor}~)" in depends
        assert f"{package} (<< {major}.{minor + 1}~)" in depends
    named = {name.split()[0] for name in depends}
    assert {name for name in named if "wireshark" in name} == {library, "wireshark-common"}
    assert any(name.startswith("libglib2.0-0") for name in named) and "libc6" in named


def test_another_wireshark_takes_it_along(root, control, installed, tmp_path):
    """An upgrade to the next minor version, for which empty packages stand. apt only says what it would do."""
    major, minor = minor_version()
    newer = []
    for package in ("tshark", "wireshark-common"):
        folder = tmp_path / package
        (folder / "DEBIAN").mkdir(parents=True)
        (folder / "DEBIAN" / "control").write_text(
            f"Package: {package}\nVersion: {major}.{minor + 2}.0\nArchitecture: {control['Architecture']}\n"
            "Maintainer: Nobody <nobody@example.invalid>\nDescription: stands for an upgrade\n")
        said("dpkg-deb", "--root-owner-group", "--build", folder)
        newer.append(root.put(tmp_path / f"{package}.deb"))
    planned = root.run("apt-get", "install", "--simulate", *newer).stdout
    assert re.search(r"^Inst wireshark-common ", planned, re.M)
    assert re.search(r"^Remv pvsboot ", planned, re.M)


def test_it_stands_in_the_way_of_the_archives_script(root, packages, installed):
    plugin = next(path for path in installed if path.endswith("/pvsboot.so"))
    folder = packages.archive.name.removesuffix(".tar.gz")
    root.user("tar", "-xzf", root.put(packages.archive))
    refused = root.user(f"{folder}/install", check=False)
    assert refused.returncode != 0 and f"already, from {plugin}" in refused.stderr
    for words in (["--system"], ["--system", "--remove"]):
        refused = root.run(f"/home/user/{folder}/install", *words, check=False)
        assert refused.returncode != 0 and "belongs to the Debian package pvsboot" in refused.stderr
    root.user("rm", "-r", folder)


def test_the_plugin_is_stripped_and_hardened_and_tells_no_path_of_this_machine(unpacked):
    plugin = next(unpacked.rglob("pvsboot.so"))
    sections = said("readelf", "--wide", "--sections", plugin)
    assert ".text" in sections and ".debug_" not in sections and ".symtab" not in sections
    headers = said("readelf", "--wide", "--program-headers", "--dynamic", plugin)
    assert "GNU_RELRO" in headers and "BIND_NOW" in headers
    assert "RPATH" not in headers and "RUNPATH" not in headers
    assert str(ROOT).encode() not in plugin.read_bytes()


def test_the_same_sources_make_the_same_packages_elsewhere(packages, tmp_path):
    copy = tmp_path / "elsewhere"
    copy.mkdir()
    for name in ("CMakeLists.txt", "LICENSE", "README.md", "docs", "packaging", "plugin", "test-captures", "tools"):
        source = ROOT / name
        shutil.copytree(source, copy / name) if source.is_dir() else shutil.copyfile(source, copy / name)
    with tarfile.open(packages.archive) as archive:
        time = str(archive.next().mtime)
    made = subprocess.run([copy / "tools" / "package"], cwd=tmp_path, umask=0o077, capture_output=True, text=True,
                          timeout=600, env={**os.environ, "SOURCE_DATE_EPOCH": time})
    assert made.returncode == 0, made.stdout + made.stderr
    for package in (packages.deb, packages.archive):
        assert (copy / "build" / "packages" / package.name).read_bytes() == package.read_bytes()


def test_the_report_is_on_the_path_and_says_what_it_lacks(root, installed):
    """The clean root has no Python, as a machine where recommended packages were left out."""
    assert "/usr/bin/pvsboot-report" in installed
    assert "/usr/share/man/man1/pvsboot-report.1.gz" in installed
    refused = root.user("pvsboot-report", root.capture, check=False)
    assert refused.returncode == 1 and refused.stderr.startswith("pvsboot-report: ")
    assert "apt-get install python3" in refused.stderr and len(refused.stderr.splitlines()) == 1


def test_it_recommends_what_the_report_needs(packages):
    recommended = said("dpkg-deb", "--field", packages.deb, "Recommends").strip().split(", ")
    assert {"python3-jinja2", "python3-matplotlib", "tshark"} <= set(recommended)


@pytest.mark.skipif(not shutil.which("man"), reason="man is not installed")
def test_its_man_page_is_a_good_one(unpacked):
    page = unpacked / "usr/share/man/man1/pvsboot-report.1.gz"
    shown = subprocess.run(["man", "--warnings", "--local-file", page], capture_output=True, text=True,
                           env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}, timeout=60)
    assert shown.returncode == 0 and shown.stderr == ""
    assert "pvsboot-report - a report on " in " ".join(shown.stdout.split()) and "--preference" in shown.stdout


@pytest.mark.skipif(not shutil.which("lintian"), reason="lintian is not installed")
def test_lintian_finds_no_fault(packages):
    assert said("lintian", "--allow-root", packages.deb) == ""
