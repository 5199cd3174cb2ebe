/* packet-pvs.h
 * The dissector of Citrix Provisioning datagrams
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PACKET_PVS_H
#define PACKET_PVS_H

#include <epan/packet.h>

#include "boot/boot_tracker.h"
#include "pvs_conversation.h"
#include "pvs_tftp_port.h"

void proto_register_pvs(void);
void proto_reg_handoff_pvs(void);

/*
 * The verdict on the PVS datagram in the frame being dissected, or NULL if it has none. It is there once
 * the frame's dissectors have run, in every pass, and lives as long as the packet.
 */
const boot_verdict *pvs_verdict_of_frame(packet_info *pinfo);

#endif
