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

/* Embedded in a boot. */
typedef struct arp_chapter {
    answer_wait asking;   /* the requests in a row for one address */
    GArray *questions;    /* arp_question; NULL until the first */
    unsigned moot;        /* so many of the first ones want no reply any more: the target went on */
} arp_chapter;

void arp_clear(arp_chapter *arp);

/* Takes an ARP packet of this boot. */
chapter_answer arp_add(arp_chapter *arp, boot_life *life, const boot_event *event);

/* The target sends datagrams: whatever it asked before, a reply that is not in the capture is no fault. */
void arp_target_went_on(arp_chapter *arp);

/* Another device's ARP claims the address of this boot's target. */
void arp_say_conflict(boot_life *life, const boot_event *event);

void arp_settle(const arp_chapter *arp, const boot_life *life, int64_t end, finding_log *late);
void arp_tell(const boot_finding *finding, GString *text);

#endif
