/* json_file.c
 * The file of -z pvsboot,json,FILE: nothing is overwritten but an older document of this statistic
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "json_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <glib/gstdio.h>

/* Enough for the beginning of a document, however it is laid out. */
#define BEGINNING 256

static bool
skip(const char **text, const char *expected)
{
    while (g_ascii_isspace(**text))
        (*text)++;
    if (!g_str_has_prefix(*text, expected))
        return false;
    *text += strlen(expected);
    return true;
}

static bool
begins_as_ours(const char *text)
{
    return skip(&text, "{") && skip(&text, "\"" JSON_FILE_FIRST_MEMBER "\"") && skip(&text, ":")
        && skip(&text, "\"pvsboot ");
}

/* Whether an existing file is empty or holds a document of ours. */
static bool
may_be_replaced(const char *path, const char **refusal)
{
    char beginning[BEGINNING + 1] = "";
    FILE *file = g_fopen(path, "r+b"); /* what cannot be written is found here, too */
    size_t length;

    if (!file) {
        *refusal = g_strerror(errno);
        return false;
    }
    length = fread(beginning, 1, BEGINNING, file);
    fclose(file);
    if (length == 0 || begins_as_ours(beginning))
        return true;
    *refusal = "this file is there already, and is no document of -z pvsboot,json: it is not overwritten";
    return false;
}

/* Whether something is there, and whether it is a file with content to be lost. */
static bool
is_there(const char *path, bool *is_file)
{
    GStatBuf status;

    if (g_stat(path, &status) != 0)
        return false;
    *is_file = S_ISREG(status.st_mode);
    return true;
}

bool
json_file_may_be_written(const char *path, bool *is_new, const char **refusal)
{
    bool is_file;
    int made;

    *is_new = false;
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        *refusal = g_strerror(EISDIR);
        return false;
    }
    if (is_there(path, &is_file))
        return !is_file || may_be_replaced(path, refusal);
    made = g_open(path, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (made < 0) {
        *refusal = g_strerror(errno);
        return false;
    }
    g_close(made, NULL);
    *is_new = true;
    return true;
}

FILE *
json_file_open(const char *path, const char **refusal)
{
    bool is_file;
    FILE *file;

    /* Since the beginning of the capture something else may have been put there. */
    if (is_there(path, &is_file) && is_file && !may_be_replaced(path, refusal))
        return NULL;
    file = g_fopen(path, "wb");
    if (!file)
        *refusal = g_strerror(errno);
    return file;
}

void
json_file_remove_empty(const char *path)
{
    GStatBuf status;

    if (g_stat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0)
        g_remove(path);
}
