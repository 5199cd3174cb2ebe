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

void proto_register_pvs(void);
void proto_reg_handoff_pvs(void);

/*
 * The verdict on the PVS datagram in the frame being dissected, or NULL if it has none. It is there once
 * the frame's dissectors have run, in every pass, and lives as long as the packet.
 */
const boot_verdict *pvs_verdict_of_frame(packet_info *pinfo);

/*
 * To be called on the first visit of a target's TFTP read request: keeps the TFTP dissector from taking the
 * stream, should the target use the same port for its logon.
 */
void pvs_expect_logon_from_tftp_port(packet_info *pinfo);

/*
 * To be called on the first visit of a download's message, TFTP or two-stage: keeps the client's half with its dissector.
 * Wireshark 4.6 loses it where a server answers from another port than the one that was asked: the UDP dissector makes
 * a conversation of the two ports, and that hides the one between the client's port and any port of the server.
 */
void pvs_keep_transfer(packet_info *pinfo, dissector_handle_t handle);

#endif
