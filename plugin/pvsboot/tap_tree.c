/* tap_tree.c
 * Boots by phase reached, outcome and finding: -z pvsboot,tree
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * Wireshark's trees count packets; here a node counts boots. The first pass learns more of a boot with each frame, so
 * that boots move from node to node, and a node may be left with none.
 */

#include "compat.h"

#include "tap_tree.h"

#include <epan/packet.h>
#include <epan/stats_tree.h>

#include "boot/boot_summary.h"

static const char by_phase[] = "Phase reached";
static const char by_outcome[] = "Outcome";
static const char by_finding[] = "Boots with finding";

/* Where a boot is counted. */
typedef struct counted_boot {
    boot_phase phase;
    char *outcome; /* in words; owned */
    boot_outcome outcome_value;
    bool findings[FINDING_COUNT];
    bool has_findings;
} counted_boot;

typedef struct tree_state {
    boot_summaries summaries;
    GHashTable *boots;    /* boot number -> counted_boot; owns them */
    unsigned boot_count, with_findings;
    GHashTable *counts;   /* node name -> how many boots (GINT_TO_POINTER) */
} tree_state;

/* stats_tree -> tree_state: a tree has no room for its user's data. */
static GHashTable *states;

static void
free_counted_boot(gpointer data)
{
    counted_boot *counted = data;

    g_free(counted->outcome);
    g_free(counted);
}

static void
free_state(gpointer data)
{
    tree_state *state = data;

    boot_summaries_clear(&state->summaries);
    g_hash_table_destroy(state->boots);
    g_hash_table_destroy(state->counts);
    g_free(state);
}

static void
change_count(stats_tree *tree, tree_state *state, const char *parent, const char *name, int change)
{
    int count = GPOINTER_TO_INT(g_hash_table_lookup(state->counts, name)) + change;

    g_hash_table_insert(state->counts, g_strdup(name), GINT_TO_POINTER(count));
    set_stat_node(tree, name, stats_tree_parent_id_by_name(tree, parent), false, count);
}

static const char *
phase_name(boot_phase phase)
{
    switch (phase) {
#define CASE(id, number, name) case id: return #number " " name;
    BOOT_PHASES(CASE)
#undef CASE
    case PHASE_NONE:
        break;
    }
    return "";
}

static void
count_phase(stats_tree *tree, tree_state *state, counted_boot *counted, boot_phase phase)
{
    if (counted->phase == phase)
        return;
    if (counted->phase != PHASE_NONE)
        change_count(tree, state, by_phase, phase_name(counted->phase), -1);
    counted->phase = phase;
    change_count(tree, state, by_phase, phase_name(phase), 1);
}

static void
count_outcome(stats_tree *tree, tree_state *state, counted_boot *counted, const boot_summary *summary)
{
    const boot_outcome *now = &summary->outcome, *before = &counted->outcome_value;

    if (counted->outcome && now->kind == before->kind && now->phase == before->phase && now->finding == before->finding)
        return;
    if (counted->outcome)
        change_count(tree, state, by_outcome, counted->outcome, -1);
    g_free(counted->outcome);
    counted->outcome = boot_outcome_text(summary->boot);
    counted->outcome_value = *now;
    change_count(tree, state, by_outcome, counted->outcome, 1);
}

static void
count_findings(stats_tree *tree, tree_state *state, counted_boot *counted, const boot_summary *summary)
{
    for (int id = 0; id < FINDING_COUNT; id++) {
        const finding_kind *kind = finding_kind_of((finding_id)id);

        if (kind->severity == FINDING_MILESTONE || counted->findings[id] || summary->findings[id] == 0)
            continue;
        counted->findings[id] = true;
        change_count(tree, state, by_finding, kind->name, 1);
    }
}

static counted_boot *
counted_boot_of(tree_state *state, uint32_t number)
{
    return g_hash_table_lookup(state->boots, GUINT_TO_POINTER(number));
}

static void
show_totals(stats_tree *tree, tree_state *state)
{
    set_stat_node(tree, by_phase, 0, true, (int)state->boot_count);
    set_stat_node(tree, by_outcome, 0, true, (int)state->boot_count);
    set_stat_node(tree, by_finding, 0, true, (int)state->with_findings);
}

/* Boots that the tracker has forgotten are counted no more. */
static void
uncount_forgotten(stats_tree *tree, tree_state *state)
{
    GHashTableIter boots;
    gpointer number, data;

    g_hash_table_iter_init(&boots, state->boots);
    while (g_hash_table_iter_next(&boots, &number, &data)) {
        const counted_boot *counted = data;

        if (boot_summaries_get(&state->summaries, GPOINTER_TO_UINT(number)))
            continue;
        change_count(tree, state, by_phase, phase_name(counted->phase), -1);
        change_count(tree, state, by_outcome, counted->outcome, -1);
        for (int id = 0; id < FINDING_COUNT; id++)
            if (counted->findings[id])
                change_count(tree, state, by_finding, finding_kind_of((finding_id)id)->name, -1);
        state->boot_count--;
        state->with_findings -= counted->has_findings;
        g_hash_table_iter_remove(&boots);
    }
    show_totals(tree, state);
}

static counted_boot *
count_new_boot(stats_tree *tree, tree_state *state, uint32_t number)
{
    counted_boot *counted = g_new0(counted_boot, 1);

    g_hash_table_insert(state->boots, GUINT_TO_POINTER(number), counted);
    state->boot_count++;
    show_totals(tree, state);
    return counted;
}

static void
count_boot(stats_tree *tree, tree_state *state, counted_boot *counted, const boot_summary *summary)
{
    count_phase(tree, state, counted, summary->outcome.phase);
    count_outcome(tree, state, counted, summary);
    if (summary->worst >= 0 && !counted->has_findings) {
        counted->has_findings = true;
        state->with_findings++;
        show_totals(tree, state);
    }
    count_findings(tree, state, counted, summary);
}

static tap_packet_status
add_packet(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    tree_state *state = g_hash_table_lookup(states, tree);
    const boot_verdict *verdict = data;
    uint32_t forgotten = state->summaries.forgotten;
    const boot_summary *summary = boot_summaries_add(&state->summaries, verdict);
    counted_boot *counted = counted_boot_of(state, verdict->boot->life.number);

    if (state->summaries.forgotten != forgotten)
        uncount_forgotten(tree, state);
    if (!counted)
        counted = count_new_boot(tree, state, verdict->boot->life.number);
    count_boot(tree, state, counted, summary);
    /* A finding may be about the boot before; one that the tap's filter leaves out is not counted. */
    for (int later = 0; later < 2; later++) {
        for (unsigned i = 0; i < verdict->finding_count[later]; i++) {
            uint32_t about = verdict->findings[later][i].boot->life.number;

            counted = about == verdict->boot->life.number ? NULL : counted_boot_of(state, about);
            if (counted)
                count_boot(tree, state, counted, boot_summaries_get(&state->summaries, about));
        }
    }
    return TAP_PACKET_REDRAW;
}

/* Also called to begin anew. */
static void
init_tree(stats_tree *tree)
{
    tree_state *state = g_new0(tree_state, 1);

    boot_summaries_init(&state->summaries);
    state->boots = g_hash_table_new_full(NULL, NULL, NULL, free_counted_boot);
    state->counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (!states)
        states = g_hash_table_new_full(NULL, NULL, NULL, free_state);
    g_hash_table_insert(states, tree, state);
    stats_tree_create_node(tree, by_phase, 0, STAT_DT_INT, true);
    stats_tree_create_node(tree, by_outcome, 0, STAT_DT_INT, true);
    stats_tree_create_node(tree, by_finding, 0, STAT_DT_INT, true);
}

static void
clean_up(stats_tree *tree)
{
    g_hash_table_remove(states, tree);
}

static void
free_states(void)
{
    if (states)
        g_hash_table_destroy(states);
    states = NULL;
}

void
tap_tree_register(void)
{
    stats_tree_register_plugin("pvsboot", "pvsboot", "PVS Boot Summary", 0, add_packet, init_tree, clean_up);
    register_shutdown_routine(free_states);
}
