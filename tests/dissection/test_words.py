# test_words.py
# The words that users see and filter by: steps, the Info column, the groups of expert information
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from truth import RECORDED, SYNTHETIC, Truth

BOOT = Truth("synthetic-boot")


@pytest.mark.parametrize("number, text", [(101, "1.1 DHCP Discover"), (110, "1.10 Bootstrap read request"),
                                          (302, "3.2 Read data"), (401, "4.1 Hand-off to BNIStack")])
def test_a_step_is_found_by_number_and_by_text(bench, number, text):
    frames = [str(frame) for frame, told in BOOT.frames.items() if told["step"] == number]
    for wanted in (str(number), f'"{text}"'):
        assert bench.tshark(BOOT.capture, "-Y", f"pvsboot.step == {wanted}", "-T", "fields",
                            "-e", "frame.number").split() == frames


def steps_in_info(bench, capture, *arguments):
    """What stands in [brackets] at the end of the Info column: (word, step's number) a frame."""
    listed = bench.tshark(capture, *arguments).splitlines()
    return [line.rsplit("[", 1)[1].rstrip("]").split(" ")[:2] for line in listed if line.endswith("]") and "  [P" in line]


def test_a_client_of_no_known_kind_is_not_called_pvs(bench):
    """Certainty 1 in every pass: no option 60, and nothing of PVS follows."""
    for passes in ((), ("-2",)):
        assert steps_in_info(bench, SYNTHETIC / "synthetic-discover-possible.pcapng", *passes) == []


def test_a_pxe_boot_is_called_so_until_a_mark_of_pvs_was_seen(bench):
    """The DISCOVER says PXEClient; only the OFFER names a bootstrap of PVS. The second pass knows the end."""
    capture = RECORDED / "ovmf-pvsnbpx64.pcapng"
    one, two = steps_in_info(bench, capture), steps_in_info(bench, capture, "-2")
    assert (one[0], one[1]) == (["PXE", "1.1"], ["PVS", "1.2"])
    assert {word for word, _ in two} == {"PVS"}
    assert [step for _, step in one] == [step for _, step in two]


@pytest.mark.parametrize("capture, finding, group", [
    ("synthetic-discover-unanswered", "pvsboot.discover.unanswered", "Sequence"),
    ("synthetic-dhcp-refused", "pvsboot.dhcp.refused", "Response"),
    ("synthetic-arp-conflict", "pvsboot.arp.conflict", "Protocol")])
def test_a_finding_stands_in_its_group(bench, capture, finding, group):
    shown = bench.tshark(Truth(capture).capture, "-V", "-O", "pvsboot", "-Y", finding)
    assert f"[Expert Info (Warning/{group}): " in shown


def test_the_wait_for_an_offer_counts_from_the_first_discover(bench):
    """Three DISCOVERs, 4 s and 8.2 s apart: the OFFER stands 12.3 s after the first."""
    truth = Truth("synthetic-discover-retry")
    rows = bench.fields(truth.capture, ["pvsboot.step", "frame.time_epoch", "pvsboot.discover.wait"])
    discovers = [float(row["frame.time_epoch"]) for row in rows if row.get("pvsboot.step") == "101"]
    [offer] = [row for row in rows if "pvsboot.discover.wait" in row]
    assert len(discovers) == 3 and offer["pvsboot.step"] == "102"
    assert float(offer["pvsboot.discover.wait"]) == pytest.approx(float(offer["frame.time_epoch"]) - discovers[0], abs=1e-6)
