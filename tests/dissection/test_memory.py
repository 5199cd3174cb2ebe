# test_memory.py
# Runs that together reach every phase, tap and pass: what tools/sanitize looks at for leaks, and valgrind for errors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from truth import RECORDED, SYNTHETIC

CAPTURES = [SYNTHETIC / f"synthetic-{name}.pcapng" for name in (
    "boot", "boot-two-stage", "boot-ipv6", "boot-version-text", "handoff-all", "inter-server", "interleaved-40",
    "arp-unanswered", "bootstrap-error", "discover-unanswered", "flag-decides-two-clients", "loss-0-1-percent")]
CAPTURES += [RECORDED / f"{name}.pcapng" for name in ("ipxe-chained", "failover", "ordinary-clients")]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("capture", CAPTURES, ids=[capture.stem for capture in CAPTURES])
def test_all_statistics_and_details(bench, capture, passes):
    document = bench.scratch / f"memory-{capture.stem}{len(passes)}.json"
    text = bench.tshark(capture, *passes, "-V", "-z", "pvsboot,boots", "-z", "pvsboot,tree", "-z", "pvs,srt",
                        "-z", f"pvsboot,json,{document}", "-o", "pvsboot.max_boots:3")
    assert "PVS Boots" in text
    assert len(json.loads(document.read_text())["boots"]) <= 3
