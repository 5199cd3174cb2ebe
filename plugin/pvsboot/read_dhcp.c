/* read_dhcp.c
 * From the bytes of a DHCP message to a fact
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet_text.h"
#include "protocol_readers.h"

/* RFC 2131, figure 2: the broadcast flag. */
#define DHCP_FLAG_BROADCAST 0x8000

/* RFC 2131, section 3: what options begin with. */
#define DHCP_MAGIC 0x63825363

/* RFC 2131, figure 1 */
enum {
    DHCP_HARDWARE = 1, /* type, and length of addresses */
    DHCP_TRANSACTION = 4,
    DHCP_SECS = 8,
    DHCP_FLAGS = 10,
    DHCP_CLIENT_ADDRESS = 12,
    DHCP_YOUR_ADDRESS = 16,
    DHCP_NEXT_SERVER = 20,
    DHCP_RELAY = 24,
    DHCP_CLIENT_MAC = 28,
    DHCP_SERVER_NAME = 44,
    DHCP_SERVER_NAME_LENGTH = 64,
    DHCP_FILE = 108,
    DHCP_FILE_LENGTH = 128,
    DHCP_COOKIE = 236,
    DHCP_OPTIONS = 240
};

/* RFC 2132, RFC 3004 (77), RFC 4578 (93); 175 is iPXE's own. */
enum {
    OPTION_PAD = 0,
    OPTION_SERVER_LIST = 11,
    OPTION_HOST_NAME = 12,
    OPTION_ROOT_PATH = 17,
    OPTION_REQUESTED_ADDRESS = 50,
    OPTION_OVERLOAD = 52,
    OPTION_MESSAGE = 53,
    OPTION_SERVER_ID = 54,
    OPTION_REQUESTED = 55,
    OPTION_VENDOR_CLASS = 60,
    OPTION_CLIENT_ID = 61,
    OPTION_SERVER_NAME = 66,
    OPTION_FILE = 67,
    OPTION_USER_CLASS = 77,
    OPTION_ARCHITECTURE = 93,
    OPTION_CHAINED = 175,
    OPTION_END = 255
};

/* RFC 2132, section 9.3 */
enum {
    OVERLOAD_FILE = 1,
    OVERLOAD_SERVER_NAME = 2
};

/* Where options are, in the order in which they are read (RFC 3396, section 5). */
typedef struct dhcp_message_bytes {
    frame_bytes all;
    frame_bytes options[3];
    uint8_t overload;
} dhcp_message_bytes;

/* The next option with this code from *at on; *at moves behind it. One that is cut ends the walk. */
static bool
next_option(frame_bytes options, size_t *at, uint8_t code, frame_bytes *value)
{
    while (*at < options.length && options.data[*at] != OPTION_END) {
        uint8_t here = options.data[*at];
        size_t length;

        if (here == OPTION_PAD) {
            ++*at;
            continue;
        }
        if (*at + 1 >= options.length)
            return false;
        length = options.data[*at + 1];
        if (options.length - *at - 2 < length)
            return false;
        *value = (frame_bytes){ options.data + *at + 2, length };
        *at += 2 + length;
        if (here == code)
            return true;
    }
    return false;
}

/* All of an option: what stands in several pieces is one value (RFC 3396). No data where it is not there, or empty. */
static frame_bytes
option(const dhcp_message_bytes *message, uint8_t code, GStringChunk *keep)
{
    frame_bytes whole = { NULL, 0 }, piece;
    GByteArray *joined = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(message->options); i++) {
        size_t at = 0;

        while (next_option(message->options[i], &at, code, &piece)) {
            if (piece.length == 0)
                continue;
            if (whole.length == 0) {
                whole = piece;
                continue;
            }
            if (!joined) {
                joined = g_byte_array_new();
                g_byte_array_append(joined, whole.data, (guint)whole.length);
            }
            g_byte_array_append(joined, piece.data, (guint)piece.length);
        }
    }
    if (joined) {
        whole.length = joined->len;
        whole.data = (const uint8_t *)g_string_chunk_insert_len(keep, (const char *)joined->data, joined->len);
        g_byte_array_free(joined, TRUE);
    }
    return whole;
}

static dhcp_bytes
option_bytes(const dhcp_message_bytes *message, uint8_t code, GStringChunk *keep)
{
    frame_bytes value = option(message, code, keep);

    return (dhcp_bytes){ value.data, value.length };
}

static bool
has_option(const dhcp_message_bytes *message, uint8_t code)
{
    frame_bytes value;

    for (unsigned i = 0; i < G_N_ELEMENTS(message->options); i++) {
        size_t at = 0;
        if (next_option(message->options[i], &at, code, &value))
            return true;
    }
    return false;
}

static void
find_options(frame_bytes bytes, dhcp_message_bytes *message)
{
    frame_bytes overload;
    size_t at = 0;

    message->all = bytes;
    message->options[0] = frame_part(bytes, DHCP_OPTIONS, SIZE_MAX);
    if (next_option(message->options[0], &at, OPTION_OVERLOAD, &overload) && overload.length > 0)
        message->overload = overload.data[0];
    if (message->overload & OVERLOAD_FILE)
        message->options[1] = frame_part(bytes, DHCP_FILE, DHCP_FILE_LENGTH);
    if (message->overload & OVERLOAD_SERVER_NAME)
        message->options[2] = frame_part(bytes, DHCP_SERVER_NAME, DHCP_SERVER_NAME_LENGTH);
}

/* A field of the header that holds text, unless options are in its place. */
static frame_bytes
text_field(const dhcp_message_bytes *message, size_t at, size_t length, uint8_t overloaded_by)
{
    return message->overload & overloaded_by ? (frame_bytes){ NULL, 0 }
        : frame_until_nul(frame_part(message->all, at, length));
}

/* Some servers count a NUL at the end of a text, or several. */
static frame_bytes
without_nul_at_end(frame_bytes text)
{
    while (text.length > 0 && text.data[text.length - 1] == '\0')
        text.length--;
    return text;
}

static void
read_firmware(const dhcp_message_bytes *message, GStringChunk *keep, dhcp_firmware *firmware)
{
    frame_bytes architecture = option(message, OPTION_ARCHITECTURE, keep);

    firmware->vendor_class = frame_text(frame_until_nul(option(message, OPTION_VENDOR_CLASS, keep)), keep);
    firmware->user_class = option_bytes(message, OPTION_USER_CLASS, keep);
    firmware->has_architecture = architecture.length >= 2;
    firmware->architecture = frame_u16(architecture, 0);
    firmware->is_chained = has_option(message, OPTION_CHAINED);
}

static void
read_boot_server(const dhcp_message_bytes *message, GStringChunk *keep, dhcp_boot_server *boot)
{
    frame_bytes name = without_nul_at_end(option(message, OPTION_SERVER_NAME, keep));

    if (name.length == 0)
        name = text_field(message, DHCP_SERVER_NAME, DHCP_SERVER_NAME_LENGTH, OVERLOAD_SERVER_NAME);
    boot->name = frame_text(name, keep);
    boot->name_is_text = name.length > 0 && packet_text_is_plain(name.data, name.length);
    boot->file = frame_text(frame_until_nul(option(message, OPTION_FILE, keep)), keep);
    if (!boot->file)
        boot->file = frame_text(text_field(message, DHCP_FILE, DHCP_FILE_LENGTH, OVERLOAD_FILE), keep);
    boot->next_server = frame_ipv4(message->all, DHCP_NEXT_SERVER);
    boot->has_server_list = has_option(message, OPTION_SERVER_LIST) || has_option(message, OPTION_ROOT_PATH);
}

mac_address
dhcp_client_mac(frame_bytes message)
{
    const uint16_t ethernet = 0x0106; /* type 1, addresses of 6 octets */
    frame_bytes mac = frame_part(message, DHCP_CLIENT_MAC, 6);

    return mac.length == 6 && frame_u16(message, DHCP_HARDWARE) == ethernet ? mac_from_octets(mac.data) : 0;
}

bool
dhcp_read(frame_bytes bytes, GStringChunk *keep, dhcp_fact *fact)
{
    dhcp_message_bytes message = { 0 };
    frame_bytes type;

    if (bytes.length < DHCP_OPTIONS || frame_u32(bytes, DHCP_COOKIE) != DHCP_MAGIC)
        return false;
    find_options(bytes, &message);
    type = option(&message, OPTION_MESSAGE, keep);
    if (type.length == 0)
        return false;
    fact->message = (dhcp_message)type.data[0];
    fact->transaction = frame_u32(bytes, DHCP_TRANSACTION);
    fact->secs = frame_u16(bytes, DHCP_SECS);
    fact->broadcast = (frame_u16(bytes, DHCP_FLAGS) & DHCP_FLAG_BROADCAST) != 0;
    fact->client = dhcp_client_mac(bytes);
    fact->client_address = frame_ipv4(bytes, DHCP_CLIENT_ADDRESS);
    fact->your_address = frame_ipv4(bytes, DHCP_YOUR_ADDRESS);
    fact->relay = frame_ipv4(bytes, DHCP_RELAY);
    fact->server_id = frame_ipv4(option(&message, OPTION_SERVER_ID, keep), 0);
    fact->requested_address = frame_ipv4(option(&message, OPTION_REQUESTED_ADDRESS, keep), 0);
    fact->client_id = option_bytes(&message, OPTION_CLIENT_ID, keep);
    fact->requested = option_bytes(&message, OPTION_REQUESTED, keep);
    fact->host_name = has_option(&message, OPTION_HOST_NAME);
    read_firmware(&message, keep, &fact->firmware);
    read_boot_server(&message, keep, &fact->boot);
    return true;
}
