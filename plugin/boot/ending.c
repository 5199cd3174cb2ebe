/* ending.c
 * Why a boot stopped and how it ended, in one sentence; the same in tables, reports and docs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ending.h"

/*
 * The faults that can be why a boot stopped: those said since it last came further, and of those that only the end tells
 * the ones in its last phase that nothing good has followed. A missing hand-off always is: the rule itself asks for the end.
 */
static uint64_t
open_faults(const boot_t *boot)
{
    const boot_life *life = &boot->life;
    uint64_t faults = life->open_faults;

    for (unsigned i = 0; i < boot->late.findings->len; i++) {
        const boot_finding *finding = &g_array_index(boot->late.findings, boot_finding, i);
        const boot_mark *phase = boot_life_phase_at(life, finding->frame);

        if (finding->id == FINDING_HANDOFF_MISSING
                || (finding->frame >= life->progress_frame && phase && phase->value == boot_life_phase(life)))
            faults |= finding_fault_bit(finding->id);
    }
    return faults;
}

boot_outcome
boot_outcome_of(const boot_t *boot)
{
    boot_outcome outcome = { OUTCOME_CAPTURE_ENDED, boot_life_phase(&boot->life), finding_first_fault(open_faults(boot)) };

    if (outcome.phase == PHASE_BNISTACK && boot_life_reached(&boot->life, REACHED_BNISTACK_DATA)) {
        outcome.kind = OUTCOME_REACHED_BNISTACK;
        outcome.finding = -1;
    } else if (outcome.finding >= 0) {
        outcome.kind = OUTCOME_STOPPED;
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
            finding_kind_of((finding_id)outcome.finding)->name,
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

const char *
boot_outcome_kind_name(outcome_kind kind)
{
    static const char *const names[] = {
#define OUTCOME_NAME(id, name) [id] = name,
        BOOT_OUTCOMES(OUTCOME_NAME)
#undef OUTCOME_NAME
    };

    return names[kind];
}
