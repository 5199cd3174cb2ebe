/* stream_meter.h
 * Reads and bursts of one boot's stream
 *
 * The inside of a streaming datagram is not public, but its size speaks (published geometry, PVS 7.12,
 * docs/evidence.md): 56 bytes come before the read data, all datagrams of a burst but the last are of the
 * maximum size, and the data of a burst adds up to whole sectors of 512 bytes. A read is a target's datagram
 * and the burst that answers it; bursts are answered in the order of their requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_STREAM_METER_H
#define PVSBOOT_STREAM_METER_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "boot_event.h"
#include "read_sums.h"

enum {
    STREAM_READ_HEADER = 56,          /* bytes before the read data of a server's datagram */
    STREAM_SECTOR = 512,
    STREAM_REQUEST_PAYLOAD = 48,      /* the size of requests and acknowledgements */
    STREAM_BURST_DATAGRAMS = 32,      /* no burst has more (programmer's guide, IoBurstSize) */
    STREAM_SINGLE_READ_PAYLOAD = 1464 /* the largest UDP payload of single read mode (MTU 1506) */
};

/* A read is slow that takes longer, in nanoseconds (docs/diagnosis.md, .read.slow). */
#define STREAM_SLOW_READ INT64_C(1000000000)

/* One read. Kept for each; what is kept per streaming frame is this, divided by the frames of a read. */
typedef struct stream_read {
    uint32_t start_frame;  /* of the request; of the first data where the request is not in the capture */
    uint32_t last_frame;   /* the newest read data; 0 until there is some */
    uint32_t bytes;
    uint16_t packets;
    uint8_t requested;     /* the request is in the capture */
    uint8_t ended_by_size; /* the size of the last datagram showed that the burst was over */
    uint32_t time;         /* nanoseconds from the request to the newest read data; where it is longer, the most there is */
} stream_read;

/* Embedded in a boot; zero means that nothing came yet. */
typedef struct stream_meter {
    lean_list blocks;         /* stream_read *, each so many reads in order (stream_meter.c): what grows frees nothing */
    unsigned read_count;
    unsigned answering;       /* index of the read that the next data belongs to */
    int64_t request_time;     /* of that read */
    int64_t newest_data_time; /* of that read, or of its request while there is none */
    int64_t answer_delay;     /* from that request to its first data */
    int64_t largest_gap;      /* between two datagrams of that burst */
    uint32_t first_payload;   /* of that read's burst */
    uint32_t newest_payload;  /* of any read data */
    uint32_t full_payload;    /* the size that this stream's bursts are cut into; 0 until one has shown it */
    uint32_t largest_payload; /* of any read data so far */
    int64_t asked_time;       /* of the target's newest datagram of any meaning */
    unsigned data_since_request; /* datagrams of read data since then */
    uint32_t asked_frame;
    uint32_t request_digest;  /* of the newest request's bytes */
    net_address asked;        /* by the target's newest datagram */
    bool answered;            /* the target's newest datagram, by whatever */
    uint8_t requests_since_whole;
    uint8_t counted_length;
    uint16_t pending;         /* bytes of read data since the last whole point, fewer than a sector */
    GQueue *waiting;          /* int64_t * request times of the reads after the one being answered; NULL until the first */
    int64_t overlap_time;     /* of the overlapping request since the last whole point, if there is one */
    int64_t counted[2];       /* times of the last overlapping requests that counted, newest first */
    unsigned data_since_overlap;
    unsigned fitting_reads;   /* whole sectors behind 56 bytes each, after a datagram of the target */
    GArray *slow;             /* unsigned: reads that took long, as only the next request told; NULL until the first */
    uint64_t bytes;           /* of all read data */
    read_sums sums;           /* of the reads that are over */
} stream_meter;

void stream_meter_clear(stream_meter *meter);

/* Whether a server's datagram of this size could be the first read data of a boot (design.md, phase 3). */
bool stream_payload_can_start_reading(uint32_t payload);

/* Whether a server's datagram of this size has room for read data at all. */
bool stream_payload_is_read_data(uint32_t payload);

/* What a target's datagram means for the reads (docs/diagnosis.md, .read.retry; docs/evidence.md, Overlap). */
typedef enum stream_request {
    STREAM_REQUEST_NEW,
    STREAM_REQUEST_REPEATED, /* the same request again, soon after */
    STREAM_REQUEST_RETRIED,  /* the same request again, 0.5 s or more after it */
    STREAM_REQUEST_ACKNOWLEDGES, /* stop and wait: it acknowledges one datagram of a burst */
    STREAM_REQUEST_OVERLAPS  /* the third overlapping request within a second */
} stream_request;

/* How the target asks, as far as is known. */
typedef enum stream_mode {
    STREAM_MODE_UNKNOWN,
    STREAM_ONE_AT_A_TIME, /* single read mode waits for the answer before it asks again */
    STREAM_OF_BNISTACK
} stream_mode;

/* A target's datagram. */
stream_request stream_meter_add_request(stream_meter *meter, const boot_event *event, stream_mode mode);

/* A target's datagram before the first read data: any of them may turn out to be the first read's request. */
void stream_meter_add_logon_request(stream_meter *meter, const boot_event *event);

/* The frame of the newest request that was not sent again. */
uint32_t stream_meter_newest_request(const stream_meter *meter);

/* A server's datagram that is no read data. */
void stream_meter_add_other(stream_meter *meter);

/* A server's datagram with read data. Returns its read, which is valid until the next event. */
const stream_read *stream_meter_add_data(stream_meter *meter, const boot_event *event);

/*
 * Whether the newest data ended a burst of more datagrams than PVS allows. Where the capture has lost the end of one
 * burst and the next request, two bursts look like one: that is told by a gap inside as long as the server takes to
 * answer.
 */
bool stream_meter_burst_was_too_long(const stream_meter *meter, const stream_read *read);

/* How many reads show by their size that they are PVS: asked for, and whole sectors behind 56 bytes in each datagram. */
static inline unsigned
stream_meter_fitting_reads(const stream_meter *meter)
{
    return meter->fitting_reads;
}

/* How many reads are over: they change no more. */
unsigned stream_meter_reads_over(const stream_meter *meter);

/* The read that a request's or a data frame belongs to, counted from 0, or -1. */
int stream_meter_read_of_request(const stream_meter *meter, uint32_t frame);
int stream_meter_read_of_data(const stream_meter *meter, uint32_t frame);

/* The read with this index, as far as it is known by now. */
const stream_read *stream_meter_read(const stream_meter *meter, unsigned index);

/* How long a read took whose request is in the capture: nanoseconds from that to the newest read data, however many. */
int64_t stream_meter_read_time(const stream_meter *meter, const stream_read *read);

#endif
