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

static ws_bool
has_boot(packet_info *pinfo FILTER_USER_DATA)
{
    return p_get_proto_data(pinfo->pool, pinfo, proto, 0) != NULL;
}

static char *
filter_of_boot(packet_info *pinfo FILTER_USER_DATA)
{
    unsigned number = GPOINTER_TO_UINT(p_get_proto_data(pinfo->pool, pinfo, proto, 0));

    return number != 0 ? g_strdup_printf("pvsboot.boot == %u", number) : NULL;
}

void
boot_filter_register(int proto_pvsboot)
{
    proto = proto_pvsboot;
    register_conversation_filter("pvsboot", "PVS boot", has_boot, filter_of_boot FILTER_NO_USER_DATA);
}
