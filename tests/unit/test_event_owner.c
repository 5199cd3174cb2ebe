/* test_event_owner.c
 * Whose event is it: which boot, which machine, whose reply, which clients
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include <string.h>

#define HTTP_CLIENT "HTTPClient:Arch:00016:UNDI:003001"

/* As long a silence of the stream as the tracker of a scene wants before it is another boot. */
#define BOOT_GAP (60 * SECOND)

static boot_event
discovers(scene *s, const char *vendor_class)
{
    return dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, vendor_class);
}

static boot_event
event_of(const scene *s, uint32_t frame)
{
    return g_array_index(s->events, boot_event, frame - 1);
}

/* ---- Which boot ---- */

static void
discover_without_option_60_begins_a_boot_where_the_system_has_named_itself(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    see(s, dhcp_from_client(DHCP_MESSAGE_REQUEST, s->target, WINDOWS_CLIENT));
    see_after(s, SECOND, discovers(s, NULL));
    assert_int_equal(boot_count(s), 2);
}

static void
discover_without_option_60_is_the_systems_where_it_has_not(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    see_after(s, SECOND, discovers(s, NULL));
    assert_int_equal(boot_count(s), 1);
}

/* BNIStack uses another port; then a logon comes from this one, so long after the stream. */
static void
play_logon_of_a_boot_disk(scene *s, uint16_t port, int64_t after, uint32_t payload)
{
    boot_event logon = stream_with_target_port(stream_to_server(s->target, s->server), port);

    play_boot_to_bnistack(s, s->target);
    see(s, stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT));
    see(s, stream_with_target_port(stream_to_target(s->target, s->server, 568), OTHER_TARGET_PORT));
    logon.stream.payload = payload;
    see_after(s, after, logon);
}

static void
logon_from_the_port_of_single_read_mode_after_the_gap_begins_a_boot(void **state)
{
    play_logon_of_a_boot_disk(*state, TARGET_PORT, BOOT_GAP + 1, 200);
    assert_int_equal(boot_count(*state), 2);
}

static void
logon_sooner_is_a_reconnect(void **state)
{
    play_logon_of_a_boot_disk(*state, TARGET_PORT, BOOT_GAP, 200);
    assert_int_equal(boot_count(*state), 1);
    assert_int_equal(recall(*state, frame_now(*state)).phase, PHASE_BNISTACK);
}

static void
logon_from_bnistacks_port_is_a_reconnect(void **state)
{
    play_logon_of_a_boot_disk(*state, OTHER_TARGET_PORT, BOOT_GAP + 1, 200);
    assert_int_equal(boot_count(*state), 1);
}

static void
firmware_that_asks_anew_after_an_error_begins_a_boot(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_error_from_server(s->target, s->server, 2070, 1));
    see_after(s, SECOND, discovers(s, PXE_CLIENT));
    assert_int_equal(boot_count(s), 2);
}

static void
firmware_that_asks_anew_before_its_ack_is_the_same_boot(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 3; i++) {
        see_after(s, 4 * SECOND, discovers(s, PXE_CLIENT));
        see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    }
    assert_int_equal(boot_count(s), 1);
}

/* After a whole download the client sends a DISCOVER, so late. */
static void
play_download_and_discover(scene *s, int64_t after, boot_event asks)
{
    play_dhcp(s, s->target);
    play_download(s, s->target);
    asks.dhcp.transaction += 5000;
    see_after(s, after, asks);
}

static void
same_client_five_seconds_after_its_download_begins_a_boot(void **state)
{
    play_download_and_discover(*state, 5 * SECOND, discovers(*state, PXE_CLIENT));
    assert_int_equal(boot_count(*state), 2);
}

static void
same_client_sooner_is_a_chained_loader(void **state)
{
    play_download_and_discover(*state, 5 * SECOND - 1, discovers(*state, PXE_CLIENT));
    assert_int_equal(boot_count(*state), 1);
}

static void
client_with_another_user_class_is_a_chained_loader(void **state)
{
    boot_event loader = discovers(*state, PXE_CLIENT);

    loader.dhcp.firmware.user_class = (dhcp_bytes){ (const uint8_t *)"iPXE", 4 };
    play_download_and_discover(*state, 30 * SECOND, loader);
    assert_int_equal(boot_count(*state), 1);
}

static void
client_with_option_175_is_a_chained_loader(void **state)
{
    boot_event loader = discovers(*state, PXE_CLIENT);

    loader.dhcp.firmware.is_chained = true;
    play_download_and_discover(*state, 30 * SECOND, loader);
    assert_int_equal(boot_count(*state), 1);
}

static void
client_of_another_architecture_is_another_one(void **state)
{
    boot_event loader = discovers(*state, PXE_CLIENT);

    loader.dhcp.firmware.has_architecture = true;
    loader.dhcp.firmware.architecture = 7;
    play_download_and_discover(*state, 30 * SECOND, loader);
    assert_int_equal(boot_count(*state), 1);
}

static void
other_boot_option_of_the_firmware_begins_a_boot(void **state)
{
    scene *s = *state;

    see(s, discovers(s, HTTP_CLIENT));
    see_after(s, 4 * SECOND, discovers(s, PXE_CLIENT));
    assert_int_equal(boot_count(s), 2);
}

static void
transaction_of_the_last_minute_begins_nothing(void **state)
{
    scene *s = *state;
    boot_event copy;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_error_from_server(s->target, s->server, 2070, 1));
    copy = event_of(s, 1);
    copy.identity = 0;
    s->time = event_of(s, 3).time + 60 * SECOND;
    see(s, copy);
    assert_int_equal(boot_count(s), 1);
}

static void
transaction_that_is_older_may_be_made_of_the_mac(void **state)
{
    scene *s = *state;
    boot_event again;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    see(s, tftp_error_from_server(s->target, s->server, 2070, 1));
    again = event_of(s, 1);
    again.identity = 0;
    s->time = event_of(s, 3).time + 60 * SECOND + 1;
    see(s, again);
    assert_int_equal(boot_count(s), 2);
}

static void
transaction_before_the_logon_is_no_late_copy(void **state)
{
    scene *s = *state;
    boot_event again;

    play_boot_to_logon(s, s->target);
    again = event_of(s, 1);
    again.identity = 0;
    see_after(s, SECOND, again);
    assert_int_equal(boot_count(s), 2);
}

/* ---- Which machine ---- */

static void
address_that_another_target_had_brings_no_frame_into_its_boot(void **state)
{
    scene *s = *state;
    host heir = { s->other_target.mac, s->target.address };

    play_boot_to_bnistack(s, s->target);
    pass_time(s, 3600 * SECOND);
    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, heir, PXE_CLIENT));
    see(s, stream_to_server(heir, s->server)); /* its ACK was lost */
    assert_int_equal(recall(s, frame_now(s)).boot->life.number, 2);
    see(s, stream_to_target(heir, s->server, REPLY_PAYLOAD));
    assert_int_equal(recall(s, frame_now(s)).boot->life.number, 2);
    assert_never_found(s, FINDING_ARP_CONFLICT);
}

/* Datagrams of targets whose DHCP the capture lacks: A, B and A again from one MAC, so long apart. */
static void
play_senders(scene *s, int64_t apart, bool back)
{
    host a = { s->router.mac, address_number(60) }, b = { s->router.mac, address_number(61) };

    see(s, stream_to_server(a, s->server));
    see_after(s, apart, stream_to_server(b, s->server));
    if (back)
        see_after(s, apart, stream_to_server(a, s->server));
}

static void
mac_of_two_addresses_within_a_minute_is_a_routers(void **state)
{
    scene *s = *state;

    play_senders(s, 60 * SECOND, false);
    assert_int_equal(boot_count(s), 2);
    assert_int_equal(boot_number(s, 1)->life.target, 0);
    assert_int_equal(boot_number(s, 2)->life.target, 0);
}

static void
mac_of_two_addresses_long_apart_is_a_machines(void **state)
{
    scene *s = *state;

    play_senders(s, 60 * SECOND + 1, false);
    assert_int_equal(boot_count(s), 1);
    assert_int_equal(boot_number(s, 1)->life.target, s->router.mac);
}

static void
mac_that_goes_back_to_the_first_address_is_a_routers(void **state)
{
    scene *s = *state;

    play_senders(s, 3600 * SECOND, true);
    assert_int_equal(boot_number(s, 1)->life.target, 0);
}

static void
routers_mac_is_shown_until_it_is_known_as_one(void **state)
{
    scene *s = *state;

    play_senders(s, SECOND, false);
    assert_int_equal(boot_life_target_at(&boot_number(s, 1)->life, 1), s->router.mac);
    assert_int_equal(boot_life_target_at(&boot_number(s, 1)->life, 2), 0);
}

/* ---- Whose reply ---- */

static void
reply_to_the_operating_system_is_nothing_of_the_firmwares(void **state)
{
    scene *s = *state;

    see(s, discovers(s, PXE_CLIENT));
    see(s, discovers(s, WINDOWS_CLIENT));
    expect_nothing(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    expect_nothing(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, s->file));
    capture_goes_on(s, 100 * SECOND);
    assert_non_null(added_later(s, 1, FINDING_DISCOVER_UNANSWERED));
}

static void
firmwares_reply_after_the_operating_system_spoke_is_the_firmwares(void **state)
{
    scene *s = *state;
    boot_event offer;

    see(s, discovers(s, PXE_CLIENT));
    offer = dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file);
    see(s, discovers(s, WINDOWS_CLIENT));
    expect_step(s, STEP_DHCP_OFFER, offer);
    assert_int_equal(recall(s, 3).answers, 1);
}

/* ---- Which clients ---- */

static void
http_client_has_the_steps_of_phase_1(void **state)
{
    scene *s = *state;

    expect_step(s, STEP_DHCP_DISCOVER, discovers(s, HTTP_CLIENT));
    expect_step(s, STEP_DHCP_OFFER, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, "http://10.0.0.1/b"));
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_POSSIBLE);
}

static void
stream_of_a_target_that_http_client_showed_to_boot_is_pvs(void **state)
{
    scene *s = *state;

    see(s, discovers(s, HTTP_CLIENT));
    see(s, dhcp_from_server(DHCP_MESSAGE_ACK, s->server, s->target, NULL));
    see(s, stream_to_server(s->target, s->server));
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_PVS);
}

static void
named_operating_systems_are_left_alone(void **state)
{
    static const char *const systems[] = { "MSFT 5.0", "dhcpcd-9.4.1:Linux", "udhcp 1.36.1", "android-dhcp-13" };
    scene *s = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(systems); i++)
        expect_nothing(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, host_number((uint8_t)(100 + i)), systems[i]));
    assert_int_equal(boot_count(s), 0);
}

/* A DISCOVER without option 60 that asks for these options. */
static boot_event
asks_for(uint8_t number, const char *options)
{
    boot_event event = dhcp_from_client(DHCP_MESSAGE_DISCOVER, host_number(number), NULL);

    event.dhcp.requested = (dhcp_bytes){ (const uint8_t *)options, strlen(options) };
    return event;
}

static void
unnamed_client_that_asks_as_an_operating_system_is_left_alone(void **state)
{
    static const uint8_t of_systems[] = { 12, 44, 46, 95, 119, 121, 249, 252 };
    scene *s = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(of_systems); i++) {
        const char options[] = { 1, 3, (char)of_systems[i], 0 };
        expect_nothing(s, asks_for((uint8_t)(100 + i), options));
    }
}

static void
unnamed_client_that_asks_for_a_boot_file_too_may_boot(void **state)
{
    static const uint8_t of_boots[] = { 17, 43, 60, 66, 67, 128, 135, 150 };
    scene *s = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(of_boots); i++) {
        const char options[] = { 1, 12, (char)of_boots[i], 0 };
        expect_step(s, STEP_DHCP_DISCOVER, asks_for((uint8_t)(100 + i), options));
        assert_int_equal(boot_life_certainty(&boot_number(s, (unsigned)i + 1)->life), CERTAINTY_POSSIBLE);
    }
}

static void
unnamed_client_that_sends_its_host_name_is_left_alone(void **state)
{
    scene *s = *state;
    boot_event event = asks_for(100, "\x01\x03");

    event.dhcp.host_name = true;
    expect_nothing(s, event);
    event = asks_for(101, "\x01\x43"); /* option 67 */
    event.dhcp.host_name = true;
    expect_step(s, STEP_DHCP_DISCOVER, event);
}

static void
bootstraps_name_in_an_offer_proves_pvs(void **state)
{
    scene *s = *state;

    see(s, discovers(s, PXE_CLIENT));
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_PXE);
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, "ardbp32.bin")); /* in any case */
    assert_int_equal(boot_life_certainty(&boot_number(s, 1)->life), CERTAINTY_PVS);
}

#define owner_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        owner_test(discover_without_option_60_begins_a_boot_where_the_system_has_named_itself),
        owner_test(discover_without_option_60_is_the_systems_where_it_has_not),
        owner_test(logon_from_the_port_of_single_read_mode_after_the_gap_begins_a_boot),
        owner_test(logon_sooner_is_a_reconnect),
        owner_test(logon_from_bnistacks_port_is_a_reconnect),
        owner_test(firmware_that_asks_anew_after_an_error_begins_a_boot),
        owner_test(firmware_that_asks_anew_before_its_ack_is_the_same_boot),
        owner_test(same_client_five_seconds_after_its_download_begins_a_boot),
        owner_test(same_client_sooner_is_a_chained_loader),
        owner_test(client_with_another_user_class_is_a_chained_loader),
        owner_test(client_with_option_175_is_a_chained_loader),
        owner_test(client_of_another_architecture_is_another_one),
        owner_test(other_boot_option_of_the_firmware_begins_a_boot),
        owner_test(transaction_of_the_last_minute_begins_nothing),
        owner_test(transaction_that_is_older_may_be_made_of_the_mac),
        owner_test(transaction_before_the_logon_is_no_late_copy),
        owner_test(address_that_another_target_had_brings_no_frame_into_its_boot),
        owner_test(mac_of_two_addresses_within_a_minute_is_a_routers),
        owner_test(mac_of_two_addresses_long_apart_is_a_machines),
        owner_test(mac_that_goes_back_to_the_first_address_is_a_routers),
        owner_test(routers_mac_is_shown_until_it_is_known_as_one),
        owner_test(reply_to_the_operating_system_is_nothing_of_the_firmwares),
        owner_test(firmwares_reply_after_the_operating_system_spoke_is_the_firmwares),
        owner_test(http_client_has_the_steps_of_phase_1),
        owner_test(stream_of_a_target_that_http_client_showed_to_boot_is_pvs),
        owner_test(named_operating_systems_are_left_alone),
        owner_test(unnamed_client_that_asks_as_an_operating_system_is_left_alone),
        owner_test(unnamed_client_that_asks_for_a_boot_file_too_may_boot),
        owner_test(unnamed_client_that_sends_its_host_name_is_left_alone),
        owner_test(bootstraps_name_in_an_offer_proves_pvs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
