/* fuzz_boot.c
 * libFuzzer harness on plugin/boot: any events, and what must hold of the answers
 *
 * Not only that nothing crashes: what was said of a frame is said again later, as often as one asks; boots, phases and
 * findings are sound; times are not negative unless the clock ran back; and never are more boots kept than allowed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot_summary.h"
#include "boot/boot_time.h"
#include "boot/finding_text.h"
#include "event_bytes.h"

#define FIRST_FRAME_TIME (INT64_C(1700000000) * SECOND)
#define ALL_BOOTS 50000
#define MAX_EVENTS 4000

/* assert, but also in a build without debugging, and with the frame. */
#define MUST(frame, condition) \
    do { \
        if (!(condition)) \
            give_up(frame, #condition, __LINE__); \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
give_up(uint32_t frame, const char *condition, int line)
{
    fprintf(stderr, "fuzz_boot.c:%d: frame %u: does not hold: %s\n", line, frame, condition);
    abort();
}

/* What was said of a frame on its first visit, by value: a boot may be forgotten later. */
typedef struct answer {
    uint32_t boot, phase, step, phase_start_frame, answers, kind, read_number, findings;
    int64_t phase_start_time;
    net_address server;
    bool download, discover;
} answer;

typedef struct play {
    boot_tracker *tracker;
    unsigned max_boots;
    boot_event *events;
    answer *answers;
    uint32_t frames;
    bool clock_ran_back;
} play;

static answer
answer_of(const boot_verdict *verdict)
{
    return (answer){
        .boot = verdict->boot->life.number,
        .phase = verdict->phase,
        .step = verdict->step,
        .phase_start_frame = verdict->phase_start_frame,
        .phase_start_time = verdict->phase_start_time,
        .answers = verdict->answers,
        .kind = verdict->kind,
        .read_number = verdict->read_number,
        .findings = verdict->finding_count[0],
        .server = verdict->server,
        .download = verdict->transfer != NULL,
        .discover = verdict->discover != NULL
    };
}

static void
must_be_sound(const play *p, const boot_event *event, const boot_verdict *verdict)
{
    const boot_t *boot = verdict->boot;
    uint32_t frame = event->frame;

    MUST(frame, boot && boot->life.number >= 1 && !boot->life.forgotten);
    /* The phase of a stream that began before the capture is not known; an ICMP error has one, and no step. */
    MUST(frame, verdict->phase <= PHASE_BNISTACK);
    MUST(frame, event->kind == BOOT_EVENT_ICMP ? verdict->step == STEP_NONE
        : (unsigned)verdict->step / 100 == (unsigned)verdict->phase);
    MUST(frame, verdict->phase == PHASE_NONE
        || (boot->life.first_frame <= verdict->phase_start_frame && verdict->phase_start_frame <= frame));
    MUST(frame, boot_life_certainty_at(&boot->life, frame) != CERTAINTY_NONE);
    MUST(frame, p->clock_ran_back || (boot->life.times.first <= event->time
        && (verdict->phase == PHASE_NONE || verdict->phase_start_time <= event->time)));
    MUST(frame, verdict->answers < frame);
    for (unsigned late = 0; late < 2; late++)
        for (unsigned i = 0; i < verdict->finding_count[late]; i++) {
            const boot_finding *finding = &verdict->findings[late][i];
            char *text;

            MUST(frame, finding->frame == frame && finding->id < FINDING_COUNT);
            MUST(frame, finding->boot && finding->boot->life.first_frame <= frame);
            /* There it is a later frame: the one that was answered, that named a file too late, that goes on elsewhere. */
            MUST(frame, finding->id == FINDING_DISCOVER_FLAG_DECIDES || finding->id == FINDING_DHCP_NO_BOOTFILE
                || finding->id == FINDING_HANDOFF_OTHER_CARD || finding->from_frame <= frame);
            MUST(frame, p->clock_ran_back || finding->duration >= 0);
            text = finding_text(finding, late);
            MUST(frame, text[0] != '\0' && g_utf8_validate(text, -1, NULL));
            g_free(text);
        }
}

static void
see(play *p, boot_event event)
{
    boot_verdict verdict = { 0 };
    /* In the order of Wireshark: pvs, the frame as a whole, the other protocols. */
    bool first = event.kind == BOOT_EVENT_STREAM
        || (event.kind == BOOT_EVENT_BOOTSTRAP && event.bootstrap.transport == BOOTSTRAP_BY_TWO_STAGE);

    boot_tracker_is_target(p->tracker, &event.source, event.frame);
    if (!first)
        boot_tracker_see_frame(p->tracker, event.frame, event.time);
    p->events[p->frames] = event;
    p->answers[p->frames] = (answer){ 0 };
    if (boot_tracker_add(p->tracker, &event, &verdict)) {
        must_be_sound(p, &event, &verdict);
        MUST(event.frame, verdict.first_visit && verdict.finding_count[1] == 0);
        p->answers[p->frames] = answer_of(&verdict);
    }
    if (first)
        boot_tracker_see_frame(p->tracker, event.frame, event.time);
    p->frames++;
    MUST(event.frame, boot_tracker_boots(p->tracker)->len <= p->max_boots);
}

/* What was said on a frame about a boot that is forgotten by now is forgotten with it. */
static bool
same_answer(const play *p, const answer *a, const answer *b)
{
    bool forgotten = boot_tracker_forgotten(p->tracker) > 0;

    return a->boot == b->boot && a->phase == b->phase && a->step == b->step && a->kind == b->kind
        && a->phase_start_frame == b->phase_start_frame && a->phase_start_time == b->phase_start_time
        && a->answers == b->answers && a->read_number == b->read_number
        && (a->findings == b->findings || (forgotten && a->findings > b->findings))
        && net_address_equal(&a->server, &b->server) && a->download == b->download && a->discover == b->discover;
}

static bool
is_forgotten(const play *p, uint32_t boot)
{
    const GPtrArray *boots = boot_tracker_boots(p->tracker);

    for (unsigned i = 0; i < boots->len; i++)
        if (((const boot_t *)g_ptr_array_index(boots, i))->life.number == boot)
            return false;
    return boot_tracker_forgotten(p->tracker) > 0;
}

/* Wireshark shows a later visit the same frame, but not all of what a first visit may look at. */
static void
recall(const play *p, uint32_t frame)
{
    boot_event again = p->events[frame - 1];
    boot_verdict verdict = { 0 };
    answer now;

    if (again.kind == BOOT_EVENT_OTHER) /* nobody asks for it again */
        return;
    if (again.kind == BOOT_EVENT_ICMP)
        again = (boot_event){ .frame = frame, .time = again.time, .kind = BOOT_EVENT_ICMP };
    else if (again.kind == BOOT_EVENT_ARP || again.kind == BOOT_EVENT_DHCP)
        again = (boot_event){ .frame = frame, .time = again.time, .kind = BOOT_EVENT_DHCP };
    else if (again.kind == BOOT_EVENT_BOOTSTRAP)
        again.bootstrap = (bootstrap_fact){ 0 };
    if (!boot_tracker_recall(p->tracker, &again, &verdict)) {
        MUST(frame, p->answers[frame - 1].boot == 0 || boot_tracker_forgotten(p->tracker) > 0);
        return;
    }
    must_be_sound(p, &p->events[frame - 1], &verdict);
    MUST(frame, !verdict.first_visit);
    /* Known and left: where both ends have a target's address, the other end may claim what a forgotten boot had. */
    if (again.kind == BOOT_EVENT_BOOTSTRAP && is_forgotten(p, p->answers[frame - 1].boot))
        return;
    now = answer_of(&verdict);
    if (!same_answer(p, &p->answers[frame - 1], &now))
        fprintf(stderr, "first: boot %u step %u kind %u read %u since %u findings %u; later: %u %u %u %u %u %u\n",
            p->answers[frame - 1].boot, p->answers[frame - 1].step, p->answers[frame - 1].kind,
            p->answers[frame - 1].read_number, p->answers[frame - 1].phase_start_frame,
            p->answers[frame - 1].findings, now.boot, now.step, now.kind, now.read_number, now.phase_start_frame,
            now.findings);
    MUST(frame, same_answer(p, &p->answers[frame - 1], &now));
}

static void
must_be_a_sound_boot(const boot_t *boot, const boot_summaries *summaries)
{
    const boot_summary *summary = boot_summaries_get(summaries, boot->life.number);
    char *outcome = boot_outcome_text(boot);

    MUST(boot->life.first_frame, g_utf8_validate(outcome, -1, NULL));
    g_free(outcome);
    MUST(boot->life.first_frame, summary && summary->boot == boot);
    for (int phase = PHASE_BOOTSTRAP; phase <= PHASE_BNISTACK; phase++)
        MUST(boot->life.first_frame, summary->phase_times[phase] >= NOT_IN_CAPTURE);
    MUST(boot->life.first_frame, summary->download_time >= NOT_IN_CAPTURE && summary->logon_time >= NOT_IN_CAPTURE
        && summary->reads.time >= NOT_IN_CAPTURE && summary->reads.open_time >= 0
        && summary->handoff_time >= NOT_IN_CAPTURE && summary->handoff_gap >= NOT_IN_CAPTURE);
    MUST(boot->life.first_frame,
        summary->worst < FINDING_COUNT && (summary->worst < 0 || summary->found[summary->worst] > 0));
    for (unsigned i = 0; i < summary->finding_count; i++)
        MUST(boot->life.first_frame, summary->findings[i].finding.boot == boot);
}

static void
must_be_sound_at_the_end(const play *p)
{
    const GPtrArray *boots = boot_tracker_boots(p->tracker);
    uint32_t number = 0, first_frame = 0;
    boot_summaries *summaries;

    for (uint32_t frame = p->frames; frame > 0; frame--)
        recall(p, frame);
    for (uint32_t frame = 1; frame <= p->frames; frame++)
        recall(p, frame);
    summaries = boot_summaries_new(p->tracker);
    for (unsigned i = 0; i < boots->len; i++) {
        const boot_t *boot = g_ptr_array_index(boots, i);

        MUST(boot->life.first_frame, boot->life.number > number && boot->life.first_frame > first_frame);
        MUST(boot->life.first_frame, i + 1 < boots->len || boot->life.number == boots->len + boot_tracker_forgotten(p->tracker));
        must_be_a_sound_boot(boot, summaries);
        number = boot->life.number;
        first_frame = boot->life.first_frame;
    }
    boot_summaries_free(summaries);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t time = FIRST_FRAME_TIME, pause;
    uint32_t count;
    play p = { 0 };

    if (size < HEAD_BYTES + EVENT_BYTES)
        return 0;
    count = (uint32_t)MIN((size - HEAD_BYTES) / EVENT_BYTES, MAX_EVENTS);
    p.max_boots = data[0] < 128 ? 1 + data[0] % 8 : ALL_BOOTS;
    p.tracker = boot_tracker_new((data[1] & 1 ? 60 : data[1] / 2) * SECOND, p.max_boots);
    p.events = g_new(boot_event, count);
    p.answers = g_new(answer, count);
    for (uint32_t i = 0; i < count; i++) {
        boot_event event = event_from_bytes(data + HEAD_BYTES + i * EVENT_BYTES, &pause);

        p.clock_ran_back |= pause < 0;
        event.frame = i + 1;
        event.time = time += pause;
        see(&p, event);
        if (i % 64 == 63) /* a live capture is looked at while it grows */
            recall(&p, 1 + event.identity % p.frames);
    }
    must_be_sound_at_the_end(&p);
    boot_tracker_free(p.tracker);
    g_free(p.events);
    g_free(p.answers);
    return 0;
}
