/* tap_text.c
 * What all statistics of the boots write the same way
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "tap_text.h"

#include <epan/to_str.h>


char *
tap_address_text(const net_address *from)
{
    address shown = ADDRESS_INIT_NONE;
    char *text, *copy;

    if (!net_address_known(from))
        return g_strdup("");
    if (from->family == 4)
        set_address(&shown, AT_IPv4, 4, net_address_octets(from));
    else
        set_address(&shown, AT_IPv6, 16, net_address_octets(from));
    text = address_to_str(NULL, &shown);
    copy = g_strdup(text);
    wmem_free(NULL, text);
    return copy;
}
