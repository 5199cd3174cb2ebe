/* partners.c
 * Which target speaks with which server, and from which port of its own
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "partners.h"

/* One for each server, and for each port of the target with it but the first. */
#define PARTNERS_OF_A_BOOT 4

/*
 * From this frame on the two speak with each other, from this port of the target; port 0: from any. Nearly all targets
 * speak from one port, which the entry for any port holds as well.
 */
typedef struct partner {
    net_address target;
    net_address server;
    uint16_t target_port;
    uint16_t first_port; /* of port 0 */
    uint32_t frame;
    boot_t *boot;
} partner;

static guint
partner_hash(gconstpointer data)
{
    const partner *p = data;

    return net_address_hash(&p->target) * 31 ^ net_address_hash(&p->server) ^ p->target_port;
}

static gboolean
partner_equal(gconstpointer a, gconstpointer b)
{
    const partner *p = a, *q = b;

    return p->target_port == q->target_port && net_address_equal(&p->target, &q->target)
        && net_address_equal(&p->server, &q->server);
}

void
partners_init(partners *all)
{
    all->known = g_hash_table_new_full(partner_hash, partner_equal, g_free, NULL);
    all->by_frame = g_ptr_array_new();
}

void
partners_clear(partners *all)
{
    g_ptr_array_free(all->by_frame, TRUE);
    g_hash_table_destroy(all->known);
}

/* The entry with this key, which takes the boot. */
static partner *
add(partners *all, const partner *now, unsigned max_boots)
{
    partner *known = g_hash_table_lookup(all->known, now);

    if (known) {
        known->boot = now->boot;
        return known;
    }
    if (all->by_frame->len / PARTNERS_OF_A_BOOT >= max_boots) {
        g_ptr_array_set_size(all->by_frame, 0);
        g_hash_table_remove_all(all->known);
    }
    known = g_memdup2(now, sizeof *now);
    g_hash_table_add(all->known, known);
    g_ptr_array_add(all->by_frame, known);
    return known;
}

void
partners_add(partners *all, boot_t *boot, const boot_event *event, unsigned max_boots)
{
    partner now = {
        .target = event->source,
        .server = event->destination,
        .first_port = event->source_port,
        .frame = event->frame,
        .boot = boot
    };

    if (add(all, &now, max_boots)->first_port == event->source_port)
        return;
    now.target_port = event->source_port;
    add(all, &now, max_boots);
}

bool
partners_speak(const partners *all, const net_address *target, uint16_t target_port, const net_address *server,
    uint32_t frame)
{
    partner asked = { .target = *target, .server = *server };
    const partner *known;

    if (all->by_frame->len == 0)
        return false; /* most captures */
    known = g_hash_table_lookup(all->known, &asked);
    if (known && target_port != 0 && known->first_port != target_port) {
        asked.target_port = target_port;
        known = g_hash_table_lookup(all->known, &asked);
    }
    return known && known->frame < frame;
}

void
partners_forget(partners *all)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < all->by_frame->len; i++) {
        partner *p = g_ptr_array_index(all->by_frame, i);
        if (p->boot->life.forgotten)
            g_hash_table_remove(all->known, p);
        else
            all->by_frame->pdata[kept++] = p;
    }
    g_ptr_array_set_size(all->by_frame, (int)kept);
}

void
partners_rewind(partners *all, uint32_t frame)
{
    while (all->by_frame->len > 0) {
        partner *newest = g_ptr_array_index(all->by_frame, all->by_frame->len - 1);
        if (newest->frame < frame)
            break;
        g_ptr_array_set_size(all->by_frame, (int)all->by_frame->len - 1);
        g_hash_table_remove(all->known, newest);
    }
}
