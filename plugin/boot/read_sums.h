/* read_sums.h
 * What the reads of one boot add up to: where the time of reading went, server by server and second by second
 *
 * A read that is over is added once, so that a long boot costs no more than a short one when it is summed up. Its time
 * goes from the target's request to the last datagram of the answer: up to the first one the server worked, from there on
 * the network carried. What follows until the target's next request is the target's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_READ_SUMS_H
#define PVSBOOT_READ_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "lean_list.h"
#include "net_address.h"

/* A read that is over. Times are in nanoseconds since the epoch. */
typedef struct ended_read {
    uint32_t frame;          /* of its last data */
    uint64_t bytes;
    uint32_t packets;        /* 0: no data came */
    bool requested;          /* its request is in the capture; without it, it has no time */
    int64_t request_time, first_data_time, last_data_time;
} ended_read;

/* Of the reads that one server answered in one phase, those whose request is in the capture; times in nanoseconds. */
typedef struct read_sum {
    uint8_t phase;           /* a boot_phase; 0 where it is not known */
    net_address server;
    uint32_t reads;
    uint32_t retries;        /* requests to this server that were sent again for want of an answer */
    uint32_t arrivals, departures; /* how often the stream came here from another server, or left for one */
    uint64_t bytes;
    int64_t server_time;     /* from the request to the first data */
    int64_t transfer_time;   /* from the first to the last data */
    int64_t target_time;     /* from the last data to the next request, where that came within a second */
    int64_t pause_time;      /* the same where it took longer */
} read_sum;

/* The reads that ended within one second. */
typedef struct read_point {
    uint32_t second;         /* since the capture's first frame */
    uint32_t reads;
    uint64_t bytes;
    int64_t time, longest;
} read_point;

/* Embedded in a stream_meter. */
typedef struct read_sums {
    int64_t origin;          /* the time of the capture's first frame */
    lean_list parts;         /* read_sum */
    lean_list series;        /* read_point, by second */
    GArray *slow;            /* slow_read, by frame; NULL until the first: most boots have none */
    uint8_t phase;           /* the boot's phase now */
    uint8_t data_phase;      /* the phase in which the newest read data came, */
    net_address data_server; /* and from whom */
    int newest;              /* the part that the newest read was added to, counted from 1; 0: it is in none */
    int64_t open_time;       /* during which a read was open; reads that overlap count once */
    int64_t open_until;      /* the end of the newest of them */
    uint64_t open_bytes;     /* what they brought */
} read_sums;

void read_sums_clear(read_sums *sums);

/* A read is over. */
void read_sums_add(read_sums *sums, const ended_read *read);

/* Read data comes from this server, in the boot's phase now. */
void read_sums_data_from(read_sums *sums, const net_address *server);

/* The target asks this server again for what it was not answered. */
void read_sums_retry(read_sums *sums, const net_address *server);

/* The target's next request came so long after the newest data; 0: before it. */
void read_sums_next_request(read_sums *sums, int64_t after);

/* A read that took more than a second. */
typedef struct slow_read {
    uint32_t frame;          /* of its last data */
    int64_t time;            /* of that frame */
    int64_t duration;        /* nanoseconds since its request */
} slow_read;

/* The slow read whose last data came in this frame, or NULL; valid until the next read is over. */
const slow_read *read_sums_slow(const read_sums *sums, uint32_t frame);

#endif
