/* boot_recall.c
 * What is told of a frame: the same on its first visit and on every later one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "frame_index.h"
#include "tracker_inside.h"

static const boot_note *
note_of_frame(const boot_tracker *tracker, uint32_t frame)
{
    const GArray *notes = tracker->notes;
    const boot_note *note;
    unsigned count;

    if (notes->len == 0 || g_array_index(notes, boot_note, notes->len - 1).frame < frame)
        return NULL; /* a frame without a note on its first visit: nearly all of them */
    count = frames_until(notes, offsetof(boot_note, frame), frame);
    note = count > 0 ? &g_array_index(notes, boot_note, count - 1) : NULL;
    return note && note->frame == frame ? note : NULL;
}

/* Fills in what every verdict has. Step, server and so on come from the note, where there is one. */
static bool
judge(const boot_t *boot, const boot_note *note, uint32_t frame, boot_verdict *verdict)
{
    const boot_mark *phase = boot_life_phase_at(&boot->life, frame);

    if (!phase)
        return false;
    memset(verdict, 0, sizeof *verdict);
    verdict->boot = boot;
    verdict->phase = (boot_phase)phase->value;
    verdict->phase_start_frame = phase->frame;
    verdict->phase_start_time = phase->time;
    if (note) {
        verdict->step = (boot_step)note->step;
        verdict->server = note->server;
        verdict->answers = note->answers;
        if (note->of_transfer)
            verdict->transfer = note->transfer;
        else
            verdict->wait = note->wait;
    }
    return true;
}

static void
judge_read(const boot_t *boot, const boot_event *event, boot_verdict *verdict)
{
    const stream_meter *meter = &boot_stream(boot)->meter;
    int index;

    if (verdict->kind == STREAM_REQUEST)
        index = stream_meter_read_of_request(meter, event->frame);
    else if (verdict->kind == STREAM_DATA || verdict->kind == STREAM_DATA_END)
        index = stream_meter_read_of_data(meter, event->frame);
    else
        return;
    if (index < 0)
        return;
    verdict->read_number = (uint32_t)index + 1;
    verdict->read = stream_meter_read(meter, (unsigned)index);
    verdict->read_is_over = (unsigned)index < stream_meter_reads_over(meter);
}

static bool
judge_stream(const boot_t *boot, const boot_note *note, const boot_event *event, boot_verdict *verdict)
{
    const stream_fact *fact = &event->stream;

    if (!judge(boot, note, event->frame, verdict))
        return false;
    if (verdict->step == STEP_NONE)
        verdict->step = stream_step(verdict->phase, fact->to_server);
    verdict->server = fact->to_server ? event->destination : event->source;
    if (verdict->step == STEP_LOGON_REQUEST || verdict->step == STEP_LOGON_REPLY)
        verdict->logon_exchange = logon_exchange_at(boot_logon(boot), event->frame, &verdict->logon_in_turn);
    verdict->kind = stream_kind_of(boot_stream(boot), event->frame, verdict->phase, fact);
    judge_read(boot, event, verdict);
    return true;
}

/* Blocks and ACKs in the middle of a download have no note: their transfer tells. */
static bool
judge_bootstrap(const boot_t *boot, const boot_event *event, boot_verdict *verdict)
{
    net_address own = boot_life_address_at(&boot->life, event->frame);
    bool from_target = net_address_equal(&event->source, &own);

    if (!judge(boot, NULL, event->frame, verdict) || verdict->phase != PHASE_BOOTSTRAP)
        return false;
    verdict->transfer = download_at(&boot->download, event->frame,
        from_target ? &event->destination : &event->source,
        from_target ? event->source_port : event->destination_port);
    if (!verdict->transfer || event->frame > verdict->transfer->last_frame)
        return false;
    verdict->server = verdict->transfer->server;
    verdict->step = from_target ? STEP_BOOTSTRAP_ACK : STEP_BOOTSTRAP_DATA;
    return true;
}

static bool
recall_original(const boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    const boot_note *note = note_of_frame(tracker, event->frame);
    const boot_t *boot = note ? note->boot : NULL;

    if (event->kind == BOOT_EVENT_STREAM) {
        if (!boot)
            boot = address_book_owner(&tracker->addresses,
                event->stream.to_server ? &event->source : &event->destination, event->frame);
        return boot && judge_stream(boot, note, event, verdict);
    }
    if (note) {
        if (note->is_nothing || !judge(boot, note, event->frame, verdict))
            return false;
        if (note->step == STEP_DHCP_DISCOVER)
            verdict->discover = discover_log_at(tracker->context.discovers, event->frame);
        return true;
    }
    if (event->kind != BOOT_EVENT_BOOTSTRAP)
        return false;
    boot = event_owner_by_address(tracker, event);
    return boot && judge_bootstrap(boot, event, verdict);
}

/* A copy carries its original's phase and step, but what happened stands on the original only. */
bool
boot_recall_frame(const boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    boot_event original = *event;

    original.frame = frame_copies_original(tracker->copies, event->frame);
    if (original.frame != 0)
        return recall_original(tracker, &original, verdict);
    if (!recall_original(tracker, event, verdict))
        return false;
    verdict->finding_count[0] = finding_log_of_frame(&tracker->context.said, event->frame, &verdict->findings[0]);
    return true;
}

bool
boot_tracker_recall(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    boot_tracker_settle(tracker);
    if (!boot_recall_frame(tracker, event, verdict))
        return false;
    verdict->time = capture_clock_at(&tracker->clock, event->frame, event->time);
    if (frame_copies_original(tracker->copies, event->frame) == 0) {
        const boot_life *life = &verdict->boot->life;
        verdict->finding_count[1] = finding_log_of_frame(&life->late, event->frame, &verdict->findings[1]);
        verdict->finding_count[2] = finding_log_of_frame(&life->late_discovers, event->frame, &verdict->findings[2]);
    }
    return true;
}

bool
boot_verdict_shows(const boot_verdict *verdict, unsigned list, unsigned index)
{
    const boot_finding *finding = &verdict->findings[list][index];

    if (list == 0)
        return verdict->first_visit || !boot_refutes(finding);
    for (unsigned i = 0; i < verdict->finding_count[0]; i++)
        if (verdict->findings[0][i].id == finding->id && !boot_refutes(&verdict->findings[0][i]))
            return false;
    return true;
}
