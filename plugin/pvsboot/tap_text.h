/* tap_text.h
 * What all statistics of the boots write the same way
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TAP_TEXT_H
#define PVSBOOT_TAP_TEXT_H

#include <epan/packet_info.h>

#include "boot/net_address.h"

/* In words; "" where there is none. The caller frees the text. */
char *tap_address_text(const net_address *from);

#endif
