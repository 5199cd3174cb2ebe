/* boot_tracker.c
 * All boots of a capture: events in, verdicts out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_tracker.h"

#include "frame_index.h"
#include "tracker_inside.h"

boot_tracker *
boot_tracker_new(int64_t boot_gap, unsigned max_boots)
{
    boot_tracker *tracker = g_new0(boot_tracker, 1);

    tracker->boot_gap = boot_gap;
    tracker->max_boots = MAX(max_boots, 1);
    tracker->context.boots = g_ptr_array_new_with_free_func((GDestroyNotify)boot_free);
    tracker->context.discovers = g_new0(discover_log, 1);
    tracker->settled.unsettled = g_ptr_array_new();
    tracker->by_target = g_hash_table_new(mac_hash, mac_hash_equal);
    address_book_init(&tracker->addresses);
    dhcp_transactions_init(&tracker->transactions);
    tracker->senders = mac_senders_new();
    tracker->context.texts = g_string_chunk_new(1024);
    partners_init(&tracker->partners);
    tracker->ordinary = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);
    tracker->notes = g_array_new(FALSE, FALSE, sizeof(boot_note));
    tracker->copies = frame_copies_new();
    discover_log_init(tracker->context.discovers);
    return tracker;
}

void
boot_tracker_free(boot_tracker *tracker)
{
    frame_copies_free(tracker->copies);
    g_array_free(tracker->notes, TRUE);
    g_hash_table_destroy(tracker->ordinary);
    g_hash_table_destroy(tracker->senders);
    dhcp_transactions_clear(&tracker->transactions);
    partners_clear(&tracker->partners);
    address_book_clear(&tracker->addresses);
    g_hash_table_destroy(tracker->by_target);
    g_ptr_array_free(tracker->settled.unsettled, TRUE);
    if (tracker->forgettings)
        g_array_free(tracker->forgettings, TRUE);
    g_ptr_array_free(tracker->context.boots, TRUE);
    discover_log_clear(tracker->context.discovers);
    g_free(tracker->context.discovers);
    finding_log_clear(&tracker->context.said);
    stream_arrivals_clear(&tracker->context.arrivals);
    if (tracker->context.versions)
        g_ptr_array_free(tracker->context.versions, TRUE);
    g_string_chunk_free(tracker->context.texts);
    capture_clock_clear(&tracker->clock);
    g_free(tracker);
}

const GPtrArray *
boot_tracker_boots(const boot_tracker *tracker)
{
    return tracker->context.boots;
}

const finding_log *
boot_tracker_said(const boot_tracker *tracker)
{
    return &tracker->context.said;
}

uint32_t
boot_tracker_frames_seen(const boot_tracker *tracker)
{
    return tracker->frames_seen;
}

int64_t
boot_tracker_start_time(const boot_tracker *tracker)
{
    return tracker->context.start_time;
}

int64_t
boot_tracker_newest_time(const boot_tracker *tracker)
{
    return tracker->clock.newest;
}

bool
boot_tracker_is_target(const boot_tracker *tracker, const net_address *address, uint32_t frame)
{
    const boot_t *boot = address_book_owner(&tracker->addresses, address, frame);

    return boot && boot_life_certainty_at(&boot->life, frame) >= CERTAINTY_PXE;
}

bool
boot_tracker_speaks_with(const boot_tracker *tracker, const net_address *target, uint16_t target_port,
    const net_address *server, uint32_t frame)
{
    return partners_speak(&tracker->partners, target, target_port, server, frame);
}

/* ---- First visit ---- */

/*
 * The frames from this one on are taken back: what was noted of them is forgotten, so that others can have their numbers.
 * What they told stays told, the boots that they began too: a filter for phase 4 would else drop each boot's beginning, and
 * with it the boot.
 */
static void
take_back(boot_tracker *tracker, uint32_t frame)
{
    tracker->context.other_frames |= tracker->dhcp_frame != tracker->newest_frame && tracker->newest_frame != 0;
    g_array_set_size(tracker->notes, frames_until(tracker->notes, offsetof(boot_note, frame), frame - 1));
    finding_log_rewind(&tracker->context.said, frame);
    frame_copies_rewind(tracker->copies, frame);
    capture_clock_rewind(&tracker->clock, frame);
    partners_rewind(&tracker->partners, frame);
    tracker->newest_frame = frame - 1;
    tracker->settled.frames = 0;
    tracker->settled.all = true;
}

bool
boot_tracker_see_frame(boot_tracker *tracker, uint32_t frame, int64_t stamp)
{
    int64_t time;

    if (frame <= tracker->newest_frame)
        take_back(tracker, frame);
    time = capture_clock_add(&tracker->clock, frame, stamp);
    if (tracker->newest_frame == 0)
        tracker->context.start_time = time;
    else if (tracker->dhcp_frame != tracker->newest_frame)
        tracker->context.other_frames = true;
    tracker->newest_frame = frame;
    tracker->frames_seen++;
    return tracker->context.boots->len > 0;
}

/* Whether the dissector of pvs tells it, before the frame as a whole is seen. */
static bool
comes_before_the_frame(const boot_event *event)
{
    return event->kind == BOOT_EVENT_STREAM
        || (event->kind == BOOT_EVENT_BOOTSTRAP && event->bootstrap.transport == BOOTSTRAP_BY_TWO_STAGE);
}

/* Amid a download a frame without a note is a block or an ACK; this one is neither: its note has no step. */
static void
note_that_it_is_nothing(boot_tracker *tracker, const boot_event *event)
{
    boot_note note = { .frame = event->frame, .boot = event_owner_by_address(tracker, event), .is_nothing = true };

    if (event->kind == BOOT_EVENT_BOOTSTRAP && note.boot)
        g_array_append_val(tracker->notes, note);
}

/* Returns whether a boot takes the event. */
static bool
take(boot_tracker *tracker, const boot_event *event)
{
    dhcp_client client = DHCP_CLIENT_UNKNOWN;
    boot_t *boot = event_owner(tracker, event, &client);
    chapter_answer answer = boot ? boot_add(boot, event, client) : NOT_OURS;

    if (boot)
        boot_tracker_touch(tracker, boot, event->time);
    if (answer.ours)
        event_owner_learn(tracker, boot, event, client);
    else
        boot = finding_log_owner(&tracker->context.said, event->frame); /* what is said of a boot shows that boot */
    if (boot && (answer.step != STEP_NONE || !answer.ours || event->kind == BOOT_EVENT_ICMP)) {
        boot_note note = {
            .frame = event->frame,
            .step = (uint16_t)answer.step,
            .server = answer.server,
            .answers = answer.answers,
            .of_transfer = answer.transfer != NULL,
            .boot = boot
        };
        if (note.of_transfer)
            note.transfer = answer.transfer;
        else
            note.wait = answer.wait;
        g_array_append_val(tracker->notes, note);
    }
    return boot != NULL;
}

static bool
add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    if (frame_copies_add(tracker->copies, event) == 0 && !take(tracker, event)) {
        note_that_it_is_nothing(tracker, event);
        return false;
    }
    if (!boot_recall_frame(tracker, event, verdict))
        return false;
    verdict->time = event->time;
    verdict->first_visit = true;
    return true;
}

bool
boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    int64_t time;
    boot_event timed;

    if (comes_before_the_frame(event) && event->frame <= tracker->newest_frame)
        take_back(tracker, event->frame);
    if (event->kind == BOOT_EVENT_DHCP)
        tracker->dhcp_frame = event->frame;
    else
        tracker->context.other_frames = true;
    time = capture_clock_add(&tracker->clock, event->frame, event->time);
    if (tracker->newest_frame == 0)
        tracker->context.start_time = time;
    if (time == event->time)
        return add(tracker, event, verdict);
    timed = *event;
    timed.time = time;
    return add(tracker, &timed, verdict);
}

/* ---- What only the capture's end tells ---- */

void
boot_tracker_touch(boot_tracker *tracker, boot_t *boot, int64_t time)
{
    if (boot->life.times.touched == BOOT_SETTLED)
        g_ptr_array_add(tracker->settled.unsettled, boot);
    boot->life.times.touched = MAX(boot->life.times.touched, time);
}

/* What all boots of a capture share, and rules ask for, has changed. */
static bool
context_has_changed(boot_tracker *tracker)
{
    const boot_context *context = &tracker->context;
    settling *settled = &tracker->settled;
    bool changed = settled->other_frames != context->other_frames
        || settled->read_request_seen != context->read_request_seen;

    settled->other_frames = context->other_frames;
    settled->read_request_seen = context->read_request_seen;
    return changed;
}

static void
touch_all(boot_tracker *tracker)
{
    const GPtrArray *boots = tracker->context.boots;

    for (unsigned i = 0; i < boots->len; i++)
        boot_tracker_touch(tracker, g_ptr_array_index(boots, i), ((boot_t *)g_ptr_array_index(boots, i))->life.times.first);
}

/* Those that may tell something else as the capture goes on stay in the list. */
static void
keep_unripe(boot_tracker *tracker)
{
    GPtrArray *boots = tracker->settled.unsettled;
    unsigned kept = 0;

    for (unsigned i = 0; i < boots->len; i++) {
        boot_t *boot = g_ptr_array_index(boots, i);
        finding_log_sort(&boot->life.late);
        if (boot_may_ripen(boot, tracker->clock.newest))
            boots->pdata[kept++] = boot;
        else
            boot->life.times.touched = BOOT_SETTLED;
    }
    g_ptr_array_set_size(boots, (int)kept);
}

void
boot_tracker_settle(boot_tracker *tracker)
{
    discover_log *discovers = tracker->context.discovers;

    if (tracker->settled.frames == tracker->frames_seen)
        return;
    tracker->settled.frames = tracker->frames_seen;
    if (tracker->newest_frame != 0 && tracker->dhcp_frame != tracker->newest_frame)
        tracker->context.other_frames = true;
    tracker->settled.all |= context_has_changed(tracker) || discover_log_flag_may_decide(discovers);
    if (tracker->settled.all)
        touch_all(tracker);
    tracker->settled.all = false;
    for (unsigned i = 0; i < tracker->settled.unsettled->len; i++)
        boot_settle(g_ptr_array_index(tracker->settled.unsettled, i), tracker->clock.newest);
    discover_log_settle_flag(discovers, tracker->clock.newest);
    keep_unripe(tracker);
}
