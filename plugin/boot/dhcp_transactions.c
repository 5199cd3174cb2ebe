/* dhcp_transactions.c
 * Whose message a server's reply answers: the kind of client by its transaction id
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dhcp_transactions.h"

/* A reply comes within seconds: no real segment has so many transactions open. */
#define TRANSACTIONS_REMEMBERED 65536

void
dhcp_transactions_init(dhcp_transactions *transactions)
{
    transactions->known = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

void
dhcp_transactions_clear(dhcp_transactions *transactions)
{
    g_hash_table_destroy(transactions->known);
}

static uint64_t
key_of(const dhcp_fact *fact)
{
    return net_mix(fact->client, fact->transaction);
}

void
dhcp_transactions_add(dhcp_transactions *transactions, const boot_event *event, dhcp_client client)
{
    uint64_t key = key_of(&event->dhcp);
    dhcp_transaction *known = g_hash_table_lookup(transactions->known, &key);

    if (!known) {
        if (g_hash_table_size(transactions->known) >= TRANSACTIONS_REMEMBERED)
            g_hash_table_remove_all(transactions->known);
        known = g_new0(dhcp_transaction, 1);
        known->key = key;
        g_hash_table_add(transactions->known, known);
    }
    known->client = client;
    known->time = event->time;
    known->frame = event->frame;
}

const dhcp_transaction *
dhcp_transactions_find(const dhcp_transactions *transactions, const dhcp_fact *fact)
{
    uint64_t key = key_of(fact);

    return g_hash_table_lookup(transactions->known, &key);
}
