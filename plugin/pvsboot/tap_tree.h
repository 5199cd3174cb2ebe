/* tap_tree.h
 * Boots by phase reached, outcome and finding: -z pvsboot,tree
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TAP_TREE_H
#define PVSBOOT_TAP_TREE_H

/* To be called from the protocol's reg_handoff, as the other statistics are. */
void tap_tree_register(void);

#endif
