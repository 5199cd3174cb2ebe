/* frame_copies.h
 * Which frame is a copy of an earlier one
 *
 * A mirror port that shows both sides of a switch or router shows frames twice: with another VLAN tag, with other
 * MACs and a lower TTL, or byte for byte; a DHCP relay sends each message on. A copy is not a retry.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FRAME_COPIES_H
#define PVSBOOT_FRAME_COPIES_H

#include "boot_event.h"

/* What is remembered of the newest events, and every copy found. Of a fixed size but for the copies. */
typedef struct frame_copies frame_copies;

frame_copies *frame_copies_new(void);
void frame_copies_free(frame_copies *copies);

/* Takes an event on its first visit. Returns the frame that it is a copy of, or 0. */
uint32_t frame_copies_add(frame_copies *copies, const boot_event *event);

/* The frame that this one was found to be a copy of, or 0. */
uint32_t frame_copies_original(const frame_copies *copies, uint32_t frame);

/* This frame and later ones are taken back. */
void frame_copies_rewind(frame_copies *copies, uint32_t frame);

#endif
