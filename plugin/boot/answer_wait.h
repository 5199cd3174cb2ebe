/* answer_wait.h
 * A request that wants an answer, and its repeats so far
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_ANSWER_WAIT_H
#define PVSBOOT_ANSWER_WAIT_H

#include "boot_event.h"

/* Embedded in a chapter; count 0: nothing is open. */
typedef struct answer_wait {
    int64_t first_time, newest_time;
    uint32_t count;
    uint32_t first_frame, newest_frame;
    net_address asked;
    bool said;            /* that it finds no answer */
} answer_wait;

/* The target asks (again). */
static inline void
answer_wait_add(answer_wait *wait, const boot_event *event, const net_address *asked)
{
    if (wait->count++ == 0) {
        wait->said = false;
        wait->first_frame = event->frame;
        wait->first_time = event->time;
    }
    wait->newest_frame = event->frame;
    wait->newest_time = event->time;
    wait->asked = *asked;
}

/* An answer came, or none is wanted any more. */
static inline void
answer_wait_stop(answer_wait *wait)
{
    wait->count = 0;
}

#endif
