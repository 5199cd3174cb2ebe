/* frame_index.c
 * Looking things up by frame: what is kept, is kept in the order of frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame_index.h"

static uint32_t
frame_at(const void *elements, size_t size, size_t offset, unsigned index)
{
    return *(const uint32_t *)(const void *)((const char *)elements + index * size + offset);
}

/* On a first visit, the newest element is asked for nearly always. */
static unsigned
until(const void *elements, unsigned count, size_t size, size_t offset, uint32_t frame)
{
    unsigned low = 0, high = count;

    if (count == 0 || frame_at(elements, size, offset, count - 1) <= frame)
        return count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (frame_at(elements, size, offset, middle) <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

unsigned
frames_until(const GArray *elements, size_t offset, uint32_t frame)
{
    return elements ? until(elements->data, elements->len, g_array_get_element_size((GArray *)elements), offset, frame) : 0;
}

unsigned
list_frames_until(const lean_list *list, size_t size, size_t offset, uint32_t frame)
{
    return until(list->elements, list->count, size, offset, frame);
}
