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
    BOOT_EVENT_STREAM,    /* a datagram of the PVS logon and streaming service */
    BOOT_EVENT_ICMP,      /* an ICMP or ICMPv6 error that quotes a UDP datagram */
    BOOT_EVENT_OTHER      /* any other frame: only who sent it to whom is told */
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

/* The bytes of an option. Borrowed for the call; data is NULL where there is no such option. */
typedef struct dhcp_bytes {
    const uint8_t *data;
    size_t length;
} dhcp_bytes;

/* What a client tells of its firmware. */
typedef struct dhcp_firmware {
    const char *vendor_class; /* option 60, or NULL */
    dhcp_bytes user_class;    /* option 77 (RFC 3004) */
    bool has_architecture;
    uint16_t architecture;    /* the first of option 93 (RFC 4578) */
    bool is_chained;          /* option 175, in which iPXE names its features */
} dhcp_firmware;

/* What a server tells of the boot server and its file. */
typedef struct dhcp_boot_server {
    const char *file;            /* option 67 or the file field, or NULL */
    net_address next_server;     /* siaddr */
    const char *name;            /* option 66, or else the sname field, or NULL */
    bool name_is_text;           /* false: it holds bytes that are no text */
    bool has_server_list;        /* option 11 (resource location servers) or 17 (root path) */
} dhcp_boot_server;

/* What the UDP checksum of a message says, where the whole datagram was captured. */
typedef enum datagram_checksum {
    CHECKSUM_UNKNOWN,    /* not all was captured, or none was sent */
    CHECKSUM_GOOD,
    CHECKSUM_UNFINISHED, /* only the pseudo header's: the network card was to do the rest */
    CHECKSUM_WRONG
} datagram_checksum;

/* A DHCP message (RFC 2131). The strings (valid UTF-8) and bytes belong to the caller and are borrowed for the call. */
typedef struct dhcp_fact {
    dhcp_message message;
    uint32_t transaction;
    uint16_t secs;
    bool broadcast;             /* the flag in the message, not the destination address */
    mac_address client;         /* chaddr */
    net_address client_address; /* ciaddr: known where the client has an address already, as in a renewal */
    net_address your_address;   /* yiaddr */
    net_address relay;          /* giaddr */
    net_address server_id;      /* option 54 */
    net_address requested_address; /* option 50 */
    dhcp_bytes client_id;       /* option 61 with its type byte */
    dhcp_bytes requested;       /* option 55, the options asked for */
    bool host_name;             /* option 12 is sent */
    datagram_checksum checksum;
    dhcp_firmware firmware;
    dhcp_boot_server boot;
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

/* The options of a read request or OACK, as a set (RFC 2348, 2349, 7440). */
typedef enum tftp_option {
    TFTP_OPTION_BLOCK_SIZE = 0x01,
    TFTP_OPTION_TRANSFER_SIZE = 0x02,
    TFTP_OPTION_TIMEOUT = 0x04,
    TFTP_OPTION_WINDOW_SIZE = 0x08,
    TFTP_OPTION_OTHER = 0x10
} tftp_option;

/* A message of a bootstrap download. Strings (valid UTF-8) and bytes are borrowed for the call. */
typedef struct bootstrap_fact {
    bootstrap_transport transport;
    bootstrap_message message;
    const char *file;         /* request: the name asked for */
    uint8_t odd_byte;         /* request: the name's last byte where that is none of ASCII's characters, or 0 */
    const char *words;        /* error: the server's or client's own words, or NULL */
    uint16_t number;          /* data and ACK: the block, or the two-stage id; error: the error code */
    uint16_t options;         /* request and OACK: a set of tftp_option */
    uint32_t options_digest;  /* request: equal for the same options with the same values */
    uint32_t block_size;      /* request and OACK: blksize (RFC 2348), or 0 where none or no sensible one is given */
    uint32_t transfer_size;   /* OACK: tsize (RFC 2349), or 0 */
    uint32_t length;          /* data: bytes that travelled, by the UDP header */
    const uint8_t *data;      /* data: the bytes that were captured, decoded, or NULL */
    uint32_t captured;        /* data: how many of them */
} bootstrap_fact;

/* A datagram of the logon and streaming service. Nothing inside it is known; only its outside counts. */
typedef struct stream_fact {
    bool to_server;
    bool logon_port;     /* the server's port is one of the logon ports */
    bool target_port;    /* the target's port is one of the target ports */
    bool fragmented;     /* it came in IP fragments */
    uint32_t payload;    /* bytes that travelled, by the UDP header */
    uint32_t digest;     /* of a target's datagram; equal for equal bytes; 0 where not all were captured */
} stream_fact;

/* What an ICMP error says (RFC 792, RFC 1812, RFC 4443). */
typedef enum icmp_error {
    ICMP_PORT_UNREACHABLE,
    ICMP_HOST_UNREACHABLE, /* host, network, or address */
    ICMP_PROHIBITED,       /* by an administrator or a firewall */
    ICMP_TOO_BIG,          /* fragmentation needed, or packet too big */
    ICMP_OTHER_ERROR       /* protocol unreachable, time exceeded */
} icmp_error;

/* An ICMP error: what it says, and the ends of the UDP datagram that it quotes. */
typedef struct icmp_fact {
    icmp_error error;
    uint32_t mtu;              /* of ICMP_TOO_BIG, or 0 */
    net_address source, destination;
    uint16_t source_port, destination_port;
    mac_address dhcp_client;   /* chaddr of a quoted DHCP message, where so much is quoted, or 0 */
} icmp_fact;

typedef struct boot_event {
    uint32_t frame;
    int64_t time; /* nanoseconds since the epoch, as the frame is stamped */
    boot_event_kind kind;
    mac_address source_mac, destination_mac;
    bool unicast; /* sent to one device; destination_mac is that one's */
    net_address source, destination;
    uint16_t source_port, destination_port; /* 0 where the frame is no UDP */
    uint32_t identity; /* of a datagram: equal for copies of it, different for the next one; 0: not known */
    uint32_t content;  /* of a TFTP datagram: equal where its captured bytes and its IPv4 identification are; 0: not known */
    union {
        dhcp_fact dhcp;
        arp_fact arp;
        bootstrap_fact bootstrap;
        stream_fact stream;
        icmp_fact icmp;
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
