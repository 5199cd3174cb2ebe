/* icmp.h
 * The chapter of ICMP errors that answer a boot's datagrams (RFC 792, RFC 1812, RFC 4443)
 *
 * What an error quotes was sent before, so it is no fact of this frame; but it tells why there is no other answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_ICMP_H
#define PVSBOOT_ICMP_H

#include "chapter.h"

/* An error that quotes a datagram of this service of the boot. */
chapter_answer icmp_add(boot_life *life, const boot_event *event, boot_service service);

/* The frame of the newest error that answers this service, or 0: the faults that tell of silence name it. */
uint32_t icmp_frame_for(const boot_life *life, finding_id id);

void icmp_tell(const boot_finding *finding, GString *text);

#endif
