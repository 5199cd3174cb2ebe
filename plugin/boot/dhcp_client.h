/* dhcp_client.h
 * Whose DHCP client speaks: firmware or an operating system
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DHCP_CLIENT_H
#define PVSBOOT_DHCP_CLIENT_H

#include "boot_event.h"

typedef enum dhcp_client {
    DHCP_CLIENT_UNKNOWN,
    DHCP_CLIENT_PXE,
    DHCP_CLIENT_HTTP, /* UEFI's HTTP boot */
    DHCP_CLIENT_OPERATING_SYSTEM
} dhcp_client;

/* Whether the client says of itself that it is firmware that boots from the network. */
static inline bool
dhcp_client_is_firmware(dhcp_client client)
{
    return client == DHCP_CLIENT_PXE || client == DHCP_CLIENT_HTTP;
}

/* What tells one client of a machine from another: options 60, 77 and 93, and whether it sends 175, in one number. */
uint64_t dhcp_client_identity(const dhcp_fact *fact);

/*
 * By option 60 (RFC 2132, section 9.13; PXE 2.1, section 2.2.1), or else by what it asks for. A client's message only; the
 * rule is in docs/evidence.md.
 */
dhcp_client dhcp_client_of(const dhcp_fact *fact);

#endif
