/* boot_files.c
 * The names of PVS bootstraps, and which firmware each is for
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_files.h"

#include <string.h>

#include <glib.h>

static const char *
without_directory(const char *file)
{
    const char *slash = strrchr(file, '/'), *backslash = strrchr(file, '\\');
    const char *last = slash > backslash ? slash : backslash;

    return last ? last + 1 : file;
}

boot_file_kind
boot_file_kind_of(const char *file)
{
    /* BIOS: second stages of BDM and option ROM, OEM BIOS (docs/evidence.md). */
    static const char *const bios_names[] = { "tsbbdm.bin", "tsborom.bin", "dell_bios.bin" };
    const char *name = file ? without_directory(file) : "";
    size_t length = strlen(name);

    if (g_ascii_strcasecmp(name, "pvsnbpx64.efi") == 0)
        return BOOT_FILE_UEFI;
    if (length >= 11 && g_ascii_strncasecmp(name, "ardbp32", 7) == 0
            && g_ascii_strcasecmp(name + length - 4, ".bin") == 0)
        return BOOT_FILE_BIOS;
    for (size_t i = 0; i < G_N_ELEMENTS(bios_names); i++)
        if (g_ascii_strcasecmp(name, bios_names[i]) == 0)
            return BOOT_FILE_BIOS;
    return BOOT_FILE_OTHER;
}
