/* finding_text.c
 * A finding in words: its title, what was seen in which frames, what it usually means and what to check next
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "finding_text.h"

#include "boot.h"
#include "telling.h"

/* Each chapter tells the findings that are its own, and nothing of the others. */
static GString *
seen(const boot_finding *finding, bool whole_capture)
{
    const boot_life *life = &finding->boot->life;
    uint32_t icmp_frame = icmp_frame_for(life, finding->id);
    GString *text = g_string_new(finding_kind_of(finding->id)->title);

    dhcp_tell(finding, text);
    arp_tell(finding, text);
    download_tell(life, finding, text);
    logon_tell(life, finding, text);
    stream_tell(boot_stream(finding->boot), life, finding, text);
    handoff_tell(&finding->boot->handoff, finding, whole_capture, text);
    system_tell(finding, text);
    icmp_tell(finding, text);
    if (finding->id == FINDING_CAPTURE_ONE_WAY)
        g_string_append(text, finding->from_client ? ": what answers the target" : ": what the target sends");
    if (finding->id == FINDING_BOOT_LOOP)
        g_string_append_printf(text, ": %s", finding->other_text);
    if (icmp_frame != 0)
        g_string_append_printf(text, "; an ICMP error answers in frame %u", icmp_frame);
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
    const char *fitting = download_advice(finding);
    const char *advice = fitting ? fitting : finding_kind_of(finding->id)->advice;
    GString *text = seen(finding, whole_capture);

    if (*advice)
        g_string_append_printf(text, ". %s", advice);
    return g_string_free(text, FALSE);
}
