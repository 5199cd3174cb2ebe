/* download.h
 * The chapter of the bootstrap download: TFTP and the two-stage boot service
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DOWNLOAD_H
#define PVSBOOT_DOWNLOAD_H

#include "chapter.h"

/* Embedded in a boot. */
typedef struct download_chapter {
    GPtrArray *transfers;          /* bootstrap_transfer, by first frame; owns them */
    GHashTable *transfers_by_port; /* client port -> GPtrArray of them; NULL while they are few */
} download_chapter;

void download_init(download_chapter *download);
void download_clear(download_chapter *download);

/* The download that a message between this client port and this server belongs to, at a frame; or NULL. */
bootstrap_transfer *download_at(const download_chapter *download, uint32_t frame, const net_address *server,
    uint16_t client_port);

/* Takes a message of a download. */
chapter_answer download_add(download_chapter *download, boot_life *life, const boot_event *event);

/* The target begins its next boot with this event. */
void download_end(const download_chapter *download, boot_life *life, const boot_event *next);

void download_settle(const download_chapter *download, const boot_life *life, int64_t end, finding_log *late);
void download_tell(const boot_finding *finding, GString *text);

#endif
