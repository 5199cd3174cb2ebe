/* net_address.c
 * IPv4, IPv6 and MAC addresses as the boots are keyed by
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "net_address.h"

#include <stdio.h>
#include <string.h>

net_address
net_address_ipv4(const uint8_t *octets)
{
    static const uint8_t broadcast[4] = { 255, 255, 255, 255 };
    static const uint8_t unspecified[4] = { 0, 0, 0, 0 };
    net_address address = NET_ADDRESS_NONE;

    if (memcmp(octets, broadcast, 4) != 0 && memcmp(octets, unspecified, 4) != 0) {
        address.family = 4;
        memcpy(address.octets, octets, 4);
    }
    return address;
}

net_address
net_address_ipv6(const uint8_t *octets)
{
    static const uint8_t unspecified[16] = { 0 };
    net_address address = NET_ADDRESS_NONE;

    if (memcmp(octets, unspecified, 16) != 0) {
        address.family = 6;
        memcpy(address.octets, octets, 16);
    }
    return address;
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

bool
net_address_known(const net_address *address)
{
    return address->family != 0;
}

bool
net_address_equal(const net_address *a, const net_address *b)
{
    return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
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

/* One multiply-and-fold round of a keyed 64-bit mixer (the finalizer of MurmurHash3, public domain). */
static uint64_t
mix(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xff51afd7ed558ccd);
    value ^= value >> 33;
    value *= UINT64_C(0xc4ceb9fe1a85ec53);
    value ^= value >> 33;
    return value;
}

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

uint64_t
net_mix(uint64_t hash, uint64_t value)
{
    return mix(hash + mix(value));
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
    return mix(hash);
}

guint
net_address_hash(gconstpointer pointer)
{
    const net_address *address = pointer;
    uint64_t high, low;

    memcpy(&high, address->octets, sizeof high);
    memcpy(&low, address->octets + sizeof high, sizeof low);
    return (guint)net_mix(net_mix(process_seed() + address->family, high), low);
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
