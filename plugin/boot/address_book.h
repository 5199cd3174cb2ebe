/* address_book.h
 * Who has an address: which boot, and from which frame on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_ADDRESS_BOOK_H
#define PVSBOOT_ADDRESS_BOOK_H

#include "boot.h"

/* Owned by the tracker. */
typedef struct address_book {
    GHashTable *owned; /* net_address -> its owners by frame */
} address_book;

void address_book_init(address_book *book);
void address_book_clear(address_book *book);

/* From this frame on the address belongs to this boot. */
void address_book_add(address_book *book, boot_t *boot, const net_address *address, uint32_t frame);

/* The boot that the address belongs to at this frame, or NULL. */
boot_t *address_book_owner(const address_book *book, const net_address *address, uint32_t frame);

/* Forgets the boots that are marked as forgotten. */
void address_book_forget(address_book *book);

#endif
