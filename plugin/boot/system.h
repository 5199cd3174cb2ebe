/* system.h
 * The chapter of the machine's own operating system: its DHCP, before and after the hand-off
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_SYSTEM_H
#define PVSBOOT_SYSTEM_H

#include "chapter.h"

/* Embedded in a boot. */
typedef struct system_chapter {
    bool started; /* it spoke before any logon: this boot has ended otherwise, as far as is known */
} system_chapter;

/* A DHCP message of the operating system. It has a step in phase 4 only, the hand-off itself included. */
chapter_answer system_add(system_chapter *system, boot_life *life, const boot_event *event, const net_address *server);

void system_tell(const boot_finding *finding, GString *text);

#endif
