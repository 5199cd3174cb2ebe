/* pvs_tftp_port.h
 * A logon from the port that the target used for TFTP
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_TFTP_PORT_H
#define PVS_TFTP_PORT_H

#include <epan/packet.h>

/* To be called once at registration and once at hand-off; handle: the dissector of logon and streaming. */
void pvs_tftp_port_register(int proto_pvs, dissector_handle_t handle);
void pvs_tftp_port_reg_handoff(void);

/*
 * To be called on the first visit of a target's TFTP read request: keeps the TFTP dissector from taking the
 * stream, should the target use the same port for its logon.
 */
void pvs_expect_logon_from_tftp_port(packet_info *pinfo);

/* Whether a datagram of logon or streaming ports is TFTP all the same: the logon that was expected has not come. */
bool pvs_tftp_port_is_before_logon(packet_info *pinfo, bool to_server);

/* Dissects it as TFTP. */
int pvs_tftp_port_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
