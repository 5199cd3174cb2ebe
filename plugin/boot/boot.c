/* boot.c
 * One boot of one target device: its phases, steps and times
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"

#include "boot_time.h"
#include "frame_index.h"

/* The rules' times, from design.md, section 5, unless another source is named. */
#define ARP_ANSWER_TIME (3 * SECOND)
#define ARP_REQUESTS_IN_A_ROW 3
#define ARP_REQUESTS_AT_ONCE 64 /* a reply is matched with the newest ones only */
#define PXE_ANSWER_TIME (4 * SECOND) /* RFC 2131, section 4.1, as for DISCOVERs */
#define DOWNLOAD_STALL (1 * SECOND)
#define READ_REQUEST_ANSWER_TIME (5 * SECOND)
#define DOWNLOAD_END_TIME (10 * SECOND)
#define LOGON_RETRY_TIME (1 * SECOND)
#define LOGON_END_TIME (10 * SECOND)
#define LOGON_DATAGRAMS_IN_A_ROW 3
#define STREAM_STALL (10 * SECOND)
#define HANDOFF_END_TIME (10 * SECOND)

/* More transfers than this are looked up by port. */
#define FEW_TRANSFERS 8

/* So many changes of its address are remembered of a boot: real ones have one or two, a spoofed MAC millions. */
#define ADDRESSES_OF_A_BOOT 64

/* A bootstrap knows 4 servers, a UEFI one up to 32 (option 11): who asks more is not remembered for it. */
#define SERVERS_OF_A_BOOT 64

static void
enter_phase(boot_t *boot, const boot_event *event, boot_phase phase)
{
    boot_mark mark = { event->frame, phase, event->time };

    if (boot_phase_now(boot) != phase)
        g_array_append_val(boot->phases, mark);
}

boot_t *
boot_new(boot_context *context, uint32_t number, const boot_event *first)
{
    boot_t *self = g_new0(boot_t, 1);

    self->context = context;
    self->stopped_by = -1;
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
    if (self->transfers_by_port)
        g_hash_table_destroy(self->transfers_by_port);
    g_ptr_array_free(self->transfers, TRUE);
    if (self->servers_asked)
        g_array_free(self->servers_asked, TRUE);
    if (self->arp_requests)
        g_array_free(self->arp_requests, TRUE);
    if (self->neighbours)
        g_array_free(self->neighbours, TRUE);
    if (self->stalls)
        g_array_free(self->stalls, TRUE);
    stream_meter_clear(&self->meter);
    g_free(self);
}

boot_t *
boot_with_number(const boot_context *context, uint32_t number)
{
    unsigned low = 0, high = context->boots->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        boot_t *boot = g_ptr_array_index(context->boots, middle);
        if (boot->number == number)
            return boot;
        if (boot->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const boot_mark *
mark_at(const GArray *marks, uint32_t frame)
{
    unsigned count = frames_until(marks, offsetof(boot_mark, frame), frame);

    return count > 0 ? &g_array_index(marks, boot_mark, count - 1) : NULL;
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
    unsigned count = frames_until(boot->addresses, offsetof(boot_address, frame), frame);

    return count > 0 ? g_array_index(boot->addresses, boot_address, count - 1).address : NET_ADDRESS_NONE;
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

    if (!net_address_known(address) || net_address_equal(&now, address)
            || boot->addresses->len >= ADDRESSES_OF_A_BOOT)
        return false;
    g_array_append_val(boot->addresses, entry);
    return true;
}

/* A fault that nothing good has followed yet: as far as is known now, it is why the boot stops. */
static void
note_fault(boot_t *boot, const boot_event *event, finding_id id)
{
    if (boot->stopped_by < 0) {
        boot->stopped_by = (int)id;
        boot->stopped_in = event->frame;
    }
}

/* Says what is certain with this frame. The answer may be filled in. */
static boot_finding *
say(boot_t *boot, const boot_event *event, finding_id id)
{
    if (finding_kind_of(id)->severity == FINDING_FAULT)
        note_fault(boot, event, id);
    return finding_log_add(&boot->context->said, event->frame, id, boot);
}

/* The boot has come further: what was wrong before did not stop it. */
static void
progress(boot_t *boot, const boot_event *event)
{
    boot->progress_frame = event->frame;
    boot->stopped_by = -1;
}

/* ---- Waiting for an answer ---- */

static void
wait_for_answer(boot_wait *wait, const boot_event *event, const net_address *asked)
{
    if (wait->count++ == 0) {
        wait->said = false;
        wait->first_frame = event->frame;
        wait->first_time = event->time;
    }
    wait->newest_frame = event->frame;
    wait->newest_time = event->time;
    wait->asked = *asked;
}

static void
stop_waiting(boot_wait *wait)
{
    wait->count = 0;
}

/* ---- DHCP ---- */

static boot_step
dhcp_step(const boot_event *event)
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
    progress(boot, event);
    say(boot, event, FINDING_HANDOFF_SEEN);
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
    if (boot_phase_now(boot) != PHASE_BNISTACK) {
        boot->other_system |= !boot->passed_phase_1;
        return false;
    }
    note->step = STEP_BNISTACK_ADDRESS;
    if (event->dhcp.message == DHCP_MESSAGE_ACK) {
        if (net_address_known(&boot->firmware_address) && net_address_known(&event->dhcp.your_address)
                && !net_address_equal(&boot->firmware_address, &event->dhcp.your_address))
            say(boot, event, FINDING_DHCP_ADDRESS_CHANGED)->address = boot->firmware_address;
        boot_set_address(boot, event->frame, &event->dhcp.your_address);
    }
    return true;
}

static void
say_servers_differ(boot_t *boot, const boot_event *event, const net_address *other, uint32_t other_frame)
{
    boot_finding *finding = say(boot, event, FINDING_DHCP_SERVERS_DIFFER);

    finding->address = *other;
    finding->from_frame = other_frame;
}

static void
add_offer(boot_t *boot, const boot_event *event, boot_note *note)
{
    const dhcp_fact *fact = &event->dhcp;

    if (!net_address_known(&fact->your_address))
        return; /* a proxyDHCP offer is no answer */
    note->answers = discover_log_answer(&boot->context->discovers, &boot->discovers, event);
    if (boot->offer_frame != 0 && boot->offer_transaction == fact->transaction
            && !net_address_equal(&boot->offer_server, &note->server))
        say_servers_differ(boot, event, &boot->offer_server, boot->offer_frame);
    boot->offer_frame = event->frame;
    boot->offer_transaction = fact->transaction;
    boot->offer_server = note->server;
    progress(boot, event);
}

static void
add_ack(boot_t *boot, const boot_event *event, const boot_note *note)
{
    const dhcp_fact *fact = &event->dhcp;

    discover_log_went_on(&boot->context->discovers, &boot->discovers, true);
    if (net_address_known(&fact->your_address)) {
        if (boot->ack_frame != 0 && !net_address_equal(&boot->ack_server, &note->server))
            say_servers_differ(boot, event, &boot->ack_server, boot->ack_frame);
        boot->ack_server = note->server;
        boot->firmware_address = fact->your_address;
    }
    boot->offer_frame = 0; /* this transaction is over */
    boot->ack_frame = event->frame;
    boot->ack_time = event->time;
    boot_set_address(boot, event->frame, &fact->your_address);
    progress(boot, event);
}

static void
add_firmware_dhcp(boot_t *boot, const boot_event *event, dhcp_client client, boot_note *note)
{
    const dhcp_fact *fact = &event->dhcp;

    if (dhcp_is_from_server(fact->message) && fact->boot.file)
        boot->boot_file_named = true;
    if (client == DHCP_CLIENT_PXE)
        boot->ack_for_pxe = true;

    switch (note->step) {
    case STEP_DHCP_DISCOVER:
        if (discover_log_add(&boot->context->discovers, &boot->discovers, event, boot, &boot->context->said))
            note_fault(boot, event, FINDING_DISCOVER_UNANSWERED);
        break;
    case STEP_DHCP_OFFER:
        add_offer(boot, event, note);
        break;
    case STEP_DHCP_REQUEST:
        if (net_address_known(&fact->server_id))
            discover_log_went_on(&boot->context->discovers, &boot->discovers, false);
        break;
    case STEP_DHCP_ACK:
        add_ack(boot, event, note);
        break;
    case STEP_DHCP_NAK_OR_DECLINE:
        say(boot, event, FINDING_DHCP_REFUSED)->count = fact->message;
        break;
    case STEP_PXE_REPLY:
        progress(boot, event);
        break;
    default:
        break;
    }
}

bool
boot_add_dhcp(boot_t *boot, const boot_event *event, dhcp_client client, boot_note *note)
{
    const dhcp_fact *fact = &event->dhcp;

    if (!dhcp_is_from_server(fact->message))
        note->server = fact->message == DHCP_MESSAGE_DISCOVER ? NET_ADDRESS_NONE : fact->server_id;
    else
        note->server = net_address_known(&fact->server_id) ? fact->server_id : event->source;

    if (client == DHCP_CLIENT_OPERATING_SYSTEM || boot->passed_phase_1)
        return add_operating_system_dhcp(boot, event, note);
    if (dhcp_step(event) == STEP_NONE)
        return false;
    if (dhcp_is_from_server(fact->message) && boot_phase_now(boot) == PHASE_LOGON)
        return false; /* a straggler: the download is over, and no client asked again */
    boot->last_time = event->time;
    boot->other_system = false;
    enter_phase(boot, event, PHASE_BOOTSTRAP);
    note->step = dhcp_step(event);
    add_firmware_dhcp(boot, event, client, note);
    return true;
}

static bool
no_boot_file_was_named(const boot_t *boot, int64_t end)
{
    return boot->ack_frame != 0 && boot->ack_for_pxe && !boot->boot_file_named && boot->transfers->len == 0
        && !boot->passed_phase_1 && end - boot->ack_time >= PXE_ANSWER_TIME;
}

/* ---- ARP ---- */

/* Only before BNIStack, and only of a client that is more than possibly booting: an operating system asks for many. */
static void
add_arp_request(boot_t *boot, const boot_event *event)
{
    const net_address *asked = &event->arp.target_address;
    arp_question request = { .frame = event->frame, .time = event->time, .asked = *asked };

    if (boot_certainty_final(boot) < CERTAINTY_PXE)
        return;
    if (boot->arp.count > 0 && !net_address_equal(&boot->arp.asked, asked))
        stop_waiting(&boot->arp);
    wait_for_answer(&boot->arp, event, asked);
    if (boot->arp.count == ARP_REQUESTS_IN_A_ROW) {
        boot_finding *finding = say(boot, event, FINDING_ARP_UNANSWERED);
        finding->address = *asked;
        finding->count = boot->arp.count;
        finding->from_frame = boot->arp.first_frame;
    }
    if (!boot->arp_requests)
        boot->arp_requests = g_array_new(FALSE, FALSE, sizeof(arp_question));
    g_array_append_val(boot->arp_requests, request);
}

static void
take_arp_reply(boot_t *boot, const boot_event *event, const net_address *address)
{
    unsigned length = boot->arp_requests ? boot->arp_requests->len : 0;

    for (unsigned i = length; i-- > boot->arp_moot && length - i <= ARP_REQUESTS_AT_ONCE;) {
        arp_question *request = &g_array_index(boot->arp_requests, arp_question, i);
        if (event->time - request->time > ARP_ANSWER_TIME)
            break;
        if (net_address_equal(&request->asked, address))
            request->settled = true;
    }
    if (net_address_equal(&boot->arp.asked, address))
        stop_waiting(&boot->arp);
}

static mac_address
mac_of_neighbour(const boot_t *boot, const net_address *address)
{
    for (unsigned i = 0; boot->neighbours && i < boot->neighbours->len; i++) {
        const neighbour *known = &g_array_index(boot->neighbours, neighbour, i);
        if (net_address_equal(&known->address, address))
            return known->mac;
    }
    return 0;
}

static void
remember_neighbour(boot_t *boot, const arp_fact *reply)
{
    neighbour replied = { reply->sender_address, reply->sender };

    if (!boot->neighbours)
        boot->neighbours = g_array_new(FALSE, FALSE, sizeof(neighbour));
    if (boot->neighbours->len < SERVERS_OF_A_BOOT && mac_of_neighbour(boot, &reply->sender_address) == 0)
        g_array_append_val(boot->neighbours, replied);
}

/* The target sends datagrams: whatever it asked before, a reply that is not in the capture is no fault. */
static void
forget_arp_requests(boot_t *boot)
{
    boot->arp_moot = boot->arp_requests ? boot->arp_requests->len : 0;
    stop_waiting(&boot->arp);
}

static void
settle_arp(const boot_t *boot, int64_t end, finding_log *late)
{
    for (unsigned i = boot->arp_moot; boot->arp_requests && i < boot->arp_requests->len; i++) {
        const arp_question *request = &g_array_index(boot->arp_requests, arp_question, i);
        boot_finding *finding;

        if (request->settled || end - request->time < ARP_ANSWER_TIME)
            continue;
        finding = finding_log_add(late, request->frame, FINDING_ARP_UNANSWERED, boot);
        finding->address = request->asked;
        finding->count = 1;
    }
}

void
boot_say_conflict(boot_t *boot, const boot_event *event)
{
    boot_finding *finding = say(boot, event, FINDING_ARP_CONFLICT);

    finding->address = event->arp.sender_address;
    finding->mac = event->arp.sender;
}

bool
boot_add_arp(boot_t *boot, const boot_event *event, boot_note *note)
{
    const arp_fact *fact = &event->arp;
    net_address own = boot_address_now(boot);
    boot_phase phase = boot_phase_now(boot);
    bool probe = !net_address_known(&fact->sender_address);
    bool announcement = !probe && net_address_equal(&fact->sender_address, &fact->target_address);
    /* A MAC that only the wire told may be a router's: then the address must be the target's as well. */
    bool sent_by_target = boot->target != 0 && fact->sender == boot->target
        && (boot->target_certain
            || net_address_equal(probe ? &fact->target_address : &fact->sender_address, &own));

    if (boot->other_system)
        return false;
    if (sent_by_target && !probe && !announcement && !fact->reply) {
        note->server = fact->target_address;
        if (phase < PHASE_BNISTACK)
            add_arp_request(boot, event);
    } else if (fact->reply && !sent_by_target) {
        note->server = fact->sender_address;
        take_arp_reply(boot, event, &fact->sender_address);
        remember_neighbour(boot, fact);
    }
    if (boot->target_certain && !sent_by_target && net_address_known(&own)
            && net_address_equal(&fact->sender_address, &own))
        boot_say_conflict(boot, event);

    switch (phase) {
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

/* Of sorted transfers the newest one that began by this frame, if it is with this server and port; or NULL. */
static bootstrap_transfer *
newest_transfer(const GPtrArray *transfers, uint32_t frame, const net_address *server, uint16_t client_port)
{
    unsigned low = 0, high = transfers ? transfers->len : 0;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (((bootstrap_transfer *)g_ptr_array_index(transfers, middle))->first_frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    for (unsigned i = low; i-- > 0 && low - i <= FEW_TRANSFERS;)
        if (bootstrap_transfer_is(g_ptr_array_index(transfers, i), server, client_port))
            return g_ptr_array_index(transfers, i);
    return NULL;
}

bootstrap_transfer *
boot_transfer_at(const boot_t *boot, uint32_t frame, const net_address *server, uint16_t client_port)
{
    const GPtrArray *transfers = boot->transfers;

    if (boot->transfers_by_port)
        transfers = g_hash_table_lookup(boot->transfers_by_port, GUINT_TO_POINTER(client_port));
    return newest_transfer(transfers, frame, server, client_port);
}

static void
index_transfer(boot_t *boot, bootstrap_transfer *transfer)
{
    void *port = GUINT_TO_POINTER(transfer->client_port);
    GPtrArray *of_port = g_hash_table_lookup(boot->transfers_by_port, port);

    if (!of_port) {
        of_port = g_ptr_array_new();
        g_hash_table_insert(boot->transfers_by_port, port, of_port);
    }
    g_ptr_array_add(of_port, transfer);
}

/* Most boots have one or two transfers; an index by port is made for the others only. */
static bootstrap_transfer *
begin_transfer(boot_t *boot, const boot_event *request)
{
    bootstrap_transfer *transfer = bootstrap_transfer_new(request);

    g_ptr_array_add(boot->transfers, transfer);
    if (boot->transfers_by_port) {
        index_transfer(boot, transfer);
    } else if (boot->transfers->len > FEW_TRANSFERS) {
        boot->transfers_by_port = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
        for (unsigned i = 0; i < boot->transfers->len; i++)
            index_transfer(boot, g_ptr_array_index(boot->transfers, i));
    }
    return transfer;
}

/* An earlier request for the same file to the same server that found no answer, or NULL. */
static const bootstrap_transfer *
unanswered_before(const boot_t *boot, const bootstrap_transfer *transfer)
{
    for (unsigned i = boot->transfers->len; i-- > 0;) {
        const bootstrap_transfer *earlier = g_ptr_array_index(boot->transfers, i);
        if (earlier == transfer)
            continue;
        return !earlier->answered && net_address_equal(&earlier->server, &transfer->server)
            && g_strcmp0(earlier->file, transfer->file) == 0 ? earlier : NULL;
    }
    return NULL;
}

static void
tell_transfer(boot_finding *finding, const bootstrap_transfer *transfer)
{
    finding->address = transfer->server;
    finding->text = transfer->file;
    finding->from_frame = transfer->first_frame;
}

/* The transfer that a message belongs to; a new one for a request; NULL where it has no place. */
static bootstrap_transfer *
transfer_of(boot_t *boot, const boot_event *event)
{
    net_address own = boot_address_now(boot);
    bool from_target = net_address_equal(&event->source, &own);
    const net_address *server = from_target ? &event->destination : &event->source;
    uint16_t client_port = from_target ? event->source_port : event->destination_port;
    bootstrap_transfer *transfer = boot_transfer_at(boot, event->frame, server, client_port);
    bool request = event->bootstrap.message == BOOTSTRAP_REQUEST;

    if (boot->passed_phase_1) { /* of the first phases only the download's last words can come late */
        bool repeat = transfer && transfer->last_block_frame != 0 && boot_phase_now(boot) == PHASE_LOGON;
        return repeat && !request ? transfer : NULL;
    }
    if (!request)
        return transfer;
    /* A request again is a retry of the same transfer as long as nothing has come; else a new transfer. */
    if (transfer && transfer->blocks == 0 && !transfer->failed
            && g_strcmp0(transfer->file, event->bootstrap.file) == 0)
        return transfer;
    return begin_transfer(boot, event);
}

/* What the progress of a download says by itself. */
static void
judge_progress(boot_t *boot, const boot_event *event, const bootstrap_transfer *transfer,
    bootstrap_progress came, int64_t stood_still)
{
    switch (came) {
    case BOOTSTRAP_PROGRESS_REQUESTED:
        if ((transfer->requests > 1 && !transfer->answered) || unanswered_before(boot, transfer))
            tell_transfer(say(boot, event, FINDING_BOOTSTRAP_UNANSWERED), transfer);
        break;
    case BOOTSTRAP_PROGRESS_OPTIONS:
        progress(boot, event);
        break;
    case BOOTSTRAP_PROGRESS_BLOCK:
    case BOOTSTRAP_PROGRESS_LAST_BLOCK:
        if (transfer->newest_block_frame == event->frame) {
            progress(boot, event);
            if (stood_still >= DOWNLOAD_STALL)
                say(boot, event, FINDING_BOOTSTRAP_STALL)->duration = stood_still;
            break;
        }
        /* FALLTHROUGH */
    case BOOTSTRAP_PROGRESS_REPEATED_BLOCK:
        say(boot, event, FINDING_BOOTSTRAP_RETRANSMISSION)->count = transfer->repeats;
        break;
    case BOOTSTRAP_PROGRESS_CONFIRMED:
        if (transfer->complete_frame == event->frame) {
            boot_finding *finding = say(boot, event, FINDING_BOOTSTRAP_DOWNLOADED);
            tell_transfer(finding, transfer);
            finding->count = transfer->bytes;
            finding->promised = transfer->promised_size;
            finding->duration = transfer->complete_time - transfer->request_time;
            progress(boot, event);
        }
        break;
    case BOOTSTRAP_PROGRESS_ERROR:
        if (!transfer->probe) { /* a size probe that the client ends is no fault */
            boot_finding *finding = say(boot, event, FINDING_BOOTSTRAP_ERROR);
            tell_transfer(finding, transfer);
            finding->count = event->bootstrap.number;
            finding->from_client = event->source_port == transfer->client_port;
        }
        break;
    case BOOTSTRAP_PROGRESS_ACK:
        break;
    }
}

bool
boot_add_bootstrap(boot_t *boot, const boot_event *event, boot_note *note)
{
    bootstrap_transfer *transfer = transfer_of(boot, event);
    bootstrap_progress came;
    int64_t stood_still;
    bool finished;

    if (!transfer)
        return false;
    finished = transfer->last_block_frame != 0;
    if (finished && (event->bootstrap.message == BOOTSTRAP_ERROR || event->bootstrap.message == BOOTSTRAP_OPTIONS
            || event->bootstrap.number != transfer->number || boot_phase_now(boot) != PHASE_LOGON))
        return false; /* old words again: they move nothing, and phase 2 has a step for the last block only */
    stood_still = event->time - transfer->progress_time;
    boot->last_time = event->time;
    forget_arp_requests(boot);
    came = bootstrap_transfer_add(transfer, event);
    judge_progress(boot, event, transfer, came, stood_still);
    note->server = transfer->server;
    note->transfer = transfer;

    switch (came) {
    case BOOTSTRAP_PROGRESS_LAST_BLOCK:
        enter_phase(boot, event, PHASE_LOGON);
        note->step = STEP_BOOTSTRAP_COMPLETED;
        return true;
    case BOOTSTRAP_PROGRESS_CONFIRMED:
        note->step = STEP_BOOTSTRAP_CONFIRMED;
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
    enter_phase(boot, event, PHASE_BOOTSTRAP);
    return true;
}

/* A transfer with data that never reached its last block, where none after it did; or NULL. */
static const bootstrap_transfer *
incomplete_transfer(const boot_t *boot)
{
    const bootstrap_transfer *incomplete = NULL;

    for (unsigned i = 0; i < boot->transfers->len; i++) {
        const bootstrap_transfer *transfer = g_ptr_array_index(boot->transfers, i);
        if (transfer->last_block_frame != 0)
            incomplete = NULL;
        else if (transfer->blocks > 0)
            incomplete = transfer;
    }
    return incomplete;
}

static void
say_incomplete(finding_log *log, uint32_t frame, const boot_t *boot, const bootstrap_transfer *transfer)
{
    boot_finding *finding = finding_log_add(log, frame, FINDING_BOOTSTRAP_INCOMPLETE, boot);

    tell_transfer(finding, transfer);
    finding->from_frame = transfer->newest_block_frame;
    finding->count = transfer->bytes;
}

static void
settle_bootstrap(const boot_t *boot, int64_t end, finding_log *late)
{
    const bootstrap_transfer *incomplete = incomplete_transfer(boot);

    for (unsigned i = 0; i < boot->transfers->len; i++) {
        const bootstrap_transfer *transfer = g_ptr_array_index(boot->transfers, i);
        if (!transfer->answered
                && (transfer->requests > 1 || end - transfer->request_time >= READ_REQUEST_ANSWER_TIME))
            tell_transfer(finding_log_add(late, transfer->first_frame, FINDING_BOOTSTRAP_UNANSWERED, boot), transfer);
    }
    if (incomplete && (boot->succeeded || end - incomplete->newest_block_time >= DOWNLOAD_END_TIME))
        say_incomplete(late, incomplete->newest_block_frame, boot, incomplete);
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

static bool
is_among(const GArray *pairs, const net_address *target, const net_address *server)
{
    for (unsigned i = 0; i < pairs->len; i++) {
        const address_pair *pair = &g_array_index(pairs, address_pair, i);
        if (net_address_equal(&pair->server, server) && net_address_equal(&pair->target, target))
            return true;
    }
    return false;
}

/* Whether these two have spoken, the target first; where only servers' datagrams were captured, nobody can tell. */
static bool
was_asked(const boot_t *boot, const boot_event *event)
{
    return boot->servers_asked ? is_among(boot->servers_asked, &event->destination, &event->source)
                               : boot->from_midstream;
}

static void
remember_asked(boot_t *boot, const boot_event *event)
{
    address_pair pair = { event->source, event->destination };

    if (!boot->servers_asked)
        boot->servers_asked = g_array_sized_new(FALSE, FALSE, sizeof(address_pair), 1);
    if (boot->servers_asked->len < SERVERS_OF_A_BOOT && !is_among(boot->servers_asked, &pair.target, &pair.server))
        g_array_append_val(boot->servers_asked, pair);
}

static void
say_logon_unanswered(finding_log *log, uint32_t frame, const boot_t *boot)
{
    boot_finding *finding = finding_log_add(log, frame, FINDING_LOGON_UNANSWERED, boot);

    finding->from_frame = boot->logon.first_frame;
    finding->count = boot->logon.count;
}

static void
add_logon_request(boot_t *boot, const boot_event *event)
{
    boot_wait *wait = &boot->logon;

    remember_asked(boot, event);
    if (boot->logon_port == 0)
        say(boot, event, FINDING_LOGON_STARTED);
    else if (boot->logon_port != event->destination_port
            || !net_address_equal(&boot->logon_server, &event->destination)) {
        boot_finding *finding = say(boot, event, FINDING_LOGON_REDIRECTED);
        finding->address = event->destination;
        finding->count = event->destination_port;
    }
    boot->logon_server = event->destination;
    boot->logon_port = event->destination_port;

    if (wait->count > 0 && event->stream.logon_port && event->time - wait->newest_time >= LOGON_RETRY_TIME) {
        boot_finding *finding = say(boot, event, FINDING_LOGON_RETRY);
        finding->from_frame = wait->newest_frame;
        finding->duration = event->time - wait->newest_time;
    }
    wait_for_answer(&boot->logon, event, &event->destination);
    if (!wait->said && wait->count >= LOGON_DATAGRAMS_IN_A_ROW && event->time - wait->first_time >= LOGON_END_TIME) {
        wait->said = true;
        note_fault(boot, event, FINDING_LOGON_UNANSWERED);
        say_logon_unanswered(&boot->context->said, event->frame, boot);
    }
}

static bool
logon_is_unanswered(const boot_t *boot, int64_t end)
{
    return boot_phase_now(boot) == PHASE_LOGON && boot->logon.count > 0
        && end - boot->logon.newest_time >= LOGON_END_TIME;
}

static void
say_stalled(finding_log *log, uint32_t frame, const boot_t *boot, const boot_wait *wait, int64_t end)
{
    boot_finding *finding = finding_log_add(log, frame, FINDING_STREAM_STALLED, boot);

    finding->from_frame = wait->first_frame;
    finding->count = wait->count;
    finding->duration = end - wait->newest_time;
}

static bool
is_stalled(const boot_wait *wait, int64_t end)
{
    return wait->count >= 2 && end - wait->newest_time >= STREAM_STALL;
}

/* The stream goes on after a stall: certain now, and kept for the frame that it began on. */
static void
note_stall(boot_t *boot, const boot_event *event)
{
    boot_wait stall = boot->stream;

    if (!is_stalled(&stall, event->time))
        return;
    say_stalled(&boot->context->said, event->frame, boot, &stall, event->time);
    stall.first_time = event->time;
    if (!boot->stalls)
        boot->stalls = g_array_new(FALSE, FALSE, sizeof(boot_wait));
    g_array_append_val(boot->stalls, stall);
    stop_waiting(&boot->stream);
}

/* Two addresses for which the same MAC has answered are of one server, which may have several network cards or names. */
static bool
is_same_server(const boot_t *boot, const net_address *a, const net_address *b)
{
    mac_address mac = mac_of_neighbour(boot, a);

    return net_address_equal(a, b) || (mac != 0 && mac == mac_of_neighbour(boot, b));
}

static void
add_stream_request(boot_t *boot, const boot_event *event, boot_note *note)
{
    stream_request meant = stream_meter_add_request(&boot->meter, event, boot_phase_now(boot) != PHASE_BNISTACK);

    if (meant == STREAM_REQUEST_OVERLAPS)
        add_handoff_evidence(boot, event, HANDOFF_BY_OVERLAP, note);
    if (meant == STREAM_REQUEST_RETRIED) {
        boot_finding *finding = say(boot, event, FINDING_READ_RETRY);
        finding->from_frame = stream_meter_newest_request(&boot->meter);
        finding->duration = event->time - boot->meter.newest_request_time;
    }
    if (!net_address_known(&boot->stream_server)) {
        boot->stream_server = event->destination;
    } else if (!is_same_server(boot, &boot->stream_server, &event->destination)) {
        boot_finding *finding = say(boot, event, FINDING_STREAM_SERVER_CHANGED);
        finding->address = event->destination;
        finding->count = event->destination_port;
        boot->stream_server = event->destination;
    }
    wait_for_answer(&boot->stream, event, &event->destination);
}

static void
add_stream_data(boot_t *boot, const boot_event *event)
{
    const stream_read *read = stream_meter_add_data(&boot->meter, event);

    boot->bnistack_streamed |= boot_phase_now(boot) == PHASE_BNISTACK;
    if (read->ended_by_size && read->requested && read->time > SECOND) {
        boot_finding *finding = say(boot, event, FINDING_READ_SLOW);
        finding->from_frame = read->start_frame;
        finding->duration = read->time;
    }
    if (stream_meter_burst_was_too_long(&boot->meter, read))
        say(boot, event, FINDING_READ_BURST_TOO_LONG)->count = read->packets;
    progress(boot, event);
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

static void
add_logon(boot_t *boot, const boot_event *event)
{
    if (event->stream.to_server) {
        add_logon_request(boot, event);
        stream_meter_add_logon_request(&boot->meter, event);
    } else {
        stop_waiting(&boot->logon);
        progress(boot, event);
    }
}

bool
boot_add_stream(boot_t *boot, const boot_event *event, boot_note *note)
{
    const stream_fact *fact = &event->stream;
    boot_phase phase = boot_phase_now(boot);

    boot->last_time = event->time;
    boot->passed_phase_1 = true;
    if (fact->to_server)
        forget_arp_requests(boot);
    if (phase == PHASE_NONE)
        begin_in_midstream(boot, event);
    else if (phase == PHASE_BOOTSTRAP)
        enter_phase(boot, event, PHASE_LOGON);

    if (boot_phase_now(boot) == PHASE_LOGON && !fact->to_server && stream_payload_can_start_reading(fact->payload)
            && was_asked(boot, event)) {
        enter_phase(boot, event, PHASE_SINGLE_READ);
        say(boot, event, FINDING_STREAM_STARTED);
        boot->stream_server = event->source;
    }
    note_stall(boot, event);
    if (fact->fragmented && !boot->fragments_seen) {
        boot->fragments_seen = true;
        say(boot, event, FINDING_READ_FRAGMENTED);
    }
    switch (boot_phase_now(boot)) {
    case PHASE_LOGON:
        add_logon(boot, event);
        break;
    case PHASE_SINGLE_READ:
        note_single_read(boot, event, note);
        break;
    default:
        note_bnistack(boot, event);
        break;
    }
    if (boot_phase_now(boot) >= PHASE_SINGLE_READ) {
        if (fact->to_server)
            add_stream_request(boot, event, note);
        else
            stop_waiting(&boot->stream);
        if (!fact->to_server && stream_payload_is_read_data(fact->payload))
            add_stream_data(boot, event);
    }
    boot->last_stream_time = event->time;
    boot->last_stream_frame = event->frame;
    return true;
}

/* Single read mode was the last thing that streamed, or nothing streamed after the hand-off began. */
static bool
handoff_is_missing(const boot_t *boot, int64_t end)
{
    boot_phase phase = boot_phase_now(boot);

    if (phase != PHASE_SINGLE_READ && !(phase == PHASE_BNISTACK && boot->handoff.frame != 0 && !boot->bnistack_streamed))
        return false;
    return boot->succeeded || end - boot->last_stream_time >= HANDOFF_END_TIME;
}

/* A read whose last datagram was a full one is known to be over only by the next request. */
static void
settle_reads(const boot_t *boot, finding_log *late)
{
    for (unsigned i = 0; i < stream_meter_reads_over(&boot->meter); i++) {
        const stream_read *read = stream_meter_read(&boot->meter, i);
        boot_finding *finding;

        if (read->ended_by_size || !read->requested || read->packets == 0)
            continue;
        if (read->time > SECOND) {
            finding = finding_log_add(late, read->last_frame, FINDING_READ_SLOW, boot);
            finding->from_frame = read->start_frame;
            finding->duration = read->time;
        }
    }
}

static void
settle_stream(const boot_t *boot, int64_t end, finding_log *late)
{
    if (logon_is_unanswered(boot, end))
        say_logon_unanswered(late, boot->logon.newest_frame, boot);
    for (unsigned i = 0; boot->stalls && i < boot->stalls->len; i++) {
        const boot_wait *stall = &g_array_index(boot->stalls, boot_wait, i);
        say_stalled(late, stall->newest_frame, boot, stall, stall->first_time);
    }
    if (is_stalled(&boot->stream, end))
        say_stalled(late, boot->stream.newest_frame, boot, &boot->stream, end);
    if (handoff_is_missing(boot, end))
        finding_log_add(late, boot->last_stream_frame, FINDING_HANDOFF_MISSING, boot);
    settle_reads(boot, late);
}

/* ---- The end ---- */

void
boot_end(boot_t *boot, const boot_event *next)
{
    const bootstrap_transfer *incomplete = incomplete_transfer(boot);
    finding_log *said = &boot->context->said;

    boot->succeeded = true;
    boot->next_boot_time = next->time;
    if (incomplete && !boot->passed_phase_1)
        say_incomplete(said, next->frame, boot, incomplete);
    if (logon_is_unanswered(boot, next->time))
        say_logon_unanswered(said, next->frame, boot);
    if (is_stalled(&boot->stream, next->time))
        say_stalled(said, next->frame, boot, &boot->stream, next->time);
    if (handoff_is_missing(boot, next->time))
        finding_log_add(said, next->frame, FINDING_HANDOFF_MISSING, boot);
}

void
boot_settle(const boot_t *boot, int64_t newest_time, finding_log *late)
{
    int64_t end = boot->succeeded ? MIN(newest_time, boot->next_boot_time) : newest_time;

    if (no_boot_file_was_named(boot, end))
        finding_log_add(late, boot->ack_frame, FINDING_DHCP_NO_BOOTFILE, boot);
    settle_arp(boot, end, late);
    if (!boot->passed_phase_1)
        settle_bootstrap(boot, end, late);
    settle_stream(boot, end, late);
}
