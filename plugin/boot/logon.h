/* logon.h
 * The chapter of the PVS logon: from the first datagram to a logon port to the first read data
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_LOGON_H
#define PVSBOOT_LOGON_H

#include "answer_wait.h"
#include "chapter.h"

/* The logon's exchanges so far. */
typedef struct logon_exchanges {
    lean_list frames;        /* logon_frame: which exchange a datagram belongs to */
    uint32_t number;         /* of the newest one */
    uint32_t requests;       /* target's datagrams */
    uint32_t first_frame;    /* of the first of them */
    uint32_t irregular_from; /* the first frame at which a request has no answer, or two; 0: there is none */
    int64_t first_time;
    int64_t reply_time;      /* of the newest reply */
    uint32_t reply_frame;    /* its frame, if nothing came after it; 0: something did */
} logon_exchanges;

/* The datagram that .unanswered stands on. */
typedef struct logon_silence {
    int64_t time;
    uint32_t frame;       /* 0: none yet */
    uint32_t first_frame; /* of those in a row */
    uint32_t times;
    uint16_t port;        /* the assigned port that is silent, where the logon port answered; or 0 */
    bool proved;          /* it found no answer within a second */
} logon_silence;

/* Embedded in a boot. */
typedef struct logon_chapter {
    lean_list asked;       /* logon_pair: whom the target sent a logon datagram to */
    net_address server;    /* the one that the logon speaks with */
    uint16_t port;         /* of that server; 0 until the logon starts */
    uint16_t first_port;
    answer_wait waiting;   /* for that server's answer */
    logon_silence silence;
    bool met_error;        /* an ICMP error spoke of it */
    bool refused;          /* .refused was said */
    bool in_question;      /* its beginning may have been before the capture */
    uint32_t answers_in_question;
    uint32_t size;         /* of all its target's datagrams, from target port to logon port; 0: they differ */
    logon_exchanges exchanges;
} logon_chapter;

void logon_clear(logon_chapter *logon);

/*
 * Whether the first datagram of a boot, of which neither DHCP nor a download was seen, can be the beginning of a logon: it
 * goes to the logon port and is not of the size of requests and acknowledgements. It is then in question until two
 * datagrams were answered by no read data.
 */
bool logon_may_begin_with(logon_chapter *logon, const boot_event *event);

/* Whether this datagram shows that a logon in question was none. It is one no longer, then. */
bool logon_is_refuted_by(logon_chapter *logon, const boot_event *event);

/* Whether this server's datagram in phase 2 is the first read data: the logon is over, and single read mode begins. */
bool logon_ends_with(const logon_chapter *logon, const boot_event *event);

/* Takes a datagram of phase 2. */
chapter_answer logon_add(logon_chapter *logon, boot_life *life, const boot_event *event);

/* Whether the target has sent a logon datagram to this server, or to this port of any. */
bool logon_has_asked(const logon_chapter *logon, const net_address *server);
bool logon_has_used(const logon_chapter *logon, uint16_t port);

/* An ICMP error quotes one of the logon's datagrams. */
void logon_met_error(logon_chapter *logon);

/*
 * The exchange that the datagram in this frame belongs to, from 1, or 0. in_turn: each request up to here got exactly one
 * answer.
 */
uint32_t logon_exchange_at(const logon_chapter *logon, uint32_t frame, bool *in_turn);

/* The target begins its next boot with this event. */
void logon_end(const logon_chapter *logon, boot_life *life, const boot_event *next);

void logon_settle(const logon_chapter *logon, boot_life *life, int64_t end);

/* The advice that fits this finding better than its row in the table does, or NULL. */
const char *logon_advice(const boot_finding *finding);
void logon_tell(const boot_life *life, const boot_finding *finding, GString *text);

#endif
