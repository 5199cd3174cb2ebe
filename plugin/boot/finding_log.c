/* finding_log.c
 * What was found, in the order of frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "finding_log.h"

#include "frame_index.h"

static void
set_size(finding_log *log, unsigned size)
{
    if (log->findings)
        g_array_set_size(log->findings, size);
}

void
finding_log_clear(finding_log *log)
{
    if (log->findings)
        g_array_free(log->findings, TRUE);
}

void
finding_log_reset(finding_log *log)
{
    set_size(log, 0);
}

static boot_finding *
finding_at(const finding_log *log, unsigned index)
{
    return &g_array_index(log->findings, boot_finding, index);
}

boot_finding *
finding_log_add(finding_log *log, uint32_t frame, int64_t time, finding_id id, struct boot *boot)
{
    boot_finding finding = { .frame = frame, .time = time, .id = (uint8_t)id, .boot = boot };

    if (!log->findings)
        log->findings = g_array_new(FALSE, TRUE, sizeof(boot_finding));
    g_array_append_val(log->findings, finding);
    return finding_at(log, log->findings->len - 1);
}

void
finding_log_forget(finding_log *log, bool (*is_forgotten)(const struct boot *boot))
{
    unsigned kept = 0;

    for (unsigned i = 0; i < finding_log_count(log); i++)
        if (!is_forgotten(finding_at(log, i)->boot))
            *finding_at(log, kept++) = *finding_at(log, i);
    set_size(log, kept);
}

boot_finding *
finding_log_find(const finding_log *log, uint32_t frame, finding_id id, const struct boot *boot)
{
    unsigned before = frame > 0 ? frames_until(log->findings, offsetof(boot_finding, frame), frame - 1) : 0;

    for (unsigned i = before; i < finding_log_count(log) && finding_at(log, i)->frame == frame; i++)
        if (finding_at(log, i)->id == id && finding_at(log, i)->boot == boot)
            return finding_at(log, i);
    return NULL;
}

struct boot *
finding_log_owner(const finding_log *log, uint32_t frame)
{
    const boot_finding *first;

    return finding_log_of_frame(log, frame, &first) > 0 ? first->boot : NULL;
}

void
finding_log_rewind(finding_log *log, uint32_t frame)
{
    set_size(log, frames_until(log->findings, offsetof(boot_finding, frame), frame - 1));
}

static gint
compare_frames(gconstpointer a, gconstpointer b)
{
    const boot_finding *x = a, *y = b;

    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    return (int)x->id - (int)y->id;
}

void
finding_log_sort(finding_log *log)
{
    if (log->findings)
        g_array_sort(log->findings, compare_frames);
}

unsigned
finding_log_of_frame(const finding_log *log, uint32_t frame, const boot_finding **first)
{
    unsigned before, count = finding_log_count(log);

    *first = NULL;
    if (count == 0 || finding_at(log, count - 1)->frame < frame)
        return 0; /* a frame without a finding on its first visit: nearly all of them */
    before = frame > 0 ? frames_until(log->findings, offsetof(boot_finding, frame), frame - 1) : 0;
    *first = before < count ? finding_at(log, before) : NULL;
    return frames_until(log->findings, offsetof(boot_finding, frame), frame) - before;
}
