/* test_stream_meter.c
 * Reads, bursts and overlaps, by the published arithmetic (pvs-facts.md, section 6)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include "boot/stream_meter.h"
#include "scene.h"

/* A meter under test, and the clock of its frames. */
typedef struct stream {
    stream_meter meter;
    uint32_t frame;
    int64_t time;
    bool single_read_mode;
    unsigned overlaps; /* requests that were the third overlapping one within a second */
} stream;

static int
stream_setup(void **state)
{
    stream *self = g_new0(stream, 1);

    self->single_read_mode = true;
    self->time = 1000 * SECOND;
    *state = self;
    return 0;
}

static int
stream_teardown(void **state)
{
    stream *self = *state;

    stream_meter_clear(&self->meter);
    g_free(self);
    return 0;
}

static boot_event
next_frame(stream *s, boot_event event)
{
    event.frame = ++s->frame;
    event.time = s->time += 100 * MICROSECOND;
    return event;
}

/* Returns whether it proves BNIStack. */
static bool
request_again(stream *s, boot_event event)
{
    bool overlaps;

    event = next_frame(s, event);
    overlaps = stream_meter_add_request(&s->meter, &event, s->single_read_mode) == STREAM_REQUEST_OVERLAPS;
    s->overlaps += overlaps;
    return overlaps;
}

static bool
request(stream *s)
{
    return request_again(s, stream_to_server(host_number(50), host_number(1)));
}

static void
data(stream *s, uint32_t payload)
{
    boot_event event = next_frame(s, stream_to_target(host_number(50), host_number(1), payload));

    stream_meter_add_data(&s->meter, &event);
}

/* The datagrams of a burst, from the one with the first index up to the one before the last index. */
static void
part_of_burst(stream *s, uint32_t bytes, uint32_t payload, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        data(s, burst_payload(bytes, payload, i));
}

static void
burst(stream *s, uint32_t bytes, uint32_t payload)
{
    part_of_burst(s, bytes, payload, 0, burst_length(bytes, payload));
}

/* The read that the newest data frame belongs to. */
static const stream_read *
newest_read(const stream *s)
{
    int index = stream_meter_read_of_data(&s->meter, s->frame);

    assert_true(index >= 0);
    return stream_meter_read(&s->meter, (unsigned)index);
}

/* ---- Sizes ---- */

static void
sizes_that_can_start_reading(void **state)
{
    (void)state;
    assert_true(stream_payload_can_start_reading(1464));
    assert_true(stream_payload_can_start_reading(1465));
    assert_true(stream_payload_can_start_reading(8972));
    for (uint32_t sectors = 1; sectors <= 88; sectors++) {
        assert_true(stream_payload_can_start_reading(56 + 512 * sectors));
        if (56 + 512 * sectors < 1463) {
            assert_false(stream_payload_can_start_reading(55 + 512 * sectors));
            assert_false(stream_payload_can_start_reading(57 + 512 * sectors));
        }
    }
    assert_false(stream_payload_can_start_reading(1463));
    assert_false(stream_payload_can_start_reading(300));
    assert_false(stream_payload_can_start_reading(56));
    assert_false(stream_payload_can_start_reading(48));
    assert_false(stream_payload_can_start_reading(0));
}

static void
read_data_needs_room_behind_the_header(void **state)
{
    (void)state;
    assert_false(stream_payload_is_read_data(0));
    assert_false(stream_payload_is_read_data(56));
    assert_true(stream_payload_is_read_data(57));
}

/* ---- Bursts ---- */

static void
published_bursts_are_counted(void **state)
{
    static const struct {
        uint32_t bytes, full, packets, last, total;
        bool end_seen; /* the last datagram's size shows that it is the last */
    } rows[] = {
        { 512, 1464, 1, 568, 568, true },
        { 4096, 1464, 3, 1336, 4264, true },
        { 8192, 1464, 6, 1208, 8528, true },
        { 16384, 1464, 12, 952, 17056, true },
        { 32768, 1464, 24, 440, 34112, true },
        { 45056, 1464, 32, 1464, 46848, false }, /* full-sized to the end: only the next request tells */
        { 512, 8972, 1, 568, 568, true },
        { 4096, 8972, 1, 4152, 4152, true },
        { 8192, 8972, 1, 8248, 8248, true },
        { 16384, 8972, 2, 7524, 16496, true },
        { 32768, 8972, 4, 6076, 32992, true }
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        void *fresh = NULL;
        const stream_read *read;
        uint32_t request_frame;
        int64_t request_time;
        stream *s;

        stream_setup(&fresh);
        s = fresh;
        /* The table itself, by its arithmetic. */
        assert_int_equal(burst_length(rows[i].bytes, rows[i].full), rows[i].packets);
        assert_int_equal(burst_payload(rows[i].bytes, rows[i].full, rows[i].packets - 1), rows[i].last);
        assert_int_equal(rows[i].bytes + rows[i].packets * 56, rows[i].total);

        for (int repeat = 0; repeat < 3; repeat++) {
            request(s);
            request_frame = s->frame;
            request_time = s->time;
            burst(s, rows[i].bytes, rows[i].full);
            read = newest_read(s);
            assert_int_equal(stream_meter_read_of_request(&s->meter, request_frame), repeat);
            assert_int_equal(stream_meter_read_of_data(&s->meter, s->frame), repeat);
            assert_int_equal(stream_meter_read_of_data(&s->meter, request_frame + 1), repeat);
            assert_int_equal(read->start_frame, request_frame);
            assert_true(read->requested);
            assert_int_equal(read->last_frame, s->frame);
            assert_int_equal(read->bytes, rows[i].bytes);
            assert_int_equal(read->packets, rows[i].packets);
            assert_int_equal(read->time, s->time - request_time);
            assert_int_equal(read->ended_by_size, rows[i].end_seen);
        }
        stream_teardown(&fresh);
    }
}

/* A read keeps 32 bits of nanoseconds, 4.3 s; longer ones are kept besides. */
static void
reads_of_any_length_have_their_time_to_the_nanosecond(void **state)
{
    static const int64_t waits[] = { 1, SECOND, UINT32_MAX - 100001, UINT32_MAX - 100000, (int64_t)UINT32_MAX - 99999,
        5 * SECOND + 1, 61 * SECOND, 2, 400 * INT64_C(86400) * SECOND };
    stream *s = *state;
    int64_t expected[2 * G_N_ELEMENTS(waits)];

    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        const stream_read *read;
        int64_t asked;

        request(s);
        asked = s->time;
        s->time += waits[i / 2];
        data(s, FULL_PAYLOAD);
        read = newest_read(s);
        assert_int_equal(stream_meter_read_time(&s->meter, read), waits[i / 2] + 100 * MICROSECOND);
        if (i % 2 == 0)
            part_of_burst(s, 4096, FULL_PAYLOAD, 1, 3); /* over by its size */
        else
            part_of_burst(s, 45056, FULL_PAYLOAD, 1, 32); /* over with the next request */
        expected[i] = s->time - asked;
        assert_ptr_equal(newest_read(s), read);
        assert_int_equal(stream_meter_read_time(&s->meter, read), expected[i]);
    }
    request(s);
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++)
        assert_int_equal(stream_meter_read_time(&s->meter, stream_meter_read(&s->meter, i)), expected[i]);
}

static void
full_sized_end_is_known_by_the_next_request(void **state)
{
    stream *s = *state;
    uint32_t last;

    request(s);
    burst(s, 45056, FULL_PAYLOAD);
    last = s->frame;
    assert_int_equal(stream_meter_read_of_data(&s->meter, last), 0);
    request(s);
    burst(s, 4096, FULL_PAYLOAD);
    assert_int_equal(stream_meter_read_of_data(&s->meter, last), 0);
    assert_int_equal(stream_meter_read(&s->meter, 0)->last_frame, last);
    assert_int_equal(stream_meter_read(&s->meter, 0)->packets, 32);
    assert_int_equal(stream_meter_read_of_data(&s->meter, last + 2), 1);
    assert_int_equal(stream_meter_read(&s->meter, 1)->packets, 3);
}

static void
bursts_of_smaller_mtus_are_counted(void **state)
{
    /* MTU 1000, 1300 and 1400; data per datagram is MTU - 98. */
    static const uint32_t full[] = { 958, 1258, 1358 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(full); i++) {
        void *fresh = NULL;
        stream *s;

        stream_setup(&fresh);
        s = fresh;
        for (int repeat = 0; repeat < 5; repeat++) {
            request(s);
            burst(s, 32768, full[i]);
            assert_int_equal(stream_meter_read_of_data(&s->meter, s->frame), repeat);
            assert_int_equal(newest_read(s)->bytes, 32768);
            assert_int_equal(newest_read(s)->packets, burst_length(32768, full[i]));
            assert_true(newest_read(s)->ended_by_size);
        }
        assert_int_equal(s->overlaps, 0);
        stream_teardown(&fresh);
    }
}

static void
datagrams_of_whole_sectors_do_not_each_end_a_burst(void **state)
{
    stream *s = *state;
    const uint32_t full = 1024 + 56; /* MTU 1122: each datagram holds whole sectors */

    /* The first burst shows the size; what its first datagram alone could not tell is not asked here. */
    request(s);
    burst(s, 32768, full);
    for (int i = 0; i < 5; i++) {
        request(s);
        burst(s, 32768, full);
        assert_int_equal(newest_read(s)->packets, 32);
        assert_int_equal(newest_read(s)->bytes, 32768);
        assert_false(newest_read(s)->ended_by_size); /* only the next request tells */
    }
}

static void
data_without_a_request_is_a_read_that_was_not_requested(void **state)
{
    stream *s = *state;

    burst(s, 4096, FULL_PAYLOAD);
    assert_false(newest_read(s)->requested);
    assert_int_equal(newest_read(s)->start_frame, 1);
    assert_int_equal(newest_read(s)->bytes, 4096);
    burst(s, 4096, FULL_PAYLOAD); /* the capture lost the request: the size has told the end */
    assert_int_equal(stream_meter_read_of_data(&s->meter, s->frame), 1);
}

static void
request_sent_twice_is_one_read_from_the_first_on(void **state)
{
    stream *s = *state;
    boot_event asked = stream_to_server(host_number(50), host_number(1));
    uint32_t first;
    int64_t time;

    request_again(s, asked);
    first = s->frame;
    time = s->time;
    s->time += SECOND;
    request_again(s, asked);
    burst(s, 4096, FULL_PAYLOAD);
    assert_int_equal(stream_meter_read_of_data(&s->meter, s->frame), 0);
    assert_int_equal(newest_read(s)->start_frame, first);
    assert_int_equal(newest_read(s)->time, s->time - time);
    assert_int_equal(s->overlaps, 0);
}

static void
bnistack_reads_in_flight_are_answered_in_order(void **state)
{
    stream *s = *state;
    uint32_t frames[3];
    int64_t times[3];

    s->single_read_mode = false;
    for (int i = 0; i < 3; i++) {
        request(s);
        frames[i] = s->frame;
        times[i] = s->time;
    }
    for (int i = 0; i < 3; i++) {
        burst(s, 4096, FULL_PAYLOAD);
        assert_int_equal(stream_meter_read_of_data(&s->meter, s->frame), i);
        assert_int_equal(stream_meter_read_of_request(&s->meter, frames[i]), i);
        assert_int_equal(newest_read(s)->start_frame, frames[i]);
        assert_int_equal(newest_read(s)->time, s->time - times[i]);
        assert_int_equal(newest_read(s)->bytes, 4096);
    }
}

/* ---- Overlaps ---- */

/* A burst of 24 datagrams of which some come before the next request; 10 are 27.5 sectors. */
static bool
overlapped_burst(stream *s, uint32_t before)
{
    bool proves;

    part_of_burst(s, 32768, FULL_PAYLOAD, 0, before);
    proves = request(s);
    part_of_burst(s, 32768, FULL_PAYLOAD, before, 24);
    return proves;
}

static void
third_overlapping_request_within_a_second_proves_bnistack(void **state)
{
    stream *s = *state;

    request(s);
    assert_false(overlapped_burst(s, 10));
    assert_false(overlapped_burst(s, 10));
    assert_true(overlapped_burst(s, 10));
}

static void
overlap_does_not_need_the_same_place_in_each_burst(void **state)
{
    stream *s = *state;

    request(s);
    assert_false(overlapped_burst(s, 2));
    assert_false(overlapped_burst(s, 22));
    assert_true(overlapped_burst(s, 6));
}

static void
three_overlaps_in_more_than_a_second_prove_nothing(void **state)
{
    stream *s = *state;

    request(s);
    for (int i = 0; i < 20; i++) {
        assert_false(overlapped_burst(s, 10));
        s->time += 600 * MILLISECOND;
    }
}

static void
third_overlap_needs_the_first_two_to_have_counted(void **state)
{
    stream *s = *state;

    /*
     * "It counts when the data becomes whole again": a burst in flight that two requests interrupt was not
     * whole between them, so the counting starts anew.
     */
    request(s);
    for (int i = 0; i < 5; i++) {
        part_of_burst(s, 32768, FULL_PAYLOAD, 0, 5);
        assert_false(request(s));
        part_of_burst(s, 32768, FULL_PAYLOAD, 5, 7);
        assert_false(request(s));
        part_of_burst(s, 32768, FULL_PAYLOAD, 7, 24);
        burst(s, 32768, FULL_PAYLOAD);
    }
    assert_int_equal(s->overlaps, 0);
}

static void
request_at_a_whole_point_does_not_overlap(void **state)
{
    stream *s = *state;

    request(s);
    for (int i = 0; i < 20; i++)
        assert_false(overlapped_burst(s, 8)); /* 22 sectors: nothing shows that more was to come */
}

static void
strict_request_and_burst_never_overlaps(void **state)
{
    static const uint32_t sizes[] = { 512, 1024, 4096, 8192, 16384, 32768, 45056 };
    static const uint32_t full[] = { 958, 1080, 1464 };
    stream *s = *state;

    for (unsigned i = 0; i < 600; i++) {
        if (i % 200 == 0) { /* another stream, another MTU */
            stream_teardown(state);
            stream_setup(state);
            s = *state;
        }
        assert_false(request(s));
        burst(s, sizes[(i * 7 + i / 7) % G_N_ELEMENTS(sizes)], full[i / 200]);
    }
}

static void
repeat_after_a_loss_is_no_overlap(void **state)
{
    stream *s = *state;

    /* The network lost some of the burst; the target asks again with the same bytes, and gets all of it. */
    for (int i = 0; i < 10; i++) {
        boot_event asked = stream_to_server(host_number(50), host_number(1));

        assert_false(request_again(s, asked));
        part_of_burst(s, 32768, FULL_PAYLOAD, 0, 10);
        assert_false(request_again(s, asked));
        burst(s, 32768, FULL_PAYLOAD);
    }
}

static void
repeat_while_the_burst_goes_on_is_no_overlap(void **state)
{
    stream *s = *state;

    /* The target asks again too early; the server ends the burst and sends it once more. */
    for (int i = 0; i < 10; i++) {
        boot_event asked = stream_to_server(host_number(50), host_number(1));

        assert_false(request_again(s, asked));
        part_of_burst(s, 32768, FULL_PAYLOAD, 0, 10);
        assert_false(request_again(s, asked));
        part_of_burst(s, 32768, FULL_PAYLOAD, 10, 24);
        burst(s, 32768, FULL_PAYLOAD);
    }
}

/* ---- Losses of the capture: all these streams are strict request and burst ---- */

static void
lost_datagram_in_the_middle_makes_no_overlap(void **state)
{
    stream *s = *state;

    for (int i = 0; i < 50; i++) {
        assert_false(request(s));
        part_of_burst(s, 32768, FULL_PAYLOAD, 0, 10);
        part_of_burst(s, 32768, FULL_PAYLOAD, 11, 24);
    }
}

static void
lost_end_of_one_burst_makes_no_overlap(void **state)
{
    stream *s = *state;

    for (uint32_t lost = 1; lost <= 24; lost++) {
        assert_false(request(s));
        part_of_burst(s, 32768, FULL_PAYLOAD, 0, 24 - lost);
        for (int i = 0; i < 5; i++) {
            assert_false(request(s));
            burst(s, 32768, FULL_PAYLOAD);
        }
    }
}

static void
lost_ends_of_all_bursts_make_no_overlap(void **state)
{
    stream *s = *state;

    /* A mirror port that is short of buffers drops the tails of bursts. */
    for (uint32_t lost = 1; lost < 24; lost++)
        for (int i = 0; i < 20; i++) {
            request(s);
            part_of_burst(s, 32768, FULL_PAYLOAD, 0, 24 - lost);
        }
    assert_int_equal(s->overlaps, 0);
}

/* A stream of strict request and burst of which the capture lost this part of the frames. */
static unsigned
overlaps_invented(double loss, unsigned reads)
{
    static const uint32_t sizes[] = { 512, 4096, 8192, 16384, 32768, 32768, 32768 };
    GRand *random = g_rand_new_with_seed(1);
    unsigned overlaps;
    void *fresh = NULL;
    stream *s;

    stream_setup(&fresh);
    s = fresh;
    for (unsigned read = 0; read < reads; read++) {
        uint32_t bytes = sizes[g_rand_int_range(random, 0, G_N_ELEMENTS(sizes))];

        s->time += MILLISECOND;
        if (g_rand_double(random) >= loss)
            request(s);
        for (uint32_t packet = 0; packet < burst_length(bytes, FULL_PAYLOAD); packet++)
            if (g_rand_double(random) >= loss)
                data(s, burst_payload(bytes, FULL_PAYLOAD, packet));
    }
    overlaps = s->overlaps;
    stream_teardown(&fresh);
    g_rand_free(random);
    return overlaps;
}

static void
random_losses_make_no_overlap(void **state)
{
    (void)state;
    assert_int_equal(overlaps_invented(0, 5000), 0);
    assert_int_equal(overlaps_invented(0.001, 5000), 0);
    assert_int_equal(overlaps_invented(0.01, 5000), 0);
    assert_int_equal(overlaps_invented(0.03, 5000), 0);
}

static void
useless_captures_hardly_ever_show_an_overlap(void **state)
{
    (void)state;
    /* What is lost can be whole sectors by chance, three times in a row: no arithmetic tells that. */
    assert_in_range(overlaps_invented(0.1, 5000), 0, 1);
    assert_in_range(overlaps_invented(0.3, 5000), 0, 3);
    assert_in_range(overlaps_invented(0.6, 5000), 0, 5);
}

#define meter_test(name) cmocka_unit_test_setup_teardown(name, stream_setup, stream_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        meter_test(sizes_that_can_start_reading),
        meter_test(read_data_needs_room_behind_the_header),
        meter_test(published_bursts_are_counted),
        meter_test(reads_of_any_length_have_their_time_to_the_nanosecond),
        meter_test(full_sized_end_is_known_by_the_next_request),
        meter_test(bursts_of_smaller_mtus_are_counted),
        meter_test(datagrams_of_whole_sectors_do_not_each_end_a_burst),
        meter_test(data_without_a_request_is_a_read_that_was_not_requested),
        meter_test(request_sent_twice_is_one_read_from_the_first_on),
        meter_test(bnistack_reads_in_flight_are_answered_in_order),
        meter_test(third_overlapping_request_within_a_second_proves_bnistack),
        meter_test(overlap_does_not_need_the_same_place_in_each_burst),
        meter_test(three_overlaps_in_more_than_a_second_prove_nothing),
        meter_test(third_overlap_needs_the_first_two_to_have_counted),
        meter_test(request_at_a_whole_point_does_not_overlap),
        meter_test(strict_request_and_burst_never_overlaps),
        meter_test(repeat_after_a_loss_is_no_overlap),
        meter_test(repeat_while_the_burst_goes_on_is_no_overlap),
        meter_test(lost_datagram_in_the_middle_makes_no_overlap),
        meter_test(lost_end_of_one_burst_makes_no_overlap),
        meter_test(lost_ends_of_all_bursts_make_no_overlap),
        meter_test(random_losses_make_no_overlap),
        meter_test(useless_captures_hardly_ever_show_an_overlap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
