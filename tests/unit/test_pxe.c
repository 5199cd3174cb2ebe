/* test_pxe.c
 * What is said of the boot file's name: OFFERs that are not taken, boot servers asked in vain, files never asked for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

enum { BIOS = 0, UEFI_X64 = 7 };

static boot_event
discovers(scene *s)
{
    return dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);
}

static boot_event
offers(scene *s)
{
    return dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file);
}

static boot_event
acknowledges(scene *s)
{
    return dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file);
}

static boot_event
of_firmware(boot_event event, uint16_t architecture)
{
    event.dhcp.firmware.has_architecture = true;
    event.dhcp.firmware.architecture = architecture;
    return event;
}

static boot_event
to_one_device(boot_event event)
{
    event.unicast = true;
    return event;
}

/* Frame 5: the target sends a datagram to somebody who is not the DHCP server. */
static void
show_the_targets_place(scene *s)
{
    see(s, to_one_device((boot_event){
        .kind = BOOT_EVENT_OTHER,
        .source_mac = s->target.mac,
        .destination_mac = s->router.mac,
        .source = s->target.address,
        .destination = s->other_server.address
    }));
}

/* ---- .dhcp.offer_not_taken, and .dhcp.no_bootfile where none is named ---- */

static void
second_offer_that_is_not_taken_is_known_later(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, offers(s));
    see_after(s, 2 * SECOND, discovers(s));
    see(s, offers(s));
    capture_goes_on(s, 4 * SECOND - 1);
    assert_never_found(s, FINDING_DHCP_OFFER_NOT_TAKEN);
    capture_goes_on(s, 4 * SECOND);
    assert_non_null(added_later(s, 4, FINDING_DHCP_OFFER_NOT_TAKEN));
    assert_int_equal(times_added_later(s, FINDING_DHCP_OFFER_NOT_TAKEN), 1);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

static void
offer_that_is_not_taken_is_certain_with_the_next_discover(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, offers(s));
    see_after(s, 5 * SECOND, discovers(s));
    assert_int_equal(times_said(s, FINDING_DHCP_OFFER_NOT_TAKEN), 0); /* one alone is none */
    see(s, offers(s));
    see_after(s, 4 * SECOND, discovers(s));
    assert_non_null(said(s, 5, FINDING_DHCP_OFFER_NOT_TAKEN));
}

static void
discover_sooner_makes_nothing_certain(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 4; i++) {
        see(s, discovers(s));
        see(s, offers(s));
        s->time = g_array_index(s->events, boot_event, s->events->len - 1).time + 4 * SECOND - 1;
    }
    assert_int_equal(times_said(s, FINDING_DHCP_OFFER_NOT_TAKEN), 0);
}

static void
one_offer_that_is_not_taken_is_none(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, offers(s));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_OFFER_NOT_TAKEN);
}

static void
offer_that_a_request_follows_is_taken(void **state)
{
    scene *s = *state;

    see(s, discovers(s));
    see(s, offers(s));
    see_after(s, 4 * SECOND, discovers(s));
    see(s, offers(s));
    see_after(s, SECOND, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_OFFER_NOT_TAKEN);
}

static void
text_tells_what_is_odd_about_the_offer(void **state)
{
    scene *s = *state;
    boot_event odd;

    see(s, discovers(s));
    see(s, offers(s));
    see_after(s, 4 * SECOND, discovers(s));
    odd = offers(s);
    odd.dhcp.broadcast = false;
    odd.dhcp.checksum = CHECKSUM_WRONG;
    odd.destination_mac = s->router.mac;
    see(s, odd);
    capture_goes_on(s, 4 * SECOND);
    assert_true(text_holds(added_later(s, 4, FINDING_DHCP_OFFER_NOT_TAKEN), "broadcast flag is clear"));
    assert_true(text_holds(added_later(s, 4, FINDING_DHCP_OFFER_NOT_TAKEN), "checksum is wrong"));
    assert_true(text_holds(added_later(s, 4, FINDING_DHCP_OFFER_NOT_TAKEN), "not sent to the client's MAC"));
}

static void
unfinished_checksum_is_not_odd(void **state)
{
    scene *s = *state;
    boot_event plain;

    see(s, discovers(s));
    see(s, offers(s));
    see_after(s, 4 * SECOND, discovers(s));
    plain = offers(s);
    plain.dhcp.checksum = CHECKSUM_UNFINISHED;
    see(s, plain);
    capture_goes_on(s, 4 * SECOND);
    assert_int_equal(added_later(s, 4, FINDING_DHCP_OFFER_NOT_TAKEN)->offer, 0);
}

static void
offers_without_a_boot_file_are_not_taken_for_that(void **state)
{
    scene *s = *state;

    s->file = NULL;
    see(s, discovers(s));
    see(s, offers(s));
    see_after(s, 4 * SECOND, discovers(s));
    see(s, offers(s));
    capture_goes_on(s, 4 * SECOND);
    assert_non_null(added_later(s, 4, FINDING_DHCP_NO_BOOTFILE));
    assert_never_found(s, FINDING_DHCP_OFFER_NOT_TAKEN);
}

/* ---- .dhcp.no_bootfile after an ACK ---- */

/* A proxy names the file so long after the ACK of frame 4. */
static void
play_late_naming(scene *s, int64_t after)
{
    boot_event proxy = offers(s);

    s->file = NULL;
    play_dhcp(s, s->target);
    proxy.dhcp.transaction = g_array_index(s->events, boot_event, 0).dhcp.transaction;
    proxy.dhcp.server_id = proxy.source = s->other_server.address;
    proxy.dhcp.your_address = NET_ADDRESS_NONE;
    see_after(s, after, proxy);
}

static void
file_that_is_named_late_and_not_asked_for_came_too_late(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_late_naming(s, 3 * SECOND);
    capture_goes_on(s, 7 * SECOND - 1); /* 10 s after the ACK */
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
    capture_goes_on(s, 10 * SECOND);
    finding = added_later(s, 4, FINDING_DHCP_NO_BOOTFILE);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, 5);
    assert_int_equal(finding->duration, 3 * SECOND);
    assert_true(text_holds(finding, "3.0 s too late"));
}

static void
file_that_is_named_late_and_asked_for_is_one(void **state)
{
    scene *s = *state;

    play_late_naming(s, 3 * SECOND);
    see_after(s, SECOND, tftp_request(s->target, s->other_server, 2070, "ARDBP32.BIN", 0));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

static void
file_that_is_named_in_the_last_moment_is_one(void **state)
{
    scene *s = *state;

    play_late_naming(s, 4 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

static void
file_that_is_named_after_four_seconds_is_none(void **state)
{
    scene *s = *state;

    play_late_naming(s, 4 * SECOND + 1);
    assert_non_null(added_later(s, 4, FINDING_DHCP_NO_BOOTFILE));
}

static void
missing_file_is_not_told_where_only_relayed_copies_are_seen(void **state)
{
    scene *s = *state;

    see(s, through_router(discovers(s), s->router, s->target));
    s->file = NULL;
    see(s, through_router(offers(s), s->router, s->target));
    see(s, through_router(dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT), s->router, s->target));
    see(s, through_router(acknowledges(s), s->router, s->target));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

static void
missing_file_needs_a_place_that_a_proxys_answer_reaches(void **state)
{
    scene *s = *state;

    s->file = NULL;
    see(s, discovers(s));
    see(s, to_one_device(offers(s)));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, to_one_device(acknowledges(s)));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
    show_the_targets_place(s);
    capture_goes_on(s, 4 * SECOND);
    assert_non_null(added_later(s, 4, FINDING_DHCP_NO_BOOTFILE));
}

/* ---- .pxe.unanswered ---- */

static void
boot_server_that_is_silent_for_four_seconds_is_known_later(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, pxe_request(s->target, s->server));
    capture_goes_on(s, 4 * SECOND - 1);
    assert_never_found(s, FINDING_PXE_UNANSWERED);
    capture_goes_on(s, 4 * SECOND);
    assert_int_equal(times_said(s, FINDING_PXE_UNANSWERED), 0);
    assert_non_null(added_later(s, 5, FINDING_PXE_UNANSWERED));
}

static void
silent_boot_server_is_certain_with_the_next_frame_that_is_no_download(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, pxe_request(s->target, s->server));
    see_after(s, 4 * SECOND, arp_request(s->target, s->server.address));
    assert_non_null(said(s, 6, FINDING_PXE_UNANSWERED));
    assert_non_null(added_later(s, 5, FINDING_PXE_UNANSWERED));
}

static void
boot_server_without_which_the_download_begins_was_not_needed(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, pxe_request(s->target, s->server));
    pass_time(s, 5 * SECOND);
    play_download(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_PXE_UNANSWERED);
}

static void
boot_server_that_replies_is_no_fault(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, pxe_request(s->target, s->server));
    see_after(s, 3 * SECOND, pxe_reply(s->target, s->server, s->file));
    see_after(s, 2 * SECOND, tftp_request(s->target, s->server, 2070, s->file, 0));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_PXE_UNANSWERED);
}

static void
silent_boot_server_is_the_fault_and_not_the_file(void **state)
{
    scene *s = *state;

    s->file = NULL;
    play_dhcp(s, s->target);
    show_the_targets_place(s);
    see(s, pxe_request(s->target, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(added_later(s, 6, FINDING_PXE_UNANSWERED));
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
    assert_never_found(s, FINDING_BOOTSTRAP_NOT_REQUESTED);
}

static void
dhcp_server_that_sends_option_60_is_named_as_the_reason(void **state)
{
    scene *s = *state;
    boot_event offer;

    see(s, discovers(s));
    offer = offers(s);
    offer.dhcp.firmware.vendor_class = "PXEClient";
    see(s, offer);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, acknowledges(s));
    see(s, pxe_request(s->target, s->server));
    capture_goes_on(s, 4 * SECOND);
    assert_true(text_holds(added_later(s, 5, FINDING_PXE_UNANSWERED), "the DHCP server itself sends option 60"));
}

static void
second_reply_past_the_relay_is_said(void **state)
{
    scene *s = *state;
    boot_event asks = discovers(s), reply;

    asks.dhcp.relay = s->router.address;
    asks.source = s->router.address;
    asks.destination = s->other_server.address;
    see(s, asks);
    for (int i = 0; i < 3; i++) {
        reply = dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file);
        reply.dhcp.your_address = NET_ADDRESS_NONE;
        reply.dhcp.relay = s->router.address;
        reply.destination = s->target.address; /* not the relay's */
        see_after(s, SECOND, reply);
    }
    assert_int_equal(times_said(s, FINDING_PXE_UNANSWERED), 1);
    assert_non_null(said(s, 3, FINDING_PXE_UNANSWERED));
}

static void
replies_to_the_relay_are_what_they_should_be(void **state)
{
    scene *s = *state;
    boot_event asks = discovers(s), reply;

    asks.dhcp.relay = s->router.address;
    asks.source = s->router.address;
    asks.destination = s->other_server.address;
    see(s, asks);
    for (int i = 0; i < 3; i++) {
        reply = dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file);
        reply.dhcp.your_address = NET_ADDRESS_NONE;
        reply.dhcp.relay = s->router.address;
        reply.destination = s->router.address;
        see_after(s, SECOND, reply);
    }
    assert_never_found(s, FINDING_PXE_UNANSWERED);
}

/* ---- .bootstrap.not_requested ---- */

static void
file_that_is_never_asked_for_is_known_after_ten_seconds(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    show_the_targets_place(s);
    s->time = g_array_index(s->events, boot_event, 3).time + 10 * SECOND - 1;
    see(s, (boot_event){ .kind = BOOT_EVENT_OTHER });
    assert_never_found(s, FINDING_BOOTSTRAP_NOT_REQUESTED);
    s->time = g_array_index(s->events, boot_event, 3).time + 10 * SECOND;
    see(s, (boot_event){ .kind = BOOT_EVENT_OTHER });
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_NOT_REQUESTED), 0);
    assert_non_null(added_later(s, 4, FINDING_BOOTSTRAP_NOT_REQUESTED));
}

static void
file_that_is_asked_for_is_requested(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    show_the_targets_place(s);
    see_after(s, 9 * SECOND, tftp_request(s->target, s->server, 2070, s->file, 0));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_NOT_REQUESTED);
}

static void
at_a_dhcp_servers_port_nothing_is_known_of_read_requests(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, arp_request(s->router, s->server.address)); /* not only DHCP is captured */
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_NOT_REQUESTED);
}

static void
capture_of_dhcp_alone_shows_no_read_requests(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_dhcp(s, s->other_target);
    see_after(s, 20 * SECOND, discovers(s));
    assert_never_found(s, FINDING_BOOTSTRAP_NOT_REQUESTED);
}

static void
read_request_of_anybody_shows_that_they_are_captured(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_dhcp(s, s->other_target);
    see(s, tftp_request(s->other_target, s->server, 2070, s->file, 0));
    capture_goes_on(s, 10 * SECOND);
    assert_non_null(added_later(s, 4, FINDING_BOOTSTRAP_NOT_REQUESTED));
}

static void
file_of_a_web_server_is_not_fetched_by_tftp(void **state)
{
    scene *s = *state;

    s->file = "http://10.0.0.1/boot.efi";
    play_dhcp(s, s->target);
    show_the_targets_place(s);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_NOT_REQUESTED);
}

static void
file_with_the_scheme_of_tftp_is(void **state)
{
    scene *s = *state;

    s->file = "tftp://10.0.0.1/boot.efi";
    play_dhcp(s, s->target);
    show_the_targets_place(s);
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(added_later(s, 4, FINDING_BOOTSTRAP_NOT_REQUESTED));
}

static void
server_that_is_given_by_a_name_is_told(void **state)
{
    scene *s = *state;
    boot_event ack;

    see(s, discovers(s));
    see(s, offers(s));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    ack = acknowledges(s);
    ack.dhcp.boot.name = "pvs.example.com";
    ack.dhcp.boot.name_is_text = true;
    see(s, ack);
    show_the_targets_place(s);
    capture_goes_on(s, 100 * SECOND);
    assert_true(text_holds(added_later(s, 4, FINDING_BOOTSTRAP_NOT_REQUESTED), "host name"));
}

static void
server_that_is_no_text_is_told(void **state)
{
    scene *s = *state;
    boot_event ack;

    see(s, discovers(s));
    see(s, offers(s));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    ack = acknowledges(s);
    ack.dhcp.boot.name = "\\x0a\\x00";
    ack.dhcp.boot.name_is_text = false;
    see(s, ack);
    show_the_targets_place(s);
    capture_goes_on(s, 100 * SECOND);
    assert_true(text_holds(added_later(s, 4, FINDING_BOOTSTRAP_NOT_REQUESTED), "option 66 is no text"));
}

/* ---- .bootstrap.wrong_firmware ---- */

/* DHCP of a firmware that is given this file; the ACK is frame 4. */
static void
play_dhcp_of(scene *s, uint16_t architecture, const char *file)
{
    s->file = file;
    see(s, of_firmware(discovers(s), architecture));
    see(s, offers(s));
    see(s, of_firmware(dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT), architecture));
    see(s, acknowledges(s));
}

static void
bios_that_asks_for_the_uefi_bootstrap_is_wrong(void **state)
{
    scene *s = *state;

    play_dhcp_of(s, BIOS, "pvsnbpx64.efi");
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_request(s->target, s->server, 2071, s->file, 0));
    assert_non_null(said(s, 5, FINDING_BOOTSTRAP_WRONG_FIRMWARE));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_WRONG_FIRMWARE), 1); /* once a boot */
    assert_non_null(added_later(s, 4, FINDING_BOOTSTRAP_WRONG_FIRMWARE));
}

static void
uefi_that_asks_for_a_bios_bootstrap_is_wrong(void **state)
{
    static const uint16_t architectures[] = { 6, 7, 9 };

    for (size_t i = 0; i < G_N_ELEMENTS(architectures); i++) {
        scene *s = *state;

        play_dhcp_of(s, architectures[i], "ARDBP32.BIN");
        see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
        assert_non_null(said(s, 5, FINDING_BOOTSTRAP_WRONG_FIRMWARE));
        scene_teardown(state);
        scene_setup(state);
    }
}

static void
files_that_fit_are_right(void **state)
{
    scene *s = *state;

    play_dhcp_of(s, BIOS, "ARDBP32.BIN");
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    s->target = s->other_target;
    play_dhcp_of(s, UEFI_X64, "pvsnbpx64.efi");
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_WRONG_FIRMWARE);
}

static void
file_that_only_an_answer_names_is_wrong_too(void **state)
{
    scene *s = *state;

    play_dhcp_of(s, BIOS, "pvsnbpx64.efi");
    capture_goes_on(s, 100 * SECOND);
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_WRONG_FIRMWARE), 0);
    assert_int_equal(times_added_later(s, FINDING_BOOTSTRAP_WRONG_FIRMWARE), 1);
}

static void
client_that_asks_for_another_file_was_not_misled(void **state)
{
    scene *s = *state;

    play_dhcp_of(s, BIOS, "pvsnbpx64.efi");
    see(s, tftp_request(s->target, s->server, 2070, "ARDBP32.BIN", 0));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_WRONG_FIRMWARE);
}

static void
logon_refutes_the_wrong_firmware(void **state)
{
    scene *s = *state;

    play_dhcp_of(s, BIOS, "pvsnbpx64.efi");
    play_download(s, s->target);
    assert_non_null(said(s, 5, FINDING_BOOTSTRAP_WRONG_FIRMWARE));
    play_logon(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_false(shown_at_last(s, 5, FINDING_BOOTSTRAP_WRONG_FIRMWARE));
    assert_false(shown_at_last(s, 4, FINDING_BOOTSTRAP_WRONG_FIRMWARE));
}

#define pxe_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        pxe_test(second_offer_that_is_not_taken_is_known_later),
        pxe_test(offer_that_is_not_taken_is_certain_with_the_next_discover),
        pxe_test(discover_sooner_makes_nothing_certain),
        pxe_test(one_offer_that_is_not_taken_is_none),
        pxe_test(offer_that_a_request_follows_is_taken),
        pxe_test(text_tells_what_is_odd_about_the_offer),
        pxe_test(unfinished_checksum_is_not_odd),
        pxe_test(offers_without_a_boot_file_are_not_taken_for_that),
        pxe_test(file_that_is_named_late_and_not_asked_for_came_too_late),
        pxe_test(file_that_is_named_late_and_asked_for_is_one),
        pxe_test(file_that_is_named_in_the_last_moment_is_one),
        pxe_test(file_that_is_named_after_four_seconds_is_none),
        pxe_test(missing_file_is_not_told_where_only_relayed_copies_are_seen),
        pxe_test(missing_file_needs_a_place_that_a_proxys_answer_reaches),
        pxe_test(boot_server_that_is_silent_for_four_seconds_is_known_later),
        pxe_test(silent_boot_server_is_certain_with_the_next_frame_that_is_no_download),
        pxe_test(boot_server_without_which_the_download_begins_was_not_needed),
        pxe_test(boot_server_that_replies_is_no_fault),
        pxe_test(silent_boot_server_is_the_fault_and_not_the_file),
        pxe_test(dhcp_server_that_sends_option_60_is_named_as_the_reason),
        pxe_test(second_reply_past_the_relay_is_said),
        pxe_test(replies_to_the_relay_are_what_they_should_be),
        pxe_test(file_that_is_never_asked_for_is_known_after_ten_seconds),
        pxe_test(file_that_is_asked_for_is_requested),
        pxe_test(at_a_dhcp_servers_port_nothing_is_known_of_read_requests),
        pxe_test(capture_of_dhcp_alone_shows_no_read_requests),
        pxe_test(read_request_of_anybody_shows_that_they_are_captured),
        pxe_test(file_of_a_web_server_is_not_fetched_by_tftp),
        pxe_test(file_with_the_scheme_of_tftp_is),
        pxe_test(server_that_is_given_by_a_name_is_told),
        pxe_test(server_that_is_no_text_is_told),
        pxe_test(bios_that_asks_for_the_uefi_bootstrap_is_wrong),
        pxe_test(uefi_that_asks_for_a_bios_bootstrap_is_wrong),
        pxe_test(files_that_fit_are_right),
        pxe_test(file_that_only_an_answer_names_is_wrong_too),
        pxe_test(client_that_asks_for_another_file_was_not_misled),
        pxe_test(logon_refutes_the_wrong_firmware),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
