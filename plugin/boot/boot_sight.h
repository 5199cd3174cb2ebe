/* boot_sight.h
 * What the capture can know of a boot: which finding may be said at all
 *
 * A capture begins in the middle, lacks a direction, or was taken where the target cannot be seen. Each finding's row in
 * the table names what it needs (diagnosis.h); boot_sight_allows is the one place that asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_SIGHT_H
#define PVSBOOT_BOOT_SIGHT_H

#include "boot_names.h"
#include "diagnosis.h"

/* The services of a boot; each has two halves, the target's and the server's. */
typedef enum boot_service {
    SERVICE_DHCP,
    SERVICE_DOWNLOAD, /* TFTP or two-stage boot */
    SERVICE_STREAM,   /* logon and stream */
    SERVICE_COUNT,
    SERVICE_NONE = SERVICE_COUNT
} boot_service;

/* What was seen of one service. */
typedef struct service_sight {
    bool question_seen : 1;
    bool answer_seen : 1;
    bool lacks_answers : 1;   /* the target acts on answers that the capture lacks; the first one seen takes it back */
    bool lacks_questions : 1; /* a server answers what the capture lacks */
} service_sight;

/* Embedded in a boot's spine; zero means that nothing was seen yet. */
typedef struct boot_sight {
    bool by_ports : 1;        /* it began with a datagram that only its ports call PVS */
    bool begins : 1;          /* its phase 1 or its logon is in the capture, as far as is known */
    bool own_frame : 1;       /* a frame with the target's own MAC as Ethernet source */
    bool own_unicast : 1;     /* one that goes to one device, and that is not the DHCP server */
    bool other_traffic : 1;   /* ARP, or datagrams that are neither DHCP nor go to TFTP's port */
    bool one_way_said : 1;
    service_sight services[SERVICE_COUNT];
} boot_sight;

/* The service that a finding speaks of, or SERVICE_NONE. */
boot_service finding_service(finding_id id);

/*
 * Whether the capture shows what the finding needs: the beginning, both halves of its service, the target's place, and for
 * the stream that it surely is one (certainty). other_frames: the capture holds frames that are not DHCP.
 */
bool boot_sight_allows(const boot_sight *sight, boot_certainty certainty, bool other_frames, finding_id id);

#endif
