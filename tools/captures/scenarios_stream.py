# SPDX-License-Identifier: GPL-2.0-or-later
"""Phases 2 to 4: each finding of the logon and the stream, and its healthy neighbour."""
import wire
from cast import boot_to_reads, new_boot, phase_1, pvs_server, without_reads
from catalogue import scenario
from scenarios_phase1 import go_on


# ---- logon ----------------------------------------------------------------------------------------------------------

def ready_to_log_on(timeline):
    return phase_1(new_boot(timeline), 4000)


@scenario("The first logon datagram is not answered, the second, 1.5 s later, is.")
def logon_retry(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon_request()
    boot.wait(1.5).logon_request().experts.append("logon.retry")
    boot.wait(0.0012).logon_reply()
    boot.wait(0.003).logon(2)
    boot.read_all((512, 4096))


@scenario("Two logon datagrams 0.7 s apart before the answer, and a pause of 2 s after an answer: no retry.")
def logon_no_retry(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon_request()
    boot.wait(0.7).logon_request()
    boot.wait(0.0012).logon_reply()
    boot.wait(2.0).logon(2)
    boot.read_all((512, 4096))


@scenario("Three logon datagrams without a reply in 10.2 s (login polling 5.1 s); the capture goes on for 3 s.")
def logon_unanswered(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon_request()
    boot.wait(5.1).logon_request().experts.append("logon.retry")
    last = boot.wait(5.1).logon_request()
    last.experts.append("logon.retry")
    last.later.append("logon.unanswered")  # one pass does not know yet that no answer follows within a second
    go_on(timeline, boot, 3)
    boot.stops("logon.unanswered")


@scenario("Two logon datagrams without a reply, then 12 s more: in two passes, on the last.")
def logon_unanswered_at_end(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon_request()
    last = boot.wait(5.0).logon_request()
    last.experts.append("logon.retry")
    last.later.append("logon.unanswered")
    go_on(timeline, boot, 12)
    boot.stops("logon.unanswered")


@scenario("Two logon datagrams without a reply, a third is answered after 8 s: retries, no fault.")
def logon_answered_late(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon_request()
    boot.wait(4.0).logon_request().experts.append("logon.retry")
    boot.wait(4.0).logon_request().experts.append("logon.retry")
    boot.wait(0.0012).logon_reply()
    boot.wait(0.003).logon(2)
    boot.read_all((512, 4096))


@scenario("The logon stops half way: the last datagram is answered, and then nothing for 12 s. Nothing shows that the "
          "target stayed.")
def logon_answered_then_silence(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon(2)
    timeline.frames[-1].later.append("logon.out_of_sight")
    go_on(timeline, boot, 12)
    boot.ends("capture_ended")


@scenario("A redirect to another port of the same server only.")
def logon_redirected_port(timeline):
    boot = ready_to_log_on(timeline)
    boot.logon(2)
    boot.server_port = 6914
    boot.logon(1)
    boot.read_all((512, 4096, 2048))


# ---- reads ----------------------------------------------------------------------------------------------------------

def answer(boot, request, size, wait=0.0003):
    boot.wait(wait)
    return boot.burst(request, size)[-1]


@scenario("Single read mode: a request is repeated after 0.6 s, then answered.")
def read_retry(timeline):
    boot = boot_to_reads(timeline)
    request = boot.read_request()
    boot.wait(0.6).repeat(request).experts.append("read.retry")
    answer(boot, request, 4096)
    boot.wait(0.0004).read_all((4096, 512))


@scenario("Single read mode: a request is repeated with other bytes after 0.7 s, then answered. A retry all the same.")
def read_retry_other_bytes(timeline):
    boot = boot_to_reads(timeline)
    request = boot.read_request()
    request.payload = boot.filler(wire.TARGET_DATAGRAM)
    boot.wait(0.7).repeat(request).experts.append("read.retry")
    answer(boot, request, 4096)
    boot.wait(0.0004).read_all((4096, 512))


@scenario("Single read mode: a second target datagram 0.3 s after the first, and a pause of 0.9 s after a whole "
          "burst: no retry.")
def read_no_retry(timeline):
    boot = boot_to_reads(timeline)
    request = boot.read_request()
    boot.wait(0.3).repeat(request)
    answer(boot, request, 4096)
    boot.wait(0.9).read_all((4096, 512))
    without_reads(timeline, timeline.frames.index(request))  # whether the second one is a read is left open


def boot_to_stack(timeline):
    boot = boot_to_reads(timeline)
    boot.wait(0.8)
    boot.port = 6905
    return boot.read_all((4096, 512, 8192))


@scenario("BNIStack: the same request, byte for byte, 1.1 s later: a retry, and a slow read.")
def read_retry_bnistack(timeline):
    boot = boot_to_stack(timeline)
    request = boot.read_request()
    boot.wait(1.1).repeat(request).experts.append("read.retry")
    answer(boot, request, 4096).experts.append("read.slow")
    boot.wait(0.0004).read_all((4096, 512))


@scenario("BNIStack: a second, different request 0.8 s after one still unanswered: no retry.")
def read_no_retry_bnistack(timeline):
    boot = boot_to_stack(timeline)
    first = boot.read_request()
    second = boot.wait(0.8).read_request()
    boot.wait(0.0003)
    boot.burst(first, 4096)
    boot.burst(second, 2048)
    boot.wait(0.0004).read_all((4096, 512))
    without_reads(timeline, timeline.frames.index(first))  # which of the two the bursts answer is left open


@scenario("A read takes 1.3 s from request to last datagram.")
def read_slow(timeline):
    boot = boot_to_reads(timeline)
    answer(boot, boot.read_request(), 8192, 1.3).experts.append("read.slow")
    boot.wait(0.0004).read_all((4096, 512))


@scenario("A read takes 0.95 s: not slow.")
def read_not_slow(timeline):
    boot = boot_to_reads(timeline)
    answer(boot, boot.read_request(), 8192, 0.95)
    boot.wait(0.0004).read_all((4096, 512))


@scenario("One datagram of read data comes in two IP fragments.", whole=True)
def read_fragmented(timeline):
    boot = boot_to_reads(timeline)
    request = boot.read_request()
    boot.wait(0.0003)
    whole = boot.read_data(request, 1408)
    timeline.frames.remove(whole)
    pieces = wire.udp_fragments(boot.server, boot.target, boot.server_port, boot.port, whole.payload, 1400)
    assert len(pieces) == 2
    timeline.add(boot.now, pieces[0], "server", "fragment")
    boot.wait(0.000_011)
    whole.time, whole.data = boot.now, pieces[1]
    whole.experts.append("read.fragmented")
    timeline.frames.append(whole)
    boot.wait(0.000_002).read_data(request, 2048 - 1408, True)
    boot.wait(0.0004).read_all((4096, 512))


@scenario("A read of 45 KB at MTU 1506 needs 33 datagrams: one more than a burst may have.")
def read_burst_too_long(timeline):
    boot = boot_to_reads(timeline)
    answer(boot, boot.read_request(), 46080).experts.append("read.burst_too_long")
    boot.wait(0.0004).read_all((4096, 512))


@scenario("A read of 44 KB at MTU 1506 needs exactly 32 datagrams: allowed.")
def read_burst_longest(timeline):
    boot = boot_to_reads(timeline)
    boot.read_all((45056, 4096, 512))


STALLED = "stream.stalled"


@scenario("BNIStack: two requests without an answer, and the capture goes on for 13 s: it froze.")
def stream_stalled(timeline):
    boot = boot_to_stack(timeline)
    boot.read_request()
    last = boot.wait(0.6).read_request()
    last.later.append(STALLED)
    go_on(timeline, boot, 13)
    boot.ends("froze", STALLED)


@scenario("BNIStack: two requests, and the answer comes 12 s later.")
def stream_stalled_and_resumed(timeline):
    boot = boot_to_stack(timeline)
    first = boot.read_request()
    second = boot.wait(0.6).read_request()
    second.later.append(STALLED)
    boot.wait(12.0)
    tail = timeline.frames.index(first)
    for request, size in ((first, 512), (second, 4096)):
        boot.burst(request, size)
    boot.wait(0.0004).read_all((4096, 512))
    without_reads(timeline, tail)  # which of the two the bursts answer is left open
    for frame in timeline.frames[tail + 2:tail + 6]:
        frame.unchecked("which frame tells one pass of a stall that ended, and which read was slow")


@scenario("BNIStack: an idle target. The last datagram is its acknowledgement, then 15 s of nothing, then reads "
          "again.")
def stream_idle(timeline):
    boot = boot_to_stack(timeline)
    before = len(timeline.frames)
    for _ in range(2):
        boot.read_request()
        boot.wait(15.0).read_all((4096, 512, 2048))
    without_reads(timeline, before)


@scenario("BNIStack: the server leaves a request unanswered, and the stream moves to another server 1.2 s later.")
def stream_server_changed(timeline):
    boot = boot_to_stack(timeline)
    boot.read_request()
    boot.wait(1.2)
    boot.server = pvs_server(2)
    boot.read(4096)[0].experts.append("stream.server_changed")
    boot.read_all((512, 8192))
    without_reads(timeline)


@scenario("BNIStack: another port of the same server: not another server.")
def stream_server_port_changed(timeline):
    boot = boot_to_stack(timeline)
    boot.wait(1.2)
    boot.server_port = 6920
    boot.read_all((4096, 512, 8192))
