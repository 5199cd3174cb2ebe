/* capture_clock.h
 * The capture's own time, which never runs backwards
 *
 * Frames are stamped by clocks that are set while they run, and files are appended to each other. A step back of 0.5 s or
 * more is a clock that was set: time goes on from the frame before. If within 100 frames the stamps are back at or past
 * those before the step, two clocks are in one file, and time stays at the greater one. Smaller steps are the order of
 * neighbours and stay. Steps forth cannot be told from silence. (docs/capturing.md)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_CAPTURE_CLOCK_H
#define PVSBOOT_CAPTURE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* Owned by the tracker. Times are in nanoseconds. */
typedef struct capture_clock {
    GArray *shifts;        /* clock_shift, by frame; NULL until the first */
    int64_t shift;         /* what is added to the stamps now */
    uint32_t frame;        /* the newest one; 0: none yet */
    int64_t time;          /* of it */
    int64_t newest;        /* the greatest time so far */
    int64_t shift_before, time_before; /* before the newest step back */
    unsigned frames_since; /* that step; 0: there was none lately */
    bool two_clocks;
} capture_clock;

void capture_clock_clear(capture_clock *clock);

/* The time of a frame on its first visit, in the order of frames; the newest frame again has the same time. */
int64_t capture_clock_add(capture_clock *clock, uint32_t frame, int64_t stamp);

/* The time of a frame on a later visit. */
int64_t capture_clock_at(const capture_clock *clock, uint32_t frame, int64_t stamp);

/* The frames from this one on are taken back: their numbers will come again. */
void capture_clock_rewind(capture_clock *clock, uint32_t frame);

#endif
