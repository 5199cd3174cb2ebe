# test_archive.py
# The tar.gz in a clean Debian: unpacked, installed, used and removed by an ordinary user, or for everybody by root
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re

import pytest


@pytest.fixture
def unpacked(root, packages):
    """The folder of the tar.gz in the home of the ordinary user; it is gone after the test."""
    root.user("tar", "-xzf", root.put(packages.archive))
    yield "/home/user/" + packages.archive.name.removesuffix(".tar.gz")
    root.user("rm", "-r", packages.archive.name.removesuffix(".tar.gz"))


def wireshark_of(packages):
    return re.fullmatch(r"pvsboot-\d+\.\d+\.\d+-wireshark(\d+\.\d+)-linux-\w+\.tar\.gz", packages.archive.name)[1]


def test_a_user_installs_and_removes_it(root, packages, unpacked, see_boots):
    done = root.user(f"{unpacked}/install")
    assert "Loaded by TShark" in done.stdout and done.stderr == ""
    see_boots(f"/home/user/.local/lib/wireshark/plugins/{wireshark_of(packages)}/epan/pvsboot.so")
    root.user(f"{unpacked}/install", "--remove")


def test_root_installs_it_for_everybody(root, packages, unpacked, see_boots):
    refused = root.user(f"{unpacked}/install", "--system", check=False)
    assert refused.returncode != 0 and "no right to write" in refused.stderr and "sudo" in refused.stderr
    refused = root.run(f"{unpacked}/install", check=False)
    assert refused.returncode != 0 and "as root" in refused.stderr and "--system" in refused.stderr
    done = root.run(f"{unpacked}/install", "--system")
    plugin = re.search("^Installed: (.*pvsboot.so)$", done.stdout, re.M)[1]
    assert plugin.startswith("/usr/lib/")
    see_boots(plugin)
    # Wireshark would load one of the two only.
    refused = root.user(f"{unpacked}/install", check=False)
    assert refused.returncode != 0 and f"already, from {plugin}" in refused.stderr
    root.run(f"{unpacked}/install", "--system", "--remove")


def test_another_wireshark_is_told_and_nothing_is_installed(root, packages, unpacked):
    """The folder as if it came with the tar.gz for Wireshark 9.9."""
    root.user("mv", f"{unpacked}/plugins/{wireshark_of(packages)}", f"{unpacked}/plugins/9.9")
    for who, words in ((root.user, []), (root.run, ["--system"])):
        before = root.files()
        done = who(f"{unpacked}/install", *words, check=False)
        assert done.returncode != 0
        assert "this plugin is for Wireshark 9.9, but here is TShark" in done.stderr
        assert f"take the package for wireshark{wireshark_of(packages)}" in done.stderr
        assert root.files() == before


def test_a_plugin_that_does_not_load_is_taken_away_again(root, packages, unpacked):
    """As with a library that this machine does not have."""
    root.user("sh", "-c", 'echo broken >"$1"', "break",
              f"{unpacked}/plugins/{wireshark_of(packages)}/epan/pvsboot.so")
    before = root.files()
    done = root.user(f"{unpacked}/install", check=False)
    assert done.returncode != 0
    assert "does not load the plugin" in done.stderr and "pvsboot.so" in done.stderr
    assert root.files() == before
