/* events.h
 * Events as the frame reader would make them: the one place that knows their structs
 *
 * An event built here has no frame number and no time yet; scene.h gives it both. A test that needs
 * something unusual changes the event before it is seen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_UNIT_EVENTS_H
#define PVSBOOT_UNIT_EVENTS_H

#include "boot/boot_tracker.h"
#include "boot/boot_time.h"

#define MILLISECOND (SECOND / 1000)
#define MICROSECOND (SECOND / 1000000)

/* UDP ports (pvs-facts.md, section 1). */
enum {
    TARGET_PORT = 6901,
    OTHER_TARGET_PORT = 6902,
    LOGON_PORT = 6910,
    STREAM_PORT = 6911,
    BOOT_SERVER_PORT = 4011
};

/* Sizes of UDP payloads (pvs-facts.md, section 6). */
enum {
    REQUEST_PAYLOAD = 48,
    REPLY_PAYLOAD = 300, /* no size of read data */
    FULL_PAYLOAD = 1464,
    JUMBO_PAYLOAD = 8972 /* MTU 9014 */
};

/* Option 60 as a firmware and as Windows send it. */
#define PXE_CLIENT "PXEClient:Arch:00007:UNDI:003016"
#define WINDOWS_CLIENT "MSFT 5.0"

/* A device on the wire: MAC 02:00:00:00:00:N, address 10.0.0.N. */
typedef struct host {
    mac_address mac;
    net_address address;
} host;

host host_number(uint8_t n);
net_address address_number(uint8_t n);

/* vendor_class: option 60, or NULL. Sent to the limited broadcast address, with secs 4 and the flag set. */
boot_event dhcp_from_client(dhcp_message message, host client, const char *vendor_class);

/* Offers, grants or refuses the client's address. boot_file: the file field or option 67, or NULL. */
boot_event dhcp_from_server(dhcp_message message, host server, host client, const char *boot_file);

/* The exchange with a PXE boot server on port 4011. */
boot_event pxe_request(host client, host server);
boot_event pxe_reply(host client, host server, const char *boot_file);

boot_event arp_request(host sender, net_address asked);
boot_event arp_reply(host sender, host receiver);
boot_event arp_probe(host sender);
boot_event arp_announcement(host sender);

/* The TFTP of one download, by the client's port. block_size: option blksize, 0 where there is none. */
boot_event tftp_request(host client, host server, uint16_t port, const char *file, uint32_t block_size);
boot_event tftp_options(host client, host server, uint16_t port, uint32_t block_size);
boot_event tftp_data(host client, host server, uint16_t port, uint16_t number, uint32_t length);
boot_event tftp_ack(host client, host server, uint16_t port, uint16_t number);
boot_event tftp_error_from_client(host client, host server, uint16_t port, uint16_t code);
boot_event tftp_error_from_server(host client, host server, uint16_t port, uint16_t code);

/* A block whose bytes are known. The bytes are borrowed. */
boot_event tftp_data_with(host client, host server, uint16_t port, uint16_t number, const void *data, uint32_t length);

/* The two-stage boot service; the chunk's id has no known order. */
boot_event two_stage_request(host client, host server, uint16_t port, const char *file);
boot_event two_stage_data(host client, host server, uint16_t port, uint16_t id, uint32_t length);
boot_event two_stage_ack(host client, host server, uint16_t port, uint16_t id);

/* A datagram between TARGET_PORT and LOGON_PORT. Each of the target's has other bytes than those before. */
boot_event stream_to_server(host target, host server);
boot_event stream_to_target(host target, host server, uint32_t payload);

/* The same with another server port, which makes it no logon port unless it is LOGON_PORT. */
boot_event stream_with_server_port(boot_event event, uint16_t port);

/* The same with another port of the target. */
boot_event stream_with_target_port(boot_event event, uint16_t port);

/* The same bytes again. */
boot_event stream_repeated(boot_event event, const boot_event *first);

/* The same with the MAC addresses that a frame between a router and the server has. */
boot_event through_router(boot_event event, host router, host target);

/* The same event in the life of another target. */
boot_event of_another_target(boot_event event, host target, host other);

/* The event in a frame: its number and time, and an IP identification of its own unless it has one. */
boot_event in_frame(boot_event event, uint32_t frame, int64_t time);

/* Shows a frame to the tracker in the order of Wireshark: pvs, the frame as a whole, the other protocols. */
bool show(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict);

/* What boot_tracker_recall may look at on a later visit, and nothing else. */
boot_event as_seen_again(const boot_event *event);

#endif
