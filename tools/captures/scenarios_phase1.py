# SPDX-License-Identifier: GPL-2.0-or-later
"""Phase 1: each finding of DHCP, ARP and the download, and its healthy neighbour."""
import wire
from download import TwoStage
from cast import boot_to_reads, chatter, dhcp_server, first_frame, new_boot, pvs_server, version_file
from catalogue import scenario
from wire import Machine


def go_on(timeline, boot, value, start=0.0):
    """The capture goes on for `value` seconds after the boot's last frame."""
    chatter(timeline, start + 0.5, boot.now / 1e9 + value)


def discovers(boot, secs, broadcast=True, pauses=(4, 8, 16, 32, 32)):
    for index, value in enumerate(secs):
        if index:
            boot.wait(pauses[index - 1])
        boot.discover(secs=value, broadcast=broadcast)
    return boot


# ---- DISCOVER -------------------------------------------------------------------------------------------------------

@scenario("Four DISCOVERs with rising secs and no OFFER; the capture goes on for 10 s.")
def discover_unanswered(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.has_address = False
    discovers(boot, (4, 8, 16, 32)).run_without_offer()
    go_on(timeline, boot, 10)
    boot.stops("discover.unanswered")


@scenario("Four DISCOVERs that all have secs 0, broadcast flag clear, and no OFFER.")
def discover_secs_zero(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.has_address = False
    discovers(boot, (0, 0, 0, 0), broadcast=False).run_without_offer()
    go_on(timeline, boot, 10)
    boot.stops("discover.unanswered")


@scenario("Two DISCOVERs with secs 0, no OFFER, and 9 s more: in two passes only.")
def discover_secs_zero_two(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.has_address = False
    discovers(boot, (0, 0)).run_without_offer()
    go_on(timeline, boot, 9)
    boot.stops("discover.unanswered")


@scenario("Three DISCOVERs, the first with secs 0, then an OFFER: retries, but no fault.")
def discover_retry(timeline):
    boot = new_boot(timeline)
    discovers(boot, (0, 4, 12))
    boot.wait(0.3).offer()
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=6000)


@scenario("Three DISCOVERs; the capture ends 3 s after the last: too early for a fault.")
def discover_capture_ends(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.has_address = False
    discovers(boot, (4, 8, 16), pauses=(1.1, 1.2)).run = []
    go_on(timeline, boot, 3)
    boot.ends("capture_ended")


@scenario("Five DISCOVERs before an OFFER comes at last: the fourth is a fault all the same.")
def discover_late_offer(timeline):
    boot = new_boot(timeline)
    discovers(boot, (4, 8, 16, 32, 60), pauses=(2, 2, 2, 2))
    boot.wait(0.4).offer()
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    go_on(timeline, boot, 6)


@scenario("The client asks again although it was offered an address: attempt 2, but no retry.")
def discover_again_after_offer(timeline):
    boot = new_boot(timeline)
    boot.discover(secs=4)
    boot.wait(0.002).offer()
    boot.wait(2.0).discover(secs=8)
    boot.wait(0.002).offer()
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=6000)


@scenario("A proxyDHCP server answers, the DHCP server does not: an offer without an address is no answer.")
def discover_only_proxy_answers(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.has_address = False
    for value in (4, 8, 16, 32):
        boot.discover(secs=value)
        boot.wait(0.0012).offer(boot.server, file=b"", options=((60, b"PXEClient"),), proxy=True)
        boot.wait(4.0)
    boot.run_without_offer()
    go_on(timeline, boot, 10)
    boot.stops("discover.unanswered")


@scenario("A byte-swapped secs (1536) and option 61: the bucket is the identifier's.")
def discover_client_id(timeline):
    boot = new_boot(timeline)
    identifier = b"\x00" + bytes(range(0x96, 0x96 + 16))
    boot.discover(secs=1536, client_id=identifier)
    boot.wait(0.002).offer()
    boot.wait(1.0).request(client_id=identifier)
    boot.wait(0.002).ack()


@scenario("A client of no known kind asks, is answered, and fetches nothing: a boot of certainty 1.")
def discover_possible(timeline):
    boot = new_boot(timeline, certainty=1)
    boot.dora(secs=0, broadcast=False, vendor=None, file=b"")
    boot.announce()
    boot.ends("capture_ended")


# ---- which of the two readings of the silent server -----------------------------------------------------------------

FLAG = "discover.flag_decides"


@scenario("The same client: three flag-clear DISCOVERs find no answer, then its next boot, with the flag set and the "
          "same secs, does. The flag decides.")
def flag_decides_same_client(timeline):
    silent(timeline, secs=(4, 4, 4), said=True)
    answered(timeline, 90.0, broadcast=True, secs=4)


@scenario("Two clients of one segment, secs 0 both: the flag-clear one is never answered, the flag-set one at once. "
          "Both readings are possible, and both are said.")
def flag_decides_two_clients(timeline):
    silent(timeline, secs=(0, 0, 0), said=True)
    answered(timeline, 5.0, 2, broadcast=True, secs=0)


@scenario("Flag-clear DISCOVERs with secs 0 are silent, flag-set ones with secs 4 answered: secs tells them apart, "
          "so the flag is not blamed.")
def flag_or_secs(timeline):
    silent(timeline, secs=(0, 0, 0))
    answered(timeline, 5.0, 2, broadcast=True, secs=4)


@scenario("One flag-clear client is silent, another flag-clear client is answered: the flag is not blamed.")
def flag_clear_answered(timeline):
    silent(timeline, secs=(4, 4, 4))
    answered(timeline, 5.0, 2, broadcast=True, secs=4)
    answered(timeline, 7.0, 3, broadcast=False, secs=4)


@scenario("A flag-set client is silent too: the flag is not blamed.")
def flag_set_silent(timeline):
    silent(timeline, secs=(4, 4, 4))
    silent(timeline, secs=(4, 4), number=4, start=1.0, broadcast=True)
    answered(timeline, 5.0, 2, broadcast=True, secs=4)


@scenario("Only one flag-clear DISCOVER without an answer: the flag is not blamed.")
def flag_clear_once(timeline):
    silent(timeline, secs=(4,))
    answered(timeline, 5.0, 2, broadcast=True, secs=4)


@scenario("The silent flag-clear client and the answered flag-set one are on two segments (a relay and direct): the "
          "flag is not blamed.")
def flag_other_segment(timeline):
    silent(timeline, secs=(4, 4, 4))
    answered(timeline, 5.0, 2, broadcast=True, secs=4, relay=Machine("02:50:56:00:00:fe", "10.78.0.1"))


def silent(timeline, secs, said=False, number=1, start=0.0, broadcast=False):
    boot = new_boot(timeline, start, number, certainty=2)
    boot.has_address = False
    discovers(boot, secs, broadcast, pauses=(4, 4, 4))
    for frame in boot.run:
        frame.later += [FLAG] if said else []
    boot.run_without_offer()
    go_on(timeline, boot, 10, start)
    return boot.stops("discover.unanswered")


def answered(timeline, start, number=1, broadcast=True, secs=4, relay=None):
    boot = new_boot(timeline, start, number)
    boot.relay = relay
    return boot.dora(secs=secs, broadcast=broadcast)


# ---- the DHCP server's answers --------------------------------------------------------------------------------------

@scenario("Two DHCP servers offer an address for the same transaction.")
def dhcp_servers_differ(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer()
    boot.wait(0.001).offer(second_server(), "10.77.4.4").experts.append("dhcp.servers_differ")
    boot.wait(1.0).request()
    boot.wait(0.002).ack()


@scenario("The ROM's lease comes from one server, the chained loader's from another.")
def dhcp_servers_differ_rounds(timeline):
    boot = new_boot(timeline)
    boot.dora(file=b"undionly.kpxe")
    boot.resolve(boot.server)
    boot.download("undionly.kpxe", size=3000)
    other = second_server()
    boot.wait(2.0)
    boot.xid = timeline.rng.getrandbits(32)
    boot.discover()
    boot.wait(0.002).offer(other)
    boot.wait(1.0).request(server=other)
    boot.wait(0.002).ack(other).experts.append("dhcp.servers_differ")


@scenario("One server answers the same DISCOVER twice, and a boot server on port 4011 acknowledges without an "
          "address: one DHCP server.")
def dhcp_one_server(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer(file=b"")
    boot.wait(0.001).offer(file=b"")
    boot.wait(1.0).request()
    boot.wait(0.002).ack(file=b"")
    boot.wait(0.001).resolve(boot.server)
    boot.boot_server_request(boot.server)
    boot.wait(0.002).boot_server_reply(boot.server)
    boot.wait(0.001)
    boot.download(size=6000)


def second_server():
    return Machine("02:50:56:00:00:05", "10.77.0.5")


@scenario("The ACK of a PXE client names no boot file, and no PXE server does; the capture goes on for 15 s.")
def dhcp_no_bootfile(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.discover()
    boot.wait(0.002).offer(file=b"")
    boot.wait(1.0).request()
    boot.wait(0.002).ack(file=b"").later.append("dhcp.no_bootfile")
    go_on(timeline, boot, 15)
    boot.stops("dhcp.no_bootfile")


@scenario("The file is named in option 67 only: no fault.")
def dhcp_bootfile_in_option_67(timeline):
    boot = new_boot(timeline)
    boot.dora(file=b"", options=((66, b"10.77.0.10"), (67, b"ARDBP32.BIN")))
    go_on(timeline, boot, 15)
    boot.ends("capture_ended")


@scenario("The server refuses the request (NAK); then the client starts again and gets its address.")
def dhcp_refused(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer()
    boot.wait(1.0).request(address="10.77.8.8")
    boot.wait(0.002).nak()
    boot.wait(1.0).discover()
    boot.wait(0.002).offer()
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=6000)


@scenario("A NAK for another client, by broadcast, during the boot: no fault of this boot.")
def dhcp_refused_other(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer()
    laptop = Machine("02:00:5e:10:00:03", "10.77.9.3")
    server = dhcp_server()
    request = wire.dhcp(wire.REQUEST, laptop.mac, 77, [(60, wire.WINDOWS), (50, wire.address("10.78.9.3"))])
    timeline.add(boot.now + 1000, wire.udp(laptop, wire.ANYONE, 68, 67, request, src_ip="0.0.0.0"), "other", "dhcp")
    refusal = wire.dhcp(wire.NAK, laptop.mac, 77, [(54, wire.address(server.ip))], True)
    timeline.add(boot.now + 900_000, wire.udp(server, wire.ANYONE, 67, 68, refusal), "other", "dhcp")
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=6000)


# ---- ARP ------------------------------------------------------------------------------------------------------------

ARP_SILENT = "arp.unanswered"


@scenario("Three ARP requests for the TFTP server, none answered.")
def arp_unanswered(timeline):
    boot = new_boot(timeline)
    boot.dora()
    asked = []
    for _ in range(3):
        asked.append(boot.arp_for(boot.server))
        boot.wait(1.0)
    asked[2].experts.append(ARP_SILENT)
    for frame in asked[:2]:
        frame.unchecked("whether two passes say it of the requests before the third", later_only=True)
    go_on(timeline, boot, 6)
    boot.stops(ARP_SILENT)


@scenario("One ARP request without an answer, and 5 s more: in two passes only.")
def arp_unanswered_once(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.arp_for(boot.server).later.append(ARP_SILENT)
    go_on(timeline, boot, 5)
    boot.stops(ARP_SILENT)


@scenario("Two ARP requests before the answer, 1.2 s after the first; and probes of its own address, which want none.")
def arp_answered_late(timeline):
    boot = new_boot(timeline)
    boot.dora()
    for _ in range(3):
        boot.probe()
        boot.wait(1.0)
    boot.announce()
    boot.wait(0.1).arp_for(boot.server)
    boot.wait(1.0).arp_for(boot.server)
    boot.wait(0.2).arp_reply(boot.server)
    boot.wait(0.001)
    boot.download(size=6000)
    go_on(timeline, boot, 6)
    boot.ends("capture_ended")


@scenario("One ARP request, unanswered, but the capture ends 2 s later.")
def arp_capture_ends(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.arp_for(boot.server)
    go_on(timeline, boot, 2)
    boot.ends("capture_ended")


@scenario("Another machine answers the firmware's probe of its own address: a second owner. The client declines.")
def arp_conflict(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.probe()
    boot.wait(0.0003)
    second_owner(boot, reply=True)
    boot.wait(0.01).decline()
    boot.stops("dhcp.refused")


@scenario("Another machine answers the firmware's probe of its own address, and the target falls silent.")
def arp_conflict_silent(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.probe()
    boot.wait(0.0003)
    second_owner(boot, reply=True)
    go_on(timeline, boot, 9)
    boot.stops("arp.conflict")


@scenario("Another machine announces the target's address in single read mode: a second owner, and no hand-off.")
def arp_conflict_stream(timeline):
    boot = boot_to_reads(timeline)
    second_owner(boot, reply=False)
    boot.wait(0.01).read(4096)[0].experts.append("arp.conflict")
    boot.read_all((512, 2048))


def second_owner(boot, reply):
    """An answer to the target's probe is one at once; an announcement is one when the target's stream goes on."""
    thief = Machine("02:00:5e:66:66:66")
    if reply:
        data = wire.arp(thief.mac, boot.target.ip, boot.target.ip, boot.target.mac, True)
        boot._arp(data, "other", True).experts.append("arp.conflict")
    else:
        data = wire.arp(thief.mac, boot.target.ip, boot.target.ip)
        boot._arp(data, "other", True).later.append("arp.conflict")


@scenario("Another machine probes for the target's address and the target defends it: no second owner, no hand-off.")
def arp_no_conflict(timeline):
    boot = boot_to_reads(timeline)
    stranger = Machine("02:00:5e:66:66:66", boot.target.ip)
    boot._arp(wire.arp(stranger.mac, "0.0.0.0", boot.target.ip), "other", False)
    boot.wait(0.0002)
    boot._arp(wire.arp(boot.target.mac, boot.target.ip, "0.0.0.0", stranger.mac, True), "target", True)
    boot.wait(0.01).read_all((4096, 512, 2048))


# ---- the download ---------------------------------------------------------------------------------------------------

def ready_to_load(timeline, **more):
    boot = new_boot(timeline, **more)
    boot.dora()
    return boot.resolve(boot.server)


@scenario("The target's ACK of block 3 is late, so the server sends the block again: a retransmission.")
def bootstrap_retransmission(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks(1, 2)
    transfer.data(3)
    transfer.wait(0.6).data(3).experts.append("bootstrap.retransmission")
    transfer.ack(3)
    transfer.blocks(4)


REPEATED_ACK = "whether a repeated ACK is a retransmission"


@scenario("The sorcerer's apprentice: after one duplicate ACK every block is sent twice; each counts once.")
def bootstrap_sorcerers_apprentice(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(6000), options=())
    transfer.blocks(1, 3)
    transfer.ack(3).unchecked(REPEATED_ACK)
    for block in range(4, transfer.last_block):
        for again in (False, True):
            frame = transfer.wait(0.002).data(block)  # within 1 ms it would be a copy
            if again:
                frame.experts.append("bootstrap.retransmission")
            frame = transfer.ack(block)
            if again:
                frame.unchecked(REPEATED_ACK)
    transfer.blocks(transfer.last_block)


@scenario("1.6 s pass between two blocks: a stall.")
def bootstrap_stall(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks(1, 3)
    transfer.wait(1.6).data(4).experts.append("bootstrap.stall")
    transfer.ack(4)
    transfer.blocks(5)


@scenario("0.9 s pass between two blocks: slow, but no stall.")
def bootstrap_slow_block(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks(1, 3)
    transfer.wait(0.9)
    transfer.blocks(4)


NO_ANSWER = "bootstrap.unanswered"


@scenario("The read request is sent three times and never answered.")
def bootstrap_unanswered(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file()
    transfer.asked.later.append(NO_ANSWER)
    for _ in range(2):
        transfer.wait(4.0).ask().experts.append(NO_ANSWER)
    go_on(timeline, boot, 12)
    boot.stops(NO_ANSWER)


@scenario("One read request without an answer, and 7 s more: in two passes only.")
def bootstrap_unanswered_once(timeline):
    boot = ready_to_load(timeline)
    boot.request_file().asked.later.append(NO_ANSWER)
    go_on(timeline, boot, 7)
    boot.stops(NO_ANSWER)


@scenario("The read request is answered after 0.95 s, and another one is cut off by the capture's end after 3 s.")
def bootstrap_late_answer(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file("ardbp32.bin", boot.filler(3000))
    transfer.wait(0.95 - 0.0009).oack()
    transfer.ack(0)
    transfer.blocks()
    boot.wait(0.5).request_file(port=2072)
    go_on(timeline, boot, 3)
    boot.ends("capture_ended")


@scenario("The server does not have the file.")
def bootstrap_error(timeline):
    boot = ready_to_load(timeline)
    boot.request_file().error_by_server(1, "File not found").experts.append("bootstrap.error")
    go_on(timeline, boot, 12)
    boot.stops("bootstrap.error")


def passed_over(frame, named_by_dhcp=True):
    """A server's ERROR from which the client goes on. One pass cannot know that of the file that DHCP named."""
    frame.later.append("bootstrap.passed_over")
    frame.refuted += ["bootstrap.error"] if named_by_dhcp else []
    return frame


@scenario("The file that DHCP named is refused, then another spelling of it is fetched.")
def bootstrap_wrong_case(timeline):
    boot = new_boot(timeline)
    boot.dora(file=b"ardbp32.bin")
    boot.resolve(boot.server)
    passed_over(boot.request_file("ardbp32.bin").error_by_server(1, "File not found"))
    boot.wait(0.5)
    boot.download(size=6000, port=2072, probe=None)


@scenario("The first server refuses access, a second server has the file.")
def bootstrap_second_server(timeline):
    boot = ready_to_load(timeline)
    passed_over(boot.request_file().error_by_server(2, "Access violation"))
    boot.wait(0.5).resolve(pvs_server(2))
    boot.download(size=6000, port=2072, probe=None, server=pvs_server(2))


@scenario("A size probe ended by ERROR 8, and one that the target just leaves: neither is a fault.")
def bootstrap_probes(timeline):
    boot = ready_to_load(timeline)
    boot.download(size=3000, probe=2070, port=2071)
    boot.wait(0.01)
    boot.phase = 1
    boot.download(size=3000, probe=2072, port=2073, probe_error=False)
    go_on(timeline, boot, 8)
    boot.ends("capture_ended")


LEFT = "bootstrap.incomplete"


@scenario("The download stops in the middle and the capture goes on for 12 s.")
def bootstrap_incomplete(timeline):
    boot = ready_to_load(timeline)
    broken_transfer(boot).later.append(LEFT)
    go_on(timeline, boot, 12)
    boot.stops(LEFT)


@scenario("The download stops in the middle; the target boots anew 70 s later.")
def bootstrap_incomplete_reboot(timeline):
    boot = ready_to_load(timeline)
    broken_transfer(boot).later.append(LEFT)
    boot.stops(LEFT)
    second = new_boot(timeline, 75.0)
    second.dora()
    first_frame(timeline, second).experts.append(LEFT)
    second.resolve(second.server)
    second.download(size=6000)


def broken_transfer(boot):
    """Three blocks and their ACKs. Returns the frame of the last block."""
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks(1, 2)
    last = transfer.data(3)
    transfer.ack(3)
    return last


@scenario("The download stops in the middle, is started again from another port, and completes.")
def bootstrap_restarted(timeline):
    boot = ready_to_load(timeline)
    broken_transfer(boot)
    boot.wait(0.7)
    boot.download(size=9000, port=2072, probe=None).end_ack.later.append("logon.out_of_sight")
    go_on(timeline, boot, 15)
    boot.ends("capture_ended")


@scenario("The download is cut off by the end of the capture, 6 s after its last block.")
def bootstrap_capture_ends(timeline):
    boot = ready_to_load(timeline)
    broken_transfer(boot)
    go_on(timeline, boot, 6)
    boot.ends("capture_ended")


@scenario("The file is a whole number of blocks: the last block is empty, and counts.")
def bootstrap_empty_last_block(timeline):
    boot = ready_to_load(timeline)
    boot.download(size=1456 * 5)
    boot.wait(0.01).logon()


@scenario("The server's option acknowledgement promises 9000 bytes, the file has 7000.")
def bootstrap_other_size(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(7000), options=(("tsize", 0), ("blksize", 1432)),
                                 granted=(("tsize", 9000), ("blksize", 1432)))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks()


@scenario("Two-stage boot asked for and never answered.")
def two_stage_unanswered(timeline):
    boot = ready_to_load(timeline)
    transfer = TwoStage(boot, "tsbbdm.bin", b"")
    transfer.asked.later.append(NO_ANSWER)
    for _ in range(2):
        transfer.wait(4.0).ask().experts.append(NO_ANSWER)
    go_on(timeline, boot, 12)
    boot.stops(NO_ANSWER)


@scenario("Two-stage boot that stops after three chunks; the capture goes on for 12 s.")
def two_stage_incomplete(timeline):
    boot = ready_to_load(timeline)
    transfer = TwoStage(boot, "tsbbdm.bin", version_file(timeline.rng, 9000, 6000))
    transfer.blocks(1, 2)
    transfer.data(3).later.append(LEFT)
    transfer.ack(3)
    go_on(timeline, boot, 12)
    boot.stops(LEFT)


@scenario("Block numbers wrap at 65535: 8-byte blocks, more than 65536 of them.", committed=False)
def bootstrap_block_wrap(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(65540 * 8 + 3), options=(("blksize", 8),))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks()
