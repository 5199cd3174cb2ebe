/* diagnosis.h
 * The findings: what can be said about a frame
 *
 * One table holds every finding. Its names are filters (pvsboot.NAME) and a contract with the users; docs/diagnosis.md
 * is made from it. What was seen, in which frames, is told by finding_text.h; the table says what it usually means,
 * how sure that is, and what to check next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DIAGNOSIS_H
#define PVSBOOT_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

typedef enum finding_severity {
    FINDING_MILESTONE, /* a normal step of a boot */
    FINDING_SYMPTOM,   /* worth knowing, often harmless */
    FINDING_FAULT      /* this boot is in trouble */
} finding_severity;

/* id, name, severity, title, what it usually means and what to check next ("" where there is nothing to do) */
/*
 * Wireshark cuts a line of the tree after 239 characters, of which "Expert Info (Warning/Sequence): " takes 33: titles and
 * advice are short, and the key words come first.
 */
#define FINDINGS(X) \
    X(FINDING_DISCOVER_BROADCAST_REPLY, "discover.broadcast_reply", FINDING_MILESTONE, \
      "The client asks for a broadcast reply", "") \
    X(FINDING_DISCOVER_UNICAST_REPLY, "discover.unicast_reply", FINDING_MILESTONE, \
      "The client asks for a unicast reply", "") \
    X(FINDING_BOOTSTRAP_DOWNLOADED, "bootstrap.downloaded", FINDING_MILESTONE, \
      "The bootstrap was downloaded", "") \
    X(FINDING_LOGON_STARTED, "logon.started", FINDING_MILESTONE, \
      "The target starts its PVS logon", "") \
    X(FINDING_LOGON_REDIRECTED, "logon.redirected", FINDING_MILESTONE, \
      "The logon goes on with another server or port", "") \
    X(FINDING_STREAM_STARTED, "stream.started", FINDING_MILESTONE, \
      "The first read data arrived: single read mode begins", "") \
    X(FINDING_HANDOFF_SEEN, "handoff.seen", FINDING_MILESTONE, \
      "Hand-off to BNIStack", "") \
    X(FINDING_DISCOVER_RETRY, "discover.retry", FINDING_SYMPTOM, \
      "DISCOVER again", \
      "One or two are normal while a switch port comes up (PortFast)") \
    X(FINDING_DISCOVER_SECS_ZERO, "discover.secs_zero", FINDING_SYMPTOM, \
      "secs stays 0 in unanswered DISCOVERs", \
      "A failover pair leaves such a client to one server: relays must reach both. The log: \"load balance to peer\"") \
    X(FINDING_DHCP_SERVERS_DIFFER, "dhcp.servers_differ", FINDING_SYMPTOM, \
      "Two DHCP servers give this target an address", \
      "Harmless for a failover pair; else compare the options 66 and 67 of both") \
    X(FINDING_BOOTSTRAP_RETRANSMISSION, "bootstrap.retransmission", FINDING_SYMPTOM, \
      "A block was sent again", \
      "A block or its ACK was lost or late. Check the path between target and TFTP server for loss") \
    X(FINDING_BOOTSTRAP_STALL, "bootstrap.stall", FINDING_SYMPTOM, \
      "The download stood still", \
      "A lost datagram costs a time-out of 1 to 5 s. Check for loss, duplex and PortFast") \
    X(FINDING_LOGON_RETRY, "logon.retry", FINDING_SYMPTOM, \
      "Logon datagram again", \
      "The one before found no reply. Check that the stream service runs and that firewalls pass UDP 6910") \
    X(FINDING_READ_RETRY, "read.retry", FINDING_SYMPTOM, \
      "The same read again", \
      "Request or data was lost or late. Check for loss, Large Send Offload, and load and storage of the server") \
    X(FINDING_READ_SLOW, "read.slow", FINDING_SYMPTOM, \
      "A read took more than 1 s", \
      "PVS counts that as a retry. Check storage, antivirus and load of the server, and the network") \
    X(FINDING_READ_FRAGMENTED, "read.fragmented", FINDING_SYMPTOM, \
      "Streaming datagrams come in IP fragments", \
      "The MTU set in PVS is larger than the path allows; one lost fragment costs the datagram") \
    X(FINDING_DISCOVER_UNANSWERED, "discover.unanswered", FINDING_FAULT, \
      "No OFFER", \
      "Check that a DHCP server or relay serves this segment, has free addresses, and logs these DISCOVERs") \
    X(FINDING_DISCOVER_FLAG_DECIDES, "discover.flag_decides", FINDING_FAULT, \
      "The broadcast flag decides, not secs: DISCOVERs with it clear get no answer", \
      "Check the unicast replies of relay and server") \
    X(FINDING_DHCP_NO_BOOTFILE, "dhcp.no_bootfile", FINDING_FAULT, \
      "The ACK names no boot file, and no PXE server does", \
      "Check option 67 of the DHCP scope, or that the PVS PXE service runs and its replies reach the client") \
    X(FINDING_DHCP_REFUSED, "dhcp.refused", FINDING_FAULT, \
      "The address was refused", \
      "Check for a second DHCP server, an address already in use, or a reservation in another scope") \
    X(FINDING_DHCP_ADDRESS_CHANGED, "dhcp.address_changed", FINDING_FAULT, \
      "The operating system got another address than the firmware", \
      "The stream keeps the first one. Give both the same lease: a reservation by MAC, client id ignored") \
    X(FINDING_ARP_UNANSWERED, "arp.unanswered", FINDING_FAULT, \
      "No ARP reply", \
      "Check that the address is right (server list, gateway), that its host is up, and the target's VLAN") \
    X(FINDING_ARP_CONFLICT, "arp.conflict", FINDING_FAULT, \
      "Another device claims the target's address", \
      "Find that MAC in the switches; look for static addresses inside the DHCP range") \
    X(FINDING_BOOTSTRAP_UNANSWERED, "bootstrap.unanswered", FINDING_FAULT, \
      "No answer to the read request", \
      "Check that TFTP runs on that server and that firewalls pass UDP 69 and the answers") \
    X(FINDING_BOOTSTRAP_ERROR, "bootstrap.error", FINDING_FAULT, \
      "The download ended with an error", \
      "Check the file's name, upper and lower case too, and that it is in the TFTP folder") \
    X(FINDING_BOOTSTRAP_INCOMPLETE, "bootstrap.incomplete", FINDING_FAULT, \
      "The download never reached its last block", \
      "Check for loss from here on, block size against MTU, and firewalls that close the transfer") \
    X(FINDING_LOGON_UNANSWERED, "logon.unanswered", FINDING_FAULT, \
      "No reply to the logon", \
      "Check the bootstrap's server list, the stream service, UDP 6910 in firewalls, the target in the database") \
    X(FINDING_STREAM_STALLED, "stream.stalled", FINDING_FAULT, \
      "The target asks and no server answers", \
      "Check that server's stream service, storage and network at this time, and for a failover") \
    X(FINDING_STREAM_SERVER_CHANGED, "stream.server_changed", FINDING_FAULT, \
      "The target goes on with another server", \
      "High availability or rebalancing moved it. Check why it left the first one") \
    X(FINDING_READ_BURST_TOO_LONG, "read.burst_too_long", FINDING_FAULT, \
      "A burst of more than 32 datagrams", \
      "IoBurstSize / (MTU - 76) must not exceed 32: lower the I/O burst size or raise the MTU") \
    X(FINDING_HANDOFF_MISSING, "handoff.missing", FINDING_FAULT, \
      "BNIStack never took over", \
      "Check filter drivers, firewall and antivirus in the image, the NIC BNIStack is bound to, UNDI conflicts")

typedef enum finding_id {
#define FINDING_ID(id, name, severity, title, advice) id,
    FINDINGS(FINDING_ID)
#undef FINDING_ID
    FINDING_COUNT
} finding_id;

/* The constant part of a finding. */
typedef struct finding_kind {
    const char *name;   /* "handoff.seen" */
    const char *filter; /* "pvsboot.handoff.seen" */
    finding_severity severity;
    const char *title;
    const char *advice;
} finding_kind;

/* The table's row for a finding. */
const finding_kind *finding_kind_of(finding_id id);

/* A fault as one bit of a set; 0 where the finding is none. */
uint64_t finding_fault_bit(finding_id id);

/* The first of a set of faults in the order of the table, which lists causes before consequences; -1: there is none. */
int finding_first_fault(uint64_t faults);

#endif
