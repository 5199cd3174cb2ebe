/* open_capture.h
 * The boots of the capture that is open
 *
 * Wireshark has one capture open at a time and dissects it in one thread. The boots are made when it is
 * opened and freed when it is closed or dissected anew (preferences, Decode As).
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_OPEN_CAPTURE_H
#define PVSBOOT_OPEN_CAPTURE_H

#include <epan/packet_info.h>
#include <epan/tvbuff.h>

#include "boot/boot_summary.h"

/* Preference of pvsboot: the boot gap, in seconds. */
extern unsigned pref_boot_gap;

/* Preference of pvsboot: the number of boots that are remembered. */
extern unsigned pref_max_boots;

/* To be called once at registration, before any other init routine that uses the boots. */
void open_capture_register(void);

/* The boots of the open capture; never NULL while a frame is being dissected. */
boot_tracker *open_capture_boots(void);

/*
 * The number of the open capture: no other one of this process has it. Addresses of boots tell captures apart no more
 * than any freed memory does.
 */
unsigned open_capture_number(void);

/*
 * What is known by now of all boots of the open capture, summed up once for all statistics that ask. Valid until the
 * next frame; NULL where no capture is open.
 */
const boot_summaries *open_capture_summaries(void);

/* The frame's time as boot/ counts it: nanoseconds since the epoch, and no farther from it than 146 years. */
int64_t open_capture_time(const packet_info *pinfo);

/* Fills the part of an event that every frame has: number, time, and the addresses and UDP ports of this layer. */
void open_capture_describe_frame(packet_info *pinfo, boot_event *event);

/*
 * The identity of a datagram (udp_identity); 0 where it cannot be had. tvb: the bytes of the frame (a data source);
 * payload: where the UDP payload begins in them.
 */
uint32_t open_capture_datagram_identity(tvbuff_t *tvb, int payload);

/* An address of Wireshark's as boot/ knows it; none if it is neither IPv4 nor IPv6. */
net_address open_capture_address(const address *from);

#endif
