/* boot_filter.h
 * Conversation filter "PVS boot": all frames of the selected frame's boot
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_FILTER_H
#define PVSBOOT_BOOT_FILTER_H

#include <epan/packet_info.h>

#include "boot/boot_tracker.h"

void boot_filter_register(int proto_pvsboot);

/* Remembers the verdict on a frame for as long as the packet lives: the filter is asked for later. */
void boot_filter_keep(packet_info *pinfo, const boot_verdict *verdict);

/* The boot of a packet that lives, or 0. */
uint32_t boot_filter_boot_of(packet_info *pinfo);

/* The display filter for the frames of one boot. The caller frees it. */
char *boot_filter_text(uint32_t boot);

#endif
