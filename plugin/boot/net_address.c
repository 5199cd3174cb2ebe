/* net_address.c
 * IPv4, IPv6 and MAC addresses as the boots are keyed by
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "net_address.h"

#include <stdio.h>
#include <string.h>

#define IPV6_OCTETS 16

/* Some 60 bytes each (net_address.h). */
#define IPV6_ADDRESSES 262144

typedef struct ipv6_address {
    uint8_t octets[IPV6_OCTETS];
    uint32_t number;
} ipv6_address;

/* Those that were met since the capture was opened; NULL until the first. */
static GHashTable *ipv6_known;    /* ipv6_address, a set, which owns them */
static GPtrArray *ipv6_by_number; /* the same */

static const uint8_t unspecified[IPV6_OCTETS] = { 0 };

static uint64_t
process_seed(void)
{
    static gsize seed;

    if (g_once_init_enter(&seed)) {
        gsize random = (gsize)g_random_int() << 16 ^ g_random_int();
        g_once_init_leave(&seed, random | 1);
    }
    return seed;
}

net_address
net_address_ipv4(const uint8_t *octets)
{
    static const uint8_t broadcast[4] = { 255, 255, 255, 255 };
    net_address address = NET_ADDRESS_NONE;

    if (memcmp(octets, broadcast, 4) != 0 && memcmp(octets, unspecified, 4) != 0) {
        address.family = 4;
        memcpy(address.octets, octets, 4);
    }
    return address;
}

static guint
ipv6_hash(gconstpointer data)
{
    return (guint)net_mix_bytes(process_seed(), ((const ipv6_address *)data)->octets, IPV6_OCTETS);
}

static gboolean
ipv6_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(((const ipv6_address *)a)->octets, ((const ipv6_address *)b)->octets, IPV6_OCTETS) == 0;
}

/* The address with these octets, which is remembered; NULL where there are too many. */
static const ipv6_address *
meet(const uint8_t *octets)
{
    ipv6_address asked = { 0 };
    ipv6_address *known;

    if (!ipv6_known) {
        ipv6_known = g_hash_table_new_full(ipv6_hash, ipv6_equal, g_free, NULL);
        ipv6_by_number = g_ptr_array_new();
    }
    memcpy(asked.octets, octets, IPV6_OCTETS);
    known = g_hash_table_lookup(ipv6_known, &asked);
    if (known || ipv6_by_number->len == IPV6_ADDRESSES)
        return known;
    asked.number = ipv6_by_number->len;
    known = g_memdup2(&asked, sizeof asked);
    g_hash_table_add(ipv6_known, known);
    g_ptr_array_add(ipv6_by_number, known);
    return known;
}

net_address
net_address_ipv6(const uint8_t *octets)
{
    net_address address = NET_ADDRESS_NONE;
    const ipv6_address *met = memcmp(octets, unspecified, IPV6_OCTETS) != 0 ? meet(octets) : NULL;

    if (met) {
        address.family = 6;
        memcpy(address.octets, &met->number, sizeof met->number);
    }
    return address;
}

const uint8_t *
net_address_octets(const net_address *address)
{
    uint32_t number;

    if (address->family != 6)
        return address->octets;
    memcpy(&number, address->octets, sizeof number);
    if (!ipv6_by_number || number >= ipv6_by_number->len)
        return unspecified; /* forgotten */
    return ((const ipv6_address *)g_ptr_array_index(ipv6_by_number, number))->octets;
}

void
net_address_forget_all(void)
{
    if (!ipv6_known)
        return;
    g_ptr_array_free(ipv6_by_number, TRUE);
    g_hash_table_destroy(ipv6_known);
    ipv6_by_number = NULL;
    ipv6_known = NULL;
}

net_address
net_address_from_text(const char *text)
{
    unsigned parts[4];
    uint8_t octets[4];
    char more;

    if (!text || sscanf(text, "%3u.%3u.%3u.%3u%c", &parts[0], &parts[1], &parts[2], &parts[3], &more) != 4)
        return NET_ADDRESS_NONE;
    for (int i = 0; i < 4; i++) {
        if (parts[i] > UINT8_MAX)
            return NET_ADDRESS_NONE;
        octets[i] = (uint8_t)parts[i];
    }
    return net_address_ipv4(octets);
}

mac_address
mac_from_octets(const uint8_t *octets)
{
    mac_address mac = 0;

    if (octets[0] & 0x01)
        return 0;
    for (int i = 0; i < 6; i++)
        mac = mac << 8 | octets[i];
    return mac;
}

char *
mac_text(mac_address mac)
{
    if (mac == 0)
        return g_strdup("");
    return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)(mac >> 40 & 0xff),
        (unsigned)(mac >> 32 & 0xff), (unsigned)(mac >> 24 & 0xff), (unsigned)(mac >> 16 & 0xff),
        (unsigned)(mac >> 8 & 0xff), (unsigned)(mac & 0xff));
}

/* Cheap, for there are many; no word is lost, since each step can be undone. The end mixes well. */
static uint64_t
mix_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 32;
}

uint64_t
net_mix_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    uint64_t word;

    hash = net_mix(hash, length);
    for (; length >= sizeof word; from += sizeof word, length -= sizeof word) {
        memcpy(&word, from, sizeof word);
        hash = mix_word(hash, word);
    }
    if (length > 0) {
        word = 0;
        memcpy(&word, from, length);
        hash = mix_word(hash, word);
    }
    return net_mix_end(hash);
}

guint
net_address_hash(gconstpointer address)
{
    return (guint)net_mix(process_seed(), net_address_number(address));
}

gboolean
net_address_hash_equal(gconstpointer a, gconstpointer b)
{
    return net_address_equal(a, b);
}

guint
mac_hash(gconstpointer mac)
{
    return (guint)net_mix(process_seed(), *(const mac_address *)mac);
}

gboolean
mac_hash_equal(gconstpointer a, gconstpointer b)
{
    return *(const mac_address *)a == *(const mac_address *)b;
}
