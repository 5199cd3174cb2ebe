/* tap_boots.c
 * The table of boots: -z pvsboot,boots
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "compat.h"

#include "tap_boots.h"

#include <string.h>

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>

#include "boot/boot_time.h"
#include "open_capture.h"
#include "tap_text.h"
#include "tap_view.h"

#define MEGABYTE 1e6

/* In the order in which they are asked for: a window shows the first ones without scrolling. */
typedef enum boots_column {
    COLUMN_BOOT,
    COLUMN_TARGET,
    COLUMN_ADDRESS,
    COLUMN_OUTCOME,
    COLUMN_WORST,
    COLUMN_FRAME,
    COLUMN_START,
    COLUMN_TOTAL,
    COLUMN_PHASE_1,
    COLUMN_PHASE_2,
    COLUMN_PHASE_3,
    COLUMN_PHASE_4,
    COLUMN_HANDOFF_GAP,
    COLUMN_READS,
    COLUMN_MEGABYTES,
    COLUMN_THROUGHPUT,
    COLUMN_RETRIES,
    COLUMN_COUNT
} boots_column;

/*
 * Names are as wide as their columns: tshark prints them as they are, in lines of 200 characters where no text is longer
 * than its column. The first one has room for the arrow that Wireshark puts beside the name of the column it sorts by.
 */
static stat_tap_table_item columns[COLUMN_COUNT] = {
    [COLUMN_BOOT] = { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "  Boot", "%6u" },
    [COLUMN_TARGET] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Target           ", "%-17s" },
    [COLUMN_ADDRESS] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Address        ", "%-15s" },
    [COLUMN_OUTCOME] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome                            ", "%-35s" },
    [COLUMN_WORST] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Worst finding  ", "%-15s" },
    [COLUMN_FRAME] = { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "  Frame", "%7u" },
    [COLUMN_START] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Start s", "%7s" },
    [COLUMN_TOTAL] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Total s", "%7s" },
    [COLUMN_PHASE_1] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Ph 1 s", "%6s" },
    [COLUMN_PHASE_2] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Ph 2 s", "%6s" },
    [COLUMN_PHASE_3] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Ph 3 s", "%6s" },
    [COLUMN_PHASE_4] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Ph 4 s", "%6s" },
    [COLUMN_HANDOFF_GAP] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Gap s", "%5s" },
    [COLUMN_READS] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, " Reads", "%6s" },
    [COLUMN_MEGABYTES] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "    MB", "%6s" },
    [COLUMN_THROUGHPUT] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Read MB/s", "%9s" },
    [COLUMN_RETRIES] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Retries", "%7s" },
};

/*
 * One -z, or one window. Wireshark gives all of one kind the same table. Windows take turns with it; where several -z are
 * drawn one after the other, each shows a table of its own.
 */
typedef struct boots_table {
    stat_tap_table_ui ui;    /* a copy of the registered one, with its own list of tables */
    bool own;                /* the copy is in use */
    stat_tap_table *table;
    tap_view view;
} boots_table;

/* stat_data_t of the listener -> boots_table; owns them. NULL until the first frame. */
static GHashTable *boots_tables;

/*
 * Rows that were taken out of a table. They are filled again, and not freed before the end: a window of Wireshark
 * keeps pointers to the rows that it shows, and opening a second one resets the table.
 */
static GPtrArray *spare_rows;

/* ---- Cells ---- */

static void
set_text(stat_tap_table_item_type *cells, boots_column column, char *text)
{
    g_free((char *)cells[column].value.string_value);
    cells[column].value.string_value = text;
}

/* Padded, so that a GUI that sorts by text sorts by number. */
static void
show_number(stat_tap_table_item_type *cells, boots_column column, int width, double value, int decimals)
{
    set_text(cells, column, value < 0 ? g_strdup("-") : g_strdup_printf("%*.*f", width, decimals, value));
}

static void
show_duration(stat_tap_table_item_type *cells, boots_column column, int width, int64_t nanoseconds)
{
    show_number(cells, column, width, nanoseconds < 0 ? NOT_IN_CAPTURE : (double)nanoseconds / SECOND, 1);
}

static void
show_target(stat_tap_table_item_type *cells, const boot_t *boot)
{
    net_address ip = boot_life_address(&boot->life);

    cells[COLUMN_BOOT].value.uint_value = boot->life.number;
    cells[COLUMN_FRAME].value.uint_value = boot->life.first_frame;
    set_text(cells, COLUMN_TARGET, boot->life.target ? mac_text(boot->life.target) : g_strdup("-"));
    set_text(cells, COLUMN_ADDRESS, net_address_known(&ip) ? tap_address_text(&ip) : g_strdup("-"));
}

static void
show_reads(stat_tap_table_item_type *cells, const boot_summary *summary)
{
    const reads_summary *reads = &summary->reads;
    bool streamed = reads->count >= 0;
    double open = (double)reads->open_time / SECOND;

    show_number(cells, COLUMN_READS, 6, (double)reads->count, 0);
    show_number(cells, COLUMN_MEGABYTES, 6, streamed ? (double)reads->bytes / MEGABYTE : NOT_IN_CAPTURE, 1);
    show_number(cells, COLUMN_THROUGHPUT, 9,
        streamed && open > 0 ? (double)reads->open_bytes / MEGABYTE / open : NOT_IN_CAPTURE, 2);
    show_number(cells, COLUMN_RETRIES, 7, streamed ? (double)summary->found[FINDING_READ_RETRY] : NOT_IN_CAPTURE, 0);
}

static void
show_boot(stat_tap_table_item_type *cells, const boot_summary *summary)
{
    show_target(cells, summary->boot);
    set_text(cells, COLUMN_OUTCOME, boot_outcome_text(summary->boot));
    set_text(cells, COLUMN_WORST,
        g_strdup(summary->worst < 0 ? "-" : finding_kind_of((finding_id)summary->worst)->name));
    show_duration(cells, COLUMN_START, 7, summary->start);
    show_duration(cells, COLUMN_TOTAL, 7, summary->handoff_time);
    for (int phase = PHASE_BOOTSTRAP; phase <= PHASE_BNISTACK; phase++)
        show_duration(cells, COLUMN_PHASE_1 + phase - PHASE_BOOTSTRAP, 6, summary->phase_times[phase]);
    show_duration(cells, COLUMN_HANDOFF_GAP, 5, summary->handoff_gap);
    show_reads(cells, summary);
}

/* ---- Rows ---- */

static void
free_cell(stat_tap_table *table _U_, unsigned row _U_, unsigned column, stat_tap_table_item_type *cell)
{
    if (columns[column].type == TABLE_ITEM_STRING)
        g_free((char *)cell->value.string_value);
}

static void
spare_row(stat_tap_table_item_type *cells)
{
    if (!spare_rows)
        spare_rows = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        free_cell(NULL, 0, i, &cells[i]);
        cells[i].value.string_value = NULL;
    }
    g_ptr_array_add(spare_rows, cells);
}

/* The first row is the first to be filled again: so a window that shows the same boots goes on showing them. */
static void
empty_table(stat_tap_table *table)
{
    while (table->num_elements > 0)
        spare_row(table->elements[--table->num_elements]);
}

/* Where the row of a boot belongs: rows are kept in the order of their boots. */
static unsigned
place_of(stat_tap_table *table, uint32_t number)
{
    unsigned low = 0, high = table->num_elements;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (stat_tap_get_field_data(table, middle, COLUMN_BOOT)->value.uint_value < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
add_row(boots_table *shown, const boot_summary *summary)
{
    stat_tap_table *table = shown->table;
    unsigned row = place_of(table, summary->boot->life.number);
    stat_tap_table_item_type cells[COLUMN_COUNT];
    stat_tap_table_item_type *made;

    memset(cells, 0, sizeof cells);
    for (int i = 0; i < COLUMN_COUNT; i++)
        cells[i].type = columns[i].type;
    stat_tap_init_table_row(table, table->num_elements, COLUMN_COUNT, cells);
    made = table->elements[table->num_elements - 1];
    if (spare_rows && spare_rows->len > 0) {
        g_free(made);
        made = g_ptr_array_steal_index(spare_rows, spare_rows->len - 1);
        memcpy(made, cells, sizeof cells);
    }
    memmove(table->elements + row + 1, table->elements + row,
        (table->num_elements - 1 - row) * sizeof *table->elements);
    table->elements[row] = made;
    show_boot(made, summary);
}

/* ---- Tables ---- */

static const char title[] = "PVS Boots";

static void
add_table(stat_tap_table_ui *ui)
{
    stat_tap_add_table(ui, stat_tap_init_table(title, COLUMN_COUNT, 0, NULL));
}

static void
free_boots_table(gpointer data)
{
    boots_table *shown = data;

    if (shown->own) {
        free_stat_tables(&shown->ui);
        g_array_free(shown->ui.tables, TRUE);
    }
    tap_view_clear(&shown->view);
    g_free(shown);
}

static boots_table *
boots_table_of(stat_data_t *listener)
{
    boots_table *shown;

    if (!boots_tables)
        boots_tables = g_hash_table_new_full(NULL, NULL, NULL, free_boots_table);
    shown = g_hash_table_lookup(boots_tables, listener);
    if (shown)
        return shown;
    shown = g_new0(boots_table, 1);
    tap_view_init(&shown->view);
    /* A window counts itself. */
    shown->own = listener->stat_tap_data->refcount == 0;
    if (shown->own) {
        shown->ui = *listener->stat_tap_data;
        shown->ui.tables = NULL;
        add_table(&shown->ui);
        listener->stat_tap_data = &shown->ui;
    }
    shown->table = g_array_index(listener->stat_tap_data->tables, stat_tap_table *, 0);
    g_hash_table_insert(boots_tables, listener, shown);
    return shown;
}

static void
forget_tables(void)
{
    if (boots_tables)
        g_hash_table_destroy(boots_tables);
    boots_tables = NULL;
}

/* ---- The callbacks of the table ---- */

/* A new listener is about to be registered. Those that have had frames are gone by now, and sharkd has told nobody. */
static void
init_table(stat_tap_table_ui *ui)
{
    stat_tap_table *table = stat_tap_find_table(ui, title);

    forget_tables();
    if (table)
        empty_table(table);
    else
        add_table(ui);
}

static void
refresh_table(gpointer listener _U_, gpointer data, gpointer user_data _U_)
{
    boots_table *shown = data;
    const boot_summary *summary;
    unsigned next = 0;

    empty_table(shown->table);
    while ((summary = tap_view_next(&shown->view, &next)) != NULL)
        add_row(shown, summary);
}

static void
refresh_tables(void)
{
    if (boots_tables)
        g_hash_table_foreach(boots_tables, refresh_table, NULL);
}

static tap_packet_status
add_packet(void *tap_data, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    boots_table *shown = boots_table_of(tap_data);
    const boot_verdict *verdict = data;

    if (tap_view_is_stale(&shown->view))
        empty_table(shown->table);
    if (tap_view_add(&shown->view, verdict))
        add_row(shown, boot_summaries_get(open_capture_summaries(), verdict->boot->life.number));
    return TAP_PACKET_REDRAW;
}

static void
reset_if_shown_in(gpointer listener _U_, gpointer data, gpointer table)
{
    boots_table *shown = data;

    if (shown->table == table)
        tap_view_reset(&shown->view);
}

static void
reset_table(stat_tap_table *table)
{
    empty_table(table);
    if (boots_tables)
        g_hash_table_foreach(boots_tables, reset_if_shown_in, table);
}

static void
clean_up(void)
{
    forget_tables();
    if (spare_rows)
        g_ptr_array_free(spare_rows, TRUE);
    spare_rows = NULL;
}

void
tap_boots_register(void)
{
    static tap_param parameters[] = {
        { PARAM_FILTER, "filter", "Filter", NULL, true }
    };
    static stat_tap_table_ui ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = title,
        .tap_name = "pvsboot",
        .cli_string = "pvsboot,boots",
        .stat_tap_init_cb = init_table,
        .packet_func = add_packet,
        .stat_tap_reset_table_cb = reset_table,
        .stat_tap_free_table_item_cb = free_cell,
        .nfields = COLUMN_COUNT,
        .fields = columns,
        .nparams = array_length(parameters),
        .params = parameters,
    };

    register_stat_tap_table_ui(&ui);
    register_shutdown_routine(clean_up);
    tap_view_before_drawing(refresh_tables);
}
