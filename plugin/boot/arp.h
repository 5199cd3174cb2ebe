/* arp.h
 * The chapter of ARP: whom the target looks for, and who else claims its address
 *
 * RFC 826, RFC 5227.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_ARP_H
#define PVSBOOT_ARP_H

#include "answer_wait.h"
#include "chapter.h"

/* Another device's ARP that names the target's address as its own. */
typedef struct arp_claim {
    int64_t time;
    mac_address mac;
    uint32_t frame;       /* 0: none */
    net_address address;
    bool proved;          /* the target goes on with that address all the same */
} arp_claim;

/* Embedded in a boot. */
typedef struct arp_chapter {
    answer_wait asking;   /* the requests in a row for one address */
    int64_t newest_probe; /* of the target for its own address; 0: none */
    arp_claim *claim;     /* owned; the newest one that may be a conflict; NULL until the first */
} arp_chapter;

/* Frees the chapter, which may be NULL. */
void arp_free(arp_chapter *arp);

/* Takes an ARP packet of this boot. */
chapter_answer arp_add(arp_chapter *arp, boot_life *life, const boot_event *event);

/* The target sends datagrams: whatever it asked before, a reply that is not in the capture is no fault. */
void arp_target_went_on(arp_chapter *arp);

/* A datagram of the target's stream: it proves a conflict where another device claims the address, or shows a team. */
void arp_sees_stream(arp_chapter *arp, boot_life *life, const boot_event *event);

/* Another target's ARP takes the address of this boot's target, which has not given it up. */
void arp_is_robbed(boot_life *life, const boot_event *event);

void arp_settle(arp_chapter *arp, boot_life *life, int64_t end);
void arp_tell(const boot_finding *finding, GString *text);

#endif
