/* scene.c
 * A capture that a test plays to a tracker, frame by frame
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "scene.h"

#include <string.h>

/* Any moment will do; captures of today have one like it. */
#define FIRST_FRAME_TIME (INT64_C(1700000000) * SECOND)

#define BOOT_GAP (60 * SECOND)
#define MAX_BOOTS 50000

int
scene_setup(void **state)
{
    scene *self = g_new0(scene, 1);

    self->tracker = boot_tracker_new(BOOT_GAP, MAX_BOOTS);
    self->events = g_array_new(FALSE, FALSE, sizeof(boot_event));
    self->verdicts = g_array_new(FALSE, FALSE, sizeof(boot_verdict));
    self->said = g_array_new(FALSE, FALSE, sizeof(boot_finding));
    self->time = FIRST_FRAME_TIME;
    self->target = host_number(50);
    self->other_target = host_number(51);
    self->server = host_number(1);
    self->other_server = host_number(2);
    self->router = host_number(254);
    self->file = "ARDBP32.BIN";
    self->tftp_port = 2070;
    *state = self;
    return 0;
}

void
scene_free(scene *self)
{
    boot_tracker_free(self->tracker);
    g_array_free(self->events, TRUE);
    g_array_free(self->verdicts, TRUE);
    g_array_free(self->said, TRUE);
    g_free(self);
}

int
scene_teardown(void **state)
{
    assert_every_pass_agrees(*state, 1);
    scene_free(*state);
    return 0;
}

const boot_verdict *
see(scene *self, boot_event event)
{
    boot_verdict verdict;

    memset(&verdict, 0, sizeof verdict);
    event = in_frame(event, self->events->len + 1, self->time);
    self->time += MILLISECOND;
    if (!show(self->tracker, &event, &verdict))
        memset(&verdict, 0, sizeof verdict);
    if (verdict.finding_count[0] > 0) /* the verdict's own pointer is valid until the next event only */
        g_array_append_vals(self->said, verdict.findings[0], verdict.finding_count[0]);
    g_array_append_val(self->events, event);
    g_array_append_val(self->verdicts, verdict);
    return &g_array_index(self->verdicts, boot_verdict, self->verdicts->len - 1);
}

void
pass_time(scene *self, int64_t nanoseconds)
{
    self->time += nanoseconds;
}

/* The newest event that is not somebody else's, or NULL. */
static const boot_event *
newest_event(const scene *self)
{
    for (unsigned i = self->events->len; i-- > 0;) {
        const boot_event *event = &g_array_index(self->events, boot_event, i);
        if (event->kind != BOOT_EVENT_OTHER)
            return event;
    }
    return NULL;
}

void
capture_goes_on(scene *self, int64_t nanoseconds)
{
    const boot_event *newest = newest_event(self);

    self->time = (newest ? newest->time : self->time) + nanoseconds;
    see(self, (boot_event){ .kind = BOOT_EVENT_OTHER });
}

uint32_t
frame_now(const scene *self)
{
    const boot_event *newest = newest_event(self);

    return newest ? newest->frame : 0;
}

boot_verdict
recall(const scene *self, uint32_t frame)
{
    boot_event event = as_seen_again(&g_array_index(self->events, boot_event, frame - 1));
    boot_verdict verdict;

    memset(&verdict, 0, sizeof verdict);
    if (!boot_tracker_recall(self->tracker, &event, &verdict))
        memset(&verdict, 0, sizeof verdict);
    return verdict;
}

/* ---- Findings ---- */

static const boot_finding *
finding_of(const boot_finding *findings, unsigned count, uint32_t frame, finding_id id)
{
    for (unsigned i = 0; i < count; i++)
        if (findings[i].frame == frame && findings[i].id == id)
            return &findings[i];
    return NULL;
}

const boot_finding *
said(const scene *self, uint32_t frame, finding_id id)
{
    return finding_of((const boot_finding *)(void *)self->said->data, self->said->len, frame, id);
}

const boot_finding *
added_later(const scene *self, uint32_t frame, finding_id id)
{
    boot_verdict later = recall(self, frame);

    const boot_finding *found = finding_of(later.findings[1], later.finding_count[1], frame, id);

    return found ? found : finding_of(later.findings[2], later.finding_count[2], frame, id);
}

unsigned
times_said(const scene *self, finding_id id)
{
    unsigned times = 0;

    for (unsigned i = 0; i < self->said->len; i++)
        times += g_array_index(self->said, boot_finding, i).id == id;
    return times;
}

unsigned
times_added_later(const scene *self, finding_id id)
{
    unsigned times = 0;

    for (uint32_t frame = 1; frame <= self->events->len; frame++)
        times += added_later(self, frame, id) != NULL;
    return times;
}

void
assert_never_found(const scene *self, finding_id id)
{
    assert_int_equal(times_said(self, id), 0);
    assert_int_equal(times_added_later(self, id), 0);
}

/* ---- Every pass ---- */

static void
assert_same_findings(const scene *self, uint32_t frame, const boot_verdict *first, const boot_verdict *later)
{
    unsigned i = 0;

    assert_int_equal(first->finding_count[0], later->finding_count[0]);
    if (first->finding_count[0] == 0)
        return;
    while (g_array_index(self->said, boot_finding, i).frame != frame)
        i++;
    for (unsigned j = 0; j < first->finding_count[0]; j++) {
        const boot_finding *then = &g_array_index(self->said, boot_finding, i + j);
        const boot_finding *now = &later->findings[0][j];

        assert_int_equal(then->frame, now->frame);
        assert_int_equal(then->id, now->id);
        assert_ptr_equal(then->boot, now->boot);
        assert_int_equal(then->from_frame, now->from_frame);
        assert_int_equal(then->times, now->times);
        assert_int_equal(then->duration, now->duration);
        assert_true(net_address_equal(&then->address, &now->address));
        assert_ptr_equal(then->text, now->text);
    }
}

static void
assert_agree(uint32_t frame, const boot_verdict *first, const boot_verdict *later)
{
    bool agree = first->boot == later->boot && first->phase == later->phase && first->step == later->step
        && first->kind == later->kind && net_address_equal(&first->server, &later->server)
        && first->phase_start_frame == later->phase_start_frame
        && first->phase_start_time == later->phase_start_time && first->transfer == later->transfer
        && first->read_number == later->read_number && first->answers == later->answers
        && (first->discover == NULL) == (later->discover == NULL);

    if (!agree)
        print_error("frame %u: first boot %u phase %u step %u kind %u read %u since %u, later boot %u phase %u step %u "
            "kind %u read %u since %u\n", frame, first->boot ? first->boot->life.number : 0, first->phase, first->step,
            first->kind, first->read_number, first->phase_start_frame, later->boot ? later->boot->life.number : 0,
            later->phase, later->step, later->kind, later->read_number, later->phase_start_frame);
    assert_true(agree);
}

void
assert_every_pass_agrees(const scene *self, guint32 seed)
{
    GRand *random = g_rand_new_with_seed(seed);
    unsigned count = self->events->len;
    uint32_t *order = g_new(uint32_t, count + 1);

    for (unsigned i = 0; i < count; i++)
        order[i] = i + 1;
    for (unsigned i = count; i > 1; i--) {
        unsigned j = (unsigned)g_rand_int_range(random, 0, (gint32)i);
        uint32_t swapped = order[j];
        order[j] = order[i - 1];
        order[i - 1] = swapped;
    }
    for (unsigned i = 0; i < count; i++) {
        const boot_verdict *first = &g_array_index(self->verdicts, boot_verdict, order[i] - 1);
        boot_verdict later = recall(self, order[i]);

        assert_agree(order[i], first, &later);
        assert_same_findings(self, order[i], first, &later);
    }
    g_free(order);
    g_rand_free(random);
}

const boot_t *
boot_number(const scene *self, unsigned number)
{
    const GPtrArray *boots = boot_tracker_boots(self->tracker);

    assert_in_range(number, 1, boots->len);
    return g_ptr_array_index(boots, number - 1);
}

unsigned
boot_count(const scene *self)
{
    return boot_tracker_boots(self->tracker)->len;
}

/* ---- The stages of a usual boot ---- */

void
play_dhcp(scene *self, host target)
{
    expect_step(self, STEP_DHCP_DISCOVER, dhcp_from_client(DHCP_MESSAGE_DISCOVER, target, PXE_CLIENT));
    expect_step(self, STEP_DHCP_OFFER, dhcp_from_server(DHCP_MESSAGE_OFFER, self->server, target, self->file));
    expect_step(self, STEP_DHCP_REQUEST, dhcp_from_client(DHCP_MESSAGE_REQUEST, target, PXE_CLIENT));
    expect_step(self, STEP_DHCP_ACK, dhcp_from_server(DHCP_MESSAGE_ACK, self->server, target, self->file));
}

void
play_download(scene *self, host target)
{
    uint16_t port = ++self->tftp_port;

    expect_step(self, STEP_BOOTSTRAP_REQUEST, tftp_request(target, self->server, port, self->file, 0));
    expect_step(self, STEP_BOOTSTRAP_DATA, tftp_data(target, self->server, port, 1, 512));
    expect_step(self, STEP_BOOTSTRAP_ACK, tftp_ack(target, self->server, port, 1));
    expect_step(self, STEP_BOOTSTRAP_COMPLETED, tftp_data(target, self->server, port, 2, 100));
    expect_step(self, STEP_BOOTSTRAP_CONFIRMED, tftp_ack(target, self->server, port, 2));
}

void
play_logon(scene *self, host target)
{
    expect_step(self, STEP_LOGON_REQUEST, stream_to_server(target, self->server));
    expect_step(self, STEP_LOGON_REPLY, stream_to_target(target, self->server, REPLY_PAYLOAD));
}

void
play_boot_to_logon(scene *self, host target)
{
    play_dhcp(self, target);
    play_download(self, target);
    play_logon(self, target);
}

void
play_boot_to_single_read(scene *self, host target)
{
    play_boot_to_logon(self, target);
    expect_step(self, STEP_LOGON_REQUEST, stream_to_server(target, self->server));
    play_burst(self, target, 4096, FULL_PAYLOAD);
    play_read(self, target, 4096);
}

void
play_boot_to_bnistack(scene *self, host target)
{
    play_boot_to_single_read(self, target);
    expect_step(self, STEP_HANDOFF, arp_announcement(target));
    play_read(self, target, 4096);
}

uint32_t
burst_length(uint32_t bytes, uint32_t payload)
{
    uint32_t data = payload - 56;

    return (bytes + data - 1) / data;
}

uint32_t
burst_payload(uint32_t bytes, uint32_t payload, uint32_t index)
{
    uint32_t data = payload - 56;

    return index + 1 < burst_length(bytes, payload) ? payload : bytes - index * data + 56;
}

const boot_verdict *
play_burst(scene *self, host target, uint32_t bytes, uint32_t payload)
{
    const boot_verdict *verdict = NULL;

    for (uint32_t i = 0; i < burst_length(bytes, payload); i++)
        verdict = see(self, stream_to_target(target, self->server, burst_payload(bytes, payload, i)));
    return verdict;
}

const boot_verdict *
play_read(scene *self, host target, uint32_t bytes)
{
    see(self, stream_to_server(target, self->server));
    return play_burst(self, target, bytes, FULL_PAYLOAD);
}
