/* test_frame_bytes.c
 * Where the bytes of a layer are: links, tags, tunnels, options, pieces
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include <string.h>

#include "frames.h"

static const packet_sender sender4 = { { (const uint8_t *)"\x0a\x09\x00\x01", 4 }, 69, 2070 };
static const packet_sender sender6 = { { (const uint8_t *)"\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16 }, 69, 2070 };

static const char payload[] = "\0\3\0\1some data";
#define PAYLOAD_LENGTH (sizeof payload - 1)

static GByteArray *
put_payload(GByteArray *to)
{
    return put(to, LITERAL(payload));
}

static GByteArray *
put_datagram4(GByteArray *to, unsigned options)
{
    put_ipv4(to, IP_PROTOCOL_UDP, 7, 0, options, 8 + PAYLOAD_LENGTH);
    return put_payload(put_udp(to, 69, 2070, PAYLOAD_LENGTH, 0x1234));
}

/* Finds the datagram in a frame that ends here, and frees the frame. */
static void
must_find(GByteArray *frame, const packet_sender *sender)
{
    frame_bytes source = bytes_of(frame);
    udp_datagram found;

    assert_true(udp_find(&source, 1, sender, &found));
    assert_int_equal(found.source_port, 69);
    assert_int_equal(found.destination_port, 2070);
    assert_int_equal(found.length, PAYLOAD_LENGTH);
    assert_int_equal(found.payload.length, PAYLOAD_LENGTH);
    assert_memory_equal(found.payload.data, payload, PAYLOAD_LENGTH);
    g_byte_array_free(frame, TRUE);
}

static void
must_not_find(GByteArray *frame, const packet_sender *sender)
{
    frame_bytes source = bytes_of(frame);
    udp_datagram found;

    assert_false(udp_find(&source, 1, sender, &found));
    g_byte_array_free(frame, TRUE);
}

static void
datagram_is_found_behind_any_link(void **state)
{
    (void)state;
    must_find(put_datagram4(g_byte_array_new(), 0), &sender4); /* raw */
    must_find(put_datagram4(put_ethernet(g_byte_array_new(), 0x0800), 0), &sender4);
    must_find(put_datagram4(put_u16(put_u16(put_ethernet(g_byte_array_new(), 0x8100), 12), 0x0800), 0), &sender4);
    must_find(put_datagram4(put_filler(g_byte_array_new(), 16, 3), 0), &sender4); /* cooked */
    must_find(put_filler(put_datagram4(put_ethernet(g_byte_array_new(), 0x0800), 0), 20, 1), &sender4); /* padded */
}

static void
options_of_ipv4_are_passed_over(void **state)
{
    (void)state;
    for (unsigned options = 0; options <= 10; options++)
        must_find(put_datagram4(put_ethernet(g_byte_array_new(), 0x0800), options), &sender4);
}

static void
headers_behind_ipv6_are_passed_over(void **state)
{
    static const uint8_t headers[] = { 0, 43, 60, 135, 139, 140 };
    GByteArray *frame;

    (void)state;
    for (unsigned i = 0; i < sizeof headers; i++) {
        frame = put_ipv6(put_ethernet(g_byte_array_new(), 0x86dd), headers[i], 8 + 16 + 8 + PAYLOAD_LENGTH);
        put(frame, LITERAL("\x33\0\0\0\0\0\0\0"));                   /* then authentication */
        put(frame, LITERAL("\x11\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0")); /* then UDP */
        must_find(put_payload(put_udp(frame, 69, 2070, PAYLOAD_LENGTH, 1)), &sender6);
    }
    frame = put_ipv6(put_ethernet(g_byte_array_new(), 0x86dd), IP_PROTOCOL_UDP, 8 + PAYLOAD_LENGTH);
    must_find(put_payload(put_udp(frame, 69, 2070, PAYLOAD_LENGTH, 1)), &sender6);
}

/* The same two hosts outside and inside: the ports tell. */
static void
innermost_datagram_of_a_tunnel_counts(void **state)
{
    GByteArray *frame = put_ethernet(g_byte_array_new(), 0x0800);

    (void)state;
    put_ipv4(frame, IP_PROTOCOL_UDP, 1, 0, 0, 8 + 8 + 14 + 28 + PAYLOAD_LENGTH);
    put(put_udp(frame, 50000, 4789, 8 + 14 + 28 + PAYLOAD_LENGTH, 0), LITERAL("\x08\0\0\0\0\0\x07\0")); /* VXLAN */
    must_find(put_datagram4(put_ethernet(frame, 0x0800), 0), &sender4);
}

static void
pieces_are_found_where_they_are_whole(void **state)
{
    GByteArray *last = put_payload(put_ipv4(g_byte_array_new(), IP_PROTOCOL_UDP, 7, 100, 0, PAYLOAD_LENGTH));
    GByteArray *whole = put_payload(put_udp(g_byte_array_new(), 69, 2070, PAYLOAD_LENGTH, 0));
    frame_bytes sources[2] = { bytes_of(last), bytes_of(whole) };
    udp_datagram found;

    (void)state;
    assert_true(udp_find(sources, 2, &sender4, &found));
    assert_ptr_equal(found.header.data, whole->data);
    assert_int_equal(found.ip.identification, 7);
    assert_false(udp_find(sources, 1, &sender4, &found)); /* a last piece alone is nothing */
    g_byte_array_free(last, TRUE);
    g_byte_array_free(whole, TRUE);
}

/* Where Wireshark does not put pieces together, it dissects the first of them. */
static void
first_piece_is_read_as_far_as_it_goes(void **state)
{
    GByteArray *frame = put_ipv4(g_byte_array_new(), IP_PROTOCOL_UDP, 7, 0x2000, 0, 8 + 4);
    frame_bytes source;
    udp_datagram found;

    (void)state;
    put_filler(put_udp(frame, 69, 2070, 1456, 0), 4, 0);
    source = bytes_of(frame);
    assert_true(udp_find(&source, 1, &sender4, &found));
    assert_int_equal(found.length, 1456);
    assert_int_equal(found.payload.length, 4);
    g_byte_array_free(frame, TRUE);
}

static void
what_is_no_such_datagram_is_not_found(void **state)
{
    const packet_sender other_port = { sender4.address, 69, 2071 };
    const packet_sender nobody = { { NULL, 0 }, 69, 2070 };
    GByteArray *frame;

    (void)state;
    must_not_find(put_datagram4(g_byte_array_new(), 0), &other_port);
    must_not_find(put_datagram4(g_byte_array_new(), 0), &sender6);
    must_not_find(put_datagram4(g_byte_array_new(), 0), &nobody);
    frame = put_ipv4(g_byte_array_new(), 6, 7, 0, 0, 8 + PAYLOAD_LENGTH); /* not UDP */
    must_not_find(put_payload(put_udp(frame, 69, 2070, PAYLOAD_LENGTH, 0)), &sender4);
    frame = put_ipv4(g_byte_array_new(), IP_PROTOCOL_UDP, 7, 0, 0, 8);
    must_not_find(put_u16(put_u16(put_u16(frame, 69), 2070), 7), &sender4); /* shorter than its header */
    frame = put_ipv6(g_byte_array_new(), 60, 400);
    for (int i = 0; i < 40; i++) /* more headers than anybody has a use for */
        put(frame, LITERAL("\x3c\0\0\0\0\0\0\0"));
    must_not_find(frame, &sender6);
}

static void
find_in_beginning(frame_bytes beginning, void *data)
{
    const packet_sender *sender = data;
    udp_datagram found;
    ip_packet packet;

    if (udp_find(&beginning, 1, sender, &found)) {
        assert_true(found.payload.length <= beginning.length);
        assert_true(found.header.data + found.header.length <= beginning.data + beginning.length);
        udp_checksum(&found);
        udp_identity(found.ip.identification, found.header);
    }
    if (ip_packet_read(beginning, &packet))
        assert_true(packet.payload.length < beginning.length);
    icmp_find(beginning, sender->address, &packet);
}

static void
nothing_is_read_beyond_what_was_captured(void **state)
{
    GByteArray *frame = put_datagram4(put_ethernet(g_byte_array_new(), 0x0800), 3);
    packet_sender sender = sender4;

    (void)state;
    with_each_beginning(bytes_of(frame), find_in_beginning, &sender);
    g_byte_array_free(frame, TRUE);
    frame = put_ipv6(g_byte_array_new(), 0, 8 + 8 + PAYLOAD_LENGTH);
    put_payload(put_udp(put(frame, LITERAL("\x11\0\0\0\0\0\0\0")), 69, 2070, PAYLOAD_LENGTH, 0));
    sender = sender6;
    with_each_beginning(bytes_of(frame), find_in_beginning, &sender);
    g_byte_array_free(frame, TRUE);
}

/* 10.9.0.1, 10.9.0.100, 17, 8 + 4 bytes, ports 67 and 68, payload 00 01 02 03: summed by hand. */
static void
checksum_is_told(void **state)
{
    const unsigned pseudo = 0x0a09 + 0x0001 + 0x0a09 + 0x0064 + 17 + 12;
    const unsigned good = 0xffff - (pseudo + 67 + 68 + 12 + 0x0001 + 0x0203);
    const struct { unsigned sent; datagram_checksum expected; } cases[] = { { good, CHECKSUM_GOOD },
        { good ^ 0x100, CHECKSUM_WRONG }, { pseudo, CHECKSUM_UNFINISHED }, { 0, CHECKSUM_UNKNOWN } };
    const packet_sender sender = { sender4.address, 67, 68 };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *frame = put_ipv4(g_byte_array_new(), IP_PROTOCOL_UDP, 7, 0, 0, 12);
        frame_bytes source;
        udp_datagram found;

        put(put_udp(frame, 67, 68, 4, cases[i].sent), LITERAL("\0\1\2\3"));
        source = bytes_of(frame);
        assert_true(udp_find(&source, 1, &sender, &found));
        assert_int_equal(udp_checksum(&found), cases[i].expected);
        source.length--; /* a byte was not captured */
        assert_true(udp_find(&source, 1, &sender, &found));
        assert_int_equal(udp_checksum(&found), CHECKSUM_UNKNOWN);
        g_byte_array_free(frame, TRUE);
    }
}

static uint32_t
identity_of(unsigned identification, unsigned checksum, unsigned seed)
{
    GByteArray *datagram = put_filler(put_udp(g_byte_array_new(), 69, 2070, 40, checksum), 40, seed);
    uint32_t identity = udp_identity((uint16_t)identification, bytes_of(datagram));

    g_byte_array_free(datagram, TRUE);
    return identity;
}

static void
checksum_is_part_of_an_identity_only_without_an_identification(void **state)
{
    (void)state;
    assert_int_equal(identity_of(7, 1, 0), identity_of(7, 2, 0));
    assert_int_not_equal(identity_of(7, 1, 0), identity_of(8, 1, 0));
    assert_int_not_equal(identity_of(7, 1, 0), identity_of(7, 1, 1));
    assert_int_equal(identity_of(0, 1, 0), identity_of(0, 1, 0));
    assert_int_not_equal(identity_of(0, 1, 0), identity_of(0, 2, 0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagram_is_found_behind_any_link),
        cmocka_unit_test(options_of_ipv4_are_passed_over),
        cmocka_unit_test(headers_behind_ipv6_are_passed_over),
        cmocka_unit_test(innermost_datagram_of_a_tunnel_counts),
        cmocka_unit_test(pieces_are_found_where_they_are_whole),
        cmocka_unit_test(first_piece_is_read_as_far_as_it_goes),
        cmocka_unit_test(what_is_no_such_datagram_is_not_found),
        cmocka_unit_test(nothing_is_read_beyond_what_was_captured),
        cmocka_unit_test(checksum_is_told),
        cmocka_unit_test(checksum_is_part_of_an_identity_only_without_an_identification),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
