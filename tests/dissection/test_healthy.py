# test_healthy.py
# Healthy boots, captured badly: one half only, through a port filter, from the middle on, without DHCP. No fault is said
#
# A fault may only be said where the capture shows what it needs, so taking frames away must never make one. Each capture
# goes on for 40 s after the boot, so that "nothing followed" cannot be meant either.
#
# SPDX-License-Identifier: GPL-2.0-or-later

import sys

import pytest

from truth import ROOT, Truth, names

sys.path.insert(0, str(ROOT / "tools" / "captures"))
import pcapng  # noqa: E402

# Severity Warning.
FAULTS = {
    "discover.unanswered", "discover.flag_decides", "dhcp.no_bootfile", "dhcp.refused", "dhcp.address_changed",
    "arp.unanswered", "arp.conflict", "bootstrap.unanswered", "bootstrap.error", "bootstrap.incomplete", "logon.unanswered",
    "stream.stalled", "read.burst_too_long", "handoff.missing", "dhcp.offer_not_taken", "dhcp.request_unanswered",
    "pxe.unanswered", "arp.probed", "bootstrap.not_requested", "bootstrap.not_heard", "bootstrap.wrong_firmware",
    "bootstrap.other_server", "logon.missing", "logon.refused", "logon.stopped", "stream.server_loop", "boot.loop",
}
PASSES = {"one pass": (), "two passes": ("-2",)}

# Whole boots whose hand-off does not hang on one kind of frame.
BOOTS = ("boot", "boot-uefi", "boot-two-stage", "boot-static", "boot-proxydhcp", "boot-chained-loader", "relayed",
         "merged-two-hosts", "two-boots", "stop-and-wait-handoff", "running-40")
# Without its stream the first of two boots looks like a bootstrap that never ran: the next boot within 60 s is its proof.
NOT_JUDGED = {("two-boots", "without the ports of PVS")}


class Frame:
    def __init__(self, number, time, data, original):
        self.number, self.time, self.data, self.original = number, time, data, original
        ip = 14 + 4 * (data[12:14] == b"\x81\x00")
        self.source = data[6:12]
        udp = data[ip - 2:ip] == b"\x08\x00" and data[ip + 9] == 17
        self.ports = {int.from_bytes(data[ip + at:ip + at + 2], "big") for at in (20, 22)} if udp else set()
        self.arp = data[ip - 2:ip] == b"\x08\x06"


def targets(name):
    return {bytes.fromhex(boot["target"].replace(":", "")) for boot in Truth(name).boots if boot["target"]}


DHCP, TFTP = {67, 68}, {69}
# What is left of a capture: frame, the targets' MACs, the share of frames before it -> is it there?
LOSSES = {
    "the target's half": lambda frame, macs, share: frame.source in macs,
    "the server's half": lambda frame, macs, share: frame.source not in macs,
    "ports 67, 68, 69 and 4011": lambda frame, macs, share: bool(frame.ports & {67, 68, 69, 4011}),
    "without DHCP": lambda frame, macs, share: not frame.ports & DHCP,
    "without ARP": lambda frame, macs, share: not frame.arp,
    "without the ports of PVS": lambda frame, macs, share: not frame.ports & set(range(6890, 6970)),
    "the logon and stream only": lambda frame, macs, share: bool(frame.ports & set(range(6890, 6970))),
    "from the first third on": lambda frame, macs, share: share > 1 / 3,
    "from the middle on": lambda frame, macs, share: share > 0.5,
    "the last tenth": lambda frame, macs, share: share > 0.9,
}


def captured_badly(bench, name, loss):
    """The capture of which `loss` is left, with a second at its beginning and 40 s at its end of others' frames."""
    frames = [Frame(number, *record) for number, record in enumerate(pcapng.records(Truth(name).capture), 1)]
    macs = targets(name)
    left = [frame for frame in frames if LOSSES[loss](frame, macs, frame.number / len(frames))]
    first, last = frames[0].time, frames[-1].time
    other = bytes.fromhex("ffffffffffff02005e10000f0806000108000604000102005e10000f0a4d09fa0000000000000a4d09fb") + b"\0" * 18
    path = bench.scratch / f"badly-{name}-{loss.replace(' ', '-').replace(chr(39), '')}.pcapng"
    with open(path, "wb") as file:
        file.write(pcapng.header("SYNTHETIC: a part of " + name))
        file.write(pcapng.packet(first - 7_000_000_000, other))
        for frame in left:
            file.write(pcapng.packet(frame.time, frame.data, original=frame.original))
        for second in range(5, 45, 5):
            file.write(pcapng.packet(last + second * 1_000_000_000, other))
    path.chmod(0o644)
    return path


@pytest.mark.parametrize(("name", "loss"), [(name, loss) for name in BOOTS for loss in LOSSES
                                            if (name, loss) not in NOT_JUDGED])
def test_taking_frames_away_makes_no_fault(bench, findings, name, loss):
    capture = captured_badly(bench, "synthetic-" + name, loss)
    wrong = []
    for passes, arguments in PASSES.items():
        rows = bench.fields(capture, sorted({f"pvsboot.{fault}" for fault in FAULTS} & set(findings)), *arguments)
        wrong += [f"{passes}, frame {row['frame.number']}: {key}" for row in rows for key in row if key in findings]
    assert not wrong, "\n".join(wrong)


def healthy():
    """Captures of whose frames and boots no fault is recorded."""
    for name in names():
        truth = Truth(name)
        said = {finding for row in truth.frames.values() for key in ("experts", "experts_two_pass", "experts_one_pass")
                for finding in row.get(key) or []}
        if not said & FAULTS and all(boot["outcome"] and not boot["outcome"]["finding"] for boot in truth.boots):
            yield name


def test_the_healthy_captures_have_no_fault(told, findings):
    """test_truth.py looks at each of them; this counts them, and tells all false faults at once."""
    faults = {f"pvsboot.{fault}" for fault in FAULTS}
    assert faults <= set(findings)
    looked_at = list(healthy())
    wrong = [f"{name} frame {number}: {finding}" for name in looked_at
             for number, row in told(Truth(name).capture, "-2").frames.items() for finding in faults & set(row)]
    assert len(looked_at) > 100
    assert not wrong, "\n".join(wrong)
