/* read_arp.c
 * From the bytes of an ARP packet to a fact
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "protocol_readers.h"

/* How far in front of it headers may reach: tunnels, tags, link headers. */
#define FARTHEST_ARP 1024

/* RFC 826: Ethernet, IPv4, and how long their addresses are. */
static const uint8_t ipv4_over_ethernet[] = { 0, 1, 8, 0, 6, 4 };

/* RFC 826 */
enum {
    ARP_OPCODE = 6,
    ARP_SENDER_MAC = 8,
    ARP_SENDER_ADDRESS = 14,
    ARP_TARGET_ADDRESS = 24,
    ARP_LENGTH = 28,
    ARP_REQUEST = 1,
    ARP_REPLY = 2
};

/* An ARP packet of this opcode begins with eight bytes that no link header, tag or tunnel in front of it holds. */
static bool
find_arp(frame_bytes frame, frame_bytes *packet)
{
    for (size_t i = 0; i + ARP_LENGTH <= frame.length && i <= FARTHEST_ARP; i++) {
        const uint8_t *here = frame.data + i;

        /* Every ARP frame of every capture comes by: the first two bytes are compared here. */
        if (here[0] == ipv4_over_ethernet[0] && here[1] == ipv4_over_ethernet[1]
                && memcmp(here, ipv4_over_ethernet, sizeof ipv4_over_ethernet) == 0
                && here[ARP_OPCODE] == 0 && (here[ARP_OPCODE + 1] == ARP_REQUEST || here[ARP_OPCODE + 1] == ARP_REPLY)) {
            *packet = frame_part(frame, i, ARP_LENGTH);
            return true;
        }
    }
    return false;
}

bool
arp_read(frame_bytes frame, arp_fact *fact)
{
    frame_bytes packet;

    if (!find_arp(frame, &packet))
        return false;
    fact->reply = frame_u16(packet, ARP_OPCODE) == ARP_REPLY;
    fact->sender = mac_from_octets(packet.data + ARP_SENDER_MAC);
    fact->sender_address = frame_ipv4(packet, ARP_SENDER_ADDRESS);
    fact->target_address = frame_ipv4(packet, ARP_TARGET_ADDRESS);
    return true;
}
