/* stream_share.h
 * Where the time of reads went
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_STREAM_SHARE_H
#define PVSBOOT_STREAM_SHARE_H

#include <stdint.h>

/* Where the time of reads went, in nanoseconds; one read after the other, as single read mode works. */
typedef struct stream_share {
    int64_t server;   /* from requests to their first data */
    int64_t transfer; /* from first to last data */
    int64_t target;   /* from last data to the next request */
} stream_share;

#endif
