#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Small DHCP clients whose MAC, secs, broadcast flag and options are chosen: `lab_dhcp_client.py INTERFACE PLAN.json`.

The plan is a list of clients: {"mac", "client_id" (hex or null), "vendor_class" (or null),
"discovers": [[second, secs, broadcast], ...]}. A client sends its DISCOVERs at their times until one is answered
with an OFFER; it then sends a REQUEST for the address and falls silent. Ends 2 s after the last DISCOVER.
"""
import json
import sys
import time

from scapy.all import BOOTP, DHCP, IP, UDP, Ether, conf

conf.verb = 0


class Client:
    def __init__(self, number, plan):
        self.mac, self.client_id, self.vendor_class = plan["mac"], plan["client_id"], plan["vendor_class"]
        self.discovers = sorted(plan["discovers"])
        self.transaction = 0x1ab00000 + number

    def frame(self, kind, secs, broadcast, *more):
        options = [("message-type", kind), (57, (1260).to_bytes(2, "big"))]
        if self.client_id:
            options.append((61, bytes.fromhex(self.client_id)))
        if self.vendor_class:
            options += [(60, self.vendor_class.encode()), (93, b"\0\0"), (94, b"\1\2\1")]
        options += [*more, (55, bytes([1, 3, 6, 12, 15, 17, 43, 60, 66, 67])), "end"]
        hardware = bytes.fromhex(self.mac.replace(":", ""))
        return (Ether(src=self.mac, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
                / BOOTP(xid=self.transaction, secs=secs, flags=0x8000 if broadcast else 0, chaddr=hardware + bytes(10))
                / DHCP(options=options))


def main(interface, plan_file):
    with open(plan_file) as file:
        clients = [Client(number, plan) for number, plan in enumerate(json.load(file))]
    by_transaction = {client.transaction: client for client in clients}
    wire = conf.L2socket(iface=interface, filter="udp and src port 67")
    begin = time.monotonic()
    end = begin + 2 + max(client.discovers[-1][0] for client in clients)
    while time.monotonic() < end:
        now = time.monotonic() - begin
        for client in clients:
            if client.discovers and client.discovers[0][0] <= now:
                _, *client.last = client.discovers.pop(0)
                wire.send(client.frame("discover", *client.last))
        if not wire.select([wire], 0.02):
            continue
        answer = wire.recv()
        client = by_transaction.get(answer[BOOTP].xid) if answer and DHCP in answer else None
        if not client:
            continue
        options = {option[0]: option[1] for option in answer[DHCP].options if isinstance(option, tuple)}
        if options["message-type"] == 2:
            client.discovers = []
            wire.send(client.frame("request", *client.last, ("server_id", options["server_id"]), ("requested_addr", answer[BOOTP].yiaddr)))


if __name__ == "__main__":
    main(*sys.argv[1:])
