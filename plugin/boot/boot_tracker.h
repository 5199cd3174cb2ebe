/* boot_tracker.h
 * All boots of a capture: which boot does a fact belong to
 *
 * Events come once, in the order of their frames; each is answered by a verdict. The same verdict can be
 * recalled later in any order: what was said of a frame on its first visit is told again from the boots'
 * own lists, so that every pass and every front end says the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_TRACKER_H
#define PVSBOOT_BOOT_TRACKER_H

#include "boot.h"

typedef struct boot_tracker boot_tracker;

/* A verdict has findings in three lists: said at once; known from later frames; the same of DISCOVERs. */
enum { FINDING_LISTS = 3 };

/* What a frame means. Points into the tracker; valid until the next event or until it is freed. */
typedef struct boot_verdict {
    const boot_t *boot;
    bool first_visit;                   /* what only later frames tell is not known yet */
    int64_t time;                       /* the frame's, in capture time (capture_clock.h) */
    boot_phase phase;                   /* PHASE_NONE: it is not known */
    boot_step step;                     /* STEP_NONE: an ICMP error */
    uint32_t phase_start_frame;
    int64_t phase_start_time;
    net_address server;                 /* the one this step speaks with, or none */
    const bootstrap_transfer *transfer; /* of a bootstrap step, or NULL */
    const discover *discover;           /* of a DISCOVER, or NULL */
    uint32_t answers;                   /* of an OFFER: the DISCOVER's frame, or 0 */
    int64_t wait;                       /* of an OFFER that answers a run: since its first DISCOVER; or 0 */
    uint32_t logon_exchange;            /* of a logon datagram: its request/answer pair, from 1, or 0 */
    bool logon_in_turn;                 /* each request of the logon so far got exactly one answer */
    stream_kind kind;                   /* of a streaming datagram, or STREAM_NO_KIND */
    uint32_t read_number;               /* the read that it belongs to, from 1, or 0 */
    const stream_read *read;            /* that read as far as it is known; NULL where there is none */
    bool read_is_over;                  /* it changes no more */
    const boot_finding *findings[FINDING_LISTS]; /* certain when the frame was first seen; known from later frames */
    unsigned finding_count[FINDING_LISTS];
} boot_verdict;

/*
 * A tracker for one capture. boot_gap: silence, in nanoseconds, after which a client starts a new boot. max_boots: so many
 * boots are remembered; where one more begins, the eighth of them that was silent longest is forgotten.
 */
boot_tracker *boot_tracker_new(int64_t boot_gap, unsigned max_boots);
void boot_tracker_free(boot_tracker *tracker);

/*
 * Whether this is, at this frame, the address of a target that the capture has shown to boot (a DHCP client
 * of no known kind is none yet).
 */
bool boot_tracker_is_target(const boot_tracker *tracker, const net_address *address, uint32_t frame);

/*
 * Whether this target has sent, before this frame, a logon or streaming datagram to this server from this port of its own.
 * target_port 0: from any port.
 */
bool boot_tracker_speaks_with(const boot_tracker *tracker, const net_address *target, uint16_t target_port,
    const net_address *server, uint32_t frame);

/* Takes an event on its frame's first visit. Returns whether it belongs to a boot; then the verdict is filled. */
bool boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict);

/*
 * Tells the verdict again on a later visit. Of an event only kind, frame and time are used; of a bootstrap event also its
 * addresses and ports; of a stream event these and the fact.
 */
bool boot_tracker_recall(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict);

/*
 * Finds anew what only later frames tell, as known by now; costs nothing where no frame came since. To be called before
 * outcomes and late findings are shown as those of the whole capture.
 */
void boot_tracker_settle(boot_tracker *tracker);

/* Whether anything was found on the frame. */
static inline bool
boot_verdict_has_findings(const boot_verdict *verdict)
{
    return verdict->finding_count[0] + verdict->finding_count[1] + verdict->finding_count[2] > 0;
}

/*
 * Whether this finding of a verdict is to be shown: one that a later frame refutes is not on a later visit, and what only
 * later frames tell not where it says again what was said at once.
 */
bool boot_verdict_shows(const boot_verdict *verdict, unsigned list, unsigned index);

/*
 * To be called on the first visit of every frame, whomever it belongs to: how far the capture goes. Events of pvs (streaming
 * and two-stage boot) are added before it, when their layer is dissected; those of other protocols after it. Returns whether
 * the tracker wants to be told of this frame even where it is of no protocol of a boot (BOOT_EVENT_OTHER): false until there
 * is a boot, so that other captures pay nothing.
 *
 * A frame whose number is not above the newest one's was dissected before and taken back, as a read filter does: notes,
 * findings and copies from that number on are forgotten, so that each frame is told as a display filter would show it.
 */
bool boot_tracker_see_frame(boot_tracker *tracker, uint32_t frame, int64_t stamp);

/* How many frames of the capture were seen, whomever they belong to, and the times of the first and the newest one. */
uint32_t boot_tracker_frames_seen(const boot_tracker *tracker);
int64_t boot_tracker_start_time(const boot_tracker *tracker);
int64_t boot_tracker_newest_time(const boot_tracker *tracker);

/* All that was certain at once, by frame. Owned by the tracker. */
const finding_log *boot_tracker_said(const boot_tracker *tracker);

/* How many boots were forgotten with this frame; in all by now. */
uint32_t boot_tracker_forgotten_at(const boot_tracker *tracker, uint32_t frame);
uint32_t boot_tracker_forgotten(const boot_tracker *tracker);

/* The boots in the order of their first frames. Owned by the tracker. */
const GPtrArray *boot_tracker_boots(const boot_tracker *tracker);

#endif
