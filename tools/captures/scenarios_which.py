# SPDX-License-Identifier: GPL-2.0-or-later
"""Which boot, which machine, whose reply, which clients: machines that boot again, other systems, routers, relays."""
import wire
from cast import boot_to_reads, chatter, dhcp_server, finish, first_frame, new_boot, phase_1, without_reads
from catalogue import scenario
from download import TwoStage
from scenarios_phase1 import discovers, go_on
from timeline import seconds
from wire import Machine

IPXE = ((77, b"iPXE"), (175, b"\xb1\x05\x01\x80\x86\x10\x0e"))
HTTP = b"HTTPClient:Arch:00016:UNDI:003001"


# ---- another system starts ------------------------------------------------------------------------------------------

def other_system(timeline, boot, vendor=wire.WINDOWS, address="10.77.1.99"):
    """The DHCP of the system on the machine's own disk: no step and no boot."""
    server, xid = boot.dhcp_server, 0x5757
    client_id = b"\x01" + boot.target.mac_bytes
    options = [(61, client_id), (12, b"DESKTOP-1"), (60, vendor), (55, bytes([1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 121]))]
    for kind, pause in ((wire.DISCOVER, 0), (wire.OFFER, 0.001), (wire.REQUEST, 0.002), (wire.ACK, 0.001)):
        boot.wait(pause)
        if kind in (wire.DISCOVER, wire.REQUEST):
            data = wire.udp(boot.target, wire.ANYONE, 68, 67, wire.dhcp(kind, boot.target.mac, xid, options),
                            src_ip="0.0.0.0")
        else:
            message = wire.dhcp(kind, boot.target.mac, xid, [(54, wire.address(server.ip)), (51, b"\0\1\0\0")],
                                yiaddr=address)
            data = wire.udp(server, Machine(boot.target.mac, address), 67, 68, message)
        timeline.add(boot.now, data, "other", "dhcp")
    return boot


@scenario("PXE finds no DHCP server (four DISCOVERs), gives up, and Windows starts from the machine's own disk 42 s later.")
def disk_after_no_offer(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.has_address = False
    discovers(boot, (4, 8, 16, 32)).run_without_offer()
    boot.wait(42.0)
    other_system(timeline, boot)
    go_on(timeline, boot, 20)
    boot.ends("other_system", "discover.unanswered")


@scenario("No boot file for PXE; Windows starts from the disk 25 s later. What answers Windows names no file, either.")
def disk_after_no_bootfile(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.discover()
    boot.wait(0.002).offer(file=b"")
    boot.wait(1.0).request()
    boot.wait(0.002).ack(file=b"").later.append("dhcp.no_bootfile")
    other_system(timeline, boot.wait(25.0), address=boot.target.ip)
    go_on(timeline, boot, 15)
    boot.ends("other_system", "dhcp.no_bootfile")


@scenario("A file without a PVS name arrives whole (another deployment server), then Windows starts from the disk.")
def disk_after_other_file(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.dora(file=b"wdsnbp.com")
    boot.resolve(boot.server)
    boot.download("wdsnbp.com", size=6000)
    other_system(timeline, boot.wait(20.0))
    go_on(timeline, boot, 15)
    boot.ends("other_system", phase=2)


@scenario("The bootstrap arrives whole, nothing of the logon is seen, and Windows speaks DHCP 25 s later: this may be a "
          "healthy boot captured at the TFTP server. No fault, and not another system.")
def disk_or_out_of_sight(timeline):
    boot = new_boot(timeline)
    boot.dora()
    boot.resolve(boot.server)
    boot.download(size=6000).end_ack.later.append("logon.out_of_sight")
    other_system(timeline, boot.wait(25.0), address=boot.target.ip)
    go_on(timeline, boot, 15)
    boot.ends("capture_ended", phase=2)


# ---- boot disks -----------------------------------------------------------------------------------------------------

def disk_boot(timeline, start=0.0, named=True):
    """A boot disk: DHCP without option 60, two-stage boot, and a Windows that speaks DHCP at the hand-off."""
    boot = new_boot(timeline, start)
    boot.dora(secs=0, broadcast=False, vendor=None, file=b"")
    boot.resolve(boot.server)
    TwoStage(boot, "tsbbdm.bin", timeline.rng.randbytes(5000)).blocks()
    boot.wait(0.01).logon()
    boot.read_all((512, 4096, 8192, 2048))
    boot.wait(2.6)
    if named:
        boot.os_dhcp()
        boot.wait(0.001).os_answer()
    else:
        boot.announce()
    boot.port = 6905
    boot.wait(0.3).read_all((4096, 3072, 5120))
    return boot


@scenario("A boot disk (DHCP without option 60) boots, is reset 15 s after its last read and boots again. Its Windows has "
          "named itself by option 60, so this DISCOVER is not Windows'. Two boots.")
def boot_disk_reset(timeline):
    first = disk_boot(timeline)
    disk_boot(timeline, first.now / 1e9 + 15)


@scenario("The same, and nobody answers after the reset.")
def boot_disk_reset_silent(timeline):
    first = disk_boot(timeline)
    second = new_boot(timeline, first.now / 1e9 + 15, certainty=1)
    second.has_address = False
    for index in range(4):
        second.wait(4.0 * bool(index)).discover(secs=4 * index, broadcast=False, vendor=None)
    second.run_without_offer()
    go_on(timeline, second, 8)
    second.stops("discover.unanswered")


@scenario("A boot disk whose Windows has not named itself asks for an address without option 60, 15 s after its last read: "
          "this can be the system's own client. One boot.")
def boot_disk_unnamed(timeline):
    boot = disk_boot(timeline, named=False)
    boot.wait(15.0)
    boot.os_xid = timeline.rng.getrandbits(32)
    boot._from_client(wire.DISCOVER, 404, False, 0, None, None, 0, boot.os_xid).unchecked(
        "whether a DISCOVER's milestones stand on the operating system's own")
    boot.wait(0.001).os_answer(wire.OFFER)
    boot.wait(0.2).read_all((4096, 512))


@scenario("A boot disk with a static address: reset, and 70 s after the last datagram a logon from the port of single read "
          "mode. Two boots.")
def boot_static_reset(timeline):
    for start in (0.0, 75.0):
        boot = new_boot(timeline, start)
        boot.logon()
        boot.read_all((512, 4096, 8192))
        boot.wait(0.6)
        boot.port = 6905
        boot.read_all((4096, 512, 2048))


@scenario("The same machine logs on again 20 s after its last datagram, from BNIStack's port: a reconnect, in phase 4 of the "
          "same boot.")
def boot_static_reconnect(timeline):
    boot = new_boot(timeline)
    boot.logon()
    boot.read_all((512, 4096, 8192))
    boot.wait(0.6)
    boot.port = 6905
    boot.read_all((4096, 512, 2048))
    boot.wait(20.0)
    for size in (120, 76, 64):
        boot._datagram(True, boot.filler(size)).means(boot, 402)
        boot.wait(0.0012)._datagram(False, boot.filler(size + 20)).means(boot, 403)
        boot.wait(0.003)
    boot.last_stream = boot.now
    after = len(timeline.frames)
    boot.read_all((4096, 512))
    without_reads(timeline)
    for frame in timeline.frames[after:]:
        del frame.fields["pvs.kind"]  # where the first burst after a logon in BNIStack ends is left open


# ---- firmware that tries again --------------------------------------------------------------------------------------

@scenario("The server refuses the file, and the firmware begins anew 4 s later with the same options: two boots.")
def again_after_error(timeline):
    for start in (0.0, 6.5):
        boot = new_boot(timeline, start)
        boot.dora()
        boot.resolve(boot.server)
        boot.request_file().error_by_server(1, "File not found").experts.append("bootstrap.error")
        boot.stops("bootstrap.error")
    go_on(timeline, boot, 5)


@scenario("The bootstrap arrives whole, no logon follows, and the firmware begins anew 8 s later; three times. The third try "
          "within 10 minutes is a loop.")
def again_never_runs(timeline):
    for turn in range(3):
        boot = new_boot(timeline, turn * 12.0)
        boot.dora(arch=7, vendor=wire.PXE_UEFI, file=b"pvsnbpx64.efi")
        if turn:
            first_frame(timeline, boot).experts += ["logon.missing"] + ["boot.loop"] * (turn == 2)
        boot.resolve(boot.server)
        boot.download("pvsnbpx64.efi", size=6000).end_ack.later.append("logon.missing")
        boot.stops("logon.missing")
    go_on(timeline, boot, 14)


@scenario("After a whole download a DISCOVER with the same options 3 s later: a chained loader, too. One boot.")
def again_too_soon(timeline):
    boot = new_boot(timeline)
    boot.dora(file=b"undionly.kpxe")
    boot.resolve(boot.server)
    boot.download("undionly.kpxe", size=3000)
    boot.wait(3.0).dora()
    boot.resolve(boot.server)
    boot.download(size=3000, probe=None)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096))


@scenario("iPXE was loaded and waits 20 s at its prompt; its DISCOVER has options 77 and 175. One boot.")
def again_is_ipxe(timeline):
    boot = new_boot(timeline)
    boot.dora(file=b"undionly.kpxe")
    boot.resolve(boot.server)
    boot.download("undionly.kpxe", size=3000)
    boot.wait(20.0)
    boot.xid = timeline.rng.getrandbits(32)
    boot.discover(extra=IPXE)
    boot.wait(0.002).offer()
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000, probe=None)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096))


@scenario("The firmware's next boot option is UEFI HTTP boot: option 60 changes from PXEClient to HTTPClient. Two boots.")
def again_by_http(timeline):
    first = new_boot(timeline, certainty=2)
    first.discover(vendor=wire.PXE_UEFI, arch=7)
    first.wait(0.002).offer(file=b"")
    first.wait(1.0).request(vendor=wire.PXE_UEFI, arch=7)
    first.wait(0.002).ack(file=b"").later.append("dhcp.no_bootfile")
    first.stops("dhcp.no_bootfile")
    second = new_boot(timeline, 16.0, certainty=1)
    second.dora(vendor=HTTP, arch=16, file=b"http://10.77.0.10/boot.efi")
    go_on(timeline, second, 14)
    second.ends("capture_ended")


@scenario("UEFI HTTP boot: the file named is no file of TFTP, so none is missed; the logon follows.")
def boot_http(timeline):
    boot = new_boot(timeline)
    boot.dora(vendor=HTTP, arch=16, file=b"http://10.77.0.10/boot.efi")
    boot.resolve(boot.server)
    boot.wait(12.0).logon()
    boot.read_all((512, 4096, 8192))
    finish(boot)


@scenario("A DISCOVER whose transaction id the boot has used comes once more after the download: a late copy.")
def again_late_copy(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer()
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)
    boot.wait(6.0)._from_client(wire.DISCOVER, 101, True, 4, wire.PXE_BIOS, None, 0, boot.xid).unchecked(
        "which milestones stand on a late copy")
    boot.phase = 1
    boot.wait(1.0).logon()
    boot.read_all((512, 4096))


# ---- which machine --------------------------------------------------------------------------------------------------

@scenario("An address is given away anew: A boots and runs; half an hour later B boots with the address that A had. Two "
          "boots, no second owner.")
def address_reused(timeline):
    for number, start in ((1, 0.0), (2, 1800.0)):
        boot = new_boot(timeline, start, number)
        boot.target.ip = "10.77.1.50"
        phase_1(boot)
        boot.logon()
        boot.read_all((512, 4096, 2048))
        finish(boot)


@scenario("A team: another MAC announces the target's address in BNIStack, and the stream goes on from that MAC. No second "
          "owner.")
def address_of_a_team(timeline):
    boot = finish(boot_to_reads(timeline))
    card = Machine("02:50:56:97:00:e1", boot.target.ip)
    boot.wait(0.5)._arp(wire.arp(card.mac, card.ip, card.ip), "other", True)
    boot.router = card  # the MAC that its datagrams have from now on
    boot.wait(0.01).read_all((4096, 512, 8192))


@scenario("Three targets behind one router boot one after the other, 20 s apart, without DHCP in the capture: the MAC is "
          "nobody's.")
def behind_router_in_turn(timeline):
    for number in (1, 2, 3):
        boot = new_boot(timeline, (number - 1) * 20.0, number)
        boot.router = Machine("00:00:0c:07:ac:01", "10.77.0.1")
        boot.logon()
        boot.read_all((512, 4096, 8192))
        boot.wait(1.1)
        boot.port = 6905
        boot.read_all((4096, 2048, 8192))


@scenario("A site that streams on 6910 to 6968: the logon is redirected to 6945, and all of the stream is there. Another "
          "program of the target talks to the server's port 6945, too: not PVS.")
def ports_site_6968(timeline):
    boot = boot_with_port(timeline, 6945)
    foreign = wire.udp(boot.target, boot.server, 50123, 6945, b"SSH-2.0-other\r\n")
    timeline.add(boot.now + 1_000_000, foreign, "other", "noise")


def boot_with_port(timeline, port):
    boot = new_boot(timeline)
    phase_1(boot)
    boot.logon(2)
    boot.server_port = port
    boot.wait(0.003).logon(1)
    boot.read_all((512, 4096, 8192, 2048))
    return finish(boot)


@scenario("The highest port of such a site, 6968: one below two-stage boot.")
def ports_site_highest(timeline):
    boot_with_port(timeline, 6968)


# ---- whose reply ----------------------------------------------------------------------------------------------------

def rewritten(timeline, boot, frame, relay, kind, pause):
    """The same answer once more, through another relay that puts its own address into option 54."""
    message = wire.dhcp(kind, boot.target.mac, boot.xid, [(54, wire.address(relay.ip)), (51, (86400).to_bytes(4, "big"))],
                        True, yiaddr=boot.target.ip, siaddr=boot.server.ip, file=b"ARDBP32.BIN")
    boot.wait(pause)
    return frame, wire.udp(relay, wire.ANYONE, 67, 68, message)


@scenario("Two relays forward each DISCOVER and REQUEST, and put their own address into option 54 of the answer: OFFER and "
          "ACK come twice within 0.1 s. One server.")
def relays_rewrite_server(timeline):
    boot = new_boot(timeline)
    one, two = (Machine("02:50:56:00:02:0%d" % number, "10.77.0.25%d" % number) for number in (2, 3))
    boot.discover()
    for kind, answer in ((wire.OFFER, boot.offer), (wire.ACK, boot.ack)):
        if kind == wire.ACK:
            boot.wait(1.0).request(server=one)
        frame, again = rewritten(timeline, boot, boot.wait(0.002) and answer(one), two, kind, 0.03)
        timeline.frames.append(frame.copy(boot.now, again))
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096))


@scenario("A second server offers the same address 0.15 s after the first: too late for a copy.")
def relays_or_two_servers(timeline):
    boot = new_boot(timeline)
    other = Machine("02:50:56:00:02:03", "10.77.0.253")
    boot.discover()
    boot.wait(0.002).offer()
    boot.wait(0.15).offer(other).experts.append("dhcp.servers_differ")
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)


# ---- which clients --------------------------------------------------------------------------------------------------

def client_asks(timeline, number, time, options, answered=True, secs=0):
    client, server = Machine("02:00:5e:40:00:%02x" % number, "10.77.9.%d" % (60 + number)), dhcp_server()
    for kind, pause in ((wire.DISCOVER, 0), (wire.OFFER, 0.01), (wire.REQUEST, 0.02), (wire.ACK, 0.03)):
        if kind in (wire.DISCOVER, wire.REQUEST):
            data = wire.udp(client, wire.ANYONE, 68, 67, wire.dhcp(kind, client.mac, 0x7000 + number, options, secs=secs),
                            src_ip="0.0.0.0")
        else:
            message = wire.dhcp(kind, client.mac, 0x7000 + number, [(54, wire.address(server.ip)), (51, b"\0\1\0\0")],
                                yiaddr=client.ip)
            data = wire.udp(server, client, 67, 68, message)
        timeline.add(seconds(time + pause), data, "other", "dhcp")
        if not answered:
            return


@scenario("Laptops, phones, printers without option 60: a host name, or options that firmware has no use for. No boot, "
          "answered or not.")
def clients_laptops(timeline):
    for turn in range(6):
        client_asks(timeline, 1, turn * 4.0, [(55, bytes([1, 121, 3, 6, 15, 108, 114, 119, 252, 95, 44, 46]))], False)
    client_asks(timeline, 2, 30.0, [(12, b"printer-3"), (55, bytes([1, 3, 6, 12, 15, 44, 46]))])
    client_asks(timeline, 3, 32.0, [(12, b"sensor"), (55, bytes([1, 3, 6, 28, 249]))])
    client_asks(timeline, 4, 34.0, [(60, b"android-dhcp-14"), (55, bytes([1, 3, 6, 15, 26, 28, 51, 58, 59, 43]))])
    client_asks(timeline, 5, 36.0, [(12, b"camera"), (60, b"udhcp 1.36.1"), (55, bytes([1, 3, 6, 12, 15]))])
    chatter(timeline, 0.5, 60)


@scenario("A client without option 60 that sends a host name and asks for 66 and 67: firmware may. A boot of certainty 1.")
def clients_with_66(timeline):
    boot = new_boot(timeline, certainty=1)
    boot._client_options = lambda *_: [(12, b"thin-1"), (55, bytes([1, 3, 6, 12, 15, 66, 67]))]
    boot.dora(secs=0, broadcast=False, vendor=None, file=b"")
    boot.ends("capture_ended")


# ---- stop and wait --------------------------------------------------------------------------------------------------

def stop_and_wait(boot, size):
    request = boot.read_request()
    pieces = wire.burst(size)
    for index, piece in enumerate(pieces):
        boot.wait(0.0003).read_data(request, piece, index == len(pieces) - 1)
        boot.wait(0.0002)
        if index + 1 < len(pieces):
            acknowledged = boot._datagram(True, boot.filler(48)).means(boot, 301)
            acknowledged.fields = {"pvs.direction": "1", "pvs.kind": "2", "pvs.read": str(request.read)}
            boot.last_stream = boot.now
    return boot


@scenario("A BIOS boot program acknowledges each datagram of a read with one of its own: reads of 24 and of 2 datagrams, many "
          "within a second. No overlap, no hand-off, and each read is one read.")
def stop_and_wait_bios(timeline):
    boot = boot_to_reads(timeline, (512, 4096))
    for size in (32768, 2048, 2048, 2048, 2048, 2048, 32768, 2560, 2560, 2560, 16384):
        stop_and_wait(boot, size)


@scenario("The same, up to a hand-off by ARP announcement and port, after which bursts are acknowledged as a whole.")
def stop_and_wait_handoff(timeline):
    boot = boot_to_reads(timeline, (512, 4096))
    for size in (8192, 2048, 2560, 2048, 16384):
        stop_and_wait(boot, size)
    finish(boot)
