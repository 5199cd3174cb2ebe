/* test_boot_sight.c
 * What the capture can know: which finding may be said where a part of the truth is not in the capture
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include "boot/boot_sight.h"

/* A capture that shows everything. */
static boot_sight
everything(void)
{
    return (boot_sight){ .begins = true, .own_frame = true, .own_unicast = true, .other_traffic = true };
}

static bool
allows(const boot_sight *sight, finding_id id)
{
    return boot_sight_allows(sight, CERTAINTY_PVS, true, id);
}

static void
all_may_be_said_where_everything_is_seen(void **state)
{
    boot_sight sight = everything();

    (void)state;
    for (unsigned id = 0; id < FINDING_COUNT; id++)
        assert_true(allows(&sight, (finding_id)id));
}

static void
without_the_beginning_nothing_is_said_of_single_read_mode(void **state)
{
    static const finding_id of_the_beginning[] = { FINDING_HANDOFF_MISSING, FINDING_STREAM_STARTED,
        FINDING_SINGLE_READ_LONG, FINDING_LOGON_REFUSED, FINDING_LOGON_STOPPED };
    boot_sight sight = everything();

    (void)state;
    sight.begins = false;
    for (size_t i = 0; i < G_N_ELEMENTS(of_the_beginning); i++)
        assert_false(allows(&sight, of_the_beginning[i]));
    assert_true(allows(&sight, FINDING_STREAM_STALLED));
    assert_true(allows(&sight, FINDING_DISCOVER_UNANSWERED));
}

static void
half_that_a_service_lacks_silences_that_service_only(void **state)
{
    boot_sight sight = everything();

    (void)state;
    sight.services[SERVICE_DOWNLOAD].lacks_answers = true;
    assert_false(allows(&sight, FINDING_BOOTSTRAP_UNANSWERED));
    assert_false(allows(&sight, FINDING_BOOTSTRAP_STALL));
    assert_false(allows(&sight, FINDING_BOOTSTRAP_NOT_REQUESTED));
    assert_false(allows(&sight, FINDING_BOOTSTRAP_NOT_HEARD));
    assert_true(allows(&sight, FINDING_BOOTSTRAP_ERROR));
    assert_true(allows(&sight, FINDING_DISCOVER_UNANSWERED));
    assert_true(allows(&sight, FINDING_DHCP_REQUEST_UNANSWERED));
    assert_true(allows(&sight, FINDING_LOGON_UNANSWERED));
    assert_true(allows(&sight, FINDING_READ_RETRY));
}

static void
what_the_target_does_not_do_needs_its_place(void **state)
{
    boot_sight sight = everything();

    (void)state;
    assert_false(boot_sight_allows(&sight, CERTAINTY_PVS, false, FINDING_BOOTSTRAP_NOT_REQUESTED));
    sight.own_frame = false;
    assert_false(allows(&sight, FINDING_BOOTSTRAP_NOT_REQUESTED));
    assert_false(allows(&sight, FINDING_LOGON_MISSING));
    assert_false(allows(&sight, FINDING_LOGON_STOPPED));
    assert_true(allows(&sight, FINDING_DISCOVER_UNANSWERED));
}

static void
ports_alone_say_nothing_of_the_stream_but_an_unanswered_logon(void **state)
{
    boot_sight sight = everything();

    (void)state;
    sight.by_ports = true;
    assert_false(boot_sight_allows(&sight, CERTAINTY_POSSIBLE, true, FINDING_STREAM_STALLED));
    assert_false(boot_sight_allows(&sight, CERTAINTY_POSSIBLE, true, FINDING_READ_RETRY));
    assert_false(boot_sight_allows(&sight, CERTAINTY_POSSIBLE, true, FINDING_LOGON_RETRY));
    assert_true(boot_sight_allows(&sight, CERTAINTY_POSSIBLE, true, FINDING_LOGON_UNANSWERED));
    assert_true(boot_sight_allows(&sight, CERTAINTY_POSSIBLE, true, FINDING_DISCOVER_UNANSWERED));
}

/* ---- A capture without the target's half ---- */

static void
two_bursts_without_a_request_tell_of_a_lost_half(void **state)
{
    scene *s = *state;

    see(s, (boot_event){ .kind = BOOT_EVENT_OTHER });
    pass_time(s, 6 * SECOND);
    for (int i = 0; i < 4; i++)
        play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_int_equal(times_said(s, FINDING_CAPTURE_ONE_WAY), 1);
}

static void
bursts_with_their_requests_do_not(void **state)
{
    scene *s = *state;

    see(s, (boot_event){ .kind = BOOT_EVENT_OTHER });
    pass_time(s, 6 * SECOND);
    for (int i = 0; i < 4; i++)
        play_read(s, s->target, 4096);
    assert_never_found(s, FINDING_CAPTURE_ONE_WAY);
}

static void
two_logon_replies_after_a_question_are_no_lost_half(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    pass_time(s, 6 * SECOND);
    play_logon(s, s->target);
    see(s, stream_to_target(s->target, s->server, REPLY_PAYLOAD));
    assert_never_found(s, FINDING_CAPTURE_ONE_WAY);
}

static void
blocks_without_an_ack_silence_the_download(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    see(s, tftp_request(s->target, s->server, 2070, s->file, 0));
    for (uint16_t block = 1; block <= 3; block++)
        see_after(s, 2 * SECOND, tftp_data(s->target, s->server, 2070, block, 512));
    capture_goes_on(s, 100 * SECOND);
    assert_never_found(s, FINDING_BOOTSTRAP_INCOMPLETE);
}

#define sight_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        sight_test(all_may_be_said_where_everything_is_seen),
        sight_test(without_the_beginning_nothing_is_said_of_single_read_mode),
        sight_test(half_that_a_service_lacks_silences_that_service_only),
        sight_test(what_the_target_does_not_do_needs_its_place),
        sight_test(ports_alone_say_nothing_of_the_stream_but_an_unanswered_logon),
        sight_test(two_bursts_without_a_request_tell_of_a_lost_half),
        sight_test(bursts_with_their_requests_do_not),
        sight_test(two_logon_replies_after_a_question_are_no_lost_half),
        sight_test(blocks_without_an_ack_silence_the_download),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
