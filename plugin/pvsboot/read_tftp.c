/* read_tftp.c
 * From the bytes of a TFTP message to a fact
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "protocol_readers.h"

/* RFC 1350, section 5: opcode, and block or error number. */
enum {
    TFTP_OPCODE_LENGTH = 2,
    TFTP_HEADER_LENGTH = 4
};

/* RFC 1350, section 5; RFC 2347 */
enum {
    TFTP_READ_REQUEST = 1,
    TFTP_DATA = 3,
    TFTP_ACK = 4,
    TFTP_ERROR = 5,
    TFTP_OPTION_ACK = 6
};

/* RFC 2348 */
enum {
    LEAST_BLOCK_SIZE = 8,
    GREATEST_BLOCK_SIZE = 65464
};

/* Takes a string that a NUL ends, or the message's end. */
static frame_bytes
take_string(frame_bytes *rest)
{
    frame_bytes string = frame_until_nul(*rest);

    *rest = frame_part(*rest, string.length + 1, SIZE_MAX);
    return string;
}

static bool
is_word(frame_bytes bytes, const char *word)
{
    return bytes.length == strlen(word) && g_ascii_strncasecmp((const char *)bytes.data, word, bytes.length) == 0;
}

/* A number in ASCII (RFC 2347); 0 where it is none, or greater than what can be told. */
static uint32_t
number_in(frame_bytes text)
{
    uint64_t number = 0;

    for (size_t i = 0; i < text.length; i++) {
        if (!g_ascii_isdigit(text.data[i]))
            return 0;
        number = number * 10 + (uint64_t)(text.data[i] - '0');
        if (number > UINT32_MAX)
            return 0;
    }
    return (uint32_t)number;
}

/* The order of options says nothing. Their names are of any case (RFC 2347). */
static uint32_t
digest_of_option(frame_bytes name, frame_bytes value)
{
    uint64_t digest = 0;

    for (size_t i = 0; i < name.length; i++)
        digest = net_mix(digest, (uint64_t)g_ascii_tolower((char)name.data[i]));
    return (uint32_t)net_mix_bytes(digest, value.data, value.length);
}

static void
read_options(frame_bytes rest, bootstrap_fact *fact)
{
    while (rest.length > 0) {
        frame_bytes name = take_string(&rest), value = take_string(&rest);

        if (name.length == 0)
            continue;
        fact->options_digest += digest_of_option(name, value);
        if (is_word(name, "blksize")) {
            uint32_t size = number_in(value);

            fact->options |= TFTP_OPTION_BLOCK_SIZE;
            if (fact->block_size == 0 && size >= LEAST_BLOCK_SIZE && size <= GREATEST_BLOCK_SIZE)
                fact->block_size = size;
        } else if (is_word(name, "tsize")) {
            fact->options |= TFTP_OPTION_TRANSFER_SIZE;
            if (fact->transfer_size == 0)
                fact->transfer_size = number_in(value);
        } else if (is_word(name, "timeout")) {
            fact->options |= TFTP_OPTION_TIMEOUT;
        } else if (is_word(name, "windowsize")) {
            fact->options |= TFTP_OPTION_WINDOW_SIZE;
        } else {
            fact->options |= TFTP_OPTION_OTHER;
        }
    }
}

static void
read_request(frame_bytes rest, GStringChunk *keep, bootstrap_fact *fact)
{
    frame_bytes name = take_string(&rest);

    fact->file = frame_text(name, keep);
    if (name.length > 0 && name.data[name.length - 1] >= 0x80)
        fact->odd_byte = name.data[name.length - 1];
    take_string(&rest); /* the mode */
    read_options(rest, fact);
    fact->transfer_size = 0; /* it asks for it, and does not know it */
}

static void
read_data(frame_bytes message, uint32_t length, bootstrap_fact *fact)
{
    frame_bytes data = frame_part(message, TFTP_HEADER_LENGTH, SIZE_MAX);

    if (length < TFTP_HEADER_LENGTH)
        return;
    fact->length = length - TFTP_HEADER_LENGTH;
    fact->captured = (uint32_t)MIN(data.length, fact->length);
    fact->data = fact->captured > 0 ? data.data : NULL;
}

void
tftp_read(frame_bytes message, uint32_t length, GStringChunk *keep, bootstrap_fact *fact)
{
    frame_bytes rest = frame_part(message, TFTP_OPCODE_LENGTH, SIZE_MAX);

    fact->transport = BOOTSTRAP_BY_TFTP;
    switch (frame_u16(message, 0)) {
    case TFTP_READ_REQUEST:
        fact->message = BOOTSTRAP_REQUEST;
        read_request(rest, keep, fact);
        break;
    case TFTP_OPTION_ACK:
        fact->message = BOOTSTRAP_OPTIONS;
        read_options(rest, fact);
        fact->options_digest = 0;
        break;
    case TFTP_DATA:
        fact->message = BOOTSTRAP_DATA;
        fact->number = frame_u16(rest, 0);
        read_data(message, length, fact);
        break;
    case TFTP_ACK:
        fact->message = BOOTSTRAP_ACK;
        fact->number = frame_u16(rest, 0);
        break;
    case TFTP_ERROR:
        fact->message = BOOTSTRAP_ERROR;
        fact->number = frame_u16(rest, 0);
        fact->words = frame_text(frame_until_nul(frame_part(message, TFTP_HEADER_LENGTH, SIZE_MAX)), keep);
        break;
    default:
        fact->message = BOOTSTRAP_OTHER;
        break;
    }
}
