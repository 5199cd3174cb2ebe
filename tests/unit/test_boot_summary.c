/* test_boot_summary.c
 * What tables, trees and documents are told of a boot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include "boot/boot_summary.h"

static void
usual_boot_is_summed_up(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;
    const boot_summary *summary;

    /* A millisecond from frame to frame: 9 frames of phase 1, of which the download has 5 and its last two are phase 2. */
    play_boot_to_bnistack(s, s->target);
    summaries = boot_summaries_new(s->tracker);
    summary = boot_summaries_get(summaries, 1);
    assert_int_equal(summary->outcome.kind, OUTCOME_REACHED_BNISTACK);
    assert_int_equal(summary->discovers, 1);
    assert_int_equal(summary->download->bytes, 612);
    assert_int_equal(summary->download_time, 4 * MILLISECOND);
    assert_int_equal(summary->phase_times[PHASE_BOOTSTRAP], 7 * MILLISECOND);
    /* The last block, its ACK, two logon requests and the reply between them. */
    assert_int_equal(summary->phase_times[PHASE_LOGON], 5 * MILLISECOND);
    assert_int_equal(summary->logon_time, 5 * MILLISECOND);
    assert_int_equal(summary->reads.count, 3);
    assert_int_equal(summary->reads.bytes, 3 * 4096);
    assert_int_equal(summary->handoff_time, boot_number(s, 1)->handoff.time - boot_number(s, 1)->life.times.first);
    assert_int_equal(summary->handoff_gap, MILLISECOND);
    assert_int_equal(summary->worst, -1);
    boot_summaries_free(summaries);
}

static void
what_the_capture_does_not_hold_is_not_zero(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;
    const boot_summary *summary;

    play_read(s, s->target, 4096); /* by its port a logon: nothing more is known */
    see(s, stream_with_server_port(stream_to_target(s->other_target, s->server, FULL_PAYLOAD), STREAM_PORT));
    summaries = boot_summaries_new(s->tracker);
    summary = boot_summaries_get(summaries, 2);
    assert_int_equal(summary->discovers, NOT_IN_CAPTURE);
    assert_null(summary->download);
    assert_int_equal(summary->download_time, NOT_IN_CAPTURE);
    assert_int_equal(summary->logon_time, NOT_IN_CAPTURE);
    assert_int_equal(summary->handoff_gap, NOT_IN_CAPTURE);
    assert_int_equal(summary->phase_times[PHASE_BOOTSTRAP], NOT_IN_CAPTURE);
    assert_int_equal(summary->reads.count, 1);
    boot_summaries_free(summaries);
}

static void
gravest_finding_is_the_worst_and_the_first_among_equals(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;
    const boot_summary *summary;

    for (int i = 0; i < 2; i++) /* a symptom: DISCOVER again */
        expect_step(s, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    summaries = boot_summaries_new(s->tracker);
    summary = boot_summaries_get(summaries, 1);
    assert_int_equal(summary->worst, FINDING_DISCOVER_RETRY);
    boot_summaries_free(summaries);

    expect_step(s, STEP_DHCP_NAK_OR_DECLINE, dhcp_from_server(DHCP_MESSAGE_NAK, s->server, s->target, NULL));
    expect_step(s, STEP_DHCP_NAK_OR_DECLINE, dhcp_from_server(DHCP_MESSAGE_NAK, s->other_server, s->target, NULL));
    summaries = boot_summaries_new(s->tracker);
    summary = boot_summaries_get(summaries, 1);
    assert_int_equal(summary->worst, FINDING_DHCP_REFUSED);
    assert_int_equal(summary->found[FINDING_DHCP_REFUSED], 2);
    boot_summaries_free(summaries);
}

/* It stands on the last frame of the boot, and on the next boot's first one, which proves it. */
static void
finding_about_the_boot_before_is_counted_there(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 30 * SECOND);
    play_dhcp(s, s->target); /* it begins anew, and never was handed off */
    summaries = boot_summaries_new(s->tracker);
    assert_int_equal(boot_summaries_get(summaries, 1)->found[FINDING_HANDOFF_MISSING], 2);
    assert_int_equal(boot_summaries_get(summaries, 1)->worst, FINDING_HANDOFF_MISSING);
    assert_int_equal(boot_summaries_get(summaries, 2)->found[FINDING_HANDOFF_MISSING], 0);
    assert_null(boot_summaries_get(summaries, 3));
    boot_summaries_free(summaries);
}

/* Every finding about a boot stands in its list, in the order of frames, with the time of its frame. */
static void
findings_are_listed_by_frame_with_their_times(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;
    const boot_summary *summary;
    int64_t start = s->time;

    for (int i = 0; i < 3; i++)
        see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    capture_goes_on(s, 60 * SECOND);
    summaries = boot_summaries_new(s->tracker);
    summary = boot_summaries_get(summaries, 1);
    assert_int_equal(summary->found[FINDING_DISCOVER_UNANSWERED], 3); /* told by the end only */
    for (unsigned i = 0; i < summary->finding_count; i++) {
        const summed_finding *one = &summary->findings[i];

        assert_int_equal(one->later, one->finding.id == FINDING_DISCOVER_UNANSWERED
            || one->finding.id == FINDING_DISCOVER_SECS_ZERO);
        assert_int_equal(one->finding.time, start + (one->finding.frame - 1) * MILLISECOND);
        assert_true(i == 0 || one->finding.frame >= one[-1].finding.frame);
    }
    boot_summaries_free(summaries);
}

/* Two reads of one server, each 40 ms to the first data and 10 ms to the last; 200 ms between them, then a pause. */
static void
time_of_reading_is_split(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;
    const read_sums *sums;
    const read_sum *part;
    const int64_t waits[] = { 200 * MILLISECOND, 5 * SECOND };

    play_boot_to_single_read(s, s->target);
    pass_time(s, 30 * SECOND);
    sums = &boot_stream(boot_number(s, 1))->meter.sums;
    for (int i = 0; i < 3; i++) {
        read_sum before = { 0 };

        if (sums->parts.count > 0)
            before = lean_list_index(&sums->parts, read_sum, 0);
        see(s, stream_to_server(s->target, s->server));
        pass_time(s, 39 * MILLISECOND);
        see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
        pass_time(s, 9 * MILLISECOND);
        see(s, stream_to_target(s->target, s->server, 568));
        part = &lean_list_index(&sums->parts, read_sum, 0);
        assert_int_equal(part->reads, before.reads + 1);
        assert_int_equal(part->server_time - before.server_time, 40 * MILLISECOND);
        assert_int_equal(part->transfer_time - before.transfer_time, 10 * MILLISECOND);
        assert_int_equal(part->target_time - before.target_time, i == 1 ? waits[0] : 0);
        if (i > 0)
            assert_int_equal(part->pause_time - before.pause_time, i == 2 ? waits[1] : 0);
        if (i < 2)
            pass_time(s, waits[i] - MILLISECOND);
    }
    assert_int_equal(sums->parts.count, 1);
    assert_int_equal(part->phase, PHASE_SINGLE_READ);
    assert_true(net_address_equal(&part->server, &s->server.address));
    /* A read was open for so long, and for no longer. */
    summaries = boot_summaries_new(s->tracker);
    assert_int_equal(boot_summaries_get(summaries, 1)->reads.open_time, part->server_time + part->transfer_time);
    assert_int_equal(boot_summaries_get(summaries, 1)->reads.open_bytes, part->bytes);
    boot_summaries_free(summaries);
}

/* What one direction alone shows is a single read without end: more than 32 bits can count. */
static void
bytes_of_one_direction_are_all_counted(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;
    const uint64_t datagrams = 80000, payload = 60000;

    see(s, stream_with_server_port(stream_to_target(s->other_target, s->server, FULL_PAYLOAD), STREAM_PORT));
    for (uint64_t i = 0; i < datagrams; i++)
        see(s, stream_to_target(s->other_target, s->server, (uint32_t)payload));
    summaries = boot_summaries_new(s->tracker);
    assert_true(boot_summaries_get(summaries, 1)->reads.bytes
        == datagrams * (payload - STREAM_READ_HEADER) + FULL_PAYLOAD - STREAM_READ_HEADER);
    boot_summaries_free(summaries);
}

/* A clock that is set back: nothing takes less than no time. */
static void
no_time_is_negative(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;
    const boot_summary *summary;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    s->time -= 3600 * SECOND;
    see(s, stream_to_target(s->target, s->server, 568));
    play_read(s, s->target, 4096);
    summaries = boot_summaries_new(s->tracker);
    summary = boot_summaries_get(summaries, 1);
    for (int phase = PHASE_BOOTSTRAP; phase <= PHASE_BNISTACK; phase++)
        assert_true(summary->phase_times[phase] >= NOT_IN_CAPTURE);
    assert_true(summary->reads.time >= 0 && summary->reads.open_time >= 0);
    for (unsigned i = 0; i < boot_stream(summary->boot)->meter.sums.series.count; i++)
        assert_true(lean_list_index(&boot_stream(summary->boot)->meter.sums.series, read_point, i).time >= 0);
    boot_summaries_free(summaries);
}

#define summary_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        summary_test(usual_boot_is_summed_up),
        summary_test(what_the_capture_does_not_hold_is_not_zero),
        summary_test(gravest_finding_is_the_worst_and_the_first_among_equals),
        summary_test(finding_about_the_boot_before_is_counted_there),
        summary_test(findings_are_listed_by_frame_with_their_times),
        summary_test(time_of_reading_is_split),
        summary_test(bytes_of_one_direction_are_all_counted),
        summary_test(no_time_is_negative),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
