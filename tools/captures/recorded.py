# SPDX-License-Identifier: GPL-2.0-or-later
"""Take a recording of a real phase 1 (one target, one download) into a timeline. The truth of its frames is read
from the packets themselves, by DHCP, ARP and TFTP message type."""
import os
import struct

from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Raw

import pcapng
import wire
from boot_script import Boot
from timeline import duration
from wire import Machine

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "test-captures", "recorded")
DHCP_STEPS = {wire.DISCOVER: 101, wire.OFFER: 102, wire.REQUEST: 103, wire.ACK: 104}


def replay(timeline, name):
    """The recording's frames from time 0 on, and the boot in them, ready to go on."""
    packets = list(pcapng.read(os.path.join(FOLDER, name)))
    start = packets[0][0]
    target = server = None
    for _, data in packets:
        packet = Ether(data)
        if UDP in packet and packet[UDP].dport == 69:
            target = Machine(packet.src, packet[IP].src)
            server = Machine(packet.dst, packet[IP].dst)
            break
    boot = Boot(timeline, target, server)
    reader = _Reader(boot)
    for time, data in packets:
        boot.now = time - start
        reader.take(timeline.add(boot.now, data, what="recorded"), Ether(data))
    boot.phase, boot.downloads = 2, True
    return boot


class _Reader:
    def __init__(self, boot):
        self.boot = boot
        self.asked = None
        self.block_size, self.got = 512, {}
        self.client_port = None

    def take(self, frame, packet):
        if BOOTP in packet:
            self._dhcp(frame, packet)
        elif ARP in packet:
            self._arp(frame, packet[ARP])
        elif UDP in packet and Raw in packet or UDP in packet and packet[UDP].dport == 69:
            self._tftp(frame, packet)

    def _dhcp(self, frame, packet):
        boot, message = self.boot, packet[BOOTP]
        options = {option[0]: option[1] for option in packet[DHCP].options if isinstance(option, tuple)}
        if message.chaddr[:6] != boot.target.mac_bytes:
            return
        kind = options["message-type"]
        frame.means(boot, DHCP_STEPS[kind])
        if kind == wire.DISCOVER:
            boot.attempt += 1
            broadcast = bool(int(message.flags) & 0x8000)
            client_id = options.get("client_id")
            frame.experts = ["discover.broadcast_reply" if broadcast else "discover.unicast_reply"]
            frame.experts += ["discover.retry"] if boot.run else []
            frame.fields = {
                "discover.broadcast": broadcast, "discover.attempt": str(boot.attempt),
                "discover.secs": str(message.secs),
                "discover.bucket": str(wire.load_balance_bucket(bytes(client_id or boot.target.mac_bytes)))}
            boot.run.append(frame)
        elif kind == wire.OFFER and message.yiaddr != "0.0.0.0" and boot.run:
            boot.run[-1].later_fields["discover.answered_in"] = frame
            boot.run = []
        elif kind == wire.ACK:
            boot.attempt, boot.run = 0, []

    def _arp(self, frame, arp):
        about_target = self.boot.target.ip in (arp.psrc, arp.pdst)
        if self.boot.target.mac == arp.hwsrc or about_target:
            frame.means(self.boot, 107 if arp.op == 2 or arp.psrc == arp.pdst else 106)

    def _tftp(self, frame, packet):
        payload = bytes(packet[UDP].payload)[:packet[UDP].len - 8]
        code = struct.unpack_from(">H", payload)[0]
        boot = self.boot
        if packet[UDP].dport == 69:
            self.asked, self.client_port = frame, packet[UDP].sport
            name = payload[2:payload.index(b"\0", 2)].decode()
            self.probe = b"\0tsize\0" in payload
            frame.means(boot, 110, fields={"bootstrap.file": name})
        elif self.client_port not in (packet[UDP].sport, packet[UDP].dport):
            return
        elif code == 6:
            parts = payload[2:].split(b"\0")
            self.block_size = int(dict(zip(parts[0::2], parts[1::2])).get(b"blksize", 512))
            frame.means(boot, 111)
        elif code == 3:
            block, size = struct.unpack_from(">H", payload, 2)[0], len(payload) - 4
            self.got[block] = size
            frame.means(boot, 112)
            if size < self.block_size:
                frame.means(boot, 201, fields=self._totals())
                self.last = block
        elif code == 4:
            block = struct.unpack_from(">H", payload, 2)[0]
            frame.means(boot, 113)
            if block and block == getattr(self, "last", None):
                frame.means(boot, 202, ["bootstrap.downloaded"], fields={
                    **self._totals(), "bootstrap.complete": True,
                    "bootstrap.time": duration(frame.time - self.asked.time)})
        elif code == 5:
            by_client = packet[UDP].sport == self.client_port
            frame.means(boot, 115 if by_client and self.probe and not self.got else 114)
        if frame.step:
            frame.fields["pvsboot.server"] = boot.server.ip

    def _totals(self):
        return {"bootstrap.bytes": str(sum(self.got.values())), "bootstrap.blocks": str(len(self.got))}
