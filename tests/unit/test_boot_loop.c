/* test_boot_loop.c
 * A target that boots again and again
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

static boot_event
discovers(scene *s)
{
    return dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);
}

/* A boot that streams for so long in BNIStack. */
static void
play_boot_that_streams(scene *s, int64_t nanoseconds)
{
    int64_t start;

    play_boot_to_single_read(s, s->target);
    see(s, arp_announcement(s->target));
    start = g_array_index(s->events, boot_event, s->events->len - 1).time;
    for (int64_t at = 0; at < nanoseconds; at += SECOND) {
        s->time = start + at;
        play_read(s, s->target, 4096);
    }
    s->time = start + nanoseconds;
    see(s, stream_to_server(s->target, s->server));
}

static int64_t
first_time(const scene *s)
{
    return g_array_index(s->events, boot_event, 0).time;
}

static void
third_boot_within_ten_minutes_is_a_loop(void **state)
{
    scene *s = *state;

    play_boot_that_streams(s, 10 * SECOND);
    s->time = first_time(s) + 300 * SECOND;
    play_boot_that_streams(s, 10 * SECOND);
    assert_never_found(s, FINDING_BOOT_LOOP);
    s->time = first_time(s) + 600 * SECOND;
    see(s, discovers(s));
    assert_int_equal(boot_count(s), 3);
    assert_non_null(said(s, frame_now(s), FINDING_BOOT_LOOP));
    assert_true(text_holds(said(s, frame_now(s), FINDING_BOOT_LOOP), "boot 1 reached BNIStack"));
    assert_true(text_holds(said(s, frame_now(s), FINDING_BOOT_LOOP), "boot 2 reached BNIStack"));
}

static void
third_boot_later_is_none(void **state)
{
    scene *s = *state;

    play_boot_that_streams(s, 10 * SECOND);
    play_boot_that_streams(s, 10 * SECOND);
    s->time = first_time(s) + 600 * SECOND + 1;
    see(s, discovers(s));
    assert_int_equal(boot_count(s), 3);
    assert_never_found(s, FINDING_BOOT_LOOP);
}

static void
second_boot_is_none(void **state)
{
    scene *s = *state;

    play_boot_that_streams(s, SECOND);
    see_after(s, SECOND, discovers(s));
    assert_never_found(s, FINDING_BOOT_LOOP);
}

static void
boot_that_streams_for_half_a_minute_has_led_somewhere(void **state)
{
    scene *s = *state;

    play_boot_that_streams(s, 10 * SECOND);
    play_boot_that_streams(s, 30 * SECOND);
    see_after(s, SECOND, discovers(s));
    assert_int_equal(boot_count(s), 3);
    assert_never_found(s, FINDING_BOOT_LOOP);
}

static void
boot_that_streams_for_less_has_not(void **state)
{
    scene *s = *state;

    play_boot_that_streams(s, 30 * SECOND - 1);
    play_boot_that_streams(s, 30 * SECOND - 1);
    see_after(s, SECOND, discovers(s));
    assert_non_null(said(s, frame_now(s), FINDING_BOOT_LOOP));
}

static void
boots_that_fail_are_a_loop_whatever_else(void **state)
{
    scene *s = *state;

    for (int i = 0; i < 2; i++) {
        play_dhcp(s, s->target);
        see(s, tftp_request(s->target, s->server, (uint16_t)(2070 + i), s->file, 0));
        see(s, tftp_error_from_server(s->target, s->server, (uint16_t)(2070 + i), 1));
        pass_time(s, 20 * SECOND);
    }
    see(s, discovers(s));
    assert_int_equal(boot_count(s), 3);
    assert_non_null(said(s, frame_now(s), FINDING_BOOT_LOOP));
    assert_true(text_holds(said(s, frame_now(s), FINDING_BOOT_LOOP), "boot 1 stopped in phase 1"));
}

#define loop_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        loop_test(third_boot_within_ten_minutes_is_a_loop),
        loop_test(third_boot_later_is_none),
        loop_test(second_boot_is_none),
        loop_test(boot_that_streams_for_half_a_minute_has_led_somewhere),
        loop_test(boot_that_streams_for_less_has_not),
        loop_test(boots_that_fail_are_a_loop_whatever_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
