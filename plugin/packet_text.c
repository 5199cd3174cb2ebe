/* packet_text.c
 * Text from packets, made fit to be shown
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet_text.h"

#define REPLACEMENT_CHARACTER 0xfffd
#define HORIZONTAL_ELLIPSIS 0x2026

/*
 * Unicode's line and paragraph separators end a line like a control character, its marks of direction turn around what
 * stands beside them (Unicode 15, section 23.2), and its noncharacters are for no interchange (section 23.7): JSON, XML
 * and terminals each stumble over some of them.
 */
static bool
is_shown(gunichar character)
{
    return !g_unichar_iscntrl(character) && !(character >= 0x2028 && character <= 0x202e)
        && !(character >= 0x2066 && character <= 0x2069) && character != 0x200e && character != 0x200f
        && character != 0x061c && character != 0xfeff && !(character >= 0xfdd0 && character <= 0xfdef)
        && (character & 0xfffe) != 0xfffe;
}

/* Printable ASCII, which nearly all text is. */
static bool
is_plain(char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

/* Takes the next character; one that must not be shown is told as U+FFFD. */
static gunichar
next_character(const char **at, const char *end)
{
    gunichar character;

    if (is_plain(**at))
        return (gunichar)*(*at)++;
    character = g_utf8_get_char_validated(*at, end - *at);
    if (character == (gunichar)-1 || character == (gunichar)-2) {
        *at += 1;
        return REPLACEMENT_CHARACTER;
    }
    *at = g_utf8_next_char(*at);
    return is_shown(character) ? character : REPLACEMENT_CHARACTER;
}

void
packet_text_append(GString *text, const void *bytes, size_t length, size_t max_characters)
{
    const char *at = bytes, *end = at + length;

    while (at < end && max_characters > 0) {
        size_t plain = 0;

        while (plain < max_characters && at + plain < end && is_plain(at[plain]))
            plain++;
        g_string_append_len(text, at, (gssize)plain);
        at += plain;
        max_characters -= plain;
        if (at < end && max_characters > 0) {
            g_string_append_unichar(text, next_character(&at, end));
            max_characters--;
        }
    }
    if (at < end)
        g_string_append_unichar(text, HORIZONTAL_ELLIPSIS);
}

char *
packet_text(const void *bytes, size_t length, size_t max_characters)
{
    GString *text = g_string_new(NULL);

    packet_text_append(text, bytes, length, max_characters);
    return g_string_free(text, FALSE);
}

bool
packet_text_is_plain(const void *bytes, size_t length)
{
    const char *at = bytes, *end = at + length;

    while (at < end)
        if (next_character(&at, end) == REPLACEMENT_CHARACTER)
            return false;
    return true;
}
