/* pvs_two_stage.c
 * The two-stage boot service of Citrix Provisioning
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Boot devices (BDM) ask for their second stage at UDP 6969. What is known of it: Tenable NASL 59465, one script.
 * docs/evidence.md has the claims.
 */

#include "compat.h"

#include "pvs_two_stage.h"

#include <epan/conversation.h>
#include <wsutil/utf8_entities.h>

#include "packet_text.h"
#include "pvs_conversation.h"
#include "pvs_datagram.h"
#include "pvs_ports.h"

static int hf_pvs_tsb_opcode = -1;
static int hf_pvs_tsb_file = -1;
static int hf_pvs_tsb_block = -1;
static int hf_pvs_tsb_data = -1;

static dissector_handle_t two_stage_handle;

/* Tenable NASL 59465; the meaning of the bits is not known. */
enum {
    TWO_STAGE_REQUEST = 0x0817,
    TWO_STAGE_DATA = 0x0897,
    TWO_STAGE_ACK = 0x08d7
};

enum {
    TWO_STAGE_OPCODE_LENGTH = 2,
    TWO_STAGE_HEADER_LENGTH = 4 /* opcode and block */
};

static const value_string two_stage_opcode_names[] = {
    { TWO_STAGE_REQUEST, "Read request" },
    { TWO_STAGE_DATA, "Data" },
    { TWO_STAGE_ACK, "ACK" },
    { 0, NULL }
};

/* A request is strict: its opcode, then a printable path that ends with the only NUL, at the datagram's end. */
static bool
is_two_stage_request(tvbuff_t *tvb)
{
    unsigned length = tvb_captured_length(tvb);
    const uint8_t *bytes;

    if (length < TWO_STAGE_OPCODE_LENGTH + 2 || length != tvb_reported_length(tvb)
            || tvb_get_ntohs(tvb, 0) != TWO_STAGE_REQUEST)
        return false;
    bytes = tvb_get_ptr(tvb, 0, (int)length);
    for (unsigned i = TWO_STAGE_OPCODE_LENGTH; i < length - 1; i++)
        if (!g_ascii_isprint((char)bytes[i]))
            return false;
    return bytes[length - 1] == '\0';
}

static bool
is_two_stage_message(tvbuff_t *tvb, packet_info *pinfo, bool from_client)
{
    if (tvb_captured_length(tvb) < TWO_STAGE_HEADER_LENGTH)
        return false;
    switch (tvb_get_ntohs(tvb, 0)) {
    case TWO_STAGE_REQUEST:
        return from_client && pvs_is_two_stage_port(pinfo->destport) && is_two_stage_request(tvb);
    case TWO_STAGE_DATA:
        return !from_client;
    case TWO_STAGE_ACK:
        return from_client && tvb_reported_length(tvb) == TWO_STAGE_HEADER_LENGTH;
    default:
        return false;
    }
}

/* The data as it is in the file: each byte travels inverted. Of what was captured; NULL where that is nothing. */
static tvbuff_t *
decode_two_stage_data(tvbuff_t *tvb, packet_info *pinfo)
{
    int length = tvb_captured_length_remaining(tvb, TWO_STAGE_HEADER_LENGTH);
    uint8_t *bytes;

    if (length <= 0)
        return NULL;
    bytes = tvb_memdup(pinfo->pool, tvb, TWO_STAGE_HEADER_LENGTH, length);
    for (int i = 0; i < length; i++)
        bytes[i] ^= 0xff;
    return tvb_new_child_real_data(tvb, bytes, (unsigned)length,
        (int)tvb_reported_length(tvb) - TWO_STAGE_HEADER_LENGTH);
}

static void
add_two_stage_fields(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint16_t opcode, tvbuff_t *decoded)
{
    proto_tree_add_item(tree, hf_pvs_tsb_opcode, tvb, 0, TWO_STAGE_OPCODE_LENGTH, ENC_BIG_ENDIAN);
    if (opcode == TWO_STAGE_REQUEST) {
        proto_tree_add_item(tree, hf_pvs_tsb_file, tvb, TWO_STAGE_OPCODE_LENGTH, -1, ENC_ASCII);
        return;
    }
    proto_tree_add_item(tree, hf_pvs_tsb_block, tvb, TWO_STAGE_OPCODE_LENGTH,
        TWO_STAGE_HEADER_LENGTH - TWO_STAGE_OPCODE_LENGTH, ENC_NA);
    if (decoded) {
        add_new_data_source(pinfo, decoded, "Two-stage boot data");
        pvs_datagram_add_bytes(tree, hf_pvs_tsb_data, decoded, 0, -1);
    }
}

/* The name that a well-formed request asks for, made fit to be kept. Lives as long as the packet. */
static const char *
name_of(tvbuff_t *tvb, packet_info *pinfo)
{
    int length = (int)tvb_captured_length(tvb) - TWO_STAGE_OPCODE_LENGTH - 1;
    char *text = packet_text(tvb_get_ptr(tvb, TWO_STAGE_OPCODE_LENGTH, length), (size_t)length, PACKET_TEXT_MAX);
    const char *name = wmem_strdup(pinfo->pool, text);

    g_free(text);
    return name;
}

/* What the message tells, and its words at the end of the Info column. decoded: its data, or NULL. */
static void
read_fact(tvbuff_t *tvb, packet_info *pinfo, uint16_t opcode, tvbuff_t *decoded, bootstrap_fact *fact)
{
    fact->number = tvb_get_ntohs(tvb, TWO_STAGE_OPCODE_LENGTH);
    switch (opcode) {
    case TWO_STAGE_REQUEST:
        fact->message = BOOTSTRAP_REQUEST;
        fact->file = name_of(tvb, pinfo);
        col_append_fstr(pinfo->cinfo, COL_INFO, ", %s", fact->file);
        break;
    case TWO_STAGE_DATA:
        fact->message = BOOTSTRAP_DATA;
        fact->length = tvb_reported_length(tvb) - TWO_STAGE_HEADER_LENGTH;
        if (decoded) {
            fact->captured = tvb_captured_length(decoded);
            fact->data = tvb_get_ptr(decoded, 0, (int)fact->captured);
        }
        col_append_fstr(pinfo->cinfo, COL_INFO, ", %u bytes", fact->length);
        break;
    default:
        fact->message = BOOTSTRAP_ACK;
        break;
    }
}

/* Called for the conversation of a request: between the client's port and any port of the server. */
static int
dissect_two_stage(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    boot_event event = { .kind = BOOT_EVENT_BOOTSTRAP, .bootstrap = { .transport = BOOTSTRAP_BY_TWO_STAGE } };
    tvbuff_t *decoded = NULL;
    bool from_client;
    uint16_t opcode;
    proto_item *item;

    if (tvb_captured_length(tvb) < TWO_STAGE_HEADER_LENGTH)
        return 0;
    opcode = tvb_get_ntohs(tvb, 0);
    from_client = opcode != TWO_STAGE_DATA;
    if (!is_two_stage_message(tvb, pinfo, from_client))
        return 0;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "PVS");
    col_add_fstr(pinfo->cinfo, COL_INFO, "%u " UTF8_RIGHTWARDS_ARROW " %u  Two-stage boot: %s", pinfo->srcport,
        pinfo->destport, val_to_str_const(opcode, two_stage_opcode_names, ""));
    if (opcode == TWO_STAGE_DATA)
        decoded = decode_two_stage_data(tvb, pinfo);
    read_fact(tvb, pinfo, opcode, decoded, &event.bootstrap);
    if (!PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        pvs_keep_transfer(pinfo, two_stage_handle);
    pvs_datagram_judge(tvb, pinfo, &event);
    item = pvs_datagram_add_item(tvb, tree);
    if (item)
        add_two_stage_fields(tvb, pinfo,
            pvs_datagram_add_common(tvb, item, "Two-stage boot", PVS_SERVICE_TWO_STAGE,
                from_client ? DIRECTION_TO_SERVER : DIRECTION_TO_TARGET),
            opcode, decoded);
    return tvb_captured_length(tvb);
}

/* The answer may come from the port that was asked, or from any other port of that server. */
static void
bind_answers(packet_info *pinfo)
{
    conversation_t *any_port = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP,
        pinfo->srcport, 0, NO_PORT2);

    conversation_set_dissector(any_port, two_stage_handle);
    pvs_conversation_bind(pinfo, two_stage_handle);
}

int
pvs_two_stage_try_request(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    if (!pvs_is_two_stage_port(pinfo->destport) || !is_two_stage_request(tvb))
        return 0;
    if (!PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        bind_answers(pinfo);
    return dissect_two_stage(tvb, pinfo, tree, NULL);
}

void
pvs_two_stage_register(int proto_pvs)
{
    static hf_register_info hf[] = {
        { &hf_pvs_tsb_opcode,
            { "Opcode", "pvs.tsb.opcode", FT_UINT16, BASE_HEX, VALS(two_stage_opcode_names), 0x0,
              "Message of the two-stage boot service", HFILL } },
        { &hf_pvs_tsb_file,
            { "File", "pvs.tsb.file", FT_STRINGZ, BASE_NONE, NULL, 0x0,
              "Path of the file that is asked for", HFILL } },
        { &hf_pvs_tsb_block,
            { "Block", "pvs.tsb.block", FT_BYTES, BASE_NONE, NULL, 0x0,
              "Id of the block, which its ACK repeats; its order is not public", HFILL } },
        { &hf_pvs_tsb_data,
            { "Data", "pvs.tsb.data", FT_BYTES, BASE_NONE, NULL, 0x0,
              "The data after the XOR with 0xFF", HFILL } },
    };

    proto_register_field_array(proto_pvs, hf, array_length(hf));
    two_stage_handle = register_dissector("pvs.tsb", dissect_two_stage, proto_pvs);
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
