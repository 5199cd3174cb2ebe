/* boot.c
 * One boot of one target device: the chapters put together
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "boot.h"

#include "boot_time.h"
#include "ending.h"

const boot_streaming boot_not_streaming;

boot_t *
boot_new(boot_context *context, uint32_t number, const boot_event *first)
{
    boot_t *self = g_new0(boot_t, 1);

    boot_life_init(&self->life, context, number, first);
    self->life.boot = self;
    return self;
}

void
boot_free(boot_t *self)
{
    if (self->streaming) {
        stream_clear(&self->streaming->stream);
        logon_clear(&self->streaming->logon);
        g_free(self->streaming);
    }
    arp_free(self->arp);
    download_clear(&self->download);
    dhcp_clear(&self->dhcp);
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

/*
 * No rule waits longer for what does not come, nor looks at what is not the boot's own (handoff.c, other_card: 30 s).
 */
#define RIPE_AFTER (60 * SECOND)

/* ---- What is refuted ---- */

/* From here on these faults are none of the boot's. */
static void
take_back(boot_life *life, finding_refutation by)
{
    uint64_t refuted = finding_faults_refuted_by(by);

    life->faults &= ~refuted;
    life->open_faults &= ~refuted;
}

/* What is refuted by a logon or by read data is said before it only. */
bool
boot_refutes(const boot_finding *finding)
{
    const boot_life *life = &finding->boot->life;
    unsigned by = finding_kind_of(finding->id)->refuted_by;

    return finding->refuted || ((by & REFUTED_BY_DOWNLOAD) && life->presence.download_frame > finding->frame)
        || ((by & REFUTED_BY_LOGON) && boot_life_reached(life, REACHED_LOGON))
        || ((by & REFUTED_BY_READ_DATA) && boot_life_reached(life, REACHED_READ_DATA));
}

/* ---- Chapters ---- */

/* What a chapter answers means for the others; the only place where they meet. */
static void
apply(boot_t *boot, const boot_event *event, chapter_answer *answer)
{
    boot_life *life = &boot->life;

    if (answer->signals & SIGNAL_WENT_ON && boot->arp)
        arp_target_went_on(boot->arp);
    if (answer->signals & SIGNAL_FILE_REQUEST) {
        life->reached |= REACHED_FILE_REQUEST;
        life->file_request_frame = event->frame;
    }
    if (answer->signals & SIGNAL_DOWNLOADED) {
        life->reached |= REACHED_DOWNLOAD;
        take_back(life, REFUTED_BY_DOWNLOAD);
    }
    if (answer->signals & SIGNAL_MAY_ASK_READ)
        stream_may_be_asked(&boot->streaming->stream, event);
    if (answer->enters != PHASE_NONE)
        boot_life_enter(life, event, answer->enters);
    if (answer->evidence != 0
            && handoff_add(&boot->handoff, life, event, answer->evidence, answer->handoff)) {
        answer->step = STEP_HANDOFF;
        answer->ours = true;
        stream_hands_off(boot_stream(boot), life, event);
    }
    if ((answer->signals & SIGNAL_READ_DATA) && !boot_life_reached(life, REACHED_READ_DATA))
        take_back(life, REFUTED_BY_READ_DATA);
    if (answer->signals & SIGNAL_READ_DATA)
        life->reached |= boot_life_phase(life) == PHASE_BNISTACK ? REACHED_READ_DATA | REACHED_BNISTACK_DATA
                                                                 : REACHED_READ_DATA;
    if (answer->signals & SIGNAL_PROGRESS)
        boot_life_progress(life, event);
}

/* ---- DHCP and ARP ---- */

static chapter_answer
add_dhcp(boot_t *boot, const boot_event *event, dhcp_client client)
{
    net_address server = dhcp_server_of(event);
    chapter_answer answer;

    if (client == DHCP_CLIENT_OPERATING_SYSTEM || boot_life_reached(&boot->life, REACHED_LOGON))
        return system_add(&boot->system, &boot->life, event, &server);
    answer = dhcp_add(&boot->dhcp, &boot->life, event, client);
    if (answer.ours)
        boot->system.started = false;
    return answer;
}

static chapter_answer
add_arp(boot_t *boot, const boot_event *event)
{
    if (boot->system.started)
        return NOT_OURS;
    if (!boot->arp)
        boot->arp = g_new0(arp_chapter, 1);
    return arp_add(boot->arp, &boot->life, event);
}

/* ---- Logon and stream ---- */

/*
 * The first datagram of a boot of which neither DHCP nor a download was seen: a logon, as far as can be told, or a stream
 * of which nobody knows the phase.
 */
static void
begin_with_stream(boot_t *boot, const boot_event *event)
{
    boot->life.sight.begins = logon_may_begin_with(&boot->streaming->logon, event);
    boot_life_enter(&boot->life, event, boot->life.sight.begins ? PHASE_LOGON : PHASE_NONE);
}

static void
follow_phase(boot_t *boot, const boot_event *event)
{
    boot_life *life = &boot->life;

    if (life->phases.count == 0)
        begin_with_stream(boot, event);
    else if (boot_life_phase(life) == PHASE_BOOTSTRAP)
        boot_life_enter(life, event, PHASE_LOGON);
    if (boot_life_phase(life) != PHASE_LOGON)
        return;
    if (logon_is_refuted_by(&boot->streaming->logon, event)) {
        life->sight.begins = false;
        boot_life_enter(life, event, PHASE_NONE);
    } else if (logon_ends_with(boot_logon(boot), event)) {
        boot_life_enter(life, event, PHASE_SINGLE_READ);
        stream_begin(&boot->streaming->stream, life, event);
    }
}

static chapter_answer
add_stream(boot_t *boot, const boot_event *event)
{
    boot_life *life = &boot->life;
    chapter_answer answer;

    life->times.last = event->time;
    if (!boot_life_reached(life, REACHED_LOGON))
        take_back(life, REFUTED_BY_LOGON);
    life->reached |= event->stream.to_server ? REACHED_LOGON : REACHED_LOGON | REACHED_LOGON_ANSWER;
    if (event->stream.to_server)
        boot_life_sees_question(life, SERVICE_STREAM);
    else
        boot_life_sees_answer(life, SERVICE_STREAM);
    if (!boot->streaming) {
        boot->streaming = g_new0(boot_streaming, 1);
        stream_init(&boot->streaming->stream, life->context->start_time);
    }
    follow_phase(boot, event);
    stream_see(&boot->streaming->stream, life, event);
    if (boot->arp)
        arp_sees_stream(boot->arp, life, event);
    answer = boot_life_phase(life) == PHASE_LOGON ? logon_add(&boot->streaming->logon, life, event)
                                                  : stream_add(&boot->streaming->stream, life, event);
    if (event->stream.to_server)
        answer.signals |= SIGNAL_WENT_ON;
    return answer;
}

/* ---- All together ---- */

static bool
is_sent_by_target(const boot_t *boot, const boot_event *event)
{
    return boot->life.target != 0 && event->source_mac == boot->life.target;
}

/* Whether it shows that the client goes on after an ERROR of TFTP. */
static bool
goes_on(const boot_event *event)
{
    switch (event->kind) {
    case BOOT_EVENT_DHCP:
        return !dhcp_is_from_server(event->dhcp.message)
            && (event->dhcp.firmware.user_class.data != NULL || event->dhcp.firmware.is_chained);
    case BOOT_EVENT_BOOTSTRAP:
        return event->bootstrap.message == BOOTSTRAP_REQUEST;
    case BOOT_EVENT_STREAM:
        return event->stream.to_server;
    case BOOT_EVENT_ARP:
    case BOOT_EVENT_ICMP:
    case BOOT_EVENT_OTHER:
        break;
    }
    return false;
}

/* The service of the boot whose datagram an ICMP error quotes. */
static boot_service
service_quoted(const boot_t *boot, const boot_event *event)
{
    enum { DHCP_SERVER_PORT = 67, DHCP_CLIENT_PORT = 68, TFTP_PORT = 69 };
    const icmp_fact *fact = &event->icmp;
    net_address own = boot_life_address(&boot->life);
    bool from_target = net_address_equal(&fact->source, &own);
    const net_address *server = from_target ? &fact->destination : &fact->source;
    uint16_t client_port = from_target ? fact->source_port : fact->destination_port;
    uint16_t server_port = from_target ? fact->destination_port : fact->source_port;

    if (server_port == DHCP_SERVER_PORT || server_port == PXE_BOOT_SERVER_PORT || client_port == DHCP_CLIENT_PORT)
        return SERVICE_DHCP;
    if (server_port == TFTP_PORT || download_at(&boot->download, event->frame, server, client_port))
        return SERVICE_DOWNLOAD;
    if (!boot_life_reached(&boot->life, REACHED_LOGON)
            || !(logon_has_used(boot_logon(boot), server_port) || server_port == boot_stream(boot)->server_port))
        return SERVICE_NONE;
    return logon_has_asked(boot_logon(boot), server) || net_address_equal(server, &boot_stream(boot)->server)
        ? SERVICE_STREAM : SERVICE_NONE;
}

static chapter_answer
add_icmp(boot_t *boot, const boot_event *event)
{
    boot_service service = service_quoted(boot, event);

    if (service == SERVICE_STREAM)
        logon_met_error(&boot->streaming->logon);
    return icmp_add(&boot->life, event, service);
}

static chapter_answer
hand_out(boot_t *boot, const boot_event *event, dhcp_client client)
{
    switch (event->kind) {
    case BOOT_EVENT_DHCP:
        return add_dhcp(boot, event, client);
    case BOOT_EVENT_ARP:
        return add_arp(boot, event);
    case BOOT_EVENT_BOOTSTRAP:
        return download_add(&boot->download, &boot->life, event);
    case BOOT_EVENT_STREAM:
        return add_stream(boot, event);
    case BOOT_EVENT_ICMP:
        return add_icmp(boot, event);
    case BOOT_EVENT_OTHER:
        break;
    }
    return NOT_OURS;
}

chapter_answer
boot_add(boot_t *boot, const boot_event *event, dhcp_client client)
{
    boot_life *life = &boot->life;
    bool from_system = event->kind == BOOT_EVENT_DHCP && client == DHCP_CLIENT_OPERATING_SYSTEM;
    chapter_answer answer;

    dhcp_time_passes(&boot->dhcp, life, event, from_system);
    answer = hand_out(boot, event, client);
    if (is_sent_by_target(boot, event))
        boot_life_sees_target(life, event, from_system);
    apply(boot, event, &answer);
    if (event->kind == BOOT_EVENT_STREAM) {
        life->times.stream = event->time;
        life->stream_frame = event->frame;
    }
    if (!answer.ours)
        return answer;
    life->times.end = event->time;
    if (!boot_life_reached(life, REACHED_LOGON) || event->kind == BOOT_EVENT_STREAM) {
        download_sees(&boot->download, life, event, goes_on(event));
        if (event->kind != BOOT_EVENT_DHCP)
            dhcp_sees(&boot->dhcp, life, event, is_sent_by_target(boot, event));
    }
    return answer;
}

void
boot_end(boot_t *boot, const boot_event *next)
{
    boot_life *life = &boot->life;

    life->is_over = true;
    life->times.next_boot = next->time;
    dhcp_end(&boot->dhcp, life, next);
    download_end(&boot->download, life, next);
    logon_end(boot_logon(boot), life, next);
    stream_end(boot_stream(boot), life, next);
    handoff_end(&boot->handoff, life, next, &boot_stream(boot)->server);
}

void
boot_settle(boot_t *boot, int64_t newest_time)
{
    boot_life *life = &boot->life;
    int64_t end = boot_life_end(life, newest_time);

    finding_log_reset(&life->late);
    dhcp_settle(&boot->dhcp, life, end);
    if (boot->arp)
        arp_settle(boot->arp, life, end);
    download_settle(&boot->download, life, end);
    logon_settle(boot_logon(boot), life, end);
    stream_settle(boot_stream(boot), life, end);
    handoff_settle(&boot->handoff, life, end, &boot_stream(boot)->server);
    finding_log_sort(&life->late);
}

/* A stream that stands still is told with the time that it does: that grows as long as the capture goes on. */
bool
boot_may_ripen(const boot_t *boot, int64_t newest_time)
{
    const boot_life *life = &boot->life;

    return newest_time - life->times.touched < RIPE_AFTER
        || (newest_time == boot_life_end(life, newest_time) && stream_is_frozen(boot_stream(boot), newest_time));
}
