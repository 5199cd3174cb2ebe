# test_install.py
# Building and installing, as the person who will use it
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil
import subprocess

import pytest

from truth import ROOT

SOURCES = ["CMakeLists.txt", "LICENSE", "README.md", "docs", "packaging", "plugin", "tools"]


@pytest.fixture(scope="module")
def sources(bench):
    """A copy of what is built, where the ordinary user may write."""
    copy = bench.home / "sources"
    copy.mkdir()
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "65534:65534", copy], check=True)
    return copy


def install(bench, sources, home, *arguments, check=True, path=None):
    """tools/install as the ordinary user, with the folders of its own home."""
    path = os.pathsep.join(filter(None, (path and str(path), os.environ["PATH"])))
    command = [*bench.as_user, "env", "-i", f"PATH={path}", f"HOME={home}", "LC_ALL=C.UTF-8", "tools/install", *arguments]
    done = subprocess.run(command, cwd=sources, capture_output=True, text=True, timeout=300)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def test_install_puts_plugin_and_profile_into_the_home_and_proves_it(bench, sources):
    home = bench.home / "install"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, 65534, 65534)
    done = install(bench, sources, home)
    assert "Loaded by TShark" in done.stdout
    assert list(home.glob(".local/lib/wireshark/plugins/*/epan/pvsboot.so"))
    profile = home / ".config/wireshark/profiles/PVS Boot"
    assert (profile / "preferences").exists()
    # A second time it keeps what the user has made of the profile (more of that: tests/packages/test_upgrade.py).
    (profile / "dfilters").write_text('"mine" pvsboot\n')
    assert "Kept, since you have changed it" in install(bench, sources, home).stdout
    assert (profile / "dfilters").read_text() == '"mine" pvsboot\n'


def fake_tshark(home, version):
    """A tshark of this version for the path, which refuses the plugin."""
    (home / "bin").mkdir(parents=True)
    tshark = home / "bin" / "tshark"
    tshark.write_text(f"""#!/bin/sh
case "$*" in
"-G folders") echo "Personal Plugins:	$HOME/plugins"; echo "Personal configuration:	$HOME/config" ;;
"-G plugins") echo "pvsboot.so: undefined symbol: gone" >&2 ;;
--version) echo "TShark (Wireshark) {version}." ;;
esac
""")
    tshark.chmod(0o755)
    if os.geteuid() == 0:
        os.chown(home, 65534, 65534)
    return home / "bin"


def test_install_refuses_another_wireshark(bench, sources):
    home = bench.home / "other-version"
    path = fake_tshark(home, "9.9.1")
    done = install(bench, sources, home, check=False, path=path)
    assert done.returncode != 0
    assert "is for Wireshark {}.{}".format(*bench.version) in done.stderr and "9.9.1" in done.stderr
    assert os.listdir(home) == ["bin"]


def test_install_says_why_a_plugin_is_not_loaded(bench, sources):
    """Wireshark leaves exit status 0 when it refuses a plugin."""
    home = bench.home / "refused"
    path = fake_tshark(home, "{}.{}.99".format(*bench.version))
    done = install(bench, sources, home, check=False, path=path)
    assert done.returncode != 0
    assert "does not load the plugin" in done.stderr and "undefined symbol: gone" in done.stderr
    assert os.listdir(home) == ["bin"]


def test_remove_keeps_a_changed_profile(bench, sources):
    home = bench.home / "remove"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, 65534, 65534)
    install(bench, sources, home)
    profile = home / ".config/wireshark/profiles/PVS Boot"
    (profile / "recent").write_text("# as Wireshark writes it when it ends\n")
    (profile / "dfilters").write_text('"mine" pvsboot\n')
    assert "Kept" in install(bench, sources, home, "--remove").stdout
    assert not (home / ".local").exists() and (profile / "dfilters").exists()
    shutil.copy(ROOT / "plugin/profile/PVS Boot/dfilters", profile)
    install(bench, sources, home, "--remove")
    assert os.listdir(home) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="speaks of root")
def test_install_tells_root_that_personal_plugins_are_ignored():
    done = subprocess.run([ROOT / "tools" / "install"], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "as root" in done.stderr and "--system" in done.stderr


def test_the_build_refuses_an_unknown_wireshark(tmp_path):
    (tmp_path / "WiresharkConfig.cmake").write_text(
        "set(Wireshark_VERSION 3.6.2)\nset(Wireshark_MAJOR_VERSION 3)\nset(Wireshark_MINOR_VERSION 6)\n"
        "set(Wireshark_PLUGINS_ENABLED 1)\n")
    done = subprocess.run(["cmake", "-S", ROOT, "-B", tmp_path / "build", "-G", "Ninja", f"-DWireshark_DIR={tmp_path}"],
                          capture_output=True, text=True, timeout=120)
    assert done.returncode != 0
    assert "builds for Wireshark 4.0, 4.2, 4.4, 4.6" in " ".join(done.stderr.split())
    assert "3.6.2" in done.stderr
