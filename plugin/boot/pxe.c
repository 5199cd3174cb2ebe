/* pxe.c
 * The name of the boot file, who gives it, and the PXE boot server: a part of the chapter dhcp
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "pxe.h"

#include <string.h>

#include "boot_files.h"
#include "boot_time.h"
#include "telling.h"

/* docs/diagnosis.md, .pxe.unanswered, .dhcp.no_bootfile, .dhcp.offer_not_taken, .bootstrap.not_requested */
#define REPLY_TIME (4 * SECOND)
#define LATE_NAMING_TIME (4 * SECOND)
#define NOT_TAKEN_TIME (4 * SECOND)
#define UNTAKEN_DISCOVERS 2
#define READ_REQUEST_TIME (10 * SECOND)
#define REPLIES_PAST_THE_RELAY 2

void
pxe_clear(pxe_part *pxe)
{
    g_free(pxe->boot_server);
}

/* What was asked of boot servers, or as if nothing was. */
static const pxe_boot_server *
asked_of(const pxe_part *pxe)
{
    static const pxe_boot_server nothing;

    return pxe->boot_server ? pxe->boot_server : &nothing;
}

static void
begin_round(pxe_part *pxe)
{
    pxe->naming = (pxe_naming){ .name_is_text = true };
    pxe->files_differ = false;
}

/* Whether this can be fetched by TFTP: no other scheme is given. */
static bool
is_for_tftp(const char *file)
{
    const char *colon = strstr(file, "://");

    return !colon || g_ascii_strncasecmp(file, "tftp", 4) == 0;
}

/* An answer of a PXE server would have been seen here, too. */
static bool
would_show_proxies(const pxe_part *pxe, const boot_life *life)
{
    return life->sight.own_frame && (pxe->broadcast_answer || life->sight.own_unicast);
}

/* ---- OFFERs that the client does not take ---- */

static bool
is_not_taken(const pxe_part *pxe, const boot_life *life, int64_t end, bool pxe_client, const dhcp_offer *offer)
{
    return pxe_client && pxe->untaken.answered >= UNTAKEN_DISCOVERS && pxe->untaken.newest_is_answered
        && !boot_life_reached(life, REACHED_DOWNLOAD) && end - offer->time >= NOT_TAKEN_TIME;
}

static finding_id
not_taken_because(const pxe_part *pxe, const boot_life *life)
{
    return pxe->naming.frame == 0 && would_show_proxies(pxe, life) ? FINDING_DHCP_NO_BOOTFILE : FINDING_DHCP_OFFER_NOT_TAKEN;
}

static void
tell_not_taken(boot_finding *finding, const pxe_part *pxe, const dhcp_offer *offer)
{
    finding->times = pxe->untaken.answered;
    finding->address = offer->server;
    finding->offer = (offer->clears_flag ? OFFER_CLEARS_FLAG : 0)
        | (offer->checksum == CHECKSUM_WRONG ? OFFER_CHECKSUM_WRONG : 0)
        | (offer->sent_elsewhere ? OFFER_SENT_ELSEWHERE : 0);
}

/* With the client's next DISCOVER it is certain; once in a row. */
static void
say_not_taken(pxe_part *pxe, boot_life *life, const boot_event *event, bool pxe_client, const dhcp_offer *offer)
{
    if (pxe->untaken.said || !is_not_taken(pxe, life, event->time, pxe_client, offer))
        return;
    pxe->untaken.said = true;
    tell_not_taken(boot_life_say(life, event, not_taken_because(pxe, life)), pxe, offer);
}

/* ---- What the client sends ---- */

static void
ask_boot_server(pxe_part *pxe, const boot_event *event)
{
    if (!pxe->boot_server)
        pxe->boot_server = g_new0(pxe_boot_server, 1);
    answer_wait_add(&pxe->boot_server->asking, event, &event->destination);
    pxe->boot_server->asked_frame = event->frame;
}

void
pxe_add_client(pxe_part *pxe, boot_life *life, const boot_event *event, bool pxe_client, const dhcp_offer *offer,
    const dhcp_ack *ack)
{
    const dhcp_fact *fact = &event->dhcp;

    pxe->relayed_to = net_address_known(&fact->relay) ? event->destination : NET_ADDRESS_NONE;
    if (dhcp_to_boot_server(event)) {
        ask_boot_server(pxe, event);
        return;
    }
    pxe_sees(pxe, life, event);
    if (fact->message == DHCP_MESSAGE_DISCOVER) {
        if (ack->frame == 0)
            say_not_taken(pxe, life, event, pxe_client, offer);
        begin_round(pxe);
        if (pxe->untaken.discovers++ > 0 && !pxe->untaken.newest_is_answered)
            pxe->untaken.answered = 0;
        pxe->untaken.newest_is_answered = false;
    } else if (fact->message == DHCP_MESSAGE_REQUEST) {
        pxe->untaken = (pxe_untaken){ 0 };
    }
}

/* ---- What servers send ---- */

static void
say_files_differ(pxe_part *pxe, boot_life *life, const boot_event *event)
{
    boot_finding *finding;

    if (pxe->files_differ)
        return;
    pxe->files_differ = true;
    finding = boot_life_say(life, event, FINDING_DHCP_BOOT_FILES_DIFFER);
    finding->from_frame = pxe->naming.frame;
    finding->address = pxe->naming.server;
}

static void
add_naming(pxe_part *pxe, boot_life *life, const boot_event *event, const net_address *server)
{
    const dhcp_boot_server *named = &event->dhcp.boot;
    pxe_naming *naming = &pxe->naming;
    boot_file_kind kind = boot_file_kind_of(named->file);

    if (naming->frame != 0 && !net_address_equal(&naming->server, server) && g_strcmp0(life->named_file, named->file) != 0)
        say_files_differ(pxe, life, event);
    if ((kind == BOOT_FILE_UEFI && boot_firmware_is_bios(&life->firmware))
            || (kind == BOOT_FILE_BIOS && boot_firmware_is_uefi(&life->firmware))) {
        pxe->wrong_frame = event->frame;
        pxe->wrong_time = event->time;
    }
    g_clear_pointer(&life->named_file, g_ref_string_release);
    if (named->file)
        life->named_file = g_ref_string_new_intern(named->file);
    life->named_server = net_address_known(&named->next_server) ? named->next_server : net_address_from_text(named->name);
    *naming = (pxe_naming){
        .frame = event->frame,
        .time = event->time,
        .server = *server,
        .in_ack = event->dhcp.message == DHCP_MESSAGE_ACK,
        .by_boot_server = dhcp_to_boot_server(event),
        .by_host_name = named->name != NULL && named->name_is_text && !g_hostname_is_ip_address(named->name),
        .name_is_text = named->name == NULL || named->name_is_text
    };
}

/* A reply that a relay has to bring to the client (RFC 2131, section 4.1) and that goes elsewhere. */
static void
judge_relaying(pxe_part *pxe, boot_life *life, const boot_event *event, const net_address *server)
{
    const net_address *relay = &event->dhcp.relay;

    if (!net_address_known(relay) || !net_address_known(&pxe->relayed_to)
            || !net_address_equal(&pxe->relayed_to, &event->source) || net_address_equal(&event->destination, relay))
        return;
    if (++pxe->past_relay == REPLIES_PAST_THE_RELAY) {
        boot_finding *finding = boot_life_say(life, event, FINDING_PXE_UNANSWERED);
        finding->address = *server;
        finding->relay = *relay;
    }
}

bool
pxe_add_server(pxe_part *pxe, boot_life *life, const boot_event *event, const net_address *server)
{
    const dhcp_fact *fact = &event->dhcp;
    bool boot_server = dhcp_to_boot_server(event);
    bool of_address = net_address_known(&fact->your_address);

    pxe->broadcast_answer |= !event->unicast;
    judge_relaying(pxe, life, event, server);
    if (of_address && fact->firmware.vendor_class && g_str_has_prefix(fact->firmware.vendor_class, "PXEClient"))
        pxe->dhcp_server_is_pxe = true;
    if (of_address && fact->message == DHCP_MESSAGE_OFFER && !pxe->untaken.newest_is_answered) {
        pxe->untaken.answered++;
        pxe->untaken.newest_is_answered = true;
    }
    if (fact->message == DHCP_MESSAGE_ACK && !boot_server)
        pxe->untaken = (pxe_untaken){ 0 };
    if (fact->message == DHCP_MESSAGE_NAK)
        return false;
    if (boot_server && pxe->boot_server)
        answer_wait_stop(&pxe->boot_server->asking);
    if (fact->boot.file)
        add_naming(pxe, life, event, server);
    return boot_server && fact->boot.file != NULL;
}

/* ---- A boot server that is asked in vain ---- */

static void
tell_unanswered(boot_finding *finding, const pxe_part *pxe, uint32_t requests)
{
    finding->address = asked_of(pxe)->asking.asked;
    finding->times = requests;
    finding->from_client = pxe->dhcp_server_is_pxe;
}

static bool
is_unanswered(const pxe_part *pxe, int64_t end)
{
    const answer_wait *asking = &asked_of(pxe)->asking;

    return asking->count > 0 && end - asking->newest_time >= REPLY_TIME;
}

static pxe_vain
newest_request(const pxe_part *pxe)
{
    const answer_wait *asking = &asked_of(pxe)->asking;

    return (pxe_vain){ asking->newest_time, asking->newest_frame, asking->count };
}

void
pxe_sees(pxe_part *pxe, boot_life *life, const boot_event *event)
{
    pxe_boot_server *asked = pxe->boot_server;

    if (!asked || !is_unanswered(pxe, event->time) || asked->asking.said
            || life->file_request_frame > asked->asking.first_frame)
        return;
    asked->asking.said = true;
    asked->vain = newest_request(pxe);
    tell_unanswered(boot_life_say(life, event, FINDING_PXE_UNANSWERED), pxe, asked->vain.count);
}

/* ---- An ACK that leads nowhere ---- */

/* Whether the boot server that was asked after the ACK was asked in vain: then that is the fault. */
static bool
was_asked_in_vain(const pxe_part *pxe, const dhcp_ack *ack)
{
    const pxe_boot_server *asked = asked_of(pxe);

    return (asked->asking.count > 0 && asked->asking.newest_frame > ack->frame) || asked->vain.frame > ack->frame;
}

/* The ACK of a PXEClient names no boot file, nor did any other server by then; one that does so later may be too late. */
static bool
names_no_file(const pxe_part *pxe, const boot_life *life, int64_t end, bool pxe_client, const dhcp_ack *ack)
{
    const pxe_naming *naming = &pxe->naming;
    bool named_later = naming->frame > ack->frame && naming->time - ack->time <= LATE_NAMING_TIME;

    if (!pxe_client || ack->frame == 0 || ack->undone || ack->names_file || life->file_request_frame != 0
            || was_asked_in_vain(pxe, ack) || !would_show_proxies(pxe, life))
        return false;
    if (!named_later)
        return end - ack->time >= LATE_NAMING_TIME;
    return !naming->by_boot_server && asked_of(pxe)->asked_frame < ack->frame && end - ack->time >= READ_REQUEST_TIME;
}

bool
pxe_request_would_be_seen(const boot_life *life, int64_t next, const dhcp_ack *ack)
{
    return life->sight.own_unicast || life->context->read_request_seen
        || (next != 0 && next - ack->time >= READ_REQUEST_TIME);
}

static bool
was_not_requested(const pxe_part *pxe, const boot_life *life, bool pxe_client, const dhcp_ack *ack)
{
    int64_t next = life->is_over ? life->times.next_boot : 0;
    const pxe_naming *naming = &pxe->naming;

    return pxe_client && ack->frame != 0 && !ack->undone && naming->in_ack && is_for_tftp(life->named_file)
        && life->file_request_frame < naming->frame && !boot_life_reached(life, REACHED_LOGON)
        && !was_asked_in_vain(pxe, ack) && !life->presence.system_spoke
        && boot_life_may_say(life, FINDING_BOOTSTRAP_NOT_REQUESTED) && pxe_request_would_be_seen(life, next, ack);
}

static void
tell_naming(boot_finding *finding, const pxe_part *pxe, const dhcp_ack *ack)
{
    finding->from_frame = pxe->naming.frame;
    finding->address = pxe->naming.server;
    finding->duration = pxe->naming.frame > ack->frame ? pxe->naming.time - ack->time : 0;
    finding->server_name = !pxe->naming.name_is_text ? SERVER_NAME_NO_TEXT
        : pxe->naming.by_host_name ? SERVER_NAME_OF_HOST : SERVER_NAME_NONE;
}

void
pxe_end(pxe_part *pxe, boot_life *life, const boot_event *next, bool pxe_client, const dhcp_offer *offer,
    const dhcp_ack *ack)
{
    pxe_sees(pxe, life, next);
    if (was_not_requested(pxe, life, pxe_client, ack))
        tell_naming(boot_life_say(life, next, FINDING_BOOTSTRAP_NOT_REQUESTED), pxe, ack);
    else if (ack->frame == 0)
        say_not_taken(pxe, life, next, pxe_client, offer);
}

void
pxe_settle(pxe_part *pxe, boot_life *life, int64_t end, bool pxe_client, const dhcp_offer *offer, const dhcp_ack *ack)
{
    pxe_vain vain = is_unanswered(pxe, end) ? newest_request(pxe) : asked_of(pxe)->vain;

    if (vain.count > 0 && life->file_request_frame <= asked_of(pxe)->asking.first_frame)
        tell_unanswered(boot_life_say_late(life, vain.frame, vain.time, FINDING_PXE_UNANSWERED), pxe, vain.count);
    else if (names_no_file(pxe, life, end, pxe_client, ack))
        tell_naming(boot_life_say_late(life, ack->frame, ack->time, FINDING_DHCP_NO_BOOTFILE), pxe, ack);
    else if (was_not_requested(pxe, life, pxe_client, ack)
            && (life->is_over || end - pxe->naming.time >= READ_REQUEST_TIME))
        tell_naming(boot_life_say_late(life, pxe->naming.frame, pxe->naming.time, FINDING_BOOTSTRAP_NOT_REQUESTED), pxe, ack);
    else if (is_not_taken(pxe, life, end, pxe_client, offer))
        tell_not_taken(boot_life_say_late(life, offer->frame, offer->time, not_taken_because(pxe, life)), pxe, offer);
    if (pxe->wrong_frame != 0 && !life->asked_fitting_file)
        boot_life_say_late(life, pxe->wrong_frame, pxe->wrong_time, FINDING_BOOTSTRAP_WRONG_FIRMWARE);
}

static void
tell_offer(const boot_finding *finding, GString *text)
{
    g_string_append_printf(text, ": %u DISCOVERs in a row got one", finding->times);
    if (finding->offer & OFFER_CLEARS_FLAG)
        g_string_append(text, "; its broadcast flag is clear, theirs is set");
    if (finding->offer & OFFER_CHECKSUM_WRONG)
        g_string_append(text, "; its UDP checksum is wrong");
    if (finding->offer & OFFER_SENT_ELSEWHERE)
        g_string_append(text, "; it is not sent to the client's MAC address");
}

void
pxe_tell(const boot_finding *finding, GString *text)
{
    switch (finding->id) {
    case FINDING_DHCP_BOOT_FILES_DIFFER:
        telling_address(text, ": this one and ", &finding->address);
        g_string_append_printf(text, " in frame %u", finding->from_frame);
        break;
    case FINDING_DHCP_OFFER_NOT_TAKEN:
        tell_offer(finding, text);
        break;
    case FINDING_DHCP_NO_BOOTFILE:
        if (finding->times > 0)
            g_string_append_printf(text, ": %u OFFERs in a row, and none is taken", finding->times);
        else if (finding->duration > 0)
            g_string_append_printf(text, ": frame %u does, %.1f s too late", finding->from_frame,
                telling_seconds(finding->duration));
        break;
    case FINDING_PXE_UNANSWERED:
        telling_address(text, " to ", &finding->address);
        if (net_address_known(&finding->relay)) {
            telling_address(text, ": its replies name the relay ", &finding->relay);
            g_string_append(text, " (giaddr), but are not sent to it");
        } else if (finding->from_client) {
            g_string_append(text, ": the DHCP server itself sends option 60");
        }
        break;
    case FINDING_BOOTSTRAP_NOT_REQUESTED:
        g_string_append_printf(text, " (frame %u)", finding->from_frame);
        if (finding->server_name == SERVER_NAME_OF_HOST)
            g_string_append(text, ": the server is given by a host name");
        else if (finding->server_name == SERVER_NAME_NO_TEXT)
            g_string_append(text, ": option 66 is no text");
        break;
    default:
        break;
    }
}

const char *
pxe_advice(const boot_finding *finding)
{
    return finding->id == FINDING_PXE_UNANSWERED && net_address_known(&finding->relay)
        ? "The relay never sees them (RFC 2131, section 4.1)" : NULL;
}
