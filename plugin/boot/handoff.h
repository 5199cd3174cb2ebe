/* handoff.h
 * The chapter of the hand-off from single read mode to BNIStack, and of its evidence
 *
 * No public source tells how the hand-off looks on the wire; each kind of evidence is an inference, named in
 * docs/evidence.md. A pause alone is no evidence: it only supports the others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_HANDOFF_H
#define PVSBOOT_HANDOFF_H

#include "chapter.h"
#include "stream_arrivals.h"

/* One hand-off; embedded in a boot. */
typedef struct handoff_chapter {
    int64_t time;
    int64_t gap;             /* nanoseconds since the last streaming datagram before it */
    uint32_t frame;          /* 0: none seen */
    uint16_t evidence;       /* as known at that frame */
    uint16_t later_evidence; /* seen within the next seconds */
} handoff_chapter;

/*
 * Takes evidence that another chapter has found. In single read mode the first of it is the hand-off itself: the phase
 * changes, it is said, and the answer is true. Where the phase is not known, BNIStack is known from here on; the hand-off
 * itself only where proof and a pause tell so. Later evidence speaks of the same hand-off only soon after it.
 */
bool handoff_add(handoff_chapter *handoff, boot_life *life, const boot_event *event, uint16_t evidence,
    handoff_proof proof);

/* All evidence, as a pass that knows the whole capture sees it, or only what the frame itself showed. */
uint16_t handoff_evidence_known(const handoff_chapter *handoff, bool whole_capture);

/* The target begins its next boot with this event. server: the one that it streamed from. */
void handoff_end(const handoff_chapter *handoff, boot_life *life, const boot_event *next, const net_address *server);

void handoff_settle(const handoff_chapter *handoff, boot_life *life, int64_t end, const net_address *server);
void handoff_tell(const handoff_chapter *handoff, const boot_finding *finding, bool whole_capture, GString *text);

#endif
