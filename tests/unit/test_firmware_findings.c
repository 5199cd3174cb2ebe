/* test_firmware_findings.c
 * What is said of DHCP, ARP and the bootstrap download: on which frame, at once or later, and when not
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

/* ---- .dhcp.refused ---- */

static void
nak_and_decline_are_said_at_once(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_NAK, s->server, s->target, NULL));
    assert_false(said(s, 3, FINDING_DHCP_REFUSED)->from_client);
    see(s, dhcp_from_client(DHCP_MESSAGE_DECLINE, s->target, PXE_CLIENT));
    assert_true(said(s, 4, FINDING_DHCP_REFUSED)->from_client);
    assert_int_equal(times_said(s, FINDING_DHCP_REFUSED), 2);
}

/* ---- .dhcp.servers_differ ---- */

static void
offers_of_two_servers_in_one_transaction_differ(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    pass_time(s, 100 * MILLISECOND); /* sooner it would be a relay's copy */
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file));
    finding = said(s, 3, FINDING_DHCP_SERVERS_DIFFER);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, 2);
    assert_true(net_address_equal(&finding->address, &s->server.address));
    assert_int_equal(times_said(s, FINDING_DHCP_SERVERS_DIFFER), 1);
}

static void
offers_in_two_transactions_do_not_differ(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    pass_time(s, 4 * SECOND);
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT)); /* a transaction of its own */
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file));
    assert_never_found(s, FINDING_DHCP_SERVERS_DIFFER);
}

static void
offers_of_one_server_do_not_differ(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    for (int i = 0; i < 3; i++) {
        see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
        pass_time(s, SECOND);
    }
    assert_never_found(s, FINDING_DHCP_SERVERS_DIFFER);
}

static void
proxy_offer_gives_no_address_and_does_not_differ(void **state)
{
    scene *s = *state;
    boot_event proxy = dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file);

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, NULL));
    proxy.dhcp.transaction = g_array_index(s->events, boot_event, 0).dhcp.transaction;
    proxy.dhcp.your_address = NET_ADDRESS_NONE;
    see(s, proxy);
    assert_never_found(s, FINDING_DHCP_SERVERS_DIFFER);
}

static void
acks_of_two_servers_in_one_boot_differ(void **state)
{
    scene *s = *state;
    const boot_finding *finding;
    uint32_t first;

    play_dhcp(s, s->target);
    first = frame_now(s);
    pass_time(s, SECOND);
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT)); /* a chained loader's round */
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    assert_int_equal(times_said(s, FINDING_DHCP_SERVERS_DIFFER), 0);
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->other_server, s->target, s->file));
    finding = said(s, frame_now(s), FINDING_DHCP_SERVERS_DIFFER);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, first);
    assert_true(net_address_equal(&finding->address, &s->server.address));
}

static void
boot_servers_ack_does_not_differ(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    pass_time(s, SECOND);
    see(s, pxe_request(s->target, s->other_server));
    see(s, pxe_reply(s->target, s->other_server, s->file));
    assert_never_found(s, FINDING_DHCP_SERVERS_DIFFER);
}

static void
acks_of_two_boots_do_not_differ(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    s->server = host_number(7);
    play_boot_to_single_read(s, s->target);
    assert_int_equal(boot_count(s), 2);
    assert_never_found(s, FINDING_DHCP_SERVERS_DIFFER);
}

/* ---- .dhcp.no_bootfile ---- */

static void
ack_without_a_boot_file_is_said_later(void **state)
{
    scene *s = *state;

    s->file = NULL;
    play_dhcp(s, s->target);
    capture_goes_on(s, 3 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE); /* a PXE server may still name it */
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(times_said(s, FINDING_DHCP_NO_BOOTFILE), 0);
    assert_non_null(added_later(s, 4, FINDING_DHCP_NO_BOOTFILE));
    assert_int_equal(times_added_later(s, FINDING_DHCP_NO_BOOTFILE), 1);
}

static void
boot_file_that_a_pxe_server_names_is_one(void **state)
{
    scene *s = *state;
    const char *file = s->file;

    s->file = NULL;
    play_dhcp(s, s->target);
    pass_time(s, SECOND);
    see(s, pxe_request(s->target, s->other_server));
    see(s, pxe_reply(s->target, s->other_server, file));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

static void
boot_file_of_a_proxy_offer_is_one(void **state)
{
    scene *s = *state;
    boot_event proxy = dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file);

    s->file = NULL;
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    proxy.dhcp.your_address = NET_ADDRESS_NONE;
    see(s, proxy);
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, NULL));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

static void
client_of_no_known_kind_needs_no_boot_file(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, NULL));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, NULL));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

static void
target_that_knows_its_file_anyway_needs_no_boot_file(void **state)
{
    scene *s = *state;

    s->file = NULL;
    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, "ARDBP32.BIN", 0));
    play_dhcp(s, s->other_target);
    see(s, stream_to_server(s->other_target, s->server));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_DHCP_NO_BOOTFILE);
}

/* ---- .dhcp.address_changed ---- */

static void
other_address_of_the_operating_system_is_said_at_its_ack(void **state)
{
    scene *s = *state;
    host moved = { s->target.mac, address_number(99) };
    const boot_finding *finding;

    play_boot_to_bnistack(s, s->target);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, moved, WINDOWS_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, moved, NULL));
    finding = said(s, frame_now(s), FINDING_DHCP_ADDRESS_CHANGED);
    assert_non_null(finding);
    assert_true(net_address_equal(&finding->address, &s->target.address));
    assert_int_equal(times_said(s, FINDING_DHCP_ADDRESS_CHANGED), 1);
}

static void
same_address_of_the_operating_system_is_no_change(void **state)
{
    scene *s = *state;
    boot_event answer_to_inform = dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL);

    play_boot_to_bnistack(s, s->target);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    see(s, dhcp_from_client(DHCP_MESSAGE_INFORM, s->target, WINDOWS_CLIENT));
    answer_to_inform.dhcp.transaction = g_array_index(s->events, boot_event, frame_now(s) - 1).dhcp.transaction;
    answer_to_inform.dhcp.your_address = NET_ADDRESS_NONE;
    expect_step(s, STEP_BNISTACK_ADDRESS, answer_to_inform);
    assert_never_found(s, FINDING_DHCP_ADDRESS_CHANGED);
}

/* ---- .arp.unanswered ---- */

static void
third_arp_request_in_a_row_is_said_at_once(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_dhcp(s, s->target);
    for (int i = 0; i < 5; i++) {
        see(s, arp_request(s->target, s->server.address));
        pass_time(s, SECOND);
    }
    assert_int_equal(times_said(s, FINDING_ARP_UNANSWERED), 1);
    finding = said(s, 7, FINDING_ARP_UNANSWERED);
    assert_non_null(finding);
    assert_int_equal(finding->from_frame, 5);
    assert_int_equal(finding->times, 3);
    assert_true(net_address_equal(&finding->address, &s->server.address));
    capture_goes_on(s, 3 * SECOND);
    assert_int_equal(times_added_later(s, FINDING_ARP_UNANSWERED), 0);
}

static void
single_arp_request_without_a_reply_is_said_later(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, arp_request(s->target, s->server.address));
    capture_goes_on(s, 3 * SECOND - 1);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
    capture_goes_on(s, 3 * SECOND);
    assert_int_equal(times_said(s, FINDING_ARP_UNANSWERED), 0);
    assert_non_null(added_later(s, 5, FINDING_ARP_UNANSWERED));
}

static void
arp_request_with_a_reply_is_answered(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    for (int i = 0; i < 4; i++) {
        see(s, arp_request(s->target, s->server.address));
        pass_time(s, SECOND);
        see(s, arp_request(s->target, s->server.address));
        pass_time(s, SECOND);
        see(s, arp_reply(s->server, s->target));
    }
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
}

static void
two_requests_for_each_of_two_addresses_are_no_three_in_a_row(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    for (int i = 0; i < 4; i++) {
        see(s, arp_request(s->target, i % 2 == 0 ? s->server.address : s->router.address));
        pass_time(s, 100 * MILLISECOND);
    }
    assert_int_equal(times_said(s, FINDING_ARP_UNANSWERED), 0);
}

static void
replies_in_another_order_than_the_requests_answer_all(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, arp_request(s->target, s->server.address));
    see(s, arp_request(s->target, s->router.address));
    see(s, arp_reply(s->router, s->target));
    see(s, arp_reply(s->server, s->target));
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
}

static void
target_that_goes_on_had_its_reply(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, arp_request(s->target, s->server.address));
    pass_time(s, SECOND);
    play_download(s, s->target); /* the mirror port did not show the reply */
    see(s, arp_request(s->target, s->server.address));
    play_logon(s, s->target);
    capture_goes_on(s, 9 * SECOND);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
}

static void
target_that_goes_on_had_all_its_replies(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, arp_request(s->target, s->server.address));
    see(s, arp_request(s->target, s->router.address));
    see(s, arp_reply(s->router, s->target));
    play_download(s, s->target); /* of two replies the capture has one */
    capture_goes_on(s, 9 * SECOND);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
}

static void
probes_and_announcements_want_no_reply(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    for (int i = 0; i < 4; i++) {
        see(s, arp_probe(s->target));
        pass_time(s, SECOND);
        see(s, arp_announcement(s->target));
        pass_time(s, SECOND);
    }
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
}

static void
others_questions_for_the_target_are_not_its_own(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    for (int i = 0; i < 4; i++) {
        see(s, arp_request(s->server, s->target.address));
        pass_time(s, SECOND);
    }
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
}

/* ---- .arp.conflict ---- */

static void
announcement_is_a_conflict_when_the_target_streams_on(void **state)
{
    scene *s = *state;
    host thief = { s->other_target.mac, s->target.address };
    const boot_finding *finding;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    play_logon(s, s->target);
    see(s, arp_announcement(thief));
    assert_null(said(s, frame_now(s), FINDING_ARP_CONFLICT));
    see(s, stream_to_server(s->target, s->server));
    finding = said(s, frame_now(s), FINDING_ARP_CONFLICT);
    assert_non_null(finding);
    assert_true(net_address_equal(&finding->address, &s->target.address));
    assert_non_null(added_later(s, frame_now(s) - 1, FINDING_ARP_CONFLICT));
}

static void
answer_to_the_targets_probe_is_a_conflict_at_once(void **state)
{
    scene *s = *state;
    host thief = { s->other_target.mac, s->target.address };

    play_dhcp(s, s->target);
    see(s, arp_probe(s->target));
    see(s, arp_reply(thief, s->target));
    assert_non_null(said(s, 6, FINDING_ARP_CONFLICT));
}

static void
stream_that_goes_on_from_the_other_mac_is_a_team(void **state)
{
    scene *s = *state;
    host team = { s->other_target.mac, s->target.address };

    play_dhcp(s, s->target);
    play_download(s, s->target);
    play_logon(s, s->target);
    see(s, arp_announcement(team));
    see(s, stream_to_server(team, s->server));
    see(s, stream_to_server(s->target, s->server));
    assert_never_found(s, FINDING_ARP_CONFLICT);
}

static void
targets_own_words_are_no_conflict(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, arp_probe(s->target));
    see(s, arp_announcement(s->target));
    see(s, arp_reply(s->target, s->server));
    assert_never_found(s, FINDING_ARP_CONFLICT);
}

static void
others_probe_for_the_targets_address_claims_nothing(void **state)
{
    scene *s = *state;
    host other = { s->other_target.mac, s->target.address };

    play_dhcp(s, s->target);
    see(s, arp_probe(other));
    see(s, arp_request(s->server, s->target.address));
    assert_never_found(s, FINDING_ARP_CONFLICT);
}

static void
claim_by_another_target_is_a_conflict_too(void **state)
{
    scene *s = *state;
    host thief = { s->other_target.mac, s->target.address };

    play_dhcp(s, s->target);
    play_dhcp(s, s->other_target);
    see(s, arp_announcement(thief));
    assert_non_null(said(s, frame_now(s), FINDING_ARP_CONFLICT));
}

/* ---- .bootstrap.unanswered ---- */

static void
read_request_repeated_without_an_answer_is_said_at_once(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_UNANSWERED), 0);
    pass_time(s, 2 * SECOND);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    finding = said(s, 6, FINDING_BOOTSTRAP_UNANSWERED);
    assert_non_null(finding);
    assert_true(net_address_equal(&finding->address, &s->server.address));
    assert_string_equal(finding->text, s->file);
    assert_non_null(added_later(s, 5, FINDING_BOOTSTRAP_UNANSWERED));
}

static void
read_request_repeated_from_another_port_is_said_at_once(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    pass_time(s, 2 * SECOND);
    see(s, tftp_request(s->target, s->server, 2071, s->file, 0));
    assert_non_null(said(s, 6, FINDING_BOOTSTRAP_UNANSWERED));
}

static void
single_read_request_is_unanswered_after_five_seconds(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    capture_goes_on(s, 5 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED); /* a filter for fixed ports would show no more */
    see(s, arp_request(s->target, s->server.address));
    capture_goes_on(s, SECOND);
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_UNANSWERED), 0);
    assert_non_null(added_later(s, 5, FINDING_BOOTSTRAP_UNANSWERED));
}

static void
read_request_with_any_answer_is_answered(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 1456));
    see(s, tftp_options(s->target, s->server, 2070, 1456));
    pass_time(s, 2 * SECOND);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 1456)); /* the OACK did not reach it */
    see(s, tftp_request(s->target, s->server, 2071, "no-such-file", 0));
    see(s, tftp_error_from_server(s->target, s->server, 2071, 1));
    see(s, tftp_request(s->target, s->server, 2072, "no-such-file", 0));
    see(s, tftp_error_from_server(s->target, s->server, 2072, 1));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_UNANSWERED);
}

static void
read_requests_for_two_files_are_no_repeat(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_request(s->target, s->server, 2071, "other.bin", 0));
    see(s, tftp_request(s->target, s->other_server, 2072, "other.bin", 0));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_UNANSWERED), 0);
}

/* ---- .bootstrap.error ---- */

static void
error_of_the_server_is_said_at_once(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_error_from_server(s->target, s->server, 2070, 1));
    finding = said(s, 6, FINDING_BOOTSTRAP_ERROR);
    assert_non_null(finding);
    assert_int_equal(finding->code, 1);
    assert_string_equal(finding->text, s->file);
    assert_true(net_address_equal(&finding->address, &s->server.address));
}

static void
error_of_the_client_in_the_middle_is_known_later(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    see(s, tftp_error_from_client(s->target, s->server, 2070, 3));
    assert_null(said(s, 7, FINDING_BOOTSTRAP_ERROR)); /* it may go on */
    capture_goes_on(s, 5 * SECOND);
    assert_int_equal(added_later(s, 7, FINDING_BOOTSTRAP_ERROR)->code, 3);
}

static void
error_8_after_a_size_probe_is_no_fault(void **state)
{
    scene *s = *state;
    boot_event probe = tftp_request(s->target, s->server, 2070, s->file, 0);

    play_dhcp(s, s->target);
    probe.bootstrap.options = TFTP_OPTION_TRANSFER_SIZE;
    see(s, probe);
    see(s, tftp_options(s->target, s->server, 2070, 0));
    expect_step(s, STEP_SIZE_PROBE_ENDED, tftp_error_from_client(s->target, s->server, 2070, 8));
    play_download(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    for (unsigned id = 0; id < FINDING_COUNT; id++)
        if (finding_kind_of((finding_id)id)->severity != FINDING_MILESTONE && id != FINDING_LOGON_OUT_OF_SIGHT)
            if (times_said(s, (finding_id)id) + times_added_later(s, (finding_id)id) > 0)
                fail_msg("%s", finding_kind_of((finding_id)id)->name);
}

/* ---- .bootstrap.retransmission and .stall ---- */

static void
block_sent_again_is_a_retransmission(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    assert_int_equal(said(s, 7, FINDING_BOOTSTRAP_RETRANSMISSION)->times, 1);
    see(s, tftp_ack(s->target, s->server, 2070, 1));
    see(s, tftp_data(s->target, s->server, 2070, 2, 100));
    pass_time(s, 100 * MILLISECOND);
    see(s, tftp_data(s->target, s->server, 2070, 2, 100)); /* the last one, in phase 2 */
    assert_int_equal(said(s, 10, FINDING_BOOTSTRAP_RETRANSMISSION)->times, 2);
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_RETRANSMISSION), 2);
}

static void
copy_of_a_block_is_no_retransmission(void **state)
{
    scene *s = *state;
    boot_event block = tftp_data(s->target, s->server, 2070, 1, 512);

    block.identity = 4711;
    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, block);
    see(s, block);
    assert_never_found(s, FINDING_BOOTSTRAP_RETRANSMISSION);
}

static void
second_without_progress_is_a_stall(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    pass_time(s, SECOND - 2 * MILLISECOND); /* and the scene's own one */
    see(s, tftp_ack(s->target, s->server, 2070, 1)); /* an ACK is no progress */
    see(s, tftp_data(s->target, s->server, 2070, 2, 512));
    assert_int_equal(said(s, 8, FINDING_BOOTSTRAP_STALL)->duration, SECOND);
    pass_time(s, SECOND - 2 * MILLISECOND);
    see(s, tftp_data(s->target, s->server, 2070, 3, 512));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_STALL), 1);
}

static void
repeated_block_does_not_hide_a_stall(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    pass_time(s, 600 * MILLISECOND);
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    see(s, tftp_ack(s->target, s->server, 2070, 1));
    pass_time(s, 600 * MILLISECOND);
    see(s, tftp_data(s->target, s->server, 2070, 2, 100));
    assert_null(said(s, 7, FINDING_BOOTSTRAP_STALL));
    assert_non_null(said(s, 9, FINDING_BOOTSTRAP_STALL));
}

/* ---- .bootstrap.incomplete ---- */

static void
download_without_an_end_is_said_later(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    see(s, tftp_ack(s->target, s->server, 2070, 1));
    capture_goes_on(s, 10 * SECOND - 2 * MILLISECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
    capture_goes_on(s, 10 * SECOND);
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_INCOMPLETE), 0);
    finding = added_later(s, 6, FINDING_BOOTSTRAP_INCOMPLETE);
    assert_non_null(finding);
    assert_int_equal(finding->bytes, 512);
    assert_int_equal(times_added_later(s, FINDING_BOOTSTRAP_INCOMPLETE), 1);
}

static void
download_without_an_end_is_said_on_the_next_boot(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    pass_time(s, 61 * SECOND);
    play_dhcp(s, s->target);
    assert_int_equal(boot_count(s), 2);
    finding = said(s, 7, FINDING_BOOTSTRAP_INCOMPLETE);
    assert_non_null(finding);
    assert_int_equal(finding->boot->life.number, 1);
    assert_int_equal(finding->from_frame, 6);
    assert_non_null(added_later(s, 6, FINDING_BOOTSTRAP_INCOMPLETE));
}

static void
download_that_was_restarted_and_completed_is_complete(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    pass_time(s, 5 * SECOND);
    play_download(s, s->target);
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
}

static void
download_without_a_block_is_not_incomplete(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_options(s->target, s->server, 2070, 1456));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
}

static void
second_download_without_an_end_is_incomplete(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    see(s, tftp_request(s->target, s->server, 3000, "second.bin", 0)); /* a chained loader's */
    see(s, tftp_data(s->target, s->server, 3000, 1, 512));
    capture_goes_on(s, 10 * SECOND);
    assert_string_equal(added_later(s, frame_now(s), FINDING_BOOTSTRAP_INCOMPLETE)->text, "second.bin");
}

/* ---- .bootstrap.downloaded ---- */

static void
downloaded_tells_the_file_and_its_size(void **state)
{
    scene *s = *state;
    const boot_finding *finding;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    finding = said(s, 9, FINDING_BOOTSTRAP_DOWNLOADED);
    assert_non_null(finding);
    assert_string_equal(finding->text, s->file);
    assert_int_equal(finding->bytes, 612);
    assert_int_equal(finding->from_frame, 5);
    assert_int_equal(finding->duration, 4 * MILLISECOND);
    pass_time(s, SECOND);
    see(s, tftp_ack(s->target, s->server, s->tftp_port, 2));
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_DOWNLOADED), 1);
}

#define firmware_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        firmware_test(nak_and_decline_are_said_at_once),
        firmware_test(offers_of_two_servers_in_one_transaction_differ),
        firmware_test(offers_in_two_transactions_do_not_differ),
        firmware_test(offers_of_one_server_do_not_differ),
        firmware_test(proxy_offer_gives_no_address_and_does_not_differ),
        firmware_test(acks_of_two_servers_in_one_boot_differ),
        firmware_test(boot_servers_ack_does_not_differ),
        firmware_test(acks_of_two_boots_do_not_differ),
        firmware_test(ack_without_a_boot_file_is_said_later),
        firmware_test(boot_file_that_a_pxe_server_names_is_one),
        firmware_test(boot_file_of_a_proxy_offer_is_one),
        firmware_test(client_of_no_known_kind_needs_no_boot_file),
        firmware_test(target_that_knows_its_file_anyway_needs_no_boot_file),
        firmware_test(other_address_of_the_operating_system_is_said_at_its_ack),
        firmware_test(same_address_of_the_operating_system_is_no_change),
        firmware_test(third_arp_request_in_a_row_is_said_at_once),
        firmware_test(single_arp_request_without_a_reply_is_said_later),
        firmware_test(arp_request_with_a_reply_is_answered),
        firmware_test(two_requests_for_each_of_two_addresses_are_no_three_in_a_row),
        firmware_test(replies_in_another_order_than_the_requests_answer_all),
        firmware_test(target_that_goes_on_had_its_reply),
        firmware_test(target_that_goes_on_had_all_its_replies),
        firmware_test(probes_and_announcements_want_no_reply),
        firmware_test(others_questions_for_the_target_are_not_its_own),
        firmware_test(announcement_is_a_conflict_when_the_target_streams_on),
        firmware_test(answer_to_the_targets_probe_is_a_conflict_at_once),
        firmware_test(stream_that_goes_on_from_the_other_mac_is_a_team),
        firmware_test(targets_own_words_are_no_conflict),
        firmware_test(others_probe_for_the_targets_address_claims_nothing),
        firmware_test(claim_by_another_target_is_a_conflict_too),
        firmware_test(read_request_repeated_without_an_answer_is_said_at_once),
        firmware_test(read_request_repeated_from_another_port_is_said_at_once),
        firmware_test(single_read_request_is_unanswered_after_five_seconds),
        firmware_test(read_request_with_any_answer_is_answered),
        firmware_test(read_requests_for_two_files_are_no_repeat),
        firmware_test(error_of_the_server_is_said_at_once),
        firmware_test(error_of_the_client_in_the_middle_is_known_later),
        firmware_test(error_8_after_a_size_probe_is_no_fault),
        firmware_test(block_sent_again_is_a_retransmission),
        firmware_test(copy_of_a_block_is_no_retransmission),
        firmware_test(second_without_progress_is_a_stall),
        firmware_test(repeated_block_does_not_hide_a_stall),
        firmware_test(download_without_an_end_is_said_later),
        firmware_test(download_without_an_end_is_said_on_the_next_boot),
        firmware_test(download_that_was_restarted_and_completed_is_complete),
        firmware_test(download_without_a_block_is_not_incomplete),
        firmware_test(second_download_without_an_end_is_incomplete),
        firmware_test(downloaded_tells_the_file_and_its_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
