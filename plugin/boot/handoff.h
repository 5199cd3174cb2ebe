/* handoff.h
 * The evidence for the hand-off from single read mode to BNIStack
 *
 * No public source tells how the hand-off looks on the wire; each kind of evidence is an inference, named in
 * docs/evidence.md. A pause alone is no evidence: it only supports the others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_HANDOFF_H
#define PVSBOOT_HANDOFF_H

#include <stdbool.h>
#include <stdint.h>

typedef enum handoff_evidence {
    HANDOFF_BY_ARP = 0x01,    /* the target probes for or announces its own address */
    HANDOFF_BY_DHCP = 0x02,   /* DHCP of the operating system */
    HANDOFF_BY_PORT = 0x04,   /* the target's port changed */
    HANDOFF_BY_JUMBO = 0x08,  /* datagrams larger than single read mode's maximum */
    HANDOFF_BY_OVERLAP = 0x10, /* requests before the burst in flight had ended */
    HANDOFF_WITH_GAP = 0x20   /* streaming paused before */
} handoff_evidence;

/* One hand-off; embedded in a boot. */
typedef struct handoff {
    uint32_t frame;          /* 0: none seen */
    int64_t time;
    int64_t gap;             /* nanoseconds since the last streaming datagram before it */
    uint16_t evidence;       /* as known at that frame */
    uint16_t later_evidence; /* seen within the next seconds */
} handoff_t;

/* Records the first evidence. last_stream_time: of the newest streaming datagram before this frame. */
void handoff_begin(handoff_t *handoff, uint32_t frame, int64_t time, uint16_t evidence, int64_t last_stream_time);

/* Adds evidence that comes soon enough after the hand-off to speak of the same one. */
void handoff_support(handoff_t *handoff, int64_t time, uint16_t evidence);

/* All evidence, as a pass that knows the whole capture sees it, or only what the frame itself showed. */
uint16_t handoff_evidence_known(const handoff_t *handoff, bool whole_capture);

#endif
