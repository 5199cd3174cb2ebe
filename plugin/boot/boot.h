/* boot.h
 * One boot of one target device: its phases, steps and times
 *
 * The phases are those of the boot trace guide (Determining if BNIStack is up), with the vendor's stage
 * names; docs/phases.md maps each step to the guide's own numbering.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_H
#define PVSBOOT_BOOT_H

#include "boot_event.h"
#include "bootstrap_transfer.h"
#include "discover_log.h"
#include "finding_log.h"
#include "handoff.h"
#include "stream_meter.h"

#define BOOT_PHASES(X) \
    X(PHASE_BOOTSTRAP, 1, "DHCP and bootstrap download") \
    X(PHASE_LOGON, 2, "PVS logon") \
    X(PHASE_SINGLE_READ, 3, "Single read mode") \
    X(PHASE_BNISTACK, 4, "BNIStack")

#define BOOT_STEPS(X) \
    X(STEP_DHCP_DISCOVER, 101, "1.1 DHCP Discover") \
    X(STEP_DHCP_OFFER, 102, "1.2 DHCP Offer") \
    X(STEP_DHCP_REQUEST, 103, "1.3 DHCP Request") \
    X(STEP_DHCP_ACK, 104, "1.4 DHCP ACK") \
    X(STEP_DHCP_NAK_OR_DECLINE, 105, "1.5 DHCP NAK or Decline") \
    X(STEP_ARP_REQUEST, 106, "1.6 ARP request") \
    X(STEP_ARP_REPLY, 107, "1.7 ARP reply or announcement") \
    X(STEP_PXE_REQUEST, 108, "1.8 PXE boot server request") \
    X(STEP_PXE_REPLY, 109, "1.9 PXE boot server reply") \
    X(STEP_BOOTSTRAP_REQUEST, 110, "1.10 Bootstrap read request") \
    X(STEP_BOOTSTRAP_OPTIONS, 111, "1.11 Bootstrap option acknowledgement") \
    X(STEP_BOOTSTRAP_DATA, 112, "1.12 Bootstrap data") \
    X(STEP_BOOTSTRAP_ACK, 113, "1.13 Bootstrap ACK") \
    X(STEP_BOOTSTRAP_ERROR, 114, "1.14 Bootstrap error") \
    X(STEP_BOOTSTRAP_COMPLETED, 201, "2.1 Bootstrap transfer completed") \
    X(STEP_BOOTSTRAP_CONFIRMED, 202, "2.2 Bootstrap transfer confirmed") \
    X(STEP_LOGON_REQUEST, 203, "2.3 Logon request") \
    X(STEP_LOGON_REPLY, 204, "2.4 Logon reply") \
    X(STEP_LOGON_ARP, 205, "2.5 ARP for the streaming server") \
    X(STEP_SINGLE_READ_REQUEST, 301, "3.1 Read request or ACK") \
    X(STEP_SINGLE_READ_DATA, 302, "3.2 Read data") \
    X(STEP_SINGLE_READ_ARP, 303, "3.3 ARP") \
    X(STEP_HANDOFF, 401, "4.1 Hand-off to BNIStack") \
    X(STEP_BNISTACK_REQUEST, 402, "4.2 Read request or ACK") \
    X(STEP_BNISTACK_DATA, 403, "4.3 Read data") \
    X(STEP_BNISTACK_ADDRESS, 404, "4.4 Address traffic of the operating system")

#define BOOT_CERTAINTIES(X) \
    X(CERTAINTY_POSSIBLE, 1, "Possible") \
    X(CERTAINTY_PXE, 2, "PXE boot") \
    X(CERTAINTY_PVS, 3, "PVS boot")

#define STREAM_KINDS(X) \
    X(STREAM_LOGON, 1, "Logon exchange") \
    X(STREAM_REQUEST, 2, "Read request or ACK") \
    X(STREAM_DATA, 3, "Read data") \
    X(STREAM_DATA_END, 4, "Read data, end of burst") \
    X(STREAM_OTHER, 5, "Other")

#define BOOT_ENUMERATOR(id, number, name) id = number,
typedef enum boot_phase { PHASE_NONE = 0, BOOT_PHASES(BOOT_ENUMERATOR) } boot_phase;
typedef enum boot_step { STEP_NONE = 0, BOOT_STEPS(BOOT_ENUMERATOR) } boot_step;
typedef enum boot_certainty { CERTAINTY_NONE = 0, BOOT_CERTAINTIES(BOOT_ENUMERATOR) } boot_certainty;
typedef enum stream_kind { STREAM_NO_KIND = 0, STREAM_KINDS(BOOT_ENUMERATOR) } stream_kind;
#undef BOOT_ENUMERATOR

/* Whose DHCP client speaks (design.md, section 5, Which clients). */
typedef enum dhcp_client {
    DHCP_CLIENT_UNKNOWN,
    DHCP_CLIENT_PXE,
    DHCP_CLIENT_OPERATING_SYSTEM
} dhcp_client;

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

/* A request of the target that wants an answer, and the repeats of it so far; count 0: none is open. */
typedef struct boot_wait {
    uint32_t count;
    uint32_t first_frame, newest_frame;
    int64_t first_time, newest_time;
    net_address asked;
    bool said;            /* that it finds no answer */
} boot_wait;

/* An ARP request of the target for another's address, kept to tell at the end which had no reply. */
typedef struct arp_question {
    uint32_t frame;
    int64_t time;
    net_address asked;
    bool settled; /* replied to in time */
} arp_question;

/* The two ends of a target's datagram. */
typedef struct address_pair {
    net_address target;
    net_address server;
} address_pair;

/* Who answered the target's ARP for an address. */
typedef struct neighbour {
    net_address address;
    mac_address mac;
} neighbour;

/* What a boot shares with the others of its capture; owned by the tracker. */
typedef struct boot_context {
    GPtrArray *boots;      /* boot_t, by number; owns them */
    uint32_t forgotten;    /* so many boots are forgotten: there were more than the tracker may remember */
    finding_log said;      /* certain when the frame was first seen */
    discover_log discovers;
} boot_context;

/*
 * One boot, from its first frame to the target's next boot. Owned by the tracker, lives with the capture, or until it
 * is forgotten.
 */
typedef struct boot {
    boot_context *context;
    uint32_t number;           /* in the capture, from 1 */
    bool forgotten;            /* about to be freed, with all that is about it */
    mac_address target;        /* 0 where no frame tells */
    bool target_certain;       /* told by DHCP or ARP: the MAC on the wire may be a router's */
    uint32_t first_frame;
    int64_t first_time;
    int64_t last_time;         /* of its newest DHCP, bootstrap or streaming frame: the boot gap is counted from it */
    int64_t end_time;          /* of its newest frame of any kind */
    uint32_t progress_frame;   /* the newest frame that brought the boot further */
    bool from_midstream;       /* its beginning is not in the capture */
    bool passed_phase_1;       /* a logon or streaming datagram was seen */
    bool other_system;         /* before any logon an operating system spoke: this boot has ended otherwise */
    bool succeeded;            /* the target has begun its next boot, at next_boot_time */
    int64_t next_boot_time;
    GArray *phases;            /* boot_mark, value is a boot_phase */
    GArray *certainties;       /* boot_mark, value is a boot_certainty */
    GArray *addresses;         /* boot_address */

    discover_state discovers;
    uint32_t offer_transaction, offer_frame; /* of the newest OFFER of an address */
    net_address offer_server;
    uint32_t ack_frame;        /* the firmware's newest ACK */
    int64_t ack_time;
    net_address ack_server;
    net_address firmware_address;
    bool ack_for_pxe;          /* it went to a PXEClient */
    bool boot_file_named;      /* by any DHCP or PXE server */

    boot_wait arp;
    GArray *arp_requests;      /* arp_question; NULL until the first */
    GArray *neighbours;        /* neighbour; NULL until the first */
    unsigned arp_moot;         /* so many of the first ones want no reply any more: the target went on */

    GPtrArray *transfers;      /* bootstrap_transfer, by first frame; owns them */
    GHashTable *transfers_by_port; /* client port -> GPtrArray of them; NULL while they are few */

    GArray *servers_asked;     /* address_pair: whom the target sent a logon datagram to; NULL until the first */
    net_address logon_server;
    uint16_t logon_port;       /* of the server that the logon speaks with; 0 until it starts */
    boot_wait logon;

    uint16_t stream_port;      /* the target's port in single read mode, 0 until it is known */
    net_address stream_server; /* the one that the target reads from */
    int64_t last_stream_time;
    uint32_t last_stream_frame;
    boot_wait stream;
    GArray *stalls;            /* boot_wait that ended late; NULL until the first */
    stream_meter meter;
    bool fragments_seen;
    handoff_t handoff;
    bool bnistack_streamed;    /* read data came in phase 4 */

    int stopped_by;            /* the finding_id that explains why it stopped, or -1: as known by now */
    uint32_t stopped_in;       /* its frame */
} boot_t;

/*
 * What is kept for a frame that a boot's own lists cannot tell again: its DHCP, its ARP, the first and last
 * frames of a download, the hand-off. The many frames of data and ACKs have none.
 */
typedef struct boot_note {
    uint32_t frame;
    boot_step step;                     /* STEP_NONE: as the boot's lists tell */
    net_address server;
    const bootstrap_transfer *transfer; /* of a bootstrap step */
    uint32_t answers;                   /* of an OFFER: the DISCOVER's frame */
    boot_t *boot;
} boot_note;

boot_t *boot_new(boot_context *context, uint32_t number, const boot_event *first);
void boot_free(boot_t *boot);

/* Takes note of a certainty; a lower one than before changes nothing. */
void boot_raise_certainty(boot_t *boot, const boot_event *event, boot_certainty certainty);

/* The boot with this number, or NULL where there is none (any more). */
boot_t *boot_with_number(const boot_context *context, uint32_t number);

/* The target has this address from this frame on. Returns whether that is new; a boot takes a limited number. */
bool boot_set_address(boot_t *boot, uint32_t frame, const net_address *address);

/* The state at a frame: the newest mark that is not later. NULL, or none, before the first. */
const boot_mark *boot_phase_at(const boot_t *boot, uint32_t frame);
boot_certainty boot_certainty_at(const boot_t *boot, uint32_t frame);
boot_certainty boot_certainty_final(const boot_t *boot);
net_address boot_address_at(const boot_t *boot, uint32_t frame);

/* The phase and the address now: after the newest event. */
boot_phase boot_phase_now(const boot_t *boot);
net_address boot_address_now(const boot_t *boot);

/* The download that a message between this client port and this server belongs to, at a frame; or NULL. */
bootstrap_transfer *boot_transfer_at(const boot_t *boot, uint32_t frame, const net_address *server, uint16_t client_port);

/*
 * Take one event of this boot on its first visit; they fill the note and return whether the event has a
 * place in the boot. A note that stays without a step need not be kept. Findings that are certain go to the context.
 */
bool boot_add_dhcp(boot_t *boot, const boot_event *event, dhcp_client client, boot_note *note);
bool boot_add_arp(boot_t *boot, const boot_event *event, boot_note *note);
bool boot_add_bootstrap(boot_t *boot, const boot_event *event, boot_note *note);
bool boot_add_stream(boot_t *boot, const boot_event *event, boot_note *note);

/* Another device's ARP claims the address of this boot's target. */
void boot_say_conflict(boot_t *boot, const boot_event *event);

/* The target begins its next boot with this event, on which is said what that proves of this one. */
void boot_end(boot_t *boot, const boot_event *next);

/*
 * Adds what only the capture's end tells. newest_time: of the newest frame of the capture, whomever it belongs to.
 */
void boot_settle(const boot_t *boot, int64_t newest_time, finding_log *late);

/* Step and kind of a streaming datagram, told from the boot's own lists; the same in every pass. */
boot_step boot_stream_step(boot_phase phase, bool to_server);
stream_kind boot_stream_kind(const boot_t *boot, uint32_t frame, boot_phase phase, const stream_fact *fact);

#endif
