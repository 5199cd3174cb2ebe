/* packet-pvs.c
 * Routines for Citrix Provisioning (PVS) dissection
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * The wire format of the logon and streaming service is not public. What is known from outside:
 *
 *  - The ports: "Communication Ports Used by Citrix Technologies" (Citrix tech paper). Servers listen on UDP
 *    6910 to 6930, the logon goes to 6910; targets speak from 6901, 6902 or 6905, or from a port that an
 *    administrator chose for them (PVS PowerShell programmer's guide, "Port" of a device).
 *  - The size of read data: 56 bytes, then the data; measured on PVS 7.12 (theorypc.ca, 2016/12/30, 2017/01/05).
 *  - The two-stage boot service on UDP 6969: Tenable NASL 59465, one script. The inter-server messages on UDP
 *    6890 to 6909: five exploit modules of Metasploit and Snort's signatures for PVS 5.6.
 *
 * Everything else in a datagram stays undecoded. docs/evidence.md lists each claim with its source.
 *
 * The heuristic claims a UDP datagram when one port is a server's and the other is a target port, or belongs to a
 * target that this capture has shown to boot; any two ports of a target and a server with which it has spoken so, if the
 * target's port is a target port or the one it spoke from; the request of a two-stage boot by its port, opcode and path,
 * and what answers it; an inter-server message by its port and its type. Its known misses: a target or server with a port
 * of its own whose logon is not in the capture (Decode As helps), and anything else that uses exactly such a pair of
 * ports, which it claims wrongly.
 */

#include "compat.h"

#include "packet-pvs.h"

#include <epan/prefs.h>

#include "pvs_claim.h"
#include "pvs_datagram.h"
#include "pvs_inter_server.h"
#include "pvs_ports.h"
#include "pvs_stream.h"
#include "pvs_two_stage.h"

static int proto_pvs = -1;

static dissector_handle_t pvs_handle;

const boot_verdict *
pvs_verdict_of_frame(packet_info *pinfo)
{
    return pvs_datagram_verdict(pinfo);
}

static ws_bool
dissect_pvs_heur(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool to_server;

    if (pvs_claim(pinfo, &to_server)) {
        if (!PINFO_FD_VISITED(pinfo) && !pinfo->flags.in_error_pkt)
            pvs_claim_bind(pinfo, to_server);
        pvs_stream_dissect(tvb, pinfo, tree, to_server);
        return true;
    }
    return pvs_two_stage_try_request(tvb, pinfo, tree) != 0 || pvs_inter_server_try(tvb, pinfo, tree);
}

/* Called for bound conversations and by Decode As, where the port that was named is the server's. */
static int
dissect_pvs(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    bool to_server;

    if (!pvs_claim_direction_by_ports(pinfo, &to_server) && !pvs_claim_direction_by_boots(pinfo, &to_server)) {
        if (pinfo->match_uint != pinfo->srcport && pinfo->match_uint != pinfo->destport)
            return 0;
        to_server = pinfo->match_uint == pinfo->destport;
    }
    return pvs_stream_dissect(tvb, pinfo, tree, to_server);
}

void
proto_register_pvs(void)
{
    proto_pvs = proto_register_protocol(PVS_NAME, "PVS", "pvs");
    pvs_handle = register_dissector("pvs", dissect_pvs, proto_pvs);
    pvs_claim_register(proto_pvs, pvs_handle);
    pvs_datagram_register(proto_pvs);
    pvs_stream_register(proto_pvs);
    pvs_two_stage_register(proto_pvs);
    pvs_inter_server_register(proto_pvs);
    pvs_tftp_port_register(proto_pvs);
    pvs_ports_register(prefs_register_protocol(proto_pvs, NULL));
}

void
proto_reg_handoff_pvs(void)
{
    pvs_tftp_port_reg_handoff();
    heur_dissector_add("udp", dissect_pvs_heur, "Citrix Provisioning over UDP", "pvs_udp", proto_pvs, HEURISTIC_ENABLE);
    dissector_add_for_decode_as("udp.port", pvs_handle); /* the ports have preferences of their own */
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
