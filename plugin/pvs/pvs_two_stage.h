/* pvs_two_stage.h
 * The two-stage boot service of Citrix Provisioning
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_TWO_STAGE_H
#define PVS_TWO_STAGE_H

#include <epan/packet.h>

/* To be called once at registration. */
void pvs_two_stage_register(int proto_pvs);

/*
 * Takes a read request of the service (its port, its opcode and a well-formed path) and, on its first visit, binds what
 * answers it. 0 where this is none.
 */
int pvs_two_stage_try_request(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif
