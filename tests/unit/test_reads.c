/* test_reads.c
 * Which read a frame belongs to, and what is known of that read: pvs.read and its company
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

/* A frame is of the read with this number; in phase 2 it has none. */
static void
assert_read(const scene *s, uint32_t frame, uint32_t number)
{
    assert_int_equal(g_array_index(s->verdicts, boot_verdict, frame - 1).read_number, number);
    assert_int_equal(recall(s, frame).read_number, number);
}

static void
first_reads_request_is_in_phase_2_and_has_no_number(void **state)
{
    scene *s = *state;
    uint32_t request;
    boot_verdict data;

    play_boot_to_logon(s, s->target);
    assert_read(s, frame_now(s) - 1, 0);
    assert_read(s, frame_now(s), 0);
    pass_time(s, SECOND);
    see(s, stream_to_server(s->target, s->server));
    request = frame_now(s);
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_read(s, request, 0);
    assert_int_equal(recall(s, request).kind, STREAM_LOGON);
    assert_int_equal(recall(s, request).step, STEP_LOGON_REQUEST);
    for (uint32_t frame = request + 1; frame <= request + 3; frame++)
        assert_read(s, frame, 1);
    data = recall(s, request + 3);
    assert_true(data.read_is_over);
    assert_true(data.read->requested);
    assert_int_equal(data.read->start_frame, request); /* all the same it is the request_in */
    assert_int_equal(data.read->last_frame, request + 3);
    assert_int_equal(data.read->bytes, 4096);
    assert_int_equal(data.read->packets, 3);
    assert_int_equal(data.read->time, 3 * MILLISECOND);
}

static void
first_reads_request_sent_again_in_phase_2_counts_from_the_first(void **state)
{
    scene *s = *state;
    boot_event asks = stream_to_server(s->target, s->server);
    uint32_t first;

    play_boot_to_logon(s, s->target);
    see(s, asks);
    first = frame_now(s);
    pass_time(s, 2 * SECOND);
    see(s, asks);
    see(s, stream_to_target(s->target, s->server, 568));
    assert_int_equal(recall(s, frame_now(s)).read->start_frame, first);
    assert_int_equal(recall(s, frame_now(s)).read->time, 2 * SECOND + 2 * MILLISECOND);
}

static void
requests_and_data_have_the_number_of_their_read(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target); /* two reads */
    for (uint32_t number = 3; number < 10; number++) {
        uint32_t request;
        boot_verdict last;

        see(s, stream_to_server(s->target, s->server));
        request = frame_now(s);
        play_burst(s, s->target, 32768, FULL_PAYLOAD);
        for (uint32_t frame = request; frame <= request + 24; frame++)
            assert_read(s, frame, number);
        last = recall(s, request + 24);
        assert_int_equal(last.kind, STREAM_DATA_END);
        assert_int_equal(last.read->start_frame, request);
        assert_int_equal(last.read->last_frame, request + 24);
        assert_int_equal(last.read->bytes, 32768);
        assert_int_equal(last.read->packets, 24);
        assert_int_equal(last.read->time, 24 * MILLISECOND);
        assert_true(recall(s, request).read_is_over);
    }
}

static void
read_is_not_over_before_its_last_datagram(void **state)
{
    scene *s = *state;
    uint32_t request;

    play_boot_to_single_read(s, s->target);
    assert_false(see(s, stream_to_server(s->target, s->server))->read_is_over);
    request = frame_now(s);
    assert_false(see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD))->read_is_over);
    assert_false(recall(s, request).read_is_over);
    assert_true(see(s, stream_to_target(s->target, s->server, 56 + 128))->read_is_over);
    assert_true(recall(s, request).read_is_over);
}

static void
full_sized_end_is_over_with_the_next_request(void **state)
{
    scene *s = *state;
    uint32_t last;

    play_boot_to_single_read(s, s->target);
    play_read(s, s->target, 45056);
    last = frame_now(s);
    assert_false(recall(s, last).read_is_over);
    see(s, stream_to_server(s->target, s->server));
    assert_true(recall(s, last).read_is_over);
    assert_int_equal(recall(s, last).read->last_frame, last);
    assert_int_equal(recall(s, last).read->packets, 32);
    assert_int_equal(recall(s, last).kind, STREAM_DATA);
    assert_read(s, frame_now(s), recall(s, last).read_number + 1);
}

static void
request_sent_twice_is_of_the_same_read(void **state)
{
    scene *s = *state;
    uint32_t first;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    first = frame_now(s);
    pass_time(s, 700 * MILLISECOND);
    see(s, stream_to_server(s->target, s->server));
    see(s, stream_to_target(s->target, s->server, 568));
    for (uint32_t frame = first; frame <= first + 2; frame++)
        assert_read(s, frame, 3);
    assert_int_equal(recall(s, first + 2).read->start_frame, first);
    assert_int_equal(recall(s, first + 2).read->time, 702 * MILLISECOND);
}

static void
other_frames_have_no_read(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    see(s, stream_to_target(s->target, s->server, 48)); /* no room for data */
    assert_read(s, frame_now(s), 0);
    see(s, arp_request(s->target, s->server.address));
    assert_read(s, frame_now(s), 0);
    assert_read(s, 1, 0);
    assert_null(recall(s, 1).read);
}

static void
numbers_begin_anew_in_each_boot(void **state)
{
    scene *s = *state;

    play_boot_to_single_read(s, s->target);
    assert_read(s, frame_now(s), 2);
    play_boot_to_single_read(s, s->target);
    assert_int_equal(boot_count(s), 2);
    assert_read(s, frame_now(s), 2);
    play_boot_to_single_read(s, s->other_target);
    assert_read(s, frame_now(s), 2);
}

static void
numbers_go_on_in_bnistack(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target); /* two reads, the hand-off, one read */
    assert_read(s, frame_now(s), 3);
    see(s, stream_to_server(s->target, s->server));
    see(s, stream_to_server(s->target, s->server)); /* two in flight */
    assert_read(s, frame_now(s) - 1, 4);
    assert_read(s, frame_now(s), 5);
    see(s, stream_to_target(s->target, s->server, 568));
    see(s, stream_to_target(s->target, s->server, 1080));
    assert_read(s, frame_now(s) - 1, 4);
    assert_read(s, frame_now(s), 5);
    assert_int_equal(recall(s, frame_now(s)).read->bytes, 1024);
    assert_int_equal(recall(s, frame_now(s)).read->time, 2 * MILLISECOND);
}

static void
read_whose_request_was_not_captured_has_a_number_and_no_request(void **state)
{
    scene *s = *state;

    see(s, stream_to_target(s->target, s->server, FULL_PAYLOAD)); /* begins in mid-stream */
    see(s, stream_to_target(s->target, s->server, 56 + 128));
    assert_read(s, 1, 1);
    assert_read(s, 2, 1);
    assert_false(recall(s, 2).read->requested);
    play_read(s, s->target, 4096);
    assert_read(s, 3, 2);
    assert_true(recall(s, frame_now(s)).read->requested);
}

static void
waiting_request_that_is_too_old_is_given_up(void **state)
{
    scene *s = *state;
    uint32_t heartbeat;

    play_boot_to_bnistack(s, s->target);
    see(s, stream_to_server(s->target, s->server)); /* wants no data */
    heartbeat = frame_now(s);
    pass_time(s, 30 * SECOND);
    play_read(s, s->target, 4096);
    assert_read(s, heartbeat, 4);
    assert_int_equal(recall(s, heartbeat).read->packets, 0);
    assert_read(s, frame_now(s), 5);
    assert_int_equal(recall(s, frame_now(s)).read->time, 3 * MILLISECOND);
    assert_never_found(s, FINDING_READ_SLOW);
}

#define read_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        read_test(first_reads_request_is_in_phase_2_and_has_no_number),
        read_test(first_reads_request_sent_again_in_phase_2_counts_from_the_first),
        read_test(requests_and_data_have_the_number_of_their_read),
        read_test(read_is_not_over_before_its_last_datagram),
        read_test(full_sized_end_is_over_with_the_next_request),
        read_test(request_sent_twice_is_of_the_same_read),
        read_test(other_frames_have_no_read),
        read_test(numbers_begin_anew_in_each_boot),
        read_test(numbers_go_on_in_bnistack),
        read_test(read_whose_request_was_not_captured_has_a_number_and_no_request),
        read_test(waiting_request_that_is_too_old_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
