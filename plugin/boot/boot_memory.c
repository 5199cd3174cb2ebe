/* boot_memory.c
 * The bound on what is remembered
 *
 * A capture may hold more targets, real or spoofed, than memory has room for. Nothing stays of a boot that is forgotten:
 * on a later visit its frames belong to nobody, and if its target speaks again, that is a new boot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame_index.h"
#include "tracker_inside.h"

/* With this frame so many boots were forgotten. */
typedef struct boot_forgetting {
    uint32_t frame;
    uint32_t count;
} boot_forgetting;

/* The boot that was silent longest comes first. */
static gint
compare_silence(gconstpointer a, gconstpointer b)
{
    const boot_life *x = &(*(boot_t *const *)a)->life, *y = &(*(boot_t *const *)b)->life;

    if (x->times.end != y->times.end)
        return x->times.end < y->times.end ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* Many at a time, so that each one costs little: the lists are walked once for all of them. */
static unsigned
mark_idle_boots(boot_tracker *tracker)
{
    GPtrArray *boots = g_ptr_array_copy(tracker->context.boots, NULL, NULL);
    unsigned count = MAX(tracker->max_boots / 8, 1);

    g_ptr_array_set_free_func(boots, NULL);
    g_ptr_array_sort(boots, compare_silence);
    for (unsigned i = 0; i < count; i++)
        ((boot_t *)g_ptr_array_index(boots, i))->life.forgotten = true;
    g_ptr_array_free(boots, TRUE);
    return count;
}

static gboolean
target_is_forgotten(G_GNUC_UNUSED gpointer mac, gpointer boot, G_GNUC_UNUSED gpointer data)
{
    return ((boot_t *)boot)->life.forgotten;
}

static void
forget_notes(GArray *notes)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < notes->len; i++) {
        const boot_note *note = &g_array_index(notes, boot_note, i);
        if (!note->boot->life.forgotten)
            g_array_index(notes, boot_note, kept++) = *note;
    }
    g_array_set_size(notes, kept);
}

static bool
is_forgotten(const boot_t *boot)
{
    return boot->life.forgotten;
}

static void
remove_boots(GPtrArray *boots)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < boots->len; i++) {
        boot_t *boot = g_ptr_array_index(boots, i);
        if (boot->life.forgotten)
            boot_free(boot);
        else
            boots->pdata[kept++] = boot;
    }
    boots->len = kept;
}

static void
forget_discovers(boot_tracker *tracker)
{
    int *moved_to = discover_log_forget(tracker->context.discovers);

    for (unsigned i = 0; i < tracker->context.boots->len; i++) {
        boot_t *boot = g_ptr_array_index(tracker->context.boots, i);
        if (!boot->life.forgotten)
            discover_state_move(&boot->dhcp.discovers, moved_to);
    }
    g_free(moved_to);
}

static void
forget_unsettled(GPtrArray *boots)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < boots->len; i++)
        if (!is_forgotten(g_ptr_array_index(boots, i)))
            boots->pdata[kept++] = g_ptr_array_index(boots, i);
    g_ptr_array_set_size(boots, (int)kept);
}

/* Frees the boots that are marked as forgotten, with all that speaks of them. */
static void
forget_marked(boot_tracker *tracker)
{
    g_hash_table_foreach_remove(tracker->by_target, target_is_forgotten, NULL);
    address_book_forget(&tracker->addresses);
    partners_forget(&tracker->partners);
    forget_notes(tracker->notes);
    finding_log_forget(&tracker->context.said, is_forgotten);
    forget_unsettled(tracker->settled.unsettled);
    tracker->settled.frames = 0;
    tracker->settled.all = true; /* the rule of the broadcast flag speaks no more */
    forget_discovers(tracker);
    remove_boots(tracker->context.boots);
}

void
boot_memory_make_room(boot_tracker *tracker, uint32_t frame)
{
    boot_forgetting now = { frame, 0 };

    if (tracker->context.boots->len < tracker->max_boots)
        return;
    now.count = mark_idle_boots(tracker);
    forget_marked(tracker);
    tracker->context.forgotten += now.count;
    if (!tracker->forgettings)
        tracker->forgettings = g_array_new(FALSE, FALSE, sizeof(boot_forgetting));
    g_array_append_val(tracker->forgettings, now);
}

uint32_t
boot_tracker_forgotten_at(const boot_tracker *tracker, uint32_t frame)
{
    unsigned count = frames_until(tracker->forgettings, offsetof(boot_forgetting, frame), frame);
    const boot_forgetting *newest = count > 0 ? &g_array_index(tracker->forgettings, boot_forgetting, count - 1) : NULL;

    return newest && newest->frame == frame ? newest->count : 0;
}

uint32_t
boot_tracker_forgotten(const boot_tracker *tracker)
{
    return tracker->context.forgotten;
}
