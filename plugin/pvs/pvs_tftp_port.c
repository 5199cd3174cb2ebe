/* pvs_tftp_port.c
 * What TFTP's claim on a client's port must not do: take the logon, or lose the answers
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
 * what it gets. So conversations with the logon ports are made here, which come before that one; what is no TFTP in
 * them is the logon. From then on TFTP's conversation gives way: the stream may come from any port.
 *
 * A read request whose name holds bytes outside ASCII is shown as TFTP, but binds nothing, so that its answers would be
 * shown as bare UDP. Firmware sends such names where option 67 has no NUL and 0xFF, the end of options, follows it.
 *
 * A server with several addresses may answer from another one than was asked, which firmware ignores. Those answers are
 * shown as TFTP, too: only a first one, an OACK or the first block, and none that the ports call PVS.
 */

#include "compat.h"

#include "pvs_tftp_port.h"

#include <epan/conversation.h>

#include "pvs_claim.h"
#include "pvs_ports.h"

/* So many logon ports are watched for a read request; a site has one or a few. */
#define WATCHED_PORTS 64

/* RFC 1350, section 5, and RFC 2347. */
enum {
    TFTP_READ_REQUEST = 1,
    TFTP_WRITE_REQUEST = 2,
    TFTP_DATA = 3,
    TFTP_ACK = 4,
    TFTP_ERROR = 5,
    TFTP_OPTION_ACK = 6
};

#define TFTP_HEADER_LENGTH 4

static int proto_pvs;
static dissector_handle_t watch_handle;
static dissector_handle_t give_way_handle;
static dissector_handle_t elsewhere_handle;
static dissector_handle_t tftp_handle;

/* Whether a datagram between a client's TFTP port and a server may be TFTP, by its opcode and who sent it. */
static bool
may_be_tftp(tvbuff_t *tvb, bool to_server)
{
    if (tvb_captured_length(tvb) < TFTP_HEADER_LENGTH)
        return false;
    switch (tvb_get_ntohs(tvb, 0)) {
    case TFTP_READ_REQUEST:
    case TFTP_WRITE_REQUEST:
        return to_server;
    case TFTP_ACK:
        return to_server && tvb_reported_length(tvb) == TFTP_HEADER_LENGTH;
    case TFTP_DATA:
    case TFTP_OPTION_ACK:
        return !to_server;
    case TFTP_ERROR:
        return true;
    default:
        return false;
    }
}

/* The conversation of a client's port with any port of the server, or NULL. */
static conversation_t *
find_any_port(const packet_info *pinfo, const address *client, uint32_t client_port, const address *server)
{
    conversation_t *conversation = find_conversation(pinfo->num, client, server, CONVERSATION_UDP, client_port, 0,
        NO_PORT_B);

    if (!conversation || !(conversation->options & NO_PORT2) || (conversation->options & NO_ADDR2)
            || conversation_key_port1(conversation->key_ptr) != client_port
            || !addresses_equal(conversation_key_addr1(conversation->key_ptr), client))
        return NULL;
    return conversation;
}

/* The same for a datagram of either side. */
static conversation_t *
find_any_port_of(const packet_info *pinfo, bool *to_server)
{
    conversation_t *conversation = find_any_port(pinfo, &pinfo->src, pinfo->srcport, &pinfo->dst);

    *to_server = conversation != NULL;
    return conversation ? conversation : find_any_port(pinfo, &pinfo->dst, pinfo->destport, &pinfo->src);
}

/* TFTP does so itself where it likes the name. */
static void
bind_answers(const packet_info *pinfo)
{
    conversation_t *conversation = find_any_port(pinfo, &pinfo->src, pinfo->srcport, &pinfo->dst);

    if (conversation && conversation_get_dissector(conversation, pinfo->num) == tftp_handle)
        return;
    conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP, pinfo->srcport, 0, NO_PORT2);
    conversation_set_dissector(conversation, tftp_handle);
}

static void
bind_answers_from_elsewhere(const packet_info *pinfo)
{
    conversation_t *conversation = find_conversation(pinfo->num, &pinfo->src, NULL, CONVERSATION_UDP, pinfo->srcport, 0,
        NO_ADDR_B | NO_PORT_B);

    if (conversation && conversation_get_dissector(conversation, pinfo->num) == elsewhere_handle)
        return;
    conversation = conversation_new(pinfo->num, &pinfo->src, NULL, CONVERSATION_UDP, pinfo->srcport, 0,
        NO_ADDR2 | NO_PORT2);
    conversation_set_dissector(conversation, elsewhere_handle);
}

static void
watch_port(const packet_info *pinfo, uint32_t server_port)
{
    conversation_t *conversation = find_conversation(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP,
        pinfo->srcport, server_port, 0);

    if (!conversation || (conversation->options & (NO_ADDR2 | NO_PORT2)))
        conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP, pinfo->srcport,
            server_port, 0);
    conversation_set_dissector_from_frame_number(conversation, pinfo->num + 1, watch_handle);
}

void
pvs_expect_logon_from_tftp_port(packet_info *pinfo)
{
    const range_t *ports = pvs_logon_ports();
    unsigned watched = 0;

    bind_answers(pinfo);
    bind_answers_from_elsewhere(pinfo);
    if (!proto_is_protocol_enabled(find_protocol_by_id(proto_pvs)))
        return;
    for (unsigned i = 0; i < ports->nranges; i++)
        for (uint32_t port = ports->ranges[i].low; port <= ports->ranges[i].high && watched < WATCHED_PORTS; port++, watched++)
            watch_port(pinfo, port);
}

/*
 * Called for a client's TFTP port and a logon port. The first datagram that is no TFTP is of the logon, even if it is the
 * server's: the target's may not have been captured.
 */
static int
dissect_watched(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool to_server;
    conversation_t *any_port = find_any_port_of(pinfo, &to_server);

    /* On a later visit the logon is bound already. */
    if (!any_port || PINFO_FD_VISITED(pinfo) || pinfo->flags.in_error_pkt || may_be_tftp(tvb, to_server))
        return call_dissector_only(tftp_handle, tvb, pinfo, tree, NULL);
    conversation_set_dissector_from_frame_number(any_port, pinfo->num, give_way_handle);
    return call_dissector_only(pvs_claim_bind(pinfo, to_server), tvb, pinfo, tree, NULL);
}

/* Called for a client's TFTP port and any port of its server, after the logon. Late datagrams of TFTP are still its own. */
static int
dissect_after_logon(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool to_server;

    if (pvs_claim_direction_by_ports(pinfo, &to_server))
        return 0; /* PVS, if anything: the heuristic comes next */
    find_any_port_of(pinfo, &to_server);
    return may_be_tftp(tvb, to_server) ? call_dissector_only(tftp_handle, tvb, pinfo, tree, NULL) : 0;
}

/* Called for a client's TFTP port and any other address. */
static int
dissect_from_elsewhere(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool to_server;
    uint16_t opcode;
    conversation_t *any_port = find_any_port_of(pinfo, &to_server);
    dissector_handle_t handle = any_port ? conversation_get_dissector(any_port, pinfo->num) : NULL;

    /* Wireshark 4.6 asks for a conversation with any address before the one with this server. */
    if (handle)
        return call_dissector_only(handle, tvb, pinfo, tree, NULL);
    if (tvb_captured_length(tvb) <= TFTP_HEADER_LENGTH || pinfo->flags.in_error_pkt
            || pvs_claim_direction_by_ports(pinfo, &to_server))
        return 0;
    opcode = tvb_get_ntohs(tvb, 0);
    if (!(opcode == TFTP_OPTION_ACK && g_ascii_isalpha(tvb_get_ntohs(tvb, 2) >> 8))
            && !(opcode == TFTP_DATA && tvb_get_ntohs(tvb, 2) == 1))
        return 0;
    return call_dissector_only(tftp_handle, tvb, pinfo, tree, NULL);
}

void
pvs_tftp_port_register(int proto)
{
    proto_pvs = proto;
    /* Of no protocol: each calls the one that the datagram is of. */
    watch_handle = create_dissector_handle(dissect_watched, -1);
    give_way_handle = create_dissector_handle(dissect_after_logon, -1);
    elsewhere_handle = create_dissector_handle(dissect_from_elsewhere, -1);
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
