/* finding_text.c
 * A finding in words: its title, what was seen in which frames, what it usually means and what to check next
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "finding_text.h"

#include "boot.h"
#include "telling.h"

/* A line of the tree has 239, of which "Expert Info (Warning/Sequence): " and brackets take some. */
#define BYTES_OF_A_LINE 205

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

const char *
finding_advice(const boot_finding *finding)
{
    const boot_life *life = &finding->boot->life;
    const char *const fitting[] = {
        pxe_advice(finding), download_advice(finding), logon_advice(finding), stream_advice(life, finding)
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fitting); i++)
        if (fitting[i])
            return fitting[i];
    return finding_kind_of(finding->id)->advice;
}

/* Wireshark cuts a line by bytes, in the middle of a character if need be. */
static char *
cut_to_line(GString *text)
{
    static const char ellipsis[] = "\xe2\x80\xa6";

    if (text->len > BYTES_OF_A_LINE) {
        const char *end = g_utf8_find_prev_char(text->str, text->str + BYTES_OF_A_LINE - (sizeof ellipsis - 1) + 1);
        g_string_truncate(text, (gsize)(end - text->str));
        g_string_append(text, ellipsis);
    }
    return g_string_free(text, FALSE);
}

char *
finding_text(const boot_finding *finding, bool whole_capture)
{
    const char *advice = finding_advice(finding);
    GString *text = seen(finding, whole_capture);

    if (*advice)
        g_string_append_printf(text, ". %s", advice);
    return cut_to_line(text);
}
