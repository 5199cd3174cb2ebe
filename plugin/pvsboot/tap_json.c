/* tap_json.c
 * Every boot as JSON: -z pvsboot,json[,FILE]
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The document's shape is docs/boots.schema.json. Its times are seconds since the capture's first frame, written from
 * whole nanoseconds: no locale and no rounding changes them.
 */

#include "compat.h"

#include "tap_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib/gstdio.h>

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/json_dumper.h>

#include "boot/boot_summary.h"
#include "boot/boot_time.h"
#include "boot/finding_text.h"
#include "open_capture.h"
#include "tap_text.h"

#define STAT_NAME "pvsboot,json"

/* The length of one point of the series of reads. */
#define SERIES_STEP SECOND

/* A finding where the tap met it. */
typedef struct met_finding {
    boot_finding finding;
    int64_t time;
    bool later; /* only later frames told it */
} met_finding;

/* The reads that ended within one step of the series. */
typedef struct series_point {
    int64_t step; /* counted from the capture's first frame */
    uint32_t reads;
    uint64_t bytes;
    int64_t time, longest;
} series_point;

/* What the summary of a boot does not keep. */
typedef struct boot_story {
    GArray *findings; /* met_finding, in the order met */
    GTree *series;    /* series_point, by step; its own key */
} boot_story;

typedef struct json_tap {
    char *path; /* NULL: standard output */
    FILE *file;
    boot_summaries summaries;
    GHashTable *stories;   /* boot number -> boot_story; owns them */
    int64_t capture_start;
    bool started;          /* capture_start is known */
    bool whole_capture;    /* this was a later pass */
} json_tap;

static void
free_story(gpointer data)
{
    boot_story *story = data;

    g_array_free(story->findings, TRUE);
    g_tree_destroy(story->series);
    g_free(story);
}

static gint
compare_steps(gconstpointer a, gconstpointer b, gpointer data _U_)
{
    const series_point *x = a, *y = b;

    return (x->step > y->step) - (x->step < y->step);
}

static boot_story *
story_of(json_tap *tap, uint32_t number)
{
    boot_story *story = g_hash_table_lookup(tap->stories, GUINT_TO_POINTER(number));

    if (!story) {
        story = g_new(boot_story, 1);
        story->findings = g_array_new(FALSE, FALSE, sizeof(met_finding));
        story->series = g_tree_new_full(compare_steps, NULL, NULL, g_free);
        g_hash_table_insert(tap->stories, GUINT_TO_POINTER(number), story);
    }
    return story;
}

/* ---- What is collected ---- */

static void
collect_findings(json_tap *tap, const boot_verdict *verdict, int64_t time)
{
    for (int later = 0; later < 2; later++) {
        for (unsigned i = 0; i < verdict->finding_count[later]; i++) {
            met_finding met = { verdict->findings[later][i], time, later };

            if (!later || !boot_verdict_says_again(verdict, met.finding.id))
                g_array_append_val(story_of(tap, met.finding.boot->life.number)->findings, met);
        }
    }
}

static series_point *
point_of_step(GTree *series, int64_t step)
{
    series_point wanted = { .step = step };
    series_point *point = g_tree_lookup(series, &wanted);

    if (!point) {
        point = g_memdup2(&wanted, sizeof wanted);
        g_tree_insert(series, point, point);
    }
    return point;
}

static void
collect_read(json_tap *tap, const boot_verdict *verdict, const stream_read *read, int64_t time)
{
    series_point *point = point_of_step(story_of(tap, verdict->boot->life.number)->series,
        MAX(time - tap->capture_start, 0) / SERIES_STEP);

    point->reads++;
    point->bytes += read->bytes;
    point->time += read->time;
    point->longest = MAX(point->longest, read->time);
}

static gboolean
has_no_summary(gpointer number, gpointer story _U_, gpointer summaries)
{
    return boot_summaries_get(summaries, GPOINTER_TO_UINT(number)) == NULL;
}

static void
leave_out_forgotten(json_tap *tap)
{
    uint32_t forgotten = tap->summaries.forgotten;

    boot_summaries_forget(&tap->summaries);
    if (tap->summaries.forgotten != forgotten)
        g_hash_table_foreach_remove(tap->stories, has_no_summary, &tap->summaries);
}

static tap_packet_status
add_packet(void *tap_data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    json_tap *tap = tap_data;
    const boot_verdict *verdict = data;
    const stream_read *read = boot_verdict_ends_read(verdict, pinfo->num);

    if (!tap->started)
        tap->capture_start = tap_capture_start(pinfo);
    tap->started = true;
    tap->whole_capture = !verdict->first_visit;
    leave_out_forgotten(tap);
    boot_summaries_add(&tap->summaries, verdict);
    collect_findings(tap, verdict, open_capture_time(pinfo));
    if (read)
        collect_read(tap, verdict, read, open_capture_time(pinfo));
    return TAP_PACKET_REDRAW;
}

/* ---- What is written ---- */

static void
write_null(json_dumper *json, const char *name)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "null");
}

static void
write_number(json_dumper *json, const char *name, uint64_t number)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "%" PRIu64, number);
}

static void
write_bool(json_dumper *json, const char *name, bool value)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, value ? "true" : "false");
}

static void
write_seconds(json_dumper *json, const char *name, int64_t nanoseconds)
{
    uint64_t size = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;

    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "%s%" PRIu64 ".%09" PRIu64, nanoseconds < 0 ? "-" : "", size / SECOND, size % SECOND);
}

/* A text that may come from a packet; NULL and "" are null. */
static void
write_text(json_dumper *json, const char *name, const char *text)
{
    char *valid;

    if (!text || !*text) {
        write_null(json, name);
        return;
    }
    valid = g_utf8_make_valid(text, -1);
    json_dumper_set_member_name(json, name);
    json_dumper_value_string(json, valid);
    g_free(valid);
}

static void
write_owned_text(json_dumper *json, const char *name, char *text)
{
    write_text(json, name, text);
    g_free(text);
}

static void
begin_object(json_dumper *json, const char *name)
{
    json_dumper_set_member_name(json, name);
    json_dumper_begin_object(json);
}

static void
begin_array(json_dumper *json, const char *name)
{
    json_dumper_set_member_name(json, name);
    json_dumper_begin_array(json);
}

static void
write_addresses(json_dumper *json, const boot_t *boot)
{
    begin_array(json, "addresses");
    for (unsigned i = 0; i < boot->life.addresses->len; i++) {
        const net_address *ip = &g_array_index(boot->life.addresses, boot_address, i).address;
        char *text = tap_address_text(ip);

        if (*text)
            json_dumper_value_string(json, text);
        g_free(text);
    }
    json_dumper_end_array(json);
}

static void
write_phases(json_dumper *json, const json_tap *tap, const boot_t *boot)
{
    begin_array(json, "phases");
    for (unsigned i = 0; i < boot->life.phases->len; i++) {
        const boot_mark *mark = &g_array_index(boot->life.phases, boot_mark, i);

        if (!boot_life_shows_phase(&boot->life, i))
            continue;
        json_dumper_begin_object(json);
        write_number(json, "phase", mark->value);
        write_number(json, "frame", mark->frame);
        write_seconds(json, "start", mark->time - tap->capture_start);
        write_seconds(json, "end", boot_life_phase_end(&boot->life, i) - tap->capture_start);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

static void
write_finding(json_dumper *json, const json_tap *tap, const met_finding *met)
{
    const finding_kind *kind = finding_kind_of(met->finding.id);

    json_dumper_begin_object(json);
    write_text(json, "name", kind->name);
    if (kind->severity != FINDING_MILESTONE)
        write_text(json, "severity", kind->severity == FINDING_FAULT ? "fault" : "symptom");
    write_number(json, "frame", met->finding.frame);
    write_seconds(json, "time", met->time - tap->capture_start);
    write_owned_text(json, "text", finding_text(&met->finding, tap->whole_capture));
    if (kind->severity != FINDING_MILESTONE) {
        write_text(json, "title", kind->title);
        write_owned_text(json, "seen", finding_seen_text(&met->finding, tap->whole_capture));
        write_text(json, "advice", kind->advice);
        write_text(json, "known", met->later ? "later" : "at once");
    }
    json_dumper_end_object(json);
}

static void
write_findings(json_dumper *json, const json_tap *tap, const boot_story *story)
{
    for (int milestones = 1; milestones >= 0; milestones--) {
        begin_array(json, milestones ? "milestones" : "findings");
        for (unsigned i = 0; i < story->findings->len; i++) {
            const met_finding *met = &g_array_index(story->findings, met_finding, i);

            if ((finding_kind_of(met->finding.id)->severity == FINDING_MILESTONE) == milestones)
                write_finding(json, tap, met);
        }
        json_dumper_end_array(json);
    }
}

static void
write_bootstraps(json_dumper *json, const boot_t *boot)
{
    begin_array(json, "bootstraps");
    for (unsigned i = 0; i < boot->download.transfers->len; i++) {
        const bootstrap_transfer *transfer = g_ptr_array_index(boot->download.transfers, i);
        bool complete = transfer->complete_frame != 0;

        json_dumper_begin_object(json);
        write_text(json, "file", transfer->file);
        write_text(json, "version", transfer->version);
        write_owned_text(json, "server", tap_address_text(&transfer->server));
        write_number(json, "bytes", transfer->bytes);
        write_number(json, "blocks", transfer->blocks);
        write_bool(json, "complete", complete);
        if (complete)
            write_seconds(json, "time", transfer->complete_time - transfer->request_time);
        else
            write_null(json, "time");
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

static void
write_stream(json_dumper *json, const boot_summary *summary, const boot_story *story)
{
    begin_object(json, "stream");
    write_number(json, "reads", (uint64_t)MAX(summary->reads, 0));
    write_number(json, "bytes", summary->bytes);
    write_number(json, "retries", summary->findings[FINDING_READ_RETRY]);
    write_number(json, "slow", summary->findings[FINDING_READ_SLOW]);
    if (summary->stream_time > 0)
        write_seconds(json, "time", summary->stream_time);
    else
        write_null(json, "time");
    begin_array(json, "series");
    for (GTreeNode *node = g_tree_node_first(story->series); node; node = g_tree_node_next(node)) {
        const series_point *point = g_tree_node_value(node);

        json_dumper_begin_object(json);
        write_seconds(json, "start", point->step * SERIES_STEP);
        write_number(json, "reads", point->reads);
        write_number(json, "bytes", point->bytes);
        write_seconds(json, "mean", point->time / point->reads);
        write_seconds(json, "max", point->longest);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
    json_dumper_end_object(json);
}

static void
write_handoff(json_dumper *json, const json_tap *tap, const handoff_chapter *handoff)
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
    uint16_t evidence = handoff_evidence_known(handoff, tap->whole_capture);

    if (handoff->frame == 0) {
        write_null(json, "handoff");
        return;
    }
    begin_object(json, "handoff");
    write_number(json, "frame", handoff->frame);
    write_seconds(json, "time", handoff->time - tap->capture_start);
    write_seconds(json, "gap", handoff->gap);
    begin_array(json, "evidence");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (evidence & names[i].bit)
            json_dumper_value_string(json, names[i].name);
    json_dumper_end_array(json);
    json_dumper_end_object(json);
}

static void
write_outcome(json_dumper *json, const boot_t *boot)
{
    static const char *const kinds[] = {
        [OUTCOME_REACHED_BNISTACK] = "reached_bnistack",
        [OUTCOME_HANDOFF_WITHOUT_STREAM] = "handoff_without_stream",
        [OUTCOME_NOT_HANDED_OFF] = "not_handed_off",
        [OUTCOME_STOPPED] = "stopped",
        [OUTCOME_CAPTURE_ENDED] = "capture_ended",
    };
    boot_outcome outcome = boot_outcome_of(boot);

    begin_object(json, "outcome");
    write_text(json, "kind", kinds[outcome.kind]);
    write_number(json, "phase", outcome.phase);
    write_text(json, "finding", outcome.kind == OUTCOME_STOPPED ? finding_kind_of(outcome.finding)->name : NULL);
    write_owned_text(json, "text", boot_outcome_text(boot));
    json_dumper_end_object(json);
}

static void
write_boot(json_dumper *json, json_tap *tap, const boot_summary *summary)
{
    const boot_t *boot = summary->boot;
    const boot_story *story = story_of(tap, boot->life.number);

    json_dumper_begin_object(json);
    write_number(json, "boot", boot->life.number);
    write_owned_text(json, "target", mac_text(boot->life.target));
    write_addresses(json, boot);
    write_number(json, "certainty", boot_life_certainty(&boot->life));
    write_number(json, "first_frame", boot->life.first_frame);
    write_seconds(json, "start", boot->life.times.first - tap->capture_start);
    write_seconds(json, "end", boot->life.times.end - tap->capture_start);
    write_phases(json, tap, boot);
    write_findings(json, tap, story);
    write_text(json, "worst", summary->worst < 0 ? NULL : finding_kind_of((finding_id)summary->worst)->name);
    write_number(json, "discovers", (uint64_t)MAX(summary->discovers, 0));
    write_bootstraps(json, boot);
    write_stream(json, summary, story);
    write_handoff(json, tap, &boot->handoff);
    write_outcome(json, boot);
    json_dumper_end_object(json);
}

/* ---- The callbacks of the tap ---- */

static void
reset(void *tap_data)
{
    json_tap *tap = tap_data;

    boot_summaries_reset(&tap->summaries);
    g_hash_table_remove_all(tap->stories);
    tap->started = false;
    tap->whole_capture = false;
}

static void
draw(void *tap_data)
{
    json_tap *tap = tap_data;
    json_dumper json = { .output_file = tap->file, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT };
    const GPtrArray *boots = tap->summaries.context ? tap->summaries.context->boots : NULL;
    bool failed;

    if (!tap->file)
        return;
    leave_out_forgotten(tap);
    json_dumper_begin_object(&json);
    write_text(&json, "generator", "pvsboot " PLUGIN_VERSION);
    begin_array(&json, "boots");
    for (unsigned i = 0; boots && i < boots->len; i++) {
        const boot_t *boot = g_ptr_array_index(boots, i);
        const boot_summary *summary = boot_summaries_get(&tap->summaries, boot->life.number);

        if (summary)
            write_boot(&json, tap, summary);
    }
    json_dumper_end_array(&json);
    write_number(&json, "boots_forgotten", tap->summaries.forgotten);
    json_dumper_end_object(&json);
    json_dumper_finish(&json);
    if (!tap->path)
        return;
    /* A file holds one document. */
    failed = ferror(tap->file) != 0;
    if (fclose(tap->file) != 0 || failed)
        fprintf(stderr, "tshark: -z " STAT_NAME ": %s: %s\n", tap->path, g_strerror(errno));
    tap->file = NULL;
}

static void
finish(void *tap_data)
{
    json_tap *tap = tap_data;

    if (tap->path && tap->file)
        fclose(tap->file);
    g_free(tap->path);
    boot_summaries_clear(&tap->summaries);
    g_hash_table_destroy(tap->stories);
    g_free(tap);
}

/* The file is opened at once: nobody wants to wait for a large capture to learn that it cannot be written. */
static bool
start_json(const char *argument)
{
    static const char with_file[] = STAT_NAME ",";
    bool to_file = strncmp(argument, with_file, sizeof with_file - 1) == 0 && argument[sizeof with_file - 1] != '\0';
    json_tap *tap = g_new0(json_tap, 1);
    GString *error;

    tap->path = to_file ? g_strdup(argument + sizeof with_file - 1) : NULL;
    tap->file = to_file ? g_fopen(tap->path, "wb") : stdout;
    boot_summaries_init(&tap->summaries);
    tap->stories = g_hash_table_new_full(NULL, NULL, NULL, free_story);
    if (!tap->file) {
        fprintf(stderr, "tshark: -z %s: %s\n", argument, g_strerror(errno));
        finish(tap);
        return false;
    }
    error = register_tap_listener("pvsboot", tap, NULL, TL_REQUIRES_NOTHING, reset, add_packet, draw, finish);
    if (error) {
        fprintf(stderr, "tshark: -z %s: %s\n", argument, error->str);
        g_string_free(error, TRUE);
        finish(tap);
        return false;
    }
    return true;
}

STAT_TAP_INIT(init_json, start_json)

void
tap_json_register(void)
{
    static stat_tap_ui ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = NULL, /* no window of its own */
        .cli_string = STAT_NAME,
        .tap_init_cb = init_json,
    };

    register_stat_tap_ui(&ui, NULL);
}
