/* pvs_datagram.c
 * What every PVS datagram has: service and direction, and the verdict of the boots
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "pvs_datagram.h"

#include <epan/proto_data.h>

#include "open_capture.h"

static int proto_pvs;

static int hf_pvs_service = -1;
static int hf_pvs_direction = -1;
static int hf_pvs_undecoded = -1;

static gint ett_pvs = -1;

static const value_string service_names[] = {
    { PVS_SERVICE_STREAM, "Logon and streaming" },
    { PVS_SERVICE_TWO_STAGE, "Two-stage boot" },
    { PVS_SERVICE_INTER_SERVER, "Inter-server" },
    { 0, NULL }
};

static const value_string direction_names[] = {
    { DIRECTION_TO_SERVER, "Target to server" },
    { DIRECTION_TO_TARGET, "Server to target" },
    { DIRECTION_BETWEEN_SERVERS, "Server to server" },
    { 0, NULL }
};

/* Keys of the data kept with a packet. */
enum {
    PACKET_VERDICT = 0
};

proto_item *
pvs_datagram_add_item(tvbuff_t *tvb, proto_tree *tree)
{
    /* The protocol itself always: without an item of its own it would not be among the frame's protocols. */
    proto_item *item = tree ? proto_tree_add_item(tree, proto_pvs, tvb, 0, -1, ENC_NA) : NULL;

    return item && proto_field_is_referenced(tree, proto_pvs) ? item : NULL;
}

proto_tree *
pvs_datagram_add_common(tvbuff_t *tvb, proto_item *item, const char *name, pvs_service service, pvs_direction direction)
{
    proto_tree *pvs_tree = proto_item_add_subtree(item, ett_pvs);

    proto_item_set_text(item, PVS_NAME ", %s", name);
    pvs_datagram_add_number(pvs_tree, hf_pvs_service, tvb, service);
    pvs_datagram_add_number(pvs_tree, hf_pvs_direction, tvb, direction);
    return pvs_tree;
}

void
pvs_datagram_add_bytes(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int length)
{
    int captured = tvb_captured_length_remaining(tvb, offset);

    if (captured > 0 && length != 0)
        proto_tree_add_item(tree, hf, tvb, offset, length < 0 ? captured : MIN(length, captured), ENC_NA);
}

void
pvs_datagram_add_number(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t number)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

void
pvs_datagram_add_undecoded(proto_tree *tree, tvbuff_t *tvb, int offset, int length)
{
    pvs_datagram_add_bytes(tree, hf_pvs_undecoded, tvb, offset, length);
}

const boot_verdict *
pvs_datagram_verdict(packet_info *pinfo)
{
    return p_get_proto_data(pinfo->pool, pinfo, proto_pvs, PACKET_VERDICT);
}

const boot_verdict *
pvs_datagram_judge(tvbuff_t *tvb, packet_info *pinfo, boot_event *event)
{
    boot_verdict *verdict;
    bool known;

    if (pinfo->flags.in_error_pkt || pvs_datagram_verdict(pinfo))
        return NULL;
    open_capture_describe_frame(pinfo, event);
    verdict = wmem_new0(pinfo->pool, boot_verdict);
    if (PINFO_FD_VISITED(pinfo)) {
        known = boot_tracker_recall(open_capture_boots(), event, verdict);
    } else {
        event->identity = open_capture_datagram_identity(tvb_get_ds_tvb(tvb), tvb_raw_offset(tvb));
        known = boot_tracker_add(open_capture_boots(), event, verdict);
    }
    if (!known)
        return NULL;
    p_add_proto_data(pinfo->pool, pinfo, proto_pvs, PACKET_VERDICT, verdict);
    return verdict;
}

void
pvs_datagram_register(int proto)
{
    static hf_register_info hf[] = {
        { &hf_pvs_service,
            { "Service", "pvs.service", FT_UINT8, BASE_DEC, VALS(service_names), 0x0,
              "Inferred from the UDP ports", HFILL } },
        { &hf_pvs_direction,
            { "Direction", "pvs.direction", FT_UINT8, BASE_DEC, VALS(direction_names), 0x0,
              "Inferred from the UDP ports", HFILL } },
        { &hf_pvs_undecoded,
            { "Undecoded", "pvs.undecoded", FT_BYTES, BASE_NONE, NULL, 0x0,
              "Bytes whose meaning is not public", HFILL } },
    };
    static gint *ett[] = { &ett_pvs };

    proto_pvs = proto;
    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
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
