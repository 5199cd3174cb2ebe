# SPDX-License-Identifier: GPL-2.0-or-later
"""The download: each finding of edition 2 with the near misses of its rule, just before and just after each time."""
import wire
from cast import boot_to_reads, chatter, first_frame, new_boot, pvs_server, version_file
from catalogue import scenario
from scenarios_phase1 import go_on, passed_over, ready_to_load
from wire import Machine

NOT_REQUESTED, NOT_HEARD, OTHER = "bootstrap.not_requested", "bootstrap.not_heard", "bootstrap.other_server"
FIRMWARE, VERSION, SLOW = "bootstrap.wrong_firmware", "bootstrap.version_differs", "bootstrap.slow"
ERROR, OVER, ICMP = "bootstrap.error", "bootstrap.passed_over", "icmp.unreachable"


def goes_on(boot):
    """A logon and reads, so that nothing is missing after the download."""
    boot.wait(0.004).logon()
    return boot.read_all((512, 4096))


# ---- named and never asked for --------------------------------------------------------------------------------------

def named(timeline, file=b"ARDBP32.BIN", start=0.0, **more):
    """DHCP up to an ACK that names a file. Returns the boot and the ACK."""
    boot = new_boot(timeline, start, **more)
    boot.discover()
    boot.wait(0.002).offer(file=file)
    boot.wait(1.9).request()
    return boot, boot.wait(0.002).ack(file=file)


@scenario("The ACK names a file, the ROM asks DNS for something and never fetches it: its frames to others are seen here, so a "
          "read request would be.")
def not_requested(timeline):
    boot, ack = named(timeline)
    ack.later.append(NOT_REQUESTED)
    boot.wait(0.01).resolve(pvs_server(3))
    query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03pvs\x07example\x00\x00\x01\x00\x01"
    for _ in range(3):
        timeline.add(boot.now, wire.udp(boot.target, pvs_server(3), 49999, 53, query), "other", "dns")
        boot.wait(2.0)
    go_on(timeline, boot, 8)
    boot.stops(NOT_REQUESTED)


@scenario("The same, and the read request comes 9.9 s after the ACK: no fault.")
def requested_late(timeline):
    boot, ack = named(timeline)
    boot.now = ack.time + int(9.8e9)
    boot.resolve(boot.server)
    boot.now = ack.time + int(9.9e9)
    boot.download(size=3000, probe=None)
    goes_on(boot)


@scenario("The ACK names a file and no read request comes, but nothing shows that one would be seen here: only broadcasts of "
          "this machine are in the capture.")
def not_requested_out_of_sight(timeline):
    boot, _ = named(timeline)
    go_on(timeline, boot, 20)
    boot.ends("capture_ended")


@scenario("Firmware that was given a file and never asks for it begins anew 36 s later, without a frame besides DHCP of its own: "
          "two boots, the first stopped.")
def not_requested_again(timeline):
    first, ack = named(timeline)
    ack.later.append(NOT_REQUESTED)
    first.stops(NOT_REQUESTED)
    chatter(timeline, 0.5, 55)
    second, _ = named(timeline, start=38.0)
    first_frame(timeline, second).experts.append(NOT_REQUESTED)
    second.ends("capture_ended")


@scenario("The ACK names a file of HTTP for a PXEClient: TFTP cannot fetch it, so no read request is missed.")
def not_requested_http(timeline):
    boot, _ = named(timeline, b"http://10.77.0.10/boot.efi", certainty=2)
    boot.wait(0.01).resolve(pvs_server(3))
    timeline.add(boot.now, wire.udp(boot.target, pvs_server(3), 49999, 53, b"\0" * 30), "other", "dns")
    go_on(timeline, boot, 14)
    boot.ends("capture_ended")


# ---- one does not hear the other ------------------------------------------------------------------------------------

@scenario("The server sends its option acknowledgement five times, a second apart, and the client never acknowledges: it does "
          "not hear the server.")
def not_heard_client(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    frames = [transfer.oack()]
    frames += [transfer.wait(1.0).oack() for _ in range(4)]
    frames[1].later.append(NOT_HEARD)
    frames[2].experts.append(NOT_HEARD)
    go_on(timeline, boot, 12)
    boot.stops(NOT_HEARD)


@scenario("The client acknowledges the options again and again, and no block comes: full-size datagrams are lost.")
def not_heard_data(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    frames = [transfer.ack(0)]
    frames += [transfer.wait(pause).ack(0) for pause in (1.0, 2.0, 4.0)]
    frames[1].later.append(NOT_HEARD)
    frames[2].experts.append(NOT_HEARD)
    go_on(timeline, boot, 12)
    boot.stops(NOT_HEARD)


@scenario("The server sends block 1 four times, a second apart, without an ACK: the client does not hear it.")
def not_heard_block_1(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(3000), options=())
    frames = [transfer.data(1)]
    frames += [transfer.wait(1.0).data(1) for _ in range(3)]
    for frame in frames[1:]:
        frame.experts.append("bootstrap.retransmission")
    frames[1].later.append(NOT_HEARD)
    frames[2].experts.append(NOT_HEARD)
    go_on(timeline, boot, 12)
    boot.stops(NOT_HEARD)


@scenario("The option acknowledgement is repeated twice, then the client hears it and the download completes: one pass speaks "
          "too soon, two passes say nothing.")
def not_heard_recovers(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.wait(0.7).oack()
    transfer.wait(0.7).oack().refuted.append(NOT_HEARD)
    transfer.ack(0)
    transfer.blocks()
    goes_on(boot)
    for frame in timeline.frames:
        if frame.step == 112:
            frame.unchecked("whether a first block 1 s and more after the request is a stall")
            break


@scenario("The option acknowledgement is repeated 0.4 s after the first, twice: too quick for a side that is deaf.")
def not_heard_too_quick(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.wait(0.4).oack()
    transfer.wait(0.4).oack()
    transfer.ack(0)
    transfer.blocks()
    goes_on(boot)


# ---- the wrong kind of file -----------------------------------------------------------------------------------------

def firmware(timeline, arch, vendor, file):
    boot = new_boot(timeline)
    boot.dora(arch=arch, vendor=vendor, file=file.encode())
    boot.resolve(boot.server)
    return boot, boot.request_file(file, boot.filler(6000))


def whole(transfer):
    transfer.oack()
    transfer.ack(0)
    return transfer.blocks()


@scenario("A BIOS client is given pvsnbpx64.efi, asks for it, and nothing follows for 14 s.")
def firmware_bios_efi(timeline):
    boot, transfer = firmware(timeline, 0, wire.PXE_BIOS, "pvsnbpx64.efi")
    wrong_file(timeline, boot, transfer).open_end(
        "whether a file for other firmware stops a boot by itself: it is not in the order of causes")


@scenario("A UEFI client is given ARDBP32.BIN, asks for it, and nothing follows for 14 s. It has no list of servers.")
def firmware_uefi_bios_file(timeline):
    boot, transfer = firmware(timeline, 7, wire.PXE_UEFI, "ARDBP32.BIN")
    wrong_file(timeline, boot, transfer, "logon.missing").stops("logon.missing")


def wrong_file(timeline, boot, transfer, after="logon.out_of_sight"):
    transfer.asked.experts.append(FIRMWARE)
    for frame in timeline.frames:
        if frame.step in (102, 104):
            frame.unchecked("on which of OFFER and ACK two passes say it", later_only=True)
    whole(transfer).end_ack.later.append(after)
    go_on(timeline, boot, 14)
    return boot


@scenario("A UEFI client and pvsnbpx64.efi: right. It logs on.")
def firmware_right(timeline):
    boot, transfer = firmware(timeline, 7, wire.PXE_UEFI, "pvsnbpx64.efi")
    whole(transfer)
    goes_on(boot)


@scenario("DHCP names pvsnbpx64.efi to a BIOS client, which asks for ARDBP32.BIN all the same: what it asks for is right.")
def firmware_asks_for_the_right_one(timeline):
    boot = new_boot(timeline)
    boot.dora(file=b"pvsnbpx64.efi")
    boot.resolve(boot.server)
    whole(boot.request_file("ARDBP32.BIN", boot.filler(6000))).end_ack.later.append("logon.out_of_sight")
    go_on(timeline, boot, 14)
    boot.ends("capture_ended")


@scenario("A BIOS client asks for pvsnbpx64.efi, but a logon follows: two passes say nothing.")
def firmware_refuted(timeline):
    boot, transfer = firmware(timeline, 0, wire.PXE_BIOS, "pvsnbpx64.efi")
    transfer.asked.refuted.append(FIRMWARE)
    whole(transfer)
    goes_on(boot)


# ---- another address answers ----------------------------------------------------------------------------------------

def answered_by(boot, transfer, machine, port):
    """An option acknowledgement from another address than the one asked."""
    data = wire.udp(machine, boot.target, port, transfer.port, wire.tftp_oack(transfer.granted))
    frame = boot._add(data, "server", "tftp")
    boot.wait(0.0002)
    return frame


@scenario("A load balancer: asked at 10.77.0.10, answered from 10.77.0.12; the client ignores it and asks again.")
def other_server(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000), options=(("tsize", 0), ("blksize", 1456)))
    for turn in range(3):
        if turn:
            frame = transfer.ask()
            if turn == 1:
                frame.experts.append(OTHER)
            else:
                frame.unchecked("whether each further repeat says it again")
        answered_by(boot, transfer, pvs_server(3), 40001 + turn).open = "what the answer of a machine not asked is"
        boot.wait(1.0 + turn)
    go_on(timeline, boot, 12)
    boot.stops(OTHER)


# ---- version texts --------------------------------------------------------------------------------------------------

def with_version(timeline, number, start, text):
    boot = new_boot(timeline, start, number)
    boot.dora()
    boot.resolve(boot.server)
    transfer = boot.download(content=version_file(timeline.rng, 6000, 2000, text), probe=None, version=text)
    return boot, transfer


@scenario("Two targets get bootstraps whose version texts differ: a half upgraded farm.")
def version_differs(timeline):
    first, one = with_version(timeline, 1, 0.0, "7.6.0.5")
    goes_on(first)
    second, two = with_version(timeline, 2, 5.0, "7.15.9.1")
    two.end_ack.experts.append(VERSION)
    one.end_ack.unchecked("whether two passes say it of the boot that came first", later_only=True)
    goes_on(second)


@scenario("Two targets get the same bootstrap.")
def version_agrees(timeline):
    for number, start in ((1, 0.0), (2, 5.0)):
        boot, _ = with_version(timeline, number, start, "7.6.0.5")
        goes_on(boot)


# ---- slow -----------------------------------------------------------------------------------------------------------

def slowly(timeline, pause):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(512 * 20 + 100), options=())
    for block in range(1, transfer.last_block + 1):
        transfer.wait(pause)
        transfer.data(block)
        transfer.ack(block)
    return boot, transfer.end_ack


@scenario("A download of 21 blocks, half a second each, nothing lost: more than 10 s.")
def download_slow(timeline):
    boot, end = slowly(timeline, 0.49)
    assert end.time - next(frame for frame in timeline.frames if frame.step == 110).time > 10_000_000_000
    end.experts.append(SLOW)
    goes_on(boot)


@scenario("The same in 9.9 s: not slow.")
def download_not_slow(timeline):
    boot, end = slowly(timeline, 0.47)
    assert end.time - next(frame for frame in timeline.frames if frame.step == 110).time < 10_000_000_000
    goes_on(boot)


@scenario("A download that took 12 s because it stood still for 9 s: a stall, and not slow besides.")
def download_stalled_not_slow(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(512 * 6 + 100), options=())
    for block in range(1, transfer.last_block + 1):
        transfer.wait(9.0 if block == 4 else 0.5)
        frame = transfer.data(block)
        if block == 4:
            frame.experts.append("bootstrap.stall")
        transfer.ack(block)
    goes_on(boot)


# ---- errors ---------------------------------------------------------------------------------------------------------

@scenario("The server refuses an optional file (not the one DHCP named); the client goes on with another file 4.9 s later.")
def error_passed_over(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.resolve(boot.server)
    frame = boot.request_file("bootsig.bin").error_by_server(1, "File not found")
    frame.later.append(OVER)
    boot.wait(4.9)
    asked = boot.request_file(port=2072, content=boot.filler(3000))
    asked.asked.experts.append(OVER)
    whole(asked)
    goes_on(boot)


@scenario("The same, but the client asks for the other file 5.1 s later: that is a new try, and the error stands.")
def error_not_passed_over(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.resolve(boot.server)
    boot.request_file("bootsig.bin").error_by_server(1, "File not found").later.append(ERROR)
    boot.wait(5.1)
    asked = boot.request_file(port=2072, content=boot.filler(3000))
    asked.asked.experts.append(ERROR)
    whole(asked)
    goes_on(boot)


@scenario("The client ends the download by ERROR 3 (disk full) after three blocks, and stays silent: no incomplete download "
          "besides.")
def error_client_space(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks(1, 2)
    transfer.data(3)
    transfer.error_by_target(3, "Disk full").later.append(ERROR)
    go_on(timeline, boot, 12)
    boot.stops(ERROR)


@scenario("The option acknowledgement holds an option that was not asked for; the client refuses it by ERROR 8, asks again, and "
          "gives up after the second.")
def error_unasked_option(timeline):
    boot = ready_to_load(timeline)
    for turn in range(2):
        transfer = boot.request_file(granted=(("blksize", 1456), ("tsize", 9000)))
        if turn:
            transfer.asked.experts.append(OVER)
        transfer.oack()
        frame = transfer.error_by_target(8, "Malformed OACK")
        frame.later.append(ERROR if turn else OVER)
        boot.wait(1.0)
    go_on(timeline, boot, 12)
    boot.stops(ERROR)


@scenario("A size probe that the client ends by ERROR 8, and nothing follows: no size probe, but the end.")
def error_probe_and_silence(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(options=(("tsize", 0),), granted=(("tsize", 9000),))
    transfer.oack()
    transfer.error_by_target(8, "User aborted the transfer").later.append(ERROR)
    go_on(timeline, boot, 12)
    boot.stops(ERROR)


@scenario("A server without options refuses the first request by ERROR 8 and answers the second, without options: passed over "
          "(one pass cannot know).")
def error_options_refused(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file(options=(("tsize", 0), ("blksize", 1456)))
    passed_over(transfer.error_by_server(8, "Option negotiation failed"))
    boot.wait(0.1)
    boot.download(size=1200, blksize=None, port=2072, probe=None)
    goes_on(boot)


@scenario("The name asked for ends with byte 0xFF, read past the end of option 67: the server has no such file.")
def error_name_with_ff(timeline):
    boot = ready_to_load(timeline)
    for turn, port in enumerate((2070, 2071)):
        name = b"ARDBP32.BIN\xff"
        request = b"\0\1" + name + b"\0octet\0"
        asked = boot._add(boot.udp(True, boot.server, port, 69, request), "target", "tftp").means(boot, 110)
        boot.wait(0.001)
        answer = boot.udp(False, boot.server, 40001 + turn, port, wire.tftp_error(1, "File not found"))
        frame = boot._add(answer, "server", "tftp").means(boot, 114)
        frame.later.append(ERROR if turn else OVER)
        frame.open_in_one_pass("whether a name with one byte more is the file that DHCP named")
        if turn:
            asked.experts.append(OVER)
            asked.open_in_one_pass("whether a name with one byte more is the file that DHCP named")
        boot.wait(1.0)
    go_on(timeline, boot, 12)
    boot.stops(ERROR)


# ---- ICMP -----------------------------------------------------------------------------------------------------------

def refused_by_icmp(timeline, boot, frame, code=3):
    boot.wait(0.0001)
    data = wire.icmp_unreachable(boot.server, boot.target, frame.data, code)
    return timeline.add(boot.now, data, "server", "icmp").about(boot, ICMP)


@scenario("The TFTP service does not run: each read request is answered by ICMP port unreachable.")
def icmp_tftp(timeline):
    boot = ready_to_load(timeline)
    transfer = boot.request_file()
    transfer.asked.later.append("bootstrap.unanswered")
    refused_by_icmp(timeline, boot, transfer.asked)
    for _ in range(2):
        frame = transfer.wait(2.0).ask()
        frame.experts.append("bootstrap.unanswered")
        refused_by_icmp(timeline, boot, frame)
    go_on(timeline, boot, 12)
    boot.stops("bootstrap.unanswered")


@scenario("A firewall prohibits the logon (ICMP 3/13) three times, 5.1 s apart.")
def icmp_logon(timeline):
    boot = boot_to_logon(timeline)
    for turn in range(4):
        frame = boot.wait(5.1 * bool(turn)).logon_request()
        frame.experts += ["logon.retry"] * bool(turn)
        frame.experts += ["logon.unanswered"] * (turn == 3)
        frame.later += ["logon.unanswered"] * (turn == 2)
        refused_by_icmp(timeline, boot, frame, 13)
    for frame in timeline.frames:
        if frame.step == 203 and "logon.unanswered" in frame.experts + frame.later:
            frame.unchecked("an ICMP error is no reply; on which of the last two requests each pass says it")
    go_on(timeline, boot, 3)
    boot.stops("logon.unanswered")


def boot_to_logon(timeline):
    boot = ready_to_load(timeline)
    boot.download()
    return boot.wait(0.004)


@scenario("ICMP errors that quote another machine's datagrams, DNS of the target, and a stream of nobody: nothing is said.")
def icmp_of_others(timeline):
    boot = boot_to_reads(timeline)
    other = Machine("02:00:5e:10:00:03", "10.77.9.3")
    for sender, port in ((other, 69), (other, 6910), (boot.target, 53), (boot.target, 445)):
        boot.wait(0.01)
        quoted = wire.udp(sender, boot.server, 40000, port, b"\0\1ARDBP32.BIN\0octet\0")
        data = wire.icmp_unreachable(boot.server, sender, quoted, 3)
        timeline.add(boot.now, data, "server", "icmp")
    boot.wait(0.1).read_all((512, 4096))
