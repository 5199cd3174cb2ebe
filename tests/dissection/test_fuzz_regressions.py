# test_fuzz_regressions.py
# The captures in which the fuzzer once found something: nothing is wrong with them, and both passes say the same
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from truth import ROOT

CAPTURES = sorted((ROOT / "tests" / "fuzz" / "regressions" / "captures").glob("*.pcap"))
FIELDS = ["pvsboot.boot", "pvsboot.phase", "pvsboot.step"]


def max_boots(capture):
    """fuzz_dissectors.c keeps the preference in a field of the header that nobody reads."""
    return capture.read_bytes()[12] or 50000


@pytest.mark.parametrize("capture", CAPTURES, ids=[capture.stem for capture in CAPTURES])
def test_both_passes_say_the_same(bench, capture):
    options = ["-o", f"pvsboot.max_boots:{max_boots(capture)}"]
    once = bench.fields(capture, FIELDS, *options)
    twice = bench.fields(capture, FIELDS, *options, "-2")
    assert len(once) == len(twice) > 0
    # A boot that is forgotten by the end is not shown in the second pass.
    assert all(second in (first, {"frame.number": first["frame.number"]}) for first, second in zip(once, twice))
    if max_boots(capture) == 50000:
        assert once == twice
    bench.tshark(capture, *options, "-V", "-q", "-z", "pvsboot,boots", "-z", "pvsboot,tree", "-z", "pvs,srt")
