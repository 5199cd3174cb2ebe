/* pvs_ports.h
 * The preferences of pvs: which UDP ports are whose
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_PORTS_H
#define PVS_PORTS_H

#include <epan/prefs.h>

/* To be called once at registration, with the module of the protocol's preferences. */
void pvs_ports_register(module_t *module);

/* A server's port of logon and streaming: one of the streaming or of the logon ports. */
bool pvs_is_server_port(uint32_t port);

bool pvs_is_logon_port(uint32_t port);
bool pvs_is_target_port(uint32_t port);
bool pvs_is_two_stage_port(uint32_t port);
bool pvs_is_inter_server_port(uint32_t port);

/* The logon ports themselves; the range belongs to the preferences and changes with them. */
const range_t *pvs_logon_ports(void);

#endif
