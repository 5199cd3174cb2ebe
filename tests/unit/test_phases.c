/* test_phases.c
 * Phases and steps of one boot, in order; captures that begin in the middle of one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

/* ---- Phase 1 ---- */

static void
dhcp_round_is_steps_101_to_104_of_phase_1(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;

    play_dhcp(s, s->target);
    for (uint32_t frame = 1; frame <= 4; frame++) {
        boot_verdict again = recall(s, frame);
        assert_int_equal(again.phase, PHASE_BOOTSTRAP);
        assert_int_equal(again.phase_start_frame, 1);
    }
    verdict = &g_array_index(s->verdicts, boot_verdict, 0);
    assert_int_equal(verdict->phase_start_time, g_array_index(s->events, boot_event, 0).time);
}

static void
nak_and_decline_are_step_105(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    expect_step(s, STEP_DHCP_NAK_OR_DECLINE, dhcp_from_server(DHCP_MESSAGE_NAK, s->server, s->target, NULL));
    expect_step(s, STEP_DHCP_NAK_OR_DECLINE, dhcp_from_client(DHCP_MESSAGE_DECLINE, s->target, PXE_CLIENT));
}

static void
offer_speaks_with_the_server_of_option_54(void **state)
{
    scene *s = *state;
    boot_event offer = dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file);
    const boot_verdict *verdict;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    offer.source = s->router.address; /* relayed */
    verdict = see(s, offer);
    assert_true(net_address_equal(&verdict->server, &s->server.address));
}

static void
offer_without_option_54_speaks_with_its_sender(void **state)
{
    scene *s = *state;
    boot_event offer = dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file);
    const boot_verdict *verdict;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    offer.dhcp.server_id = NET_ADDRESS_NONE;
    verdict = see(s, offer);
    assert_true(net_address_equal(&verdict->server, &s->server.address));
}

static void
discover_speaks_with_no_server_yet(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict = see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));

    assert_false(net_address_known(&verdict->server));
}

static void
boot_server_round_on_port_4011_is_steps_108_and_109(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;

    play_dhcp(s, s->target);
    pass_time(s, SECOND);
    expect_step(s, STEP_PXE_REQUEST, pxe_request(s->target, s->other_server));
    pass_time(s, SECOND);
    verdict = see(s, pxe_reply(s->target, s->other_server, s->file));
    assert_int_equal(verdict->step, STEP_PXE_REPLY);
    assert_true(net_address_equal(&verdict->server, &s->other_server.address));
    assert_int_equal(boot_count(s), 1);
}

static void
boot_servers_ack_gives_no_address(void **state)
{
    scene *s = *state;
    boot_event reply = pxe_reply(s->target, s->other_server, s->file);
    net_address now;

    play_dhcp(s, s->target);
    pass_time(s, SECOND);
    see(s, pxe_request(s->target, s->other_server));
    reply.dhcp.your_address = address_number(99);
    see(s, reply);
    now = boot_life_address_at(&boot_number(s, 1)->life, frame_now(s));
    assert_true(net_address_equal(&now, &s->target.address));
}

static void
arp_of_phase_1_is_step_106_or_107(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;

    play_dhcp(s, s->target);
    expect_step(s, STEP_ARP_REQUEST, arp_probe(s->target));
    expect_step(s, STEP_ARP_REPLY, arp_announcement(s->target));
    verdict = see(s, arp_request(s->target, s->server.address));
    assert_int_equal(verdict->step, STEP_ARP_REQUEST);
    assert_true(net_address_equal(&verdict->server, &s->server.address));
    verdict = see(s, arp_reply(s->server, s->target));
    assert_int_equal(verdict->step, STEP_ARP_REPLY);
    assert_true(net_address_equal(&verdict->server, &s->server.address));
}

static void
tftp_steps_are_110_to_114(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    expect_step(s, STEP_BOOTSTRAP_REQUEST, tftp_request(s->target, s->server, 2070, s->file, 1456));
    expect_step(s, STEP_BOOTSTRAP_OPTIONS, tftp_options(s->target, s->server, 2070, 1456));
    expect_step(s, STEP_BOOTSTRAP_ACK, tftp_ack(s->target, s->server, 2070, 0));
    expect_step(s, STEP_BOOTSTRAP_DATA, tftp_data(s->target, s->server, 2070, 1, 1456));
    expect_step(s, STEP_BOOTSTRAP_ACK, tftp_ack(s->target, s->server, 2070, 1));
    expect_step(s, STEP_BOOTSTRAP_ERROR, tftp_error_from_server(s->target, s->server, 2070, 0));
    assert_int_equal(recall(s, frame_now(s)).phase, PHASE_BOOTSTRAP);
}

static void
size_probe_and_error_8_are_followed_by_the_real_download(void **state)
{
    scene *s = *state;
    boot_verdict verdict;
    uint32_t request;

    play_dhcp(s, s->target);
    expect_step(s, STEP_BOOTSTRAP_REQUEST, tftp_request(s->target, s->server, 2070, s->file, 0));
    expect_step(s, STEP_BOOTSTRAP_OPTIONS, tftp_options(s->target, s->server, 2070, 0));
    expect_step(s, STEP_BOOTSTRAP_ERROR, tftp_error_from_client(s->target, s->server, 2070, 8));
    pass_time(s, SECOND);
    expect_step(s, STEP_BOOTSTRAP_REQUEST, tftp_request(s->target, s->server, 2071, s->file, 0));
    request = frame_now(s);
    expect_step(s, STEP_BOOTSTRAP_COMPLETED, tftp_data(s->target, s->server, 2071, 1, 300));
    expect_step(s, STEP_BOOTSTRAP_CONFIRMED, tftp_ack(s->target, s->server, 2071, 1));
    verdict = recall(s, frame_now(s));
    assert_non_null(verdict.transfer);
    /* "time runs from the request of the transfer that completed, not from a size probe" */
    assert_int_equal(verdict.transfer->first_frame, request);
    assert_int_equal(verdict.transfer->complete_time - verdict.transfer->request_time, 2 * MILLISECOND);
}

static void
size_probe_from_the_same_port_is_a_transfer_of_its_own(void **state)
{
    scene *s = *state;
    boot_verdict verdict;
    uint32_t request;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_options(s->target, s->server, 2070, 0));
    see(s, tftp_error_from_client(s->target, s->server, 2070, 8));
    pass_time(s, SECOND);
    expect_step(s, STEP_BOOTSTRAP_REQUEST, tftp_request(s->target, s->server, 2070, s->file, 0));
    request = frame_now(s);
    expect_step(s, STEP_BOOTSTRAP_COMPLETED, tftp_data(s->target, s->server, 2070, 1, 300));
    expect_step(s, STEP_BOOTSTRAP_CONFIRMED, tftp_ack(s->target, s->server, 2070, 1));
    verdict = recall(s, frame_now(s));
    assert_int_equal(verdict.transfer->first_frame, request);
}

static void
request_repeated_without_an_answer_is_the_same_transfer(void **state)
{
    scene *s = *state;
    boot_verdict verdict;
    uint32_t request;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    request = frame_now(s);
    pass_time(s, 2 * SECOND);
    expect_step(s, STEP_BOOTSTRAP_REQUEST, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_data(s->target, s->server, 2070, 1, 300));
    verdict = recall(s, frame_now(s));
    assert_int_equal(verdict.transfer->first_frame, request);
}

static void
two_stage_boot_shares_the_bootstrap_steps(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_BOOTSTRAP_REQUEST, two_stage_request(s->target, s->server, 2070, "any.bin"));
    assert_int_equal(boot_life_certainty_at(&boot_number(s, 1)->life, 1), CERTAINTY_PVS);
    expect_step(s, STEP_BOOTSTRAP_DATA, two_stage_data(s->target, s->server, 2070, 1, 1400));
    expect_step(s, STEP_BOOTSTRAP_ACK, two_stage_ack(s->target, s->server, 2070, 1));
    expect_step(s, STEP_BOOTSTRAP_COMPLETED, two_stage_data(s->target, s->server, 2070, 2, 20));
    expect_step(s, STEP_BOOTSTRAP_CONFIRMED, two_stage_ack(s->target, s->server, 2070, 2));
    play_logon(s, s->target);
    assert_int_equal(boot_count(s), 1);
}

/* ---- The border of phases 1 and 2 ---- */

static void
last_block_begins_phase_2(void **state)
{
    scene *s = *state;
    boot_verdict last, ack;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    last = recall(s, frame_now(s) - 1);
    ack = recall(s, frame_now(s));
    assert_int_equal(last.step, STEP_BOOTSTRAP_COMPLETED);
    assert_int_equal(last.phase, PHASE_LOGON);
    assert_int_equal(last.phase_start_frame, frame_now(s) - 1);
    assert_int_equal(ack.step, STEP_BOOTSTRAP_CONFIRMED);
    assert_int_equal(ack.phase, PHASE_LOGON);
    assert_non_null(ack.transfer);
    assert_int_equal(ack.transfer->blocks, 2);
    assert_int_equal(ack.transfer->bytes, 612);
}

static void
repeated_last_block_and_ack_keep_their_steps(void **state)
{
    scene *s = *state;
    uint32_t confirmed;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    confirmed = frame_now(s);
    pass_time(s, SECOND);
    expect_step(s, STEP_BOOTSTRAP_COMPLETED, tftp_data(s->target, s->server, s->tftp_port, 2, 100));
    expect_step(s, STEP_BOOTSTRAP_CONFIRMED, tftp_ack(s->target, s->server, s->tftp_port, 2));
    assert_int_equal(recall(s, frame_now(s)).transfer->blocks, 2);
    assert_int_equal(recall(s, frame_now(s)).transfer->bytes, 612);
    assert_int_equal(recall(s, frame_now(s)).transfer->complete_frame, confirmed);
}

static void
logon_without_a_download_begins_phase_2(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;

    play_dhcp(s, s->target); /* UEFI BDM: the bootstrap comes from a disk */
    verdict = see(s, stream_to_server(s->target, s->server));
    assert_int_equal(verdict->step, STEP_LOGON_REQUEST);
    assert_int_equal(verdict->phase_start_frame, 5);
    assert_int_equal(verdict->kind, STREAM_LOGON);
    assert_int_equal(boot_count(s), 1);
}

static void
arp_of_phase_2_is_step_205(void **state)
{
    scene *s = *state;

    play_boot_to_logon(s, s->target);
    expect_step(s, STEP_LOGON_ARP, arp_request(s->target, s->server.address));
    expect_step(s, STEP_LOGON_ARP, arp_reply(s->server, s->target));
}

static void
chained_loader_goes_back_to_phase_1_of_the_same_boot(void **state)
{
    scene *s = *state;
    uint32_t first_round;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    first_round = frame_now(s);
    pass_time(s, 3 * SECOND);
    play_dhcp(s, s->target); /* asserts 101 to 104 */
    assert_int_equal(recall(s, frame_now(s)).phase, PHASE_BOOTSTRAP);
    assert_int_equal(recall(s, frame_now(s)).phase_start_frame, first_round + 1);
    expect_step(s, STEP_ARP_REQUEST, arp_request(s->target, s->server.address));
    play_download(s, s->target);
    play_logon(s, s->target);
    assert_int_equal(boot_count(s), 1);
    assert_int_equal(recall(s, first_round).step, STEP_BOOTSTRAP_CONFIRMED);
    assert_int_equal(recall(s, first_round).phase, PHASE_LOGON);
}

static void
chained_download_without_dhcp_goes_back_to_phase_1(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    play_download(s, s->target); /* asserts 110 to 202 */
    play_logon(s, s->target);
    assert_int_equal(boot_count(s), 1);
}

static void
repeated_last_block_does_not_end_the_chained_loaders_round(void **state)
{
    scene *s = *state;
    uint16_t first_port;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    first_port = s->tftp_port;
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    pass_time(s, SECOND);
    /* The final ACK was lost on its way; the server sends the last block of the first download again. */
    see(s, tftp_data(s->target, s->server, first_port, 2, 100));
    expect_step(s, STEP_DHCP_OFFER, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
}

static void
old_block_in_the_chained_loaders_round_is_judged_the_same_in_every_pass(void **state)
{
    scene *s = *state;
    uint16_t first_port;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    first_port = s->tftp_port;
    play_dhcp(s, s->target);
    pass_time(s, SECOND);
    see(s, tftp_data(s->target, s->server, first_port, 1, 512));
    see(s, tftp_ack(s->target, s->server, first_port, 1));
    /* What they are is not said here; the scene's end compares. */
}

/* ---- Phases 2 to 4 ---- */

static void
first_read_data_begins_phase_3(void **state)
{
    static const struct {
        uint32_t payload;
        bool can_be_read_data;
    } rows[] = {
        { 1464, true },        /* the maximum at MTU 1506 */
        { 56 + 512, true }, { 56 + 2 * 512, true },
        { 300, false }, { 56, false }, { 48, false }, { 57, false }, { 0, false },
        { 512, false },        /* whole sectors, but no room for the header */
        { 567, false }, { 569, false }, { 1463, false }, { 440, false }
    };
    scene *s = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        host target = host_number((uint8_t)(100 + i));
        const boot_verdict *verdict;

        play_boot_to_logon(s, target);
        see(s, stream_to_server(target, s->server));
        verdict = see(s, stream_to_target(target, s->server, rows[i].payload));
        assert_int_equal(verdict->step, rows[i].can_be_read_data ? STEP_SINGLE_READ_DATA : STEP_LOGON_REPLY);
        assert_int_equal(verdict->phase, rows[i].can_be_read_data ? PHASE_SINGLE_READ : PHASE_LOGON);
        if (rows[i].can_be_read_data)
            assert_int_equal(verdict->phase_start_frame, frame_now(s));
    }
}

static void
request_before_the_first_read_data_stays_step_203(void **state)
{
    scene *s = *state;
    uint32_t request;

    play_boot_to_logon(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    request = frame_now(s);
    expect_step(s, STEP_SINGLE_READ_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_int_equal(recall(s, request).step, STEP_LOGON_REQUEST);
    assert_int_equal(recall(s, request).phase, PHASE_LOGON);
    assert_int_equal(recall(s, request).kind, STREAM_LOGON);
}

static void
large_reply_of_a_server_that_was_not_asked_is_no_read_data(void **state)
{
    scene *s = *state;

    play_boot_to_logon(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->other_server, FULL_PAYLOAD));
    /* The redirection's server is asked, and then it is. */
    expect_step(s, STEP_LOGON_REQUEST, stream_to_server(s->target, s->other_server));
    expect_step(s, STEP_SINGLE_READ_DATA, stream_to_target(s->target, s->other_server, FULL_PAYLOAD));
}

static void
large_reply_to_an_address_that_did_not_ask_is_no_read_data(void **state)
{
    scene *s = *state;
    host second = { s->target.mac, address_number(99) };

    play_boot_to_logon(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    /* "after a target datagram between the same two addresses" */
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(second, s->server, FULL_PAYLOAD));
}

static void
large_reply_before_any_request_is_no_read_data(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->server, FULL_PAYLOAD));
}

static void
single_read_mode_is_steps_301_to_303(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;

    play_boot_to_single_read(s, s->target);
    verdict = see(s, stream_to_server(s->target, s->server));
    assert_int_equal(verdict->step, STEP_SINGLE_READ_REQUEST);
    assert_int_equal(verdict->kind, STREAM_REQUEST);
    assert_true(net_address_equal(&verdict->server, &s->server.address));
    verdict = see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_int_equal(verdict->step, STEP_SINGLE_READ_DATA);
    assert_int_equal(verdict->kind, STREAM_DATA);
    assert_true(net_address_equal(&verdict->server, &s->server.address));
    expect_step(s, STEP_SINGLE_READ_ARP, arp_request(s->target, s->server.address));
    expect_step(s, STEP_SINGLE_READ_ARP, arp_reply(s->server, s->target));
    expect_step(s, STEP_SINGLE_READ_ARP, arp_request(s->server, s->target.address));
    expect_step(s, STEP_SINGLE_READ_ARP, arp_reply(s->target, s->server));
}

static void
end_of_a_burst_has_a_kind_of_its_own(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_int_equal(play_read(s, s->target, 32768)->kind, STREAM_DATA_END);
    assert_int_equal(recall(s, frame_now(s) - 1).kind, STREAM_DATA);
}

static void
datagram_without_room_for_read_data_is_of_another_kind(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    assert_int_equal(see(s, stream_to_target(s->target, s->server, 48))->kind, STREAM_OTHER);
    assert_int_equal(see(s, stream_to_target(s->target, s->server, 56))->kind, STREAM_OTHER);
}

static void
full_sized_end_of_a_burst_keeps_its_kind(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_boot_to_single_read(s, s->target);
    play_read(s, s->target, 45056); /* 32 full datagrams: only the next request tells that this was the end */
    last = frame_now(s);
    assert_int_equal(recall(s, last).kind, STREAM_DATA);
    play_read(s, s->target, 4096);
    assert_int_equal(recall(s, last).kind, STREAM_DATA);
}

static void
bnistack_is_steps_402_to_404(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;
    uint32_t handoff;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_HANDOFF, arp_announcement(s->target));
    handoff = frame_now(s);
    verdict = see(s, stream_to_server(s->target, s->server));
    assert_int_equal(verdict->step, STEP_BNISTACK_REQUEST);
    assert_int_equal(verdict->phase_start_frame, handoff);
    expect_step(s, STEP_BNISTACK_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    pass_time(s, SECOND);
    expect_step(s, STEP_BNISTACK_ADDRESS, arp_announcement(s->target));
    expect_step(s, STEP_BNISTACK_ADDRESS, arp_request(s->server, s->target.address));
    expect_step(s, STEP_BNISTACK_ADDRESS, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    expect_step(s, STEP_BNISTACK_ADDRESS, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    expect_step(s, STEP_BNISTACK_ADDRESS, dhcp_from_client(DHCP_MESSAGE_INFORM, s->target, WINDOWS_CLIENT));
}

static void
first_read_counts_from_the_request_before_its_data(void **state)
{
    scene *s = *state;
    const stream_meter *meter;
    uint32_t request, data;

    play_boot_to_logon(s, s->target);
    pass_time(s, SECOND);
    see(s, stream_to_server(s->target, s->server));
    request = frame_now(s);
    see(s, stream_to_target(s->target, s->server, 568));
    data = frame_now(s);
    /* "the request of the first one, seen in phase 2 [...] is the first read's request_in"; the logon before is not. */
    meter = &boot_stream(boot_number(s, 1))->meter;
    assert_int_equal(stream_meter_read_of_data(meter, data), 0);
    assert_int_equal(stream_meter_read(meter, 0)->start_frame, request);
    assert_int_equal(stream_meter_read(meter, 0)->time, MILLISECOND);
}

static void
reads_are_numbered_from_1_in_each_boot(void **state)
{
    scene *s = *state;
    const stream_meter *meter;

    play_boot_to_logon(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    for (int read = 1; read < 5; read++) {
        play_read(s, s->target, 4096);
        meter = &boot_stream(boot_number(s, 1))->meter;
        assert_int_equal(stream_meter_read_of_data(meter, frame_now(s)), read);
        assert_int_equal(stream_meter_read_of_request(meter, frame_now(s) - 3), read);
        assert_int_equal(stream_meter_read(meter, (unsigned)read)->bytes, 4096);
        assert_int_equal(stream_meter_read(meter, (unsigned)read)->packets, 3);
    }
}

/* ---- A capture that begins in mid-stream ---- */

/* A logon datagram is not of the size of requests and acknowledgements. */
static boot_event
logon_datagram(const scene *s)
{
    boot_event event = stream_to_server(s->target, s->server);

    event.stream.payload = 168;
    event.stream.target_port = true;
    return event;
}

static void
capture_that_begins_with_a_logon_is_step_203(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict = see(s, logon_datagram(s));

    assert_int_equal(verdict->step, STEP_LOGON_REQUEST);
    assert_int_equal(verdict->phase, PHASE_LOGON);
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    expect_step(s, STEP_LOGON_REQUEST, logon_datagram(s));
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    expect_step(s, STEP_LOGON_REQUEST, stream_to_server(s->target, s->server));
    expect_step(s, STEP_SINGLE_READ_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_int_equal(boot_count(s), 1);
    assert_true(boot_number(s, 1)->life.sight.begins);
}

static void
logon_of_which_one_datagram_was_answered_is_in_question(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_LOGON_REQUEST, logon_datagram(s));
    expect_step(s, STEP_LOGON_REPLY, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    expect_step(s, STEP_UNPLACED_REQUEST, stream_to_server(s->target, s->server));
    expect_step(s, STEP_UNPLACED_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_false(boot_number(s, 1)->life.sight.begins);
}

static void
phase_of_a_stream_that_began_before_is_not_known(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;

    verdict = see(s, stream_with_server_port(stream_to_server(s->target, s->server), STREAM_PORT));
    assert_int_equal(verdict->step, STEP_UNPLACED_REQUEST);
    assert_int_equal(verdict->phase, PHASE_NONE);
    expect_step(s, STEP_UNPLACED_DATA,
        stream_with_server_port(stream_to_target(s->target, s->server, FULL_PAYLOAD), STREAM_PORT));
    expect_step(s, STEP_UNPLACED_ADDRESS, arp_request(s->other_target, s->target.address));
    assert_never_found(s, FINDING_STREAM_STARTED);
}

static void
capture_that_begins_with_server_data_has_no_phase(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_UNPLACED_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    expect_step(s, STEP_UNPLACED_REQUEST, stream_to_server(s->target, s->server));
    assert_int_equal(boot_count(s), 1);
}

static void
capture_that_begins_with_jumbo_data_is_step_403_without_a_handoff(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_BNISTACK_DATA, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
    expect_step(s, STEP_BNISTACK_REQUEST, stream_to_server(s->target, s->server));
    expect_step(s, STEP_BNISTACK_DATA, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
    assert_int_equal(boot_number(s, 1)->handoff.frame, 0);
}

static void
first_jumbo_data_after_full_sized_data_is_the_handoff(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 3; i++) {
        see(s, stream_to_server(s->target, s->server));
        see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    }
    see(s, stream_to_server(s->target, s->server));
    expect_step(s, STEP_HANDOFF, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
}

/* The target's ARP for its own address, so long after its stream. */
static boot_step
step_of_probe_after(scene *s, int64_t pause)
{
    for (int i = 0; i < 3; i++) {
        see(s, stream_to_server(s->target, s->server));
        see(s, stream_to_target(s->target, s->server, 568));
    }
    pass_time(s, pause - MILLISECOND); /* and the scene's own one */
    return see(s, arp_probe(s->target))->step;
}

static void
midstream_evidence_is_the_handoff_after_a_pause_of_2_to_30_seconds(void **state)
{
    static const struct {
        int64_t pause;
        boot_step step;
    } rows[] = {
        { 2 * SECOND - 1, STEP_BNISTACK_ADDRESS }, { 2 * SECOND, STEP_HANDOFF },
        { 30 * SECOND, STEP_HANDOFF }, { 30 * SECOND + 1, STEP_BNISTACK_ADDRESS }
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        void *fresh = NULL;

        scene_setup(&fresh);
        assert_int_equal(step_of_probe_after(fresh, rows[i].pause), rows[i].step);
        expect_step(fresh, STEP_BNISTACK_REQUEST, stream_to_server(((scene *)fresh)->target, ((scene *)fresh)->server));
        scene_teardown(&fresh);
    }
}

static void
capture_that_begins_with_a_read_request_for_the_bootstrap_is_phase_1(void **state)
{
    scene *s = *state;

    play_download(s, s->target);
    play_logon(s, s->target);
    assert_int_equal(boot_count(s), 1);
    assert_int_equal(boot_number(s, 1)->life.target, s->target.mac);
}

static void
capture_that_begins_with_an_offer_of_a_bootstrap_is_step_102(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_DHCP_OFFER, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    expect_step(s, STEP_DHCP_REQUEST, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    assert_int_equal(boot_count(s), 1);
}

#define phase_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        phase_test(dhcp_round_is_steps_101_to_104_of_phase_1),
        phase_test(nak_and_decline_are_step_105),
        phase_test(offer_speaks_with_the_server_of_option_54),
        phase_test(offer_without_option_54_speaks_with_its_sender),
        phase_test(discover_speaks_with_no_server_yet),
        phase_test(boot_server_round_on_port_4011_is_steps_108_and_109),
        phase_test(boot_servers_ack_gives_no_address),
        phase_test(arp_of_phase_1_is_step_106_or_107),
        phase_test(tftp_steps_are_110_to_114),
        phase_test(size_probe_and_error_8_are_followed_by_the_real_download),
        phase_test(size_probe_from_the_same_port_is_a_transfer_of_its_own),
        phase_test(request_repeated_without_an_answer_is_the_same_transfer),
        phase_test(two_stage_boot_shares_the_bootstrap_steps),
        phase_test(last_block_begins_phase_2),
        phase_test(repeated_last_block_and_ack_keep_their_steps),
        phase_test(logon_without_a_download_begins_phase_2),
        phase_test(arp_of_phase_2_is_step_205),
        phase_test(chained_loader_goes_back_to_phase_1_of_the_same_boot),
        phase_test(chained_download_without_dhcp_goes_back_to_phase_1),
        phase_test(repeated_last_block_does_not_end_the_chained_loaders_round),
        phase_test(old_block_in_the_chained_loaders_round_is_judged_the_same_in_every_pass),
        phase_test(first_read_data_begins_phase_3),
        phase_test(request_before_the_first_read_data_stays_step_203),
        phase_test(large_reply_of_a_server_that_was_not_asked_is_no_read_data),
        phase_test(large_reply_to_an_address_that_did_not_ask_is_no_read_data),
        phase_test(large_reply_before_any_request_is_no_read_data),
        phase_test(single_read_mode_is_steps_301_to_303),
        phase_test(end_of_a_burst_has_a_kind_of_its_own),
        phase_test(datagram_without_room_for_read_data_is_of_another_kind),
        phase_test(full_sized_end_of_a_burst_keeps_its_kind),
        phase_test(bnistack_is_steps_402_to_404),
        phase_test(first_read_counts_from_the_request_before_its_data),
        phase_test(reads_are_numbered_from_1_in_each_boot),
        phase_test(capture_that_begins_with_a_logon_is_step_203),
        phase_test(logon_of_which_one_datagram_was_answered_is_in_question),
        phase_test(phase_of_a_stream_that_began_before_is_not_known),
        phase_test(capture_that_begins_with_server_data_has_no_phase),
        phase_test(first_jumbo_data_after_full_sized_data_is_the_handoff),
        phase_test(midstream_evidence_is_the_handoff_after_a_pause_of_2_to_30_seconds),
        phase_test(capture_that_begins_with_jumbo_data_is_step_403_without_a_handoff),
        phase_test(capture_that_begins_with_a_read_request_for_the_bootstrap_is_phase_1),
        phase_test(capture_that_begins_with_an_offer_of_a_bootstrap_is_step_102),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
