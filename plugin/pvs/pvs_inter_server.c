/* pvs_inter_server.c
 * The messages between servers of Citrix Provisioning
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Servers speak with each other at UDP 6890 to 6909. What is known of it: five exploit modules of Metasploit for PVS 5.6.
 * docs/evidence.md has the claims.
 */

#include "compat.h"

#include "pvs_inter_server.h"

#include <wsutil/utf8_entities.h>

#include "pvs_datagram.h"
#include "pvs_ports.h"

static int hf_pvs_ipc_type = -1;
static int hf_pvs_ipc_length = -1;

/* Metasploit, modules citrix_streamprocess_*: little-endian; the names are the modules'. */
static const value_string inter_server_type_names[] = {
    { 0x40020000, "Data message" },
    { 0x40020002, "GetFooterRequest" },
    { 0x40020004, "GetBootRecordRequest" },
    { 0x40020006, "GetObjectsRequest" },
    { 0x40020010, "Unnamed" },
    { 0, NULL }
};

/* Where the public sources place a length field in this type of message. */
static int
inter_server_length_offset(uint32_t type)
{
    switch (type) {
    case 0x40020006:
        return 26;
    case 0x40020010:
        return 34;
    default:
        return 22;
    }
}

static bool
is_inter_server_message(tvbuff_t *tvb, const packet_info *pinfo)
{
    return pvs_is_inter_server_port(pinfo->destport) && tvb_captured_length(tvb) >= 4
        && try_val_to_str(tvb_get_letohl(tvb, 0), inter_server_type_names) != NULL;
}

bool
pvs_inter_server_try(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    proto_item *item;
    proto_tree *pvs_tree;
    uint32_t type;
    int length_offset;

    if (!is_inter_server_message(tvb, pinfo))
        return false;
    type = tvb_get_letohl(tvb, 0);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "PVS");
    col_add_fstr(pinfo->cinfo, COL_INFO, "%u " UTF8_RIGHTWARDS_ARROW " %u  Inter-server: %s", pinfo->srcport,
        pinfo->destport, val_to_str_const(type, inter_server_type_names, ""));
    item = pvs_datagram_add_item(tvb, tree);
    if (!item)
        return true;
    pvs_tree = pvs_datagram_add_common(tvb, item, "Inter-server", SERVICE_INTER_SERVER, DIRECTION_BETWEEN_SERVERS);
    proto_tree_add_item(pvs_tree, hf_pvs_ipc_type, tvb, 0, 4, ENC_LITTLE_ENDIAN);
    length_offset = inter_server_length_offset(type);
    if (tvb_captured_length(tvb) < (unsigned)length_offset + 4) {
        pvs_datagram_add_undecoded(pvs_tree, tvb, 4, -1);
        return true;
    }
    pvs_datagram_add_undecoded(pvs_tree, tvb, 4, length_offset - 4);
    proto_tree_add_item(pvs_tree, hf_pvs_ipc_length, tvb, length_offset, 4, ENC_LITTLE_ENDIAN);
    pvs_datagram_add_undecoded(pvs_tree, tvb, length_offset + 4, -1);
    return true;
}

void
pvs_inter_server_register(int proto_pvs)
{
    static hf_register_info hf[] = {
        { &hf_pvs_ipc_type,
            { "Type", "pvs.ipc.type", FT_UINT32, BASE_HEX, VALS(inter_server_type_names), 0x0,
              "Type of the inter-server message, as published for PVS 5.6", HFILL } },
        { &hf_pvs_ipc_length,
            { "Length", "pvs.ipc.length", FT_UINT32, BASE_DEC, NULL, 0x0,
              "A length field, where a public source places one in this type", HFILL } },
    };

    proto_register_field_array(proto_pvs, hf, array_length(hf));
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
