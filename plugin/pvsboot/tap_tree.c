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
 * Wireshark's trees count packets; here a node counts boots, each of them where it has come to by the time of drawing.
 */

#include "compat.h"

#include "tap_tree.h"

#include <epan/packet.h>
#include <epan/stats_tree.h>

#include "open_capture.h"
#include "tap_view.h"

static const char by_phase[] = "Phase reached";
static const char by_outcome[] = "Outcome";
static const char by_finding[] = "Boots with finding";

typedef struct counted_node {
    const char *parent;   /* NULL: none */
    int boots;
} counted_node;

typedef struct tree_state {
    tap_view view;
    GHashTable *nodes;    /* name -> counted_node, those that were made; owns both */
} tree_state;

/* stats_tree -> tree_state: a tree has no room for its user's data. */
static GHashTable *states;

static void
free_state(gpointer data)
{
    tree_state *state = data;

    tap_view_clear(&state->view);
    g_hash_table_destroy(state->nodes);
    g_free(state);
}

static void
show_count(stats_tree *tree, const char *name, const counted_node *node)
{
    int parent = node->parent ? stats_tree_parent_id_by_name(tree, node->parent) : 0;

    set_stat_node(tree, name, parent, node->parent == NULL, node->boots);
}

/* Nodes are made when there is a boot to count. */
static void
count_one(stats_tree *tree, tree_state *state, const char *parent, const char *name)
{
    counted_node *node = g_hash_table_lookup(state->nodes, name);

    if (!node) {
        node = g_new0(counted_node, 1);
        node->parent = parent;
        g_hash_table_insert(state->nodes, g_strdup(name), node);
    }
    node->boots++;
    show_count(tree, name, node);
}

/* No node can be taken away: one whose boots have all gone on by the next drawing shows 0. */
static void
uncount_all(stats_tree *tree, tree_state *state)
{
    GHashTableIter nodes;
    gpointer name, data;

    g_hash_table_iter_init(&nodes, state->nodes);
    while (g_hash_table_iter_next(&nodes, &name, &data)) {
        counted_node *node = data;

        node->boots = 0;
        show_count(tree, name, node);
    }
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
    return "not known";
}

static void
count_findings(stats_tree *tree, tree_state *state, const boot_summary *summary)
{
    if (summary->worst >= 0)
        count_one(tree, state, NULL, by_finding);
    for (int id = 0; id < FINDING_COUNT; id++) {
        const finding_kind *kind = finding_kind_of((finding_id)id);

        if (kind->severity != FINDING_MILESTONE && summary->found[id] > 0)
            count_one(tree, state, by_finding, kind->name);
    }
}

static void
count_boot(stats_tree *tree, tree_state *state, const boot_summary *summary)
{
    char *outcome = boot_outcome_text(summary->boot);

    count_one(tree, state, NULL, by_phase);
    count_one(tree, state, by_phase, phase_name(summary->outcome.phase));
    count_one(tree, state, NULL, by_outcome);
    count_one(tree, state, by_outcome, outcome);
    count_findings(tree, state, summary);
    g_free(outcome);
}

static tap_packet_status
add_packet(stats_tree *tree, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    tree_state *state = g_hash_table_lookup(states, tree);
    const boot_verdict *verdict = data;

    if (tap_view_is_stale(&state->view))
        uncount_all(tree, state);
    if (tap_view_add(&state->view, verdict))
        count_boot(tree, state, boot_summaries_get(open_capture_summaries(), verdict->boot->life.number));
    return TAP_PACKET_REDRAW;
}

static void
refresh_tree(gpointer tree, gpointer data, gpointer user_data _U_)
{
    tree_state *state = data;
    const boot_summary *summary;
    unsigned next = 0;

    uncount_all(tree, state);
    while ((summary = tap_view_next(&state->view, &next)) != NULL)
        count_boot(tree, state, summary);
}

static void
refresh_trees(void)
{
    if (states)
        g_hash_table_foreach(states, refresh_tree, NULL);
}

/* Also called to begin anew. */
static void
init_tree(stats_tree *tree)
{
    tree_state *state = g_new0(tree_state, 1);

    tap_view_init(&state->view);
    state->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!states)
        states = g_hash_table_new_full(NULL, NULL, NULL, free_state);
    g_hash_table_insert(states, tree, state);
}

/* Wireshark 4.6 comes here after it has shut us down. */
static void
clean_up(stats_tree *tree)
{
    if (states)
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
    tap_view_before_drawing(refresh_trees);
}
