/* finding_text.c
 * A finding in words: its title, what was seen in which frames, what it usually means and what to check next
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "finding_text.h"

#include "boot.h"

/* Each chapter tells the findings that are its own, and nothing of the others. */
static GString *
seen(const boot_finding *finding, bool whole_capture)
{
    GString *text = g_string_new(finding_kind_of(finding->id)->title);

    dhcp_tell(finding, text);
    arp_tell(finding, text);
    download_tell(finding, text);
    logon_tell(finding, text);
    stream_tell(finding, text);
    handoff_tell(&finding->boot->handoff, finding, whole_capture, text);
    system_tell(finding, text);
    return text;
}

char *
finding_seen_text(const boot_finding *finding, bool whole_capture)
{
    return g_string_free(seen(finding, whole_capture), FALSE);
}

char *
finding_text(const boot_finding *finding, bool whole_capture)
{
    const char *advice = finding_kind_of(finding->id)->advice;
    GString *text = seen(finding, whole_capture);

    if (*advice)
        g_string_append_printf(text, ". %s", advice);
    return g_string_free(text, FALSE);
}
