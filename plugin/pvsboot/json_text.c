/* json_text.c
 * Members of a JSON document: numbers, times and texts as docs/boots.schema.json wants them
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "json_text.h"

#include <inttypes.h>

#include "boot/boot_time.h"

void
json_null(json_dumper *json, const char *name)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "null");
}

void
json_number(json_dumper *json, const char *name, uint64_t number)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "%" PRIu64, number);
}

void
json_number_or_null(json_dumper *json, const char *name, uint64_t number)
{
    if (number == 0)
        json_null(json, name);
    else
        json_number(json, name, number);
}

void
json_bool(json_dumper *json, const char *name, bool value)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, value ? "true" : "false");
}

void
json_seconds(json_dumper *json, const char *name, int64_t nanoseconds)
{
    int64_t time = MAX(nanoseconds, 0);

    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "%" PRId64 ".%09" PRId64, time / SECOND, time % SECOND);
}

void
json_text(json_dumper *json, const char *name, const char *text)
{
    char *valid;

    if (!text || !*text) {
        json_null(json, name);
        return;
    }
    valid = g_utf8_make_valid(text, -1);
    json_dumper_set_member_name(json, name);
    json_dumper_value_string(json, valid);
    g_free(valid);
}

void
json_owned_text(json_dumper *json, const char *name, char *text)
{
    json_text(json, name, text);
    g_free(text);
}

void
json_object(json_dumper *json, const char *name)
{
    json_dumper_set_member_name(json, name);
    json_dumper_begin_object(json);
}

void
json_array(json_dumper *json, const char *name)
{
    json_dumper_set_member_name(json, name);
    json_dumper_begin_array(json);
}
