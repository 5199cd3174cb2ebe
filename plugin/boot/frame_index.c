/* frame_index.c
 * Looking things up by frame: what is kept, is kept in the order of frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame_index.h"

unsigned
frames_until(const GArray *elements, size_t offset, uint32_t frame)
{
    size_t size = elements ? g_array_get_element_size((GArray *)elements) : 0;
    unsigned low = 0, high = elements ? elements->len : 0;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (*(const uint32_t *)(const void *)(elements->data + middle * size + offset) <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
