/* chapter.h
 * What a chapter of a boot answers to an event
 *
 * A boot hands each event to exactly one chapter: dhcp, arp, download, logon, stream or system. What the event means for
 * the others (the hand-off among them) comes back as this small value, and boot.c applies it in one order, there and
 * nowhere else. Each chapter has four verbs: add a fact, end with the target's next boot, settle at the capture's end, tell
 * the words of its findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_CHAPTER_H
#define PVSBOOT_CHAPTER_H

#include "boot_life.h"
#include "bootstrap_transfer.h"

/* What an event means for the other chapters, as a set. */
typedef enum chapter_signal {
    SIGNAL_WENT_ON = 0x01,       /* the target sends datagrams: what it asked by ARP wants no reply any more */
    SIGNAL_PROGRESS = 0x02,      /* the boot has come further */
    SIGNAL_FILE_REQUEST = 0x04,  /* a file is asked for */
    SIGNAL_DOWNLOADED = 0x08,    /* the last block of a file came */
    SIGNAL_MAY_ASK_READ = 0x10,  /* a logon datagram, which may turn out to be the first read's request */
    SIGNAL_READ_DATA = 0x20
} chapter_signal;

/* What evidence proves of a stream that began before the capture: BNIStack, and the moment of the hand-off, too? */
typedef enum handoff_proof {
    HANDOFF_IF_PAUSED, /* if streaming had paused before it */
    HANDOFF_SURELY,
    HANDOFF_NEVER      /* it was before the capture */
} handoff_proof;

typedef struct chapter_answer {
    bool ours;                /* the event has a place in the boot */
    boot_step step;           /* STEP_NONE: the boot's lists tell it again */
    boot_phase enters;        /* the phase that begins here, if it is not the boot's already; PHASE_NONE: stays */
    unsigned signals;         /* a set of chapter_signal */
    uint16_t evidence;        /* of the hand-off: a set of handoff_evidence */
    handoff_proof handoff;    /* what the evidence proves where the phase is not known */
    net_address server;       /* the one that this step speaks with, or none */
    const bootstrap_transfer *transfer; /* of a bootstrap step */
    uint32_t answers;         /* of an OFFER: the DISCOVER's frame */
    int64_t wait;             /* of an OFFER that answers a run: nanoseconds since its first DISCOVER */
} chapter_answer;

/* The event has no place in the boot. */
#define NOT_OURS ((chapter_answer){ .ours = false })

#endif
