/* boot_life.h
 * The spine of one boot: what every chapter of it may know and use
 *
 * Who the target is, in which phase the boot is, how sure that is, how far it came, and the way to say a finding. The
 * chapters (dhcp, arp, download, logon, stream, handoff, system) know this file and none of each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_LIFE_H
#define PVSBOOT_BOOT_LIFE_H

#include "boot_event.h"
#include "boot_names.h"
#include "finding_log.h"

/* From this frame on a value holds: how a boot remembers what changes while it runs. */
typedef struct boot_mark {
    uint32_t frame;
    uint32_t value;
    int64_t time;
} boot_mark;

/* From this frame on the target has this address. */
typedef struct boot_address {
    uint32_t frame;
    net_address address;
} boot_address;

/* Who answered the target's ARP for an address. */
typedef struct boot_neighbour {
    net_address address;
    mac_address mac;
} boot_neighbour;

/* What a boot shares with the others of its capture; owned by the tracker. */
typedef struct boot_context {
    GPtrArray *boots;      /* boot_t, by number; owns them */
    int64_t start_time;    /* of the capture's first frame */
    uint32_t forgotten;    /* so many boots are forgotten: there were more than the tracker may remember */
    finding_log said;      /* certain when the frame was first seen */
    struct discover_log *discovers;
} boot_context;

/* How far a boot has come, as a set: a later phase may be over again, this stays. */
typedef enum boot_reached {
    REACHED_FILE_REQUEST = 0x01,    /* a read request of any file */
    REACHED_DOWNLOAD = 0x02,        /* the last block of one */
    REACHED_LOGON = 0x04,           /* a logon or streaming datagram: phase 1 is passed */
    REACHED_READ_DATA = 0x08,
    REACHED_BNISTACK_DATA = 0x10    /* read data came in phase 4 */
} boot_reached;

/* The times of a boot, in nanoseconds since the epoch. */
typedef struct boot_times {
    int64_t first;
    int64_t last;      /* of its newest DHCP, bootstrap or streaming frame: the boot gap is counted from it */
    int64_t end;       /* of its newest frame of any kind */
    int64_t stream;    /* of its newest streaming datagram; until there is one, of its first frame */
    int64_t next_boot; /* the target begins its next boot, if is_over */
} boot_times;

/* One boot's spine; embedded in the boot, and lives as long. */
typedef struct boot_life {
    boot_context *context;
    const struct boot *boot;   /* the one that this is the spine of */
    uint32_t number;           /* in the capture, from 1 */
    bool forgotten;            /* about to be freed, with all that is about it */
    bool is_over;              /* the target has begun its next boot */
    bool from_midstream;       /* its beginning is not in the capture */
    bool target_certain;       /* told by DHCP or ARP: the MAC on the wire may be a router's */
    mac_address target;        /* 0 where no frame tells */
    uint32_t first_frame;
    uint32_t stream_frame;     /* its newest streaming datagram, or 0 */
    uint32_t progress_frame;   /* the newest frame that brought the boot further */
    unsigned reached;          /* a set of boot_reached */
    boot_times times;
    uint64_t open_faults;      /* a set of finding_id: said, and nothing good has followed (ending.c) */
    GArray *phases;            /* boot_mark, value is a boot_phase */
    int64_t phase_sums[PHASE_BNISTACK + 1]; /* time in the stretches of each phase that are over; -1: there is none */
    GArray *certainties;       /* boot_mark, value is a boot_certainty */
    GArray *addresses;         /* boot_address */
    GArray *neighbours;        /* boot_neighbour; NULL until the first */
    net_address firmware_address; /* by the firmware's newest ACK */
} boot_life;

void boot_life_init(boot_life *life, boot_context *context, uint32_t number, const boot_event *first);
void boot_life_clear(boot_life *life);

/* A phase begins with this event; the same phase again changes nothing. */
void boot_life_enter(boot_life *life, const boot_event *event, boot_phase phase);

/* The state at a frame: the newest mark that is not later. NULL before the first. */
const boot_mark *boot_life_phase_at(const boot_life *life, uint32_t frame);

/* The phase now: after the newest event. */
boot_phase boot_life_phase(const boot_life *life);

/*
 * Of the list of phases: whether any frame stands in this one. A capture that begins in mid-stream may pass through a phase
 * with its first frame.
 */
bool boot_life_shows_phase(const boot_life *life, unsigned index);

/* When the phase with this index ended, as far as is known. */
int64_t boot_life_phase_end(const boot_life *life, unsigned index);

/* Nanoseconds that the boot spent in a phase, all its stretches together; -1 if the capture shows none. */
int64_t boot_life_time_in_phase(const boot_life *life, boot_phase phase);

/* Takes note of a certainty; a lower one than before changes nothing. */
void boot_life_raise_certainty(boot_life *life, const boot_event *event, boot_certainty certainty);
boot_certainty boot_life_certainty_at(const boot_life *life, uint32_t frame);
boot_certainty boot_life_certainty(const boot_life *life);

/* The target has this address from this frame on. Returns whether that is new; a boot takes a limited number. */
bool boot_life_set_address(boot_life *life, uint32_t frame, const net_address *address);
net_address boot_life_address_at(const boot_life *life, uint32_t frame);
net_address boot_life_address(const boot_life *life);

/* Who answered for an address; the first one stays. 0: nobody. */
void boot_life_remember_neighbour(boot_life *life, const net_address *address, mac_address mac);
mac_address boot_life_neighbour(const boot_life *life, const net_address *address);

/* Whether all of these (boot_reached) were reached. */
static inline bool
boot_life_reached(const boot_life *life, unsigned reached)
{
    return (life->reached & reached) == reached;
}

/* Says what is certain with this frame. The answer may be filled in, before anything else is said. */
boot_finding *boot_life_say(boot_life *life, const boot_event *event, finding_id id);

/* The boot has come further with this event: what was wrong before did not stop it. */
void boot_life_progress(boot_life *life, const boot_event *event);

/* The end of what may be told of a boot: its next one, or the capture's. newest_time: of the newest frame of the capture. */
int64_t boot_life_end(const boot_life *life, int64_t newest_time);

#endif
