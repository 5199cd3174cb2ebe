/* json_text.h
 * Members of a JSON document: numbers, times and texts as docs/boots.schema.json wants them
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_JSON_TEXT_H
#define PVSBOOT_JSON_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include <wsutil/json_dumper.h>

/* Each writes one member of the object that was begun last. */
void json_null(json_dumper *json, const char *name);
void json_number(json_dumper *json, const char *name, uint64_t number);
void json_bool(json_dumper *json, const char *name, bool value);

/* A count or a number that is null where it is 0. */
void json_number_or_null(json_dumper *json, const char *name, uint64_t number);

/*
 * A time in nanoseconds as seconds, written from whole nanoseconds: no locale and no rounding changes them. Less than
 * zero, which only a clock that was set back can give, is zero.
 */
void json_seconds(json_dumper *json, const char *name, int64_t nanoseconds);

/* A text, which may come from a packet; NULL and "" are null. The other one frees it. */
void json_text(json_dumper *json, const char *name, const char *text);
void json_owned_text(json_dumper *json, const char *name, char *text);

/* Begins an object or an array that is a member. */
void json_object(json_dumper *json, const char *name);
void json_array(json_dumper *json, const char *name);

#endif
