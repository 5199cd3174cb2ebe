/* test_address_conflicts.c
 * ARP of others for the target's address, and ICMP errors that answer its datagrams
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

/* Another device probes for the target's address (RFC 5227). */
static boot_event
foreign_probe(scene *s)
{
    host prober = { s->router.mac, s->target.address };

    return arp_probe(prober);
}

/* ---- .arp.probed ---- */

static void
probe_of_another_within_two_seconds_of_the_targets_is_said(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, arp_probe(s->target));
    see_after(s, 2 * SECOND, foreign_probe(s));
    assert_int_equal(times_said(s, FINDING_ARP_PROBED), 1);
    assert_non_null(said(s, s->events->len, FINDING_ARP_PROBED));
    assert_int_equal(said(s, s->events->len, FINDING_ARP_PROBED)->mac, s->router.mac);
}

static void
probe_of_another_later_is_nothing(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, arp_probe(s->target));
    see_after(s, 2 * SECOND + 1, foreign_probe(s));
    assert_never_found(s, FINDING_ARP_PROBED);
}

static void
probe_of_another_before_the_targets_is_nothing(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, foreign_probe(s));
    see(s, arp_probe(s->target));
    assert_never_found(s, FINDING_ARP_PROBED);
}

static void
window_reaches_from_the_first_probe_to_after_the_last(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, arp_probe(s->target));
    see_after(s, SECOND, arp_probe(s->target));
    see_after(s, SECOND, arp_probe(s->target));
    see_after(s, 2 * SECOND, foreign_probe(s));
    assert_int_equal(times_said(s, FINDING_ARP_PROBED), 1);
}

/* ---- .arp.conflict ---- */

static void
address_that_passes_to_another_machines_boot_is_no_conflict(void **state)
{
    scene *s = *state;
    host heir = { s->other_target.mac, s->target.address };

    play_boot_to_bnistack(s, s->target);
    pass_time(s, 3600 * SECOND);
    play_dhcp(s, heir);
    see(s, arp_announcement(heir));
    capture_goes_on(s, 10 * SECOND);
    assert_never_found(s, FINDING_ARP_CONFLICT);
}

/* ---- .arp.unanswered ---- */

static void
three_requests_four_seconds_apart_are_a_row(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    for (int i = 0; i < 3; i++)
        see_after(s, 4 * SECOND, arp_request(s->target, s->server.address));
    assert_non_null(said(s, 7, FINDING_ARP_UNANSWERED));
}

static void
requests_farther_apart_are_none(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    for (int i = 0; i < 5; i++)
        see_after(s, 4 * SECOND + 1, arp_request(s->target, s->server.address));
    assert_int_equal(times_said(s, FINDING_ARP_UNANSWERED), 0);
}

static void
client_of_no_known_kind_is_not_judged(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, NULL));
    for (int i = 0; i < 5; i++)
        see_after(s, SECOND, arp_request(s->target, s->router.address));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_ARP_UNANSWERED);
}

/* ---- .icmp.unreachable ---- */

/* An error that answers a datagram of the target to this port of s->server. */
static boot_event
error_for(scene *s, uint16_t from, uint16_t to)
{
    boot_event event = { .kind = BOOT_EVENT_ICMP };

    event.source_mac = s->server.mac;
    event.destination_mac = s->target.mac;
    event.source = s->server.address;
    event.destination = s->target.address;
    event.icmp.error = ICMP_PORT_UNREACHABLE;
    event.icmp.source = s->target.address;
    event.icmp.destination = s->server.address;
    event.icmp.source_port = from;
    event.icmp.destination_port = to;
    return event;
}

static void
error_that_answers_the_read_request_says_why_it_is_unanswered(void **state)
{
    scene *s = *state;
    const boot_verdict *verdict;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    verdict = see(s, error_for(s, 2070, 69));
    assert_ptr_equal(verdict->boot, boot_number(s, 1));
    assert_int_equal(verdict->step, STEP_NONE);
    assert_int_equal(verdict->phase, PHASE_BOOTSTRAP);
    assert_non_null(said(s, 6, FINDING_ICMP_UNREACHABLE));
    assert_true(text_holds(said(s, 6, FINDING_ICMP_UNREACHABLE), "port unreachable"));
    see_after(s, 2 * SECOND, tftp_request(s->target, s->server, 2070, s->file, 0));
    assert_true(text_holds(said(s, 7, FINDING_BOOTSTRAP_UNANSWERED), "frame 6"));
}

static void
error_that_answers_the_logon_is_of_that_service(void **state)
{
    scene *s = *state;
    uint32_t error;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    see(s, error_for(s, TARGET_PORT, LOGON_PORT));
    error = frame_now(s);
    assert_true(text_holds(said(s, error, FINDING_ICMP_UNREACHABLE), "logon"));
    capture_goes_on(s, 10 * SECOND);
    assert_true(text_holds(added_later(s, error - 1, FINDING_LOGON_UNANSWERED), "frame 11"));
}

static void
error_that_quotes_something_else_is_nobodys(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    expect_nothing(s, error_for(s, 50000, 53));
    assert_never_found(s, FINDING_ICMP_UNREACHABLE);
}

static void
error_before_any_boot_is_nobodys(void **state)
{
    scene *s = *state;

    expect_nothing(s, error_for(s, 2070, 69));
    assert_int_equal(boot_count(s), 0);
}

static void
copy_of_an_error_is_no_second_one(void **state)
{
    scene *s = *state;
    boot_event error;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    error = error_for(s, 2070, 69);
    error.identity = 4711;
    see(s, error);
    see(s, error);
    assert_int_equal(times_said(s, FINDING_ICMP_UNREACHABLE), 1);
}

#define conflict_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        conflict_test(probe_of_another_within_two_seconds_of_the_targets_is_said),
        conflict_test(probe_of_another_later_is_nothing),
        conflict_test(probe_of_another_before_the_targets_is_nothing),
        conflict_test(window_reaches_from_the_first_probe_to_after_the_last),
        conflict_test(address_that_passes_to_another_machines_boot_is_no_conflict),
        conflict_test(three_requests_four_seconds_apart_are_a_row),
        conflict_test(requests_farther_apart_are_none),
        conflict_test(client_of_no_known_kind_is_not_judged),
        conflict_test(error_that_answers_the_read_request_says_why_it_is_unanswered),
        conflict_test(error_that_answers_the_logon_is_of_that_service),
        conflict_test(error_that_quotes_something_else_is_nobodys),
        conflict_test(error_before_any_boot_is_nobodys),
        conflict_test(copy_of_an_error_is_no_second_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
