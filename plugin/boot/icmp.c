/* icmp.c
 * The chapter of ICMP errors that answer a boot's datagrams (RFC 792, RFC 1812, RFC 4443)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "icmp.h"

#include "telling.h"

chapter_answer
icmp_add(boot_life *life, const boot_event *event, boot_service service)
{
    const icmp_fact *fact = &event->icmp;
    boot_finding *finding;

    if (service == SERVICE_NONE)
        return NOT_OURS;
    finding = boot_life_say(life, event, FINDING_ICMP_UNREACHABLE);
    finding->code = (uint16_t)fact->error;
    finding->address = fact->destination;
    finding->port = fact->destination_port;
    finding->times = (uint32_t)service;
    finding->bytes = fact->mtu;
    life->icmp_frames[service] = event->frame;
    return (chapter_answer){ .ours = true, .server = event->source };
}

uint32_t
icmp_frame_for(const boot_life *life, finding_id id)
{
    switch (id) {
    case FINDING_DISCOVER_UNANSWERED:
    case FINDING_DHCP_REQUEST_UNANSWERED:
    case FINDING_PXE_UNANSWERED:
    case FINDING_BOOTSTRAP_UNANSWERED:
    case FINDING_LOGON_UNANSWERED:
        return life->icmp_frames[finding_service(id)];
    default:
        return 0;
    }
}

void
icmp_tell(const boot_finding *finding, GString *text)
{
    static const char *const errors[] = {
        [ICMP_PORT_UNREACHABLE] = "port unreachable",
        [ICMP_HOST_UNREACHABLE] = "host unreachable",
        [ICMP_PROHIBITED] = "prohibited",
        [ICMP_TOO_BIG] = "too big",
        [ICMP_OTHER_ERROR] = "another error",
    };
    static const char *const services[] = {
        [SERVICE_DHCP] = "DHCP or PXE",
        [SERVICE_DOWNLOAD] = "download",
        [SERVICE_STREAM] = "logon or stream",
    };

    if (finding->id != FINDING_ICMP_UNREACHABLE)
        return;
    g_string_append_printf(text, ": %s, %s", errors[finding->code], services[finding->times]);
    telling_address(text, " at ", &finding->address);
    g_string_append_printf(text, ", UDP %u", finding->port);
    if (finding->bytes != 0)
        g_string_append_printf(text, ", MTU %" G_GUINT64_FORMAT, finding->bytes);
}
