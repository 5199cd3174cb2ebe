# SPDX-License-Identifier: GPL-2.0-or-later
"""A boot as a script of steps. Each method puts frames on the timeline together with what design.md says of them.

The truth comes from the script: it knows which step it plays. The few rules of design.md that a script would
otherwise have to repeat in every scenario (attempts of a run, what is the hand-off, evidence within 5 s after it)
are kept here, in the words of design.md."""
import wire
from download import Download
from timeline import SECOND, duration, seconds
from wire import BROADCAST, Machine

ARP, DHCP, PORT, JUMBO, OVERLAP, GAP = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20
LOGON, REQUEST, DATA, END_OF_BURST, OTHER = 1, 2, 3, 4, 5
TO_SERVER, TO_TARGET = 1, 2
SINGLE_READ_MODE_MAXIMUM = 1464
WIRE_TIME = 0.000_0123  # a full frame at 1 Gbit/s
NOBODY = "0.0.0.0"


class Boot:
    def __init__(self, timeline, target, server, start=0.0, dhcp_server=None, port=6901, certainty=3):
        self.timeline, self.rng = timeline, timeline.rng
        self.target, self.server, self.dhcp_server = target, server, dhcp_server or server
        self.now = seconds(start)
        self.port, self.server_port, self.mtu = port, 6910, 1506
        self.certainty = certainty
        self.phase = 0
        self.attempt, self.run = 0, []
        self.reads = self.first_request = self.first_contact = None
        self.reads_port = self.last_stream = None
        self.hand_off, self.overlaps = None, []
        self.exchange, self.exchange_answered = 0, True
        self.running = False  # the beginning is not in the capture: no phase until something proves BNIStack
        self.full_sized = False
        self.verdict = None
        self.open = ""  # why the outcome is not checked
        self.xid = self.rng.getrandbits(32)
        self.ipv6 = False
        self.has_address = True
        self.relay = self.router = None
        self.both_sides_of_relay = False
        self.known_by_dhcp = self.downloads = False

    # ---- time and emission ------------------------------------------------------------------------------------------

    def wait(self, value):
        self.now += seconds(value)
        return self

    def _add(self, data, sender, what):
        return self.timeline.add(self.now, data, sender, what)

    def filler(self, size):
        """Random bytes that claim nothing: a first byte of 32 to 63 keeps Wireshark from taking them for RTCP."""
        data = self.rng.randbytes(size)
        return bytes([data[0] & 31 | 32]) + data[1:] if data else data

    def udp(self, to_server, server, sport, dport, payload):
        """A datagram between target and server; behind a router the target shows the router's MAC."""
        mac = (self.router or self.target).mac
        if to_server:
            return wire.udp(self.target, server, sport, dport, payload, src_mac=mac)
        return wire.udp(server, self.target, sport, dport, payload, dst_mac=mac)

    # ---- DHCP -------------------------------------------------------------------------------------------------------

    def _client_options(self, vendor, client_id, arch):
        options = [(57, b"\x04\xec")]
        if vendor == wire.WINDOWS:
            options = [(55, bytes([1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252]))]
        elif vendor:
            options += [(55, bytes([1, 3, 6, 11, 12, 15, 17, 43, 60, 66, 67, 128, 129, 150])),
                        (97, b"\0" + self.target.mac_bytes * 2 + b"\x01\x02\x03\x04"),
                        (93, arch.to_bytes(2, "big")), (94, b"\x01\x02\x01" if not arch else b"\x01\x03\x10")]
        else:
            options += [(55, bytes([1, 3, 6, 15]))]
        if client_id:
            options.append((61, client_id))
        if vendor:
            options.append((60, vendor))
        return options

    def _from_client(self, kind, step, broadcast, secs, vendor, client_id, arch, xid, extra=(), ciaddr=NOBODY,
                     src_ip=NOBODY, server=None, dport=67):
        self.known_by_dhcp = True
        options = self._client_options(vendor, client_id, arch) + list(extra)

        def message(**relayed):
            return wire.dhcp(kind, self.target.mac, xid, options, broadcast, secs, ciaddr, **relayed)

        frame = None
        if not self.relay or self.both_sides_of_relay:
            data = wire.udp(self.target, server or wire.ANYONE, 68, dport, message(), src_ip=src_ip)
            frame = self._add(data, "target", "dhcp").means(self, step)
        if self.relay:
            if frame:
                self.wait(0.0003)
            data = wire.udp(self.relay, self.dhcp_server, 67, dport, message(giaddr=self.relay.ip, hops=1))
            relayed = self._add(data, "target", "dhcp").means(self, step)
            frame = frame or relayed
        return frame

    def discover(self, secs=4, broadcast=True, vendor=wire.PXE_BIOS, client_id=None, arch=0, extra=()):
        self.phase = 1
        self.attempt += 1
        frame = self._from_client(wire.DISCOVER, 101, broadcast, secs, vendor, client_id, arch, self.xid, extra)
        frame.fields = {
            "discover.broadcast": broadcast, "discover.attempt": str(self.attempt), "discover.secs": str(secs),
            "discover.bucket": str(wire.load_balance_bucket(client_id or self.target.mac_bytes))}
        frame.experts = ["discover.broadcast_reply" if broadcast else "discover.unicast_reply"]
        frame.secs = secs
        self.run.append(frame)
        if len(self.run) > 1:
            frame.experts.append("discover.retry")
        if len(self.run) == 4:
            frame.experts += ["discover.unanswered"] + self._secs_zero()
        return frame

    def _secs_zero(self):
        return ["discover.secs_zero"] if all(frame.secs == 0 for frame in self.run) else []

    def run_without_offer(self):
        """The scenario says: no OFFER ever came, and the capture went on for 4 s or more after the last DISCOVER."""
        for frame in self.run:
            frame.later += [name for name in ["discover.unanswered"] + self._secs_zero() if name not in frame.experts]
            frame.later_fields["discover.answered_in"] = ""
        self.run = []

    def _from_dhcp_server(self, kind, step, broadcast, address, server, file, options, xid, sport=67, dport=68,
                          gives_address=True):
        server = server or self.dhcp_server
        options = [(54, wire.address(server.ip))] + list(options)
        if gives_address:
            options += [(51, (86400).to_bytes(4, "big")), (1, wire.address("255.255.0.0")),
                        (3, wire.address("10.77.0.1"))]

        def message(**relayed):
            return wire.dhcp(kind, self.target.mac, xid, options, broadcast,
                             yiaddr=address if gives_address else NOBODY,
                             siaddr=self.server.ip if file else NOBODY, file=file, **relayed)

        if kind == wire.NAK or broadcast:
            to = wire.ANYONE
        else:
            to = Machine(self.target.mac, address if gives_address else self.target.ip)
        if not self.relay:
            frame = self._add(wire.udp(server, to, sport, dport, message()), "server", "dhcp").means(self, step)
            frame.fields["pvsboot.server"] = server.ip
            return frame
        hops = {"giaddr": self.relay.ip}
        frame = self._add(wire.udp(server, self.relay, 67, 67, message(**hops)), "server", "dhcp").means(self, step)
        if self.both_sides_of_relay:
            self.wait(0.0003)
            self._add(wire.udp(self.relay, to, 67, 68, message(**hops)), "server", "dhcp").means(self, step)
        return frame

    def offer(self, server=None, address=None, file=b"ARDBP32.BIN", broadcast=True, options=(), proxy=False):
        frame = self._from_dhcp_server(wire.OFFER, 102, broadcast, address or self.target.ip, server, file, options,
                                       self.xid, gives_address=not proxy)
        if not proxy and self.run:
            waited = frame.time - self.run[0].time
            frame.fields.update({"discover.wait": duration(waited), "discover.answer_to": self.run[-1]})
            if waited >= 10 * SECOND:
                frame.experts.append("discover.answered_late")
            for asked in self.run:
                asked.later_fields["discover.answered_in"] = frame
            self.run = []
        return frame

    def request(self, secs=4, broadcast=True, vendor=wire.PXE_BIOS, client_id=None, arch=0, server=None,
                address=None):
        self.phase = 1
        extra = [(50, wire.address(address or self.target.ip)), (54, wire.address((server or self.dhcp_server).ip))]
        return self._from_client(wire.REQUEST, 103, broadcast, secs, vendor, client_id, arch, self.xid, extra)

    def ack(self, server=None, address=None, file=b"ARDBP32.BIN", broadcast=True, options=()):
        frame = self._from_dhcp_server(wire.ACK, 104, broadcast, address or self.target.ip, server, file, options,
                                       self.xid)
        self.attempt, self.run = 0, []
        return frame

    def nak(self, server=None):
        frame = self._from_dhcp_server(wire.NAK, 105, True, NOBODY, server, b"", (), self.xid, gives_address=False)
        frame.experts.append("dhcp.refused")
        return frame

    def decline(self):
        """The client refuses the address that it was given."""
        extra = [(50, wire.address(self.target.ip)), (54, wire.address(self.dhcp_server.ip))]
        frame = self._from_client(wire.DECLINE, 105, False, 0, None, None, 0, self.xid, extra)
        frame.experts.append("dhcp.refused")
        return frame

    # ---- a PXE server beside the DHCP server ------------------------------------------------------------------------

    def boot_server_request(self, server, arch=0):
        self.boot_server_xid = self.rng.getrandbits(32)
        frame = self._from_client(wire.REQUEST, 108, False, 4, wire.PXE_BIOS, None, arch, self.boot_server_xid,
                                  [(43, b"\x47\x04\x00\x00\x00\x00\xff")], self.target.ip, self.target.ip, server, 4011)
        return frame

    def boot_server_reply(self, server, file=b"ARDBP32.BIN"):
        return self._from_dhcp_server(wire.ACK, 109, False, self.target.ip, server, file,
                                      [(60, b"PXEClient"), (43, b"\x47\x04\x00\x00\x00\x00\xff")],
                                      self.boot_server_xid, 4011, 68, gives_address=False)

    def dora(self, secs=4, broadcast=True, vendor=wire.PXE_BIOS, client_id=None, arch=0, file=b"ARDBP32.BIN",
             options=(), address=None):
        self.xid = self.rng.getrandbits(32)
        self.discover(secs, broadcast, vendor, client_id, arch)
        self.wait(0.0021).offer(file=file, broadcast=broadcast, options=options, address=address)
        self.wait(1.9).request(secs, broadcast, vendor, client_id, arch, address=address)
        self.wait(0.0017).ack(file=file, broadcast=broadcast, options=options, address=address)
        return self.wait(0.0008)

    # ---- ARP --------------------------------------------------------------------------------------------------------

    def _arp_step(self, reply):
        return {0: 3, 1: 107 if reply else 106, 2: 205, 3: 303, 4: 404}[self.phase]

    def _arp(self, data, sender, reply):
        frame = self._add(data, sender, "arp")
        return frame.means(self, self._arp_step(reply)) if self.phase or self.running else frame

    def arp_for(self, machine):
        """The target asks for another's address."""
        return self._arp(wire.arp(self.target.mac, self.target.ip, machine.ip), "target", False)

    def arp_reply(self, machine):
        return self._arp(wire.arp(machine.mac, machine.ip, self.target.ip, self.target.mac, True), "server", True)

    def resolve(self, machine):
        self.arp_for(machine)
        self.wait(0.00021).arp_reply(machine)
        return self.wait(0.00009)

    def refreshed_by(self, machine, unicast=True):
        """A server's own ARP refresh of the target's address: no evidence of anything."""
        self._arp(wire.arp(machine.mac, machine.ip, self.target.ip, dst_mac=self.target.mac if unicast else BROADCAST),
                  "server", False)
        self.wait(0.00018)
        self._arp(wire.arp(self.target.mac, self.target.ip, machine.ip, machine.mac, True), "target", True)
        return self.wait(0.0001)

    def announce(self):
        return self._speaks_of_itself(wire.arp(self.target.mac, self.target.ip, self.target.ip), True)

    def probe(self):
        return self._speaks_of_itself(wire.arp(self.target.mac, NOBODY, self.target.ip), False)

    def _speaks_of_itself(self, data, announcement):
        frame = self._arp(data, "target", announcement)
        self._evidence(ARP, frame)
        return frame

    # ---- the operating system's DHCP --------------------------------------------------------------------------------

    def os_dhcp(self, kind=wire.REQUEST, broadcast=False):
        """DHCP of the operating system in the target: evidence of the hand-off, or step 404."""
        client_id = b"\x01" + self.target.mac_bytes
        ip = self.target.ip
        informs = kind == wire.INFORM
        self.os_xid = self.rng.getrandbits(32)
        frame = self._from_client(
            kind, 404, broadcast, 0, wire.WINDOWS, client_id, 0, self.os_xid,
            extra=() if informs else [(50, wire.address(ip))], ciaddr=ip if informs else NOBODY,
            src_ip=ip if informs else NOBODY)
        if kind == wire.DISCOVER:
            frame.unchecked("whether a DISCOVER's milestones stand on the operating system's own")
        self._evidence(DHCP, frame)
        return frame

    def os_renewal(self):
        """A lease renewal, from the address itself and to the server."""
        self.os_xid = self.rng.getrandbits(32)
        frame = self._from_client(wire.REQUEST, 404, False, 0, wire.WINDOWS, b"\x01" + self.target.mac_bytes, 0,
                                  self.os_xid, (), self.target.ip, self.target.ip, self.dhcp_server)
        if self.running:
            self._evidence(DHCP, frame, renewal=True)
        return frame

    def os_answer(self, kind=wire.ACK, address=None, server=None):
        frame = self._from_dhcp_server(kind, 404, False, address or self.target.ip, server, b"", (), self.os_xid)
        frame.fields = {}
        if kind == wire.ACK and address and address != self.target.ip:
            frame.experts.append("dhcp.address_changed")
        return frame

    # ---- the bootstrap download -------------------------------------------------------------------------------------

    def request_file(self, name="ARDBP32.BIN", content=b"", port=2071, options=(("blksize", 1456),), server=None,
                     granted=None, server_port=None):
        return Download(self, name, content, port, options, server or self.server, granted, server_port)

    def download(self, name="ARDBP32.BIN", content=None, size=4000, blksize=1456, port=2071, probe=2070,
                 server=None, version=None, probe_error=True):
        """A whole download, after the size probe that legacy ROMs and EDK2 begin with."""
        content = self.filler(size) if content is None else content
        if probe:
            asked = self.request_file(name, content, probe, (("tsize", 0),), server)
            asked.granted = [("tsize", len(content))]
            asked.oack()
            if probe_error:
                asked.wait(0.0003).error_by_target(8, "User aborted the transfer")
            self.wait(0.0011)
        options = (("blksize", blksize),) if blksize else ()
        transfer = self.request_file(name, content, port, options, server)
        if options:
            transfer.oack()
            transfer.ack(0)
        transfer.blocks()
        if version:
            transfer.end_ack.fields["bootstrap.version"] = version
        return transfer

    # ---- streaming --------------------------------------------------------------------------------------------------

    def _datagram(self, to_server, payload, sport=None, server=None):
        server = server or self.server
        sport, dport = (self.port, self.server_port) if to_server else (sport or self.server_port, self.port)
        if not self.ipv6:
            data = self.udp(to_server, server, sport, dport, payload)
        else:
            ends = (self.target, server) if to_server else (server, self.target)
            data = wire.udp6(*ends, sport, dport, payload)
        frame = self._add(data, "target" if to_server else "server", "stream")
        frame.fields = {"pvs.kind": str(OTHER), "pvs.direction": str(TO_SERVER if to_server else TO_TARGET)}
        frame.payload = payload
        return frame

    def _milestone(self, name):
        """Ports alone say nothing before the sizes fit, not even that a logon or a stream starts."""
        return [name] if self.known_by_dhcp or self.downloads else []

    def logon_request(self, size=120):
        """Sizes of logon datagrams are not public: these are invented, and only avoid the geometry of read data."""
        if self.phase < 2:
            self.phase = 2
        frame = self._datagram(True, self.filler(size)).means(self, 203)
        frame.fields = self._logon_fields(TO_SERVER)
        if size != wire.TARGET_DATAGRAM:  # that one may be the first read request: left open
            self.exchange += self.exchange_answered
            self.exchange_answered = False
            frame.fields["logon.exchange"] = str(self.exchange)
        if self.first_contact is None:
            frame.experts += self._milestone("logon.started")
            self.first_contact = self.redirected = (self.server, self.server_port)
        elif (self.server, self.server_port) != self.redirected:
            frame.experts += self._milestone("logon.redirected")
            self.redirected = (self.server, self.server_port)
        self.last_stream = self.now
        return frame

    def logon_reply(self, size=84):
        frame = self._datagram(False, self.filler(size)).means(self, 204)
        frame.fields = {**self._logon_fields(TO_TARGET), "logon.exchange": str(self.exchange)}
        self.exchange_answered = True
        self.last_stream = self.now
        return frame

    def _logon_fields(self, direction):
        fields = {"pvs.service": "1", "pvs.direction": str(direction), "pvs.kind": str(LOGON)}
        if self.ipv6:
            fields["pvsboot.target_ipv6"] = self.target.ip6
        else:
            fields["pvsboot.server"] = self.server.ip
        return fields

    def logon(self, rounds=3):
        for turn in range(rounds):
            self.logon_request((120, 76, 64)[turn % 3])
            self.wait(0.0012).logon_reply((84, 196, 72)[turn % 3])
            self.wait(0.0031)
        return self

    def read_request(self, payload=None):
        """One target datagram that asks for a read (or acknowledges one: nobody knows)."""
        if self.running and not self.phase:
            frame = self._datagram(True, payload or self.filler(wire.TARGET_DATAGRAM)).means(self, 1)
            frame.fields = {"pvs.direction": "1"}
            frame.first = True
            if self.reads_port is not None and self.port != self.reads_port:
                self._evidence(PORT, frame)
            self.reads_port = self.port
        elif self.phase in (0, 2) and self.reads is None:
            frame = self.logon_request(wire.TARGET_DATAGRAM)
            self.reads, self.reads_port = 1, self.port
            self.first_request = frame
            frame.first = True
        else:
            self.reads = (self.reads or 0) + 1
            frame = self._datagram(True, payload or self.filler(wire.TARGET_DATAGRAM))
            frame.means(self, 402 if self.phase == 4 else 301)
            frame.fields = {"pvs.direction": "1", "pvs.kind": str(REQUEST), "pvs.read": str(self.reads)}
            if self.running:  # how reads are counted is left open where the first one is not in the capture
                frame.fields = {"pvs.direction": "1"}
            frame.first = False
            if self.reads_port is not None and self.port != self.reads_port:
                self._evidence(PORT, frame)
        frame.read, frame.begun = self.reads, self.now
        frame.got = frame.packets = 0
        self.last_stream = self.now
        return frame

    def repeat(self, request):
        """The same request once more: the read stays the first one's."""
        frame = self._datagram(True, request.payload).means(self, 402 if self.phase == 4 else 301)
        frame.fields = {"pvs.direction": "1", "pvs.kind": str(REQUEST), "pvs.read": str(request.read)}
        self.last_stream = self.now
        return frame

    def read_data(self, request, size, last=False, full_last=False):
        """One datagram of the burst that answers `request`."""
        frame = self._datagram(False, self.filler(wire.READ_HEADER + size))
        if self.running:
            frame.means(self, 403 if self.phase == 4 else 2)
            frame.fields = {"pvs.direction": "2"}
            if size + wire.READ_HEADER > SINGLE_READ_MODE_MAXIMUM:
                self._evidence(JUMBO, frame)
            self.full_sized |= size + wire.READ_HEADER == SINGLE_READ_MODE_MAXIMUM
            self.last_stream = self.now
            return frame
        if self.phase == 2:
            self.phase = 3
            frame.experts = self._milestone("stream.started")
        experts = frame.experts
        frame.means(self, 403 if self.phase == 4 else 302, experts)
        frame.fields = {"pvs.direction": "2", "pvs.kind": str(END_OF_BURST if last and not full_last else DATA),
                        "pvs.read": str(request.read)}
        request.got += size
        request.packets += 1
        if last:
            told = {"pvs.read.size": str(request.got), "pvs.read.packets": str(request.packets),
                    "pvs.read.request_in": request, "pvs.read.time": duration(self.now - request.begun)}
            (frame.later_fields if full_last else frame.fields).update(told)
            if not request.first:
                request.later_fields["pvs.read.last_in"] = frame
        if size + wire.READ_HEADER > SINGLE_READ_MODE_MAXIMUM:
            self._evidence(JUMBO, frame)
        self.last_stream = self.now
        return frame

    def burst(self, request, size):
        """The whole burst: the last datagram is told apart only where it is shorter than a full one."""
        pieces = wire.burst(size, self.mtu)
        frames = []
        for index, piece in enumerate(pieces):
            last = index == len(pieces) - 1
            frames.append(self.read_data(request, piece, last, last and piece == wire.data_per_datagram(self.mtu)))
            if not last:
                self.wait(WIRE_TIME)
        return frames

    def read(self, size, turnaround=0.0004, disk=0.0003):
        request = self.read_request()
        self.wait(disk)
        frames = self.burst(request, size)
        self.wait(turnaround)
        return [request] + frames

    def read_all(self, sizes):
        for size in sizes:
            self.read(size)
        return self

    def overlapping_reads(self, sizes, after=2):
        """The next request comes after `after` datagrams of the burst in flight: a number that leaves the data
        between whole points (four full datagrams of 1408 bytes are whole sectors)."""
        request = self.read_request()
        self.wait(0.0003)
        for position, size in enumerate(sizes):
            pieces = wire.burst(size, self.mtu)
            assert pieces[-1] < wire.data_per_datagram(self.mtu)  # else only the next request shows its end
            follower = None
            for index, piece in enumerate(pieces):
                self.read_data(request, piece, index == len(pieces) - 1)
                self.wait(WIRE_TIME)
                if index + 1 == after and index + 1 < len(pieces) and position + 1 < len(sizes):
                    assert sum(pieces[:after]) % 512
                    follower = self.read_request()
                    self._overlap(follower, len(pieces) - after)
                    self.wait(0.000_002)
            if position + 1 < len(sizes):
                if follower is None:
                    self.wait(0.0003)
                    follower = self.read_request()
                    self.wait(0.0002)
                request = follower
        self.wait(0.0004)
        return self

    def _overlap(self, frame, left):
        """design.md: it counts only if at least two datagrams of the burst come after it, too; the third within a
        second is the frame, the first two having counted."""
        self.overlaps = [time for time in self.overlaps if frame.time - time < SECOND]
        if len(self.overlaps) >= 2:
            self._evidence(OVERLAP, frame)
        if left >= 2:
            self.overlaps.append(frame.time)

    # ---- the hand-off -----------------------------------------------------------------------------------------------

    def _evidence(self, bit, frame, renewal=False):
        """design.md: after phase 3 began the first of these frames is step 401; evidence up to 5 s later is added in
        two passes. Where the beginning is not in the capture it proves phase 4, and is 401 only after a pause."""
        if self.running and not self.phase:
            paused = 2 * SECOND <= frame.time - self.last_stream <= 30 * SECOND and not renewal
            if not paused and not (bit == JUMBO and self.full_sized):
                self.phase = 4
                frame.step = {1: 402, 2: 403, 3: 404}.get(frame.step, frame.step)
                return
        if self.phase == 3 or self.running and not self.phase:
            self.phase = 4
            self.hand_off = frame
            pause = frame.time - self.last_stream
            frame.step = 401
            frame.evidence = bit | (GAP if pause >= 2 * SECOND else 0)
            if frame.experts is not None:
                frame.experts.append("handoff.seen")
            frame.fields.update({"handoff": True, "handoff.evidence": frame.evidence})
            if pause >= 2 * SECOND:
                frame.fields["handoff.gap"] = duration(pause)
        elif self.phase == 4 and self.hand_off and frame.time - self.hand_off.time <= 5 * SECOND:
            first = self.hand_off
            if bit & ~first.later_fields.get("handoff.evidence", first.evidence):
                first.later_fields["handoff.evidence"] = bit | first.later_fields.get("handoff.evidence",
                                                                                       first.evidence)

    # ---- how it ended -----------------------------------------------------------------------------------------------

    def open_end(self, why):
        """design.md leaves the outcome open."""
        self.verdict, self.open = {}, why
        return self

    def ends(self, kind, finding=None, phase=None):
        self.verdict = {"kind": kind, "phase": phase or self.phase or None, "finding": finding}
        return self

    def stops(self, finding):
        return self.ends("stopped", finding)

    def _outcome(self, frames):
        steps = [frame.step for frame in frames if frame.step]
        at_end = steps[-1] // 100  # a chained loader goes back to phase 1
        if self.running and 401 not in steps:
            return "running", at_end or None
        if at_end == 4:
            streams = {402, 403} & set(steps[steps.index(401) + 1:] if 401 in steps else steps)
            return "reached_bnistack" if streams else "handoff_without_stream", 4
        return "not_handed_off" if at_end == 3 else "capture_ended", at_end

    def truth(self, frames):
        phases = sorted({frame.phase for frame in frames if frame.step and frame.phase})
        verdict = self.verdict
        if verdict is None:
            kind, phase = self._outcome(frames)
            verdict = {"kind": kind, "phase": phase, "finding": None}
        truth = {"boot": self.number, "target": self.target.mac,
                 "target_ip": self.target.ip if self.has_address else None,
                 "certainty": self.certainty, "phases": phases, "outcome": verdict or None}
        if self.router and not self.known_by_dhcp:
            truth["target"] = None  # the MAC on its frames is the router's
        if self.open:
            truth["open"] = self.open
        return truth
