/* json_boot.c
 * One boot as a JSON object
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/* The shape is docs/boots.schema.json. */

#include "compat.h"

#include "json_boot.h"

#include "boot/finding_text.h"
#include "json_text.h"
#include "json_stream.h"
#include "tap_text.h"

/* Of what may stand in a boot any number of times, so many are written; beside them stands how many there are. */
#define WRITTEN_OF_EACH 100

static void
write_addresses(json_dumper *json, const boot_t *boot)
{
    json_array(json, "addresses");
    for (unsigned i = 0; i < boot->life.addresses.count; i++) {
        char *text = tap_address_text(&lean_list_index(&boot->life.addresses, boot_address, i).address);

        if (*text)
            json_dumper_value_string(json, text);
        g_free(text);
    }
    json_dumper_end_array(json);
}

static void
write_phase(json_dumper *json, const boot_t *boot, unsigned index, int64_t capture_start)
{
    const boot_mark *mark = &lean_list_index(&boot->life.phases, boot_mark, index);

    json_dumper_begin_object(json);
    json_number_or_null(json, "phase", mark->value);
    json_number(json, "frame", mark->frame);
    json_seconds(json, "start", mark->time - capture_start);
    json_seconds(json, "end", MAX(boot_life_phase_end(&boot->life, index), mark->time) - capture_start);
    json_dumper_end_object(json);
}

static void
write_phases(json_dumper *json, const boot_t *boot, int64_t capture_start)
{
    unsigned count = 0;

    json_array(json, "phases");
    for (unsigned i = 0; i < boot->life.phases.count; i++)
        if (boot_life_shows_phase(&boot->life, i) && count++ < WRITTEN_OF_EACH)
            write_phase(json, boot, i, capture_start);
    json_dumper_end_array(json);
    json_number(json, "phase_count", count);
}

/* ---- Findings ---- */

static void
write_finding(json_dumper *json, const summed_finding *one, int64_t capture_start)
{
    const finding_kind *kind = finding_kind_of(one->finding.id);

    json_dumper_begin_object(json);
    json_text(json, "name", kind->name);
    if (kind->severity != FINDING_MILESTONE)
        json_text(json, "severity", kind->severity == FINDING_FAULT ? "fault" : "symptom");
    json_number(json, "frame", one->finding.frame);
    if (one->finding.time != 0)
        json_seconds(json, "time", one->finding.time - capture_start);
    else
        json_null(json, "time");
    json_owned_text(json, "text", finding_text(&one->finding, true));
    if (kind->severity != FINDING_MILESTONE) {
        json_text(json, "title", kind->title);
        json_owned_text(json, "seen", finding_seen_text(&one->finding, true));
        json_text(json, "advice", finding_advice(&one->finding));
        json_text(json, "known", one->later ? "later" : "at once");
    }
    json_dumper_end_object(json);
}

static bool
is_milestone(const summed_finding *one)
{
    return finding_kind_of(one->finding.id)->severity == FINDING_MILESTONE;
}

static void
write_findings(json_dumper *json, const char *name, const boot_summary *summary, bool milestones, int64_t capture_start)
{
    unsigned written[FINDING_COUNT] = { 0 };

    json_array(json, name);
    for (unsigned i = 0; i < summary->finding_count; i++) {
        const summed_finding *one = &summary->findings[i];

        if (is_milestone(one) == milestones && written[one->finding.id]++ < WRITTEN_OF_EACH)
            write_finding(json, one, capture_start);
    }
    json_dumper_end_array(json);
}

/* Each name once, in the order of the findings. */
static void
write_finding_counts(json_dumper *json, const boot_summary *summary)
{
    bool written[FINDING_COUNT] = { false };

    json_array(json, "finding_counts");
    for (unsigned i = 0; i < summary->finding_count; i++) {
        const summed_finding *one = &summary->findings[i];
        const finding_kind *kind = finding_kind_of(one->finding.id);

        if (is_milestone(one) || written[one->finding.id])
            continue;
        written[one->finding.id] = true;
        json_dumper_begin_object(json);
        json_text(json, "name", kind->name);
        json_text(json, "severity", kind->severity == FINDING_FAULT ? "fault" : "symptom");
        json_text(json, "title", kind->title);
        json_text(json, "advice", finding_advice(&one->finding));
        json_number(json, "count", summary->found[one->finding.id]);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

/* ---- Stages ---- */

static void
write_bootstrap(json_dumper *json, const bootstrap_transfer *transfer)
{
    bool complete = transfer->complete_frame != 0;

    json_dumper_begin_object(json);
    json_text(json, "file", transfer->file);
    json_text(json, "version", transfer->version);
    json_owned_text(json, "server", tap_address_text(&transfer->server));
    json_number(json, "bytes", transfer->bytes);
    json_number(json, "blocks", transfer->blocks);
    json_bool(json, "complete", complete);
    if (complete)
        json_seconds(json, "time", transfer->complete_time - transfer->request_time);
    else
        json_null(json, "time");
    json_dumper_end_object(json);
}

static void
write_bootstraps(json_dumper *json, const boot_t *boot)
{
    json_array(json, "bootstraps");
    for (unsigned i = 0; i < MIN(download_count(&boot->download), WRITTEN_OF_EACH); i++)
        write_bootstrap(json, download_transfer(&boot->download, i));
    json_dumper_end_array(json);
    json_number(json, "bootstrap_count", download_count(&boot->download));
}

static const boot_finding *
first_finding(const boot_summary *summary, finding_id id)
{
    for (unsigned i = 0; i < summary->finding_count; i++)
        if (summary->findings[i].finding.id == id)
            return &summary->findings[i].finding;
    return NULL;
}

/* When the logon was over: with the first read data after it, or else with the last datagram. */
static int64_t
end_of_logon(const boot_t *boot, uint32_t frame)
{
    for (unsigned i = 0; i < boot->life.phases.count; i++) {
        const boot_mark *mark = &lean_list_index(&boot->life.phases, boot_mark, i);

        if (mark->frame >= frame && mark->value >= PHASE_SINGLE_READ)
            return mark->time;
    }
    return boot->life.times.stream;
}

static void
write_logon(json_dumper *json, const boot_summary *summary, int64_t capture_start)
{
    const boot_finding *started = first_finding(summary, FINDING_LOGON_STARTED);

    if (!started) {
        json_null(json, "logon");
        return;
    }
    json_object(json, "logon");
    json_number(json, "frame", started->frame);
    json_seconds(json, "start", started->time - capture_start);
    json_seconds(json, "end", end_of_logon(summary->boot, started->frame) - capture_start);
    json_owned_text(json, "server", tap_address_text(&boot_logon(summary->boot)->server));
    json_dumper_end_object(json);
}

static void
write_handoff(json_dumper *json, const handoff_chapter *handoff, int64_t capture_start)
{
    static const struct {
        uint16_t bit;
        const char *name;
    } names[] = {
        { HANDOFF_BY_ARP, "arp" },
        { HANDOFF_BY_DHCP, "dhcp" },
        { HANDOFF_BY_PORT, "port" },
        { HANDOFF_BY_JUMBO, "jumbo" },
        { HANDOFF_BY_OVERLAP, "overlap" },
        { HANDOFF_WITH_GAP, "gap" },
    };
    uint16_t evidence = handoff_evidence_known(handoff, true);

    if (handoff->frame == 0) {
        json_null(json, "handoff");
        return;
    }
    json_object(json, "handoff");
    json_number(json, "frame", handoff->frame);
    json_seconds(json, "time", handoff->time - capture_start);
    json_seconds(json, "gap", handoff->gap);
    json_array(json, "evidence");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (evidence & names[i].bit)
            json_dumper_value_string(json, names[i].name);
    json_dumper_end_array(json);
    json_dumper_end_object(json);
}

static void
write_outcome(json_dumper *json, const boot_summary *summary)
{
    const boot_outcome *outcome = &summary->outcome;
    const finding_kind *why = outcome->finding >= 0 ? finding_kind_of((finding_id)outcome->finding) : NULL;

    json_object(json, "outcome");
    json_text(json, "kind", boot_outcome_kind_name(outcome->kind));
    json_number_or_null(json, "phase", outcome->phase);
    json_text(json, "finding", why ? why->name : NULL);
    json_text(json, "title", why ? why->title : NULL);
    json_owned_text(json, "text", boot_outcome_text(summary->boot));
    json_dumper_end_object(json);
}

void
json_boot(json_dumper *json, const boot_summary *summary, int64_t capture_start)
{
    const boot_t *boot = summary->boot;

    json_dumper_begin_object(json);
    json_number(json, "boot", boot->life.number);
    json_owned_text(json, "target", boot->life.target ? mac_text(boot->life.target) : NULL);
    write_addresses(json, boot);
    json_number(json, "certainty", boot_life_certainty(&boot->life));
    json_number(json, "first_frame", boot->life.first_frame);
    json_seconds(json, "start", boot->life.times.first - capture_start);
    json_seconds(json, "end", MAX(boot->life.times.end, boot->life.times.first) - capture_start);
    write_phases(json, boot, capture_start);
    write_findings(json, "milestones", summary, true, capture_start);
    write_findings(json, "findings", summary, false, capture_start);
    write_finding_counts(json, summary);
    json_text(json, "worst", summary->worst < 0 ? NULL : finding_kind_of((finding_id)summary->worst)->name);
    json_number(json, "discovers", (uint64_t)MAX(summary->discovers, 0));
    write_bootstraps(json, boot);
    write_logon(json, summary, capture_start);
    json_stream(json, summary, capture_start);
    write_handoff(json, &boot->handoff, capture_start);
    write_outcome(json, summary);
    json_dumper_end_object(json);
}
