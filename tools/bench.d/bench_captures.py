# bench_captures.py
# The captures that tools/bench reads: ordinary traffic of several kinds, storms of boots, forged clients
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pathlib
import random
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CLIENT, SERVER = b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02"
CLIENT_IP, SERVER_IP = bytes((192, 0, 2, 1)), bytes((192, 0, 2, 2))
NUMBERS = random.Random(3)


def ipv4(source, target, protocol, payload):
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, 0, 64, protocol, 0) + source + target + payload


def ethernet(source, target, ethertype, payload):
    return target + source + struct.pack(">H", ethertype) + payload


def request(protocol, payload):
    return ethernet(CLIENT, SERVER, 0x0800, ipv4(CLIENT_IP, SERVER_IP, protocol, payload))


def answer(protocol, payload):
    return ethernet(SERVER, CLIENT, 0x0800, ipv4(SERVER_IP, CLIENT_IP, protocol, payload))


def udp(source, target, payload):
    return struct.pack(">HHHH", source, target, 8 + len(payload), 0) + payload


def tls(turn, n):
    """A record of a connection that goes on, and its acknowledgement: what Wireshark calls a retransmission costs more."""
    record = b"\x17\x03\x03" + struct.pack(">H", 1000) + bytes(1000)
    sequence = 1 + turn * len(record)
    data = struct.pack(">HHIIBBHHH", 443, 40000 + n, sequence, 1, 0x50, 0x18, 65535, 0, 0) + record
    ack = struct.pack(">HHIIBBHHH", 40000 + n, 443, 1, sequence + len(record), 0x50, 0x10, 65535, 0, 0)
    return [answer(6, data), request(6, ack)]


def dns(turn):
    question = b"\3www\7example\3org\0\0\1\0\1"
    asked = struct.pack(">HHHHHH", turn % 65536, 0x0100, 1, 0, 0, 0) + question
    told = struct.pack(">HHHHHH", turn % 65536, 0x8180, 1, 1, 0, 0) + question + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\x07"
    return [request(17, udp(50000, 53, asked)), answer(17, udp(53, 50000, told))]


def unknown_udp(_turn):
    return [request(17, udp(50001, 40123, UNKNOWN)), answer(17, udp(40123, 50001, UNKNOWN))]


def udp_443(_turn):
    return [answer(17, udp(443, 50002, UNKNOWN))]


UNKNOWN = NUMBERS.randbytes(400)


def arp(turn):
    asked = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + CLIENT + CLIENT_IP + bytes(6) + bytes((192, 0, 2, turn % 250 + 2))
    told = struct.pack(">HHBBH", 1, 0x0800, 6, 4, 2) + SERVER + SERVER_IP + CLIENT + CLIENT_IP
    return [ethernet(CLIENT, b"\xff" * 6, 0x0806, asked + bytes(18)), ethernet(SERVER, CLIENT, 0x0806, told + bytes(18))]


def mix(turn):
    return [frame for n in range(4) for frame in tls(turn, n)] + dns(turn) + udp_443(turn) + unknown_udp(turn)[:1]


# name -> what one turn sends
ORDINARY = {"TLS, DNS, UDP": mix, "TLS": lambda turn: tls(turn, 0), "DNS": dns, "unknown UDP": unknown_udp, "ARP": arp}


def write(path, frames):
    with open(path, "wb", buffering=1 << 20) as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for number, frame in enumerate(frames):
            file.write(struct.pack("<IIII", 1700000000 + number // 10000, number % 10000 * 100, len(frame), len(frame)))
            file.write(frame)
    path.chmod(0o644)


def ordinary(path, kind, count):
    def frames():
        left, turn = count, 0
        while left > 0:
            for frame in ORDINARY[kind](turn)[:left]:
                yield frame
                left -= 1
            turn += 1
    write(path, frames())


def storm(path, targets, reads):
    """Interleaved boots of so many targets; returns how many frames they are."""
    path.unlink(missing_ok=True)
    subprocess.run([ROOT / "tools" / "make-captures", "--targets", str(targets), "--reads", str(reads), "-o", str(path)],
                   check=True, stdout=subprocess.DEVNULL)
    path.chmod(0o644)
    shown = subprocess.run(["capinfos", "-c", "-M", "-T", "-r", path], capture_output=True, text=True, check=True).stdout
    return int(shown.split()[-1])


def forged(path, count):
    """One PXE DISCOVER each of so many MAC addresses."""
    options = b"\x63\x82\x53\x63" + b"\x35\x01\x01" + b"\x3c\x14PXEClient:Arch:00007" + b"\xff"

    def frames():
        for number in range(count):
            mac = b"\x02" + (number * 2654435761 % 2 ** 40).to_bytes(5, "big")
            bootp = struct.pack(">BBBBIHH16x6s10x192x", 1, 1, 6, 0, number, 0, 0x8000, mac) + options
            yield ethernet(mac, b"\xff" * 6, 0x0800, ipv4(bytes(4), b"\xff" * 4, 17, udp(68, 67, bootp)))
    write(path, frames())
