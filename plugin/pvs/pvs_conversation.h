/* pvs_conversation.h
 * Wireshark's conversations, as the PVS dissectors bind them
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_CONVERSATION_H
#define PVS_CONVERSATION_H

#include <epan/conversation.h>
#include <epan/packet.h>

/* Binds the two ports to a dissector, from this frame on: earlier frames stay what they were. Returns what was bound. */
conversation_t *pvs_conversation_bind(packet_info *pinfo, dissector_handle_t handle);

/*
 * To be called on the first visit of a download's message, TFTP or two-stage: keeps the client's half with its dissector.
 * Wireshark 4.6 loses it where a server answers from another port than the one that was asked: the UDP dissector makes
 * a conversation of the two ports, and that hides the one between the client's port and any port of the server.
 */
void pvs_keep_transfer(packet_info *pinfo, dissector_handle_t handle);

#endif
