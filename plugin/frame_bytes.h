/* frame_bytes.h
 * Where the bytes of a layer are in a frame
 *
 * Wireshark tells what a frame holds, but to tell where it would have to make the frame's tree, which costs a fifth of
 * its time on every capture. So the few frames of interest are searched here. Plain bytes, no Wireshark: the unit tests
 * and the fuzzer call it alone. Nothing is read beyond what was captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FRAME_BYTES_H
#define PVSBOOT_FRAME_BYTES_H

#include "boot/boot_event.h"

/* IP protocol numbers (IANA). */
enum {
    IP_PROTOCOL_ICMP = 1,
    IP_PROTOCOL_UDP = 17,
    IP_PROTOCOL_ICMPV6 = 58
};

/* Borrowed bytes. length: as many as were captured. */
typedef struct frame_bytes {
    const uint8_t *data;
    size_t length;
} frame_bytes;

/* An IPv4 or IPv6 packet; its octets are borrowed. */
typedef struct ip_packet {
    uint8_t protocol; /* behind the extension headers */
    bool fragmented;  /* a piece of a datagram */
    bool first_piece; /* with its beginning */
    uint16_t identification; /* of IPv4, or 0 */
    frame_bytes source, destination; /* 4 or 16 octets each */
    frame_bytes payload; /* without what pads a short frame */
} ip_packet;

typedef struct udp_datagram {
    ip_packet ip;
    uint16_t source_port, destination_port;
    uint32_t length;     /* bytes that travelled behind the UDP header, by that header */
    frame_bytes header;  /* the UDP header and what follows */
    frame_bytes payload;
} udp_datagram;

/* The sender of the layer that is wanted; its octets are as in the packet. The ports are those of UDP. */
typedef struct packet_sender {
    frame_bytes address;
    uint16_t source_port, destination_port;
} packet_sender;

/* Big-endian numbers; 0 where they were not captured. */
uint16_t frame_u16(frame_bytes bytes, size_t at);
uint32_t frame_u32(frame_bytes bytes, size_t at);

/* The bytes from a place on, at most so many; none where that place was not captured. */
frame_bytes frame_part(frame_bytes bytes, size_t from, size_t length);

/* The IPv4 address at a place, or none. */
net_address frame_ipv4(frame_bytes bytes, size_t at);

/* An address as boot/ knows it. octets: 4 or 16. */
net_address frame_address(frame_bytes octets);

/* The bytes before the first NUL. */
frame_bytes frame_until_nul(frame_bytes bytes);

/* Bytes as text that can be shown, put into keep; NULL where there are none. */
const char *frame_text(frame_bytes bytes, GStringChunk *keep);

/* Reads the IP header at the beginning of bytes, and the headers behind it (RFC 791, RFC 8200). */
bool ip_packet_read(frame_bytes bytes, ip_packet *packet);

/*
 * Finds the packet of this sender with ICMP or ICMPv6 in it. Tunnels, tags and link headers in front are passed over: it
 * is the addresses of the innermost packet that Wireshark tells.
 */
bool icmp_find(frame_bytes frame, frame_bytes sender, ip_packet *found);

/*
 * Finds the UDP datagram of this sender. sources: the bytes of the frame, then what Wireshark made of them: a datagram
 * that came in pieces stands whole at the beginning of one.
 */
bool udp_find(const frame_bytes *sources, unsigned count, const packet_sender *sender, udp_datagram *found);

/*
 * Tells a datagram apart from the next ones of its flow, the same for every copy of it, and never 0. header: the UDP
 * header and what follows; identification: of IPv4, or 0 where it is not known.
 */
uint32_t udp_identity(uint16_t identification, frame_bytes header);

/* What the checksum of a datagram says (RFC 768, RFC 8200 section 8.1). */
datagram_checksum udp_checksum(const udp_datagram *datagram);

#endif
