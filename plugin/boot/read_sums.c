/* read_sums.c
 * What the reads of one boot add up to: where the time of reading went, server by server and second by second
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "read_sums.h"

#include "boot_time.h"
#include "frame_index.h"

/* A boot has few phases and few servers. A capture in which there are more was forged: what comes further is not split. */
#define PARTS_OF_A_BOOT 64

/* A target that asks again later than this was not busy with the read before: it had nothing to ask. */
#define LONGEST_TARGET_TIME SECOND

void
read_sums_clear(read_sums *sums)
{
    lean_list_clear(&sums->parts);
    lean_list_clear(&sums->series);
    if (sums->slow)
        g_array_free(sums->slow, TRUE);
    sums->slow = NULL;
}

/* A clock that was set back gives no time below zero. */
static int64_t
from_to(int64_t from, int64_t to)
{
    return MAX(to - from, 0);
}

/* The number of a part, counted from 1; 0 where there are too many. */
static int
part_of(read_sums *sums, uint8_t phase, const net_address *server)
{
    read_sum made = { .phase = phase, .server = *server };

    for (unsigned i = 0; i < sums->parts.count; i++) {
        const read_sum *part = &lean_list_index(&sums->parts, read_sum, i);

        if (part->phase == phase && net_address_equal(&part->server, server))
            return (int)i + 1;
    }
    if (sums->parts.count == PARTS_OF_A_BOOT)
        return 0;
    lean_list_append(&sums->parts, made);
    return (int)sums->parts.count;
}

static read_sum *
part_number(const read_sums *sums, int number)
{
    return number > 0 ? &lean_list_index(&sums->parts, read_sum, number - 1) : NULL;
}

static void
add_to_series(read_sums *sums, const ended_read *read)
{
    read_point made = { .second = (uint32_t)MIN(from_to(sums->origin, read->last_data_time) / SECOND, UINT32_MAX) };
    int64_t time = from_to(read->request_time, read->last_data_time);
    lean_list *series = &sums->series;
    read_point *point;

    if (series->count == 0 || lean_list_index(series, read_point, series->count - 1).second < made.second)
        lean_list_append(series, made);
    point = &lean_list_index(series, read_point, series->count - 1);
    point->reads++;
    point->bytes += read->bytes;
    point->time += time;
    point->longest = MAX(point->longest, time);
}

static void
add_open_time(read_sums *sums, const ended_read *read)
{
    sums->open_time += from_to(MAX(read->request_time, sums->open_until), read->last_data_time);
    sums->open_until = MAX(sums->open_until, read->last_data_time);
    sums->open_bytes += read->bytes;
}

void
read_sums_add(read_sums *sums, const ended_read *read)
{
    read_sum *part;

    sums->newest = 0;
    if (read->packets == 0)
        return;
    add_to_series(sums, read);
    if (!read->requested)
        return;
    add_open_time(sums, read);
    if (read->last_data_time - read->request_time > SECOND) {
        slow_read slow = { read->frame, read->last_data_time, read->last_data_time - read->request_time };

        if (!sums->slow)
            sums->slow = g_array_new(FALSE, FALSE, sizeof(slow_read));
        g_array_append_val(sums->slow, slow);
    }
    sums->newest = part_of(sums, sums->data_phase, &sums->data_server);
    part = part_number(sums, sums->newest);
    if (!part)
        return;
    part->reads++;
    part->bytes += read->bytes;
    part->server_time += from_to(read->request_time, read->first_data_time);
    part->transfer_time += from_to(read->first_data_time, read->last_data_time);
}

void
read_sums_data_from(read_sums *sums, const net_address *server)
{
    if (net_address_known(&sums->data_server) && !net_address_equal(&sums->data_server, server)) {
        int left = part_of(sums, sums->data_phase, &sums->data_server);
        int reached = part_of(sums, sums->phase, server);

        if (left > 0)
            part_number(sums, left)->departures++;
        if (reached > 0)
            part_number(sums, reached)->arrivals++;
    }
    sums->data_server = *server;
    sums->data_phase = sums->phase;
}

void
read_sums_retry(read_sums *sums, const net_address *server)
{
    read_sum *part = part_number(sums, part_of(sums, sums->phase, server));

    if (part)
        part->retries++;
}

void
read_sums_next_request(read_sums *sums, int64_t after)
{
    read_sum *part = part_number(sums, sums->newest);

    sums->newest = 0;
    if (!part || after <= 0)
        return;
    if (after <= LONGEST_TARGET_TIME)
        part->target_time += after;
    else
        part->pause_time += after;
}

const slow_read *
read_sums_slow(const read_sums *sums, uint32_t frame)
{
    unsigned count = frames_until(sums->slow, offsetof(slow_read, frame), frame);
    const slow_read *newest = count > 0 ? &g_array_index(sums->slow, slow_read, count - 1) : NULL;

    return newest && newest->frame == frame ? newest : NULL;
}
