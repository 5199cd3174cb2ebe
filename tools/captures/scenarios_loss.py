# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures in which the mirror port dropped frames. The boot itself was healthy, so nothing may be accused, and no
hand-off may be invented. How reads are counted is left open there."""
from cast import boot_to_reads, new_boot, phase_1, without_reads
from catalogue import scenario

MIXED = (32768, 4096, 32768, 8192, 16384, 512, 32768, 2048, 12288, 4096, 32768, 1024)


def lossy(timeline, rate, burst=1, repeats=5, handed_off=False, overlapping=False):
    timeline.stream_snap = 64
    boot = boot_to_reads(timeline, (512, 4096))
    kept = set(timeline.frames)
    boot.read_all(MIXED * repeats)
    if handed_off:
        boot.wait(2.8)
        boot.announce()
        boot.wait(0.2)
        boot.port = 6905
        kept.update(boot.read(512))
        if overlapping:
            for _ in range(repeats):
                boot.overlapping_reads(MIXED)
        else:
            boot.read_all(MIXED * repeats)
    timeline.sort()
    lost = timeline.lose(timeline.rng, rate, lambda frame: frame.what == "stream" and frame not in kept, burst)
    assert lost, "nothing was lost"
    without_reads(timeline)
    for frame in timeline.frames:
        if frame.fields.get("pvs.kind") in ("3", "4") and frame not in kept:
            del frame.fields["pvs.kind"]  # where a burst ends is left open when parts of it are missing
        if overlapping and frame.step == 401:
            # How much of the overlapping survives the losses is left open.
            frame.later_fields.clear()
            del frame.fields["handoff.evidence"]


@scenario("0.1 % of the stream's frames lost at random; single read mode to the end.")
def loss_0_1_percent(timeline):
    lossy(timeline, 0.001, repeats=16)


@scenario("1 % of the stream's frames lost at random; single read mode to the end.")
def loss_1_percent(timeline):
    lossy(timeline, 0.01, repeats=8)


@scenario("5 % of the stream's frames lost at random; single read mode to the end.")
def loss_5_percent(timeline):
    lossy(timeline, 0.05, repeats=10)


@scenario("Bursts of 8 frames lost, 4 % in all; single read mode to the end.")
def loss_bursts_of_8(timeline):
    lossy(timeline, 0.04, burst=8, repeats=8)


@scenario("Bursts of 40 frames lost, 10 % in all; single read mode to the end.")
def loss_bursts_of_40(timeline):
    lossy(timeline, 0.10, burst=40, repeats=8)


@scenario("5 % lost before and after a hand-off by ARP and port; sequential reads on both sides, so no overlap is "
          "added.")
def loss_and_handoff(timeline):
    lossy(timeline, 0.05, repeats=3, handed_off=True)


@scenario("1 % lost before and after a hand-off by ARP and port, with overlapping reads after it.")
def loss_and_overlap(timeline):
    lossy(timeline, 0.01, repeats=3, handed_off=True, overlapping=True)


@scenario("Small reads only (512 bytes to 8 KB), 5 % lost at random: many short bursts, no hand-off.")
def loss_small_reads(timeline):
    timeline.stream_snap = 64
    boot = boot_to_reads(timeline, (512, 4096))
    kept = set(timeline.frames)
    for _ in range(250):
        boot.read(timeline.rng.choice((512, 1024, 1536, 2048, 2560, 3072, 4096, 6144, 8192)))
    timeline.sort()
    timeline.lose(timeline.rng, 0.05, lambda frame: frame not in kept)
    without_reads(timeline)
    for frame in timeline.frames:
        if frame.fields.get("pvs.kind") in ("3", "4") and frame not in kept:
            del frame.fields["pvs.kind"]


@scenario("Blocks and ACKs of the download lost at random (10 %), not its last block: it was completed, with fewer "
          "blocks seen.")
def loss_in_download(timeline):
    boot = new_boot(timeline)
    phase_1(boot, 40000)
    boot.logon(1)
    timeline.sort()
    timeline.lose(timeline.rng, 0.1, lambda frame: frame.step in (112, 113))
    sizes = [len(frame.data) - 46 for frame in timeline.frames if frame.step in (112, 201)]
    for frame in timeline.frames:
        if frame.step in (201, 202):
            frame.fields.update({"bootstrap.bytes": str(sum(sizes)), "bootstrap.blocks": str(len(sizes))})


@scenario("The OFFER was lost by the mirror port; REQUEST and ACK follow, so the DISCOVER was answered.")
def loss_of_offer(timeline):
    boot = new_boot(timeline)
    phase_1(boot, 4000)
    boot.logon(1)
    for frame in timeline.frames:
        frame.later_fields.pop("discover.answered_in", None)
    timeline.keep(lambda frame: frame.step != 102)
    boot.wait(5.0).logon(1)


@scenario("The network itself loses the tail of bursts; the target repeats its request after 1 s and gets the burst "
          "again. No hand-off.")
def loss_repeated_requests(timeline):
    boot = boot_to_reads(timeline, (512, 4096))
    before = len(timeline.frames)
    for size, got in ((8192, 3), (32768, 23), (4096, 1), (16384, 7), (8192, 5)):
        request = boot.read_request()
        boot.wait(0.0003)
        for _ in range(got):
            boot.read_data(request, 1408)
            boot.wait(0.000_012)
        boot.wait(1.0).repeat(request).experts.append("read.retry")
        boot.wait(0.0003)
        boot.burst(request, size)[-1].unchecked("whether a read whose first burst came in part is one slow read")
        boot.wait(0.0004)
        boot.read(512)
    without_reads(timeline)
    for frame in timeline.frames[before:]:
        frame.fields.pop("pvs.kind", None)
