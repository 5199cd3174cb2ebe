/* boot_tracker.c
 * All boots of a capture: events in, verdicts out
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_tracker.h"

#include "tracker_inside.h"

boot_tracker *
boot_tracker_new(int64_t boot_gap, unsigned max_boots)
{
    boot_tracker *tracker = g_new0(boot_tracker, 1);

    tracker->boot_gap = boot_gap;
    tracker->max_boots = MAX(max_boots, 1);
    tracker->context.boots = g_ptr_array_new_with_free_func((GDestroyNotify)boot_free);
    tracker->context.discovers = g_new0(discover_log, 1);
    tracker->by_target = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);
    address_book_init(&tracker->addresses);
    tracker->ordinary = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);
    tracker->notes = g_array_new(FALSE, FALSE, sizeof(boot_note));
    tracker->copies = frame_copies_new();
    finding_log_init(&tracker->context.said);
    discover_log_init(tracker->context.discovers);
    return tracker;
}

void
boot_tracker_free(boot_tracker *tracker)
{
    frame_copies_free(tracker->copies);
    g_array_free(tracker->notes, TRUE);
    g_hash_table_destroy(tracker->ordinary);
    address_book_clear(&tracker->addresses);
    g_hash_table_destroy(tracker->by_target);
    if (tracker->forgettings)
        g_array_free(tracker->forgettings, TRUE);
    g_ptr_array_free(tracker->context.boots, TRUE);
    discover_log_clear(tracker->context.discovers);
    g_free(tracker->context.discovers);
    finding_log_clear(&tracker->context.said);
    g_free(tracker);
}

const GPtrArray *
boot_tracker_boots(const boot_tracker *tracker)
{
    return tracker->context.boots;
}

bool
boot_tracker_is_target(const boot_tracker *tracker, const net_address *address, uint32_t frame)
{
    const boot_t *boot = address_book_owner(&tracker->addresses, address, frame);

    return boot && boot_life_certainty_at(&boot->life, frame) >= CERTAINTY_PXE;
}

/* ---- First visit ---- */

void
boot_tracker_see_frame(boot_tracker *tracker, int64_t time)
{
    tracker->newest_time = tracker->frames_seen++ == 0 ? time : MAX(tracker->newest_time, time);
}

/* Amid a download a frame without a note is a block or an ACK; this one is neither: its note has no step. */
static void
note_that_it_is_nothing(boot_tracker *tracker, const boot_event *event)
{
    boot_note note = { .frame = event->frame, .boot = event_owner_by_address(tracker, event) };

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

    if (!answer.ours)
        return false;
    event_owner_learn(tracker, boot, event, client);
    if (answer.step != STEP_NONE) {
        boot_note note = { event->frame, answer.step, answer.server, answer.transfer, answer.answers, boot };
        g_array_append_val(tracker->notes, note);
    }
    return true;
}

bool
boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    if (frame_copies_add(tracker->copies, event) == 0 && !take(tracker, event)) {
        note_that_it_is_nothing(tracker, event);
        return false;
    }
    if (!boot_recall_frame(tracker, event, verdict))
        return false;
    verdict->first_visit = true;
    return true;
}

/* ---- What only the capture's end tells ---- */

static finding_log *
late_log_of(const boot_t *boot)
{
    return (finding_log *)&boot->late;
}

void
boot_tracker_settle(boot_tracker *tracker)
{
    const GPtrArray *boots = tracker->context.boots;

    if (tracker->frames_settled == tracker->frames_seen)
        return;
    tracker->frames_settled = tracker->frames_seen;
    for (unsigned i = 0; i < boots->len; i++)
        boot_settle(g_ptr_array_index(boots, i), tracker->newest_time);
    discover_log_settle(tracker->context.discovers, tracker->newest_time, late_log_of);
    for (unsigned i = 0; i < boots->len; i++)
        finding_log_sort(&((boot_t *)g_ptr_array_index(boots, i))->late);
}
