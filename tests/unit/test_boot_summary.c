/* test_boot_summary.c
 * What tables, trees and documents are told of a boot
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include "boot/boot_summary.h"

/* The summary of a boot after every frame was shown once more, as a second pass does. */
static const boot_summary *
summarize(boot_summaries *summaries, const scene *s, unsigned number)
{
    boot_summaries_init(summaries);
    for (uint32_t frame = 1; frame <= frame_now(s); frame++) {
        boot_verdict verdict = recall(s, frame);

        if (verdict.boot)
            boot_summaries_add(summaries, &verdict);
    }
    return boot_summaries_get(summaries, number);
}

static void
usual_boot_is_summed_up(void **state)
{
    scene *s = *state;
    boot_summaries summaries;
    const boot_summary *summary;

    /* A millisecond from frame to frame: 9 frames of phase 1, of which the download has 5 and its last two are phase 2. */
    play_boot_to_bnistack(s, s->target);
    summary = summarize(&summaries, s, 1);
    assert_int_equal(summary->outcome.kind, OUTCOME_REACHED_BNISTACK);
    assert_int_equal(summary->discovers, 1);
    assert_int_equal(summary->download->bytes, 612);
    assert_int_equal(summary->download_time, 4 * MILLISECOND);
    assert_int_equal(summary->phase_times[PHASE_BOOTSTRAP], 7 * MILLISECOND);
    /* The last block, its ACK, two logon requests and the reply between them. */
    assert_int_equal(summary->phase_times[PHASE_LOGON], 5 * MILLISECOND);
    assert_int_equal(summary->logon_time, 5 * MILLISECOND);
    assert_int_equal(summary->reads, 3);
    assert_int_equal(summary->bytes, 3 * 4096);
    assert_int_equal(summary->handoff_gap, MILLISECOND);
    assert_int_equal(summary->worst, -1);
    boot_summaries_clear(&summaries);
}

static void
what_the_capture_does_not_hold_is_not_zero(void **state)
{
    scene *s = *state;
    boot_summaries summaries;
    const boot_summary *summary;

    play_read(s, s->target, 4096); /* by its port a logon: nothing more is known */
    see(s, stream_with_server_port(stream_to_target(s->other_target, s->server, FULL_PAYLOAD), STREAM_PORT));
    summary = summarize(&summaries, s, 2);
    assert_int_equal(summary->discovers, NOT_IN_CAPTURE);
    assert_null(summary->download);
    assert_int_equal(summary->download_time, NOT_IN_CAPTURE);
    assert_int_equal(summary->logon_time, NOT_IN_CAPTURE);
    assert_int_equal(summary->handoff_gap, NOT_IN_CAPTURE);
    assert_int_equal(summary->phase_times[PHASE_BOOTSTRAP], NOT_IN_CAPTURE);
    assert_int_equal(summary->reads, 1);
    boot_summaries_clear(&summaries);
}

static void
gravest_finding_is_the_worst_and_the_first_among_equals(void **state)
{
    scene *s = *state;
    boot_summaries summaries;
    const boot_summary *summary;

    for (int i = 0; i < 2; i++) /* a symptom: DISCOVER again */
        expect_step(s, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    summary = summarize(&summaries, s, 1);
    assert_int_equal(summary->worst, FINDING_DISCOVER_RETRY);
    assert_int_equal(summary->worst_frame, 2);
    boot_summaries_clear(&summaries);

    expect_step(s, STEP_DHCP_NAK_OR_DECLINE, dhcp_from_server(DHCP_MESSAGE_NAK, s->server, s->target, NULL));
    expect_step(s, STEP_DHCP_NAK_OR_DECLINE, dhcp_from_server(DHCP_MESSAGE_NAK, s->other_server, s->target, NULL));
    summary = summarize(&summaries, s, 1);
    assert_int_equal(summary->worst, FINDING_DHCP_REFUSED);
    assert_int_equal(summary->worst_frame, 3);
    assert_int_equal(summary->findings[FINDING_DHCP_REFUSED], 2);
    boot_summaries_clear(&summaries);
}

/* It stands on the last frame of the boot, and on the next boot's first one, which proves it. */
static void
finding_about_the_boot_before_is_counted_there(void **state)
{
    scene *s = *state;
    boot_summaries summaries;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 30 * SECOND);
    play_dhcp(s, s->target); /* it begins anew, and never was handed off */
    summarize(&summaries, s, 1);
    assert_int_equal(boot_summaries_get(&summaries, 1)->findings[FINDING_HANDOFF_MISSING], 2);
    assert_int_equal(boot_summaries_get(&summaries, 1)->worst, FINDING_HANDOFF_MISSING);
    assert_int_equal(boot_summaries_get(&summaries, 2)->findings[FINDING_HANDOFF_MISSING], 0);
    assert_null(boot_summaries_get(&summaries, 3));
    boot_summaries_clear(&summaries);
}

/* A burst whose last datagram is a full one: a first visit knows its end with the next request only. */
static void
every_read_ends_once_in_every_pass(void **state)
{
    scene *s = *state;
    unsigned later = 0;

    play_boot_to_single_read(s, s->target);
    for (int i = 0; i < 3; i++)
        play_read(s, s->target, 4 * (FULL_PAYLOAD - STREAM_READ_HEADER));
    see(s, stream_to_server(s->target, s->server));
    for (uint32_t frame = 1; frame <= frame_now(s); frame++) {
        boot_verdict verdict = recall(s, frame);

        later += verdict.boot && boot_verdict_ends_read(&verdict, frame);
    }
    assert_int_equal(later, 5);

    scene_free(s);
    scene_setup(state);
    s = *state;
    play_boot_to_single_read(s, s->target);
    for (int i = 0; i < 3; i++) {
        for (int datagram = 0; datagram <= 4; datagram++) {
            const boot_verdict *verdict = see(s, datagram == 0 ? stream_to_server(s->target, s->server)
                                                               : stream_to_target(s->target, s->server, FULL_PAYLOAD));
            const stream_read *ended = boot_verdict_ends_read(verdict, frame_now(s));

            assert_int_equal(ended != NULL, i > 0 && datagram == 0);
            if (ended)
                assert_int_equal(ended->last_frame, frame_now(s) - 1);
        }
    }
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
        summary_test(every_read_ends_once_in_every_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
