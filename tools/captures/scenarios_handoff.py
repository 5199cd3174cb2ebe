# SPDX-License-Identifier: GPL-2.0-or-later
"""The hand-off to BNIStack by each kind of evidence alone, and what comes near to it but is none."""
import wire
from cast import boot_to_reads, chatter, dhcp_server, first_frame, new_boot
from catalogue import scenario
from wire import Machine

LATER_READS = (4096, 8192, 512, 2048, 4096)


@scenario("Hand-off by one ARP announcement alone, 0.8 s after the last read.")
def handoff_arp_announcement(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.8).announce()
    boot.wait(0.2).read_all(LATER_READS)


@scenario("Hand-off by the operating system's DHCP INFORM alone.")
def handoff_dhcp_inform(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.8).os_dhcp(wire.INFORM)
    boot.wait(0.001).os_answer()
    boot.wait(0.2).read_all(LATER_READS)


@scenario("Hand-off by the operating system's DHCP DISCOVER alone: no new boot, although it is a DISCOVER.")
def handoff_dhcp_discover(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.8).os_dhcp(wire.DISCOVER)
    boot.wait(0.001).os_answer(wire.OFFER)
    boot.wait(0.002)
    boot._from_client(wire.REQUEST, 404, False, 0, wire.WINDOWS, b"\x01" + boot.target.mac_bytes, 0, boot.os_xid,
                      [(50, wire.address(boot.target.ip)), (54, wire.address(boot.dhcp_server.ip))])
    boot.wait(0.001).os_answer()
    boot.wait(0.2).read_all(LATER_READS)


@scenario("Hand-off by jumbo datagrams alone (MTU 9014): the first datagram larger than 1464 bytes is the hand-off.")
def handoff_jumbo(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.9)
    boot.mtu = 9014
    boot.read_all((32768, 8192, 512, 4096, 16384))


@scenario("Hand-off by overlapping requests alone: the third within a second is the frame.")
def handoff_overlap(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.9).overlapping_reads((8192, 4096, 8192, 16384, 3072, 8192, 4096))


@scenario("Hand-off after 3.2 s without anything else than the port: .gap supports .port.")
def handoff_gap_and_port(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(3.2)
    boot.port = 6902
    boot.read_all(LATER_READS)


@scenario("Everything at once: ARP, DHCP, port, jumbo and overlap within 2 s after a gap; two passes show all six.")
def handoff_all(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(3.0).probe()
    boot.wait(0.2).os_dhcp()
    boot.wait(0.001).os_answer()
    boot.port, boot.mtu = 6905, 9014
    boot.wait(0.2).overlapping_reads((32768, 32768, 32768, 32768, 24576))


@scenario("Evidence that comes later than 5 s after the hand-off is not added: ARP first, the port 7 s later.")
def handoff_late_evidence(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.8).announce()
    boot.wait(0.2).read_all((4096, 512, 2048))
    boot.wait(7.0)
    boot.port = 6905
    boot.read_all((4096, 512, 2048))


# ---- no hand-off ----------------------------------------------------------------------------------------------------

@scenario("A pause of 4 s and nothing else: a gap alone is no hand-off.")
def no_handoff_gap_only(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(4.0).read_all(LATER_READS)
    boot.wait(2.5).read_all(LATER_READS)


@scenario("Servers refresh the target's address by ARP in single read mode, and the target answers: no hand-off.")
def no_handoff_server_refresh(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.3).refreshed_by(boot.server)
    boot.read_all((4096, 8192))
    boot.wait(2.3).refreshed_by(dhcp_server(), unicast=False)
    boot.arp_for(boot.server)
    boot.wait(0.0002).arp_reply(boot.server)
    boot.wait(0.0002).read_all(LATER_READS)


@scenario("Only two overlapping requests within a second, twice: no hand-off.")
def no_handoff_two_overlaps(timeline):
    boot = boot_to_reads(timeline)
    for _ in range(2):
        boot.overlapping_reads((8192, 4096, 8192))
        boot.read_all((512, 4096))
        boot.wait(1.5)
    boot.read_all((512, 4096))


@scenario("The server's port changes in single read mode, the target's does not: no hand-off.")
def no_handoff_server_port(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.4)
    boot.server_port = 6914
    boot.read_all(LATER_READS)


@scenario("Full bursts of exactly the maximum (44 KB, every datagram 1464 bytes) in single read mode: no jumbo, no "
          "overlap.")
def no_handoff_full_bursts(timeline):
    boot = boot_to_reads(timeline, (512, 4096, 45056, 45056, 512))
    boot.read_all((45056, 2048))


@scenario("Another machine's DHCP and ARP during single read mode: no hand-off of this target.")
def no_handoff_other_machine(timeline):
    boot = boot_to_reads(timeline)
    laptop = Machine("02:00:5e:10:00:03", "10.77.9.3")
    message = wire.dhcp(wire.REQUEST, laptop.mac, 77, [(60, wire.WINDOWS), (50, wire.address(laptop.ip))])
    timeline.add(boot.now, wire.udp(laptop, wire.ANYONE, 68, 67, message, src_ip="0.0.0.0"), "other", "dhcp")
    boot.wait(0.01)
    timeline.add(boot.now, wire.arp(laptop.mac, "0.0.0.0", laptop.ip), "other", "arp")
    boot.wait(0.01)
    timeline.add(boot.now, wire.arp(laptop.mac, laptop.ip, laptop.ip), "other", "arp")
    boot.wait(0.01).read_all(LATER_READS)


@scenario("DHCP renewals, inform messages and ARP of the operating system in the middle of BNIStack: step 404, and "
          "nothing changes.")
def bnistack_renewal(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.9)
    boot.port = 6905
    boot.read_all(LATER_READS)
    boot.wait(8.0)
    for _ in range(2):
        boot.os_renewal()
        boot.wait(0.002).os_answer()
        boot.wait(0.2).read_all((4096, 8192, 512))
        boot.wait(1.0).os_dhcp(wire.INFORM)
        boot.wait(0.001).os_answer()
        boot.announce()
        boot.wait(0.3).read_all((4096, 512))
        boot.wait(90.0)
    boot.refreshed_by(boot.server)
    boot.read_all((4096, 512))


# ---- the hand-off that is missing -----------------------------------------------------------------------------------

@scenario("Single read mode ends without a hand-off and the capture goes on for 12 s.")
def handoff_missing(timeline):
    boot = boot_to_reads(timeline)
    boot.read(4096)[-1].later.append("handoff.missing")
    chatter(timeline, 1.0, boot.now / 1e9 + 12)
    boot.stops("handoff.missing")


@scenario("Single read mode ends, the capture 8 s later: too early to miss the hand-off.")
def handoff_not_yet(timeline):
    boot = boot_to_reads(timeline)
    chatter(timeline, 1.0, boot.now / 1e9 + 8)


@scenario("The target boots anew from single read mode: the hand-off of its first boot is missing.")
def handoff_missing_reboot(timeline):
    first = boot_to_reads(timeline)
    first.read(4096)[-1].later.append("handoff.missing")
    first.stops("handoff.missing")
    second = new_boot(timeline, 9.0)
    second.dora()
    first_frame(timeline, second).experts.append("handoff.missing")
    second.resolve(second.server)
    second.download()


@scenario("The hand-off begins with an ARP announcement, but BNIStack never streams; the capture goes on for 14 s.")
def handoff_nothing_streamed(timeline):
    boot = boot_to_reads(timeline)
    boot.read(4096)[-1].later.append("handoff.missing")
    boot.wait(2.7).announce()
    boot.wait(0.5).refreshed_by(boot.server)
    chatter(timeline, 1.0, boot.now / 1e9 + 14)
    boot.ends("handoff_without_stream", "handoff.missing")


@scenario("The hand-off begins with an ARP announcement, and the capture ends 5 s later: too early to miss the stream.")
def handoff_capture_ends(timeline):
    boot = boot_to_reads(timeline)
    boot.read(4096)
    boot.wait(2.7).announce()
    chatter(timeline, 1.0, boot.now / 1e9 + 5)
    boot.ends("handoff_without_stream")


@scenario("The operating system gets another address than the firmware had; the stream goes on with the first one.")
def dhcp_address_changed(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.9).os_dhcp()
    boot.wait(0.001).os_answer(address="10.77.5.99")
    boot.wait(0.2).read_all(LATER_READS)


@scenario("The operating system asks again and again and keeps its address: no change.")
def dhcp_address_kept(timeline):
    boot = boot_to_reads(timeline)
    for kind in (wire.REQUEST, wire.INFORM, wire.REQUEST):
        boot.wait(0.9).os_dhcp(kind)
        boot.wait(0.001).os_answer()
        boot.wait(0.2).read_all((4096, 512))
