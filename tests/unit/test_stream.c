/* test_stream.c
 * What is said of the stream: retries, stalls, changes of the server, long single read mode, a hand-off that is missing
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include "boot/ending.h"

static boot_event
asks(scene *s)
{
    return stream_to_server(s->target, s->server);
}

static boot_event
data(scene *s)
{
    return stream_to_target(s->target, s->server, FULL_PAYLOAD);
}

static boot_event
reply(scene *s)
{
    return stream_to_target(s->target, s->server, 48);
}

static boot_event
somebodys(void)
{
    return (boot_event){ .kind = BOOT_EVENT_OTHER };
}

static boot_event
event_of(const scene *s, uint32_t frame)
{
    return g_array_index(s->events, boot_event, frame - 1);
}

/* ---- .read.retry ---- */

static void
retry_in_single_read_mode_is_half_a_second_later(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see_after(s, SECOND, asks(s));
    see_after(s, SECOND / 2 - 1, asks(s));
    assert_never_found(s, FINDING_READ_RETRY);
    see_after(s, SECOND / 2, asks(s));
    assert_non_null(said(s, frame_now(s), FINDING_READ_RETRY));
}

static void
same_bytes_after_read_data_are_a_retry_in_every_phase(void **state)
{
    scene *s = *state;
    boot_event first;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    first = event_of(s, frame_now(s));
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    see_after(s, SECOND / 2, stream_repeated(asks(s), &first)); /* the burst was lost behind the capture point */
    assert_non_null(said(s, frame_now(s), FINDING_READ_RETRY));
}

static void
same_bytes_without_an_answer_are_a_retry_up_to_a_minute_later(void **state)
{
    scene *s = *state;
    boot_event first;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    first = event_of(s, frame_now(s));
    see_after(s, 60 * SECOND, stream_repeated(asks(s), &first));
    assert_int_equal(times_said(s, FINDING_READ_RETRY), 1);
    see_after(s, 60 * SECOND + 1, stream_repeated(asks(s), &first));
    assert_int_equal(times_said(s, FINDING_READ_RETRY), 1);
}

static void
same_bytes_sooner_are_none(void **state)
{
    scene *s = *state;
    boot_event first;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    first = event_of(s, frame_now(s));
    see_after(s, SECOND / 2 - 1, stream_repeated(asks(s), &first));
    assert_never_found(s, FINDING_READ_RETRY);
}

static void
answered_heartbeat_is_no_retry(void **state)
{
    scene *s = *state;
    boot_event first;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    first = event_of(s, frame_now(s));
    for (int i = 0; i < 3; i++) {
        see(s, reply(s));
        see_after(s, 30 * SECOND, stream_repeated(asks(s), &first));
    }
    assert_never_found(s, FINDING_READ_RETRY);
    see_after(s, 30 * SECOND, stream_repeated(asks(s), &first)); /* the one before was not answered */
    assert_non_null(said(s, frame_now(s), FINDING_READ_RETRY));
}

/* ---- .stream.stalled ---- */

/* Two requests so long apart, and the time after the second. Returns its frame. */
static uint32_t
play_two_requests(scene *s, int64_t apart, int64_t after)
{
    uint32_t second;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    see_after(s, apart, asks(s));
    second = frame_now(s);
    see_after(s, after, somebodys());
    return second;
}

static void
two_requests_half_a_second_apart_may_stall(void **state)
{
    uint32_t second = play_two_requests(*state, SECOND / 2, 10 * SECOND);

    assert_non_null(added_later(*state, second, FINDING_STREAM_STALLED));
    assert_int_equal(boot_outcome_of(boot_number(*state, 1)).kind, OUTCOME_FROZE);
}

static void
two_requests_ten_seconds_apart_may_stall(void **state)
{
    assert_non_null(added_later(*state, play_two_requests(*state, 10 * SECOND, 10 * SECOND), FINDING_STREAM_STALLED));
}

static void
two_requests_closer_or_farther_apart_do_not(void **state)
{
    play_two_requests(*state, SECOND / 2 - 1, 100 * SECOND);
    assert_never_found(*state, FINDING_STREAM_STALLED);
    scene_teardown(state);
    scene_setup(state);
    play_two_requests(*state, 10 * SECOND + 1, 100 * SECOND);
    assert_never_found(*state, FINDING_STREAM_STALLED);
}

static void
less_than_ten_seconds_of_silence_are_no_stall(void **state)
{
    play_two_requests(*state, SECOND, 10 * SECOND - 1);
    assert_never_found(*state, FINDING_STREAM_STALLED);
}

static void
answer_after_ten_seconds_makes_the_stall_certain(void **state)
{
    scene *s = *state;
    uint32_t second;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    see_after(s, SECOND, asks(s));
    second = frame_now(s);
    see_after(s, 10 * SECOND, data(s));
    assert_non_null(said(s, frame_now(s), FINDING_STREAM_STALLED));
    assert_non_null(added_later(s, second, FINDING_STREAM_STALLED));
}

/* The same request so often, each so long after the one before and answered by read data. */
static void
play_same_requests(scene *s, unsigned count, int64_t apart)
{
    boot_event first;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    first = event_of(s, frame_now(s));
    for (unsigned i = 1; i < count; i++) {
        uint32_t before = frame_now(s);
        play_burst(s, s->target, 4096, FULL_PAYLOAD);
        s->time = event_of(s, before).time + apart;
        see(s, stream_repeated(asks(s), &first));
    }
}

static void
same_request_five_times_over_ten_seconds_is_a_stall(void **state)
{
    scene *s = *state;

    play_same_requests(s, 5, SECOND * 5 / 2);
    assert_non_null(said(s, frame_now(s), FINDING_STREAM_STALLED));
    assert_true(text_holds(said(s, frame_now(s), FINDING_STREAM_STALLED), "does not reach the target"));
    assert_int_equal(times_said(s, FINDING_STREAM_STALLED), 1);
}

static void
same_request_four_times_is_none(void **state)
{
    play_same_requests(*state, 4, 5 * SECOND);
    assert_never_found(*state, FINDING_STREAM_STALLED);
}

static void
same_request_five_times_in_less_is_none_yet(void **state)
{
    play_same_requests(*state, 5, SECOND * 5 / 2 - 1);
    assert_int_equal(times_said(*state, FINDING_STREAM_STALLED), 0);
}

static void
idle_target_that_asks_every_half_minute_does_not_stall(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    for (int i = 0; i < 5; i++)
        see_after(s, 30 * SECOND, asks(s));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_STREAM_STALLED);
}

/* ---- .stream.server_changed, .stream.server_loop ---- */

static void
server_that_was_silent_for_a_second_is_left(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    see_after(s, SECOND, stream_to_server(s->target, s->other_server));
    assert_non_null(said(s, frame_now(s), FINDING_STREAM_SERVER_CHANGED));
    assert_true(net_address_equal(&said(s, frame_now(s), FINDING_STREAM_SERVER_CHANGED)->address,
        &s->other_server.address));
}

static void
server_that_was_silent_for_less_is_not(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    see_after(s, SECOND - 1, stream_to_server(s->target, s->other_server));
    assert_never_found(s, FINDING_STREAM_SERVER_CHANGED);
}

static void
servers_that_are_used_in_turn_are_no_change(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    for (int i = 0; i < 6; i++) {
        host server = i % 2 == 0 ? s->other_server : s->server;
        see_after(s, 2 * SECOND, stream_to_server(s->target, server));
        see(s, stream_to_target(s->target, server, 568));
    }
    assert_never_found(s, FINDING_STREAM_SERVER_CHANGED);
    assert_never_found(s, FINDING_STREAM_SERVER_LOOP);
}

/* The target leaves a silent server, so long after the change before. */
static void
play_changes(scene *s, unsigned count, int64_t apart)
{
    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, asks(s));
    for (unsigned i = 0; i < count; i++)
        see_after(s, apart, stream_to_server(s->target, i % 2 == 0 ? s->other_server : s->server));
}

static void
third_change_within_five_minutes_is_a_loop(void **state)
{
    scene *s = *state;

    play_changes(s, 2, 150 * SECOND);
    assert_never_found(s, FINDING_STREAM_SERVER_LOOP);
    see_after(s, 150 * SECOND, stream_to_server(s->target, s->other_server));
    assert_non_null(said(s, frame_now(s), FINDING_STREAM_SERVER_LOOP));
}

static void
third_change_later_is_none(void **state)
{
    scene *s = *state;

    play_changes(s, 2, 150 * SECOND);
    see_after(s, 150 * SECOND + 1, stream_to_server(s->target, s->other_server));
    assert_int_equal(times_said(s, FINDING_STREAM_SERVER_CHANGED), 3);
    assert_never_found(s, FINDING_STREAM_SERVER_LOOP);
}

/* ---- .single_read.long ---- */

/* Single read mode goes on, read by read, until so long after its first read data. */
static void
play_single_read_until(scene *s, int64_t nanoseconds)
{
    int64_t start;

    play_boot_to_logon(s, s->target);
    see(s, asks(s));
    see(s, stream_to_target(s->target, s->server, 568));
    start = event_of(s, frame_now(s)).time;
    for (int64_t at = SECOND; at < nanoseconds; at += SECOND) {
        s->time = start + at;
        see(s, asks(s));
        see(s, stream_to_target(s->target, s->server, 568));
    }
    s->time = start + nanoseconds;
}

static void
handoff_after_more_than_a_minute_is_long(void **state)
{
    scene *s = *state;

    play_single_read_until(s, 60 * SECOND + 1);
    expect_step(s, STEP_HANDOFF, arp_announcement(s->target));
    assert_non_null(said(s, frame_now(s), FINDING_SINGLE_READ_LONG));
    assert_int_equal(said(s, frame_now(s), FINDING_SINGLE_READ_LONG)->duration, 60 * SECOND + 1);
}

static void
handoff_after_a_minute_is_not(void **state)
{
    scene *s = *state;

    play_single_read_until(s, 60 * SECOND);
    expect_step(s, STEP_HANDOFF, arp_announcement(s->target));
    assert_never_found(s, FINDING_SINGLE_READ_LONG);
}

static void
single_read_mode_that_does_not_end_is_long_on_its_last_frame(void **state)
{
    scene *s = *state;

    play_single_read_until(s, 60 * SECOND);
    see_after(s, 2 * SECOND, asks(s));
    assert_non_null(added_later(s, frame_now(s), FINDING_SINGLE_READ_LONG));
    assert_int_equal(times_said(s, FINDING_SINGLE_READ_LONG), 0);
}

/* ---- .handoff.missing, .handoff.other_card ---- */

static void
other_card_that_streams_within_half_a_minute_is_told(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_boot_to_single_read(s, s->target);
    last = frame_now(s);
    see_after(s, 30 * SECOND, stream_to_server(s->other_target, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(added_later(s, last, FINDING_HANDOFF_OTHER_CARD));
    assert_int_equal(added_later(s, last, FINDING_HANDOFF_OTHER_CARD)->mac, s->other_target.mac);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
}

static void
other_card_that_streams_later_is_another_machine(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_boot_to_single_read(s, s->target);
    last = frame_now(s);
    see_after(s, 30 * SECOND + 1, stream_to_server(s->other_target, s->server));
    assert_never_found(s, FINDING_HANDOFF_OTHER_CARD);
    assert_non_null(added_later(s, last, FINDING_HANDOFF_MISSING));
}

static void
stream_with_another_server_is_another_machines(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_boot_to_single_read(s, s->target);
    last = frame_now(s);
    see_after(s, 12 * SECOND, stream_to_server(s->other_target, s->other_server));
    assert_never_found(s, FINDING_HANDOFF_OTHER_CARD);
    assert_non_null(added_later(s, last, FINDING_HANDOFF_MISSING));
}

static void
machine_that_booted_itself_is_no_other_card(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_dhcp(s, s->other_target);
    play_boot_to_single_read(s, s->target);
    last = frame_now(s);
    see_after(s, 12 * SECOND, stream_to_server(s->other_target, s->server));
    assert_never_found(s, FINDING_HANDOFF_OTHER_CARD);
    assert_non_null(added_later(s, last, FINDING_HANDOFF_MISSING));
}

static void
drivers_words_after_a_pause_show_that_it_took_over(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see_after(s, 2 * SECOND, asks(s));
    see(s, reply(s));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
    assert_int_equal(boot_outcome_of(boot_number(s, 1)).kind, OUTCOME_NOT_HANDED_OFF);
}

static void
same_words_after_a_shorter_pause_do_not(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see_after(s, 2 * SECOND - 1, asks(s));
    see(s, reply(s));
    capture_goes_on(s, 10 * SECOND);
    assert_non_null(added_later(s, frame_now(s), FINDING_HANDOFF_MISSING));
}

static void
handoff_is_not_missing_before_ten_seconds(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    capture_goes_on(s, 10 * SECOND - 1);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
    assert_int_equal(boot_outcome_of(boot_number(s, 1)).kind, OUTCOME_NOT_HANDED_OFF);
    capture_goes_on(s, 10 * SECOND);
    assert_non_null(added_later(s, frame_now(s), FINDING_HANDOFF_MISSING));
}

/* ---- Evidence of the hand-off ---- */

static void
evidence_five_seconds_later_is_of_the_same_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_HANDOFF, arp_announcement(s->target));
    see_after(s, 5 * SECOND, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
    assert_int_equal(handoff_evidence_known(&boot_number(s, 1)->handoff, false), HANDOFF_BY_ARP);
    assert_int_equal(handoff_evidence_known(&boot_number(s, 1)->handoff, true), HANDOFF_BY_ARP | HANDOFF_BY_JUMBO);
}

static void
evidence_later_still_is_none_of_it(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_HANDOFF, arp_announcement(s->target));
    see_after(s, 5 * SECOND + 1, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
    assert_int_equal(handoff_evidence_known(&boot_number(s, 1)->handoff, true), HANDOFF_BY_ARP);
}

/* ---- Stop and wait, and neighbours that change places ---- */

static void
acknowledged_datagrams_are_one_read_and_no_overlap(void **state)
{
    scene *s = *state;

    play_boot_to_logon(s, s->target);
    for (int i = 0; i < 6; i++) {
        uint32_t count = burst_length(32768, FULL_PAYLOAD);
        for (uint32_t j = 0; j < count; j++) {
            see(s, asks(s)); /* the request, and then one for each datagram */
            see(s, stream_to_target(s->target, s->server, burst_payload(32768, FULL_PAYLOAD, j)));
        }
        assert_int_equal(recall(s, frame_now(s)).read_number, i + 1);
        assert_int_equal(recall(s, frame_now(s)).read->bytes, 32768);
    }
    assert_int_equal(boot_life_phase(&boot_number(s, 1)->life), PHASE_SINGLE_READ);
    assert_never_found(s, FINDING_HANDOFF_SEEN);
    assert_never_found(s, FINDING_READ_RETRY);
}

static void
neighbours_that_change_places_are_no_overlap(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, asks(s));
    for (int i = 0; i < 20; i++) {
        uint32_t count = burst_length(32768, FULL_PAYLOAD);
        for (uint32_t j = 0; j < count; j++) {
            if (j == count - 1)
                see(s, asks(s)); /* the next read's request, which came after this burst's last datagram */
            see(s, stream_to_target(s->target, s->server, burst_payload(32768, FULL_PAYLOAD, j)));
        }
    }
    assert_int_equal(boot_life_phase(&boot_number(s, 1)->life), PHASE_SINGLE_READ);
    assert_never_found(s, FINDING_HANDOFF_SEEN);
}

/* ---- Phase not known ---- */

/* A stream in mid-life: requests of 48 bytes and reads of 512 bytes. */
static void
play_running_stream(scene *s)
{
    for (int i = 0; i < 3; i++) {
        see_after(s, SECOND, asks(s));
        see(s, stream_to_target(s->target, s->server, 568));
    }
}

static void
stream_of_unknown_phase_has_plain_steps_and_no_findings_of_single_read_mode(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_UNPLACED_REQUEST, asks(s));
    expect_step(s, STEP_UNPLACED_DATA, stream_to_target(s->target, s->server, 568));
    play_running_stream(s);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_STREAM_STARTED);
    assert_never_found(s, FINDING_HANDOFF_MISSING);
    assert_never_found(s, FINDING_SINGLE_READ_LONG);
    assert_int_equal(boot_outcome_of(boot_number(s, 1)).kind, OUTCOME_RUNNING);
}

static void
pause_before_the_announcement_makes_it_the_handoff(void **state)
{
    scene *s = *state;

    play_running_stream(s);
    see_after(s, 2 * SECOND, arp_announcement(s->target));
    assert_int_equal(recall(s, s->events->len).step, STEP_HANDOFF);
}

static void
announcement_sooner_or_much_later_only_proves_bnistack(void **state)
{
    static const int64_t pauses[] = { 2 * SECOND - 1, 30 * SECOND + 1 };

    for (size_t i = 0; i < G_N_ELEMENTS(pauses); i++) {
        scene *s = *state;

        play_running_stream(s);
        see_after(s, pauses[i], arp_announcement(s->target));
        assert_int_equal(recall(s, s->events->len).step, STEP_BNISTACK_ADDRESS);
        assert_int_equal(recall(s, s->events->len).phase, PHASE_BNISTACK);
        assert_int_equal(boot_outcome_of(boot_number(s, 1)).kind, OUTCOME_RUNNING);
        scene_teardown(state);
        scene_setup(state);
    }
}

static void
pause_of_half_a_minute_is_not_too_long(void **state)
{
    scene *s = *state;

    play_running_stream(s);
    see_after(s, 30 * SECOND, arp_announcement(s->target));
    assert_int_equal(recall(s, s->events->len).step, STEP_HANDOFF);
}

static void
renewal_after_a_pause_is_no_handoff(void **state)
{
    scene *s = *state;
    boot_event renewal = dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT);

    renewal.dhcp.client_address = s->target.address;
    play_running_stream(s);
    see_after(s, 3 * SECOND, renewal);
    assert_int_equal(recall(s, s->events->len).step, STEP_BNISTACK_ADDRESS);
}

static void
new_request_for_an_address_after_a_pause_is_the_handoff(void **state)
{
    scene *s = *state;

    play_running_stream(s);
    see_after(s, 3 * SECOND, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    assert_int_equal(recall(s, s->events->len).step, STEP_HANDOFF);
}

static void
larger_read_data_of_unknown_phase_is_bnistack(void **state)
{
    scene *s = *state;

    see(s, asks(s));
    expect_step(s, STEP_BNISTACK_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD + 1));
}

/* ---- Ports alone ---- */

static void
sizes_that_do_not_fit_prove_nothing(void **state)
{
    scene *s = *state;
    boot_event first;

    see(s, asks(s));
    first = event_of(s, 1);
    for (int i = 0; i < 10; i++) {
        see(s, stream_to_target(s->target, s->server, 700));
        see_after(s, SECOND, stream_repeated(asks(s), &first));
    }
    capture_goes_on(s, 100 * SECOND);
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_POSSIBLE);
    for (unsigned id = 0; id < FINDING_COUNT; id++)
        assert_never_found(s, (finding_id)id);
}

static void
second_read_of_whole_sectors_proves_pvs(void **state)
{
    scene *s = *state;

    see(s, asks(s));
    see(s, stream_to_target(s->target, s->server, 568));
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_POSSIBLE);
    see(s, asks(s));
    see(s, stream_to_target(s->target, s->server, 568));
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_PVS);
    assert_int_equal(boot_life_certainty_at(&boot_number(s, 1)->life, 3), CERTAINTY_POSSIBLE);
}

#define stream_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        stream_test(retry_in_single_read_mode_is_half_a_second_later),
        stream_test(same_bytes_after_read_data_are_a_retry_in_every_phase),
        stream_test(same_bytes_without_an_answer_are_a_retry_up_to_a_minute_later),
        stream_test(same_bytes_sooner_are_none),
        stream_test(answered_heartbeat_is_no_retry),
        stream_test(two_requests_half_a_second_apart_may_stall),
        stream_test(two_requests_ten_seconds_apart_may_stall),
        stream_test(two_requests_closer_or_farther_apart_do_not),
        stream_test(less_than_ten_seconds_of_silence_are_no_stall),
        stream_test(answer_after_ten_seconds_makes_the_stall_certain),
        stream_test(same_request_five_times_over_ten_seconds_is_a_stall),
        stream_test(same_request_four_times_is_none),
        stream_test(same_request_five_times_in_less_is_none_yet),
        stream_test(idle_target_that_asks_every_half_minute_does_not_stall),
        stream_test(server_that_was_silent_for_a_second_is_left),
        stream_test(server_that_was_silent_for_less_is_not),
        stream_test(servers_that_are_used_in_turn_are_no_change),
        stream_test(third_change_within_five_minutes_is_a_loop),
        stream_test(third_change_later_is_none),
        stream_test(handoff_after_more_than_a_minute_is_long),
        stream_test(handoff_after_a_minute_is_not),
        stream_test(single_read_mode_that_does_not_end_is_long_on_its_last_frame),
        stream_test(other_card_that_streams_within_half_a_minute_is_told),
        stream_test(other_card_that_streams_later_is_another_machine),
        stream_test(stream_with_another_server_is_another_machines),
        stream_test(machine_that_booted_itself_is_no_other_card),
        stream_test(drivers_words_after_a_pause_show_that_it_took_over),
        stream_test(same_words_after_a_shorter_pause_do_not),
        stream_test(handoff_is_not_missing_before_ten_seconds),
        stream_test(evidence_five_seconds_later_is_of_the_same_handoff),
        stream_test(evidence_later_still_is_none_of_it),
        stream_test(acknowledged_datagrams_are_one_read_and_no_overlap),
        stream_test(neighbours_that_change_places_are_no_overlap),
        stream_test(stream_of_unknown_phase_has_plain_steps_and_no_findings_of_single_read_mode),
        stream_test(pause_before_the_announcement_makes_it_the_handoff),
        stream_test(announcement_sooner_or_much_later_only_proves_bnistack),
        stream_test(pause_of_half_a_minute_is_not_too_long),
        stream_test(renewal_after_a_pause_is_no_handoff),
        stream_test(new_request_for_an_address_after_a_pause_is_the_handoff),
        stream_test(larger_read_data_of_unknown_phase_is_bnistack),
        stream_test(sizes_that_do_not_fit_prove_nothing),
        stream_test(second_read_of_whole_sectors_proves_pvs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
