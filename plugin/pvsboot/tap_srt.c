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
 * From a read's request to the last datagram of its burst, one table a phase and one row a boot: BNIStack reads
 * otherwise than the firmware's single read mode does, and a mean of both would say nothing.
 */

#include "compat.h"

#include "tap_srt.h"

#include <epan/packet.h>
#include <epan/srt_table.h>

#include "boot/boot_summary.h"
#include "boot/boot_time.h"
#include "open_capture.h"
#include "tap_text.h"

enum {
    TABLE_SINGLE_READ,
    TABLE_BNISTACK,
    TABLE_COUNT
};

/* A row's number is its boot's: Wireshark puts it behind the filter, as in "... && pvsboot.boot == 2". */
static void
init_tables(struct register_srt *srt _U_, GArray *tables)
{
    init_srt_table("PVS reads in single read mode", "Single read mode", tables, 1, "Boot",
        "pvs.read && pvsboot.phase == 3 && pvsboot.boot", NULL);
    init_srt_table("PVS reads of BNIStack", "BNIStack", tables, 1, "Boot",
        "pvs.read && pvsboot.phase == 4 && pvsboot.boot", NULL);
}

static void
name_row(srt_stat_table *table, const boot_t *boot)
{
    net_address ip = boot_life_address(&boot->life);
    char *shown = net_address_known(&ip) ? tap_address_text(&ip) : mac_text(boot->life.target);
    char *name = g_strdup_printf("%u, %s", boot->life.number, shown);

    init_srt_table_row(table, (int)boot->life.number, name);
    g_free(name);
    g_free(shown);
}

static tap_packet_status
add_packet(void *tap_data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    const srt_data_t *srt = tap_data;
    const boot_verdict *verdict = data;
    const boot_t *boot = verdict->boot;
    const stream_read *read = boot_verdict_ends_read(verdict, pinfo->num);
    const boot_mark *phase;
    srt_stat_table *table;
    int64_t request;
    nstime_t request_time;

    if (!read || !read->requested)
        return TAP_PACKET_DONT_REDRAW;
    phase = boot_life_phase_at(&boot->life, read->last_frame);
    table = g_array_index(srt->srt_array, srt_stat_table *,
        phase && phase->value == PHASE_BNISTACK ? TABLE_BNISTACK : TABLE_SINGLE_READ);
    if ((int)boot->life.number >= table->num_procs || !table->procedures[boot->life.number].procedure)
        name_row(table, boot);
    /* The table takes the time until this frame, which on a first visit may be a later one than the read's last. */
    request = open_capture_time(pinfo) - read->time;
    request_time.secs = (time_t)(request / SECOND);
    request_time.nsecs = (int)(request % SECOND);
    add_srt_table_data(table, (int)boot->life.number, &request_time, pinfo);
    return TAP_PACKET_REDRAW;
}

void
tap_srt_register(void)
{
    register_srt_table(proto_get_id_by_filter_name("pvs"), "pvsboot", TABLE_COUNT, add_packet, init_tables, NULL);
}
