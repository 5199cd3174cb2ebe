/* open_capture.c
 * The boots of the capture that is open
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "open_capture.h"

#include <epan/packet.h>

#include "boot/boot_time.h"
#include "frame_bytes.h"

unsigned pref_boot_gap = 60;
unsigned pref_max_boots = 50000;

static boot_tracker *boots;
static unsigned number;

/* What all statistics show, and how many frames had been seen when it was summed up. */
static boot_summaries *summaries;
static uint32_t summed_frames;

static void
open_capture(void)
{
    number++;
    boots = boot_tracker_new((int64_t)pref_boot_gap * SECOND, pref_max_boots);
}

static void
close_capture(void)
{
    boot_summaries_free(summaries);
    summaries = NULL;
    boot_tracker_free(boots);
    boots = NULL;
    net_address_forget_all();
}

void
open_capture_register(void)
{
    register_init_routine(open_capture);
    register_cleanup_routine(close_capture);
}

boot_tracker *
open_capture_boots(void)
{
    return boots;
}

unsigned
open_capture_number(void)
{
    return number;
}

const boot_summaries *
open_capture_summaries(void)
{
    if (!boots)
        return NULL;
    if (!summaries || summed_frames != boot_tracker_frames_seen(boots)) {
        boot_summaries_free(summaries);
        summaries = boot_summaries_new(boots);
        summed_frames = boot_tracker_frames_seen(boots);
    }
    return summaries;
}

net_address
open_capture_address(const address *from)
{
    if (from->type == AT_IPv4 && from->len == 4)
        return net_address_ipv4(from->data);
    if (from->type == AT_IPv6 && from->len == 16)
        return net_address_ipv6(from->data);
    return NET_ADDRESS_NONE;
}

static mac_address
mac_of(const address *from)
{
    return from->type == AT_ETHER && from->len == 6 ? mac_from_octets(from->data) : 0;
}

uint32_t
open_capture_datagram_identity(tvbuff_t *tvb, int payload)
{
    const int udp_header = 8, ipv4_header = 20, enough = 64;
    int captured = tvb_captured_length_remaining(tvb, payload), udp = payload - udp_header;
    frame_bytes header;
    ip_packet ip;

    if (captured < 0 || udp < 0)
        return 0;
    captured = MIN(udp_header + captured, enough);
    header = (frame_bytes){ tvb_get_ptr(tvb, udp, captured), (size_t)captured };
    /* What stands in front of a datagram may also be IPv6, or nothing at all: the whole of one is by itself. */
    if (udp >= ipv4_header) {
        frame_bytes packet = { tvb_get_ptr(tvb, udp - ipv4_header, ipv4_header + captured), (size_t)(ipv4_header + captured) };
        if (packet.data[0] == 0x45 && frame_u16(packet, 2) == ipv4_header + frame_u16(header, 4)
                && ip_packet_read(packet, &ip) && ip.protocol == IP_PROTOCOL_UDP)
            return udp_identity(ip.identification, header);
    }
    return udp_identity(0, header);
}

int64_t
open_capture_time(const packet_info *pinfo)
{
    /* A file may stamp its frames millions of years from now. Half of what can be counted: differences can be, too. */
    const int64_t farthest = INT64_MAX / 2 / SECOND;
    int64_t seconds = CLAMP((int64_t)pinfo->abs_ts.secs, -farthest, farthest);

    return seconds * SECOND + CLAMP(pinfo->abs_ts.nsecs, 0, (int)SECOND - 1);
}

void
open_capture_describe_frame(packet_info *pinfo, boot_event *event)
{
    event->frame = pinfo->num;
    event->time = open_capture_time(pinfo);
    event->source_mac = mac_of(&pinfo->dl_src);
    event->destination_mac = mac_of(&pinfo->dl_dst);
    event->source = open_capture_address(&pinfo->src);
    event->destination = open_capture_address(&pinfo->dst);
    event->unicast = event->destination_mac != 0;
    if (pinfo->ptype == PT_UDP) {
        event->source_port = (uint16_t)pinfo->srcport;
        event->destination_port = (uint16_t)pinfo->destport;
    }
}
