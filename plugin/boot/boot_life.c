/* boot_life.c
 * The spine of one boot: what every chapter of it may know and use
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_life.h"

#include "frame_index.h"

/* So many changes of its address are remembered of a boot: real ones have one or two, a spoofed MAC millions. */
#define ADDRESSES_OF_A_BOOT 64

/* A boot asks few: its gateway and up to 32 servers (option 11 of UEFI). */
#define NEIGHBOURS_OF_A_BOOT 64

void
boot_life_init(boot_life *life, boot_context *context, uint32_t number, const boot_event *first)
{
    life->context = context;
    life->number = number;
    life->first_frame = first->frame;
    life->times.first = life->times.last = life->times.end = life->times.stream = first->time;
    life->phases = g_array_sized_new(FALSE, FALSE, sizeof(boot_mark), 4);
    life->certainties = g_array_sized_new(FALSE, FALSE, sizeof(boot_mark), 2);
    life->addresses = g_array_sized_new(FALSE, FALSE, sizeof(boot_address), 1);
    for (size_t i = 0; i < G_N_ELEMENTS(life->phase_sums); i++)
        life->phase_sums[i] = -1;
}

void
boot_life_clear(boot_life *life)
{
    g_array_free(life->phases, TRUE);
    g_array_free(life->certainties, TRUE);
    g_array_free(life->addresses, TRUE);
    if (life->neighbours)
        g_array_free(life->neighbours, TRUE);
}

/* ---- Phases ---- */

static const boot_mark *
mark_at(const GArray *marks, uint32_t frame)
{
    unsigned count = frames_until(marks, offsetof(boot_mark, frame), frame);

    return count > 0 ? &g_array_index(marks, boot_mark, count - 1) : NULL;
}

static const boot_mark *
newest_mark(const GArray *marks)
{
    return marks->len > 0 ? &g_array_index(marks, boot_mark, marks->len - 1) : NULL;
}

void
boot_life_enter(boot_life *life, const boot_event *event, boot_phase phase)
{
    const boot_mark *newest = newest_mark(life->phases);
    boot_mark mark = { event->frame, phase, event->time };

    if (newest && newest->value == phase)
        return;
    if (newest && newest->frame != event->frame)
        life->phase_sums[newest->value] = MAX(life->phase_sums[newest->value], 0) + event->time - newest->time;
    g_array_append_val(life->phases, mark);
}

const boot_mark *
boot_life_phase_at(const boot_life *life, uint32_t frame)
{
    return mark_at(life->phases, frame);
}

boot_phase
boot_life_phase(const boot_life *life)
{
    const boot_mark *newest = newest_mark(life->phases);

    return newest ? (boot_phase)newest->value : PHASE_NONE;
}

bool
boot_life_shows_phase(const boot_life *life, unsigned index)
{
    const boot_mark *mark = &g_array_index(life->phases, boot_mark, index);

    return index + 1 == life->phases->len || mark[1].frame != mark->frame;
}

int64_t
boot_life_phase_end(const boot_life *life, unsigned index)
{
    return index + 1 < life->phases->len ? g_array_index(life->phases, boot_mark, index + 1).time : life->times.end;
}

int64_t
boot_life_time_in_phase(const boot_life *life, boot_phase phase)
{
    const boot_mark *newest = newest_mark(life->phases);
    int64_t total = life->phase_sums[phase];

    if (newest && newest->value == phase)
        total = MAX(total, 0) + life->times.end - newest->time;
    return total;
}

/* ---- Certainty ---- */

boot_certainty
boot_life_certainty_at(const boot_life *life, uint32_t frame)
{
    const boot_mark *mark = mark_at(life->certainties, frame);

    return mark ? (boot_certainty)mark->value : CERTAINTY_NONE;
}

boot_certainty
boot_life_certainty(const boot_life *life)
{
    const boot_mark *newest = newest_mark(life->certainties);

    return newest ? (boot_certainty)newest->value : CERTAINTY_NONE;
}

void
boot_life_raise_certainty(boot_life *life, const boot_event *event, boot_certainty certainty)
{
    boot_mark mark = { event->frame, certainty, event->time };

    if (certainty > boot_life_certainty(life))
        g_array_append_val(life->certainties, mark);
}

/* ---- Addresses ---- */

net_address
boot_life_address_at(const boot_life *life, uint32_t frame)
{
    unsigned count = frames_until(life->addresses, offsetof(boot_address, frame), frame);

    return count > 0 ? g_array_index(life->addresses, boot_address, count - 1).address : NET_ADDRESS_NONE;
}

net_address
boot_life_address(const boot_life *life)
{
    const GArray *addresses = life->addresses;

    return addresses->len > 0 ? g_array_index(addresses, boot_address, addresses->len - 1).address : NET_ADDRESS_NONE;
}

bool
boot_life_set_address(boot_life *life, uint32_t frame, const net_address *address)
{
    net_address now = boot_life_address(life);
    boot_address entry = { frame, *address };

    if (!net_address_known(address) || net_address_equal(&now, address)
            || life->addresses->len >= ADDRESSES_OF_A_BOOT)
        return false;
    g_array_append_val(life->addresses, entry);
    return true;
}

mac_address
boot_life_neighbour(const boot_life *life, const net_address *address)
{
    for (unsigned i = 0; life->neighbours && i < life->neighbours->len; i++) {
        const boot_neighbour *known = &g_array_index(life->neighbours, boot_neighbour, i);
        if (net_address_equal(&known->address, address))
            return known->mac;
    }
    return 0;
}

void
boot_life_remember_neighbour(boot_life *life, const net_address *address, mac_address mac)
{
    boot_neighbour replied = { *address, mac };

    if (!life->neighbours)
        life->neighbours = g_array_new(FALSE, FALSE, sizeof(boot_neighbour));
    if (life->neighbours->len < NEIGHBOURS_OF_A_BOOT && boot_life_neighbour(life, address) == 0)
        g_array_append_val(life->neighbours, replied);
}

/* ---- What was found ---- */

boot_finding *
boot_life_say(boot_life *life, const boot_event *event, finding_id id)
{
    life->open_faults |= finding_fault_bit(id);
    return finding_log_add(&life->context->said, event->frame, event->time, id, life->boot);
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
