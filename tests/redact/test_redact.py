# test_redact.py
# tools/redact on what the test captures do not hold: names, quoted packets, checksums, formats, bad input
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import stat
import subprocess
import sys

import pytest

from truth import ROOT, SYNTHETIC

sys.path.insert(0, str(ROOT / "tools" / "redact.d"))

REDACT = ROOT / "tools" / "redact"
BOOT = SYNTHETIC / "synthetic-boot.pcapng"
TARGET, SERVER, OTHER = "00:15:5d:01:02:03", "00:15:5d:0a:0b:0c", "02:50:56:97:00:77"


def run(*words, check=True):
    done = subprocess.run([REDACT, *map(str, words)], capture_output=True, text=True, timeout=120)
    if check:
        assert done.returncode == 0, done.stderr
    return done


@pytest.fixture
def redacted(tmp_path):
    """Writes packets of scapy, redacts them, and reads them again."""
    from scapy.all import rdpcap, wrpcap

    def make(packets, *options):
        for number, packet in enumerate(packets):
            packet.time = 1700000000 + number / 8
        capture, new = tmp_path / "in.pcap", tmp_path / "out.pcapng"
        wrpcap(str(capture), packets)
        run(capture, "-o", new, *options)
        raw = new.read_bytes()
        return list(rdpcap(str(new))), raw
    return make


def dhcp(options, **fields):
    from scapy.all import BOOTP, DHCP, IP, UDP, Ether
    mac = bytes.fromhex(TARGET.replace(":", ""))
    return (Ether(src=TARGET, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255") / UDP(sport=68, dport=67)
            / BOOTP(op=1, chaddr=mac, xid=7, **fields) / DHCP(options=[("message-type", "discover"), *options, "end"]))


def test_names_and_addresses_in_dhcp_are_others_of_the_same_length(redacted):
    packet = dhcp([("hostname", b"FINANCE-PC-0042"), ("domain", b"corp.example.com"), ("router", "10.20.30.1"),
                   ("tftp_server_name", b"10.20.30.40"), ("vendor_class_id", b"PXEClient:Arch:00007"),
                   ("boot-file-name", b"pvsnbpx64.efi\0"), ("client_id", b"\x01" + bytes.fromhex(TARGET.replace(":", ""))),
                   (97, b"\0" + b"MACHINE-IDENTITY"), (82, b"\x01\x08switch-7")], sname=b"pvs01.corp.example.com")
    [new], raw = redacted([packet])
    old_options = dict(one[:2] for one in packet["DHCP options"].options if isinstance(one, tuple))
    options = dict(one[:2] for one in new["DHCP options"].options if isinstance(one, tuple))
    assert len(bytes(new)) == len(bytes(packet))
    for text in (b"FINANCE", b"0042", b"corp", b"example", b"MACHINE", b"switch", b"pvs01", b"10.20.30.40"):
        assert text not in raw
    assert options["vendor_class_id"] == b"PXEClient:Arch:00007" and b"pvsnbpx64.efi" in options["boot-file-name"]
    for name in ("hostname", "domain", "tftp_server_name"):
        assert len(options[name]) == len(old_options[name]) and options[name] != old_options[name]
    # Equal parts of names are equal still, and the address as text is the address of the frames.
    assert options["domain"].split(b".")[1:] == new["BOOTP"].sname.rstrip(b"\0").split(b".")[2:]
    assert options["client_id"][1:] == new["BOOTP"].chaddr[:6] == bytes.fromhex(new["Ether"].src.replace(":", ""))
    assert options["router"] != "10.20.30.1" and options["router"].startswith("10.")


def test_the_vendor_of_a_card_stays_or_not(redacted):
    [new], _ = redacted([dhcp([])])
    assert new.src[:8] == TARGET[:8] and new.src[9:] != TARGET[9:]


def test_the_vendor_of_a_card_can_be_hidden(redacted):
    [new], raw = redacted([dhcp([])], "--hide-vendors")
    assert new.src[:8] != TARGET[:8] and int(new.src[:2], 16) & 3 == 0
    assert bytes.fromhex(TARGET.replace(":", ""))[:3] not in raw[100:]


def udp(payload, sport=6910, dport=6901, source="10.20.30.40", destination="10.20.30.99", **ip):
    from scapy.all import IP, UDP, Ether, Raw
    return Ether(src=SERVER, dst=TARGET) / IP(src=source, dst=destination, **ip) / UDP(sport=sport, dport=dport) / Raw(payload)


def test_equal_payloads_stay_equal_and_others_different(redacted):
    one, two = b"the registry of a machine" * 20, b"the registry of another one" * 20
    frames, raw = redacted([udp(one), udp(two), udp(one), udp(b"ab"), udp(b"ac"), udp(b"ab")])
    payloads = [bytes(frame["Raw"].load) for frame in frames]
    assert payloads[0] == payloads[2] != payloads[1] and payloads[3] == payloads[5] != payloads[4]
    assert [len(payload) for payload in payloads] == [500, 540, 500, 2, 2, 2]
    assert b"registry" not in raw and b"machine" not in raw


def test_what_only_looks_like_a_transfer_is_overwritten(redacted):
    """On the port of two-stage boot, and from a port that asked for a file before."""
    secret = bytes(range(128, 200))
    asked = udp(b"\0\1ardbp32.bin\0octet\0", 6901, 69, "10.20.30.99", "10.20.30.40")
    frames, raw = redacted([udp(b"\x08\x17" + secret, 6901, 6969), asked, udp(b"\0\5\0\1" + secret + b"\0", 3000)])
    assert secret[:8] not in raw and secret[-8:] not in raw
    payloads = [bytes(frame["UDP"].payload) for frame in frames]
    assert b"ardbp32.bin" in payloads[1] and payloads[2][:4] == b"\0\5\0\1"


def test_the_key_is_new_in_each_run(tmp_path):
    for name in ("one.pcapng", "two.pcapng"):
        run(BOOT, "-o", tmp_path / name)
    assert (tmp_path / "one.pcapng").read_bytes() != (tmp_path / "two.pcapng").read_bytes()


def checksum_states(bench, path):
    path.chmod(0o644)
    rows = bench.fields(path, ["ip.checksum.status", "udp.checksum.status", "udp.checksum"], "-o", "ip.check_checksum:TRUE",
                        "-o", "udp.check_checksum:TRUE")
    return [tuple(row.get(name) for name in ("ip.checksum.status", "udp.checksum.status")) for row in rows]


def test_right_checksums_stay_right_and_wrong_ones_wrong(bench, redacted, tmp_path):
    from scapy.all import IP, Ether
    right = Ether(bytes(udp(b"x" * 100)))
    wrong, wrong_header, none = (Ether(bytes(right)) for _ in range(3))
    wrong["UDP"].chksum ^= 0x1234
    wrong_header["IP"].chksum ^= 0x0101
    none["UDP"].chksum = 0
    unfinished = Ether(bytes(right))
    pseudo = bytes(IP(src="10.20.30.40", dst="10.20.30.99"))[12:20] + bytes((0, 17)) + (108).to_bytes(2, "big")
    unfinished["UDP"].chksum = sum(int.from_bytes(pseudo[at:at + 2], "big") for at in range(0, 12, 2)) % 65535
    frames, _ = redacted([right, wrong, wrong_header, none, unfinished])
    before, after = (checksum_states(bench, tmp_path / name) for name in ("in.pcap", "out.pcapng"))
    assert after == before and after[0] == ("1", "1") and after[1][1] == "0" and after[2][0] == "0"
    new = frames[4]
    pseudo = bytes(new["IP"])[12:20] + bytes((0, 17)) + (108).to_bytes(2, "big")
    assert new["UDP"].chksum == sum(int.from_bytes(pseudo[at:at + 2], "big") for at in range(0, 12, 2)) % 65535


def test_fragments_are_filled_and_their_checksum_stays_right(bench, redacted, tmp_path):
    from scapy.all import Ether, fragment
    whole = Ether(bytes(udp(bytes(range(256)) * 12, id=77)))
    _, raw = redacted([Ether(bytes(one)) for one in fragment(whole, 1480)])
    assert len(list(fragment(whole, 1480))) == 3
    assert checksum_states(bench, tmp_path / "out.pcapng")[2][1] == checksum_states(bench, tmp_path / "in.pcap")[2][1] == "1"
    assert bytes(range(8, 40)) not in raw


def test_what_an_icmp_error_quotes_is_the_quoted_frame(redacted):
    from scapy.all import ICMP, IP, Ether
    asked = Ether(bytes(udp(b"secret of the disk" * 4, 6901, 6910, "10.20.30.99", "10.20.30.40")))
    error = Ether(bytes(Ether(src=SERVER, dst=TARGET) / IP(src="10.20.30.40", dst="10.20.30.99") / ICMP(type=3, code=3)
                        / asked["IP"]))
    frames, raw = redacted([asked, error])
    quoted = frames[1]["ICMP"].payload
    assert bytes(quoted)[:20] == bytes(frames[0]["IP"])[:20]
    assert (quoted.sport, quoted.dport) == (6901, 6910)
    assert b"secret" not in raw
    rebuilt = Ether(bytes(frames[1]))
    del rebuilt["ICMP"].chksum
    assert Ether(bytes(rebuilt))["ICMP"].chksum == frames[1]["ICMP"].chksum


def others():
    from scapy.all import DNS, DNSQR, IP, TCP, UDP, Ether, Raw
    ether, ip = Ether(src=TARGET, dst=SERVER), IP(src="10.20.30.99", dst="10.20.30.40")
    return [ether / ip / TCP(sport=50000, dport=445, flags="PA") / Raw(b"file share"),
            ether / ip / UDP(sport=50000, dport=53) / DNS(qd=DNSQR(qname="finance.example.com"))]


def test_of_other_protocols_only_an_empty_shell_is_left(redacted):
    frames, raw = redacted([*others(), udp(b"x" * 50)])
    assert len(frames) == 3 and b"file share" not in raw and b"finance" not in raw
    assert [len(bytes(frame)) for frame in frames[:2]] == [14, 14] and {frame.type for frame in frames[:2]} == {0x88b5}
    assert frames[0].src == frames[2].dst != TARGET


def test_what_is_of_other_protocols_can_be_left_out(redacted):
    frames, raw = redacted([*others(), udp(b"x" * 50)], "--drop-other")
    assert len(frames) == 1 and b"file share" not in raw and b"finance" not in raw


def test_what_is_of_other_protocols_can_be_kept_whole(redacted):
    frames, raw = redacted([*others(), udp(b"x" * 50)], "--keep-other")
    assert len(frames) == 3 and b"file share" in raw and b"finance" in raw


def test_comments_and_names_are_left_out(tmp_path):
    noted = tmp_path / "noted.pcapng"
    subprocess.run(["editcap", "-a", "1:SECRET NOTE", BOOT, noted], check=True, capture_output=True, timeout=60)
    assert b"SECRET NOTE" in noted.read_bytes()
    run(noted, "-o", tmp_path / "out.pcapng")
    written = (tmp_path / "out.pcapng").read_bytes()
    assert b"SECRET NOTE" not in written and b"SYNTHETIC" not in written


@pytest.mark.parametrize("form", ["pcap", "nsecpcap", "snoop"])
def test_other_formats_are_read(tmp_path, form):
    subprocess.run(["editcap", "-F", form, BOOT, tmp_path / "in"], check=True, capture_output=True, timeout=60)
    assert "frames" in run(tmp_path / "in", "-o", tmp_path / "out.pcapng").stderr


def test_a_capture_that_is_cut_short_is_written_as_far_as_it_goes(tmp_path):
    (tmp_path / "cut.pcapng").write_bytes(BOOT.read_bytes()[:50_000])
    done = run(tmp_path / "cut.pcapng", "-o", tmp_path / "out.pcapng", check=False)
    assert done.returncode == 1 and "cut short" in done.stderr
    assert (tmp_path / "out.pcapng").stat().st_size > 10_000


@pytest.mark.parametrize("words, complaint, status", [
    ([], "usage:", 2),
    ([BOOT], "-o", 2),
    (["--what", BOOT, "-o", "out"], "unrecognized arguments", 2),
    (["/no/such", "-o", "out"], "No such file", 1),
    ([ROOT / "README.md", "-o", "out"], "isn't a capture file", 1),
    ([BOOT, "-o", BOOT], "exists already", 1),
    ([BOOT, "-o", "notes"], "exists already", 1),
])
def test_what_goes_wrong_is_said(tmp_path, words, complaint, status, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").write_text("mine")
    size = BOOT.stat().st_size
    done = run(*words, check=False)
    assert done.returncode == status and complaint in done.stderr and "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes"] and (tmp_path / "notes").read_text() == "mine"
    assert BOOT.stat().st_size == size


def test_help_is_told(tmp_path):
    done = run("--help")
    assert "can be given away" in done.stdout and "--hide-vendors" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root reads what nobody else may")
def test_what_only_root_may_read_is_read(tmp_path):
    (tmp_path / "mine.pcapng").write_bytes(BOOT.read_bytes())
    (tmp_path / "mine.pcapng").chmod(0o600)
    run(tmp_path / "mine.pcapng", "-o", tmp_path / "out.pcapng")
    assert stat.S_IMODE((tmp_path / "mine.pcapng").stat().st_mode) == 0o600


def test_addresses_keep_what_they_say():
    from addresses import Addresses, bucket
    from filler import Filler
    addresses = Addresses(Filler(), False)
    network = [addresses.ipv4(bytes((10, 1, 2, last))) for last in range(256)]
    assert len(set(network)) == 256 and len({one[:3] for one in network}) == 1
    assert network[0][3] == 0 and network[255][3] == 255
    assert all(len(str(new[3])) == len(str(last)) for last, new in enumerate(network))
    assert all(new[3] != last for last, new in enumerate(network) if last not in (0, 255))
    for special in ((0, 0, 0, 0), (255, 255, 255, 255), (224, 0, 0, 251), (127, 0, 0, 1)):
        assert addresses.ipv4(bytes(special)) == bytes(special)
    assert addresses.ipv4(bytes((192, 168, 7, 9)))[:2] == bytes((192, 168))
    for number in range(50):
        mac = bytes((0, 0x15, 0x5d, number, 7, 9))
        new = addresses.mac(mac)
        assert new != mac and bucket(new) == bucket(mac) and bucket(b"\1" + new) == bucket(b"\1" + mac)
        identifier = b"\0" + bytes((number,)) * 16
        assert bucket(addresses.client_id(identifier)) == bucket(identifier) and addresses.client_id(identifier) != identifier


def test_the_table_of_rfc_3074_is_that_of_the_plugin():
    from addresses import MIXING
    source = (ROOT / "plugin" / "boot" / "dhcp_load_balance.c").read_text()
    numbers = source.split("mixing_table[256] = {")[1].split("}")[0]
    assert bytes(map(int, numbers.replace(",", " ").split())) == MIXING


