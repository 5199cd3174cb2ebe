/* tap_view.c
 * What the statistics have in common: which boots they show, and when they are drawn
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "tap_view.h"

#include <epan/packet.h>
#include <epan/tap.h>

#include "open_capture.h"

/* ---- The moment before drawing ---- */

#define KINDS_OF_STATISTICS 4

static void (*refreshers[KINDS_OF_STATISTICS])(void);
static size_t refresher_count;

void
tap_view_before_drawing(void (*refresh)(void))
{
    ws_assert(refresher_count < KINDS_OF_STATISTICS);
    refreshers[refresher_count++] = refresh;
}

static void
refresh_all(void *data _U_)
{
    for (size_t i = 0; i < refresher_count; i++)
        refreshers[i]();
}

/* Without one it would be drawn a single time only. */
static tap_packet_status
always_redraw(void *data _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *verdict _U_,
    tap_flags_t flags _U_)
{
    return TAP_PACKET_REDRAW;
}

void
tap_view_listen_in_front(void)
{
    static bool listening;
    static char self;
    GString *error;

    if (listening)
        return;
    listening = true;
    error = register_tap_listener("pvsboot", &self, NULL, TL_REQUIRES_NOTHING, NULL, always_redraw, refresh_all, NULL);
    if (error) {
        ws_warning("%s", error->str);
        g_string_free(error, TRUE);
    }
}

/* ---- Which boots ---- */

void
tap_view_init(tap_view *view)
{
    view->capture = 0;
    view->boots = g_hash_table_new(NULL, NULL);
}

void
tap_view_clear(tap_view *view)
{
    g_hash_table_destroy(view->boots);
    view->boots = NULL;
}

void
tap_view_reset(tap_view *view)
{
    tap_view_clear(view);
    tap_view_init(view);
}

bool
tap_view_is_stale(const tap_view *view)
{
    return view->capture != open_capture_number();
}

bool
tap_view_add(tap_view *view, const boot_verdict *verdict)
{
    bool is_new;

    if (tap_view_is_stale(view)) {
        g_hash_table_remove_all(view->boots);
        view->capture = open_capture_number();
    }
    is_new = g_hash_table_add(view->boots, GUINT_TO_POINTER(verdict->boot->life.number));
    if (verdict->first_visit)
        tap_view_listen_in_front();
    return is_new && !verdict->first_visit;
}

const boot_summary *
tap_view_next(const tap_view *view, unsigned *next)
{
    const boot_summaries *summaries = tap_view_is_stale(view) ? NULL : open_capture_summaries();

    while (summaries && *next < boot_summaries_count(summaries)) {
        const boot_summary *summary = boot_summaries_at(summaries, (*next)++);

        if (g_hash_table_contains(view->boots, GUINT_TO_POINTER(summary->boot->life.number)))
            return summary;
    }
    return NULL;
}
