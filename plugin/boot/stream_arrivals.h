/* stream_arrivals.h
 * MAC addresses that begin to stream in mid-stream: a boot that fell silent may go on from one of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_STREAM_ARRIVALS_H
#define PVSBOOT_STREAM_ARRIVALS_H

#include "net_address.h"

/* A MAC address that had neither booted nor streamed in this capture before. */
typedef struct stream_arrival {
    int64_t time;
    uint32_t frame;
    mac_address mac;
    net_address server;
} stream_arrival;

/* Owned by the tracker. */
typedef struct stream_arrivals {
    GArray *list; /* stream_arrival, by time; NULL until the first */
} stream_arrivals;

void stream_arrivals_clear(stream_arrivals *arrivals);

/* To be called in the order of time. A limited number is remembered. */
void stream_arrivals_add(stream_arrivals *arrivals, const stream_arrival *arrival);

/* The first one between these times (nanoseconds, both included) that speaks with this server; or NULL. */
const stream_arrival *stream_arrivals_find(const stream_arrivals *arrivals, int64_t from, int64_t to,
    const net_address *server);

#endif
