# SPDX-License-Identifier: GPL-2.0-or-later
"""DHCP, PXE and ARP: each finding of edition 2 with the near misses of its rule, just before and just after each time."""
import wire
from cast import boot_to_reads, dhcp_server, new_boot, pvs_server
from catalogue import scenario
from scenarios_phase1 import discovers, go_on, second_server
from wire import Machine

LATE = "discover.answered_late"
NO_FILE, NOT_TAKEN, REFUSED = "dhcp.no_bootfile", "dhcp.offer_not_taken", "dhcp.refused"
SILENT_PXE = "pxe.unanswered"


# ---- the first OFFER is late ----------------------------------------------------------------------------------------

def offered_after(timeline, value):
    boot = new_boot(timeline)
    discovers(boot, (4, 8), pauses=(4.0,))
    boot.wait(value - 4.0).offer()
    boot.wait(1.0).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    return boot.download(size=3000)


@scenario("The first OFFER comes 10.1 s after the first DISCOVER: late (a port without PortFast).")
def offer_late(timeline):
    offered_after(timeline, 10.1)


@scenario("The first OFFER comes 9.9 s after the first DISCOVER: not late.")
def offer_not_late(timeline):
    offered_after(timeline, 9.9)


# ---- which boot file ------------------------------------------------------------------------------------------------

def pxe_service(boot, file, pause=0.0012):
    """The OFFER of a PXE server without an address."""
    return boot.wait(pause).offer(boot.server, file=file, options=((60, b"PXEClient"),), proxy=True)


@scenario("The PXE service and option 67 of the DHCP server name different boot files in one round.")
def boot_files_differ(timeline):
    boot = new_boot(timeline)
    boot.discover()
    pxe_service(boot, b"ARDBP32.BIN")
    boot.wait(0.001).offer(file=b"wdsnbp.com").experts.append("dhcp.boot_files_differ")
    boot.wait(1.9).request()
    boot.wait(0.002).ack(file=b"wdsnbp.com").unchecked("whether the ACK that repeats the second name says it once more")
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)


@scenario("The PXE service and the DHCP server name the same boot file.")
def boot_files_agree(timeline):
    boot = new_boot(timeline)
    boot.discover()
    pxe_service(boot, b"ARDBP32.BIN")
    boot.wait(0.001).offer()
    boot.wait(1.9).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)


def offers(timeline, pauses, flag_clear=False, **offer):
    """DISCOVERs that each get an OFFER 20 ms later. Returns the boot and its OFFERs."""
    boot = new_boot(timeline, certainty=3 if offer.get("file", True) else 2)
    boot.has_address = False
    made = []
    for index, pause in enumerate((0.0, *pauses)):
        boot.wait(pause).discover(secs=4 * (index + 1))
        made.append(boot.wait(0.02).offer(broadcast=not flag_clear, **offer))
    return boot, made


@scenario("Three DISCOVERs, each with an OFFER that names a file but has the broadcast flag clear where the DISCOVER has it set: "
          "none is taken.")
def offer_not_taken(timeline):
    boot, made = offers(timeline, (4.0, 8.0), flag_clear=True)
    third = next(frame for frame in timeline.frames if frame.step == 101 and frame.time > made[1].time)
    third.experts.append(NOT_TAKEN)
    made[2].later.append(NOT_TAKEN)
    go_on(timeline, boot, 6)
    boot.stops(NOT_TAKEN)


@scenario("The same without a boot file in any OFFER: firmware takes none of them (PXE-E53).")
def offer_without_file(timeline):
    boot, made = offers(timeline, (4.0, 8.0), file=b"")
    third = next(frame for frame in timeline.frames if frame.step == 101 and frame.time > made[1].time)
    third.experts.append(NO_FILE)
    made[2].later.append(NO_FILE)
    go_on(timeline, boot, 6)
    boot.stops(NO_FILE)


@scenario("One DISCOVER and one OFFER that is not taken: too little to say so.")
def offer_not_taken_once(timeline):
    boot, _ = offers(timeline, ())
    go_on(timeline, boot, 12)
    boot.ends("capture_ended")


@scenario("Two DISCOVERs and two OFFERs; the capture ends 3.9 s after the last one.")
def offer_not_taken_too_soon(timeline):
    boot, _ = offers(timeline, (4.0,), flag_clear=True)
    go_on(timeline, boot, 3.9)
    boot.ends("capture_ended")


@scenario("Two DISCOVERs and two OFFERs; the REQUEST follows 3.9 s after the last one: it was taken.")
def offer_taken_late(timeline):
    boot, _ = offers(timeline, (4.0,))
    boot.has_address = True
    boot.wait(3.9).request()
    boot.wait(0.002).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)


@scenario("No file in two OFFERs that are not taken, but a PXE server's OFFER names one: the OFFERs are not taken for another "
          "reason.")
def offer_without_file_but_proxy(timeline):
    boot = new_boot(timeline)
    boot.has_address = False
    for index in range(2):
        boot.wait(4.0 * bool(index)).discover(secs=4 + 4 * index)
        pxe_service(boot, b"ARDBP32.BIN")
        last = boot.wait(0.02).offer(file=b"")
    last.later.append(NOT_TAKEN)
    go_on(timeline, boot, 6)
    boot.stops(NOT_TAKEN)


def without_file(timeline, **more):
    boot = new_boot(timeline, **more)
    boot.discover()
    boot.wait(0.002).offer(file=b"")
    boot.wait(1.0).request()
    return boot, boot.wait(0.002).ack(file=b"")


@scenario("A PXE server's OFFER names the file 0.6 s after the ACK: too late for this ROM, which asks for nothing.")
def no_bootfile_proxy_late(timeline):
    boot, ack = without_file(timeline)
    ack.later.append(NO_FILE)
    pxe_service(boot, b"ARDBP32.BIN", 0.6)
    go_on(timeline, boot, 14)
    boot.stops(NO_FILE)


@scenario("A PXE server's OFFER names the file 3.9 s after the ACK, and the ROM fetches it: no fault.")
def no_bootfile_proxy_taken(timeline):
    boot, _ = without_file(timeline)
    pxe_service(boot, b"ARDBP32.BIN", 3.9)
    boot.wait(0.5).resolve(boot.server)
    boot.download(size=3000)
    go_on(timeline, boot, 5)


@scenario("The ACK names no file, and the DHCP messages are seen only as a relay's copies: a proxy's answer need not come by "
          "here.")
def no_bootfile_relayed(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.relay = Machine("02:50:56:00:00:fe", "10.77.1.1")
    boot.discover()
    boot.wait(0.002).offer(file=b"")
    boot.wait(1.0).request()
    boot.wait(0.002).ack(file=b"")
    go_on(timeline, boot, 15)
    boot.ends("capture_ended")


@scenario("The ROM has loaded undionly.kpxe, whose own DHCP names no boot file: a loader may go on by itself, so none is missing.")
def no_bootfile_after_download(timeline):
    boot = new_boot(timeline, certainty=2)
    boot.dora(file=b"undionly.kpxe")
    boot.resolve(boot.server)
    boot.download("undionly.kpxe", size=3000)
    boot.wait(2.0)
    boot.xid = timeline.rng.getrandbits(32)
    boot.discover(extra=((77, b"iPXE"),))
    boot.wait(0.002).offer(file=b"")
    boot.wait(1.0).request()
    boot.wait(0.002).ack(file=b"")
    go_on(timeline, boot, 15)
    boot.ends("capture_ended")


# ---- refusals -------------------------------------------------------------------------------------------------------

@scenario("Two servers: B refuses the request that names A; A acknowledges, and the client uses the ACK. No refusal.")
def nak_of_other(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer()
    boot.wait(1.0).request()
    boot.wait(0.001).nak(second_server()).experts.clear()
    boot.wait(0.009).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)
    boot.wait(0.004).logon()
    boot.read_all((512, 4096))


@scenario("The same with a client that obeys any NAK and begins anew 4 s later, twice: refused, by a server that was not "
          "asked. One boot: there is nothing that shows whether the file was asked for.")
def nak_of_other_obeyed(timeline):
    boot = new_boot(timeline)
    for turn in range(2):
        boot.xid = timeline.rng.getrandbits(32)
        asked = boot.discover()
        if turn:
            asked.experts.append(REFUSED)
            del asked.fields["discover.attempt"]  # whether an ACK that was undone begins the counting anew is left open
            boot.attempt = 0
        boot.wait(0.002).offer()
        boot.wait(1.0).request()
        nak = boot.wait(0.001).nak(second_server())
        nak.experts, nak.later = [], [REFUSED]
        boot.wait(0.009).ack()
        boot.wait(4.0)
    go_on(timeline, boot, 8)
    boot.stops(REFUSED)


@scenario("B refuses, A acknowledges, and nothing at all comes from the client for 10.1 s.")
def nak_of_other_silence(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer()
    boot.wait(1.0).request()
    nak = boot.wait(0.001).nak(second_server())
    nak.experts, nak.later = [], [REFUSED]
    boot.wait(0.009).ack()
    go_on(timeline, boot, 10.1)
    boot.stops(REFUSED)


@scenario("B refuses, A acknowledges, and the capture ends 9.5 s later: nothing can be said.")
def nak_of_other_too_soon(timeline):
    boot = new_boot(timeline)
    boot.discover()
    boot.wait(0.002).offer()
    boot.wait(1.0).request()
    boot.wait(0.001).nak(second_server()).experts.clear()
    boot.wait(0.009).ack()
    go_on(timeline, boot, 9.5)
    boot.ends("capture_ended")


@scenario("The client declines its address 1 ms after an ACK without a boot file: refused, and no missing file.")
def declined(timeline):
    boot, _ = without_file(timeline, certainty=2)
    boot.wait(0.001).decline()
    go_on(timeline, boot, 14)
    boot.stops(REFUSED)


@scenario("In BNIStack a server refuses Windows' own request: not a refusal of the boot.")
def nak_of_system(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.9).os_dhcp()
    boot.wait(0.001).os_answer(wire.NAK)
    boot.wait(0.2).read_all((4096, 512, 2048))


NO_ACK = "dhcp.request_unanswered"


def requests(timeline, pauses, end):
    boot = new_boot(timeline)
    boot.has_address = False
    boot.discover()
    boot.wait(0.002).offer()
    frames = [boot.wait(pause).request() for pause in (1.0, *pauses)]
    go_on(timeline, boot, end)
    return boot, frames


@scenario("A REQUEST that names a server, once more 4.1 s later, and no ACK or NAK.")
def request_unanswered(timeline):
    boot, frames = requests(timeline, (4.1,), 8)
    frames[1].later.append(NO_ACK)
    frames[1].open_in_one_pass("whether one pass knows it on the repeated request itself")
    boot.stops(NO_ACK)


@scenario("One REQUEST alone without ACK or NAK, and 10.1 s of capture after it.")
def request_unanswered_once(timeline):
    boot, frames = requests(timeline, (), 10.1)
    frames[0].later.append(NO_ACK)
    boot.stops(NO_ACK)


@scenario("One REQUEST alone, and 9.9 s of capture after it: too soon.")
def request_unanswered_too_soon(timeline):
    boot, _ = requests(timeline, (), 9.9)
    boot.ends("capture_ended")


@scenario("A REQUEST repeated after 3 s, acknowledged 0.9 s after that: answered within 4 s.")
def request_answered_late(timeline):
    boot, _ = requests(timeline, (3.0,), 4)
    boot.has_address = True
    boot.wait(0.9).ack()
    boot.wait(0.001).resolve(boot.server)
    boot.download(size=3000)


# ---- the boot server ------------------------------------------------------------------------------------------------

def asks_boot_server(timeline, server, times, offer_options=(), **more):
    """The client asks a boot server on port 4011, `times` seconds after the ACK. Returns the boot and the requests."""
    boot = new_boot(timeline, **more)
    boot.discover()
    boot.wait(0.002).offer(file=b"ARDBP32.BIN", options=offer_options)
    boot.wait(1.9).request()
    boot.wait(0.002).ack(options=offer_options)
    boot.wait(0.001).resolve(server)
    began, frames = boot.now, []
    for time in times:
        boot.now = began + int(time * 1e9)
        frames.append(boot.boot_server_request(server))
    return boot, frames


@scenario("The DHCP server itself sends option 60 (PXEClient), so the client asks its port 4011, three times, and nobody "
          "listens there (PXE-E55).")
def pxe_option_60(timeline):
    boot, frames = asks_boot_server(timeline, dhcp_server(), (0, 1.0, 3.0), ((60, b"PXEClient"),))
    frames[-1].later.append(SILENT_PXE)
    go_on(timeline, boot, 12)
    boot.stops(SILENT_PXE)


@scenario("A boot server on port 4011 is silent; 4.1 s later the client begins anew.")
def pxe_silent_then_again(timeline):
    boot, frames = asks_boot_server(timeline, pvs_server(), (0, ))
    frames[-1].later.append(SILENT_PXE)
    again = boot.wait(4.1)
    again.xid = timeline.rng.getrandbits(32)
    again.stops(SILENT_PXE)
    second = new_boot(timeline, again.now / 1e9, certainty=3)
    second.discover().experts.append(SILENT_PXE)
    second.wait(0.002).offer()
    second.wait(1.0).request()
    second.wait(0.002).ack()
    second.wait(0.001).resolve(second.server)
    second.download(size=3000)


@scenario("The boot server's reply comes after 3.9 s: no fault.")
def pxe_answered_late(timeline):
    boot, _ = asks_boot_server(timeline, pvs_server(), (0, ))
    boot.wait(3.9).boot_server_reply(boot.server)
    boot.wait(0.002)
    boot.download(size=3000)


@scenario("The boot server is silent, but the client fetches the file that the ACK named (iPXE does): no fault.")
def pxe_silent_but_download(timeline):
    boot, _ = asks_boot_server(timeline, pvs_server(), (0, 1.0))
    boot.wait(5.0)
    boot.download(size=3000)


@scenario("The capture ends 3.9 s after the request to the boot server: too soon.")
def pxe_too_soon(timeline):
    boot, _ = asks_boot_server(timeline, pvs_server(), (0, ))
    go_on(timeline, boot, 3.9)
    boot.ends("capture_ended")


def offers_past_relay(timeline, pauses):
    """A PXE server's OFFERs have giaddr set and go to 255.255.255.255. Returns the boot and the OFFERs."""
    boot = new_boot(timeline, certainty=2)
    boot.has_address = False
    boot.relay, boot.dhcp_server = Machine("02:50:56:00:00:fe", "10.77.1.1"), pvs_server()
    frames = []
    for index, pause in enumerate(pauses):
        boot.wait(pause).discover(secs=4 * (index + 1))
        boot.run = []
        message = wire.dhcp(wire.OFFER, boot.target.mac, boot.xid, [(54, wire.address(boot.server.ip)), (60, b"PXEClient")],
                            True, giaddr=boot.relay.ip, siaddr=boot.server.ip)
        boot.wait(0.001)
        frames.append(timeline.add(boot.now, wire.udp(boot.server, wire.ANYONE, 67, 68, message), "server", "dhcp").means(boot, 102))
    return boot, frames


@scenario("Captured at a PXE server: DISCOVERs come relayed, and its OFFERs have giaddr set but go to 255.255.255.255, so the "
          "relay never sees them.")
def pxe_past_relay(timeline):
    boot, frames = offers_past_relay(timeline, (0.0, 4.0, 8.0))
    frames[1].experts.append(SILENT_PXE)
    for frame in timeline.frames:
        if frame.step == 101 and frame.time:
            frame.unchecked("whether a DISCOVER that only a proxy answered makes the next one a retry")
    go_on(timeline, boot, 12)
    boot.stops(SILENT_PXE)


@scenario("One such OFFER only: too little to say so.")
def pxe_past_relay_once(timeline):
    boot, _ = offers_past_relay(timeline, (0.0,))
    go_on(timeline, boot, 12)
    boot.ends("capture_ended")


# ---- ARP probes of a switch -----------------------------------------------------------------------------------------

def probed(timeline, first, *others):
    """The target probes three times, a second apart, after the hand-off began; a switch probes at these times after
    the target's first one."""
    boot = boot_to_reads(timeline)
    boot.wait(2.6)
    began, switch = boot.now, Machine("02:00:5e:77:00:01")
    for turn in range(3):
        boot.now = began + int(turn * 1e9)
        boot.probe()
    frames = []
    for time in (first, *others):
        boot.now = began + int(time * 1e9)
        data = wire.arp(switch.mac, "0.0.0.0", boot.target.ip, dst_mac=boot.target.mac)
        frames.append(boot._arp(data, "other", False))
    boot.now = began + int(4.6e9)
    boot.announce()
    return boot, frames


@scenario("A switch's device tracking probes for the target's address (sender 0.0.0.0) while Windows is probing for it: a "
          "conflict for Windows.")
def arp_probed(timeline):
    boot, frames = probed(timeline, 0.5)
    frames[0].experts.append("arp.probed")
    boot.wait(0.3).read_all((4096, 512))


@scenario("The switch probes 1.9 s after the target's last probe: still inside Windows' waiting time.")
def arp_probed_just_inside(timeline):
    boot, frames = probed(timeline, 3.9)
    frames[0].experts.append("arp.probed")
    boot.wait(0.3).read_all((4096, 512))


@scenario("The switch probes 2.1 s after the target's last probe, and once before the first: nothing.")
def arp_probed_outside(timeline):
    boot, frames = probed(timeline, 4.1, -0.5)
    frames[1].step = 303
    boot.wait(0.3).read_all((4096, 512))
