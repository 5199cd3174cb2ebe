/* test_packet_text.c
 * Text from packets: valid, one line, cut between characters
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include <string.h>

#include "packet_text.h"

#define WRONG "\xef\xbf\xbd" /* U+FFFD */
#define ELLIPSIS "\xe2\x80\xa6"

static void
must_become(const char *bytes, size_t length, const char *expected)
{
    char *text = packet_text(bytes, length, PACKET_TEXT_MAX);

    assert_string_equal(text, expected);
    g_free(text);
}

static void
plain_text_stays_as_it_is(void **state)
{
    (void)state;
    must_become("", 0, "");
    must_become("ARDBP32.BIN", 11, "ARDBP32.BIN");
    must_become("K\xc3\xb6ln \xe2\x82\xac \xf0\x9f\x98\x80", 14, "K\xc3\xb6ln \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void
what_is_no_character_is_replaced(void **state)
{
    (void)state;
    must_become("a\xff", 2, "a" WRONG);
    must_become("\xc3", 1, WRONG);                        /* the first half of a character */
    must_become("\xe2\x82", 2, WRONG WRONG);
    must_become("\xc0\xaf", 2, WRONG WRONG);              /* longer than it need be */
    must_become("\xed\xa0\x80", 3, WRONG WRONG WRONG);    /* half of a surrogate pair */
    must_become("\xf4\x90\x80\x80", 4, WRONG WRONG WRONG WRONG); /* above Unicode's last */
    must_become("\xef\xbf\xbf", 3, WRONG);                /* a noncharacter */
}

static void
control_characters_are_replaced(void **state)
{
    (void)state;
    for (int c = 0; c < 128; c++) {
        const char bytes[3] = { 'a', (char)c, 'b' };
        char *text = packet_text(bytes, 3, 10);

        assert_int_equal(strlen(text), c < 32 || c == 127 ? 5 : 3);
        assert_true(g_utf8_validate(text, -1, NULL));
        assert_int_equal(packet_text_is_plain(bytes, 3), !(c < 32 || c == 127));
        g_free(text);
    }
    must_become("\xc2\x85", 2, WRONG);     /* next line */
    must_become("\xe2\x80\xa8", 3, WRONG); /* line separator */
    must_become("\xe2\x80\xae", 3, WRONG); /* right-to-left override */
}

/* Texts of every length around a limit, of characters of one to four bytes and of bytes that are none. */
static void
text_is_cut_between_characters(void **state)
{
    static const struct { const char *bytes, *shown; } characters[] = { { "x", "x" }, { "\xc3\xa4", "\xc3\xa4" },
        { "\xe2\x82\xac", "\xe2\x82\xac" }, { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" }, { "\xff", WRONG } };
    static const unsigned limits[] = { 0, 1, 40, PACKET_TEXT_MAX };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(characters); i++)
        for (unsigned n = 0; n < G_N_ELEMENTS(limits); n++)
            for (unsigned count = 0; count <= limits[n] + 5; count++) {
                GString *bytes = g_string_new(NULL), *expected = g_string_new(NULL);
                char *text;

                for (unsigned k = 0; k < count; k++) {
                    g_string_append(bytes, characters[i].bytes);
                    if (k < limits[n])
                        g_string_append(expected, characters[i].shown);
                }
                if (count > limits[n])
                    g_string_append(expected, ELLIPSIS);
                text = packet_text(bytes->str, bytes->len, limits[n]);
                assert_string_equal(text, expected->str);
                g_free(text);
                g_string_free(bytes, TRUE);
                g_string_free(expected, TRUE);
            }
}

/* Whatever the bytes are, and wherever they end. */
static void
any_bytes_become_valid_text(void **state)
{
    GRand *random = g_rand_new_with_seed(7);

    (void)state;
    for (int turn = 0; turn < 20000; turn++) {
        uint8_t bytes[24];
        size_t length = (size_t)g_rand_int_range(random, 0, sizeof bytes + 1);
        size_t limit = (size_t)g_rand_int_range(random, 0, 30);
        char *text, *again;

        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)g_rand_int_range(random, turn % 2 ? 0x80 : 0, 256);
        text = packet_text(bytes, length, limit);
        assert_true(g_utf8_validate(text, -1, NULL));
        assert_true((size_t)g_utf8_strlen(text, -1) <= limit + 1);
        again = packet_text(text, strlen(text), limit + 1); /* made fit once, it stays */
        assert_string_equal(again, text);
        g_free(text);
        g_free(again);
    }
    g_rand_free(random);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(what_is_no_character_is_replaced),
        cmocka_unit_test(control_characters_are_replaced),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(any_bytes_become_valid_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
