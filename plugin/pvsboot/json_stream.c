/* json_stream.c
 * The stream of one boot as a member of its JSON object: where the time of reading went
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "json_stream.h"

#include "boot/boot_time.h"
#include "json_text.h"
#include "tap_text.h"

#define STALLS_WRITTEN 100

static const read_sum *
part_at(const read_sums *sums, unsigned index)
{
    return &lean_list_index(&sums->parts, read_sum, index);
}

static void
add_part(read_sum *sum, const read_sum *part)
{
    sum->reads += part->reads;
    sum->bytes += part->bytes;
    sum->server_time += part->server_time;
    sum->transfer_time += part->transfer_time;
    sum->target_time += part->target_time;
    sum->pause_time += part->pause_time;
    sum->retries += part->retries;
    sum->arrivals += part->arrivals;
    sum->departures += part->departures;
}

static void
write_sum(json_dumper *json, const read_sum *sum)
{
    json_number(json, "reads", sum->reads);
    json_number(json, "bytes", sum->bytes);
    json_seconds(json, "time", sum->server_time + sum->transfer_time);
    json_seconds(json, "server", sum->server_time);
    json_seconds(json, "transfer", sum->transfer_time);
}

/* By phase, all servers together. */
static void
write_parts(json_dumper *json, const read_sums *sums)
{
    static const boot_phase phases[] = { PHASE_NONE, PHASE_SINGLE_READ, PHASE_BNISTACK };

    json_array(json, "parts");
    for (size_t p = 0; p < G_N_ELEMENTS(phases); p++) {
        read_sum sum = { 0 };

        for (unsigned i = 0; i < sums->parts.count; i++)
            if (part_at(sums, i)->phase == phases[p])
                add_part(&sum, part_at(sums, i));
        if (sum.reads == 0)
            continue;
        json_dumper_begin_object(json);
        json_number_or_null(json, "phase", phases[p]);
        write_sum(json, &sum);
        json_seconds(json, "target", sum.target_time);
        json_seconds(json, "pauses", sum.pause_time);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

/* By server, all phases together, in the order in which they began to answer. */
static void
write_servers(json_dumper *json, const read_sums *sums)
{
    json_array(json, "servers");
    for (unsigned first = 0; first < sums->parts.count; first++) {
        const net_address *server = &part_at(sums, first)->server;
        read_sum sum = { 0 };
        unsigned before = 0;

        while (before < first && !net_address_equal(&part_at(sums, before)->server, server))
            before++;
        if (before < first)
            continue;
        for (unsigned i = first; i < sums->parts.count; i++)
            if (net_address_equal(&part_at(sums, i)->server, server))
                add_part(&sum, part_at(sums, i));
        json_dumper_begin_object(json);
        json_owned_text(json, "address", tap_address_text(server));
        write_sum(json, &sum);
        json_number(json, "retries", sum.retries);
        json_number(json, "changes_to", sum.arrivals);
        json_number(json, "changes_from", sum.departures);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

static void
write_series(json_dumper *json, const read_sums *sums, int64_t capture_start)
{
    json_array(json, "series");
    for (unsigned i = 0; i < sums->series.count; i++) {
        const read_point *point = &lean_list_index(&sums->series, read_point, i);

        json_dumper_begin_object(json);
        json_seconds(json, "start", sums->origin + point->second * SECOND - capture_start);
        json_number(json, "reads", point->reads);
        json_number(json, "bytes", point->bytes);
        json_seconds(json, "mean", point->time / point->reads);
        json_seconds(json, "max", point->longest);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

/* A stall stands on the last datagram before the silence; nothing came after it where that is the boot's last one. */
static void
write_stall(json_dumper *json, const boot_t *boot, const boot_finding *stall, int64_t capture_start)
{
    const boot_mark *mark = boot_life_phase_at(&boot->life, stall->frame);

    json_dumper_begin_object(json);
    json_number(json, "frame", stall->frame);
    json_number_or_null(json, "phase", mark ? mark->value : PHASE_NONE);
    json_seconds(json, "start", stall->time - capture_start);
    if (boot->life.stream_frame > stall->frame)
        json_seconds(json, "end", stall->time + stall->duration - capture_start);
    else
        json_null(json, "end");
    json_dumper_end_object(json);
}

static void
write_stalls(json_dumper *json, const boot_summary *summary, int64_t capture_start)
{
    unsigned count = 0;

    json_array(json, "stalls");
    for (unsigned i = 0; i < summary->finding_count; i++) {
        const summed_finding *one = &summary->findings[i];

        if (one->later && one->finding.id == FINDING_STREAM_STALLED && count++ < STALLS_WRITTEN)
            write_stall(json, summary->boot, &one->finding, capture_start);
    }
    json_dumper_end_array(json);
    json_number(json, "stall_count", count);
}

static void
write_rate(json_dumper *json, const reads_summary *reads)
{
    if (reads->open_time > 0) {
        json_seconds(json, "open_time", reads->open_time);
        json_number(json, "open_bytes", reads->open_bytes);
    } else {
        json_null(json, "open_time");
        json_null(json, "open_bytes");
    }
}

void
json_stream(json_dumper *json, const boot_summary *summary, int64_t capture_start)
{
    const reads_summary *reads = &summary->reads;
    const boot_t *boot = summary->boot;
    const read_sums *sums = &boot_stream(boot)->meter.sums;

    json_object(json, "stream");
    json_number(json, "reads", (uint64_t)MAX(reads->count, 0));
    json_number(json, "bytes", reads->bytes);
    json_number(json, "retries", summary->found[FINDING_READ_RETRY]);
    json_number(json, "slow", summary->found[FINDING_READ_SLOW]);
    if (reads->time > 0)
        json_seconds(json, "time", reads->time);
    else
        json_null(json, "time");
    write_rate(json, reads);
    if (boot->life.stream_frame != 0)
        json_seconds(json, "last", boot->life.times.stream - capture_start);
    else
        json_null(json, "last");
    write_parts(json, sums);
    write_servers(json, sums);
    write_stalls(json, summary, capture_start);
    write_series(json, sums, capture_start);
    json_dumper_end_object(json);
}
