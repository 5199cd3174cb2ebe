/* tracker_inside.h
 * The parts of a tracker: for boot_tracker.c, event_owner.c, boot_memory.c and boot_recall.c only
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TRACKER_INSIDE_H
#define PVSBOOT_TRACKER_INSIDE_H

#include "address_book.h"
#include "boot_tracker.h"
#include "capture_clock.h"
#include "dhcp_transactions.h"
#include "mac_senders.h"
#include "frame_copies.h"
#include "partners.h"

/*
 * What is kept for a frame that a boot's own lists cannot tell again: its DHCP, its ARP, the first and last
 * frames of a download, the hand-off. The many frames of data and ACKs have none.
 */
typedef struct boot_note {
    boot_t *boot;
    union {
        const bootstrap_transfer *transfer; /* of a bootstrap step: of_transfer */
        int64_t wait;                       /* of an OFFER that answers a run: since its first DISCOVER; or 0 */
    };
    uint32_t frame;
    uint32_t answers;                   /* of an OFFER: the DISCOVER's frame */
    uint16_t step;                      /* a boot_step; STEP_NONE: as the boot's lists tell */
    bool of_transfer : 1;
    bool is_nothing : 1;                /* amid a download, and no message of it */
    net_address server;
} boot_note;

/* Of which boots late findings may have to be found anew, and what was known when that was done last. */
typedef struct settling {
    GPtrArray *unsettled;     /* boot_t, those that were touched since or may ripen still */
    bool all;                 /* something has changed for all boots */
    uint32_t frames;          /* boot_tracker.frames_seen then; 0: never, or frames were taken back */
    bool other_frames, read_request_seen; /* boot_context.*, which rules of all boots ask for */
} settling;

struct boot_tracker {
    int64_t boot_gap;
    unsigned max_boots;
    boot_context context;
    GHashTable *by_target;    /* the newest boot_t of each target, by its first member: boot_life.target */
    address_book addresses;
    dhcp_transactions transactions;
    GHashTable *senders;      /* mac_address -> mac_sender, which holds its key: who sends for targets' addresses */
    partners partners;        /* whom each target streams with */
    GHashTable *ordinary;     /* mac_address of clients that run an operating system and are no targets */
    GArray *notes;            /* boot_note, by frame */
    frame_copies *copies;
    GArray *forgettings;      /* boot_forgetting, by frame; NULL until the first */
    capture_clock clock;
    uint32_t dhcp_frame;      /* the newest one with DHCP */
    uint32_t newest_frame;    /* the newest one whose first visit is over, or nearly */
    uint32_t frames_seen;
    settling settled;
};

/* Anything about the boot may change with an event at this time: it will be settled again. */
void boot_tracker_touch(boot_tracker *tracker, boot_t *boot, int64_t time);

/* ---- event_owner.c: whose event is it ---- */

/*
 * The boot that an event on its first visit belongs to, a new one where the event begins one; NULL where it is nobody's.
 * client: of a DHCP message, filled in.
 */
boot_t *event_owner(boot_tracker *tracker, const boot_event *event, dhcp_client *client);

/* The boot that has the address of either end of an event, or NULL. */
boot_t *event_owner_by_address(const boot_tracker *tracker, const boot_event *event);

/* What the event, which the boot has taken, tells of who the target is and how sure that is. */
void event_owner_learn(boot_tracker *tracker, boot_t *boot, const boot_event *event, dhcp_client client);

/* ---- boot_memory.c: the bound on what is remembered ---- */

/* Makes room for one more boot, if there are too many. */
void boot_memory_make_room(boot_tracker *tracker, uint32_t frame);

/* ---- boot_recall.c: what is told of a frame ---- */

/* Fills the verdict on a frame from the boots' lists and the frame's note: what was certain when it was first seen. */
bool boot_recall_frame(const boot_tracker *tracker, const boot_event *event, boot_verdict *verdict);

#endif
