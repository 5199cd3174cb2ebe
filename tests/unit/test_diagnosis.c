/* test_diagnosis.c
 * The table of findings is a contract; milestones stand on their frame, once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include <string.h>


/* design.md, section 4: the names are filters, and their severity is promised. */
static const struct {
    const char *name;
    finding_severity severity;
} contract[] = {
    { "discover.broadcast_reply", FINDING_MILESTONE }, { "discover.unicast_reply", FINDING_MILESTONE },
    { "bootstrap.downloaded", FINDING_MILESTONE }, { "logon.started", FINDING_MILESTONE },
    { "logon.redirected", FINDING_MILESTONE }, { "stream.started", FINDING_MILESTONE },
    { "handoff.seen", FINDING_MILESTONE },
    { "discover.retry", FINDING_SYMPTOM }, { "discover.secs_zero", FINDING_SYMPTOM },
    { "dhcp.servers_differ", FINDING_SYMPTOM }, { "bootstrap.retransmission", FINDING_SYMPTOM },
    { "bootstrap.stall", FINDING_SYMPTOM }, { "logon.retry", FINDING_SYMPTOM }, { "read.retry", FINDING_SYMPTOM },
    { "read.slow", FINDING_SYMPTOM }, { "read.fragmented", FINDING_SYMPTOM },
    { "discover.unanswered", FINDING_FAULT }, { "discover.flag_decides", FINDING_FAULT },
    { "dhcp.no_bootfile", FINDING_FAULT }, { "dhcp.refused", FINDING_FAULT },
    { "dhcp.address_changed", FINDING_FAULT }, { "arp.unanswered", FINDING_FAULT },
    { "arp.conflict", FINDING_FAULT }, { "bootstrap.unanswered", FINDING_FAULT },
    { "bootstrap.error", FINDING_FAULT }, { "bootstrap.incomplete", FINDING_FAULT },
    { "logon.unanswered", FINDING_FAULT }, { "stream.stalled", FINDING_FAULT },
    { "stream.server_changed", FINDING_FAULT }, { "read.burst_too_long", FINDING_FAULT },
    { "handoff.missing", FINDING_FAULT }
};

static void
every_finding_is_in_the_contract(void **state)
{
    (void)state;
    for (unsigned id = 0; id < FINDING_COUNT; id++) {
        const finding_kind *kind = finding_kind_of((finding_id)id);
        char *filter = g_strconcat("pvsboot.", kind->name, NULL);
        bool found = false;

        for (size_t i = 0; i < G_N_ELEMENTS(contract); i++)
            if (strcmp(contract[i].name, kind->name) == 0) {
                assert_int_equal(kind->severity, contract[i].severity);
                found = true;
            }
        if (!found)
            print_error("%s\n", kind->name);
        assert_true(found);
        assert_string_equal(kind->filter, filter);
        assert_true(*kind->title != '\0');
        g_free(filter);
    }
}

static void
no_two_findings_have_one_name(void **state)
{
    (void)state;
    for (unsigned a = 0; a < FINDING_COUNT; a++)
        for (unsigned b = 0; b < a; b++)
            assert_string_not_equal(finding_kind_of((finding_id)a)->name, finding_kind_of((finding_id)b)->name);
}

static void
discover_tells_which_reply_it_asks_for(void **state)
{
    scene *s = *state;
    boot_event asks = dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);

    see(s, asks);
    assert_non_null(said(s, 1, FINDING_DISCOVER_BROADCAST_REPLY));
    assert_null(said(s, 1, FINDING_DISCOVER_UNICAST_REPLY));
    pass_time(s, 4 * SECOND);
    asks.dhcp.broadcast = false;
    see(s, asks);
    assert_null(said(s, 2, FINDING_DISCOVER_BROADCAST_REPLY));
    assert_non_null(said(s, 2, FINDING_DISCOVER_UNICAST_REPLY));
}

static void
milestones_of_a_boot_are_said_once(void **state)
{
    scene *s = *state;
    uint32_t frame;

    play_dhcp(s, s->target);
    play_download(s, s->target);
    assert_non_null(said(s, frame_now(s), FINDING_BOOTSTRAP_DOWNLOADED));
    play_logon(s, s->target);
    assert_non_null(said(s, frame_now(s) - 1, FINDING_LOGON_STARTED));
    play_logon(s, s->target);
    see(s, stream_to_server(s->target, s->server));
    play_burst(s, s->target, 4096, FULL_PAYLOAD);
    assert_non_null(said(s, frame_now(s) - 2, FINDING_STREAM_STARTED));
    play_read(s, s->target, 4096);
    see(s, arp_announcement(s->target));
    frame = frame_now(s);
    assert_non_null(said(s, frame, FINDING_HANDOFF_SEEN));
    pass_time(s, SECOND);
    see(s, arp_announcement(s->target));
    play_read(s, s->target, 4096);
    assert_int_equal(times_said(s, FINDING_BOOTSTRAP_DOWNLOADED), 1);
    assert_int_equal(times_said(s, FINDING_LOGON_STARTED), 1);
    assert_int_equal(times_said(s, FINDING_STREAM_STARTED), 1);
    assert_int_equal(times_said(s, FINDING_HANDOFF_SEEN), 1);
}

static void
usual_boot_has_no_symptom_and_no_fault(void **state)
{
    scene *s = *state;
    uint32_t frames;

    play_boot_to_bnistack(s, s->target);
    for (int read = 0; read < 50; read++)
        play_read(s, s->target, 32768);
    frames = frame_now(s);
    for (uint32_t frame = 1; frame <= frames; frame++)
        for (unsigned id = 0; id < FINDING_COUNT; id++)
            if (said(s, frame, (finding_id)id))
                assert_int_equal(finding_kind_of((finding_id)id)->severity, FINDING_MILESTONE);
}

static void
every_finding_that_is_said_has_a_text(void **state)
{
    scene *s = *state;

    play_boot_to_bnistack(s, s->target);
    for (unsigned i = 0; i < s->said->len; i++) {
        const boot_finding *finding = &g_array_index(s->said, boot_finding, i);

        for (int whole_capture = 0; whole_capture <= 1; whole_capture++) {
            char *text = finding_text(finding, whole_capture);

            assert_true(g_str_has_prefix(text, finding_kind_of(finding->id)->title));
            g_free(text);
        }
    }
}

#define diagnosis_test(name) cmocka_unit_test_setup_teardown(name, scene_setup, scene_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finding_is_in_the_contract),
        cmocka_unit_test(no_two_findings_have_one_name),
        diagnosis_test(discover_tells_which_reply_it_asks_for),
        diagnosis_test(milestones_of_a_boot_are_said_once),
        diagnosis_test(usual_boot_has_no_symptom_and_no_fault),
        diagnosis_test(every_finding_that_is_said_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
