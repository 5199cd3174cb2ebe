/* stream_arrivals.c
 * MAC addresses that begin to stream in mid-stream: a boot that fell silent may go on from one of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stream_arrivals.h"

/* Real captures hold some; forged ones millions. */
#define ARRIVALS_REMEMBERED 4096

/* Looked at for one boot; of a storm that arrives at the same moment nobody could tell who is who. */
#define ARRIVALS_LOOKED_AT 64

void
stream_arrivals_clear(stream_arrivals *arrivals)
{
    if (arrivals->list)
        g_array_free(arrivals->list, TRUE);
}

static const stream_arrival *
arrival_at(const stream_arrivals *arrivals, unsigned index)
{
    return &g_array_index(arrivals->list, stream_arrival, index);
}

void
stream_arrivals_add(stream_arrivals *arrivals, const stream_arrival *arrival)
{
    if (!arrivals->list)
        arrivals->list = g_array_new(FALSE, FALSE, sizeof(stream_arrival));
    if (arrivals->list->len < ARRIVALS_REMEMBERED)
        g_array_append_vals(arrivals->list, arrival, 1);
}

static unsigned
first_not_before(const stream_arrivals *arrivals, int64_t time)
{
    unsigned low = 0, high = arrivals->list ? arrivals->list->len : 0;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (arrival_at(arrivals, middle)->time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const stream_arrival *
stream_arrivals_find(const stream_arrivals *arrivals, int64_t from, int64_t to, const net_address *server)
{
    unsigned first = first_not_before(arrivals, from);

    for (unsigned i = first; arrivals->list && i < arrivals->list->len && i - first < ARRIVALS_LOOKED_AT; i++) {
        const stream_arrival *arrival = arrival_at(arrivals, i);
        if (arrival->time > to)
            break;
        if (net_address_equal(&arrival->server, server))
            return arrival;
    }
    return NULL;
}
