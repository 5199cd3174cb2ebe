# SPDX-License-Identifier: GPL-2.0-or-later
"""Whole boots that go well, and the ways in which one is handed off to BNIStack."""
import recorded
import wire
from download import TwoStage
from cast import (boot_to_reads, chatter, finish, first_frame, new_boot, phase_1, pvs_server, version_file,
                  without_reads)
from catalogue import scenario
from wire import Machine

SINGLE_READS = (512, 512, 4096, 8192, 16384, 512, 32768, 1024, 45056, 2048, 4096, 32768, 512, 12288, 6144)
STACK_READS = (4096, 8192, 3072, 16384, 2048, 8192, 4096, 5120, 32768, 512, 4096, 7168)


def whole_boot(timeline, start=0.0):
    """Phase 1 to 3 of a BIOS boot, the streaming server being another one than the TFTP server."""
    boot = new_boot(timeline, start)
    boot.dora()
    boot.resolve(boot.server)
    boot.download(size=60000)
    boot.server = pvs_server(2)
    boot.wait(0.006).resolve(boot.server)
    boot.logon()
    return boot.read_all(SINGLE_READS)


@scenario("A whole BIOS boot: DHCP, size probe and download, logon, single reads, hand-off by ARP "
          "announcement after 3.2 s, then overlapping reads from port 6905.", whole=True)
def boot(timeline):
    boot = whole_boot(timeline)
    boot.wait(3.2).announce()
    boot.wait(0.35)
    boot.port = 6905
    boot.overlapping_reads(STACK_READS)
    boot.wait(0.8).overlapping_reads(STACK_READS[::-1])


@scenario("A slow boot: in the middle of single read mode the server takes 0.1 s to 0.22 s for each read, and three reads "
          "are asked for again after 0.9 s.")
def boot_slow(timeline):
    boot = whole_boot(timeline)
    for index in range(48):
        congested = 12 <= index < 36
        if index in (17, 24, 31):
            request = boot.read_request()
            boot.wait(0.9).repeat(request).experts.append("read.retry")
            boot.wait(0.4)
            boot.burst(request, 8192)[-1].experts.append("read.slow")
            boot.wait(0.0004)
        else:
            boot.read((4096, 8192, 2048)[index % 3], disk=0.1 + 0.02 * (index % 7) if congested else 0.003)
        boot.wait(0.05)
    boot.wait(3.3).announce()
    boot.wait(0.35)
    boot.port = 6905
    boot.overlapping_reads(STACK_READS)


@scenario("The same boot, still in single read mode when the capture ends 6 s after the last read.")
def boot_no_handoff(timeline):
    boot = whole_boot(timeline)
    boot.read_all(SINGLE_READS[:6])
    chatter(timeline, 2.0, boot.now / 1e9 + 6)


@scenario("Hand-off by the target's port alone: from 6901 to 6905, with sequential reads before and "
          "after.", whole=True)
def handoff_port(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.7)
    boot.port = 6905
    boot.read_all((4096, 8192, 512, 2048, 4096))


@scenario("Hand-off by the operating system's DHCP REQUEST alone, for the address that the firmware had.", whole=True)
def handoff_dhcp(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.9).os_dhcp()
    boot.wait(0.0014).os_answer()
    boot.wait(0.4).read_all((4096, 8192, 512, 2048, 4096))


@scenario("Hand-off by ARP alone: three probes for its own address, then the announcement.", whole=True)
def handoff_arp_probe(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.9).probe()
    boot.wait(1.0).probe()
    boot.wait(1.0).probe()
    boot.wait(1.0).announce()
    boot.wait(0.2).read_all((4096, 8192, 512, 2048, 4096))


def same_port(timeline, port):
    boot = new_boot(timeline, port=port)
    boot.dora()
    boot.resolve(boot.server)
    boot.download(port=port, probe=None)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096, 8192, 45056, 2048))
    boot.wait(2.4).announce()
    boot.wait(0.3).overlapping_reads((4096, 8192, 3072, 16384, 2048))


@scenario("The TFTP client port is the stream's port too: 2071 asks for the bootstrap and then talks to "
          "6910 of the same server (Wireshark 4.0's TFTP would take the stream).", whole=True)
def tftp_same_port(timeline):
    same_port(timeline, 2071)


@scenario("The TFTP client port is 6901, which then talks to 6910 of the same server.")
def tftp_port_6901(timeline):
    same_port(timeline, 6901)


@scenario("The same target boots twice: to BNIStack, then again after 20 s.")
def two_boots(timeline):
    for start in (0.0, 25.0):
        boot = boot_to_reads(timeline, start=start)
        boot.wait(2.6).announce()
        boot.port = 6905
        boot.wait(0.3).overlapping_reads((4096, 8192, 3072, 16384, 2048))


@scenario("The recorded phase 1 of a real iPXE ROM (recorded/ipxe-dnsmasq), followed by a synthetic "
          "logon and stream of the same target to BNIStack.", whole=True)
def recorded_phase1_plus_stream(timeline):
    boot = recorded.replay(timeline, "ipxe-dnsmasq.pcapng")
    boot.wait(0.012).logon()
    boot.read_all((512, 512, 4096, 8192, 16384, 2048, 45056, 1024))
    boot.wait(3.4).announce()
    boot.port = 6905
    boot.wait(0.3).overlapping_reads((4096, 8192, 3072, 16384, 2048))


# ---- other good boots -----------------------------------------------------------------------------------------------

@scenario("A UEFI boot: pvsnbpx64.efi after a size probe that EDK2 ends with ERROR 8, options 17 and 11, "
          "broadcast flag clear, and a hand-off by ARP and port.", whole=True)
def boot_uefi(timeline):
    boot = new_boot(timeline)
    boot.dora(broadcast=False, vendor=wire.PXE_UEFI, arch=7, file=b"pvsnbpx64.efi",
              options=((17, b"pvs:[10.77.0.10]:17:6910"), (11, wire.address("10.77.0.10"))))
    boot.resolve(boot.server)
    boot.download("pvsnbpx64.efi", size=14000, blksize=1468, port=1026, probe=1025)
    boot.wait(0.02).logon()
    boot.read_all((512, 4096, 8192, 2048, 512))
    finish(boot)


@scenario("Two-stage boot (BDM): a DHCP client of no known kind, then tsbbdm.bin over UDP 6969 with the "
          "version text inside the XORed file.", whole=True)
def boot_two_stage(timeline):
    two_stage(timeline, server_port=6969)


@scenario("Two-stage boot whose data comes from another port of the server than 6969.")
def boot_two_stage_other_port(timeline):
    two_stage(timeline, server_port=49301)


def two_stage(timeline, server_port):
    boot = new_boot(timeline)
    boot.dora(secs=0, broadcast=False, vendor=None, file=b"")
    boot.resolve(boot.server)
    transfer = TwoStage(boot, "tsbbdm.bin", version_file(timeline.rng, 9500, 4200), server_port=server_port)
    transfer.blocks()
    transfer.end_ack.fields["bootstrap.version"] = "7.6.0.5"
    boot.wait(0.01).logon()
    boot.read_all((512, 4096, 8192, 2048))
    finish(boot)


@scenario("Two-stage boot with a static address and no DHCP: the boot begins with the bootstrap request.")
def boot_static_two_stage(timeline):
    boot = new_boot(timeline)
    boot.resolve(boot.server)
    TwoStage(boot, "tsbbdm.bin", timeline.rng.randbytes(5000)).blocks()
    boot.wait(0.01).logon()
    boot.read_all((512, 4096, 8192, 2048))
    finish(boot)


@scenario("A boot partition with a static address: no DHCP and no download, the boot begins with the logon in phase "
          "2.")
def boot_static(timeline):
    boot = new_boot(timeline)
    boot.resolve(boot.server)
    boot.logon()
    boot.read_all((512, 4096, 8192, 2048))
    finish(boot)


@scenario("A server without block size negotiation: 512-byte blocks, and the version text in the file "
          "crosses a block's border.", whole=True)
def boot_version_text(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.resolve(boot.server)
    boot.download(content=version_file(timeline.rng, 9000, 512 * 5 - 20), blksize=None, probe=None, version="7.6.0.5")
    boot.wait(0.004).logon()
    boot.read_all((512, 4096, 8192))
    finish(boot)


@scenario("A chained loader: the ROM fetches undionly.kpxe, which runs DHCP and TFTP again for ARDBP32.BIN. One boot.")
def boot_chained_loader(timeline):
    boot = new_boot(timeline)
    boot.dora(file=b"undionly.kpxe")
    boot.resolve(boot.server)
    boot.download("undionly.kpxe", size=6000)
    boot.wait(2.1).dora(secs=4, broadcast=False, client_id=b"\x01" + boot.target.mac_bytes)
    boot.announce()
    boot.wait(0.0004).resolve(boot.server)
    boot.download(size=8000, port=34561, probe=None)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096, 8192))
    finish(boot)


@scenario("A PXE server beside the DHCP server: a proxyDHCP offer without an address, and the boot file by a round "
          "on port 4011. No file in the DHCP server's ACK, and no fault.")
def boot_proxydhcp(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.0012).offer(boot.server, file=b"", options=((60, b"PXEClient"), (43, b"\x06\x01\x08\xff")), proxy=True)
    boot.wait(0.0013).offer(file=b"")
    boot.wait(1.9).request()
    boot.wait(0.002).ack(file=b"")
    boot.wait(0.0008).announce()
    boot.wait(0.0003).resolve(boot.server)
    boot.boot_server_request(boot.server)
    boot.wait(0.002).boot_server_reply(boot.server)
    boot.wait(0.001)
    boot.download(size=8000)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096, 8192))
    finish(boot)


@scenario("The logon is redirected to another server and stream port (6914), after an ARP request for it.", whole=True)
def boot_redirected(timeline):
    boot = new_boot(timeline)
    phase_1(boot)
    boot.logon(2)
    boot.server, boot.server_port = pvs_server(2), 6914
    boot.wait(0.004).resolve(boot.server)
    boot.logon(2)
    boot.read_all((512, 4096, 8192))
    finish(boot)


@scenario("Jumbo frames (MTU 9014) from BNIStack on: ARP hand-off, then bursts of few large datagrams.", whole=True)
def boot_jumbo(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(3.1).announce()
    boot.wait(0.3)
    boot.mtu, boot.port = 9014, 6905
    boot.read_all((16384, 8192, 512, 4096, 32768, 2048))


@scenario("Each of the firmware's own announcements and probes in phase 1 and 2 is no hand-off; BNIStack comes later "
          "by port.")
def boot_firmware_arp(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.announce()
    boot.wait(0.0004).resolve(boot.server)
    boot.download()
    boot.wait(0.004).announce()
    boot.wait(0.01).logon(1)
    boot.probe()
    boot.wait(0.02).logon(2)
    boot.read_all((512, 4096, 8192, 2048))
    boot.wait(0.4)
    boot.port = 6902
    boot.read_all((4096, 2048, 8192))


@scenario("Target and server acknowledge and ask in two datagrams: an acknowledgement after each burst, then the "
          "next request. Still single read mode.")
def boot_separate_acks(timeline):
    boot = boot_to_reads(timeline, (512,))
    for size in (4096, 8192, 2048, 512, 16384, 4096, 1024, 8192):
        boot.read(size, turnaround=0.0002)
        boot.read_request()  # the acknowledgement
        boot.wait(0.0004)
    # Which of the two datagrams the burst answers is left open, and so is how they count as reads.
    without_reads(timeline)


# ---- several targets, several boots ---------------------------------------------------------------------------------

@scenario("Three boots of one target: the logon is never answered, then single read mode stops without a hand-off, "
          "then a good boot.")
def three_boots(timeline):
    first = new_boot(timeline)
    phase_1(first)
    first.logon_request()
    last = first.wait(5.0).logon_request()
    last.experts.append("logon.retry")
    last.later.append("logon.unanswered")
    first.stops("logon.unanswered")

    second = new_boot(timeline, 30.0)
    second.dora()
    first_frame(timeline, second).experts.append("logon.unanswered")
    second.resolve(second.server)
    second.download()
    second.wait(0.004).logon()
    reads = second.read_all((512, 4096, 8192)).read(2048)
    reads[-1].later.append("handoff.missing")
    second.stops("handoff.missing")

    third = new_boot(timeline, 60.0)
    third.dora()
    first_frame(timeline, third).experts += ["handoff.missing", "boot.loop"]
    third.resolve(third.server)
    third.download()
    third.wait(0.004).logon()
    third.read_all((512, 4096))
    finish(third)


@scenario("Forty targets boot together, their frames interleaved.")
def interleaved_40(timeline):
    for number in range(1, 41):
        start = timeline.rng.random() * 1.5
        boot = new_boot(timeline, start, number)
        boot.dora()
        boot.resolve(boot.server)
        boot.download(size=1100, blksize=512, probe=None)
        boot.wait(0.004).logon(1)
        for size in timeline.rng.sample((512, 1024, 2048, 3072, 4096, 8192), 4):
            boot.read(size, turnaround=timeline.rng.random() * 0.02)
        if number % 4:
            boot.wait(0.4 + timeline.rng.random() * 3)
            (boot.announce if number % 4 == 1 else boot.os_dhcp if number % 4 == 2 else lambda: None)()
            boot.wait(0.1)
            boot.port = 6905 if number % 4 == 3 else 6901
            for size in timeline.rng.sample((512, 1024, 2048, 3072, 4096), 3):
                boot.read(size, turnaround=timeline.rng.random() * 0.02)


@scenario("Two DHCP rounds with 30 s between them and no logon yet, of a client that is no PXEClient: one boot (the boot "
          "gap is 60 s).")
def boot_gap_not_reached(timeline):
    boot = new_boot(timeline)
    chatter(timeline, 0.5, 40)
    for _ in range(2):
        boot.dora(secs=0, broadcast=False, vendor=None, file=b"")
        boot.wait(27)
    boot.resolve(boot.server)
    boot.wait(0.01).logon()
    boot.read_all((512, 4096))


@scenario("Two DHCP rounds with 70 s of silence between them, and no read request in the first: two boots.")
def boot_gap(timeline):
    chatter(timeline, 0.5, 60)
    first = new_boot(timeline)
    first.discover()
    first.wait(0.0021).offer()
    first.wait(1.9).request()
    first.wait(0.0017).ack().later.append("bootstrap.not_requested")
    first.stops("bootstrap.not_requested")
    boot = new_boot(timeline, 72)
    boot.dora()
    first_frame(timeline, boot).experts.append("bootstrap.not_requested")
    boot.resolve(boot.server)
    boot.download()


# ---- where the capture was taken ------------------------------------------------------------------------------------

def small_boot(timeline, **more):
    boot = boot_to_reads(timeline, **more)
    return finish(boot)


@scenario("A whole boot with VLAN tags.", whole=True)
def boot_vlan(timeline):
    small_boot(timeline)
    timeline.tag(77)


@scenario("A whole boot with two VLAN tags (QinQ).", whole=True)
def boot_qinq(timeline):
    small_boot(timeline)
    timeline.tag(100, 77)


@scenario("A mirror port that shows both sides: every frame twice within 4 microseconds, the second with "
          "a VLAN tag.", whole=True)
def doubled(timeline):
    small_boot(timeline)
    timeline.double(tags=(77,))


@scenario("Every frame twice, byte for byte, 40 microseconds apart, so that the copies mix with the "
          "frames that follow.", whole=True)
def doubled_late(timeline):
    small_boot(timeline)
    timeline.double(delay=0.000_040)


@scenario("Both sides of a router on one mirror port: each datagram once more with other MACs and a lower TTL, but the "
          "same IP identification; DHCP is relayed.")
def doubled_routed(timeline):
    boot = new_boot(timeline)
    boot.relay, boot.both_sides_of_relay = relay(), True
    boot.dora()
    boot.resolve(relay())
    boot.download()
    boot.wait(0.004).logon()
    boot.read_all((512, 4096, 2048, 5120))
    finish(boot)
    timeline.route(relay(), Machine("02:50:56:00:00:ff"))


@scenario("A DHCP relay, captured on both sides: every DHCP message once with and once without the "
          "relay's mark.", whole=True)
def relayed(timeline):
    boot = new_boot(timeline)
    boot.relay, boot.both_sides_of_relay = relay(), True
    phase_1(boot)
    boot.logon()
    boot.read_all((512, 4096, 8192))
    finish(boot)


def relay():
    return Machine("02:50:56:00:00:fe", "10.77.1.1")


@scenario("Two targets behind a router, captured at the servers: DHCP comes relayed, and the other frames of both "
          "targets have the router's MAC.")
def behind_router(timeline):
    for number, start in ((1, 0.0), (2, 0.7)):
        boot = new_boot(timeline, start, number)
        boot.relay = boot.router = relay()
        boot.dora()
        boot.download(size=6000)
        boot.wait(0.004).logon()
        boot.read_all((512, 4096, 8192, 2048))
        boot.wait(1.1)
        boot.port = 6905
        boot.read_all((4096, 2048, 8192))


@scenario("The same two targets behind a router when the capture begins with their logons: known by IP only.")
def behind_router_late(timeline):
    for number, start in ((1, 0.0), (2, 0.003)):
        boot = new_boot(timeline, start, number)
        boot.router = relay()
        boot.logon()
        boot.read_all((512, 4096, 8192, 2048))
        boot.wait(1.1)
        boot.port = 6905
        boot.read_all((4096, 2048, 8192))


@scenario("A whole boot sliced to 96 bytes: the DHCP messages lose their type, so the boot begins with the bootstrap "
          "request.")
def sliced_96(timeline):
    small_boot(timeline)
    asked = next(frame for frame in timeline.frames if frame.step == 110)
    for frame in timeline.frames:
        if frame.what == "dhcp" or frame.what == "arp" and frame.time < asked.time:
            frame.boot = None
            frame.fields = {}
    timeline.snap = 96


@scenario("Frames out of order in the file, time stamps with them: ACKs before their blocks, and "
          "datagrams of a burst swapped.", whole=True)
def reordered(timeline):
    small_boot(timeline)
    timeline.sort()
    swap_neighbours(timeline)
    timeline.keep_order = True


def swap_neighbours(timeline):
    """Swap the second and third datagram of each longer burst, and a block with the ACK that follows it."""
    frames = timeline.frames
    position = 1
    while position + 2 < len(frames):
        one, two = frames[position], frames[position + 1]
        inside_burst = (frames[position - 1].what == one.what == two.what == "stream"
                        and one.fields.get("pvs.kind") == two.fields.get("pvs.kind") == "3"
                        and frames[position - 1].fields.get("pvs.kind") == "3")
        inside_file = one.step == 112 and two.step == 113 and frames[position - 2].step == 113
        if inside_burst or inside_file:
            frames[position], frames[position + 1] = two, one
            position += 6
        position += 1


@scenario("DHCP and download by IPv4, logon and stream by IPv6 (how read data is cut there is not "
          "public; only the first read, of 512 bytes, is told by its size).", whole=True)
def boot_ipv6(timeline):
    boot = new_boot(timeline)
    boot.target.ip6, boot.server.ip6 = "fd00:77::1:21", "fd00:77::10"
    phase_1(boot)
    boot.ipv6, boot.mtu = True, 1486
    boot.logon()
    boot.read_all((512, 4096, 8192, 2048))
    boot.wait(0.6)
    boot.port = 6905
    boot.read_all((4096, 512, 8192))
    without_reads(timeline)
    for frame in timeline.frames:
        if frame.what == "stream" and len(frame.payload) == 1388 + 56:
            frame.fields.pop("pvs.kind")


@scenario("After the hand-off by port the target's and the server's ports change again: nothing more is said.")
def port_changes(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.5)
    for port, server_port in ((6905, 6910), (6905, 6914), (6902, 6914), (6902, 6930), (6905, 6920)):
        boot.port, boot.server_port = port, server_port
        boot.read_all((4096, 512, 2048))


@scenario("A boot amid noise: other machines' UDP on PVS ports, a Windows client's DHCP, and an ICMP error that "
          "quotes the stream.")
def boot_amid_noise(timeline):
    boot = boot_to_reads(timeline)
    boot.read_all((4096, 512, 8192, 4096))
    stream = [frame for frame in timeline.frames if frame.what == "stream"]
    timeline.add(stream[-1].time + 100_000, wire.icmp_port_unreachable(boot.target, boot.server, stream[-1].data),
                 "other", "icmp").about(boot, "icmp.unreachable")
    other, far = Machine("02:00:5e:10:00:01", "10.77.9.1"), Machine("02:00:5e:10:00:02", "10.77.9.2")
    for turn in range(12):
        time = stream[3].time + turn * 1_700_000
        timeline.add(time, wire.udp(other, far, 50001, 6910 + turn, timeline.rng.randbytes(48)), "other", "noise")
        answer = wire.udp(far, other, 6910 + turn, 50001, timeline.rng.randbytes(1464))
        timeline.add(time + 900, answer, "other", "noise")
    laptop = Machine("02:00:5e:10:00:03", "10.77.9.3")
    for kind in (wire.DISCOVER, wire.REQUEST):
        message = wire.dhcp(kind, laptop.mac, 77, [(60, wire.WINDOWS), (50, wire.address(laptop.ip))])
        timeline.add(stream[20].time + kind * 1000, wire.udp(laptop, wire.ANYONE, 68, 67, message, src_ip="0.0.0.0"),
                     "other", "dhcp")
    timeline.add(stream[22].time + 500, wire.arp(laptop.mac, laptop.ip, laptop.ip), "other", "arp")
    finish(boot)
