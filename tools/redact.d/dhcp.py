# SPDX-License-Identifier: GPL-2.0-or-later
"""DHCP messages (RFC 2131, 2132): what the plugin and an engineer read stays; addresses and names are others."""
import re

from addresses import IPV4_TEXT

FIXED, COOKIE = 236, b"\x63\x82\x53\x63"
_WORD = re.compile(rb"[A-Za-z0-9]+")

# What says how the network is built, and nothing of whose it is: times, sizes, types, flags.
KEPT = {1, 2, 13, 19, 20, 22, 23, 24, 25, 26, 27, 29, 30, 31, 34, 35, 36, 37, 38, 39, 46, 51, 52, 53, 55, 57, 58, 59, 60,
        61, 93, 94, 116, 117, 145}
# Lists of IPv4 addresses, also in pairs.
ADDRESSES = {3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 21, 28, 32, 33, 41, 42, 44, 45, 48, 49, 50, 54, 65, 68, 69, 70, 71, 72, 73,
             74, 75, 76, 85, 112, 118, 136, 138, 150}
# Names of hosts, domains, paths on servers, words for people.
NAMES = {12, 14, 15, 17, 18, 40, 47, 56, 62, 64, 66, 81, 86, 87, 88, 100, 101, 113, 114, 119, 120, 137, 141, 147, 148, 209,
         210}
BOOT_FILE, VENDOR, USER_CLASS, CLIENT_ID, OVERLOAD, UUID, IPXE = 67, 43, 77, 61, 52, 97, 175
# PXE specification 2.1, table 2-1: those inside option 43 that hold addresses or words.
PXE_ADDRESSES, PXE_SERVERS, PXE_TEXTS, PXE_LIMITS = {1}, 8, {9, 10}, {2, 3, 4, 5, 6, 71}


class Dhcp:
    def __init__(self, filler, addresses):
        self.filler, self.addresses = filler, addresses

    def message(self, data):
        """The same message with other names and addresses; None where it is none."""
        if len(data) < 44 or data[0] not in (1, 2):
            return None
        new = bytearray(data)
        for place in range(12, 28, 4):
            new[place:place + 4] = self.addresses.ipv4(bytes(data[place:place + 4]))
        new[28:44] = self.hardware_address(data[28:44], data[1], data[2])
        overload = self.overload(data)
        new[44:108] = self.options(data[44:108]) if overload & 2 else self.padded(data[44:108], self.names)
        new[108:FIXED] = self.options(data[108:FIXED]) if overload & 1 else self.padded(data[108:FIXED], self.file)
        if data[FIXED:FIXED + 4] == COOKIE:
            new[FIXED + 4:] = self.options(data[FIXED + 4:])
        else:
            new[FIXED:] = self.filler.data(data[FIXED:])
        return bytes(new)

    def hardware_address(self, field, kind, length):
        if kind == 1 and length == 6:
            return self.addresses.mac(bytes(field[:6])) + self.blank(field[6:])
        return self.blank(field)

    def blank(self, data):
        """Nothing stays nothing."""
        return self.filler.data(data) if any(data) else bytes(data)

    def padded(self, field, change):
        """A text that ends with its first NUL; behind it may be anything."""
        text, nul, rest = bytes(field).partition(b"\0")
        return change(text) + nul + self.blank(rest)

    def names(self, text):
        """Letters and digits become other letters; addresses, dots and lengths of labels stay such."""
        parts, end = [], 0
        for found in IPV4_TEXT.finditer(text):
            parts += [self.words(text[end:found.start()]), self.addresses.text(found[0])]
            end = found.end()
        return b"".join(parts) + self.words(text[end:])

    def words(self, text):
        return _WORD.sub(lambda found: self.filler.name(found[0]), text)

    def file(self, name):
        """The name of a boot file says which program it is, and stays; the server in an address before it does not."""
        scheme, separator, rest = name.partition(b"://")
        if not separator:
            return self.addresses.text(name)
        server, slash, path = rest.partition(b"/")
        return scheme + separator + self.names(server) + slash + self.addresses.text(path)

    def overload(self, data):
        place = FIXED + 4
        while place + 2 < len(data) and data[place] != 255:
            if data[place] == OVERLOAD:
                return data[place + 2]
            place += 1 if data[place] == 0 else 2 + data[place + 1]
        return 0

    def options(self, data):
        """Codes and lengths stay. What comes behind the end, or is no option, is filled."""
        new, place = bytearray(), 0
        while place < len(data):
            code = data[place]
            if code == 0:
                new.append(0)
                place += 1
                continue
            if code == 255 or place + 1 >= len(data):
                new.append(code)
                new += self.blank(data[place + 1:])
                break
            length = data[place + 1]
            new += data[place:place + 2]
            new += self.option(code, bytes(data[place + 2:place + 2 + length]))
            place += 2 + length
        return bytes(new)

    def option(self, code, value):
        if code in ADDRESSES:
            return self.list_of_addresses(value)
        if code == CLIENT_ID:
            return self.addresses.client_id(value)
        if code in KEPT:
            return value
        if code == BOOT_FILE:
            return self.padded(value, self.file)
        if code == USER_CLASS and re.fullmatch(rb".?[ig]PXE", value, re.DOTALL):
            return value
        if code in NAMES or code == USER_CLASS:
            return self.names(value)
        if code == UUID:
            return value[:1] + self.filler.data(value[1:])
        if code in (VENDOR, IPXE):
            return self.parts(code, value)
        return self.filler.data(value)

    def list_of_addresses(self, value):
        whole = len(value) // 4 * 4
        return b"".join(self.addresses.ipv4(value[place:place + 4]) for place in range(0, whole, 4)) \
            + self.filler.data(value[whole:])

    def parts(self, code, value):
        """Options inside an option."""
        new, place = bytearray(), 0
        while place < len(value):
            part = value[place]
            if part in (0, 255) or place + 1 >= len(value):
                new.append(part)
                new += self.blank(value[place + 1:]) if part == 255 else b""
                place = len(value) if part == 255 else place + 1
                continue
            length = value[place + 1]
            inside = value[place + 2:place + 2 + length]
            new += value[place:place + 2]
            if len(inside) == 1 or code == VENDOR and part in PXE_LIMITS:
                new += self.addresses.ipv4(inside) if code == VENDOR and part == 2 and len(inside) == 4 else inside
            elif code == VENDOR and part in PXE_ADDRESSES:
                new += self.list_of_addresses(inside)
            elif code == VENDOR and part == PXE_SERVERS:
                new += self.boot_servers(inside)
            elif code == VENDOR and part in PXE_TEXTS:
                new += self.names(inside)
            else:
                new += self.filler.data(inside)
            place += 2 + length
        return bytes(new)

    def boot_servers(self, value):
        """Type, count, so many addresses; again."""
        new, place = bytearray(), 0
        while place + 3 <= len(value):
            end = place + 3 + 4 * value[place + 2]
            new += value[place:place + 3] + self.list_of_addresses(value[place + 3:end])
            place = end
        return bytes(new) + self.filler.data(value[len(new):])
