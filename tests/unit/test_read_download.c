/* test_read_download.c
 * TFTP, ARP and ICMP messages
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include <string.h>

#include "frames.h"
#include "packet_text.h"
#include "pvsboot/protocol_readers.h"

/* ---- TFTP ---- */

static GStringChunk *keep;

static bootstrap_fact
tftp(frame_bytes message)
{
    bootstrap_fact fact = { 0 };

    tftp_read(message, (uint32_t)message.length, keep, &fact);
    return fact;
}

static void
read_request_is_read(void **state)
{
    bootstrap_fact fact = tftp(LITERAL("\0\1ARDBP32.BIN\0octet\0blksize\0001456\0tsize\0000\0"));

    (void)state;
    assert_int_equal(fact.message, BOOTSTRAP_REQUEST);
    assert_string_equal(fact.file, "ARDBP32.BIN");
    assert_int_equal(fact.odd_byte, 0);
    assert_int_equal(fact.block_size, 1456);
    assert_int_equal(fact.transfer_size, 0);
    assert_int_equal(fact.options, TFTP_OPTION_BLOCK_SIZE | TFTP_OPTION_TRANSFER_SIZE);
    fact = tftp(LITERAL("\0\1x\0octet\0timeout\0001\0WindowSize\00016\0msftwindow\00031416\0"));
    assert_int_equal(fact.options, TFTP_OPTION_TIMEOUT | TFTP_OPTION_WINDOW_SIZE | TFTP_OPTION_OTHER);
    assert_int_equal(tftp(LITERAL("\0\1x\0octet\0")).options, 0);
}

static void
same_options_have_the_same_digest(void **state)
{
    uint32_t digest = tftp(LITERAL("\0\1a\0octet\0blksize\0001456\0tsize\0000\0")).options_digest;

    (void)state;
    assert_int_equal(tftp(LITERAL("\0\1b\0octet\0TSIZE\0000\0blksize\0001456\0")).options_digest, digest);
    assert_int_not_equal(tftp(LITERAL("\0\1a\0octet\0blksize\000512\0tsize\0000\0")).options_digest, digest);
    assert_int_not_equal(tftp(LITERAL("\0\1a\0octet\0blksize\0001456\0")).options_digest, digest);
    assert_int_equal(tftp(LITERAL("\0\1a\0octet\0")).options_digest, 0);
}

static void
odd_last_byte_of_a_name_is_told(void **state)
{
    bootstrap_fact fact = tftp(LITERAL("\0\1ARDBP32.BIN\xff\0octet\0"));

    (void)state;
    assert_int_equal(fact.odd_byte, 0xff);
    assert_string_equal(fact.file, "ARDBP32.BIN\xef\xbf\xbd");
    fact = tftp(LITERAL("\0\1ARDBP32.BIN")); /* no NUL, no mode */
    assert_string_equal(fact.file, "ARDBP32.BIN");
    assert_int_equal(fact.options, 0);
    fact = tftp(LITERAL("\0\1\0octet\0"));
    assert_null(fact.file);
}

static void
names_of_every_length_are_valid(void **state)
{
    static const char *const characters[] = { "x", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80" };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(characters); i++)
        for (unsigned count = 1; count < PACKET_TEXT_MAX + 6; count++) {
            GByteArray *message = put(g_byte_array_new(), LITERAL("\0\1"));
            bootstrap_fact fact;

            for (unsigned k = 0; k < count; k++)
                g_byte_array_append(message, (const uint8_t *)characters[i], (guint)strlen(characters[i]));
            fact = tftp(bytes_of(put(message, LITERAL("\0octet\0"))));
            assert_true(g_utf8_validate(fact.file, -1, NULL));
            assert_int_equal(g_utf8_strlen(fact.file, -1), MIN(count, PACKET_TEXT_MAX + 1));
            g_byte_array_free(message, TRUE);
        }
}

/* RFC 2348: 8 to 65464; a greater one would make the first block the last. */
static void
only_a_sensible_block_size_is_told(void **state)
{
    (void)state;
    assert_int_equal(tftp(LITERAL("\0\6blksize\0008\0")).block_size, 8);
    assert_int_equal(tftp(LITERAL("\0\6BLKSIZE\00065464\0")).block_size, 65464);
    assert_int_equal(tftp(LITERAL("\0\6blksize\0007\0")).block_size, 0);
    assert_int_equal(tftp(LITERAL("\0\6blksize\00065465\0")).block_size, 0);
    assert_int_equal(tftp(LITERAL("\0\6blksize\0004294967295\0")).block_size, 0);
    assert_int_equal(tftp(LITERAL("\0\6blksize\00018446744073709551624\0")).block_size, 0);
    assert_int_equal(tftp(LITERAL("\0\6blksize\0-1\0")).block_size, 0);
    assert_int_equal(tftp(LITERAL("\0\6blksize\0001428 \0")).block_size, 0);
    assert_int_equal(tftp(LITERAL("\0\6blksize\0\0")).block_size, 0);
    assert_int_equal(tftp(LITERAL("\0\6blksize")).block_size, 0);
}

static void
option_acknowledgement_tells_the_size(void **state)
{
    bootstrap_fact fact = tftp(LITERAL("\0\6tsize\000265632\0blksize\0001456\0"));

    (void)state;
    assert_int_equal(fact.message, BOOTSTRAP_OPTIONS);
    assert_int_equal(fact.transfer_size, 265632);
    assert_int_equal(fact.block_size, 1456);
    assert_int_equal(tftp(LITERAL("\0\6tsize\00099999999999\0")).transfer_size, 0);
}

static void
data_is_as_long_as_it_travelled(void **state)
{
    bootstrap_fact fact = tftp(LITERAL("\0\3\0\x2a" "abc"));

    (void)state;
    assert_int_equal(fact.message, BOOTSTRAP_DATA);
    assert_int_equal(fact.number, 42);
    assert_int_equal(fact.length, 3);
    assert_int_equal(fact.captured, 3);
    assert_memory_equal(fact.data, "abc", 3);
    memset(&fact, 0, sizeof fact);
    tftp_read(LITERAL("\0\3\0\x2a" "abc"), 516, keep, &fact); /* sliced */
    assert_int_equal(fact.length, 512);
    assert_int_equal(fact.captured, 3);
    fact = tftp(LITERAL("\0\3\0\x2a"));
    assert_int_equal(fact.length, 0);
    assert_null(fact.data);
}

static void
other_messages_are_told(void **state)
{
    bootstrap_fact fact = tftp(LITERAL("\0\5\0\1File not \x07" "found\0"));

    (void)state;
    assert_int_equal(fact.message, BOOTSTRAP_ERROR);
    assert_int_equal(fact.number, 1);
    assert_string_equal(fact.words, "File not \xef\xbf\xbd" "found");
    assert_null(tftp(LITERAL("\0\5\0\1\0")).words);
    fact = tftp(LITERAL("\0\4\1\0"));
    assert_int_equal(fact.message, BOOTSTRAP_ACK);
    assert_int_equal(fact.number, 256);
    assert_int_equal(tftp(LITERAL("\0\2x\0octet\0")).message, BOOTSTRAP_OTHER);
    assert_int_equal(tftp(LITERAL("\0")).message, BOOTSTRAP_OTHER);
}

static void
tftp_beginning(frame_bytes beginning, void *data)
{
    (void)data;
    tftp(beginning);
}

/* ---- ARP ---- */

static GByteArray *
put_arp(GByteArray *to, unsigned opcode)
{
    put_u16(put(to, LITERAL("\0\1\x08\0\6\4")), opcode);
    put(to, LITERAL("\2\0\0\0\0\xc1\x0a\x09\0\x64"));
    return put(to, LITERAL("\0\0\0\0\0\0\x0a\x09\0\x01"));
}

static void
arp_is_found_and_read(void **state)
{
    const uint8_t sender[4] = { 10, 9, 0, 100 }, target[4] = { 10, 9, 0, 1 };
    net_address expected_sender = net_address_ipv4(sender), expected_target = net_address_ipv4(target);

    (void)state;
    for (unsigned opcode = 1; opcode <= 2; opcode++)
        for (size_t link = 0; link < 60; link++) {
            GByteArray *frame = put_filler(put_arp(put_filler(g_byte_array_new(), link, 0x80), opcode), 18, 0);
            arp_fact fact = { 0 };

            assert_true(arp_read(bytes_of(frame), &fact));
            assert_int_equal(fact.reply, opcode == 2);
            assert_int_equal(fact.sender, UINT64_C(0x0200000000c1));
            assert_true(net_address_equal(&fact.sender_address, &expected_sender));
            assert_true(net_address_equal(&fact.target_address, &expected_target));
            g_byte_array_free(frame, TRUE);
        }
}

static void
other_arp_is_none(void **state)
{
    GByteArray *frame = put_arp(put_ethernet(g_byte_array_new(), 0x0806), 3);
    arp_fact fact;

    (void)state;
    assert_false(arp_read(bytes_of(frame), &fact));
    g_byte_array_free(frame, TRUE);
    frame = put_arp(put_ethernet(g_byte_array_new(), 0x0806), 1);
    frame->data[14 + 1] = 6; /* another link */
    assert_false(arp_read(bytes_of(frame), &fact));
    g_byte_array_free(frame, TRUE);
}

static void
arp_beginning(frame_bytes beginning, void *data)
{
    arp_fact fact;

    assert_int_equal(arp_read(beginning, &fact), beginning.length >= *(size_t *)data);
}

/* ---- ICMP ---- */

/* An error of the client, 10.9.0.100, about a datagram of 10.9.0.1. rest: the second four bytes. */
static bool
icmp(uint8_t type, uint8_t code, unsigned rest, unsigned quoted_protocol, size_t quoted, icmp_fact *fact)
{
    const uint8_t head[4] = { type, code, 0, 0 };
    GByteArray *message = g_byte_array_append(g_byte_array_new(), head, 4);
    ip_packet packet = { .protocol = IP_PROTOCOL_ICMP };
    bool is_error;

    put_ipv4(put_u16(put_u16(message, rest >> 16), rest & 0xffff), quoted_protocol, 7, 0, 0, 1472);
    put_filler(put_udp(message, 69, 2070, 1464, 0), quoted, 0);
    packet.payload = bytes_of(message);
    memset(fact, 0, sizeof *fact);
    is_error = icmp_read(&packet, fact);
    g_byte_array_free(message, TRUE);
    return is_error;
}

static void
icmp_errors_are_told(void **state)
{
    static const struct { uint8_t type, code; icmp_error expected; } cases[] = { { 3, 0, ICMP_HOST_UNREACHABLE },
        { 3, 1, ICMP_HOST_UNREACHABLE }, { 3, 2, ICMP_OTHER_ERROR }, { 3, 3, ICMP_PORT_UNREACHABLE },
        { 3, 4, ICMP_TOO_BIG }, { 3, 5, ICMP_OTHER_ERROR }, { 3, 6, ICMP_HOST_UNREACHABLE }, { 3, 9, ICMP_PROHIBITED },
        { 3, 10, ICMP_PROHIBITED }, { 3, 13, ICMP_PROHIBITED }, { 11, 0, ICMP_OTHER_ERROR } };
    icmp_fact fact;

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_true(icmp(cases[i].type, cases[i].code, 1400, IP_PROTOCOL_UDP, 0, &fact));
        assert_int_equal(fact.error, cases[i].expected);
        assert_int_equal(fact.mtu, cases[i].expected == ICMP_TOO_BIG ? 1400 : 0);
        assert_int_equal(fact.source_port, 69);
        assert_int_equal(fact.destination_port, 2070);
        assert_int_equal(fact.source.octets[3], 1);
        assert_int_equal(fact.destination.octets[3], 100);
    }
    assert_false(icmp(8, 0, 0, IP_PROTOCOL_UDP, 0, &fact)); /* echo */
    assert_false(icmp(5, 1, 0, IP_PROTOCOL_UDP, 0, &fact)); /* redirect: no error */
    assert_false(icmp(3, 3, 0, 6, 0, &fact));                /* quotes TCP */
}

static void
icmpv6_errors_are_told(void **state)
{
    static const struct { uint8_t type, code; icmp_error expected; } cases[] = { { 1, 0, ICMP_HOST_UNREACHABLE },
        { 1, 1, ICMP_PROHIBITED }, { 1, 3, ICMP_HOST_UNREACHABLE }, { 1, 4, ICMP_PORT_UNREACHABLE },
        { 1, 5, ICMP_PROHIBITED }, { 2, 0, ICMP_TOO_BIG }, { 3, 0, ICMP_OTHER_ERROR } };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const uint8_t head[8] = { cases[i].type, cases[i].code, 0, 0, 0, 0, 5, 0 };
        GByteArray *message = g_byte_array_append(g_byte_array_new(), head, 8);
        ip_packet packet = { .protocol = IP_PROTOCOL_ICMPV6 };
        icmp_fact fact = { 0 };

        put_udp(put_ipv6(message, IP_PROTOCOL_UDP, 1472), 69, 2070, 1464, 0);
        packet.payload = bytes_of(message);
        assert_true(icmp_read(&packet, &fact));
        assert_int_equal(fact.error, cases[i].expected);
        assert_int_equal(fact.mtu, cases[i].expected == ICMP_TOO_BIG ? 1280 : 0);
        assert_int_equal(fact.source.family, 6);
        assert_int_equal(fact.source_port, 69);
        g_byte_array_free(message, TRUE);
    }
}

static void
client_of_a_quoted_dhcp_message_is_told(void **state)
{
    GByteArray *message = put(g_byte_array_new(), LITERAL("\3\3\0\0\0\0\0\0"));
    ip_packet packet = { .protocol = IP_PROTOCOL_ICMP };
    icmp_fact fact = { 0 };

    (void)state;
    put_udp(put_ipv4(message, IP_PROTOCOL_UDP, 7, 0, 0, 308), 68, 67, 300, 0);
    put(put_filler(put(message, LITERAL("\1\1\6\0")), 24, 0), LITERAL("\2\0\0\0\0\xc1"));
    packet.payload = bytes_of(message);
    assert_true(icmp_read(&packet, &fact));
    assert_int_equal(fact.dhcp_client, UINT64_C(0x0200000000c1));
    packet.payload.length--;
    memset(&fact, 0, sizeof fact);
    assert_true(icmp_read(&packet, &fact));
    assert_int_equal(fact.dhcp_client, 0);
    packet.payload.length = 8 + 20 + 4; /* the ports, and no more */
    assert_true(icmp_read(&packet, &fact));
    packet.payload.length--;
    assert_false(icmp_read(&packet, &fact));
    g_byte_array_free(message, TRUE);
}

static void
icmp_beginning(frame_bytes beginning, void *data)
{
    ip_packet packet = { .protocol = *(uint8_t *)data, .payload = beginning };
    icmp_fact fact = { 0 };

    icmp_read(&packet, &fact);
}

static void
nothing_is_read_beyond_what_was_captured(void **state)
{
    GByteArray *arp = put_arp(put_ethernet(g_byte_array_new(), 0x0806), 1);
    GByteArray *message = put(g_byte_array_new(), LITERAL("\3\3\0\0\0\0\0\0"));
    size_t arp_length = arp->len;
    uint8_t protocols[] = { IP_PROTOCOL_ICMP, IP_PROTOCOL_ICMPV6 };

    (void)state;
    with_each_beginning(LITERAL("\0\1ARDBP32.BIN\0octet\0blksize\0001456\0tsize\0000\0"), tftp_beginning, NULL);
    with_each_beginning(LITERAL("\0\5\0\1File not found\0"), tftp_beginning, NULL);
    with_each_beginning(LITERAL("\0\3\0\1data"), tftp_beginning, NULL);
    with_each_beginning(bytes_of(arp), arp_beginning, &arp_length);
    put_filler(put_udp(put_ipv4(message, IP_PROTOCOL_UDP, 7, 0, 2, 308), 68, 67, 300, 0), 60, 1);
    for (unsigned i = 0; i < 2; i++)
        with_each_beginning(bytes_of(message), icmp_beginning, &protocols[i]);
    g_byte_array_free(arp, TRUE);
    g_byte_array_free(message, TRUE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_request_is_read),
        cmocka_unit_test(same_options_have_the_same_digest),
        cmocka_unit_test(odd_last_byte_of_a_name_is_told),
        cmocka_unit_test(names_of_every_length_are_valid),
        cmocka_unit_test(only_a_sensible_block_size_is_told),
        cmocka_unit_test(option_acknowledgement_tells_the_size),
        cmocka_unit_test(data_is_as_long_as_it_travelled),
        cmocka_unit_test(other_messages_are_told),
        cmocka_unit_test(arp_is_found_and_read),
        cmocka_unit_test(other_arp_is_none),
        cmocka_unit_test(icmp_errors_are_told),
        cmocka_unit_test(icmpv6_errors_are_told),
        cmocka_unit_test(client_of_a_quoted_dhcp_message_is_told),
        cmocka_unit_test(nothing_is_read_beyond_what_was_captured),
    };
    int failed;

    keep = g_string_chunk_new(256);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    g_string_chunk_free(keep);
    return failed;
}
