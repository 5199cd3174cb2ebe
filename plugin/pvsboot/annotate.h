/* annotate.h
 * Shows a verdict in the packet details, the Info column and the expert information
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_ANNOTATE_H
#define PVSBOOT_ANNOTATE_H

#include <epan/packet.h>

#include "boot/boot_tracker.h"

/* Registers the fields and expert infos of pvsboot. */
void annotate_register(int proto);

/* Adds the verdict's fields and findings to the tree. */
void annotate_tree(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const boot_verdict *verdict);

/* Says that so many boots were forgotten with this frame, if there were any. */
void annotate_forgotten(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned count);

/* Appends the step to the Info column. */
void annotate_info_column(packet_info *pinfo, const boot_verdict *verdict);

#endif
