/* download.h
 * The chapter of the bootstrap download: TFTP and the two-stage boot service
 *
 * The faults of a download, which need more than one message, are in download_faults.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DOWNLOAD_H
#define PVSBOOT_DOWNLOAD_H

#include "chapter.h"

/* Embedded in a boot; zero means that nothing came yet. */
typedef struct download_chapter {
    lean_list transfers;           /* bootstrap_transfer *, by first frame; owns them */
    GHashTable *transfers_by_port; /* client port -> GPtrArray of them; NULL while they are few */
    bootstrap_transfer *failed;    /* ended by an ERROR that is not judged yet, or NULL */
    bool wrong_firmware_said;
    bool not_heard_said, other_server_said;
} download_chapter;

void download_clear(download_chapter *download);

/* How many downloads there were. */
static inline unsigned
download_count(const download_chapter *download)
{
    return download->transfers.count;
}

/* The download with this index, by first frame. */
static inline bootstrap_transfer *
download_transfer(const download_chapter *download, unsigned index)
{
    return lean_list_index(&download->transfers, bootstrap_transfer *, index);
}

/* The download that a message between this client port and this server belongs to, at a frame; or NULL. */
bootstrap_transfer *download_at(const download_chapter *download, uint32_t frame, const net_address *server,
    uint16_t client_port);

/* Whether the newest download did not arrive. */
bool download_has_failed(const download_chapter *download);

/* Takes a message of a download. */
chapter_answer download_add(download_chapter *download, boot_life *life, const boot_event *event);

/* Any other event of the boot. goes_on: it shows that the client goes on after an ERROR (a chained loader, a logon). */
void download_sees(download_chapter *download, boot_life *life, const boot_event *event, bool goes_on);

/* The target begins its next boot with this event. */
void download_end(download_chapter *download, boot_life *life, const boot_event *next);

void download_settle(download_chapter *download, boot_life *life, int64_t end);
void download_tell(const boot_life *life, const boot_finding *finding, GString *text);

/* The advice that fits this finding better than its row in the table does, or NULL. */
const char *download_advice(const boot_finding *finding);

#endif
