/* test_frame_copies.c
 * Copies of frames: mirror ports that show both sides, and relays; a copy is not a retry
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

/* The newest frame once more, with the same IP identification, as a mirror port shows it. */
static const boot_verdict *
see_copy(scene *s)
{
    boot_event copy = g_array_index(s->events, boot_event, s->events->len - 1);

    return see(s, copy);
}

/* The copy says what its original said; milestones and findings stand on the first only. */
static void
assert_copies(scene *s)
{
    boot_verdict first = recall(s, frame_now(s));
    const boot_verdict *copy = see_copy(s);

    assert_ptr_equal(copy->boot, first.boot);
    assert_int_equal(copy->phase, first.phase);
    assert_int_equal(copy->step, first.step);
    assert_int_equal(copy->kind, first.kind);
    assert_true(net_address_equal(&copy->server, &first.server));
    assert_int_equal(copy->finding_count[0], 0);
}

static void
copy_of_every_frame_of_a_boot_has_its_originals_step(void **state)
{
    scene *s = *state;
    void *other = NULL;
    scene *alone;

    scene_setup(&other);
    alone = other;
    play_boot_to_bnistack(alone, s->target);
    for (uint32_t i = 0; i < frame_now(alone); i++) {
        const boot_verdict *expected = &g_array_index(alone->verdicts, boot_verdict, i);
        boot_event event = g_array_index(alone->events, boot_event, i);

        /* Both at their own time, so that a burst is not twice as long. */
        s->time = event.time;
        assert_int_equal(see(s, event)->step, expected->step);
        assert_copies(s);
    }
    assert_int_equal(boot_count(s), 1);
    assert_int_equal(boot_number(s, 1)->handoff.evidence, HANDOFF_BY_ARP);
    scene_teardown(&other);
}

static void
doubled_discover_says_its_milestone_once(void **state)
{
    scene *s = *state;

    assert_int_not_equal(see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT))->finding_count[0], 0);
    assert_copies(s);
}

static void
relayed_discover_is_a_copy(void **state)
{
    scene *s = *state;
    boot_event relayed = dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);
    const boot_verdict *verdict;

    see(s, relayed);
    relayed.source_mac = s->router.mac;
    relayed.source = relayed.dhcp.relay = s->router.address;
    relayed.destination = s->server.address;
    relayed.source_port = relayed.destination_port;
    relayed.identity = 12345;
    verdict = see(s, relayed);
    assert_int_equal(verdict->step, STEP_DHCP_DISCOVER);
    assert_int_equal(verdict->finding_count[0], 0);
    assert_int_equal(boot_count(s), 1);
}

static void
routed_copy_of_a_datagram_has_its_originals_step(void **state)
{
    scene *s = *state;
    boot_event request = stream_to_server(s->target, s->server);
    const boot_verdict *verdict;

    play_boot_to_single_read(s, s->target);
    request.identity = 777;
    expect_step(s, STEP_SINGLE_READ_REQUEST, request);
    verdict = see(s, through_router(request, s->router, s->target));
    assert_int_equal(verdict->step, STEP_SINGLE_READ_REQUEST);
    assert_int_equal(verdict->boot->life.number, 1);
    assert_int_equal(boot_count(s), 1);
}

static void
doubled_download_counts_its_blocks_once(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    assert_copies(s);
    see(s, tftp_data(s->target, s->server, 2070, 1, 512));
    assert_copies(s);
    see(s, tftp_ack(s->target, s->server, 2070, 1));
    assert_copies(s);
    see(s, tftp_data(s->target, s->server, 2070, 2, 100));
    assert_copies(s);
    see(s, tftp_ack(s->target, s->server, 2070, 2));
    assert_copies(s);
    assert_int_equal(recall(s, frame_now(s)).transfer->blocks, 2);
    assert_int_equal(recall(s, frame_now(s)).transfer->bytes, 612);
    assert_int_equal(recall(s, frame_now(s)).transfer->complete_frame, frame_now(s) - 1);
}

static void
doubled_stream_has_the_reads_of_one(void **state)
{
    scene *s = *state;
    const stream_meter *meter;
    int before;

    play_boot_to_single_read(s, s->target);
    meter = &boot_stream(boot_number(s, 1))->meter;
    before = stream_meter_read_of_data(meter, frame_now(s));
    for (int read = 1; read <= 5; read++) {
        see(s, stream_to_server(s->target, s->server));
        assert_copies(s);
        for (uint32_t i = 0; i < burst_length(32768, FULL_PAYLOAD); i++) {
            see(s, stream_to_target(s->target, s->server, burst_payload(32768, FULL_PAYLOAD, i)));
            assert_copies(s);
        }
        assert_int_equal(stream_meter_read_of_data(meter, frame_now(s) - 1), before + read);
        assert_int_equal(stream_meter_read(meter, (unsigned)(before + read))->bytes, 32768);
        assert_int_equal(stream_meter_read(meter, (unsigned)(before + read))->packets, 24);
    }
    assert_int_equal(boot_number(s, 1)->handoff.frame, 0);
}

static void
copy_of_the_handoff_adds_no_evidence_and_no_second_milestone(void **state)
{
    scene *s = *state;
    uint32_t handoff;

    play_boot_to_single_read(s, s->target);
    see(s, arp_announcement(s->target));
    handoff = frame_now(s);
    assert_copies(s);
    assert_int_equal(boot_number(s, 1)->handoff.frame, handoff);
}

/* ---- What is none ---- */

static void
discover_sent_again_after_seconds_is_no_copy(void **state)
{
    scene *s = *state;
    boot_event asks = dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);

    see(s, asks);
    pass_time(s, 4 * SECOND); /* RFC 2131: the same transaction, and ROMs do not count secs either */
    assert_int_not_equal(see(s, asks)->finding_count[0], 0);
}

static void
boot_server_request_of_the_same_transaction_is_no_copy(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    /* At once after the ACK; some clients keep the transaction id for port 4011. */
    expect_step(s, STEP_PXE_REQUEST, pxe_request(s->target, s->other_server));
    expect_step(s, STEP_PXE_REPLY, pxe_reply(s->target, s->other_server, s->file));
}

static void
offers_of_two_servers_are_no_copies(void **state)
{
    scene *s = *state;
    boot_event first = dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file);
    boot_event second = dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, s->file);
    const boot_verdict *verdict;

    second.dhcp.your_address = s->other_target.address; /* the same one would be a relay's copy */
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    expect_step(s, STEP_DHCP_OFFER, first);
    verdict = see(s, second);
    assert_int_equal(verdict->step, STEP_DHCP_OFFER);
    assert_true(net_address_equal(&verdict->server, &s->other_server.address));
}

static void
stream_datagrams_of_one_ip_identification_but_other_contents_are_no_copies(void **state)
{
    scene *s = *state;

    /* Small stacks such as UNDI's may send all datagrams with the same identification. */
    play_boot_to_single_read(s, s->target);
    for (int i = 0; i < 3; i++) {
        boot_event request = stream_to_server(s->target, s->server);

        request.identity = 1;
        see(s, request);
        play_burst(s, s->target, 4096, FULL_PAYLOAD);
        assert_int_equal(stream_meter_read_of_request(&boot_stream(boot_number(s, 1))->meter, frame_now(s) - 3), i + 2);
        assert_int_equal(stream_meter_read(&boot_stream(boot_number(s, 1))->meter, (unsigned)i + 2)->start_frame, frame_now(s) - 3);
    }
}

static void
blocks_of_one_ip_identification_are_no_copies(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    for (uint16_t block = 1; block <= 10; block++) {
        boot_event data = tftp_data(s->target, s->server, 2070, block, block < 10 ? 512 : 0);

        data.identity = 1;
        expect_step(s, block < 10 ? STEP_BOOTSTRAP_DATA : STEP_BOOTSTRAP_COMPLETED, data);
    }
    assert_int_equal(recall(s, frame_now(s)).transfer->blocks, 10);
}

/* The OFFER of frame 2 again, so much later, into which a relay has put itself as the server (option 54). */
static void
play_offer_of_a_relay(scene *s, int64_t later)
{
    boot_event relayed = dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file);

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    relayed.dhcp.transaction = g_array_index(s->events, boot_event, 0).dhcp.transaction;
    relayed.dhcp.server_id = s->router.address;
    s->time = g_array_index(s->events, boot_event, 1).time + later;
    expect_step(s, STEP_DHCP_OFFER, relayed);
}

static void
offer_into_which_a_relay_put_itself_is_a_copy(void **state)
{
    play_offer_of_a_relay(*state, SECOND / 10 - 1);
    assert_never_found(*state, FINDING_DHCP_SERVERS_DIFFER);
}

static void
offer_later_is_of_another_server(void **state)
{
    play_offer_of_a_relay(*state, SECOND / 10 + 1);
    assert_int_equal(times_said(*state, FINDING_DHCP_SERVERS_DIFFER), 1);
}

/* The same bytes from the same port, so much later, with the addresses that a container host's translation makes. */
static void
play_translated_request(scene *s, int64_t later)
{
    host outside = { s->router.mac, address_number(200) };
    boot_event asks = tftp_request(s->target, s->server, 2070, s->file, 0);
    boot_event translated = tftp_request(outside, s->other_server, 2070, s->file, 0);

    asks.content = translated.content = 4711;
    play_dhcp(s, s->target);
    see(s, asks);
    see_after(s, later, translated);
}

static void
translated_tftp_datagram_is_a_copy(void **state)
{
    play_translated_request(*state, MILLISECOND - 1);
    assert_int_equal(boot_count(*state), 1);
    assert_int_equal(recall(*state, 6).step, STEP_BOOTSTRAP_REQUEST);
}

static void
same_bytes_later_are_another_clients(void **state)
{
    play_translated_request(*state, MILLISECOND + 1);
    assert_int_equal(boot_count(*state), 2);
}

#define copies_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        copies_test(copy_of_every_frame_of_a_boot_has_its_originals_step),
        copies_test(doubled_discover_says_its_milestone_once),
        copies_test(relayed_discover_is_a_copy),
        copies_test(routed_copy_of_a_datagram_has_its_originals_step),
        copies_test(doubled_download_counts_its_blocks_once),
        copies_test(doubled_stream_has_the_reads_of_one),
        copies_test(copy_of_the_handoff_adds_no_evidence_and_no_second_milestone),
        copies_test(discover_sent_again_after_seconds_is_no_copy),
        copies_test(boot_server_request_of_the_same_transaction_is_no_copy),
        copies_test(offers_of_two_servers_are_no_copies),
        copies_test(stream_datagrams_of_one_ip_identification_but_other_contents_are_no_copies),
        copies_test(blocks_of_one_ip_identification_are_no_copies),
        copies_test(offer_into_which_a_relay_put_itself_is_a_copy),
        copies_test(offer_later_is_of_another_server),
        copies_test(translated_tftp_datagram_is_a_copy),
        copies_test(same_bytes_later_are_another_clients),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
