/* test_diagnosis.c
 * The table of findings is a contract; milestones stand on their frame, once
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include <string.h>


/* docs/fields.md: the names are filters, and their severity is promised. */
static const struct {
    const char *name;
    finding_severity severity;
} contract[] = {
    { "discover.broadcast_reply", FINDING_MILESTONE }, { "discover.unicast_reply", FINDING_MILESTONE },
    { "bootstrap.downloaded", FINDING_MILESTONE }, { "logon.started", FINDING_MILESTONE },
    { "logon.redirected", FINDING_MILESTONE }, { "stream.started", FINDING_MILESTONE },
    { "handoff.seen", FINDING_MILESTONE },
    { "capture.one_way", FINDING_SYMPTOM }, { "discover.retry", FINDING_SYMPTOM },
    { "discover.secs_zero", FINDING_SYMPTOM }, { "discover.answered_late", FINDING_SYMPTOM },
    { "dhcp.servers_differ", FINDING_SYMPTOM }, { "dhcp.boot_files_differ", FINDING_SYMPTOM },
    { "icmp.unreachable", FINDING_SYMPTOM }, { "bootstrap.retransmission", FINDING_SYMPTOM },
    { "bootstrap.stall", FINDING_SYMPTOM }, { "bootstrap.slow", FINDING_SYMPTOM },
    { "bootstrap.passed_over", FINDING_SYMPTOM }, { "bootstrap.version_differs", FINDING_SYMPTOM },
    { "logon.retry", FINDING_SYMPTOM }, { "logon.out_of_sight", FINDING_SYMPTOM }, { "read.retry", FINDING_SYMPTOM },
    { "read.slow", FINDING_SYMPTOM }, { "read.fragmented", FINDING_SYMPTOM }, { "single_read.long", FINDING_SYMPTOM },
    { "stream.server_changed", FINDING_SYMPTOM }, { "handoff.other_card", FINDING_SYMPTOM },
    { "dhcp.refused", FINDING_FAULT }, { "discover.unanswered", FINDING_FAULT },
    { "discover.flag_decides", FINDING_FAULT }, { "dhcp.offer_not_taken", FINDING_FAULT },
    { "dhcp.no_bootfile", FINDING_FAULT }, { "dhcp.request_unanswered", FINDING_FAULT },
    { "arp.conflict", FINDING_FAULT }, { "arp.probed", FINDING_FAULT }, { "arp.unanswered", FINDING_FAULT },
    { "pxe.unanswered", FINDING_FAULT }, { "bootstrap.wrong_firmware", FINDING_FAULT },
    { "bootstrap.not_requested", FINDING_FAULT }, { "bootstrap.other_server", FINDING_FAULT },
    { "bootstrap.not_heard", FINDING_FAULT }, { "bootstrap.error", FINDING_FAULT },
    { "bootstrap.unanswered", FINDING_FAULT }, { "bootstrap.incomplete", FINDING_FAULT },
    { "logon.missing", FINDING_FAULT }, { "logon.unanswered", FINDING_FAULT }, { "logon.refused", FINDING_FAULT },
    { "logon.stopped", FINDING_FAULT }, { "dhcp.address_changed", FINDING_FAULT },
    { "read.burst_too_long", FINDING_FAULT }, { "stream.server_loop", FINDING_FAULT },
    { "stream.stalled", FINDING_FAULT }, { "handoff.missing", FINDING_FAULT }, { "boot.loop", FINDING_FAULT }
};

static void
every_finding_is_in_the_contract(void **state)
{
    (void)state;
    assert_int_equal(FINDING_COUNT, G_N_ELEMENTS(contract));
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

/* docs/diagnosis.md: an outcome names the first of them, so causes stand before consequences. */
static void
causes_stand_before_consequences(void **state)
{
    static const finding_id order[] = {
        FINDING_DHCP_REFUSED, FINDING_DISCOVER_UNANSWERED, FINDING_DHCP_OFFER_NOT_TAKEN, FINDING_DHCP_NO_BOOTFILE,
        FINDING_DHCP_REQUEST_UNANSWERED, FINDING_ARP_CONFLICT, FINDING_ARP_UNANSWERED, FINDING_PXE_UNANSWERED,
        FINDING_BOOTSTRAP_NOT_REQUESTED, FINDING_BOOTSTRAP_OTHER_SERVER, FINDING_BOOTSTRAP_NOT_HEARD,
        FINDING_BOOTSTRAP_ERROR, FINDING_BOOTSTRAP_UNANSWERED, FINDING_BOOTSTRAP_INCOMPLETE, FINDING_LOGON_MISSING,
        FINDING_LOGON_UNANSWERED, FINDING_LOGON_REFUSED, FINDING_LOGON_STOPPED, FINDING_STREAM_STALLED,
        FINDING_HANDOFF_MISSING
    };

    (void)state;
    for (size_t i = 1; i < G_N_ELEMENTS(order); i++)
        assert_true(order[i - 1] < order[i]);
}

/* A label has 239 characters: 33 for "Expert Info (Warning/Sequence): ", the rest for title, what was seen and advice. */
static void
titles_and_advice_leave_room(void **state)
{
    (void)state;
    for (unsigned id = 0; id < FINDING_COUNT; id++) {
        const finding_kind *kind = finding_kind_of((finding_id)id);

        if (strlen(kind->title) + strlen(kind->advice) > 155)
            print_error("%s: %zu\n", kind->name, strlen(kind->title) + strlen(kind->advice));
        assert_true(strlen(kind->title) + strlen(kind->advice) <= 155);
        assert_true(kind->severity == FINDING_MILESTONE || *kind->advice != '\0');
    }
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
        cmocka_unit_test(causes_stand_before_consequences),
        cmocka_unit_test(titles_and_advice_leave_room),
        diagnosis_test(discover_tells_which_reply_it_asks_for),
        diagnosis_test(milestones_of_a_boot_are_said_once),
        diagnosis_test(usual_boot_has_no_symptom_and_no_fault),
        diagnosis_test(every_finding_that_is_said_has_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
