/* pvs_claim.c
 * Which datagrams are logon and streaming, and which end is the server's
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "pvs_claim.h"

#include <epan/conversation.h>

#include "open_capture.h"
#include "pvs_conversation.h"
#include "pvs_ports.h"
#include "pvs_stream.h"

static int proto_pvs;
static dissector_handle_t by_ports_handle;
static dissector_handle_t by_end_handle;

/* Kept with a conversation whose ports do not tell which end is the server's. Lives with the capture. */
typedef struct server_end {
    net_address address;
    uint32_t port;
} server_end;

bool
pvs_claim_direction_by_ports(const packet_info *pinfo, bool *to_server)
{
    *to_server = pvs_is_server_port(pinfo->destport);
    return *to_server != pvs_is_server_port(pinfo->srcport);
}

static bool
is_target(const packet_info *pinfo, const address *whose)
{
    net_address asked = open_capture_address(whose);

    return boot_tracker_is_target(open_capture_boots(), &asked, pinfo->num);
}

/* A target's own port may lie in the servers' range: then the capture must have shown who boots. */
bool
pvs_claim_direction_by_boots(const packet_info *pinfo, bool *to_server)
{
    if (!pvs_is_server_port(pinfo->srcport) || !pvs_is_server_port(pinfo->destport))
        return false;
    *to_server = is_target(pinfo, &pinfo->src);
    return *to_server != is_target(pinfo, &pinfo->dst);
}

/* A server's port with a target port, or with any port of a target that the capture has shown to boot. */
static bool
is_at_server_port(const packet_info *pinfo, bool *to_server)
{
    if (!pvs_claim_direction_by_ports(pinfo, to_server))
        return pvs_claim_direction_by_boots(pinfo, to_server);
    return pvs_is_target_port(*to_server ? pinfo->srcport : pinfo->destport)
        || is_target(pinfo, *to_server ? &pinfo->src : &pinfo->dst);
}

/* Whether the target speaks with this server already, from this port or, where it is a target port, from any. */
static bool
speaks_with(const packet_info *pinfo, const net_address *target, uint32_t target_port, const net_address *server)
{
    return boot_tracker_speaks_with(open_capture_boots(), target,
        pvs_is_target_port(target_port) ? 0 : (uint16_t)target_port, server, pinfo->num);
}

/* Sites stream on ports beyond the usual range (theorypc.ca, 2016/06/28: 6910 to 6968): who has logged on is known. */
static bool
is_between_partners(const packet_info *pinfo, bool *to_server)
{
    net_address source, destination;

    if (boot_tracker_boots(open_capture_boots())->len == 0)
        return false; /* most captures: their UDP pays nothing */
    source = open_capture_address(&pinfo->src);
    destination = open_capture_address(&pinfo->dst);
    *to_server = speaks_with(pinfo, &source, pinfo->srcport, &destination);
    return *to_server || speaks_with(pinfo, &destination, pinfo->destport, &source);
}

static bool
direction_by_end(const packet_info *pinfo, const conversation_t *conversation, bool *to_server)
{
    const server_end *server = conversation_get_proto_data(conversation, proto_pvs);
    net_address destination = open_capture_address(&pinfo->dst);

    if (!server)
        return false;
    *to_server = pinfo->destport == server->port && net_address_equal(&destination, &server->address);
    return true;
}

/* As the first visit bound it: what boots remember may have changed since, and this frame is what it was. */
static bool
recall_claim(packet_info *pinfo, bool *to_server)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    dissector_handle_t bound = conversation ? conversation_get_dissector(conversation, pinfo->num) : NULL;

    if (bound == by_ports_handle)
        return pvs_claim_direction_by_ports(pinfo, to_server);
    return bound == by_end_handle && direction_by_end(pinfo, conversation, to_server);
}

bool
pvs_claim(packet_info *pinfo, bool *to_server)
{
    if (PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        return recall_claim(pinfo, to_server);
    return is_at_server_port(pinfo, to_server) || is_between_partners(pinfo, to_server);
}

dissector_handle_t
pvs_claim_bind(packet_info *pinfo, bool to_server)
{
    conversation_t *conversation;
    server_end *server;
    bool by_ports;

    if (pvs_claim_direction_by_ports(pinfo, &by_ports) && by_ports == to_server) {
        pvs_conversation_bind(pinfo, by_ports_handle);
        return by_ports_handle;
    }
    conversation = pvs_conversation_bind(pinfo, by_end_handle);
    server = wmem_new0(wmem_file_scope(), server_end);
    server->address = open_capture_address(to_server ? &pinfo->dst : &pinfo->src);
    server->port = to_server ? pinfo->destport : pinfo->srcport;
    conversation_add_proto_data(conversation, proto_pvs, server);
    return by_end_handle;
}

/* Called for bound conversations whose ports do not tell which end is the server's. */
static int
dissect_by_end(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    bool to_server;

    if (!conversation || !direction_by_end(pinfo, conversation, &to_server))
        return 0;
    return pvs_stream_dissect(tvb, pinfo, tree, to_server);
}

void
pvs_claim_register(int proto, dissector_handle_t by_ports)
{
    proto_pvs = proto;
    by_ports_handle = by_ports;
    by_end_handle = register_dissector("pvs.by_end", dissect_by_end, proto);
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
