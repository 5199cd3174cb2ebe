/* test_net_address.c
 * Addresses as the boots are keyed by
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include "boot/net_address.h"

static void
ipv4_address_is_known_and_equal_to_itself(void **state)
{
    const uint8_t octets[4] = { 192, 168, 1, 7 };
    net_address a = net_address_ipv4(octets), b = net_address_ipv4(octets);

    (void)state;
    assert_true(net_address_known(&a));
    assert_int_equal(a.family, 4);
    assert_true(net_address_equal(&a, &b));
    assert_int_equal(net_address_hash(&a), net_address_hash(&b));
    assert_true(net_address_hash_equal(&a, &b));
}

static void
each_octet_of_an_ipv4_address_counts(void **state)
{
    const uint8_t octets[4] = { 192, 168, 1, 7 };
    net_address address = net_address_ipv4(octets);

    (void)state;
    for (int i = 0; i < 4; i++) {
        uint8_t changed[4] = { 192, 168, 1, 7 };
        net_address other;

        changed[i] ^= 1;
        other = net_address_ipv4(changed);
        assert_false(net_address_equal(&address, &other));
    }
}

static void
unspecified_and_broadcast_ipv4_are_no_address(void **state)
{
    const uint8_t unspecified[4] = { 0, 0, 0, 0 }, broadcast[4] = { 255, 255, 255, 255 };
    net_address a = net_address_ipv4(unspecified), b = net_address_ipv4(broadcast);
    net_address none = NET_ADDRESS_NONE;

    (void)state;
    assert_false(net_address_known(&a));
    assert_false(net_address_known(&b));
    assert_false(net_address_known(&none));
    assert_true(net_address_equal(&a, &none));
    assert_true(net_address_equal(&b, &none));
}

static void
network_broadcast_of_a_subnet_is_an_address(void **state)
{
    const uint8_t octets[4] = { 10, 255, 255, 255 };
    net_address address = net_address_ipv4(octets);

    (void)state; /* whether it is one depends on a mask that no frame tells */
    assert_true(net_address_known(&address));
}

static void
each_octet_of_an_ipv6_address_counts(void **state)
{
    uint8_t octets[16] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0xff, 0xfe, 0, 0, 1 };
    net_address address = net_address_ipv6(octets);

    (void)state;
    assert_int_equal(address.family, 6);
    for (int i = 0; i < 16; i++) {
        net_address other;

        octets[i] ^= 1;
        other = net_address_ipv6(octets);
        assert_false(net_address_equal(&address, &other));
        octets[i] ^= 1;
    }
}

static void
known_addresses_give_their_octets_back(void **state)
{
    const uint8_t four[4] = { 10, 1, 2, 3 };
    uint8_t six[16] = { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0xff, 0xfe, 0, 0, 0 };
    net_address address = net_address_ipv4(four), many[200];

    (void)state;
    assert_memory_equal(net_address_octets(&address), four, sizeof four);
    for (unsigned i = 0; i < 200; i++) {
        six[15] = (uint8_t)i;
        many[i] = net_address_ipv6(six);
    }
    for (unsigned i = 0; i < 200; i++) {
        six[15] = (uint8_t)i;
        address = net_address_ipv6(six);
        assert_true(net_address_equal(&address, &many[i]));
        assert_memory_equal(net_address_octets(&many[i]), six, sizeof six);
    }
}

/* A capture with more was forged. */
static void
a_quarter_of_a_million_ipv6_addresses_are_known(void **state)
{
    const unsigned bound = 262144;
    uint8_t octets[16] = { 0x20, 1 };
    net_address first, address;

    (void)state;
    net_address_forget_all();
    first = net_address_ipv6(octets);
    for (unsigned i = 1; i < bound; i++) {
        memcpy(octets + 12, &i, 4);
        address = net_address_ipv6(octets);
        assert_true(net_address_known(&address));
    }
    memcpy(octets + 12, &bound, 4);
    address = net_address_ipv6(octets);
    assert_false(net_address_known(&address));
    memset(octets + 12, 0, 4);
    address = net_address_ipv6(octets);
    assert_true(net_address_equal(&address, &first)); /* those that were met are known still */

    net_address_forget_all();
    memcpy(octets + 12, &bound, 4);
    address = net_address_ipv6(octets);
    assert_true(net_address_known(&address));
    assert_memory_equal(net_address_octets(&address), octets, sizeof octets);
}

static void
unspecified_ipv6_is_no_address(void **state)
{
    const uint8_t octets[16] = { 0 };
    net_address address = net_address_ipv6(octets);

    (void)state;
    assert_false(net_address_known(&address));
}

static void
ipv4_and_ipv6_of_the_same_octets_differ(void **state)
{
    const uint8_t octets[16] = { 10, 0, 0, 1 };
    net_address four = net_address_ipv4(octets), six = net_address_ipv6(octets);

    (void)state;
    assert_false(net_address_equal(&four, &six));
}

static void
mac_has_its_first_octet_highest(void **state)
{
    const uint8_t octets[6] = { 0x00, 0x15, 0x5d, 0x01, 0x02, 0x03 };

    (void)state;
    assert_int_equal(mac_from_octets(octets), UINT64_C(0x00155d010203));
}

static void
group_and_empty_macs_name_no_device(void **state)
{
    const uint8_t broadcast[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    const uint8_t multicast[6] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
    const uint8_t zero[6] = { 0 };

    (void)state;
    assert_int_equal(mac_from_octets(broadcast), 0);
    assert_int_equal(mac_from_octets(multicast), 0);
    assert_int_equal(mac_from_octets(zero), 0);
}

static void
addresses_and_macs_work_as_keys_of_tables(void **state)
{
    GHashTable *addresses = g_hash_table_new_full(net_address_hash, net_address_hash_equal, g_free, NULL);
    GHashTable *macs = g_hash_table_new_full(mac_hash, mac_hash_equal, g_free, NULL);

    (void)state;
    for (unsigned i = 1; i <= 1000; i++) {
        const uint8_t octets[6] = { 0, 0, 10, 0, (uint8_t)(i >> 8), (uint8_t)i };
        net_address address = net_address_ipv4(octets + 2);
        mac_address mac = mac_from_octets(octets);

        g_hash_table_insert(addresses, g_memdup2(&address, sizeof address), GUINT_TO_POINTER(i));
        g_hash_table_insert(macs, g_memdup2(&mac, sizeof mac), GUINT_TO_POINTER(i));
    }
    for (unsigned i = 1; i <= 1000; i++) {
        const uint8_t octets[6] = { 0, 0, 10, 0, (uint8_t)(i >> 8), (uint8_t)i };
        net_address address = net_address_ipv4(octets + 2);
        mac_address mac = mac_from_octets(octets);

        assert_int_equal(GPOINTER_TO_UINT(g_hash_table_lookup(addresses, &address)), i);
        assert_int_equal(GPOINTER_TO_UINT(g_hash_table_lookup(macs, &mac)), i);
    }
    g_hash_table_destroy(addresses);
    g_hash_table_destroy(macs);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ipv4_address_is_known_and_equal_to_itself),
        cmocka_unit_test(each_octet_of_an_ipv4_address_counts),
        cmocka_unit_test(unspecified_and_broadcast_ipv4_are_no_address),
        cmocka_unit_test(network_broadcast_of_a_subnet_is_an_address),
        cmocka_unit_test(each_octet_of_an_ipv6_address_counts),
        cmocka_unit_test(known_addresses_give_their_octets_back),
        cmocka_unit_test(a_quarter_of_a_million_ipv6_addresses_are_known),
        cmocka_unit_test(unspecified_ipv6_is_no_address),
        cmocka_unit_test(ipv4_and_ipv6_of_the_same_octets_differ),
        cmocka_unit_test(mac_has_its_first_octet_highest),
        cmocka_unit_test(group_and_empty_macs_name_no_device),
        cmocka_unit_test(addresses_and_macs_work_as_keys_of_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
