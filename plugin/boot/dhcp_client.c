/* dhcp_client.c
 * Whose DHCP client speaks: firmware or an operating system
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "dhcp_client.h"

#include <string.h>

static bool
asks_for_one_of(const dhcp_fact *fact, const uint8_t *options, size_t count)
{
    for (size_t i = 0; fact->requested.data && i < count; i++)
        if (memchr(fact->requested.data, options[i], fact->requested.length))
            return true;
    return false;
}

/*
 * Whether a client without option 60 is an operating system's, a phone's or a printer's all the same: it sends its host
 * name, or asks (option 55) for what firmware has no use for (host name, NetBIOS, LDAP, domain search, routes, proxy), and
 * for none of the options that name a boot server or file. Firmware that asks like that would be missed.
 */
static bool
asks_as_operating_system(const dhcp_fact *fact)
{
    static const uint8_t of_systems[] = { 12, 44, 46, 95, 119, 121, 249, 252 };
    static const uint8_t of_boots[] = { 17, 43, 60, 66, 67, 128, 129, 130, 131, 132, 133, 134, 135, 150 };

    return (fact->host_name || asks_for_one_of(fact, of_systems, sizeof of_systems))
        && !asks_for_one_of(fact, of_boots, sizeof of_boots);
}

dhcp_client
dhcp_client_of(const dhcp_fact *fact)
{
    const char *vendor_class = fact->firmware.vendor_class;

    if (!vendor_class)
        return asks_as_operating_system(fact) ? DHCP_CLIENT_OPERATING_SYSTEM : DHCP_CLIENT_UNKNOWN;
    if (g_str_has_prefix(vendor_class, "PXEClient"))
        return DHCP_CLIENT_PXE;
    return g_str_has_prefix(vendor_class, "HTTPClient") ? DHCP_CLIENT_HTTP : DHCP_CLIENT_OPERATING_SYSTEM;
}

uint64_t
dhcp_client_identity(const dhcp_fact *fact)
{
    const dhcp_firmware *firmware = &fact->firmware;
    uint64_t identity = firmware->has_architecture ? firmware->architecture + UINT64_C(1) : 0;

    if (firmware->vendor_class)
        identity = net_mix_bytes(identity, firmware->vendor_class, strlen(firmware->vendor_class));
    if (firmware->user_class.data)
        identity = net_mix_bytes(net_mix(identity, 1), firmware->user_class.data, firmware->user_class.length);
    return firmware->is_chained ? net_mix(identity, 2) : identity;
}
