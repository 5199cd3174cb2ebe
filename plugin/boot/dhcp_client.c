/* dhcp_client.c
 * Whose DHCP client speaks: firmware or an operating system
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dhcp_client.h"

#include <string.h>

/*
 * Whether a client without option 60 is an operating system's all the same: it asks (option 55) for its host name,
 * which firmware has no use for, and for none of the options that name a boot server or file. ISC's dhclient is such
 * a one. Firmware that asks like that would be missed.
 */
static bool
asks_as_operating_system(const dhcp_fact *fact)
{
    static const uint8_t boot_options[] = { 17, 43, 60, 66, 67 };
    const uint8_t host_name = 12;

    if (!fact->requested.data || !memchr(fact->requested.data, host_name, fact->requested.length))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(boot_options); i++)
        if (memchr(fact->requested.data, boot_options[i], fact->requested.length))
            return false;
    return true;
}

dhcp_client
dhcp_client_of(const dhcp_fact *fact)
{
    const char *vendor_class = fact->firmware.vendor_class;

    if (vendor_class)
        return g_str_has_prefix(vendor_class, "PXEClient") ? DHCP_CLIENT_PXE : DHCP_CLIENT_OPERATING_SYSTEM;
    return asks_as_operating_system(fact) ? DHCP_CLIENT_OPERATING_SYSTEM : DHCP_CLIENT_UNKNOWN;
}
