/* frame_bytes.c
 * Where the bytes of a layer are in a frame
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame_bytes.h"

#include <string.h>

#include "packet_text.h"

#define UDP_HEADER_LENGTH 8
#define UDP_CHECKSUM 6

/* So much of a payload tells it from the next ones. */
#define ENOUGH_PAYLOAD 56

/* More of them than any sender has a use for: a frame of nothing else must not be walked from each of its bytes. */
#define MAX_EXTENSION_HEADERS 16

/* RFC 791, section 3.1 */
enum {
    IPV4_HEADER_LENGTH = 20,
    IPV4_TOTAL_LENGTH = 2,
    IPV4_IDENTIFICATION = 4,
    IPV4_FRAGMENT = 6,
    IPV4_MORE_FRAGMENTS = 0x2000,
    IPV4_FRAGMENT_OFFSET = 0x1fff,
    IPV4_PROTOCOL = 9,
    IPV4_SOURCE = 12,
    IPV4_DESTINATION = 16
};

/* RFC 8200, section 3 and 4.5 */
enum {
    IPV6_HEADER_LENGTH = 40,
    IPV6_PAYLOAD_LENGTH = 4,
    IPV6_NEXT_HEADER = 6,
    IPV6_SOURCE = 8,
    IPV6_DESTINATION = 24,
    IPV6_FRAGMENT_OFFSET = 0xfff8,
    IPV6_MORE_FRAGMENTS = 1
};

/* Headers between IPv6 and its payload (IANA, IPv6 Extension Header Types); the second may follow IPv4, too. */
enum {
    HEADER_HOP_BY_HOP = 0,
    HEADER_AUTHENTICATION = 51,
    HEADER_ROUTING = 43,
    HEADER_FRAGMENT = 44,
    HEADER_DESTINATION = 60,
    HEADER_MOBILITY = 135,
    HEADER_HIP = 139,
    HEADER_SHIM6 = 140
};

uint16_t
frame_u16(frame_bytes bytes, size_t at)
{
    frame_bytes part = frame_part(bytes, at, 2);

    return part.length == 2 ? (uint16_t)(part.data[0] << 8 | part.data[1]) : 0;
}

uint32_t
frame_u32(frame_bytes bytes, size_t at)
{
    return (uint32_t)frame_u16(bytes, at) << 16 | frame_u16(bytes, at + 2);
}

frame_bytes
frame_part(frame_bytes bytes, size_t from, size_t length)
{
    if (from >= bytes.length)
        return (frame_bytes){ NULL, 0 };
    return (frame_bytes){ bytes.data + from, MIN(length, bytes.length - from) };
}

net_address
frame_ipv4(frame_bytes bytes, size_t at)
{
    return frame_address(frame_part(bytes, at, 4));
}

net_address
frame_address(frame_bytes octets)
{
    return octets.length == 4 ? net_address_ipv4(octets.data) : octets.length == 16 ? net_address_ipv6(octets.data)
        : NET_ADDRESS_NONE;
}

frame_bytes
frame_until_nul(frame_bytes bytes)
{
    const uint8_t *nul = bytes.length > 0 ? memchr(bytes.data, '\0', bytes.length) : NULL;

    return nul ? frame_part(bytes, 0, (size_t)(nul - bytes.data)) : bytes;
}

const char *
frame_text(frame_bytes bytes, GStringChunk *keep)
{
    char *text;
    const char *kept;

    if (bytes.length == 0)
        return NULL;
    text = packet_text(bytes.data, bytes.length, PACKET_TEXT_MAX);
    kept = g_string_chunk_insert(keep, text);
    g_free(text);
    return kept;
}

/* Follows the headers between IP and its payload. Returns whether the end of them was captured. */
static bool
skip_extension_headers(ip_packet *packet)
{
    for (int i = 0; i < MAX_EXTENSION_HEADERS; i++) {
        size_t length;

        switch (packet->protocol) {
        case HEADER_HOP_BY_HOP:
        case HEADER_ROUTING:
        case HEADER_DESTINATION:
        case HEADER_MOBILITY:
        case HEADER_HIP:
        case HEADER_SHIM6:
            length = packet->payload.length > 1 ? 8 * (packet->payload.data[1] + 1u) : 8;
            break;
        case HEADER_AUTHENTICATION: /* RFC 4302, section 2.2 */
            length = packet->payload.length > 1 ? 4 * (packet->payload.data[1] + 2u) : 8;
            break;
        case HEADER_FRAGMENT: {
            uint16_t piece = frame_u16(packet->payload, 2);

            length = 8;
            packet->fragmented = (piece & (IPV6_FRAGMENT_OFFSET | IPV6_MORE_FRAGMENTS)) != 0;
            packet->first_piece = (piece & IPV6_FRAGMENT_OFFSET) == 0;
            break;
        }
        default:
            return true;
        }
        if (packet->payload.length <= length)
            return false;
        packet->protocol = packet->payload.data[0];
        packet->payload = frame_part(packet->payload, length, SIZE_MAX);
        if (!packet->first_piece)
            return true;
    }
    return false;
}

static bool
read_ipv4(frame_bytes bytes, ip_packet *packet)
{
    size_t header = (bytes.data[0] & 15u) * 4, total;
    uint16_t piece;

    if (header < IPV4_HEADER_LENGTH || bytes.length < header)
        return false;
    total = frame_u16(bytes, IPV4_TOTAL_LENGTH);
    piece = frame_u16(bytes, IPV4_FRAGMENT);
    packet->protocol = bytes.data[IPV4_PROTOCOL];
    packet->source = frame_part(bytes, IPV4_SOURCE, 4);
    packet->destination = frame_part(bytes, IPV4_DESTINATION, 4);
    packet->fragmented = (piece & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) != 0;
    packet->first_piece = (piece & IPV4_FRAGMENT_OFFSET) == 0;
    packet->identification = frame_u16(bytes, IPV4_IDENTIFICATION);
    /* No total length: the network card was to fill it in. */
    packet->payload = frame_part(bytes, header, total == 0 ? SIZE_MAX : total < header ? 0 : total - header);
    return true;
}

static bool
read_ipv6(frame_bytes bytes, ip_packet *packet)
{
    size_t length;

    if (bytes.length < IPV6_HEADER_LENGTH)
        return false;
    length = frame_u16(bytes, IPV6_PAYLOAD_LENGTH);
    packet->protocol = bytes.data[IPV6_NEXT_HEADER];
    packet->source = frame_part(bytes, IPV6_SOURCE, 16);
    packet->destination = frame_part(bytes, IPV6_DESTINATION, 16);
    packet->fragmented = false;
    packet->first_piece = true;
    packet->identification = 0;
    packet->payload = frame_part(bytes, IPV6_HEADER_LENGTH, length == 0 ? SIZE_MAX : length);
    return true;
}

bool
ip_packet_read(frame_bytes bytes, ip_packet *packet)
{
    if (bytes.length < IPV4_HEADER_LENGTH)
        return false;
    switch (bytes.data[0] >> 4) {
    case 4:
        return read_ipv4(bytes, packet) && (!packet->first_piece || skip_extension_headers(packet));
    case 6:
        return read_ipv6(bytes, packet) && skip_extension_headers(packet);
    default:
        return false;
    }
}

/*
 * The next packet of this sender that holds this protocol, from a place on; the place moves behind its first byte. The
 * sender's address is what is looked for: it stands at a fixed distance from the header's beginning.
 */
static bool
next_packet(frame_bytes frame, size_t *place, frame_bytes sender, uint8_t protocol, ip_packet *packet)
{
    size_t distance = sender.length == 4 ? IPV4_SOURCE : IPV6_SOURCE;
    uint8_t version = sender.length == 4 ? 4 : 6;

    if (sender.length != 4 && sender.length != 16)
        return false;
    for (; *place + distance + sender.length <= frame.length; ++*place) {
        const uint8_t *header = frame.data + *place;

        if (header[0] >> 4 == version && memcmp(header + distance, sender.data, sender.length) == 0
                && ip_packet_read(frame_part(frame, *place, SIZE_MAX), packet) && packet->protocol == protocol) {
            ++*place;
            return true;
        }
    }
    return false;
}

bool
icmp_find(frame_bytes frame, frame_bytes sender, ip_packet *found)
{
    size_t place = 0;

    return next_packet(frame, &place, sender, sender.length == 4 ? IP_PROTOCOL_ICMP : IP_PROTOCOL_ICMPV6, found)
        && !found->fragmented;
}

/* Reads a datagram of these ports at the beginning of bytes. */
static bool
read_udp(frame_bytes bytes, const packet_sender *sender, udp_datagram *datagram)
{
    uint16_t length = frame_u16(bytes, 4);

    if (bytes.length < UDP_HEADER_LENGTH || frame_u16(bytes, 0) != sender->source_port
            || frame_u16(bytes, 2) != sender->destination_port || length < UDP_HEADER_LENGTH)
        return false;
    datagram->source_port = sender->source_port;
    datagram->destination_port = sender->destination_port;
    datagram->length = length - UDP_HEADER_LENGTH;
    datagram->header = frame_part(bytes, 0, length);
    datagram->payload = frame_part(datagram->header, UDP_HEADER_LENGTH, datagram->length);
    return true;
}

/* Where a frame brings the last piece of a datagram, the whole is behind it; else the piece is all there is. */
static bool
read_pieces(const frame_bytes *sources, unsigned count, const packet_sender *sender, udp_datagram *datagram)
{
    for (unsigned i = 1; i < count; i++)
        if (read_udp(sources[i], sender, datagram))
            return true;
    return datagram->ip.first_piece && read_udp(datagram->ip.payload, sender, datagram);
}

bool
udp_find(const frame_bytes *sources, unsigned count, const packet_sender *sender, udp_datagram *found)
{
    for (unsigned i = 0; i < count; i++) {
        size_t place = 0;

        while (next_packet(sources[i], &place, sender->address, IP_PROTOCOL_UDP, &found->ip))
            if (found->ip.fragmented ? read_pieces(sources, count, sender, found)
                    : read_udp(found->ip.payload, sender, found))
                return true;
    }
    return false;
}

/*
 * An identification alone proves nothing: a host may leave it always the same. Where there is none, the checksum tells of
 * the bytes that are not looked at. Where there is one, the checksum is left out: on the side of the sender the network
 * card may not have finished it yet.
 */
uint32_t
udp_identity(uint16_t identification, frame_bytes header)
{
    frame_bytes payload = frame_part(header, UDP_HEADER_LENGTH, ENOUGH_PAYLOAD);
    uint64_t identity = identification != 0 ? (uint64_t)identification << 16 : frame_u16(header, UDP_CHECKSUM);

    identity = net_mix_bytes(identity, header.data, MIN(header.length, UDP_CHECKSUM));
    identity = net_mix_bytes(identity, payload.data, payload.length);
    return MAX((uint32_t)identity, 1);
}

static uint32_t
sum_words(uint32_t sum, frame_bytes bytes)
{
    for (size_t i = 0; i + 1 < bytes.length; i += 2)
        sum += (uint32_t)(bytes.data[i] << 8 | bytes.data[i + 1]);
    return bytes.length % 2 ? sum + (uint32_t)(bytes.data[bytes.length - 1] << 8) : sum;
}

static uint16_t
fold(uint32_t sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)((sum & 0xffff) + (sum >> 16));
}

datagram_checksum
udp_checksum(const udp_datagram *datagram)
{
    uint32_t length = datagram->length + UDP_HEADER_LENGTH;
    uint16_t sent = frame_u16(datagram->header, UDP_CHECKSUM), pseudo;

    if (sent == 0 || datagram->header.length < length)
        return CHECKSUM_UNKNOWN;
    pseudo = fold(sum_words(sum_words(length + IP_PROTOCOL_UDP, datagram->ip.source), datagram->ip.destination));
    if (fold(sum_words(pseudo, datagram->header)) == 0xffff)
        return CHECKSUM_GOOD;
    return sent == pseudo ? CHECKSUM_UNFINISHED : CHECKSUM_WRONG;
}
