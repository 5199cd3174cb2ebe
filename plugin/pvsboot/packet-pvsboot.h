/* packet-pvsboot.h
 * The post-dissector that shows PVS boots
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PACKET_PVSBOOT_H
#define PACKET_PVSBOOT_H

void proto_register_pvsboot(void);
void proto_reg_handoff_pvsboot(void);

#endif
