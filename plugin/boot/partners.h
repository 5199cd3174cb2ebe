/* partners.h
 * Which target speaks with which server, and from which port of its own
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_PARTNERS_H
#define PVSBOOT_PARTNERS_H

#include "boot.h"

/* Owned by the tracker. */
typedef struct partners {
    GHashTable *known;   /* partner, a set */
    GPtrArray *by_frame; /* the same, in the order in which they were met */
} partners;

void partners_init(partners *all);
void partners_clear(partners *all);

/*
 * A target's logon or streaming datagram to a server. Where four times max_boots are known, all are forgotten: those
 * that speak again are soon known again.
 */
void partners_add(partners *all, boot_t *boot, const boot_event *event, unsigned max_boots);

/* Whether they have spoken before this frame. target_port 0: from any port. */
bool partners_speak(const partners *all, const net_address *target, uint16_t target_port, const net_address *server,
    uint32_t frame);

/* Forgets the boots that are marked as forgotten. */
void partners_forget(partners *all);

/* The frames from this one on are taken back. */
void partners_rewind(partners *all, uint32_t frame);

#endif
