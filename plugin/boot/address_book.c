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

/* Who has had an address. Nearly always it is one boot, so that the first owner needs no list. */
typedef struct owned_address {
    net_address address; /* first: the hash table's key */
    bool has_more;       /* than one owner */
    uint32_t frame;      /* of the only owner */
    union {
        boot_t *boot;    /* it */
        GArray *owners;  /* address_owner, by frame: has_more */
    };
} owned_address;

static void
free_owned_address(gpointer data)
{
    owned_address *owned = data;

    if (owned->has_more)
        g_array_free(owned->owners, TRUE);
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
owner_at(const GArray *owners, uint32_t frame)
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
    if (owned->has_more)
        return owner_at(owned->owners, frame);
    return owned->frame <= frame ? owned->boot : NULL;
}

void
address_book_add(address_book *book, boot_t *boot, const net_address *address, uint32_t frame)
{
    address_owner now = { frame, boot };
    owned_address *owned;

    if (!net_address_known(address))
        return;
    owned = g_hash_table_lookup(book->owned, address);
    if (!owned) {
        owned = g_new0(owned_address, 1);
        owned->address = *address;
        owned->frame = frame;
        owned->boot = boot;
        g_hash_table_insert(book->owned, &owned->address, owned);
    } else if (owned->has_more) {
        if (g_array_index(owned->owners, address_owner, owned->owners->len - 1).boot != boot)
            g_array_append_val(owned->owners, now);
    } else if (owned->boot != boot) {
        address_owner first = { owned->frame, owned->boot };
        owned->has_more = true;
        owned->owners = g_array_new(FALSE, FALSE, sizeof(address_owner));
        g_array_append_val(owned->owners, first);
        g_array_append_val(owned->owners, now);
    }
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
    bool all = true;

    if (!owned->has_more)
        return forget_owner(&owned->boot);
    for (unsigned i = 0; i < owned->owners->len; i++)
        all &= forget_owner(&g_array_index(owned->owners, address_owner, i).boot);
    return all;
}

void
address_book_forget(address_book *book)
{
    g_hash_table_foreach_remove(book->owned, address_is_forgotten, NULL);
}
