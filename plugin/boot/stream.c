/* stream.c
 * The chapter of the stream: reads and their answers, in single read mode, in BNIStack, and where neither is known
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stream.h"

#include "boot_time.h"
#include "telling.h"

/* docs/diagnosis.md, .stream.stalled */
#define STALL (10 * SECOND)
#define SHORTEST_REPEAT (SECOND / 2)
#define SAME_REQUESTS 5

/* docs/diagnosis.md, .single_read.long, .stream.server_changed, .stream.server_loop, .handoff.missing */
#define LONG_SINGLE_READ (60 * SECOND)
#define SERVER_SILENCE (1 * SECOND)
#define LOOP_TIME (300 * SECOND)
#define LOOP_CHANGES 3
#define DRIVER_PAUSE (2 * SECOND)

/* So many fitting reads show that these sizes are PVS (docs/evidence.md). */
#define FITTING_READS 2

void
stream_init(stream_chapter *stream, int64_t origin)
{
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
        return to_server ? STEP_UNPLACED_REQUEST : STEP_UNPLACED_DATA;
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

    if (phase == PHASE_BOOTSTRAP || phase == PHASE_LOGON)
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
is_stalled(const stream_silence *silence, int64_t end)
{
    return silence->count >= 2 && end - silence->newest_time >= STALL;
}

bool
stream_is_frozen(const stream_chapter *stream, int64_t end)
{
    return is_stalled(&stream->silence, end);
}

static void
tell_stalled(boot_finding *finding, const stream_silence *silence, int64_t end)
{
    finding->from_frame = silence->first_frame;
    finding->times = silence->count;
    finding->duration = end - silence->newest_time;
    finding->answered = silence->answered;
}

/* The stream goes on after a stall: certain now, and kept for the frame that it began on. */
static void
note_stall(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    if (!is_stalled(&stream->silence, event->time))
        return;
    tell_stalled(boot_life_say(life, event, FINDING_STREAM_STALLED), &stream->silence, event->time);
    stream->silence.end = event->time;
    if (!stream->stalls)
        stream->stalls = g_array_new(FALSE, FALSE, sizeof(stream_silence));
    g_array_append_val(stream->stalls, stream->silence);
    stream->silence.count = 0;
}

/* A volley of requests counts once; an idle target's heartbeats, 30 s apart, are no row. */
static void
add_to_row(stream_silence *row, const boot_event *event, int64_t longest)
{
    int64_t after = event->time - row->newest_time;

    if (row->count == 0 || after > longest) {
        *row = (stream_silence){ .first_frame = event->frame, .count = 1 };
    } else if (after >= SHORTEST_REPEAT) {
        row->count++;
    }
    row->newest_frame = event->frame;
    row->newest_time = event->time;
}

/* The same request again and again, each answered by data: the data does not reach the target. */
static void
note_same_request(stream_chapter *stream, boot_life *life, const boot_event *event, bool same)
{
    stream_silence *row = &stream->same;

    if (!same || event->time - row->newest_time < SHORTEST_REPEAT) {
        row->answered = false;
        row->count = 1;
        row->first_frame = event->frame;
        row->end = event->time;
    } else if (++row->count == SAME_REQUESTS && event->time - row->end >= STALL) {
        boot_finding *finding = boot_life_say(life, event, FINDING_STREAM_STALLED);
        row->answered = true;
        tell_stalled(finding, row, row->newest_time);
        finding->duration = event->time - row->end;
    }
    row->newest_frame = event->frame;
    row->newest_time = event->time;
}

/* ---- The server ---- */

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
    stream->single.start = event->time;
}

void
stream_may_be_asked(stream_chapter *stream, const boot_event *event)
{
    stream_meter_add_logon_request(&stream->meter, event);
}

/*
 * Two addresses for which the same MAC has answered are of one server, which may have several network cards or names; and
 * so are two behind one MAC that has not answered for a gateway's address.
 */
static bool
is_same_server(const stream_chapter *stream, const boot_life *life, const boot_event *event)
{
    const net_address *a = &stream->server, *b = &event->destination;
    mac_address mac = boot_life_neighbour(life, a);

    if (net_address_equal(a, b) || (mac != 0 && mac == boot_life_neighbour(life, b)))
        return true;
    return event->destination_mac != 0 && event->destination_mac == stream->server_mac
        && !boot_life_is_gateway(life, event->destination_mac, a, b);
}

static void
note_server_change(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    boot_finding *finding = boot_life_say(life, event, FINDING_STREAM_SERVER_CHANGED);

    finding->address = event->destination;
    finding->port = event->destination_port;
    if (++stream->change_count >= LOOP_CHANGES && event->time - stream->changes[1] <= LOOP_TIME) {
        finding = boot_life_say(life, event, FINDING_STREAM_SERVER_LOOP);
        finding->times = stream->change_count;
        finding->duration = event->time - stream->changes[1];
    }
    stream->changes[1] = stream->changes[0];
    stream->changes[0] = event->time;
}

/*
 * The target goes on with another server after the former one was silent. Network cards or addresses that it uses in turn
 * are no change.
 */
static void
follow_server(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    const stream_meter *meter = &stream->meter;
    bool silent = !meter->answered && net_address_equal(&meter->asked, &stream->server)
        && event->time - meter->asked_time >= SERVER_SILENCE;

    if (net_address_known(&stream->server) && silent && !is_same_server(stream, life, event))
        note_server_change(stream, life, event);
    stream->server = event->destination;
    stream->server_mac = event->destination_mac;
}

/* ---- Reads ---- */

static stream_mode
mode_in(boot_phase phase)
{
    return phase == PHASE_SINGLE_READ ? STREAM_ONE_AT_A_TIME : phase == PHASE_BNISTACK ? STREAM_OF_BNISTACK
                                                                                     : STREAM_MODE_UNKNOWN;
}

/* Returns whether the datagram is evidence of the hand-off: the third overlapping request within a second. */
static bool
add_request(stream_chapter *stream, boot_life *life, const boot_event *event, stream_mode mode)
{
    stream_meter *meter = &stream->meter;
    int64_t before = meter->asked_time;
    bool same = event->stream.digest != 0 && event->stream.digest == meter->request_digest
        && meter->data_since_request > 0;
    stream_request meant;

    follow_server(stream, life, event);
    if (mode == STREAM_ONE_AT_A_TIME && event->time - life->times.stream >= DRIVER_PAUSE)
        stream->single.newest_pause_end = event->time;
    note_same_request(stream, life, event, same);
    meant = stream_meter_add_request(meter, event, mode);
    if (meant == STREAM_REQUEST_RETRIED) {
        boot_finding *finding = boot_life_say(life, event, FINDING_READ_RETRY);
        finding->from_frame = meter->asked_frame;
        finding->duration = event->time - before;
        stream->single.retries += mode == STREAM_ONE_AT_A_TIME;
    }
    meter->asked_frame = event->frame;
    add_to_row(&stream->silence, event, STALL);
    return meant == STREAM_REQUEST_OVERLAPS;
}

static void
add_data(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    bool unasked = stream->meter.data_since_request > 0;
    const stream_read *read = stream_meter_add_data(&stream->meter, event);

    if (unasked && read->packets == 1 && !read->requested)
        boot_life_lacks_question(life, event, SERVICE_STREAM);
    if (stream_meter_fitting_reads(&stream->meter) >= FITTING_READS)
        boot_life_raise_certainty(life, event, CERTAINTY_PVS);
    if (read->ended_by_size && read->requested && read->time > STREAM_SLOW_READ) {
        boot_finding *finding = boot_life_say(life, event, FINDING_READ_SLOW);
        finding->from_frame = read->start_frame;
        finding->duration = stream_meter_read_time(&stream->meter, read);
    }
    if (stream_meter_burst_was_too_long(&stream->meter, read))
        boot_life_say(life, event, FINDING_READ_BURST_TOO_LONG)->times = read->packets;
}

static void
add_answer(stream_chapter *stream, boot_life *life, const boot_event *event, chapter_answer *answer)
{
    stream->silence.count = 0;
    if (stream_payload_is_read_data(event->stream.payload)) {
        add_data(stream, life, event);
        stream->single.newest_pause_end = 0;
        answer->signals = stream->same.answered ? SIGNAL_READ_DATA : SIGNAL_PROGRESS | SIGNAL_READ_DATA;
        return;
    }
    stream_meter_add_other(&stream->meter);
    if (stream->single.newest_pause_end != 0 && boot_life_phase(life) == PHASE_SINGLE_READ)
        life->driver_spoke = true;
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
phase_with(boot_phase before, const chapter_answer *answer)
{
    return answer->evidence != 0 ? PHASE_BNISTACK : before;
}

chapter_answer
stream_add(stream_chapter *stream, boot_life *life, const boot_event *event)
{
    const stream_fact *fact = &event->stream;
    chapter_answer answer = { .ours = true, .evidence = evidence_of(stream, event) };
    stream_mode mode = answer.evidence ? STREAM_OF_BNISTACK : mode_in(boot_life_phase(life));

    stream->newest_port = fact->to_server ? event->source_port : event->destination_port;
    stream->server_port = fact->to_server ? event->destination_port : event->source_port;
    stream->meter.sums.phase = (uint8_t)phase_with(boot_life_phase(life), &answer);
    note_stall(stream, life, event);
    if (mode != STREAM_OF_BNISTACK && stream->port == 0)
        stream->port = fact->to_server ? event->source_port : event->destination_port;
    if (answer.evidence == HANDOFF_BY_JUMBO && stream->meter.largest_payload == STREAM_SINGLE_READ_PAYLOAD)
        answer.handoff = HANDOFF_SURELY; /* the first larger one after some of exactly that size */
    if (!fact->to_server)
        add_answer(stream, life, event, &answer);
    else if (add_request(stream, life, event, mode))
        answer.evidence |= HANDOFF_BY_OVERLAP;
    return answer;
}

/* ---- Single read mode that takes long ---- */

static void
tell_long(boot_finding *finding, const stream_chapter *stream, int64_t end)
{
    finding->duration = end - stream->single.start;
    finding->times = stream->single.retries;
}

static bool
was_long(const stream_chapter *stream, const boot_life *life, int64_t end)
{
    return stream->single.start != 0 && !life->driver_spoke && end - stream->single.start > LONG_SINGLE_READ;
}

void
stream_hands_off(const stream_chapter *stream, boot_life *life, const boot_event *event)
{
    if (!was_long(stream, life, event->time))
        return;
    tell_long(boot_life_say(life, event, FINDING_SINGLE_READ_LONG), stream, event->time);
}

/* ---- The end ---- */

void
stream_end(const stream_chapter *stream, boot_life *life, const boot_event *next)
{
    if (is_stalled(&stream->silence, next->time))
        tell_stalled(boot_life_say(life, next, FINDING_STREAM_STALLED), &stream->silence, next->time);
}

/* A read whose last datagram was a full one is known to be over only by the next request. */
static void
settle_reads(const stream_chapter *stream, boot_life *life)
{
    const GArray *slow = stream->meter.slow;

    for (unsigned i = 0; slow && i < slow->len; i++) {
        const stream_read *read = stream_meter_read(&stream->meter, g_array_index(slow, unsigned, i));
        const slow_read *over = read_sums_slow(&stream->meter.sums, read->last_frame);
        boot_finding *finding = boot_life_say_late(life, read->last_frame, over ? over->time : 0, FINDING_READ_SLOW);

        finding->from_frame = read->start_frame;
        finding->duration = stream_meter_read_time(&stream->meter, read);
    }
}

void
stream_settle(const stream_chapter *stream, boot_life *life, int64_t end)
{
    for (unsigned i = 0; stream->stalls && i < stream->stalls->len; i++) {
        const stream_silence *stall = &g_array_index(stream->stalls, stream_silence, i);
        tell_stalled(boot_life_say_late(life, stall->newest_frame, stall->newest_time, FINDING_STREAM_STALLED), stall,
            stall->end);
    }
    if (is_stalled(&stream->silence, end))
        tell_stalled(boot_life_say_late(life, stream->silence.newest_frame, stream->silence.newest_time,
            FINDING_STREAM_STALLED), &stream->silence, end);
    if (boot_life_phase(life) == PHASE_SINGLE_READ && was_long(stream, life, life->times.stream))
        tell_long(boot_life_say_late(life, life->stream_frame, life->times.stream, FINDING_SINGLE_READ_LONG), stream,
            life->times.stream);
    settle_reads(stream, life);
}

static void
tell_where_time_went(const boot_life *life, const read_sums *sums, const boot_finding *finding, GString *text)
{
    int64_t server = 0, transfer = 0, target = 0;

    for (unsigned i = 0; i < sums->parts.count; i++) {
        const read_sum *part = &lean_list_index(&sums->parts, read_sum, i);
        if (part->phase != PHASE_SINGLE_READ)
            continue;
        server += part->server_time;
        transfer += part->transfer_time;
        target += part->target_time + part->pause_time;
    }
    g_string_append_printf(text, ": %.0f s (server %.0f, transfer %.0f, target %.0f, %u retr%s)",
        telling_seconds(finding->duration), telling_seconds(server), telling_seconds(transfer), telling_seconds(target),
        finding->times, finding->times == 1 ? "y" : "ies");
    if (life->presence.by_two_stage)
        g_string_append(text, ", after a two-stage boot");
    else if (boot_firmware_is_bios(&life->firmware))
        g_string_append(text, ", BIOS, which acknowledges each datagram");
}

void
stream_tell(const stream_chapter *stream, const boot_life *life, const boot_finding *finding, GString *text)
{
    double duration = telling_seconds(finding->duration);

    switch (finding->id) {
    case FINDING_STREAM_SERVER_CHANGED:
        telling_address(text, ": ", &finding->address);
        g_string_append_printf(text, ", port %u", finding->port);
        break;
    case FINDING_STREAM_SERVER_LOOP:
        g_string_append_printf(text, ": change %u, the newest three in %.0f s", finding->times, duration);
        break;
    case FINDING_STREAM_STALLED:
        if (finding->answered)
            g_string_append_printf(text, ": the same request %u times in %.0f s since frame %u, each answered by data, which "
                "does not reach the target", finding->times, duration, finding->from_frame);
        else
            g_string_append_printf(text, ": %u datagrams in a row, the last one without an answer for %.1f s",
                finding->times, duration);
        break;
    case FINDING_SINGLE_READ_LONG:
        tell_where_time_went(life, &stream->meter.sums, finding, text);
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

const char *
stream_advice(const boot_life *life, const boot_finding *finding)
{
    if (finding->id == FINDING_STREAM_STALLED && finding->answered)
        return "Check MTU and Large Send Offload on the way to the target";
    if (finding->id == FINDING_SINGLE_READ_LONG && life->presence.by_two_stage)
        return "Usual: tens of seconds. Is BOOT.ISO older than the server? Check loss, delay, storage";
    if (finding->id == FINDING_SINGLE_READ_LONG && boot_firmware_is_bios(&life->firmware))
        return "Usual: tens of seconds. Check loss, delay, storage; try UEFI";
    return NULL;
}
