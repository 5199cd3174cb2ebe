/* frame_reader.h
 * From the fields of a dissected frame to an event for boot/
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

/* Looks up the fields by name; to be called once, after all dissectors have registered theirs. */
void frame_reader_init(void);

/*
 * The fields that must be in the tree of a first visit. They are few and rare on purpose: a wanted field
 * costs each packet that has it. The caller owns the array (of int).
 */
GArray *frame_reader_wanted_fields(void);

/*
 * Reads a DHCP, ARP or TFTP frame on its first visit. Strings and bytes of the event live as long as the
 * packet. Returns whether the frame is one of these.
 */
bool frame_reader_read(packet_info *pinfo, proto_tree *tree, boot_event *event);

/*
 * The same on a later visit, when the fields need not be there: fills in only what boot_tracker_recall
 * asks for.
 */
void frame_reader_identify(packet_info *pinfo, boot_event *event);

#endif
