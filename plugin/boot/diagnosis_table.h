/* diagnosis_table.h
 * The table of findings: one row for each, in the order in which an outcome names them: causes before consequences
 *
 * X(id, name, severity, group, needs, refuted_by, title, advice). The columns are explained in diagnosis.h, the rules
 * in docs/diagnosis.md, which is made from this table.
 *
 * Wireshark cuts a line of the tree after 239 characters, of which "Expert Info (Warning/Sequence): " takes 33, and
 * what was seen stands between title and advice: both are short, and the key words come first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DIAGNOSIS_TABLE_H
#define PVSBOOT_DIAGNOSIS_TABLE_H

/* Normal steps of a boot. */
#define MILESTONES(X) \
    X(FINDING_DISCOVER_BROADCAST_REPLY, "discover.broadcast_reply", FINDING_MILESTONE, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The client asks for a broadcast reply", "") \
    X(FINDING_DISCOVER_UNICAST_REPLY, "discover.unicast_reply", FINDING_MILESTONE, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The client asks for a unicast reply", "") \
    X(FINDING_BOOTSTRAP_DOWNLOADED, "bootstrap.downloaded", FINDING_MILESTONE, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The bootstrap was downloaded", "") \
    X(FINDING_LOGON_STARTED, "logon.started", FINDING_MILESTONE, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING, REFUTED_BY_NOTHING, \
      "The target starts its PVS logon", "") \
    X(FINDING_LOGON_REDIRECTED, "logon.redirected", FINDING_MILESTONE, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING, REFUTED_BY_NOTHING, \
      "The logon goes on with another server or port", "") \
    X(FINDING_STREAM_STARTED, "stream.started", FINDING_MILESTONE, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING, REFUTED_BY_NOTHING, \
      "The first read data arrived: single read mode begins", "") \
    X(FINDING_HANDOFF_SEEN, "handoff.seen", FINDING_MILESTONE, FINDING_OF_SEQUENCE, \
      NEEDS_ORDER, REFUTED_BY_NOTHING, \
      "Hand-off to BNIStack", "")

/* Worth knowing, often harmless. */
#define SYMPTOMS(X) \
    X(FINDING_CAPTURE_ONE_WAY, "capture.one_way", FINDING_SYMPTOM, FINDING_OF_UNDECODED, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "One direction is missing from the capture", \
      "Silence proves nothing here. Capture at the target's switch port, without a filter for fixed ports") \
    X(FINDING_DISCOVER_RETRY, "discover.retry", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES, REFUTED_BY_NOTHING, \
      "DISCOVER again", \
      "One or two are normal while a switch port comes up (PortFast)") \
    X(FINDING_DISCOVER_SECS_ZERO, "discover.secs_zero", FINDING_SYMPTOM, FINDING_OF_PROTOCOL, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "secs stays 0 in unanswered DISCOVERs", \
      "A failover pair leaves such a client to one server: relays must reach both. The log: \"load balance to peer\"") \
    X(FINDING_DISCOVER_ANSWERED_LATE, "discover.answered_late", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The first OFFER came late", \
      "About 30 or 50 s is a switch port without PortFast. Else check auto-negotiation, LACP, relay and server") \
    X(FINDING_DHCP_SERVERS_DIFFER, "dhcp.servers_differ", FINDING_SYMPTOM, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "Two DHCP servers give this target an address", \
      "Harmless for a failover pair; else compare the options 66 and 67 of both") \
    X(FINDING_DHCP_BOOT_FILES_DIFFER, "dhcp.boot_files_differ", FINDING_SYMPTOM, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "Two servers name different boot files", \
      "Luck decides. Name the file in one place: by the PVS PXE service or by options 66 and 67, not by both") \
    X(FINDING_ICMP_UNREACHABLE, "icmp.unreachable", FINDING_SYMPTOM, FINDING_OF_RESPONSE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "An ICMP error answers this boot's datagram", \
      "Port: the service does not run or is not bound. Host, prohibited: route or firewall. Too big: MTU") \
    X(FINDING_BOOTSTRAP_RETRANSMISSION, "bootstrap.retransmission", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "A block was sent again", \
      "A block or its ACK was lost or late. Check the path between target and TFTP server for loss") \
    X(FINDING_BOOTSTRAP_STALL, "bootstrap.stall", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES, REFUTED_BY_NOTHING, \
      "The download stood still", \
      "A lost datagram costs a time-out of 1 to 5 s. Check for loss, speed and duplex, and a busy TFTP server") \
    X(FINDING_BOOTSTRAP_SLOW, "bootstrap.slow", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The download took more than 10 s", \
      "No block waited long: each waits for the ACK before it, so check the delay of the path and the block size") \
    X(FINDING_BOOTSTRAP_PASSED_OVER, "bootstrap.passed_over", FINDING_SYMPTOM, FINDING_OF_RESPONSE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "A download ended with an error, and the client goes on", \
      "Usual where a loader tries optional files; else compare the name with the TFTP folder") \
    X(FINDING_BOOTSTRAP_VERSION_DIFFERS, "bootstrap.version_differs", FINDING_SYMPTOM, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "Another boot got a bootstrap of another version", \
      "A farm upgraded in part? Compare the bootstrap files on all TFTP servers, and make BOOT.ISO anew") \
    X(FINDING_LOGON_RETRY, "logon.retry", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING | NEEDS_BOTH_HALVES, REFUTED_BY_NOTHING, \
      "Logon datagram again", \
      "The one before found no reply. Check that the stream service runs and that firewalls pass UDP 6910") \
    X(FINDING_LOGON_OUT_OF_SIGHT, "logon.out_of_sight", FINDING_SYMPTOM, FINDING_OF_UNDECODED, \
      NEEDS_BEGINNING | NEEDS_GOING_ON, REFUTED_BY_LOGON | REFUTED_BY_READ_DATA, \
      "The logon does not go on in this capture", \
      "It stopped, or goes on out of sight: with a server or on ports not captured (preference pvs.stream_ports)") \
    X(FINDING_READ_RETRY, "read.retry", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_ORDER, REFUTED_BY_NOTHING, \
      "The same read again", \
      "Request or data was lost or late. Check for loss, Large Send Offload, and load and storage of the server") \
    X(FINDING_READ_SLOW, "read.slow", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "A read took more than 1 s", \
      "PVS counts that as a retry. Check storage, antivirus and load of the server, and the network") \
    X(FINDING_READ_FRAGMENTED, "read.fragmented", FINDING_SYMPTOM, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "Streaming datagrams come in IP fragments", \
      "The MTU set in PVS is larger than the path allows; one lost fragment costs the datagram") \
    X(FINDING_SINGLE_READ_LONG, "single_read.long", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING, REFUTED_BY_NOTHING, \
      "Single read mode took more than 60 s", \
      "Usual: tens of seconds or less. Check loss, delay, storage; BIOS: try UEFI; BOOT.ISO: make it anew") \
    X(FINDING_STREAM_SERVER_CHANGED, "stream.server_changed", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES, REFUTED_BY_NOTHING, \
      "The target goes on with another server", \
      "Fail-over or rebalancing. Check stream service, load and network of the server that it left") \
    X(FINDING_HANDOFF_OTHER_CARD, "handoff.other_card", FINDING_SYMPTOM, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "The stream goes on from another MAC address", \
      "Usual on Hyper-V generation 1: PXE on the legacy network card, the stream on the synthetic one")

/* This boot is in trouble. */
#define FAULTS(X) \
    X(FINDING_DHCP_REFUSED, "dhcp.refused", FINDING_FAULT, FINDING_OF_RESPONSE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The address was refused", \
      "Check for a second DHCP server, an address already in use, or a reservation in another scope") \
    X(FINDING_DISCOVER_UNANSWERED, "discover.unanswered", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "No OFFER", \
      "Check that a DHCP server or relay serves this segment, has free addresses, and logs these DISCOVERs") \
    X(FINDING_DISCOVER_FLAG_DECIDES, "discover.flag_decides", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "The broadcast flag decides, not secs: DISCOVERs with it clear get no answer", \
      "Check the unicast replies of relay and server") \
    X(FINDING_DHCP_OFFER_NOT_TAKEN, "dhcp.offer_not_taken", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "The client does not take the OFFER", \
      "Does it reach the client? Check relay, VLAN, the broadcast flag and the server's checksums") \
    X(FINDING_DHCP_NO_BOOTFILE, "dhcp.no_bootfile", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_GOING_ON, REFUTED_BY_LOGON, \
      "No DHCP or PXE server names a boot file", \
      "Check options 66 and 67, or the PVS PXE service: after a reboot it may run unbound to UDP 67, restart it") \
    X(FINDING_DHCP_REQUEST_UNANSWERED, "dhcp.request_unanswered", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "No reply to the DHCP REQUEST", \
      "Read that server's log: did it send an ACK? Check its failover partner and the relay") \
    X(FINDING_ARP_CONFLICT, "arp.conflict", FINDING_FAULT, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_TEAM, \
      "Another device claims the target's address", \
      "Find that MAC in the switches (blue screen 0xBC: parameters 2 and 3); look for static addresses in the scope") \
    X(FINDING_ARP_PROBED, "arp.probed", FINDING_FAULT, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "Another device probes for the address while the target does", \
      "Windows takes that for a conflict: blue screen 0xBC. Check the switch's device tracking") \
    X(FINDING_ARP_UNANSWERED, "arp.unanswered", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "No ARP reply", \
      "Check that the address is right (server list, gateway), that its host is up, and the target's VLAN") \
    X(FINDING_PXE_UNANSWERED, "pxe.unanswered", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_DOWNLOAD, \
      "No reply to the PXE boot server request", \
      "PXE-E55. Remove option 60 from a DHCP server without a PXE service; else check that service and UDP 4011") \
    X(FINDING_BOOTSTRAP_WRONG_FIRMWARE, "bootstrap.wrong_firmware", FINDING_FAULT, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_LOGON, \
      "The boot file does not fit the firmware", \
      "BIOS: ARDBP32.BIN, UEFI: pvsnbpx64.efi. With the PVS PXE service, remove the boot file from DHCP") \
    X(FINDING_BOOTSTRAP_NOT_REQUESTED, "bootstrap.not_requested", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_TARGETS_PLACE | NEEDS_GOING_ON, REFUTED_BY_LOGON, \
      "A boot file was named and never asked for", \
      "Check option 66 (an address is safer than a name), the gateway, and what the screen says") \
    X(FINDING_BOOTSTRAP_OTHER_SERVER, "bootstrap.other_server", FINDING_FAULT, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_DOWNLOAD, \
      "The download is answered from another address", \
      "Firmware ignores that. Check the load balancer, or name the server by the address that answers") \
    X(FINDING_BOOTSTRAP_NOT_HEARD, "bootstrap.not_heard", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES, REFUTED_BY_DOWNLOAD, \
      "One side of the download does not hear the other", \
      "Check firewalls: TFTP answers from a port of its own. And block size against MTU, fragments") \
    X(FINDING_BOOTSTRAP_ERROR, "bootstrap.error", FINDING_FAULT, FINDING_OF_RESPONSE, \
      NEEDS_NOTHING, REFUTED_BY_GOING_ON, \
      "The download ended with an error", \
      "Check the file's name, upper and lower case too, and that it is in the TFTP folder") \
    X(FINDING_BOOTSTRAP_UNANSWERED, "bootstrap.unanswered", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_LOGON, \
      "No answer to the read request", \
      "Check that TFTP (BOOT.ISO: two-stage boot, UDP 6969) runs there and is bound to its port, and firewalls") \
    X(FINDING_BOOTSTRAP_INCOMPLETE, "bootstrap.incomplete", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_LOGON, \
      "The download never reached its last block", \
      "Check for loss from here on, block size against MTU, and firewalls that close the transfer") \
    X(FINDING_LOGON_MISSING, "logon.missing", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING | NEEDS_BOTH_HALVES | NEEDS_TARGETS_PLACE | NEEDS_GOING_ON, REFUTED_BY_LOGON, \
      "The bootstrap arrived, and no logon followed", \
      "Check Secure Boot, the server list (UEFI: options 11 or 17), and that the file fits the firmware") \
    X(FINDING_LOGON_UNANSWERED, "logon.unanswered", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING | NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "No reply to the logon", \
      "Check the bootstrap's server list, the stream service there, and that firewalls pass UDP 6910 and up") \
    X(FINDING_LOGON_REFUSED, "logon.refused", FINDING_FAULT, FINDING_OF_RESPONSE, \
      NEEDS_BEGINNING, REFUTED_BY_READ_DATA, \
      "Logons are answered, and no data follows", \
      "Server busy (Maximum devices booting), device not in the database, or no server has this vDisk version") \
    X(FINDING_LOGON_STOPPED, "logon.stopped", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING | NEEDS_TARGETS_PLACE | NEEDS_GOING_ON, REFUTED_BY_READ_DATA, \
      "The logon was answered, and the target stopped", \
      "Look at its screen: a boot menu, or a refusal: device not in the database, no server for the vDisk, busy") \
    X(FINDING_DHCP_ADDRESS_CHANGED, "dhcp.address_changed", FINDING_FAULT, FINDING_OF_PROTOCOL, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The operating system got another address than the firmware", \
      "The stream keeps the first one. Give both the same lease: a reservation by MAC, client id ignored") \
    X(FINDING_READ_BURST_TOO_LONG, "read.burst_too_long", FINDING_FAULT, FINDING_OF_PROTOCOL, \
      NEEDS_ORDER, REFUTED_BY_NOTHING, \
      "A burst of more than 32 datagrams", \
      "IoBurstSize / (MTU - 76) must not exceed 32: lower the I/O burst size or raise the MTU") \
    X(FINDING_STREAM_SERVER_LOOP, "stream.server_loop", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES, REFUTED_BY_NOTHING, \
      "The target goes from server to server", \
      "Check Maximum devices booting (UEFI reconnects count), equal vDisk files on all servers, target software") \
    X(FINDING_STREAM_STALLED, "stream.stalled", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "The target asks and no server answers", \
      "Check that server's stream service, storage and network at this time, and for a failover") \
    X(FINDING_HANDOFF_MISSING, "handoff.missing", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_BEGINNING | NEEDS_BOTH_HALVES | NEEDS_GOING_ON, REFUTED_BY_NOTHING, \
      "BNIStack never took over", \
      "Compare the NIC with the image's (PCI slot, ghost NICs, binding); check filter drivers, firewall, antivirus") \
    X(FINDING_BOOT_LOOP, "boot.loop", FINDING_FAULT, FINDING_OF_SEQUENCE, \
      NEEDS_NOTHING, REFUTED_BY_NOTHING, \
      "The target boots again and again", \
      "Begin with the first fault of the earlier boots")

#define FINDINGS(X) MILESTONES(X) SYMPTOMS(X) FAULTS(X)

#endif
