/* boot_filter.c
 * Conversation filter "PVS boot": all frames of the selected frame's boot
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "boot_filter.h"

#include <epan/conversation_filter.h>
#include <epan/packet.h>
#include <epan/proto_data.h>

static int proto;

void
boot_filter_keep(packet_info *pinfo, const boot_verdict *verdict)
{
    /* The boot itself may be gone when somebody clicks. */
    p_add_proto_data(pinfo->pool, pinfo, proto, 0, GUINT_TO_POINTER(verdict->boot->life.number));
}

uint32_t
boot_filter_boot_of(packet_info *pinfo)
{
    return GPOINTER_TO_UINT(p_get_proto_data(pinfo->pool, pinfo, proto, 0));
}

char *
boot_filter_text(uint32_t boot)
{
    return g_strdup_printf("pvsboot.boot == %u", boot);
}

static ws_bool
has_boot(packet_info *pinfo FILTER_USER_DATA)
{
    return boot_filter_boot_of(pinfo) != 0;
}

static char *
filter_of_boot(packet_info *pinfo FILTER_USER_DATA)
{
    uint32_t boot = boot_filter_boot_of(pinfo);

    return boot != 0 ? boot_filter_text(boot) : NULL;
}

void
boot_filter_register(int proto_pvsboot)
{
    proto = proto_pvsboot;
    register_conversation_filter("pvsboot", "PVS boot", has_boot, filter_of_boot FILTER_NO_USER_DATA);
}
