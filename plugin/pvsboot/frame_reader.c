/* frame_reader.c
 * From a dissected frame to an event for boot/
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "frame_reader.h"

#include "open_capture.h"
#include "protocol_readers.h"

/* The frame itself, and what Wireshark made of it: whole datagrams out of pieces. */
#define MAX_DATA_SOURCES 16

/* What each protocol is to us, by its number: 0 for nearly all. Every frame of every UDP capture is asked this. */
static uint8_t *layer_of_protocol;
static int protocol_count;

/* The texts of the event that was read last. */
static GStringChunk *texts;

void
frame_reader_init(void)
{
    static const struct { const char *name; uint8_t layer; } ours[] = { { "pvs", LAYER_PVS }, { "tftp", LAYER_TFTP },
        { "dhcp", LAYER_DHCP }, { "arp", LAYER_ARP }, { "icmp", LAYER_ICMP }, { "icmpv6", LAYER_ICMP } };
    int ids[G_N_ELEMENTS(ours)];

    for (unsigned i = 0; i < G_N_ELEMENTS(ours); i++) {
        ids[i] = proto_get_id_by_filter_name(ours[i].name);
        protocol_count = MAX(protocol_count, ids[i] + 1);
    }
    layer_of_protocol = g_new0(uint8_t, protocol_count);
    for (unsigned i = 0; i < G_N_ELEMENTS(ours); i++)
        if (ids[i] >= 0)
            layer_of_protocol[ids[i]] = ours[i].layer;
    texts = g_string_chunk_new(1024);
}

unsigned
frame_reader_layers(const packet_info *pinfo)
{
    unsigned layers = 0;

    /* Most frames of most captures. */
    if (pinfo->ptype == PT_TCP)
        return 0;
    for (wmem_list_frame_t *item = wmem_list_head(pinfo->layers); item; item = wmem_list_frame_next(item)) {
        int protocol = GPOINTER_TO_INT(wmem_list_frame_data(item));

        if (protocol < protocol_count)
            layers |= layer_of_protocol[protocol];
    }
    return layers;
}

/* Which of its layers a frame is told by. An ICMP error quotes a packet that nobody sent in this frame. */
static bool
kind_of_frame(const packet_info *pinfo, unsigned layers, boot_event_kind *kind)
{
    if (layers & LAYER_ICMP)
        *kind = BOOT_EVENT_ICMP;
    else if (layers & LAYER_TFTP && pinfo->ptype == PT_UDP)
        *kind = BOOT_EVENT_BOOTSTRAP;
    else if (layers & LAYER_DHCP)
        *kind = BOOT_EVENT_DHCP;
    else if (layers & LAYER_ARP)
        *kind = BOOT_EVENT_ARP;
    else
        return false;
    return true;
}

static unsigned
find_data_sources(const packet_info *pinfo, frame_bytes *sources)
{
    unsigned count = 0;

    for (const GSList *item = pinfo->data_src; item && count < MAX_DATA_SOURCES; item = item->next) {
        tvbuff_t *tvb = get_data_source_tvb(item->data);
        int length = (int)tvb_captured_length(tvb);

        if (length > 0)
            sources[count++] = (frame_bytes){ tvb_get_ptr(tvb, 0, length), (size_t)length };
    }
    return count;
}

/* The octets of the innermost packet's sender. */
static frame_bytes
network_sender(const packet_info *pinfo)
{
    const address *sender = &pinfo->net_src;

    if (sender->type != AT_IPv4 && sender->type != AT_IPv6)
        return (frame_bytes){ NULL, 0 };
    return (frame_bytes){ sender->data, (size_t)sender->len };
}

static bool
find_datagram(const packet_info *pinfo, udp_datagram *found)
{
    frame_bytes sources[MAX_DATA_SOURCES];
    packet_sender sender = { network_sender(pinfo), (uint16_t)pinfo->srcport, (uint16_t)pinfo->destport };

    return udp_find(sources, find_data_sources(pinfo, sources), &sender, found);
}

static bool
read_dhcp(const packet_info *pinfo, dhcp_fact *fact)
{
    udp_datagram datagram;

    if (!find_datagram(pinfo, &datagram) || !dhcp_read(datagram.payload, texts, fact))
        return false;
    if (dhcp_is_from_server(fact->message))
        fact->checksum = udp_checksum(&datagram);
    return true;
}

/*
 * The same bytes alone are no copy: in a storm of boots the clients of one kind ask from one port, and get the same blocks at
 * the same time. A router that changes addresses keeps the identification.
 */
static uint32_t
content_of(const udp_datagram *datagram)
{
    uint64_t content = datagram->ip.identification;

    if (content == 0 || datagram->payload.length == 0)
        return 0;
    return MAX((uint32_t)net_mix_bytes(content, datagram->payload.data, datagram->payload.length), 1);
}

/* What Wireshark takes for TFTP is TFTP, also where nothing of it is found. */
static void
read_tftp(const packet_info *pinfo, boot_event *event)
{
    udp_datagram datagram;

    event->bootstrap.message = BOOTSTRAP_OTHER;
    if (!find_datagram(pinfo, &datagram))
        return;
    tftp_read(datagram.payload, datagram.length, texts, &event->bootstrap);
    event->identity = udp_identity(datagram.ip.identification, datagram.header);
    event->content = content_of(&datagram);
}

static bool
read_arp(const packet_info *pinfo, arp_fact *fact)
{
    frame_bytes sources[MAX_DATA_SOURCES];
    unsigned count = find_data_sources(pinfo, sources);

    for (unsigned i = 0; i < count; i++)
        if (arp_read(sources[i], fact))
            return true;
    return false;
}

static bool
read_icmp(const packet_info *pinfo, icmp_fact *fact)
{
    frame_bytes sources[MAX_DATA_SOURCES];
    unsigned count = find_data_sources(pinfo, sources);
    ip_packet packet;

    for (unsigned i = 0; i < count; i++)
        if (icmp_find(sources[i], network_sender(pinfo), &packet))
            return icmp_read(&packet, fact);
    return false;
}

static bool
read_fact(const packet_info *pinfo, boot_event *event)
{
    switch (event->kind) {
    case BOOT_EVENT_BOOTSTRAP:
        read_tftp(pinfo, event);
        return true;
    case BOOT_EVENT_DHCP:
        return read_dhcp(pinfo, &event->dhcp);
    case BOOT_EVENT_ARP:
        return read_arp(pinfo, &event->arp);
    case BOOT_EVENT_ICMP:
        return read_icmp(pinfo, &event->icmp);
    default:
        return false;
    }
}

bool
frame_reader_read(packet_info *pinfo, unsigned layers, boot_event *event)
{
    if (!kind_of_frame(pinfo, layers, &event->kind))
        return false;
    g_string_chunk_clear(texts);
    if (!read_fact(pinfo, event))
        return false;
    open_capture_describe_frame(pinfo, event);
    return true;
}

bool
frame_reader_identify(packet_info *pinfo, unsigned layers, boot_event *event)
{
    if (!kind_of_frame(pinfo, layers, &event->kind))
        return false;
    open_capture_describe_frame(pinfo, event);
    return true;
}

void
frame_reader_read_other(packet_info *pinfo, boot_event *event)
{
    event->kind = BOOT_EVENT_OTHER;
    open_capture_describe_frame(pinfo, event);
}
