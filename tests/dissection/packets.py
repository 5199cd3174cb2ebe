# packets.py
# DHCP and TFTP packets of a client and its server, byte by byte: also such as no honest sender makes
#
# SPDX-License-Identifier: GPL-2.0-or-later

import struct

SERVER = bytes((10, 9, 0, 1))
SERVER_MAC = b"\x02\0\0\0\0\1"


def ethernet(mac, to_server, protocol, payload, client):
    """IPv4 over Ethernet between a client and the server."""
    source, target = (client, SERVER) if to_server else (SERVER, client)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, 64, protocol, 0) + source + target + payload
    return (SERVER_MAC + mac if to_server else mac + SERVER_MAC) + b"\x08\0" + ip


def udp(source, target, payload):
    return struct.pack(">HHHH", source, target, 8 + len(payload), 0) + payload


def option(code, value):
    """In as many pieces as it takes (RFC 3396)."""
    pieces = [value[at:at + 255] for at in range(0, len(value), 255)]
    return b"".join(bytes((code, len(piece))) + piece for piece in pieces)


def dhcp(mac, client, message, options, file=b"", name=b""):
    """A message of one client: the transaction is the address's last number. message: None for BOOTP."""
    reply = message in (2, 5, 6)
    header = struct.pack(">BBBBIHH4x4s4s4x", 2 if reply else 1, 1, 6, 0, client[3] << 8, 0, 0x8000,
                         client if message in (2, 5) else bytes(4), SERVER)
    header += mac + bytes(10) + name[:64].ljust(64, b"\0") + file[:128].ljust(128, b"\0")
    kind = b"" if message is None else bytes((53, 1, message))
    return header + b"\x63\x82\x53\x63" + kind + options + b"\xff"


def write(path, frames):
    """A capture of frames: seconds, bytes."""
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for seconds, frame in frames:
            whole = int(seconds)
            file.write(struct.pack("<IIII", 1700000000 + whole, round((seconds - whole) * 1e6), len(frame), len(frame)))
            file.write(frame)
    path.chmod(0o644)
