/* boot.c
 * One boot of one target device: its phases, steps and times
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"

#include "boot_time.h"

/* UDP port of a PXE boot server (PXE 2.1, section 2.4.4). */
#define PXE_BOOT_SERVER_PORT 4011

static void
enter_phase(boot_t *boot, const boot_event *event, boot_phase phase)
{
    boot_mark mark = { event->frame, phase, event->time };

    if (boot_phase_now(boot) != phase)
        g_array_append_val(boot->phases, mark);
}

boot_t *
boot_new(uint32_t number, const boot_event *first)
{
    boot_t *self = g_new0(boot_t, 1);

    self->number = number;
    self->first_frame = first->frame;
    self->first_time = self->last_time = self->end_time = self->last_stream_time = first->time;
    self->phases = g_array_sized_new(FALSE, FALSE, sizeof(boot_mark), 4);
    self->certainties = g_array_sized_new(FALSE, FALSE, sizeof(boot_mark), 2);
    self->addresses = g_array_sized_new(FALSE, FALSE, sizeof(boot_address), 1);
    stream_meter_init(&self->meter);
    self->transfers = g_ptr_array_new_with_free_func((GDestroyNotify)bootstrap_transfer_free);
    return self;
}

void
boot_free(boot_t *self)
{
    g_array_free(self->phases, TRUE);
    g_array_free(self->certainties, TRUE);
    g_array_free(self->addresses, TRUE);
    g_ptr_array_free(self->transfers, TRUE);
    if (self->servers_asked)
        g_hash_table_destroy(self->servers_asked);
    stream_meter_clear(&self->meter);
    g_free(self);
}

/* The index of the newest of the sorted elements that is not later than the frame, or -1. */
static int
newest_at(const GArray *elements, uint32_t frame, uint32_t (*frame_of)(const GArray *, unsigned))
{
    unsigned low = 0, high = elements->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (frame_of(elements, middle) <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    return (int)low - 1;
}

static uint32_t
mark_frame(const GArray *marks, unsigned i)
{
    return g_array_index(marks, boot_mark, i).frame;
}

static uint32_t
address_frame(const GArray *addresses, unsigned i)
{
    return g_array_index(addresses, boot_address, i).frame;
}

static const boot_mark *
mark_at(const GArray *marks, uint32_t frame)
{
    int i = newest_at(marks, frame, mark_frame);

    return i < 0 ? NULL : &g_array_index(marks, boot_mark, i);
}

const boot_mark *
boot_phase_at(const boot_t *boot, uint32_t frame)
{
    return mark_at(boot->phases, frame);
}

boot_phase
boot_phase_now(const boot_t *boot)
{
    const boot_mark *mark = mark_at(boot->phases, UINT32_MAX);

    return mark ? (boot_phase)mark->value : PHASE_NONE;
}

boot_certainty
boot_certainty_at(const boot_t *boot, uint32_t frame)
{
    const boot_mark *mark = mark_at(boot->certainties, frame);

    return mark ? (boot_certainty)mark->value : CERTAINTY_NONE;
}

boot_certainty
boot_certainty_final(const boot_t *boot)
{
    return boot_certainty_at(boot, UINT32_MAX);
}

void
boot_raise_certainty(boot_t *boot, const boot_event *event, boot_certainty certainty)
{
    boot_mark mark = { event->frame, certainty, event->time };

    if (certainty > boot_certainty_final(boot))
        g_array_append_val(boot->certainties, mark);
}

net_address
boot_address_at(const boot_t *boot, uint32_t frame)
{
    int i = newest_at(boot->addresses, frame, address_frame);

    return i < 0 ? NET_ADDRESS_NONE : g_array_index(boot->addresses, boot_address, i).address;
}

net_address
boot_address_now(const boot_t *boot)
{
    return boot_address_at(boot, UINT32_MAX);
}

bool
boot_set_address(boot_t *boot, uint32_t frame, const net_address *address)
{
    net_address now = boot_address_now(boot);
    boot_address entry = { frame, *address };

    if (!net_address_known(address) || net_address_equal(&now, address))
        return false;
    g_array_append_val(boot->addresses, entry);
    return true;
}

static void
say(boot_note *note, finding_id finding)
{
    note->findings |= UINT64_C(1) << finding;
}

/* ---- DHCP ---- */

static boot_step
dhcp_step(const boot_event *event)
{
    bool boot_server = event->source_port == PXE_BOOT_SERVER_PORT || event->destination_port == PXE_BOOT_SERVER_PORT;

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

static bool
dhcp_is_from_server(dhcp_message message)
{
    return message == DHCP_MESSAGE_OFFER || message == DHCP_MESSAGE_ACK || message == DHCP_MESSAGE_NAK;
}

/* What proves or supports the hand-off; the first in single read mode is the hand-off itself. */
static bool
add_handoff_evidence(boot_t *boot, const boot_event *event, uint16_t evidence, boot_note *note)
{
    if (boot_phase_now(boot) != PHASE_SINGLE_READ) {
        handoff_support(&boot->handoff, event->time, evidence);
        return false;
    }
    handoff_begin(&boot->handoff, event->frame, event->time, evidence, boot->last_stream_time);
    enter_phase(boot, event, PHASE_BNISTACK);
    note->step = STEP_HANDOFF;
    say(note, FINDING_HANDOFF_SEEN);
    return true;
}

static bool
add_operating_system_dhcp(boot_t *boot, const boot_event *event, boot_note *note)
{
    switch (event->dhcp.message) {
    case DHCP_MESSAGE_DISCOVER:
    case DHCP_MESSAGE_REQUEST:
    case DHCP_MESSAGE_INFORM:
        if (add_handoff_evidence(boot, event, HANDOFF_BY_DHCP, note))
            return true;
        break;
    default:
        break;
    }
    if (boot_phase_now(boot) != PHASE_BNISTACK)
        return false;
    note->step = STEP_BNISTACK_ADDRESS;
    if (event->dhcp.message == DHCP_MESSAGE_ACK)
        boot_set_address(boot, event->frame, &event->dhcp.your_address);
    return true;
}

bool
boot_add_dhcp(boot_t *boot, const boot_event *event, bool of_operating_system, boot_note *note)
{
    const dhcp_fact *fact = &event->dhcp;
    boot_step step = dhcp_step(event);

    boot->last_time = event->time;
    if (!dhcp_is_from_server(fact->message))
        note->server = fact->message == DHCP_MESSAGE_DISCOVER ? NET_ADDRESS_NONE : fact->server_id;
    else
        note->server = net_address_known(&fact->server_id) ? fact->server_id : event->source;

    if (of_operating_system || boot->passed_phase_1)
        return add_operating_system_dhcp(boot, event, note);
    if (step == STEP_NONE)
        return false;
    if (dhcp_is_from_server(fact->message)) {
        if (boot_phase_now(boot) == PHASE_LOGON)
            return false; /* a straggler: the download is over, and no client asked again */
    }
    enter_phase(boot, event, PHASE_BOOTSTRAP);
    note->step = step;
    if (step == STEP_DHCP_DISCOVER)
        say(note, fact->broadcast ? FINDING_DISCOVER_BROADCAST_REPLY : FINDING_DISCOVER_UNICAST_REPLY);
    if (step == STEP_DHCP_ACK)
        boot_set_address(boot, event->frame, &fact->your_address);
    return true;
}

/* ---- ARP ---- */

bool
boot_add_arp(boot_t *boot, const boot_event *event, boot_note *note)
{
    const arp_fact *fact = &event->arp;
    net_address own = boot_address_now(boot);
    bool probe = !net_address_known(&fact->sender_address);
    bool announcement = !probe && net_address_equal(&fact->sender_address, &fact->target_address);
    /* A MAC that only the wire told may be a router's: then the address must be the target's as well. */
    bool sent_by_target = boot->target != 0 && fact->sender == boot->target
        && (boot->target_certain
            || net_address_equal(probe ? &fact->target_address : &fact->sender_address, &own));

    if (sent_by_target && !probe && !announcement && !fact->reply)
        note->server = fact->target_address;
    else if (fact->reply && !sent_by_target)
        note->server = fact->sender_address;

    switch (boot_phase_now(boot)) {
    case PHASE_BOOTSTRAP:
        note->step = fact->reply || announcement ? STEP_ARP_REPLY : STEP_ARP_REQUEST;
        return true;
    case PHASE_LOGON:
        note->step = STEP_LOGON_ARP;
        return true;
    case PHASE_SINGLE_READ:
    case PHASE_BNISTACK:
        if (sent_by_target && (probe || announcement)
                && add_handoff_evidence(boot, event, HANDOFF_BY_ARP, note))
            return true;
        note->step = boot_phase_now(boot) == PHASE_BNISTACK ? STEP_BNISTACK_ADDRESS : STEP_SINGLE_READ_ARP;
        return true;
    case PHASE_NONE:
        break;
    }
    return false;
}

/* ---- Bootstrap download ---- */

bootstrap_transfer *
boot_transfer_at(const boot_t *boot, uint32_t frame, const net_address *server, uint16_t client_port)
{
    /* Backwards: the newest one is nearly always meant. */
    for (unsigned i = boot->transfers->len; i-- > 0;) {
        bootstrap_transfer *transfer = g_ptr_array_index(boot->transfers, i);
        if (transfer->first_frame <= frame && bootstrap_transfer_is(transfer, server, client_port))
            return transfer;
    }
    return NULL;
}

static bootstrap_transfer *
transfer_of(boot_t *boot, const boot_event *event)
{
    net_address own = boot_address_now(boot);
    bool from_target = net_address_equal(&event->source, &own);
    const net_address *server = from_target ? &event->destination : &event->source;
    uint16_t client_port = from_target ? event->source_port : event->destination_port;
    bootstrap_transfer *transfer = boot_transfer_at(boot, event->frame, server, client_port);

    if (boot->passed_phase_1) { /* of the first phases only the download's last words can come late */
        bool repeat = transfer && transfer->last_block_frame != 0 && boot_phase_now(boot) == PHASE_LOGON
            && event->bootstrap.message != BOOTSTRAP_REQUEST;
        return repeat ? transfer : NULL;
    }
    /* A request again is a retry of the same transfer as long as nothing has come; else a new transfer. */
    if (event->bootstrap.message != BOOTSTRAP_REQUEST)
        return transfer;
    if (transfer && transfer->blocks == 0 && !transfer->failed && event->bootstrap.file
            && g_strcmp0(transfer->file, event->bootstrap.file) == 0)
        return transfer;
    transfer = bootstrap_transfer_new(event);
    g_ptr_array_add(boot->transfers, transfer);
    return transfer;
}

bool
boot_add_bootstrap(boot_t *boot, const boot_event *event, boot_note *note)
{
    bootstrap_transfer *transfer = transfer_of(boot, event);
    bootstrap_progress progress;
    bool finished;

    if (!transfer)
        return false;
    finished = transfer->last_block_frame != 0;
    boot->last_time = event->time;
    progress = bootstrap_transfer_add(transfer, event);
    note->server = transfer->server;
    note->transfer = transfer;

    switch (progress) {
    case BOOTSTRAP_PROGRESS_LAST_BLOCK:
        enter_phase(boot, event, PHASE_LOGON);
        note->step = STEP_BOOTSTRAP_COMPLETED;
        return true;
    case BOOTSTRAP_PROGRESS_CONFIRMED:
        note->step = STEP_BOOTSTRAP_CONFIRMED;
        if (transfer->complete_frame == event->frame)
            say(note, FINDING_BOOTSTRAP_DOWNLOADED);
        return true;
    case BOOTSTRAP_PROGRESS_REQUESTED:
        note->step = STEP_BOOTSTRAP_REQUEST;
        break;
    case BOOTSTRAP_PROGRESS_OPTIONS:
        note->step = STEP_BOOTSTRAP_OPTIONS;
        break;
    case BOOTSTRAP_PROGRESS_ERROR:
        note->step = STEP_BOOTSTRAP_ERROR;
        break;
    case BOOTSTRAP_PROGRESS_BLOCK:
    case BOOTSTRAP_PROGRESS_REPEATED_BLOCK:
    case BOOTSTRAP_PROGRESS_ACK:
        break;
    }
    if (finished) { /* an old block or ACK again: it moves nothing, and phase 2 has no step for it */
        note->step = STEP_NONE;
        return false;
    }
    enter_phase(boot, event, PHASE_BOOTSTRAP);
    return true;
}

/* ---- Logon and streaming ---- */

boot_step
boot_stream_step(boot_phase phase, bool to_server)
{
    switch (phase) {
    case PHASE_LOGON:
        return to_server ? STEP_LOGON_REQUEST : STEP_LOGON_REPLY;
    case PHASE_SINGLE_READ:
        return to_server ? STEP_SINGLE_READ_REQUEST : STEP_SINGLE_READ_DATA;
    case PHASE_BNISTACK:
        return to_server ? STEP_BNISTACK_REQUEST : STEP_BNISTACK_DATA;
    case PHASE_NONE:
    case PHASE_BOOTSTRAP:
        break;
    }
    return STEP_NONE;
}

stream_kind
boot_stream_kind(const boot_t *boot, uint32_t frame, boot_phase phase, const stream_fact *fact)
{
    const stream_read *read;
    int index;

    if (phase < PHASE_SINGLE_READ)
        return STREAM_LOGON;
    if (fact->to_server)
        return STREAM_REQUEST;
    if (!stream_payload_is_read_data(fact->payload))
        return STREAM_OTHER;
    index = stream_meter_read_of_data(&boot->meter, frame);
    read = index < 0 ? NULL : stream_meter_read(&boot->meter, (unsigned)index);
    return read && read->ended_by_size && read->last_frame == frame ? STREAM_DATA_END : STREAM_DATA;
}

/* The first datagram of a boot whose beginning is not in the capture. */
static void
begin_in_midstream(boot_t *boot, const boot_event *event)
{
    const stream_fact *fact = &event->stream;
    bool logon = fact->logon_port && (fact->to_server || !stream_payload_can_start_reading(fact->payload));

    boot->from_midstream = true;
    enter_phase(boot, event, logon ? PHASE_LOGON : PHASE_SINGLE_READ);
}

/* Whether the target has spoken to this server; where only servers' datagrams were captured, nobody can tell. */
static bool
was_asked(const boot_t *boot, const boot_event *event)
{
    return boot->servers_asked ? g_hash_table_contains(boot->servers_asked, &event->source) : boot->from_midstream;
}

static void
note_logon(boot_t *boot, const boot_event *event, boot_note *note)
{
    net_address *server;

    if (!event->stream.to_server)
        return;
    if (!boot->servers_asked)
        boot->servers_asked = g_hash_table_new_full(net_address_hash, net_address_hash_equal, g_free, NULL);
    if (!g_hash_table_contains(boot->servers_asked, &event->destination)) {
        server = g_new(net_address, 1);
        *server = event->destination;
        g_hash_table_add(boot->servers_asked, server);
    }
    if (!boot->logon_started) {
        boot->logon_started = true;
        say(note, FINDING_LOGON_STARTED);
    }
}

static void
note_single_read(boot_t *boot, const boot_event *event, boot_note *note)
{
    const stream_fact *fact = &event->stream;
    uint16_t target_port = fact->to_server ? event->source_port : event->destination_port;
    bool oversized = !fact->to_server && fact->payload > STREAM_SINGLE_READ_PAYLOAD;

    if (oversized && boot->from_midstream && boot->meter.largest_payload < STREAM_SINGLE_READ_PAYLOAD) {
        /* Nothing of single read mode's size came before: the hand-off was before the capture. */
        enter_phase(boot, event, PHASE_BNISTACK);
        return;
    }
    if (oversized)
        add_handoff_evidence(boot, event, HANDOFF_BY_JUMBO, note);
    else if (boot->stream_port == 0)
        boot->stream_port = target_port;
    else if (fact->to_server && target_port != boot->stream_port)
        add_handoff_evidence(boot, event, HANDOFF_BY_PORT, note);
}

/* Evidence that comes after the hand-off speaks of the same one only soon after it. */
static void
note_bnistack(boot_t *boot, const boot_event *event)
{
    const stream_fact *fact = &event->stream;

    if (!fact->to_server && fact->payload > STREAM_SINGLE_READ_PAYLOAD)
        handoff_support(&boot->handoff, event->time, HANDOFF_BY_JUMBO);
    if (fact->to_server && boot->stream_port != 0 && event->source_port != boot->stream_port)
        handoff_support(&boot->handoff, event->time, HANDOFF_BY_PORT);
}

bool
boot_add_stream(boot_t *boot, const boot_event *event, boot_note *note)
{
    const stream_fact *fact = &event->stream;
    boot_phase phase = boot_phase_now(boot);

    boot->last_time = event->time;
    boot->passed_phase_1 = true;
    if (phase == PHASE_NONE)
        begin_in_midstream(boot, event);
    else if (phase == PHASE_BOOTSTRAP)
        enter_phase(boot, event, PHASE_LOGON);

    if (boot_phase_now(boot) == PHASE_LOGON) {
        if (!fact->to_server && stream_payload_can_start_reading(fact->payload) && was_asked(boot, event)) {
            enter_phase(boot, event, PHASE_SINGLE_READ);
            say(note, FINDING_STREAM_STARTED);
        } else {
            note_logon(boot, event, note);
        }
    }
    if (boot_phase_now(boot) == PHASE_SINGLE_READ)
        note_single_read(boot, event, note);
    else if (boot_phase_now(boot) == PHASE_BNISTACK)
        note_bnistack(boot, event);

    if (fact->to_server) {
        if (stream_meter_add_request(&boot->meter, event, boot_phase_now(boot) != PHASE_BNISTACK))
            add_handoff_evidence(boot, event, HANDOFF_BY_OVERLAP, note);
    } else if (boot_phase_now(boot) >= PHASE_SINGLE_READ && stream_payload_is_read_data(fact->payload)) {
        stream_meter_add_data(&boot->meter, event);
        boot->bnistack_streamed |= boot_phase_now(boot) == PHASE_BNISTACK;
    }
    boot->last_stream_time = event->time;
    return true;
}
