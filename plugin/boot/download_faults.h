/* download_faults.h
 * What goes wrong in a download: silence, errors, deaf sides, answers from elsewhere; for download.c only
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DOWNLOAD_FAULTS_H
#define PVSBOOT_DOWNLOAD_FAULTS_H

#include "download.h"

/* Fills in server, file, and first frame. */
void download_tell_transfer(boot_finding *finding, const bootstrap_transfer *transfer);

/* A read request, already counted: is it a repeat without an answer, does its file fit the firmware? */
void download_judge_request(download_chapter *download, boot_life *life, const boot_event *event,
    bootstrap_transfer *transfer);

/* An OACK or DATA of another address than the one asked. The client may ignore it. */
bool download_comes_from_elsewhere(bootstrap_transfer *transfer, const boot_event *event);

/* Whether no transfer before has got an OACK for the same file, nor this one a second. */
bool download_is_first_with_options(const download_chapter *download, const bootstrap_transfer *transfer);

/* To be called before the message is taken: is it sent again although it was answered? */
void download_judge_hearing(download_chapter *download, bootstrap_transfer *transfer, boot_life *life,
    const boot_event *event);

/* An ERROR, already taken. */
void download_judge_error(download_chapter *download, boot_life *life, const boot_event *event,
    bootstrap_transfer *transfer);

#endif
