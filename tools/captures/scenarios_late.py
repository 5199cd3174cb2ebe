# SPDX-License-Identifier: GPL-2.0-or-later
"""Logon, stream and loops: each finding of edition 2 with the near misses of its rule, just before and just after each
time."""
import struct

import wire
from boot_script import Boot
from cast import boot_to_reads, chatter, finish, first_frame, new_boot, pvs_server, without_reads
from catalogue import scenario
from scenarios_phase1 import go_on
from scenarios_place import heartbeat
from scenarios_stream import boot_to_stack, ready_to_log_on
from timeline import SECOND
from wire import Machine

MISSING, REFUSED, STOPPED, OUT_OF_SIGHT = "logon.missing", "logon.refused", "logon.stopped", "logon.out_of_sight"
LONG, HANDOFF = "single_read.long", "handoff.missing"


# ---- no logon after the download ------------------------------------------------------------------------------------

@scenario("The bootstrap arrives whole, the logon comes 9.9 s later: no fault.")
def logon_late(timeline):
    boot = ready_to_log_on(timeline)
    boot.now = timeline.frames[-1].time + int(9.9e9)
    boot.logon()
    boot.read_all((512, 4096))


def downloaded_then_again(timeline, pause, finding):
    boot = ready_to_log_on(timeline)
    next(frame for frame in timeline.frames if frame.step == 202).later.append(finding)
    second = new_boot(timeline, boot.now / 1e9 + pause)
    second.dora()
    second.resolve(second.server)
    second.download()
    second.wait(0.004).logon()
    second.read_all((512, 4096))
    return boot, first_frame(timeline, second)


@scenario("A BIOS client's bootstrap arrives whole, no logon follows, and the firmware begins anew 30 s later: it stayed.")
def logon_missing(timeline):
    boot, anew = downloaded_then_again(timeline, 30.0, MISSING)
    anew.experts.append(MISSING)
    boot.stops(MISSING)


@scenario("The same, but the next boot comes 70 s later: the machine may have run elsewhere in between.")
def logon_missing_no_proof(timeline):
    boot, anew = downloaded_then_again(timeline, 70.0, OUT_OF_SIGHT)
    anew.unchecked("whether one pass tells a Note of the boot before on the next one's first frame")
    boot.ends("capture_ended")


@scenario("The same without anything more of the target: it may have gone on elsewhere.")
def logon_missing_or_not(timeline):
    boot = ready_to_log_on(timeline)
    next(frame for frame in timeline.frames if frame.step == 202).later.append(OUT_OF_SIGHT)
    go_on(timeline, boot, 12)
    boot.ends("capture_ended")


@scenario("The same, and the capture ends 9.9 s after the download: nothing can be said.")
def logon_missing_too_soon(timeline):
    boot = ready_to_log_on(timeline)
    boot.now = timeline.frames[-1].time
    go_on(timeline, boot, 9.9)
    boot.ends("capture_ended")


@scenario("A UEFI client without a list of servers (no option 11 or 17) that never logs on: proof enough.")
def logon_missing_no_list(timeline):
    boot = uefi(timeline, ())
    next(frame for frame in timeline.frames if frame.step == 202).later.append(MISSING)
    go_on(timeline, boot, 12)
    boot.stops(MISSING)


@scenario("A UEFI client with a list of servers in option 17 that is not seen to log on: out of sight.")
def logon_missing_with_list(timeline):
    boot = uefi(timeline, ((17, b"pvs:[10.77.0.10]:17:6910"),))
    next(frame for frame in timeline.frames if frame.step == 202).later.append(OUT_OF_SIGHT)
    go_on(timeline, boot, 12)
    boot.ends("capture_ended")


def uefi(timeline, options):
    boot = new_boot(timeline)
    boot.dora(broadcast=False, vendor=wire.PXE_UEFI, arch=7, file=b"pvsnbpx64.efi", options=options)
    boot.resolve(boot.server)
    boot.download("pvsnbpx64.efi", size=6000, blksize=1468, port=1026, probe=1025)
    return boot


@scenario("After the download the target talks to a server on port 7100, of no known service: the stream may be there.")
def logon_on_other_ports(timeline):
    boot = ready_to_log_on(timeline)
    next(frame for frame in timeline.frames if frame.step == 202).later.append(OUT_OF_SIGHT)
    for _ in range(4):
        timeline.add(boot.now, wire.udp(boot.target, boot.server, 6901, 7100, boot.filler(120)), "other", "noise")
        boot.wait(0.01)
        timeline.add(boot.now, wire.udp(boot.server, boot.target, 7100, 6901, boot.filler(90)), "other", "noise")
        boot.wait(0.5)
    go_on(timeline, boot, 12)
    boot.ends("capture_ended")


# ---- the logon is refused, stops ------------------------------------------------------------------------------------

def logons(boot, times):
    """Logon datagrams at these times, each answered. Returns the requests."""
    began, frames = boot.now, []
    for time in times:
        boot.now = began + int(time * SECOND)
        frames.append(boot.logon_request())
        boot.wait(0.0012).logon_reply()
    return frames


@scenario("Four logon datagrams, each answered, over 30.3 s, without read data: refused on the fourth.")
def logon_refused(timeline):
    boot = ready_to_log_on(timeline)
    logons(boot, (0, 10.1, 20.2, 30.3))[3].experts.append(REFUSED)
    go_on(timeline, boot, 5)
    boot.stops(REFUSED)


@scenario("The same over 29.7 s: not refused yet.")
def logon_refused_too_soon(timeline):
    boot = ready_to_log_on(timeline)
    logons(boot, (0, 9.9, 19.8, 29.7))
    go_on(timeline, boot, 5)
    boot.ends("capture_ended")


@scenario("Two logon datagrams only, 31 s apart, both answered: too few.")
def logon_refused_too_few(timeline):
    boot = ready_to_log_on(timeline)
    logons(boot, (0, 31.0))
    go_on(timeline, boot, 5)
    boot.ends("capture_ended")


@scenario("The server was busy for 30.3 s, then grants the disk: one pass says refused, read data refutes it.")
def logon_refused_then_granted(timeline):
    boot = ready_to_log_on(timeline)
    logons(boot, (0, 10.1, 20.2, 30.3))[3].refuted.append(REFUSED)
    boot.wait(2.0).logon(1)
    boot.read_all((512, 4096, 8192))


@scenario("The logon's last datagram is answered and nothing follows; 30 s later the firmware begins anew: the target stayed, and "
          "waited (a boot menu, a refusal).")
def logon_stopped(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon(2)
    timeline.frames[-1].later.append(STOPPED)
    boot.stops(STOPPED)
    second = new_boot(timeline, boot.now / 1e9 + 30)
    second.dora()
    first_frame(timeline, second).unchecked("whether one pass tells a stop of the boot before on the next one's first frame")
    second.resolve(second.server)
    second.download()
    second.wait(0.004).logon()
    second.read_all((512, 4096))


@scenario("The same, but the next boot comes 70 s later: no proof that the target stayed.")
def logon_stopped_no_proof(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon(2)
    timeline.frames[-1].later.append(OUT_OF_SIGHT)
    boot.ends("capture_ended")
    second = new_boot(timeline, boot.now / 1e9 + 70)
    second.dora()
    first_frame(timeline, second).unchecked("whether one pass tells a Note of the boot before on the next one's first frame")
    second.resolve(second.server)
    second.download()


@scenario("The logon pauses for 9.8 s after an answer and goes on: no stop.")
def logon_pauses(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon(2)
    boot.wait(9.8).logon(1)
    boot.read_all((512, 4096))


@scenario("The logon on 6910 is answered, the assigned port 6914 is silent: the stream's port is blocked, not the logon.")
def logon_port_blocked(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon(2)
    boot.server_port = 6914
    boot.logon_request()
    boot.wait(5.0).logon_request()  # no retry: 6914 is no logon port
    boot.wait(5.2).logon_request().later.append("logon.unanswered")
    go_on(timeline, boot, 4)
    boot.stops("logon.unanswered")


# ---- single read mode -----------------------------------------------------------------------------------------------

def long_single_reads(timeline, value):
    boot = boot_to_reads(timeline, (512,))
    began = next(frame for frame in timeline.frames if frame.step == 302).time
    for turn in range(28):
        boot.wait(2.0).read(4096)
    boot.now = began + int(value * SECOND) - 1_000_000
    boot.read_request()
    boot.now = began + int(value * SECOND)
    return boot, began


@scenario("Single read mode from the first read data to the hand-off takes 60.4 s.")
def single_read_long(timeline):
    boot, _ = long_single_reads(timeline, 58.0)
    boot.wait(2.4)
    boot.announce().experts.append(LONG)
    boot.port = 6905
    boot.wait(0.3).read_all((4096, 512))
    without_reads(timeline)


@scenario("The same in 59.6 s: not long.")
def single_read_not_long(timeline):
    boot, _ = long_single_reads(timeline, 57.2)
    boot.wait(2.4).announce()
    boot.port = 6905
    boot.wait(0.3).read_all((4096, 512))
    without_reads(timeline)


@scenario("After 57 s of single read mode and a pause of 2.4 s the target's 48 bytes are answered by 48 (version query): only the "
          "driver does that. The reads after it, up to 66 s, are none of single read mode, so that it was not long.")
def single_read_long_by_query(timeline):
    boot = boot_to_reads(timeline, (512,))
    for _ in range(28):
        boot.wait(2.0).read(4096)
    boot.wait(2.4)
    heartbeat(boot)
    for _ in range(4):
        boot.wait(2.0).read(4096)
    without_reads(timeline)
    boot.ends("not_handed_off")


# ---- the hand-off is elsewhere --------------------------------------------------------------------------------------

@scenario("After a pause of 3 s in single read mode the target sends 48 bytes that are answered by 48: only the driver does that "
          "(version query). The hand-off was made, though nothing shows it; the capture goes on for 15 s.")
def handoff_by_query(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(3.0)
    heartbeat(boot)
    boot.wait(0.1).read_all((4096, 512, 2048))
    without_reads(timeline)
    chatter(timeline, 1.0, boot.now / 1e9 + 15)
    boot.ends("not_handed_off")


@scenario("The same after a pause of 1.9 s: no proof of the driver, so the hand-off is missing.")
def handoff_query_too_soon(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(1.9)
    heartbeat(boot)
    boot.wait(0.1).read_all((4096, 512))
    boot.read(2048)[-1].later.append(HANDOFF)
    without_reads(timeline)
    chatter(timeline, 1.0, boot.now / 1e9 + 15)
    boot.stops(HANDOFF)


def other_card(timeline, pause, seen_before=False, server=None):
    boot = boot_to_reads(timeline, start=2.0)
    last = boot.read(4096)[-1]
    card = Boot(timeline, Machine("02:50:56:97:00:f1", "10.77.1.221"), server or pvs_server(), port=6905)
    card.running = True
    if seen_before:
        card.now = SECOND
        card.read_all((512, 4096))
    card.now = boot.now + int(pause * SECOND)
    card.read_all((4096, 8192, 512, 2048))
    chatter(timeline, 0.3, card.now / 1e9 + 12)
    return boot, card, last


@scenario("Single read mode ends, and 8 s later another MAC begins in mid-stream with the same server: the machine's other card "
          "(Hyper-V generation 1).")
def other_card_streams(timeline):
    boot, card, last = other_card(timeline, 8.0)
    last.later.append("handoff.other_card")
    first_frame(timeline, card).unchecked("whether one pass tells it on the other card's first frame")
    boot.ends("not_handed_off")


@scenario("The same, 31 s later: another machine.")
def other_card_too_late(timeline):
    boot, _, last = other_card(timeline, 31.0)
    last.later.append(HANDOFF)
    boot.stops(HANDOFF)


@scenario("The same, but that MAC has streamed before: a machine that was running all the time.")
def other_card_seen_before(timeline):
    boot, _, last = other_card(timeline, 8.0, seen_before=True)
    last.later.append(HANDOFF)
    boot.stops(HANDOFF)


@scenario("The same, but that MAC streams with another server: another machine.")
def other_card_other_server(timeline):
    boot, _, last = other_card(timeline, 8.0, server=pvs_server(2))
    last.later.append(HANDOFF)
    boot.stops(HANDOFF)


@scenario("The same, but that MAC has booted before, and now begins to stream: a machine of its own. Neither of the two is seen to "
          "hand off.")
def other_card_booted_before(timeline):
    other = new_boot(timeline, number=2)
    other.dora()
    other.resolve(other.server)
    other.download(size=3000)
    boot = boot_to_reads(timeline, start=2.0)
    last = boot.read(4096)[-1]
    other.now = boot.now + 8 * SECOND
    other.read_all((4096, 8192, 512))
    for one, end in ((boot, last), (other, other.read(2048)[-1])):
        end.later.append(HANDOFF)
        one.stops(HANDOFF)
    without_reads(timeline)
    chatter(timeline, 0.3, other.now / 1e9 + 12)


# ---- the stream -----------------------------------------------------------------------------------------------------

CHANGED = "stream.server_changed"


def fail_over(boot, number):
    """The server leaves a request unanswered; 1.1 s later the target asks the next one."""
    boot.read_request()
    boot.wait(1.1)
    boot.server = pvs_server(number)
    first = boot.read(4096)[0]
    first.experts.append(CHANGED)
    boot.read_all((512, 8192))
    return first


@scenario("A target goes round between servers: the third change within 5 minutes is a loop.")
def server_loop(timeline):
    boot = boot_to_stack(timeline)
    for number in (2, 1, 2):
        boot.wait(20.0)
        last = fail_over(boot, number)
    last.experts.append("stream.server_loop")
    without_reads(timeline)


@scenario("Three changes of the server over 310 s: no loop.")
def server_loop_not(timeline):
    boot = boot_to_stack(timeline)
    for number in (2, 1, 2):
        boot.wait(155.0)
        fail_over(boot, number)
    without_reads(timeline)


@scenario("The target moves to another server although the former had answered (rebalancing): no change is said.")
def server_moved(timeline):
    boot = boot_to_stack(timeline)
    boot.wait(1.2)
    boot.server = pvs_server(2)
    boot.read_all((4096, 512, 8192))


@scenario("The former server left its last datagram unanswered for 0.9 s only.")
def server_moved_quickly(timeline):
    boot = boot_to_stack(timeline)
    boot.read_request()
    boot.wait(0.9)
    boot.server = pvs_server(2)
    boot.read_all((4096, 512, 8192))
    without_reads(timeline)


@scenario("A server with two network cards, asked at both in turn.")
def server_two_cards(timeline):
    boot = boot_to_reads(timeline)
    finish(boot)
    cards = [boot.server, Machine("02:50:56:00:01:f1", "10.77.0.110")]
    for turn in range(9):
        boot.wait(0.3)
        boot.server = cards[turn % 2]
        boot.read_all((4096, 512))
    without_reads(timeline)


@scenario("A server with two addresses on one card, asked at both, once after an unanswered second.")
def server_two_addresses(timeline):
    boot = boot_to_stack(timeline)
    boot.read_request()
    boot.wait(1.2)
    boot.server = Machine(boot.server.mac, "10.77.0.111")
    boot.read_all((4096, 512, 8192))
    without_reads(timeline)


@scenario("In BNIStack heartbeats of equal bytes are answered, every 30 s: no retry. One is left unanswered, and the next one, "
          "30 s later, is a retry.")
def heartbeats(timeline):
    boot = boot_to_stack(timeline)
    same = boot.filler(48)
    for _ in range(4):
        boot.wait(30.0)
        heartbeat(boot, same)
    boot.wait(30.0)
    silent = boot.read_request(same)
    assert silent.payload == same
    boot.wait(30.0)
    heartbeat(boot, same).experts.append("read.retry")
    boot.wait(5.0).read_all((4096, 512))
    without_reads(timeline)


@scenario("The same request, byte for byte, five times, 2.6 s apart, each answered by read data: the data does not reach the "
          "target.")
def stalled_data_lost(timeline):
    boot = boot_to_stack(timeline)
    boot.wait(0.2)
    same, frames = boot.filler(48), []
    for turn in range(5):
        request = boot.read_request(same)
        if turn:
            request.experts.append("read.retry")
        boot.wait(0.0003).burst(request, 8192)
        boot.wait(2.6)
        frames.append(request)
    frames[4].later.append("stream.stalled")
    frames[4].open_in_one_pass("whether one pass knows it before the fifth is answered")
    without_reads(timeline)
    boot.ends("froze", "stream.stalled")


@scenario("The same request four times, 2.6 s apart, then the target goes on: retries only.")
def stalled_data_recovers(timeline):
    boot = boot_to_stack(timeline)
    boot.wait(0.2)
    same = boot.filler(48)
    for turn in range(4):
        request = boot.read_request(same)
        if turn:
            request.experts.append("read.retry")
        boot.wait(0.0003).burst(request, 8192)
        boot.wait(2.6)
    boot.read_all((4096, 512))
    without_reads(timeline)


@scenario("Two unanswered requests 0.4 s apart, and 13 s of capture: not in a row long enough for a stall.")
def stalled_not(timeline):
    boot = boot_to_stack(timeline)
    boot.read_request()
    boot.wait(0.4).read_request()
    go_on(timeline, boot, 13)


@scenario("Two unanswered requests 0.6 s apart, and 9.9 s of capture: too soon for a stall.")
def stalled_too_soon(timeline):
    boot = boot_to_stack(timeline)
    boot.read_request()
    boot.wait(0.6).read_request()
    go_on(timeline, boot, 9.9)


# ---- loops ----------------------------------------------------------------------------------------------------------

def good_boot(timeline, start, stream=0.0):
    boot = new_boot(timeline, start)
    boot.dora()
    boot.resolve(boot.server)
    boot.download(size=2000)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096))
    boot.wait(2.6).announce()
    boot.port = 6905
    boot.wait(0.3)
    end = boot.now + int(stream * SECOND)
    boot.read_all((4096, 512))
    while boot.now < end:
        boot.wait(3.0).read_all((4096,))
    return boot


@scenario("A machine that reaches BNIStack and is reset by its system a second later, three times within 10 minutes: a loop.")
def loop_short_lives(timeline):
    for turn in range(3):
        boot = good_boot(timeline, turn * 100.0)
    first_frame(timeline, boot).experts.append("boot.loop")


@scenario("The same, but the second boot streamed for 35 s in BNIStack: no loop.")
def loop_not_long_life(timeline):
    for turn in range(3):
        good_boot(timeline, turn * 100.0, 35.0 if turn == 1 else 0.0)


@scenario("The third boot begins 610 s after the first: no loop.")
def loop_not_too_slow(timeline):
    for turn in range(3):
        good_boot(timeline, turn * 305.0)


# ---- messages between servers ---------------------------------------------------------------------------------------

LENGTH_AT = {**{kind: 22 for kind in (0, 1, 2, 3, 4, 5, 0x0B, 0x0F, 0x12, 0x13, 0x14, 0x15, 0x16, 0x1A, 0x1B)},
             6: 26, 0x0A: 115, 0x0E: 23, 0x10: 34, 0x11: 30, 0x19: 23}


@scenario("Messages between PVS servers of all types that a public signature names, with the length field where it is placed, "
          "and of two types that none names.")
def inter_server_types(timeline):
    rng = timeline.rng
    one, two = Machine("02:50:56:00:01:01", "10.77.0.10"), Machine("02:50:56:00:01:02", "10.77.0.11")
    for turn, kind in enumerate(sorted([*LENGTH_AT, 0x17, 0x1C, 0x55])):
        message = bytearray(rng.randbytes(160))
        struct.pack_into("<I", message, 0, 0x40020000 + kind)
        if kind == 6:
            struct.pack_into("<I", message, 22, 0)
        fields = {"pvs.service": "3", "pvs.direction": "3", "pvs.ipc.type": 0x40020000 + kind}
        if kind in LENGTH_AT:
            length = 160 - LENGTH_AT[kind] - 4
            struct.pack_into("<I", message, LENGTH_AT[kind], length)
            fields["pvs.ipc.length"] = str(length)
        frame = timeline.add(turn * SECOND // 4, wire.udp(one, two, 6895, 6905, bytes(message)), "other", "noise")
        if kind <= 0x1B:
            frame.fields = fields
