/* pvs_stream.c
 * The logon and streaming service of Citrix Provisioning
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The format is not public. Only the size of read data is known from outside: 56 bytes, then the data; measured on
 * PVS 7.12 (theorypc.ca, 2016/12/30, 2017/01/05). The rest is inferred by boot/ and stands in generated fields.
 */

#include "compat.h"

#include "pvs_stream.h"

#include <wsutil/utf8_entities.h>

#include "boot/boot_time.h"
#include "pvs_datagram.h"
#include "pvs_ports.h"

static int hf_pvs_kind = -1;
static int hf_pvs_header = -1;
static int hf_pvs_data = -1;
static int hf_pvs_read = -1;
static int hf_pvs_read_size = -1;
static int hf_pvs_read_packets = -1;
static int hf_pvs_read_request_in = -1;
static int hf_pvs_read_last_in = -1;
static int hf_pvs_read_time = -1;

#define NAME_OF(id, number, name) { number, name },
static const value_string kind_names[] = { STREAM_KINDS(NAME_OF) { 0, NULL } };
#undef NAME_OF

#define KIND_NAME(id, number, name) case id: return name;

static const char *
kind_name(stream_kind kind)
{
    switch (kind) {
    STREAM_KINDS(KIND_NAME)
    case STREAM_NO_KIND:
        break;
    }
    return "Datagram";
}
#undef KIND_NAME

enum {
    UDP_HEADER_LENGTH = 8
};

/* Equal for equal bytes, which is all that can be asked of a datagram whose inside is unknown. */
static uint32_t
digest_of(tvbuff_t *tvb)
{
    unsigned length = tvb_captured_length(tvb);

    if (length == 0 || length != tvb_reported_length(tvb))
        return 0;
    return MAX((uint32_t)net_mix_bytes(0, tvb_get_ptr(tvb, 0, length), length), 1);
}

/* The read stands on its request and its data; its size and time on its last datagram, once that is known. */
static void
add_read(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const boot_verdict *verdict)
{
    const stream_read *read = verdict->read;
    bool is_request = verdict->kind == STREAM_REQUEST;

    pvs_datagram_add_number(tree, hf_pvs_read, tvb, verdict->read_number);
    if (!verdict->read_is_over || read->packets == 0)
        return;
    if (is_request) {
        if (!verdict->first_visit)
            pvs_datagram_add_number(tree, hf_pvs_read_last_in, tvb, read->last_frame);
    } else if (read->last_frame == pinfo->num) {
        pvs_datagram_add_number(tree, hf_pvs_read_size, tvb, read->bytes);
        pvs_datagram_add_number(tree, hf_pvs_read_packets, tvb, read->packets);
        if (read->requested) {
            int64_t taken = stream_meter_read_time(&boot_stream(verdict->boot)->meter, read);
            nstime_t time = NSTIME_INIT_SECS_NSECS(taken / SECOND, (int)(taken % SECOND));
            pvs_datagram_add_number(tree, hf_pvs_read_request_in, tvb, read->start_frame);
            proto_item_set_generated(proto_tree_add_time(tree, hf_pvs_read_time, tvb, 0, 0, &time));
        }
    }
}

static void
set_info(packet_info *pinfo, stream_kind kind, uint32_t payload)
{
    bool read_data = kind == STREAM_DATA || kind == STREAM_DATA_END;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "PVS");
    /* The size before the end of burst: a narrow column cuts the end. */
    col_add_fstr(pinfo->cinfo, COL_INFO, "%u " UTF8_RIGHTWARDS_ARROW " %u  %s, %u bytes%s",
        pinfo->srcport, pinfo->destport, kind_name(read_data ? STREAM_DATA : kind),
        read_data ? payload - STREAM_READ_HEADER : payload, kind == STREAM_DATA_END ? ", end of burst" : "");
}

int
pvs_stream_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool to_server)
{
    uint32_t payload = tvb_reported_length(tvb);
    boot_event event = {
        .kind = BOOT_EVENT_STREAM,
        .stream = {
            .to_server = to_server,
            .logon_port = pvs_is_logon_port(to_server ? pinfo->destport : pinfo->srcport),
            .fragmented = tvb_raw_offset(tvb) == UDP_HEADER_LENGTH, /* a data source of its own: reassembled */
            .payload = payload,
            .digest = to_server ? digest_of(tvb) : 0
        }
    };
    const boot_verdict *verdict = pvs_datagram_judge(tvb, pinfo, &event);
    stream_kind kind = verdict ? verdict->kind : STREAM_NO_KIND;
    proto_item *item;
    proto_tree *pvs_tree;

    set_info(pinfo, kind, payload);
    item = pvs_datagram_add_item(tvb, tree);
    if (!item)
        return tvb_captured_length(tvb);
    pvs_tree = pvs_datagram_add_common(tvb, item, kind_name(kind), PVS_SERVICE_STREAM,
        to_server ? DIRECTION_TO_SERVER : DIRECTION_TO_TARGET);
    if (kind != STREAM_NO_KIND)
        pvs_datagram_add_number(pvs_tree, hf_pvs_kind, tvb, kind);
    if (verdict && verdict->read)
        add_read(tvb, pinfo, pvs_tree, verdict);
    if (kind == STREAM_DATA || kind == STREAM_DATA_END) {
        pvs_datagram_add_bytes(pvs_tree, hf_pvs_header, tvb, 0, STREAM_READ_HEADER);
        pvs_datagram_add_bytes(pvs_tree, hf_pvs_data, tvb, STREAM_READ_HEADER, -1);
    } else {
        pvs_datagram_add_undecoded(pvs_tree, tvb, 0, -1);
    }
    return tvb_captured_length(tvb);
}

void
pvs_stream_register(int proto_pvs)
{
    static hf_register_info hf[] = {
        { &hf_pvs_kind,
            { "Kind", "pvs.kind", FT_UINT8, BASE_DEC, VALS(kind_names), 0x0,
              "Inferred from the boot's phase, the direction and the size of the datagram: its inside is not public",
              HFILL } },
        { &hf_pvs_header,
            { "Header (undecoded)", "pvs.header", FT_BYTES, BASE_NONE, NULL, 0x0,
              "The 56 bytes before the read data, whose meaning is not public", HFILL } },
        { &hf_pvs_data,
            { "Read data", "pvs.data", FT_BYTES, BASE_NONE, NULL, 0x0,
              "What follows the 56 bytes of header in a datagram inferred to hold read data", HFILL } },
        { &hf_pvs_read,
            { "Read", "pvs.read", FT_UINT32, BASE_DEC, NULL, 0x0,
              "Number of the read within its boot; a read is inferred to be a target's datagram and the burst that "
              "answers it", HFILL } },
        { &hf_pvs_read_size,
            { "Size of the read", "pvs.read.size", FT_UINT32, BASE_DEC, NULL, 0x0,
              "Bytes of read data in the burst, without the 56 bytes of header in each datagram", HFILL } },
        { &hf_pvs_read_packets,
            { "Datagrams of the read", "pvs.read.packets", FT_UINT32, BASE_DEC, NULL, 0x0,
              "Datagrams of the burst", HFILL } },
        { &hf_pvs_read_request_in,
            { "Request in", "pvs.read.request_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0x0,
              "The request that this burst answers, inferred from their order", HFILL } },
        { &hf_pvs_read_last_in,
            { "Last data in", "pvs.read.last_in", FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0x0,
              "The last datagram of the burst that answers this request, inferred from the sizes", HFILL } },
        { &hf_pvs_read_time,
            { "Time of the read", "pvs.read.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
              "From the request to the last datagram of the burst", HFILL } },
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
