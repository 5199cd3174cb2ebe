/* test_partners.c
 * Which target speaks with which server: asked by the dissector of pvs, to claim a stream at any port
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#define ANY_PORT 0
#define MAX_BOOTS 16

/* In the frame after the newest one. */
static bool
speak(const scene *s, host target, uint16_t target_port, host server)
{
    return boot_tracker_speaks_with(s->tracker, &target.address, target_port, &server.address, frame_now(s) + 1);
}

static void
nobody_speaks_before_the_first_datagram(void **state)
{
    scene *s = *state;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    assert_false(speak(s, s->target, ANY_PORT, s->server));
}

static void
a_target_speaks_from_its_port_with_the_server_it_logged_on_to(void **state)
{
    scene *s = *state;

    see(s, stream_to_server(s->target, s->server));
    assert_true(speak(s, s->target, TARGET_PORT, s->server));
    assert_true(speak(s, s->target, ANY_PORT, s->server));
    assert_false(speak(s, s->target, OTHER_TARGET_PORT, s->server));
    assert_false(speak(s, s->target, TARGET_PORT, s->other_server));
    assert_false(speak(s, s->other_target, TARGET_PORT, s->server));
    assert_false(speak(s, s->server, LOGON_PORT, s->target));
}

static void
the_frame_itself_and_those_before_it_are_not_spoken_to_yet(void **state)
{
    scene *s = *state;

    capture_goes_on(s, SECOND);
    see(s, stream_to_server(s->target, s->server));
    for (uint32_t frame = 0; frame <= frame_now(s); frame++)
        assert_false(boot_tracker_speaks_with(s->tracker, &s->target.address, ANY_PORT, &s->server.address, frame));
    see(s, stream_to_server(s->target, s->server));
    assert_true(boot_tracker_speaks_with(s->tracker, &s->target.address, ANY_PORT, &s->server.address, frame_now(s)));
}

static void
the_servers_datagrams_alone_make_no_partners(void **state)
{
    scene *s = *state;

    see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD));
    assert_false(speak(s, s->target, ANY_PORT, s->server));
}

static void
each_port_and_server_is_kept_by_itself(void **state)
{
    scene *s = *state;

    see(s, stream_to_server(s->target, s->server));
    see(s, stream_with_target_port(stream_to_server(s->target, s->other_server), OTHER_TARGET_PORT));
    assert_true(speak(s, s->target, OTHER_TARGET_PORT, s->other_server));
    assert_false(speak(s, s->target, OTHER_TARGET_PORT, s->server));
    assert_false(speak(s, s->target, TARGET_PORT, s->other_server));
}

static void
forgotten_boots_speak_with_nobody(void **state)
{
    scene *s = *state;

    boot_tracker_free(s->tracker);
    s->tracker = boot_tracker_new(60 * SECOND, MAX_BOOTS);
    for (uint8_t n = 1; n <= MAX_BOOTS + 1; n++)
        see(s, stream_to_server(host_number((uint8_t)(100 + n)), s->server));
    assert_int_equal(boot_tracker_forgotten(s->tracker), MAX_BOOTS / 8);
    assert_false(speak(s, host_number(101), ANY_PORT, s->server));
    assert_false(speak(s, host_number(102), TARGET_PORT, s->server));
    assert_true(speak(s, host_number(103), ANY_PORT, s->server));
}

static void
one_target_with_many_servers_is_bounded(void **state)
{
    scene *s = *state;

    boot_tracker_free(s->tracker);
    s->tracker = boot_tracker_new(60 * SECOND, 1);
    for (uint8_t n = 1; n <= 5; n++)
        see(s, stream_to_server(s->target, host_number((uint8_t)(100 + n))));
    assert_false(speak(s, s->target, ANY_PORT, host_number(101)));
    assert_true(speak(s, s->target, ANY_PORT, host_number(105)));
}

static void
frames_that_are_taken_back_were_no_datagrams(void **state)
{
    scene *s = *state;
    boot_verdict verdict;
    boot_event other = in_frame(stream_with_target_port(stream_to_server(s->target, s->server), OTHER_TARGET_PORT), 2,
        s->time);

    see(s, stream_to_server(s->target, s->server));
    boot_tracker_add(s->tracker, &other, &verdict);
    boot_tracker_see_frame(s->tracker, 2, s->time);
    assert_true(boot_tracker_speaks_with(s->tracker, &s->target.address, OTHER_TARGET_PORT, &s->server.address, 9));
    boot_tracker_see_frame(s->tracker, 2, s->time); /* another frame has its number now */
    assert_false(boot_tracker_speaks_with(s->tracker, &s->target.address, OTHER_TARGET_PORT, &s->server.address, 9));
    assert_true(boot_tracker_speaks_with(s->tracker, &s->target.address, TARGET_PORT, &s->server.address, 9));
}

/* Later passes know less: the scenes here forget, or take back. */
static int
teardown(void **state)
{
    scene_free(*state);
    return 0;
}

#define partners_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        partners_test(nobody_speaks_before_the_first_datagram),
        partners_test(a_target_speaks_from_its_port_with_the_server_it_logged_on_to),
        partners_test(the_frame_itself_and_those_before_it_are_not_spoken_to_yet),
        partners_test(the_servers_datagrams_alone_make_no_partners),
        partners_test(each_port_and_server_is_kept_by_itself),
        partners_test(forgotten_boots_speak_with_nobody),
        partners_test(one_target_with_many_servers_is_bounded),
        partners_test(frames_that_are_taken_back_were_no_datagrams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
