/* events.c
 * Events as the frame reader would make them: the one place that knows their structs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "events.h"

enum {
    DHCP_SERVER_PORT = 67,
    DHCP_CLIENT_PORT = 68,
    TFTP_PORT = 69,
    TWO_STAGE_PORT = 6969,
    TFTP_SERVER_PORT = 49152 /* where a TFTP server answers from */
};

net_address
address_number(uint8_t n)
{
    const uint8_t octets[4] = { 10, 0, 0, n };

    return net_address_ipv4(octets);
}

host
host_number(uint8_t n)
{
    const uint8_t octets[6] = { 2, 0, 0, 0, 0, n };

    return (host){ mac_from_octets(octets), address_number(n) };
}

static boot_event
event_between(boot_event_kind kind, host from, uint16_t from_port, host to, uint16_t to_port)
{
    return (boot_event){
        .kind = kind,
        .source_mac = from.mac,
        .destination_mac = to.mac,
        .source = from.address,
        .destination = to.address,
        .source_port = from_port,
        .destination_port = to_port
    };
}

/* ---- DHCP ---- */

/* A client takes a new transaction id for each round; its requests and the replies to them have the same. */
static uint32_t
transaction_of(host client, bool new_round)
{
    static uint32_t newest, transactions[256];
    uint32_t *transaction = &transactions[client.mac & 0xff];

    if (new_round || *transaction == 0)
        *transaction = ++newest;
    return *transaction;
}

boot_event
dhcp_from_client(dhcp_message message, host client, const char *vendor_class)
{
    const host nobody = { 0 };
    boot_event event = event_between(BOOT_EVENT_DHCP, client, DHCP_CLIENT_PORT, nobody, DHCP_SERVER_PORT);

    event.source = NET_ADDRESS_NONE;
    event.dhcp.message = message;
    event.dhcp.transaction = transaction_of(client, message == DHCP_MESSAGE_DISCOVER || message == DHCP_MESSAGE_INFORM
        || g_strcmp0(vendor_class, WINDOWS_CLIENT) == 0);
    event.dhcp.secs = 4;
    event.dhcp.broadcast = true;
    event.dhcp.client = client.mac;
    event.dhcp.firmware.vendor_class = vendor_class;
    return event;
}

boot_event
dhcp_from_server(dhcp_message message, host server, host client, const char *boot_file)
{
    boot_event event = event_between(BOOT_EVENT_DHCP, server, DHCP_SERVER_PORT, client, DHCP_CLIENT_PORT);

    event.dhcp.message = message;
    event.dhcp.transaction = transaction_of(client, false);
    event.dhcp.broadcast = true;
    event.dhcp.client = client.mac;
    event.dhcp.your_address = message == DHCP_MESSAGE_NAK ? NET_ADDRESS_NONE : client.address;
    event.dhcp.server_id = server.address;
    event.dhcp.boot.file = boot_file;
    return event;
}

boot_event
pxe_request(host client, host server)
{
    boot_event event = dhcp_from_client(DHCP_MESSAGE_REQUEST, client, PXE_CLIENT);

    event.source = client.address;
    event.destination = server.address;
    event.destination_mac = server.mac;
    event.destination_port = BOOT_SERVER_PORT;
    return event;
}

boot_event
pxe_reply(host client, host server, const char *boot_file)
{
    boot_event event = dhcp_from_server(DHCP_MESSAGE_ACK, server, client, boot_file);

    event.source_port = BOOT_SERVER_PORT;
    event.dhcp.your_address = NET_ADDRESS_NONE;
    return event;
}

/* ---- ARP ---- */

static boot_event
arp_event(bool reply, host sender, net_address sender_address, net_address target_address)
{
    boot_event event = { .kind = BOOT_EVENT_ARP, .source_mac = sender.mac };

    event.arp.reply = reply;
    event.arp.sender = sender.mac;
    event.arp.sender_address = sender_address;
    event.arp.target_address = target_address;
    return event;
}

boot_event
arp_request(host sender, net_address asked)
{
    return arp_event(false, sender, sender.address, asked);
}

boot_event
arp_reply(host sender, host receiver)
{
    boot_event event = arp_event(true, sender, sender.address, receiver.address);

    event.destination_mac = receiver.mac;
    return event;
}

boot_event
arp_probe(host sender)
{
    return arp_event(false, sender, NET_ADDRESS_NONE, sender.address);
}

boot_event
arp_announcement(host sender)
{
    return arp_event(false, sender, sender.address, sender.address);
}

/* ---- Bootstrap download ---- */

static boot_event
from_client(bootstrap_message message, host client, host server, uint16_t port)
{
    uint16_t server_port = message == BOOTSTRAP_REQUEST ? TFTP_PORT : TFTP_SERVER_PORT;
    boot_event event = event_between(BOOT_EVENT_BOOTSTRAP, client, port, server, server_port);

    event.bootstrap.message = message;
    return event;
}

static boot_event
from_server(bootstrap_message message, host client, host server, uint16_t port)
{
    boot_event event = event_between(BOOT_EVENT_BOOTSTRAP, server, TFTP_SERVER_PORT, client, port);

    event.bootstrap.message = message;
    return event;
}

boot_event
tftp_request(host client, host server, uint16_t port, const char *file, uint32_t block_size)
{
    boot_event event = from_client(BOOTSTRAP_REQUEST, client, server, port);

    event.bootstrap.file = file;
    event.bootstrap.block_size = block_size;
    return event;
}

boot_event
tftp_options(host client, host server, uint16_t port, uint32_t block_size)
{
    boot_event event = from_server(BOOTSTRAP_OPTIONS, client, server, port);

    event.bootstrap.block_size = block_size;
    return event;
}

boot_event
tftp_data(host client, host server, uint16_t port, uint16_t number, uint32_t length)
{
    boot_event event = from_server(BOOTSTRAP_DATA, client, server, port);

    event.bootstrap.number = number;
    event.bootstrap.length = length;
    return event;
}

boot_event
tftp_data_with(host client, host server, uint16_t port, uint16_t number, const void *data, uint32_t length)
{
    boot_event event = tftp_data(client, server, port, number, length);

    event.bootstrap.data = data;
    event.bootstrap.captured = length;
    return event;
}

boot_event
tftp_ack(host client, host server, uint16_t port, uint16_t number)
{
    boot_event event = from_client(BOOTSTRAP_ACK, client, server, port);

    event.bootstrap.number = number;
    return event;
}

boot_event
tftp_error_from_client(host client, host server, uint16_t port, uint16_t code)
{
    boot_event event = from_client(BOOTSTRAP_ERROR, client, server, port);

    event.bootstrap.number = code;
    return event;
}

boot_event
tftp_error_from_server(host client, host server, uint16_t port, uint16_t code)
{
    boot_event event = from_server(BOOTSTRAP_ERROR, client, server, port);

    event.bootstrap.number = code;
    return event;
}

boot_event
two_stage_request(host client, host server, uint16_t port, const char *file)
{
    boot_event event = tftp_request(client, server, port, file, 0);

    event.destination_port = TWO_STAGE_PORT;
    event.bootstrap.transport = BOOTSTRAP_BY_TWO_STAGE;
    return event;
}

boot_event
two_stage_data(host client, host server, uint16_t port, uint16_t id, uint32_t length)
{
    boot_event event = tftp_data(client, server, port, id, length);

    event.bootstrap.transport = BOOTSTRAP_BY_TWO_STAGE;
    return event;
}

boot_event
two_stage_ack(host client, host server, uint16_t port, uint16_t id)
{
    boot_event event = tftp_ack(client, server, port, id);

    event.bootstrap.transport = BOOTSTRAP_BY_TWO_STAGE;
    return event;
}

/* ---- Logon and streaming ---- */

boot_event
stream_to_server(host target, host server)
{
    static uint32_t digest;
    boot_event event = event_between(BOOT_EVENT_STREAM, target, TARGET_PORT, server, LOGON_PORT);

    event.stream.to_server = true;
    event.stream.logon_port = true;
    event.stream.payload = REQUEST_PAYLOAD;
    event.stream.digest = ++digest;
    return event;
}

boot_event
stream_to_target(host target, host server, uint32_t payload)
{
    boot_event event = event_between(BOOT_EVENT_STREAM, server, LOGON_PORT, target, TARGET_PORT);

    event.stream.logon_port = true;
    event.stream.payload = payload;
    return event;
}

boot_event
stream_with_server_port(boot_event event, uint16_t port)
{
    if (event.stream.to_server)
        event.destination_port = port;
    else
        event.source_port = port;
    event.stream.logon_port = port == LOGON_PORT;
    return event;
}

boot_event
stream_with_target_port(boot_event event, uint16_t port)
{
    if (event.stream.to_server)
        event.source_port = port;
    else
        event.destination_port = port;
    return event;
}

boot_event
stream_repeated(boot_event event, const boot_event *first)
{
    event.stream.digest = first->stream.digest;
    return event;
}

boot_event
through_router(boot_event event, host router, host target)
{
    if (event.source_mac == target.mac)
        event.source_mac = router.mac;
    if (event.destination_mac == target.mac)
        event.destination_mac = router.mac;
    return event;
}

static void
exchange_mac(mac_address *mac, host target, host other)
{
    if (*mac == target.mac)
        *mac = other.mac;
}

static void
exchange_address(net_address *address, host target, host other)
{
    if (net_address_equal(address, &target.address))
        *address = other.address;
}

boot_event
of_another_target(boot_event event, host target, host other)
{
    exchange_mac(&event.source_mac, target, other);
    exchange_mac(&event.destination_mac, target, other);
    exchange_address(&event.source, target, other);
    exchange_address(&event.destination, target, other);
    if (event.kind == BOOT_EVENT_DHCP) {
        exchange_mac(&event.dhcp.client, target, other);
        exchange_address(&event.dhcp.your_address, target, other);
    } else if (event.kind == BOOT_EVENT_ARP) {
        exchange_mac(&event.arp.sender, target, other);
        exchange_address(&event.arp.sender_address, target, other);
        exchange_address(&event.arp.target_address, target, other);
    }
    return event;
}

boot_event
in_frame(boot_event event, uint32_t frame, int64_t time)
{
    event.frame = frame;
    event.time = time;
    if (event.identity == 0 && event.kind != BOOT_EVENT_ARP)
        event.identity = frame;
    return event;
}

bool
show(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    bool first = event->kind == BOOT_EVENT_STREAM
        || (event->kind == BOOT_EVENT_BOOTSTRAP && event->bootstrap.transport == BOOTSTRAP_BY_TWO_STAGE);
    bool known = first && boot_tracker_add(tracker, event, verdict);

    boot_tracker_see_frame(tracker, event->frame, event->time);
    return first ? known : boot_tracker_add(tracker, event, verdict);
}

boot_event
as_seen_again(const boot_event *event)
{
    boot_event again = *event;

    switch (event->kind) {
    case BOOT_EVENT_DHCP:
    case BOOT_EVENT_ARP:
        again = (boot_event){ .frame = event->frame, .time = event->time, .kind = BOOT_EVENT_DHCP };
        break;
    case BOOT_EVENT_BOOTSTRAP:
        again.bootstrap = (bootstrap_fact){ .transport = event->bootstrap.transport };
        break;
    case BOOT_EVENT_ICMP:
    case BOOT_EVENT_OTHER:
        again = (boot_event){ .frame = event->frame, .time = event->time, .kind = event->kind };
        break;
    case BOOT_EVENT_STREAM:
        break;
    }
    return again;
}
