/* frame_index.h
 * Looking things up by frame: what is kept, is kept in the order of frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FRAME_INDEX_H
#define PVSBOOT_FRAME_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "lean_list.h"

/*
 * How many of the elements are of this frame or an earlier one: the newest of them has that index less one. offset: where
 * an element has its frame, a uint32_t by which they are sorted. No array has no elements.
 */
unsigned frames_until(const GArray *elements, size_t offset, uint32_t frame);

/* The same of a list whose elements have this size. */
unsigned list_frames_until(const lean_list *list, size_t size, size_t offset, uint32_t frame);

#endif
