/* finding_text.h
 * A finding in words: its title, what was seen in which frames, what it usually means and what to check next
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FINDING_TEXT_H
#define PVSBOOT_FINDING_TEXT_H

#include "finding_log.h"

/*
 * whole_capture: a second pass, which also knows what later frames showed. The caller frees the text, which is no longer than
 * a line of Wireshark's tree shows.
 */
char *finding_text(const boot_finding *finding, bool whole_capture);

/* The same without the advice. */
char *finding_seen_text(const boot_finding *finding, bool whole_capture);

/* What the finding usually means and what to check next: the table's words, or better fitting ones. "" where there is none. */
const char *finding_advice(const boot_finding *finding);

#endif
