/* pvs_stream.h
 * The logon and streaming service of Citrix Provisioning
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_STREAM_H
#define PVS_STREAM_H

#include <epan/packet.h>

/* To be called once at registration. */
void pvs_stream_register(int proto_pvs);

/* Dissects a datagram of the service. to_server: the target sent it. */
int pvs_stream_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool to_server);

#endif
