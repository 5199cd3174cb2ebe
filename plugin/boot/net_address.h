/* net_address.h
 * IPv4, IPv6 and MAC addresses as the boots are keyed by
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_NET_ADDRESS_H
#define PVSBOOT_NET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

/* An IP address by value: no owner, no allocation. Family 0 means "not known". */
typedef struct net_address {
    uint8_t family;     /* 0, 4 or 6 */
    uint8_t octets[16]; /* network order; 4 of them used for IPv4, the rest zero */
} net_address;

/* A MAC address in the low 48 bits, first octet highest; 0 means "not known". */
typedef uint64_t mac_address;

#define NET_ADDRESS_NONE ((net_address){0})

/* The IPv4 address of four octets in network order; none if it is 0.0.0.0 or the limited broadcast. */
net_address net_address_ipv4(const uint8_t *octets);

/* The IPv6 address of sixteen octets; none if it is unspecified. */
net_address net_address_ipv6(const uint8_t *octets);

/* The IPv4 address that this text is; none if it is NULL or something else. */
net_address net_address_from_text(const char *text);

bool net_address_known(const net_address *address);
bool net_address_equal(const net_address *a, const net_address *b);

/* The MAC address of six octets; 0 for broadcast, multicast and all-zero ones, which name no device. */
mac_address mac_from_octets(const uint8_t *octets);

/* The usual text, 02:50:56:97:00:01; empty where the address is not known. The caller frees it. */
char *mac_text(mac_address mac);

/*
 * GHashTable callbacks. The hash is seeded once per process, so that a capture cannot be made whose
 * addresses all fall into one bucket.
 */
guint net_address_hash(gconstpointer address);
gboolean net_address_hash_equal(gconstpointer a, gconstpointer b);
guint mac_hash(gconstpointer mac);
gboolean mac_hash_equal(gconstpointer a, gconstpointer b);

/* Mixes a value into a 64-bit hash, the same in every process: a seed, where one is wanted, is the first value. */
uint64_t net_mix(uint64_t hash, uint64_t value);
uint64_t net_mix_bytes(uint64_t hash, const void *bytes, size_t length);

#endif
