# SPDX-License-Identifier: GPL-2.0-or-later
"""A frame from its link layer to its payload: the same frame with other addresses and filled payloads, and with
checksums that are as right or wrong as they were."""
import collections

from addresses import Addresses
from payloads import Payloads, is_other_service
from filler import checksum_after, word_sum

ETHERNET, RAW_IP, LINUX_COOKED, LINUX_COOKED_2 = 1, 101, 113, 276
LINK_TYPES = {ETHERNET, RAW_IP, LINUX_COOKED, LINUX_COOKED_2}
IPV4, ARP, IPV6 = b"\x08\x00", b"\x08\x06", b"\x86\xdd"
EXPERIMENT = b"\x88\xb5" # IEEE 802: for local experiments; no reader looks for more in such a frame
VLAN_TAGS = {b"\x81\x00", b"\x88\xa8", b"\x91\x00"}
ICMP, UDP, IPV6_FRAGMENT, ICMPV6 = 1, 17, 44, 58
IPV4_OVER_ETHERNET = bytes((0, 1, 8, 0, 6, 4))
# RFC 792, RFC 4443: those that quote a packet. RFC 4861: neighbour discovery, by where its options begin.
ICMP_ERRORS, ICMPV6_ERRORS = {3, 4, 5, 11, 12}, {1, 2, 3, 4}
NEIGHBOURS = {133: 8, 134: 16, 135: 24, 136: 24, 137: 40}
LINK_ADDRESSES = {1, 2}
FRAGMENTED = 65536 # datagrams whose fragments are remembered: the newest


class Frames:
    link_types = LINK_TYPES

    def __init__(self, filler, hide_vendors=False, other="empty"):
        """other: what becomes of frames of other protocols: "empty", "drop" or "keep"."""
        self.filler, self.other = filler, other
        self.addresses = Addresses(filler, hide_vendors)
        self.payloads = Payloads(filler, self.addresses)
        self.dropped_fragments = collections.OrderedDict()

    def frame(self, link, data):
        """The frame as it may be given away, or None if it may not."""
        new = self.link(link, data)
        if new is not None or self.other == "drop":
            return new
        return data if self.other == "keep" else self.empty(link, data)

    def empty(self, link, data):
        """
        Of a frame of another protocol, who sends it to whom. That there was one, and when, is much of what the plugin knows:
        how long the capture goes on, and what a target does not do.
        """
        if link == ETHERNET and len(data) >= 14:
            return self.addresses.mac(data[:6]) + self.addresses.mac(data[6:12]) + EXPERIMENT
        if link == LINUX_COOKED and len(data) >= 16:
            return data[:6] + self.addresses.mac(data[6:12]) + bytes(2) + EXPERIMENT
        if link == LINUX_COOKED_2 and len(data) >= 20:
            return EXPERIMENT + data[2:12] + self.addresses.mac(data[12:18]) + bytes(2)
        return b""

    # ---- link layers ----

    def link(self, link, data):
        if link == ETHERNET:
            return self.ethernet(data)
        if link == LINUX_COOKED:
            return self.cooked(data, 16, 6, data[14:16])
        if link == LINUX_COOKED_2:
            return self.cooked(data, 20, 12, data[:2])
        kind = {4: IPV4, 6: IPV6}.get(data[0] >> 4) if data else None
        return self.network(kind, data) if kind else None

    def ethernet(self, data):
        place = 12
        while data[place:place + 2] in VLAN_TAGS:
            place += 4
        inside = self.network(data[place:place + 2], data[place + 2:])
        if inside is None:
            return None
        return self.addresses.mac(data[:6]) + self.addresses.mac(data[6:12]) + data[12:place + 2] + inside

    def cooked(self, data, length, address, kind):
        inside = self.network(kind, data[length:])
        if inside is None:
            return None
        field = data[address:address + 8]
        known = self.addresses.mac(field[:6]) + bytes(len(field) - 6) if len(field) == 8 else bytes(len(field))
        return data[:address] + known + data[address + 8:length] + inside

    def network(self, kind, data):
        if kind == IPV4:
            return self.ipv4(data)
        if kind == ARP:
            return self.arp(data)
        return self.ipv6(data) if kind == IPV6 else None

    def arp(self, data):
        if data[:6] != IPV4_OVER_ETHERNET or len(data) < 28:
            return None
        return data[:8] + self.addresses.mac(data[8:14]) + self.addresses.ipv4(data[14:18]) \
            + self.addresses.mac(data[18:24]) + self.addresses.ipv4(data[24:28]) + bytes(len(data) - 28)

    # ---- IP ----

    def ipv4(self, data, quoted=False):
        header_length = 4 * (data[0] & 15) if data else 0
        if len(data) < header_length or header_length < 20:
            return None
        header, protocol = data[:header_length], data[9]
        total = int.from_bytes(data[2:4], "big")
        end = max(total, header_length) if total else len(data)
        source, destination = self.addresses.ipv4(data[12:16]), self.addresses.ipv4(data[16:20])
        new_header = data[:12] + source + destination + b"\x01" * (header_length - 20)
        checksum = int.from_bytes(data[10:12], "big")
        if checksum:  # 0: left to the network card
            fixed = checksum_after(checksum, word_sum(header), word_sum(new_header))
            new_header = new_header[:10] + fixed.to_bytes(2, "big") + new_header[12:]
        fragment = int.from_bytes(data[6:8], "big") & 0x3fff
        inside = self.transport(protocol, data[header_length:end], (data[12:16], data[16:20]), (source, destination),
                                fragment & 0x1fff, (data[4:6] if fragment else None), quoted)
        if inside is None:
            return None
        return new_header + inside + bytes(len(data) - len(new_header) - len(inside))

    def ipv6(self, data, quoted=False):
        if len(data) < 40 or data[0] >> 4 != 6:
            return None
        protocol, length, fragment, identity = data[6], 40, 0, None
        if protocol == IPV6_FRAGMENT and len(data) >= 48:
            protocol, length = data[40], 48
            fragment, identity = int.from_bytes(data[42:44], "big") >> 3, data[44:48]
        source, destination = self.addresses.ipv6(data[8:24]), self.addresses.ipv6(data[24:40])
        end = max(40 + int.from_bytes(data[4:6], "big"), length)
        inside = self.transport(protocol, data[length:end], (data[8:24], data[24:40]), (source, destination), fragment,
                                identity, quoted)
        if inside is None:
            return None
        return data[:8] + source + destination + data[40:length] + inside + bytes(max(len(data) - end, 0))

    def transport(self, protocol, data, before, after, offset, identity, quoted):
        """What is inside an IP packet. The addresses are those before and after; identity: of a fragment, else None."""
        if protocol not in (UDP, ICMP, ICMPV6):
            return self.filler.data(data) if quoted else None
        key = (before, protocol, identity)
        if offset:
            return None if key in self.dropped_fragments else self.filler.data_with_sum(data)
        if protocol == UDP:
            new = self.udp(data, before, after, quoted)
        else:
            new = self.icmp(protocol, data, before, after)
        if new is None and identity is not None:
            self.dropped_fragments[key] = True
            if len(self.dropped_fragments) > FRAGMENTED:
                self.dropped_fragments.popitem(last=False)
        return new

    def udp(self, data, before, after, quoted):
        if len(data) < 8:
            return data[:8] if quoted else None
        source_port, destination_port = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
        other = is_other_service(source_port, destination_port)
        if other and not quoted:
            return None
        end = max(int.from_bytes(data[4:6], "big"), 8)
        payload = data[8:end]
        new = self.filler.data(payload) if other else \
            self.payloads.udp(payload, before[0], before[1], source_port, destination_port)
        checksum = int.from_bytes(data[6:8], "big")
        if checksum:
            addresses = word_sum(b"".join(before)), word_sum(b"".join(after))
            unfinished = (addresses[0] + UDP + int.from_bytes(data[4:6], "big")) % 65535
            if checksum % 65535 == unfinished:  # left to the network card: the sum of the pseudo-header
                checksum = (checksum - addresses[0] + addresses[1]) % 65535 or 65535
            else:
                checksum = checksum_after(checksum, addresses[0] + word_sum(payload), addresses[1] + word_sum(new)) or 65535
        return data[:6] + checksum.to_bytes(2, "big") + new + bytes(max(len(data) - end, 0))

    # ---- ICMP ----

    def icmp(self, protocol, data, before, after):
        if len(data) < 8:
            return data
        kind, rest = data[0], data[8:]
        head = data[4:8]
        if protocol == ICMP:
            if kind in ICMP_ERRORS:
                head = self.addresses.ipv4(head) if kind == 5 else head
                inside = self.quoted(self.ipv4, rest)
            elif kind in (17, 18):  # address masks
                inside = rest
            else:
                inside = self.filler.data(rest)
        elif kind in ICMPV6_ERRORS:
            inside = self.quoted(self.ipv6, rest)
        elif kind in NEIGHBOURS:
            inside = self.neighbour(kind, data)[8:]
        else:
            inside = self.filler.data(rest)
        old, new = data[:2] + data[4:], data[:2] + head + inside
        checksum = int.from_bytes(data[2:4], "big")
        if checksum:
            pseudo = (word_sum(b"".join(before)), word_sum(b"".join(after))) if protocol == ICMPV6 else (0, 0)
            checksum = checksum_after(checksum, pseudo[0] + word_sum(old), pseudo[1] + word_sum(new))
        return data[:2] + checksum.to_bytes(2, "big") + head + inside

    def quoted(self, network, packet):
        """The packet of an error message, which may be cut anywhere."""
        inside = network(packet, quoted=True)
        return self.filler.data(packet) if inside is None else inside

    def neighbour(self, kind, data):
        options = NEIGHBOURS[kind]
        new = bytearray(data[:options])
        for place in range(8, options, 16) if options in (24, 40) else ():
            if len(data) >= place + 16:
                new[place:place + 16] = self.addresses.ipv6(data[place:place + 16])
        place = options
        while place + 8 <= len(data) and data[place + 1]:
            end = place + 8 * data[place + 1]
            if data[place] in LINK_ADDRESSES and data[place + 1] == 1:
                new += data[place:place + 2] + self.addresses.mac(data[place + 2:place + 8])
            elif data[place] == 3 and end - place == 32:  # a prefix
                new += data[place:place + 16] + self.addresses.ipv6(data[place + 16:end])
            else:
                new += data[place:place + 2] + self.filler.data(data[place + 2:end])
            place = end
        return bytes(new) + self.filler.data(data[len(new):])
