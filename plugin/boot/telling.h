/* telling.h
 * Numbers, addresses and names as the texts of findings show them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TELLING_H
#define PVSBOOT_TELLING_H

#include "net_address.h"

/* Nanoseconds as seconds. */
double telling_seconds(int64_t nanoseconds);

/* Adds the words before and the address; nothing where the address is not known. */
void telling_address(GString *text, const char *before, const net_address *address);

/* Adds the words before, the MAC address, and the words after. */
void telling_mac(GString *text, const char *before, mac_address mac, const char *after);

/* Adds the words before and a name of the capture's, cut to what a line has room for; nothing where it is NULL. */
void telling_name(GString *text, const char *before, const char *name);

#endif
