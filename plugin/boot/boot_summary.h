/* boot_summary.h
 * The facts of one boot as flat numbers: what tables, trees and documents show of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_SUMMARY_H
#define PVSBOOT_BOOT_SUMMARY_H

#include "boot_tracker.h"
#include "ending.h"

/* Stands for what the capture does not show, so that it is not taken for zero. */
#define NOT_IN_CAPTURE (-1)

/* Times are in nanoseconds. As known by the newest verdict: a boot goes on, and a later pass knows more. */
typedef struct boot_summary {
    const boot_t *boot;
    boot_outcome outcome;
    int64_t phase_times[PHASE_BNISTACK + 1]; /* by phase */
    int64_t discovers;
    const bootstrap_transfer *download; /* the one that counts; NULL: none in the capture */
    int64_t download_time;
    int64_t logon_time;        /* to the first read data */
    int64_t reads;             /* those whose data came, be it in part */
    uint64_t bytes;
    int64_t stream_time;       /* from the first read data to the newest datagram */
    int64_t handoff_gap;
    uint32_t findings[FINDING_COUNT]; /* how often each was found */
    int worst;                 /* finding_id of the gravest one, the first among equals; -1: no fault or symptom */
    uint32_t worst_frame;
    unsigned reads_summed;     /* so many of the first reads are in the two sums below */
    uint32_t reads_over;
    uint64_t bytes_over;
} boot_summary;

/* The summaries of a capture's boots, made from their verdicts. */
typedef struct boot_summaries {
    const boot_context *context; /* of the capture that they belong to */
    uint32_t forgotten;          /* without so many boots, which the tracker has forgotten */
    uint32_t said_until;         /* up to this frame the findings that were certain at once are counted */
    GHashTable *by_number;       /* boot number -> boot_summary; owns them */
} boot_summaries;

void boot_summaries_init(boot_summaries *summaries);
void boot_summaries_clear(boot_summaries *summaries);

/* Forgets all, to begin anew. */
void boot_summaries_reset(boot_summaries *summaries);

/*
 * Takes the verdict on one frame, each frame once, and returns its boot's summary, which stays where it is until the
 * next reset, or until its boot is forgotten. What only later frames tell is counted from the verdicts of later visits.
 */
const boot_summary *boot_summaries_add(boot_summaries *summaries, const boot_verdict *verdict);

/* To be called before summaries are used at another time: leaves out the boots that the tracker has forgotten. */
void boot_summaries_forget(boot_summaries *summaries);

/* The summary of the boot with this number, or NULL before its first verdict. */
const boot_summary *boot_summaries_get(const boot_summaries *summaries, uint32_t number);

/*
 * The read that is over with this frame, or NULL. A first visit learns of a read that ended with a full-sized datagram
 * only with the next request; a later one knows it with that datagram.
 */
const stream_read *boot_verdict_ends_read(const boot_verdict *verdict, uint32_t frame);

#endif
