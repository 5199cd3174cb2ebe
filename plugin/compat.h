/* compat.h
 * Every difference between the Wireshark versions that the plugin builds against (4.0 to 4.6)
 *
 * No other file tests a version.
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_COMPAT_H
#define PVSBOOT_COMPAT_H

#include <wireshark.h>
#include <ws_version.h>

#include <epan/ftypes/ftypes.h>
#include <epan/proto.h>

#define WIRESHARK_AT_LEAST(major, minor) \
    (WIRESHARK_VERSION_MAJOR > (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* What heuristics return and boolean preferences point to: an int before 4.4, one byte since. */
#if WIRESHARK_AT_LEAST(4, 4)
typedef bool ws_bool;
#else
typedef gboolean ws_bool;
#endif

/* A field's value: held in the field_info before 4.2, pointed to since. */
static inline const char *
field_string(const field_info *field)
{
#if WIRESHARK_AT_LEAST(4, 2)
    return fvalue_get_string(field->value);
#else
    return fvalue_get_string((fvalue_t *)&field->value);
#endif
}

/*
 * Makes what -z calls from a function that takes its argument and returns whether it is a good one: since 4.6 that can
 * be answered, before that the program ends there.
 */
#if WIRESHARK_AT_LEAST(4, 6)
#define STAT_TAP_INIT(name, function) \
    static bool name(const char *argument, void *user_data _U_) { return function(argument); }
#else
#define STAT_TAP_INIT(name, function) \
    static void name(const char *argument, void *user_data _U_) { if (!function(argument)) exit(1); }
#endif

/* What a conversation filter's callbacks and its registration take at the end, since 4.2. */
#if WIRESHARK_AT_LEAST(4, 2)
#define FILTER_USER_DATA , void *user_data _U_
#define FILTER_NO_USER_DATA , NULL
#else
#define FILTER_USER_DATA
#define FILTER_NO_USER_DATA
#endif

#endif
