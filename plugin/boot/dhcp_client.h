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
    DHCP_CLIENT_OPERATING_SYSTEM
} dhcp_client;

/*
 * By option 60 (RFC 2132, section 9.13; PXE 2.1, section 2.2.1), or else by what it asks for. A client's message only; the
 * rule is in docs/evidence.md.
 */
dhcp_client dhcp_client_of(const dhcp_fact *fact);

#endif
