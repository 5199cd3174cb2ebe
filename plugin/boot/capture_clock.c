/* capture_clock.c
 * The capture's own time, which never runs backwards
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "capture_clock.h"

#include "boot_time.h"
#include "frame_index.h"

/* A smaller step back is the order of neighbours. */
#define STEP_BACK (SECOND / 2)

/* So many frames after a step back the stamps may return, if there are two clocks. */
#define FRAMES_TO_RETURN 100

/* From this frame on so much is added to the stamps. */
typedef struct clock_shift {
    uint32_t frame;
    int64_t shift;
} clock_shift;

void
capture_clock_clear(capture_clock *clock)
{
    if (clock->shifts)
        g_array_free(clock->shifts, TRUE);
}

static int64_t
newest_shift(const capture_clock *clock)
{
    return clock->shifts && clock->shifts->len > 0
        ? g_array_index(clock->shifts, clock_shift, clock->shifts->len - 1).shift : 0;
}

/* This frame, and those after it until the next call, have this shift. */
static void
use_shift(capture_clock *clock, uint32_t frame, int64_t shift)
{
    clock_shift entry = { frame, shift };

    if (newest_shift(clock) == shift)
        return;
    if (!clock->shifts)
        clock->shifts = g_array_new(FALSE, FALSE, sizeof(clock_shift));
    g_array_append_val(clock->shifts, entry);
}

/* The clock was set back, as far as is known: time goes on from the newest frame. */
static int64_t
step_back(capture_clock *clock, int64_t stamp)
{
    if (clock->frames_since == 0) {
        clock->shift_before = clock->shift;
        clock->time_before = clock->newest;
    }
    clock->frames_since = 1;
    clock->shift = clock->newest - stamp;
    return clock->newest;
}

int64_t
capture_clock_add(capture_clock *clock, uint32_t frame, int64_t stamp)
{
    int64_t time = stamp + clock->shift;

    if (clock->frame == frame)
        return clock->time;
    if (clock->frame == 0) {
        clock->newest = time;
    } else if (clock->frames_since > 0 && stamp + clock->shift_before >= clock->time_before) {
        /* The stamps are back where they were before the step: this one is the leading clock of two. */
        clock->two_clocks = true;
        clock->frames_since = 0;
        clock->shift = clock->shift_before;
        time = MAX(stamp + clock->shift, clock->newest);
    } else if (time <= clock->newest - STEP_BACK) {
        time = step_back(clock, stamp);
    } else if (clock->frames_since > 0 && ++clock->frames_since > FRAMES_TO_RETURN) {
        clock->frames_since = 0;
        clock->two_clocks = false;
    }
    /* Of two clocks the one behind makes no time of its own. */
    if (clock->two_clocks && clock->frames_since > 0)
        time = clock->newest;
    use_shift(clock, frame, time - stamp);
    clock->frame = frame;
    clock->time = time;
    clock->newest = MAX(clock->newest, time);
    return time;
}

int64_t
capture_clock_at(const capture_clock *clock, uint32_t frame, int64_t stamp)
{
    unsigned count = frames_until(clock->shifts, offsetof(clock_shift, frame), frame);

    return count > 0 ? stamp + g_array_index(clock->shifts, clock_shift, count - 1).shift : stamp;
}

void
capture_clock_rewind(capture_clock *clock, uint32_t frame)
{
    unsigned kept = frames_until(clock->shifts, offsetof(clock_shift, frame), frame - 1);

    if (clock->shifts)
        g_array_set_size(clock->shifts, kept);
    clock->frame = frame - 1;
}
