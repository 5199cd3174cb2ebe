/* finding_prose.h
 * What docs/diagnosis.md says of a finding: what it means, when it is said, how sure that is, what it is not
 *
 * The text is made from the document when the plugin is built (finding_prose.cmake): no second copy can drift from it,
 * and nothing is read at run time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FINDING_PROSE_H
#define PVSBOOT_FINDING_PROSE_H

#include "boot/diagnosis.h"

/* Lines of plain text without a newline at the end; "" where the document says nothing. */
const char *finding_prose(finding_id id);

#endif
