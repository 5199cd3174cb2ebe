/* test_boot_tracker.c
 * Which client begins a boot, which boot a frame belongs to, whose address it is, how certain it is
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

static boot_certainty
certainty_at_frame(const scene *s, unsigned number)
{
    return boot_life_certainty_at(&boot_number(s, number)->life, frame_now(s));
}

/* ---- Which clients ---- */

static void
pxe_client_begins_a_boot_of_certainty_2(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, "PXEClient"));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PXE);
    assert_int_equal(boot_number(s, 1)->life.target, s->target.mac);
    assert_int_equal(boot_number(s, 1)->life.number, 1);
}

static void
client_without_option_60_begins_a_possible_boot(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_POSSIBLE);
}

static void
operating_systems_clients_are_left_alone(void **state)
{
    static const char *const classes[] = { "MSFT 5.0", "dhcpcd-9.4.1:Linux-6.1.0:x86_64:GenuineIntel", "udhcp 1.30.1",
        "android-dhcp-13" };
    scene *s = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
        host client = host_number((uint8_t)(100 + i));

        expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, client, classes[i]));
        expect_nothing(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, client, NULL));
        expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, client, classes[i]));
        expect_nothing(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, client, NULL));
        expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_INFORM, client, classes[i]));
        expect_nothing(s, arp_announcement(client));
    }
    assert_int_equal(boot_count(s), 0);
}

static void
client_without_option_60_is_told_by_what_it_asks_for(void **state)
{
    static const struct {
        uint8_t asked[12]; /* option 55 */
        size_t length;
        bool boots;
    } rows[] = {
        { { 1, 28, 2, 3, 15, 6, 119, 12, 44, 47, 26, 121 }, 12, false }, /* ISC dhclient, as distributions set it */
        { { 12 }, 1, false },
        { { 1, 3, 6, 15 }, 4, true },     /* no host name: it may be a firmware */
        { { 1, 3, 12, 17 }, 4, true },    /* root path */
        { { 12, 43 }, 2, true },
        { { 60, 12 }, 2, true },
        { { 12, 66 }, 2, true },
        { { 1, 12, 67 }, 3, true },
        { { 0 }, 0, true }                /* no option 55, or an empty one */
    };
    scene *s = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        boot_event asks = dhcp_from_client(DHCP_MESSAGE_DISCOVER, host_number((uint8_t)(100 + i)), NULL);

        asks.dhcp.requested.data = rows[i].length > 0 ? rows[i].asked : NULL;
        asks.dhcp.requested.length = rows[i].length;
        assert_int_equal(see(s, asks)->boot != NULL, rows[i].boots);
    }
}

static void
pxe_client_that_asks_for_its_host_name_boots_all_the_same(void **state)
{
    static const uint8_t asked[] = { 1, 3, 12 };
    scene *s = *state;
    boot_event asks = dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);

    asks.dhcp.requested.data = asked;
    asks.dhcp.requested.length = sizeof asked;
    expect_step(s, STEP_DHCP_DISCOVER, asks);
}

static void
windows_client_is_left_alone_even_where_the_scope_names_a_bootstrap(void **state)
{
    scene *s = *state;

    /* Option 67 of a scope goes to every client of it. */
    expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, WINDOWS_CLIENT));
    expect_nothing(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    expect_nothing(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file));
    assert_int_equal(boot_count(s), 0);
}

static void
machine_that_ran_windows_before_can_boot(void **state)
{
    scene *s = *state;

    expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    expect_nothing(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    play_boot_to_single_read(s, s->target);
    assert_int_equal(boot_count(s), 1);
}

static void
pxe_request_without_a_discover_begins_a_boot(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_DHCP_REQUEST, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    expect_step(s, STEP_DHCP_ACK, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file));
    assert_int_equal(boot_count(s), 1);
    assert_int_equal(boot_number(s, 1)->life.first_frame, 1);
}

static void
renewal_of_an_unknown_client_begins_no_boot(void **state)
{
    scene *s = *state;

    expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, NULL));
    expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_INFORM, s->target, NULL));
    expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_RELEASE, s->target, NULL));
    assert_int_equal(boot_count(s), 0);
}

static void
read_request_for_another_file_begins_no_boot(void **state)
{
    scene *s = *state;

    expect_nothing(s, tftp_request(s->target, s->server, 2070, "pxelinux.0", 0));
    expect_nothing(s, tftp_data(s->target, s->server, 2070, 1, 512));
    assert_int_equal(boot_count(s), 0);
}

static void
arp_of_strangers_belongs_to_no_boot(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    expect_nothing(s, arp_request(s->other_target, s->server.address));
    expect_nothing(s, arp_reply(s->server, s->other_target));
    expect_nothing(s, arp_announcement(s->other_target));
    expect_nothing(s, arp_request(s->server, s->router.address));
}

/* ---- Certainty ---- */

static void
certainty_rises_step_by_step_and_never_falls(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_POSSIBLE);
    pass_time(s, SECOND);
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PXE);
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, "pxelinux.0"));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PXE);
    pass_time(s, SECOND);
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->other_server, s->target, "pvsnbpx64.efi"));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PVS);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PVS);

    /* As known at each frame; the last word is what a two-pass front end shows on all of them. */
    assert_int_equal(boot_life_certainty_at(&boot_number(s, 1)->life, 1), CERTAINTY_POSSIBLE);
    assert_int_equal(boot_life_certainty_at(&boot_number(s, 1)->life, 2), CERTAINTY_PXE);
    assert_int_equal(boot_life_certainty_at(&boot_number(s, 1)->life, 3), CERTAINTY_PXE);
    assert_int_equal(boot_life_certainty_at(&boot_number(s, 1)->life, 4), CERTAINTY_PVS);
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_PVS);
}

static void
ack_that_names_a_bootstrap_makes_certainty_3(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, NULL));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, "ardbp32.bin"));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PVS);
}

static void
read_request_with_a_bootstrap_name_makes_certainty_3(void **state)
{
    scene *s = *state;

    s->file = "grldr";
    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, "grldr", 0));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PXE);
    see(s, tftp_request(s->target, s->server, 2071, "Boot/ArdBP32.bin", 0));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PVS);
}

static void
streaming_makes_certainty_3(void **state)
{
    scene *s = *state;

    s->file = "grldr";
    play_dhcp(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    assert_int_equal(certainty_at_frame(s, 1), CERTAINTY_PVS);
}

static void
address_of_a_possible_boot_is_no_targets_yet(void **state)
{
    scene *s = *state;

    s->file = NULL;
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    assert_false(boot_tracker_is_target(s->tracker, &s->target.address, frame_now(s)));
    play_dhcp(s, s->other_target);
    assert_true(boot_tracker_is_target(s->tracker, &s->other_target.address, frame_now(s)));
    assert_false(boot_tracker_is_target(s->tracker, &s->other_target.address, frame_now(s) - 1)); /* before its ACK */
    assert_false(boot_tracker_is_target(s->tracker, &s->server.address, frame_now(s)));
}

/* ---- Which boot ---- */

static void
pxe_discover_after_the_logon_begins_a_new_boot(void **state)
{
    scene *s = *state;

    play_boot_to_logon(s, s->target);
    pass_time(s, 5 * SECOND);
    play_boot_to_logon(s, s->target);
    assert_int_equal(boot_count(s), 2);
    assert_int_equal(recall(s, frame_now(s)).boot->life.number, 2);
    assert_int_equal(recall(s, 1).boot->life.number, 1);
}

static void
pxe_discover_begins_a_new_boot_in_every_later_phase(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    play_boot_to_bnistack(s, s->target);
    play_boot_to_logon(s, s->target);
    assert_int_equal(boot_count(s), 3);
}

static void
pxe_request_without_a_discover_after_the_logon_begins_a_new_boot(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 5 * SECOND);
    expect_step(s, STEP_DHCP_REQUEST, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    expect_step(s, STEP_DHCP_ACK, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file));
    assert_int_equal(boot_count(s), 2);
    assert_int_equal(boot_number(s, 2)->life.first_frame, frame_now(s) - 1);
}

static void
read_request_for_a_bootstrap_after_the_logon_begins_a_new_boot(void **state)
{
    scene *s = *state;

    /* Only firmware reads a bootstrap; its DHCP was not captured. */
    play_boot_to_single_read(s, s->target);
    pass_time(s, 30 * SECOND);
    play_download(s, s->target);
    assert_int_equal(boot_count(s), 2);
}

static void
several_dhcp_rounds_before_the_logon_are_one_boot(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    pass_time(s, 50 * SECOND);
    play_dhcp(s, s->target);
    pass_time(s, 50 * SECOND);
    play_dhcp(s, s->target);
    assert_int_equal(boot_count(s), 1);
}

static void
boot_gap_between_two_rounds_makes_two_boots(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    pass_time(s, 61 * SECOND);
    play_dhcp(s, s->target);
    assert_int_equal(boot_count(s), 2);
}

static void
operating_system_between_two_rounds_does_not_bridge_the_boot_gap(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target); /* it boots from its disk in the end */
    for (int i = 0; i < 3; i++) {
        pass_time(s, 50 * SECOND);
        expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    }
    play_dhcp(s, s->target); /* 150 s after the firmware's last round */
    assert_int_equal(boot_count(s), 2);
}

static void
firmware_that_speaks_again_after_an_operating_system_has_its_arp(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    pass_time(s, 10 * SECOND);
    expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, WINDOWS_CLIENT));
    expect_nothing(s, arp_request(s->target, s->router.address));
    pass_time(s, 20 * SECOND);
    play_dhcp(s, s->target);
    expect_step(s, STEP_ARP_REQUEST, arp_request(s->target, s->server.address));
}

static void
firmware_that_tries_again_after_its_download_begins_a_new_boot(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    pass_time(s, 40 * SECOND);
    play_download(s, s->target);
    pass_time(s, 40 * SECOND);
    play_dhcp(s, s->target); /* no gap lies between, but the file that arrived was not run */
    assert_int_equal(boot_count(s), 2);
}

static void
unknown_discover_after_a_minute_of_stream_silence_begins_a_new_boot(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    pass_time(s, 61 * SECOND);
    expect_step(s, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    assert_int_equal(boot_count(s), 2);
}

static void
unknown_discover_soon_after_single_read_mode_is_the_handoff(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    pass_time(s, 30 * SECOND);
    expect_step(s, STEP_HANDOFF, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    assert_int_equal(boot_count(s), 1);
}

static void
unknown_discover_in_bnistack_is_the_operating_systems(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    pass_time(s, 30 * SECOND);
    expect_step(s, STEP_BNISTACK_ADDRESS, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    assert_int_equal(boot_count(s), 1);
}

static void
dhcp_of_the_operating_system_never_begins_a_boot(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    pass_time(s, 3600 * SECOND);
    expect_step(s, STEP_BNISTACK_ADDRESS, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, WINDOWS_CLIENT));
    assert_int_equal(boot_count(s), 1);
}

static void
other_traffic_does_not_break_the_streams_silence(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    for (int i = 0; i < 4; i++) {
        pass_time(s, 20 * SECOND);
        expect_step(s, STEP_BNISTACK_ADDRESS, arp_request(s->target, s->router.address));
        expect_step(s, STEP_BNISTACK_ADDRESS, dhcp_from_client(DHCP_MESSAGE_INFORM, s->target, WINDOWS_CLIENT));
    }
    expect_step(s, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    assert_int_equal(boot_count(s), 2);
}

static void
boots_are_numbered_by_their_first_frame(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_dhcp(s, s->other_target);
    play_boot_to_logon(s, s->target);
    pass_time(s, SECOND);
    play_dhcp(s, s->target);
    assert_int_equal(boot_count(s), 3);
    for (unsigned i = 1; i <= 3; i++)
        assert_int_equal(boot_number(s, i)->life.number, i);
    assert_int_equal(boot_number(s, 1)->life.target, s->target.mac);
    assert_int_equal(boot_number(s, 2)->life.target, s->other_target.mac);
    assert_int_equal(boot_number(s, 3)->life.target, s->target.mac);
}

static void
late_datagram_of_the_boot_before_does_not_move_a_new_boot(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT)); /* reset in the middle of a read */
    see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    expect_step(s, STEP_DHCP_OFFER, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    assert_int_equal(boot_count(s), 2);
}

/* ---- Addresses ---- */

static void
address_is_learnt_at_the_ack(void **state)
{
    scene *s = *state;
    net_address address;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, PXE_CLIENT));
    address = boot_life_address_at(&boot_number(s, 1)->life, 3);
    assert_false(net_address_known(&address));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file));
    address = boot_life_address_at(&boot_number(s, 1)->life, 4);
    assert_true(net_address_equal(&address, &s->target.address));
}

static void
address_is_learnt_at_the_read_request(void **state)
{
    scene *s = *state;
    net_address address;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT)); /* the rest of DHCP is not captured */
    play_download(s, s->target);
    assert_int_equal(boot_count(s), 1);
    address = boot_life_address_at(&boot_number(s, 1)->life, 2);
    assert_true(net_address_equal(&address, &s->target.address));
    assert_true(boot_tracker_is_target(s->tracker, &s->target.address, 2));
}

static void
address_is_learnt_from_the_stream_where_no_ack_was_captured(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    expect_step(s, STEP_LOGON_REQUEST, stream_to_server(s->target, s->server));
    assert_int_equal(boot_count(s), 1);
}

static void
address_of_the_operating_system_belongs_to_the_same_boot(void **state)
{
    scene *s = *state;
    host moved = { s->target.mac, address_number(99) };

    /* CTX135500: Windows gets another address than the firmware did; the stream may use either. */
    play_boot_to_bnistack(s, s->target);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, moved, WINDOWS_CLIENT));
    expect_step(s, STEP_BNISTACK_ADDRESS, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, moved, NULL));
    expect_step(s, STEP_BNISTACK_REQUEST, stream_to_server(moved, s->server));
    expect_step(s, STEP_BNISTACK_REQUEST, stream_to_server(s->target, s->server));
    expect_step(s, STEP_BNISTACK_ADDRESS, arp_request(s->server, moved.address));
    assert_int_equal(boot_count(s), 1);
}

static void
reused_address_belongs_to_the_newer_target(void **state)
{
    scene *s = *state;
    host heir = { s->other_target.mac, s->target.address };
    uint32_t before;

    play_boot_to_single_read(s, s->target);
    before = frame_now(s);
    pass_time(s, 600 * SECOND);
    play_boot_to_logon(s, heir);
    assert_int_equal(boot_count(s), 2);
    assert_int_equal(recall(s, frame_now(s)).boot->life.number, 2);
    assert_int_equal(recall(s, before).boot->life.number, 1);
    assert_int_equal(recall(s, before).step, STEP_SINGLE_READ_DATA);
}

static void
two_targets_boot_side_by_side(void **state)
{
    scene *s = *state;
    void *other = NULL;
    scene *alone;

    /* Two usual boots, frame by frame in turn: each is told as if it were alone. */
    scene_setup(&other);
    alone = other;
    play_boot_to_bnistack(alone, s->target);
    for (uint32_t i = 0; i < frame_now(alone); i++) {
        boot_event event = g_array_index(alone->events, boot_event, i);
        boot_step expected = g_array_index(alone->verdicts, boot_verdict, i).step;
        const boot_verdict *verdict = see(s, event);

        assert_int_equal(verdict->step, expected);
        assert_int_equal(verdict->boot->life.number, 1);
        verdict = see(s, of_another_target(event, s->target, s->other_target));
        assert_int_equal(verdict->step, expected);
        assert_int_equal(verdict->boot->life.number, 2);
    }
    scene_teardown(&other);
}

static void
targets_behind_a_router_are_known_by_address(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 3; i++) { /* begins in mid-stream: only the router's MAC is on the wire */
        const host targets[2] = { s->target, s->other_target };
        for (unsigned t = 0; t < 2; t++) {
            boot_event request = through_router(stream_to_server(targets[t], s->server), s->router, targets[t]);
            boot_event data = through_router(stream_to_target(targets[t], s->server, FULL_PAYLOAD), s->router,
                targets[t]);
            assert_int_equal(see(s, request)->boot->life.number, t + 1);
            assert_int_equal(see(s, data)->boot->life.number, t + 1);
        }
    }
    assert_int_equal(boot_count(s), 2);
    assert_true(boot_number(s, 2)->life.target != s->router.mac);
}

static void
relayed_boot_keeps_its_target_behind_a_router(void **state)
{
    scene *s = *state;
    boot_event request = stream_to_server(s->target, s->server);

    play_dhcp(s, s->target);
    play_dhcp(s, s->other_target);
    expect_step(s, STEP_LOGON_REQUEST, through_router(request, s->router, s->target));
    assert_int_equal(recall(s, frame_now(s)).boot->life.number, 1);
    request = stream_to_server(s->other_target, s->server);
    expect_step(s, STEP_LOGON_REQUEST, through_router(request, s->router, s->other_target));
    assert_int_equal(recall(s, frame_now(s)).boot->life.number, 2);
    assert_int_equal(boot_number(s, 1)->life.target, s->target.mac);
    assert_int_equal(boot_count(s), 2);
}

static void
routers_own_arp_is_no_handoff_of_the_target_behind_it(void **state)
{
    scene *s = *state;

    see(s, through_router(stream_to_target(s->target, s->server, FULL_PAYLOAD), s->router, s->target));
    see(s, through_router(stream_to_server(s->target, s->server), s->router, s->target));
    expect_nothing(s, arp_announcement(s->router));
    expect_nothing(s, arp_probe(s->router));
    expect_nothing(s, arp_request(s->router, s->server.address));
    assert_int_equal(boot_number(s, 1)->handoff.frame, 0);
}

static void
midstream_target_whose_arp_confirms_its_mac_reboots_as_itself(void **state)
{
    scene *s = *state;

    see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    see(s, arp_reply(s->target, s->server));
    play_boot_to_logon(s, s->target);
    assert_int_equal(boot_count(s), 2);
    assert_int_equal(boot_number(s, 1)->life.target, s->target.mac);
}

/* ---- ARP that belongs to a boot ---- */

static void
servers_refresh_of_the_targets_address_belongs_to_the_boot(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    expect_step(s, STEP_ARP_REQUEST, arp_request(s->server, s->target.address));
    expect_step(s, STEP_ARP_REPLY, arp_reply(s->target, s->server));
}

static void
other_devices_claim_of_the_targets_address_belongs_to_the_boot(void **state)
{
    scene *s = *state;
    host thief = { s->other_target.mac, s->target.address };

    play_dhcp(s, s->target);
    expect_step(s, STEP_ARP_REPLY, arp_announcement(thief));
    assert_int_equal(recall(s, frame_now(s)).boot->life.number, 1);
}

static void
arp_before_the_first_dhcp_message_begins_no_boot(void **state)
{
    scene *s = *state;

    expect_nothing(s, arp_announcement(s->target));
    assert_int_equal(boot_count(s), 0);
}

#define tracker_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        tracker_test(pxe_client_begins_a_boot_of_certainty_2),
        tracker_test(client_without_option_60_begins_a_possible_boot),
        tracker_test(operating_systems_clients_are_left_alone),
        tracker_test(client_without_option_60_is_told_by_what_it_asks_for),
        tracker_test(pxe_client_that_asks_for_its_host_name_boots_all_the_same),
        tracker_test(windows_client_is_left_alone_even_where_the_scope_names_a_bootstrap),
        tracker_test(machine_that_ran_windows_before_can_boot),
        tracker_test(pxe_request_without_a_discover_begins_a_boot),
        tracker_test(renewal_of_an_unknown_client_begins_no_boot),
        tracker_test(read_request_for_another_file_begins_no_boot),
        tracker_test(arp_of_strangers_belongs_to_no_boot),
        tracker_test(certainty_rises_step_by_step_and_never_falls),
        tracker_test(ack_that_names_a_bootstrap_makes_certainty_3),
        tracker_test(read_request_with_a_bootstrap_name_makes_certainty_3),
        tracker_test(streaming_makes_certainty_3),
        tracker_test(address_of_a_possible_boot_is_no_targets_yet),
        tracker_test(pxe_discover_after_the_logon_begins_a_new_boot),
        tracker_test(pxe_discover_begins_a_new_boot_in_every_later_phase),
        tracker_test(pxe_request_without_a_discover_after_the_logon_begins_a_new_boot),
        tracker_test(read_request_for_a_bootstrap_after_the_logon_begins_a_new_boot),
        tracker_test(several_dhcp_rounds_before_the_logon_are_one_boot),
        tracker_test(boot_gap_between_two_rounds_makes_two_boots),
        tracker_test(operating_system_between_two_rounds_does_not_bridge_the_boot_gap),
        tracker_test(firmware_that_speaks_again_after_an_operating_system_has_its_arp),
        tracker_test(firmware_that_tries_again_after_its_download_begins_a_new_boot),
        tracker_test(unknown_discover_after_a_minute_of_stream_silence_begins_a_new_boot),
        tracker_test(unknown_discover_soon_after_single_read_mode_is_the_handoff),
        tracker_test(unknown_discover_in_bnistack_is_the_operating_systems),
        tracker_test(dhcp_of_the_operating_system_never_begins_a_boot),
        tracker_test(other_traffic_does_not_break_the_streams_silence),
        tracker_test(boots_are_numbered_by_their_first_frame),
        tracker_test(late_datagram_of_the_boot_before_does_not_move_a_new_boot),
        tracker_test(address_is_learnt_at_the_ack),
        tracker_test(address_is_learnt_at_the_read_request),
        tracker_test(address_is_learnt_from_the_stream_where_no_ack_was_captured),
        tracker_test(address_of_the_operating_system_belongs_to_the_same_boot),
        tracker_test(reused_address_belongs_to_the_newer_target),
        tracker_test(two_targets_boot_side_by_side),
        tracker_test(targets_behind_a_router_are_known_by_address),
        tracker_test(relayed_boot_keeps_its_target_behind_a_router),
        tracker_test(routers_own_arp_is_no_handoff_of_the_target_behind_it),
        tracker_test(midstream_target_whose_arp_confirms_its_mac_reboots_as_itself),
        tracker_test(servers_refresh_of_the_targets_address_belongs_to_the_boot),
        tracker_test(other_devices_claim_of_the_targets_address_belongs_to_the_boot),
        tracker_test(arp_before_the_first_dhcp_message_begins_no_boot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
