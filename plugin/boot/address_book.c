/* address_book.c
 * Who has an address: which boot, and from which frame on
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "address_book.h"

#include "frame_index.h"

/* From this frame on an address belongs to this boot. */
typedef struct address_owner {
    uint32_t frame;
    boot_t *boot;
} address_owner;

/* Who has had an address. Nearly always it is one boot, so that the newest owner is kept at hand. */
typedef struct owned_address {
    net_address address; /* first: the hash table's key */
    uint32_t frame;      /* of the newest owner */
    boot_t *boot;        /* it */
    GArray *older;       /* address_owner, by frame; NULL until there are some */
} owned_address;

static void
free_owned_address(gpointer data)
{
    owned_address *owned = data;

    if (owned->older)
        g_array_free(owned->older, TRUE);
    g_free(owned);
}

void
address_book_init(address_book *book)
{
    book->owned = g_hash_table_new_full(net_address_hash, net_address_hash_equal, NULL, free_owned_address);
}

void
address_book_clear(address_book *book)
{
    g_hash_table_destroy(book->owned);
}

static boot_t *
older_owner(const GArray *owners, uint32_t frame)
{
    unsigned count = frames_until(owners, offsetof(address_owner, frame), frame);

    return count > 0 ? g_array_index(owners, address_owner, count - 1).boot : NULL;
}

boot_t *
address_book_owner(const address_book *book, const net_address *address, uint32_t frame)
{
    const owned_address *owned = net_address_known(address) ? g_hash_table_lookup(book->owned, address) : NULL;

    if (!owned)
        return NULL;
    return owned->frame <= frame ? owned->boot : older_owner(owned->older, frame);
}

void
address_book_add(address_book *book, boot_t *boot, const net_address *address, uint32_t frame)
{
    owned_address *owned;

    if (!net_address_known(address))
        return;
    owned = g_hash_table_lookup(book->owned, address);
    if (!owned) {
        owned = g_new0(owned_address, 1);
        owned->address = *address;
        g_hash_table_insert(book->owned, &owned->address, owned);
    } else if (owned->boot == boot) {
        return;
    } else {
        address_owner before = { owned->frame, owned->boot };

        if (!owned->older)
            owned->older = g_array_new(FALSE, FALSE, sizeof(address_owner));
        g_array_append_val(owned->older, before);
    }
    owned->frame = frame;
    owned->boot = boot;
}

/* An earlier owner must not seem to have an address in the time of one that is forgotten: its place stays, empty. */
static bool
forget_owner(boot_t **owner)
{
    if (*owner && (*owner)->life.forgotten)
        *owner = NULL;
    return *owner == NULL;
}

static gboolean
address_is_forgotten(G_GNUC_UNUSED gpointer address, gpointer data, G_GNUC_UNUSED gpointer user_data)
{
    owned_address *owned = data;
    bool all = forget_owner(&owned->boot);

    for (unsigned i = 0; owned->older && i < owned->older->len; i++)
        all &= forget_owner(&g_array_index(owned->older, address_owner, i).boot);
    return all;
}

void
address_book_forget(address_book *book)
{
    g_hash_table_foreach_remove(book->owned, address_is_forgotten, NULL);
}
