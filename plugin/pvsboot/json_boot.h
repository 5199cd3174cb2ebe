/* json_boot.h
 * One boot as a JSON object
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_JSON_BOOT_H
#define PVSBOOT_JSON_BOOT_H

#include <wsutil/json_dumper.h>

#include "boot/boot_summary.h"

/* Writes it as the next value. capture_start: the time that all times are counted from, nanoseconds. */
void json_boot(json_dumper *json, const boot_summary *summary, int64_t capture_start);

#endif
