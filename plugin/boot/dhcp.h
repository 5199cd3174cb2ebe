/* dhcp.h
 * The chapter of DHCP and PXE: the firmware gets its address and the name of its boot file
 *
 * RFC 2131, RFC 2132, PXE 2.1. The rules are in docs/diagnosis.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DHCP_H
#define PVSBOOT_DHCP_H

#include "chapter.h"
#include "dhcp_client.h"
#include "discover_log.h"

/* The firmware's newest OFFER of an address, while its transaction is open; frame 0: none. */
typedef struct dhcp_offer {
    uint32_t frame;
    uint32_t transaction;
    net_address server;
} dhcp_offer;

/* The firmware's newest ACK; frame 0: none. */
typedef struct dhcp_ack {
    uint32_t frame;
    int64_t time;
    net_address server; /* of the newest one that grants an address */
} dhcp_ack;

/* Embedded in a boot; zero means that nothing came yet. */
typedef struct dhcp_chapter {
    discover_state discovers;
    dhcp_offer offer;
    dhcp_ack ack;
    bool pxe_client;      /* the client named itself PXEClient */
    bool boot_file_named; /* by any DHCP or PXE server */
} dhcp_chapter;

/* A DHCP message of the firmware, or a server's answer to it. */
chapter_answer dhcp_add(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, dhcp_client client);

/* The server that a DHCP message speaks of: its sender, or the one that the client names. */
net_address dhcp_server_of(const boot_event *event);

/* What only the end tells: of the capture, or of the boot. */
void dhcp_settle(const dhcp_chapter *dhcp, const boot_life *life, int64_t end, finding_log *late);

/* What was seen, in words behind the finding's title. */
void dhcp_tell(const boot_finding *finding, GString *text);

#endif
