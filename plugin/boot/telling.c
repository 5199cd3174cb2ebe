/* telling.c
 * Numbers, addresses and names as the texts of findings show them
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "telling.h"

#include <string.h>

#include "boot_time.h"
#include "packet_text.h"

/* A line of Wireshark's tree has 239, and the advice must find room. */
#define CHARACTERS_OF_A_NAME 40

double
telling_seconds(int64_t nanoseconds)
{
    return (double)nanoseconds / SECOND;
}

void
telling_address(GString *text, const char *before, const net_address *address)
{
    const uint8_t *octets = net_address_octets(address);

    if (address->family == 4) {
        g_string_append_printf(text, "%s%u.%u.%u.%u", before, octets[0], octets[1], octets[2], octets[3]);
    } else if (address->family == 6) {
        g_string_append(text, before);
        for (int i = 0; i < 16; i += 2)
            g_string_append_printf(text, "%s%x", i ? ":" : "", octets[i] << 8 | octets[i + 1]);
    }
}

void
telling_mac(GString *text, const char *before, mac_address mac, const char *after)
{
    char *shown = mac_text(mac);

    g_string_append_printf(text, "%s%s%s", before, shown, after);
    g_free(shown);
}

void
telling_name(GString *text, const char *before, const char *name)
{
    if (!name)
        return;
    g_string_append(text, before);
    packet_text_append(text, name, strlen(name), CHARACTERS_OF_A_NAME);
}
