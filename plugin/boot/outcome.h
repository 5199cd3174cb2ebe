/* outcome.h
 * How a boot ended, in one sentence; the same in tables, reports and docs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_OUTCOME_H
#define PVSBOOT_OUTCOME_H

#include "boot.h"

typedef enum outcome_kind {
    OUTCOME_REACHED_BNISTACK,
    OUTCOME_HANDOFF_WITHOUT_STREAM, /* the hand-off began; the capture ended too soon to say more */
    OUTCOME_NOT_HANDED_OFF,         /* streaming in single read mode to the end */
    OUTCOME_STOPPED,                /* because of a finding */
    OUTCOME_CAPTURE_ENDED           /* nothing wrong was seen before the capture or the boot ended */
} outcome_kind;

typedef struct boot_outcome {
    outcome_kind kind;
    boot_phase phase;   /* the last one */
    finding_id finding; /* of OUTCOME_STOPPED */
} boot_outcome;

/* As known by now: the next frame may change it. */
boot_outcome boot_outcome_of(const boot_t *boot);

/* The outcome in words. The caller frees the text. */
char *boot_outcome_text(const boot_t *boot);

/*
 * Of a boot's list of phases: whether any frame stands in this one, and when it ended. A capture that begins in
 * mid-stream may pass through a phase with its first frame.
 */
bool boot_shows_phase(const boot_t *boot, unsigned index);
int64_t boot_phase_end(const boot_t *boot, unsigned index);

/* Nanoseconds that the boot spent in a phase, all its stretches together; -1 if the capture shows none. */
int64_t boot_time_in_phase(const boot_t *boot, boot_phase phase);

#endif
