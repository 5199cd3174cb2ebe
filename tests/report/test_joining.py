# test_joining.py
# Files that continue each other are one capture, wherever a boot was cut, and in whichever order they are named
#
# SPDX-License-Identifier: GPL-2.0-or-later

import random
import re
import shutil
import subprocess
import sys

import pytest

from report_page import Page
from truth import ROOT, SYNTHETIC

sys.path.insert(0, str(ROOT / "tools" / "report.d"))

STORM = SYNTHETIC / "synthetic-interleaved-40.pcapng" # 1542 frames in 6.5 s
BOOT = SYNTHETIC / "synthetic-boot.pcapng"


def without_names(path):
    """A page without what names files: the rest must be the same."""
    text = re.sub(r"<details class=\"files\">.*?</details>\n", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"href=\"data:[^\"]*\"", "", text)
    text = re.sub(r"[\w.-]+\.pcapng( and \d+ more files?)?", "NAME", text)
    return text.replace("\n\n", "\n")


@pytest.fixture(scope="module")
def whole_page(page_file):
    return page_file(STORM)


@pytest.mark.parametrize("how, count", [(("-i", "1"), 7), (("-c", "800"), 2), (("-c", "80"), 20)])
def test_a_storm_in_pieces_is_the_storm(page_file, whole_page, tmp_path, how, count):
    subprocess.run(["editcap", *how, STORM, tmp_path / "part.pcapng"], check=True, capture_output=True, timeout=60)
    pieces = sorted(tmp_path.iterdir())
    assert len(pieces) == count
    random.Random(count).shuffle(pieces)
    page = page_file(*pieces)
    assert len(Page(page).captures) == 1
    assert f"{count} files that continue each other" in page.read_text()
    assert without_names(page) == without_names(whole_page)


def test_pieces_of_any_name_are_told_by_their_times(page_file, whole_page, tmp_path):
    subprocess.run(["editcap", "-c", "400", STORM, tmp_path / "part.pcapng"], check=True, capture_output=True, timeout=60)
    for piece, name in zip(sorted(tmp_path.iterdir()), ("delta", "alpha", "charlie", "bravo")):
        piece.rename(tmp_path / f"{name}.pcapng")
    page = page_file(*sorted(tmp_path.iterdir()))
    assert without_names(page) == without_names(whole_page)
    files = [item.text_content() for item in Page(page).root.xpath("//details[@class='files']//li")]
    assert files == ["delta.pcapng: frames 1 to 400", "alpha.pcapng: frames 401 to 800", "charlie.pcapng: frames 801 to 1200",
                     "bravo.pcapng: frames 1201 to 1542"]


def test_never_means_never_and_all_means_all(page_file, tmp_path):
    subprocess.run(["editcap", "-c", "800", STORM, tmp_path / "part.pcapng"], check=True, capture_output=True, timeout=60)
    assert len(Page(page_file("--join", "never", *tmp_path.iterdir())).captures) == 2
    page = Page(page_file("--join", "all", STORM, BOOT))
    assert len(page.captures) == 1


def test_captures_of_two_places_are_not_joined_and_that_is_said(page_file, tmp_path):
    for name in ("one.pcapng", "two.pcapng"):
        shutil.copy(STORM, tmp_path / name)
    page = Page(page_file(*sorted(tmp_path.iterdir())))
    assert list(page.captures) == ["one.pcapng", "two.pcapng"]
    [note] = page.root.xpath("//details[@class='apart']//li")
    assert note.text_content() == "two.pcapng: it overlaps one.pcapng in time: two places, or the same frames twice"


def file(name, start, end, link="ether", interfaces=("eth0",), problem=None):
    from capture_files import CaptureFile
    return CaptureFile(f"/captures/{name}", name, 100, 10, start, end, None, link, interfaces, problem)


@pytest.mark.parametrize("files, groups, why", [
    ([file("a", 0, 10), file("b", 69, 80)], [["a", "b"]], None),
    ([file("a", 0, 10), file("b", 71, 80)], [["a"], ["b"]], "begins 61 s after the end of a"),
    ([file("b", 11, 20), file("a", 0, 10)], [["a", "b"]], None),
    ([file("a", 0, 10), file("b", 9, 20)], [["a"], ["b"]], "overlaps a in time"),
    ([file("a", 0, 10), file("b", 11, 20, link="linux-sll")], [["a"], ["b"]], "link type"),
    ([file("a", 0, 10), file("b", 11, 20, interfaces=("eth1",))], [["a"], ["b"]], "interfaces are others"),
    ([file("a", 0, 10, problem="cut short"), file("b", 11, 20)], [["a"], ["b"]], "cut short"),
    # A quiet hour in a ring buffer, frames that were written not quite in order, and a file between that is missing.
    ([file("x_00001_20260101000000.pcapng", 0, 10), file("x_00002_20260101010000.pcapng", 3600, 3700)],
     [["x_00001_20260101000000.pcapng", "x_00002_20260101010000.pcapng"]], None),
    ([file("x_00001_20260101000000.pcapng", 0, 10.5), file("x_00002_20260101000010.pcapng", 10, 20)],
     [["x_00001_20260101000000.pcapng", "x_00002_20260101000010.pcapng"]], None),
    ([file("x_00001_20260101000000.pcapng", 0, 10), file("x_00003_20260101010000.pcapng", 3600, 3700)],
     [["x_00001_20260101000000.pcapng"], ["x_00003_20260101010000.pcapng"]], "begins 3590 s after"),
    # Two ring buffers side by side: the second ones begin after both first ones ended.
    ([file("p_00001_20260101000000.pcapng", 0, 10), file("q_00001_20260101000000.pcapng", 1, 9),
      file("p_00002_20260101000011.pcapng", 11, 20), file("q_00002_20260101000011.pcapng", 11, 21)],
     [["p_00001_20260101000000.pcapng", "p_00002_20260101000011.pcapng"],
      ["q_00001_20260101000000.pcapng", "q_00002_20260101000011.pcapng"]], None),
    # Without names, nobody knows.
    ([file("a", 0, 10), file("b", 1, 9), file("c", 11, 20)], [["a"], ["b"], ["c"]], "could continue a as well as b"),
    ([file("a", 0, 10), file("empty", None, None)], [["a"], ["empty"]], None),
])
def test_which_files_are_joined(files, groups, why):
    from joining import grouped
    found = grouped(files, "auto")
    assert sorted([one.name for one in group.files] for group in found) == sorted(groups)
    reasons = [group.apart for group in found if group.apart]
    assert (why is None) or any(why in reason for reason in reasons), reasons
