/* boot_event.h
 * One fact seen in one frame: what the boots are told
 *
 * The facts come from Wireshark's own dissectors (DHCP, ARP, TFTP) and from the PVS dissector. An event
 * holds no opinion; what it means is decided by boot_tracker and the parts below it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_EVENT_H
#define PVSBOOT_BOOT_EVENT_H

#include "net_address.h"

typedef enum boot_event_kind {
    BOOT_EVENT_DHCP,
    BOOT_EVENT_ARP,
    BOOT_EVENT_BOOTSTRAP, /* TFTP (RFC 1350) or the two-stage boot service */
    BOOT_EVENT_STREAM     /* a datagram of the PVS logon and streaming service */
} boot_event_kind;

/* DHCP message types (RFC 2132, section 9.6). */
typedef enum dhcp_message {
    DHCP_MESSAGE_NONE = 0,
    DHCP_MESSAGE_DISCOVER = 1,
    DHCP_MESSAGE_OFFER = 2,
    DHCP_MESSAGE_REQUEST = 3,
    DHCP_MESSAGE_DECLINE = 4,
    DHCP_MESSAGE_ACK = 5,
    DHCP_MESSAGE_NAK = 6,
    DHCP_MESSAGE_RELEASE = 7,
    DHCP_MESSAGE_INFORM = 8
} dhcp_message;

/* A DHCP message (RFC 2131). The strings and bytes belong to the caller and are borrowed for the call. */
typedef struct dhcp_fact {
    dhcp_message message;
    uint32_t transaction;
    uint16_t secs;
    bool broadcast;             /* the flag in the message, not the destination address */
    mac_address client;         /* chaddr */
    net_address your_address;   /* yiaddr */
    net_address relay;          /* giaddr */
    net_address server_id;      /* option 54 */
    const uint8_t *client_id;   /* option 61 with its type byte, or NULL */
    size_t client_id_length;
    const uint8_t *requested;   /* option 55, the options asked for, or NULL */
    size_t requested_length;
    const char *vendor_class;   /* option 60, or NULL */
    const char *boot_file;      /* option 67 or the file field, or NULL */
} dhcp_fact;

/* An ARP packet for IPv4 over Ethernet (RFC 826). */
typedef struct arp_fact {
    bool reply;
    mac_address sender;
    net_address sender_address; /* none: a probe (RFC 5227) */
    net_address target_address;
} arp_fact;

typedef enum bootstrap_transport {
    BOOTSTRAP_BY_TFTP,     /* RFC 1350 */
    BOOTSTRAP_BY_TWO_STAGE /* the two-stage boot service of PVS (BDM) */
} bootstrap_transport;

typedef enum bootstrap_message {
    BOOTSTRAP_REQUEST,
    BOOTSTRAP_OPTIONS, /* OACK (RFC 2347) */
    BOOTSTRAP_DATA,
    BOOTSTRAP_ACK,
    BOOTSTRAP_ERROR,
    BOOTSTRAP_OTHER /* no message of a download */
} bootstrap_message;

/* A message of a bootstrap download. Strings and bytes are borrowed for the call. */
typedef struct bootstrap_fact {
    bootstrap_transport transport;
    bootstrap_message message;
    const char *file;         /* request: the name asked for */
    uint16_t number;          /* data and ACK: the block, or the two-stage id; error: the error code */
    uint32_t block_size;      /* request and OACK: blksize (RFC 2348), or 0 */
    uint32_t transfer_size;   /* OACK: tsize (RFC 2349), or 0 */
    uint32_t length;          /* data: bytes that travelled, by the UDP header */
    const uint8_t *data;      /* data: the bytes that were captured, decoded, or NULL */
    uint32_t captured;        /* data: how many of them */
} bootstrap_fact;

/* A datagram of the logon and streaming service. Nothing inside it is known; only its outside counts. */
typedef struct stream_fact {
    bool to_server;
    bool logon_port;     /* the server's port is one of the logon ports */
    bool fragmented;     /* it came in IP fragments */
    uint32_t payload;    /* bytes that travelled, by the UDP header */
    uint32_t digest;     /* of a target's datagram; equal for equal bytes; 0 where not all were captured */
} stream_fact;

typedef struct boot_event {
    uint32_t frame;
    int64_t time; /* nanoseconds since the epoch */
    boot_event_kind kind;
    mac_address source_mac, destination_mac;
    net_address source, destination;
    uint16_t source_port, destination_port;
    uint32_t identity; /* of a datagram: equal for copies of it, different for the next one; 0: not known */
    union {
        dhcp_fact dhcp;
        arp_fact arp;
        bootstrap_fact bootstrap;
        stream_fact stream;
    };
} boot_event;

/* UDP port of a PXE boot server (PXE 2.1, section 2.4.4). */
#define PXE_BOOT_SERVER_PORT 4011

/* Whether a DHCP message is of the round with a PXE boot server. */
static inline bool
dhcp_to_boot_server(const boot_event *event)
{
    return event->source_port == PXE_BOOT_SERVER_PORT || event->destination_port == PXE_BOOT_SERVER_PORT;
}

/* Whether a DHCP server sends this message. */
static inline bool
dhcp_is_from_server(dhcp_message message)
{
    return message == DHCP_MESSAGE_OFFER || message == DHCP_MESSAGE_ACK || message == DHCP_MESSAGE_NAK;
}

#endif
