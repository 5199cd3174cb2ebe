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
#include <epan/to_str.h>

#include "boot/boot_time.h"
#include "boot/boot_tracker.h"
#include "boot/outcome.h"

typedef enum boots_column {
    COLUMN_BOOT,
    COLUMN_TARGET,
    COLUMN_ADDRESS,
    COLUMN_CERTAINTY,
    COLUMN_PHASE_1,
    COLUMN_PHASE_2,
    COLUMN_PHASE_3,
    COLUMN_PHASE_4,
    COLUMN_OUTCOME,
    COLUMN_COUNT
} boots_column;

/* Names are as wide as their columns: tshark prints them as they are. */
static stat_tap_table_item columns[COLUMN_COUNT] = {
    [COLUMN_BOOT] = { TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Boot", "%4u" },
    [COLUMN_TARGET] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Target           ", "%-17s" },
    [COLUMN_ADDRESS] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Address        ", "%-15s" },
    [COLUMN_CERTAINTY] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Certainty", "%-9s" },
    [COLUMN_PHASE_1] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 1 s", "%9s" },
    [COLUMN_PHASE_2] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 2 s", "%9s" },
    [COLUMN_PHASE_3] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 3 s", "%9s" },
    [COLUMN_PHASE_4] = { TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, "Phase 4 s", "%9s" },
    [COLUMN_OUTCOME] = { TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Outcome", "%s" },
};

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

static char *
target_text(mac_address target)
{
    if (target == 0)
        return g_strdup("");
    return g_strdup_printf("%02x:%02x:%02x:%02x:%02x:%02x", (unsigned)(target >> 40 & 0xff),
        (unsigned)(target >> 32 & 0xff), (unsigned)(target >> 24 & 0xff), (unsigned)(target >> 16 & 0xff),
        (unsigned)(target >> 8 & 0xff), (unsigned)(target & 0xff));
}

static char *
address_text(const net_address *from)
{
    address shown = ADDRESS_INIT_NONE;
    char *text, *copy;

    if (!net_address_known(from))
        return g_strdup("");
    if (from->family == 4)
        set_address(&shown, AT_IPv4, 4, from->octets);
    else
        set_address(&shown, AT_IPv6, 16, from->octets);
    text = address_to_str(NULL, &shown);
    copy = g_strdup(text);
    wmem_free(NULL, text);
    return copy;
}

/* Padded, so that a GUI that sorts by text sorts by time. */
static char *
duration_text(int64_t nanoseconds)
{
    return nanoseconds < 0 ? g_strdup("-") : g_strdup_printf("%9.3f", (double)nanoseconds / SECOND);
}

static void
set_text(stat_tap_table *table, unsigned row, boots_column column, char *text)
{
    stat_tap_table_item_type *cell = stat_tap_get_field_data(table, row, column);

    g_free((char *)cell->value.string_value);
    cell->value.string_value = text;
}

static void
show_boot(stat_tap_table *table, unsigned row, const boot_t *boot)
{
    net_address address = boot_address_now(boot);

    stat_tap_get_field_data(table, row, COLUMN_BOOT)->value.uint_value = boot->number;
    set_text(table, row, COLUMN_TARGET, target_text(boot->target));
    set_text(table, row, COLUMN_ADDRESS, address_text(&address));
    set_text(table, row, COLUMN_CERTAINTY, g_strdup(certainty_name(boot_certainty_final(boot))));
    for (int phase = PHASE_BOOTSTRAP; phase <= PHASE_BNISTACK; phase++)
        set_text(table, row, COLUMN_PHASE_1 + phase - PHASE_BOOTSTRAP,
            duration_text(boot_time_in_phase(boot, (boot_phase)phase)));
    set_text(table, row, COLUMN_OUTCOME, boot_outcome_text(boot));
}

/* ---- The callbacks of the table ---- */

static void
init_table(stat_tap_table_ui *ui)
{
    static const char title[] = "PVS Boots";
    stat_tap_table *table = stat_tap_find_table(ui, title);

    if (table) {
        ui->stat_tap_reset_table_cb(table);
        return;
    }
    stat_tap_add_table(ui, stat_tap_init_table(title, COLUMN_COUNT, 0, NULL));
}

/* The row of a boot, made if there is none: rows are kept in the order of their boots. */
static unsigned
row_of_boot(stat_tap_table *table, uint32_t number, bool *is_new)
{
    stat_tap_table_item_type cells[COLUMN_COUNT];
    stat_tap_table_item_type *made;
    unsigned low = 0, high = table->num_elements;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (stat_tap_get_field_data(table, middle, COLUMN_BOOT)->value.uint_value < number)
            low = middle + 1;
        else
            high = middle;
    }
    *is_new = low == table->num_elements
        || stat_tap_get_field_data(table, low, COLUMN_BOOT)->value.uint_value != number;
    if (!*is_new)
        return low;

    memset(cells, 0, sizeof cells);
    for (int i = 0; i < COLUMN_COUNT; i++)
        cells[i].type = columns[i].type;
    stat_tap_init_table_row(table, table->num_elements, COLUMN_COUNT, cells);
    made = table->elements[table->num_elements - 1];
    memmove(table->elements + low + 1, table->elements + low,
        (table->num_elements - 1 - low) * sizeof *table->elements);
    table->elements[low] = made;
    return low;
}

/* A later pass knows all of a boot with its first frame; the first pass learns with each one. */
static tap_packet_status
add_packet(void *tap_data, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *data, tap_flags_t flags _U_)
{
    stat_data_t *stat_data = tap_data;
    stat_tap_table *table = g_array_index(stat_data->stat_tap_data->tables, stat_tap_table *, 0);
    const boot_verdict *verdict = data;
    bool is_new;
    unsigned row = row_of_boot(table, verdict->boot->number, &is_new);

    if (!is_new && !verdict->first_visit)
        return TAP_PACKET_DONT_REDRAW;
    show_boot(table, row, verdict->boot);
    return TAP_PACKET_REDRAW;
}

static void
free_cell(stat_tap_table *table _U_, unsigned row _U_, unsigned column, stat_tap_table_item_type *cell)
{
    if (columns[column].type == TABLE_ITEM_STRING)
        g_free((char *)cell->value.string_value);
}

static void
reset_table(stat_tap_table *table)
{
    for (unsigned row = 0; row < table->num_elements; row++) {
        for (unsigned i = 0; i < COLUMN_COUNT; i++)
            free_cell(table, row, i, stat_tap_get_field_data(table, row, i));
        g_free(table->elements[row]);
    }
    table->num_elements = 0;
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
}
