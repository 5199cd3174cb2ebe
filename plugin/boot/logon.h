/* logon.h
 * The chapter of the PVS logon: from the first datagram to a logon port to the first read data
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_LOGON_H
#define PVSBOOT_LOGON_H

#include "answer_wait.h"
#include "chapter.h"

/* Embedded in a boot. */
typedef struct logon_chapter {
    GArray *asked;       /* logon_pair: whom the target sent a logon datagram to; NULL until the first */
    net_address server;  /* the one that the logon speaks with */
    uint16_t port;       /* of that server; 0 until the logon starts */
    answer_wait waiting;
} logon_chapter;

void logon_clear(logon_chapter *logon);

/* Whether this server's datagram in phase 2 is the first read data: the logon is over, and single read mode begins. */
bool logon_ends_with(const logon_chapter *logon, const boot_life *life, const boot_event *event);

/* Takes a datagram of phase 2. */
chapter_answer logon_add(logon_chapter *logon, boot_life *life, const boot_event *event);

/* The target begins its next boot with this event. */
void logon_end(const logon_chapter *logon, boot_life *life, const boot_event *next);

void logon_settle(const logon_chapter *logon, const boot_life *life, int64_t end, finding_log *late);
void logon_tell(const boot_finding *finding, GString *text);

#endif
