/* plugin.c
 * Wireshark's entry points of the PVSBOOT plugin, nothing else
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_BUILD_DLL
#include "compat.h"

#include <epan/packet.h>

#include "pvs/packet-pvs.h"
#include "pvsboot/packet-pvsboot.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = PLUGIN_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

void
plugin_register(void)
{
    static proto_plugin pvs, pvsboot;

    pvs.register_protoinfo = proto_register_pvs;
    pvs.register_handoff = proto_reg_handoff_pvs;
    proto_register_plugin(&pvs);

    pvsboot.register_protoinfo = proto_register_pvsboot;
    pvsboot.register_handoff = proto_reg_handoff_pvsboot;
    proto_register_plugin(&pvsboot);
}

/* Asked for since 4.4: bit 0 says that this plugin holds dissectors. */
uint32_t
plugin_describe(void)
{
    return 1;
}
