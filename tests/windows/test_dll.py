# test_dll.py
# The plugin's DLL for the Wireshark of this machine, cross-built: without a warning, and with the right imports
#
# The whole zip: tools/package --windows. Run it under Wine: tools/test --windows (test_wine.py).
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import shutil
import subprocess

import pytest

from truth import ROOT

WINDOWS = ROOT / "packaging" / "windows"

pytestmark = pytest.mark.once


def build(folder, sources=ROOT):
    folder.mkdir()
    done = subprocess.run([sources / "packaging/windows/build-dll", "/", folder], capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return next(folder.glob("build/plugins/*/epan/pvsboot.dll"))


@pytest.fixture(scope="module")
def dll(tmp_path_factory):
    return build(tmp_path_factory.mktemp("windows") / "dll")


def check(path):
    return subprocess.run([WINDOWS / "check-dll", path], capture_output=True, text=True, timeout=60)


def test_it_is_built_and_imports_and_exports_what_it_should(dll):
    assert dll.stat().st_size < 1_000_000
    done = check(dll)
    assert done.returncode == 0, done.stderr
    told = subprocess.run(["x86_64-w64-mingw32-objdump", "-p", dll], capture_output=True, text=True, check=True).stdout
    imports = {name.lower() for name in re.findall(r"DLL Name: (\S+)", told)}
    assert {"libwireshark.dll", "libwsutil.dll", "glib-2.0-0.dll", "api-ms-win-crt-stdio-l1-1-0.dll"} <= imports
    assert "msvcrt.dll" not in imports


def test_the_same_sources_make_the_same_bytes_elsewhere(dll, tmp_path):
    sources = tmp_path / "elsewhere"
    sources.mkdir()
    for name in ("CMakeLists.txt", "docs", "packaging", "plugin", "tools"):
        source = ROOT / name
        shutil.copytree(source, sources / name) if source.is_dir() else shutil.copyfile(source, sources / name)
    assert build(tmp_path / "again", sources).read_bytes() == dll.read_bytes()
    assert str(ROOT).encode() not in dll.read_bytes()


@pytest.mark.parametrize("options, source, complaint", [
    ((), "int plugin_version, plugin_want_major, plugin_want_minor;", "it imports msvcrt.dll"),
    ((), "int other;", "it exports "),
    (("-lws2_32",), "#include <winsock2.h>\n__declspec(dllexport) int other(void) { return WSAGetLastError(); }",
     "it imports WS2_32.dll"),
])
def test_a_dll_that_should_not_be_is_refused(tmp_path, options, source, complaint):
    """As the compiler makes them where nobody tells it which runtime to use."""
    (tmp_path / "other.c").write_text(f"#include <stdio.h>\n{source}\n"
                                      "__declspec(dllexport) void plugin_register(void) { puts(\"\"); }\n")
    subprocess.run(["x86_64-w64-mingw32-gcc", "-shared", "-o", tmp_path / "other.dll", tmp_path / "other.c", *options],
                   check=True, timeout=60)
    done = check(tmp_path / "other.dll")
    assert done.returncode != 0 and complaint in done.stderr


def test_another_dll_of_wireshark_is_not_taken_for_a_plugin(dll, tmp_path):
    """One export less."""
    (tmp_path / "fewer.dll").write_bytes(dll.read_bytes().replace(b"plugin_want_minor\0", b"plugin_want_other\0"))
    done = check(tmp_path / "fewer.dll")
    assert done.returncode != 0 and "plugin_want_other" in done.stderr
