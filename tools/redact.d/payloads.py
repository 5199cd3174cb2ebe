# SPDX-License-Identifier: GPL-2.0-or-later
"""What UDP datagrams carry: DHCP, TFTP, PVS. Of a payload whose inside is not known, nothing stays but its length and
which others it equals."""
import collections

from dhcp import Dhcp

DHCP_PORTS = {67, 68, 4011}
TFTP_PORT, TWO_STAGE_PORT, MULTICAST_DNS = 69, 6969, 5353
# Above 1023, and surely not PVS or TFTP; all below 1024 but DHCP and TFTP are other services, too.
OTHER_PORTS = {1194, 1434, 1645, 1646, 1701, 1812, 1813, 1900, 1985, 2049, 3389, 3478, 3544, 3702, 4500, 4789, 5004, 5005,
               5060, 5061, 5246, 5247, 5351, 5353, 5355, 6081, 8472}
READ_REQUEST, WRITE_REQUEST, DATA, ACK, ERROR, OPTION_ACK = range(1, 7)
TFTP_OPTIONS = {b"blksize", b"tsize", b"timeout", b"windowsize", b"multicast", b"rollover", b"utimeout", b"tsize64"}
# Tenable NASL 59465 (docs/evidence.md), as in plugin/pvs.
TWO_STAGE_REQUEST, TWO_STAGE_DATA, TWO_STAGE_ACK = b"\x08\x17", b"\x08\x97", b"\x08\xd7"
INTER_SERVER_PORTS, INTER_SERVER_TYPE = range(6890, 6910), b"\x02\x40"
# Where the public sources place a length: docs/evidence.md; 22 elsewhere.
INTER_SERVER_LENGTHS = {0x06: 26, 0x0a: 115, 0x0e: 23, 0x10: 34, 0x11: 30, 0x19: 23}
VERSION = b"Provisioning Services bootstrap v"
CLIENTS = 65536 # transfers that are remembered: the newest


def is_other_service(source, destination):
    """Whether ports say that a datagram is neither DHCP, TFTP nor PVS."""
    for port in (source, destination):
        if port < 1024 and port not in DHCP_PORTS and port != TFTP_PORT or port in OTHER_PORTS:
            return True
    return False


def is_printable(text):
    return all(32 <= byte < 127 or byte in b"\t\r\n" for byte in text)


def is_two_stage_request(data):
    """As plugin/pvs sees it: an opcode, a path, and the byte that ends it."""
    return data[:2] == TWO_STAGE_REQUEST and len(data) >= 4 and data[-1] == 0 and is_printable(data[2:-1])


class Transfer:
    """Of a client's port: what its last block ended with, where that may be the beginning of the version text."""

    def __init__(self):
        self.ends = {} # by server address and ports: bytes of the prefix, or -1 within the version itself


class Payloads:
    def __init__(self, filler, addresses):
        self.filler, self.addresses = filler, addresses
        self.dhcp = Dhcp(filler, addresses)
        self.clients = collections.OrderedDict() # (address, port) of who asked for a file -> Transfer

    def udp(self, data, source, destination, source_port, destination_port):
        """As many bytes. The addresses are the original ones."""
        if not data:
            return b""
        if source_port in DHCP_PORTS or destination_port in DHCP_PORTS:
            message = self.dhcp.message(data)
            if message is not None:
                return message
        if 6890 <= destination_port < 6910 and data[2:4] == INTER_SERVER_TYPE:
            return self.inter_server(data)
        opcode = data[:2]
        if destination_port == TFTP_PORT or destination_port == TWO_STAGE_PORT and is_two_stage_request(data):
            self.remember((source, source_port))
        asked = self.clients.get((destination, destination_port))
        if asked is not None or (source, source_port) in self.clients or destination_port in (TFTP_PORT, TWO_STAGE_PORT):
            return self.transfer(data, asked, (source, source_port, destination_port)) or self.unknown(data)
        if opcode in (b"\0\x03", b"\0\x04"):  # of a transfer whose request is not in the capture
            return data[:4] + self.filler.data(data[4:])
        return self.unknown(data)

    def unknown(self, data):
        """Nothing that is not a transfer's opcode becomes one."""
        filled = self.filler.data(data)
        if filled[0] in (0, 8) and data[0] != filled[0]:
            filled = bytes((filled[0] | 0x80,)) + filled[1:]
        return filled

    def remember(self, client):
        self.clients[client] = Transfer()
        self.clients.move_to_end(client)
        if len(self.clients) > CLIENTS:
            self.clients.popitem(last=False)

    # ---- transfers of files ----

    def transfer(self, data, asked, place):
        opcode = int.from_bytes(data[:2], "big")
        if is_two_stage_request(data):
            return data[:2] + self.dhcp.padded(data[2:], self.dhcp.file)
        if data[:2] == TWO_STAGE_ACK and len(data) == 4:
            return data
        if data[:2] == TWO_STAGE_DATA:
            return data[:4] + self.file_content(data[4:], asked, place, inverted=True)
        if opcode == DATA:
            return data[:4] + self.file_content(data[4:], asked, place, inverted=False)
        if opcode == ACK:
            return data[:4] + self.filler.data(data[4:])
        if opcode in (READ_REQUEST, WRITE_REQUEST) and len(data) > 3:
            return self.request(data)
        if opcode == OPTION_ACK:
            return data[:2] + self.tftp_options(data[2:])
        if opcode == ERROR:
            text, nul, rest = data[4:].partition(b"\0")
            kept = self.addresses.text(text) if is_printable(text) else self.filler.data(text)
            return data[:4] + kept + nul + self.dhcp.blank(rest)
        return None

    def request(self, data):
        name, nul, rest = data[2:].partition(b"\0")
        mode, mode_nul, options = rest.partition(b"\0")
        if mode.lower() not in (b"octet", b"netascii", b"mail", b""):
            mode = self.filler.data(mode)
        return data[:2] + self.dhcp.file(name) + nul + mode + mode_nul + self.tftp_options(options)

    def tftp_options(self, data):
        """Pairs of texts: those of the RFCs stay."""
        parts = data.split(b"\0")
        for place in range(0, len(parts), 2):
            if parts[place].lower() not in TFTP_OPTIONS:
                parts[place:place + 2] = [self.filler.name(part) for part in parts[place:place + 2]]
            elif place + 1 < len(parts):
                parts[place + 1] = self.addresses.text(parts[place + 1])
        return b"\0".join(parts)

    def file_content(self, data, asked, place, inverted):
        """All is filled but the bootstrap's version text, wherever in the file it stands."""
        plain = bytes(byte ^ 0xff for byte in data) if inverted else data
        filled = bytearray(self.filler.data(data))
        for start, end in self.version_parts(plain, asked, place):
            filled[start:end] = data[start:end]
        return bytes(filled)

    def version_parts(self, data, asked, place):
        ends = asked.ends if asked is not None else {}
        before = ends.pop(place, 0)
        if before == -1:
            end = digits_end(data, 0)
            yield 0, end
            self.within(ends, place, data, end)
        elif before and data.startswith(VERSION[before:]):
            end = digits_end(data, len(VERSION) - before)
            yield 0, end
            self.within(ends, place, data, end)
        start = data.find(VERSION)
        while start >= 0:
            end = digits_end(data, start + len(VERSION))
            yield start, end
            self.within(ends, place, data, end)
            start = data.find(VERSION, end)
        for length in range(min(len(VERSION) - 1, len(data)), 0, -1):
            if data.endswith(VERSION[:length]):
                ends[place] = length
                yield len(data) - length, len(data)
                return

    @staticmethod
    def within(ends, place, data, end):
        if end == len(data):
            ends[place] = -1

    # ---- inter-server messages ----

    def inter_server(self, data):
        length = INTER_SERVER_LENGTHS.get(data[0], 22)
        return data[:4] + self.filler.data(data[4:length]) + data[length:length + 4] + self.filler.data(data[length + 4:])


def digits_end(data, place):
    while place < len(data) and data[place:place + 1] in b"0123456789.":
        place += 1
    return place
