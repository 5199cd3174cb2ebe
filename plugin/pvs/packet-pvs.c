/* packet-pvs.c
 * Routines for Citrix Provisioning (PVS) dissection
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The wire format of the logon and streaming service is not public. What is known from outside:
 *
 *  - The ports: "Communication Ports Used by Citrix Technologies" (Citrix tech paper). Servers listen on UDP
 *    6910 to 6930, the logon goes to 6910; targets speak from 6901, 6902 or 6905, or from a port that an
 *    administrator chose for them (PVS PowerShell programmer's guide, "Port" of a device).
 *  - The size of read data: 56 bytes, then the data; measured on PVS 7.12 (theorypc.ca, 2016/12/30, 2017/01/05).
 *
 *  - The two-stage boot service on UDP 6969: Tenable NASL 59465, one script. The inter-server messages on UDP
 *    6890 to 6909: five exploit modules of Metasploit for PVS 5.6.
 *
 * Everything else in a datagram stays undecoded. docs/evidence.md lists each claim with its source.
 *
 * The heuristic claims a UDP datagram when one port is a server's and the other is a target port, or belongs to a
 * target that this capture has shown to boot; the request of a two-stage boot by its port, opcode and path, and what
 * answers it; an inter-server message by its port and its type. Its known misses: a target with a port of its own
 * whose boot is not in the capture (Decode As helps), and anything else that uses exactly such a pair of ports,
 * which it claims wrongly.
 */

#include "compat.h"

#include "packet-pvs.h"

#include <epan/conversation.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <wsutil/utf8_entities.h>

#include "boot/boot_time.h"
#include "open_capture.h"

static int proto_pvs = -1;

static int hf_pvs_service = -1;
static int hf_pvs_direction = -1;
static int hf_pvs_kind = -1;
static int hf_pvs_header = -1;
static int hf_pvs_data = -1;
static int hf_pvs_undecoded = -1;
static int hf_pvs_read = -1;
static int hf_pvs_read_size = -1;
static int hf_pvs_read_packets = -1;
static int hf_pvs_read_request_in = -1;
static int hf_pvs_read_last_in = -1;
static int hf_pvs_read_time = -1;
static int hf_pvs_tsb_opcode = -1;
static int hf_pvs_tsb_file = -1;
static int hf_pvs_tsb_block = -1;
static int hf_pvs_tsb_data = -1;
static int hf_pvs_ipc_type = -1;
static int hf_pvs_ipc_length = -1;

static gint ett_pvs = -1;

static dissector_handle_t pvs_handle;
static dissector_handle_t two_stage_handle;
static dissector_handle_t tftp_handle;

static range_t *pref_stream_ports;
static range_t *pref_logon_ports;
static range_t *pref_target_ports;
static range_t *pref_two_stage_ports;
static range_t *pref_inter_server_ports;

enum {
    SERVICE_STREAM = 1,
    SERVICE_TWO_STAGE = 2,
    SERVICE_INTER_SERVER = 3
};

static const value_string service_names[] = {
    { SERVICE_STREAM, "Logon and streaming" },
    { SERVICE_TWO_STAGE, "Two-stage boot" },
    { SERVICE_INTER_SERVER, "Inter-server" },
    { 0, NULL }
};

enum {
    DIRECTION_TO_SERVER = 1,
    DIRECTION_TO_TARGET = 2,
    DIRECTION_BETWEEN_SERVERS = 3
};

static const value_string direction_names[] = {
    { DIRECTION_TO_SERVER, "Target to server" },
    { DIRECTION_TO_TARGET, "Server to target" },
    { DIRECTION_BETWEEN_SERVERS, "Server to server" },
    { 0, NULL }
};

static const value_string kind_names[] = {
#define KIND_NAME(id, number, name) { number, name },
    STREAM_KINDS(KIND_NAME)
#undef KIND_NAME
    { 0, NULL }
};

/* Tenable NASL 59465; the meaning of the bits is not known. */
enum {
    TWO_STAGE_REQUEST = 0x0817,
    TWO_STAGE_DATA = 0x0897,
    TWO_STAGE_ACK = 0x08d7
};

enum {
    UDP_HEADER_LENGTH = 8
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

/* Metasploit, modules citrix_streamprocess_*: little-endian; the names are the modules'. */
static const value_string inter_server_type_names[] = {
    { 0x40020000, "Data message" },
    { 0x40020002, "GetFooterRequest" },
    { 0x40020004, "GetBootRecordRequest" },
    { 0x40020006, "GetObjectsRequest" },
    { 0x40020010, "Unnamed" },
    { 0, NULL }
};

/* Keys of the data kept with a packet. */
enum {
    PACKET_VERDICT = 0
};

/*
 * Kept with a conversation that was made before its first datagram, because TFTP has bound the client's port
 * to any port of the server. Lives with the capture.
 */
typedef struct pvs_expectation {
    uint32_t logon_frame; /* the first frame in which the target spoke to this server port, or 0 */
    bool is_tftp;         /* the server spoke first: no logon, but TFTP that answers from this port */
} pvs_expectation;

static bool
is_server_port(uint32_t port)
{
    return value_is_in_range(pref_stream_ports, port) || value_is_in_range(pref_logon_ports, port);
}

/*
 * Which side is the server? Told by the ports alone where only one of them is a server's. A target's own
 * port may lie in the servers' range: then the capture must have shown who boots.
 */
static bool
find_direction(const packet_info *pinfo, bool *to_server)
{
    bool from = is_server_port(pinfo->srcport);
    bool to = is_server_port(pinfo->destport);
    net_address source, destination;

    if (from != to) {
        *to_server = to;
        return true;
    }
    if (!from)
        return false;
    source = open_capture_address(&pinfo->src);
    destination = open_capture_address(&pinfo->dst);
    *to_server = boot_tracker_is_target(open_capture_boots(), &source, pinfo->num);
    return *to_server != boot_tracker_is_target(open_capture_boots(), &destination, pinfo->num);
}

static bool
is_claimed(const packet_info *pinfo, bool to_server)
{
    net_address target;

    if (value_is_in_range(pref_target_ports, to_server ? pinfo->srcport : pinfo->destport))
        return true;
    target = open_capture_address(to_server ? &pinfo->src : &pinfo->dst);
    return boot_tracker_is_target(open_capture_boots(), &target, pinfo->num);
}

const boot_verdict *
pvs_verdict_of_frame(packet_info *pinfo)
{
    return p_get_proto_data(pinfo->pool, pinfo, proto_pvs, PACKET_VERDICT);
}

/*
 * Tells the boots of a datagram's fact, or recalls what they said of it. A datagram quoted in an ICMP error is
 * dissected, but it is no fact: nobody sent it in this frame.
 */
static const boot_verdict *
judge_datagram(tvbuff_t *tvb, packet_info *pinfo, boot_event *event)
{
    boot_verdict *verdict;
    bool known;

    if (pinfo->flags.in_error_pkt || pvs_verdict_of_frame(pinfo))
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

/* Adds what was captured of a run of bytes; a sliced capture has less of them than travelled. */
static void
add_bytes(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int length)
{
    int captured = tvb_captured_length_remaining(tvb, offset);

    if (captured > 0 && length != 0)
        proto_tree_add_item(tree, hf, tvb, offset, length < 0 ? captured : MIN(length, captured), ENC_NA);
}

/* Equal for equal bytes, which is all that can be asked of a datagram whose inside is unknown. */
static uint32_t
digest_of(tvbuff_t *tvb)
{
    unsigned length = tvb_captured_length(tvb);

    if (length == 0 || length != tvb_reported_length(tvb))
        return 0;
    return MAX((uint32_t)net_mix_bytes(0, tvb_get_ptr(tvb, 0, length), length), 1);
}

static void
add_number(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t number)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

/* Adds what every PVS datagram has, below the item of the protocol. */
static proto_tree *
add_common(tvbuff_t *tvb, proto_item *item, const char *name, uint32_t service, uint32_t direction)
{
    proto_tree *pvs_tree = proto_item_add_subtree(item, ett_pvs);

    proto_item_append_text(item, ", %s", name);
    add_number(pvs_tree, hf_pvs_service, tvb, service);
    add_number(pvs_tree, hf_pvs_direction, tvb, direction);
    return pvs_tree;
}

/* ---- Logon and streaming ---- */

/* The read stands on its request and its data; its size and time on its last datagram, once that is known. */
static void
add_read(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const boot_verdict *verdict)
{
    const stream_read *read = verdict->read;
    bool is_request = verdict->kind == STREAM_REQUEST;

    add_number(tree, hf_pvs_read, tvb, verdict->read_number);
    if (!verdict->read_is_over || read->packets == 0)
        return;
    if (is_request) {
        if (!verdict->first_visit)
            add_number(tree, hf_pvs_read_last_in, tvb, read->last_frame);
    } else if (read->last_frame == pinfo->num) {
        add_number(tree, hf_pvs_read_size, tvb, read->bytes);
        add_number(tree, hf_pvs_read_packets, tvb, read->packets);
        if (read->requested) {
            nstime_t time = NSTIME_INIT_SECS_NSECS(read->time / SECOND, (int)(read->time % SECOND));
            add_number(tree, hf_pvs_read_request_in, tvb, read->start_frame);
            proto_item_set_generated(proto_tree_add_time(tree, hf_pvs_read_time, tvb, 0, 0, &time));
        }
    }
}

static int
dissect_stream(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, bool to_server)
{
    uint32_t payload = tvb_reported_length(tvb);
    boot_event event = {
        .kind = BOOT_EVENT_STREAM,
        .stream = {
            .to_server = to_server,
            .logon_port = value_is_in_range(pref_logon_ports, to_server ? pinfo->destport : pinfo->srcport),
            .fragmented = tvb_raw_offset(tvb) == UDP_HEADER_LENGTH, /* a data source of its own: reassembled */
            .payload = payload,
            .digest = to_server ? digest_of(tvb) : 0
        }
    };
    const boot_verdict *verdict = judge_datagram(tvb, pinfo, &event);
    stream_kind kind = verdict ? verdict->kind : STREAM_NO_KIND;
    const char *name = val_to_str_const(kind, kind_names, "Datagram");
    bool read_data = kind == STREAM_DATA || kind == STREAM_DATA_END;
    proto_item *item;
    proto_tree *pvs_tree;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "PVS");
    /* The size before the end of burst: a narrow column cuts the end. */
    col_add_fstr(pinfo->cinfo, COL_INFO, "%u " UTF8_RIGHTWARDS_ARROW " %u  %s, %u bytes%s",
        pinfo->srcport, pinfo->destport, read_data ? val_to_str_const(STREAM_DATA, kind_names, "") : name,
        read_data ? payload - STREAM_READ_HEADER : payload, kind == STREAM_DATA_END ? ", end of burst" : "");
    if (!tree)
        return tvb_captured_length(tvb);

    /* The protocol itself always: without an item of its own it would not be among the frame's protocols. */
    item = proto_tree_add_item(tree, proto_pvs, tvb, 0, -1, ENC_NA);
    if (!proto_field_is_referenced(tree, proto_pvs))
        return tvb_captured_length(tvb);
    pvs_tree = add_common(tvb, item, name, SERVICE_STREAM, to_server ? DIRECTION_TO_SERVER : DIRECTION_TO_TARGET);
    if (kind != STREAM_NO_KIND)
        add_number(pvs_tree, hf_pvs_kind, tvb, kind);
    if (verdict && verdict->read)
        add_read(tvb, pinfo, pvs_tree, verdict);
    if (read_data) {
        add_bytes(pvs_tree, hf_pvs_header, tvb, 0, STREAM_READ_HEADER);
        add_bytes(pvs_tree, hf_pvs_data, tvb, STREAM_READ_HEADER, -1);
    } else {
        add_bytes(pvs_tree, hf_pvs_undecoded, tvb, 0, -1);
    }
    return tvb_captured_length(tvb);
}

/* ---- Two-stage boot ---- */

void
pvs_keep_transfer(packet_info *pinfo, dissector_handle_t handle)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (conversation && (conversation->options & (NO_ADDR2 | NO_PORT2)) == 0
            && !conversation_get_dissector(conversation, pinfo->num))
        conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
}

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
        return from_client && value_is_in_range(pref_two_stage_ports, pinfo->destport) && is_two_stage_request(tvb);
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
        add_bytes(tree, hf_pvs_tsb_data, decoded, 0, -1);
    }
}

/* Called for the conversation of a request: between the client's port and any port of the server. */
static int
dissect_two_stage(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    boot_event event = { .kind = BOOT_EVENT_BOOTSTRAP, .bootstrap = { .transport = BOOTSTRAP_BY_TWO_STAGE } };
    bootstrap_fact *fact = &event.bootstrap;
    tvbuff_t *decoded = NULL;
    bool from_client;
    uint16_t opcode;

    if (tvb_captured_length(tvb) < TWO_STAGE_HEADER_LENGTH)
        return 0;
    opcode = tvb_get_ntohs(tvb, 0);
    from_client = opcode != TWO_STAGE_DATA;
    if (!is_two_stage_message(tvb, pinfo, from_client))
        return 0;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "PVS");
    col_add_fstr(pinfo->cinfo, COL_INFO, "%u " UTF8_RIGHTWARDS_ARROW " %u  Two-stage boot: %s", pinfo->srcport,
        pinfo->destport, val_to_str_const(opcode, two_stage_opcode_names, ""));
    fact->number = tvb_get_ntohs(tvb, TWO_STAGE_OPCODE_LENGTH);
    switch (opcode) {
    case TWO_STAGE_REQUEST:
        fact->message = BOOTSTRAP_REQUEST;
        fact->file = (const char *)tvb_get_string_enc(pinfo->pool, tvb, TWO_STAGE_OPCODE_LENGTH,
            (int)tvb_captured_length(tvb) - TWO_STAGE_OPCODE_LENGTH - 1, ENC_ASCII);
        col_append_fstr(pinfo->cinfo, COL_INFO, ", %s", fact->file);
        break;
    case TWO_STAGE_DATA:
        fact->message = BOOTSTRAP_DATA;
        fact->length = tvb_reported_length(tvb) - TWO_STAGE_HEADER_LENGTH;
        decoded = decode_two_stage_data(tvb, pinfo);
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
    if (!PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
        pvs_keep_transfer(pinfo, two_stage_handle);
    judge_datagram(tvb, pinfo, &event);
    if (tree)
        add_two_stage_fields(tvb, pinfo,
            add_common(tvb, proto_tree_add_item(tree, proto_pvs, tvb, 0, -1, ENC_NA), "Two-stage boot", SERVICE_TWO_STAGE,
                from_client ? DIRECTION_TO_SERVER : DIRECTION_TO_TARGET),
            opcode, decoded);
    return tvb_captured_length(tvb);
}

/* ---- Inter-server messages ---- */

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
    return value_is_in_range(pref_inter_server_ports, pinfo->destport) && tvb_captured_length(tvb) >= 4
        && try_val_to_str(tvb_get_letohl(tvb, 0), inter_server_type_names) != NULL;
}

static void
dissect_inter_server(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    uint32_t type = tvb_get_letohl(tvb, 0);
    const char *name = val_to_str_const(type, inter_server_type_names, "");
    int length_offset = inter_server_length_offset(type);
    proto_tree *pvs_tree;

    col_set_str(pinfo->cinfo, COL_PROTOCOL, "PVS");
    col_add_fstr(pinfo->cinfo, COL_INFO, "%u " UTF8_RIGHTWARDS_ARROW " %u  Inter-server: %s", pinfo->srcport,
        pinfo->destport, name);
    if (!tree)
        return;
    pvs_tree = add_common(tvb, proto_tree_add_item(tree, proto_pvs, tvb, 0, -1, ENC_NA), "Inter-server",
        SERVICE_INTER_SERVER, DIRECTION_BETWEEN_SERVERS);
    proto_tree_add_item(pvs_tree, hf_pvs_ipc_type, tvb, 0, 4, ENC_LITTLE_ENDIAN);
    if (tvb_captured_length(tvb) < (unsigned)length_offset + 4) {
        add_bytes(pvs_tree, hf_pvs_undecoded, tvb, 4, -1);
        return;
    }
    add_bytes(pvs_tree, hf_pvs_undecoded, tvb, 4, length_offset - 4);
    proto_tree_add_item(pvs_tree, hf_pvs_ipc_length, tvb, length_offset, 4, ENC_LITTLE_ENDIAN);
    add_bytes(pvs_tree, hf_pvs_undecoded, tvb, length_offset + 4, -1);
}

/* ---- Who gets the datagram ---- */

/* Binds the two ports to a dissector, from this frame on: earlier frames stay what they were. */
static void
bind_conversation(packet_info *pinfo, dissector_handle_t handle)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    /* TFTP's conversation with any port of the server is not ours to bind. */
    if (!conversation || (conversation->options & (NO_ADDR2 | NO_PORT2)) != 0)
        conversation = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP,
            pinfo->srcport, pinfo->destport, 0);
    conversation_set_dissector_from_frame_number(conversation, pinfo->num, handle);
}

/* The answer may come from the port that was asked, or from any other port of that server. */
static void
bind_two_stage_conversation(packet_info *pinfo)
{
    conversation_t *any_port = conversation_new(pinfo->num, &pinfo->src, &pinfo->dst, CONVERSATION_UDP,
        pinfo->srcport, 0, NO_PORT2);

    conversation_set_dissector(any_port, two_stage_handle);
    bind_conversation(pinfo, two_stage_handle);
}

static ws_bool
dissect_pvs_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool may_bind = !PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt;
    bool to_server;

    if (find_direction(pinfo, &to_server) && is_claimed(pinfo, to_server)) {
        if (may_bind)
            bind_conversation(pinfo, pvs_handle);
        dissect_stream(tvb, pinfo, tree, to_server);
        return true;
    }
    if (value_is_in_range(pref_two_stage_ports, pinfo->destport) && is_two_stage_request(tvb)) {
        if (may_bind)
            bind_two_stage_conversation(pinfo);
        return dissect_two_stage(tvb, pinfo, tree, NULL) != 0;
    }
    if (is_inter_server_message(tvb, pinfo)) {
        dissect_inter_server(tvb, pinfo, tree);
        return true;
    }
    return false;
}

/* Makes conversations of one server port each, which come before TFTP's conversation with any port. */
static void
expect_from_tftp_port(packet_info *pinfo, const address *client, const address *server, uint32_t client_port,
    range_t *server_ports)
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

/*
 * Since a read request binds the client's port to the server's address with any port (packet-tftp.c), the
 * TFTP dissector would get a logon from that port too: conversations come before heuristics, and Wireshark 4.0's
 * TFTP dissector takes what it gets. Only the logon ports are reserved at first. The others follow when the
 * target has logged on this way.
 */
void
pvs_expect_logon_from_tftp_port(packet_info *pinfo)
{
    expect_from_tftp_port(pinfo, &pinfo->src, &pinfo->dst, pinfo->srcport, pref_logon_ports);
}

/* Whether the expected logon has come. It is the target that speaks first; a TFTP server answers from any port. */
static bool
is_logon_from_tftp_port(packet_info *pinfo, pvs_expectation *expectation, bool to_server)
{
    if (expectation->logon_frame == 0 && !expectation->is_tftp && !pinfo->flags.in_error_pkt) {
        if (to_server) {
            expectation->logon_frame = pinfo->num;
            expect_from_tftp_port(pinfo, &pinfo->src, &pinfo->dst, pinfo->srcport, pref_stream_ports);
        } else {
            expectation->is_tftp = true;
        }
    }
    return expectation->logon_frame != 0;
}

/* Called for bound conversations and by Decode As, where the port that was named is the server's. */
static int
dissect_pvs(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    pvs_expectation *expectation = conversation ? conversation_get_proto_data(conversation, proto_pvs) : NULL;
    bool to_server;

    if (!find_direction(pinfo, &to_server)) {
        if (pinfo->match_uint != pinfo->srcport && pinfo->match_uint != pinfo->destport)
            return 0;
        to_server = pinfo->match_uint == pinfo->destport;
    }
    if (expectation && !is_logon_from_tftp_port(pinfo, expectation, to_server))
        return call_dissector_only(tftp_handle, tvb, pinfo, tree, NULL);
    return dissect_stream(tvb, pinfo, tree, to_server);
}

void
proto_register_pvs(void)
{
    static hf_register_info hf[] = {
        { &hf_pvs_service,
            { "Service", "pvs.service", FT_UINT8, BASE_DEC, VALS(service_names), 0x0,
              "Inferred from the UDP ports", HFILL } },
        { &hf_pvs_direction,
            { "Direction", "pvs.direction", FT_UINT8, BASE_DEC, VALS(direction_names), 0x0,
              "Inferred from the UDP ports", HFILL } },
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
        { &hf_pvs_undecoded,
            { "Undecoded", "pvs.undecoded", FT_BYTES, BASE_NONE, NULL, 0x0,
              "Bytes whose meaning is not public", HFILL } },
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
        { &hf_pvs_ipc_type,
            { "Type", "pvs.ipc.type", FT_UINT32, BASE_HEX, VALS(inter_server_type_names), 0x0,
              "Type of the inter-server message, as published for PVS 5.6", HFILL } },
        { &hf_pvs_ipc_length,
            { "Length", "pvs.ipc.length", FT_UINT32, BASE_DEC, NULL, 0x0,
              "A length field, where a public source places one in this type", HFILL } },
    };
    static gint *ett[] = { &ett_pvs };
    module_t *module;

    proto_pvs = proto_register_protocol("Citrix Provisioning", "PVS", "pvs");
    proto_register_field_array(proto_pvs, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    pvs_handle = register_dissector("pvs", dissect_pvs, proto_pvs);
    two_stage_handle = register_dissector("pvs.tsb", dissect_two_stage, proto_pvs);

    range_convert_str(wmem_epan_scope(), &pref_stream_ports, "6910-6930", 65535);
    range_convert_str(wmem_epan_scope(), &pref_logon_ports, "6910", 65535);
    range_convert_str(wmem_epan_scope(), &pref_target_ports, "6901,6902,6905", 65535);
    range_convert_str(wmem_epan_scope(), &pref_two_stage_ports, "6969", 65535);
    range_convert_str(wmem_epan_scope(), &pref_inter_server_ports, "6890-6909", 65535);
    module = prefs_register_protocol(proto_pvs, NULL);
    prefs_register_range_preference(module, "stream_ports", "Streaming ports of the servers",
        "UDP ports of the stream service (First port to Last port in the server's properties)",
        &pref_stream_ports, 65535);
    prefs_register_range_preference(module, "logon_ports", "Logon ports of the servers",
        "UDP ports that targets log on to (the bootstrap's server list names them)",
        &pref_logon_ports, 65535);
    prefs_register_range_preference(module, "target_ports", "Ports of the targets",
        "UDP ports that targets log on and stream from; targets that the capture shows to boot are known by any port",
        &pref_target_ports, 65535);
    prefs_register_range_preference(module, "two_stage_ports", "Two-stage boot ports of the servers",
        "UDP ports of the two-stage boot service, which boot devices (BDM) ask for their second stage",
        &pref_two_stage_ports, 65535);
    prefs_register_range_preference(module, "inter_server_ports", "Inter-server ports",
        "UDP ports on which PVS servers speak with each other",
        &pref_inter_server_ports, 65535);
}

void
proto_reg_handoff_pvs(void)
{
    tftp_handle = find_dissector_add_dependency("tftp", proto_pvs);
    heur_dissector_add("udp", dissect_pvs_heur, "Citrix Provisioning over UDP", "pvs_udp", proto_pvs, HEURISTIC_ENABLE);
    dissector_add_for_decode_as_with_preference("udp.port", pvs_handle);
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
