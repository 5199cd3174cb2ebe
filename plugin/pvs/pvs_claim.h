/* pvs_claim.h
 * Which datagrams are logon and streaming, and which end is the server's
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_CLAIM_H
#define PVS_CLAIM_H

#include <epan/packet.h>

/* To be called once at registration. by_ports: the dissector of datagrams whose ports tell which end is the server's. */
void pvs_claim_register(int proto_pvs, dissector_handle_t by_ports);

/*
 * Which end is the server's, as far as the ports tell: one of the two is a server's port, and the other is not. False
 * where they do not tell.
 */
bool pvs_claim_direction_by_ports(const packet_info *pinfo, bool *to_server);

/* The same by what the capture has shown, where both are servers' ports: which end boots. */
bool pvs_claim_direction_by_boots(const packet_info *pinfo, bool *to_server);

/* Whether this datagram, which nobody has bound to a dissector, is logon or streaming. The same in every pass. */
bool pvs_claim(packet_info *pinfo, bool *to_server);

/* Binds the two ends of a claimed datagram, from this frame on; to be called on its first visit. Returns to whom. */
dissector_handle_t pvs_claim_bind(packet_info *pinfo, bool to_server);

#endif
