/* discover_log.h
 * The DHCP DISCOVERs of a capture: which were answered, and what tells the silent ones from the others
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DISCOVER_LOG_H
#define PVSBOOT_DISCOVER_LOG_H

#include "boot_life.h"

/* An OFFER that comes so long after its run's first DISCOVER is late (docs/diagnosis.md). */
#define DISCOVER_LATE INT64_C(10000000000)

/* One DISCOVER; lives as long as its boot. */
typedef struct discover {
    boot_life *life;
    int64_t time;
    uint32_t frame;
    uint32_t transaction;
    uint32_t attempt;     /* of its boot since it began or since its last ACK, from 1 */
    uint32_t answered_in; /* frame of the first OFFER of an address for it, or 0 */
    int previous;         /* index of the DISCOVER before it in its run, or -1 */
    int next;             /* index of the next one of the same boot, or -1 */
    uint16_t secs;
    uint8_t bucket;       /* RFC 3074 */
    bool broadcast : 1;   /* the flag */
    bool meant : 1;       /* an OFFER came for it, and not for a later one of the same transaction */
    bool run_answered : 1; /* kept on the newest of a run: an OFFER came, or what followed proves one */
    net_address relay;    /* none: sent directly; with the relay's address, the segment */
} discover;

/* A run of DISCOVERs: they end with an OFFER to one of them, with what proves an answer, or with the boot. */
typedef struct discover_run {
    uint32_t first_frame;
    uint32_t count;       /* 0: none is open */
    int64_t first_time, newest_time;
    bool secs_zero;       /* in every one */
    bool proxied;         /* a host that a relay sent them to answers as proxyDHCP, so it is there */
} discover_run;

/* Where a boot stands in its DISCOVERs; embedded in the boot, zero means none yet. */
typedef struct discover_state {
    int newest;           /* index + 1 of its newest DISCOVER, or 0 */
    uint32_t attempts;    /* since it began or since its last ACK */
    discover_run run;     /* the open one */
    net_address asked;    /* where the newest one was relayed to, or none */
    unsigned listed;      /* so many of the open run are in the boot's list of late findings */
} discover_state;

typedef struct discover_log {
    GArray *discovers; /* discover, by frame */
    bool some_forgotten;
    uint32_t clear, answered_set; /* how many with the flag clear; how many were meant with it set */
} discover_log;

void discover_log_init(discover_log *log);
void discover_log_clear(discover_log *log);

/* A DISCOVER of a boot. Says .discover.retry, and on the fourth of a run .discover.unanswered and .secs_zero. */
void discover_log_add(discover_log *log, discover_state *state, const boot_event *event, boot_life *life);

/* What an OFFER of an address answers. */
typedef struct discover_answer {
    uint32_t frame;     /* the newest DISCOVER with its transaction, or 0: it answers none */
    bool broadcast;     /* that one's flag */
    bool ends_run;      /* it is the first answer to its run */
    uint32_t run_frame; /* the run's first DISCOVER */
    int64_t wait;       /* since that one, in nanoseconds */
} discover_answer;

/* An OFFER of an address to that boot. */
discover_answer discover_log_answer(discover_log *log, discover_state *state, const boot_event *offer);

/* A proxyDHCP OFFER, which gives no address. */
void discover_log_proxied(discover_log *log, discover_state *state, const boot_event *offer);

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

/* Of one boot: its open run that never found an OFFER, listed in life->late_discovers. */
void discover_log_settle(const discover_log *log, discover_state *state, int64_t end, boot_life *life);

/* Whether the next would find anything in any capture with so many DISCOVERs of each kind. */
bool discover_log_flag_may_decide(const discover_log *log);

/* Of all boots: whether the broadcast flag decides, added to the boots' late findings. */
void discover_log_settle_flag(const discover_log *log, int64_t newest_time);

#endif
