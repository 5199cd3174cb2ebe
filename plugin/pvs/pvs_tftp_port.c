/* pvs_tftp_port.c
 * A logon from the port that the target used for TFTP
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A read request binds the client's port to the server's address with any port (packet-tftp.c), so the TFTP dissector
 * would get a logon from that port too: conversations come before heuristics, and Wireshark 4.0's TFTP dissector takes
 * what it gets. Here conversations are made of one server port each, which come before that one. Only the logon ports
 * are reserved at first. The others follow when the target has logged on this way.
 */

#include "compat.h"

#include "pvs_tftp_port.h"

#include <epan/conversation.h>

#include "pvs_ports.h"

static int proto_pvs;
static dissector_handle_t pvs_handle;
static dissector_handle_t tftp_handle;

/* Kept with a conversation that was made before its first datagram. Lives with the capture. */
typedef struct pvs_expectation {
    uint32_t logon_frame; /* the first frame in which the target spoke to this server port, or 0 */
    bool is_tftp;         /* the server spoke first: no logon, but TFTP that answers from this port */
} pvs_expectation;

/* Makes conversations of one server port each, which come before TFTP's conversation with any port. */
static void
expect_from_tftp_port(packet_info *pinfo, const address *client, const address *server, uint32_t client_port,
    const range_t *server_ports)
{
    for (unsigned i = 0; i < server_ports->nranges; i++) {
        for (uint32_t port = server_ports->ranges[i].low; port <= server_ports->ranges[i].high; port++) {
            conversation_t *conversation = find_conversation(pinfo->num, client, server, CONVERSATION_UDP,
                client_port, port, 0);
            if (conversation && conversation_get_proto_data(conversation, proto_pvs))
                continue;
            conversation = conversation_new(pinfo->num, client, server, CONVERSATION_UDP, client_port, port, 0);
            conversation_add_proto_data(conversation, proto_pvs, wmem_new0(wmem_file_scope(), pvs_expectation));
            conversation_set_dissector(conversation, pvs_handle);
        }
    }
}

void
pvs_expect_logon_from_tftp_port(packet_info *pinfo)
{
    expect_from_tftp_port(pinfo, &pinfo->src, &pinfo->dst, pinfo->srcport, pvs_logon_ports());
}

/* Whether the expected logon has come. It is the target that speaks first; a TFTP server answers from any port. */
static bool
is_logon_from_tftp_port(packet_info *pinfo, pvs_expectation *expectation, bool to_server)
{
    if (expectation->logon_frame == 0 && !expectation->is_tftp && !pinfo->flags.in_error_pkt) {
        if (to_server) {
            expectation->logon_frame = pinfo->num;
            expect_from_tftp_port(pinfo, &pinfo->src, &pinfo->dst, pinfo->srcport, pvs_stream_ports());
        } else {
            expectation->is_tftp = true;
        }
    }
    return expectation->logon_frame != 0;
}

bool
pvs_tftp_port_is_before_logon(packet_info *pinfo, bool to_server)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    pvs_expectation *expectation = conversation ? conversation_get_proto_data(conversation, proto_pvs) : NULL;

    return expectation && !is_logon_from_tftp_port(pinfo, expectation, to_server);
}

int
pvs_tftp_port_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    return call_dissector_only(tftp_handle, tvb, pinfo, tree, NULL);
}

void
pvs_tftp_port_register(int proto, dissector_handle_t handle)
{
    proto_pvs = proto;
    pvs_handle = handle;
}

void
pvs_tftp_port_reg_handoff(void)
{
    tftp_handle = find_dissector_add_dependency("tftp", proto_pvs);
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
