/* test_handoff.c
 * The hand-off from single read mode to BNIStack: what proves it, what supports it, what does not
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

static uint16_t
evidence_at_once(const scene *s)
{
    return handoff_evidence_known(&boot_number(s, 1)->handoff, false);
}

static uint16_t
evidence_in_the_end(const scene *s)
{
    return handoff_evidence_known(&boot_number(s, 1)->handoff, true);
}

static void
assert_no_handoff(const scene *s)
{
    assert_int_equal(boot_number(s, 1)->handoff.frame, 0);
    assert_int_equal(evidence_in_the_end(s), 0);
}

/* The frame is step 401, begins phase 4, and shows this evidence and no more. */
static void
assert_handoff(scene *s, boot_event event, uint16_t evidence)
{
    const boot_verdict *verdict = see(s, event);

    assert_int_equal(verdict->step, STEP_HANDOFF);
    assert_int_equal(verdict->phase, PHASE_BNISTACK);
    assert_int_equal(verdict->phase_start_frame, frame_now(s));
    assert_int_equal(boot_number(s, 1)->handoff.frame, frame_now(s));
    assert_int_equal(evidence_at_once(s), evidence);
}

/* ---- What proves it ---- */

static void
announcement_of_its_own_address_is_the_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_handoff(s, arp_announcement(s->target), HANDOFF_BY_ARP);
}

static void
announcement_as_a_reply_is_the_handoff(void **state)
{
    scene *s = *state;
    boot_event announcement = arp_announcement(s->target);

    announcement.arp.reply = true; /* gratuitous ARP comes in both forms (RFC 5227, section 3) */
    play_boot_to_single_read(s, s->target);
    assert_handoff(s, announcement, HANDOFF_BY_ARP);
}

static void
probe_for_its_own_address_is_the_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_handoff(s, arp_probe(s->target), HANDOFF_BY_ARP);
}

static void
dhcp_of_the_operating_system_is_the_handoff(void **state)
{
    static const dhcp_message messages[] = { DHCP_MESSAGE_REQUEST, DHCP_MESSAGE_INFORM, DHCP_MESSAGE_DISCOVER };
    static const char *const classes[] = { WINDOWS_CLIENT, NULL };
    scene *s = *state;
    uint8_t number = 100;

    for (size_t i = 0; i < G_N_ELEMENTS(messages); i++)
        for (size_t j = 0; j < G_N_ELEMENTS(classes); j++) {
            host target = host_number(number++);
            const boot_verdict *verdict;

            play_boot_to_single_read(s, target);
            pass_time(s, SECOND);
            verdict = see(s, dhcp_from_client(messages[i], target, classes[j]));
            assert_int_equal(verdict->step, STEP_HANDOFF);
            assert_int_equal(verdict->boot->handoff.evidence, HANDOFF_BY_DHCP);
            assert_int_equal(verdict->boot->life.number, boot_count(s));
        }
}

static void
datagram_from_another_port_is_the_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_handoff(s, stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT),
        HANDOFF_BY_PORT);
}

static void
larger_datagram_than_single_read_modes_is_the_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_SINGLE_READ_REQUEST, stream_to_server(s->target, s->server));
    assert_handoff(s, stream_to_target(s->target, s->server, FULL_PAYLOAD + 1), HANDOFF_BY_JUMBO);
}

static void
jumbo_data_after_small_reads_only_is_the_handoff(void **state)
{
    scene *s = *state;

    /* The boot's beginning is in the capture: nothing speaks of a hand-off before it. */
    play_boot_to_logon(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    expect_step(s, STEP_SINGLE_READ_DATA, stream_to_target(s->target, s->server, 568));
    see(s, stream_to_server(s->target, s->server));
    assert_handoff(s, stream_to_target(s->target, s->server, JUMBO_PAYLOAD), HANDOFF_BY_JUMBO);
}

/* A burst of 24 datagrams in whose middle the next request comes. */
static const boot_verdict *
play_overlapped_burst(scene *s, unsigned before)
{
    const boot_verdict *verdict = NULL;
    boot_step step;

    for (unsigned i = 0; i < before; i++)
        see(s, stream_to_target(s->target, s->server, burst_payload(32768, FULL_PAYLOAD, i)));
    step = see(s, stream_to_server(s->target, s->server))->step;
    if (step == STEP_HANDOFF)
        return &g_array_index(s->verdicts, boot_verdict, s->verdicts->len - 1);
    for (unsigned i = before; i < 24; i++)
        verdict = see(s, stream_to_target(s->target, s->server, burst_payload(32768, FULL_PAYLOAD, i)));
    return verdict;
}

static void
third_overlapping_request_within_a_second_is_the_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    /* 10 datagrams are 27.5 sectors: no whole point */
    assert_int_equal(play_overlapped_burst(s, 10)->step, STEP_SINGLE_READ_DATA);
    assert_int_equal(play_overlapped_burst(s, 10)->step, STEP_SINGLE_READ_DATA);
    assert_int_equal(play_overlapped_burst(s, 10)->step, STEP_HANDOFF);
    assert_int_equal(evidence_at_once(s), HANDOFF_BY_OVERLAP);
}

/* ---- What does not ---- */

static void
firmware_announcement_in_phase_1_is_no_handoff(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    expect_step(s, STEP_ARP_REPLY, arp_announcement(s->target));
    play_download(s, s->target);
    play_logon(s, s->target);
    assert_no_handoff(s);
}

static void
announcement_in_phase_2_is_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_logon(s, s->target);
    expect_step(s, STEP_LOGON_ARP, arp_announcement(s->target));
    expect_step(s, STEP_LOGON_ARP, arp_probe(s->target));
    expect_step(s, STEP_LOGON_REQUEST, stream_to_server(s->target, s->server));
    assert_no_handoff(s);
}

static void
operating_systems_dhcp_in_phase_2_is_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_logon(s, s->target);
    pass_time(s, SECOND);
    assert_int_not_equal(see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT))->step, STEP_HANDOFF);
    assert_int_not_equal(see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL))->step, STEP_HANDOFF);
    expect_step(s, STEP_LOGON_REQUEST, stream_to_server(s->target, s->server));
    assert_no_handoff(s);
}

static void
servers_arp_refresh_is_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_SINGLE_READ_ARP, arp_request(s->server, s->target.address));
    expect_step(s, STEP_SINGLE_READ_ARP, arp_reply(s->target, s->server));
    assert_no_handoff(s);
}

static void
targets_arp_for_the_server_is_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_SINGLE_READ_ARP, arp_request(s->target, s->server.address));
    expect_step(s, STEP_SINGLE_READ_ARP, arp_reply(s->server, s->target));
    assert_no_handoff(s);
}

static void
other_device_that_speaks_of_the_targets_address_is_no_handoff(void **state)
{
    scene *s = *state;
    host thief = { s->other_target.mac, s->target.address };

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_SINGLE_READ_ARP, arp_probe(thief));
    expect_step(s, STEP_SINGLE_READ_ARP, arp_announcement(thief));
    assert_no_handoff(s);
}

static void
pause_alone_is_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 4 * SECOND);
    expect_step(s, STEP_SINGLE_READ_REQUEST, stream_to_server(s->target, s->server));
    expect_step(s, STEP_SINGLE_READ_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_no_handoff(s);
}

static void
reply_of_a_dhcp_server_is_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, NULL));
    see(s, dhcp_from_client(DHCP_MESSAGE_RELEASE, s->target, WINDOWS_CLIENT));
    assert_no_handoff(s);
}

static void
full_sized_datagrams_are_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    for (int i = 0; i < 100; i++)
        expect_step(s, STEP_SINGLE_READ_DATA, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_no_handoff(s);
}

static void
large_datagram_of_the_target_is_no_handoff(void **state)
{
    scene *s = *state;
    boot_event write = stream_to_server(s->target, s->server);

    /* Read data tells, and that is the server's. */
    write.stream.payload = JUMBO_PAYLOAD;
    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_SINGLE_READ_REQUEST, write);
    assert_no_handoff(s);
}

static void
change_of_the_servers_port_is_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    expect_step(s, STEP_SINGLE_READ_REQUEST,
        stream_with_server_port(stream_to_server(s->target, s->server), STREAM_PORT));
    expect_step(s, STEP_SINGLE_READ_DATA,
        stream_with_server_port(stream_to_target(s->target, s->server, FULL_PAYLOAD), STREAM_PORT));
    assert_no_handoff(s);
}

static void
two_overlapping_requests_are_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    play_overlapped_burst(s, 10);
    play_overlapped_burst(s, 10);
    play_burst(s, s->target, 32768, FULL_PAYLOAD);
    for (int i = 0; i < 10; i++)
        play_read(s, s->target, 32768);
    assert_no_handoff(s);
}

static void
overlapping_requests_seconds_apart_are_no_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    for (int i = 0; i < 10; i++) {
        assert_int_equal(play_overlapped_burst(s, 10)->step, STEP_SINGLE_READ_DATA);
        pass_time(s, SECOND);
    }
    assert_no_handoff(s);
}

static void
second_handoff_frame_is_no_step_401(void **state)
{
    scene *s = *state;
    uint32_t handoff;

    play_boot_to_single_read(s, s->target);
    see(s, arp_probe(s->target));
    handoff = frame_now(s);
    expect_step(s, STEP_BNISTACK_ADDRESS, arp_announcement(s->target));
    expect_step(s, STEP_BNISTACK_DATA, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
    assert_int_equal(boot_number(s, 1)->handoff.frame, handoff);
}

/* ---- What supports it ---- */

static void
pause_of_two_seconds_supports_it(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 2 * SECOND - MILLISECOND); /* and the scene's own millisecond */
    assert_handoff(s, arp_announcement(s->target), HANDOFF_BY_ARP | HANDOFF_WITH_GAP);
    assert_int_equal(boot_number(s, 1)->handoff.gap, 2 * SECOND);
}

static void
shorter_pause_does_not_support_it(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 2 * SECOND - 2 * MILLISECOND);
    assert_handoff(s, arp_announcement(s->target), HANDOFF_BY_ARP);
    assert_int_equal(boot_number(s, 1)->handoff.gap, 2 * SECOND - MILLISECOND);
}

static void
pause_counts_from_the_last_streaming_datagram(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 2 * SECOND);
    see(s, arp_request(s->target, s->server.address)); /* no streaming: the pause goes on */
    pass_time(s, SECOND);
    assert_handoff(s, stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT),
        HANDOFF_BY_PORT | HANDOFF_WITH_GAP);
    assert_int_equal(boot_number(s, 1)->handoff.gap, 3 * SECOND + 2 * MILLISECOND);
}

static void
evidence_within_five_seconds_is_told_by_the_second_pass_only(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_handoff(s, arp_announcement(s->target), HANDOFF_BY_ARP);
    pass_time(s, SECOND);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    see(s, stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT));
    pass_time(s, 3 * SECOND);
    see(s, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
    assert_int_equal(evidence_at_once(s), HANDOFF_BY_ARP);
    assert_int_equal(evidence_in_the_end(s), HANDOFF_BY_ARP | HANDOFF_BY_DHCP | HANDOFF_BY_PORT | HANDOFF_BY_JUMBO);
}

static void
evidence_after_five_seconds_is_not_told(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_handoff(s, arp_announcement(s->target), HANDOFF_BY_ARP);
    pass_time(s, 5 * SECOND);
    see(s, dhcp_from_client(DHCP_MESSAGE_INFORM, s->target, WINDOWS_CLIENT));
    see(s, stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT));
    see(s, stream_to_target(s->target, s->server, JUMBO_PAYLOAD));
    assert_int_equal(evidence_in_the_end(s), HANDOFF_BY_ARP);
}

static void
arp_after_the_handoff_supports_it_too(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_handoff(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT), HANDOFF_BY_DHCP);
    see(s, arp_request(s->server, s->target.address));
    assert_int_equal(evidence_in_the_end(s), HANDOFF_BY_DHCP);
    see(s, arp_probe(s->target));
    assert_int_equal(evidence_in_the_end(s), HANDOFF_BY_DHCP | HANDOFF_BY_ARP);
}

static void
each_boot_has_a_handoff_of_its_own(void **state)
{
    scene *s = *state;
    uint32_t first, second;

    play_boot_to_single_read(s, s->target);
    see(s, arp_announcement(s->target));
    first = frame_now(s);
    play_boot_to_single_read(s, s->target);
    see(s, stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT));
    second = frame_now(s);
    assert_int_equal(boot_number(s, 1)->handoff.frame, first);
    assert_int_equal(boot_number(s, 1)->handoff.evidence, HANDOFF_BY_ARP);
    assert_int_equal(boot_number(s, 2)->handoff.frame, second);
    assert_int_equal(boot_number(s, 2)->handoff.evidence, HANDOFF_BY_PORT);
}

#define handoff_chapterest(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        handoff_chapterest(announcement_of_its_own_address_is_the_handoff),
        handoff_chapterest(announcement_as_a_reply_is_the_handoff),
        handoff_chapterest(probe_for_its_own_address_is_the_handoff),
        handoff_chapterest(dhcp_of_the_operating_system_is_the_handoff),
        handoff_chapterest(datagram_from_another_port_is_the_handoff),
        handoff_chapterest(larger_datagram_than_single_read_modes_is_the_handoff),
        handoff_chapterest(jumbo_data_after_small_reads_only_is_the_handoff),
        handoff_chapterest(third_overlapping_request_within_a_second_is_the_handoff),
        handoff_chapterest(firmware_announcement_in_phase_1_is_no_handoff),
        handoff_chapterest(announcement_in_phase_2_is_no_handoff),
        handoff_chapterest(operating_systems_dhcp_in_phase_2_is_no_handoff),
        handoff_chapterest(servers_arp_refresh_is_no_handoff),
        handoff_chapterest(targets_arp_for_the_server_is_no_handoff),
        handoff_chapterest(other_device_that_speaks_of_the_targets_address_is_no_handoff),
        handoff_chapterest(pause_alone_is_no_handoff),
        handoff_chapterest(reply_of_a_dhcp_server_is_no_handoff),
        handoff_chapterest(full_sized_datagrams_are_no_handoff),
        handoff_chapterest(large_datagram_of_the_target_is_no_handoff),
        handoff_chapterest(change_of_the_servers_port_is_no_handoff),
        handoff_chapterest(two_overlapping_requests_are_no_handoff),
        handoff_chapterest(overlapping_requests_seconds_apart_are_no_handoff),
        handoff_chapterest(second_handoff_frame_is_no_step_401),
        handoff_chapterest(pause_of_two_seconds_supports_it),
        handoff_chapterest(shorter_pause_does_not_support_it),
        handoff_chapterest(pause_counts_from_the_last_streaming_datagram),
        handoff_chapterest(evidence_within_five_seconds_is_told_by_the_second_pass_only),
        handoff_chapterest(evidence_after_five_seconds_is_not_told),
        handoff_chapterest(arp_after_the_handoff_supports_it_too),
        handoff_chapterest(each_boot_has_a_handoff_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
