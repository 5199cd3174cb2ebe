/* tap_view.h
 * What the statistics have in common: which boots they show, and when they are drawn
 *
 * A statistic shows whole boots. Its filter chooses them: those of which at least one frame passes. All the rest is asked
 * of the boots themselves when the statistic is drawn, after the last frame, so that one pass tells what two tell.
 *
 * Wireshark has no call for "about to be drawn". Two things stand for it:
 * - Where the frames come for the first time (tshark without -2), a listener of our own is registered with the first
 *   tapped frame. Listeners are put in front of those that are there, and drawn in that order: so this one is drawn
 *   before every table. tests/dissection/test_statistics.py holds that order.
 * - Where they come again (tshark -2, sharkd, Wireshark's windows), all frames have been seen before the first one is
 *   tapped, and each boot is shown with its first frame.
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_TAP_VIEW_H
#define PVSBOOT_TAP_VIEW_H

#include "boot/boot_summary.h"

/* The boots of one statistic. Belongs to one capture: tshark -M and a ring buffer's next file begin another one. */
typedef struct tap_view {
    unsigned capture;    /* its number; 0: none yet */
    GHashTable *boots;   /* their numbers */
} tap_view;

void tap_view_init(tap_view *view);
void tap_view_clear(tap_view *view);

/* Forgets all, to begin anew. */
void tap_view_reset(tap_view *view);

/* A frame that passes the filter. Returns whether its boot is to be shown at once. */
bool tap_view_add(tap_view *view, const boot_verdict *verdict);

/* Whether the view is of another capture than the open one: what it shows is out of date. */
bool tap_view_is_stale(const tap_view *view);

/* Goes through the boots to be shown, as known by now, by number: *next is 0 at first; NULL after the last one. */
const boot_summary *tap_view_next(const tap_view *view, unsigned *next);

/* What is called before anything is drawn after a first pass. To be called once for each kind of statistic. */
void tap_view_before_drawing(void (*refresh)(void));

/* To be called with each frame that is tapped on its first visit; a view's add does it. */
void tap_view_listen_in_front(void);

#endif
