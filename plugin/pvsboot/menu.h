/* menu.h
 * Tools > PVS Boot: from a boot to its packets, and what the findings of a frame mean
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_MENU_H
#define PVSBOOT_MENU_H

/* Registers the menu. Only Wireshark's window shows it; tshark and sharkd keep a list of entries and never use it. */
void menu_register(int proto_pvsboot);

#endif
