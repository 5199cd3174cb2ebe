/* annotate.c
 * Shows a verdict in the packet details, the Info column and the expert information
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "annotate.h"

#include <string.h>

#include <epan/expert.h>
#include <epan/tfs.h>

#include "boot/boot_time.h"
#include "boot/finding_text.h"
#include "open_capture.h"

static int proto;

static int hf_phase = -1;
static int hf_step = -1;
static int hf_boot = -1;
static int hf_certainty = -1;
static int hf_target = -1;
static int hf_target_ip = -1;
static int hf_target_ipv6 = -1;
static int hf_server = -1;
static int hf_time = -1;
static int hf_phase_time = -1;
static int hf_phase_start_in = -1;
static int hf_discover_broadcast = -1;
static int hf_discover_attempt = -1;
static int hf_discover_secs = -1;
static int hf_discover_bucket = -1;
static int hf_discover_answered_in = -1;
static int hf_discover_answer_to = -1;
static int hf_discover_wait = -1;
static int hf_bootstrap_file = -1;
static int hf_bootstrap_version = -1;
static int hf_bootstrap_complete = -1;
static int hf_bootstrap_bytes = -1;
static int hf_bootstrap_blocks = -1;
static int hf_bootstrap_time = -1;
static int hf_logon_exchange = -1;
static int hf_handoff = -1;
static int hf_handoff_evidence = -1;
static int hf_handoff_arp = -1;
static int hf_handoff_dhcp = -1;
static int hf_handoff_port = -1;
static int hf_handoff_jumbo = -1;
static int hf_handoff_overlap = -1;
static int hf_handoff_with_gap = -1;
static int hf_handoff_gap = -1;

static gint ett_pvsboot = -1;
static gint ett_handoff = -1;

#define UNREGISTERED(id, ...) [id] = EI_INIT,
static expert_field ei_findings[] = { FINDINGS(UNREGISTERED) };
#undef UNREGISTERED
static expert_field ei_boots_forgotten = EI_INIT;

/* Of our own: on Windows the address of another DLL's data is no constant. */
static const true_false_string yes_or_no = { "Yes", "No" };
static const true_false_string set_or_not = { "Set", "Not set" };

#define NAME_OF(id, number, name) { number, name },
static const value_string phase_names[] = { BOOT_PHASES(NAME_OF) { 0, NULL } };
static const value_string step_names[] = { BOOT_STEPS(NAME_OF) { 0, NULL } };
static const value_string certainty_names[] = { BOOT_CERTAINTIES(NAME_OF) { 0, NULL } };
#undef NAME_OF

#define STEP_NAME(id, number, name) case id: return name;

static const char *
step_name(boot_step step)
{
    switch (step) {
    BOOT_STEPS(STEP_NAME)
    case STEP_NONE:
        break;
    }
    return "";
}
#undef STEP_NAME

#define PHASE_WORDS(id, number, name) [id] = " (phase " #number ", " name ")",
static const char *const phase_words[] = { [PHASE_NONE] = "", BOOT_PHASES(PHASE_WORDS) };
#undef PHASE_WORDS

/* The vendor's four pairs of a logon (docs/evidence.md, CTX235809). */
static const value_string exchange_names[] = {
    { 1, "IP address and port" }, { 2, "server" }, { 3, "I/O port" }, { 4, "vDisk" }, { 0, NULL }
};

static int *const handoff_bits[] = {
    &hf_handoff_arp,
    &hf_handoff_dhcp,
    &hf_handoff_port,
    &hf_handoff_jumbo,
    &hf_handoff_overlap,
    &hf_handoff_with_gap,
    NULL
};

static void
add_duration(proto_tree *tree, int hf, tvbuff_t *tvb, int64_t nanoseconds)
{
    nstime_t shown = NSTIME_INIT_SECS_NSECS(nanoseconds / SECOND, (int)(nanoseconds % SECOND));

    proto_item_set_generated(proto_tree_add_time(tree, hf, tvb, 0, 0, &shown));
}

static void
add_number(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t number)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

static void
add_text(proto_tree *tree, int hf, tvbuff_t *tvb, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, 0, 0, text));
}

static void
add_address(proto_tree *tree, int hf_ipv4, int hf_ipv6, tvbuff_t *tvb, const net_address *ip)
{
    ws_in4_addr ipv4;

    if (ip->family == 4 && hf_ipv4 >= 0) {
        memcpy(&ipv4, ip->octets, sizeof ipv4);
        proto_item_set_generated(proto_tree_add_ipv4(tree, hf_ipv4, tvb, 0, 0, ipv4));
    } else if (ip->family == 6 && hf_ipv6 >= 0) {
        proto_item_set_generated(proto_tree_add_ipv6(tree, hf_ipv6, tvb, 0, 0, (const ws_in6_addr *)net_address_octets(ip)));
    }
}

static void
add_mac(proto_tree *tree, int hf, tvbuff_t *tvb, mac_address mac)
{
    uint8_t octets[6];

    for (int i = 0; i < 6; i++)
        octets[i] = (uint8_t)(mac >> (8 * (5 - i)));
    proto_item_set_generated(proto_tree_add_ether(tree, hf, tvb, 0, 0, octets));
}

static void
add_bootstrap(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const boot_verdict *verdict)
{
    const bootstrap_transfer *transfer = verdict->transfer;

    add_text(tree, hf_bootstrap_file, tvb, transfer->file);
    if (verdict->step != STEP_BOOTSTRAP_COMPLETED && verdict->step != STEP_BOOTSTRAP_CONFIRMED)
        return;
    if (transfer->version)
        add_text(tree, hf_bootstrap_version, tvb, transfer->version);
    add_number(tree, hf_bootstrap_bytes, tvb, transfer->bytes);
    add_number(tree, hf_bootstrap_blocks, tvb, transfer->blocks);
    if (transfer->complete_frame == pinfo->num) {
        proto_item_set_generated(proto_tree_add_boolean(tree, hf_bootstrap_complete, tvb, 0, 0, 1));
        add_duration(tree, hf_bootstrap_time, tvb, transfer->complete_time - transfer->request_time);
    }
}

static void
add_handoff(tvbuff_t *tvb, proto_tree *tree, const boot_verdict *verdict)
{
    const handoff_chapter *handoff = &verdict->boot->handoff;
    uint64_t evidence = handoff_evidence_known(handoff, !verdict->first_visit);

    proto_item_set_generated(proto_tree_add_boolean(tree, hf_handoff, tvb, 0, 0, 1));
    proto_item_set_generated(proto_tree_add_bitmask_value(tree, tvb, 0, hf_handoff_evidence, ett_handoff,
        handoff_bits, evidence));
    add_duration(tree, hf_handoff_gap, tvb, handoff->gap);
}

static void
add_discover(tvbuff_t *tvb, proto_tree *tree, const boot_verdict *verdict)
{
    const discover *one = verdict->discover;

    proto_item_set_generated(proto_tree_add_boolean(tree, hf_discover_broadcast, tvb, 0, 0, one->broadcast));
    add_number(tree, hf_discover_attempt, tvb, one->attempt);
    add_number(tree, hf_discover_secs, tvb, one->secs);
    add_number(tree, hf_discover_bucket, tvb, one->bucket);
    if (one->answered_in != 0)
        add_number(tree, hf_discover_answered_in, tvb, one->answered_in);
}

/* An OFFER that answers a run of DISCOVERs. */
static void
add_offer(tvbuff_t *tvb, proto_tree *tree, const boot_verdict *verdict)
{
    add_number(tree, hf_discover_answer_to, tvb, verdict->answers);
    if (verdict->wait != 0)
        add_duration(tree, hf_discover_wait, tvb, verdict->wait);
}

static void
add_logon(tvbuff_t *tvb, proto_tree *tree, const boot_verdict *verdict)
{
    const char *name = verdict->logon_in_turn ? try_val_to_str(verdict->logon_exchange, exchange_names) : NULL;
    proto_item *item = proto_tree_add_uint(tree, hf_logon_exchange, tvb, 0, 0, verdict->logon_exchange);

    if (name)
        proto_item_append_text(item, " (probably: %s)", name);
    proto_item_set_generated(item);
}

static void
add_findings(packet_info *pinfo, proto_item *item, const boot_verdict *verdict)
{
    for (unsigned list = 0; list < FINDING_LISTS; list++) {
        for (unsigned i = 0; i < verdict->finding_count[list]; i++) {
            const boot_finding *finding = &verdict->findings[list][i];
            char *text;

            if (!boot_verdict_shows(verdict, list, i))
                continue;
            text = finding_text(finding, !verdict->first_visit);
            expert_add_info_format(pinfo, item, &ei_findings[finding->id], "%s", text);
            g_free(text);
        }
    }
}

static boot_certainty
certainty_shown(const packet_info *pinfo, const boot_verdict *verdict)
{
    const boot_life *life = &verdict->boot->life;

    return verdict->first_visit ? boot_life_certainty_at(life, pinfo->num) : boot_life_certainty(life);
}

/* Sets the text of the protocol's item, at once: proto_tree_add_protocol_format would format it twice, for every frame. */
static void
set_title(proto_item *item, const boot_verdict *verdict, boot_certainty certainty)
{
    proto_item_set_text(item, "%s %u%s%s%s", certainty == CERTAINTY_PVS ? "PVS boot"
        : certainty == CERTAINTY_PXE ? "PXE boot" : "Possible boot", verdict->boot->life.number,
        verdict->step != STEP_NONE ? ": " : "", step_name(verdict->step), phase_words[verdict->phase]);
}

void
annotate_tree(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, const boot_verdict *verdict)
{
    const boot_t *boot = verdict->boot;
    net_address target = boot_life_address_at(&boot->life, pinfo->num);
    boot_certainty certainty = certainty_shown(pinfo, verdict);
    proto_item *item = proto_tree_add_item(tree, proto, tvb, 0, 0, ENC_NA);
    proto_tree *boot_tree = proto_item_add_subtree(item, ett_pvsboot);

    set_title(item, verdict, certainty);
    proto_item_set_generated(item);
    if (verdict->phase != PHASE_NONE)
        add_number(boot_tree, hf_phase, tvb, verdict->phase);
    if (verdict->step != STEP_NONE)
        add_number(boot_tree, hf_step, tvb, verdict->step);
    add_number(boot_tree, hf_boot, tvb, boot->life.number);
    add_number(boot_tree, hf_certainty, tvb, certainty);
    if (boot_life_target_at(&boot->life, pinfo->num))
        add_mac(boot_tree, hf_target, tvb, boot_life_target_at(&boot->life, pinfo->num));
    add_address(boot_tree, hf_target_ip, hf_target_ipv6, tvb, &target);
    add_address(boot_tree, hf_server, -1, tvb, &verdict->server);
    add_duration(boot_tree, hf_time, tvb, MAX(verdict->time - boot->life.times.first, 0));
    if (verdict->phase != PHASE_NONE) {
        add_duration(boot_tree, hf_phase_time, tvb, MAX(verdict->time - verdict->phase_start_time, 0));
        add_number(boot_tree, hf_phase_start_in, tvb, verdict->phase_start_frame);
    }
    if (verdict->transfer)
        add_bootstrap(tvb, pinfo, boot_tree, verdict);
    if (verdict->step == STEP_HANDOFF && boot->handoff.frame == pinfo->num)
        add_handoff(tvb, boot_tree, verdict);
    if (verdict->discover)
        add_discover(tvb, boot_tree, verdict);
    if (verdict->answers != 0)
        add_offer(tvb, boot_tree, verdict);
    if (verdict->logon_exchange != 0)
        add_logon(tvb, boot_tree, verdict);
    add_findings(pinfo, item, verdict);
}

void
annotate_forgotten(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, unsigned count)
{
    proto_item *item;

    if (count == 0)
        return;
    item = proto_tree_add_protocol_format(tree, proto, tvb, 0, 0, "PVS boots: %u forgotten", count);
    proto_item_set_generated(item);
    expert_add_info_format(pinfo, item, &ei_boots_forgotten,
        "Too many boots: the %u that were silent longest are forgotten. A second pass and the statistics are without "
        "them (preference pvsboot.max_boots: %u)", count, pref_max_boots);
}

void
annotate_info_column(packet_info *pinfo, const boot_verdict *verdict)
{
    boot_certainty certainty;

    if (!col_get_writable(pinfo->cinfo, COL_INFO))
        return;
    certainty = certainty_shown(pinfo, verdict);
    if (certainty >= CERTAINTY_PXE && verdict->step != STEP_NONE)
        col_append_fstr(pinfo->cinfo, COL_INFO, "  [%s %s]", certainty == CERTAINTY_PVS ? "PVS" : "PXE",
            step_name(verdict->step));
}

void
annotate_register(int proto_pvsboot)
{
    static hf_register_info hf[] = {
        { &hf_phase,
            { "Phase", "pvsboot.phase", FT_UINT8, BASE_DEC, VALS(phase_names), 0x0,
              "Phase of the boot, inferred from the frames of this target up to here", HFILL } },
        { &hf_step,
            { "Step", "pvsboot.step", FT_UINT16, BASE_DEC, VALS(step_names), 0x0,
              "Step of the boot: phase * 100 + n (1.10 is 110), inferred from this frame's protocol and the phase; a filter "
              "takes the number or the text in quotes", HFILL } },
        { &hf_boot,
            { "Boot", "pvsboot.boot", FT_UINT32, BASE_DEC, NULL, 0x0,
              "Number of the boot in this capture, in the order of first frames", HFILL } },
        { &hf_certainty,
            { "Certainty", "pvsboot.certainty", FT_UINT8, BASE_DEC, VALS(certainty_names), 0x0,
              "How sure it is that a PVS target boots here: inferred from DHCP option 60, the bootstrap's name and "
              "PVS datagrams; a second pass shows the final certainty", HFILL } },
        { &hf_target,
            { "Target", "pvsboot.target", FT_ETHER, BASE_NONE, NULL, 0x0,
              "MAC address of the target device, from DHCP or ARP, or else as seen on the wire", HFILL } },
        { &hf_target_ip,
            { "Target address", "pvsboot.target_ip", FT_IPv4, BASE_NONE, NULL, 0x0,
              "IPv4 address of the target device as known at this frame", HFILL } },
        { &hf_target_ipv6,
            { "Target address", "pvsboot.target_ipv6", FT_IPv6, BASE_NONE, NULL, 0x0,
              "IPv6 address of the target device as known at this frame", HFILL } },
        { &hf_server,
            { "Server", "pvsboot.server", FT_IPv4, BASE_NONE, NULL, 0x0,
              "The server that this frame's step speaks with, from its addresses or the DHCP server identifier",
              HFILL } },
        { &hf_time,
            { "Time since the boot began", "pvsboot.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
              "Time since the first frame of this boot", HFILL } },
        { &hf_phase_time,
            { "Time since the phase began", "pvsboot.phase_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
              "Time since the first frame of this phase", HFILL } },
        { &hf_phase_start_in,
            { "Phase began in", "pvsboot.phase_start_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
              "First frame of this phase", HFILL } },
        { &hf_discover_broadcast,
            { "Broadcast flag", "pvsboot.discover.broadcast", FT_BOOLEAN, BASE_NONE, TFS(&set_or_not), 0x0,
              "The DISCOVER's broadcast flag; a clear one is no fault", HFILL } },
        { &hf_discover_attempt,
            { "Attempt", "pvsboot.discover.attempt", FT_UINT32, BASE_DEC, NULL, 0x0,
              "DISCOVERs of this boot since it began or since its last ACK; copies are not counted", HFILL } },
        { &hf_discover_secs,
            { "Seconds elapsed", "pvsboot.discover.secs", FT_UINT16, BASE_DEC, NULL, 0x0,
              "The secs field as sent", HFILL } },
        { &hf_discover_bucket,
            { "Load balancing bucket", "pvsboot.discover.bucket", FT_UINT8, BASE_DEC, NULL, 0x0,
              "RFC 3074 hash of the client (option 61, or else chaddr): decides between failover servers", HFILL } },
        { &hf_discover_answered_in,
            { "Answered in", "pvsboot.discover.answered_in", FT_FRAMENUM, BASE_NONE,
              FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0x0, "The first OFFER of an address for this DISCOVER", HFILL } },
        { &hf_discover_answer_to,
            { "Answer to", "pvsboot.discover.answer_to", FT_FRAMENUM, BASE_NONE,
              FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0x0, "The DISCOVER that this OFFER answers", HFILL } },
        { &hf_discover_wait,
            { "Wait for the first OFFER", "pvsboot.discover.wait", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
              "From the first DISCOVER of the run that this OFFER answers", HFILL } },
        { &hf_bootstrap_file,
            { "Bootstrap file", "pvsboot.bootstrap.file", FT_STRING, BASE_NONE, NULL, 0x0,
              "Name of the bootstrap as requested", HFILL } },
        { &hf_bootstrap_version,
            { "Bootstrap version", "pvsboot.bootstrap.version", FT_STRING, BASE_NONE, NULL, 0x0,
              "Version text found inside the file", HFILL } },
        { &hf_bootstrap_complete,
            { "Bootstrap complete", "pvsboot.bootstrap.complete", FT_BOOLEAN, BASE_NONE, TFS(&yes_or_no), 0x0,
              "The ACK of the last block: the download is complete", HFILL } },
        { &hf_bootstrap_bytes,
            { "Bootstrap size", "pvsboot.bootstrap.bytes", FT_UINT32, BASE_DEC, NULL, 0x0,
              "Bytes received, each block counted once", HFILL } },
        { &hf_bootstrap_blocks,
            { "Bootstrap blocks", "pvsboot.bootstrap.blocks", FT_UINT32, BASE_DEC, NULL, 0x0,
              "Blocks received, each counted once, an empty last one too", HFILL } },
        { &hf_bootstrap_time,
            { "Bootstrap time", "pvsboot.bootstrap.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
              "From the read request to the last ACK", HFILL } },
        { &hf_logon_exchange,
            { "Logon exchange", "pvsboot.logon.exchange", FT_UINT32, BASE_DEC, NULL, 0x0,
              "Number of the request and answer within this logon, inferred from their order; the vendor names four",
              HFILL } },
        { &hf_handoff,
            { "Hand-off to BNIStack (inferred)", "pvsboot.handoff", FT_BOOLEAN, BASE_NONE, TFS(&yes_or_no), 0x0,
              "This frame is the first evidence of the hand-off; inferred, since no public source tells how it looks",
              HFILL } },
        { &hf_handoff_evidence,
            { "Evidence", "pvsboot.handoff.evidence", FT_UINT16, BASE_HEX, NULL, 0x0,
              "What the hand-off is inferred from; a second pass adds what was seen within 5 s", HFILL } },
        { &hf_handoff_arp,
            { "ARP for its own address", "pvsboot.handoff.evidence.arp", FT_BOOLEAN, 16, NULL, HANDOFF_BY_ARP,
              "The target probes for or announces its own address", HFILL } },
        { &hf_handoff_dhcp,
            { "DHCP of the operating system", "pvsboot.handoff.evidence.dhcp", FT_BOOLEAN, 16, NULL, HANDOFF_BY_DHCP,
              "A DHCP REQUEST, INFORM or DISCOVER of the operating system", HFILL } },
        { &hf_handoff_port,
            { "New port of the target", "pvsboot.handoff.evidence.port", FT_BOOLEAN, 16, NULL, HANDOFF_BY_PORT,
              "The target's port changed", HFILL } },
        { &hf_handoff_jumbo,
            { "Larger datagrams", "pvsboot.handoff.evidence.jumbo", FT_BOOLEAN, 16, NULL, HANDOFF_BY_JUMBO,
              "Datagrams larger than single read mode's maximum", HFILL } },
        { &hf_handoff_overlap,
            { "Overlapping reads", "pvsboot.handoff.evidence.overlap", FT_BOOLEAN, 16, NULL, HANDOFF_BY_OVERLAP,
              "Requests before the burst in flight had ended", HFILL } },
        { &hf_handoff_with_gap,
            { "Pause before", "pvsboot.handoff.evidence.gap", FT_BOOLEAN, 16, NULL, HANDOFF_WITH_GAP,
              "Streaming paused 2 s or more before; supports other evidence, and is none alone", HFILL } },
        { &hf_handoff_gap,
            { "Pause before the hand-off", "pvsboot.handoff.gap", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
              "From the last streaming datagram before the hand-off to this frame", HFILL } },
    };
    static gint *ett[] = { &ett_pvsboot, &ett_handoff };
    /* One row for each finding; its words stand in the table of boot/, which is tested without Wireshark. */
#define PI_FOR_FINDING_MILESTONE PI_CHAT
#define PI_FOR_FINDING_SYMPTOM PI_NOTE
#define PI_FOR_FINDING_FAULT PI_WARN
#define PI_FOR_FINDING_OF_SEQUENCE PI_SEQUENCE
#define PI_FOR_FINDING_OF_RESPONSE PI_RESPONSE_CODE
#define PI_FOR_FINDING_OF_PROTOCOL PI_PROTOCOL
#define PI_FOR_FINDING_OF_UNDECODED PI_UNDECODED
#define EXPERT_INFO(id, name, severity, group, needs, refuted_by, title, advice) \
        { &ei_findings[id], { "pvsboot." name, PI_FOR_##group, PI_FOR_##severity, title, EXPFILL } },
    static ei_register_info ei[] = {
        FINDINGS(EXPERT_INFO)
        { &ei_boots_forgotten,
            { "pvsboot.boots_forgotten", PI_UNDECODED, PI_WARN,
              "More boots than the preference max_boots allows to remember", EXPFILL } },
    };
#undef EXPERT_INFO
    expert_module_t *expert;

    proto = proto_pvsboot;
    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    expert = expert_register_protocol(proto);
    expert_register_field_array(expert, ei, array_length(ei));
}
