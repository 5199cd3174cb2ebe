/* outcome.c
 * How a boot ended, in one sentence; the same in tables, reports and docs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "outcome.h"

boot_outcome
boot_outcome_of(const boot_t *boot)
{
    boot_outcome outcome = { .kind = OUTCOME_CAPTURE_ENDED, .phase = boot_phase_now(boot) };

    if (outcome.phase == PHASE_BNISTACK && boot->bnistack_streamed) {
        outcome.kind = OUTCOME_REACHED_BNISTACK;
    } else if (boot->stopped_by >= 0) {
        outcome.kind = OUTCOME_STOPPED;
        outcome.finding = (finding_id)boot->stopped_by;
    } else if (outcome.phase == PHASE_BNISTACK) {
        outcome.kind = OUTCOME_HANDOFF_WITHOUT_STREAM;
    } else if (outcome.phase == PHASE_SINGLE_READ) {
        outcome.kind = OUTCOME_NOT_HANDED_OFF;
    }
    return outcome;
}

char *
boot_outcome_text(const boot_t *boot)
{
    boot_outcome outcome = boot_outcome_of(boot);

    switch (outcome.kind) {
    case OUTCOME_REACHED_BNISTACK:
        return g_strdup("reached BNIStack");
    case OUTCOME_STOPPED:
        return g_strdup_printf("stopped in phase %d because of %s%s", outcome.phase,
            finding_kind_of(outcome.finding)->name,
            outcome.phase == PHASE_BNISTACK ? ": the hand-off began, and BNIStack never streamed" : "");
    case OUTCOME_HANDOFF_WITHOUT_STREAM:
        return g_strdup("the hand-off began, and the capture ended before BNIStack streamed");
    case OUTCOME_NOT_HANDED_OFF:
        return g_strdup("streaming, not handed off");
    case OUTCOME_CAPTURE_ENDED:
        break;
    }
    return g_strdup_printf("capture ended in phase %d", outcome.phase);
}

bool
boot_shows_phase(const boot_t *boot, unsigned index)
{
    const boot_mark *mark = &g_array_index(boot->phases, boot_mark, index);

    return index + 1 == boot->phases->len || mark[1].frame != mark->frame;
}

int64_t
boot_phase_end(const boot_t *boot, unsigned index)
{
    return index + 1 < boot->phases->len ? g_array_index(boot->phases, boot_mark, index + 1).time : boot->end_time;
}

int64_t
boot_time_in_phase(const boot_t *boot, boot_phase phase)
{
    int64_t total = -1;

    for (unsigned i = 0; i < boot->phases->len; i++) {
        const boot_mark *mark = &g_array_index(boot->phases, boot_mark, i);

        if (mark->value == phase && boot_shows_phase(boot, i))
            total = MAX(total, 0) + boot_phase_end(boot, i) - mark->time;
    }
    return total;
}
