/* json_stream.h
 * The stream of one boot as a member of its JSON object: where the time of reading went
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_JSON_STREAM_H
#define PVSBOOT_JSON_STREAM_H

#include <wsutil/json_dumper.h>

#include "boot/boot_summary.h"

/* Writes the member "stream". capture_start: the time that all times are counted from, nanoseconds. */
void json_stream(json_dumper *json, const boot_summary *summary, int64_t capture_start);

#endif
