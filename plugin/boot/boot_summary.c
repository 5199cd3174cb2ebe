/* boot_summary.c
 * The facts of one boot as flat numbers: what tables, trees and documents show of it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_summary.h"

struct boot_summaries {
    GArray *boots;    /* boot_summary, by number */
    GArray *findings; /* summed_finding, by boot and frame: each boot's are a part of it */
};

/* ---- What is asked of a boot: its inside is read here and nowhere else ---- */

/* A client that asks without end must not make each of its frames slower: older downloads are not looked at. */
#define DOWNLOADS_LOOKED_AT 32

/* A clock that was set back gives no time below zero. */
static int64_t
from_to(int64_t from, int64_t to)
{
    return MAX(to - from, 0);
}

/* Of several downloads the newest complete one, or else the newest that was meant as one. */
static const bootstrap_transfer *
download_of(const boot_t *boot)
{
    const bootstrap_transfer *newest = NULL;

    for (unsigned i = 1; i <= MIN(download_count(&boot->download), DOWNLOADS_LOOKED_AT); i++) {
        const bootstrap_transfer *transfer = download_transfer(&boot->download, download_count(&boot->download) - i);

        if (transfer->complete_frame != 0)
            return transfer;
        if (!newest && !(transfer->failure && transfer->failure->of_size_probe))
            newest = transfer;
    }
    return newest;
}

static int64_t
time_of_download(const bootstrap_transfer *download)
{
    return download && download->complete_frame != 0 ? from_to(download->request_time, download->complete_time)
                                                     : NOT_IN_CAPTURE;
}

/* A boot's first phase from this one on. */
static const boot_mark *
first_mark_from(const boot_t *boot, boot_phase phase)
{
    for (unsigned i = 0; i < boot->life.phases.count; i++) {
        const boot_mark *mark = &lean_list_index(&boot->life.phases, boot_mark, i);

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
    const boot_mark *first = boot->life.phases.count > 0 ? &lean_list_index(&boot->life.phases, boot_mark, 0) : NULL;

    if (!reading || reading == first || reading[-1].value != PHASE_LOGON)
        return NOT_IN_CAPTURE;
    return from_to(reading[-1].time, reading->time);
}

static int64_t
time_in_phase(const boot_t *boot, boot_phase phase)
{
    int64_t time = boot_life_time_in_phase(&boot->life, phase);

    return time == NOT_IN_CAPTURE ? NOT_IN_CAPTURE : MAX(time, 0);
}

/* A boot whose beginning is not in the capture was reading with its first frame. */
static int64_t
began_reading(const boot_t *boot)
{
    for (unsigned i = 0; i < boot->life.phases.count; i++) {
        const boot_mark *mark = &lean_list_index(&boot->life.phases, boot_mark, i);

        if (mark->value == PHASE_NONE || mark->value >= PHASE_SINGLE_READ)
            return mark->time;
    }
    return boot->life.times.first;
}

static reads_summary
reads_of(const boot_t *boot)
{
    const stream_meter *meter = &boot_stream(boot)->meter;
    reads_summary reads = { .count = NOT_IN_CAPTURE, .time = NOT_IN_CAPTURE };
    unsigned over = stream_meter_reads_over(meter);

    if (!first_mark_from(boot, PHASE_SINGLE_READ) && meter->bytes == 0)
        return reads;
    reads.count = 0;
    for (unsigned i = 0; i < meter->sums.series.count; i++)
        reads.count += lean_list_index(&meter->sums.series, read_point, i).reads;
    /* The one that is being answered */
    if (over < meter->read_count)
        reads.count += stream_meter_read(meter, over)->packets > 0;
    reads.bytes = meter->bytes;
    reads.time = from_to(began_reading(boot), boot->life.times.stream);
    reads.open_time = meter->sums.open_time;
    reads.open_bytes = meter->sums.open_bytes;
    return reads;
}

static boot_summary
summary_of(const boot_t *boot)
{
    boot_summary summary = { .boot = boot, .worst = -1, .handoff_time = NOT_IN_CAPTURE, .handoff_gap = NOT_IN_CAPTURE };

    summary.outcome = boot_outcome_of(boot);
    summary.start = from_to(boot->life.context->start_time, boot->life.times.first);
    for (int phase = PHASE_BOOTSTRAP; phase <= PHASE_BNISTACK; phase++)
        summary.phase_times[phase] = time_in_phase(boot, (boot_phase)phase);
    summary.download = download_of(boot);
    summary.download_time = time_of_download(summary.download);
    summary.logon_time = logon_time_of(boot);
    if (boot->handoff.frame != 0) {
        summary.handoff_gap = MAX(boot->handoff.gap, 0);
        if (boot->life.sight.begins)
            summary.handoff_time = from_to(boot->life.times.first, boot->handoff.time);
    }
    summary.reads = reads_of(boot);
    return summary;
}

/* ---- Findings ---- */

static bool
is_said_again(const finding_log *said, const boot_finding *finding)
{
    const boot_finding *first;
    unsigned count = finding_log_of_frame(said, finding->frame, &first);

    for (unsigned i = 0; i < count; i++)
        if (first[i].id == finding->id && first[i].boot == finding->boot && !boot_refutes(&first[i]))
            return true;
    return false;
}

/* By boot, frame, and what was certain at once before what was told later; the rest in the order in which it was said. */
static gint
compare_findings(gconstpointer a, gconstpointer b)
{
    const summed_finding *x = a, *y = b;

    if (x->finding.boot->life.number != y->finding.boot->life.number)
        return x->finding.boot->life.number < y->finding.boot->life.number ? -1 : 1;
    if (x->finding.frame != y->finding.frame)
        return x->finding.frame < y->finding.frame ? -1 : 1;
    return (int)x->later - (int)y->later;
}

static void
add_late(GArray *all, const finding_log *said, const finding_log *late)
{
    for (unsigned i = 0; i < finding_log_count(late); i++) {
        summed_finding summed = { g_array_index(late->findings, boot_finding, i), true };

        if (!is_said_again(said, &summed.finding))
            g_array_append_val(all, summed);
    }
}

static GArray *
collect_findings(const boot_tracker *tracker)
{
    const finding_log *said = boot_tracker_said(tracker);
    const GPtrArray *boots = boot_tracker_boots(tracker);
    /* An empty list, too, has a place where its first element would be. */
    GArray *all = g_array_sized_new(FALSE, FALSE, sizeof(summed_finding), finding_log_count(said) + 1);

    for (unsigned i = 0; i < finding_log_count(said); i++) {
        summed_finding summed = { g_array_index(said->findings, boot_finding, i), false };

        if (!boot_refutes(&summed.finding))
            g_array_append_val(all, summed);
    }
    for (unsigned i = 0; i < boots->len; i++) {
        const boot_life *life = &((const boot_t *)g_ptr_array_index(boots, i))->life;

        add_late(all, said, &life->late);
        add_late(all, said, &life->late_discovers);
    }
    g_array_sort(all, compare_findings); /* a stable sort */
    return all;
}

static finding_severity
severity_of(int id)
{
    return id < 0 ? FINDING_MILESTONE : finding_kind_of((finding_id)id)->severity;
}

/* all: from the boot's first finding on. Returns how many are its own. */
static unsigned
count_findings(boot_summary *summary, const summed_finding *all, unsigned length)
{
    unsigned count = 0;

    for (; count < length && all[count].finding.boot == summary->boot; count++) {
        finding_id id = all[count].finding.id;

        summary->found[id]++;
        if (severity_of((int)id) > severity_of(summary->worst))
            summary->worst = (int)id;
    }
    summary->findings = all;
    summary->finding_count = count;
    /* Each DISCOVER says how it wants its answer. */
    summary->discovers = (int64_t)summary->found[FINDING_DISCOVER_BROADCAST_REPLY]
        + summary->found[FINDING_DISCOVER_UNICAST_REPLY];
    if (summary->discovers == 0 && summary->phase_times[PHASE_BOOTSTRAP] < 0)
        summary->discovers = NOT_IN_CAPTURE;
    return count;
}

/* ---- All of it ---- */

boot_summaries *
boot_summaries_new(boot_tracker *tracker)
{
    boot_summaries *summaries = g_new(boot_summaries, 1);
    const GPtrArray *boots = boot_tracker_boots(tracker);
    unsigned counted = 0;

    boot_tracker_settle(tracker);
    summaries->findings = collect_findings(tracker);
    summaries->boots = g_array_sized_new(FALSE, FALSE, sizeof(boot_summary), boots->len);
    for (unsigned i = 0; i < boots->len; i++) {
        boot_summary summary = summary_of(g_ptr_array_index(boots, i));

        counted += count_findings(&summary, &g_array_index(summaries->findings, summed_finding, counted),
            summaries->findings->len - counted);
        g_array_append_val(summaries->boots, summary);
    }
    return summaries;
}

void
boot_summaries_free(boot_summaries *summaries)
{
    if (!summaries)
        return;
    g_array_free(summaries->findings, TRUE);
    g_array_free(summaries->boots, TRUE);
    g_free(summaries);
}

unsigned
boot_summaries_count(const boot_summaries *summaries)
{
    return summaries->boots->len;
}

const boot_summary *
boot_summaries_at(const boot_summaries *summaries, unsigned index)
{
    return &g_array_index(summaries->boots, boot_summary, index);
}

const boot_summary *
boot_summaries_get(const boot_summaries *summaries, uint32_t number)
{
    unsigned low = 0, high = summaries->boots->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (boot_summaries_at(summaries, middle)->boot->life.number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < summaries->boots->len && boot_summaries_at(summaries, low)->boot->life.number == number
        ? boot_summaries_at(summaries, low) : NULL;
}
