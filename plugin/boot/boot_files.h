/* boot_files.h
 * The names of PVS bootstraps, and which firmware each is for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_FILES_H
#define PVSBOOT_BOOT_FILES_H

#include <stdbool.h>

typedef enum boot_file_kind {
    BOOT_FILE_OTHER, /* not of PVS, or not known */
    BOOT_FILE_BIOS,
    BOOT_FILE_UEFI
} boot_file_kind;

/*
 * By the published names (docs/evidence.md), in any case and any directory; an administrator's variant such as
 * ARDBP32_123.BIN is one too. file may be NULL.
 */
boot_file_kind boot_file_kind_of(const char *file);

/* Whether a file name is that of a PVS bootstrap. */
static inline bool
boot_file_is_pvs(const char *file)
{
    return boot_file_kind_of(file) != BOOT_FILE_OTHER;
}

#endif
