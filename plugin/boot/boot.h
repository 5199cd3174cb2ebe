/* boot.h
 * One boot of one target device: the chapters put together
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_H
#define PVSBOOT_BOOT_H

#include "arp.h"
#include "boot_life.h"
#include "dhcp.h"
#include "download.h"
#include "handoff.h"
#include "icmp.h"
#include "logon.h"
#include "stream.h"
#include "system.h"

/* The chapters of the logon and streaming service: most of forged and failed boots never come so far. */
typedef struct boot_streaming {
    logon_chapter logon;
    stream_chapter stream;
} boot_streaming;

/*
 * One boot, from its first frame to the target's next boot. Owned by the tracker, lives with the capture, or until it
 * is forgotten.
 */
typedef struct boot {
    boot_life life;
    dhcp_chapter dhcp;
    arp_chapter *arp;          /* NULL until its first ARP */
    download_chapter download;
    boot_streaming *streaming; /* NULL until the first datagram of that service: boot_logon, boot_stream */
    handoff_chapter handoff;
    system_chapter system;
} boot_t;

extern const boot_streaming boot_not_streaming;

/* These chapters as they are, or as if nothing came yet. */
static inline const logon_chapter *
boot_logon(const boot_t *boot)
{
    return boot->streaming ? &boot->streaming->logon : &boot_not_streaming.logon;
}

static inline const stream_chapter *
boot_stream(const boot_t *boot)
{
    return boot->streaming ? &boot->streaming->stream : &boot_not_streaming.stream;
}

boot_t *boot_new(boot_context *context, uint32_t number, const boot_event *first);
void boot_free(boot_t *boot);

/* The boot with this number, or NULL where there is none (any more). */
boot_t *boot_with_number(const boot_context *context, uint32_t number);

/*
 * Takes an event of this boot on its first visit and hands it to the chapter that it belongs to. client: of a DHCP message,
 * whose client speaks. What the answer holds is applied already; it is given back for the frame's note. Findings that are
 * certain go to the context.
 */
chapter_answer boot_add(boot_t *boot, const boot_event *event, dhcp_client client);

/* The target begins its next boot with this event, on which is said what that proves of this one. */
void boot_end(boot_t *boot, const boot_event *next);

/*
 * Whether what followed refutes a finding that was certain by its rule when it was said, by the column of the table of
 * findings: a second pass does not say it.
 */
bool boot_refutes(const boot_finding *finding);

/*
 * Finds anew what only the capture's end tells, as known by now. newest_time: of the newest frame of the capture, whomever
 * it belongs to.
 */
void boot_settle(boot_t *boot, int64_t newest_time);

/* Whether settling it again, with nothing about it changed since, could tell anything else as the capture goes on. */
bool boot_may_ripen(const boot_t *boot, int64_t newest_time);

#endif
