/* frame_reader.h
 * From a dissected frame to an event for boot/
 *
 * What a frame holds is told by Wireshark's layers: where it dissected no DHCP (another port, a protocol that is switched
 * off), there is none here. The bytes are read here all the same (frame_bytes.h says why), so that no field is wanted
 * and nothing depends on a tree.
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FRAME_READER_H
#define PVSBOOT_FRAME_READER_H

#include <epan/packet.h>

#include "boot/boot_event.h"

/* What a frame may hold for the boots. */
typedef enum frame_layer {
    LAYER_PVS = 0x01,
    LAYER_DHCP = 0x02,
    LAYER_TFTP = 0x04,
    LAYER_ARP = 0x08,
    LAYER_ICMP = 0x10
} frame_layer;

/* Looks up the protocols by name; to be called once, after all dissectors have registered theirs. */
void frame_reader_init(void);

/* A set of frame_layer, the same in every pass; 0 for nearly all frames of most captures, and soon told. */
unsigned frame_reader_layers(const packet_info *pinfo);

/*
 * Reads a DHCP, ARP, TFTP or ICMP frame on its first visit. Strings and bytes of the event live until the next one is
 * read, and no longer than the packet. Returns whether the frame is one of these.
 */
bool frame_reader_read(packet_info *pinfo, unsigned layers, boot_event *event);

/* The same on a later visit: fills in only what boot_tracker_recall asks for. */
bool frame_reader_identify(packet_info *pinfo, unsigned layers, boot_event *event);

/* A frame of no other kind: who sent it to whom. */
void frame_reader_read_other(packet_info *pinfo, boot_event *event);

#endif
