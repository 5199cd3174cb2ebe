# test_upgrade.py
# The script "install" over an older plugin and profile: whatever goes wrong, what worked before is there as it was
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil
import stat
import subprocess

import pytest

from truth import ROOT


def owned(bench, path):
    """A folder that belongs to the ordinary user, with all that is in it."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "65534:65534", path], check=True)
    return path


def everything(folder):
    """Each file with its bytes and mode, each link, each folder with its mode."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            found[str(path)] = ("link", os.readlink(path))
        else:
            found[str(path)] = (mode, path.read_bytes() if path.is_file() else "folder")
    return found


class Home:
    """An ordinary user's home, and the folder of the tar.gz beside it."""

    def __init__(self, bench, folder):
        self.bench, self.archive, self.home = bench, folder / "archive", folder / "home"
        build = os.environ.get("PVSBOOT_BUILD", "build/test")
        subprocess.run(["cmake", "--install", ROOT / build, "--component", "archive", "--prefix", self.archive],
                       check=True, capture_output=True)
        self.home.mkdir()
        owned(bench, folder)
        version = "{}.{}".format(*bench.version)
        self.source = self.archive / "plugins" / version / "epan" / "pvsboot.so"
        self.plugin = self.home / f".local/lib/wireshark/plugins/{version}/epan/pvsboot.so"
        self.profile = self.home / ".config/wireshark/profiles/PVS Boot"

    def install(self, *words, under=(), path=None, check=True):
        search = os.pathsep.join(filter(None, (path and str(path), os.environ["PATH"])))
        done = subprocess.run([*self.bench.as_user, *under, "env", "-i", f"PATH={search}", f"HOME={self.home}",
                               "LC_ALL=C.UTF-8", self.archive / "install", *words],
                              cwd=self.home, capture_output=True, text=True, timeout=120, start_new_session=True)
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def older(self):
        """An older plugin that loads (an ELF file may have more at its end), and an older profile, installed by us."""
        with open(self.source, "ab") as plugin:
            plugin.write(b"older")
        newest = (self.archive / "profiles/PVS Boot/dfilters").read_text()
        (self.archive / "profiles/PVS Boot/dfilters").write_text('"older" pvsboot\n')
        self.install()
        (self.archive / "profiles/PVS Boot/dfilters").write_text(newest)
        self.source.write_bytes(self.source.read_bytes().removesuffix(b"older"))
        assert self.plugin.read_bytes().endswith(b"older")
        assert (self.profile / "dfilters").read_text() == '"older" pvsboot\n'

    def tshark(self, script):
        """A folder with a tshark that does what the script says and then what the real one does."""
        folder = self.home.parent / "bin"
        folder.mkdir()
        (folder / "tshark").write_text(f"#!/bin/sh\n{script}\nexec {shutil.which('tshark')} \"$@\"\n")
        (folder / "tshark").chmod(0o755)
        return folder


@pytest.fixture
def user(bench, tmp_path_factory):
    folder = bench.home / tmp_path_factory.mktemp("upgrade").name
    folder.mkdir()
    yield Home(bench, folder)
    shutil.rmtree(folder)


def test_plugin_and_unchanged_profile_are_renewed(user):
    user.older()
    (user.profile / "recent").write_text("# as Wireshark writes it when it ends\n")
    done = user.install()
    assert "Renewed: " in done.stdout and "Kept" not in done.stdout
    assert user.plugin.read_bytes() == user.source.read_bytes()
    shipped = ROOT / "plugin/profile/PVS Boot"
    for path in shipped.iterdir():
        if path.name != "recent":
            assert (user.profile / path.name).read_bytes() == path.read_bytes()
    assert (user.profile / "recent").read_text() == "# as Wireshark writes it when it ends\n"
    user.install("--remove")
    assert list(user.home.iterdir()) == []


def change_a_file(profile):
    (profile / "dfilters").write_text('"mine" pvsboot\n')


def add_a_file(profile):
    (profile / "hosts").write_text("10.0.0.1 mine\n")


def add_a_hidden_file(profile):
    (profile / ".mine").write_text("mine\n")


def add_a_folder(profile):
    (profile / "old").mkdir()
    (profile / "old" / "dfilters").write_text('"mine" pvsboot\n')


def take_a_file_away(profile):
    (profile / "io_graphs").unlink()


def make_it_a_link(profile):
    profile.rename(profile.parent / "elsewhere")
    profile.symlink_to("elsewhere")


def forget_how_it_was_installed(profile):
    """So are copies that Wireshark makes of a profile for everybody, and profiles of the first packages."""
    (profile / ".pvsboot-installed").unlink()


@pytest.mark.parametrize("change", [change_a_file, add_a_file, add_a_hidden_file, add_a_folder, take_a_file_away,
                                    make_it_a_link, forget_how_it_was_installed])
def test_a_changed_profile_is_kept_and_that_is_said(user, change):
    user.older()
    change(user.profile)
    before = everything(user.home / ".config")
    done = user.install()
    assert "Kept, since " in done.stdout and str(user.profile) in done.stdout
    assert everything(user.home / ".config") == before
    assert user.plugin.read_bytes() == user.source.read_bytes()
    assert "Kept, since it is not as it was installed" in user.install("--remove").stdout
    assert everything(user.home / ".config") == before


def does_not_load(user):
    user.source.write_bytes(b"broken")
    return {}


def cannot_be_read(user):
    user.source.chmod(0)
    return {}


def no_profile_can_be_read(user):
    (user.archive / "profiles/PVS Boot/preferences").chmod(0)
    return {}


def disk_is_full(user):
    """Files may grow to 4 KB: the plugin does not fit."""
    return {"under": ["sh", "-c", 'ulimit -f 8; exec "$@"', "full"]}


def ctrl_c(user):
    """While tshark is asked whether it loads the new one."""
    return {"path": user.tshark(f"cmp -s {user.plugin} {user.source} && kill -INT 0")}


def terminal_is_closed(user):
    return {"path": user.tshark(f"cmp -s {user.plugin} {user.source} && kill -HUP 0")}


FAULTS = [does_not_load, cannot_be_read, no_profile_can_be_read, disk_is_full, ctrl_c, terminal_is_closed]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_upgrade_leaves_what_worked(user, fault):
    user.older()
    before = everything(user.home)
    done = user.install(check=False, **fault(user))
    assert done.returncode != 0
    assert everything(user.home) == before
    loaded = subprocess.run([*user.bench.as_user, "env", "-i", f"PATH={os.environ['PATH']}", f"HOME={user.home}",
                             "tshark", "-G", "plugins"], capture_output=True, text=True, check=True).stdout
    assert str(user.plugin) in loaded


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_first_installation_leaves_nothing(user, fault):
    """Nor does it take away folders that were there, empty or not."""
    (user.home / ".local/lib").mkdir(parents=True)
    (user.home / ".config/wireshark/profiles/Mine").mkdir(parents=True)
    owned(user.bench, user.home)
    before = everything(user.home)
    done = user.install(check=False, **fault(user))
    assert done.returncode != 0
    assert everything(user.home) == before


def test_what_a_killed_run_left_is_put_right(user):
    """Killed for good between the two: the new one stands there unproved, the former beside it."""
    user.older()
    path = user.tshark(f"cmp -s {user.plugin} {user.source} && kill -KILL 0")
    assert user.install(check=False, path=path).returncode != 0
    assert user.plugin.with_name("pvsboot.so.pvsboot-former").exists()
    user.source.write_bytes(b"broken")
    assert user.install(check=False).returncode != 0
    assert user.plugin.read_bytes().endswith(b"older")
    assert not [path for path in everything(user.home) if "former" in path or "coming" in path]


def test_it_has_help_and_refuses_what_it_does_not_know(user):
    told = user.install("--help").stdout
    assert "usage: " in told and "--system" in told and "--remove" in told
    refused = user.install("--everything", check=False)
    assert refused.returncode == 2 and "usage: " in refused.stderr
    assert list(user.home.iterdir()) == []
