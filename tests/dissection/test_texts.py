# test_texts.py
# Names that a sender chose, on every output: valid, on one line, and cut between characters
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import xml.etree.ElementTree as xml

import pytest

from packets import SERVER, dhcp, ethernet, option, udp, write
LONGEST = 255       # characters of a name that are kept (plugin/packet_text.h)
IN_A_TEXT = 40      # characters of a name in the text of a finding
VERSION = b"Provisioning Services bootstrap v"

# Characters of one to four bytes; and what must not be shown as it is: a byte of no character, a new line, a separator
# of lines, and a mark that turns the line around.
CHARACTERS = {"x": b"x", "two bytes": "\xe4".encode(), "three bytes": "\u20ac".encode(), "four bytes": "\U0001f600".encode(),
              "no character": b"\xff", "new line": b"\n", "separator": "\u2028".encode(), "override": "\u202e".encode()}
LENGTHS = [1, 2, *range(IN_A_TEXT - 2, IN_A_TEXT + 3), 63, 64, 127, 128, *range(LONGEST - 2, LONGEST + 3), 300]


def boot(number, name):
    """One client's try: the file is named by DHCP, asked for, and refused in the server's words."""
    mac = bytes((2, 0, 0, 1, 0, number))
    client = bytes((10, 9, 1 + number // 200, number % 200 + 1))
    pxe = option(60, b"PXEClient:Arch:00000") + option(54, SERVER)
    by_option = option(66, name) + option(67, name)
    # A header holds 128 bytes, and no more: half of the clients are told there.
    told = (pxe + option(66, name), name) if number % 2 and len(name) <= 128 else (pxe + by_option, b"")
    yield ethernet(mac, True, 17, udp(68, 67, dhcp(mac, client, 1, pxe)), client)
    yield ethernet(mac, False, 17, udp(67, 68, dhcp(mac, client, 2, *told)), client)
    yield ethernet(mac, True, 17, udp(68, 67, dhcp(mac, client, 3, pxe)), client)
    yield ethernet(mac, False, 17, udp(67, 68, dhcp(mac, client, 5, *told)), client)
    yield ethernet(mac, True, 17, udp(2070, 69, b"\0\1" + name + b"\0octet\0blksize\x001456\0"), client)
    yield ethernet(mac, False, 17, udp(50000, 2070, b"\0\5\0\1" + name + b"\0"), client)
    yield ethernet(mac, True, 17, udp(2071, 69, b"\0\1" + name + b"\0octet\0"), client)
    # Its version text is as long as the name, and of its characters.
    yield ethernet(mac, False, 17, udp(50001, 2071, b"\0\3\0\1" + (VERSION + name + b"\0")[:500]), client)
    yield ethernet(mac, True, 17, udp(2071, 50001, b"\0\4\0\1"), client)


NAMES = [(what, length) for what in CHARACTERS for length in LENGTHS]


@pytest.fixture(scope="module")
def capture(bench):
    path = bench.scratch / "texts.pcap"
    write(path, [(number + at / 100, frame) for number, (what, length) in enumerate(NAMES)
                 for at, frame in enumerate(boot(number, CHARACTERS[what] * length))])
    return path


def must_be_valid(text):
    """What bench.run could not decode it would have told; what is left must be characters, and no control ones."""
    text.encode("utf-8")
    assert not {character for character in text if ord(character) < 32} - {"\n", "\t"}
    assert not set("\x7f\x85\u2028\u2029\u202e") & set(text)


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_names_are_valid_on_every_output(bench, capture, passes):
    only_ours = ("-j", "pvsboot pvs")
    for packet in json.loads(bench.tshark(capture, *passes, "-T", "json", *only_ours)):
        must_be_valid(json.dumps(packet["_source"]["layers"].get("pvsboot"), ensure_ascii=False))
    for line in bench.tshark(capture, *passes, "-T", "ek", *only_ours).strip().split("\n"):
        must_be_valid(json.dumps(json.loads(line), ensure_ascii=False))
    for protocol in xml.fromstring(bench.tshark(capture, *passes, "-T", "pdml")).iter("proto"):
        if protocol.get("name") == "pvsboot":
            must_be_valid(xml.tostring(protocol, encoding="unicode"))
    must_be_valid(bench.tshark(capture, *passes, "-V", "-O", "pvsboot,pvs"))
    must_be_valid(bench.tshark(capture, *passes, "-q", "-z", "pvsboot,boots", "-z", "pvsboot,tree"))
    document = json.loads(bench.tshark(capture, *passes, "-q", "-z", "pvsboot,json"))
    must_be_valid(json.dumps(document, ensure_ascii=False))
    assert len(document["boots"]) == len(NAMES)


def nodes_of(tree, ours=False):
    """The labels below our protocols: Wireshark's own are its business."""
    for node in tree:
        mine = ours or node.get("f", "").split(" ")[0] in ("pvs", "pvsboot")
        if mine:
            yield node["l"]
        yield from nodes_of(node.get("n", []), mine)


def test_sharkd_gives_valid_names(bench, capture):
    _, rows, *frames = bench.sharkd(("load", {"file": str(capture)}), ("frames", {}), *[
        ("frame", {"frame": number, "proto": True}) for number in range(1, 9 * len(NAMES) + 1)])
    assert len(rows) == len(frames)
    labels = [label for frame in frames for label in nodes_of(frame["tree"])]
    assert len(labels) > len(frames)
    for label in labels:
        must_be_valid(label)


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
def test_the_name_is_as_asked_for(bench, capture, passes):
    """Every character that can be shown, up to the longest name, and then an ellipsis."""
    rows = bench.fields(capture, ["pvsboot.step", "pvsboot.boot", "pvsboot.bootstrap.file"], *passes)
    asked = {int(row["pvsboot.boot"]): row["pvsboot.bootstrap.file"] for row in rows if row.get("pvsboot.step") == "110"}
    expected = {}
    for number, (what, length) in enumerate(NAMES, 1):
        shown = CHARACTERS[what].decode() if what in ("x", "two bytes", "three bytes", "four bytes") else "\ufffd"
        expected[number] = shown * min(length, LONGEST) + ("\u2026" if length > LONGEST else "")
    assert asked == expected
