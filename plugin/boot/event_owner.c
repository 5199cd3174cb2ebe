/* event_owner.c
 * Whose event is it: the boot that a fact belongs to, or begins
 *
 * The rules are in docs/evidence.md: which boot, which machine, whose reply, which clients.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_files.h"
#include "boot_time.h"
#include "ending.h"
#include "tracker_inside.h"

/* A transaction id that a boot used within this time is a late copy's. */
#define SAME_TRANSACTION_TIME (60 * SECOND)

/* A bootstrap that arrived whole and after which nothing but ARP came for so long has not been run. */
#define NOT_RUN_TIME (5 * SECOND)

static void *
mac_key(mac_address mac)
{
    return g_memdup2(&mac, sizeof mac);
}

static boot_t *
boot_of_target(const boot_tracker *tracker, mac_address target)
{
    return target ? g_hash_table_lookup(tracker->by_target, &target) : NULL;
}

boot_t *
event_owner_by_address(const boot_tracker *tracker, const boot_event *event)
{
    boot_t *boot = address_book_owner(&tracker->addresses, &event->source, event->frame);

    return boot ? boot : address_book_owner(&tracker->addresses, &event->destination, event->frame);
}

/* The boot uses this address from here on. False: it has used too many, and cannot be known by this one. */
static bool
set_address(boot_tracker *tracker, boot_t *boot, const net_address *address, uint32_t frame)
{
    net_address now;

    boot_life_set_address(&boot->life, frame, address);
    now = boot_life_address(&boot->life);
    if (!net_address_equal(&now, address))
        return false;
    address_book_add(&tracker->addresses, boot, address, frame);
    return true;
}

static void
set_target(boot_tracker *tracker, boot_t *boot, mac_address target, bool certain)
{
    if (target == 0)
        return;
    boot->life.target = target;
    boot->life.target_certain = certain;
    g_hash_table_replace(tracker->by_target, &boot->life.target, boot);
}

/* before: the boot that the same target has been in, or NULL. It may be forgotten then. */
static boot_t *
begin_boot(boot_tracker *tracker, const boot_event *event, boot_t *before)
{
    boot_context *context = &tracker->context;
    uint32_t number_before = before ? before->life.number : 0;
    bool system_named = before && before->life.presence.system_named;
    boot_t *boot;

    if (before) {
        boot_end(before, event);
        boot_settle(before, tracker->clock.newest);
        boot_tracker_touch(tracker, before, event->time);
    }
    boot_memory_make_room(tracker, event->frame);
    boot = boot_new(context, context->forgotten + context->boots->len + 1, event);
    boot->life.number_before = number_before;
    boot->life.presence.system_named = system_named;
    g_ptr_array_add(context->boots, boot);
    boot_tracker_touch(tracker, boot, event->time);
    return boot;
}

/* ---- DHCP ---- */

/* Firmware tries again that never logged on: its try is over. */
static bool
tries_again(const boot_t *boot, const boot_event *event)
{
    const boot_life *life = &boot->life;

    if (!dhcp_has_ack(&boot->dhcp) || !boot->dhcp.pxe_client || life->first_client != dhcp_client_identity(&event->dhcp))
        return false;
    if (life->file_request_frame > boot->dhcp.ack.frame)
        return download_has_failed(&boot->download)
            || (boot_life_reached(life, REACHED_DOWNLOAD) && event->time - life->times.last >= NOT_RUN_TIME);
    return dhcp_request_would_be_seen(&boot->dhcp, life, event->time);
}

/* Another boot option of the firmware. */
static bool
changes_client(const boot_t *boot, dhcp_client client)
{
    return dhcp_client_is_firmware(client) && boot->dhcp.client_known
        && dhcp_client_is_firmware((dhcp_client)boot->dhcp.client) && boot->dhcp.client != client;
}

/* A late copy, or the same round: its transaction id was used by this boot not long ago, and nothing streamed since. */
static bool
is_of_an_old_transaction(const boot_tracker *tracker, const boot_t *boot, const boot_event *event)
{
    const dhcp_transaction *known = dhcp_transactions_find(&tracker->transactions, &event->dhcp);

    return known && known->frame >= boot->life.first_frame && event->time - known->time <= SAME_TRANSACTION_TIME
        && boot->life.stream_frame < known->frame;
}

/* Whether a client's message begins a new boot of a target that has booted before. */
static bool
begins_next_boot(const boot_tracker *tracker, const boot_t *boot, const boot_event *event, dhcp_client client)
{
    const boot_life *life = &boot->life;
    bool is_discover = event->dhcp.message == DHCP_MESSAGE_DISCOVER;

    if (!is_discover && !(dhcp_client_is_firmware(client) && event->dhcp.message == DHCP_MESSAGE_REQUEST))
        return false;
    if (is_of_an_old_transaction(tracker, boot, event))
        return false;
    if (boot_life_reached(life, REACHED_LOGON))
        return dhcp_client_is_firmware(client) || event->time - life->times.stream > tracker->boot_gap
            || (!event->dhcp.firmware.vendor_class && life->presence.system_named);
    if (event->time - life->times.last > tracker->boot_gap)
        return true;
    return is_discover && (changes_client(boot, client) || tries_again(boot, event));
}

/* When there are too many, all are forgotten: those that speak again are soon known again. */
static void
remember_ordinary(boot_tracker *tracker, mac_address client)
{
    if (g_hash_table_size(tracker->ordinary) >= tracker->max_boots)
        g_hash_table_remove_all(tracker->ordinary);
    g_hash_table_add(tracker->ordinary, mac_key(client));
}

/* The boot that a client's message belongs to; a new one where it begins one; NULL where it is none of ours. */
static boot_t *
boot_of_client(boot_tracker *tracker, const boot_event *event, dhcp_client client)
{
    const dhcp_fact *fact = &event->dhcp;
    boot_t *boot = boot_of_target(tracker, fact->client);

    if (client == DHCP_CLIENT_OPERATING_SYSTEM) {
        if (!boot)
            remember_ordinary(tracker, fact->client);
        else
            boot->life.presence.system_named |= fact->firmware.vendor_class != NULL;
        return boot;
    }
    if (boot && !begins_next_boot(tracker, boot, event, client))
        return boot;
    if (!boot && fact->message != DHCP_MESSAGE_DISCOVER
            && !(dhcp_client_is_firmware(client) && fact->message == DHCP_MESSAGE_REQUEST))
        return NULL;
    boot = begin_boot(tracker, event, boot);
    set_target(tracker, boot, fact->client, true);
    boot->life.first_client = dhcp_client_identity(fact);
    boot->life.is_http = client == DHCP_CLIENT_HTTP;
    boot_judge_loop(boot, event);
    return boot;
}

/* The same for a server's message: it begins a boot only where the client's own words are not in the capture. */
static boot_t *
boot_of_reply(boot_tracker *tracker, const boot_event *event)
{
    const dhcp_fact *fact = &event->dhcp;
    boot_t *boot = boot_of_target(tracker, fact->client);

    if (boot || !boot_file_is_pvs(fact->boot.file)
            || g_hash_table_contains(tracker->ordinary, &fact->client))
        return boot;
    boot = begin_boot(tracker, event, NULL);
    set_target(tracker, boot, fact->client, true);
    return boot;
}

static boot_t *
owner_of_dhcp(boot_tracker *tracker, const boot_event *event, dhcp_client *client)
{
    const dhcp_fact *fact = &event->dhcp;
    boot_t *boot;

    if (fact->client == 0)
        return NULL;
    if (dhcp_is_from_server(fact->message)) {
        const dhcp_transaction *answered = dhcp_transactions_find(&tracker->transactions, fact);
        *client = answered ? answered->client : DHCP_CLIENT_UNKNOWN;
        return boot_of_reply(tracker, event);
    }
    *client = dhcp_client_of(fact);
    boot = boot_of_client(tracker, event, *client);
    if (boot) {
        const net_address *own = net_address_known(&fact->client_address) ? &fact->client_address
                                                                          : &fact->requested_address;
        dhcp_transactions_add(&tracker->transactions, event, *client);
        if (fact->message == DHCP_MESSAGE_REQUEST && net_address_known(own)
                && !address_book_owner(&tracker->addresses, own, event->frame))
            set_address(tracker, boot, own, event->frame);
    }
    return boot;
}

/* ---- ARP ---- */

/* The address is in use: its machine was heard lately. */
static bool
owner_still_has(const boot_tracker *tracker, const boot_t *owner, const boot_event *event)
{
    net_address now = boot_life_address(&owner->life);

    return !owner->life.is_over && owner->life.target_certain && net_address_equal(&now, &event->arp.sender_address)
        && event->time - owner->life.times.end <= tracker->boot_gap;
}

static boot_t *
owner_of_arp(boot_tracker *tracker, const boot_event *event)
{
    const arp_fact *fact = &event->arp;
    boot_t *boot = boot_of_target(tracker, fact->sender);
    boot_t *owner;

    if (boot && !boot->life.target_certain) {
        net_address own = boot_life_address(&boot->life);
        if (net_address_equal(&fact->sender_address, &own))
            boot->life.target_certain = true; /* the target itself says which MAC has its address */
        else if (!(!net_address_known(&fact->sender_address) && net_address_equal(&fact->target_address, &own)))
            boot = NULL; /* a router's own ARP */
    }
    owner = address_book_owner(&tracker->addresses, &fact->sender_address, event->frame);
    if (boot && owner && owner != boot && boot->life.target_certain && owner_still_has(tracker, owner, event)) {
        arp_is_robbed(&owner->life, event); /* one target takes the address of another */
        boot_tracker_touch(tracker, owner, event->time);
    }
    if (boot && boot->life.target_certain && owner != boot && net_address_known(&fact->sender_address)
            && boot_life_phase(&boot->life) == PHASE_BOOTSTRAP)
        set_address(tracker, boot, &fact->sender_address, event->frame);
    if (!boot && fact->reply)
        boot = boot_of_target(tracker, event->destination_mac);
    if (!boot)
        boot = address_book_owner(&tracker->addresses, &fact->target_address, event->frame);
    return boot ? boot : owner;
}

/* ---- Which machine has sent a datagram ---- */

/*
 * The boot of a datagram's target end. The address tells, unless the machine is certainly another target: an address that
 * somebody else had before brings no frame into that one's boot.
 */
static boot_t *
boot_of_machine(boot_tracker *tracker, const net_address *address, mac_address mac, uint32_t frame)
{
    boot_t *by_address = address_book_owner(&tracker->addresses, address, frame);
    boot_t *by_mac = boot_of_target(tracker, mac);

    if (by_mac && by_mac != by_address && by_mac->life.target_certain && by_mac->life.target == mac
            && (!by_address || (by_address->life.target_certain && by_address->life.target != mac))) {
        set_address(tracker, by_mac, address, frame);
        return by_mac;
    }
    return by_address;
}

/* A MAC that proves to be a router's was no target's. */
static void
lose_router(boot_tracker *tracker, mac_address mac, uint32_t frame)
{
    boot_t *boot = boot_of_target(tracker, mac);

    if (!boot || boot->life.target_certain)
        return;
    boot_tracker_touch(tracker, boot, tracker->clock.newest);
    boot->life.router = mac;
    boot->life.router_from = frame;
    g_hash_table_remove(tracker->by_target, &mac);
    boot->life.target = 0;
}

/* Takes note of who sends for a target's address, and whether that shows a router. */
static void
see_sender(boot_tracker *tracker, mac_address mac, const net_address *target, const boot_event *event)
{
    if (mac_senders_see(tracker->senders, mac, target, event->time))
        lose_router(tracker, mac, event->frame);
}

/* ---- Bootstrap download ---- */

/* The two-stage boot service is PVS's own; of TFTP only the file's name tells. */
static bool
bootstrap_is_pvs(const bootstrap_fact *fact)
{
    return fact->transport == BOOTSTRAP_BY_TWO_STAGE || boot_file_is_pvs(fact->file);
}

static boot_t *
boot_of_request(boot_tracker *tracker, const boot_event *event)
{
    bool pvs = bootstrap_is_pvs(&event->bootstrap);
    boot_t *boot = boot_of_machine(tracker, &event->source, event->source_mac, event->frame);

    if (!boot) {
        /* The target's ACK is not in the capture, but its MAC is known. */
        boot = boot_of_target(tracker, event->source_mac);
        if (boot && !boot->life.target_certain)
            boot = NULL;
    }
    if (boot && !(boot_life_reached(&boot->life, REACHED_LOGON) && pvs))
        return boot;
    if (!pvs)
        return NULL;
    /* Only firmware reads a bootstrap: a boot whose DHCP is not in the capture. */
    {
        mac_address mac = mac_senders_is_router(tracker->senders, event->source_mac) ? 0 : event->source_mac;
        mac_address target = boot ? boot->life.target : mac;
        bool certain = boot && boot->life.target_certain;
        boot = begin_boot(tracker, event, boot);
        set_target(tracker, boot, target, certain);
        boot_judge_loop(boot, event);
    }
    return boot;
}

static boot_t *
owner_of_bootstrap(boot_tracker *tracker, const boot_event *event)
{
    boot_t *boot;

    if (event->bootstrap.message == BOOTSTRAP_OTHER)
        return NULL;
    if (event->bootstrap.message != BOOTSTRAP_REQUEST) {
        boot = boot_of_machine(tracker, &event->source, event->source_mac, event->frame);
        return boot ? boot : boot_of_machine(tracker, &event->destination, event->destination_mac, event->frame);
    }
    tracker->context.read_request_seen = true;
    see_sender(tracker, event->source_mac, &event->source, event);
    boot = boot_of_request(tracker, event);
    return boot && set_address(tracker, boot, &event->source, event->frame) ? boot : NULL;
}

/* ---- Logon and streaming ---- */

/* The target of a streaming datagram whose address is new. */
static boot_t *
boot_of_new_address(boot_tracker *tracker, const boot_event *event)
{
    mac_address target = event->stream.to_server ? event->source_mac : event->destination_mac;
    boot_t *boot = boot_of_target(tracker, target);

    if (boot && (boot->life.target_certain || !mac_senders_is_router(tracker->senders, target)))
        return boot; /* the ACK is not in the capture, or this is another address of the target */
    if (!boot && event->stream.to_server && !mac_senders_is_router(tracker->senders, target)) {
        stream_arrival arrival = { event->time, event->frame, target, event->destination };
        stream_arrivals_add(&tracker->context.arrivals, &arrival);
    }
    boot = begin_boot(tracker, event, NULL);
    if (!mac_senders_is_router(tracker->senders, target))
        set_target(tracker, boot, target, false);
    return boot;
}

/* A boot disk with a static address boots again: a logon after silence, from the port of single read mode. */
static bool
begins_by_logon(const boot_tracker *tracker, const boot_t *boot, const boot_event *event)
{
    const stream_chapter *stream = boot_stream(boot);

    return event->stream.to_server && event->stream.logon_port && event->stream.payload != STREAM_REQUEST_PAYLOAD
        && event->time - boot->life.times.stream > tracker->boot_gap && boot_life_phase(&boot->life) == PHASE_BNISTACK
        && stream->port != 0 && event->source_port == stream->port && stream->newest_port != stream->port;
}

/* Whether the capture has shown by something else than ports that this target boots. */
static bool
is_shown_to_boot(const boot_life *life)
{
    return boot_life_certainty(life) >= CERTAINTY_PXE || life->is_http || boot_life_reached(life, REACHED_DOWNLOAD);
}

static boot_t *
owner_of_stream(boot_tracker *tracker, const boot_event *event)
{
    const net_address *target = event->stream.to_server ? &event->source : &event->destination;
    mac_address mac = event->stream.to_server ? event->source_mac : event->destination_mac;
    boot_t *boot;

    if (!net_address_known(target))
        return NULL;
    boot = address_book_owner(&tracker->addresses, target, event->frame);
    if (!boot || !boot->life.target_certain || boot->life.target != mac) { /* nearly always it is the target's own */
        see_sender(tracker, mac, target, event);
        boot = boot_of_machine(tracker, target, mac, event->frame);
    }
    if (!boot) {
        boot = boot_of_new_address(tracker, event);
        if (!set_address(tracker, boot, target, event->frame))
            return NULL;
    } else if (begins_by_logon(tracker, boot, event)) {
        mac_address known = boot->life.target;
        bool certain = boot->life.target_certain;
        boot = begin_boot(tracker, event, boot);
        set_target(tracker, boot, known, certain);
        boot_judge_loop(boot, event);
        if (!set_address(tracker, boot, target, event->frame))
            return NULL;
    }
    boot_life_raise_certainty(&boot->life, event, is_shown_to_boot(&boot->life) ? CERTAINTY_PVS : CERTAINTY_POSSIBLE);
    return boot;
}

/* ---- ICMP, and what is nothing of a boot's protocols ---- */

static boot_t *
owner_of_icmp(const boot_tracker *tracker, const boot_event *event)
{
    const icmp_fact *fact = &event->icmp;
    boot_t *boot = boot_of_target(tracker, fact->dhcp_client);

    if (!boot)
        boot = address_book_owner(&tracker->addresses, &fact->source, event->frame);
    return boot ? boot : address_book_owner(&tracker->addresses, &fact->destination, event->frame);
}

/* ---- All together ---- */

boot_t *
event_owner(boot_tracker *tracker, const boot_event *event, dhcp_client *client)
{
    switch (event->kind) {
    case BOOT_EVENT_DHCP:
        return owner_of_dhcp(tracker, event, client);
    case BOOT_EVENT_ARP:
        return owner_of_arp(tracker, event);
    case BOOT_EVENT_BOOTSTRAP:
        return owner_of_bootstrap(tracker, event);
    case BOOT_EVENT_STREAM:
        return owner_of_stream(tracker, event);
    case BOOT_EVENT_ICMP:
        return owner_of_icmp(tracker, event);
    case BOOT_EVENT_OTHER:
        return boot_of_target(tracker, event->source_mac);
    }
    return NULL;
}

void
event_owner_learn(boot_tracker *tracker, boot_t *boot, const boot_event *event, dhcp_client client)
{
    boot_life *life = &boot->life;

    if (event->kind == BOOT_EVENT_DHCP) {
        bool from_server = dhcp_is_from_server(event->dhcp.message);
        boot_life_raise_certainty(life, event,
            client == DHCP_CLIENT_PXE && !from_server ? CERTAINTY_PXE : CERTAINTY_POSSIBLE);
        if (from_server && client != DHCP_CLIENT_OPERATING_SYSTEM && boot_file_is_pvs(event->dhcp.boot.file))
            boot_life_raise_certainty(life, event, CERTAINTY_PVS);
        if (event->dhcp.message == DHCP_MESSAGE_ACK) {
            net_address now = boot_life_address(life);
            address_book_add(&tracker->addresses, boot, &now, event->frame);
        }
    } else if (event->kind == BOOT_EVENT_BOOTSTRAP) {
        boot_life_raise_certainty(life, event, bootstrap_is_pvs(&event->bootstrap) ? CERTAINTY_PVS
                                                                                   : CERTAINTY_POSSIBLE);
    } else if (event->kind == BOOT_EVENT_STREAM && event->stream.to_server) {
        partners_add(&tracker->partners, boot, event, tracker->max_boots);
    }
}
