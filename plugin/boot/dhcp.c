/* dhcp.c
 * The chapter of DHCP and PXE: the firmware gets its address and the name of its boot file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dhcp.h"

#include "boot_time.h"
#include "telling.h"

#define PXE_ANSWER_TIME (4 * SECOND) /* RFC 2131, section 4.1, as for DISCOVERs */

static boot_step
step_of(const boot_event *event)
{
    bool boot_server = dhcp_to_boot_server(event);

    switch (event->dhcp.message) {
    case DHCP_MESSAGE_DISCOVER:
        return boot_server ? STEP_PXE_REQUEST : STEP_DHCP_DISCOVER;
    case DHCP_MESSAGE_OFFER:
        return boot_server ? STEP_PXE_REPLY : STEP_DHCP_OFFER;
    case DHCP_MESSAGE_REQUEST:
        return boot_server ? STEP_PXE_REQUEST : STEP_DHCP_REQUEST;
    case DHCP_MESSAGE_ACK:
        return boot_server ? STEP_PXE_REPLY : STEP_DHCP_ACK;
    case DHCP_MESSAGE_NAK:
    case DHCP_MESSAGE_DECLINE:
        return STEP_DHCP_NAK_OR_DECLINE;
    case DHCP_MESSAGE_INFORM:
        return boot_server ? STEP_PXE_REQUEST : STEP_NONE;
    case DHCP_MESSAGE_RELEASE:
    case DHCP_MESSAGE_NONE:
        break;
    }
    return STEP_NONE;
}

net_address
dhcp_server_of(const boot_event *event)
{
    const dhcp_fact *fact = &event->dhcp;

    if (!dhcp_is_from_server(fact->message))
        return fact->message == DHCP_MESSAGE_DISCOVER ? NET_ADDRESS_NONE : fact->server_id;
    return net_address_known(&fact->server_id) ? fact->server_id : event->source;
}

static void
say_servers_differ(boot_life *life, const boot_event *event, const net_address *other, uint32_t other_frame)
{
    boot_finding *finding = boot_life_say(life, event, FINDING_DHCP_SERVERS_DIFFER);

    finding->address = *other;
    finding->from_frame = other_frame;
}

static void
add_offer(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, chapter_answer *answer)
{
    const dhcp_fact *fact = &event->dhcp;

    if (!net_address_known(&fact->your_address))
        return; /* a proxyDHCP offer is no answer */
    answer->answers = discover_log_answer(life->context->discovers, &dhcp->discovers, event);
    if (dhcp->offer.frame != 0 && dhcp->offer.transaction == fact->transaction
            && !net_address_equal(&dhcp->offer.server, &answer->server))
        say_servers_differ(life, event, &dhcp->offer.server, dhcp->offer.frame);
    dhcp->offer = (dhcp_offer){ event->frame, fact->transaction, answer->server };
    answer->signals |= SIGNAL_PROGRESS;
}

static void
add_ack(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, chapter_answer *answer)
{
    const dhcp_fact *fact = &event->dhcp;

    discover_log_went_on(life->context->discovers, &dhcp->discovers, true);
    if (net_address_known(&fact->your_address)) {
        if (dhcp->ack.frame != 0 && !net_address_equal(&dhcp->ack.server, &answer->server))
            say_servers_differ(life, event, &dhcp->ack.server, dhcp->ack.frame);
        dhcp->ack.server = answer->server;
        life->firmware_address = fact->your_address;
    }
    dhcp->offer.frame = 0; /* this transaction is over */
    dhcp->ack.frame = event->frame;
    dhcp->ack.time = event->time;
    boot_life_set_address(life, event->frame, &fact->your_address);
    answer->signals |= SIGNAL_PROGRESS;
}

chapter_answer
dhcp_add(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, dhcp_client client)
{
    const dhcp_fact *fact = &event->dhcp;
    chapter_answer answer = {
        .ours = true,
        .step = step_of(event),
        .enters = PHASE_BOOTSTRAP,
        .server = dhcp_server_of(event)
    };

    if (answer.step == STEP_NONE)
        return NOT_OURS;
    if (dhcp_is_from_server(fact->message) && boot_life_phase(life) == PHASE_LOGON)
        return NOT_OURS; /* a straggler: the download is over, and no client asked again */
    life->times.last = event->time;
    if (dhcp_is_from_server(fact->message) && fact->boot.file)
        dhcp->boot_file_named = true;
    dhcp->pxe_client |= client == DHCP_CLIENT_PXE;

    switch (answer.step) {
    case STEP_DHCP_DISCOVER:
        discover_log_add(life->context->discovers, &dhcp->discovers, event, life);
        break;
    case STEP_DHCP_OFFER:
        add_offer(dhcp, life, event, &answer);
        break;
    case STEP_DHCP_REQUEST:
        if (net_address_known(&fact->server_id))
            discover_log_went_on(life->context->discovers, &dhcp->discovers, false);
        break;
    case STEP_DHCP_ACK:
        add_ack(dhcp, life, event, &answer);
        break;
    case STEP_DHCP_NAK_OR_DECLINE:
        boot_life_say(life, event, FINDING_DHCP_REFUSED)->from_client = fact->message == DHCP_MESSAGE_DECLINE;
        break;
    case STEP_PXE_REPLY:
        answer.signals |= SIGNAL_PROGRESS;
        break;
    default:
        break;
    }
    return answer;
}

void
dhcp_settle(const dhcp_chapter *dhcp, const boot_life *life, int64_t end, finding_log *late)
{
    if (dhcp->ack.frame != 0 && dhcp->pxe_client && !dhcp->boot_file_named
            && !(life->reached & (REACHED_FILE_REQUEST | REACHED_LOGON)) && end - dhcp->ack.time >= PXE_ANSWER_TIME)
        finding_log_add(late, dhcp->ack.frame, dhcp->ack.time, FINDING_DHCP_NO_BOOTFILE, life->boot);
}

void
dhcp_tell(const boot_finding *finding, GString *text)
{
    uint32_t from = finding->from_frame, times = finding->times;

    switch (finding->id) {
    case FINDING_DISCOVER_RETRY:
        g_string_append_printf(text, ": number %u in a row, the one before in frame %u", times, from);
        break;
    case FINDING_DISCOVER_SECS_ZERO:
        g_string_append_printf(text, ": RFC 3074 bucket %u, since frame %u", finding->bucket, from);
        break;
    case FINDING_DISCOVER_UNANSWERED:
        g_string_append_printf(text, " for %u DISCOVER%s in %.1f s, the first in frame %u", times,
            times == 1 ? "" : "s", telling_seconds(finding->duration), from);
        break;
    case FINDING_DISCOVER_FLAG_DECIDES:
        if (from)
            g_string_append_printf(text, " (%u). This very client was answered with the flag set, in frame %u", times,
                from);
        else
            g_string_append_printf(text, " (%u). Those answered are other clients, so less is sure", times);
        break;
    case FINDING_DHCP_SERVERS_DIFFER:
        telling_address(text, ": this one and ", &finding->address);
        g_string_append_printf(text, " in frame %u", from);
        break;
    case FINDING_DHCP_REFUSED:
        g_string_append(text, finding->from_client ? ": the client declined it" : ": the server sent a NAK");
        break;
    default:
        break;
    }
}
