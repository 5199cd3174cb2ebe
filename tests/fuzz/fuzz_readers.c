/* fuzz_readers.c
 * libFuzzer harness on the readers of frames: any bytes, and what must hold of the facts
 *
 * An input is a frame, Ethernet with IPv4 or IPv6 in it. Its sender and ports are taken from where they stand in most
 * frames, as Wireshark would tell them. Nothing may be read beyond the end, texts are valid, and bytes are the frame's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pvsboot/protocol_readers.h"

#define MUST(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "fuzz_readers.c:%d: does not hold: %s\n", __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must_be_text(const char *text)
{
    MUST(!text || (text[0] != '\0' && g_utf8_validate(text, -1, NULL)));
}

/* Bytes of the frame, or what was put together out of its pieces; reading them is the test. */
static void
must_be_readable(const uint8_t *bytes, size_t length)
{
    MUST(bytes || length == 0);
    net_mix_bytes(0, bytes, length);
}

static void
read_message(const udp_datagram *datagram, GStringChunk *keep)
{
    bootstrap_fact download = { 0 };
    dhcp_fact dhcp = { 0 };

    MUST(datagram->payload.length <= datagram->length);
    must_be_readable(datagram->header.data, datagram->header.length);
    udp_checksum(datagram);
    MUST(udp_identity(datagram->ip.identification, datagram->header) != 0);
    if (dhcp_read(datagram->payload, keep, &dhcp)) {
        must_be_text(dhcp.firmware.vendor_class);
        must_be_text(dhcp.boot.file);
        must_be_text(dhcp.boot.name);
        must_be_readable(dhcp.client_id.data, dhcp.client_id.length);
        must_be_readable(dhcp.requested.data, dhcp.requested.length);
        must_be_readable(dhcp.firmware.user_class.data, dhcp.firmware.user_class.length);
    }
    tftp_read(datagram->payload, datagram->length, keep, &download);
    must_be_text(download.file);
    must_be_text(download.words);
    MUST(download.captured <= download.length);
    MUST(download.block_size == 0 || (download.block_size >= 8 && download.block_size <= 65464));
    must_be_readable(download.data, download.captured);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    GStringChunk *keep = g_string_chunk_new(256);
    frame_bytes frame = { data, size };
    bool ipv6 = frame_u16(frame, 12) == 0x86dd;
    packet_sender sender = { .address = ipv6 ? frame_part(frame, 22, 16) : frame_part(frame, 26, 4) };
    udp_datagram datagram;
    ip_packet packet;
    arp_fact arp;

    sender.source_port = frame_u16(frame, ipv6 ? 54 : 34);
    sender.destination_port = frame_u16(frame, ipv6 ? 56 : 36);
    /* The frame a second time, as what was put together: a datagram whole at its beginning. */
    if (udp_find((frame_bytes[]){ frame, frame_part(frame, ipv6 ? 54 : 34, SIZE_MAX) }, 2, &sender, &datagram))
        read_message(&datagram, keep);
    if (icmp_find(frame, sender.address, &packet)) {
        icmp_fact icmp = { 0 };

        icmp_read(&packet, &icmp);
    }
    arp_read(frame, &arp);
    g_string_chunk_free(keep);
    return 0;
}
