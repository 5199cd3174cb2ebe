/* pvs_inter_server.h
 * The messages between servers of Citrix Provisioning
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_INTER_SERVER_H
#define PVS_INTER_SERVER_H

#include <epan/packet.h>

/* To be called once at registration. */
void pvs_inter_server_register(int proto_pvs);

/* Takes a message that goes to a port of the servers and has a known type. False where this is none. */
bool pvs_inter_server_try(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
