/* discover_log.h
 * The DHCP DISCOVERs of a capture: which were answered, and what tells the silent ones from the others
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DISCOVER_LOG_H
#define PVSBOOT_DISCOVER_LOG_H

#include "boot_life.h"

/* One DISCOVER; lives as long as its boot. */
typedef struct discover {
    uint32_t frame;
    boot_life *life;
    int64_t time;
    mac_address client;
    uint32_t transaction;
    uint16_t secs;
    uint8_t bucket;       /* RFC 3074 */
    bool broadcast;       /* the flag */
    net_address relay;    /* none: sent directly; with the relay's address, the segment */
    uint32_t attempt;     /* of its boot since it began or since its last ACK, from 1 */
    uint32_t answered_in; /* frame of the first OFFER of an address for it, or 0 */
    int previous;         /* index of the DISCOVER before it in its run, or -1 */
    int next;             /* index of the next one of the same boot, or -1 */
    bool run_answered;    /* kept on the newest of a run: an OFFER came, or what followed proves one */
} discover;

/* Where a boot stands in its DISCOVERs; embedded in the boot, zero means none yet. */
typedef struct discover_state {
    int newest;           /* index + 1 of its newest DISCOVER, or 0 */
    uint32_t attempts;    /* since it began or since its last ACK */
    uint32_t in_run;      /* DISCOVERs of the open run; 0: none is open */
} discover_state;

typedef struct discover_log {
    GArray *discovers; /* discover, by frame */
    bool some_forgotten;
} discover_log;

void discover_log_init(discover_log *log);
void discover_log_clear(discover_log *log);

/* A DISCOVER of a boot. Says .discover.retry, and on the fourth of a run .discover.unanswered and .secs_zero. */
void discover_log_add(discover_log *log, discover_state *state, const boot_event *event, boot_life *life);

/* An OFFER of an address to that boot: the run is answered. Returns the frame of the DISCOVER it is for, or 0. */
uint32_t discover_log_answer(discover_log *log, discover_state *state, const boot_event *offer);

/* The client went on as only an answered one does: its REQUEST names a server, or an ACK came. */
void discover_log_went_on(discover_log *log, discover_state *state, bool acknowledged);

/* The DISCOVER in this frame, or NULL. */
const discover *discover_log_at(const discover_log *log, uint32_t frame);

/*
 * Forgets the DISCOVERs of boots that are marked as forgotten. The states of the others have to be brought up to date by
 * discover_state_move with the answer, an array that the caller frees.
 */
int *discover_log_forget(discover_log *log);
void discover_state_move(discover_state *state, const int *moved_to);

/* Where the findings about a boot are put that only the capture's end tells. */
typedef finding_log *(*discover_late)(const struct boot *boot);

/* What only the capture's end tells: runs that never found an OFFER, and whether the broadcast flag decides. */
void discover_log_settle(const discover_log *log, int64_t newest_time, discover_late late);

#endif
