# test_forgetting.py
# A capture with more boots than may be remembered (pvsboot.max_boots): what is forgotten is said, and nowhere shown
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

PASSES = pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
TWO = ("-o", "pvsboot.max_boots:2")


@pytest.fixture(scope="module")
def three_targets(bench):
    """Three targets ask, one after the other: with room for two, the third one's boot costs the first one's."""
    from scapy.all import BOOTP, DHCP, IP, UDP, Ether, wrpcap
    frames = []
    for number in (1, 2, 3):
        mac = bytes((2, 0, 0, 0, 0, number))
        frames.append(Ether(src=mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255")
                      / UDP(sport=68, dport=67) / BOOTP(chaddr=mac, xid=number)
                      / DHCP(options=[("message-type", "discover"), ("vendor_class_id", b"PXEClient:Arch:00007"),
                                      "end"]))
        frames[-1].time = 1_700_000_000 + number
    path = bench.scratch / "synthetic-three-targets.pcap"
    wrpcap(str(path), frames)
    return path


def boots_of(rows):
    return [row.get("pvsboot.boot") for row in rows]


def test_there_is_room_for_all_by_default(bench, three_targets):
    rows = bench.fields(three_targets, ["pvsboot.boot", "pvsboot.boots_forgotten"], "-2")
    assert boots_of(rows) == ["1", "2", "3"]
    assert all("pvsboot.boots_forgotten" not in row for row in rows)


@PASSES
def test_the_oldest_idle_boot_is_forgotten_and_an_expert_info_says_so(bench, three_targets, passes):
    rows = bench.fields(three_targets, ["pvsboot.boot", "pvsboot.boots_forgotten", "_ws.expert.message"], *TWO, *passes)
    assert boots_of(rows) == [None if passes else "1", "2", "3"]  # a later frame told that there was no more room
    assert ["pvsboot.boots_forgotten" in row for row in rows] == [False, False, True]
    assert "the 1 that were silent longest are forgotten" in rows[2]["_ws.expert.message"]
    assert "pvsboot.max_boots: 2" in rows[2]["_ws.expert.message"]


@PASSES
def test_the_statistics_are_without_it(bench, three_targets, passes):
    table, tree, document = (bench.tshark(three_targets, *TWO, *passes, "-q", "-z", f"pvsboot,{name}")
                             for name in ("boots", "tree", "json"))
    assert [line.split("|")[0].strip() for line in table.splitlines() if "02:00:00:00:00:" in line] == ["2", "3"]
    assert [line.split()[2] for line in tree.splitlines() if line.startswith("Phase reached")] == ["2"]
    document = json.loads(document)
    assert [boot["boot"] for boot in document["boots"]] == [2, 3]
    assert document["boots_forgotten"] == 1
