/* boot_tracker.c
 * All boots of a capture: which boot does a fact belong to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_tracker.h"

#include <string.h>

#include "frame_copies.h"

/* From this frame on an address belongs to this boot. */
typedef struct address_owner {
    uint32_t frame;
    boot_t *boot;
} address_owner;

struct boot_tracker {
    int64_t boot_gap;
    GPtrArray *boots;         /* owns them */
    GHashTable *by_target;    /* mac_address -> the target's newest boot_t */
    GHashTable *by_address;   /* net_address -> GArray of address_owner, by frame */
    GHashTable *ordinary;     /* mac_address of clients that run an operating system and are no targets */
    GHashTable *notes;        /* frame -> boot_note */
    frame_copies *copies;
};

/* Whose DHCP client speaks, by option 60 (RFC 2132, section 9.13; PXE 2.1, section 2.2.1). */
typedef enum dhcp_client {
    DHCP_CLIENT_UNKNOWN,
    DHCP_CLIENT_PXE,
    DHCP_CLIENT_OPERATING_SYSTEM
} dhcp_client;

boot_tracker *
boot_tracker_new(int64_t boot_gap)
{
    boot_tracker *tracker = g_new0(boot_tracker, 1);

    tracker->boot_gap = boot_gap;
    tracker->boots = g_ptr_array_new_with_free_func((GDestroyNotify)boot_free);
    tracker->by_target = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);
    tracker->by_address = g_hash_table_new_full(net_address_hash, net_address_hash_equal,
        g_free, (GDestroyNotify)g_array_unref);
    tracker->ordinary = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);
    tracker->notes = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    tracker->copies = frame_copies_new();
    return tracker;
}

void
boot_tracker_free(boot_tracker *tracker)
{
    frame_copies_free(tracker->copies);
    g_hash_table_destroy(tracker->notes);
    g_hash_table_destroy(tracker->ordinary);
    g_hash_table_destroy(tracker->by_address);
    g_hash_table_destroy(tracker->by_target);
    g_ptr_array_free(tracker->boots, TRUE);
    g_free(tracker);
}

const GPtrArray *
boot_tracker_boots(const boot_tracker *tracker)
{
    return tracker->boots;
}

static void *
mac_key(mac_address mac)
{
    return g_memdup2(&mac, sizeof mac);
}

/* ---- Who is who ---- */

static boot_t *
boot_of_target(const boot_tracker *tracker, mac_address target)
{
    return target ? g_hash_table_lookup(tracker->by_target, &target) : NULL;
}

/* The boot that the address belongs to at this frame, or NULL. */
static boot_t *
boot_of_address(const boot_tracker *tracker, const net_address *address, uint32_t frame)
{
    GArray *owners = net_address_known(address) ? g_hash_table_lookup(tracker->by_address, address) : NULL;
    unsigned low = 0, high = owners ? owners->len : 0;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (g_array_index(owners, address_owner, middle).frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? g_array_index(owners, address_owner, low - 1).boot : NULL;
}

bool
boot_tracker_is_target(const boot_tracker *tracker, const net_address *address, uint32_t frame)
{
    const boot_t *boot = boot_of_address(tracker, address, frame);

    return boot && boot_certainty_at(boot, frame) >= CERTAINTY_PXE;
}

static void
register_address(boot_tracker *tracker, boot_t *boot, const net_address *address, uint32_t frame)
{
    address_owner owner = { frame, boot };
    GArray *owners;

    if (!net_address_known(address) || boot_of_address(tracker, address, frame) == boot)
        return;
    owners = g_hash_table_lookup(tracker->by_address, address);
    if (!owners) {
        owners = g_array_sized_new(FALSE, FALSE, sizeof(address_owner), 1);
        g_hash_table_insert(tracker->by_address, g_memdup2(address, sizeof *address), owners);
    }
    g_array_append_val(owners, owner);
}

static void
set_address(boot_tracker *tracker, boot_t *boot, const net_address *address, uint32_t frame)
{
    boot_set_address(boot, frame, address);
    register_address(tracker, boot, address, frame);
}

static void
set_target(boot_tracker *tracker, boot_t *boot, mac_address target, bool certain)
{
    if (target == 0)
        return;
    boot->target = target;
    boot->target_certain = certain;
    g_hash_table_insert(tracker->by_target, mac_key(target), boot);
}

static boot_t *
begin_boot(boot_tracker *tracker, const boot_event *event)
{
    boot_t *boot = boot_new(tracker->boots->len + 1, event);

    g_ptr_array_add(tracker->boots, boot);
    return boot;
}

/* ---- DHCP ---- */

static dhcp_client
client_of_vendor_class(const char *vendor_class)
{
    if (!vendor_class || !*vendor_class)
        return DHCP_CLIENT_UNKNOWN;
    return g_str_has_prefix(vendor_class, "PXEClient") ? DHCP_CLIENT_PXE : DHCP_CLIENT_OPERATING_SYSTEM;
}

static bool
dhcp_is_from_server(const dhcp_fact *fact)
{
    return fact->message == DHCP_MESSAGE_OFFER || fact->message == DHCP_MESSAGE_ACK
        || fact->message == DHCP_MESSAGE_NAK;
}

/* Whether a client's message begins a new boot of a target that has booted before (design.md, section 5). */
static bool
begins_next_boot(const boot_tracker *tracker, const boot_t *boot, const boot_event *event, dhcp_client client)
{
    bool discover = event->dhcp.message == DHCP_MESSAGE_DISCOVER;

    if (!discover && !(client == DHCP_CLIENT_PXE && event->dhcp.message == DHCP_MESSAGE_REQUEST))
        return false;
    if (!boot->passed_phase_1)
        return event->time - boot->last_time > tracker->boot_gap;
    return client == DHCP_CLIENT_PXE || event->time - boot->last_stream_time > tracker->boot_gap;
}

/* The boot that a client's message belongs to; a new one where it begins one; NULL where it is none of ours. */
static boot_t *
boot_of_client(boot_tracker *tracker, const boot_event *event, dhcp_client client)
{
    const dhcp_fact *fact = &event->dhcp;
    boot_t *boot = boot_of_target(tracker, fact->client);

    if (client == DHCP_CLIENT_OPERATING_SYSTEM) {
        if (!boot)
            g_hash_table_add(tracker->ordinary, mac_key(fact->client));
        return boot;
    }
    if (boot && !begins_next_boot(tracker, boot, event, client))
        return boot;
    if (!boot && fact->message != DHCP_MESSAGE_DISCOVER
            && !(client == DHCP_CLIENT_PXE && fact->message == DHCP_MESSAGE_REQUEST))
        return NULL;
    boot = begin_boot(tracker, event);
    set_target(tracker, boot, fact->client, true);
    return boot;
}

/* The same for a server's message: it begins a boot only where the client's own words are not in the capture. */
static boot_t *
boot_of_reply(boot_tracker *tracker, const boot_event *event)
{
    const dhcp_fact *fact = &event->dhcp;
    boot_t *boot = boot_of_target(tracker, fact->client);

    if (boot || !bootstrap_name_is_pvs(fact->boot_file)
            || g_hash_table_contains(tracker->ordinary, &fact->client))
        return boot;
    boot = begin_boot(tracker, event);
    set_target(tracker, boot, fact->client, true);
    return boot;
}

static boot_t *
add_dhcp(boot_tracker *tracker, const boot_event *event, boot_note *note)
{
    const dhcp_fact *fact = &event->dhcp;
    bool reply = dhcp_is_from_server(fact);
    dhcp_client client = reply ? DHCP_CLIENT_UNKNOWN : client_of_vendor_class(fact->vendor_class);
    net_address before;
    boot_t *boot;

    if (fact->client == 0)
        return NULL;
    boot = reply ? boot_of_reply(tracker, event) : boot_of_client(tracker, event, client);
    if (!boot)
        return NULL;
    before = boot_address_now(boot);
    if (!boot_add_dhcp(boot, event, client == DHCP_CLIENT_OPERATING_SYSTEM, note))
        return NULL;

    boot_raise_certainty(boot, event, client == DHCP_CLIENT_PXE ? CERTAINTY_PXE : CERTAINTY_POSSIBLE);
    if (reply && bootstrap_name_is_pvs(fact->boot_file))
        boot_raise_certainty(boot, event, CERTAINTY_PVS);
    if (fact->message == DHCP_MESSAGE_ACK) {
        net_address now = boot_address_now(boot);
        if (!net_address_equal(&before, &now) || !boot_of_address(tracker, &now, event->frame))
            register_address(tracker, boot, &now, event->frame);
    }
    return boot;
}

/* ---- ARP ---- */

static boot_t *
add_arp(boot_tracker *tracker, const boot_event *event, boot_note *note)
{
    const arp_fact *fact = &event->arp;
    boot_t *boot = boot_of_target(tracker, fact->sender);

    if (boot && !boot->target_certain) {
        net_address own = boot_address_now(boot);
        if (net_address_equal(&fact->sender_address, &own))
            boot->target_certain = true; /* the target itself says which MAC has its address */
        else if (!(!net_address_known(&fact->sender_address) && net_address_equal(&fact->target_address, &own)))
            boot = NULL; /* a router's own ARP */
    }
    if (!boot)
        boot = boot_of_address(tracker, &fact->target_address, event->frame);
    if (!boot)
        boot = boot_of_address(tracker, &fact->sender_address, event->frame);
    return boot && boot_add_arp(boot, event, note) ? boot : NULL;
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
    boot_t *boot = boot_of_address(tracker, &event->source, event->frame);

    if (!boot) {
        /* The target's ACK is not in the capture, but its MAC is known. */
        boot = boot_of_target(tracker, event->source_mac);
        if (boot && !boot->target_certain)
            boot = NULL;
    }
    if (boot && !(boot->passed_phase_1 && pvs))
        return boot;
    if (!pvs)
        return NULL;
    /* Only firmware reads a bootstrap: a boot whose DHCP is not in the capture. */
    {
        mac_address target = boot ? boot->target : event->source_mac;
        bool certain = boot && boot->target_certain;
        boot = begin_boot(tracker, event);
        set_target(tracker, boot, target, certain);
    }
    return boot;
}

static boot_t *
add_bootstrap(boot_tracker *tracker, const boot_event *event, boot_note *note)
{
    const bootstrap_fact *fact = &event->bootstrap;
    boot_t *boot;

    if (fact->message == BOOTSTRAP_REQUEST) {
        boot = boot_of_request(tracker, event);
        if (boot)
            set_address(tracker, boot, &event->source, event->frame);
    } else {
        boot = boot_of_address(tracker, &event->source, event->frame);
        if (!boot)
            boot = boot_of_address(tracker, &event->destination, event->frame);
    }
    if (!boot || !boot_add_bootstrap(boot, event, note))
        return NULL;
    boot_raise_certainty(boot, event, bootstrap_is_pvs(fact) ? CERTAINTY_PVS : CERTAINTY_POSSIBLE);
    return boot;
}

/* ---- Logon and streaming ---- */

/* The target of a streaming datagram whose address is new. */
static boot_t *
boot_of_new_address(boot_tracker *tracker, const boot_event *event)
{
    mac_address target = event->stream.to_server ? event->source_mac : event->destination_mac;
    boot_t *boot = boot_of_target(tracker, target);

    if (boot && boot->target_certain)
        return boot; /* the ACK is not in the capture, or this is another address of the target */
    if (boot)
        target = 0; /* one MAC, several addresses: a router's, as far as anyone can tell */
    boot = begin_boot(tracker, event);
    set_target(tracker, boot, target, false);
    return boot;
}

static boot_t *
add_stream(boot_tracker *tracker, const boot_event *event, boot_note *note)
{
    const net_address *target = event->stream.to_server ? &event->source : &event->destination;
    boot_t *boot = boot_of_address(tracker, target, event->frame);

    if (!boot) {
        boot = boot_of_new_address(tracker, event);
        set_address(tracker, boot, target, event->frame);
    }
    boot_raise_certainty(boot, event, CERTAINTY_PVS);
    return boot_add_stream(boot, event, note) ? boot : NULL;
}

/* ---- Verdicts ---- */

static const boot_note *
note_of_frame(const boot_tracker *tracker, uint32_t frame)
{
    return g_hash_table_lookup(tracker->notes, GUINT_TO_POINTER(frame));
}

/* Fills in what every verdict has. Step, server and so on come from the note, where there is one. */
static bool
judge(const boot_t *boot, const boot_note *note, uint32_t frame, boot_verdict *verdict)
{
    const boot_mark *phase = boot_phase_at(boot, frame);

    if (!phase)
        return false;
    memset(verdict, 0, sizeof *verdict);
    verdict->boot = boot;
    verdict->phase = (boot_phase)phase->value;
    verdict->phase_start_frame = phase->frame;
    verdict->phase_start_time = phase->time;
    if (note) {
        verdict->step = note->step;
        verdict->server = note->server;
        verdict->transfer = note->transfer;
        verdict->findings = note->findings;
    }
    return true;
}

static bool
judge_stream(const boot_t *boot, const boot_note *note, const boot_event *event, boot_verdict *verdict)
{
    const stream_fact *fact = &event->stream;

    if (!judge(boot, note, event->frame, verdict))
        return false;
    if (verdict->step == STEP_NONE)
        verdict->step = boot_stream_step(verdict->phase, fact->to_server);
    verdict->server = fact->to_server ? event->destination : event->source;
    verdict->kind = boot_stream_kind(boot, event->frame, verdict->phase, fact);
    return true;
}

/* Blocks and ACKs in the middle of a download have no note: their transfer tells. */
static bool
judge_bootstrap(const boot_t *boot, const boot_event *event, boot_verdict *verdict)
{
    net_address own = boot_address_at(boot, event->frame);
    bool from_target = net_address_equal(&event->source, &own);

    if (!judge(boot, NULL, event->frame, verdict) || verdict->phase != PHASE_BOOTSTRAP)
        return false;
    verdict->transfer = boot_transfer_at(boot, event->frame,
        from_target ? &event->destination : &event->source,
        from_target ? event->source_port : event->destination_port);
    if (!verdict->transfer || event->frame > verdict->transfer->last_frame)
        return false;
    verdict->server = verdict->transfer->server;
    verdict->step = from_target ? STEP_BOOTSTRAP_ACK : STEP_BOOTSTRAP_DATA;
    return true;
}

static bool
recall_original(const boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    const boot_note *note = note_of_frame(tracker, event->frame);
    const boot_t *boot = note ? note->boot : NULL;

    if (event->kind == BOOT_EVENT_STREAM) {
        if (!boot)
            boot = boot_of_address(tracker, event->stream.to_server ? &event->source : &event->destination,
                event->frame);
        return boot && judge_stream(boot, note, event, verdict);
    }
    if (note)
        return judge(boot, note, event->frame, verdict);
    if (event->kind != BOOT_EVENT_BOOTSTRAP)
        return false;
    boot = boot_of_address(tracker, &event->source, event->frame);
    if (!boot)
        boot = boot_of_address(tracker, &event->destination, event->frame);
    return boot && judge_bootstrap(boot, event, verdict);
}

/* A copy carries its original's phase and step, but what happened stands on the original only. */
bool
boot_tracker_recall(const boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    boot_event original = *event;

    original.frame = frame_copies_original(tracker->copies, event->frame);
    if (original.frame == 0)
        return recall_original(tracker, event, verdict);
    if (!recall_original(tracker, &original, verdict))
        return false;
    verdict->findings = 0;
    return true;
}

static bool
recall_on_first_visit(const boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    if (!boot_tracker_recall(tracker, event, verdict))
        return false;
    verdict->first_visit = true;
    return true;
}

bool
boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    boot_note note = { 0 };
    boot_t *boot = NULL;

    if (frame_copies_add(tracker->copies, event) != 0)
        return recall_on_first_visit(tracker, event, verdict);
    switch (event->kind) {
    case BOOT_EVENT_DHCP:
        boot = add_dhcp(tracker, event, &note);
        break;
    case BOOT_EVENT_ARP:
        boot = add_arp(tracker, event, &note);
        break;
    case BOOT_EVENT_BOOTSTRAP:
        boot = add_bootstrap(tracker, event, &note);
        break;
    case BOOT_EVENT_STREAM:
        boot = add_stream(tracker, event, &note);
        break;
    }
    if (!boot)
        return false;
    boot->end_time = event->time;
    if (note.step != STEP_NONE || note.findings != 0) {
        note.boot = boot;
        g_hash_table_insert(tracker->notes, GUINT_TO_POINTER(event->frame), g_memdup2(&note, sizeof note));
    }
    return recall_on_first_visit(tracker, event, verdict);
}
