/* stream_meter.c
 * Reads and bursts of one boot's stream
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stream_meter.h"

#include "boot_time.h"

/* A request again is a retry from here on, and until then (docs/diagnosis.md, .read.retry). */
#define RETRY_TIME (SECOND / 2)
#define LONGEST_RETRY_TIME (60 * SECOND)

/* Three overlapping requests within this time are no accident (docs/evidence.md). */
#define OVERLAP_WINDOW SECOND

/* So many datagrams of a burst come before a request that overlaps it, and after it: neighbours change places. */
#define DATA_AROUND_OVERLAP 2

/*
 * Reads are kept in blocks that stay where they are: of a growing array the smaller ones before it are left behind, as
 * holes among those of the other boots, which grow at the same time. So many fill what malloc gives to the last byte.
 */
#define READS_OF_A_BLOCK 14

void
stream_meter_clear(stream_meter *meter)
{
    for (unsigned i = 0; i < meter->blocks.count; i++)
        g_free(lean_list_index(&meter->blocks, stream_read *, i));
    lean_list_clear(&meter->blocks);
    if (meter->slow)
        g_array_free(meter->slow, TRUE);
    meter->slow = NULL;
    if (meter->waiting)
        g_queue_free_full(meter->waiting, g_free);
    meter->waiting = NULL;
    read_sums_clear(&meter->sums);
}

bool
stream_payload_is_read_data(uint32_t payload)
{
    return payload > STREAM_READ_HEADER;
}

bool
stream_payload_can_start_reading(uint32_t payload)
{
    return payload >= STREAM_SINGLE_READ_PAYLOAD
        || (payload > STREAM_READ_HEADER && (payload - STREAM_READ_HEADER) % STREAM_SECTOR == 0);
}

static stream_read *
read_at(const stream_meter *meter, unsigned index)
{
    return &lean_list_index(&meter->blocks, stream_read *, index / READS_OF_A_BLOCK)[index % READS_OF_A_BLOCK];
}

static void
add_read(stream_meter *meter, const stream_read *read)
{
    if (meter->read_count % READS_OF_A_BLOCK == 0) {
        stream_read *block = g_new(stream_read, READS_OF_A_BLOCK);
        lean_list_append(&meter->blocks, block);
    }
    *read_at(meter, meter->read_count++) = *read;
}

static stream_read *
read_being_answered(const stream_meter *meter)
{
    return meter->answering < meter->read_count ? read_at(meter, meter->answering) : NULL;
}

static void
begin_read(stream_meter *meter, const boot_event *event, bool requested)
{
    stream_read read = { .start_frame = event->frame, .requested = requested };

    read_sums_next_request(&meter->sums, requested && meter->answering == meter->read_count
        ? MAX(event->time - meter->newest_data_time, 0) : 0);
    if (meter->answering == meter->read_count) {
        meter->request_time = meter->newest_data_time = event->time;
    } else {
        if (!meter->waiting)
            meter->waiting = g_queue_new();
        g_queue_push_tail(meter->waiting, g_memdup2(&event->time, sizeof event->time));
    }
    add_read(meter, &read);
}

/* The burst is over: what comes next belongs to the next read. */
static void
end_read(stream_meter *meter)
{
    int64_t *next_request = meter->waiting ? g_queue_pop_head(meter->waiting) : NULL;
    stream_read *over = read_at(meter, meter->answering);

    read_sums_add(&meter->sums, &(ended_read){
        .bytes = over->bytes, .packets = over->packets, .requested = over->requested, .frame = over->last_frame,
        .request_time = meter->request_time, .first_data_time = meter->request_time + meter->answer_delay,
        .last_data_time = meter->newest_data_time });
    if (over->last_frame == 0 && meter->answering > 0) /* never answered: keep the order of last frames */
        over->last_frame = read_at(meter, meter->answering - 1)->last_frame;
    if (over->requested && over->bytes > 0 && over->bytes % STREAM_SECTOR == 0)
        meter->fitting_reads++;
    if (!over->ended_by_size && over->requested && over->packets > 0 && over->time > STREAM_SLOW_READ) {
        if (!meter->slow)
            meter->slow = g_array_new(FALSE, FALSE, sizeof(unsigned));
        g_array_append_val(meter->slow, meter->answering);
    }
    meter->answering++;
    if (next_request)
        meter->request_time = meter->newest_data_time = *next_request;
    g_free(next_request);
}

/*
 * Does the size of the newest datagram show that the burst is over? All but the last are of one size, so a
 * smaller one is the last. One that is alone ends its burst if it holds whole sectors, unless it is of the size
 * that this stream's bursts are cut into: then another one may follow, and only the next request can tell.
 */
static bool
ends_burst(const stream_meter *meter, const stream_read *read)
{
    uint32_t full = meter->full_payload ? meter->full_payload : STREAM_SINGLE_READ_PAYLOAD;

    if (read->packets > 1)
        return meter->newest_payload < meter->first_payload;
    return meter->newest_payload != full && (meter->newest_payload - STREAM_READ_HEADER) % STREAM_SECTOR == 0;
}

/* Counting of overlaps starts anew: the capture has lost something. */
static void
forget_overlaps(stream_meter *meter)
{
    meter->pending = 0;
    meter->requests_since_whole = 0;
    meter->overlap_time = 0;
    meter->counted_length = 0;
}

/*
 * A request while a burst is in flight. A whole point, in the words of docs/evidence.md, is seen only where a burst ends:
 * four full datagrams of MTU 1506 make whole sectors too, so that after a loss nearly every burst would come by
 * a false one. The request counts only when the data becomes whole again; data that the
 * capture lost never does, so after the second such request everything starts anew.
 */
static bool
note_overlap(stream_meter *meter, const boot_event *event)
{
    if (++meter->requests_since_whole == 2) {
        forget_overlaps(meter);
        return false;
    }
    meter->overlap_time = event->time;
    meter->data_since_overlap = 0;
    return meter->counted_length == 2 && event->time - meter->counted[1] <= OVERLAP_WINDOW;
}

static void
note_whole_point(stream_meter *meter)
{
    /* Neighbours change places: what came one datagram before the end of a burst may have come after it. */
    if (meter->requests_since_whole > 0 && meter->data_since_overlap >= DATA_AROUND_OVERLAP) {
        meter->counted[1] = meter->counted[0];
        meter->counted[0] = meter->overlap_time;
        meter->counted_length = meter->counted_length == 0 ? 1 : 2;
    }
    meter->pending = 0;
    meter->requests_since_whole = 0;
}

/*
 * Whether the target asks again for what it asked last: with the same bytes, or in single read mode, which waits for the
 * answer, with whatever it sends to the same server while there is none.
 */
static bool
asks_again(const stream_meter *meter, const boot_event *event, bool one_at_a_time)
{
    const stream_fact *fact = &event->stream;

    if (fact->digest != 0 && fact->digest == meter->request_digest)
        return true;
    return one_at_a_time && !meter->answered && net_address_equal(&event->destination, &meter->asked);
}

/* Whether asking again is a retry. An answered heartbeat, which brings no read data, is none. */
static bool
is_retry(const stream_meter *meter, const boot_event *event)
{
    int64_t after = event->time - meter->asked_time;

    return after >= RETRY_TIME && after <= LONGEST_RETRY_TIME && (!meter->answered || meter->data_since_request > 0);
}

/* The first data of a burst and its request changed places. */
static bool
has_overtaken_its_request(const stream_meter *meter, const boot_event *event, const stream_read *current)
{
    return !current->requested && current->packets == 1 && meter->answering > 0 && meter->data_since_request > 0
        && event->time - meter->newest_data_time < RETRY_TIME;
}

static void
take_late_request(stream_meter *meter, const boot_event *event, stream_read *current)
{
    current->requested = true;
    current->start_frame = event->frame;
    meter->request_time = event->time;
}

/*
 * Stop and wait: a boot program may acknowledge each datagram of a burst with one of its own. One target datagram after
 * each server datagram is no new read, until the burst has ended; four full datagrams of it make whole sectors, too.
 */
static bool
acknowledges(const stream_meter *meter, const boot_event *event, const stream_read *current)
{
    return current->requested && current->packets > 0 && meter->data_since_request == 1
        && (meter->pending != 0 || current->packets > 1)
        && event->time - meter->newest_data_time < RETRY_TIME;
}

static stream_request
judge_request(stream_meter *meter, const boot_event *event, stream_mode mode)
{
    stream_read *current = read_being_answered(meter);
    bool again = meter->read_count > 0 && asks_again(meter, event, mode == STREAM_ONE_AT_A_TIME);
    bool retry = again && is_retry(meter, event);
    bool overlap = false;

    if (again && current && (meter->data_since_request == 0 || event->time - meter->asked_time < RETRY_TIME))
        return retry ? STREAM_REQUEST_RETRIED : STREAM_REQUEST_REPEATED;
    if (mode != STREAM_OF_BNISTACK && current && acknowledges(meter, event, current))
        return STREAM_REQUEST_ACKNOWLEDGES;
    if (current && has_overtaken_its_request(meter, event, current)) {
        take_late_request(meter, event, current);
        return STREAM_REQUEST_NEW;
    }
    if (current && (event->time - meter->newest_data_time >= RETRY_TIME || (current->packets == 0 && meter->answered))) {
        /* It wanted no data, or the rest of it is lost: what comes now answers this request. */
        forget_overlaps(meter);
        end_read(meter);
    } else if (current && current->packets > 0) {
        if (meter->pending == 0) {
            end_read(meter); /* it ended with a full-sized datagram, which only this request tells */
        } else if (current->packets >= DATA_AROUND_OVERLAP) {
            overlap = note_overlap(meter, event);
            while (meter->requests_since_whole == 0 && meter->answering < meter->read_count)
                end_read(meter); /* started anew */
        }
    }
    begin_read(meter, event, true);
    return overlap ? STREAM_REQUEST_OVERLAPS : retry ? STREAM_REQUEST_RETRIED : STREAM_REQUEST_NEW;
}

stream_request
stream_meter_add_request(stream_meter *meter, const boot_event *event, stream_mode mode)
{
    stream_request meant = judge_request(meter, event, mode);

    if (meant == STREAM_REQUEST_RETRIED)
        read_sums_retry(&meter->sums, &event->destination);
    meter->request_digest = event->stream.digest;
    meter->asked = event->destination;
    meter->asked_time = event->time;
    meter->data_since_request = 0;
    meter->answered = false;
    return meant;
}

void
stream_meter_add_other(stream_meter *meter)
{
    meter->answered = true;
}

void
stream_meter_add_logon_request(stream_meter *meter, const boot_event *event)
{
    stream_read *first = read_being_answered(meter);

    if (!first) {
        stream_meter_add_request(meter, event, STREAM_ONE_AT_A_TIME);
        return;
    }
    if (event->stream.digest != 0 && event->stream.digest == meter->request_digest)
        return; /* the same one again: the first of them counts */
    first->start_frame = event->frame;
    meter->request_time = meter->asked_time = event->time;
    meter->request_digest = event->stream.digest;
    meter->asked = event->destination;
}

uint32_t
stream_meter_newest_request(const stream_meter *meter)
{
    return meter->read_count > 0 ? read_at(meter, meter->read_count - 1)->start_frame : 0;
}

unsigned
stream_meter_reads_over(const stream_meter *meter)
{
    return MIN(meter->answering, meter->read_count);
}

const stream_read *
stream_meter_add_data(stream_meter *meter, const boot_event *event)
{
    uint32_t payload = event->stream.payload;
    stream_read *read = read_being_answered(meter);

    if (!read) {
        begin_read(meter, event, false);
        read = read_being_answered(meter);
    }
    meter->largest_payload = MAX(meter->largest_payload, payload);
    if (read->packets == 0) {
        meter->first_payload = payload;
        meter->answer_delay = MAX(event->time - meter->request_time, 0);
        meter->largest_gap = 0;
    } else {
        int64_t gap = MAX(event->time - meter->newest_data_time, 0);
        meter->largest_gap = MAX(meter->largest_gap, gap);
    }
    meter->newest_data_time = event->time;
    if (meter->data_since_request > 0 && payload == meter->newest_payload)
        meter->full_payload = payload;
    meter->data_since_request++;
    meter->data_since_overlap++;
    meter->answered = true;
    meter->newest_payload = payload;

    read->last_frame = event->frame;
    read->time = (uint32_t)CLAMP(event->time - meter->request_time, 0, UINT32_MAX);
    read->bytes += payload - STREAM_READ_HEADER;
    meter->bytes += payload - STREAM_READ_HEADER;
    read_sums_data_from(&meter->sums, &event->source);
    read->packets++;

    meter->pending = (uint16_t)((meter->pending + payload - STREAM_READ_HEADER) % STREAM_SECTOR);
    if (read->packets > STREAM_BURST_DATAGRAMS)
        forget_overlaps(meter); /* the capture has lost the end of a burst */
    if (read->packets == UINT16_MAX) {
        end_read(meter); /* one direction only: no real burst is so long, and its bytes must not overflow */
        return read;
    }
    if (!ends_burst(meter, read))
        return read;
    if (meter->pending == 0)
        note_whole_point(meter);
    else
        forget_overlaps(meter); /* over, and not whole: the capture has lost some of it */
    read->ended_by_size = true;
    end_read(meter);
    return read;
}

bool
stream_meter_burst_was_too_long(const stream_meter *meter, const stream_read *read)
{
    return read->ended_by_size && read->requested && read->packets > STREAM_BURST_DATAGRAMS
        && read->bytes % STREAM_SECTOR == 0 && meter->largest_gap < meter->answer_delay;
}

/* How many of the first count reads have a smaller frame; offset: of which frame, a uint32_t by which they are sorted. */
static unsigned
reads_before(const stream_meter *meter, unsigned count, size_t offset, uint32_t frame)
{
    unsigned low = 0, high = count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (G_STRUCT_MEMBER(uint32_t, read_at(meter, middle), offset) < frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int
stream_meter_read_of_request(const stream_meter *meter, uint32_t frame)
{
    unsigned count = meter->read_count;

    if (count > 0 && read_at(meter, count - 1)->start_frame <= frame)
        return (int)count - 1; /* on a first visit */
    return (int)reads_before(meter, count, offsetof(stream_read, start_frame), frame + 1) - 1;
}

int
stream_meter_read_of_data(const stream_meter *meter, uint32_t frame)
{
    /* Answered in order: the last frames of the reads that are over ascend; the one being answered has none yet. */
    unsigned over = stream_meter_reads_over(meter);
    unsigned index = over == 0 || read_at(meter, over - 1)->last_frame < frame ? over /* on a first visit */
        : reads_before(meter, over, offsetof(stream_read, last_frame), frame);

    return index < meter->read_count ? (int)index : -1;
}

const stream_read *
stream_meter_read(const stream_meter *meter, unsigned index)
{
    return read_at(meter, index);
}

int64_t
stream_meter_read_time(const stream_meter *meter, const stream_read *read)
{
    const slow_read *slow;

    if (read->time < UINT32_MAX)
        return read->time;
    if (read == read_being_answered(meter))
        return meter->newest_data_time - meter->request_time;
    slow = read_sums_slow(&meter->sums, read->last_frame);
    return slow ? slow->duration : read->time;
}
