/* packet_text.h
 * Text from packets, made fit to be shown
 *
 * Whoever sends a packet chooses its texts. All of them come through here before they are kept or shown: the result is
 * valid UTF-8 on every output, it is one line, and it is cut between characters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_PACKET_TEXT_H
#define PVSBOOT_PACKET_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

/* No name, option or error text is kept longer: a TFTP request (RFC 1350) and a DHCP option hold about as much. */
#define PACKET_TEXT_MAX 255

/*
 * Adds bytes to a text. What is UTF-8 stays; each control character, each character that turns the direction of the
 * text around it, and each byte of no character becomes U+FFFD. Of more than max_characters the rest is left out, and an
 * ellipsis stands for it.
 */
void packet_text_append(GString *text, const void *bytes, size_t length, size_t max_characters);

/* The same as a new string, which the caller frees. */
char *packet_text(const void *bytes, size_t length, size_t max_characters);

/* Whether all of the bytes are characters that are shown as they are. */
bool packet_text_is_plain(const void *bytes, size_t length);

#endif
