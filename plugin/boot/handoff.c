/* handoff.c
 * The evidence for the hand-off from single read mode to BNIStack
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "handoff.h"

#include "boot_time.h"

/* A pause this long before the hand-off supports it; measured pauses were 3 s and more (docs/evidence.md). */
#define GAP_THAT_SUPPORTS (2 * SECOND)

/* Evidence of the same hand-off comes within this time. */
#define SAME_HANDOFF (5 * SECOND)

void
handoff_begin(handoff_t *handoff, uint32_t frame, int64_t time, uint16_t evidence, int64_t last_stream_time)
{
    handoff->frame = frame;
    handoff->time = time;
    handoff->gap = time - last_stream_time;
    handoff->evidence = evidence;
    if (handoff->gap >= GAP_THAT_SUPPORTS)
        handoff->evidence |= HANDOFF_WITH_GAP;
}

void
handoff_support(handoff_t *handoff, int64_t time, uint16_t evidence)
{
    if (handoff->frame != 0 && time - handoff->time <= SAME_HANDOFF)
        handoff->later_evidence |= evidence;
}

uint16_t
handoff_evidence_known(const handoff_t *handoff, bool whole_capture)
{
    return whole_capture ? handoff->evidence | handoff->later_evidence : handoff->evidence;
}
