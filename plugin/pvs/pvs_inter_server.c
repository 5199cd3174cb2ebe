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
 * Servers speak with each other at UDP 6890 to 6909. What is known of it: five exploit modules of Metasploit, and Snort's
 * signatures, both for PVS 5.6. docs/evidence.md has the claims.
 */

#include "compat.h"

#include "pvs_inter_server.h"

#include <wsutil/utf8_entities.h>

#include "pvs_datagram.h"
#include "pvs_ports.h"

static int hf_pvs_ipc_type = -1;
static int hf_pvs_ipc_length = -1;

#define LENGTH_OF_TYPE 4
#define NO_LENGTH 0

/*
 * The types that a public source names, little-endian: the names are those of Metasploit's modules
 * citrix_streamprocess_*, the places of the length field also those that Snort's signatures 24741 to 24760 test (for
 * 0x17, signature 19208 tests none). What lies before and behind the length is not known.
 */
#define MESSAGES(X) \
    X(0x40020000, 22, "Data message") \
    X(0x40020001, 22, "No public name") \
    X(0x40020002, 22, "GetFooterRequest") \
    X(0x40020003, 22, "No public name") \
    X(0x40020004, 22, "GetBootRecordRequest") \
    X(0x40020005, 22, "No public name") \
    X(0x40020006, 26, "GetObjectsRequest") \
    X(0x4002000a, 115, "No public name") \
    X(0x4002000b, 22, "No public name") \
    X(0x4002000e, 23, "No public name") \
    X(0x4002000f, 22, "No public name") \
    X(0x40020010, 34, "No public name") \
    X(0x40020011, 30, "No public name") \
    X(0x40020012, 22, "No public name") \
    X(0x40020013, 22, "No public name") \
    X(0x40020014, 22, "No public name") \
    X(0x40020015, 22, "No public name") \
    X(0x40020016, 22, "No public name") \
    X(0x40020017, NO_LENGTH, "No public name") \
    X(0x40020019, 23, "No public name") \
    X(0x4002001a, 22, "No public name") \
    X(0x4002001b, 22, "No public name")

static const value_string type_names[] = {
#define TYPE_NAME(type, length_offset, name) { type, name },
    MESSAGES(TYPE_NAME)
#undef TYPE_NAME
    { 0, NULL }
};

/* Where the length field of a known type is; NO_LENGTH where no source places one. */
static int
length_offset_of(uint32_t type)
{
    switch (type) {
#define LENGTH_OFFSET(type, length_offset, name) case type: return length_offset;
    MESSAGES(LENGTH_OFFSET)
#undef LENGTH_OFFSET
    default:
        return NO_LENGTH;
    }
}

static void
add_message(tvbuff_t *tvb, proto_tree *tree, int length_offset)
{
    proto_tree_add_item(tree, hf_pvs_ipc_type, tvb, 0, LENGTH_OF_TYPE, ENC_LITTLE_ENDIAN);
    if (length_offset == NO_LENGTH || tvb_captured_length(tvb) < (unsigned)length_offset + 4) {
        pvs_datagram_add_undecoded(tree, tvb, LENGTH_OF_TYPE, -1);
        return;
    }
    pvs_datagram_add_undecoded(tree, tvb, LENGTH_OF_TYPE, length_offset - LENGTH_OF_TYPE);
    proto_tree_add_item(tree, hf_pvs_ipc_length, tvb, length_offset, 4, ENC_LITTLE_ENDIAN);
    pvs_datagram_add_undecoded(tree, tvb, length_offset + 4, -1);
}

bool
pvs_inter_server_try(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    proto_item *item;
    const char *name;
    uint32_t type;

    if (!pvs_is_inter_server_port(pinfo->destport) || tvb_captured_length(tvb) < LENGTH_OF_TYPE)
        return false;
    type = tvb_get_letohl(tvb, 0);
    name = try_val_to_str(type, type_names);
    if (!name)
        return false;
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "PVS");
    col_add_fstr(pinfo->cinfo, COL_INFO, "%u " UTF8_RIGHTWARDS_ARROW " %u  Inter-server: %s (0x%08x)", pinfo->srcport,
        pinfo->destport, name, type);
    item = pvs_datagram_add_item(tvb, tree);
    if (item)
        add_message(tvb, pvs_datagram_add_common(tvb, item, "Inter-server", PVS_SERVICE_INTER_SERVER,
            DIRECTION_BETWEEN_SERVERS), length_offset_of(type));
    return true;
}

void
pvs_inter_server_register(int proto_pvs)
{
    static hf_register_info hf[] = {
        { &hf_pvs_ipc_type,
            { "Type", "pvs.ipc.type", FT_UINT32, BASE_HEX, VALS(type_names), 0x0,
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
