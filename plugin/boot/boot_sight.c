/* boot_sight.c
 * What the capture can know of a boot: which finding may be said at all
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot_sight.h"

boot_service
finding_service(finding_id id)
{
    static const struct {
        const char *prefix;
        boot_service service;
    } services[] = {
        { "discover.", SERVICE_DHCP },
        { "dhcp.", SERVICE_DHCP },
        { "pxe.", SERVICE_DHCP },
        { "bootstrap.", SERVICE_DOWNLOAD },
        { "logon.", SERVICE_STREAM },
        { "read.", SERVICE_STREAM },
        { "single_read.", SERVICE_STREAM },
        { "stream.", SERVICE_STREAM },
        { "handoff.", SERVICE_STREAM },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(services); i++)
        if (g_str_has_prefix(finding_kind_of(id)->name, services[i].prefix))
            return services[i].service;
    return SERVICE_NONE;
}

bool
boot_sight_allows(const boot_sight *sight, boot_certainty certainty, bool other_frames, finding_id id)
{
    unsigned needs = finding_kind_of(id)->needs;
    boot_service service = finding_service(id);

    if ((needs & NEEDS_BEGINNING) && !sight->begins)
        return false;
    if ((needs & NEEDS_BOTH_HALVES) && service != SERVICE_NONE
            && (sight->services[service].lacks_answers || sight->services[service].lacks_questions))
        return false;
    if ((needs & NEEDS_TARGETS_PLACE) && !(sight->own_frame && other_frames))
        return false;
    /* Ports alone prove no stream: BitTorrent and RTP use these, too. The logon's own rule looks closer. */
    return service != SERVICE_STREAM || !sight->by_ports || certainty == CERTAINTY_PVS || id == FINDING_LOGON_UNANSWERED;
}
