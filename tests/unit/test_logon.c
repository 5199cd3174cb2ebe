/* test_logon.c
 * What is said of the logon: refused, stopped, missing, out of sight, in question, and on which evidence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

enum { LOGON_PAYLOAD = 200, OTHER_PORT = 7000 };

/* DHCP and download, whose last ACK is this frame. */
enum { CONFIRMED = 9 };

static void
play_firmware(scene *s)
{
    play_dhcp(s, s->target);
    play_download(s, s->target);
}

/* A logon datagram so long after the newest frame. Returns its frame. */
static uint32_t
asks_after(scene *s, int64_t nanoseconds)
{
    see_after(s, nanoseconds, stream_to_server(s->target, s->server));
    return frame_now(s);
}

static uint32_t
answered(scene *s)
{
    see_after(s, MILLISECOND, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    return frame_now(s);
}

static boot_event
discovers(scene *s)
{
    return dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);
}

static boot_event
somebodys(void)
{
    return (boot_event){ .kind = BOOT_EVENT_OTHER };
}

/* ---- .logon.refused ---- */

static void
third_answered_logon_after_thirty_seconds_is_refused(void **state)
{
    scene *s = *state;
    uint32_t first, third;

    play_firmware(s);
    first = asks_after(s, SECOND);
    answered(s);
    asks_after(s, 15 * SECOND - MILLISECOND);
    answered(s);
    third = asks_after(s, 15 * SECOND - MILLISECOND); /* 30 s after the first */
    assert_non_null(said(s, third, FINDING_LOGON_REFUSED));
    assert_int_equal(said(s, third, FINDING_LOGON_REFUSED)->from_frame, first);
    answered(s);
    capture_goes_on(s, 100 * SECOND);
    assert_true(shown_at_last(s, third, FINDING_LOGON_REFUSED));
    assert_never_found(s, FINDING_LOGON_STOPPED);
    assert_never_found(s, FINDING_LOGON_OUT_OF_SIGHT);
}

static void
logons_in_less_than_thirty_seconds_are_not_refused(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, SECOND);
    answered(s);
    asks_after(s, 15 * SECOND - MILLISECOND);
    answered(s);
    asks_after(s, 15 * SECOND - MILLISECOND - 1);
    answered(s);
    assert_never_found(s, FINDING_LOGON_REFUSED);
}

static void
two_logons_are_not_refused(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, SECOND);
    answered(s);
    asks_after(s, 60 * SECOND);
    answered(s);
    assert_never_found(s, FINDING_LOGON_REFUSED);
}

static void
logons_of_which_one_was_not_answered_are_not_refused(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, SECOND);
    answered(s);
    asks_after(s, 20 * SECOND);
    asks_after(s, 20 * SECOND);
    answered(s);
    asks_after(s, 20 * SECOND);
    assert_never_found(s, FINDING_LOGON_REFUSED);
}

static void
read_data_refutes_the_refusal(void **state)
{
    scene *s = *state;
    uint32_t third;

    play_firmware(s);
    asks_after(s, SECOND);
    answered(s);
    asks_after(s, 20 * SECOND);
    answered(s);
    third = asks_after(s, 20 * SECOND);
    assert_non_null(said(s, third, FINDING_LOGON_REFUSED));
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_false(shown_at_last(s, third, FINDING_LOGON_REFUSED));
}

/* ---- .logon.stopped, .logon.out_of_sight ---- */

/* A logon that is answered in frame 11, the newest one. */
static void
play_answered_logon(scene *s)
{
    play_firmware(s);
    asks_after(s, SECOND);
    answered(s);
}

static void
target_that_stays_and_says_no_more_has_stopped(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, 40 * SECOND, discovers(s)); /* its next boot */
    assert_non_null(added_later(s, 11, FINDING_LOGON_STOPPED));
    assert_never_found(s, FINDING_LOGON_OUT_OF_SIGHT);
}

static void
next_boot_within_a_minute_proves_that_the_target_stayed(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, 60 * SECOND, discovers(s));
    assert_non_null(added_later(s, 11, FINDING_LOGON_STOPPED));
}

static void
next_boot_later_proves_nothing(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, 60 * SECOND + 1, discovers(s));
    assert_never_found(s, FINDING_LOGON_STOPPED);
    assert_non_null(added_later(s, 11, FINDING_LOGON_OUT_OF_SIGHT));
}

static void
silence_of_less_than_ten_seconds_is_no_stop(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, 10 * SECOND - 1, somebodys());
    assert_never_found(s, FINDING_LOGON_STOPPED);
    assert_never_found(s, FINDING_LOGON_OUT_OF_SIGHT);
    see_after(s, 1, somebodys());
    assert_non_null(added_later(s, 11, FINDING_LOGON_OUT_OF_SIGHT));
}

static void
next_boot_sooner_than_ten_seconds_is_no_stop(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, 10 * SECOND - 1, discovers(s));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_STOPPED);
}

static void
arp_does_not_prove_that_the_target_stayed(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, 15 * SECOND, arp_request(s->target, s->server.address));
    see(s, arp_reply(s->server, s->target));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_STOPPED);
    assert_non_null(added_later(s, 11, FINDING_LOGON_OUT_OF_SIGHT));
}

static void
ports_where_the_target_goes_on_are_named(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, SECOND, (boot_event){
        .kind = BOOT_EVENT_OTHER,
        .unicast = true,
        .source_mac = s->target.mac,
        .destination_mac = s->server.mac,
        .source = s->target.address,
        .destination = s->server.address,
        .source_port = TARGET_PORT,
        .destination_port = OTHER_PORT
    });
    capture_goes_on(s, 100 * SECOND);
    assert_true(text_holds(added_later(s, 11, FINDING_LOGON_OUT_OF_SIGHT), "UDP 7000"));
}

static void
read_data_goes_on_in_sight(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    asks_after(s, 11 * SECOND);
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_STOPPED);
    assert_never_found(s, FINDING_LOGON_OUT_OF_SIGHT);
}

/* ---- .logon.missing ---- */

static void
bootstrap_without_a_logon_is_told_on_the_next_boot(void **state)
{
    scene *s = *state;
    uint32_t next;

    play_firmware(s);
    see_after(s, 10 * SECOND, discovers(s));
    next = frame_now(s);
    assert_int_equal(boot_count(s), 2);
    assert_non_null(said(s, next, FINDING_LOGON_MISSING));
    assert_non_null(added_later(s, CONFIRMED, FINDING_LOGON_MISSING));
}

static void
bootstrap_without_a_logon_and_a_sign_of_the_target_is_out_of_sight(void **state)
{
    scene *s = *state;

    play_firmware(s);
    see_after(s, 10 * SECOND - 1, somebodys());
    assert_never_found(s, FINDING_LOGON_OUT_OF_SIGHT);
    see_after(s, 1, somebodys());
    assert_non_null(added_later(s, CONFIRMED, FINDING_LOGON_OUT_OF_SIGHT));
    assert_never_found(s, FINDING_LOGON_MISSING);
}

/* A chained loader's DISCOVER so long after the download, and then nothing for 10 s. */
static void
play_loader_after(scene *s, int64_t nanoseconds)
{
    boot_event loader;

    play_firmware(s);
    loader = discovers(s);
    loader.dhcp.firmware.is_chained = true;
    see_after(s, nanoseconds, loader);
    assert_int_equal(boot_count(s), 1);
    see_after(s, 10 * SECOND, somebodys());
}

static void
firmware_that_speaks_ten_seconds_later_has_stayed(void **state)
{
    play_loader_after(*state, 10 * SECOND);
    assert_non_null(added_later(*state, CONFIRMED, FINDING_LOGON_MISSING));
    assert_never_found(*state, FINDING_LOGON_OUT_OF_SIGHT);
}

static void
firmware_that_speaks_sooner_may_have_gone(void **state)
{
    play_loader_after(*state, 10 * SECOND - 1);
    assert_non_null(added_later(*state, CONFIRMED, FINDING_LOGON_OUT_OF_SIGHT));
    assert_never_found(*state, FINDING_LOGON_MISSING);
}

/* UEFI loads this file, its ACK holds no list of servers, and nothing follows for 10 s. */
static const boot_finding *
missing_after_uefi_loads(scene *s, const char *file)
{
    boot_event asks;

    s->file = file;
    asks = discovers(s);
    asks.dhcp.firmware.has_architecture = true;
    asks.dhcp.firmware.architecture = 7;
    see(s, asks);
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file));
    play_download(s, s->target);
    see_after(s, 10 * SECOND, somebodys());
    assert_non_null(added_later(s, CONFIRMED, FINDING_LOGON_MISSING));
    return added_later(s, CONFIRMED, FINDING_LOGON_MISSING);
}

static void
uefi_without_a_server_list_needs_no_proof(void **state)
{
    assert_true(text_holds(missing_after_uefi_loads(*state, "pvsnbpx64.efi"), "option 11 or 17"));
}

/* It never ran: a list of servers would not have helped. */
static void
uefi_with_a_bios_file_misses_no_server_list(void **state)
{
    assert_false(text_holds(missing_after_uefi_loads(*state, "ARDBP32.BIN"), "option 11 or 17"));
}

static void
uefi_with_a_server_list_needs_one(void **state)
{
    scene *s = *state;
    boot_event asks, ack;

    s->file = "pvsnbpx64.efi";
    asks = discovers(s);
    asks.dhcp.firmware.has_architecture = true;
    asks.dhcp.firmware.architecture = 7;
    see(s, asks);
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    ack = dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file);
    ack.dhcp.boot.has_server_list = true;
    see(s, ack);
    play_download(s, s->target);
    see_after(s, 10 * SECOND, somebodys());
    assert_never_found(s, FINDING_LOGON_MISSING);
}

static void
other_bootstraps_want_no_logon(void **state)
{
    scene *s = *state;

    s->file = "pxelinux.0";
    play_firmware(s);
    see_after(s, 30 * SECOND, discovers(s));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_MISSING);
    assert_never_found(s, FINDING_LOGON_OUT_OF_SIGHT);
}

static void
logon_that_comes_is_not_missing(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, 30 * SECOND);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_MISSING);
    assert_never_found(s, FINDING_LOGON_OUT_OF_SIGHT);
}

/* ---- .logon.unanswered ---- */

static void
silent_port_that_the_server_assigned_is_named(void **state)
{
    scene *s = *state;

    play_answered_logon(s);
    see_after(s, SECOND, stream_with_server_port(stream_to_server(s->target, s->server), STREAM_PORT));
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(added_later(s, 12, FINDING_LOGON_UNANSWERED)->port, STREAM_PORT);
    assert_true(text_holds(added_later(s, 12, FINDING_LOGON_UNANSWERED), "UDP 6911"));
}

static void
last_logon_is_unanswered_ten_seconds_before_the_end(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_firmware(s);
    last = asks_after(s, SECOND);
    see_after(s, 10 * SECOND - 1, somebodys());
    assert_never_found(s, FINDING_LOGON_UNANSWERED);
    see_after(s, 1, somebodys());
    assert_non_null(added_later(s, last, FINDING_LOGON_UNANSWERED));
}

static void
retry_is_a_second_later(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, SECOND);
    answered(s); /* the server is heard */
    asks_after(s, SECOND);
    asks_after(s, SECOND - 1);
    assert_never_found(s, FINDING_LOGON_RETRY);
    asks_after(s, SECOND);
    assert_int_equal(times_said(s, FINDING_LOGON_RETRY), 1);
}

static void
two_datagrams_in_ten_seconds_are_not_unanswered_at_once(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, SECOND);
    asks_after(s, 11 * SECOND);
    asks_after(s, 2 * SECOND); /* the third in a row: the next one tells of it */
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 0);
    asks_after(s, SECOND - 1);
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 0);
}

static void
third_datagram_in_less_than_ten_seconds_is_not_unanswered_yet(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, SECOND);
    asks_after(s, 5 * SECOND);
    asks_after(s, 5 * SECOND - 1);
    asks_after(s, SECOND);
    assert_int_equal(times_said(s, FINDING_LOGON_UNANSWERED), 0);
}

static void
datagrams_at_once_tell_of_a_lost_half(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, 6 * SECOND);
    asks_after(s, SECOND - 1);
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(said(s, 11, FINDING_CAPTURE_ONE_WAY));
    assert_never_found(s, FINDING_LOGON_UNANSWERED);
    assert_never_found(s, FINDING_LOGON_RETRY);
}

static void
datagrams_a_second_apart_do_not(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, 6 * SECOND);
    asks_after(s, SECOND + 1);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_CAPTURE_ONE_WAY);
    assert_non_null(added_later(s, 11, FINDING_LOGON_UNANSWERED));
}

static void
datagrams_at_once_to_another_server_do_not(void **state)
{
    scene *s = *state;

    play_firmware(s);
    asks_after(s, 6 * SECOND);
    see(s, stream_to_server(s->target, s->other_server));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_CAPTURE_ONE_WAY);
}

static void
error_between_explains_the_datagrams_at_once(void **state)
{
    scene *s = *state;
    boot_event error = { .kind = BOOT_EVENT_ICMP };

    play_firmware(s);
    asks_after(s, 6 * SECOND);
    error.source_mac = s->server.mac;
    error.destination_mac = s->target.mac;
    error.source = s->server.address;
    error.destination = s->target.address;
    error.icmp.error = ICMP_PORT_UNREACHABLE;
    error.icmp.source = s->target.address;
    error.icmp.destination = s->server.address;
    error.icmp.source_port = TARGET_PORT;
    error.icmp.destination_port = LOGON_PORT;
    see(s, error);
    asks_after(s, SECOND / 2);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_CAPTURE_ONE_WAY);
    assert_non_null(added_later(s, 12, FINDING_LOGON_UNANSWERED));
}

/* ---- Ports alone ---- */

static boot_event
by_target_port(boot_event event, uint32_t payload)
{
    event.stream.target_port = true;
    event.stream.payload = payload;
    return event;
}

static void
datagrams_of_one_size_to_a_logon_port_are_an_unanswered_logon(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 3; i++)
        see_after(s, 6 * SECOND, by_target_port(stream_to_server(s->target, s->server), LOGON_PAYLOAD));
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(boot_number(s, 1)->life.number, 1);
    assert_non_null(added_later(s, 3, FINDING_LOGON_UNANSWERED));
    assert_never_found(s, FINDING_LOGON_RETRY); /* of nothing else is said by ports alone */
}

static void
datagrams_of_other_sizes_prove_no_logon(void **state)
{
    scene *s = *state;

    for (uint32_t i = 0; i < 3; i++)
        see_after(s, 6 * SECOND, by_target_port(stream_to_server(s->target, s->server), LOGON_PAYLOAD + i));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_LOGON_UNANSWERED);
}

/* ---- A logon in question ---- */

static boot_event
logs_on(scene *s)
{
    return by_target_port(stream_to_server(s->target, s->server), LOGON_PAYLOAD);
}

static void
two_datagrams_answered_by_no_read_data_are_a_logon(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 2; i++) {
        expect_step(s, STEP_LOGON_REQUEST, logs_on(s));
        expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    }
    expect_step(s, STEP_LOGON_REQUEST, stream_to_server(s->target, s->server)); /* of 48 bytes: too late to refute it */
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_int_equal(recall(s, frame_now(s)).phase, PHASE_SINGLE_READ);
}

static void
request_of_48_bytes_after_one_answer_is_no_logon(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_LOGON_REQUEST, logs_on(s));
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    expect_step(s, STEP_UNPLACED_REQUEST, stream_to_server(s->target, s->server));
    assert_int_equal(recall(s, 3).phase, PHASE_NONE);
    assert_int_equal(recall(s, 1).phase, PHASE_LOGON); /* at sight, and the same in every pass */
}

static void
read_data_after_one_answer_is_no_logon(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_LOGON_REQUEST, logs_on(s));
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    expect_step(s, STEP_LOGON_REQUEST, logs_on(s));
    expect_step(s, STEP_UNPLACED_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_never_found(s, FINDING_STREAM_STARTED);
}

static void
first_datagram_of_48_bytes_is_no_logon(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_UNPLACED_REQUEST, stream_to_server(s->target, s->server));
    assert_never_found(s, FINDING_LOGON_STARTED);
}

/* ---- Exchanges ---- */

static void
pairs_of_the_logon_are_numbered(void **state)
{
    scene *s = *state;

    play_firmware(s);
    for (uint32_t i = 1; i <= 4; i++) {
        asks_after(s, MILLISECOND);
        answered(s);
        assert_int_equal(recall(s, CONFIRMED + 2 * i - 1).logon_exchange, i);
        assert_int_equal(recall(s, CONFIRMED + 2 * i).logon_exchange, i);
        assert_true(recall(s, CONFIRMED + 2 * i).logon_in_turn);
    }
}

static void
request_without_an_answer_ends_the_turn(void **state)
{
    scene *s = *state;
    uint32_t first, again;

    play_firmware(s);
    first = asks_after(s, MILLISECOND);
    again = asks_after(s, 2 * SECOND);
    assert_true(recall(s, first).logon_in_turn);
    assert_false(recall(s, again).logon_in_turn);
}

static void
second_answer_ends_the_turn(void **state)
{
    scene *s = *state;
    uint32_t first, second;

    play_firmware(s);
    asks_after(s, MILLISECOND);
    first = answered(s);
    second = answered(s);
    assert_true(recall(s, first).logon_in_turn);
    assert_false(recall(s, second).logon_in_turn);
}

#define logon_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        logon_test(third_answered_logon_after_thirty_seconds_is_refused),
        logon_test(logons_in_less_than_thirty_seconds_are_not_refused),
        logon_test(two_logons_are_not_refused),
        logon_test(logons_of_which_one_was_not_answered_are_not_refused),
        logon_test(read_data_refutes_the_refusal),
        logon_test(target_that_stays_and_says_no_more_has_stopped),
        logon_test(next_boot_within_a_minute_proves_that_the_target_stayed),
        logon_test(next_boot_later_proves_nothing),
        logon_test(silence_of_less_than_ten_seconds_is_no_stop),
        logon_test(next_boot_sooner_than_ten_seconds_is_no_stop),
        logon_test(arp_does_not_prove_that_the_target_stayed),
        logon_test(ports_where_the_target_goes_on_are_named),
        logon_test(read_data_goes_on_in_sight),
        logon_test(bootstrap_without_a_logon_is_told_on_the_next_boot),
        logon_test(bootstrap_without_a_logon_and_a_sign_of_the_target_is_out_of_sight),
        logon_test(firmware_that_speaks_ten_seconds_later_has_stayed),
        logon_test(firmware_that_speaks_sooner_may_have_gone),
        logon_test(uefi_without_a_server_list_needs_no_proof),
        logon_test(uefi_with_a_bios_file_misses_no_server_list),
        logon_test(uefi_with_a_server_list_needs_one),
        logon_test(other_bootstraps_want_no_logon),
        logon_test(logon_that_comes_is_not_missing),
        logon_test(silent_port_that_the_server_assigned_is_named),
        logon_test(last_logon_is_unanswered_ten_seconds_before_the_end),
        logon_test(retry_is_a_second_later),
        logon_test(two_datagrams_in_ten_seconds_are_not_unanswered_at_once),
        logon_test(third_datagram_in_less_than_ten_seconds_is_not_unanswered_yet),
        logon_test(datagrams_at_once_tell_of_a_lost_half),
        logon_test(datagrams_a_second_apart_do_not),
        logon_test(datagrams_at_once_to_another_server_do_not),
        logon_test(error_between_explains_the_datagrams_at_once),
        logon_test(datagrams_of_one_size_to_a_logon_port_are_an_unanswered_logon),
        logon_test(datagrams_of_other_sizes_prove_no_logon),
        logon_test(two_datagrams_answered_by_no_read_data_are_a_logon),
        logon_test(request_of_48_bytes_after_one_answer_is_no_logon),
        logon_test(read_data_after_one_answer_is_no_logon),
        logon_test(first_datagram_of_48_bytes_is_no_logon),
        logon_test(pairs_of_the_logon_are_numbered),
        logon_test(request_without_an_answer_ends_the_turn),
        logon_test(second_answer_ends_the_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
