/* dhcp_transactions.h
 * Whose message a server's reply answers: the kind of client by its transaction id
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DHCP_TRANSACTIONS_H
#define PVSBOOT_DHCP_TRANSACTIONS_H

#include "dhcp_client.h"

/* What is known of a transaction. */
typedef struct dhcp_transaction {
    uint64_t key;        /* of client and id: the hash table's key */
    int64_t time;        /* of the client's newest message */
    uint32_t frame;
    dhcp_client client;
} dhcp_transaction;

/* Owned by the tracker. */
typedef struct dhcp_transactions {
    GHashTable *known; /* dhcp_transaction, which holds its key */
} dhcp_transactions;

void dhcp_transactions_init(dhcp_transactions *transactions);
void dhcp_transactions_clear(dhcp_transactions *transactions);

/* A client's message. A limited number is remembered: when there are too many, all are forgotten. */
void dhcp_transactions_add(dhcp_transactions *transactions, const boot_event *event, dhcp_client client);

/* The transaction that a message belongs to, as its client's newest message left it; or NULL. */
const dhcp_transaction *dhcp_transactions_find(const dhcp_transactions *transactions, const dhcp_fact *fact);

#endif
