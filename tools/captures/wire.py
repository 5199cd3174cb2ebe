# SPDX-License-Identifier: GPL-2.0-or-later
"""Bytes on the wire: machines, and the frames they send. Knows nothing of boots or of truth."""
import ipaddress
import struct

from scapy.layers.dhcp import BOOTP
from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

BROADCAST = "ff:ff:ff:ff:ff:ff"
ZERO_MAC = "00:00:00:00:00:00"

# Geometry of pvs-facts.md, section 6.
READ_HEADER = 56
TARGET_DATAGRAM = 48


def data_per_datagram(mtu):
    return mtu - 98


def burst(size, mtu=1506):
    """The read data in each datagram of a burst that answers a read of `size` bytes."""
    full = data_per_datagram(mtu)
    return [full] * (size // full) + ([size % full] if size % full else [])


class Machine:
    """A network card with its addresses and the IP identification counter of its stack."""

    def __init__(self, mac, ip=None, ip6=None):
        self.mac, self.ip, self.ip6 = mac, ip, ip6
        self.ip_id = int(mac[-5:].replace(":", ""), 16)

    def next_ip_id(self):
        self.ip_id = (self.ip_id + 1) & 0xFFFF
        return self.ip_id

    @property
    def mac_bytes(self):
        return bytes.fromhex(self.mac.replace(":", ""))


ANYONE = Machine(BROADCAST, "255.255.255.255")


def pad(data):
    """Cards pad to 60 bytes, and a mirror port shows it."""
    return data + b"\0" * max(0, 60 - len(data))


def ip_packet(source, target, payload, src_ip=None, dst_ip=None, ttl=64, dont_fragment=False):
    return IP(src=src_ip or source.ip, dst=dst_ip or target.ip, id=source.next_ip_id(), ttl=ttl,
              flags="DF" if dont_fragment else 0) / payload


def udp(source, target, sport, dport, payload, src_ip=None, dst_ip=None, dst_mac=None, src_mac=None, ttl=64):
    ip = ip_packet(source, target, UDP(sport=sport, dport=dport) / Raw(payload), src_ip, dst_ip, ttl)
    return pad(bytes(Ether(src=src_mac or source.mac, dst=dst_mac or target.mac) / ip))


def udp6(source, target, sport, dport, payload):
    ip = IPv6(src=source.ip6, dst=target.ip6, hlim=64) / UDP(sport=sport, dport=dport) / Raw(payload)
    return pad(bytes(Ether(src=source.mac, dst=target.mac) / ip))


def udp_fragments(source, target, sport, dport, payload, ip_mtu):
    ip = ip_packet(source, target, UDP(sport=sport, dport=dport) / Raw(payload))
    whole = IP(bytes(ip))
    return [pad(bytes(Ether(src=source.mac, dst=target.mac) / piece)) for piece in fragment(whole, ip_mtu - 20)]


def icmp_port_unreachable(source, target, quoted_frame):
    return icmp_unreachable(source, target, quoted_frame, 3)


def icmp_unreachable(source, target, quoted_frame, code):
    """`source` refuses the UDP datagram inside `quoted_frame` (its Ethernet header is not quoted)."""
    quoted = quoted_frame[14:14 + 20 + 8 + 40]
    ip = ip_packet(source, target, ICMP(type=3, code=code) / Raw(quoted))
    return pad(bytes(Ether(src=source.mac, dst=target.mac) / ip))


def arp(sender_mac, sender_ip, wanted_ip, wanted_mac=ZERO_MAC, reply=False, dst_mac=None):
    message = ARP(op=2 if reply else 1, hwsrc=sender_mac, psrc=sender_ip, hwdst=wanted_mac, pdst=wanted_ip)
    return pad(bytes(Ether(src=sender_mac, dst=dst_mac or (wanted_mac if reply else BROADCAST)) / message))


def vlan(data, *tags):
    """Put 802.1Q tags in front; the outer of two is an 802.1ad service tag."""
    head = b""
    for depth, tag in enumerate(tags):
        kind = 0x88A8 if len(tags) > 1 and depth == 0 else 0x8100
        head += struct.pack(">HH", kind, tag)
    return data[:12] + head + data[12:]


def unfinished_checksum(data):
    """A UDP datagram as its own sender captures it where the card computes the checksum: only the pseudo-header's sum."""
    if data[12:14] != b"\x08\x00" or data[23] != 17:
        return data
    length = struct.unpack_from(">H", data, 38)[0]
    total = sum(struct.unpack_from(">4H", data, 26)) + 17 + length
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return data[:40] + struct.pack(">H", total) + data[42:]


def with_macs(data, dst_mac=None, src_mac=None):
    frame = Ether(data)
    frame.dst, frame.src = dst_mac or frame.dst, src_mac or frame.src
    return bytes(frame)


def routed(data, src_mac):
    """The datagram as the next network sees it: one hop less to live, and the router's MAC as its source."""
    frame = Ether(data)
    frame.src = src_mac
    frame[IP].ttl -= 1
    del frame[IP].chksum
    return bytes(frame)


# ---- DHCP -----------------------------------------------------------------------------------------------------------

DISCOVER, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, INFORM = range(1, 9)
PXE_BIOS = b"PXEClient:Arch:00000:UNDI:002001"
PXE_UEFI = b"PXEClient:Arch:00007:UNDI:003016"
WINDOWS = b"MSFT 5.0"


def address(text):
    return ipaddress.ip_address(text).packed


def dhcp(kind, chaddr, xid, options, broadcast=False, secs=0, ciaddr="0.0.0.0", yiaddr="0.0.0.0",
         siaddr="0.0.0.0", giaddr="0.0.0.0", hops=0, file=b""):
    """A DHCP message. `options` are (code, bytes); the message type comes first by itself."""
    fixed = BOOTP(op=1 if kind in (DISCOVER, REQUEST, DECLINE, RELEASE, INFORM) else 2, hops=hops, xid=xid,
                  secs=secs, flags=0x8000 if broadcast else 0, ciaddr=ciaddr, yiaddr=yiaddr, siaddr=siaddr,
                  giaddr=giaddr, chaddr=bytes.fromhex(chaddr.replace(":", "")), file=file,
                  options=b"\x63\x82\x53\x63")
    body = bytes(fixed) + bytes([53, 1, kind])
    for code, value in options:
        body += bytes([code, len(value)]) + value
    body += b"\xff"
    return body + b"\0" * max(0, 300 - len(body))


# ---- TFTP and two-stage boot ----------------------------------------------------------------------------------------

def tftp_request(name, options):
    fields = [name, "octet"] + [str(part) for pair in options for part in pair]
    return struct.pack(">H", 1) + b"".join(field.encode() + b"\0" for field in fields)


def tftp_oack(options):
    return struct.pack(">H", 6) + b"".join(str(part).encode() + b"\0" for pair in options for part in pair)


def tftp_data(block, data):
    return struct.pack(">HH", 3, block & 0xFFFF) + data


def tftp_ack(block):
    return struct.pack(">HH", 4, block & 0xFFFF)


def tftp_error(code, text):
    return struct.pack(">HH", 5, code) + text.encode() + b"\0"


def tsb_request(path):
    return b"\x08\x17" + path.encode() + b"\0"


def tsb_data(block, data):
    return b"\x08\x97" + struct.pack(">H", block) + bytes(byte ^ 0xFF for byte in data)


def tsb_ack(block):
    return b"\x08\xd7" + struct.pack(">H", block)


# ---- RFC 3074 -------------------------------------------------------------------------------------------------------

_MIX = bytes.fromhex(
    "fbaf77d7510e4fbf6731b58fba9d00e81f20373c983a11edae46a090dc5a39df3b03128c6fa6cbc486f37c5fdeb3c541"
    "b430240f6b2ee982a51e7ba1d1176110285bdb3d640ad26dfa7f168a1d6cf443cf09b2cc4a627ef9a774224dc1c87905"
    "14714723800db65e19e2e3c74b1b29f5e6e02be1b11a9b96d48eda73f149586927723effc0c991d6a89edd949a7a0c54"
    "52a32c8be4eccdf2d90bbb929f4056efc32a6ac67670b8ac5702ad75b0e5f7fd89b963a466932d42e7348dd3c2cef6ee"
    "386e4ef83ff0bd5d5c3335b713ab48322168654508fc53784c875536ca7dbcd560eb88d0a281be849c262f0107fe1804"
    "d88359151c8525999550aa4406a9ea97")


def load_balance_bucket(key):
    """RFC 3074, section 6: the bucket of a client's identifier."""
    value = len(key)
    for byte in reversed(key):
        value = _MIX[value ^ byte]
    return value
