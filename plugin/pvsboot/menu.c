/* menu.c
 * Tools > PVS Boot: from a boot to its packets, and what the findings of a frame mean
 *
 * Wireshark - Network traffic analyzer
 * By Gerald Combs <gerald@wireshark.org>
 * Copyright 1998 Gerald Combs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

/*
 * All of this runs when somebody presses an entry, in the thread that also dissects. An entry can be pressed at any time,
 * also with no capture open, while one is loading, or with several frames selected. Filtering and going to a frame may
 * dissect anew: no boot may be held over them, only numbers.
 */

#include "compat.h"

#include "menu.h"

#include <epan/epan_dissect.h>
#include <epan/frame_data_sequence.h>
#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <wsutil/report_message.h>

#include "boot/boot_tracker.h"
#include "boot/finding_text.h"
#include "boot_filter.h"
#include "finding_prose.h"
#include "open_capture.h"

/* Where the user is. */
typedef struct place {
    uint32_t frame; /* the selected one; 0: none */
    uint32_t boot;  /* its boot's number; 0: none, or several frames are selected */
} place;

static void *
look_where(capture_file *capture, void *found)
{
    place *here = found;

    if (capture->current_frame)
        here->frame = capture->current_frame->num;
    if (capture->edt) /* not while several frames are selected */
        here->boot = boot_filter_boot_of(&capture->edt->pi);
    return found;
}

/* The boots of the open capture, with all that is known by now; NULL where there is none. Says so, too. */
static const GPtrArray *
boots_now(place *here)
{
    boot_tracker *tracker = open_capture_boots();

    *here = (place){ 0, 0 };
    if (!plugin_if_get_capture_file(look_where, here) || !tracker) {
        report_warning("Open a capture first: there are no boots to look at.");
        return NULL;
    }
    boot_tracker_settle(tracker);
    if (boot_tracker_boots(tracker)->len == 0) {
        report_warning("This capture shows no boot.");
        return NULL;
    }
    return boot_tracker_boots(tracker);
}

/* The boot of the selected frame; NULL where there is none. Says so, too. */
static const boot_t *
boot_here(place *here)
{
    const GPtrArray *boots = boots_now(here);

    for (unsigned i = 0; boots && i < boots->len; i++) {
        const boot_t *boot = g_ptr_array_index(boots, i);

        if (boot->life.number == here->boot)
            return boot;
    }
    if (boots)
        report_warning("Select one frame of a boot first: the filter \"pvsboot\" shows them.");
    return NULL;
}

/* ---- Going to a frame ---- */

typedef struct target {
    uint32_t frame;
    bool is_shown;
} target;

static void *
look_whether_shown(capture_file *capture, void *found)
{
    target *to = found;
    const frame_data *frame = frame_data_sequence_find(capture->provider.frames, to->frame);

    to->is_shown = frame && frame->passed_dfilter;
    return found;
}

/* Wireshark cannot go to a frame that the display filter hides, and not every version says so. */
static void
go_to(uint32_t frame)
{
    target to = { frame, false };

    plugin_if_get_capture_file(look_whether_shown, &to);
    if (!to.is_shown)
        plugin_if_apply_filter("", true);
    plugin_if_goto_frame(frame);
}

/* ---- Findings of the capture ---- */

typedef void (*finding_visitor)(const boot_finding *finding, void *data);

static void
visit_log(const finding_log *log, finding_visitor visit, void *data)
{
    for (unsigned i = 0; i < finding_log_count(log); i++) {
        const boot_finding *finding = &g_array_index(log->findings, boot_finding, i);
        if (!boot_refutes(finding))
            visit(finding, data);
    }
}

/* All findings: what was certain at once, and what only later frames tell. */
static void
visit_findings(const GPtrArray *boots, finding_visitor visit, void *data)
{
    visit_log(&((const boot_t *)g_ptr_array_index(boots, 0))->life.context->said, visit, data);
    for (unsigned i = 0; i < boots->len; i++) {
        const boot_life *life = &((const boot_t *)g_ptr_array_index(boots, i))->life;
        visit_log(&life->late, visit, data);
        visit_log(&life->late_discovers, visit, data);
    }
}

typedef struct neighbours {
    uint32_t here;
    uint32_t before, after; /* the nearest frames with a fault; 0: none */
} neighbours;

static void
visit_fault(const boot_finding *finding, void *data)
{
    neighbours *found = data;

    if (finding_kind_of(finding->id)->severity != FINDING_FAULT)
        return;
    if (finding->frame > found->here && (found->after == 0 || finding->frame < found->after))
        found->after = finding->frame;
    if (finding->frame < found->here && finding->frame > found->before)
        found->before = finding->frame;
}

static void
to_fault(bool forward)
{
    place here;
    const GPtrArray *boots = boots_now(&here);
    neighbours found = { 0, 0, 0 };
    uint32_t frame;

    if (!boots)
        return;
    found.here = here.frame;
    visit_findings(boots, visit_fault, &found);
    frame = forward ? found.after : found.before;
    if (frame != 0)
        go_to(frame);
    else if (here.frame == 0)
        report_warning(forward ? "This capture shows no fault." : "Select a frame first.");
    else
        report_warning("There is no fault %s frame %u.", forward ? "after" : "before", here.frame);
}

/* What is to be shown of a frame's findings. */
typedef struct page {
    uint32_t frame;
    GString *text;
    bool told[FINDING_COUNT];
} page;

static void
visit_meaning(const boot_finding *finding, void *data)
{
    static const char *const severities[] = {
        [FINDING_MILESTONE] = "Milestone", [FINDING_SYMPTOM] = "Symptom", [FINDING_FAULT] = "Fault"
    };
    page *shown = data;
    const finding_kind *kind = finding_kind_of(finding->id);
    char *text;

    if (finding->frame != shown->frame || shown->told[finding->id])
        return;
    shown->told[finding->id] = true;
    text = finding_text(finding, true);
    g_string_append_printf(shown->text, "\n%s of boot %u: %s\nFilter: %s\n\n%s.\n\n%s\n", severities[kind->severity],
        finding->boot->life.number, kind->title, kind->filter, text, finding_prose(finding->id));
    g_free(text);
}

static void
show_text(const char *title, const char *text)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    if (ops && ops->new_text_window && ops->set_text)
        ops->set_text(ops->new_text_window(ops->ops_id, title), text);
}

/* ---- The entries ---- */

static void
next_fault(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    to_fault(true);
}

static void
previous_fault(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    to_fault(false);
}

static void
only_this_boot(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    place here;
    const boot_t *boot = boot_here(&here);
    char *filter;

    if (!boot)
        return;
    filter = boot_filter_text(boot->life.number);
    plugin_if_apply_filter(filter, true);
    g_free(filter);
}

static void
all_boots(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    place here;

    if (boots_now(&here))
        plugin_if_apply_filter("pvsboot", true);
}

static void
first_frame(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    place here;
    const boot_t *boot = boot_here(&here);

    if (boot)
        go_to(boot->life.first_frame);
}

static void
handoff_frame(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    place here;
    const boot_t *boot = boot_here(&here);

    if (boot && boot->handoff.frame != 0)
        go_to(boot->handoff.frame);
    else if (boot)
        report_warning("Boot %u shows no hand-off to BNIStack.", boot->life.number);
}

/* The one that begins after the selected frame's boot, or after the frame where it is of none. */
static void
next_boot(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    place here;
    const GPtrArray *boots = boots_now(&here);

    for (unsigned i = 0; boots && i < boots->len; i++) {
        const boot_t *boot = g_ptr_array_index(boots, i);

        if (here.boot != 0 ? boot->life.number > here.boot : boot->life.first_frame > here.frame) {
            go_to(boot->life.first_frame);
            return;
        }
    }
    if (boots)
        report_warning("There is no boot after this one.");
}

static void
what_this_means(ext_menubar_gui_type gui _U_, void *gui_object _U_, void *data _U_)
{
    place here;
    const GPtrArray *boots = boots_now(&here);
    page shown = { 0 };
    char *title;

    if (!boots)
        return;
    shown.frame = here.frame;
    shown.text = g_string_new(NULL);
    visit_findings(boots, visit_meaning, &shown);
    if (shown.text->len == 0) {
        if (here.frame != 0)
            report_warning("Frame %u has no finding. The filter \"pvsboot && _ws.expert\" shows those that have.",
                here.frame);
        else
            report_warning("Select one frame first.");
    } else {
        title = g_strdup_printf("PVS Boot: findings of frame %u", here.frame);
        g_string_append(shown.text, "\nNames in [brackets] are sources: docs/evidence.md lists them.\n");
        show_text(title, shown.text->str + 1);
        g_free(title);
    }
    g_string_free(shown.text, TRUE);
}

void
menu_register(int proto_pvsboot)
{
    ext_menu_t *menu = ext_menubar_register_menu(proto_pvsboot, "PVS &Boot", true);

    ext_menubar_set_parentmenu(menu, "Tools");
    ext_menubar_add_entry(menu, "&Next fault",
        "Go to the next frame with a fault of a boot; clears a display filter that hides it", next_fault, NULL);
    ext_menubar_add_entry(menu, "&Previous fault",
        "Go to the frame with a fault before this one; clears a display filter that hides it", previous_fault, NULL);
    ext_menubar_add_entry(menu, "&What this means",
        "What docs/diagnosis.md says of the selected frame's findings", what_this_means, NULL);
    ext_menubar_add_separator(menu);
    ext_menubar_add_entry(menu, "&Only this boot", "Show the frames of the selected frame's boot alone", only_this_boot,
        NULL);
    ext_menubar_add_entry(menu, "&All boots", "Show the frames of all boots", all_boots, NULL);
    ext_menubar_add_separator(menu);
    ext_menubar_add_entry(menu, "&First frame of this boot", "Go to where the selected frame's boot begins", first_frame,
        NULL);
    ext_menubar_add_entry(menu, "&Hand-off of this boot", "Go to the frame that proves the hand-off to BNIStack",
        handoff_frame, NULL);
    ext_menubar_add_entry(menu, "Ne&xt boot", "Go to the first frame of the boot that begins after this one", next_boot,
        NULL);
}
