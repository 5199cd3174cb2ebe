/* protocol_readers.h
 * From the bytes of a DHCP, ARP, TFTP or ICMP message to a fact for boot/
 *
 * Plain bytes, no Wireshark. What was not captured reads as 0 or as not there. Strings that are made, and options that
 * came in pieces, are put into a GStringChunk of the caller's; everything else in a fact is borrowed from the bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_PROTOCOL_READERS_H
#define PVSBOOT_PROTOCOL_READERS_H

#include "frame_bytes.h"

/*
 * A DHCP message (RFC 2131), from op on. Returns false where it has no message type: BOOTP (RFC 951), or an option that
 * is cut before it. The checksum is the datagram's, and left as it is.
 */
bool dhcp_read(frame_bytes message, GStringChunk *keep, dhcp_fact *fact);

/*
 * Finds the ARP packet in a frame and reads it. Returns false where it is none for IPv4 over Ethernet (RFC 826), neither
 * request nor reply, or cut before its addresses end.
 */
bool arp_read(frame_bytes frame, arp_fact *fact);

/*
 * A TFTP message (RFC 1350), from the opcode on. length: as many bytes as travelled. What is no message of a download
 * is told as BOOTSTRAP_OTHER.
 */
void tftp_read(frame_bytes message, uint32_t length, GStringChunk *keep, bootstrap_fact *fact);

/*
 * An ICMP or ICMPv6 message. Returns false where it is no error, or quotes too little of a UDP datagram to tell its
 * ends.
 */
bool icmp_read(const ip_packet *packet, icmp_fact *fact);

/* The client of a DHCP message (chaddr), or 0. */
mac_address dhcp_client_mac(frame_bytes message);

#endif
