/* read_icmp.c
 * From the bytes of an ICMP or ICMPv6 error to a fact
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "protocol_readers.h"

/* Type, code, checksum, and four bytes more, in both protocols. */
#define ICMP_HEADER_LENGTH 8
#define UDP_HEADER_LENGTH 8

/* RFC 792, RFC 1812 section 5.2.7.1: types, and codes of "destination unreachable" */
enum {
    ICMP_UNREACHABLE = 3,
    ICMP_TIME_EXCEEDED = 11,
    ICMP_PARAMETER_PROBLEM = 12,
    ICMP_CODE_NET = 0,
    ICMP_CODE_HOST = 1,
    ICMP_CODE_PROTOCOL = 2,
    ICMP_CODE_PORT = 3,
    ICMP_CODE_FRAGMENTATION_NEEDED = 4,
    ICMP_CODE_SOURCE_ROUTE_FAILED = 5,
    ICMP_CODE_NET_PROHIBITED = 9,
    ICMP_CODE_HOST_PROHIBITED = 10,
    ICMP_CODE_PROHIBITED = 13,
    ICMP_CODE_PRECEDENCE_VIOLATION = 14,
    ICMP_CODE_PRECEDENCE_CUTOFF = 15
};

/* RFC 4443, section 3: types, and codes of "destination unreachable" */
enum {
    ICMPV6_UNREACHABLE = 1,
    ICMPV6_TOO_BIG = 2,
    ICMPV6_TIME_EXCEEDED = 3,
    ICMPV6_PARAMETER_PROBLEM = 4,
    ICMPV6_CODE_PROHIBITED = 1,
    ICMPV6_CODE_PORT = 4,
    ICMPV6_CODE_SOURCE_POLICY = 5,
    ICMPV6_CODE_REJECT_ROUTE = 6
};

static bool
read_icmpv4_error(frame_bytes message, icmp_fact *fact)
{
    switch (message.data[0]) {
    case ICMP_UNREACHABLE:
        break;
    case ICMP_TIME_EXCEEDED:
    case ICMP_PARAMETER_PROBLEM:
        fact->error = ICMP_OTHER_ERROR;
        return true;
    default:
        return false;
    }
    switch (message.data[1]) {
    case ICMP_CODE_PORT:
        fact->error = ICMP_PORT_UNREACHABLE;
        break;
    case ICMP_CODE_FRAGMENTATION_NEEDED:
        fact->error = ICMP_TOO_BIG;
        fact->mtu = frame_u16(message, 6); /* RFC 1191, section 4 */
        break;
    case ICMP_CODE_NET_PROHIBITED:
    case ICMP_CODE_HOST_PROHIBITED:
    case ICMP_CODE_PROHIBITED:
    case ICMP_CODE_PRECEDENCE_VIOLATION:
    case ICMP_CODE_PRECEDENCE_CUTOFF:
        fact->error = ICMP_PROHIBITED;
        break;
    case ICMP_CODE_PROTOCOL:
    case ICMP_CODE_SOURCE_ROUTE_FAILED:
        fact->error = ICMP_OTHER_ERROR;
        break;
    default: /* net and host, unknown, isolated, or not for this type of service */
        fact->error = ICMP_HOST_UNREACHABLE;
        break;
    }
    return true;
}

static bool
read_icmpv6_error(frame_bytes message, icmp_fact *fact)
{
    switch (message.data[0]) {
    case ICMPV6_UNREACHABLE:
        break;
    case ICMPV6_TOO_BIG:
        fact->error = ICMP_TOO_BIG;
        fact->mtu = frame_u32(message, 4);
        return true;
    case ICMPV6_TIME_EXCEEDED:
    case ICMPV6_PARAMETER_PROBLEM:
        fact->error = ICMP_OTHER_ERROR;
        return true;
    default:
        return false;
    }
    switch (message.data[1]) {
    case ICMPV6_CODE_PORT:
        fact->error = ICMP_PORT_UNREACHABLE;
        break;
    case ICMPV6_CODE_PROHIBITED:
    case ICMPV6_CODE_SOURCE_POLICY:
    case ICMPV6_CODE_REJECT_ROUTE:
        fact->error = ICMP_PROHIBITED;
        break;
    default: /* no route, beyond the scope, no such address */
        fact->error = ICMP_HOST_UNREACHABLE;
        break;
    }
    return true;
}

/* RFC 2131, section 4.1: the ports of DHCP; and a PXE boot server's. */
static bool
is_dhcp_port(uint16_t port)
{
    return port == 67 || port == 68 || port == PXE_BOOT_SERVER_PORT;
}

bool
icmp_read(const ip_packet *packet, icmp_fact *fact)
{
    frame_bytes message = packet->payload;
    ip_packet quoted;

    if (message.length < ICMP_HEADER_LENGTH
            || !(packet->protocol == IP_PROTOCOL_ICMP ? read_icmpv4_error(message, fact)
                : read_icmpv6_error(message, fact)))
        return false;
    /* Four bytes of the UDP header are enough: the ports. */
    if (!ip_packet_read(frame_part(message, ICMP_HEADER_LENGTH, SIZE_MAX), &quoted)
            || quoted.protocol != IP_PROTOCOL_UDP || !quoted.first_piece || quoted.payload.length < 4)
        return false;
    fact->source = frame_address(quoted.source);
    fact->destination = frame_address(quoted.destination);
    fact->source_port = frame_u16(quoted.payload, 0);
    fact->destination_port = frame_u16(quoted.payload, 2);
    if (is_dhcp_port(fact->source_port) || is_dhcp_port(fact->destination_port))
        fact->dhcp_client = dhcp_client_mac(frame_part(quoted.payload, UDP_HEADER_LENGTH, SIZE_MAX));
    return true;
}
