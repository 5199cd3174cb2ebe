# test_recorded.py
# The recorded boots: real PXE ROMs against real DHCP and TFTP servers
#
# What is expected comes from NAME.facts.json, which tools/lab extracts with tshark without the plugin.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from truth import RECORDED

NAMES = sorted(path.name.removesuffix(".facts.json") for path in RECORDED.glob("*.facts.json"))

DHCP_STEPS = {"discover": 101, "offer": 102, "request": 103, "ack": 104, "nak": 105, "decline": 105}
BOOT_SERVER_STEPS = {"request": 108, "ack": 109}


def facts_of(name):
    return json.loads((RECORDED / f"{name}.facts.json").read_text())


def rows_of(bench, name, *arguments):
    fields = ["pvsboot.boot", "pvsboot.phase", "pvsboot.step", "pvsboot.certainty", "pvsboot.target",
              "pvsboot.target_ip", "pvsboot.bootstrap.file", "pvsboot.bootstrap.bytes",
              "pvsboot.bootstrap.blocks", "pvsboot.bootstrap.complete", "pvsboot.handoff"]
    rows = bench.fields(RECORDED / f"{name}.pcapng", fields, *arguments)
    return {int(row["frame.number"]): row for row in rows}


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", NAMES)
def test_dhcp_frames_carry_the_step_of_their_message(bench, name, passes):
    rows = rows_of(bench, name, *passes)
    facts = facts_of(name)
    for frame in facts["frames"]:
        row = rows[frame["frame"]]
        if "dhcp" not in frame or "pvsboot.boot" not in row:
            continue
        boot_server = ":4011" in frame["from"] or ":4011" in frame["to"]
        steps = BOOT_SERVER_STEPS if boot_server else DHCP_STEPS
        assert int(row["pvsboot.step"]) == steps[frame["dhcp"]], frame
        assert row["pvsboot.target"] == frame["client"]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", NAMES)
def test_each_download_has_the_size_that_the_server_sent(bench, name, passes):
    rows = rows_of(bench, name, *passes)
    for mac, client in facts_of(name)["facts"]["clients"].items():
        complete = [transfer for transfer in client.get("transfers", []) if transfer["complete"]]
        shown = [row for row in rows.values()
                 if row.get("pvsboot.target") == mac and row.get("pvsboot.bootstrap.complete") is not None]
        assert len(shown) == len(complete)
        for row, transfer in zip(shown, complete):
            assert row["pvsboot.step"] == "202"
            assert row["pvsboot.bootstrap.file"] == transfer["file"]
            assert int(row["pvsboot.bootstrap.bytes"]) == transfer["bytes"]
            assert int(row["pvsboot.bootstrap.blocks"]) == transfer["blocks"]


@pytest.mark.parametrize("name", NAMES)
def test_no_recorded_frame_is_a_handoff(bench, name):
    """The ROMs announce their address after the DHCP ACK; none of these boots ever logs on."""
    rows = rows_of(bench, name, "-2")
    assert all("pvsboot.handoff" not in row for row in rows.values())
    assert all(int(row.get("pvsboot.phase", 0)) <= 2 for row in rows.values())


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_the_recorded_boot_runs_through_its_steps_in_order(bench, passes):
    rows = [row for row in rows_of(bench, "ipxe-dnsmasq", *passes).values() if "pvsboot.boot" in row]
    firsts = []
    for row in rows:
        if int(row["pvsboot.step"]) not in firsts:
            firsts.append(int(row["pvsboot.step"]))
    # The announcement (107) follows the ACK at once; then comes the ARP request for the server.
    assert firsts == [101, 102, 103, 104, 107, 106, 110, 111, 113, 112, 201, 202]
    assert {row["pvsboot.boot"] for row in rows} == {"1"}
    assert {row["pvsboot.target"] for row in rows} == {"52:54:00:a1:00:01"}


def test_certainty_follows_from_the_file_name(bench):
    once = rows_of(bench, "ipxe-dnsmasq")
    twice = rows_of(bench, "ipxe-dnsmasq", "-2")
    # The OFFER names ARDBP32.BIN: until then it is a PXE boot, from then on a PVS boot.
    boot = [row for row in once.values() if "pvsboot.boot" in row]
    offer = next(number for number, row in enumerate(boot) if row["pvsboot.step"] == "102")
    assert {row["pvsboot.certainty"] for row in boot[:offer]} == {"2"}
    assert {row["pvsboot.certainty"] for row in boot[offer:]} == {"3"}
    assert {row["pvsboot.certainty"] for row in twice.values() if "pvsboot.boot" in row} == {"3"}
