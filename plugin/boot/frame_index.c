/* frame_index.c
 * Looking things up by frame: what is kept, is kept in the order of frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame_index.h"

static uint32_t
frame_at(const GArray *elements, size_t size, size_t offset, unsigned index)
{
    return *(const uint32_t *)(const void *)(elements->data + index * size + offset);
}

/* On a first visit, the newest element is asked for nearly always. */
unsigned
frames_until(const GArray *elements, size_t offset, uint32_t frame)
{
    unsigned low = 0, high = elements ? elements->len : 0;
    size_t size;

    if (high == 0)
        return 0;
    size = g_array_get_element_size((GArray *)elements);
    if (frame_at(elements, size, offset, high - 1) <= frame)
        return high;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (frame_at(elements, size, offset, middle) <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
