/* test_stream_findings.c
 * What is said of logon, streaming and hand-off: on which frame, at once or later, and when not
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

static void
play_firmware(scene *s)
{
    play_dhcp(s, s->target);
    play_download(s, s->target);
}

/* A target's datagram, as long after the frame before. Returns its frame. */
static uint32_t
request_after(scene *s, int64_t nanoseconds, host server)
{
    pass_time(s, nanoseconds - MILLISECOND);
    see(s, stream_to_server(s->target, server));
    return frame_now(s);
}

static uint32_t
data_after(scene *s, int64_t nanoseconds, uint32_t payload)
{
    pass_time(s, nanoseconds - MILLISECOND);
    see(s, stream_to_target(s->target, s->server, payload));
    return frame_now(s);
}

/* ---- Logon ---- */

static void
logon_datagram_again_after_a_second_is_a_retry(void **state)
{
    scene *s = *state;
    uint32_t first, second;
    const boot_finding *finding;

    play_firmware(s);
    first = request_after(s, SECOND, s->server);
    second = request_after(s, SECOND, s->server);
    finding = said(s, second, FINDING_LOGON_RETRY);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, first);
    assert_int_equal(finding->duration, SECOND);
    assert_int_equal(times_said(s, FINDING_LOGON_RETRY), 1);
}

static void
logon_datagrams_that_are_no_retry(void **state)
{
    scene *s = *state;

    play_firmware(s);
    request_after(s, SECOND, s->server);
    request_after(s, SECOND - MILLISECOND, s->server); /* too soon */
    see(s, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    request_after(s, 5 * SECOND, s->server); /* after a reply */
    pass_time(s, 2 * SECOND);
    see(s, stream_with_server_port(stream_to_server(s->target, s->server), STREAM_PORT)); /* not to the logon port */
    assert_never_found(s, FINDING_LOGON_RETRY);
}

static void
third_logon_datagram_over_ten_seconds_is_unanswered_as_the_next_one_shows(void **state)
{
    scene *s = *state;
    uint32_t first, third;
    const boot_finding *finding;

    play_firmware(s);
    first = request_after(s, SECOND, s->server);
    request_after(s, 5 * SECOND, s->server);
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 0);
    third = request_after(s, 5 * SECOND, s->server);
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 0); /* it may still be answered within a second */
    request_after(s, SECOND, s->server);
    finding = said(s, frame_now(s), FINDING_LOGON_UNANSWERED);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, first);
    assert_int_equal(finding->times, 4);
    finding = added_later(s, third, FINDING_LOGON_UNANSWERED);
    assert_non_null(finding);
    assert_int_equal(finding->times, 3);
}

static void
more_than_three_logon_datagrams_over_ten_seconds_are_unanswered_once(void **state)
{
    scene *s = *state;
    uint32_t certain;

    play_firmware(s);
    request_after(s, SECOND, s->server);
    request_after(s, 4 * SECOND, s->server);
    request_after(s, 4 * SECOND, s->server);
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 0);
    request_after(s, 4 * SECOND, s->server); /* 12 s after the first */
    certain = request_after(s, 4 * SECOND, s->server);
    request_after(s, 4 * SECOND, s->server);
    see(s, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    assert_non_null(said(s, certain, FINDING_LOGON_UNANSWERED));
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 1);
}

static void
logon_datagrams_with_a_reply_between_are_answered(void **state)
{
    scene *s = *state;

    play_firmware(s);
    request_after(s, SECOND, s->server);
    request_after(s, 5 * SECOND, s->server);
    see(s, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    request_after(s, 6 * SECOND, s->server);
    see(s, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_UNANSWERED);
}

static void
last_logon_datagram_is_unanswered_ten_seconds_before_the_end(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_firmware(s);
    last = request_after(s, SECOND, s->server);
    capture_goes_on(s, 10 * SECOND - 1);
    assert_never_found(s, FINDING_LOGON_UNANSWERED);
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 0);
    assert_non_null(added_later(s, last, FINDING_LOGON_UNANSWERED));
    assert_int_equal(times_added_later(s, FINDING_LOGON_UNANSWERED), 1);
}

static void
last_logon_datagram_is_unanswered_at_the_next_boot(void **state)
{
    scene *s = *state;
    uint32_t last;
    const boot_finding *finding;

    play_firmware(s);
    last = request_after(s, SECOND, s->server);
    pass_time(s, 10 * SECOND);
    play_dhcp(s, s->target);
    finding = said(s, last + 1, FINDING_LOGON_UNANSWERED);
    assert_non_null(finding);
    assert_int_equal(finding->boot->life.number, 1);
    assert_int_equal(boot_count(s), 2);
    assert_non_null(added_later(s, last, FINDING_LOGON_UNANSWERED));
}

static void
next_boot_soon_after_the_logon_datagram_tells_nothing_of_it(void **state)
{
    scene *s = *state;

    play_firmware(s);
    request_after(s, SECOND, s->server);
    pass_time(s, 8 * SECOND);
    play_dhcp(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_UNANSWERED);
}

static void
logon_with_another_server_or_port_is_redirected(void **state)
{
    scene *s = *state;
    const boot_finding *finding;
    uint32_t frame;

    play_firmware(s);
    play_logon(s, s->target);
    assert_never_found(s, FINDING_LOGON_REDIRECTED);
    see(s, stream_to_server(s->target, s->other_server));
    frame = frame_now(s);
    finding = said(s, frame, FINDING_LOGON_REDIRECTED);
    assert_non_null(finding);
    assert_true(net_address_equal(&finding->address, &s->other_server.address));
    assert_int_equal(finding->port, LOGON_PORT);
    see(s, stream_with_server_port(stream_to_server(s->target, s->other_server), STREAM_PORT));
    assert_int_equal(said(s, frame + 1, FINDING_LOGON_REDIRECTED)->port, STREAM_PORT);
    see(s, stream_with_server_port(stream_to_server(s->target, s->other_server), STREAM_PORT));
    assert_int_equal(times_said(s, FINDING_LOGON_REDIRECTED), 2);
    assert_int_equal(times_said(s, FINDING_LOGON_STARTED), 1);
}

static void
logon_findings_are_of_phase_2_only(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    request_after(s, SECOND, s->server);
    request_after(s, 6 * SECOND, s->server);
    request_after(s, 6 * SECOND, s->other_server);
    capture_goes_on(s, 20 * SECOND);
    assert_never_found(s, FINDING_LOGON_RETRY);
    assert_never_found(s, FINDING_LOGON_UNANSWERED);
    assert_never_found(s, FINDING_LOGON_REDIRECTED);
}

/* ---- .read.retry ---- */

static void
second_datagram_after_half_a_second_without_data_is_a_read_retry(void **state)
{
    scene *s = *state;
    uint32_t first, again;
    const boot_finding *finding;

    play_boot_to_single_read(s, s->target);
    first = request_after(s, SECOND, s->server);
    again = request_after(s, SECOND / 2, s->server); /* any bytes */
    finding = said(s, again, FINDING_READ_RETRY);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, first);
    assert_int_equal(finding->duration, SECOND / 2);
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_int_equal(times_said(s, FINDING_READ_RETRY), 1);
}

static void
single_reads_that_are_no_retry(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    request_after(s, SECOND, s->server);
    request_after(s, SECOND / 2 - MILLISECOND, s->server); /* too soon */
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    request_after(s, SECOND, s->server); /* after its data */
    see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    request_after(s, SECOND, s->server); /* some data between */
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_never_found(s, FINDING_READ_RETRY);
}

static void
bnistack_retry_has_the_same_bytes(void **state)
{
    scene *s = *state;
    boot_event asks = stream_to_server(s->target, s->server);
    uint32_t first;

    play_boot_to_bnistack(s, s->target);
    see(s, asks);
    first = frame_now(s);
    pass_time(s, SECOND);
    see(s, asks);
    assert_int_equal(said(s, first + 1, FINDING_READ_RETRY)->from_frame, first);
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_int_equal(times_said(s, FINDING_READ_RETRY), 1);
}

static void
bnistack_datagrams_of_other_bytes_are_no_retry(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    request_after(s, SECOND, s->server);
    request_after(s, SECOND, s->server);
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_never_found(s, FINDING_READ_RETRY);
}

/* ---- .read.slow ---- */

static void
read_of_more_than_a_second_is_slow(void **state)
{
    scene *s = *state;
    uint32_t asked, last;
    const boot_finding *finding;

    play_boot_to_single_read(s, s->target);
    asked = request_after(s, SECOND, s->server);
    data_after(s, SECOND, FULL_PAYLOAD);
    last = data_after(s, MILLISECOND, 568 - 512 + 128); /* 1408 + 128 are three sectors */
    finding = said(s, last, FINDING_READ_SLOW);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, asked);
    assert_int_equal(finding->duration, SECOND + MILLISECOND);
    assert_int_equal(times_said(s, FINDING_READ_SLOW), 1);
    assert_int_equal(times_added_later(s, FINDING_READ_SLOW), 0);
}

static void
read_of_a_second_is_not_slow(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    request_after(s, 100 * SECOND, s->server); /* an idle target */
    data_after(s, SECOND - MILLISECOND, FULL_PAYLOAD);
    data_after(s, MILLISECOND, 56 + 128);
    capture_goes_on(s, SECOND);
    assert_never_found(s, FINDING_READ_SLOW);
}

static void
slow_read_with_a_full_sized_end_is_known_later(void **state)
{
    scene *s = *state;
    uint32_t asked, last;

    play_boot_to_single_read(s, s->target);
    asked = request_after(s, SECOND, s->server);
    data_after(s, 2 * SECOND, FULL_PAYLOAD);
    for (int i = 1; i < 31; i++)
        see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    last = data_after(s, MILLISECOND, FULL_PAYLOAD); /* 32 full ones */
    assert_never_found(s, FINDING_READ_SLOW);
    request_after(s, MILLISECOND, s->server);
    assert_int_equal(times_said(s, FINDING_READ_SLOW), 0);
    assert_int_equal(added_later(s, last, FINDING_READ_SLOW)->from_frame, asked);
    assert_int_equal(times_added_later(s, FINDING_READ_SLOW), 1);
}

static void
slow_read_counts_from_the_first_of_two_requests(void **state)
{
    scene *s = *state;
    uint32_t asked, last;

    play_boot_to_single_read(s, s->target);
    asked = request_after(s, SECOND, s->server);
    request_after(s, 900 * MILLISECOND, s->server);
    last = data_after(s, 200 * MILLISECOND, 568);
    assert_int_equal(said(s, last, FINDING_READ_SLOW)->from_frame, asked);
    assert_int_equal(said(s, last, FINDING_READ_SLOW)->duration, 1100 * MILLISECOND);
}

/* ---- .read.fragmented and .read.burst_too_long ---- */

static void
first_fragmented_datagram_is_said(void **state)
{
    scene *s = *state;
    boot_event fragmented = stream_to_target(s->target, s->server, FULL_PAYLOAD);

    play_boot_to_single_read(s, s->target);
    assert_never_found(s, FINDING_READ_FRAGMENTED);
    fragmented.stream.fragmented = true;
    see(s, stream_to_server(s->target, s->server));
    see(s, fragmented);
    assert_non_null(said(s, frame_now(s), FINDING_READ_FRAGMENTED));
    see(s, fragmented);
    assert_int_equal(times_said(s, FINDING_READ_FRAGMENTED), 1);
}

/* A burst whose first datagram takes the server 5 ms, and each other one 100 us. */
static uint32_t
play_fast_burst(scene *s, uint32_t bytes)
{
    see(s, stream_to_server(s->target, s->server));
    pass_time(s, 4 * MILLISECOND);
    for (uint32_t i = 0; i < burst_length(bytes, FULL_PAYLOAD); i++) {
        see(s, stream_to_target(s->target, s->server, burst_payload(bytes, FULL_PAYLOAD, i)));
        pass_time(s, -900 * MICROSECOND);
    }
    pass_time(s, MILLISECOND);
    return frame_now(s);
}

static void
burst_of_33_datagrams_is_too_long(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_boot_to_single_read(s, s->target);
    last = play_fast_burst(s, 46080); /* 45 KB: does not boot (pvs-facts.md, section 6) */
    assert_non_null(said(s, last, FINDING_READ_BURST_TOO_LONG));
    assert_int_equal(said(s, last, FINDING_READ_BURST_TOO_LONG)->times, 33);
    assert_int_equal(times_said(s, FINDING_READ_BURST_TOO_LONG), 1);
}

static void
burst_of_32_datagrams_is_not_too_long(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    play_fast_burst(s, 45056);
    play_fast_burst(s, 4096);
    assert_never_found(s, FINDING_READ_BURST_TOO_LONG);
}

static void
two_bursts_that_look_like_one_are_not_too_long(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    for (int burst = 0; burst < 2; burst++) {
        pass_time(s, 4 * MILLISECOND);
        for (uint32_t i = 0; i < 24; i++) {
            if (burst == 1 || i < 23) { /* the capture lost the end of the first, and the request after it */
                see(s, stream_to_target(s->target, s->server, burst_payload(32768, FULL_PAYLOAD, i)));
                pass_time(s, -900 * MICROSECOND);
            }
        }
    }
    assert_never_found(s, FINDING_READ_BURST_TOO_LONG);
}

/* ---- .stream.stalled ---- */

static void
two_datagrams_without_an_answer_for_ten_seconds_are_a_stall(void **state)
{
    scene *s = *state;
    uint32_t first, second, answer;
    const boot_finding *finding;

    play_boot_to_single_read(s, s->target);
    first = request_after(s, SECOND, s->server);
    second = request_after(s, 2 * SECOND, s->server);
    answer = data_after(s, 10 * SECOND, FULL_PAYLOAD);
    finding = said(s, answer, FINDING_STREAM_STALLED);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, first);
    assert_int_equal(finding->times, 2);
    assert_int_equal(finding->duration, 10 * SECOND);
    assert_int_equal(times_said(s, FINDING_STREAM_STALLED), 1);
    assert_non_null(added_later(s, second, FINDING_STREAM_STALLED)); /* the frame that it began on */
    assert_int_equal(times_added_later(s, FINDING_STREAM_STALLED), 1);
}

static void
stall_to_the_captures_end_is_known_later(void **state)
{
    scene *s = *state;
    uint32_t second;

    play_boot_to_bnistack(s, s->target);
    request_after(s, SECOND, s->server);
    second = request_after(s, 2 * SECOND, s->server);
    capture_goes_on(s, 10 * SECOND - 1);
    assert_never_found(s, FINDING_STREAM_STALLED);
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(times_said(s, FINDING_STREAM_STALLED), 0);
    assert_int_equal(added_later(s, second, FINDING_STREAM_STALLED)->duration, 10 * SECOND);
    assert_int_equal(times_added_later(s, FINDING_STREAM_STALLED), 1);
}

static void
idle_target_is_no_stall(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    for (int i = 0; i < 5; i++) { /* heartbeats, each answered */
        request_after(s, 30 * SECOND, s->server);
        data_after(s, MILLISECOND, 48);
    }
    request_after(s, 30 * SECOND, s->server); /* one without an answer */
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_STREAM_STALLED);
}

static void
answer_within_ten_seconds_is_no_stall(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    request_after(s, SECOND, s->server);
    request_after(s, 9 * SECOND, s->server);
    request_after(s, 9 * SECOND, s->server);
    data_after(s, 10 * SECOND - MILLISECOND, FULL_PAYLOAD);
    assert_never_found(s, FINDING_STREAM_STALLED);
}

static void
stall_ends_where_the_target_boots_again(void **state)
{
    scene *s = *state;
    uint32_t second;

    play_boot_to_bnistack(s, s->target);
    request_after(s, SECOND, s->server);
    second = request_after(s, 2 * SECOND, s->server);
    pass_time(s, 8 * SECOND);
    play_dhcp(s, s->target); /* 8 s after: nobody can tell */
    capture_goes_on(s, 100 * SECOND);
    assert_null(added_later(s, second, FINDING_STREAM_STALLED));
}

/* ---- .stream.server_changed ---- */

static void
request_to_another_server_is_said(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_boot_to_single_read(s, s->target);
    see(s, stream_with_server_port(stream_to_server(s->target, s->server), STREAM_PORT)); /* another port only */
    assert_never_found(s, FINDING_STREAM_SERVER_CHANGED);
    pass_time(s, SECOND - MILLISECOND); /* without an answer */
    see(s, stream_to_server(s->target, s->other_server));
    finding = said(s, frame_now(s), FINDING_STREAM_SERVER_CHANGED);
    assert_non_null(finding);
    assert_true(net_address_equal(&finding->address, &s->other_server.address));
    see(s, stream_to_server(s->target, s->other_server));
    assert_int_equal(times_said(s, FINDING_STREAM_SERVER_CHANGED), 1);
}

/* The target has asked for both addresses, and one MAC has answered for both. */
static void
another_address_of_the_same_server_is_no_change(void **state)
{
    scene *s = *state;
    host other_address = s->server;

    other_address.address = s->other_server.address;
    play_boot_to_single_read(s, s->target);
    see(s, arp_request(s->target, s->server.address));
    see(s, arp_reply(s->server, s->target));
    see(s, arp_request(s->target, other_address.address));
    see(s, arp_reply(other_address, s->target));
    see(s, stream_to_server(s->target, other_address));
    assert_never_found(s, FINDING_STREAM_SERVER_CHANGED);
}

static void
server_of_a_redirected_logon_is_no_change(void **state)
{
    scene *s = *state;

    play_firmware(s);
    play_logon(s, s->target);
    see(s, stream_to_server(s->target, s->other_server));
    expect_step(s, STEP_SINGLE_READ_DATA, stream_to_target(s->target, s->other_server, FULL_PAYLOAD));
    see(s, stream_to_server(s->target, s->other_server));
    assert_never_found(s, FINDING_STREAM_SERVER_CHANGED);
}

/* ---- .handoff.missing ---- */

static void
single_read_mode_to_the_captures_end_is_said_later(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_boot_to_single_read(s, s->target);
    last = frame_now(s);
    capture_goes_on(s, 10 * SECOND - 1);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(times_said(s, FINDING_HANDOFF_MISSING), 0);
    assert_non_null(added_later(s, last, FINDING_HANDOFF_MISSING));
    assert_int_equal(times_added_later(s, FINDING_HANDOFF_MISSING), 1);
}

static void
single_read_mode_to_the_next_boot_is_said_on_its_first_frame(void **state)
{
    scene *s = *state;
    uint32_t last;
    const boot_finding *finding;

    play_boot_to_single_read(s, s->target);
    last = frame_now(s);
    play_dhcp(s, s->target);
    finding = said(s, last + 1, FINDING_HANDOFF_MISSING);
    assert_non_null(finding);
    assert_int_equal(finding->boot->life.number, 1);
    assert_int_equal(recall(s, last + 1).boot->life.number, 2);
    assert_int_equal(times_said(s, FINDING_HANDOFF_MISSING), 1);
    assert_non_null(added_later(s, last, FINDING_HANDOFF_MISSING));
}

static void
handoff_chapterhat_nothing_streamed_after_is_missing(void **state)
{
    scene *s = *state;
    uint32_t last;
    const boot_finding *finding;
    char *text;

    play_boot_to_single_read(s, s->target);
    last = frame_now(s);
    expect_step(s, STEP_HANDOFF, arp_announcement(s->target));
    capture_goes_on(s, 10 * SECOND);
    finding = added_later(s, last, FINDING_HANDOFF_MISSING);
    assert_non_null(finding);
    text = finding_text(finding, true);
    assert_non_null(g_strstr_len(text, -1, "nothing streamed after it"));
    g_free(text);
    assert_int_equal(times_said(s, FINDING_HANDOFF_MISSING), 0);
}

static void
handoff_by_a_datagram_that_nothing_streamed_after_is_missing(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_HANDOFF, stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT));
    capture_goes_on(s, 15 * SECOND);
    assert_non_null(added_later(s, frame_now(s), FINDING_HANDOFF_MISSING));
}

static void
handoff_chapterhat_streaming_follows_is_not_missing(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
    play_dhcp(s, s->target);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
}

static void
boot_that_never_streamed_misses_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_logon(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    play_dhcp(s, s->target);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
}

static void
handoff_chapterells_its_evidence_at_once_and_all_of_it_later(void **state)
{
    scene *s = *state;
    const boot_finding *finding;
    char *text;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 3 * SECOND);
    see(s, arp_announcement(s->target));
    finding = said(s, frame_now(s), FINDING_HANDOFF_SEEN);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    text = finding_text(finding, false);
    assert_non_null(g_strstr_len(text, -1, "ARP for its own address, after a pause of 3.0 s"));
    assert_null(g_strstr_len(text, -1, "DHCP"));
    g_free(text);
    text = finding_text(finding, true);
    assert_non_null(g_strstr_len(text, -1, "ARP for its own address, DHCP of the operating system, after a pause"));
    g_free(text);
}

#define stream_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(logon_datagram_again_after_a_second_is_a_retry),
        stream_test(logon_datagrams_that_are_no_retry),
        stream_test(third_logon_datagram_over_ten_seconds_is_unanswered_as_the_next_one_shows),
        stream_test(more_than_three_logon_datagrams_over_ten_seconds_are_unanswered_once),
        stream_test(logon_datagrams_with_a_reply_between_are_answered),
        stream_test(last_logon_datagram_is_unanswered_ten_seconds_before_the_end),
        stream_test(last_logon_datagram_is_unanswered_at_the_next_boot),
        stream_test(next_boot_soon_after_the_logon_datagram_tells_nothing_of_it),
        stream_test(logon_with_another_server_or_port_is_redirected),
        stream_test(logon_findings_are_of_phase_2_only),
        stream_test(second_datagram_after_half_a_second_without_data_is_a_read_retry),
        stream_test(single_reads_that_are_no_retry),
        stream_test(bnistack_retry_has_the_same_bytes),
        stream_test(bnistack_datagrams_of_other_bytes_are_no_retry),
        stream_test(read_of_more_than_a_second_is_slow),
        stream_test(read_of_a_second_is_not_slow),
        stream_test(slow_read_with_a_full_sized_end_is_known_later),
        stream_test(slow_read_counts_from_the_first_of_two_requests),
        stream_test(first_fragmented_datagram_is_said),
        stream_test(burst_of_33_datagrams_is_too_long),
        stream_test(burst_of_32_datagrams_is_not_too_long),
        stream_test(two_bursts_that_look_like_one_are_not_too_long),
        stream_test(two_datagrams_without_an_answer_for_ten_seconds_are_a_stall),
        stream_test(stall_to_the_captures_end_is_known_later),
        stream_test(idle_target_is_no_stall),
        stream_test(answer_within_ten_seconds_is_no_stall),
        stream_test(stall_ends_where_the_target_boots_again),
        stream_test(request_to_another_server_is_said),
        stream_test(another_address_of_the_same_server_is_no_change),
        stream_test(server_of_a_redirected_logon_is_no_change),
        stream_test(single_read_mode_to_the_captures_end_is_said_later),
        stream_test(single_read_mode_to_the_next_boot_is_said_on_its_first_frame),
        stream_test(handoff_chapterhat_nothing_streamed_after_is_missing),
        stream_test(handoff_by_a_datagram_that_nothing_streamed_after_is_missing),
        stream_test(handoff_chapterhat_streaming_follows_is_not_missing),
        stream_test(boot_that_never_streamed_misses_no_handoff),
        stream_test(handoff_chapterells_its_evidence_at_once_and_all_of_it_later),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
