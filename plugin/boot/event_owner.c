/* event_owner.c
 * Whose event is it: the boot that a fact belongs to, or begins
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tracker_inside.h"

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
    g_hash_table_insert(tracker->by_target, mac_key(target), boot);
}

/* before: the boot that the same target has been in, or NULL. It may be forgotten then. */
static boot_t *
begin_boot(boot_tracker *tracker, const boot_event *event, boot_t *before)
{
    boot_context *context = &tracker->context;
    boot_t *boot;

    if (before)
        boot_end(before, event);
    boot_memory_make_room(tracker, event->frame);
    boot = boot_new(context, context->forgotten + context->boots->len + 1, event);
    g_ptr_array_add(context->boots, boot);
    return boot;
}

/* ---- DHCP ---- */

/* Whether a client's message begins a new boot of a target that has booted before (design.md, section 5). */
static bool
begins_next_boot(const boot_tracker *tracker, const boot_t *boot, const boot_event *event, dhcp_client client)
{
    bool is_discover = event->dhcp.message == DHCP_MESSAGE_DISCOVER;

    if (!is_discover && !(client == DHCP_CLIENT_PXE && event->dhcp.message == DHCP_MESSAGE_REQUEST))
        return false;
    if (!boot_life_reached(&boot->life, REACHED_LOGON))
        return event->time - boot->life.times.last > tracker->boot_gap;
    return client == DHCP_CLIENT_PXE || event->time - boot->life.times.stream > tracker->boot_gap;
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
        return boot;
    }
    if (boot && !begins_next_boot(tracker, boot, event, client))
        return boot;
    if (!boot && fact->message != DHCP_MESSAGE_DISCOVER
            && !(client == DHCP_CLIENT_PXE && fact->message == DHCP_MESSAGE_REQUEST))
        return NULL;
    boot = begin_boot(tracker, event, boot);
    set_target(tracker, boot, fact->client, true);
    return boot;
}

/* The same for a server's message: it begins a boot only where the client's own words are not in the capture. */
static boot_t *
boot_of_reply(boot_tracker *tracker, const boot_event *event)
{
    const dhcp_fact *fact = &event->dhcp;
    boot_t *boot = boot_of_target(tracker, fact->client);

    if (boot || !bootstrap_name_is_pvs(fact->boot.file)
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

    if (fact->client == 0)
        return NULL;
    if (dhcp_is_from_server(fact->message))
        return boot_of_reply(tracker, event);
    *client = dhcp_client_of(fact);
    return boot_of_client(tracker, event, *client);
}

/* ---- ARP ---- */

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
    if (boot && owner && owner != boot && owner->life.target_certain && owner->life.target != fact->sender)
        arp_say_conflict(&owner->life, event); /* one target takes the address of another */
    if (!boot)
        boot = address_book_owner(&tracker->addresses, &fact->target_address, event->frame);
    return boot ? boot : owner;
}

/* ---- Bootstrap download ---- */

/* The two-stage boot service is PVS's own; of TFTP only the file's name tells. */
static bool
bootstrap_is_pvs(const bootstrap_fact *fact)
{
    return fact->transport == BOOTSTRAP_BY_TWO_STAGE || bootstrap_name_is_pvs(fact->file);
}

static boot_t *
boot_of_request(boot_tracker *tracker, const boot_event *event)
{
    bool pvs = bootstrap_is_pvs(&event->bootstrap);
    boot_t *boot = address_book_owner(&tracker->addresses, &event->source, event->frame);

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
        mac_address target = boot ? boot->life.target : event->source_mac;
        bool certain = boot && boot->life.target_certain;
        boot = begin_boot(tracker, event, boot);
        set_target(tracker, boot, target, certain);
    }
    return boot;
}

static boot_t *
owner_of_bootstrap(boot_tracker *tracker, const boot_event *event)
{
    boot_t *boot;

    if (event->bootstrap.message == BOOTSTRAP_OTHER)
        return NULL;
    if (event->bootstrap.message != BOOTSTRAP_REQUEST)
        return event_owner_by_address(tracker, event);
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

    if (boot && boot->life.target_certain)
        return boot; /* the ACK is not in the capture, or this is another address of the target */
    if (boot)
        target = 0; /* one MAC, several addresses: a router's, as far as anyone can tell */
    boot = begin_boot(tracker, event, NULL);
    set_target(tracker, boot, target, false);
    return boot;
}

static boot_t *
owner_of_stream(boot_tracker *tracker, const boot_event *event)
{
    const net_address *target = event->stream.to_server ? &event->source : &event->destination;
    boot_t *boot = address_book_owner(&tracker->addresses, target, event->frame);

    if (!net_address_known(target))
        return NULL;
    if (!boot) {
        boot = boot_of_new_address(tracker, event);
        if (!set_address(tracker, boot, target, event->frame))
            return NULL;
    }
    boot_life_raise_certainty(&boot->life, event, CERTAINTY_PVS);
    return boot;
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
    case BOOT_EVENT_OTHER:
        break;
    }
    return NULL;
}

void
event_owner_learn(boot_tracker *tracker, boot_t *boot, const boot_event *event, dhcp_client client)
{
    boot_life *life = &boot->life;

    if (event->kind == BOOT_EVENT_DHCP) {
        boot_life_raise_certainty(life, event, client == DHCP_CLIENT_PXE ? CERTAINTY_PXE : CERTAINTY_POSSIBLE);
        if (dhcp_is_from_server(event->dhcp.message) && bootstrap_name_is_pvs(event->dhcp.boot.file))
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
