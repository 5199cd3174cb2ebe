# SPDX-License-Identifier: GPL-2.0-or-later
"""A boot storm of any size, for measurements: many targets that boot together, written by template.

Each kind of frame is built once with scapy. All targets play the same script in rounds; a round is a short window of
time in which every target sends and gets its frames, mixed with everybody else's. One window is in memory at a time,
as one array of bytes, so a million frames take seconds."""
import struct

import numpy

import wire
from timeline import EPOCH, seconds
from wire import Machine

SERVER = Machine("02:50:56:00:01:01", "10.0.0.10")
DHCP_SERVER = Machine("02:50:56:00:00:02", "10.0.0.2")
BLANK = Machine("00:00:00:00:00:00", "0.0.0.0")  # zeros add nothing to a checksum
READ = 32768
BLOCKS, BLOCK_SIZE = 20, 512
PER_TARGET = 0.000_030  # a window's length per target: what a server's 10 Gbit/s link allows
WHOLE = 1 << 16


class Template:
    """A frame with holes. Each hole is (offset, name, width) and begins on a 16-bit word, so that the checksums
    follow by addition."""

    def __init__(self, data, holes=(), ports=None, snap=WHOLE):
        data = bytearray(data)
        self.to_server = data[6:12] == BLANK.mac_bytes
        self.is_ip = data[12:14] == b"\x08\x00"
        self.holes = [(6 if self.to_server else 0, "mac", 6)] + list(holes)
        self.wire_length = len(data)
        if self.is_ip:
            total = struct.unpack_from(">H", data, 16)[0]
            self.holes += [(18, "id", 2)]
            if ports:
                self.holes.append((ports, "port", 2))
            data[24:26] = data[40:42] = b"\0\0"
            for offset, _, width in self.holes:
                data[offset:offset + width] = bytes(width)
            udp_length = total - 20
            self.ip_sum = _words(data[14:34])
            padded = data[34:14 + total] + (b"\0" if udp_length % 2 else b"")
            self.udp_sum = _words(data[26:34]) + 17 + udp_length + _words(padded)
        self.kept = min(snap, len(data))
        self.data = numpy.frombuffer(bytes(data[:self.kept]), dtype=numpy.uint8)

    def records(self, times, values):
        """The pcap records of this frame for as many targets as there are times."""
        count = len(times)
        rows = numpy.zeros((count, 16 + self.kept), dtype=numpy.uint8)
        head = numpy.empty((count, 4), dtype="<u4")
        head[:, 0], head[:, 1] = times // 1_000_000_000, times % 1_000_000_000
        head[:, 2], head[:, 3] = self.kept, self.wire_length
        rows[:, :16] = head.view(numpy.uint8).reshape(count, 16)
        rows[:, 16:] = self.data
        ip_sum = numpy.zeros(count, dtype=numpy.uint32)
        udp_sum = numpy.zeros(count, dtype=numpy.uint32)
        for offset, name, width in self.holes:
            value = values[name]
            rows[:, 16 + offset:16 + offset + width] = value[:, :width]
            added = value[:, 0:width:2].astype(numpy.uint32) * 256 + value[:, 1:width:2]
            total = added.sum(axis=1, dtype=numpy.uint32)
            if 14 <= offset < 34:
                ip_sum += total
            if offset >= 26:
                udp_sum += total
        if self.is_ip:
            rows[:, 16 + 24:16 + 26] = _checksum(ip_sum + numpy.uint32(self.ip_sum))
            rows[:, 16 + 40:16 + 42] = _checksum(udp_sum + numpy.uint32(self.udp_sum))
        return rows


def _words(data):
    return sum(struct.unpack(">%dH" % (len(data) // 2), data))


def _checksum(total):
    for _ in range(2):
        total = (total & 0xFFFF) + (total >> 16)
    return _big_endian(0xFFFF - total, 2)


def _big_endian(numbers, width):
    numbers = numpy.asarray(numbers, dtype=numpy.uint64)
    return numpy.stack([(numbers >> numpy.uint64(8 * (width - 1 - place))) & numpy.uint64(255)
                        for place in range(width)], axis=1).astype(numpy.uint8)


# ---- the frames -----------------------------------------------------------------------------------------------------

IP_FROM, IP_TO, UDP_FROM, UDP_TO, PAYLOAD = 26, 30, 34, 36, 42


def _dhcp(kind):
    """In a DHCP message xid is at 4, yiaddr at 16 and chaddr at 28 of the payload."""
    holes = [(PAYLOAD + 4, "xid", 4), (PAYLOAD + 28, "mac", 6)]
    options = [(60, wire.PXE_BIOS), (93, b"\0\0"), (94, b"\x01\x02\x01")]
    if kind in (wire.DISCOVER, wire.REQUEST):
        message = wire.dhcp(kind, BLANK.mac, 0, options, True, 4)
        return Template(wire.udp(BLANK, wire.ANYONE, 68, 67, message), holes)
    message = wire.dhcp(kind, BLANK.mac, 0, [(54, wire.address(DHCP_SERVER.ip)), (51, b"\0\1\x51\x80")], False,
                        siaddr=SERVER.ip, file=b"ARDBP32.BIN")
    return Template(wire.udp(DHCP_SERVER, BLANK, 67, 68, message), holes + [(PAYLOAD + 16, "ip", 4), (IP_TO, "ip", 4)])


def _to_server(sport, dport, payload, holes=(), **more):
    return Template(wire.udp(BLANK, SERVER, sport, dport, payload), [(IP_FROM, "ip", 4)] + list(holes), **more)


def _to_target(sport, dport, payload, holes=(), **more):
    return Template(wire.udp(SERVER, BLANK, sport, dport, payload), [(IP_TO, "ip", 4)] + list(holes), **more)


def _arp_holes(*offsets):
    return [(offset, name, {"mac": 6, "ip": 4}[name]) for offset, name in offsets]


class Script:
    """The rounds of a boot: (templates, only for even targets, pause before)."""

    def __init__(self, reads, snap):
        filler = bytes(range(32, 48)) * 100
        every, even = False, True

        def stream_to_server(size):
            return _to_server(0, 6910, filler[:size], [(PAYLOAD + 8, "sequence", 4)], ports=UDP_FROM, snap=snap)

        def stream_to_target(size):
            return _to_target(6910, 0, filler[:size], [(PAYLOAD + 8, "sequence", 4)], ports=UDP_TO, snap=snap)

        ask = Template(wire.arp(BLANK.mac, BLANK.ip, SERVER.ip), _arp_holes((22, "mac"), (28, "ip")))
        told = Template(wire.arp(SERVER.mac, SERVER.ip, BLANK.ip, BLANK.mac, True, BLANK.mac),
                        _arp_holes((32, "mac"), (38, "ip")))
        announce = Template(wire.arp(BLANK.mac, BLANK.ip, BLANK.ip), _arp_holes((22, "mac"), (28, "ip"), (38, "ip")))
        asked = _to_server(2071, 69, wire.tftp_request("ARDBP32.BIN", ()))
        data = [_to_target(50069, 2071, wire.tftp_data(block, filler[:BLOCK_SIZE if block < BLOCKS else 100]))
                for block in range(1, BLOCKS + 1)]
        acks = [_to_server(2071, 50069, wire.tftp_ack(block)) for block in range(1, BLOCKS + 1)]
        blocks = [frame for pair in zip(data, acks) for frame in pair]
        logon = [stream_to_server(120), stream_to_target(84)]
        read = [stream_to_server(wire.TARGET_DATAGRAM)]
        kinds = {}
        for piece in wire.burst(READ):
            kinds.setdefault(piece, stream_to_target(wire.READ_HEADER + piece))
            read.append(kinds[piece])

        first_half = reads // 2
        self.rounds = [([_dhcp(wire.DISCOVER), _dhcp(wire.OFFER)], every, 0),
                       ([_dhcp(wire.REQUEST), _dhcp(wire.ACK)], every, 1.0),
                       ([ask, told, asked] + blocks, every, 0),
                       (logon, every, 0), (logon, every, 0)]
        self.rounds += [(read, every, 0)] * first_half
        self.port_changes_at = len(self.rounds)
        self.rounds.append(([announce], even, 1.2))
        self.rounds += [(read, every, 0.4 if index == 0 else 0) for index in range(reads - first_half)]


def write(path, targets, reads, snap=128, seed=1):
    """Write the storm; returns a line about it. Even targets announce their address at the hand-off, odd ones change
    their port."""
    if targets < 1 or targets > 1 << 20 or reads < 2:
        raise ValueError("from 1 to 1048576 targets, and at least 2 reads")
    random = numpy.random.RandomState(seed)
    script = Script(reads, snap or WHOLE)
    number = numpy.arange(targets, dtype=numpy.uint64)
    port = numpy.full(targets, 6901, dtype=numpy.uint64)
    values = {"mac": _big_endian(number + 0x0250_5700_0000, 6), "ip": _big_endian(number + 0x0A10_0001, 4),
              "xid": _big_endian(number + 0x5000_0000, 4)}
    window = max(seconds(0.002), seconds(PER_TARGET * targets))
    time, sent, size = EPOCH, 0, 24
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for position, (frames, even_only, pause) in enumerate(script.rounds):
            if position == script.port_changes_at:
                port[1::2] = 6905
            values["port"] = _big_endian(port, 2)
            time += seconds(pause)
            who = numpy.arange(0, targets, 2 if even_only else 1)
            # Everybody begins somewhere in the first half of the window and is done within the other half.
            begin = time + random.randint(0, window // 2, len(who))
            rows, times = [], []
            for index, frame in enumerate(frames):
                at = begin + index * (window // 2) // len(frames)
                sequence = numpy.uint64(position * 64 + index) + number[who] * numpy.uint64(1 << 16)
                mine = {name: value[who] for name, value in values.items()}
                mine["sequence"] = _big_endian(sequence & numpy.uint64(0xFFFFFFFF), 4)
                mine["id"] = _big_endian((sequence + number[who] * numpy.uint64(7919)) & numpy.uint64(0xFFFF), 2)
                rows.append(frame.records(at, mine))
                times.append(at)
            sent += len(who) * len(frames)
            size += _write_sorted(file, rows, numpy.concatenate(times))
            time += window
    return ("%d targets, %d reads of 32 KB each, %d frames, %.1f MB; every boot reaches BNIStack "
            "(step 401 once in each)" % (targets, reads, sent, size / 1e6))


def _write_sorted(file, rows, times):
    """All records of the window in the order of time, though they differ in length."""
    order = numpy.argsort(times, kind="stable")
    lengths = numpy.concatenate([numpy.full(len(block), block.shape[1]) for block in rows])
    offsets = numpy.empty(len(times), dtype=numpy.int64)
    ends = numpy.cumsum(lengths[order])
    offsets[order] = ends - lengths[order]
    content = numpy.empty(int(ends[-1]), dtype=numpy.uint8)
    first = 0
    for block in rows:
        places = offsets[first:first + len(block)]
        content[places[:, None] + numpy.arange(block.shape[1])] = block
        first += len(block)
    file.write(content.data)
    return len(content)
