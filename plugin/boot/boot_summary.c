/* boot_summary.c
 * The facts of one boot as flat numbers: what tables, trees and documents show of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_summary.h"

void
boot_summaries_init(boot_summaries *summaries)
{
    summaries->context = NULL;
    summaries->forgotten = 0;
    summaries->said_until = 0;
    summaries->by_number = g_hash_table_new_full(NULL, NULL, NULL, g_free);
}

void
boot_summaries_clear(boot_summaries *summaries)
{
    g_hash_table_destroy(summaries->by_number);
    summaries->by_number = NULL;
}

void
boot_summaries_reset(boot_summaries *summaries)
{
    boot_summaries_clear(summaries);
    boot_summaries_init(summaries);
}

const boot_summary *
boot_summaries_get(const boot_summaries *summaries, uint32_t number)
{
    return g_hash_table_lookup(summaries->by_number, GUINT_TO_POINTER(number));
}

static gboolean
boot_is_gone(gpointer number, G_GNUC_UNUSED gpointer summary, gpointer context)
{
    return boot_with_number(context, GPOINTER_TO_UINT(number)) == NULL;
}

void
boot_summaries_forget(boot_summaries *summaries)
{
    if (!summaries->context || summaries->forgotten == summaries->context->forgotten)
        return;
    summaries->forgotten = summaries->context->forgotten;
    g_hash_table_foreach_remove(summaries->by_number, boot_is_gone, (gpointer)summaries->context);
}

static boot_summary *
summary_of(boot_summaries *summaries, const boot_t *boot)
{
    boot_summary *summary = g_hash_table_lookup(summaries->by_number, GUINT_TO_POINTER(boot->life.number));

    if (!summary) {
        summary = g_new0(boot_summary, 1);
        summary->boot = boot;
        summary->worst = -1;
        g_hash_table_insert(summaries->by_number, GUINT_TO_POINTER(boot->life.number), summary);
    }
    return summary;
}

/* ---- Findings ---- */

static void
count_finding(boot_summaries *summaries, const boot_finding *finding)
{
    boot_summary *summary = summary_of(summaries, finding->boot);
    finding_severity severity = finding_kind_of(finding->id)->severity;
    finding_severity gravest = FINDING_MILESTONE;

    summary->findings[finding->id]++;
    if (summary->worst >= 0)
        gravest = finding_kind_of((finding_id)summary->worst)->severity;
    if (severity > gravest
        || (severity == gravest && severity != FINDING_MILESTONE && finding->frame < summary->worst_frame)) {
        summary->worst = (int)finding->id;
        summary->worst_frame = finding->frame;
    }
}

static void
count_findings(boot_summaries *summaries, const boot_verdict *verdict)
{
    const GArray *said = verdict->boot->life.context->said.findings;
    unsigned first_new = said->len;

    /* Nearly always there is none. */
    while (first_new > 0 && g_array_index(said, boot_finding, first_new - 1).frame > summaries->said_until)
        first_new--;
    for (unsigned i = first_new; i < said->len; i++)
        count_finding(summaries, &g_array_index(said, boot_finding, i));
    if (said->len > 0)
        summaries->said_until = g_array_index(said, boot_finding, said->len - 1).frame;
    for (unsigned i = 0; i < verdict->finding_count[1]; i++)
        if (!boot_verdict_says_again(verdict, verdict->findings[1][i].id))
            count_finding(summaries, &verdict->findings[1][i]);
}

/* ---- Phase 1 and 2 ---- */

/* A client that asks without end must not make each of its frames slower: older downloads are not looked at. */
#define DOWNLOADS_LOOKED_AT 32

/* Of several downloads the newest complete one, or else the newest that was meant as one. */
static const bootstrap_transfer *
download_of(const boot_t *boot)
{
    const bootstrap_transfer *newest = NULL;

    for (unsigned i = 1; i <= MIN(boot->download.transfers->len, DOWNLOADS_LOOKED_AT); i++) {
        const bootstrap_transfer *transfer = g_ptr_array_index(boot->download.transfers, boot->download.transfers->len - i);

        if (transfer->complete_frame != 0)
            return transfer;
        if (!newest && !transfer->probe)
            newest = transfer;
    }
    return newest;
}

/* A boot's first phase from this one on. */
static const boot_mark *
first_mark_from(const boot_t *boot, boot_phase phase)
{
    for (unsigned i = 0; i < boot->life.phases->len; i++) {
        const boot_mark *mark = &g_array_index(boot->life.phases, boot_mark, i);

        if (mark->value >= (uint32_t)phase)
            return mark;
    }
    return NULL;
}

/* A chained loader's download ends a phase 2 that was none: the last one before the first read data counts. */
static int64_t
logon_time_of(const boot_t *boot)
{
    const boot_mark *reading = first_mark_from(boot, PHASE_SINGLE_READ);
    const boot_mark *first = &g_array_index(boot->life.phases, boot_mark, 0);

    if (!reading || reading == first || reading[-1].value != PHASE_LOGON)
        return NOT_IN_CAPTURE;
    return reading->time - reading[-1].time;
}

/* ---- Reads ---- */

/* Reads that are over are added once; the one being answered still grows. */
static void
sum_reads(boot_summary *summary)
{
    const stream_meter *meter = &summary->boot->stream.meter;
    unsigned over = stream_meter_reads_over(meter);
    const boot_mark *reading = first_mark_from(summary->boot, PHASE_SINGLE_READ);

    for (; summary->reads_summed < over; summary->reads_summed++) {
        const stream_read *read = stream_meter_read(meter, summary->reads_summed);
        summary->reads_over += read->packets > 0;
        summary->bytes_over += read->bytes;
    }
    summary->reads = reading ? (int64_t)summary->reads_over : NOT_IN_CAPTURE;
    summary->bytes = summary->bytes_over;
    if (reading && meter->reads && over < meter->reads->len) {
        summary->reads += stream_meter_read(meter, over)->packets > 0;
        summary->bytes += stream_meter_read(meter, over)->bytes;
    }
    summary->stream_time = reading ? summary->boot->life.times.stream - reading->time : NOT_IN_CAPTURE;
}

const stream_read *
boot_verdict_ends_read(const boot_verdict *verdict, uint32_t frame)
{
    const stream_read *before;

    if (!verdict->read)
        return NULL;
    if (verdict->read_is_over && verdict->read->packets > 0 && verdict->read->last_frame == frame)
        return verdict->read;
    if (!verdict->first_visit || verdict->read->start_frame != frame || !verdict->read->requested
        || verdict->read_number < 2)
        return NULL;
    before = stream_meter_read(&verdict->boot->stream.meter, verdict->read_number - 2);
    return before->packets > 0 && !before->ended_by_size
        && stream_meter_reads_over(&verdict->boot->stream.meter) == verdict->read_number - 1 ? before : NULL;
}

/* ---- All of it ---- */

static void
refresh(boot_summary *summary)
{
    const boot_t *boot = summary->boot;
    const bootstrap_transfer *download = download_of(boot);

    summary->outcome = boot_outcome_of(boot);
    for (int phase = PHASE_BOOTSTRAP; phase <= PHASE_BNISTACK; phase++)
        summary->phase_times[phase] = boot_life_time_in_phase(&boot->life, (boot_phase)phase);
    /* Each DISCOVER says how it wants its answer. */
    summary->discovers = (int64_t)summary->findings[FINDING_DISCOVER_BROADCAST_REPLY]
        + summary->findings[FINDING_DISCOVER_UNICAST_REPLY];
    if (summary->discovers == 0 && summary->phase_times[PHASE_BOOTSTRAP] < 0)
        summary->discovers = NOT_IN_CAPTURE;
    summary->download = download;
    summary->download_time = download && download->complete_frame != 0
        ? download->complete_time - download->request_time : NOT_IN_CAPTURE;
    summary->logon_time = logon_time_of(boot);
    summary->handoff_gap = boot->handoff.frame != 0 ? boot->handoff.gap : NOT_IN_CAPTURE;
    sum_reads(summary);
}

const boot_summary *
boot_summaries_add(boot_summaries *summaries, const boot_verdict *verdict)
{
    boot_summary *summary;

    if (summaries->context != verdict->boot->life.context) {
        boot_summaries_reset(summaries);
        summaries->context = verdict->boot->life.context;
    }
    boot_summaries_forget(summaries);
    summary = summary_of(summaries, verdict->boot);
    count_findings(summaries, verdict);
    refresh(summary);
    for (int later = 0; later < 2; later++)
        for (unsigned i = 0; i < verdict->finding_count[later]; i++)
            if (verdict->findings[later][i].boot != verdict->boot)
                refresh(summary_of(summaries, verdict->findings[later][i].boot));
    return summary;
}
