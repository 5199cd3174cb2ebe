/* boot_life.c
 * The spine of one boot: what every chapter of it may know and use
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_life.h"

#include <string.h>

#include "boot_time.h"
#include "frame_index.h"

/* Farms have two or three; forged ones any number. */
#define VERSIONS_REMEMBERED 16

#define TFTP_PORT 69

/* So many changes of its address are remembered of a boot: real ones have one or two, a spoofed MAC millions. */
#define ADDRESSES_OF_A_BOOT 64

/* docs/diagnosis.md, .capture.one_way */
#define ONE_WAY_AFTER (5 * SECOND)

/* docs/diagnosis.md, .logon.missing */
#define STAYED_AFTER (10 * SECOND)
#define NEXT_BOOT_WITHIN (60 * SECOND)

/* A boot asks few: its gateway and up to 32 servers (option 11 of UEFI). */
#define NEIGHBOURS_OF_A_BOOT 64

void
boot_life_init(boot_life *life, boot_context *context, uint32_t number, const boot_event *first)
{
    life->context = context;
    life->number = number;
    life->first_frame = first->frame;
    life->sight.by_ports = first->kind == BOOT_EVENT_STREAM;
    life->sight.begins = !life->sight.by_ports;
    life->times.first = life->times.last = life->times.end = life->times.stream = first->time;
    life->times.touched = BOOT_SETTLED;
    for (size_t i = 0; i < G_N_ELEMENTS(life->phase_sums); i++)
        life->phase_sums[i] = -1;
}

void
boot_life_clear(boot_life *life)
{
    finding_log_clear(&life->late);
    finding_log_clear(&life->late_discovers);
    g_clear_pointer(&life->named_file, g_ref_string_release);
    lean_list_clear(&life->phases);
    lean_list_clear(&life->addresses);
    lean_list_clear(&life->neighbours);
}

/* ---- Phases ---- */

static const boot_mark *
mark_at(const lean_list *marks, uint32_t frame)
{
    unsigned count = list_frames_until(marks, sizeof(boot_mark), offsetof(boot_mark, frame), frame);

    return count > 0 ? &lean_list_index(marks, boot_mark, count - 1) : NULL;
}

static const boot_mark *
newest_mark(const lean_list *marks)
{
    return marks->count > 0 ? &lean_list_index(marks, boot_mark, marks->count - 1) : NULL;
}

void
boot_life_enter(boot_life *life, const boot_event *event, boot_phase phase)
{
    const boot_mark *newest = newest_mark(&life->phases);
    boot_mark mark = { event->frame, phase, event->time };

    if (newest && newest->value == phase)
        return;
    if (newest && newest->frame != event->frame)
        life->phase_sums[newest->value] = MAX(life->phase_sums[newest->value], 0) + event->time - newest->time;
    lean_list_append(&life->phases, mark);
}

const boot_mark *
boot_life_phase_at(const boot_life *life, uint32_t frame)
{
    return mark_at(&life->phases, frame);
}

boot_phase
boot_life_phase(const boot_life *life)
{
    const boot_mark *newest = newest_mark(&life->phases);

    return newest ? (boot_phase)newest->value : PHASE_NONE;
}

bool
boot_life_phase_is_unknown(const boot_life *life)
{
    const boot_mark *newest = newest_mark(&life->phases);

    return newest && newest->value == PHASE_NONE;
}

bool
boot_life_shows_phase(const boot_life *life, unsigned index)
{
    const boot_mark *mark = &lean_list_index(&life->phases, boot_mark, index);

    return index + 1 == life->phases.count || mark[1].frame != mark->frame;
}

int64_t
boot_life_phase_end(const boot_life *life, unsigned index)
{
    return index + 1 < life->phases.count ? lean_list_index(&life->phases, boot_mark, index + 1).time : life->times.end;
}

int64_t
boot_life_time_in_phase(const boot_life *life, boot_phase phase)
{
    const boot_mark *newest = newest_mark(&life->phases);
    int64_t total = life->phase_sums[phase];

    if (newest && newest->value == phase)
        total = MAX(total, 0) + life->times.end - newest->time;
    return total;
}

/* ---- Certainty ---- */

boot_certainty
boot_life_certainty_at(const boot_life *life, uint32_t frame)
{
    unsigned certainty = CERTAINTY_PVS;

    while (certainty > CERTAINTY_NONE && (life->certain_from[certainty] == 0 || life->certain_from[certainty] > frame))
        certainty--;
    return (boot_certainty)certainty;
}

boot_certainty
boot_life_certainty(const boot_life *life)
{
    return boot_life_certainty_at(life, UINT32_MAX);
}

void
boot_life_raise_certainty(boot_life *life, const boot_event *event, boot_certainty certainty)
{
    if (certainty > boot_life_certainty(life))
        life->certain_from[certainty] = event->frame;
}

/* ---- Addresses ---- */

net_address
boot_life_address_at(const boot_life *life, uint32_t frame)
{
    const lean_list *addresses = &life->addresses;
    unsigned count = list_frames_until(addresses, sizeof(boot_address), offsetof(boot_address, frame), frame);

    return count > 0 ? lean_list_index(addresses, boot_address, count - 1).address : NET_ADDRESS_NONE;
}

net_address
boot_life_address(const boot_life *life)
{
    const lean_list *addresses = &life->addresses;

    return addresses->count > 0 ? lean_list_index(addresses, boot_address, addresses->count - 1).address : NET_ADDRESS_NONE;
}

bool
boot_life_set_address(boot_life *life, uint32_t frame, const net_address *address)
{
    net_address now = boot_life_address(life);
    boot_address entry = { frame, *address };

    if (!net_address_known(address) || net_address_equal(&now, address)
            || life->addresses.count >= ADDRESSES_OF_A_BOOT)
        return false;
    lean_list_append(&life->addresses, entry);
    return true;
}

mac_address
boot_life_neighbour(const boot_life *life, const net_address *address)
{
    for (unsigned i = 0; i < life->neighbours.count; i++) {
        const boot_neighbour *known = &lean_list_index(&life->neighbours, boot_neighbour, i);
        if (net_address_equal(&known->address, address))
            return known->mac;
    }
    return 0;
}

void
boot_life_remember_neighbour(boot_life *life, const net_address *address, mac_address mac)
{
    boot_neighbour replied = { *address, mac };

    if (life->neighbours.count < NEIGHBOURS_OF_A_BOOT && boot_life_neighbour(life, address) == 0)
        lean_list_append(&life->neighbours, replied);
}

bool
boot_life_is_gateway(const boot_life *life, mac_address mac, const net_address *a, const net_address *b)
{
    for (unsigned i = 0; i < life->neighbours.count; i++) {
        const boot_neighbour *known = &lean_list_index(&life->neighbours, boot_neighbour, i);
        if (known->mac == mac && !net_address_equal(&known->address, a) && !net_address_equal(&known->address, b))
            return true;
    }
    return false;
}

/* ---- The target's place and presence ---- */

static void
remember_port(boot_presence *presence, uint16_t port)
{
    for (size_t i = 0; i < G_N_ELEMENTS(presence->other_ports); i++) {
        if (presence->other_ports[i] == port)
            return;
        if (presence->other_ports[i] == 0) {
            presence->other_ports[i] = port;
            return;
        }
    }
}

static bool
goes_to_dhcp_server(const boot_life *life, const boot_event *event)
{
    const boot_firmware *firmware = &life->firmware;

    return (net_address_known(&event->destination) && net_address_equal(&event->destination, &firmware->server))
        || (firmware->server_mac != 0 && event->destination_mac == firmware->server_mac);
}

void
boot_life_sees_target(boot_life *life, const boot_event *event, bool from_system)
{
    boot_presence *presence = &life->presence;

    if (event->kind == BOOT_EVENT_ARP || event->kind == BOOT_EVENT_STREAM || event->kind == BOOT_EVENT_OTHER
            || (event->kind == BOOT_EVENT_BOOTSTRAP && event->destination_port != TFTP_PORT))
        life->sight.other_traffic = true;
    presence->frame = event->frame;
    life->sight.own_frame = true;
    if (event->unicast && !goes_to_dhcp_server(life, event))
        life->sight.own_unicast = true;
    if (from_system) {
        presence->system_spoke = true;
    } else if (event->kind == BOOT_EVENT_OTHER) {
        if (event->unicast && event->destination_port != 0 && presence->download_frame != 0)
            remember_port(presence, event->destination_port);
    } else if (event->kind != BOOT_EVENT_ARP && !presence->system_spoke) {
        presence->newest = event->time;
    }
}

bool
boot_life_target_stayed(const boot_life *life, int64_t since)
{
    return life->presence.newest - since >= STAYED_AFTER
        || (life->is_over && !life->presence.system_spoke && life->times.next_boot - since <= NEXT_BOOT_WITHIN);
}

/* ---- What was found ---- */

bool
boot_life_may_say(const boot_life *life, finding_id id)
{
    return boot_sight_allows(&life->sight, boot_life_certainty(life), life->context->other_frames, id);
}

boot_finding *
boot_life_say(boot_life *life, const boot_event *event, finding_id id)
{
    if (!boot_life_may_say(life, id))
        return &life->context->unsaid;
    life->faults |= finding_fault_bit(id);
    life->open_faults |= finding_fault_bit(id);
    return finding_log_add(&life->context->said, event->frame, event->time, id, life->boot);
}

boot_finding *
boot_life_say_late(boot_life *life, uint32_t frame, int64_t time, finding_id id)
{
    if (!boot_life_may_say(life, id))
        return &life->context->unsaid;
    return finding_log_add(&life->late, frame, time, id, life->boot);
}

void
boot_life_refute(boot_life *life, uint32_t frame, finding_id id)
{
    boot_finding *finding = finding_log_find(&life->context->said, frame, id, life->boot);

    if (!finding)
        return;
    finding->refuted = true;
    life->faults &= ~finding_fault_bit(id);
    life->open_faults &= ~finding_fault_bit(id);
}

const char *
boot_context_other_version(boot_context *context, const char *version)
{
    const char *other = NULL;
    bool known = false;

    if (!version)
        return NULL;
    if (!context->versions)
        context->versions = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < context->versions->len; i++) {
        const char *seen = g_ptr_array_index(context->versions, i);
        if (strcmp(seen, version) == 0)
            known = true;
        else if (!other)
            other = seen;
    }
    if (!known && context->versions->len < VERSIONS_REMEMBERED)
        g_ptr_array_add(context->versions, g_strdup(version));
    return other;
}

/* ---- What the capture lacks ---- */

void
boot_life_sees_question(boot_life *life, boot_service service)
{
    life->sight.services[service].question_seen = true;
    life->sight.services[service].lacks_questions = false;
}

void
boot_life_sees_answer(boot_life *life, boot_service service)
{
    life->sight.services[service].answer_seen = true;
    life->sight.services[service].lacks_answers = false;
}

/* Soon after the capture's beginning what came before may just not be in it. */
static void
say_one_way(boot_life *life, const boot_event *event, bool answers)
{
    if (life->sight.one_way_said || event->time - life->context->start_time < ONE_WAY_AFTER)
        return;
    life->sight.one_way_said = true;
    boot_life_say(life, event, FINDING_CAPTURE_ONE_WAY)->from_client = answers;
}

void
boot_life_lacks_answer(boot_life *life, const boot_event *event, boot_service service)
{
    service_sight *sight = &life->sight.services[service];

    sight->lacks_answers = true;
    if (!sight->answer_seen)
        say_one_way(life, event, true);
}

void
boot_life_lacks_question(boot_life *life, const boot_event *event, boot_service service)
{
    service_sight *sight = &life->sight.services[service];

    sight->lacks_questions = true;
    if (!sight->question_seen)
        say_one_way(life, event, false);
}

void
boot_life_progress(boot_life *life, const boot_event *event)
{
    life->progress_frame = event->frame;
    life->open_faults = 0;
}

int64_t
boot_life_end(const boot_life *life, int64_t newest_time)
{
    return life->is_over ? MIN(newest_time, life->times.next_boot) : newest_time;
}
