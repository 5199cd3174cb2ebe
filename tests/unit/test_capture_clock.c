/* test_capture_clock.c
 * The capture's own time: clocks that are set, two clocks, neighbours out of order, frames that are taken back
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include "boot/capture_clock.h"

#define START (INT64_C(1700000000) * SECOND)

static int
clock_setup(void **state)
{
    *state = g_new0(capture_clock, 1);
    return 0;
}

static int
clock_teardown(void **state)
{
    capture_clock_clear(*state);
    g_free(*state);
    return 0;
}

/* The time of the next frame, which every pass tells alike. */
static int64_t
next_frame(capture_clock *clock, int64_t stamp)
{
    uint32_t frame = clock->frame + 1;
    int64_t time = capture_clock_add(clock, frame, START + stamp);

    assert_int_equal(capture_clock_at(clock, frame, START + stamp), time);
    return time - START;
}

static void
stamps_that_go_forth_are_the_time(void **state)
{
    capture_clock *clock = *state;

    assert_int_equal(next_frame(clock, 0), 0);
    assert_int_equal(next_frame(clock, SECOND), SECOND);
    assert_int_equal(next_frame(clock, SECOND), SECOND);
    assert_int_equal(next_frame(clock, 86400 * SECOND), 86400 * SECOND); /* silence, as far as anybody can tell */
}

static void
step_back_of_less_than_half_a_second_is_the_order_of_neighbours(void **state)
{
    capture_clock *clock = *state;

    next_frame(clock, 10 * SECOND);
    assert_int_equal(next_frame(clock, 10 * SECOND - SECOND / 2 + 1), 10 * SECOND - SECOND / 2 + 1);
    assert_int_equal(next_frame(clock, 10 * SECOND + 1), 10 * SECOND + 1);
}

static void
step_back_of_half_a_second_is_a_clock_that_was_set(void **state)
{
    capture_clock *clock = *state;

    next_frame(clock, 10 * SECOND);
    assert_int_equal(next_frame(clock, 10 * SECOND - SECOND / 2), 10 * SECOND);
    assert_int_equal(next_frame(clock, 10 * SECOND - SECOND / 2 + MILLISECOND), 10 * SECOND + MILLISECOND);
}

static void
time_goes_on_after_each_of_several_steps(void **state)
{
    capture_clock *clock = *state;

    next_frame(clock, 100 * SECOND);
    for (int i = 0; i < 200; i++) /* more frames than two clocks are looked for */
        assert_int_equal(next_frame(clock, i * MILLISECOND), 100 * SECOND + i * MILLISECOND);
    assert_int_equal(next_frame(clock, -50 * SECOND), 100 * SECOND + 199 * MILLISECOND);
    assert_int_equal(next_frame(clock, -49 * SECOND), 101 * SECOND + 199 * MILLISECOND);
}

static void
of_two_clocks_time_stays_at_the_greater(void **state)
{
    capture_clock *clock = *state;

    for (int i = 0; i < 50; i++) {
        int64_t ahead = 100 * SECOND + i * MILLISECOND;

        assert_int_equal(next_frame(clock, ahead), ahead);
        assert_int_equal(next_frame(clock, ahead - 90 * SECOND), ahead);
    }
}

/* The time of a frame that is back where the stamps were, so many frames after the one that had stepped back. */
static int64_t
time_when_back_after(capture_clock *clock, unsigned frames)
{
    next_frame(clock, 100 * SECOND);
    for (unsigned i = 0; i < frames; i++)
        next_frame(clock, 10 * SECOND);
    return next_frame(clock, 100 * SECOND);
}

static void
stamps_that_are_back_within_a_hundred_frames_are_two_clocks(void **state)
{
    assert_int_equal(time_when_back_after(*state, 100), 100 * SECOND);
}

static void
stamps_that_are_back_after_more_frames_are_silence(void **state)
{
    assert_int_equal(time_when_back_after(*state, 101), 190 * SECOND);
}

static void
time_never_runs_backwards(void **state)
{
    GRand *random = g_rand_new_with_seed(1);
    capture_clock *clock = *state;
    int64_t newest = INT64_MIN, stamp = 0;

    for (int i = 0; i < 20000; i++) {
        int64_t time;
        if (g_rand_int_range(random, 0, 20) == 0)
            stamp += (g_rand_int_range(random, 0, 200) - 100) * SECOND;
        stamp += g_rand_int_range(random, -600, 700) * MILLISECOND;
        time = next_frame(clock, stamp);
        assert_true(newest == INT64_MIN || time > newest - SECOND / 2);
        newest = MAX(newest, time);
    }
    g_rand_free(random);
}

static void
all_frames_have_the_same_time_on_a_later_visit(void **state)
{
    capture_clock *clock = *state;
    const int64_t stamps[] = { 0, SECOND, -5 * SECOND, -4 * SECOND, SECOND, -3 * SECOND, -200 * SECOND, 9 * SECOND };
    int64_t times[G_N_ELEMENTS(stamps)];

    for (unsigned i = 0; i < G_N_ELEMENTS(stamps); i++)
        times[i] = next_frame(clock, stamps[i]);
    for (unsigned i = G_N_ELEMENTS(stamps); i-- > 0;)
        assert_int_equal(capture_clock_at(clock, i + 1, START + stamps[i]) - START, times[i]);
}

static void
frame_that_is_taken_back_leaves_no_time_behind(void **state)
{
    capture_clock *clock = *state;

    next_frame(clock, 10 * SECOND);
    next_frame(clock, 11 * SECOND);
    capture_clock_rewind(clock, 2);
    assert_int_equal(next_frame(clock, 12 * SECOND), 12 * SECOND); /* its number goes to the next */
    assert_int_equal(capture_clock_at(clock, 1, START + 10 * SECOND) - START, 10 * SECOND);
}

/* ---- In a boot ---- */

static void
clock_that_is_set_back_makes_no_negative_wait(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    s->time -= 3600 * SECOND;
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    assert_true(recall(s, 2).wait >= 0);
    assert_true(recall(s, 2).time >= recall(s, 1).time);
    assert_never_found(s, FINDING_DISCOVER_ANSWERED_LATE);
}

static void
waiting_is_counted_across_a_clock_that_was_set_back(void **state)
{
    scene *s = *state;

    see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT));
    s->time -= 3600 * SECOND;
    see(s, (boot_event){ .kind = BOOT_EVENT_OTHER });
    pass_time(s, 10 * SECOND);
    see(s, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    assert_non_null(said(s, 3, FINDING_DISCOVER_ANSWERED_LATE));
}

#define clock_test(name) cmocka_unit_test_setup_teardown(name, clock_setup, clock_teardown)
#define scene_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        clock_test(stamps_that_go_forth_are_the_time),
        clock_test(step_back_of_less_than_half_a_second_is_the_order_of_neighbours),
        clock_test(step_back_of_half_a_second_is_a_clock_that_was_set),
        clock_test(time_goes_on_after_each_of_several_steps),
        clock_test(of_two_clocks_time_stays_at_the_greater),
        clock_test(stamps_that_are_back_within_a_hundred_frames_are_two_clocks),
        clock_test(stamps_that_are_back_after_more_frames_are_silence),
        clock_test(time_never_runs_backwards),
        clock_test(all_frames_have_the_same_time_on_a_later_visit),
        clock_test(frame_that_is_taken_back_leaves_no_time_behind),
        scene_test(clock_that_is_set_back_makes_no_negative_wait),
        scene_test(waiting_is_counted_across_a_clock_that_was_set_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
