# SPDX-License-Identifier: GPL-2.0-or-later
"""The machines that most scenarios share, and the whole boot that most of them begin with."""
import wire
from boot_script import Boot
from timeline import seconds
from wire import Machine


def dhcp_server():
    return Machine("02:50:56:00:00:02", "10.77.0.2")


def pvs_server(number=1):
    return Machine("02:50:56:00:01:%02x" % number, "10.77.0.%d" % (9 + number))


def target(number=1):
    return Machine("02:50:56:97:%02x:%02x" % (number >> 8, number & 255), "10.77.%d.%d" % (1 + number // 200,
                                                                                           20 + number % 200))


def chatter(timeline, start, end, every=4.0):
    """Machines that are nobody's boot talk on, so that the capture goes on: 10.77.0.1 and .3 ask for each other."""
    router, printer = Machine("02:50:56:00:00:01", "10.77.0.1"), Machine("02:50:56:00:00:03", "10.77.0.3")
    time = start
    while True:
        timeline.add(seconds(time), wire.arp(router.mac, router.ip, printer.ip), "other", "arp")
        timeline.add(seconds(time + 0.0002), wire.arp(printer.mac, printer.ip, router.ip, router.mac, True),
                     "other", "arp")
        if time >= end:
            return
        time = min(time + every, end)


def new_boot(timeline, start=0.0, number=1, **more):
    return Boot(timeline, target(number), pvs_server(), start, dhcp_server(), **more)


def phase_1(boot, size=4000, **more):
    """DHCP, ARP for the server, size probe and download."""
    boot.dora()
    boot.resolve(boot.server)
    boot.download(size=size, **more)
    return boot.wait(0.004)


def boot_to_reads(timeline, sizes=(512, 4096, 2048, 5120), start=0.0, number=1, size=4000, **more):
    """A boot up to single read mode."""
    boot = new_boot(timeline, start, number, **more)
    phase_1(boot, size)
    boot.logon()
    return boot.read_all(sizes)


def finish(boot, sizes=(4096, 3072, 5120, 4096, 2048)):
    """The usual end of a good boot: an announcement after a pause, then overlapping reads from port 6905."""
    boot.wait(2.6).announce()
    boot.port = 6905
    boot.wait(0.3).overlapping_reads(sizes)
    return boot


def version_file(rng, size, offset, version="7.6.0.5"):
    """A bootstrap file that carries the version text at `offset`, as the real ones do."""
    text = b"Provisioning Services bootstrap v" + version.encode() + b"\0"
    return rng.randbytes(offset) + text + rng.randbytes(size - offset - len(text))


def first_frame(timeline, boot):
    """The first frame of a boot: where one pass says what its beginning proves of the boot before."""
    return next(frame for frame in timeline.frames if frame.boot is boot)


def without_reads(timeline, first=0):
    """For captures in which the counting of reads is left open: datagrams lost, or not to be told apart."""
    for frame in timeline.frames[first:]:
        for fields in (frame.fields, frame.later_fields):
            for name in [name for name in fields if name.startswith("pvs.read")]:
                del fields[name]
