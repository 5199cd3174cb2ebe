/* tap_srt.h
 * Service response times of reads: -z pvs,srt
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TAP_SRT_H
#define PVSBOOT_TAP_SRT_H

/* To be called from the protocol's reg_handoff, as the other statistics are. */
void tap_srt_register(void);

#endif
