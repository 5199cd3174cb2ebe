# SPDX-License-Identifier: GPL-2.0-or-later
"""Addresses that are consistently others. What an address says by its kind, it still says: a vendor's prefix (unless
that is hidden, too), private or public, multicast, the common prefix of a network's addresses, the first and the last
address of a /24, the number of digits, and which of two DHCP failover servers answers the client (RFC 3074)."""
import ipaddress
import random
import re

from rfc3074 import MIXING, UNMIXING, bucket, unhash

_NO_MAC, _ALL_MACS = bytes(6), b"\xff" * 6
IPV4_TEXT = re.compile(rb"(?<![0-9.])(?:\d{1,3}\.){3}\d{1,3}(?![0-9.])")
# Numbers with as many digits, so that an address as text keeps its length. 0 and 255 end a network.
_DIGITS = [range(1, 10), range(10, 100), range(100, 255)]


class Addresses:
    def __init__(self, filler, hide_vendors):
        self.filler, self.hide_vendors = filler, hide_vendors
        self.macs, self.taken = {_NO_MAC: _NO_MAC, _ALL_MACS: _ALL_MACS}, set()
        self.ipv4s, self.ipv6s, self.orders = {}, {}, {}

    # ---- MAC addresses ----

    def mac(self, mac):
        found = self.macs.get(mac)
        if found is None:
            self.macs[mac] = found = self.new_mac(mac)
        return found

    def new_mac(self, mac):
        if mac[:2] == b"\x33\x33":  # of IPv6 groups, whose last bytes they repeat
            return mac[:2] + self.ipv6(bytes.fromhex("ff02") + bytes(10) + mac[2:])[12:] if mac[2] == 0xff else mac
        if mac[0] & 1:  # a group: of a protocol, of nobody
            return mac
        noise = random.Random(self.filler.digest(mac, b"mac"))
        while True:
            prefix = mac[:3]
            if self.hide_vendors:
                prefix = bytes((mac[0] & 2 | 0x40 | noise.randrange(16) << 2, *noise.randbytes(2)))
            new = self.mac_of_same_buckets(mac, prefix, noise)
            if new and new != mac and new not in self.taken:
                self.taken.add(new)
                return new

    def mac_of_same_buckets(self, mac, prefix, noise):
        """
        RFC 3074's hash of the address, and of the client identifier made from it, stay what they are: the last three
        bytes, which are hashed first, are those that lead to the same states before the prefix.
        """
        alone = unhash(prefix, bucket(mac))
        as_client = unhash(b"\x01" + prefix, bucket(b"\x01" + mac))
        fifth = noise.randrange(256)
        for sixth in noise.sample(range(256), 256):
            first = MIXING[MIXING[6 ^ sixth] ^ fifth]
            second = MIXING[MIXING[7 ^ sixth] ^ fifth]
            fourth = first ^ UNMIXING[alone]
            if fourth == second ^ UNMIXING[as_client]:
                return prefix + bytes((fourth, fifth, sixth))
        return None

    def client_id(self, identifier):
        """DHCP's option 61: a type, and an address or an identifier."""
        if len(identifier) == 7 and identifier[0] == 1:
            return identifier[:1] + self.mac(identifier[1:])
        if len(identifier) < 3:
            return identifier[:1] + self.filler.data(identifier[1:])
        new = bytearray(identifier[:1] + self.filler.data(identifier[1:]))
        state = len(new)
        for byte in reversed(new[2:]):
            state = MIXING[state ^ byte]
        new[1] = state ^ UNMIXING[UNMIXING[bucket(identifier)] ^ new[0]]
        return bytes(new)

    # ---- IPv4 ----

    def ipv4(self, address):
        found = self.ipv4s.get(address)
        if found is None:
            self.ipv4s[address] = found = self.new_ipv4(address)
        return found

    def new_ipv4(self, address):
        first, second = address[0], address[1]
        if first in (0, 127) or first >= 224:  # nobody, itself, groups, everybody
            return address
        kept = 1
        if first == 10 or (first, second) in ((192, 168), (169, 254)):
            kept = 1 if first == 10 else 2
            new = bytearray(address[:kept])
        elif first == 172 and 16 <= second < 32:
            kept = 2
            new = bytearray((172, self.other(b"172", second, range(16, 32))))
        else:
            new = bytearray([self.other(b"", first, [number for numbers in _DIGITS for number in numbers
                                                     if number not in (10, 127, 169, 172, 192) and number < 224])
                             if first not in (169, 172, 192) else first])
        for place in range(kept, 4):
            new.append(self.other(address[:place], address[place], range(1, 255)))
        return bytes(new)

    def other(self, before, number, allowed):
        """A number of as many digits, by an order of its own below each prefix."""
        if number not in allowed:
            return number
        key = (before, len(str(number)), len(allowed))
        order = self.orders.get(key)
        if order is None:
            numbers = [one for one in _DIGITS[len(str(number)) - 1] if one in allowed]
            shuffled = random.Random(self.filler.digest(repr(key).encode(), b"ipv4")).sample(numbers, len(numbers))
            # In one ring: none stays what it is, where there are two.
            self.orders[key] = order = dict(zip(shuffled, shuffled[1:] + shuffled[:1]))
        return order[number]

    # ---- IPv6 ----

    def ipv6(self, address):
        found = self.ipv6s.get(address)
        if found is None:
            self.ipv6s[address] = found = self.new_ipv6(address)
        return found

    def new_ipv6(self, address):
        if address[:10] == bytes(10) and address[10:12] in (b"\0\0", b"\xff\xff"):  # ::, ::1, IPv4 in IPv6
            return address[:12] + (self.ipv4(address[12:]) if address[12:15] != b"\0\0\0" else address[12:])
        if address[:13] == bytes.fromhex("ff0200000000000000000001ff"):  # solicited-node: the end of an address
            return address[:13] + self.filler.permuted(address[13:], b"ipv6 end")
        if address[0] == 0xff:
            return address
        new = bytearray(address[:2])  # global, unique local or link-local
        for place in range(2, 16, 2):
            word = address[place:place + 2]
            # What is zero is a way of writing. A word depends on those before it: prefixes stay common.
            new += word if word == b"\0\0" else self.filler.permuted(word, self.filler.digest(address[:place])[:16])
        return bytes(new)

    # ---- as text ----

    def text(self, text):
        """IPv4 addresses inside a text."""
        def other(found):
            try:
                return str(ipaddress.IPv4Address(self.ipv4(ipaddress.IPv4Address(found[0].decode()).packed))).encode()
            except ValueError:
                return found[0]
        return IPV4_TEXT.sub(other, text)
