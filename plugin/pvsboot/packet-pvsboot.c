/* packet-pvsboot.c
 * Routines for the analysis of Citrix Provisioning (PVS) boots
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * A post-dissector: it has no bytes of its own. It tells what a frame means for the boot of a PVS target:
 * which boot, which phase, which step, what went wrong. Facts are gathered on a frame's first visit only; every visit
 * shows what is kept, and is tapped. It wants no field: Wireshark would make a tree of every frame for it.
 */

#include "compat.h"

#include "packet-pvsboot.h"

#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/tap.h>

#include "annotate.h"
#include "boot_filter.h"
#include "frame_reader.h"
#include "menu.h"
#include "open_capture.h"
#include "tap_boots.h"
#include "tap_json.h"
#include "tap_srt.h"
#include "tap_tree.h"
#include "pvs/packet-pvs.h"

static int proto_pvsboot = -1;
static dissector_handle_t pvsboot_handle;
static dissector_handle_t tftp_handle;
static int pvsboot_tap = -1;

static ws_bool pref_info_column = true;

/*
 * The verdict on a DHCP, ARP, TFTP or ICMP frame; lives as long as the packet. NULL where there is none. any_frame: the
 * tracker is to be told of frames of no other kind, too.
 */
static const boot_verdict *
judge_frame(packet_info *pinfo, unsigned layers, bool any_frame)
{
    boot_verdict verdict;
    boot_event event = { 0 };

    if (PINFO_FD_VISITED(pinfo)) {
        if (!frame_reader_identify(pinfo, layers, &event)
                || !boot_tracker_recall(open_capture_boots(), &event, &verdict))
            return NULL;
    } else if (frame_reader_read(pinfo, layers, &event)) {
        if (!boot_tracker_add(open_capture_boots(), &event, &verdict))
            return NULL;
        if (verdict.step == STEP_BOOTSTRAP_REQUEST)
            pvs_expect_logon_from_tftp_port(pinfo);
        else if (event.kind == BOOT_EVENT_BOOTSTRAP)
            pvs_keep_transfer(pinfo, tftp_handle);
    } else {
        if (any_frame && !(layers & LAYER_PVS)) {
            frame_reader_read_other(pinfo, &event);
            boot_tracker_add(open_capture_boots(), &event, &verdict);
        }
        return NULL;
    }
    return wmem_memdup(pinfo->pool, &verdict, sizeof verdict);
}

static int
dissect_pvsboot(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    const boot_verdict *verdict = NULL;
    unsigned layers = frame_reader_layers(pinfo);
    bool any_frame = !PINFO_FD_VISITED(pinfo)
        && boot_tracker_see_frame(open_capture_boots(), pinfo->num, open_capture_time(pinfo));

    /* Frames that are none of our business cost no more than this. No boot begins with ARP or an ICMP error. */
    if (!any_frame && (layers == 0 || (!PINFO_FD_VISITED(pinfo) && (layers & ~(LAYER_ARP | LAYER_ICMP)) == 0)))
        return 0;
    if (layers & LAYER_PVS)
        verdict = pvs_verdict_of_frame(pinfo);
    if (!verdict)
        verdict = judge_frame(pinfo, layers, any_frame);
    annotate_forgotten(tvb, pinfo, tree, boot_tracker_forgotten_at(open_capture_boots(), pinfo->num));
    if (!verdict)
        return 0;
    /* Nobody looks at most trees; what was found must be said all the same. */
    if (proto_field_is_referenced(tree, proto_pvsboot) || boot_verdict_has_findings(verdict))
        annotate_tree(tvb, pinfo, tree, verdict);
    if (pref_info_column)
        annotate_info_column(pinfo, verdict);
    if (tree) /* the menus ask it of the selected frame, which has one */
        boot_filter_keep(pinfo, verdict);
    tap_queue_packet(pvsboot_tap, pinfo, verdict);
    return 0;
}

void
proto_register_pvsboot(void)
{
    module_t *module;

    proto_pvsboot = proto_register_protocol("Citrix Provisioning Boot", "PVS Boot", "pvsboot");
    annotate_register(proto_pvsboot);
    pvsboot_handle = register_dissector("pvsboot", dissect_pvsboot, proto_pvsboot);
    pvsboot_tap = register_tap("pvsboot");
    register_postdissector(pvsboot_handle);
    open_capture_register();

    module = prefs_register_protocol(proto_pvsboot, NULL);
    prefs_register_uint_preference(module, "boot_gap", "Boot gap (seconds)",
        "Silence after which a DHCP client of no known kind, or one that has not logged on, starts a new boot",
        10, &pref_boot_gap);
    prefs_register_uint_preference(module, "max_boots", "Boots remembered",
        "So many boots of a capture are remembered; where one more begins, the eighth of them that was silent longest is "
        "forgotten. It bounds the memory that a capture with very many targets, or forged ones, can cost",
        10, &pref_max_boots);
    prefs_register_bool_preference(module, "info_column", "Show the step in the Info column",
        "Appends text such as [PVS 1.1 DHCP Discover] to the Info column of the frames of PVS boots, and [PXE ...] where "
        "only a PXE boot is certain",
        &pref_info_column);
}

void
proto_reg_handoff_pvsboot(void)
{
    tftp_handle = find_dissector("tftp");
    frame_reader_init();
    tap_boots_register();
    tap_json_register();
    tap_tree_register();
    tap_srt_register();
    boot_filter_register(proto_pvsboot);
    menu_register(proto_pvsboot);
}

/*
 * Editor modelines  -  https://www.wireshark.org/tools/modelines.html
 *
 * Local variables:
 * c-basic-offset: 4
 * tab-width: 8
 * indent-tabs-mode: nil
 * End:
 *
 * vi: set shiftwidth=4 tabstop=8 expandtab:
 * :indentSize=4:tabSize=8:noTabs=true:
 */
