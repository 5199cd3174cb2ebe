/* boot_names.h
 * The words of the contract with the users: phases, steps, certainties, kinds of datagrams, evidence of the hand-off
 *
 * Each stands here once, with its number and its name; fields, tables, documents and texts are made from these lists. The
 * phases are those of the boot trace guide (Determining if BNIStack is up), with the vendor's stage names; docs/phases.md
 * maps each step to the guide's own numbering.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_NAMES_H
#define PVSBOOT_BOOT_NAMES_H

#define BOOT_PHASES(X) \
    X(PHASE_BOOTSTRAP, 1, "DHCP and bootstrap download") \
    X(PHASE_LOGON, 2, "PVS logon") \
    X(PHASE_SINGLE_READ, 3, "Single read mode") \
    X(PHASE_BNISTACK, 4, "BNIStack")

#define BOOT_STEPS(X) \
    X(STEP_UNPLACED_REQUEST, 1, "0.1 Streaming to the server, phase not known") \
    X(STEP_UNPLACED_DATA, 2, "0.2 Streaming from the server, phase not known") \
    X(STEP_UNPLACED_ADDRESS, 3, "0.3 Address traffic, phase not known") \
    X(STEP_DHCP_DISCOVER, 101, "1.1 DHCP Discover") \
    X(STEP_DHCP_OFFER, 102, "1.2 DHCP Offer") \
    X(STEP_DHCP_REQUEST, 103, "1.3 DHCP Request") \
    X(STEP_DHCP_ACK, 104, "1.4 DHCP ACK") \
    X(STEP_DHCP_NAK_OR_DECLINE, 105, "1.5 DHCP NAK or Decline") \
    X(STEP_ARP_REQUEST, 106, "1.6 ARP request") \
    X(STEP_ARP_REPLY, 107, "1.7 ARP reply or announcement") \
    X(STEP_PXE_REQUEST, 108, "1.8 PXE boot server request") \
    X(STEP_PXE_REPLY, 109, "1.9 PXE boot server reply") \
    X(STEP_BOOTSTRAP_REQUEST, 110, "1.10 Bootstrap read request") \
    X(STEP_BOOTSTRAP_OPTIONS, 111, "1.11 Bootstrap option acknowledgement") \
    X(STEP_BOOTSTRAP_DATA, 112, "1.12 Bootstrap data") \
    X(STEP_BOOTSTRAP_ACK, 113, "1.13 Bootstrap ACK") \
    X(STEP_BOOTSTRAP_ERROR, 114, "1.14 Bootstrap error") \
    X(STEP_SIZE_PROBE_ENDED, 115, "1.15 Size probe ended") \
    X(STEP_BOOTSTRAP_COMPLETED, 201, "2.1 Bootstrap transfer completed") \
    X(STEP_BOOTSTRAP_CONFIRMED, 202, "2.2 Bootstrap transfer confirmed") \
    X(STEP_LOGON_REQUEST, 203, "2.3 Logon request") \
    X(STEP_LOGON_REPLY, 204, "2.4 Logon reply") \
    X(STEP_LOGON_ARP, 205, "2.5 ARP for the streaming server") \
    X(STEP_SINGLE_READ_REQUEST, 301, "3.1 Read request or ACK") \
    X(STEP_SINGLE_READ_DATA, 302, "3.2 Read data") \
    X(STEP_SINGLE_READ_ARP, 303, "3.3 ARP") \
    X(STEP_HANDOFF, 401, "4.1 Hand-off to BNIStack") \
    X(STEP_BNISTACK_REQUEST, 402, "4.2 Read request or ACK") \
    X(STEP_BNISTACK_DATA, 403, "4.3 Read data") \
    X(STEP_BNISTACK_ADDRESS, 404, "4.4 Address traffic of the operating system")

#define BOOT_CERTAINTIES(X) \
    X(CERTAINTY_POSSIBLE, 1, "Possible") \
    X(CERTAINTY_PXE, 2, "PXE boot") \
    X(CERTAINTY_PVS, 3, "PVS boot")

#define STREAM_KINDS(X) \
    X(STREAM_LOGON, 1, "Logon exchange") \
    X(STREAM_REQUEST, 2, "Read request or ACK") \
    X(STREAM_DATA, 3, "Read data") \
    X(STREAM_DATA_END, 4, "Read data, end of burst") \
    X(STREAM_OTHER, 5, "Other")

/* id, bit, name in filters and JSON, title, words in a sentence, what it is inferred from */
#define HANDOFF_EVIDENCES(X) \
    X(HANDOFF_BY_ARP, 0x01, "arp", "ARP for its own address", "ARP for its own address", \
      "The target probes for or announces its own address") \
    X(HANDOFF_BY_DHCP, 0x02, "dhcp", "DHCP of the operating system", "DHCP of the operating system", \
      "A DHCP REQUEST, INFORM or DISCOVER of the operating system") \
    X(HANDOFF_BY_PORT, 0x04, "port", "New port of the target", "a new port of the target", \
      "The target's port changed") \
    X(HANDOFF_BY_JUMBO, 0x08, "jumbo", "Larger datagrams", "larger datagrams than in single read mode", \
      "Datagrams larger than single read mode's maximum") \
    X(HANDOFF_BY_OVERLAP, 0x10, "overlap", "Overlapping reads", "overlapping reads", \
      "Requests before the burst in flight had ended") \
    X(HANDOFF_WITH_GAP, 0x20, "gap", "Pause before", "a pause", \
      "Streaming paused 2 s or more before; supports other evidence, and is none alone")

#define BOOT_ENUMERATOR(id, number, ...) id = number,
typedef enum boot_phase { PHASE_NONE = 0, BOOT_PHASES(BOOT_ENUMERATOR) } boot_phase;
typedef enum boot_step { STEP_NONE = 0, BOOT_STEPS(BOOT_ENUMERATOR) } boot_step;
typedef enum boot_certainty { CERTAINTY_NONE = 0, BOOT_CERTAINTIES(BOOT_ENUMERATOR) } boot_certainty;
typedef enum stream_kind { STREAM_NO_KIND = 0, STREAM_KINDS(BOOT_ENUMERATOR) } stream_kind;
typedef enum handoff_evidence { HANDOFF_EVIDENCES(BOOT_ENUMERATOR) } handoff_evidence;
#undef BOOT_ENUMERATOR

#endif
