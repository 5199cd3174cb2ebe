/* dhcp_load_balance.h
 * The hash that splits DHCP clients between two failover servers (RFC 3074, section 6)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DHCP_LOAD_BALANCE_H
#define PVSBOOT_DHCP_LOAD_BALANCE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The bucket, 0 to 255, of a client. The key is option 61 with its type byte where the client sends one, else chaddr.
 * Equal to the verdicts of a real ISC dhcpd (../shared/rfc3074.md, test-captures/recorded/failover.facts.json).
 */
uint8_t dhcp_load_balance_bucket(const uint8_t *key, size_t length);

#endif
