/* test_download.c
 * What is said of a download that goes wrong: silence, deaf sides, errors, size probes, answers from elsewhere
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include <string.h>

enum { PORT = 2070, NOT_FOUND = 1, OPTIONS_REFUSED = 8 };



static boot_event
asks(scene *s, uint16_t port)
{
    return tftp_request(s->target, s->server, port, s->file, 0);
}

static boot_event
asks_for_size(scene *s, uint16_t port)
{
    boot_event event = asks(s, port);

    event.bootstrap.options = TFTP_OPTION_TRANSFER_SIZE;
    event.bootstrap.options_digest = 7;
    return event;
}

static boot_event
from(boot_event event, host sender)
{
    event.source = sender.address;
    event.source_mac = sender.mac;
    return event;
}

/* ---- .bootstrap.unanswered ---- */

static void
lone_request_is_unanswered_only_where_more_than_its_port_is_captured(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED);
}

static void
lone_request_is_unanswered_after_five_seconds(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, arp_request(s->target, s->server.address));
    see(s, arp_reply(s->server, s->target));
    see(s, asks(s, PORT));
    capture_goes_on(s, 5 * SECOND - 1);
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED);
    capture_goes_on(s, 5 * SECOND);
    assert_non_null(added_later(s, 7, FINDING_BOOTSTRAP_UNANSWERED));
}

static void
logon_refutes_the_unanswered_request(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see_after(s, 2 * SECOND, asks(s, PORT));
    assert_non_null(said(s, 6, FINDING_BOOTSTRAP_UNANSWERED));
    see_after(s, SECOND, stream_to_server(s->target, s->server));
    assert_false(shown_at_last(s, 6, FINDING_BOOTSTRAP_UNANSWERED));
    assert_false(shown_at_last(s, 5, FINDING_BOOTSTRAP_UNANSWERED));
}

static void
request_to_another_server_than_dhcp_names_tells_both(void **state)
{
    scene *s = *state;
    boot_event ack;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    ack = dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file);
    ack.dhcp.boot.next_server = s->other_server.address;
    see(s, ack);
    see(s, asks(s, PORT));
    see_after(s, 2 * SECOND, asks(s, PORT));
    assert_true(text_holds(said(s, 6, FINDING_BOOTSTRAP_UNANSWERED), "DHCP names 10.0.0.2"));
}

static void
same_file_with_other_options_at_once_tells_of_a_lost_half(void **state)
{
    scene *s = *state;
    boot_event again;

    play_dhcp(s, s->target);
    see_after(s, 6 * SECOND, asks_for_size(s, PORT));
    again = asks(s, PORT + 1);
    again.bootstrap.options_digest = 9;
    see_after(s, SECOND / 2 - 1, again);
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(said(s, 6, FINDING_CAPTURE_ONE_WAY));
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED);
}

static void
same_file_with_other_options_later_is_a_request_again(void **state)
{
    scene *s = *state;
    boot_event again;

    play_dhcp(s, s->target);
    see_after(s, 6 * SECOND, asks_for_size(s, PORT));
    again = asks(s, PORT + 1);
    again.bootstrap.options_digest = 9;
    see_after(s, SECOND / 2 + 1, again);
    assert_non_null(said(s, 6, FINDING_BOOTSTRAP_UNANSWERED));
    assert_never_found(s, FINDING_CAPTURE_ONE_WAY);
}

static void
acks_of_blocks_that_were_never_seen_tell_of_a_lost_half(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see_after(s, 6 * SECOND, asks(s, PORT));
    see_after(s, 2 * SECOND, tftp_ack(s->target, s->server, PORT, 1));
    see_after(s, 2 * SECOND, tftp_ack(s->target, s->server, PORT, 2));
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(said(s, 6, FINDING_CAPTURE_ONE_WAY));
    assert_int_equal(times_said(s, FINDING_CAPTURE_ONE_WAY), 1);
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED);
    assert_never_found(s, FINDING_BOOTSTRAP_STALL);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
}

/* ---- .bootstrap.stall, .slow ---- */

/* A download of this many full blocks and a last one, each so long after the one before. */
static void
play_blocks(scene *s, uint16_t port, uint16_t blocks, int64_t apart)
{
    see(s, asks(s, port));
    for (uint16_t number = 1; number <= blocks + 1; number++) {
        see_after(s, apart, tftp_data(s->target, s->server, port, number, number <= blocks ? 512 : 10));
        see_after(s, 0, tftp_ack(s->target, s->server, port, number));
    }
}

static void
second_without_progress_is_a_stall(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_blocks(s, PORT, 2, SECOND);
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_STALL), 3);
}

static void
less_than_a_second_without_progress_is_none(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_blocks(s, PORT, 5, SECOND - 1);
    assert_never_found(s, FINDING_BOOTSTRAP_STALL);
}

static void
more_than_ten_seconds_without_a_stall_are_slow(void **state)
{
    scene *s = *state;
    uint32_t end;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    for (uint16_t number = 1; number <= 20; number++) {
        see_after(s, SECOND / 2 + (number == 20), tftp_data(s->target, s->server, PORT, number, number < 20 ? 512 : 10));
        see_after(s, 0, tftp_ack(s->target, s->server, PORT, number));
    }
    end = frame_now(s);
    assert_non_null(said(s, end, FINDING_BOOTSTRAP_SLOW));
    assert_int_equal(said(s, end, FINDING_BOOTSTRAP_SLOW)->duration, 10 * SECOND + 1);
}

static void
ten_seconds_are_not_slow(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_blocks(s, PORT, 19, SECOND / 2);
    assert_never_found(s, FINDING_BOOTSTRAP_SLOW);
}

static void
download_that_stood_still_is_not_slow(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_blocks(s, PORT, 11, SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_SLOW);
}

/* ---- .bootstrap.incomplete ---- */

static void
download_that_ends_in_the_middle_is_incomplete_after_ten_seconds(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_data(s->target, s->server, PORT, 1, 512));
    see(s, tftp_ack(s->target, s->server, PORT, 1));
    see_after(s, 10 * SECOND - MILLISECOND - 1, (boot_event){ .kind = BOOT_EVENT_OTHER });
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
    see_after(s, 1, (boot_event){ .kind = BOOT_EVENT_OTHER });
    assert_non_null(added_later(s, 6, FINDING_BOOTSTRAP_INCOMPLETE));
}

static void
logon_refutes_the_incomplete_download(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_data(s->target, s->server, PORT, 1, 512));
    see_after(s, SECOND, stream_to_server(s->target, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
}

static void
download_that_an_error_ends_is_not_incomplete(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_data(s->target, s->server, PORT, 1, 512));
    see(s, tftp_error_from_server(s->target, s->server, PORT, 0));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
    assert_non_null(said(s, 7, FINDING_BOOTSTRAP_ERROR));
}

/* ---- .bootstrap.not_heard ---- */

static void
server_that_repeats_its_options_is_not_heard(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_options(s->target, s->server, PORT, 1456));
    see_after(s, SECOND / 2, tftp_options(s->target, s->server, PORT, 1456));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_NOT_HEARD), 0);
    assert_non_null(added_later(s, 7, FINDING_BOOTSTRAP_NOT_HEARD));
    see_after(s, SECOND / 2, tftp_options(s->target, s->server, PORT, 1456));
    assert_non_null(said(s, 8, FINDING_BOOTSTRAP_NOT_HEARD));
    assert_true(said(s, 8, FINDING_BOOTSTRAP_NOT_HEARD)->from_client); /* the client is the deaf one */
}

static void
server_that_repeats_its_first_block_is_not_heard(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_data(s->target, s->server, PORT, 1, 512));
    see_after(s, SECOND, tftp_data(s->target, s->server, PORT, 1, 512));
    see_after(s, SECOND, tftp_data(s->target, s->server, PORT, 1, 512));
    assert_non_null(said(s, 8, FINDING_BOOTSTRAP_NOT_HEARD));
    assert_non_null(added_later(s, 7, FINDING_BOOTSTRAP_NOT_HEARD));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
}

static void
options_that_are_repeated_at_once_say_nothing(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    for (int i = 0; i < 4; i++)
        see_after(s, SECOND / 2 - 1, tftp_options(s->target, s->server, PORT, 1456));
    assert_never_found(s, FINDING_BOOTSTRAP_NOT_HEARD);
}

static void
client_that_repeats_its_first_ack_does_not_hear_the_data(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_options(s->target, s->server, PORT, 1456));
    see(s, tftp_ack(s->target, s->server, PORT, 0));
    see_after(s, SECOND, tftp_ack(s->target, s->server, PORT, 0));
    assert_non_null(added_later(s, 8, FINDING_BOOTSTRAP_NOT_HEARD));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_NOT_HEARD), 0);
    see_after(s, SECOND, tftp_ack(s->target, s->server, PORT, 0));
    assert_non_null(said(s, 9, FINDING_BOOTSTRAP_NOT_HEARD));
}

static void
file_that_arrives_all_the_same_was_heard(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_options(s->target, s->server, PORT, 1456));
    see_after(s, SECOND, tftp_options(s->target, s->server, PORT, 1456));
    see_after(s, SECOND, tftp_options(s->target, s->server, PORT, 1456));
    assert_non_null(said(s, 8, FINDING_BOOTSTRAP_NOT_HEARD));
    pass_time(s, SECOND);
    play_download(s, s->target);
    assert_false(shown_at_last(s, 8, FINDING_BOOTSTRAP_NOT_HEARD));
    assert_false(shown_at_last(s, 7, FINDING_BOOTSTRAP_NOT_HEARD));
}

/* ---- Errors and size probes ---- */

static void
error_to_the_file_that_dhcp_names_is_certain_at_once(void **state)
{
    scene *s = *state;

    s->file = "other.bin";
    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_error_from_server(s->target, s->server, PORT, NOT_FOUND));
    assert_non_null(said(s, 6, FINDING_BOOTSTRAP_ERROR));
}

static void
error_to_another_file_is_known_with_the_boots_next_frame(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, PORT, "optional.cfg", 0));
    see(s, tftp_error_from_server(s->target, s->server, PORT, NOT_FOUND));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_ERROR), 0);
    see_after(s, 5 * SECOND + 1, arp_request(s->target, s->server.address));
    assert_non_null(said(s, 7, FINDING_BOOTSTRAP_ERROR));
    assert_non_null(added_later(s, 6, FINDING_BOOTSTRAP_ERROR));
    assert_never_found(s, FINDING_BOOTSTRAP_PASSED_OVER);
}

/* After an ERROR to the file that DHCP named in frame 6 this comes so late. */
static void
play_error_and(scene *s, int64_t after, boot_event next)
{
    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_error_from_server(s->target, s->server, PORT, NOT_FOUND));
    see_after(s, after, next);
    capture_goes_on(s, 100 * SECOND);
}

static void
client_that_asks_for_another_file_passes_over_the_error(void **state)
{
    scene *s = *state;

    play_error_and(s, 5 * SECOND, tftp_request(s->target, s->server, PORT + 1, "another.bin", 0));
    assert_false(shown_at_last(s, 6, FINDING_BOOTSTRAP_ERROR));
    assert_true(shown_at_last(s, 6, FINDING_BOOTSTRAP_PASSED_OVER));
}

static void
client_that_asks_later_does_not(void **state)
{
    scene *s = *state;

    play_error_and(s, 5 * SECOND + 1, tftp_request(s->target, s->server, PORT + 1, "another.bin", 0));
    assert_true(shown_at_last(s, 6, FINDING_BOOTSTRAP_ERROR));
    assert_never_found(s, FINDING_BOOTSTRAP_PASSED_OVER);
}

static void
chained_loader_passes_over_the_error(void **state)
{
    scene *s = *state;
    boot_event loader = dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);

    loader.dhcp.firmware.is_chained = true;
    loader.dhcp.transaction += 1000;
    play_error_and(s, SECOND, loader);
    assert_false(shown_at_last(s, 6, FINDING_BOOTSTRAP_ERROR));
}

static void
logon_passes_over_the_error(void **state)
{
    scene *s = *state;

    play_error_and(s, SECOND, stream_to_server(s->target, s->server));
    assert_false(shown_at_last(s, 6, FINDING_BOOTSTRAP_ERROR));
    assert_true(shown_at_last(s, 6, FINDING_BOOTSTRAP_PASSED_OVER));
}

static void
arp_does_not_pass_over_the_error(void **state)
{
    scene *s = *state;

    play_error_and(s, SECOND, arp_request(s->target, s->server.address));
    assert_true(shown_at_last(s, 6, FINDING_BOOTSTRAP_ERROR));
    assert_never_found(s, FINDING_BOOTSTRAP_PASSED_OVER);
}

static void
size_probe_that_another_request_follows_is_no_fault(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks_for_size(s, PORT));
    see(s, tftp_options(s->target, s->server, PORT, 0));
    expect_step(s, STEP_SIZE_PROBE_ENDED, tftp_error_from_client(s->target, s->server, PORT, OPTIONS_REFUSED));
    play_download(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_ERROR);
    assert_never_found(s, FINDING_BOOTSTRAP_PASSED_OVER);
}

static void
size_probe_that_nothing_follows_is_an_error_all_the_same(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks_for_size(s, PORT));
    see(s, tftp_options(s->target, s->server, PORT, 0));
    expect_step(s, STEP_SIZE_PROBE_ENDED, tftp_error_from_client(s->target, s->server, PORT, OPTIONS_REFUSED));
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(added_later(s, 7, FINDING_BOOTSTRAP_ERROR));
}

static void
clients_error_without_a_size_asked_for_is_an_error(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, tftp_options(s->target, s->server, PORT, 0));
    expect_step(s, STEP_BOOTSTRAP_ERROR, tftp_error_from_client(s->target, s->server, PORT, OPTIONS_REFUSED));
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(added_later(s, 7, FINDING_BOOTSTRAP_ERROR));
}

static void
servers_error_to_a_size_probe_is_an_error(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks_for_size(s, PORT));
    expect_step(s, STEP_BOOTSTRAP_ERROR, tftp_error_from_server(s->target, s->server, PORT, NOT_FOUND));
    assert_non_null(said(s, 6, FINDING_BOOTSTRAP_ERROR));
}

/* ---- .bootstrap.other_server ---- */

static void
request_again_after_another_address_answered_names_it(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, from(tftp_data(s->target, s->server, PORT, 1, 512), s->other_server));
    see_after(s, 2 * SECOND, asks(s, PORT));
    assert_non_null(said(s, 7, FINDING_BOOTSTRAP_OTHER_SERVER));
    assert_true(net_address_equal(&said(s, 7, FINDING_BOOTSTRAP_OTHER_SERVER)->address, &s->other_server.address));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED);
}

static void
request_again_with_the_same_options_from_another_port_counts(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, from(tftp_data(s->target, s->server, PORT, 1, 512), s->other_server));
    see_after(s, 2 * SECOND, asks(s, PORT + 1));
    assert_non_null(said(s, 7, FINDING_BOOTSTRAP_OTHER_SERVER));
}

static void
client_that_goes_on_with_the_other_address_is_content(void **state)
{
    scene *s = *state;
    boot_event ack = tftp_ack(s->target, s->other_server, PORT, 1);

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, from(tftp_data(s->target, s->server, PORT, 1, 512), s->other_server));
    see(s, ack);
    see(s, from(tftp_data(s->target, s->server, PORT, 2, 10), s->other_server));
    see(s, tftp_ack(s->target, s->other_server, PORT, 2));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_OTHER_SERVER);
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED);
}

static void
download_from_the_server_asked_refutes_the_other_one(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, asks(s, PORT));
    see(s, from(tftp_data(s->target, s->server, PORT, 1, 512), s->other_server));
    see_after(s, 2 * SECOND, asks(s, PORT));
    play_download(s, s->target);
    assert_false(shown_at_last(s, 7, FINDING_BOOTSTRAP_OTHER_SERVER));
}

/* ---- .bootstrap.version_differs ---- */

static void
play_version(scene *s, host target, const char *text)
{
    see(s, tftp_request(target, s->server, PORT, s->file, 0));
    see(s, tftp_data_with(target, s->server, PORT, 1, text, (uint32_t)strlen(text)));
    see(s, tftp_ack(target, s->server, PORT, 1));
}

static void
another_boots_other_version_is_told(void **state)
{
    scene *s = *state;

    play_version(s, s->target, "Provisioning Services bootstrap v7.6.0.1 ");
    assert_never_found(s, FINDING_BOOTSTRAP_VERSION_DIFFERS);
    play_version(s, s->other_target, "Provisioning Services bootstrap v7.6.0.2 ");
    assert_non_null(said(s, 6, FINDING_BOOTSTRAP_VERSION_DIFFERS));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_VERSION_DIFFERS), 1);
}

static void
boots_of_one_version_do_not_differ(void **state)
{
    scene *s = *state;

    play_version(s, s->target, "Provisioning Services bootstrap v7.6.0.1 ");
    play_version(s, s->other_target, "Provisioning Services bootstrap v7.6.0.1 ");
    assert_never_found(s, FINDING_BOOTSTRAP_VERSION_DIFFERS);
}

static void
boot_without_a_version_does_not_differ(void **state)
{
    scene *s = *state;

    play_version(s, s->target, "Provisioning Services bootstrap v7.6.0.1 ");
    play_version(s, s->other_target, "something else");
    assert_never_found(s, FINDING_BOOTSTRAP_VERSION_DIFFERS);
}

#define download_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        download_test(lone_request_is_unanswered_only_where_more_than_its_port_is_captured),
        download_test(lone_request_is_unanswered_after_five_seconds),
        download_test(logon_refutes_the_unanswered_request),
        download_test(request_to_another_server_than_dhcp_names_tells_both),
        download_test(same_file_with_other_options_at_once_tells_of_a_lost_half),
        download_test(same_file_with_other_options_later_is_a_request_again),
        download_test(acks_of_blocks_that_were_never_seen_tell_of_a_lost_half),
        download_test(second_without_progress_is_a_stall),
        download_test(less_than_a_second_without_progress_is_none),
        download_test(more_than_ten_seconds_without_a_stall_are_slow),
        download_test(ten_seconds_are_not_slow),
        download_test(download_that_stood_still_is_not_slow),
        download_test(download_that_ends_in_the_middle_is_incomplete_after_ten_seconds),
        download_test(logon_refutes_the_incomplete_download),
        download_test(download_that_an_error_ends_is_not_incomplete),
        download_test(server_that_repeats_its_options_is_not_heard),
        download_test(server_that_repeats_its_first_block_is_not_heard),
        download_test(options_that_are_repeated_at_once_say_nothing),
        download_test(client_that_repeats_its_first_ack_does_not_hear_the_data),
        download_test(file_that_arrives_all_the_same_was_heard),
        download_test(error_to_the_file_that_dhcp_names_is_certain_at_once),
        download_test(error_to_another_file_is_known_with_the_boots_next_frame),
        download_test(client_that_asks_for_another_file_passes_over_the_error),
        download_test(client_that_asks_later_does_not),
        download_test(chained_loader_passes_over_the_error),
        download_test(logon_passes_over_the_error),
        download_test(arp_does_not_pass_over_the_error),
        download_test(size_probe_that_another_request_follows_is_no_fault),
        download_test(size_probe_that_nothing_follows_is_an_error_all_the_same),
        download_test(clients_error_without_a_size_asked_for_is_an_error),
        download_test(servers_error_to_a_size_probe_is_an_error),
        download_test(request_again_after_another_address_answered_names_it),
        download_test(request_again_with_the_same_options_from_another_port_counts),
        download_test(client_that_goes_on_with_the_other_address_is_content),
        download_test(download_from_the_server_asked_refutes_the_other_one),
        download_test(another_boots_other_version_is_told),
        download_test(boots_of_one_version_do_not_differ),
        download_test(boot_without_a_version_does_not_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
