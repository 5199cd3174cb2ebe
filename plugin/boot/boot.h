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
#include "diagnosis.h"
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

/* One boot, from its first frame to the target's next boot. Owned by the tracker, lives with the capture. */
typedef struct boot {
    uint32_t number;           /* in the capture, from 1 */
    mac_address target;        /* 0 where no frame tells */
    bool target_certain;       /* told by DHCP or ARP: the MAC on the wire may be a router's */
    uint32_t first_frame;
    int64_t first_time;
    int64_t last_time;         /* of the newest frame of this boot_t */
    int64_t end_time;          /* of its newest frame of any kind */
    bool from_midstream;       /* its beginning is not in the capture */
    bool passed_phase_1;       /* a logon or streaming datagram was seen */
    GArray *phases;            /* boot_mark, value is a boot_phase */
    GArray *certainties;       /* boot_mark, value is a boot_certainty */
    GArray *addresses;         /* boot_address */
    GPtrArray *transfers;      /* bootstrap_transfer, by first frame */
    GHashTable *servers_asked; /* net_address: servers the target sent a logon datagram to */
    bool logon_started;
    uint16_t stream_port;      /* the target's port in single read mode, 0 until it is known */
    int64_t last_stream_time;
    stream_meter meter;
    handoff_t handoff;
    bool bnistack_streamed;    /* read data came in phase 4 */
} boot_t;

/*
 * What is kept for a frame that a boot's own lists cannot tell again: its DHCP, its ARP, the first and last
 * frames of a download, milestones, the hand-off. The many frames of data and ACKs have none.
 */
typedef struct boot_note {
    boot_t *boot;
    boot_step step;                     /* STEP_NONE: as the boot's lists tell */
    net_address server;
    const bootstrap_transfer *transfer; /* of a bootstrap step */
    uint64_t findings;                  /* one bit for each finding_id */
} boot_note;

boot_t *boot_new(uint32_t number, const boot_event *first);
void boot_free(boot_t *boot);

/* Takes note of a certainty; a lower one than before changes nothing. */
void boot_raise_certainty(boot_t *boot, const boot_event *event, boot_certainty certainty);

/* The target has this address from this frame on. Returns whether that is new. */
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
 * place in the boot. A note that stays as it came (no step, no finding) need not be kept.
 */
bool boot_add_dhcp(boot_t *boot, const boot_event *event, bool of_operating_system, boot_note *note);
bool boot_add_arp(boot_t *boot, const boot_event *event, boot_note *note);
bool boot_add_bootstrap(boot_t *boot, const boot_event *event, boot_note *note);
bool boot_add_stream(boot_t *boot, const boot_event *event, boot_note *note);

/* Step and kind of a streaming datagram, told from the boot's own lists; the same in every pass. */
boot_step boot_stream_step(boot_phase phase, bool to_server);
stream_kind boot_stream_kind(const boot_t *boot, uint32_t frame, boot_phase phase, const stream_fact *fact);

#endif
