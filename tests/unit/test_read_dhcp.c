/* test_read_dhcp.c
 * DHCP messages: header, options, and what servers and clients make of them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include <string.h>

#include "frames.h"
#include "packet_text.h"
#include "pvsboot/protocol_readers.h"

typedef struct scene {
    GStringChunk *keep;
    GByteArray *message;
    dhcp_fact fact;
} scene;

/* A reply with everything in its header, and no options yet. */
static int
begin(void **state)
{
    scene *s = g_new0(scene, 1);
    GByteArray *m = g_byte_array_new();

    put(m, LITERAL("\2\1\6\0\xca\xfe\xba\xbe\0\7\x80\0"));
    put(m, LITERAL("\x0a\x09\0\x63\x0a\x09\0\x64\x0a\x09\0\x03\x0a\x09\0\xfe")); /* ciaddr yiaddr siaddr giaddr */
    put(m, LITERAL("\2\0\0\0\0\xc1\0\0\0\0\0\0\0\0\0\0"));
    put_filler(m, 0, 0);
    g_byte_array_set_size(m, 236);
    memset(m->data + 44, 0, 192);
    put(m, LITERAL("\x63\x82\x53\x63"));
    s->message = m;
    s->keep = g_string_chunk_new(256);
    *state = s;
    return 0;
}

static int
end(void **state)
{
    scene *s = *state;

    g_string_chunk_free(s->keep);
    g_byte_array_free(s->message, TRUE);
    g_free(s);
    return 0;
}

static void
add_option(scene *s, uint8_t code, const char *value, size_t length)
{
    const uint8_t head[2] = { code, (uint8_t)length };

    g_byte_array_append(s->message, head, 2);
    g_byte_array_append(s->message, (const uint8_t *)value, (guint)length);
}

#define OPTION(s, code, text) add_option(s, code, text, sizeof(text) - 1)

static bool
read_message(scene *s)
{
    memset(&s->fact, 0, sizeof s->fact);
    return dhcp_read(bytes_of(s->message), s->keep, &s->fact);
}

static void
must_be_address(const net_address *address, uint8_t last)
{
    const uint8_t octets[4] = { 10, 9, 0, last };
    net_address expected = net_address_ipv4(octets);

    assert_true(net_address_equal(address, &expected));
}

static void
whole_header_is_read(void **state)
{
    scene *s = *state;

    OPTION(s, 53, "\2");
    OPTION(s, 255, "");
    assert_true(read_message(s));
    assert_int_equal(s->fact.message, DHCP_MESSAGE_OFFER);
    assert_int_equal(s->fact.transaction, 0xcafebabe);
    assert_int_equal(s->fact.secs, 7);
    assert_true(s->fact.broadcast);
    assert_int_equal(s->fact.client, UINT64_C(0x0200000000c1));
    must_be_address(&s->fact.client_address, 0x63);
    must_be_address(&s->fact.your_address, 0x64);
    must_be_address(&s->fact.boot.next_server, 3);
    must_be_address(&s->fact.relay, 0xfe);
    assert_null(s->fact.boot.file);
    assert_null(s->fact.boot.name);
    assert_null(s->fact.firmware.vendor_class);
    assert_null(s->fact.client_id.data);
    assert_false(s->fact.host_name || s->fact.boot.has_server_list || s->fact.firmware.is_chained);
}

static void
all_options_are_read(void **state)
{
    scene *s = *state;

    OPTION(s, 0, ""); /* pads: two of them, the length is another */
    OPTION(s, 53, "\1");
    OPTION(s, 50, "\x0a\x09\x00\x65");
    OPTION(s, 54, "\x0a\x09\x00\x01");
    OPTION(s, 55, "\1\3\6\x42\x43");
    OPTION(s, 61, "\0\1\2\3");
    OPTION(s, 12, "device");
    OPTION(s, 60, "PXEClient:Arch:00007:UNDI:003016");
    OPTION(s, 77, "\4iPXE");
    OPTION(s, 93, "\0\7\0\0");
    OPTION(s, 175, "\1\1\1");
    OPTION(s, 17, "/");
    OPTION(s, 66, "pvs.example.org");
    OPTION(s, 67, "ARDBP32.BIN");
    assert_true(read_message(s)); /* also without an end */
    must_be_address(&s->fact.requested_address, 0x65);
    must_be_address(&s->fact.server_id, 1);
    assert_int_equal(s->fact.requested.length, 5);
    assert_memory_equal(s->fact.requested.data, "\1\3\6\x42\x43", 5);
    assert_int_equal(s->fact.client_id.length, 4);
    assert_memory_equal(s->fact.client_id.data, "\0\1\2\3", 4);
    assert_true(s->fact.host_name);
    assert_string_equal(s->fact.firmware.vendor_class, "PXEClient:Arch:00007:UNDI:003016");
    assert_int_equal(s->fact.firmware.user_class.length, 5);
    assert_true(s->fact.firmware.has_architecture);
    assert_int_equal(s->fact.firmware.architecture, 7);
    assert_true(s->fact.firmware.is_chained);
    assert_true(s->fact.boot.has_server_list);
    assert_string_equal(s->fact.boot.name, "pvs.example.org");
    assert_true(s->fact.boot.name_is_text);
    assert_string_equal(s->fact.boot.file, "ARDBP32.BIN");
}

static void
file_and_server_name_stand_in_the_header_too(void **state)
{
    scene *s = *state;

    memcpy(s->message->data + 44, "server", 6);
    memset(s->message->data + 108, 'x', 128); /* no NUL at its end */
    OPTION(s, 53, "\5");
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.name, "server");
    assert_int_equal(strlen(s->fact.boot.file), 128);
    OPTION(s, 67, "by option");
    OPTION(s, 66, "other");
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.file, "by option");
    assert_string_equal(s->fact.boot.name, "other");
}

/* RFC 2132, section 9.3: then the fields hold options, and no text. */
static void
overloaded_fields_hold_options(void **state)
{
    scene *s = *state;

    memcpy(s->message->data + 108, "\x43\7in file\xff", 10);
    memcpy(s->message->data + 44, "\x42\7in name\xff", 10);
    OPTION(s, 53, "\5");
    OPTION(s, 52, "\3");
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.file, "in file");
    assert_string_equal(s->fact.boot.name, "in name");
    s->message->data[s->message->len - 1] = 1; /* the file field only */
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.file, "in file");
    assert_false(s->fact.boot.name_is_text); /* what is in the other field is no text */
    s->message->data[s->message->len - 1] = 2; /* the name field only */
    s->message->data[108] = 'F';
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.name, "in name");
    assert_int_equal(s->fact.boot.file[0], 'F');
}

/* RFC 3396: what stands in several pieces is one value, in the order options, file, sname. */
static void
long_options_are_put_together(void **state)
{
    scene *s = *state;
    char half[255];

    memset(half, 'a', sizeof half);
    OPTION(s, 53, "\5");
    add_option(s, 61, half, 255);
    OPTION(s, 52, "\3");
    OPTION(s, 67, "one ");
    OPTION(s, 12, "");
    OPTION(s, 67, "two ");
    memcpy(s->message->data + 108, "\x43\5three\xff", 8);
    memcpy(s->message->data + 44, "\x43\5 four\x3d\1b\xff", 11);
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.file, "one two three four");
    assert_int_equal(s->fact.client_id.length, 256);
    assert_int_equal(s->fact.client_id.data[255], 'b');
}

/* Wireshark gives such a message up; its boot file is there all the same. */
static void
malformed_vendor_options_hide_nothing(void **state)
{
    scene *s = *state;

    OPTION(s, 53, "\5");
    OPTION(s, 43, "\6\xff\1\x47\x0a");
    OPTION(s, 66, "10.9.0.1");
    OPTION(s, 67, "ARDBP32.BIN");
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.name, "10.9.0.1");
    assert_string_equal(s->fact.boot.file, "ARDBP32.BIN");
}

static void
texts_are_made_fit_to_be_shown(void **state)
{
    scene *s = *state;

    OPTION(s, 53, "\5");
    OPTION(s, 66, "\x0a\x09\x00\x01"); /* an address where its text belongs */
    OPTION(s, 67, "K\xc3\xb6ln\xff\n\0more");
    OPTION(s, 60, "PXE\0Client");
    assert_true(read_message(s));
    assert_false(s->fact.boot.name_is_text);
    assert_true(g_utf8_validate(s->fact.boot.name, -1, NULL));
    assert_string_equal(s->fact.boot.file, "K\xc3\xb6ln\xef\xbf\xbd\xef\xbf\xbd");
    assert_string_equal(s->fact.firmware.vendor_class, "PXE");
}

static void
nul_at_the_end_belongs_to_no_name(void **state)
{
    scene *s = *state;

    OPTION(s, 53, "\5");
    OPTION(s, 66, "10.9.0.1\0\0");
    OPTION(s, 67, "file\0");
    assert_true(read_message(s));
    assert_string_equal(s->fact.boot.name, "10.9.0.1");
    assert_true(s->fact.boot.name_is_text);
    assert_string_equal(s->fact.boot.file, "file");
}

static void
names_of_every_length_are_valid(void **state)
{
    scene *s = *state;

    OPTION(s, 53, "\5");
    for (size_t length = 1; length <= 2 * 255; length++) {
        guint before = s->message->len;
        char name[510];

        for (size_t i = 0; i < length; i++)
            name[i] = i % 2 ? '\xa4' : '\xc3';
        add_option(s, 67, name, MIN(length, 255));
        if (length > 255)
            add_option(s, 67, name + 255, length - 255);
        assert_true(read_message(s));
        assert_true(g_utf8_validate(s->fact.boot.file, -1, NULL));
        assert_int_equal(g_utf8_strlen(s->fact.boot.file, -1), (length + 1) / 2);
        g_byte_array_set_size(s->message, before);
    }
}

static void
other_messages_are_none(void **state)
{
    scene *s = *state;

    assert_false(read_message(s)); /* BOOTP */
    OPTION(s, 53, "");
    assert_false(read_message(s));
    OPTION(s, 53, "\1");
    assert_true(read_message(s));
    s->message->data[239] ^= 1; /* the magic cookie */
    assert_false(read_message(s));
}

static void
client_without_an_ethernet_address_is_unknown(void **state)
{
    scene *s = *state;

    OPTION(s, 53, "\1");
    s->message->data[1] = 6;
    assert_true(read_message(s));
    assert_int_equal(s->fact.client, 0);
}

static void
read_beginning(frame_bytes beginning, void *data)
{
    scene *s = data;
    dhcp_fact fact = { 0 };

    if (dhcp_read(beginning, s->keep, &fact)) {
        assert_true(beginning.length >= 243);
        assert_int_equal(fact.message, DHCP_MESSAGE_ACK);
    }
    dhcp_client_mac(beginning);
}

static void
nothing_is_read_beyond_what_was_captured(void **state)
{
    scene *s = *state;

    memset(s->message->data + 44, 'x', 192);
    OPTION(s, 53, "\5");
    OPTION(s, 52, "\3");
    OPTION(s, 61, "\1\2\3\4\5\6\7");
    OPTION(s, 67, "ARDBP32.BIN");
    OPTION(s, 66, "10.9.0.1");
    OPTION(s, 93, "\0");
    with_each_beginning(bytes_of(s->message), read_beginning, s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whole_header_is_read, begin, end),
        cmocka_unit_test_setup_teardown(all_options_are_read, begin, end),
        cmocka_unit_test_setup_teardown(file_and_server_name_stand_in_the_header_too, begin, end),
        cmocka_unit_test_setup_teardown(overloaded_fields_hold_options, begin, end),
        cmocka_unit_test_setup_teardown(long_options_are_put_together, begin, end),
        cmocka_unit_test_setup_teardown(malformed_vendor_options_hide_nothing, begin, end),
        cmocka_unit_test_setup_teardown(texts_are_made_fit_to_be_shown, begin, end),
        cmocka_unit_test_setup_teardown(nul_at_the_end_belongs_to_no_name, begin, end),
        cmocka_unit_test_setup_teardown(names_of_every_length_are_valid, begin, end),
        cmocka_unit_test_setup_teardown(other_messages_are_none, begin, end),
        cmocka_unit_test_setup_teardown(client_without_an_ethernet_address_is_unknown, begin, end),
        cmocka_unit_test_setup_teardown(nothing_is_read_beyond_what_was_captured, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
