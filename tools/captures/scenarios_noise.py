# SPDX-License-Identifier: GPL-2.0-or-later
"""Traffic that is no boot, and must not be claimed."""
import struct

import wire
from catalogue import scenario
from timeline import seconds
from wire import Machine

ALICE = Machine("02:00:5e:10:00:01", "192.0.2.11")
BOB = Machine("02:00:5e:10:00:02", "198.51.100.7")


def talk(timeline, time, source, target, sport, dport, payload):
    return timeline.add(seconds(time), wire.udp(source, target, sport, dport, payload), "other", "noise")


@scenario("No boot at all: a BitTorrent tracker on UDP 6969, random UDP between PVS server ports and ports that are "
          "no target's, Windows and Linux DHCP clients that name themselves, TFTP of another file.")
def noise(timeline):
    rng = timeline.rng
    # BEP 15: connect and announce, with their magic number and actions
    for turn in range(6):
        time, transaction, connection = turn * 1.7, rng.getrandbits(32), rng.getrandbits(64)
        talk(timeline, time, ALICE, BOB, 51413, 6969, struct.pack(">QII", 0x41727101980, 0, transaction))
        talk(timeline, time + 0.03, BOB, ALICE, 6969, 51413, struct.pack(">IIQ", 0, transaction, connection))
        talk(timeline, time + 0.031, ALICE, BOB, 51413, 6969,
             struct.pack(">QII", connection, 1, transaction) + rng.randbytes(82))
        talk(timeline, time + 0.06, BOB, ALICE, 6969, 51413,
             struct.pack(">IIIII", 1, transaction, 1800, 3, 9) + rng.randbytes(54))
    # something else on 6969 that begins like two-stage boot data, and a bare opcode
    talk(timeline, 11.0, ALICE, BOB, 40000, 6969, b"\x08\x97" + rng.randbytes(200))
    talk(timeline, 11.1, ALICE, BOB, 40000, 6969, b"\x08\x17")
    talk(timeline, 11.2, ALICE, BOB, 40000, 6969, b"\x08\x17" + bytes(range(128, 180)))
    # PVS server ports whose other side is no target's port and no known target
    for turn in range(30):
        port = rng.randrange(6910, 6931)
        talk(timeline, 12 + turn * 0.2, ALICE, BOB, 50000, port, rng.randbytes(rng.choice((48, 568, 1464, 20))))
        talk(timeline, 12.1 + turn * 0.2, BOB, ALICE, port, 50000, rng.randbytes(rng.choice((568, 1464, 1080, 440))))
    # target ports whose other side is no server port
    for turn in range(12):
        talk(timeline, 20 + turn * 0.2, ALICE, BOB, rng.choice((6901, 6902, 6905)), 33000 + turn, rng.randbytes(300))
    # port 2071 is no mark of PVS
    talk(timeline, 24, ALICE, BOB, 2071, 40001, rng.randbytes(64))
    # operating systems' DHCP clients that say so
    for number, vendor in enumerate((b"MSFT 5.0", b"dhcpcd-9.4.1:Linux-6.1.0:x86_64", b"udhcp 1.35.0",
                                     b"android-dhcp-13")):
        client = Machine("02:00:5e:20:00:%02x" % number, "192.0.2.%d" % (50 + number))
        server = Machine("02:00:5e:10:00:fe", "192.0.2.1")
        options = [(61, b"\x01" + client.mac_bytes), (60, vendor)]
        for step, (kind, wait) in enumerate(((wire.DISCOVER, 0), (wire.OFFER, 0.002), (wire.REQUEST, 0.003),
                                             (wire.ACK, 0.005))):
            time = 26 + number * 2 + wait
            if kind in (wire.DISCOVER, wire.REQUEST):
                message = wire.dhcp(kind, client.mac, 0x1000 + number, options)
                data = wire.udp(client, wire.ANYONE, 68, 67, message, src_ip="0.0.0.0")
            else:
                message = wire.dhcp(kind, client.mac, 0x1000 + number, [(54, wire.address(server.ip)),
                                    (51, b"\0\1\0\0")], yiaddr=client.ip)
                data = wire.udp(server, client, 67, 68, message)
            timeline.add(seconds(time), data, "other", "dhcp")
        timeline.add(seconds(26.1 + number * 2), wire.arp(client.mac, client.ip, client.ip), "other", "arp")
    # a switch fetches its configuration
    switch, store = Machine("02:00:5e:30:00:01", "192.0.2.90"), Machine("02:00:5e:30:00:02", "192.0.2.91")
    talk(timeline, 40, switch, store, 50123, 69, wire.tftp_request("running-config.txt", ()))
    talk(timeline, 40.01, store, switch, 50999, 50123, wire.tftp_data(1, b"hostname sw1\n"))
    talk(timeline, 40.02, switch, store, 50123, 50999, wire.tftp_ack(1))


@scenario("Messages between PVS servers on UDP 6890-6909, of the five published types and of an unknown one: no boot.")
def inter_server(timeline):
    rng = timeline.rng
    one, two = Machine("02:50:56:00:01:01", "10.77.0.10"), Machine("02:50:56:00:01:02", "10.77.0.11")
    # Type, and where public proofs of concept place the length; everything between is random there too.
    for turn, (kind, place) in enumerate(((0x40020000, 22), (0x40020002, 22), (0x40020004, 22), (0x40020006, 26),
                                          (0x40020010, 34), (0x40021234, None))):
        message = bytearray(rng.randbytes(120))
        struct.pack_into("<I", message, 0, kind)
        if kind == 0x40020006:
            struct.pack_into("<I", message, 22, 0)
        if place:
            struct.pack_into("<I", message, place, 0x40)
        frame = talk(timeline, turn * 0.4, one, two, 6895, 6905, bytes(message))
        if place:
            frame.fields = {"pvs.service": "3", "pvs.direction": "3", "pvs.ipc.type": kind, "pvs.ipc.length": "64"}
