# test_recorded.py
# The recorded boots: real PXE ROMs against real DHCP and TFTP servers
#
# What is expected comes from NAME.facts.json, which tools/lab extracts with tshark without the plugin.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json

import pytest

from truth import RECORDED, WITH_FAULTS

NAMES = sorted(path.name.removesuffix(".facts.json") for path in RECORDED.glob("*.facts.json"))

# Each of these boots fails, by what tools/lab took away: what the servers were told to be is what the plugin must find.
READ_REQUESTS, ERRORS, LAST_ACKS = "tftp.opcode == 1 && !icmp", "tftp.opcode == 5", "tftp.opcode == 4"
BOOT_SERVER_REQUESTS, DHCP_ACKS, ICMP_ERRORS = "udp.dstport == 4011", "dhcp.option.dhcp == 5", "icmp.type == 3"
EACH, FIRST, AGAIN, LAST = slice(None), slice(0, 1), slice(1, None), slice(-1, None)
SILENT = [("bootstrap.unanswered", READ_REQUESTS, AGAIN)], [("bootstrap.unanswered", READ_REQUESTS, FIRST)]
ICMP = [("icmp.unreachable", ICMP_ERRORS, EACH)]
REFUSED = [("bootstrap.error", ERRORS, EACH)]
WRONG_FILE = ("bootstrap.wrong_firmware", READ_REQUESTS, FIRST)
NAMED_WRONG = ("bootstrap.wrong_firmware", DHCP_ACKS, EACH)
MISSING = ["stopped", 1, "bootstrap.error"]
UNANSWERED = ["stopped", 1, "bootstrap.unanswered"]
# Name: how its boots ended (None: the rules leave it open), what every pass says, what two passes say besides. Each
# finding stands on these of the frames that Wireshark's own filter finds.
FAILED = {
    "ipxe-file-missing": ([MISSING], REFUSED, []),
    "ovmf-file-missing": ([MISSING], REFUSED, []),
    # Of HTTP boot nothing is said: that its client takes no OFFER without a URL is no fault of PVS.
    "ovmf-next-option": ([MISSING, ["capture_ended", 1, None]], REFUSED, []),
    # Only a second request shows that the first one stays without an answer. EDK2 believes ICMP and sends none.
    "ipxe-no-tftp": ([UNANSWERED], ICMP + SILENT[0], SILENT[1]),
    "ovmf-no-tftp": ([UNANSWERED], ICMP + SILENT[0], SILENT[1]),
    "ipxe-silent-tftp": ([UNANSWERED], *SILENT),
    "proxydhcp-silent": ([["stopped", 1, "pxe.unanswered"]], [], [("pxe.unanswered", BOOT_SERVER_REQUESTS, LAST)]),
    "ipxe-no-bootfile": ([["stopped", 1, "dhcp.no_bootfile"]], [], [("dhcp.no_bootfile", DHCP_ACKS, EACH)]),
    # The BIOS machine falls silent: nothing in the capture proves that it stopped there.
    "ipxe-efi-file": (None, [WRONG_FILE], [NAMED_WRONG, ("logon.out_of_sight", LAST_ACKS, LAST)]),
    # The UEFI machine was told no PVS server, so that there is none to log on to.
    "ovmf-bios-file": ([["stopped", 2, "logon.missing"]], [WRONG_FILE],
                       [NAMED_WRONG, ("logon.missing", LAST_ACKS, LAST)]),
}
HARMLESS = {"pvsboot.discover.broadcast_reply", "pvsboot.discover.unicast_reply", "pvsboot.bootstrap.downloaded"}
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


def discovers_of(name):
    return [frame for frame in facts_of(name)["frames"] if frame.get("dhcp") == "discover" and frame.get("side", 0) == 0]


def findings_of(bench, name, findings, *arguments):
    rows = bench.fields(RECORDED / f"{name}.pcapng", findings, *arguments)
    return {int(row["frame.number"]): {key for key in row if key in findings} for row in rows}


@pytest.mark.parametrize("name", NAMES)
def test_the_bucket_of_each_discover_is_the_servers(bench, name):
    """The failover pair's own verdicts follow from these buckets (failover.log)."""
    rows = bench.fields(RECORDED / f"{name}.pcapng", ["pvsboot.discover.bucket", "pvsboot.discover.secs",
                                                      "pvsboot.discover.broadcast"])
    shown = {int(row["frame.number"]): row for row in rows if "pvsboot.discover.bucket" in row}
    for frame in discovers_of(name):
        if frame["frame"] in shown:
            row = shown[frame["frame"]]
            assert int(row["pvsboot.discover.bucket"]) == frame["bucket"], frame
            assert int(row["pvsboot.discover.secs"]) == frame["secs"], frame
            assert row["pvsboot.discover.broadcast"] in ("1", "True") if frame["broadcast"] else ("0", "False")


@pytest.mark.parametrize("name", ["failover", "flag-filter", "ipxe-dnsmasq", "proxydhcp-4011"])
def test_each_discover_shows_the_offer_that_ended_its_run(bench, name):
    """The facts tell which DISCOVER the server answered; the ones of the same transaction before it waited for the same
    OFFER."""
    rows = bench.fields(RECORDED / f"{name}.pcapng", ["pvsboot.discover.answered_in", "pvsboot.discover.answer_to"], "-2")
    shown = {int(row["frame.number"]): row for row in rows}
    discovers = discovers_of(name)
    for place, frame in enumerate(discovers):
        run = [one for one in discovers[place:] if (one["client"], one["transaction"]) == (frame["client"], frame["transaction"])]
        answered_in = next((one["answered_in"] for one in run if one.get("answered_in")), None)
        assert shown[frame["frame"]].get("pvsboot.discover.answered_in") == (str(answered_in) if answered_in else None)
        if frame.get("answered_in"):
            assert shown[answered_in]["pvsboot.discover.answer_to"] == str(frame["frame"])


def test_the_failover_recording_says_which_discovers_were_left_to_the_peer(bench, findings):
    """Only the server's log decides who was silent: never a flag, only secs and the bucket."""
    verdicts = facts_of("failover")["facts"]["verdicts"]
    silent = {key.split()[0] for key, verdict in verdicts.items()
              if verdict["answered_by"] is None and verdict["secs"] == [0]}
    left_alone = {frame["frame"] for frame in discovers_of("failover")
                  if frame["client"] in silent and not frame.get("answered_in") and frame["secs"] == 0}
    answered_identities = {key.split()[0] for key, verdict in verdicts.items() if verdict["answered_by"]}
    shown = findings_of(bench, "failover", findings, "-2")
    secs_zero = {frame for frame, names in shown.items() if "pvsboot.discover.secs_zero" in names}
    assert secs_zero and secs_zero <= {frame for frame in left_alone}
    only_silent = {frame["frame"] for frame in discovers_of("failover")
                   if frame["client"] in silent - answered_identities}
    assert only_silent <= secs_zero
    assert not any("pvsboot.discover.flag_decides" in names for names in shown.values())


def test_the_flag_filter_recording_names_the_flag(bench, findings):
    """Here secs does not tell the silent from the answered ones, and one client shows both."""
    shown = findings_of(bench, "flag-filter", findings, "-2")
    named = {frame for frame, names in shown.items() if "pvsboot.discover.flag_decides" in names}
    assert named == {frame["frame"] for frame in discovers_of("flag-filter")
                     if not frame["broadcast"] and not frame.get("answered_in")}
    once = findings_of(bench, "flag-filter", findings)
    assert not any("pvsboot.discover.flag_decides" in names for names in once.values())


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITH_FAULTS])
def test_no_healthy_recording_carries_a_fault(bench, findings, name, passes):
    shown = findings_of(bench, name, findings, *passes)
    assert set().union(*shown.values()) <= HARMLESS


def plain_frames(bench, name, display_filter):
    """Frames by Wireshark's own dissection."""
    text = bench.tshark(RECORDED / f"{name}.pcapng", "-Y", display_filter, "-T", "fields", "-e", "frame.number")
    return {int(line) for line in text.split()}


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", [name for name in WITH_FAULTS if name not in ("failover", "flag-filter")])
def test_a_boot_that_fails_says_why_and_nothing_else(bench, told, findings, name, passes):
    outcomes, at_once, later = FAILED[name]
    due = {}
    for finding, display_filter, which in at_once + (later if passes else []):
        frames = sorted(plain_frames(bench, name, display_filter))
        assert frames, f"{name}.pcapng has no {display_filter}"
        for frame in frames[which]:
            due.setdefault(frame, set()).add(f"pvsboot.{finding}")
    shown = findings_of(bench, name, findings, *passes)
    assert {frame: names - HARMLESS for frame, names in shown.items() if names - HARMLESS} == due
    boots = told(RECORDED / f"{name}.pcapng", *passes).boots
    ended = [[boot["outcome"][key] for key in ("kind", "phase", "finding")] for boot in boots]
    assert ended == outcomes if outcomes else len(ended) == 1


# What the text must say, and what it must not: it names no cause that this recording does not have.
WORDS = {
    "ovmf-file-missing": ("bootstrap.error", ["error 1", "by the server", "pvsnbpx64.efi"], []),
    "ovmf-no-tftp": ("bootstrap.unanswered", ["10.1.1.1", "pvsnbpx64.efi", "ICMP error answers in frame {icmp}"], []),
    "ipxe-silent-tftp": ("bootstrap.unanswered", ["10.1.1.1", "ARDBP32.BIN"], ["ICMP"]),
    "proxydhcp-silent": ("pxe.unanswered", ["10.1.1.2"], ["itself sends option 60"]),
    "ovmf-bios-file": ("logon.missing", ["fits the firmware"], ["no ACK held option 11 or 17"]),
}


@pytest.mark.parametrize("name", WORDS)
def test_what_is_told_of_a_boot_that_fails(bench, told, name):
    finding, words, not_these = WORDS[name]
    icmp = plain_frames(bench, name, ICMP_ERRORS)
    boots = told(RECORDED / f"{name}.pcapng").boots
    texts = [one["text"] for boot in boots for one in boot["findings"] if one["name"] == finding]
    assert texts
    for text in texts:
        assert all(word.format(icmp=min(icmp, default=None)) in text for word in words), text
        assert not any(word in text for word in not_these), text


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name", ["ipxe-no-tftp", "ovmf-no-tftp"])
def test_an_icmp_error_of_a_real_kernel_has_a_boot_and_no_step(bench, name, passes):
    errors = plain_frames(bench, name, ICMP_ERRORS)
    rows = bench.fields(RECORDED / f"{name}.pcapng", ["pvsboot.step", "pvsboot.phase", "pvsboot.boot"], *passes)
    rows = [row for row in rows if int(row["frame.number"]) in errors]
    assert rows and all("pvsboot.step" not in row and row["pvsboot.phase"] == row["pvsboot.boot"] == "1" for row in rows)


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_the_next_boot_option_of_real_firmware_is_a_new_boot(bench, passes):
    """PXE found no file, then the same firmware tries HTTP boot: its option 60 changes."""
    shown = {int(row["frame.number"]): row for row in
             bench.fields(RECORDED / "ovmf-next-option.pcapng", ["pvsboot.boot", "pvsboot.discover.attempt"], *passes)}
    frames = {kind: sorted(plain_frames(bench, "ovmf-next-option", f'dhcp.option.vendor_class_id contains "{kind}"'))
              for kind in ("PXEClient", "HTTPClient")}
    assert [shown[frame]["pvsboot.boot"] for frame in frames["PXEClient"]] == ["1", "1"]
    # It is offered an address each time, and asks again: other attempts, no retries.
    assert len(frames["HTTPClient"]) > 1
    assert [(shown[frame]["pvsboot.boot"], shown[frame]["pvsboot.discover.attempt"]) for frame in frames["HTTPClient"]] == [
        ("2", str(attempt)) for attempt in range(1, len(frames["HTTPClient"]) + 1)]


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("name, step", [("ovmf-bios-file", "115"), ("ovmf-file-missing", "114")])
def test_the_error_that_ends_a_size_probe_is_the_clients(bench, name, step, passes):
    """EDK2 asks for the size first: its own ERROR ends that probe, the server's ends the boot."""
    error = plain_frames(bench, name, ERRORS)
    rows = bench.fields(RECORDED / f"{name}.pcapng", ["pvsboot.step"], *passes)
    assert [row["pvsboot.step"] for row in rows if int(row["frame.number"]) in error] == [step]


def test_ordinary_clients_carry_no_boot(bench):
    for passes in ((), ("-2",)):
        rows = rows_of(bench, "ordinary-clients", *passes)
        assert all("pvsboot.boot" not in row for row in rows.values())
