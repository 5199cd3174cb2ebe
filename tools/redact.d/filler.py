# SPDX-License-Identifier: GPL-2.0-or-later
"""What stands in the place of what is taken out: equal for equal bytes, different for different ones, told by a key
that is new in each run and never written."""
import hashlib
import os

_SHORT = 8 # bytes; so few could collide, so they are permuted
_LETTERS = b"abcdefghijklmnopqrstuvwxyz"


class Filler:
    def __init__(self, key=None):
        self.key = key or os.urandom(32)

    def digest(self, data, purpose=b""):
        """64 bytes."""
        return hashlib.blake2b(data, key=self.key, person=purpose).digest()

    def data(self, data):
        """As many bytes."""
        length = len(data)
        if length < _SHORT:
            return self.permuted(data, b"short") if length else b""
        return (self.digest(data) * (length // 64 + 1))[:length]

    def permuted(self, data, purpose):
        """A Feistel cipher on so few bytes: a permutation of them all, so that no two become one."""
        bits = 8 * len(data)
        low_bits, high_bits = bits // 2, bits - bits // 2
        value = int.from_bytes(data, "big")
        for turn in range(6):
            high, low = value >> low_bits, value & ((1 << low_bits) - 1)
            noise = self.digest(b"%d %d %d" % (turn, len(data), low), purpose)
            high ^= int.from_bytes(noise[:8], "big") & ((1 << high_bits) - 1)
            # The halves change places.
            value = low << high_bits | high
            low_bits, high_bits = high_bits, low_bits
        return value.to_bytes(len(data), "big")

    def data_with_sum(self, data):
        """The same, but its words of 16 bits add up to what they did: a checksum that stands elsewhere stays right."""
        filled = bytearray(self.data(data))
        if len(filled) >= 2:
            last = (len(filled) - 2) & ~1
            word = int.from_bytes(filled[last:last + 2], "big")
            word = (word + word_sum(data) - word_sum(filled)) % 65535
            filled[last:last + 2] = word.to_bytes(2, "big")
        return bytes(filled)

    def name(self, text):
        """A name of letters and digits becomes one of letters; capitals are the same name."""
        noise = self.digest(text.lower(), b"name")
        return bytes(_LETTERS[noise[index % 64] % 26] for index in range(len(text)))


def word_sum(data):
    """The sum of 16-bit words in one's complement: 2 to the 16th is 1 there, so it is a remainder."""
    return (int.from_bytes(data, "big") << (8 if len(data) & 1 else 0)) % 65535


def checksum_after(checksum, before, after):
    """A checksum after what it covers has another sum: right stays right, wrong stays wrong (RFC 1624)."""
    return (checksum + before - after) % 65535
