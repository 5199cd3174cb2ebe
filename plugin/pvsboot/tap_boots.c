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

#include "boot/boot_summary.h"
#include "boot/boot_time.h"
#include "tap_text.h"

#define MEGABYTE 1e6

typedef enum boots_column {
    COLUMN_BOOT,
    COLUMN_TARGET,
    COLUMN_ADDRESS,
    COLUMN_OUTCOME,
    COLUMN_CERTAINTY,
    COLUMN_START,
    COLUMN_PHASE_1,
    COLUMN_PHASE_2,
    COLUMN_PHASE_3,
    COLUMN_PHASE_4,
    COLUMN_DISCOVERS,
    COLUMN_BOOTSTRAP,
    COLUMN_BOOTSTRAP_BYTES,
    COLUMN_BOOTSTRAP_TIME,
    COLUMN_LOGON_TIME,
    COLUMN_READS,
    COLUMN_MEGABYTES,
    COLUMN_THROUGHPUT,
    COLUMN_RETRIES,
    COLUMN_HANDOFF_GAP,
    COLUMN_WORST,
    COLUMN_COUNT
} boots_column;

/*
 * Names are as wide as their columns: tshark prints them as they are. The first one has room for the arrow that
 * Wireshark puts beside the name of the column that it sorts by.
 */
static stat_tap_table_item columns[COLUMN_COUNT] = {
    [COLUMN_BOOT] = { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "  Boot", "%6u" },
    [COLUMN_TARGET] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Target           ", "%-17s" },
    [COLUMN_ADDRESS] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Address        ", "%-15s" },
    [COLUMN_OUTCOME] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT,
        "Outcome                                           ", "%-50s" },
    [COLUMN_CERTAINTY] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Certainty", "%-9s" },
    [COLUMN_START] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "  Start s", "%9s" },
    [COLUMN_PHASE_1] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 1 s", "%9s" },
    [COLUMN_PHASE_2] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 2 s", "%9s" },
    [COLUMN_PHASE_3] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 3 s", "%9s" },
    [COLUMN_PHASE_4] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 4 s", "%9s" },
    [COLUMN_DISCOVERS] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "DISCOVERs", "%9s" },
    [COLUMN_BOOTSTRAP] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Bootstrap   ", "%-12s" },
    [COLUMN_BOOTSTRAP_BYTES] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Bootstrap B", "%11s" },
    [COLUMN_BOOTSTRAP_TIME] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Bootstrap s", "%11s" },
    [COLUMN_LOGON_TIME] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "  Logon s", "%9s" },
    [COLUMN_READS] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "    Reads", "%9s" },
    [COLUMN_MEGABYTES] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "       MB", "%9s" },
    [COLUMN_THROUGHPUT] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "     MB/s", "%9s" },
    [COLUMN_RETRIES] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "  Retries", "%9s" },
    [COLUMN_HANDOFF_GAP] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Hand-off gap s", "%14s" },
    [COLUMN_WORST] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Worst finding", "%s" },
};

/* One capture is open at a time, and all listeners fill the same table. */
static boot_summaries summaries;

/*
 * Rows that were taken out of the table. They are filled again, and not freed before the end: a window of Wireshark
 * keeps pointers to the rows that it shows, and opening a second one resets the table.
 */
static GPtrArray *spare_rows;

static const char *
certainty_name(boot_certainty certainty)
{
    switch (certainty) {
#define CASE(id, number, name) case id: return name;
    BOOT_CERTAINTIES(CASE)
#undef CASE
    case CERTAINTY_NONE:
        break;
    }
    return "";
}

/*
 * Whether a cell shows another value by now. The first pass comes here with every frame, and most cells stay what
 * they were: only the others are worth a new text.
 */
static bool
cell_changes(stat_tap_table *table, unsigned row, boots_column column, double value)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);
    /* Told by their bits: any value is either the same or not. */
    bool same = cell->value.string_value && memcmp(&cell->user_data.float_value, &value, sizeof value) == 0;

    cell->user_data.float_value = value;
    return !same;
}

static void
set_text(stat_tap_table *table, unsigned row, boots_column column, char *text)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

    g_free((char *)cell->value.string_value);
    cell->value.string_value = text;
}

/* Padded, so that a GUI that sorts by text sorts by number. */
static void
show_number(stat_tap_table *table, unsigned row, boots_column column, double value, int decimals)
{
    if (cell_changes(table, row, column, value))
        set_text(table, row, column, value < 0 ? g_strdup("-") : g_strdup_printf("%9.*f", decimals, value));
}

static void
show_duration(stat_tap_table *table, unsigned row, boots_column column, int64_t nanoseconds)
{
    show_number(table, row, column, nanoseconds < 0 ? NOT_IN_CAPTURE : (double)nanoseconds / SECOND, 3);
}

/* Before a time reference that the user has set it is less than zero. */
static void
show_start(stat_tap_table *table, unsigned row, const boot_summary *summary, int64_t capture_start)
{
    double seconds = (double)(summary->boot->life.times.first - capture_start) / SECOND;

    if (cell_changes(table, row, COLUMN_START, seconds))
        set_text(table, row, COLUMN_START, g_strdup_printf("%9.3f", seconds));
}

static void
show_target(stat_tap_table *table, unsigned row, const boot_summary *summary)
{
    const boot_t *boot = summary->boot;

    if (cell_changes(table, row, COLUMN_TARGET, (double)boot->life.target))
        set_text(table, row, COLUMN_TARGET, boot->life.target ? mac_text(boot->life.target) : g_strdup("-"));
    if (cell_changes(table, row, COLUMN_ADDRESS, boot->life.addresses->len)) {
        net_address ip = boot_life_address(&boot->life);
        set_text(table, row, COLUMN_ADDRESS, net_address_known(&ip) ? tap_address_text(&ip) : g_strdup("-"));
    }
    if (cell_changes(table, row, COLUMN_CERTAINTY, boot_life_certainty(&boot->life)))
        set_text(table, row, COLUMN_CERTAINTY, g_strdup(certainty_name(boot_life_certainty(&boot->life))));
}

static void
show_outcome(stat_tap_table *table, unsigned row, const boot_summary *summary)
{
    const boot_outcome *outcome = &summary->outcome;
    int value = ((int)outcome->finding * (PHASE_BNISTACK + 1) + (int)outcome->phase) * (OUTCOME_CAPTURE_ENDED + 1)
        + (int)outcome->kind;

    if (cell_changes(table, row, COLUMN_OUTCOME, value))
        set_text(table, row, COLUMN_OUTCOME, boot_outcome_text(summary->boot));
    if (cell_changes(table, row, COLUMN_WORST, summary->worst))
        set_text(table, row, COLUMN_WORST,
            g_strdup(summary->worst < 0 ? "-" : finding_kind_of((finding_id)summary->worst)->name));
}

static void
show_bootstrap(stat_tap_table *table, unsigned row, const boot_summary *summary)
{
    const bootstrap_transfer *download = summary->download;

    if (cell_changes(table, row, COLUMN_BOOTSTRAP, download ? download->first_frame : 0))
        set_text(table, row, COLUMN_BOOTSTRAP, tap_packet_text(download ? download->file : "-"));
    show_number(table, row, COLUMN_BOOTSTRAP_BYTES, download ? (double)download->bytes : NOT_IN_CAPTURE, 0);
    show_duration(table, row, COLUMN_BOOTSTRAP_TIME, summary->download_time);
}

static void
show_stream(stat_tap_table *table, unsigned row, const boot_summary *summary)
{
    bool streamed = summary->reads >= 0;
    double megabytes = streamed ? (double)summary->bytes / MEGABYTE : NOT_IN_CAPTURE;
    double seconds = (double)summary->stream_time / SECOND;

    show_number(table, row, COLUMN_READS, (double)summary->reads, 0);
    show_number(table, row, COLUMN_MEGABYTES, megabytes, 3);
    show_number(table, row, COLUMN_THROUGHPUT, streamed && seconds > 0 ? megabytes / seconds : NOT_IN_CAPTURE, 3);
    show_number(table, row, COLUMN_RETRIES,
        streamed ? (double)summary->findings[FINDING_READ_RETRY] : NOT_IN_CAPTURE, 0);
    show_duration(table, row, COLUMN_HANDOFF_GAP, summary->handoff_gap);
}

static void
show_boot(stat_tap_table *table, unsigned row, const boot_summary *summary, int64_t capture_start)
{
    stat_tap_get_field_data(table, row, COLUMN_BOOT)->value.uint_value = summary->boot->life.number;
    show_target(table, row, summary);
    show_outcome(table, row, summary);
    show_start(table, row, summary, capture_start);
    for (int phase = PHASE_BOOTSTRAP; phase <= PHASE_BNISTACK; phase++)
        show_duration(table, row, COLUMN_PHASE_1 + phase - PHASE_BOOTSTRAP, summary->phase_times[phase]);
    show_number(table, row, COLUMN_DISCOVERS, (double)summary->discovers, 0);
    show_bootstrap(table, row, summary);
    show_duration(table, row, COLUMN_LOGON_TIME, summary->logon_time);
    show_stream(table, row, summary);
}

/* ---- The callbacks of the table ---- */

static void
free_summaries(void)
{
    if (summaries.by_number)
        boot_summaries_clear(&summaries);
}

static void
init_table(stat_tap_table_ui *ui)
{
    static const char title[] = "PVS Boots";
    stat_tap_table *table = stat_tap_find_table(ui, title);

    /* sharkd frees the table without a reset; another capture's boots may then stand where these stood. */
    free_summaries();
    boot_summaries_init(&summaries);
    if (table) {
        ui->stat_tap_reset_table_cb(table);
        return;
    }
    stat_tap_add_table(ui, stat_tap_init_table(title, COLUMN_COUNT, 0, NULL));
}

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

/* Whether a boot has a row. If not, *row is where it belongs: rows are kept in the order of their boots. */
static bool
find_row(stat_tap_table *table, uint32_t number, unsigned *row)
{
    unsigned low = 0, high = table->num_elements;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (stat_tap_get_field_data(table, middle, COLUMN_BOOT)->value.uint_value < number)
            low = middle + 1;
        else
            high = middle;
    }
    *row = low;
    return low < table->num_elements
        && stat_tap_get_field_data(table, low, COLUMN_BOOT)->value.uint_value == number;
}

static void
insert_row(stat_tap_table *table, unsigned row)
{
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
}

/* Boots that the tracker has forgotten have no row. */
static void
remove_forgotten(stat_tap_table *table)
{
    unsigned kept = 0;

    for (unsigned row = 0; row < table->num_elements; row++) {
        uint32_t number = stat_tap_get_field_data(table, row, COLUMN_BOOT)->value.uint_value;

        if (boot_summaries_get(&summaries, number))
            table->elements[kept++] = table->elements[row];
        else
            spare_row(table->elements[row]);
    }
    table->num_elements = kept;
}

/* A finding may be about the boot before: its row is out of date, if it has one. */
static void
show_others(stat_tap_table *table, const boot_verdict *verdict, int64_t capture_start)
{
    for (int later = 0; later < 2; later++) {
        for (unsigned i = 0; i < verdict->finding_count[later]; i++) {
            const boot_t *about = verdict->findings[later][i].boot;
            unsigned row;

            if (about != verdict->boot && find_row(table, about->life.number, &row))
                show_boot(table, row, boot_summaries_get(&summaries, about->life.number), capture_start);
        }
    }
}

/*
 * A later pass knows all of a boot with its first frame, but for what was found on the frames to come; the first pass
 * learns with each one.
 */
static tap_packet_status
add_packet(void *tap_data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    stat_data_t *stat_data = tap_data;
    stat_tap_table *table = g_array_index(stat_data->stat_tap_data->tables, stat_tap_table *, 0);
    const boot_verdict *verdict = data;
    uint32_t forgotten = summaries.forgotten;
    const boot_summary *summary = boot_summaries_add(&summaries, verdict);
    int64_t capture_start = tap_capture_start(pinfo);
    unsigned row;

    if (summaries.forgotten != forgotten)
        remove_forgotten(table);
    if (!find_row(table, verdict->boot->life.number, &row))
        insert_row(table, row);
    else if (!verdict->first_visit && verdict->finding_count[1] == 0)
        return TAP_PACKET_DONT_REDRAW;
    show_boot(table, row, summary, capture_start);
    show_others(table, verdict, capture_start);
    return TAP_PACKET_REDRAW;
}

static void
reset_table(stat_tap_table *table)
{
    /* The first row is the first to be filled again: so a window that shows the same boots goes on showing them. */
    while (table->num_elements > 0)
        spare_row(table->elements[--table->num_elements]);
    boot_summaries_reset(&summaries);
}

static void
clean_up(void)
{
    free_summaries();
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
        .title = "PVS Boots",
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
}
