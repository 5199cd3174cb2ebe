/* test_discover_log.c
 * DISCOVERs: attempts, runs, answers, and what is said of those without one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

/* A DISCOVER as ROMs repeat it: the same transaction id for all of a client's. */
static boot_event
discover_of(host client, uint16_t secs, bool broadcast)
{
    boot_event event = dhcp_from_client(DHCP_MESSAGE_DISCOVER, client, PXE_CLIENT);

    event.dhcp.transaction = 0x1000 + (uint32_t)(client.mac & 0xff);
    event.dhcp.secs = secs;
    event.dhcp.broadcast = broadcast;
    return event;
}

static boot_event
offer_to(host server, host client)
{
    boot_event event = dhcp_from_server(DHCP_MESSAGE_OFFER, server, client, NULL);

    event.dhcp.transaction = 0x1000 + (uint32_t)(client.mac & 0xff);
    return event;
}

/* Sends a DISCOVER, 4 s after the frame before. Returns its frame. */
static uint32_t
ask(scene *s, host client, uint16_t secs, bool broadcast)
{
    pass_time(s, 4 * SECOND);
    expect_step(s, STEP_DHCP_DISCOVER, discover_of(client, secs, broadcast));
    return frame_now(s);
}

static uint32_t
ask_relayed(scene *s, host client, uint16_t secs, bool broadcast, net_address relay)
{
    boot_event event = discover_of(client, secs, broadcast);

    pass_time(s, 4 * SECOND);
    event.dhcp.relay = relay;
    expect_step(s, STEP_DHCP_DISCOVER, event);
    return frame_now(s);
}

/* An OFFER of an address. Returns its frame. */
static uint32_t
offer(scene *s, host server, host client)
{
    expect_step(s, STEP_DHCP_OFFER, offer_to(server, client));
    return frame_now(s);
}

static uint32_t
answered_in(const scene *s, uint32_t frame)
{
    boot_verdict verdict = recall(s, frame);

    assert_non_null(verdict.discover);
    assert_int_equal(verdict.discover->frame, frame);
    return verdict.discover->answered_in;
}

static uint32_t
attempt(const scene *s, uint32_t frame)
{
    boot_verdict verdict = recall(s, frame);

    assert_non_null(verdict.discover);
    return verdict.discover->attempt;
}

/* ---- Attempts and retries ---- */

static void
attempts_count_from_1_to_the_ack_and_anew_after_it(void **state)
{
    scene *s = *state;
    uint32_t first = ask(s, s->target, 0, true), second = ask(s, s->target, 4, true), third;

    offer(s, s->server, s->target);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    third = ask(s, s->target, 0, true);
    assert_int_equal(attempt(s, first), 1);
    assert_int_equal(attempt(s, second), 2);
    assert_int_equal(attempt(s, third), 1);
    assert_null(said(s, third, FINDING_DISCOVER_RETRY));
}

static void
offer_without_an_ack_does_not_end_the_counting_of_attempts(void **state)
{
    scene *s = *state;
    uint32_t first = ask(s, s->target, 0, true), second;

    offer(s, s->server, s->target);
    second = ask(s, s->target, 0, true);
    assert_int_equal(attempt(s, first), 1);
    assert_int_equal(attempt(s, second), 2);
    assert_never_found(s, FINDING_DISCOVER_RETRY); /* the earlier one was answered */
}

static void
attempts_of_a_new_boot_count_from_1(void **state)
{
    scene *s = *state;
    uint32_t newer;

    ask(s, s->target, 0, true);
    ask(s, s->target, 4, true);
    pass_time(s, 61 * SECOND);
    newer = ask(s, s->target, 0, true);
    assert_int_equal(boot_count(s), 2);
    assert_int_equal(attempt(s, newer), 1);
    assert_null(said(s, newer, FINDING_DISCOVER_RETRY));
}

static void
retry_names_the_one_before_it(void **state)
{
    scene *s = *state;
    uint32_t first = ask(s, s->target, 0, true), second = ask(s, s->target, 4, true);
    const boot_finding *retry = said(s, second, FINDING_DISCOVER_RETRY);

    assert_null(said(s, first, FINDING_DISCOVER_RETRY));
    assert_non_null(retry);
    assert_int_equal(retry->from_frame, first);
    assert_int_equal(retry->times, 2);
}

static void
relayed_copy_is_no_attempt(void **state)
{
    scene *s = *state;
    boot_event relayed = discover_of(s->target, 4, true);
    uint32_t second;

    see(s, relayed);
    relayed.dhcp.relay = s->router.address;
    relayed.source = s->router.address;
    relayed.source_mac = s->router.mac;
    relayed.destination = s->server.address;
    assert_int_equal(see(s, relayed)->finding_count[0], 0);
    assert_int_equal(recall(s, frame_now(s)).discover->frame, 1); /* the copy carries its original's DISCOVER */
    second = ask(s, s->target, 8, true);
    assert_int_equal(attempt(s, second), 2);
    assert_int_equal(said(s, second, FINDING_DISCOVER_RETRY)->from_frame, 1);
}

static void
discovers_of_two_clients_are_counted_apart(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(attempt(s, ask(s, s->target, 4, true)), i + 1);
        assert_int_equal(attempt(s, ask(s, s->other_target, 4, true)), i + 1);
    }
    assert_int_equal(times_said(s, FINDING_DISCOVER_UNANSWERED), 0);
}

/* ---- Answers ---- */

static void
first_offer_of_an_address_answers(void **state)
{
    scene *s = *state;
    uint32_t asked = ask(s, s->target, 4, true), offered = offer(s, s->server, s->target);

    assert_int_equal(recall(s, offered).answers, asked);
    offer(s, s->other_server, s->target);
    assert_int_equal(answered_in(s, asked), offered);
}

static void
answer_is_not_known_on_the_first_visit(void **state)
{
    scene *s = *state;
    const boot_verdict *first = see(s, discover_of(s->target, 4, true));

    assert_true(first->first_visit);
    assert_int_equal(first->discover->answered_in, 0);
    offer(s, s->server, s->target);
    assert_int_equal(answered_in(s, 1), 2);
}

static void
proxy_offer_is_no_answer(void **state)
{
    scene *s = *state;
    boot_event proxy = offer_to(s->server, s->target);
    uint32_t asked = ask(s, s->target, 4, true);

    proxy.dhcp.your_address = NET_ADDRESS_NONE;
    proxy.dhcp.boot.file = s->file;
    assert_int_equal(see(s, proxy)->answers, 0);
    assert_int_equal(answered_in(s, asked), 0);
    capture_goes_on(s, 10 * SECOND);
    assert_non_null(added_later(s, asked, FINDING_DISCOVER_UNANSWERED));
}

static void
offer_answers_all_discovers_of_its_transaction_and_is_for_the_newest(void **state)
{
    scene *s = *state;
    uint32_t first = ask(s, s->target, 0, true), second = ask(s, s->target, 4, true);
    uint32_t offered = offer(s, s->server, s->target);

    assert_int_equal(answered_in(s, first), offered);
    assert_int_equal(answered_in(s, second), offered);
    assert_int_equal(recall(s, offered).answers, second);
}

static void
second_servers_offer_does_not_change_the_first_answer(void **state)
{
    scene *s = *state;
    uint32_t first = ask(s, s->target, 4, true), second = ask(s, s->target, 8, true);
    uint32_t offered = offer(s, s->server, s->target);

    pass_time(s, SECOND);
    offer(s, s->other_server, s->target);
    assert_int_equal(answered_in(s, first), offered);
    assert_int_equal(answered_in(s, second), offered);
}

static void
offer_of_an_older_transaction_answers_that_ones_discover(void **state)
{
    scene *s = *state;
    boot_event newer = discover_of(s->target, 0, true);
    uint32_t first = ask(s, s->target, 0, true);

    pass_time(s, 4 * SECOND);
    newer.dhcp.transaction++; /* a client that takes a new transaction id for each attempt */
    see(s, newer);
    assert_int_equal(see(s, offer_to(s->server, s->target))->answers, first);
    assert_int_equal(answered_in(s, first), frame_now(s));
    assert_int_equal(answered_in(s, frame_now(s) - 1), 0);
}

static void
offer_to_another_client_is_no_answer(void **state)
{
    scene *s = *state;
    uint32_t asked = ask(s, s->target, 4, true), other = ask(s, s->other_target, 4, true);
    uint32_t offered = offer(s, s->server, s->other_target);

    assert_int_equal(answered_in(s, asked), 0);
    assert_int_equal(answered_in(s, other), offered);
}

/* ---- .discover.unanswered and .secs_zero ---- */

static void
fourth_discover_is_unanswered_at_once_and_the_first_three_later(void **state)
{
    scene *s = *state;
    uint32_t frames[4];
    const boot_finding *finding;

    for (int i = 0; i < 4; i++)
        frames[i] = ask(s, s->target, (uint16_t)(4 * i), true);
    assert_int_equal(times_said(s, FINDING_DISCOVER_UNANSWERED), 1);
    finding = said(s, frames[3], FINDING_DISCOVER_UNANSWERED);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, frames[0]);
    assert_int_equal(finding->times, 4);
    assert_int_equal(finding->duration, 3 * (4 * SECOND + MILLISECOND));

    capture_goes_on(s, 4 * SECOND);
    for (int i = 0; i < 4; i++) {
        finding = added_later(s, frames[i], FINDING_DISCOVER_UNANSWERED);
        assert_non_null(finding);
        assert_int_equal(finding->from_frame, frames[0]);
        assert_int_equal(finding->times, 4);
    }
    assert_non_null(said(s, frames[3], FINDING_DISCOVER_UNANSWERED));
}

static void
capture_that_ends_soon_after_the_last_discover_says_nothing_later(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 3; i++)
        ask(s, s->target, 0, true);
    capture_goes_on(s, 3 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
    assert_never_found(s, FINDING_DISCOVER_SECS_ZERO);
    capture_goes_on(s, 4 * SECOND - 1);
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
    capture_goes_on(s, 4 * SECOND);
    assert_int_equal(times_added_later(s, FINDING_DISCOVER_UNANSWERED), 3);
}

static void
single_discover_without_an_offer_is_unanswered_later(void **state)
{
    scene *s = *state;
    uint32_t asked = ask(s, s->target, 4, true);

    capture_goes_on(s, 4 * SECOND);
    assert_int_equal(added_later(s, asked, FINDING_DISCOVER_UNANSWERED)->times, 1);
    assert_int_equal(times_said(s, FINDING_DISCOVER_UNANSWERED), 0);
}

static void
three_discovers_and_an_offer_are_no_fault(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 3; i++)
        ask(s, s->target, 0, true);
    offer(s, s->server, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
    assert_never_found(s, FINDING_DISCOVER_SECS_ZERO);
    assert_int_equal(times_said(s, FINDING_DISCOVER_RETRY), 2);
}

static void
four_discovers_are_a_fault_even_if_an_offer_comes_at_last(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 5; i++)
        ask(s, s->target, 4, true);
    offer(s, s->server, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_int_equal(times_said(s, FINDING_DISCOVER_UNANSWERED), 1);
    assert_non_null(said(s, 4, FINDING_DISCOVER_UNANSWERED));
    assert_int_equal(times_added_later(s, FINDING_DISCOVER_UNANSWERED), 0);
}

static void
run_after_an_offer_counts_from_1(void **state)
{
    scene *s = *state;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 3; i++)
            ask(s, s->target, 4, true);
        offer(s, s->server, s->target);
    }
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
}

static void
ack_ends_a_run_whose_offer_was_not_captured(void **state)
{
    scene *s = *state;

    ask(s, s->target, 4, true);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
}

static void
new_boot_ends_a_run(void **state)
{
    scene *s = *state;

    ask(s, s->target, 4, true);
    ask(s, s->target, 8, true);
    pass_time(s, 61 * SECOND);
    ask(s, s->target, 4, true);
    ask(s, s->target, 8, true);
    capture_goes_on(s, 4 * SECOND);
    assert_int_equal(times_said(s, FINDING_DISCOVER_UNANSWERED), 0);
    for (uint32_t frame = 1; frame <= 4; frame++) {
        const boot_finding *finding = added_later(s, frame, FINDING_DISCOVER_UNANSWERED);

        assert_int_equal(finding->times, 2);
        assert_int_equal(finding->from_frame, frame <= 2 ? 1 : 3);
        assert_int_equal(finding->boot->life.number, frame <= 2 ? 1 : 2);
    }
}

static void
secs_zero_comes_with_unanswered_and_tells_the_bucket(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    for (int i = 0; i < 4; i++)
        ask(s, s->target, 0, true);
    finding = said(s, 4, FINDING_DISCOVER_SECS_ZERO);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, 1);
    assert_int_equal(finding->bucket, recall(s, 4).discover->bucket);
    assert_int_equal(times_said(s, FINDING_DISCOVER_SECS_ZERO), 1);
    capture_goes_on(s, 4 * SECOND);
    assert_int_equal(times_added_later(s, FINDING_DISCOVER_SECS_ZERO), 4);
}

static void
one_discover_with_secs_is_enough_against_secs_zero(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 4; i++)
        ask(s, s->target, i == 2 ? 8 : 0, true);
    capture_goes_on(s, 4 * SECOND);
    assert_non_null(said(s, 4, FINDING_DISCOVER_UNANSWERED));
    assert_never_found(s, FINDING_DISCOVER_SECS_ZERO);
}

/* ---- .discover.flag_decides ---- */

static void
assert_flag_decides_on(const scene *s, const uint32_t *frames, unsigned count, uint32_t answered)
{
    assert_int_equal(times_said(s, FINDING_DISCOVER_FLAG_DECIDES), 0);
    assert_int_equal(times_added_later(s, FINDING_DISCOVER_FLAG_DECIDES), count);
    for (unsigned i = 0; i < count; i++) {
        const boot_finding *finding = added_later(s, frames[i], FINDING_DISCOVER_FLAG_DECIDES);

        assert_non_null(finding);
        assert_int_equal(finding->times, count);
        assert_int_equal(finding->from_frame, answered);
    }
}

static void
flag_decides_for_the_same_client(void **state)
{
    scene *s = *state;
    uint32_t clear[2] = { ask(s, s->target, 8, false), ask(s, s->target, 12, false) };
    uint32_t set = ask(s, s->target, 16, true);

    offer(s, s->server, s->target);
    assert_flag_decides_on(s, clear, 2, set);
}

static void
flag_decides_among_clients_of_a_segment(void **state)
{
    scene *s = *state;
    uint32_t clear[2] = { ask(s, s->target, 8, false), ask(s, s->target, 12, false) };

    ask(s, s->other_target, 8, true);
    offer(s, s->server, s->other_target);
    capture_goes_on(s, 4 * SECOND);
    assert_flag_decides_on(s, clear, 2, 0);
}

static void
flag_decides_among_relayed_clients_of_one_relay(void **state)
{
    scene *s = *state;
    uint32_t clear[2] = { ask_relayed(s, s->target, 8, false, s->router.address),
        ask_relayed(s, s->target, 12, false, s->router.address) };

    ask_relayed(s, s->other_target, 8, true, s->router.address);
    offer(s, s->server, s->other_target);
    capture_goes_on(s, 4 * SECOND);
    assert_flag_decides_on(s, clear, 2, 0);
}

static void
one_silent_discover_decides_nothing(void **state)
{
    scene *s = *state;

    ask(s, s->target, 8, false);
    ask(s, s->target, 12, true);
    offer(s, s->server, s->target);
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_FLAG_DECIDES);
}

static void
answered_clear_discover_speaks_against_it(void **state)
{
    scene *s = *state;

    ask(s, s->target, 8, false);
    ask(s, s->target, 12, false);
    ask(s, s->target, 16, true);
    offer(s, s->server, s->target);
    assert_int_equal(times_added_later(s, FINDING_DISCOVER_FLAG_DECIDES), 2);
    ask(s, s->other_target, 8, false);
    offer(s, s->server, s->other_target);
    assert_never_found(s, FINDING_DISCOVER_FLAG_DECIDES);
}

static void
silent_set_discover_speaks_against_it(void **state)
{
    scene *s = *state;

    ask(s, s->target, 8, false);
    ask(s, s->target, 12, false);
    ask(s, s->target, 16, true);
    offer(s, s->server, s->target);
    ask(s, s->other_target, 8, true);
    capture_goes_on(s, 3 * SECOND);
    assert_int_equal(times_added_later(s, FINDING_DISCOVER_FLAG_DECIDES), 2); /* it may still be answered */
    capture_goes_on(s, 4 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_FLAG_DECIDES);
}

static void
secs_that_tell_them_apart_speak_against_it(void **state)
{
    scene *s = *state;

    /* As a load balancing pair does it: above 3 any server answers. */
    ask(s, s->target, 0, false);
    ask(s, s->target, 3, false);
    ask(s, s->target, 4, true);
    offer(s, s->server, s->target);
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_FLAG_DECIDES);
}

static void
other_segment_neither_proves_nor_contradicts_it(void **state)
{
    scene *s = *state;
    host third = host_number(52);
    uint32_t clear[2] = { ask(s, s->target, 8, false), ask(s, s->target, 12, false) };

    ask_relayed(s, s->other_target, 8, true, s->router.address);
    offer(s, s->server, s->other_target);
    capture_goes_on(s, 4 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_FLAG_DECIDES); /* answered behind a relay only */
    ask(s, s->target, 16, true);
    offer(s, s->server, s->target);
    ask_relayed(s, third, 8, false, s->router.address);
    offer(s, s->server, third);
    assert_flag_decides_on(s, clear, 2, recall(s, frame_now(s) - 3).discover->frame);
}

static void
same_client_on_another_segment_is_not_surest(void **state)
{
    scene *s = *state;
    uint32_t clear[2] = { ask(s, s->target, 8, false), ask(s, s->target, 12, false) };

    ask(s, s->other_target, 8, true);
    offer(s, s->server, s->other_target);
    ask_relayed(s, s->target, 16, true, s->router.address); /* it was carried to another room */
    offer(s, s->server, s->target);
    assert_flag_decides_on(s, clear, 2, 0);
}

static void
discovers_whose_answer_the_capture_lost_are_not_silent(void **state)
{
    scene *s = *state;
    boot_event request = dhcp_from_client(DHCP_MESSAGE_REQUEST, s->other_target, PXE_CLIENT);

    ask(s, s->other_target, 8, false);
    ask(s, s->other_target, 12, false);
    request.dhcp.server_id = s->server.address; /* whom it knows from an OFFER */
    see(s, request);
    ask(s, s->target, 8, true);
    offer(s, s->server, s->target);
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_DISCOVER_FLAG_DECIDES);
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
}

#define discover_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        discover_test(attempts_count_from_1_to_the_ack_and_anew_after_it),
        discover_test(offer_without_an_ack_does_not_end_the_counting_of_attempts),
        discover_test(attempts_of_a_new_boot_count_from_1),
        discover_test(retry_names_the_one_before_it),
        discover_test(relayed_copy_is_no_attempt),
        discover_test(discovers_of_two_clients_are_counted_apart),
        discover_test(first_offer_of_an_address_answers),
        discover_test(answer_is_not_known_on_the_first_visit),
        discover_test(proxy_offer_is_no_answer),
        discover_test(offer_answers_all_discovers_of_its_transaction_and_is_for_the_newest),
        discover_test(second_servers_offer_does_not_change_the_first_answer),
        discover_test(offer_of_an_older_transaction_answers_that_ones_discover),
        discover_test(offer_to_another_client_is_no_answer),
        discover_test(fourth_discover_is_unanswered_at_once_and_the_first_three_later),
        discover_test(capture_that_ends_soon_after_the_last_discover_says_nothing_later),
        discover_test(single_discover_without_an_offer_is_unanswered_later),
        discover_test(three_discovers_and_an_offer_are_no_fault),
        discover_test(four_discovers_are_a_fault_even_if_an_offer_comes_at_last),
        discover_test(run_after_an_offer_counts_from_1),
        discover_test(ack_ends_a_run_whose_offer_was_not_captured),
        discover_test(new_boot_ends_a_run),
        discover_test(secs_zero_comes_with_unanswered_and_tells_the_bucket),
        discover_test(one_discover_with_secs_is_enough_against_secs_zero),
        discover_test(flag_decides_for_the_same_client),
        discover_test(flag_decides_among_clients_of_a_segment),
        discover_test(flag_decides_among_relayed_clients_of_one_relay),
        discover_test(one_silent_discover_decides_nothing),
        discover_test(answered_clear_discover_speaks_against_it),
        discover_test(silent_set_discover_speaks_against_it),
        discover_test(secs_that_tell_them_apart_speak_against_it),
        discover_test(other_segment_neither_proves_nor_contradicts_it),
        discover_test(same_client_on_another_segment_is_not_surest),
        discover_test(discovers_whose_answer_the_capture_lost_are_not_silent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
