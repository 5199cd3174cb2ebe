/* tap_json.h
 * Every boot as JSON: -z pvsboot,json[,FILE]
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TAP_JSON_H
#define PVSBOOT_TAP_JSON_H

/* To be called from the protocol's reg_handoff, as the other statistics are. */
void tap_json_register(void);

#endif
