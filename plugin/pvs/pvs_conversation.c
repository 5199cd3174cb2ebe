/* pvs_conversation.c
 * Wireshark's conversations, as the PVS dissectors bind them
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "pvs_conversation.h"

/* TFTP has conversations with any port of the server. */
static bool
is_of_two_ports(const conversation_t *conversation)
{
    return conversation && (conversation->options & (NO_ADDR2 | NO_PORT2)) == 0;
}

conversation_t *
pvs_conversation_bind(packet_info *pinfo, dissector_handle_t handle)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (!is_of_two_ports(conversation))
        conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP,
            pinfo->srcport, pinfo->destport, 0);
    conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
    return conversation;
}

void
pvs_keep_transfer(packet_info *pinfo, dissector_handle_t handle)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (is_of_two_ports(conversation) && !conversation_get_dissector(conversation, pinfo->num))
        conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
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
