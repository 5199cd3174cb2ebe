/* json_file.h
 * The file of -z pvsboot,json,FILE: nothing is overwritten but an older document of this statistic
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_JSON_FILE_H
#define PVSBOOT_JSON_FILE_H

#include <stdbool.h>
#include <stdio.h>

/* How a document begins, and is known by. */
#define JSON_FILE_FIRST_MEMBER "generator"
#define JSON_FILE_GENERATOR "pvsboot " PLUGIN_VERSION

/*
 * Whether a document may be written there: nothing is there, or an empty file, a document of ours, or no file at all but
 * a pipe or device. Where nothing is, an empty file is made, to know that it can be, and *is_new is true. *refusal: why
 * not; a constant text, or one of the C library's.
 */
bool json_file_may_be_written(const char *path, bool *is_new, const char **refusal);

/* Opens it to be written, if it still may be. The caller closes it. NULL: no, because of *refusal. */
FILE *json_file_open(const char *path, const char **refusal);

/* Removes what was made by json_file_may_be_written, if nothing has been written there. */
void json_file_remove_empty(const char *path);

#endif
