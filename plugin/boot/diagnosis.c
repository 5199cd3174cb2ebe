/* diagnosis.c
 * The findings: what can be said about a frame, and in which words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diagnosis.h"

#include "boot.h"
#include "boot_time.h"

static const finding_kind kinds[FINDING_COUNT] = {
#define FINDING_KIND(id, name, severity, title, advice) \
    [id] = { name, "pvsboot." name, severity, title, advice },
    FINDINGS(FINDING_KIND)
#undef FINDING_KIND
};

const finding_kind *
finding_kind_of(finding_id id)
{
    return &kinds[id];
}

static double
seconds(int64_t nanoseconds)
{
    return (double)nanoseconds / SECOND;
}

static void
tell_address(GString *text, const char *before, const net_address *address)
{
    if (address->family == 4)
        g_string_append_printf(text, "%s%u.%u.%u.%u", before, address->octets[0], address->octets[1],
            address->octets[2], address->octets[3]);
    else if (address->family == 6) {
        g_string_append(text, before);
        for (int i = 0; i < 16; i += 2)
            g_string_append_printf(text, "%s%x", i ? ":" : "", address->octets[i] << 8 | address->octets[i + 1]);
    }
}

static void
tell_mac(GString *text, const char *before, mac_address mac, const char *after)
{
    char *shown = mac_text(mac);

    g_string_append_printf(text, "%s%s%s", before, shown, after);
    g_free(shown);
}

static void
tell_handoff(GString *text, const handoff_t *handoff, bool whole_capture)
{
    static const struct {
        uint16_t evidence;
        const char *words;
    } words[] = {
        { HANDOFF_BY_ARP, "ARP for its own address" },
        { HANDOFF_BY_DHCP, "DHCP of the operating system" },
        { HANDOFF_BY_PORT, "a new port of the target" },
        { HANDOFF_BY_JUMBO, "larger datagrams than in single read mode" },
        { HANDOFF_BY_OVERLAP, "overlapping reads" },
    };
    uint16_t evidence = handoff_evidence_known(handoff, whole_capture);
    const char *separator = ", inferred from ";

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (evidence & words[i].evidence) {
            g_string_append_printf(text, "%s%s", separator, words[i].words);
            separator = ", ";
        }
    }
    if (evidence & HANDOFF_WITH_GAP)
        g_string_append_printf(text, ", after a pause of %.1f s", seconds(handoff->gap));
}

static void
tell_handoff_missing(GString *text, const boot_finding *finding)
{
    const boot_t *boot = finding->boot;

    if (boot->handoff.frame != 0)
        g_string_append_printf(text, ": the hand-off began in frame %u and nothing streamed after it",
            boot->handoff.frame);
    else
        g_string_append_printf(text, ": frame %u, the last of the stream, is in single read mode",
            boot->last_stream_frame);
}

/* What was seen, behind the title. */
static void
tell_seen(GString *text, const boot_finding *finding, bool whole_capture)
{
    uint32_t from = finding->from_frame;
    uint32_t count = finding->count;
    double duration = seconds(finding->duration);

    switch (finding->id) {
    case FINDING_DISCOVER_BROADCAST_REPLY:
    case FINDING_DISCOVER_UNICAST_REPLY:
    case FINDING_LOGON_STARTED:
    case FINDING_STREAM_STARTED:
    case FINDING_COUNT:
        break;
    case FINDING_BOOTSTRAP_DOWNLOADED:
        g_string_append_printf(text, ": %u bytes, %.3f s after its read request in frame %u", count, duration, from);
        if (finding->promised != 0 && finding->promised != count)
            g_string_append_printf(text, ", but the server promised %u (tsize)", finding->promised);
        break;
    case FINDING_LOGON_REDIRECTED:
    case FINDING_STREAM_SERVER_CHANGED:
        tell_address(text, ": ", &finding->address);
        g_string_append_printf(text, ", port %u", count);
        break;
    case FINDING_HANDOFF_SEEN:
        tell_handoff(text, &finding->boot->handoff, whole_capture);
        break;
    case FINDING_DISCOVER_RETRY:
        g_string_append_printf(text, ": number %u in a row, the one before in frame %u", count, from);
        break;
    case FINDING_DISCOVER_SECS_ZERO:
        g_string_append_printf(text, ": RFC 3074 bucket %u, since frame %u", count, from);
        break;
    case FINDING_DISCOVER_UNANSWERED:
        g_string_append_printf(text, " for %u DISCOVER%s in %.1f s, the first in frame %u", count,
            count == 1 ? "" : "s", duration, from);
        break;
    case FINDING_DISCOVER_FLAG_DECIDES:
        if (from)
            g_string_append_printf(text, " (%u). This very client was answered with the flag set, in frame %u", count,
                from);
        else
            g_string_append_printf(text, " (%u). Those answered are other clients, so less is sure", count);
        break;
    case FINDING_DHCP_SERVERS_DIFFER:
        tell_address(text, ": this one and ", &finding->address);
        g_string_append_printf(text, " in frame %u", from);
        break;
    case FINDING_DHCP_NO_BOOTFILE:
        break;
    case FINDING_DHCP_REFUSED:
        g_string_append(text, count == DHCP_MESSAGE_DECLINE ? ": the client declined it" : ": the server sent a NAK");
        break;
    case FINDING_DHCP_ADDRESS_CHANGED:
        tell_address(text, ": the firmware had ", &finding->address);
        break;
    case FINDING_ARP_UNANSWERED:
        tell_address(text, " from ", &finding->address);
        if (count > 1)
            g_string_append_printf(text, ": %u requests in a row, the first in frame %u", count, from);
        break;
    case FINDING_ARP_CONFLICT:
        tell_address(text, ": ", &finding->address);
        tell_mac(text, " is at ", finding->mac, " too");
        break;
    case FINDING_BOOTSTRAP_RETRANSMISSION:
        g_string_append_printf(text, ", repeat %u of this download", count);
        break;
    case FINDING_BOOTSTRAP_STALL:
        g_string_append_printf(text, " for %.1f s before this block", duration);
        break;
    case FINDING_BOOTSTRAP_UNANSWERED:
        tell_address(text, " from ", &finding->address);
        g_string_append_printf(text, " for %.40s", finding->text);
        break;
    case FINDING_BOOTSTRAP_ERROR:
        g_string_append_printf(text, " %u, sent by the %s: %.40s", count, finding->from_client ? "client" : "server",
            finding->text);
        break;
    case FINDING_BOOTSTRAP_INCOMPLETE:
        g_string_append_printf(text, ": %u bytes of %.40s, the last in frame %u", count, finding->text, from);
        break;
    case FINDING_LOGON_RETRY:
        g_string_append_printf(text, ": %.1f s after the one in frame %u", duration, from);
        break;
    case FINDING_LOGON_UNANSWERED:
        g_string_append_printf(text, ": %u datagram%s without a reply since frame %u", count, count == 1 ? "" : "s",
            from);
        break;
    case FINDING_STREAM_STALLED:
        g_string_append_printf(text, ": %u datagrams in a row, the last one without an answer for %.1f s", count,
            duration);
        break;
    case FINDING_READ_RETRY:
        g_string_append_printf(text, " %.1f s after the request in frame %u", duration, from);
        break;
    case FINDING_READ_SLOW:
        g_string_append_printf(text, ": %.3f s after the request in frame %u", duration, from);
        break;
    case FINDING_READ_BURST_TOO_LONG:
        g_string_append_printf(text, ": %u", count);
        break;
    case FINDING_READ_FRAGMENTED:
        break;
    case FINDING_HANDOFF_MISSING:
        tell_handoff_missing(text, finding);
        break;
    }
}

char *
finding_seen_text(const boot_finding *finding, bool whole_capture)
{
    GString *text = g_string_new(finding_kind_of(finding->id)->title);

    tell_seen(text, finding, whole_capture);
    return g_string_free(text, FALSE);
}

char *
finding_text(const boot_finding *finding, bool whole_capture)
{
    const char *advice = finding_kind_of(finding->id)->advice;
    GString *text = g_string_new(finding_kind_of(finding->id)->title);

    tell_seen(text, finding, whole_capture);
    if (*advice)
        g_string_append_printf(text, ". %s", advice);
    return g_string_free(text, FALSE);
}
