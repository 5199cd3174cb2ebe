/* test_dhcp_load_balance.c
 * The hash of RFC 3074 against the verdicts of a real ISC dhcpd (rfc3074.md)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include <string.h>

#include "boot/dhcp_load_balance.h"

/* dhcpd answered when the bucket was below 128; all rows have secs 0. */
static const struct {
    const char *chaddr;
    const char *client_id; /* option 61, or NULL */
    uint8_t bucket;
    bool offered;
} rows[] = {
    { "02505697" "6a27", NULL, 41, true },
    { "0250569b" "0dcc", NULL, 94, true },
    { "02505622" "0a19", NULL, 199, false },
    { "02505643" "8b2a", NULL, 203, false },
    { "025056d5" "69bf", NULL, 179, false },
    { "025056a1" "5e6c", NULL, 50, true },
    { "02505700" "0000", "00962ba66f0d7b0d11b6c497b8cfc4aff9", 59, true },
    { "02505700" "0000", "01025057000000", 20, true },
    { "02505700" "0001", "0086a2706e7c766d2ab0fccff40274e11c", 183, false },
    { "02505700" "0001", "01025057000001", 52, true }
};

static size_t
from_hex(const char *text, uint8_t *bytes)
{
    size_t length = strlen(text) / 2;

    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) << 4 | g_ascii_xdigit_value(text[2 * i + 1]));
    return length;
}

static void
buckets_are_those_of_a_real_server(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t key[32];
        size_t length = from_hex(rows[i].client_id ? rows[i].client_id : rows[i].chaddr, key);

        assert_int_equal(dhcp_load_balance_bucket(key, length), rows[i].bucket);
        assert_int_equal(dhcp_load_balance_bucket(key, length) < 128, rows[i].offered);
    }
}

static void
key_of_no_bytes_has_bucket_0(void **state)
{
    (void)state;
    assert_int_equal(dhcp_load_balance_bucket(NULL, 0), 0);
}

static void
discover_has_the_bucket_of_option_61_or_else_of_its_chaddr(void **state)
{
    scene *s = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint8_t chaddr[6], client_id[32];
        boot_event asks;
        host client;

        from_hex(rows[i].chaddr, chaddr);
        client = (host){ mac_from_octets(chaddr), NET_ADDRESS_NONE };
        asks = dhcp_from_client(DHCP_MESSAGE_DISCOVER, client, PXE_CLIENT);
        if (rows[i].client_id) {
            asks.dhcp.client_id.length = from_hex(rows[i].client_id, client_id);
            asks.dhcp.client_id.data = client_id;
        }
        assert_int_equal(see(s, asks)->discover->bucket, rows[i].bucket);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buckets_are_those_of_a_real_server),
        cmocka_unit_test(key_of_no_bytes_has_bucket_0),
        cmocka_unit_test_setup_teardown(discover_has_the_bucket_of_option_61_or_else_of_its_chaddr, scene_setup,
            scene_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
