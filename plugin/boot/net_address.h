/* net_address.h
 * IPv4, IPv6 and MAC addresses as the boots are keyed by
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_NET_ADDRESS_H
#define PVSBOOT_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

/*
 * An IP address by value, and small, for a boot holds some fifty: of an IPv6 address, of which few captures have any, only
 * the number is held under which its octets were met. Family 0 means "not known".
 */
typedef struct net_address {
    uint8_t family;    /* 0, 4 or 6 */
    uint8_t octets[4]; /* IPv4: in network order; IPv6: that number (net_address_octets) */
} net_address;

/* A MAC address in the low 48 bits, first octet highest; 0 means "not known". */
typedef uint64_t mac_address;

#define NET_ADDRESS_NONE ((net_address){0})

/* The IPv4 address of four octets in network order; none if it is 0.0.0.0 or the limited broadcast. */
net_address net_address_ipv4(const uint8_t *octets);

/*
 * The IPv6 address of sixteen octets; none if it is unspecified, or if too many were met: a quarter of a million, as only
 * forged captures have them.
 */
net_address net_address_ipv6(const uint8_t *octets);

/* The octets of an address that is known, 4 or 16 by its family; not to be freed, valid until they are forgotten. */
const uint8_t *net_address_octets(const net_address *address);

/* No IPv6 address is held any more: the capture is closed. */
void net_address_forget_all(void);

/* The IPv4 address that this text is; none if it is NULL or something else. */
net_address net_address_from_text(const char *text);

static inline bool
net_address_known(const net_address *address)
{
    return address->family != 0;
}

static inline bool
net_address_equal(const net_address *a, const net_address *b)
{
    return a->family == b->family && memcmp(a->octets, b->octets, sizeof a->octets) == 0;
}

/* The MAC address of six octets; 0 for broadcast, multicast and all-zero ones, which name no device. */
mac_address mac_from_octets(const uint8_t *octets);

/* The usual text, 02:50:56:97:00:01; empty where the address is not known. The caller frees it. */
char *mac_text(mac_address mac);

/* The same number for equal addresses, and for no others. */
static inline uint64_t
net_address_number(const net_address *address)
{
    uint32_t number;

    memcpy(&number, address->octets, sizeof number);
    return (uint64_t)address->family << 32 | number;
}

/*
 * GHashTable callbacks. The hash is seeded once per process, so that a capture cannot be made whose
 * addresses all fall into one bucket.
 */
guint net_address_hash(gconstpointer address);
gboolean net_address_hash_equal(gconstpointer a, gconstpointer b);
guint mac_hash(gconstpointer mac);
gboolean mac_hash_equal(gconstpointer a, gconstpointer b);

/* One multiply-and-fold round of a keyed 64-bit mixer (the finalizer of MurmurHash3, public domain). */
static inline uint64_t
net_mix_end(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xff51afd7ed558ccd);
    value ^= value >> 33;
    value *= UINT64_C(0xc4ceb9fe1a85ec53);
    value ^= value >> 33;
    return value;
}

/* Mixes a value into a 64-bit hash, the same in every process: a seed, where one is wanted, is the first value. */
static inline uint64_t
net_mix(uint64_t hash, uint64_t value)
{
    return net_mix_end(hash + net_mix_end(value));
}

/* The same for any bytes. */
uint64_t net_mix_bytes(uint64_t hash, const void *bytes, size_t length);

#endif
