/* tap_boots.h
 * The table of boots: -z pvsboot,boots
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TAP_BOOTS_H
#define PVSBOOT_TAP_BOOTS_H

/* To be called from the protocol's reg_handoff: sharkd knows no other place (wireshark-notes.md). */
void tap_boots_register(void);

#endif
