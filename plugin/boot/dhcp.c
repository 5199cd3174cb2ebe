/* dhcp.c
 * The chapter of DHCP and PXE: the firmware gets its address and the name of its boot file
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dhcp.h"

#include "boot_time.h"
#include "telling.h"

/* docs/diagnosis.md, .dhcp.request_unanswered, .dhcp.refused; RFC 2131, section 4.1 */
#define REQUEST_ANSWER_TIME (4 * SECOND)
#define LONE_REQUEST_TIME (10 * SECOND)
#define OBEYED_TIME (10 * SECOND)

void
dhcp_clear(dhcp_chapter *dhcp)
{
    if (dhcp->obeyed)
        g_array_free(dhcp->obeyed, TRUE);
    g_free(dhcp->nak);
    pxe_clear(&dhcp->pxe);
}

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

/* ---- Refusals ---- */

static void
tell_refusal(boot_finding *finding, const dhcp_nak *nak)
{
    finding->address = nak->server;
    finding->from_frame = nak->frame;
}

/* An ACK that the client does not use has brought the boot no further than the frame that undid it. */
static void
undo_ack(dhcp_chapter *dhcp, boot_life *life, uint32_t by_frame)
{
    dhcp->ack.undone = dhcp->ack.frame != 0;
    if (dhcp->ack.undone && life->progress_frame == dhcp->ack.frame)
        life->progress_frame = MIN(by_frame, dhcp->ack.frame);
}

/* The client shows that it has not obeyed the NAK, or there is a newer one. */
static void
forget_nak(dhcp_chapter *dhcp)
{
    g_clear_pointer(&dhcp->nak, g_free);
}

static void
add_nak(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, const net_address *server)
{
    if (!net_address_known(&dhcp->server_asked) || net_address_equal(&dhcp->server_asked, server)) {
        boot_life_say(life, event, FINDING_DHCP_REFUSED);
        answer_wait_stop(&dhcp->requests);
    } else {
        forget_nak(dhcp);
        dhcp->nak = g_new(dhcp_nak, 1);
        *dhcp->nak = (dhcp_nak){ .frame = event->frame, .time = event->time, .server = *server };
    }
}

/* The client has obeyed the NAK of a server that it had not asked. */
static void
obey(dhcp_chapter *dhcp, boot_life *life)
{
    undo_ack(dhcp, life, dhcp->nak->frame);
    if (!dhcp->obeyed)
        dhcp->obeyed = g_array_new(FALSE, FALSE, sizeof(dhcp_nak));
    g_array_append_val(dhcp->obeyed, *dhcp->nak);
    forget_nak(dhcp);
}

/* The client begins anew after such a NAK. */
static void
judge_obedience(dhcp_chapter *dhcp, boot_life *life, const boot_event *event)
{
    if (!dhcp->nak)
        return;
    tell_refusal(boot_life_say(life, event, FINDING_DHCP_REFUSED), dhcp->nak);
    obey(dhcp, life);
}

/* Nothing came from the client for so long: whatever comes later, it has obeyed. */
static void
judge_silence(dhcp_chapter *dhcp, boot_life *life, int64_t now)
{
    if (dhcp->nak && life->presence.frame <= dhcp->nak->frame && now - dhcp->nak->time >= OBEYED_TIME)
        obey(dhcp, life);
}

void
dhcp_time_passes(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, bool from_system)
{
    bool begins_anew = event->kind == BOOT_EVENT_DHCP && event->dhcp.message == DHCP_MESSAGE_DISCOVER && !from_system;

    if (!begins_anew && !boot_life_reached(life, REACHED_LOGON))
        judge_silence(dhcp, life, event->time);
}

/* ---- What the client sends ---- */

static void
add_discover(dhcp_chapter *dhcp, boot_life *life, const boot_event *event)
{
    judge_obedience(dhcp, life, event);
    discover_log_add(life->context->discovers, &dhcp->discovers, event, life);
}

/* Whether this server has sent an OFFER of an address, ACK or NAK in this transaction. */
static bool
was_heard(const dhcp_heard *heard, uint32_t transaction, const net_address *server)
{
    if (heard->transaction != transaction)
        return false;
    for (unsigned i = 0; i < heard->count; i++)
        if (net_address_equal(&heard->servers[i], server))
            return true;
    return false;
}

static void
hear(dhcp_heard *heard, uint32_t transaction, const net_address *server)
{
    if (heard->transaction != transaction)
        heard->count = 0;
    heard->transaction = transaction;
    if (heard->count < DHCP_SERVERS_HEARD && !was_heard(heard, transaction, server))
        heard->servers[heard->count++] = *server;
}

static void
add_request(dhcp_chapter *dhcp, boot_life *life, const boot_event *event)
{
    const dhcp_fact *fact = &event->dhcp;
    answer_wait *wait = &dhcp->requests;
    bool knows_server = was_heard(&dhcp->heard, fact->transaction, &fact->server_id);

    dhcp->server_asked = fact->server_id;
    forget_nak(dhcp);
    if (!net_address_known(&fact->server_id))
        return;
    discover_log_went_on(life->context->discovers, &dhcp->discovers, false);
    if (!knows_server)
        boot_life_lacks_answer(life, event, SERVICE_DHCP);
    if (wait->count > 0 && dhcp->request_transaction != fact->transaction)
        answer_wait_stop(wait);
    dhcp->request_transaction = fact->transaction;
    answer_wait_add(wait, event, &fact->server_id);
    if (wait->count > 1 && event->time - wait->first_time >= REQUEST_ANSWER_TIME) {
        boot_finding *finding = boot_life_say(life, event, FINDING_DHCP_REQUEST_UNANSWERED);
        finding->address = fact->server_id;
        finding->times = wait->count;
        wait->said = true;
    }
}

/* ---- What servers send ---- */

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
    discover_answer found;

    if (!net_address_known(&fact->your_address)) { /* a proxyDHCP offer is no answer, but the host is there */
        discover_log_proxied(life->context->discovers, &dhcp->discovers, event);
        return;
    }
    found = discover_log_answer(life->context->discovers, &dhcp->discovers, event);
    answer->answers = found.frame;
    answer->wait = found.ends_run ? found.wait : 0;
    if (found.ends_run && found.wait >= DISCOVER_LATE) {
        boot_finding *finding = boot_life_say(life, event, FINDING_DISCOVER_ANSWERED_LATE);
        finding->duration = found.wait;
        finding->from_frame = found.run_frame;
    }
    if (dhcp->offer.frame != 0 && dhcp->offer.transaction == fact->transaction
            && !net_address_equal(&dhcp->offer.server, &answer->server))
        say_servers_differ(life, event, &dhcp->offer.server, dhcp->offer.frame);
    dhcp->offer = (dhcp_offer){
        .frame = event->frame,
        .time = event->time,
        .transaction = fact->transaction,
        .server = answer->server,
        .clears_flag = found.frame != 0 && found.broadcast && !fact->broadcast,
        .checksum = (uint8_t)fact->checksum,
        .sent_elsewhere = event->destination_mac != 0 && event->destination_mac != fact->client
            && !net_address_known(&fact->relay)
    };
    answer->signals |= SIGNAL_PROGRESS;
}

static void
add_ack(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, chapter_answer *answer)
{
    const dhcp_fact *fact = &event->dhcp;

    discover_log_went_on(life->context->discovers, &dhcp->discovers, true);
    answer_wait_stop(&dhcp->requests);
    if (net_address_known(&fact->your_address)) {
        if (dhcp->ack.frame != 0 && net_address_known(&dhcp->ack.server)
                && !net_address_equal(&dhcp->ack.server, &answer->server))
            say_servers_differ(life, event, &dhcp->ack.server, dhcp->ack.frame);
        dhcp->ack.server = answer->server;
        life->firmware.address = fact->your_address;
        life->firmware.server = answer->server;
        life->firmware.server_mac = net_address_equal(&event->source, &answer->server) ? event->source_mac : 0;
    }
    life->firmware.has_server_list |= fact->boot.has_server_list;
    dhcp->ack.frame = event->frame;
    dhcp->ack.time = event->time;
    dhcp->ack.names_file = fact->boot.file != NULL || dhcp->pxe.naming.frame != 0;
    dhcp->ack.undone = false;
    boot_life_set_address(life, event->frame, &fact->your_address);
    answer->signals |= SIGNAL_PROGRESS;
}

/* What a client's message tells of its firmware. */
static void
learn_firmware(dhcp_chapter *dhcp, boot_life *life, const dhcp_fact *fact, dhcp_client client)
{
    dhcp->client = (uint8_t)client;
    dhcp->client_known = true;
    dhcp->pxe_client |= client == DHCP_CLIENT_PXE;
    if (fact->firmware.has_architecture) {
        life->firmware.has_architecture = true;
        life->firmware.architecture = fact->firmware.architecture;
    }
}

chapter_answer
dhcp_add(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, dhcp_client client)
{
    const dhcp_fact *fact = &event->dhcp;
    bool from_server = dhcp_is_from_server(fact->message);
    chapter_answer answer = {
        .ours = true,
        .step = step_of(event),
        .enters = PHASE_BOOTSTRAP,
        .server = dhcp_server_of(event)
    };

    if (answer.step == STEP_NONE)
        return NOT_OURS;
    if (from_server && boot_life_phase(life) == PHASE_LOGON)
        return NOT_OURS; /* a straggler: the download is over, and no client asked again */
    life->times.last = event->time;
    if (from_server) {
        boot_life_sees_answer(life, SERVICE_DHCP);
    } else {
        boot_life_sees_question(life, SERVICE_DHCP);
        learn_firmware(dhcp, life, fact, client);
        pxe_add_client(&dhcp->pxe, life, event, dhcp->pxe_client, &dhcp->offer, &dhcp->ack);
    }

    switch (answer.step) {
    case STEP_DHCP_DISCOVER:
        add_discover(dhcp, life, event);
        break;
    case STEP_DHCP_OFFER:
        add_offer(dhcp, life, event, &answer);
        break;
    case STEP_DHCP_REQUEST:
        add_request(dhcp, life, event);
        break;
    case STEP_DHCP_ACK:
        add_ack(dhcp, life, event, &answer);
        break;
    case STEP_DHCP_NAK_OR_DECLINE:
        if (from_server) {
            add_nak(dhcp, life, event, &answer.server);
        } else {
            undo_ack(dhcp, life, event->frame);
            boot_life_say(life, event, FINDING_DHCP_REFUSED)->from_client = true;
        }
        break;
    default:
        break;
    }
    if (from_server && (fact->message != DHCP_MESSAGE_OFFER || net_address_known(&fact->your_address)))
        hear(&dhcp->heard, fact->transaction, &answer.server);
    if (from_server && pxe_add_server(&dhcp->pxe, life, event, &answer.server))
        answer.signals |= SIGNAL_PROGRESS;
    if (answer.step == STEP_PXE_REQUEST)
        forget_nak(dhcp); /* the ACK is used */
    return answer;
}

void
dhcp_sees(dhcp_chapter *dhcp, boot_life *life, const boot_event *event, bool from_target)
{
    /* Whoever goes on has not obeyed the NAK. */
    if (from_target)
        forget_nak(dhcp);
    if (event->kind != BOOT_EVENT_BOOTSTRAP)
        pxe_sees(&dhcp->pxe, life, event);
}

/* ---- The end ---- */

static void
tell_request(boot_finding *finding, const answer_wait *wait)
{
    finding->address = wait->asked;
    finding->times = wait->count;
}

void
dhcp_end(dhcp_chapter *dhcp, boot_life *life, const boot_event *next)
{
    if (next->kind == BOOT_EVENT_DHCP && next->dhcp.message == DHCP_MESSAGE_DISCOVER
            && !boot_life_reached(life, REACHED_LOGON))
        judge_obedience(dhcp, life, next);
    pxe_end(&dhcp->pxe, life, next, dhcp->pxe_client, &dhcp->offer, &dhcp->ack);
}

void
dhcp_settle(dhcp_chapter *dhcp, boot_life *life, int64_t end)
{
    const answer_wait *wait = &dhcp->requests;

    discover_log_settle(life->context->discovers, &dhcp->discovers, end, life);
    if (boot_life_reached(life, REACHED_LOGON))
        return;
    judge_silence(dhcp, life, end);
    for (unsigned i = 0; dhcp->obeyed && i < dhcp->obeyed->len; i++) {
        const dhcp_nak *obeyed = &g_array_index(dhcp->obeyed, dhcp_nak, i);
        tell_refusal(boot_life_say_late(life, obeyed->frame, obeyed->time, FINDING_DHCP_REFUSED), obeyed);
    }
    if (wait->count > 0 && !wait->said
            && ((wait->count > 1 && end - wait->first_time >= REQUEST_ANSWER_TIME)
                || end - wait->newest_time >= LONE_REQUEST_TIME))
        tell_request(boot_life_say_late(life, wait->newest_frame, wait->newest_time,
            FINDING_DHCP_REQUEST_UNANSWERED), wait);
    pxe_settle(&dhcp->pxe, life, end, dhcp->pxe_client, &dhcp->offer, &dhcp->ack);
}

void
dhcp_tell(const boot_finding *finding, GString *text)
{
    uint32_t from = finding->from_frame, times = finding->times;
    double duration = telling_seconds(finding->duration);

    switch (finding->id) {
    case FINDING_DISCOVER_RETRY:
        g_string_append_printf(text, ": number %u in a row, the one before in frame %u", times, from);
        break;
    case FINDING_DISCOVER_SECS_ZERO:
        g_string_append_printf(text, ": RFC 3074 bucket %u, since frame %u", finding->bucket, from);
        break;
    case FINDING_DISCOVER_UNANSWERED:
        g_string_append_printf(text, " for %u DISCOVER%s in %.1f s, the first in frame %u", times,
            times == 1 ? "" : "s", duration, from);
        break;
    case FINDING_DISCOVER_ANSWERED_LATE:
        g_string_append_printf(text, ": %.1f s after the DISCOVER in frame %u", duration, from);
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
        if (net_address_known(&finding->address)) {
            telling_address(text, ": a NAK of ", &finding->address);
            g_string_append_printf(text, " in frame %u, which is not the server asked, and the client obeys", from);
        } else {
            g_string_append(text, finding->from_client ? ": the client declined it" : ": the server sent a NAK");
        }
        break;
    case FINDING_DHCP_REQUEST_UNANSWERED:
        telling_address(text, " to ", &finding->address);
        if (times > 1)
            g_string_append_printf(text, ", sent %u times", times);
        break;
    default:
        pxe_tell(finding, text);
        break;
    }
}
