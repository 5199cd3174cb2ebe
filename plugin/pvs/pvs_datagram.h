/* pvs_datagram.h
 * What every PVS datagram has: service and direction, and the verdict of the boots
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVS_DATAGRAM_H
#define PVS_DATAGRAM_H

#include <epan/packet.h>

#include "boot/boot_tracker.h"

/* The protocol's name. */
#define PVS_NAME "Citrix Provisioning"

typedef enum pvs_service {
    PVS_SERVICE_STREAM = 1,
    PVS_SERVICE_TWO_STAGE = 2,
    PVS_SERVICE_INTER_SERVER = 3
} pvs_service;

typedef enum pvs_direction {
    DIRECTION_TO_SERVER = 1,
    DIRECTION_TO_TARGET = 2,
    DIRECTION_BETWEEN_SERVERS = 3
} pvs_direction;

/* To be called once at registration. */
void pvs_datagram_register(int proto_pvs);

/* Adds the protocol's item. NULL where nobody will look at what stands below it. */
proto_item *pvs_datagram_add_item(tvbuff_t *tvb, proto_tree *tree);

/* Adds, below that item, what every PVS datagram has; returns its tree. */
proto_tree *pvs_datagram_add_common(tvbuff_t *tvb, proto_item *item, const char *name, pvs_service service,
    pvs_direction direction);

/* Adds what was captured of a run of bytes; a sliced capture has less of them than travelled. length below 0: all. */
void pvs_datagram_add_bytes(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int length);

/* Adds a number that stands in no byte. */
void pvs_datagram_add_number(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t number);

/* Adds the bytes from offset to offset + length as such whose meaning is not public. length below 0: all. */
void pvs_datagram_add_undecoded(proto_tree *tree, tvbuff_t *tvb, int offset, int length);

/*
 * Tells the boots of a datagram's fact, or recalls what they said of it. A datagram quoted in an ICMP error is
 * dissected, but it is no fact: nobody sent it in this frame. NULL where they have nothing to say of it. Lives as long
 * as the packet.
 */
const boot_verdict *pvs_datagram_judge(tvbuff_t *tvb, packet_info *pinfo, boot_event *event);

/* The verdict on the frame's PVS datagram (packet-pvs.h). */
const boot_verdict *pvs_datagram_verdict(packet_info *pinfo);

#endif
