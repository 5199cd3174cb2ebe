/* ending.h
 * Why a boot stopped and how it ended, in one sentence; the same in tables, reports and docs
 *
 * Computed from the boot's findings and its phase, and kept nowhere else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_ENDING_H
#define PVSBOOT_ENDING_H

#include "boot.h"

/* kind, name in JSON */
#define BOOT_OUTCOMES(X) \
    X(OUTCOME_REACHED_BNISTACK, "reached_bnistack") \
    X(OUTCOME_FROZE, "froze") \
    X(OUTCOME_STOPPED, "stopped") \
    X(OUTCOME_OTHER_SYSTEM, "other_system") \
    X(OUTCOME_HANDOFF_WITHOUT_STREAM, "handoff_without_stream") \
    X(OUTCOME_NOT_HANDED_OFF, "not_handed_off") \
    X(OUTCOME_RUNNING, "running") \
    X(OUTCOME_CAPTURE_ENDED, "capture_ended")

#define OUTCOME_ENUMERATOR(id, name) id,
typedef enum outcome_kind { BOOT_OUTCOMES(OUTCOME_ENUMERATOR) } outcome_kind;
#undef OUTCOME_ENUMERATOR

typedef struct boot_outcome {
    outcome_kind kind;
    boot_phase phase; /* the last one; PHASE_NONE: not known */
    int finding;      /* finding_id of the cause, or -1 */
} boot_outcome;

/* As known by now: the next frame may change it, and a boot that is settled knows more. */
boot_outcome boot_outcome_of(const boot_t *boot);

/* The outcome in words. The caller frees the text. */
char *boot_outcome_text(const boot_t *boot);

/* The name of a kind in JSON. */
const char *boot_outcome_kind_name(outcome_kind kind);

/*
 * Says .boot.loop on the first frame of a boot, where it is the third of its target within 10 minutes and the two before
 * led nowhere.
 */
void boot_judge_loop(boot_t *boot, const boot_event *first);

#endif
