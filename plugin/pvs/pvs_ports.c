/* pvs_ports.c
 * The preferences of pvs: which UDP ports are whose
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "pvs_ports.h"

#define HIGHEST_PORT 65535

static range_t *stream_ports;
static range_t *logon_ports;
static range_t *target_ports;
static range_t *two_stage_ports;
static range_t *inter_server_ports;

static void
add_preference(module_t *module, range_t **ports, const char *usual, const char *name, const char *title,
    const char *description)
{
    range_convert_str(wmem_epan_scope(), ports, usual, HIGHEST_PORT);
    prefs_register_range_preference(module, name, title, description, ports, HIGHEST_PORT);
}

void
pvs_ports_register(module_t *module)
{
    add_preference(module, &stream_ports, "6910-6930", "stream_ports", "Streaming ports of the servers",
        "UDP ports of the stream service (First port to Last port in the server's properties)");
    add_preference(module, &logon_ports, "6910", "logon_ports", "Logon ports of the servers",
        "UDP ports that targets log on to (the bootstrap's server list names them)");
    add_preference(module, &target_ports, "6901,6902,6905", "target_ports", "Ports of the targets",
        "UDP ports that targets log on and stream from; targets that the capture shows to boot are known by any port");
    add_preference(module, &two_stage_ports, "6969", "two_stage_ports", "Two-stage boot ports of the servers",
        "UDP ports of the two-stage boot service, which boot devices (BDM) ask for their second stage");
    add_preference(module, &inter_server_ports, "6890-6909", "inter_server_ports", "Inter-server ports",
        "UDP ports on which PVS servers speak with each other");
}

bool
pvs_is_server_port(uint32_t port)
{
    return value_is_in_range(stream_ports, port) || value_is_in_range(logon_ports, port);
}

bool
pvs_is_logon_port(uint32_t port)
{
    return value_is_in_range(logon_ports, port);
}

bool
pvs_is_target_port(uint32_t port)
{
    return value_is_in_range(target_ports, port);
}

bool
pvs_is_two_stage_port(uint32_t port)
{
    return value_is_in_range(two_stage_ports, port);
}

bool
pvs_is_inter_server_port(uint32_t port)
{
    return value_is_in_range(inter_server_ports, port);
}

const range_t *
pvs_logon_ports(void)
{
    return logon_ports;
}

/*
 * Editor modelines  -  https://www.wireshark.org/tools/modelines.html
 *
 * Local variables:
 * c-basic-offset: 4
 * tab-width: 8
 * indent-tabs-mode: nil
 * End:
 *
 * vi: set shiftwidth=4 tabstop=8 expandtab:
 * :indentSize=4:tabSize=8:noTabs=true:
 */
