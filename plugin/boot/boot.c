/* boot.c
 * One boot of one target device: the chapters put together
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"

#include "ending.h"

boot_t *
boot_new(boot_context *context, uint32_t number, const boot_event *first)
{
    boot_t *self = g_new0(boot_t, 1);

    boot_life_init(&self->life, context, number, first);
    self->life.boot = self;
    download_init(&self->download);
    stream_init(&self->stream, context->start_time);
    finding_log_init(&self->late);
    return self;
}

void
boot_free(boot_t *self)
{
    finding_log_clear(&self->late);
    stream_clear(&self->stream);
    logon_clear(&self->logon);
    download_clear(&self->download);
    arp_clear(&self->arp);
    boot_life_clear(&self->life);
    g_free(self);
}

boot_t *
boot_with_number(const boot_context *context, uint32_t number)
{
    unsigned low = 0, high = context->boots->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        boot_t *boot = g_ptr_array_index(context->boots, middle);
        if (boot->life.number == number)
            return boot;
        if (boot->life.number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* What a chapter answers means for the others; the only place where they meet. */
static void
apply(boot_t *boot, const boot_event *event, chapter_answer *answer)
{
    boot_life *life = &boot->life;

    if (answer->signals & SIGNAL_WENT_ON)
        arp_target_went_on(&boot->arp);
    if (answer->signals & SIGNAL_FILE_REQUEST)
        life->reached |= REACHED_FILE_REQUEST;
    if (answer->signals & SIGNAL_DOWNLOADED)
        life->reached |= REACHED_DOWNLOAD;
    if (answer->signals & SIGNAL_MAY_ASK_READ)
        stream_may_be_asked(&boot->stream, event);
    if (answer->enters != PHASE_NONE)
        boot_life_enter(life, event, answer->enters);
    if (answer->evidence != 0 && handoff_add(&boot->handoff, life, event, answer->evidence)) {
        answer->step = STEP_HANDOFF;
        answer->ours = true;
    }
    if (answer->signals & SIGNAL_READ_DATA)
        life->reached |= boot_life_phase(life) == PHASE_BNISTACK ? REACHED_READ_DATA | REACHED_BNISTACK_DATA
                                                                 : REACHED_READ_DATA;
    if (answer->signals & SIGNAL_PROGRESS)
        boot_life_progress(life, event);
}

static chapter_answer
add_dhcp(boot_t *boot, const boot_event *event, dhcp_client client)
{
    net_address server = dhcp_server_of(event);

    if (client == DHCP_CLIENT_OPERATING_SYSTEM || boot_life_reached(&boot->life, REACHED_LOGON))
        return system_add(&boot->system, &boot->life, event, &server);
    {
        chapter_answer answer = dhcp_add(&boot->dhcp, &boot->life, event, client);
        boot->system.started &= !answer.ours;
        return answer;
    }
}

static chapter_answer
add_arp(boot_t *boot, const boot_event *event)
{
    return boot->system.started ? NOT_OURS : arp_add(&boot->arp, &boot->life, event);
}

/* The first datagram of a boot whose beginning is not in the capture. */
static void
begin_in_midstream(boot_life *life, const boot_event *event)
{
    const stream_fact *fact = &event->stream;
    bool logon = fact->logon_port && (fact->to_server || !stream_payload_can_start_reading(fact->payload));

    life->from_midstream = true;
    boot_life_enter(life, event, logon ? PHASE_LOGON : PHASE_SINGLE_READ);
}

static chapter_answer
add_stream(boot_t *boot, const boot_event *event)
{
    boot_life *life = &boot->life;
    chapter_answer answer;

    life->times.last = event->time;
    life->reached |= REACHED_LOGON;
    if (boot_life_phase(life) == PHASE_NONE)
        begin_in_midstream(life, event);
    else if (boot_life_phase(life) == PHASE_BOOTSTRAP)
        boot_life_enter(life, event, PHASE_LOGON);
    if (boot_life_phase(life) == PHASE_LOGON && logon_ends_with(&boot->logon, life, event)) {
        boot_life_enter(life, event, PHASE_SINGLE_READ);
        stream_begin(&boot->stream, life, event);
    }
    stream_see(&boot->stream, life, event);
    answer = boot_life_phase(life) == PHASE_LOGON ? logon_add(&boot->logon, life, event)
                                                  : stream_add(&boot->stream, life, event);
    if (event->stream.to_server)
        answer.signals |= SIGNAL_WENT_ON;
    return answer;
}

chapter_answer
boot_add(boot_t *boot, const boot_event *event, dhcp_client client)
{
    chapter_answer answer = NOT_OURS;

    switch (event->kind) {
    case BOOT_EVENT_DHCP:
        answer = add_dhcp(boot, event, client);
        break;
    case BOOT_EVENT_ARP:
        answer = add_arp(boot, event);
        break;
    case BOOT_EVENT_BOOTSTRAP:
        answer = download_add(&boot->download, &boot->life, event);
        break;
    case BOOT_EVENT_STREAM:
        answer = add_stream(boot, event);
        break;
    case BOOT_EVENT_ICMP:
    case BOOT_EVENT_OTHER:
        break;
    }
    apply(boot, event, &answer);
    if (event->kind == BOOT_EVENT_STREAM) {
        boot->life.times.stream = event->time;
        boot->life.stream_frame = event->frame;
    }
    if (answer.ours)
        boot->life.times.end = event->time;
    return answer;
}

void
boot_end(boot_t *boot, const boot_event *next)
{
    boot->life.is_over = true;
    boot->life.times.next_boot = next->time;
    download_end(&boot->download, &boot->life, next);
    logon_end(&boot->logon, &boot->life, next);
    stream_end(&boot->stream, &boot->life, next);
    handoff_end(&boot->handoff, &boot->life, next);
}

void
boot_settle(boot_t *boot, int64_t newest_time)
{
    const boot_life *life = &boot->life;
    int64_t end = boot_life_end(life, newest_time);
    finding_log *late = &boot->late;

    finding_log_reset(late);
    dhcp_settle(&boot->dhcp, life, end, late);
    arp_settle(&boot->arp, life, end, late);
    download_settle(&boot->download, life, end, late);
    logon_settle(&boot->logon, life, end, late);
    stream_settle(&boot->stream, life, end, late);
    handoff_settle(&boot->handoff, life, end, late);
}
