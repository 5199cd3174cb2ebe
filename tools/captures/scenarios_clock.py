# SPDX-License-Identifier: GPL-2.0-or-later
"""The clock and the order of a capture: clocks that are set back, two clocks in one file, neighbours that change
places, and a file merged from two hosts. Capture time never runs backwards, and one pair of neighbours decides nothing."""
import wire
from cast import boot_to_reads, chatter, finish, new_boot
from catalogue import scenario
from scenarios_phase1 import go_on

HOUR = 3600.0


def set_back(timeline, boot, value):
    """From here on the capturing machine's clock shows `value` seconds less."""
    timeline.clock_changes.append((boot.now, value))
    return boot


def quiet_end(timeline, boot, value):
    go_on(timeline, boot, value, boot.now / 1e9)


@scenario("The clock is set back by an hour in phase 1, between the ACK and the ARP request. The boot is healthy.")
def clock_back_phase_1(timeline):
    boot = new_boot(timeline, 5.0)
    boot.dora()
    set_back(timeline, boot, HOUR).resolve(boot.server)
    boot.download()
    boot.wait(0.004).logon()
    boot.read_all((512, 4096, 8192))
    finish(boot)


@scenario("The clock is set back by an hour between two DISCOVERs, and the OFFER comes right after the second: 4 s after "
          "the first, less what the clock hides.")
def clock_back_discover(timeline):
    boot = new_boot(timeline, 5.0)
    boot.discover()
    boot.wait(4.0)
    set_back(timeline, boot, HOUR).discover(secs=8)
    offer = boot.wait(0.002).offer()
    offer.fields["discover.wait"] = "0.002000000"  # time went on from the frame before the step
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.resolve(boot.server)
    boot.download()


@scenario("The clock is set back by an hour in the middle of the download: no stall, and no time below 0.")
def clock_back_download(timeline):
    boot = new_boot(timeline, 5.0)
    boot.dora()
    boot.resolve(boot.server)
    transfer = boot.request_file(content=boot.filler(9000))
    transfer.oack()
    transfer.ack(0)
    transfer.blocks(1, 3)
    set_back(timeline, boot, HOUR)
    transfer.blocks(4)
    del transfer.end_ack.fields["bootstrap.time"]  # without the pause before the step
    boot.wait(0.004).logon()
    boot.read_all((512, 4096))


@scenario("The clock is set back by an hour in the logon, which goes on; the capture ends 3 s after it.")
def clock_back_phase_2(timeline):
    boot = boot_to_logon(timeline)
    boot.logon(2)
    set_back(timeline, boot, HOUR).logon(2)
    quiet_end(timeline, boot, 3)


@scenario("The clock is set back by an hour right after the last logon datagram, which was answered; 4 s later the capture "
          "ends. Nothing has been silent for 10 s.")
def clock_back_ends_in_2(timeline):
    boot = boot_to_logon(timeline)
    boot.logon(2)
    set_back(timeline, boot, HOUR)
    quiet_end(timeline, boot, 4)


@scenario("The clock is set back by 90 s in single read mode, between two reads.")
def clock_back_phase_3(timeline):
    boot = boot_to_reads(timeline, start=100.0)
    set_back(timeline, boot, 90.0).read_all((512, 4096, 8192))
    finish(boot)


@scenario("The clock is set back by an hour while single read mode is over and the capture goes on for 6 s: too early to miss "
          "the hand-off.")
def clock_back_ends_in_3(timeline):
    boot = boot_to_reads(timeline)
    set_back(timeline, boot.wait(0.5), HOUR)
    quiet_end(timeline, boot, 6)


@scenario("The clock is set back by an hour in BNIStack.")
def clock_back_phase_4(timeline):
    boot = finish(boot_to_reads(timeline))
    set_back(timeline, boot, HOUR).read_all((4096, 512, 8192))


@scenario("The clock is set back by 0.4 s between two reads: less than 0.5 s is order, and stays.")
def clock_back_a_little(timeline):
    boot = boot_to_reads(timeline)
    set_back(timeline, boot, 0.4).read_all((512, 4096, 8192))
    finish(boot)


def boot_to_logon(timeline):
    boot = new_boot(timeline, 5.0)
    boot.dora()
    boot.resolve(boot.server)
    boot.download()
    return boot.wait(0.004)


@scenario("Two clocks in one file: another machine's frames, mixed in, are 7 s behind. The boot's own times are its clock's.")
def clock_two_in_one_file(timeline):
    boot = finish(boot_to_reads(timeline))
    end = boot.now / 1e9
    chatter(timeline, 0.2, end, every=0.5)
    timeline.sort()
    for frame in timeline.frames:
        if frame.sender == "other":
            frame.time -= 7_000_000_000
    timeline.keep_order = True


@scenario("Two appended files: the second, of another target's boot, is three hours older.")
def clock_appended(timeline):
    finish(boot_to_reads(timeline, start=3 * HOUR))
    timeline.sort()
    first = list(timeline.frames)
    timeline.frames = []
    finish(boot_to_reads(timeline, start=1.0, number=2))
    timeline.sort()
    timeline.frames = first + timeline.frames
    timeline.keep_order = True


# ---- neighbours that change places ----------------------------------------------------------------------------------

SIZES = (8192, 16384, 8192, 5120, 32768, 8192, 16384, 8192)


@scenario("Several queues: in single read mode a request and the last datagram of the burst before it change places, again "
          "and again within a second. No overlap, no hand-off.")
def order_last(timeline):
    swapped(timeline, lambda before, request: before)


@scenario("The same with a request and the first datagram of its own burst.")
def order_first(timeline):
    swapped(timeline, lambda before, request: request)


@scenario("Neighbours of every kind change places at random, one pair in ten: a healthy boot in single read mode.")
def order_random(timeline):
    boot = boot_to_reads(timeline, (512,))
    boot.read_all(SIZES * 3)
    timeline.sort()
    frames = timeline.frames
    position = next(place for place, frame in enumerate(frames) if frame.step == 301)
    while position + 2 < len(frames):
        if timeline.rng.random() < 0.1:
            frames[position], frames[position + 1] = frames[position + 1], frames[position]
            position += 1
        position += 1
    without_counting(timeline)
    timeline.keep_order = True


def swapped(timeline, which):
    boot = boot_to_reads(timeline, (512,))
    boot.read_all(SIZES * 2)
    timeline.sort()
    frames = timeline.frames
    for place in [place for place, frame in enumerate(frames) if frame.step == 301][1:]:
        first = place - 1 if which(0, 1) == 0 else place
        frames[first], frames[first + 1] = frames[first + 1], frames[first]
    without_counting(timeline)
    timeline.keep_order = True


def without_counting(timeline):
    """How reads are counted is left open where a request stands in another burst."""
    for frame in timeline.frames:
        for fields in (frame.fields, frame.later_fields):
            for name in [name for name in fields if name.startswith(("pvs.read", "pvs.kind"))]:
                del fields[name]


# ---- one boot, seen by two hosts ------------------------------------------------------------------------------------

def merged(timeline, delay, offload="server"):
    """The same frames from both hosts: what a host itself sends has an unfinished UDP checksum there."""
    boot = boot_to_reads(timeline)
    finish(boot)
    timeline.sort()
    for frame in list(timeline.frames):
        frame.fields.pop("handoff.gap", None)
        sent_by = "target" if frame.sender == "target" else "server"
        other_side = frame.data
        if sent_by == offload:
            other_side, frame.data = frame.data, wire.unfinished_checksum(frame.data)
        timeline.frames.append(frame.copy(frame.time + delay, other_side))
    return boot


@scenario("The same boot merged from two hosts, 0.15 ms apart: what the server sends has an unfinished UDP checksum in its "
          "own capture.")
def merged_two_hosts(timeline):
    merged(timeline, 150_000)


@scenario("The same with the target's checksums unfinished, and clocks that differ by 40 ms: copies mix with what follows.")
def merged_two_hosts_late(timeline):
    merged(timeline, 40_000_000, "target")
