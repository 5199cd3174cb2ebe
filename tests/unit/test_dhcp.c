/* test_dhcp.c
 * What is said of a client's DHCP: refusals, servers that differ or are silent, answers that come late
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

static boot_event
discovers(scene *s)
{
    return dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);
}

static boot_event
requests(scene *s, host server)
{
    boot_event event = dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT);

    event.dhcp.server_id = server.address;
    return event;
}

static boot_event
answers(scene *s, dhcp_message message, host server)
{
    return dhcp_from_server(message, server, s->target, s->file);
}

/* DISCOVER, OFFER and a REQUEST to s->server, which are frames 1 to 3. */
static void
play_to_request(scene *s)
{
    see(s, discovers(s));
    see(s, answers(s, DHCP_MESSAGE_OFFER, s->server));
    see(s, requests(s, s->server));
}

/* ---- .dhcp.refused ---- */

static void
nak_of_the_server_that_was_asked_is_said_at_once(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_NAK, s->server));
    assert_non_null(said(s, 4, FINDING_DHCP_REFUSED));
    assert_true(shown_at_last(s, 4, FINDING_DHCP_REFUSED));
}

static void
nak_of_another_server_is_said_when_the_client_begins_anew(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_NAK, s->other_server));
    assert_never_found(s, FINDING_DHCP_REFUSED);
    see_after(s, SECOND, discovers(s));
    assert_non_null(said(s, 5, FINDING_DHCP_REFUSED));
    assert_true(net_address_equal(&said(s, 5, FINDING_DHCP_REFUSED)->address, &s->other_server.address));
    assert_true(text_holds(said(s, 5, FINDING_DHCP_REFUSED), "not the server asked"));
    assert_non_null(added_later(s, 4, FINDING_DHCP_REFUSED));
}

static void
nak_of_another_server_after_the_ack_undoes_it(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_ACK, s->server));
    see(s, answers(s, DHCP_MESSAGE_NAK, s->other_server));
    see_after(s, SECOND, discovers(s));
    assert_non_null(said(s, 6, FINDING_DHCP_REFUSED));
    assert_non_null(added_later(s, 5, FINDING_DHCP_REFUSED));
}

static void
nak_after_which_nothing_comes_for_ten_seconds_is_known_later(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_NAK, s->other_server));
    capture_goes_on(s, 10 * SECOND - 1);
    assert_never_found(s, FINDING_DHCP_REFUSED);
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(times_said(s, FINDING_DHCP_REFUSED), 0);
    assert_non_null(added_later(s, 4, FINDING_DHCP_REFUSED));
}

/* After a NAK of another server the client is silent for so long. */
static void
play_silence_after_a_nak(scene *s, int64_t nanoseconds)
{
    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_ACK, s->server));
    see(s, answers(s, DHCP_MESSAGE_NAK, s->other_server));
    see_after(s, nanoseconds, arp_request(s->target, s->server.address));
    see(s, arp_reply(s->server, s->target));
}

static void
nak_is_obeyed_by_ten_seconds_of_silence_whatever_comes_later(void **state)
{
    play_silence_after_a_nak(*state, 10 * SECOND);
    assert_int_equal(times_said(*state, FINDING_DHCP_REFUSED), 0);
    assert_non_null(added_later(*state, 5, FINDING_DHCP_REFUSED));
}

static void
nak_is_not_obeyed_by_less(void **state)
{
    play_silence_after_a_nak(*state, 10 * SECOND - 1);
    capture_goes_on(*state, 100 * SECOND);
    assert_never_found(*state, FINDING_DHCP_REFUSED);
}

/* Whoever uses the ACK has not obeyed the NAK. */
static void
assert_nak_is_nothing_after(scene *s, boot_event use)
{
    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_ACK, s->server));
    see(s, answers(s, DHCP_MESSAGE_NAK, s->other_server));
    see(s, use);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_REFUSED);
}

static void
nak_is_nothing_if_the_client_uses_the_ack_by_arp(void **state)
{
    scene *s = *state;

    assert_nak_is_nothing_after(s, arp_request(s->target, s->server.address));
}

static void
nak_is_nothing_if_the_client_asks_a_boot_server(void **state)
{
    scene *s = *state;

    assert_nak_is_nothing_after(s, pxe_request(s->target, s->server));
}

static void
nak_is_nothing_if_the_client_reads_its_bootstrap(void **state)
{
    scene *s = *state;

    assert_nak_is_nothing_after(s, tftp_request(s->target, s->server, 2070, s->file, 0));
}

static void
nak_is_nothing_if_the_client_logs_on(void **state)
{
    scene *s = *state;

    assert_nak_is_nothing_after(s, stream_to_server(s->target, s->server));
}

static void
nak_for_the_operating_system_is_no_refusal(void **state)
{
    scene *s = *state;
    boot_event asks;

    play_dhcp(s, s->target);
    asks = dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT);
    asks.dhcp.server_id = s->server.address;
    see(s, asks);
    see(s, answers(s, DHCP_MESSAGE_NAK, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_REFUSED);
}

static void
declined_ack_is_refused_and_names_no_file(void **state)
{
    scene *s = *state;

    s->file = NULL;
    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_ACK, s->server));
    see(s, dhcp_from_client(DHCP_MESSAGE_DECLINE, s->target, PXE_CLIENT));
    assert_non_null(said(s, 5, FINDING_DHCP_REFUSED));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

/* ---- .discover.answered_late, .discover.retry ---- */

static void
offer_ten_seconds_after_the_first_discover_is_late(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see_after(s, 4 * SECOND, discovers(s));
    see_after(s, 6 * SECOND, answers(s, DHCP_MESSAGE_OFFER, s->server));
    assert_non_null(said(s, 3, FINDING_DISCOVER_ANSWERED_LATE));
    assert_int_equal(said(s, 3, FINDING_DISCOVER_ANSWERED_LATE)->duration, 10 * SECOND);
    assert_int_equal(recall(s, 3).wait, 10 * SECOND);
}

static void
offer_sooner_is_not_late(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see_after(s, 10 * SECOND - 1, answers(s, DHCP_MESSAGE_OFFER, s->server));
    assert_never_found(s, FINDING_DISCOVER_ANSWERED_LATE);
    assert_int_equal(recall(s, 2).wait, 10 * SECOND - 1);
}

static void
second_offer_of_a_run_is_not_late_again(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see_after(s, 20 * SECOND, answers(s, DHCP_MESSAGE_OFFER, s->server));
    see_after(s, SECOND, answers(s, DHCP_MESSAGE_OFFER, s->other_server));
    assert_int_equal(times_said(s, FINDING_DISCOVER_ANSWERED_LATE), 1);
}

static void
discover_after_an_answered_one_is_no_retry(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, answers(s, DHCP_MESSAGE_OFFER, s->server));
    see_after(s, 4 * SECOND, discovers(s));
    assert_never_found(s, FINDING_DISCOVER_RETRY);
    assert_int_equal(recall(s, 3).discover->attempt, 2);
}

/* ---- .dhcp.request_unanswered ---- */

static void
request_repeated_over_four_seconds_is_unanswered(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see_after(s, 4 * SECOND, requests(s, s->server));
    assert_non_null(said(s, 4, FINDING_DHCP_REQUEST_UNANSWERED));
    assert_true(shown_at_last(s, 4, FINDING_DHCP_REQUEST_UNANSWERED));
    assert_true(net_address_equal(&said(s, 4, FINDING_DHCP_REQUEST_UNANSWERED)->address, &s->server.address));
}

static void
request_repeated_sooner_is_not_unanswered_yet(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see_after(s, 4 * SECOND - 2, requests(s, s->server));
    see_after(s, 1, answers(s, DHCP_MESSAGE_ACK, s->server));
    capture_goes_on(s, SECOND);
    assert_never_found(s, FINDING_DHCP_REQUEST_UNANSWERED);
}

static void
two_requests_are_unanswered_when_four_seconds_have_passed(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see_after(s, 2 * SECOND, requests(s, s->server));
    capture_goes_on(s, 2 * SECOND - 1);
    assert_never_found(s, FINDING_DHCP_REQUEST_UNANSWERED);
    capture_goes_on(s, 2 * SECOND);
    assert_non_null(added_later(s, 4, FINDING_DHCP_REQUEST_UNANSWERED));
    assert_int_equal(times_added_later(s, FINDING_DHCP_REQUEST_UNANSWERED), 1); /* on the newest */
}

static void
lone_request_is_unanswered_after_ten_seconds(void **state)
{
    scene *s = *state;

    play_to_request(s);
    capture_goes_on(s, 10 * SECOND - 1);
    assert_never_found(s, FINDING_DHCP_REQUEST_UNANSWERED);
    capture_goes_on(s, 10 * SECOND);
    assert_non_null(added_later(s, 3, FINDING_DHCP_REQUEST_UNANSWERED));
}

static void
request_that_names_no_server_is_not_judged(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, answers(s, DHCP_MESSAGE_OFFER, s->server));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see_after(s, 5 * SECOND, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_REQUEST_UNANSWERED);
}

static void
request_that_a_nak_answers_is_answered(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_NAK, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_REQUEST_UNANSWERED);
}

/* ---- What the capture can know ---- */

static void
request_to_a_server_that_was_not_heard_tells_of_a_lost_half(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see_after(s, 5 * SECOND + 1, requests(s, s->server));
    assert_non_null(said(s, 2, FINDING_CAPTURE_ONE_WAY));
    see_after(s, 4 * SECOND, requests(s, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_REQUEST_UNANSWERED);
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
    assert_int_equal(times_said(s, FINDING_CAPTURE_ONE_WAY), 1);
}

static void
lost_half_is_not_told_at_the_captures_beginning(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see_after(s, 5 * SECOND - 1, requests(s, s->server));
    assert_never_found(s, FINDING_CAPTURE_ONE_WAY);
}

static void
offer_of_a_proxy_is_no_answer_to_a_request(void **state)
{
    scene *s = *state;
    boot_event proxy = answers(s, DHCP_MESSAGE_OFFER, s->other_server);

    see(s, discovers(s));
    proxy.dhcp.transaction = g_array_index(s->events, boot_event, 0).dhcp.transaction;
    proxy.dhcp.your_address = NET_ADDRESS_NONE;
    see(s, proxy);
    see_after(s, 6 * SECOND, requests(s, s->server));
    see_after(s, 5 * SECOND, requests(s, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_REQUEST_UNANSWERED);
    assert_never_found(s, FINDING_DISCOVER_UNANSWERED);
}

static void
first_answer_takes_the_lost_half_back(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, requests(s, s->server));
    see(s, answers(s, DHCP_MESSAGE_ACK, s->server));
    see_after(s, SECOND, discovers(s));
    capture_goes_on(s, 4 * SECOND);
    assert_non_null(added_later(s, 4, FINDING_DISCOVER_UNANSWERED));
}

/* ---- .dhcp.servers_differ, .dhcp.boot_files_differ ---- */

static void
offer_of_a_second_server_after_the_ack_differs(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see(s, answers(s, DHCP_MESSAGE_ACK, s->server));
    see_after(s, SECOND, answers(s, DHCP_MESSAGE_OFFER, s->other_server));
    assert_non_null(said(s, 5, FINDING_DHCP_SERVERS_DIFFER));
}

static void
second_server_that_names_another_file_is_said(void **state)
{
    scene *s = *state;
    boot_event proxy;

    see(s, discovers(s));
    see(s, answers(s, DHCP_MESSAGE_OFFER, s->server));
    proxy = dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, "pxelinux.0");
    proxy.dhcp.your_address = NET_ADDRESS_NONE;
    see(s, proxy);
    assert_non_null(said(s, 3, FINDING_DHCP_BOOT_FILES_DIFFER));
    assert_int_equal(said(s, 3, FINDING_DHCP_BOOT_FILES_DIFFER)->from_frame, 2);
}

static void
second_server_that_names_the_same_file_is_nothing(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, answers(s, DHCP_MESSAGE_OFFER, s->server));
    see_after(s, SECOND, answers(s, DHCP_MESSAGE_OFFER, s->other_server));
    assert_never_found(s, FINDING_DHCP_BOOT_FILES_DIFFER);
}

static void
files_of_two_rounds_may_differ(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    s->file = "undionly.kpxe";
    see_after(s, SECOND, discovers(s));
    see(s, answers(s, DHCP_MESSAGE_OFFER, s->other_server));
    assert_never_found(s, FINDING_DHCP_BOOT_FILES_DIFFER);
}

static void
one_server_may_name_another_file_in_its_ack(void **state)
{
    scene *s = *state;

    play_to_request(s);
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, "other.bin"));
    assert_never_found(s, FINDING_DHCP_BOOT_FILES_DIFFER);
}

#define dhcp_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        dhcp_test(nak_of_the_server_that_was_asked_is_said_at_once),
        dhcp_test(nak_of_another_server_is_said_when_the_client_begins_anew),
        dhcp_test(nak_of_another_server_after_the_ack_undoes_it),
        dhcp_test(nak_after_which_nothing_comes_for_ten_seconds_is_known_later),
        dhcp_test(nak_is_obeyed_by_ten_seconds_of_silence_whatever_comes_later),
        dhcp_test(nak_is_not_obeyed_by_less),
        dhcp_test(nak_is_nothing_if_the_client_uses_the_ack_by_arp),
        dhcp_test(nak_is_nothing_if_the_client_asks_a_boot_server),
        dhcp_test(nak_is_nothing_if_the_client_reads_its_bootstrap),
        dhcp_test(nak_is_nothing_if_the_client_logs_on),
        dhcp_test(nak_for_the_operating_system_is_no_refusal),
        dhcp_test(declined_ack_is_refused_and_names_no_file),
        dhcp_test(offer_ten_seconds_after_the_first_discover_is_late),
        dhcp_test(offer_sooner_is_not_late),
        dhcp_test(second_offer_of_a_run_is_not_late_again),
        dhcp_test(discover_after_an_answered_one_is_no_retry),
        dhcp_test(request_repeated_over_four_seconds_is_unanswered),
        dhcp_test(request_repeated_sooner_is_not_unanswered_yet),
        dhcp_test(two_requests_are_unanswered_when_four_seconds_have_passed),
        dhcp_test(lone_request_is_unanswered_after_ten_seconds),
        dhcp_test(request_that_names_no_server_is_not_judged),
        dhcp_test(request_that_a_nak_answers_is_answered),
        dhcp_test(request_to_a_server_that_was_not_heard_tells_of_a_lost_half),
        dhcp_test(lost_half_is_not_told_at_the_captures_beginning),
        dhcp_test(offer_of_a_proxy_is_no_answer_to_a_request),
        dhcp_test(first_answer_takes_the_lost_half_back),
        dhcp_test(offer_of_a_second_server_after_the_ack_differs),
        dhcp_test(second_server_that_names_another_file_is_said),
        dhcp_test(second_server_that_names_the_same_file_is_nothing),
        dhcp_test(files_of_two_rounds_may_differ),
        dhcp_test(one_server_may_name_another_file_in_its_ack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
