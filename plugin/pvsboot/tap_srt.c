/* tap_srt.c
 * Service response times of reads: -z pvs,srt
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * From a read's request to the last datagram of its burst. A row is a boot in one phase: BNIStack reads otherwise than the
 * firmware's single read mode does, and a mean of both would say nothing. A read counts if the frame of its last
 * datagram passes the filter.
 */

#include "compat.h"

#include "tap_srt.h"

#include <epan/packet.h>
#include <epan/srt_table.h>

#include "boot/boot_time.h"
#include "open_capture.h"
#include "tap_text.h"
#include "tap_view.h"

/* Wireshark puts a row's number behind the filter of the table, as in "... == 13": boot 1, phase 3. */
#define ROW_OF(boot, phase) ((int)((boot) * 10 + (phase)))

/* Where a first pass is in the reads of one boot. That a read is over is often known only with the next request. */
typedef struct read_cursor {
    unsigned next;         /* the first read that is not counted or left out yet */
    uint32_t newest_data;  /* the newest frame of read data that passed the filter */
} read_cursor;

/* One -z, or one window. */
typedef struct srt_view {
    srt_stat_table *table;
    unsigned capture;
    GHashTable *cursors;   /* boot number -> read_cursor; owns them */
} srt_view;

/* GArray of tables -> srt_view; owns them. */
static GHashTable *views;

static void
init_table(struct register_srt *srt _U_, GArray *tables)
{
    /* Tables of windows are freed without a word: what was known of one that lay here is out of date. */
    if (views)
        g_hash_table_remove(views, tables);
    init_srt_table("PVS reads", "PVS reads", tables, 1, "Boot, phase",
        "pvs.read && pvsboot.boot * 10 + pvsboot.phase", NULL);
}

static void
free_view(gpointer data)
{
    srt_view *view = data;

    g_hash_table_destroy(view->cursors);
    g_free(view);
}

static void
empty_rows(srt_stat_table *table)
{
    for (int i = 0; i < table->num_procs; i++)
        time_stat_init(&table->procedures[i].stats);
}

static srt_view *
view_of(GArray *tables)
{
    srt_view *view;

    if (!views)
        views = g_hash_table_new_full(NULL, NULL, NULL, free_view);
    view = g_hash_table_lookup(views, tables);
    if (!view) {
        view = g_new0(srt_view, 1);
        view->cursors = g_hash_table_new_full(NULL, NULL, NULL, g_free);
        g_hash_table_insert(views, tables, view);
    }
    view->table = g_array_index(tables, srt_stat_table *, 0);
    /* tshark -M, and the next file of a ring buffer, begin another capture: its boots have these numbers again. */
    if (view->capture != open_capture_number()) {
        view->capture = open_capture_number();
        g_hash_table_remove_all(view->cursors);
        empty_rows(view->table);
    }
    return view;
}

static void
name_row(srt_stat_table *table, int row, const boot_t *boot, boot_phase phase)
{
    net_address ip = boot_life_address(&boot->life);
    char *shown = net_address_known(&ip) ? tap_address_text(&ip) : boot->life.target ? mac_text(boot->life.target) : g_strdup("-");
    char *name = phase == PHASE_NONE ? g_strdup_printf("%u, %s", boot->life.number, shown)
                                     : g_strdup_printf("%u, %s, phase %d", boot->life.number, shown, (int)phase);

    if (row < table->num_procs)
        g_free(table->procedures[row].procedure);
    init_srt_table_row(table, row, name);
    g_free(name);
    g_free(shown);
}

static void
count_read(srt_view *view, const boot_t *boot, const stream_read *read)
{
    const boot_mark *mark = boot_life_phase_at(&boot->life, read->last_frame);
    boot_phase phase = mark ? (boot_phase)mark->value : PHASE_NONE;
    int row = ROW_OF(boot->life.number, phase);
    int64_t time = stream_meter_read_time(&boot_stream(boot)->meter, read);
    nstime_t taken = NSTIME_INIT_SECS_NSECS(time / SECOND, (int)(time % SECOND));
    packet_info at = { .num = read->last_frame };

    if (row >= view->table->num_procs || view->table->procedures[row].stats.num == 0)
        name_row(view->table, row, boot, phase);
    time_stat_update(&view->table->procedures[row].stats, &taken, &at);
}

/* ---- A first pass ---- */

/* Reads are over in the order of their data. Of each the frame of its last data is the newest one then, if it passed. */
static void
count_reads_until(srt_view *view, const boot_t *boot, read_cursor *cursor, unsigned end)
{
    for (; cursor->next < end; cursor->next++) {
        const stream_read *read = stream_meter_read(&boot_stream(boot)->meter, cursor->next);

        if (read->requested && read->packets > 0 && read->last_frame == cursor->newest_data)
            count_read(view, boot, read);
    }
}

static void
add_first_visit(srt_view *view, const boot_verdict *verdict, uint32_t frame)
{
    gpointer number = GUINT_TO_POINTER(verdict->boot->life.number);
    read_cursor *cursor = g_hash_table_lookup(view->cursors, number);

    if (!cursor) {
        cursor = g_new0(read_cursor, 1);
        g_hash_table_insert(view->cursors, number, cursor);
    }
    if (verdict->read && verdict->read->last_frame == frame) {
        count_reads_until(view, verdict->boot, cursor, verdict->read_number - 1);
        cursor->newest_data = frame;
    }
    count_reads_until(view, verdict->boot, cursor, stream_meter_reads_over(&boot_stream(verdict->boot)->meter));
}

/* The reads that ended last, and the address that the boot has by now. */
static void
refresh_boot(srt_view *view, const boot_t *boot, read_cursor *cursor)
{
    count_reads_until(view, boot, cursor, stream_meter_reads_over(&boot_stream(boot)->meter));
    for (int phase = PHASE_NONE; phase <= PHASE_BNISTACK; phase++) {
        int row = ROW_OF(boot->life.number, phase);

        if (row < view->table->num_procs && view->table->procedures[row].stats.num > 0)
            name_row(view->table, row, boot, (boot_phase)phase);
    }
}

static void
forget_boot(srt_view *view, uint32_t number)
{
    for (int phase = PHASE_NONE; phase <= PHASE_BNISTACK; phase++)
        if (ROW_OF(number, phase) < view->table->num_procs)
            time_stat_init(&view->table->procedures[ROW_OF(number, phase)].stats);
}

static void
refresh_view(gpointer tables _U_, gpointer data, gpointer user_data _U_)
{
    srt_view *view = data;
    const boot_summaries *summaries = open_capture_summaries();
    GHashTableIter cursors;
    gpointer number, cursor;

    if (view->capture != open_capture_number() || !summaries) {
        empty_rows(view->table);
        return;
    }
    g_hash_table_iter_init(&cursors, view->cursors);
    while (g_hash_table_iter_next(&cursors, &number, &cursor)) {
        const boot_summary *summary = boot_summaries_get(summaries, GPOINTER_TO_UINT(number));

        if (summary)
            refresh_boot(view, summary->boot, cursor);
        else
            forget_boot(view, GPOINTER_TO_UINT(number));
    }
}

static void
refresh_views(void)
{
    if (views)
        g_hash_table_foreach(views, refresh_view, NULL);
}

/* ---- The callbacks of the table ---- */

/* A later visit knows a read's last frame when it comes by. */
static bool
ends_read(const boot_verdict *verdict, uint32_t frame)
{
    const stream_read *read = verdict->read;

    return read && verdict->read_is_over && read->requested && read->packets > 0 && read->last_frame == frame;
}

static tap_packet_status
add_packet(void *tap_data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    const srt_data_t *srt = tap_data;
    srt_view *view = view_of(srt->srt_array);
    const boot_verdict *verdict = data;

    if (verdict->first_visit) {
        tap_view_listen_in_front();
        add_first_visit(view, verdict, pinfo->num);
    } else if (ends_read(verdict, pinfo->num)) {
        count_read(view, verdict->boot, verdict->read);
    }
    return TAP_PACKET_REDRAW;
}

static void
free_views(void)
{
    if (views)
        g_hash_table_destroy(views);
    views = NULL;
}

void
tap_srt_register(void)
{
    register_srt_table(proto_get_id_by_filter_name("pvs"), "pvsboot", 1, add_packet, init_table, NULL);
    register_shutdown_routine(free_views);
    tap_view_before_drawing(refresh_views);
}
