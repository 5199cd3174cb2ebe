/* dhcp.h
 * The chapter of DHCP and PXE: the firmware gets its address and the name of its boot file
 *
 * RFC 2131, RFC 2132, PXE 2.1. The rules are in docs/diagnosis.md. The part about the boot file and the boot server is
 * in pxe.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DHCP_H
#define PVSBOOT_DHCP_H

#include "answer_wait.h"
#include "chapter.h"
#include "dhcp_client.h"
#include "discover_log.h"
#include "pxe.h"

/* A NAK of a server that was not asked: it counts if the client obeys it. */
typedef struct dhcp_nak {
    int64_t time;
    uint32_t frame;
    net_address server;
} dhcp_nak;

/* More servers than this answer no client. */
#define DHCP_SERVERS_HEARD 4

/* The servers that were heard in the newest transaction. */
typedef struct dhcp_heard {
    net_address servers[DHCP_SERVERS_HEARD];
    uint8_t count;
    uint32_t transaction;
} dhcp_heard;

/* Embedded in a boot; zero means that nothing came yet. */
typedef struct dhcp_chapter {
    discover_state discovers;
    dhcp_offer offer;        /* the firmware's newest OFFER of an address */
    dhcp_ack ack;            /* its newest ACK */
    dhcp_nak *nak;           /* owned; the newest one, until the client shows what it makes of it; NULL: none */
    GArray *obeyed;          /* dhcp_nak, those that the client obeyed; NULL until the first */
    dhcp_heard heard;
    answer_wait requests;    /* REQUESTs that name a server, and no ACK or NAK */
    uint32_t request_transaction;
    net_address server_asked; /* by the newest REQUEST; none: any */
    bool pxe_client;         /* the client named itself PXEClient */
    bool client_known;
    uint8_t client;          /* of its newest message: a dhcp_client */
    pxe_part pxe;
} dhcp_chapter;

void dhcp_clear(dhcp_chapter *dhcp);

/* A DHCP message of the firmware, or a server's answer to it. */
chapter_answer dhcp_add(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, dhcp_client client);

/* The server that a DHCP message speaks of: its sender, or the one that the client names. */
net_address dhcp_server_of(const boot_event *event);

/*
 * Before any event of the boot: whether the client's silence until now tells something. from_system: it is DHCP of the
 * operating system.
 */
void dhcp_time_passes(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, bool from_system);

/* Any other event of the boot: what it proves of the DHCP before it. */
void dhcp_sees(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, bool from_target);

/* Whether the firmware has got an ACK; be it undone again. */
static inline bool
dhcp_has_ack(const dhcp_chapter *dhcp)
{
    return dhcp->ack.frame != 0;
}

/* Whether the capture would show a read request after the ACK; next: the time of the target's next DISCOVER. */
static inline bool
dhcp_request_would_be_seen(const dhcp_chapter *dhcp, const boot_life *life, int64_t next)
{
    return boot_life_may_say(life, FINDING_BOOTSTRAP_NOT_REQUESTED)
        && pxe_request_would_be_seen(life, next, &dhcp->ack);
}

/* The target begins its next boot with this event. */
void dhcp_end(dhcp_chapter *dhcp, boot_life *life, const boot_event *next);

/* What only the end tells: of the capture, or of the boot. */
void dhcp_settle(dhcp_chapter *dhcp, boot_life *life, int64_t end);

/* What was seen, in words behind the finding's title. */
void dhcp_tell(const boot_finding *finding, GString *text);

#endif
