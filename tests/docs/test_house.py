# test_house.py
# The rules of the house that docs/development.md tells, kept: small files, small structs, and who may know whom
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import re

import pytest

pytestmark = pytest.mark.once
PLUGIN = pathlib.Path(__file__).resolve().parents[2] / "plugin"
SOURCES = sorted([*PLUGIN.rglob("*.c"), *PLUGIN.rglob("*.h")])
BOOT = PLUGIN / "boot"

LONGEST_FILE = 500
LARGEST_STRUCT = 18
# Structs that are larger. They may shrink, never grow; one that has shrunk goes from this list.
LARGE_STRUCTS = {
    "bootstrap_transfer": 37,
    "boot_life": 36,
    "stream_meter": 28,
    "boot_finding": 24,
    "boot_verdict": 20,
}

# Each chapter and its parts.
CHAPTERS = {
    "dhcp": ["pxe"],
    "arp": [],
    "download": ["download_faults"],
    "logon": [],
    "stream": [],
    "handoff": [],
    "system": [],
    "icmp": [],
}
# What a chapter may not know: what stands above it.
ABOVE_CHAPTERS = {"boot", "ending", "boot_tracker", "tracker_inside", "boot_summary", "finding_text"}
# What the spine may not know besides.
SPINE = ["boot_life", "boot_sight", "boot_names", "diagnosis", "finding_log"]

VERSION_TEST = re.compile(r"WIRESHARK_AT_LEAST|^\s*#\s*(el)?if.*VERSION", re.MULTILINE)
# The headers of C that boot/ uses, and GLib.
PLAIN_HEADERS = {"glib.h", "stdbool.h", "stddef.h", "stdint.h", "stdio.h", "string.h", "inttypes.h"}


def name(path):
    return str(path.relative_to(PLUGIN))


def includes(path):
    """What a file includes: (with quotes or not, the name)."""
    return re.findall(r'^\s*#\s*include\s+(["<])([^">]+)[">]', path.read_text(), re.MULTILINE)


def knows(*stems):
    """The stems of boot/'s own headers that these files of boot/ include."""
    files = [BOOT / f"{stem}.{kind}" for stem in stems for kind in "ch"]
    return {pathlib.PurePath(header).stem for path in files if path.exists()
            for quote, header in includes(path) if quote == '"'}


def without_comments(text):
    return re.sub(r"^\s*#(?:.*\\\n)*.*$", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL), flags=re.MULTILINE)


def members(body):
    """How many names a struct's body declares, those in a nameless struct or union included."""
    declarations = [part.strip(" {}\n\t") for part in re.split(r"[;{]", re.sub(r"\([^()]*\)", "", body))]
    return sum(1 + part.count(",") for part in declarations if part and part not in ("union", "struct"))


def structs(text):
    """(name, members) of each struct that the text defines."""
    text = without_comments(text)
    for found in re.finditer(r"\bstruct(?:\s+(\w+))?\s*\{", text):
        depth, end = 1, found.end()
        while depth > 0:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield found[1] or re.match(r"\s*(\w*)", text[end:])[1], members(text[found.end():end - 1])


def test_the_counting_of_members():
    text = """
        /* struct in_a_comment { int x; }; */
        typedef struct a { int one, two; char *three[4]; void (*four)(int, int); } a;
        struct b { int one; union { int two; struct { int three; } inner; }; };
    """
    assert dict(structs(text)) == {"a": 4, "b": 4, "inner": 1}


def test_only_compat_h_tests_a_version():
    assert [name(path) for path in SOURCES if VERSION_TEST.search(path.read_text())] == ["compat.h"]


def test_no_file_is_long():
    lengths = {name(path): len(path.read_text().splitlines()) for path in PLUGIN.rglob("*")
               if path.suffix in (".c", ".h", ".cmake", ".txt")}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_no_struct_is_large():
    large = {struct: count for path in SOURCES for struct, count in structs(path.read_text()) if count > LARGEST_STRUCT}
    assert {struct: count for struct, count in large.items() if count > LARGE_STRUCTS.get(struct, LARGEST_STRUCT)} == {}
    assert LARGE_STRUCTS.keys() - large.keys() == set()


@pytest.mark.parametrize("path", sorted(BOOT.glob("*.[ch]")), ids=name)
def test_boot_knows_no_wireshark(path):
    """Plain C and GLib, files of boot/, and packet_text, which is plain C as well."""
    assert [header for quote, header in includes(path) if quote == "<" and header not in PLAIN_HEADERS] == []
    assert [header for quote, header in includes(path)
            if quote == '"' and not (BOOT / header).exists() and header != "packet_text.h"] == []


def test_packet_text_knows_no_wireshark():
    for path in PLUGIN.glob("packet_text.[ch]"):
        assert {header for _, header in includes(path)} <= PLAIN_HEADERS | {"packet_text.h"}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_knows_no_other(chapter):
    own = {chapter, *CHAPTERS[chapter]}
    all_parts = {*CHAPTERS, *(part for parts in CHAPTERS.values() for part in parts)}
    assert knows(*own) & (all_parts - own | ABOVE_CHAPTERS) == set()


@pytest.mark.parametrize("part", ["pxe", "download_faults"])
def test_a_part_is_known_to_its_chapter_alone(part):
    chapter = next(chapter for chapter, parts in CHAPTERS.items() if part in parts)
    others = {path.stem for path in BOOT.glob("*.[ch]")} - {chapter, part}
    assert [other for other in sorted(others) if part in knows(other)] == []


def test_chapters_meet_in_boot_alone():
    """Nothing else in boot/ includes a chapter: boot.h has them all, and boot.c lets them meet."""
    meeting = {path.stem for path in BOOT.glob("*.[ch]") if knows(path.stem) & CHAPTERS.keys() - {path.stem}}
    assert meeting - {part for parts in CHAPTERS.values() for part in parts} == {"boot"}


def test_the_spine_knows_no_chapter():
    parts = {*CHAPTERS, *(part for parts in CHAPTERS.values() for part in parts)}
    assert knows(*SPINE) & (parts | ABOVE_CHAPTERS | {"chapter"}) == set()


def test_pvs_knows_nothing_of_the_post_dissector():
    assert [name(path) for path in (PLUGIN / "pvs").glob("*.[ch]")
            if any(header.startswith("pvsboot/") for _, header in includes(path))] == []
