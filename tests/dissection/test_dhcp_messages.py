# test_dhcp_messages.py
# DHCP messages that say where the boot file is in every way there is; and messages that are malformed elsewhere
#
# SPDX-License-Identifier: GPL-2.0-or-later

import pytest

from packets import SERVER, dhcp, ethernet, option, udp, write

MAC, CLIENT = b"\x02\0\0\0\0\xc1", bytes((10, 9, 0, 100))
PXE = option(60, b"PXEClient:Arch:00000") + option(54, SERVER)
NAME = b"ARDBP32.BIN"


def exchange(path, options, **fields):
    """DISCOVER, OFFER, REQUEST, ACK; the server's messages with these options; then silence of a minute."""
    def message(kind):
        ports = (67, 68) if kind in (2, 5) else (68, 67)
        told = PXE + (options if kind in (2, 5) else b"")
        return ethernet(MAC, kind in (1, 3), 17, udp(*ports, dhcp(MAC, CLIENT, kind, told, **(fields if kind in (2, 5) else {}))), CLIENT)
    other = ethernet(b"\x02\0\0\0\0\xc9", True, 17, udp(50000, 50000, b"x"), bytes((10, 9, 0, 9)))
    write(path, [(number / 10, message(kind)) for number, kind in enumerate((1, 2, 3, 5))]
          + [(number, other) for number in range(1, 60, 5)])


# What the server tells, and how: each names a boot file.
NAMED = {
    "option 67": (option(67, NAME), {}),
    "file": (b"", {"file": NAME}),
    "file without an end": (b"", {"file": b"x" * 128}),
    "overloaded file": (option(52, b"\1"), {"file": option(67, NAME) + b"\xff"}),
    "overloaded name": (option(52, b"\2"), {"name": option(67, NAME) + b"\xff"}),
    "in pieces": (option(67, NAME[:4]) + option(12, b"x") + option(67, NAME[4:]), {}),
    "malformed option 43 before": (option(43, b"\x06\xff\x01") + option(67, NAME), {}),
    "malformed option 43 after": (option(67, NAME) + option(43, b"\x09\x40\x80\x00\x10\x0a"), {}),
    "relay options": (option(82, b"\1\4abcd\2\2ef") + option(67, NAME), {}),
}
# And these name none.
NOT_NAMED = {
    "nothing": (b"", {}),
    "an empty name": (option(66, b"10.9.0.1") + option(67, b"\0"), {}),
    "options where the file would be": (option(52, b"\1"), {"file": option(12, b"host") + b"\xff"}),
}


@pytest.mark.parametrize("passes", [(), ("-2",)], ids=["one pass", "two passes"])
@pytest.mark.parametrize("how", [*NAMED, *NOT_NAMED])
def test_a_boot_file_is_found_wherever_it_is_named(bench, how, passes):
    options, fields = {**NAMED, **NOT_NAMED}[how]
    path = bench.scratch / f"dhcp-{how.replace(' ', '-')}.pcap"
    exchange(path, options, **fields)
    rows = bench.fields(path, ["pvsboot.step", "pvsboot.dhcp.no_bootfile"], *passes)
    assert [row.get("pvsboot.step") for row in rows][:4] == ["101", "102", "103", "104"]
    said = any("pvsboot.dhcp.no_bootfile" in row for row in rows)
    assert said == (how in NOT_NAMED) or not passes and not said


def test_bootp_is_no_dhcp(bench):
    path = bench.scratch / "bootp.pcap"
    write(path, [(number, ethernet(MAC, True, 17, udp(68, 67, dhcp(MAC, CLIENT, None, PXE)), CLIENT)) for number in range(5)])
    for passes in ((), ("-2",)):
        assert not any("pvsboot.step" in row for row in bench.fields(path, ["pvsboot.step"], *passes))
