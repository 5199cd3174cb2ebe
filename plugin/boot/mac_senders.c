/* mac_senders.c
 * MAC addresses that send for targets' addresses: one that sends for two of them is a router's
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mac_senders.h"

#include "boot_time.h"

/* A machine that got another address does not go back to the former one, and not so soon. */
#define TWO_ADDRESSES_TIME (60 * SECOND)

/* Forged MAC addresses come by the million: when there are too many, all are forgotten, and routers soon known again. */
#define SENDERS_REMEMBERED 65536

typedef struct mac_sender {
    mac_address mac; /* first: the hash table's key */
    int64_t time;    /* of the newest datagram for the address */
    net_address address, before;
    bool router;
} mac_sender;

GHashTable *
mac_senders_new(void)
{
    return g_hash_table_new_full(mac_hash, mac_hash_equal, NULL, g_free);
}

static mac_sender *
sender_of(GHashTable *senders, mac_address mac)
{
    mac_sender *sender = g_hash_table_lookup(senders, &mac);

    if (sender)
        return sender;
    if (g_hash_table_size(senders) >= SENDERS_REMEMBERED)
        g_hash_table_remove_all(senders);
    sender = g_new0(mac_sender, 1);
    sender->mac = mac;
    g_hash_table_insert(senders, &sender->mac, sender);
    return sender;
}

bool
mac_senders_see(GHashTable *senders, mac_address mac, const net_address *address, int64_t time)
{
    mac_sender *sender;

    if (mac == 0)
        return false;
    sender = sender_of(senders, mac);
    if (sender->router)
        return false;
    if (net_address_known(&sender->address) && !net_address_equal(&sender->address, address)) {
        sender->router = net_address_equal(&sender->before, address) || time - sender->time <= TWO_ADDRESSES_TIME;
        sender->before = sender->address;
    }
    sender->address = *address;
    sender->time = time;
    return sender->router;
}

bool
mac_senders_is_router(GHashTable *senders, mac_address mac)
{
    const mac_sender *sender = mac ? g_hash_table_lookup(senders, &mac) : NULL;

    return sender && sender->router;
}
