/* boot_summary.h
 * The facts of one boot as flat numbers: what tables, trees and documents show of it
 *
 * They are made when a statistic is drawn, of what all frames up to then have told: so they are the same in every pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_SUMMARY_H
#define PVSBOOT_BOOT_SUMMARY_H

#include "boot_tracker.h"
#include "ending.h"

/* Stands for what the capture does not show, so that it is not taken for zero. */
#define NOT_IN_CAPTURE (-1)

/* A finding of a boot. */
typedef struct summed_finding {
    boot_finding finding;
    bool later;                /* only later frames told it */
} summed_finding;

/* What the boot's reads add up to. */
typedef struct reads_summary {
    int64_t count;             /* those whose data came, be it in part */
    uint64_t bytes;            /* of all read data */
    int64_t time;              /* from the first read data to the newest streaming datagram */
    int64_t open_time;         /* of it, during which a read was open */
    uint64_t open_bytes;       /* what came meanwhile */
} reads_summary;

/* One boot; times are in nanoseconds. */
typedef struct boot_summary {
    const boot_t *boot;
    boot_outcome outcome;
    int64_t start;             /* of the boot, since the capture's first frame */
    int64_t phase_times[PHASE_BNISTACK + 1]; /* by phase */
    int64_t discovers;
    const bootstrap_transfer *download; /* the one that counts; NULL: none in the capture */
    int64_t download_time;
    int64_t logon_time;        /* to the first read data */
    int64_t handoff_time;      /* from the boot's first frame to the hand-off */
    int64_t handoff_gap;
    reads_summary reads;
    const summed_finding *findings; /* in the order of their frames */
    unsigned finding_count;
    uint32_t found[FINDING_COUNT]; /* how often each stands there */
    int worst;                 /* finding_id of the gravest one, the first among equals; -1: no fault or symptom */
} boot_summary;

/* The summaries of all boots of a capture. */
typedef struct boot_summaries boot_summaries;

/* Sums up what is known by now. Valid until the tracker's next event. The caller frees it: boot_summaries_free. */
boot_summaries *boot_summaries_new(boot_tracker *tracker);
void boot_summaries_free(boot_summaries *summaries);

/* The boots in the order of their numbers, and the one with a number, or NULL. */
unsigned boot_summaries_count(const boot_summaries *summaries);
const boot_summary *boot_summaries_at(const boot_summaries *summaries, unsigned index);
const boot_summary *boot_summaries_get(const boot_summaries *summaries, uint32_t number);

#endif
