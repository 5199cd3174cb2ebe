/* boot_tracker.c
 * All boots of a capture: which boot does a fact belong to
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_tracker.h"

#include <string.h>

#include "frame_copies.h"
#include "frame_index.h"

/* From this frame on an address belongs to this boot. */
typedef struct address_owner {
    uint32_t frame;
    boot_t *boot;
} address_owner;

/* Who has had an address. Nearly always it is one boot, so that the newest owner is kept at hand. */
typedef struct owned_address {
    net_address address; /* first: the hash table's key */
    address_owner newest;
    GArray *older;       /* address_owner, by frame; NULL until there are some */
} owned_address;

/* With this frame so many boots were forgotten. */
typedef struct forgetting {
    uint32_t frame;
    uint32_t count;
} forgetting;

struct boot_tracker {
    int64_t boot_gap;
    unsigned max_boots;
    GArray *forgettings;      /* forgetting, by frame; NULL until the first */
    GHashTable *by_target;    /* mac_address -> the target's newest boot_t */
    GHashTable *by_address;   /* net_address -> owned_address, which holds its key */
    GHashTable *ordinary;     /* mac_address of clients that run an operating system and are no targets */
    GArray *notes;            /* boot_note, by frame */
    frame_copies *copies;
    boot_context context;
    finding_log late;         /* what only later frames tell, as settled last */
    int64_t newest_time;      /* of all frames of the capture */
    uint32_t frames_seen, frames_settled;
};

static void
free_owned_address(gpointer data)
{
    owned_address *owned = data;

    if (owned->older)
        g_array_free(owned->older, TRUE);
    g_free(owned);
}

boot_tracker *
boot_tracker_new(int64_t boot_gap, unsigned max_boots)
{
    boot_tracker *tracker = g_new0(boot_tracker, 1);

    tracker->boot_gap = boot_gap;
    tracker->max_boots = MAX(max_boots, 1);
    tracker->context.boots = g_ptr_array_new_with_free_func((GDestroyNotify)boot_free);
    tracker->by_target = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);
    tracker->by_address = g_hash_table_new_full(net_address_hash, net_address_hash_equal, NULL, free_owned_address);
    tracker->ordinary = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);
    tracker->notes = g_array_new(FALSE, FALSE, sizeof(boot_note));
    tracker->copies = frame_copies_new();
    finding_log_init(&tracker->context.said);
    finding_log_init(&tracker->late);
    discover_log_init(&tracker->context.discovers);
    return tracker;
}

void
boot_tracker_free(boot_tracker *tracker)
{
    frame_copies_free(tracker->copies);
    g_array_free(tracker->notes, TRUE);
    g_hash_table_destroy(tracker->ordinary);
    g_hash_table_destroy(tracker->by_address);
    g_hash_table_destroy(tracker->by_target);
    if (tracker->forgettings)
        g_array_free(tracker->forgettings, TRUE);
    g_ptr_array_free(tracker->context.boots, TRUE);
    discover_log_clear(&tracker->context.discovers);
    finding_log_clear(&tracker->late);
    finding_log_clear(&tracker->context.said);
    g_free(tracker);
}

const GPtrArray *
boot_tracker_boots(const boot_tracker *tracker)
{
    return tracker->context.boots;
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

static boot_t *
older_owner(const GArray *owners, uint32_t frame)
{
    unsigned count = frames_until(owners, offsetof(address_owner, frame), frame);

    return count > 0 ? g_array_index(owners, address_owner, count - 1).boot : NULL;
}

/* The boot that the address belongs to at this frame, or NULL. */
static boot_t *
boot_of_address(const boot_tracker *tracker, const net_address *address, uint32_t frame)
{
    const owned_address *owned = net_address_known(address) ? g_hash_table_lookup(tracker->by_address, address) : NULL;

    if (!owned)
        return NULL;
    return owned->newest.frame <= frame ? owned->newest.boot : older_owner(owned->older, frame);
}

static boot_t *
boot_of_either_end(const boot_tracker *tracker, const boot_event *event)
{
    boot_t *boot = boot_of_address(tracker, &event->source, event->frame);

    return boot ? boot : boot_of_address(tracker, &event->destination, event->frame);
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
    owned_address *owned;

    if (!net_address_known(address))
        return;
    owned = g_hash_table_lookup(tracker->by_address, address);
    if (!owned) {
        owned = g_new0(owned_address, 1);
        owned->address = *address;
        g_hash_table_insert(tracker->by_address, &owned->address, owned);
    } else if (owned->newest.boot == boot) {
        return;
    } else {
        if (!owned->older)
            owned->older = g_array_new(FALSE, FALSE, sizeof(address_owner));
        g_array_append_val(owned->older, owned->newest);
    }
    owned->newest = owner;
}

/* The boot uses this address from here on. False: it has used too many, and cannot be known by this one. */
static bool
set_address(boot_tracker *tracker, boot_t *boot, const net_address *address, uint32_t frame)
{
    net_address now;

    boot_set_address(boot, frame, address);
    now = boot_address_now(boot);
    if (!net_address_equal(&now, address))
        return false;
    register_address(tracker, boot, address, frame);
    return true;
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

/* ---- The bound on what is remembered ---- */

/* The boot that was silent longest comes first. */
static gint
compare_silence(gconstpointer a, gconstpointer b)
{
    const boot_t *x = *(boot_t *const *)a, *y = *(boot_t *const *)b;

    if (x->end_time != y->end_time)
        return x->end_time < y->end_time ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* Many at a time, so that each one costs little: the lists are walked once for all of them. */
static unsigned
mark_idle_boots(boot_tracker *tracker)
{
    GPtrArray *boots = g_ptr_array_copy(tracker->context.boots, NULL, NULL);
    unsigned count = MAX(tracker->max_boots / 8, 1);

    g_ptr_array_set_free_func(boots, NULL);
    g_ptr_array_sort(boots, compare_silence);
    for (unsigned i = 0; i < count; i++)
        ((boot_t *)g_ptr_array_index(boots, i))->forgotten = true;
    g_ptr_array_free(boots, TRUE);
    return count;
}

static gboolean
target_is_forgotten(G_GNUC_UNUSED gpointer mac, gpointer boot, G_GNUC_UNUSED gpointer data)
{
    return ((boot_t *)boot)->forgotten;
}

/* An earlier owner must not seem to have an address in the time of one that is forgotten: its place stays, empty. */
static bool
forget_owner(address_owner *owner)
{
    if (owner->boot && owner->boot->forgotten)
        owner->boot = NULL;
    return owner->boot == NULL;
}

static gboolean
address_is_forgotten(G_GNUC_UNUSED gpointer address, gpointer data, G_GNUC_UNUSED gpointer user_data)
{
    owned_address *owned = data;
    bool all = forget_owner(&owned->newest);

    for (unsigned i = 0; owned->older && i < owned->older->len; i++)
        all &= forget_owner(&g_array_index(owned->older, address_owner, i));
    return all;
}

static void
forget_notes(GArray *notes)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < notes->len; i++) {
        const boot_note *note = &g_array_index(notes, boot_note, i);
        if (!note->boot->forgotten)
            g_array_index(notes, boot_note, kept++) = *note;
    }
    g_array_set_size(notes, kept);
}

static void
remove_boots(GPtrArray *boots)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < boots->len; i++) {
        boot_t *boot = g_ptr_array_index(boots, i);
        if (boot->forgotten)
            boot_free(boot);
        else
            boots->pdata[kept++] = boot;
    }
    boots->len = kept;
}

/*
 * A capture may hold more targets, real or spoofed, than memory has room for. Nothing stays of a boot that is forgotten:
 * on a later visit its frames belong to nobody, and if its target speaks again, that is a new boot.
 */
static void
forget_idle_boots(boot_tracker *tracker, uint32_t frame)
{
    forgetting now = { frame, mark_idle_boots(tracker) };

    g_hash_table_foreach_remove(tracker->by_target, target_is_forgotten, NULL);
    g_hash_table_foreach_remove(tracker->by_address, address_is_forgotten, NULL);
    forget_notes(tracker->notes);
    finding_log_forget(&tracker->context.said);
    finding_log_reset(&tracker->late);
    tracker->frames_settled = 0;
    discover_log_forget(&tracker->context.discovers, tracker->context.boots);
    remove_boots(tracker->context.boots);
    tracker->context.forgotten += now.count;
    if (!tracker->forgettings)
        tracker->forgettings = g_array_new(FALSE, FALSE, sizeof(forgetting));
    g_array_append_val(tracker->forgettings, now);
}

uint32_t
boot_tracker_forgotten_at(const boot_tracker *tracker, uint32_t frame)
{
    unsigned count = frames_until(tracker->forgettings, offsetof(forgetting, frame), frame);
    const forgetting *newest = count > 0 ? &g_array_index(tracker->forgettings, forgetting, count - 1) : NULL;

    return newest && newest->frame == frame ? newest->count : 0;
}

uint32_t
boot_tracker_forgotten(const boot_tracker *tracker)
{
    return tracker->context.forgotten;
}

/* before: the boot that the same target has been in, or NULL. It may be forgotten then. */
static boot_t *
begin_boot(boot_tracker *tracker, const boot_event *event, boot_t *before)
{
    boot_t *boot;

    if (before)
        boot_end(before, event);
    if (tracker->context.boots->len >= tracker->max_boots)
        forget_idle_boots(tracker, event->frame);
    boot = boot_new(&tracker->context, tracker->context.forgotten + tracker->context.boots->len + 1, event);
    g_ptr_array_add(tracker->context.boots, boot);
    return boot;
}

/* ---- DHCP ---- */

/*
 * Whether a client without option 60 is an operating system's all the same: it asks (option 55) for its host name,
 * which firmware has no use for, and for none of the options that name a boot server or file. ISC's dhclient is such
 * a one. Firmware that asks like that would be missed.
 */
static bool
asks_as_operating_system(const dhcp_fact *fact)
{
    static const uint8_t boot_options[] = { 17, 43, 60, 66, 67 };
    const uint8_t host_name = 12;

    if (!fact->requested.data || !memchr(fact->requested.data, host_name, fact->requested.length))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(boot_options); i++)
        if (memchr(fact->requested.data, boot_options[i], fact->requested.length))
            return false;
    return true;
}

/* By option 60 (RFC 2132, section 9.13; PXE 2.1, section 2.2.1), or else by what it asks for. */
static dhcp_client
client_of(const dhcp_fact *fact)
{
    if (fact->firmware.vendor_class)
        return g_str_has_prefix(fact->firmware.vendor_class, "PXEClient") ? DHCP_CLIENT_PXE : DHCP_CLIENT_OPERATING_SYSTEM;
    return asks_as_operating_system(fact) ? DHCP_CLIENT_OPERATING_SYSTEM : DHCP_CLIENT_UNKNOWN;
}

/* Whether a client's message begins a new boot of a target that has booted before (design.md, section 5). */
static bool
begins_next_boot(const boot_tracker *tracker, const boot_t *boot, const boot_event *event, dhcp_client client)
{
    bool is_discover = event->dhcp.message == DHCP_MESSAGE_DISCOVER;

    if (!is_discover && !(client == DHCP_CLIENT_PXE && event->dhcp.message == DHCP_MESSAGE_REQUEST))
        return false;
    if (!boot->passed_phase_1)
        return event->time - boot->last_time > tracker->boot_gap;
    return client == DHCP_CLIENT_PXE || event->time - boot->last_stream_time > tracker->boot_gap;
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
add_dhcp(boot_tracker *tracker, const boot_event *event, boot_note *note)
{
    const dhcp_fact *fact = &event->dhcp;
    bool reply = dhcp_is_from_server(fact->message);
    dhcp_client client = reply ? DHCP_CLIENT_UNKNOWN : client_of(fact);
    boot_t *boot;

    if (fact->client == 0)
        return NULL;
    boot = reply ? boot_of_reply(tracker, event) : boot_of_client(tracker, event, client);
    if (!boot)
        return NULL;
    if (!boot_add_dhcp(boot, event, client, note))
        return NULL;

    boot_raise_certainty(boot, event, client == DHCP_CLIENT_PXE ? CERTAINTY_PXE : CERTAINTY_POSSIBLE);
    if (reply && bootstrap_name_is_pvs(fact->boot.file))
        boot_raise_certainty(boot, event, CERTAINTY_PVS);
    if (fact->message == DHCP_MESSAGE_ACK) {
        net_address now = boot_address_now(boot);
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
    boot_t *owner;

    if (boot && !boot->target_certain) {
        net_address own = boot_address_now(boot);
        if (net_address_equal(&fact->sender_address, &own))
            boot->target_certain = true; /* the target itself says which MAC has its address */
        else if (!(!net_address_known(&fact->sender_address) && net_address_equal(&fact->target_address, &own)))
            boot = NULL; /* a router's own ARP */
    }
    owner = boot_of_address(tracker, &fact->sender_address, event->frame);
    if (boot && owner && owner != boot && owner->target_certain && owner->target != fact->sender)
        boot_say_conflict(owner, event); /* one target takes the address of another */
    if (!boot)
        boot = boot_of_address(tracker, &fact->target_address, event->frame);
    if (!boot)
        boot = owner;
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
        boot = begin_boot(tracker, event, boot);
        set_target(tracker, boot, target, certain);
    }
    return boot;
}

static boot_t *
add_bootstrap(boot_tracker *tracker, const boot_event *event, boot_note *note)
{
    const bootstrap_fact *fact = &event->bootstrap;
    boot_t *boot;

    if (fact->message == BOOTSTRAP_OTHER)
        return NULL;
    if (fact->message == BOOTSTRAP_REQUEST) {
        boot = boot_of_request(tracker, event);
        if (boot && !set_address(tracker, boot, &event->source, event->frame))
            return NULL;
    } else {
        boot = boot_of_either_end(tracker, event);
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
    boot = begin_boot(tracker, event, NULL);
    set_target(tracker, boot, target, false);
    return boot;
}

static boot_t *
add_stream(boot_tracker *tracker, const boot_event *event, boot_note *note)
{
    const net_address *target = event->stream.to_server ? &event->source : &event->destination;
    boot_t *boot = boot_of_address(tracker, target, event->frame);

    if (!net_address_known(target))
        return NULL;
    if (!boot) {
        boot = boot_of_new_address(tracker, event);
        if (!set_address(tracker, boot, target, event->frame))
            return NULL;
    }
    boot_raise_certainty(boot, event, CERTAINTY_PVS);
    return boot_add_stream(boot, event, note) ? boot : NULL;
}

/* ---- Verdicts ---- */

static const boot_note *
note_of_frame(const boot_tracker *tracker, uint32_t frame)
{
    const GArray *notes = tracker->notes;
    const boot_note *note;
    unsigned count;

    if (notes->len == 0 || g_array_index(notes, boot_note, notes->len - 1).frame < frame)
        return NULL; /* a frame without a note on its first visit: nearly all of them */
    count = frames_until(notes, offsetof(boot_note, frame), frame);
    note = count > 0 ? &g_array_index(notes, boot_note, count - 1) : NULL;
    return note && note->frame == frame ? note : NULL;
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
        verdict->answers = note->answers;
    }
    return true;
}

static void
judge_read(const boot_t *boot, const boot_event *event, boot_verdict *verdict)
{
    const stream_meter *meter = &boot->meter;
    int index;

    if (verdict->kind == STREAM_REQUEST)
        index = stream_meter_read_of_request(meter, event->frame);
    else if (verdict->kind == STREAM_DATA || verdict->kind == STREAM_DATA_END)
        index = stream_meter_read_of_data(meter, event->frame);
    else
        return;
    if (index < 0)
        return;
    verdict->read_number = (uint32_t)index + 1;
    verdict->read = stream_meter_read(meter, (unsigned)index);
    verdict->read_is_over = (unsigned)index < stream_meter_reads_over(meter);
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
    judge_read(boot, event, verdict);
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
    if (note) {
        if (note->step == STEP_NONE || !judge(boot, note, event->frame, verdict))
            return false;
        if (note->step == STEP_DHCP_DISCOVER)
            verdict->discover = discover_log_at(&tracker->context.discovers, event->frame);
        return true;
    }
    if (event->kind != BOOT_EVENT_BOOTSTRAP)
        return false;
    boot = boot_of_either_end(tracker, event);
    return boot && judge_bootstrap(boot, event, verdict);
}

/* ---- What only the capture's end tells ---- */

/*
 * Whether a fault can be why a boot stopped: it stands in the phase in which the boot ended, and nothing went well after
 * it. A missing hand-off always is: the rule itself asks for the end.
 */
static bool
explains_the_end(const boot_t *boot, const boot_finding *finding)
{
    const boot_mark *phase = boot_phase_at(boot, finding->frame);

    if (finding_kind_of(finding->id)->severity != FINDING_FAULT)
        return false;
    if (finding->id == FINDING_HANDOFF_MISSING)
        return true;
    return finding->frame >= boot->progress_frame && phase && phase->value == boot_phase_now(boot);
}

/* The first such fault is the cause; the others follow from it. */
static void
settle_stop(boot_tracker *tracker, const finding_log *log)
{
    for (unsigned i = 0; i < log->findings->len; i++) {
        const boot_finding *finding = &g_array_index(log->findings, boot_finding, i);
        boot_t *boot = boot_with_number(&tracker->context, finding->boot->number);

        if (explains_the_end(boot, finding) && (boot->stopped_by < 0 || finding->frame < boot->stopped_in)) {
            boot->stopped_by = (int)finding->id;
            boot->stopped_in = finding->frame;
        }
    }
}

static void
settle(boot_tracker *tracker)
{
    if (tracker->frames_settled == tracker->frames_seen)
        return;
    tracker->frames_settled = tracker->frames_seen;
    finding_log_reset(&tracker->late);
    discover_log_settle(&tracker->context.discovers, tracker->newest_time, &tracker->late);
    for (unsigned i = 0; i < tracker->context.boots->len; i++) {
        boot_t *boot = g_ptr_array_index(tracker->context.boots, i);
        boot->stopped_by = -1;
        boot_settle(boot, tracker->newest_time, &tracker->late);
    }
    finding_log_sort(&tracker->late);
    settle_stop(tracker, &tracker->context.said);
    settle_stop(tracker, &tracker->late);
}

void
boot_tracker_see_frame(boot_tracker *tracker, int64_t time)
{
    tracker->newest_time = tracker->frames_seen++ == 0 ? time : MAX(tracker->newest_time, time);
}

/* ---- First visit and later ones ---- */

/* A copy carries its original's phase and step, but what happened stands on the original only. */
static bool
recall_frame(const boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    boot_event original = *event;

    original.frame = frame_copies_original(tracker->copies, event->frame);
    if (original.frame != 0)
        return recall_original(tracker, &original, verdict);
    if (!recall_original(tracker, event, verdict))
        return false;
    verdict->finding_count[0] = finding_log_of_frame(&tracker->context.said, event->frame, &verdict->findings[0]);
    return true;
}

bool
boot_tracker_recall(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    settle(tracker);
    if (!recall_frame(tracker, event, verdict))
        return false;
    verdict->finding_count[1] = finding_log_of_frame(&tracker->late, event->frame, &verdict->findings[1]);
    return true;
}

bool
boot_verdict_says_again(const boot_verdict *verdict, finding_id id)
{
    for (unsigned i = 0; i < verdict->finding_count[0]; i++)
        if (verdict->findings[0][i].id == id)
            return true;
    return false;
}

/* Amid a download a frame without a note is a block or an ACK; this one is neither: its note has no step. */
static void
note_that_it_is_nothing(boot_tracker *tracker, const boot_event *event)
{
    boot_note note = { .frame = event->frame, .boot = boot_of_either_end(tracker, event) };

    if (event->kind == BOOT_EVENT_BOOTSTRAP && note.boot)
        g_array_append_val(tracker->notes, note);
}

bool
boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    boot_note note = { 0 };
    boot_t *boot = NULL;

    if (frame_copies_add(tracker->copies, event) == 0) {
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
        case BOOT_EVENT_ICMP:
        case BOOT_EVENT_OTHER:
            break;
        }
        if (!boot) {
            note_that_it_is_nothing(tracker, event);
            return false;
        }
        boot->end_time = event->time;
        if (note.step != STEP_NONE) {
            note.frame = event->frame;
            note.boot = boot;
            g_array_append_val(tracker->notes, note);
        }
    }
    if (!recall_frame(tracker, event, verdict))
        return false;
    verdict->first_visit = true;
    return true;
}
