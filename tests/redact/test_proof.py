# test_proof.py
# tools/redact on every capture: the plugin tells the same of what it writes, and nothing of the original is in it
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import re
import subprocess

import pytest

from truth import RECORDED, ROOT, SYNTHETIC

REDACT = ROOT / "tools" / "redact"
TIME_LIMIT = 120
CAPTURES = sorted([*SYNTHETIC.glob("*.pcapng"), *RECORDED.glob("*.pcapng")])
# What a frame says apart from addresses; how a file's bytes are dissected is not asked.
FIELDS = ["frame.time_epoch", "frame.len", "frame.cap_len", "frame.protocols", "udp.srcport", "udp.dstport", "vlan.id",
          "ip.checksum.status", "udp.checksum.status", "icmp.checksum.status",
          "dhcp.option.type", "dhcp.option.length", "dhcp.option.dhcp", "dhcp.id", "dhcp.secs", "dhcp.flags", "dhcp.file",
          "arp.opcode", "tftp.opcode", "tftp.source_file", "tftp.block", "tftp.option.name", "tftp.option.value",
          "pvs.service", "pvs.direction", "pvs.kind", "pvs.read", "pvs.read.size", "pvs.read.packets", "pvs.read.time",
          "pvs.read.request_in", "pvs.read.last_in", "pvs.tsb.opcode", "pvs.tsb.file", "pvs.tsb.block", "pvs.ipc.type",
          "pvsboot.phase", "pvsboot.step", "pvsboot.boot", "pvsboot.certainty", "pvsboot.time", "pvsboot.phase_time",
          "pvsboot.discover.attempt", "pvsboot.discover.bucket", "pvsboot.discover.answered_in",
          "pvsboot.bootstrap.file", "pvsboot.bootstrap.version", "pvsboot.bootstrap.complete", "pvsboot.bootstrap.bytes",
          "pvsboot.handoff", "pvsboot.handoff.evidence", "pvsboot.handoff.gap"]
# What must be gone, as bytes, from the original.
PAYLOADS = ["udp.payload", "tcp.payload", "data.data"]
ADDRESSES = ["eth.src", "eth.dst", "arp.src.hw_mac", "arp.dst.hw_mac", "dhcp.hw.mac_addr"]
IP_ADDRESSES = ["ip.src", "ip.dst", "arp.src.proto_ipv4", "arp.dst.proto_ipv4", "dhcp.ip.your", "dhcp.ip.server",
                "dhcp.ip.relay", "dhcp.option.dhcp_server_id", "dhcp.option.router", "dhcp.option.domain_name_server"]
NAMES = ["dhcp.option.hostname", "dhcp.option.domain_name", "dhcp.server", "dhcp.option.tftp_server_name",
         "dhcp.fqdn.name"]
SECRETS = [*PAYLOADS, *ADDRESSES, *IP_ADDRESSES, *NAMES, "tftp.error.message", "dhcp.option.vendor_class_id"]
NOBODYS = re.compile(r"ff:ff:ff:ff:ff:ff|00:00:00:00:00:00|0\.0\.0\.0|(22[4-9]|23\d|24\d|25[0-5])\..*|127\..*")
ADDRESS = re.compile(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b|\b(?:\d{1,3}\.){3}\d{1,3}\b|\b[0-9a-f]{4}:[0-9a-f:]*:[0-9a-f:]*[0-9a-f]\b")


@pytest.fixture(scope="session")
def redact(tmp_path_factory):
    """Runs tools/redact; gives the path of what it wrote."""
    def run(capture, *arguments):
        written = tmp_path_factory.mktemp("redacted") / capture.name
        written.parent.chmod(0o755)
        subprocess.run([REDACT, capture, "-o", written, *arguments], check=True, capture_output=True, timeout=TIME_LIMIT)
        written.chmod(0o644)
        return written
    return run


def told(bench, capture, name, fields):
    """Rows of fields, and the document on the boots, in one run."""
    document = bench.scratch / name
    rows = bench.fields(capture, fields, "-2", "-E", "occurrence=a", "-E", "aggregator=|", "-z", f"pvsboot,json,{document}")
    try:
        return rows, json.loads(document.read_text())
    finally:
        document.unlink()


class Renamer:
    """Writes every address as the number in which it was met: two documents are one if all but addresses is."""

    def __init__(self):
        self.met = {}

    def text(self, text):
        return ADDRESS.sub(lambda found: found[0] if NOBODYS.fullmatch(found[0]) else
                           f"<{self.met.setdefault(found[0], len(self.met))}>", text)

    def all(self, value):
        if isinstance(value, dict):
            return {key: self.all(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.all(one) for one in value]
        return self.text(value) if isinstance(value, str) else value


def of_plugin(row):
    return any(name.startswith(("pvs.", "pvsboot.")) for name in row)


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: path.stem)
def test_the_plugin_tells_the_same_and_nothing_is_left(bench, redact, capture):
    written = redact(capture)
    before, document = told(bench, capture, "before.json", [*FIELDS, *SECRETS])
    after, new_document = told(bench, written, "after.json", FIELDS)
    assert len(after) == len(before)
    old_names, new_names = Renamer(), Renamer()
    for old, new in zip(before, after):
        ours = {"arp", "dhcp", "tftp", "icmp", "icmpv6"} & set(new["frame.protocols"].split(":"))
        assert ours == {"arp", "dhcp", "tftp", "icmp", "icmpv6"} & set(old["frame.protocols"].split(":"))
        names = set(FIELDS) - {"frame.protocols"}
        if not ours and not of_plugin(old):
            names = {"frame.time_epoch", "frame.len"} | {name for name in FIELDS if name.startswith(("pvs.", "pvsboot."))}
        assert {name: new_names.text(new[name]) for name in FIELDS if name in names and name in new} == \
            {name: old_names.text(old[name]) for name in FIELDS if name in names and name in old}
    assert new_names.all(new_document) == old_names.all(document)
    nothing_is_left(before, written.read_bytes())


def values(rows, names):
    return {value for row in rows for name in names for value in row.get(name, "").split("|") if value}


def nothing_is_left(rows, written):
    windows = {written[place:place + 8] for place in range(len(written) - 7)}
    stays = texts_that_stay(rows)
    for payload in secret_payloads(rows):
        for place in range(len(payload) - 7):
            run = payload[place:place + 8]
            # Zeros with a number between them stand in headers of any capture.
            assert run not in windows or len(set(run)) < 4 or any(run in text for text in stays), run
    for address in values(rows, ADDRESSES):
        if not NOBODYS.fullmatch(address) and not int(address[:2], 16) & 1:
            assert bytes.fromhex(address.replace(":", "")) not in written, address
            assert address.encode() not in written
    for address in values(rows, IP_ADDRESSES):
        if not NOBODYS.fullmatch(address):
            assert not re.search(rb"(?<![0-9.])" + re.escape(address.encode()) + rb"(?![0-9.])", written), address
    for name in values(rows, NAMES):
        if not ADDRESS.fullmatch(name) and len(name) > 3:
            assert name.encode() not in written, name


def texts_that_stay(rows):
    """The bootstrap's version text, which two-stage boot sends inverted; names of boot files, also in a request that an
    ICMP error quotes; what a TFTP server says of an error; and what firmware says of itself, with its length, which the
    same firmware says in DHCPv6 too."""
    versions = [f"Provisioning Services bootstrap v{version}".encode()
                for version in values(rows, ["pvsboot.bootstrap.version"]) | {""}]
    return [*versions, *(bytes(byte ^ 0xff for byte in version) for version in versions),
            *(b"\0\1" + name.encode() + b"\0octet\0" for name in values(rows, ["tftp.source_file"]) | {"ARDBP32.BIN"}),
            *(text.encode() for text in values(rows, ["tftp.error.message"])),
            *(bytes([len(text)]) + text.encode() for text in values(rows, ["dhcp.option.vendor_class_id"]))]


def secret_payloads(rows):
    """Payloads of datagrams, without the headers of TFTP, two-stage boot and inter-server messages."""
    for row in rows:
        if "dhcp" in row["frame.protocols"].split(":"):
            continue
        payload = bytes.fromhex(row.get("udp.payload", "").split("|")[0].replace(":", ""))
        if row.get("tftp.opcode") in (None, "3") and payload[:2] != b"\x08\x17":
            yield payload[4:] if "tftp.opcode" in row or row.get("pvs.service") in ("2", "3") else payload
        for name in PAYLOADS[1:]:
            if "tftp.opcode" not in row:
                yield bytes.fromhex(row.get(name, "").split("|")[0].replace(":", ""))


def test_every_capture_is_there():
    assert len(CAPTURES) > 100
