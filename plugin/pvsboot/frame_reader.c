/* frame_reader.c
 * From the fields of a dissected frame to an event for boot/
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "frame_reader.h"

#include <stdlib.h>
#include <string.h>

#include <epan/proto_data.h>

#include "open_capture.h"

/*
 * The fields of other dissectors that are read here; the names are the same from 3.4 to 4.6. Wireshark prepares each
 * wanted field for every frame of every capture, so they are few: what stands at a fixed distance from one of them is
 * read from there.
 */
typedef enum field_index {
    FIELD_DHCP_ID,
    FIELD_DHCP_FILE,
    FIELD_DHCP_OPTION,
    FIELD_ARP_OPCODE,
    FIELD_TFTP_OPCODE,
    FIELD_TFTP_FILE,
    FIELD_TFTP_OPTION_NAME,
    FIELD_TFTP_OPTION_VALUE,
    FIELD_COUNT
} field_index;

static const char *const field_names[FIELD_COUNT] = {
    [FIELD_DHCP_ID] = "dhcp.id",
    [FIELD_DHCP_FILE] = "dhcp.file",
    [FIELD_DHCP_OPTION] = "dhcp.option.type",
    [FIELD_ARP_OPCODE] = "arp.opcode",
    [FIELD_TFTP_OPCODE] = "tftp.opcode",
    [FIELD_TFTP_FILE] = "tftp.source_file",
    [FIELD_TFTP_OPTION_NAME] = "tftp.option.name",
    [FIELD_TFTP_OPTION_VALUE] = "tftp.option.value",
};

static int field_ids[FIELD_COUNT];
static int proto_icmp, proto_icmpv6, proto_tftp;

/* RFC 2131, figure 2: the broadcast flag. */
#define DHCP_FLAG_BROADCAST 0x8000

/* RFC 2131, figure 1: distances from xid. */
enum {
    DHCP_HARDWARE_TYPE = -3, /* and the length of addresses */
    DHCP_SECS = 4,
    DHCP_FLAGS = 6,
    DHCP_YOUR_ADDRESS = 12,
    DHCP_RELAY = 20,
    DHCP_CLIENT_MAC = 24
};

/* RFC 2132 */
enum {
    DHCP_OPTION_MESSAGE = 53,
    DHCP_OPTION_SERVER_ID = 54,
    DHCP_OPTION_REQUESTED = 55,
    DHCP_OPTION_VENDOR_CLASS = 60,
    DHCP_OPTION_CLIENT_ID = 61,
    DHCP_OPTION_BOOT_FILE = 67
};

/* RFC 826; the distances from the opcode are those of IPv4 over Ethernet. */
enum {
    ARP_REQUEST = 1,
    ARP_REPLY = 2,
    ARP_TYPES = -6,
    ARP_SENDER_MAC = 2,
    ARP_SENDER_ADDRESS = 8,
    ARP_TARGET_ADDRESS = 18
};

/* RFC 1350: the block or error number follows the opcode. */
#define TFTP_NUMBER 2

/* RFC 1350, RFC 2347 */
enum {
    TFTP_READ_REQUEST = 1,
    TFTP_DATA = 3,
    TFTP_ACK = 4,
    TFTP_ERROR = 5,
    TFTP_OPTION_ACK = 6
};

void
frame_reader_init(void)
{
    for (int i = 0; i < FIELD_COUNT; i++) {
        field_ids[i] = proto_registrar_get_id_byname(field_names[i]);
        if (field_ids[i] <= 0)
            ws_warning("pvsboot: this Wireshark has no field %s", field_names[i]);
    }
    proto_icmp = proto_get_id_by_filter_name("icmp");
    proto_icmpv6 = proto_get_id_by_filter_name("icmpv6");
    proto_tftp = proto_get_id_by_filter_name("tftp");
}

GArray *
frame_reader_wanted_fields(void)
{
    GArray *wanted = g_array_sized_new(FALSE, FALSE, sizeof(int), FIELD_COUNT);

    for (int i = 0; i < FIELD_COUNT; i++)
        if (field_ids[i] > 0)
            g_array_append_val(wanted, field_ids[i]);
    return wanted;
}

static const field_info *
nth_field(proto_tree *tree, field_index index, unsigned n)
{
    GPtrArray *fields = field_ids[index] > 0 ? proto_get_finfo_ptr_array(tree, field_ids[index]) : NULL;

    return fields && n < fields->len ? g_ptr_array_index(fields, n) : NULL;
}

/* The bytes at a distance from a field, or NULL where the frame has no such field, or was cut before them. */
static const uint8_t *
bytes_at(const field_info *field, int distance, int length)
{
    if (!field || !field->ds_tvb || field->start + distance < 0
            || !tvb_bytes_exist(field->ds_tvb, field->start + distance, length))
        return NULL;
    return tvb_get_ptr(field->ds_tvb, field->start + distance, length);
}

static uint32_t
number_at(const field_info *field, int distance, int length)
{
    const uint8_t *bytes = bytes_at(field, distance, length);
    uint32_t number = 0;

    for (int i = 0; bytes && i < length; i++)
        number = number << 8 | bytes[i];
    return number;
}

static net_address
address_at(const field_info *field, int distance)
{
    const uint8_t *bytes = bytes_at(field, distance, 4);

    return bytes ? net_address_ipv4(bytes) : NET_ADDRESS_NONE;
}

static mac_address
mac_at(const field_info *field, int distance)
{
    const uint8_t *bytes = bytes_at(field, distance, 6);

    return bytes ? mac_from_octets(bytes) : 0;
}

/* A field's text, or NULL where it is empty or not there. */
static const char *
field_text(proto_tree *tree, field_index index, unsigned n)
{
    const field_info *field = nth_field(tree, index, n);
    const char *text = field ? field_string(field) : NULL;

    return text && *text ? text : NULL;
}

static bool
has_layer(packet_info *pinfo, int protocol)
{
    return wmem_list_find(pinfo->layers, GINT_TO_POINTER(protocol)) != NULL;
}

/* An ICMP error quotes a packet that nobody sent in this frame. */
static bool
is_quoted(packet_info *pinfo)
{
    return has_layer(pinfo, proto_icmp) || has_layer(pinfo, proto_icmpv6);
}

/* The same in every pass. */
static bool
is_tftp(packet_info *pinfo)
{
    return pinfo->ptype == PT_UDP && has_layer(pinfo, proto_tftp) && !is_quoted(pinfo);
}

/* A DHCP option: its code, its length, and so many bytes. NULL where it is not there, empty, or cut. */
static const field_info *
dhcp_option(proto_tree *tree, uint8_t code)
{
    const field_info *field;

    for (unsigned i = 0; (field = nth_field(tree, FIELD_DHCP_OPTION, i)) != NULL; i++) {
        const uint8_t *option = bytes_at(field, 0, 2);
        if (option && option[0] == code && option[1] > 0 && bytes_at(field, 2, option[1]))
            return field;
    }
    return NULL;
}

static dhcp_bytes
dhcp_option_bytes(proto_tree *tree, uint8_t code)
{
    const field_info *option = dhcp_option(tree, code);
    dhcp_bytes bytes = { NULL, 0 };

    if (option) {
        bytes.length = number_at(option, 1, 1);
        bytes.data = bytes_at(option, 2, (int)bytes.length);
    }
    return bytes;
}

/* Lives as long as the packet. */
static const char *
dhcp_option_text(packet_info *pinfo, proto_tree *tree, uint8_t code)
{
    const field_info *option = dhcp_option(tree, code);
    const char *text = option ? (const char *)tvb_get_string_enc(pinfo->pool, option->ds_tvb, option->start + 2,
        (int)number_at(option, 1, 1), ENC_ASCII) : NULL;

    return text && *text ? text : NULL;
}

static bool
read_dhcp(packet_info *pinfo, proto_tree *tree, boot_event *event)
{
    const field_info *id = nth_field(tree, FIELD_DHCP_ID, 0);
    const uint16_t ethernet = 0x0106; /* type 1, addresses of 6 octets */
    const field_info *message;
    dhcp_fact *fact = &event->dhcp;

    if (!id || !(message = dhcp_option(tree, DHCP_OPTION_MESSAGE)))
        return false;
    event->kind = BOOT_EVENT_DHCP;
    fact->message = (dhcp_message)number_at(message, 2, 1);
    fact->transaction = number_at(id, 0, 4);
    fact->secs = (uint16_t)number_at(id, DHCP_SECS, 2);
    fact->broadcast = (number_at(id, DHCP_FLAGS, 2) & DHCP_FLAG_BROADCAST) != 0;
    fact->client = number_at(id, DHCP_HARDWARE_TYPE, 2) == ethernet ? mac_at(id, DHCP_CLIENT_MAC) : 0;
    fact->your_address = address_at(id, DHCP_YOUR_ADDRESS);
    fact->relay = address_at(id, DHCP_RELAY);
    fact->server_id = address_at(dhcp_option(tree, DHCP_OPTION_SERVER_ID), 2);
    fact->client_id = dhcp_option_bytes(tree, DHCP_OPTION_CLIENT_ID);
    fact->requested = dhcp_option_bytes(tree, DHCP_OPTION_REQUESTED);
    fact->firmware.vendor_class = dhcp_option_text(pinfo, tree, DHCP_OPTION_VENDOR_CLASS);
    fact->boot.file = dhcp_option_text(pinfo, tree, DHCP_OPTION_BOOT_FILE);
    if (!fact->boot.file)
        fact->boot.file = field_text(tree, FIELD_DHCP_FILE, 0);
    return true;
}

static bool
read_arp(proto_tree *tree, boot_event *event)
{
    static const uint8_t ipv4_over_ethernet[] = { 0, 1, 8, 0, 6, 4 };
    const field_info *field = nth_field(tree, FIELD_ARP_OPCODE, 0);
    const uint8_t *types = bytes_at(field, ARP_TYPES, sizeof ipv4_over_ethernet);
    uint32_t opcode = number_at(field, 0, 2);

    if (!types || memcmp(types, ipv4_over_ethernet, sizeof ipv4_over_ethernet) != 0
            || (opcode != ARP_REQUEST && opcode != ARP_REPLY))
        return false;
    event->kind = BOOT_EVENT_ARP;
    event->arp.reply = opcode == ARP_REPLY;
    event->arp.sender = mac_at(field, ARP_SENDER_MAC);
    event->arp.sender_address = address_at(field, ARP_SENDER_ADDRESS);
    event->arp.target_address = address_at(field, ARP_TARGET_ADDRESS);
    return true;
}

static uint32_t
tftp_option_value(proto_tree *tree, const char *wanted)
{
    const char *name, *value;

    for (unsigned i = 0; (name = field_text(tree, FIELD_TFTP_OPTION_NAME, i)) != NULL; i++) {
        value = field_text(tree, FIELD_TFTP_OPTION_VALUE, i);
        if (value && g_ascii_strcasecmp(name, wanted) == 0)
            return (uint32_t)strtoul(value, NULL, 10);
    }
    return 0;
}

/* The length of a block: by the UDP header in front, since a short frame is padded and a sliced one cut. */
static void
read_tftp_data(const field_info *opcode, bootstrap_fact *fact)
{
    const int udp_header = 8, tftp_header = 4;
    tvbuff_t *tvb = opcode->ds_tvb;
    int data = opcode->start + tftp_header;
    int captured = tvb_captured_length_remaining(tvb, data);
    uint32_t udp_length = tvb_get_ntohs(tvb, opcode->start - udp_header + 4);

    if (udp_length < (uint32_t)(udp_header + tftp_header))
        return;
    fact->length = udp_length - udp_header - tftp_header;
    fact->captured = captured > 0 ? MIN((uint32_t)captured, fact->length) : 0;
    fact->data = fact->captured > 0 ? tvb_get_ptr(tvb, data, fact->captured) : NULL;
}

static bool
read_tftp(packet_info *pinfo, proto_tree *tree, boot_event *event)
{
    const field_info *opcode = nth_field(tree, FIELD_TFTP_OPCODE, 0);
    bootstrap_fact *fact = &event->bootstrap;

    if (!is_tftp(pinfo))
        return false;
    event->kind = BOOT_EVENT_BOOTSTRAP;
    fact->message = BOOTSTRAP_OTHER;
    if (!opcode || opcode->start < 8)
        return true;
    event->identity = open_capture_datagram_identity(opcode->ds_tvb, opcode->start);
    switch (number_at(opcode, 0, 2)) {
    case TFTP_READ_REQUEST:
        fact->message = BOOTSTRAP_REQUEST;
        fact->file = field_text(tree, FIELD_TFTP_FILE, 0);
        fact->block_size = tftp_option_value(tree, "blksize");
        return true;
    case TFTP_OPTION_ACK:
        fact->message = BOOTSTRAP_OPTIONS;
        fact->transfer_size = tftp_option_value(tree, "tsize");
        fact->block_size = tftp_option_value(tree, "blksize");
        return true;
    case TFTP_DATA:
        fact->message = BOOTSTRAP_DATA;
        fact->number = (uint16_t)number_at(opcode, TFTP_NUMBER, 2);
        read_tftp_data(opcode, fact);
        return true;
    case TFTP_ACK:
        fact->message = BOOTSTRAP_ACK;
        fact->number = (uint16_t)number_at(opcode, TFTP_NUMBER, 2);
        return true;
    case TFTP_ERROR:
        fact->message = BOOTSTRAP_ERROR;
        fact->number = (uint16_t)number_at(opcode, TFTP_NUMBER, 2);
        return true;
    default:
        return true;
    }
}

bool
frame_reader_read(packet_info *pinfo, proto_tree *tree, boot_event *event)
{
    /* Most frames of most captures are TCP, and need not be searched for fields. */
    if (!tree || pinfo->ptype == PT_TCP)
        return false;
    if (!read_tftp(pinfo, tree, event) && !read_dhcp(pinfo, tree, event) && !read_arp(tree, event))
        return false;
    if (is_quoted(pinfo))
        return false;
    open_capture_describe_frame(pinfo, event);
    return true;
}

void
frame_reader_identify(packet_info *pinfo, boot_event *event)
{
    event->kind = is_tftp(pinfo) ? BOOT_EVENT_BOOTSTRAP : BOOT_EVENT_DHCP;
    open_capture_describe_frame(pinfo, event);
}
