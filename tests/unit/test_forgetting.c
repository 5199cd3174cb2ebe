/* test_forgetting.c
 * More boots than may be remembered: who is forgotten, and that the others stay as they were
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include "boot/boot_summary.h"

/* An eighth of it, two boots, is forgotten at a time. */
#define MAX_BOOTS 16

static void
remember_only(scene *s, unsigned max_boots)
{
    boot_tracker_free(s->tracker);
    s->tracker = boot_tracker_new(60 * SECOND, max_boots);
}

static int
setup(void **state)
{
    scene_setup(state);
    remember_only(*state, MAX_BOOTS);
    return 0;
}

static host
client(unsigned n)
{
    return host_number((uint8_t)(100 + n));
}

/* Returns its frame. */
static uint32_t
discover_of(scene *s, host target)
{
    expect_step(s, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, target, PXE_CLIENT));
    return frame_now(s);
}

static void
fill_up(scene *s)
{
    for (unsigned n = 1; n <= MAX_BOOTS; n++)
        assert_int_equal(discover_of(s, client(n)), n);
    assert_int_equal(boot_count(s), MAX_BOOTS);
}

static uint32_t
boot_of_frame(const scene *s, uint32_t frame)
{
    boot_verdict later = recall(s, frame);

    return later.boot ? later.boot->life.number : 0;
}

static void
boots_that_were_silent_longest_are_forgotten(void **state)
{
    scene *s = *state;
    uint32_t frame;

    fill_up(s);
    discover_of(s, client(1)); /* speaks again: now 2 and 3 are the silent ones */
    frame = discover_of(s, client(MAX_BOOTS + 1));
    assert_int_equal(boot_count(s), MAX_BOOTS - 2 + 1);
    assert_int_equal(boot_tracker_forgotten(s->tracker), 2);
    assert_int_equal(boot_tracker_forgotten_at(s->tracker, frame), 2);
    assert_int_equal(boot_tracker_forgotten_at(s->tracker, frame - 1), 0);
    assert_int_equal(boot_of_frame(s, 1), 1);
    assert_int_equal(boot_of_frame(s, 2), 0);
    assert_int_equal(boot_of_frame(s, 3), 0);
    for (uint32_t n = 4; n <= MAX_BOOTS; n++)
        assert_int_equal(boot_of_frame(s, n), n);
    assert_int_equal(boot_of_frame(s, frame), MAX_BOOTS + 1);
}

static void
bound_holds_however_many_come(void **state)
{
    scene *s = *state;

    for (unsigned i = 0; i < 1000; i++) {
        host spoofed = { s->target.mac + i, NET_ADDRESS_NONE };

        discover_of(s, spoofed);
        assert_in_range(boot_count(s), 1, MAX_BOOTS);
    }
    assert_int_equal(boot_tracker_forgotten(s->tracker) + boot_count(s), 1000);
}

static void
others_keep_their_discovers_and_findings(void **state)
{
    scene *s = *state;
    const boot_finding *unanswered;
    uint32_t first;

    discover_of(s, client(1));
    discover_of(s, client(2));
    first = discover_of(s, s->target);
    discover_of(s, s->target);
    for (unsigned n = 3; n <= MAX_BOOTS; n++)
        discover_of(s, client(n));
    discover_of(s, s->target);
    assert_int_equal(boot_tracker_forgotten(s->tracker), 2); /* clients 1 and 2 */
    unanswered = said(s, discover_of(s, s->target), FINDING_DISCOVER_UNANSWERED);
    assert_non_null(unanswered);
    assert_int_equal(unanswered->from_frame, first);
    assert_int_equal(unanswered->times, 4);
    assert_int_equal(recall(s, first + 1).discover->attempt, 2);
    expect_step(s, STEP_DHCP_OFFER, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, s->target, s->file));
    assert_int_equal(recall(s, frame_now(s)).answers, frame_now(s) - 1);
    assert_int_equal(recall(s, frame_now(s) - 1).discover->answered_in, frame_now(s));
}

static void
others_are_told_in_every_pass_as_before(void **state)
{
    scene *s = *state;
    unsigned others = 0;

    for (unsigned n = 1; n <= 3; n++)
        play_boot_to_bnistack(s, host_number((uint8_t)n + 10));
    for (unsigned round = 0; round < 40; round++) {
        discover_of(s, client(round));
        play_read(s, host_number((uint8_t)(round % 3 + 11)), 4096); /* these three are never silent */
    }
    assert_true(boot_tracker_forgotten(s->tracker) > 0);
    for (uint32_t frame = 1; frame <= frame_now(s); frame++) {
        const boot_verdict *first = &g_array_index(s->verdicts, boot_verdict, frame - 1);
        boot_verdict later = recall(s, frame);

        if (later.boot && later.boot->life.number <= 3) {
            assert_ptr_equal(first->boot, later.boot);
            assert_int_equal(first->step, later.step);
            assert_int_equal(first->read_number, later.read_number);
            assert_int_equal(first->phase_start_frame, later.phase_start_frame);
            assert_int_equal(first->finding_count[0], later.finding_count[0]);
            others++;
        }
    }
    assert_int_equal(others, frame_now(s) - 40);
}

static void
forgotten_target_that_speaks_again_begins_a_boot(void **state)
{
    scene *s = *state;
    uint32_t before, after;

    play_boot_to_bnistack(s, s->target);
    before = frame_now(s);
    for (unsigned n = 1; n <= MAX_BOOTS; n++)
        discover_of(s, client(n));
    assert_int_equal(boot_of_frame(s, before), 0);
    play_read(s, s->target, 4096);
    after = frame_now(s);
    assert_int_equal(boot_of_frame(s, after), MAX_BOOTS + 2);
    assert_false(recall(s, after).boot->life.sight.begins);
    assert_int_equal(boot_of_frame(s, before), 0);
}

static void
address_of_a_forgotten_boot_does_not_go_back_to_its_owner_before(void **state)
{
    scene *s = *state;
    host heir = { s->other_target.mac, s->target.address };
    host moved = { s->target.mac, host_number(60).address };
    uint32_t of_target, of_heir;

    play_boot_to_single_read(s, s->target);
    of_target = frame_now(s);
    play_boot_to_single_read(s, heir);
    of_heir = frame_now(s);
    for (unsigned n = 1; n <= MAX_BOOTS; n++) {
        play_read(s, moved, 4096); /* goes on by another address; the heir is silent */
        discover_of(s, client(n));
    }
    assert_int_equal(boot_of_frame(s, of_heir), 0);
    assert_int_equal(boot_of_frame(s, of_target), 1);
}

static void
next_boot_may_forget_the_one_before(void **state)
{
    scene *s = *state;

    remember_only(s, 1);
    play_boot_to_single_read(s, s->target);
    play_boot_to_single_read(s, s->target);
    assert_int_equal(boot_count(s), 1);
    assert_int_equal(boot_number(s, 1)->life.number, 2);
    assert_int_equal(boot_of_frame(s, frame_now(s)), 2);
    assert_int_equal(boot_of_frame(s, 1), 0);
}

/* What a rule about all DISCOVERs of a segment says is not certain when some are forgotten. */
static void
flag_decides_nothing_when_discovers_are_forgotten(void **state)
{
    scene *s = *state;
    boot_event clear = dhcp_from_client(DHCP_MESSAGE_DISCOVER, s->target, PXE_CLIENT);

    for (unsigned n = 1; n <= MAX_BOOTS; n++) {
        discover_of(s, client(n));
        expect_step(s, STEP_DHCP_OFFER, dhcp_from_server(DHCP_MESSAGE_OFFER, s->server, client(n), s->file));
    }
    clear.dhcp.broadcast = false;
    expect_step(s, STEP_DHCP_DISCOVER, clear);
    pass_time(s, 4 * SECOND);
    expect_step(s, STEP_DHCP_DISCOVER, clear);
    capture_goes_on(s, 10 * SECOND);
    assert_true(boot_tracker_forgotten(s->tracker) > 0);
    assert_never_found(s, FINDING_DISCOVER_FLAG_DECIDES);
}

static void
one_mac_cannot_take_any_number_of_addresses(void **state)
{
    scene *s = *state;
    unsigned known = 0;

    play_boot_to_logon(s, s->target);
    for (unsigned n = 0; n < 200; n++) {
        host moved = { s->target.mac, host_number((uint8_t)(n + 55)).address };

        known += see(s, stream_to_server(moved, s->server))->boot != NULL;
    }
    assert_in_range(known, 1, 64);
    assert_int_equal(boot_count(s), 1);
    /* By its own address the target is known as before. */
    assert_int_equal(boot_of_frame(s, frame_now(s) - 200), 1);
    assert_non_null(see(s, stream_to_server(s->target, s->server))->boot);
    assert_every_pass_agrees(s, 1);
}

static void
summaries_are_without_the_forgotten(void **state)
{
    scene *s = *state;
    boot_summaries *summaries;

    for (unsigned n = 1; n <= MAX_BOOTS + 1; n++)
        for (int i = 0; i < 2; i++)
            see(s, dhcp_from_client(DHCP_MESSAGE_DISCOVER, client(n), PXE_CLIENT));
    summaries = boot_summaries_new(s->tracker);
    assert_null(boot_summaries_get(summaries, 1));
    assert_null(boot_summaries_get(summaries, 2));
    assert_int_equal(boot_summaries_count(summaries), MAX_BOOTS - 1);
    for (unsigned n = 3; n <= MAX_BOOTS + 1; n++) {
        assert_int_equal(boot_summaries_get(summaries, n)->discovers, 2);
        assert_int_equal(boot_summaries_get(summaries, n)->found[FINDING_DISCOVER_RETRY], 1);
    }
    boot_summaries_free(summaries);
}

/* No scene of these agrees with itself in every pass: that is what forgetting means. */
static int
teardown(void **state)
{
    scene_free(*state);
    return 0;
}

#define forgetting_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        forgetting_test(boots_that_were_silent_longest_are_forgotten),
        forgetting_test(bound_holds_however_many_come),
        forgetting_test(others_keep_their_discovers_and_findings),
        forgetting_test(others_are_told_in_every_pass_as_before),
        forgetting_test(forgotten_target_that_speaks_again_begins_a_boot),
        forgetting_test(address_of_a_forgotten_boot_does_not_go_back_to_its_owner_before),
        forgetting_test(next_boot_may_forget_the_one_before),
        forgetting_test(flag_decides_nothing_when_discovers_are_forgotten),
        forgetting_test(one_mac_cannot_take_any_number_of_addresses),
        forgetting_test(summaries_are_without_the_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
