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
    int captured = tvb_captured_length_remaining(tvb, payload);
    uint64_t identity = 0;

    if (captured < 0 || payload < udp_header)
        return 0;
    /* IPv6 has no identification, and a host may leave it always the same: alone it proves nothing. */
    if (payload >= ipv4_header + udp_header && tvb_get_ntohs(tvb, payload - udp_header - ipv4_header) >> 8 == 0x45)
        identity = tvb_get_ntohs(tvb, payload - udp_header - ipv4_header + 4);
    /* The UDP header holds the checksum of all bytes, also of those that are not looked at. */
    captured = udp_header + MIN(captured, enough);
    identity = net_mix_bytes(identity, tvb_get_ptr(tvb, payload - udp_header, captured), captured);
    return MAX((uint32_t)identity, 1);
}

int64_t
open_capture_time(const packet_info *pinfo)
{
    return (int64_t)pinfo->abs_ts.secs * SECOND + pinfo->abs_ts.nsecs;
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
    event->source_port = (uint16_t)pinfo->srcport;
    event->destination_port = (uint16_t)pinfo->destport;
}
