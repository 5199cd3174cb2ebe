# SPDX-License-Identifier: GPL-2.0-or-later
"""What a capture shows, read by tshark's own dissectors (never by the PVSBOOT plugin): ground truth for the tests.

facts(capture) gives two parts: "facts" is what a fresh recording of the same scenario must show again (no
times, no transaction ids, no frame numbers), "frames" lists the DHCP, ARP and TFTP frames of this very file.
"""
import ipaddress

from lab_recorder import tshark
from lab_rfc3074 import bucket

_FIELDS = ["frame.number", "frame.interface_id", "eth.src", "ip.src", "ip.dst", "udp.srcport", "udp.dstport", "udp.length",
           "dhcp.id", "dhcp.option.dhcp", "dhcp.secs", "dhcp.flags.bc", "dhcp.hw.mac_addr", "dhcp.ip.your", "dhcp.ip.server", "dhcp.ip.relay",
           "dhcp.file", "dhcp.option.type", "dhcp.option.value",
           "arp.opcode", "arp.src.hw_mac", "arp.src.proto_ipv4", "arp.dst.proto_ipv4",
           "tftp.opcode", "tftp.source_file", "tftp.type", "tftp.option.name", "tftp.option.value", "tftp.block",
           "tftp.error.code", "tftp.error.message"]
_DHCP_TYPES = dict(enumerate("discover offer request decline ack nak release inform".split(), 1))
_TFTP_TYPES = dict(enumerate("rrq wrq data ack error oack".split(), 1))


def _rows(capture):
    # An ICMP error quotes a datagram that is no message of its own.
    text = tshark("-n", "-r", capture, "-Y", "(dhcp || arp || tftp) && !icmp", "-T", "fields", "-E", "aggregator=\x1f",
                  *[word for field in _FIELDS for word in ("-e", field)])
    for line in text.splitlines():
        yield {field: value.split("\x1f") if value else [] for field, value in zip(_FIELDS, line.split("\t"))}


def _text(hex_bytes):
    return bytes.fromhex(hex_bytes).decode("ascii", "replace").rstrip("\0")


def _dhcp_frame(row, transactions):
    options = dict(zip(row["dhcp.option.type"], row["dhcp.option.value"]))

    def address(field):
        return next((value for value in row[field] if value != "0.0.0.0"), None)

    frame = {
        "dhcp": _DHCP_TYPES.get(int((row["dhcp.option.dhcp"] or ["0"])[0]), "bootp"),
        "from": f"{row['ip.src'][0]}:{row['udp.srcport'][0]}", "to": f"{row['ip.dst'][0]}:{row['udp.dstport'][0]}",
        "client": row["dhcp.hw.mac_addr"][0],
        "transaction": transactions.setdefault(row["dhcp.id"][0], len(transactions) + 1),
        "secs": int(row["dhcp.secs"][0]), "broadcast": row["dhcp.flags.bc"][0] in ("1", "True"),
        "client_address": address("dhcp.ip.your"), "relay": address("dhcp.ip.relay"),
        "next_server": address("dhcp.ip.server"), "boot_file": (row["dhcp.file"] or [None])[0],
    }
    if "67" in options:
        frame["boot_file"] = _text(options["67"])
    if "54" in options:
        frame["server_id"] = str(ipaddress.ip_address(bytes.fromhex(options["54"])))
    if "60" in options:
        frame["vendor_class"] = _text(options["60"])
    if "61" in options:
        frame["client_id"] = options["61"]
    if "93" in options:
        frame["architecture"] = int(options["93"][:4], 16)
    return {key: value for key, value in frame.items() if value is not None}


def _arp_frame(row):
    sender, target = row["arp.src.proto_ipv4"][0], row["arp.dst.proto_ipv4"][0]
    if sender == target:
        kind = "announcement"
    elif row["arp.opcode"] == ["2"]:
        kind = "reply"
    else:
        kind = "probe" if sender == "0.0.0.0" else "request"
    return {"arp": kind, "sender": row["arp.src.hw_mac"][0], "sender_address": sender, "target_address": target}


def _tftp_frame(row, transfers):
    """The frame, and what it adds to its transfer. A transfer is known by its client's address and port."""
    kind = _TFTP_TYPES[int(row["tftp.opcode"][0])]
    source, destination = (row["ip.src"][0], row["udp.srcport"][0]), (row["ip.dst"][0], row["udp.dstport"][0])
    side = row["frame.interface_id"][0]
    options = dict(zip(row["tftp.option.name"], row["tftp.option.value"]))
    if kind == "rrq":
        transfers.append({"client": (*source, side), "client_address": source[0], "server": destination[0], "side": side,
                          "file": row["tftp.source_file"][0], "mode": row["tftp.type"][0], "asked": options, "agreed": {},
                          "block_size": 512, "blocks": 0, "bytes": 0, "complete": False, "error": None})
    ours = [transfer for transfer in transfers if transfer["client"] in ((*source, side), (*destination, side))]
    if not ours:
        return {"tftp": kind}
    transfer = ours[-1]
    frame = {"tftp": kind, "transfer": transfers.index(transfer) + 1, "client_port": int(transfer["client"][1])}
    if kind == "rrq":
        frame |= {"file": transfer["file"], "mode": transfer["mode"], "options": options}
    elif kind == "oack":
        frame["options"] = transfer["agreed"] = options
        transfer["block_size"] = int(options.get("blksize", 512))
    elif kind == "data":
        frame |= {"block": int(row["tftp.block"][0]), "bytes": int(row["udp.length"][0]) - 8 - 4}
        if frame["block"] == transfer["blocks"] + 1:  # block numbers of these small files do not wrap; a repeat counts once
            transfer["blocks"] += 1
            transfer["bytes"] += frame["bytes"]
            transfer["last_bytes"] = frame["bytes"]
    elif kind == "ack":
        frame["block"] = int(row["tftp.block"][0])
        if transfer["blocks"] and frame["block"] == transfer["blocks"] and transfer["last_bytes"] < transfer["block_size"]:
            transfer["complete"] = True
    elif kind == "error":
        frame |= {"error": int(row["tftp.error.code"][0]), "text": (row["tftp.error.message"] or [""])[0]}
        transfer["error"] = {"code": frame["error"], "from_client": source[0] == transfer["client_address"]}
    return frame


def _mark_answers(frames):
    """On every DISCOVER, the first OFFER of an address made for it: same client, transaction, side, and secs (servers echo it)."""
    waiting = {}
    for frame in frames:
        key = frame.get("client"), frame.get("transaction"), frame["side"], frame.get("secs")
        if frame.get("dhcp") == "discover":
            frame |= {"bucket": bucket(frame["client"], frame.get("client_id")), "answered_in": None}
            waiting[key] = frame
        elif frame.get("dhcp") == "offer" and frame.get("client_address") and key in waiting:
            waiting.pop(key)["answered_in"] = frame["frame"]


def _unique(values):
    return [value for index, value in enumerate(values) if value not in values[:index]]


def _client_facts(mac, frames, transfers):
    dhcp = [frame for frame in frames if frame.get("client") == mac]
    sent = [frame for frame in dhcp if frame["dhcp"] in ("discover", "request", "inform", "decline", "release")]
    received = [frame for frame in dhcp if frame["dhcp"] in ("offer", "ack", "nak")]
    arp = [frame for frame in frames if frame.get("sender") == mac]

    def values(field, of):
        return _unique([frame[field] for frame in of if field in frame])

    addresses = values("client_address", [frame for frame in received if frame["dhcp"] == "ack"])
    kinds = [frame["dhcp"] for frame in dhcp]
    return {
        "vendor_classes": values("vendor_class", sent), "architectures": values("architecture", sent),
        "client_ids": values("client_id", sent),
        "dhcp": [kind for index, kind in enumerate(kinds) if kinds[index - 1:index] != [kind]],  # repeats in a row once
        "discovers": _unique([{"secs": frame["secs"], "broadcast": frame["broadcast"], "bucket": frame["bucket"],
                               "answered": frame["answered_in"] is not None} for frame in dhcp if frame["dhcp"] == "discover"]),
        "addresses": addresses, "boot_files": values("boot_file", received),
        "offered_by": sorted(values("server_id", [frame for frame in received if frame["dhcp"] == "offer"])),
        "acknowledged_by": sorted(values("server_id", [frame for frame in received if frame["dhcp"] == "ack"])),
        "ports_asked": _unique([int(frame["to"].split(":")[1]) for frame in sent]),
        "arp": {kind: sorted({frame["target_address"] for frame in arp if frame["arp"] == kind}) for kind in ("announcement", "probe", "request")},
        "transfers": [{key: transfer[key] for key in ("server", "file", "mode", "asked", "agreed", "block_size", "blocks", "bytes", "complete", "error")}
                      for transfer in transfers if transfer["client_address"] in addresses],
    }


def facts(capture):
    frames, transactions, transfers = [], {}, []
    for row in _rows(capture):
        frame = {"frame": int(row["frame.number"][0]), "side": int(row["frame.interface_id"][0])}
        if row["dhcp.id"]:
            frame |= _dhcp_frame(row, transactions)
        elif row["arp.opcode"]:
            frame |= _arp_frame(row)
        else:
            frame |= _tftp_frame(row, transfers)
        frames.append(frame)
    _mark_answers(frames)
    # A capture of both sides of a relay shows everything twice: the facts are those of the first, the clients' side.
    near = [frame for frame in frames if frame["side"] == 0]
    clients = sorted({frame["client"] for frame in near if "dhcp" in frame})
    near_transfers = [transfer for transfer in transfers if transfer["side"] == "0"]
    return {"facts": {"frames_of_both_sides": len(near) != len(frames),
                      "relays": sorted({frame["relay"] for frame in frames if "relay" in frame}),
                      "clients": {mac: _client_facts(mac, near, near_transfers) for mac in clients}},
            "frames": frames}
