# SPDX-License-Identifier: GPL-2.0-or-later
"""A capture as a stream of packets, in and out. Any format that Wireshark knows is read, through its editcap; pcapng is
written, with dpkt. Comments, names, secrets and what the file says of its machine are left behind."""
import struct

from dpkt import pcapng

INTERFACE, PACKET = 1, 6
PROGRAM = b"tools/redact of PVSBOOT"
# What a reader needs to know of an interface: its clock's unit and offset, and whether frames end with a checksum.
OPTIONS_OF_INTERFACE = {pcapng.PCAPNG_OPT_IF_TSRESOL, pcapng.PCAPNG_OPT_IF_FCSLEN, pcapng.PCAPNG_OPT_IF_TSOFFSET}
OPTIONS_OF_PACKET = {2, 4} # direction, and how many packets were lost before it


class BadCapture(Exception):
    pass


class Packet(pcapng.EnhancedPacketBlockLE):
    """dpkt's block takes each packet for a whole one: this one knows its length on the wire."""

    def __bytes__(self):
        options = self._do_pack_options()
        caplen = len(self.pkt_data)
        padding = -caplen % 4
        length = self.__hdr_len__ + caplen + padding + len(options)
        header = self._pack_hdr(self.type, length, self.iface_id, self.ts_high, self.ts_low, caplen, self.pkt_len, length)
        return b"".join((header[:-4], self.pkt_data, bytes(padding), options, header[-4:]))


def blocks(stream):
    """The blocks of a pcapng stream as editcap writes it on this machine: (type, body). It may end anywhere."""
    while True:
        header = stream.read(8)
        kind, length = struct.unpack("=II", header) if len(header) == 8 else (0, 0)
        body = stream.read(length - 8) if length >= 12 else b""
        if not length or len(body) < length - 8:
            return
        yield kind, body[:-4]


def options_of(data, wanted):
    options = []
    while len(data) >= 4:
        code, length = struct.unpack("=HH", data[:4])
        if code == 0:
            break
        if code in wanted:
            options.append(pcapng.PcapngOptionLE(code=code, data=data[4:4 + length]))
        data = data[4 + (length + 3) // 4 * 4:]
    return [*options, pcapng.PcapngOptionLE(code=0)] if options else []


def copy(source, target, frames):
    """Writes what becomes of each frame; returns how many there were and how many were written."""
    target.write(bytes(pcapng.SectionHeaderBlockLE(opts=[pcapng.PcapngOptionLE(code=4, data=PROGRAM),
                                                         pcapng.PcapngOptionLE(code=0)])))
    links, read, written = [], 0, 0
    for kind, body in blocks(source):
        if kind == PACKET:
            interface, high, low, caplen, length = struct.unpack("=IIIII", body[:20])
            read += 1
            data = frames.frame(links[interface], body[20:20 + caplen])
            if data is None:
                continue
            end = 20 + (caplen + 3) // 4 * 4
            options = options_of(body[end:], OPTIONS_OF_PACKET) if end < len(body) else []
            target.write(bytes(Packet(iface_id=interface, ts_high=high, ts_low=low, pkt_len=length, pkt_data=data,
                                      opts=options)))
            written += 1
        elif kind == INTERFACE:
            link, _, snaplen = struct.unpack("=HHI", body[:8])
            if link not in frames.link_types:
                raise BadCapture(f"link type {link} is not known here, only Ethernet, raw IP and Linux cooked")
            links.append(link)
            target.write(bytes(pcapng.InterfaceDescriptionBlockLE(
                linktype=link, snaplen=snaplen, opts=options_of(body[8:], OPTIONS_OF_INTERFACE))))
    return read, written
