# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures that begin in the middle, lack one direction, or went through a port filter: what they can tell."""
import wire
from boot_script import Boot
from cast import boot_to_reads, chatter, dhcp_server, finish, new_boot, phase_1, pvs_server, target
from catalogue import scenario
from timeline import seconds
from wire import Machine

ONE_WAY = "capture.one_way"
LATER_READS = (4096, 512, 8192, 2048)


# ---- the beginning is not in the capture ----------------------------------------------------------------------------

def running_machine(timeline, number=1, start=0.0, port=6905, server_port=6914, certainty=3):
    """A target that has run since yesterday: nothing is known of its phase until something proves BNIStack."""
    boot = Boot(timeline, target(number), pvs_server(), start, dhcp_server(), port=port, certainty=certainty)
    boot.running, boot.server_port = True, server_port
    return boot


def heartbeat(boot, payload=None):
    """48 bytes, answered by 48 bytes: no read data. That heartbeats have this size is a model."""
    frame = boot.read_request(payload)
    for name in [name for name in frame.fields if name != "pvs.direction"]:
        del frame.fields[name]
    boot.wait(0.0004)
    reply = boot._datagram(False, boot.filler(48)).means(boot, 403 if boot.phase == 4 else 302 if boot.phase else 2)
    reply.fields = {"pvs.direction": "2"}
    boot.last_stream = boot.now
    return frame


@scenario("The capture begins in the middle of a read in single read mode; later an ARP announcement after 3 s: that is "
          "the hand-off.")
def midstream(timeline):
    boot = running_machine(timeline, port=6901, server_port=6910)
    first = boot.read(4096)
    boot.read_all((8192, 4096, 512, 32768, 2048, 45056, 1024))
    boot.wait(3.0).announce()
    boot.port = 6905
    boot.wait(0.4).overlapping_reads((4096, 8192, 3072, 16384, 2048))
    timeline.keep(lambda frame: frame not in first[:2])


@scenario("The capture begins with a target datagram of 48 bytes to the logon port, then read data: no logon was seen.")
def midstream_request(timeline):
    boot = running_machine(timeline, port=6901, server_port=6910)
    boot.read_all((4096, 8192, 512, 2048, 4096))
    # At sight it goes to the logon port; its size says that it is no logon.
    boot.wait(2.5).announce()
    boot.wait(0.4).read_all(LATER_READS)


@scenario("The capture begins with a target datagram to another streaming port than the logon port; the announcement "
          "comes 1.9 s after the last read: too soon to be the hand-off, so it came before the capture.")
def midstream_other_port(timeline):
    boot = running_machine(timeline)
    boot.read_all((4096, 8192, 512, 2048, 4096))
    boot.wait(1.9).announce()
    boot.wait(0.4).read_all(LATER_READS)


@scenario("The same with a pause of 31 s before the announcement: too long for a hand-off.")
def midstream_long_pause(timeline):
    boot = running_machine(timeline)
    boot.read_all((4096, 8192, 512))
    boot.wait(31.0).announce()
    boot.wait(0.4).read_all(LATER_READS)


@scenario("The capture begins in the middle of BNIStack with jumbo frames: the first of them proves phase 4, and is no "
          "hand-off.")
def midstream_jumbo(timeline):
    boot = running_machine(timeline)
    boot.mtu = 9014
    begin = boot.read(32768)
    timeline.keep(lambda frame: frame not in begin[:2])
    boot.read_all((4096, 8192, 512, 16384, 32768))
    boot.overlapping_reads((32768, 16384, 32768, 24576))


@scenario("The capture begins in single read mode (datagrams of exactly 1464 bytes), and larger ones follow without a "
          "pause: the first of them is the hand-off.")
def midstream_then_jumbo(timeline):
    boot = running_machine(timeline, port=6901, server_port=6910)
    boot.read_all((8192, 16384, 512))
    boot.wait(0.6)
    boot.mtu = 9014
    boot.read_all((32768, 8192, 16384))


@scenario("A running machine changes its port without a pause: phase 4, but the hand-off was before the capture.")
def midstream_port(timeline):
    boot = running_machine(timeline, port=6901, server_port=6910)
    boot.read_all((8192, 16384, 512))
    boot.wait(0.6)
    boot.port = 6905
    boot.read_all(LATER_READS)


@scenario("A running machine's overlapping reads prove phase 4.")
def midstream_overlap(timeline):
    boot = running_machine(timeline)
    boot.read_all((512, 4096))
    boot.wait(0.2).overlapping_reads((8192, 16384, 8192, 16384, 8192))


@scenario("A running machine is idle: heartbeats of 48 bytes every 30 s, answered, with new bytes each time. Ports alone "
          "make certainty 1.")
def running_idle(timeline):
    boot = running_machine(timeline, certainty=1)
    for _ in range(6):
        heartbeat(boot)
        boot.wait(30.0)
    chatter(timeline, 1.0, 170)


@scenario("A running machine's heartbeats have the same bytes each time and are answered: no retry, no stall.")
def running_heartbeats_same(timeline):
    boot = running_machine(timeline)
    boot.read_all((4096, 512, 8192))
    same = boot.filler(48)
    for _ in range(8):
        boot.wait(30.0)
        heartbeat(boot, same)
    boot.read_all((4096, 512))


@scenario("A running machine renews its lease (ciaddr is set): phase 4 from the renewal on, and no hand-off.")
def running_renewal(timeline):
    boot = running_machine(timeline)
    boot.read_all((4096, 8192, 512))
    boot.wait(3.0).os_renewal()
    boot.wait(0.002).os_answer()
    boot.wait(0.2).read_all(LATER_READS)


@scenario("A running machine's system asks for its address anew (ciaddr is zero) after a pause of 2.4 s: this is the "
          "hand-off.")
def midstream_dhcp(timeline):
    boot = running_machine(timeline, port=6901, server_port=6910)
    boot.read_all((4096, 8192, 512))
    boot.wait(2.4).os_dhcp()
    boot.wait(0.002).os_answer()
    boot.wait(0.2).read_all(LATER_READS)


@scenario("A running machine is reset: PXE, logon, hand-off. Two boots.")
def running_reset(timeline):
    before = running_machine(timeline)
    before.read_all((4096, 512, 8192))
    before.wait(8.0)
    after = boot_to_reads(timeline, start=before.now / 1e9)
    finish(after)
    after.ends("reached_bnistack", phase=4)


@scenario("A server with 40 running targets for a minute: reads, heartbeats, renewals; one of them is reset and boots.")
def running_40(timeline):
    timeline.stream_snap = 100
    rng = timeline.rng
    for number in range(1, 41):
        boot = running_machine(timeline, number, start=rng.random() * 2)
        until = 9.0 if number == 17 else 58.0
        while boot.now / 1e9 < until:
            boot.read_all(rng.sample((512, 1024, 2048, 4096), 2))
            boot.wait(5 + rng.random() * 9)
            if number % 5 == 0 and not boot.phase and boot.now / 1e9 > 20:
                boot.os_renewal()
                boot.wait(0.002).os_answer()
                boot.wait(0.1)
            elif number % 2:
                heartbeat(boot)
                boot.wait(3)
    reset = boot_to_reads(timeline, start=30.0, number=17)
    reset.wait(2.6).announce()
    reset.port = 6905
    reset.wait(0.3).read_all((4096, 3072, 5120))
    # The stream of number 17 had been silent before its firmware asked for an address.
    chatter(timeline, 1.0, 60)


@scenario("A running machine asks twice, 0.7 s apart, and nobody answers for 14 s, to the end: running, then froze.")
def running_froze(timeline):
    boot = running_machine(timeline)
    boot.read_all((4096, 512, 8192))
    boot.wait(0.4).read_request()
    boot.wait(0.7).read_request().later.append("stream.stalled")
    chatter(timeline, 1.0, boot.now / 1e9 + 14)
    boot.ends("running", "stream.stalled")


# ---- BitTorrent, RTP ------------------------------------------------------------------------------------------------

@scenario("BitTorrent between 6881 and 6915, where a machine's port happens to be 6905: sizes that are no reads. Certainty "
          "1, and nothing is said.")
def ports_bittorrent(timeline):
    boot = foreign_stream(timeline, 6905, 6915)
    for _ in range(60):
        boot.wait(timeline.rng.random() * 0.4)
        to_server = timeline.rng.random() < 0.5
        size = timeline.rng.choice((20, 66, 101, 350, 733, 1001, 1413))
        if timeline.rng.random() < 0.2:
            boot.wait(2.5)
        boot._datagram(to_server, boot.filler(size)).means(boot, 1 if to_server else 2)


@scenario("RTP on 6902 and 6920, 172 bytes every 20 ms in both directions, then only in one: nothing is said.")
def ports_rtp(timeline):
    boot = foreign_stream(timeline, 6902, 6920)
    for turn in range(80):
        boot.wait(0.02)
        for to_server in (True, False) if turn < 40 else (True,):
            payload = b"\x80\x00" + timeline.rng.randbytes(170)
            boot._datagram(to_server, payload).means(boot, 1 if to_server else 2)
            boot.wait(0.001)
    chatter(timeline, 1.0, boot.now / 1e9 + 13)


def foreign_stream(timeline, port, server_port):
    boot = running_machine(timeline, port=port, server_port=server_port, certainty=1)
    boot.target, boot.server = Machine("02:00:5e:10:00:01", "192.0.2.11"), Machine("02:00:5e:10:00:02", "198.51.100.7")
    return boot


# ---- one half of the traffic ----------------------------------------------------------------------------------------

ONLY_TARGET = {112: None, 201: None, 202: 113, 301: 203, 302: None, 402: 203, 401: 205, 404: 205}


@scenario("Only the target's frames of a whole boot, from the capture's first second on: nothing beyond the logon can be "
          "told, and nothing is missed. Each service is said to be one-way once 5 s have passed.")
def one_way_target(timeline):
    boot = target_half(timeline, 6.0)
    # The REQUEST names a server of which nothing was seen. Once a boot.
    next(frame for frame in timeline.frames if frame.step == 103).experts.append(ONE_WAY)
    boot.ends("capture_ended", phase=2)


@scenario("The same within the capture's first 5 s: too early to call it one-way, and no fault all the same.")
def one_way_target_early(timeline):
    target_half(timeline, 0.5).ends("capture_ended", phase=2)


def target_half(timeline, start):
    boot = boot_to_reads(timeline, start=start)
    chatter(timeline, 0.1, 20)
    timeline.sort()
    half_of(timeline, boot, "target")
    return boot


def half_of(timeline, boot, sender):
    timeline.keep(lambda frame: frame.sender in (sender, "other"))
    for frame in timeline.frames:
        if frame.boot is boot:
            step = ONLY_TARGET.get(frame.step, frame.step) if sender == "target" else frame.step
            experts = [name for name in frame.experts if name.split(".")[0] == "discover" or name == "logon.started"]
            frame.means(boot, step, experts, fields=frame.fields if frame.what == "dhcp" else None)


@scenario("Only the server's frames were captured, from the middle of single read mode on: read data without any "
          "request. By ports alone, and nothing is known of its phase.")
def one_way_server(timeline):
    boot = running_machine(timeline, certainty=1)
    for size in (512, 4096, 8192, 2048, 16384, 512, 4096, 3072, 8192):
        request = boot.read_request()
        boot.wait(0.0003).burst(request, size)
        boot.wait(0.0006)
    timeline.keep(lambda frame: frame.sender == "server")


@scenario("The same from the logon replies on: without the target's half they show no logon.")
def one_way_server_from_logon(timeline):
    boot = running_machine(timeline, port=6901, server_port=6910, certainty=1)
    for size in (84, 196, 72):
        boot.wait(0.003)
        boot._datagram(False, boot.filler(size)).means(boot, 2)
    for size in (512, 4096, 8192, 2048, 16384):
        request = boot.read_request()
        boot.wait(0.0003).burst(request, size)
        boot.wait(0.0006)
    timeline.keep(lambda frame: frame.sender == "server")


@scenario("The OFFER of a capture's first second was lost; the rest is there: the capture is not one-way.")
def one_way_not(timeline):
    boot = new_boot(timeline, 7.0)
    chatter(timeline, 0.1, 12)
    boot.discover()
    lost = boot.wait(0.002).offer()
    boot.wait(1.9).request().unchecked("a lost OFFER alone looks like a half until the ACK")
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=6000)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096))
    for frame in timeline.frames:
        frame.later_fields.pop("discover.answered_in", None)
    timeline.frames.remove(lost)


# ---- a port filter --------------------------------------------------------------------------------------------------

def laptops(timeline, *times):
    """Windows machines ask for an address: they pass the filter, and show that the capture goes on."""
    for number, time in enumerate(times):
        laptop = Machine("02:00:5e:20:01:%02x" % number, "10.77.9.%d" % (30 + number))
        message = wire.dhcp(wire.REQUEST, laptop.mac, 900 + number, [(60, wire.WINDOWS), (50, wire.address(laptop.ip))])
        timeline.add(seconds(time), wire.udp(laptop, wire.ANYONE, 68, 67, message, src_ip="0.0.0.0"), "other", "dhcp")


def through(timeline, *ports):
    def passes(frame):
        if frame.what == "arp" or len(frame.data) < 42 or frame.data[12:14] != b"\x08\x00":
            return False
        found = {int.from_bytes(frame.data[offset:offset + 2], "big") for offset in (34, 36)}
        return bool(found & set(ports))
    timeline.keep(passes)


@scenario("A healthy boot through the filter of most guides, port 67 or 68 or 69 or 4011: the answers of TFTP come from "
          "other ports. The second read request has other options, so the first was answered out of sight.")
def filter_67_68_69(timeline):
    laptops(timeline, 0.5, 30.0)
    boot = new_boot(timeline, 8.0)
    phase_1(boot)
    boot.logon()
    boot.read_all((512, 4096))
    through(timeline, 67, 68, 69, 4011)
    asked = [frame for frame in timeline.frames if frame.step == 110]
    asked[1].experts.append(ONE_WAY)
    boot.ends("capture_ended", phase=1)


@scenario("Through the same filter a machine whose TFTP server is silent: one request, asked again 4 s later with the "
          "same options. Nothing was answered out of sight.")
def filter_67_68_69_silent(timeline):
    boot = new_boot(timeline, 8.0)
    boot.dora()
    transfer = boot.request_file()
    transfer.asked.later.append("bootstrap.unanswered")
    transfer.wait(4.0).ask().experts.append("bootstrap.unanswered")
    laptops(timeline, 0.5, 40.0)
    through(timeline, 67, 68, 69, 4011)
    boot.stops("bootstrap.unanswered")


@scenario("One read request alone through the same filter, and the capture goes on: its answer may just not be there.")
def filter_67_68_69_once(timeline):
    boot = new_boot(timeline, 8.0)
    boot.dora()
    boot.request_file()
    laptops(timeline, 0.5, 40.0)
    through(timeline, 67, 68, 69, 4011)
    boot.ends("capture_ended")
