/* mac_senders.h
 * MAC addresses that send for targets' addresses: one that sends for two of them is a router's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_MAC_SENDERS_H
#define PVSBOOT_MAC_SENDERS_H

#include "net_address.h"

/* senders: mac_address -> mac_sender, which holds its key. */
GHashTable *mac_senders_new(void);

/*
 * This MAC sends or receives for this target's address. Returns whether it has become known as a router's with it: it has
 * done so for two in turn (A, B, A), or within 60 s. Time in nanoseconds. A limited number is remembered.
 */
bool mac_senders_see(GHashTable *senders, mac_address mac, const net_address *address, int64_t time);

/* Whether it is known as a router's. */
bool mac_senders_is_router(GHashTable *senders, mac_address mac);

#endif
