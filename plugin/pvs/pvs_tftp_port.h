/* pvs_tftp_port.h
 * What TFTP's claim on a client's port must not do: take the logon, or lose the answers
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

/* To be called once at registration and once at hand-off. */
void pvs_tftp_port_register(int proto_pvs);
void pvs_tftp_port_reg_handoff(void);

/*
 * To be called on the first visit of a target's TFTP read request: keeps the TFTP dissector from taking the
 * stream, should the target use the same port for its logon, and lets it have the answers, whatever the file's name is.
 */
void pvs_expect_logon_from_tftp_port(packet_info *pinfo);

#endif
