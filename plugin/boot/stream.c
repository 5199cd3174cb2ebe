/* stream.c
 * The chapter of the stream: reads and their answers, in single read mode and in BNIStack
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stream.h"

#include "boot_time.h"
#include "telling.h"

/* docs/diagnosis.md, .stream.stalled and .read.slow */
#define STALL (10 * SECOND)
#define SLOW_READ (1 * SECOND)

void
stream_init(stream_chapter *stream, int64_t origin)
{
    stream_meter_init(&stream->meter);
    stream->meter.sums.origin = origin;
}

void
stream_clear(stream_chapter *stream)
{
    if (stream->stalls)
        g_array_free(stream->stalls, TRUE);
    stream_meter_clear(&stream->meter);
}

boot_step
stream_step(boot_phase phase, bool to_server)
{
    switch (phase) {
    case PHASE_LOGON:
        return to_server ? STEP_LOGON_REQUEST : STEP_LOGON_REPLY;
    case PHASE_SINGLE_READ:
        return to_server ? STEP_SINGLE_READ_REQUEST : STEP_SINGLE_READ_DATA;
    case PHASE_BNISTACK:
        return to_server ? STEP_BNISTACK_REQUEST : STEP_BNISTACK_DATA;
    case PHASE_NONE:
    case PHASE_BOOTSTRAP:
        break;
    }
    return STEP_NONE;
}

stream_kind
stream_kind_of(const stream_chapter *stream, uint32_t frame, boot_phase phase, const stream_fact *fact)
{
    const stream_read *read;
    int index;

    if (phase < PHASE_SINGLE_READ)
        return STREAM_LOGON;
    if (fact->to_server)
        return STREAM_REQUEST;
    if (!stream_payload_is_read_data(fact->payload))
        return STREAM_OTHER;
    index = stream_meter_read_of_data(&stream->meter, frame);
    read = index < 0 ? NULL : stream_meter_read(&stream->meter, (unsigned)index);
    return read && read->ended_by_size && read->last_frame == frame ? STREAM_DATA_END : STREAM_DATA;
}

/* ---- Stalls ---- */

static bool
is_stalled(const answer_wait *wait, int64_t end)
{
    return wait->count >= 2 && end - wait->newest_time >= STALL;
}

static void
tell_stalled(boot_finding *finding, const answer_wait *wait, int64_t end)
{
    finding->from_frame = wait->first_frame;
    finding->times = wait->count;
    finding->duration = end - wait->newest_time;
}

/* The stream goes on after a stall: certain now, and kept for the frame that it began on. */
static void
note_stall(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    answer_wait stall = stream->waiting;

    if (!is_stalled(&stall, event->time))
        return;
    tell_stalled(boot_life_say(life, event, FINDING_STREAM_STALLED), &stall, event->time);
    stall.first_time = event->time;
    if (!stream->stalls)
        stream->stalls = g_array_new(FALSE, FALSE, sizeof(answer_wait));
    g_array_append_val(stream->stalls, stall);
    answer_wait_stop(&stream->waiting);
}

/* ---- Reads ---- */

void
stream_see(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    if (!event->stream.fragmented || stream->fragments_seen)
        return;
    stream->fragments_seen = true;
    boot_life_say(life, event, FINDING_READ_FRAGMENTED);
}

void
stream_begin(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    boot_life_say(life, event, FINDING_STREAM_STARTED);
    stream->server = event->source;
}

void
stream_may_be_asked(stream_chapter *stream, const boot_event *event)
{
    stream_meter_add_logon_request(&stream->meter, event);
}

/* Two addresses for which the same MAC has answered are of one server, which may have several network cards or names. */
static bool
is_same_server(const boot_life *life, const net_address *a, const net_address *b)
{
    mac_address mac = boot_life_neighbour(life, a);

    return net_address_equal(a, b) || (mac != 0 && mac == boot_life_neighbour(life, b));
}

/* Returns whether the datagram is evidence of the hand-off: the third overlapping request within a second. */
static bool
add_request(stream_chapter *stream, boot_life *life, const boot_event *event, bool one_at_a_time)
{
    stream_request meant = stream_meter_add_request(&stream->meter, event, one_at_a_time);

    if (meant == STREAM_REQUEST_RETRIED) {
        boot_finding *finding = boot_life_say(life, event, FINDING_READ_RETRY);
        finding->from_frame = stream_meter_newest_request(&stream->meter);
        finding->duration = event->time - stream->meter.newest_request_time;
    }
    if (!net_address_known(&stream->server)) {
        stream->server = event->destination;
    } else if (!is_same_server(life, &stream->server, &event->destination)) {
        boot_finding *finding = boot_life_say(life, event, FINDING_STREAM_SERVER_CHANGED);
        finding->address = event->destination;
        finding->port = event->destination_port;
        stream->server = event->destination;
    }
    answer_wait_add(&stream->waiting, event, &event->destination);
    return meant == STREAM_REQUEST_OVERLAPS;
}

static void
add_data(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    const stream_read *read = stream_meter_add_data(&stream->meter, event);

    if (read->ended_by_size && read->requested && read->time > SLOW_READ) {
        boot_finding *finding = boot_life_say(life, event, FINDING_READ_SLOW);
        finding->from_frame = read->start_frame;
        finding->duration = read->time;
    }
    if (stream_meter_burst_was_too_long(&stream->meter, read))
        boot_life_say(life, event, FINDING_READ_BURST_TOO_LONG)->times = read->packets;
}

/* ---- Evidence of the hand-off ---- */

static uint16_t
evidence_of(const stream_chapter *stream, const boot_event *event)
{
    const stream_fact *fact = &event->stream;

    if (!fact->to_server && fact->payload > STREAM_SINGLE_READ_PAYLOAD)
        return HANDOFF_BY_JUMBO;
    if (fact->to_server && stream->port != 0 && event->source_port != stream->port)
        return HANDOFF_BY_PORT;
    return 0;
}

/* The phase that a datagram stands in: with the first evidence of the hand-off it is BNIStack's already. */
static boot_phase
phase_after(boot_phase before, const chapter_answer *answer)
{
    return answer->enters != PHASE_NONE ? answer->enters
        : before == PHASE_SINGLE_READ && answer->evidence != 0 ? PHASE_BNISTACK : before;
}

chapter_answer
stream_add(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    const stream_fact *fact = &event->stream;
    bool single_read = boot_life_phase(life) == PHASE_SINGLE_READ;
    chapter_answer answer = { .ours = true, .evidence = evidence_of(stream, event) };

    note_stall(stream, life, event);
    if (single_read && answer.evidence == HANDOFF_BY_JUMBO && life->from_midstream
            && stream->meter.largest_payload < STREAM_SINGLE_READ_PAYLOAD) {
        /* Nothing of single read mode's size came before: the hand-off was before the capture. */
        answer.evidence = 0;
        answer.enters = PHASE_BNISTACK;
        single_read = false;
    }
    stream->meter.sums.phase = phase_after(boot_life_phase(life), &answer);
    if (single_read && !answer.evidence && stream->port == 0)
        stream->port = fact->to_server ? event->source_port : event->destination_port;

    if (fact->to_server) {
        if (add_request(stream, life, event, single_read && !answer.evidence))
            answer.evidence |= HANDOFF_BY_OVERLAP;
    } else {
        answer_wait_stop(&stream->waiting);
        if (stream_payload_is_read_data(fact->payload)) {
            add_data(stream, life, event);
            answer.signals = SIGNAL_PROGRESS | SIGNAL_READ_DATA;
        }
    }
    return answer;
}

/* ---- The end ---- */

void
stream_end(const stream_chapter *stream, boot_life *life, const boot_event *next)
{
    if (is_stalled(&stream->waiting, next->time))
        tell_stalled(boot_life_say(life, next, FINDING_STREAM_STALLED), &stream->waiting, next->time);
}

/* A read whose last datagram was a full one is known to be over only by the next request. */
static void
settle_reads(const stream_chapter *stream, const boot_life *life, finding_log *late)
{
    for (unsigned i = 0; i < stream_meter_reads_over(&stream->meter); i++) {
        const stream_read *read = stream_meter_read(&stream->meter, i);
        boot_finding *finding;

        if (read->ended_by_size || !read->requested || read->packets == 0 || read->time <= SLOW_READ)
            continue;
        finding = finding_log_add(late, read->last_frame,
            read_sums_time_of_slow(&stream->meter.sums, read->last_frame), FINDING_READ_SLOW, life->boot);
        finding->from_frame = read->start_frame;
        finding->duration = read->time;
    }
}

void
stream_settle(const stream_chapter *stream, const boot_life *life, int64_t end, finding_log *late)
{
    for (unsigned i = 0; stream->stalls && i < stream->stalls->len; i++) {
        const answer_wait *stall = &g_array_index(stream->stalls, answer_wait, i);
        tell_stalled(finding_log_add(late, stall->newest_frame, stall->newest_time, FINDING_STREAM_STALLED, life->boot),
            stall, stall->first_time);
    }
    if (is_stalled(&stream->waiting, end))
        tell_stalled(finding_log_add(late, stream->waiting.newest_frame, stream->waiting.newest_time,
            FINDING_STREAM_STALLED, life->boot), &stream->waiting, end);
    settle_reads(stream, life, late);
}

void
stream_tell(const boot_finding *finding, GString *text)
{
    double duration = telling_seconds(finding->duration);

    switch (finding->id) {
    case FINDING_STREAM_SERVER_CHANGED:
        telling_address(text, ": ", &finding->address);
        g_string_append_printf(text, ", port %u", finding->port);
        break;
    case FINDING_STREAM_STALLED:
        g_string_append_printf(text, ": %u datagrams in a row, the last one without an answer for %.1f s",
            finding->times, duration);
        break;
    case FINDING_READ_RETRY:
        g_string_append_printf(text, " %.1f s after the request in frame %u", duration, finding->from_frame);
        break;
    case FINDING_READ_SLOW:
        g_string_append_printf(text, ": %.3f s after the request in frame %u", duration, finding->from_frame);
        break;
    case FINDING_READ_BURST_TOO_LONG:
        g_string_append_printf(text, ": %u", finding->times);
        break;
    default:
        break;
    }
}
