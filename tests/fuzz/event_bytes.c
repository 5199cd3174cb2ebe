/* event_bytes.c
 * A boot event in a few bytes
 *
 * Addresses, ports and texts are numbers in short lists: a fuzzer that had to guess whole addresses would never see two
 * frames of one boot. Lengths and numbers travel as they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "event_bytes.h"

#include <string.h>

#include "boot/boot_time.h"

#define MILLISECOND (SECOND / 1000)

/* The last two go back: clocks are set. */
static const int64_t pauses[] = { 0, MILLISECOND / 10, MILLISECOND, 10 * MILLISECOND, 100 * MILLISECOND,
    600 * MILLISECOND, SECOND, 2 * SECOND, 4 * SECOND, 6 * SECOND, 11 * SECOND, 30 * SECOND, 61 * SECOND, 3600 * SECOND,
    -SECOND, -100 * SECOND };
static const uint16_t ports[] = { 67, 68, 69, 4011, 6901, 6902, 6905, 6910, 6911, 6930, 6969, 2070, 2071, 49152, 0,
    65535 };
static const char *const texts[] = { NULL, "", "PXEClient", "PXEClient:Arch:00007:UNDI:003016", "MSFT 5.0", "dhcpcd",
    "ARDBP32.BIN", "pvsnbpx64.efi", "undionly.kpxe", "boot/grub/ardbp32.bin", "\\", "/", "\xc3\xa4\n",
    "PXE", "udhcp", "x" };
static const char version[] =
    "xxProvisioning Services bootstrap v1.2.3.4\xff\xfe\0\nxxx Provisioning Services bootstrap v";

/* In the first byte: the kind is one of those that came last. */
#define MORE_KINDS 16

/* Four bits of a byte: the high ones, or the low ones. */
#define HIGH(byte) ((unsigned)(byte) >> 4)
#define LOW(byte) ((unsigned)(byte) & 15)

static uint8_t
both(unsigned high, unsigned low)
{
    return (uint8_t)((high & 15) << 4 | (low & 15));
}

/* ---- From bytes ---- */

/* 0: not known. The last ones of each kind are strange. */
static mac_address
mac_number(unsigned n)
{
    return n == 0 ? 0 : UINT64_C(0x020000000000) + n;
}

static net_address
address_with_number(unsigned n)
{
    const uint8_t octets[16] = { 10, 0, 0, (uint8_t)n };

    return n == 0 ? NET_ADDRESS_NONE : n < 14 ? net_address_ipv4(octets) : net_address_ipv6(octets);
}

static uint16_t
number_at(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

boot_event
event_from_bytes(const uint8_t *bytes, int64_t *pause)
{
    boot_event event = {
        .kind = (boot_event_kind)(bytes[0] & MORE_KINDS ? BOOT_EVENT_ICMP + (bytes[0] & 1) : bytes[0] & 3),
        .source_mac = mac_number(HIGH(bytes[2])),
        .destination_mac = mac_number(LOW(bytes[2])),
        .source = address_with_number(HIGH(bytes[3])),
        .destination = address_with_number(LOW(bytes[3])),
        .source_port = ports[HIGH(bytes[4])],
        .destination_port = ports[LOW(bytes[4])],
        .identity = bytes[5]
    };
    bool flag = bytes[0] & 4, other_flag = bytes[0] & 8;
    uint16_t number = number_at(bytes + 12), length = number_at(bytes + 14);

    event.unicast = event.destination_mac != 0;
    *pause = pauses[LOW(bytes[1])] + HIGH(bytes[1]) * MILLISECOND / 4;
    switch (event.kind) {
    case BOOT_EVENT_DHCP:
        event.dhcp.message = (dhcp_message)(bytes[6] % (DHCP_MESSAGE_INFORM + 1));
        event.dhcp.broadcast = flag;
        event.dhcp.client = mac_number(HIGH(bytes[7]));
        event.dhcp.your_address = address_with_number(LOW(bytes[7]));
        event.dhcp.relay = address_with_number(HIGH(bytes[8]));
        event.dhcp.server_id = address_with_number(LOW(bytes[8]));
        event.dhcp.firmware.vendor_class = texts[HIGH(bytes[9])];
        event.dhcp.boot.file = texts[LOW(bytes[9])];
        event.dhcp.secs = bytes[10];
        event.dhcp.transaction = bytes[11];
        event.dhcp.client_id.length = other_flag ? bytes[16] % 6 : 0;
        event.dhcp.client_id.data = other_flag ? bytes + 17 : NULL;
        event.dhcp.requested.length = bytes[16] & 64 ? bytes[16] / 8 % 8 : 0;
        event.dhcp.requested.data = bytes[16] & 64 ? bytes + 16 : NULL;
        event.dhcp.client_address = address_with_number(HIGH(bytes[12]));
        event.dhcp.requested_address = address_with_number(LOW(bytes[12]));
        event.dhcp.boot.next_server = address_with_number(HIGH(bytes[13]));
        event.dhcp.boot.name = texts[LOW(bytes[13])];
        event.dhcp.host_name = bytes[14] & 1;
        event.dhcp.boot.name_is_text = bytes[14] & 2;
        event.dhcp.boot.has_server_list = bytes[14] & 4;
        event.dhcp.firmware.has_architecture = bytes[14] & 8;
        event.dhcp.firmware.is_chained = bytes[14] & 16;
        event.dhcp.firmware.user_class.length = bytes[14] & 32 ? 2 : 0;
        event.dhcp.firmware.user_class.data = bytes[14] & 32 ? bytes + 22 : NULL;
        event.dhcp.checksum = (datagram_checksum)(bytes[14] >> 6);
        event.dhcp.firmware.architecture = LOW(bytes[15]);
        break;
    case BOOT_EVENT_ARP:
        event.arp.reply = flag;
        event.arp.sender = mac_number(HIGH(bytes[7]));
        event.arp.sender_address = address_with_number(LOW(bytes[7]));
        event.arp.target_address = address_with_number(LOW(bytes[8]));
        break;
    case BOOT_EVENT_BOOTSTRAP:
        event.bootstrap.transport = flag ? BOOTSTRAP_BY_TWO_STAGE : BOOTSTRAP_BY_TFTP;
        event.bootstrap.message = (bootstrap_message)(bytes[6] % (BOOTSTRAP_ERROR + 1));
        event.bootstrap.file = event.bootstrap.message == BOOTSTRAP_REQUEST ? texts[LOW(bytes[9])] : NULL;
        event.bootstrap.number = number;
        event.bootstrap.length = length;
        event.bootstrap.block_size = number_at(bytes + 16);
        event.bootstrap.transfer_size = (uint32_t)number_at(bytes + 18) << (bytes[20] & 16);
        if (event.bootstrap.message == BOOTSTRAP_DATA && other_flag) {
            unsigned from = bytes[21] % (sizeof version - 1);

            event.bootstrap.data = (const uint8_t *)version + from;
            event.bootstrap.captured = MIN(length, sizeof version - 1 - from);
        }
        event.bootstrap.words = event.bootstrap.message == BOOTSTRAP_ERROR ? texts[LOW(bytes[9])] : NULL;
        event.bootstrap.options = bytes[22] & 31;
        event.bootstrap.odd_byte = bytes[22] & 128 ? 255 : 0;
        event.bootstrap.options_digest = bytes[10];
        event.content = bytes[23];
        break;
    case BOOT_EVENT_STREAM:
        event.stream.to_server = flag;
        event.stream.logon_port = other_flag;
        event.stream.fragmented = bytes[6] & 1;
        event.stream.payload = length;
        event.stream.digest = bytes[16];
        break;
    case BOOT_EVENT_ICMP:
        event.icmp.error = (icmp_error)(bytes[6] % (ICMP_OTHER_ERROR + 1));
        event.icmp.mtu = event.icmp.error == ICMP_TOO_BIG ? number : 0;
        event.icmp.source = address_with_number(HIGH(bytes[7]));
        event.icmp.destination = address_with_number(LOW(bytes[7]));
        event.icmp.source_port = ports[HIGH(bytes[8])];
        event.icmp.destination_port = ports[LOW(bytes[8])];
        event.icmp.dhcp_client = mac_number(HIGH(bytes[9]));
        break;
    case BOOT_EVENT_OTHER:
        break;
    }
    return event;
}

/* ---- To bytes ---- */

static unsigned
mac_to_number(mac_address mac)
{
    return mac == 0 ? 0 : 1 + (unsigned)(net_mix(0, mac) % 15);
}

static unsigned
address_to_number(const net_address *address)
{
    uint64_t mixed = net_mix_bytes(0, net_address_octets(address), address->family == 6 ? 16 : 4);

    return address->family == 4 ? 1 + (unsigned)(mixed % 13) : address->family == 6 ? 14 + (unsigned)(mixed % 2) : 0;
}

static unsigned
port_to_number(uint16_t port)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(ports); i++)
        if (ports[i] == port)
            return i;
    return port > 6910 && port < 6930 ? 8 : 11 + port % 3;
}

static unsigned
text_to_number(const char *text)
{
    if (!text)
        return 0;
    for (unsigned i = 1; i < G_N_ELEMENTS(texts); i++)
        if (g_ascii_strcasecmp(texts[i], text) == 0)
            return i;
    return g_str_has_prefix(text, "PXEClient") ? 3 : g_str_has_prefix(text, "MSFT") ? 4 : 9;
}

/* The nearest one that is not longer. */
static unsigned
pause_to_number(int64_t pause)
{
    unsigned nearest = 0;

    if (pause < 0)
        return pause < -10 * SECOND ? 15 : 14;
    while (nearest < 13 && pauses[nearest + 1] <= pause)
        nearest++;
    return nearest;
}

static void
put_number(uint8_t *bytes, uint32_t number)
{
    number = MIN(number, 0xffff);
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

static uint8_t
flags(const boot_event *event, bool flag, bool other_flag)
{
    unsigned kind = event->kind >= BOOT_EVENT_ICMP ? MORE_KINDS | (event->kind - BOOT_EVENT_ICMP) : event->kind;

    return (uint8_t)(kind | (flag ? 4 : 0) | (other_flag ? 8 : 0));
}

void
event_to_bytes(const boot_event *event, int64_t pause, uint8_t *bytes)
{
    memset(bytes, 0, EVENT_BYTES);
    bytes[1] = both(0, pause_to_number(pause));
    bytes[2] = both(mac_to_number(event->source_mac), mac_to_number(event->destination_mac));
    bytes[3] = both(address_to_number(&event->source), address_to_number(&event->destination));
    bytes[4] = both(port_to_number(event->source_port), port_to_number(event->destination_port));
    bytes[5] = (uint8_t)event->identity;
    switch (event->kind) {
    case BOOT_EVENT_DHCP:
        bytes[0] = flags(event, event->dhcp.broadcast, event->dhcp.client_id.length > 0);
        bytes[6] = (uint8_t)event->dhcp.message;
        bytes[7] = both(mac_to_number(event->dhcp.client), address_to_number(&event->dhcp.your_address));
        bytes[8] = both(address_to_number(&event->dhcp.relay), address_to_number(&event->dhcp.server_id));
        bytes[9] = both(text_to_number(event->dhcp.firmware.vendor_class), text_to_number(event->dhcp.boot.file));
        bytes[10] = (uint8_t)event->dhcp.secs;
        bytes[11] = (uint8_t)event->dhcp.transaction;
        bytes[16] = (uint8_t)(event->dhcp.client_id.length % 6);
        bytes[12] = both(address_to_number(&event->dhcp.client_address), address_to_number(&event->dhcp.requested_address));
        bytes[13] = both(address_to_number(&event->dhcp.boot.next_server), text_to_number(event->dhcp.boot.name));
        bytes[14] = (uint8_t)(event->dhcp.host_name | event->dhcp.boot.name_is_text << 1
            | event->dhcp.boot.has_server_list << 2 | event->dhcp.firmware.has_architecture << 3
            | event->dhcp.firmware.is_chained << 4 | (event->dhcp.firmware.user_class.length > 0) << 5
            | event->dhcp.checksum << 6);
        bytes[15] = event->dhcp.firmware.architecture & 15;
        break;
    case BOOT_EVENT_ARP:
        bytes[0] = flags(event, event->arp.reply, false);
        bytes[7] = both(mac_to_number(event->arp.sender), address_to_number(&event->arp.sender_address));
        bytes[8] = both(0, address_to_number(&event->arp.target_address));
        break;
    case BOOT_EVENT_BOOTSTRAP:
        bytes[0] = flags(event, event->bootstrap.transport == BOOTSTRAP_BY_TWO_STAGE, event->bootstrap.data != NULL);
        bytes[6] = (uint8_t)event->bootstrap.message;
        bytes[9] = both(0, text_to_number(event->bootstrap.words ? event->bootstrap.words : event->bootstrap.file));
        bytes[10] = (uint8_t)event->bootstrap.options_digest;
        bytes[22] = (uint8_t)((event->bootstrap.options & 31) | (event->bootstrap.odd_byte & 128));
        bytes[23] = (uint8_t)event->content;
        put_number(bytes + 12, event->bootstrap.number);
        put_number(bytes + 14, event->bootstrap.length);
        put_number(bytes + 16, event->bootstrap.block_size);
        put_number(bytes + 18, event->bootstrap.transfer_size);
        break;
    case BOOT_EVENT_STREAM:
        bytes[0] = flags(event, event->stream.to_server, event->stream.logon_port);
        bytes[6] = event->stream.fragmented;
        put_number(bytes + 14, event->stream.payload);
        bytes[16] = (uint8_t)event->stream.digest;
        break;
    case BOOT_EVENT_ICMP:
        bytes[0] = flags(event, false, false);
        bytes[6] = (uint8_t)event->icmp.error;
        bytes[7] = both(address_to_number(&event->icmp.source), address_to_number(&event->icmp.destination));
        bytes[8] = both(port_to_number(event->icmp.source_port), port_to_number(event->icmp.destination_port));
        bytes[9] = both(mac_to_number(event->icmp.dhcp_client), 0);
        put_number(bytes + 12, event->icmp.mtu);
        break;
    case BOOT_EVENT_OTHER:
        bytes[0] = flags(event, false, false);
        break;
    }
}
