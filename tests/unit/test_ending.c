/* test_ending.c
 * How a boot ended, in one sentence, and how long it spent in each phase
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include "boot/ending.h"

/* As a front end sees it that has recalled the capture. */
static void
assert_outcome(const scene *s, unsigned number, outcome_kind kind, boot_phase phase, const char *text)
{
    boot_outcome outcome;
    char *words;
    bool same;

    recall(s, 1);
    outcome = boot_outcome_of(boot_number(s, number));
    words = boot_outcome_text(boot_number(s, number));
    same = g_strcmp0(words, text) == 0;
    if (!same)
        print_error("%s\n", words);
    g_free(words);
    assert_true(same);
    assert_int_equal(outcome.kind, kind);
    assert_int_equal(outcome.phase, phase);
}

static void
assert_stopped(const scene *s, unsigned number, boot_phase phase, finding_id finding)
{
    char text[200];

    g_snprintf(text, sizeof text, "stopped in phase %d: %s", phase, finding_kind_of(finding)->title);
    assert_outcome(s, number, OUTCOME_STOPPED, phase, text);
    assert_int_equal(boot_outcome_of(boot_number(s, number)).finding, finding);
}

static void
boot_that_streams_in_phase_4_reached_bnistack(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    assert_outcome(s, 1, OUTCOME_REACHED_BNISTACK, PHASE_BNISTACK, "reached BNIStack");
    capture_goes_on(s, 100 * SECOND);
    assert_outcome(s, 1, OUTCOME_REACHED_BNISTACK, PHASE_BNISTACK, "reached BNIStack");
}

static void
handoff_without_streaming_did_not_reach_it(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, arp_announcement(s->target));
    assert_outcome(s, 1, OUTCOME_HANDOFF_WITHOUT_STREAM, PHASE_BNISTACK,
        "the hand-off began, and the capture ended before BNIStack streamed");
    capture_goes_on(s, 10 * SECOND);
    assert_outcome(s, 1, OUTCOME_HANDOFF_WITHOUT_STREAM, PHASE_BNISTACK,
        "the hand-off began, and BNIStack never streamed");
    assert_int_equal(boot_outcome_of(boot_number(s, 1)).finding, FINDING_HANDOFF_MISSING);
}

static void
single_read_mode_to_the_end_is_not_handed_off(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_outcome(s, 1, OUTCOME_NOT_HANDED_OFF, PHASE_SINGLE_READ, "streaming, not handed off");
}

static void
silence_in_single_read_mode_is_a_stop(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    capture_goes_on(s, 10 * SECOND);
    assert_stopped(s, 1, PHASE_SINGLE_READ, FINDING_HANDOFF_MISSING);
}

static void
next_boot_tells_that_the_one_before_stopped(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    play_boot_to_bnistack(s, s->target);
    assert_stopped(s, 1, PHASE_SINGLE_READ, FINDING_HANDOFF_MISSING);
    assert_outcome(s, 2, OUTCOME_REACHED_BNISTACK, PHASE_BNISTACK, "reached BNIStack");
}

static void
unanswered_discovers_are_a_stop(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    assert_outcome(s, 1, OUTCOME_CAPTURE_ENDED, PHASE_BOOTSTRAP, "capture ended in phase 1");
    capture_goes_on(s, 4 * SECOND);
    assert_stopped(s, 1, PHASE_BOOTSTRAP, FINDING_DISCOVER_UNANSWERED);
}

static void
download_errors_and_silence_are_a_stop(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_error_from_server(s->target, s->server, 2070, 1));
    assert_stopped(s, 1, PHASE_BOOTSTRAP, FINDING_BOOTSTRAP_ERROR);
    play_dhcp(s, s->other_target);
    see(s, tftp_request(s->other_target, s->server, 2070, s->file, 0));
    see(s, arp_request(s->other_target, s->server.address));
    see(s, arp_reply(s->server, s->other_target));
    capture_goes_on(s, 5 * SECOND);
    assert_stopped(s, 2, PHASE_BOOTSTRAP, FINDING_BOOTSTRAP_UNANSWERED);
}

static void
download_that_breaks_off_is_a_stop(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    capture_goes_on(s, 10 * SECOND);
    assert_stopped(s, 1, PHASE_BOOTSTRAP, FINDING_BOOTSTRAP_INCOMPLETE);
}

static void
missing_boot_file_is_a_stop(void **state)
{
    scene *s = *state;

    s->file = NULL;
    play_dhcp(s, s->target);
    capture_goes_on(s, 4 * SECOND);
    assert_stopped(s, 1, PHASE_BOOTSTRAP, FINDING_DHCP_NO_BOOTFILE);
}

static void
unanswered_logon_is_a_stop(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    assert_outcome(s, 1, OUTCOME_CAPTURE_ENDED, PHASE_LOGON, "capture ended in phase 2");
    capture_goes_on(s, 10 * SECOND);
    assert_stopped(s, 1, PHASE_LOGON, FINDING_LOGON_UNANSWERED);
}

static void
stalled_stream_is_a_stop(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    pass_time(s, SECOND);
    see(s, stream_to_server(s->target, s->server));
    capture_goes_on(s, 10 * SECOND);
    assert_stopped(s, 1, PHASE_SINGLE_READ, FINDING_STREAM_STALLED);
}

static void
fault_that_the_boot_got_over_is_no_stop(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 4; i++) {
        see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
        pass_time(s, 4 * SECOND);
    }
    play_dhcp(s, s->target);
    assert_int_equal(times_said(s, FINDING_DISCOVER_UNANSWERED), 1);
    assert_outcome(s, 1, OUTCOME_CAPTURE_ENDED, PHASE_BOOTSTRAP, "capture ended in phase 1");
    play_download(s, s->target);
    assert_outcome(s, 1, OUTCOME_CAPTURE_ENDED, PHASE_LOGON, "capture ended in phase 2");
}

static void
of_several_faults_the_first_of_the_table_is_the_cause(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    for (int i = 0; i < 3; i++) {
        see(s, arp_request(s->target, s->server.address));
        pass_time(s, SECOND);
    }
    see(s, dhcp_from_client(DHCP_MESSAGE_DECLINE, s->target, PXE_CLIENT));
    capture_goes_on(s, 10 * SECOND);
    assert_stopped(s, 1, PHASE_BOOTSTRAP, FINDING_DHCP_REFUSED);
}

static void
boot_that_goes_on_after_a_stop_was_told_is_told_anew(void **state)
{
    scene *s = *state;

    /* A live capture: judged while the target waits, and again when it has gone on. */
    play_dhcp(s, s->target);
    see(s, arp_request(s->target, s->server.address));
    see(s, arp_reply(s->server, s->target));
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    capture_goes_on(s, 5 * SECOND);
    assert_stopped(s, 1, PHASE_BOOTSTRAP, FINDING_BOOTSTRAP_UNANSWERED);
    see(s, tftp_data(s->target, s->server, 2070, 1, 100));
    play_logon(s, s->target);
    assert_outcome(s, 1, OUTCOME_CAPTURE_ENDED, PHASE_LOGON, "capture ended in phase 2");
}

static void
outcome_does_not_need_a_frame_to_be_recalled_first(void **state)
{
    scene *s = *state;
    boot_outcome outcome;

    /* A tap of a one-pass front end: nothing is ever recalled, and what was said at once is known. */
    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_error_from_server(s->target, s->server, 2070, 1));
    outcome = boot_outcome_of(boot_number(s, 1));
    assert_int_equal(outcome.kind, OUTCOME_STOPPED);
    assert_int_equal(outcome.finding, FINDING_BOOTSTRAP_ERROR);
}

/* ---- Times ---- */

static void
times_in_phases_add_up_to_the_boots_time(void **state)
{
    scene *s = *state;
    const boot_t *boot;

    play_dhcp(s, s->target);
    pass_time(s, SECOND);
    play_download(s, s->target); /* its last block begins phase 2 */
    pass_time(s, 2 * SECOND);
    play_logon(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    pass_time(s, 3 * SECOND);
    play_burst(s, s->target, 4096, FULL_PAYLOAD); /* its first datagram begins phase 3 */
    pass_time(s, 4 * SECOND);
    see(s, arp_announcement(s->target)); /* phase 4 */
    pass_time(s, 5 * SECOND);
    play_read(s, s->target, 4096);
    boot = boot_number(s, 1);
    assert_int_equal(boot_life_time_in_phase(&boot->life, PHASE_BOOTSTRAP), SECOND + 7 * MILLISECOND);
    assert_int_equal(boot_life_time_in_phase(&boot->life, PHASE_LOGON), 5 * SECOND + 5 * MILLISECOND);
    assert_int_equal(boot_life_time_in_phase(&boot->life, PHASE_SINGLE_READ), 4 * SECOND + 3 * MILLISECOND);
    assert_int_equal(boot_life_time_in_phase(&boot->life, PHASE_BNISTACK), 5 * SECOND + 4 * MILLISECOND);
    assert_int_equal(boot_life_time_in_phase(&boot->life, PHASE_BOOTSTRAP) + boot_life_time_in_phase(&boot->life, PHASE_LOGON)
        + boot_life_time_in_phase(&boot->life, PHASE_SINGLE_READ) + boot_life_time_in_phase(&boot->life, PHASE_BNISTACK),
        boot->life.times.end - boot->life.times.first);
}

static void
all_stretches_of_a_phase_count(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    pass_time(s, SECOND);
    play_dhcp(s, s->target); /* a chained loader goes back to phase 1 */
    play_download(s, s->target);
    /* Phase 1: 7 ms each; phase 2: 1 ms, the pause and another one, and 1 ms in the end. */
    assert_int_equal(boot_life_time_in_phase(&boot_number(s, 1)->life, PHASE_BOOTSTRAP), 14 * MILLISECOND);
    assert_int_equal(boot_life_time_in_phase(&boot_number(s, 1)->life, PHASE_LOGON), SECOND + 3 * MILLISECOND);
}

static void
phase_that_the_capture_does_not_show_has_no_time(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    assert_int_equal(boot_life_time_in_phase(&boot_number(s, 1)->life, PHASE_BOOTSTRAP), 0);
    assert_int_equal(boot_life_time_in_phase(&boot_number(s, 1)->life, PHASE_LOGON), -1);
    assert_int_equal(boot_life_time_in_phase(&boot_number(s, 1)->life, PHASE_SINGLE_READ), -1);
    assert_int_equal(boot_life_time_in_phase(&boot_number(s, 1)->life, PHASE_BNISTACK), -1);
}

static void
others_frames_are_no_time_of_a_boot(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    play_dhcp(s, s->other_target);
    assert_int_equal(boot_life_time_in_phase(&boot_number(s, 1)->life, PHASE_BOOTSTRAP), 3 * MILLISECOND);
}

/* ---- Another system, and what was running before ---- */

/* The machine's operating system speaks DHCP. */
static void
play_system(scene *s)
{
    see_after(s, SECOND, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, WINDOWS_CLIENT));
}

static void
system_that_starts_after_a_fault_is_another_one(void **state)
{
    scene *s = *state;
    char text[200];

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_error_from_server(s->target, s->server, 2070, 1));
    play_system(s);
    capture_goes_on(s, 100 * SECOND);
    g_snprintf(text, sizeof text, "did not boot from PVS: %s; another system started",
        finding_kind_of(FINDING_BOOTSTRAP_ERROR)->title);
    assert_outcome(s, 1, OUTCOME_OTHER_SYSTEM, PHASE_BOOTSTRAP, text);
}

static void
system_that_starts_after_another_bootstrap_is_another_one(void **state)
{
    scene *s = *state;

    s->file = "pxelinux.0";
    play_dhcp(s, s->target);
    play_download(s, s->target);
    play_system(s);
    assert_outcome(s, 1, OUTCOME_OTHER_SYSTEM, PHASE_LOGON, "did not boot from PVS; another system started");
}

static void
system_that_starts_after_a_pvs_bootstrap_may_have_streamed_out_of_sight(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    play_system(s);
    capture_goes_on(s, 5 * SECOND);
    assert_outcome(s, 1, OUTCOME_CAPTURE_ENDED, PHASE_LOGON, "capture ended in phase 2");
}

static void
stream_of_unknown_phase_was_running(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 4; i++)
        play_read(s, s->target, 512);
    assert_outcome(s, 1, OUTCOME_RUNNING, PHASE_NONE, "was running before the capture");
    capture_goes_on(s, 100 * SECOND);
    assert_outcome(s, 1, OUTCOME_RUNNING, PHASE_NONE, "was running before the capture");
}

static void
stream_of_unknown_phase_that_stalls_froze(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 4; i++)
        play_read(s, s->target, 512);
    see_after(s, SECOND, stream_to_server(s->target, s->server));
    see_after(s, SECOND, stream_to_server(s->target, s->server));
    capture_goes_on(s, 10 * SECOND);
    assert_outcome(s, 1, OUTCOME_RUNNING, PHASE_NONE, "was running before the capture, then froze");
}

static void
bnistack_that_stalls_froze(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, stream_to_server(s->target, s->server));
    see_after(s, SECOND, stream_to_server(s->target, s->server));
    capture_goes_on(s, 10 * SECOND);
    assert_outcome(s, 1, OUTCOME_FROZE, PHASE_BNISTACK, "reached BNIStack, then froze");
}

#define outcome_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        outcome_test(boot_that_streams_in_phase_4_reached_bnistack),
        outcome_test(handoff_without_streaming_did_not_reach_it),
        outcome_test(single_read_mode_to_the_end_is_not_handed_off),
        outcome_test(silence_in_single_read_mode_is_a_stop),
        outcome_test(next_boot_tells_that_the_one_before_stopped),
        outcome_test(unanswered_discovers_are_a_stop),
        outcome_test(download_errors_and_silence_are_a_stop),
        outcome_test(download_that_breaks_off_is_a_stop),
        outcome_test(missing_boot_file_is_a_stop),
        outcome_test(unanswered_logon_is_a_stop),
        outcome_test(stalled_stream_is_a_stop),
        outcome_test(fault_that_the_boot_got_over_is_no_stop),
        outcome_test(of_several_faults_the_first_of_the_table_is_the_cause),
        outcome_test(boot_that_goes_on_after_a_stop_was_told_is_told_anew),
        outcome_test(outcome_does_not_need_a_frame_to_be_recalled_first),
        outcome_test(times_in_phases_add_up_to_the_boots_time),
        outcome_test(all_stretches_of_a_phase_count),
        outcome_test(phase_that_the_capture_does_not_show_has_no_time),
        outcome_test(others_frames_are_no_time_of_a_boot),
        outcome_test(system_that_starts_after_a_fault_is_another_one),
        outcome_test(system_that_starts_after_another_bootstrap_is_another_one),
        outcome_test(system_that_starts_after_a_pvs_bootstrap_may_have_streamed_out_of_sight),
        outcome_test(stream_of_unknown_phase_was_running),
        outcome_test(stream_of_unknown_phase_that_stalls_froze),
        outcome_test(bnistack_that_stalls_froze),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
