/* test_taken_back.c
 * Frames that Wireshark dissects, drops, and gives their numbers to the next: a read filter (tshark -2 -R)
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

typedef struct filtered {
    boot_tracker *tracker;
    uint32_t frame; /* the number of the next frame */
    int64_t time;
    host target, server;
} filtered;

static filtered
begin(void)
{
    return (filtered){ boot_tracker_new(60 * SECOND, 1000), 1, 1000 * SECOND, host_number(50), host_number(1) };
}

/* Dissects a frame on its first visit; it keeps its number, or the next frame gets it. */
static boot_event
dissect(filtered *f, boot_event event, bool kept)
{
    boot_verdict verdict;

    event = in_frame(event, f->frame, f->time);
    event.identity = (uint32_t)(f->time / MILLISECOND); /* the number is not the frame's own */
    f->time += SECOND;
    show(f->tracker, &event, &verdict);
    f->frame += kept;
    return event;
}

static boot_step
step_of(filtered *f, const boot_event *event)
{
    boot_verdict verdict;
    boot_event again = as_seen_again(event);

    return boot_tracker_recall(f->tracker, &again, &verdict) ? verdict.step : STEP_NONE;
}

static unsigned
findings_on(filtered *f, const boot_event *event)
{
    boot_verdict verdict;
    boot_event again = as_seen_again(event);

    return boot_tracker_recall(f->tracker, &again, &verdict)
        ? verdict.finding_count[0] + verdict.finding_count[1] + verdict.finding_count[2] : 0;
}

static void
next_frame_has_its_own_step(void **state)
{
    filtered f = begin();
    boot_event kept;

    (void)state;
    dissect(&f, dhcp_from_client(DHCP_MESSAGE_DISCOVER, f.target, PXE_CLIENT), true);
    dissect(&f, dhcp_from_server(DHCP_MESSAGE_OFFER, f.server, f.target, "ARDBP32.BIN"), false);
    kept = dissect(&f, dhcp_from_client(DHCP_MESSAGE_REQUEST, f.target, PXE_CLIENT), true);
    assert_int_equal(kept.frame, 2);
    assert_int_equal(step_of(&f, &kept), STEP_DHCP_REQUEST);
    boot_tracker_free(f.tracker);
}

static void
findings_go_with_the_frame_that_is_dropped(void **state)
{
    filtered f = begin();
    boot_event kept;

    (void)state;
    dissect(&f, dhcp_from_client(DHCP_MESSAGE_DISCOVER, f.target, PXE_CLIENT), true);
    dissect(&f, dhcp_from_server(DHCP_MESSAGE_NAK, f.server, f.target, NULL), false); /* .dhcp.refused */
    kept = dissect(&f, tftp_request(f.target, f.server, 2070, "ARDBP32.BIN", 0), true);
    assert_int_equal(kept.frame, 2);
    assert_int_equal(findings_on(&f, &kept), 0);
    boot_tracker_free(f.tracker);
}

static void
boot_that_began_in_a_dropped_frame_goes_on(void **state)
{
    filtered f = begin();
    boot_event kept;

    (void)state;
    dissect(&f, dhcp_from_client(DHCP_MESSAGE_DISCOVER, f.target, PXE_CLIENT), false);
    dissect(&f, (boot_event){ .kind = BOOT_EVENT_OTHER }, true);
    kept = dissect(&f, dhcp_from_server(DHCP_MESSAGE_OFFER, f.server, f.target, "ARDBP32.BIN"), true);
    assert_int_equal(boot_tracker_boots(f.tracker)->len, 1);
    assert_int_equal(step_of(&f, &kept), STEP_DHCP_OFFER);
    boot_tracker_free(f.tracker);
}

static void
copy_of_a_dropped_frame_is_no_copy(void **state)
{
    filtered f = begin();
    boot_event asks = stream_to_server(f.target, f.server), again;
    boot_verdict verdict;

    (void)state;
    dissect(&f, dhcp_from_client(DHCP_MESSAGE_DISCOVER, f.target, PXE_CLIENT), true);
    dissect(&f, dhcp_from_server(DHCP_MESSAGE_ACK, f.server, f.target, "ARDBP32.BIN"), true);
    asks = in_frame(asks, f.frame, f.time);
    show(f.tracker, &asks, &verdict); /* dropped */
    again = in_frame(asks, f.frame, f.time + MILLISECOND);
    show(f.tracker, &again, &verdict);
    assert_int_equal(step_of(&f, &again), STEP_LOGON_REQUEST);
    boot_tracker_free(f.tracker);
}

static void
streaming_frames_are_taken_back_too(void **state)
{
    filtered f = begin();
    boot_event kept;

    (void)state;
    dissect(&f, dhcp_from_client(DHCP_MESSAGE_DISCOVER, f.target, PXE_CLIENT), true);
    dissect(&f, dhcp_from_server(DHCP_MESSAGE_ACK, f.server, f.target, "ARDBP32.BIN"), true);
    dissect(&f, arp_request(f.target, f.server.address), false);
    kept = dissect(&f, stream_to_server(f.target, f.server), true);
    assert_int_equal(kept.frame, 3);
    assert_int_equal(step_of(&f, &kept), STEP_LOGON_REQUEST);
    boot_tracker_free(f.tracker);
}

static void
frames_before_are_told_as_they_were(void **state)
{
    filtered f = begin();
    boot_event first, second;

    (void)state;
    first = dissect(&f, dhcp_from_client(DHCP_MESSAGE_DISCOVER, f.target, PXE_CLIENT), true);
    second = dissect(&f, dhcp_from_server(DHCP_MESSAGE_OFFER, f.server, f.target, "ARDBP32.BIN"), true);
    for (int i = 0; i < 20; i++)
        dissect(&f, dhcp_from_client(DHCP_MESSAGE_REQUEST, f.target, PXE_CLIENT), false);
    assert_int_equal(step_of(&f, &first), STEP_DHCP_DISCOVER);
    assert_int_equal(step_of(&f, &second), STEP_DHCP_OFFER);
    boot_tracker_free(f.tracker);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(next_frame_has_its_own_step),
        cmocka_unit_test(findings_go_with_the_frame_that_is_dropped),
        cmocka_unit_test(boot_that_began_in_a_dropped_frame_goes_on),
        cmocka_unit_test(copy_of_a_dropped_frame_is_no_copy),
        cmocka_unit_test(streaming_frames_are_taken_back_too),
        cmocka_unit_test(frames_before_are_told_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
