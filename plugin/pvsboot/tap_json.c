/* tap_json.c
 * Every boot as JSON: -z pvsboot,json[,[FILE][,FILTER]]
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/* The document's shape is docs/boots.schema.json. Its times are seconds since the capture's first frame. */

#include "compat.h"

#include "tap_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <wsutil/json_dumper.h>

#include "json_boot.h"
#include "json_file.h"
#include "json_text.h"
#include "open_capture.h"
#include "tap_view.h"

#define STAT_NAME "pvsboot,json"

typedef struct json_tap {
    char *path;            /* NULL: standard output */
    bool path_is_new;      /* nothing was there before */
    bool drawn;
    tap_view view;
} json_tap;

static tap_packet_status
add_packet(void *tap_data, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    json_tap *tap = tap_data;

    tap_view_add(&tap->view, data);
    return TAP_PACKET_REDRAW;
}

static void
write_document(const json_tap *tap, FILE *file)
{
    json_dumper json = { .output_file = file, .flags = JSON_DUMPER_FLAGS_PRETTY_PRINT };
    const boot_tracker *boots = open_capture_boots();
    const boot_summary *summary;
    unsigned next = 0;

    json_dumper_begin_object(&json);
    json_text(&json, JSON_FILE_FIRST_MEMBER, JSON_FILE_GENERATOR);
    json_array(&json, "boots");
    while ((summary = tap_view_next(&tap->view, &next)) != NULL)
        json_boot(&json, summary, boot_tracker_start_time(boots));
    json_dumper_end_array(&json);
    json_number(&json, "boots_forgotten", boots ? boot_tracker_forgotten(boots) : 0);
    if (boots && boot_tracker_frames_seen(boots) > 0)
        json_seconds(&json, "end", boot_tracker_newest_time(boots) - boot_tracker_start_time(boots));
    else
        json_null(&json, "end");
    json_dumper_end_object(&json);
    json_dumper_finish(&json);
}

static void
say_of_file(const json_tap *tap, const char *what)
{
    fprintf(stderr, "tshark: -z " STAT_NAME ": %s: %s\n", tap->path, what);
}

static void
draw(void *tap_data)
{
    json_tap *tap = tap_data;
    const char *refusal = NULL;
    FILE *file = tap->path ? json_file_open(tap->path, &refusal) : stdout;
    bool failed;

    if (!file) {
        say_of_file(tap, refusal);
        return;
    }
    write_document(tap, file);
    tap->drawn = true;
    if (!tap->path)
        return;
    failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed)
        say_of_file(tap, g_strerror(errno));
}

static void
reset(void *tap_data)
{
    json_tap *tap = tap_data;

    tap_view_reset(&tap->view);
}

static void
finish(void *tap_data)
{
    json_tap *tap = tap_data;

    if (tap->path_is_new && !tap->drawn)
        json_file_remove_empty(tap->path);
    g_free(tap->path);
    tap_view_clear(&tap->view);
    g_free(tap);
}

/* Somebody may take this statistic for one that is given a filter only, as the others are. */
static bool
reads_as_filter(const char *text)
{
    static char nobody;
    GString *error = register_tap_listener("pvsboot", &nobody, text, TL_REQUIRES_NOTHING, NULL, NULL, NULL, NULL);

    if (!error) {
        remove_tap_listener(&nobody);
        return true;
    }
    g_string_free(error, TRUE);
    return false;
}

/* Whether the file may be written, so that nobody waits for a large capture to learn that it cannot. */
static bool
file_is_good(json_tap *tap)
{
    const char *refusal = NULL;

    if (!tap->path)
        return true;
    if (reads_as_filter(tap->path)) {
        say_of_file(tap, "this is a display filter. It comes after the file: " STAT_NAME ",FILE,FILTER, or "
            STAT_NAME ",,FILTER for standard output. A file of this name is ./NAME");
        return false;
    }
    if (json_file_may_be_written(tap->path, &tap->path_is_new, &refusal))
        return true;
    say_of_file(tap, refusal);
    return false;
}

/* argument: pvsboot,json[,[FILE][,FILTER]]. A file whose name holds a comma cannot be named. */
static bool
start_json(const char *argument)
{
    const char *rest = argument + strlen(STAT_NAME);
    json_tap *tap = g_new0(json_tap, 1);
    const char *filter;
    GString *error;

    if (*rest != '\0' && *rest != ',') {
        fprintf(stderr, "tshark: -z %s: no such statistic. It is -z " STAT_NAME "[,[FILE][,FILTER]]\n", argument);
        g_free(tap);
        return false;
    }
    rest += *rest == ',';
    filter = strchr(rest, ',');
    if (*rest != '\0' && *rest != ',')
        tap->path = filter ? g_strndup(rest, (gsize)(filter - rest)) : g_strdup(rest);
    filter = filter && filter[1] != '\0' ? filter + 1 : NULL;
    tap_view_init(&tap->view);
    error = register_tap_listener("pvsboot", tap, filter, TL_REQUIRES_NOTHING, reset, add_packet, draw, finish);
    if (error) {
        fprintf(stderr, "tshark: -z %s: %s\n", argument, error->str);
        g_string_free(error, TRUE);
        finish(tap);
        return false;
    }
    if (!file_is_good(tap)) {
        remove_tap_listener(tap);
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
