/* logon.c
 * The chapter of the PVS logon: from the first datagram to a logon port to the first read data
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "logon.h"

#include "boot_time.h"
#include "frame_index.h"
#include "stream_meter.h"
#include "telling.h"

/* docs/diagnosis.md, .logon.retry, .unanswered, .refused, .stopped, .missing */
#define RETRY_TIME (1 * SECOND)
#define ANSWER_TIME (1 * SECOND)
#define END_TIME (10 * SECOND)
#define DATAGRAMS_IN_A_ROW 3
#define REFUSED_AFTER (30 * SECOND)
#define REFUSED_DATAGRAMS 3

/* So many answered datagrams, none by read data, show that a logon in question is one. */
#define ANSWERS_THAT_SHOW_A_LOGON 2

/* A bootstrap knows 4 servers, a UEFI one up to 32 (option 11): who asks more is not remembered for it. */
#define SERVERS_OF_A_BOOT 64

/* So many datagrams of a logon are numbered; a real one has eight. */
#define NUMBERED_DATAGRAMS 64

/* The two ends of a target's datagram. */
typedef struct logon_pair {
    net_address target;
    net_address server;
} logon_pair;

typedef struct logon_frame {
    uint32_t frame;
    uint32_t exchange;
} logon_frame;

void
logon_clear(logon_chapter *logon)
{
    lean_list_clear(&logon->asked);
    lean_list_clear(&logon->exchanges.frames);
}

/* ---- Whom the target has asked ---- */

static bool
is_among(const lean_list *pairs, const net_address *target, const net_address *server)
{
    for (unsigned i = 0; i < pairs->count; i++) {
        const logon_pair *pair = &lean_list_index(pairs, logon_pair, i);
        if (net_address_equal(&pair->server, server) && net_address_equal(&pair->target, target))
            return true;
    }
    return false;
}

static void
remember_asked(logon_chapter *logon, const boot_event *event)
{
    logon_pair pair = { event->source, event->destination };

    if (logon->asked.count < SERVERS_OF_A_BOOT && !is_among(&logon->asked, &pair.target, &pair.server))
        lean_list_append(&logon->asked, pair);
}

bool
logon_ends_with(const logon_chapter *logon, const boot_event *event)
{
    return !event->stream.to_server && stream_payload_can_start_reading(event->stream.payload)
        && is_among(&logon->asked, &event->destination, &event->source);
}

bool
logon_has_asked(const logon_chapter *logon, const net_address *server)
{
    for (unsigned i = 0; i < logon->asked.count; i++)
        if (net_address_equal(&lean_list_index(&logon->asked, logon_pair, i).server, server))
            return true;
    return false;
}

bool
logon_has_used(const logon_chapter *logon, uint16_t port)
{
    return port != 0 && (port == logon->port || port == logon->first_port);
}

/* ---- A logon in question ---- */

bool
logon_may_begin_with(logon_chapter *logon, const boot_event *event)
{
    const stream_fact *fact = &event->stream;

    logon->in_question = fact->to_server && fact->logon_port && fact->payload != STREAM_REQUEST_PAYLOAD;
    return logon->in_question;
}

bool
logon_is_refuted_by(logon_chapter *logon, const boot_event *event)
{
    const stream_fact *fact = &event->stream;

    if (!logon->in_question)
        return false;
    if (fact->payload == STREAM_REQUEST_PAYLOAD || (fact->to_server && !fact->logon_port)
            || (!fact->to_server && stream_payload_can_start_reading(fact->payload))) {
        logon->in_question = false;
        return true;
    }
    if (!fact->to_server && logon->waiting.count > 0
            && ++logon->answers_in_question == ANSWERS_THAT_SHOW_A_LOGON)
        logon->in_question = false;
    return false;
}

/* ---- Exchanges ---- */

static void
number_datagram(logon_exchanges *exchanges, uint32_t frame)
{
    logon_frame numbered = { frame, exchanges->number };

    if (exchanges->frames.count < NUMBERED_DATAGRAMS)
        lean_list_append(&exchanges->frames, numbered);
}

static void
is_irregular(logon_exchanges *exchanges, uint32_t frame)
{
    if (exchanges->irregular_from == 0)
        exchanges->irregular_from = frame;
}

/* unanswered: the request before found no answer, so that this one asks the same. */
static void
count_request(logon_exchanges *exchanges, const boot_event *event, bool unanswered)
{
    if (exchanges->requests++ == 0) {
        exchanges->first_frame = event->frame;
        exchanges->first_time = event->time;
    }
    if (unanswered)
        is_irregular(exchanges, event->frame);
    else
        exchanges->number++;
    exchanges->reply_frame = 0;
    number_datagram(exchanges, event->frame);
}

static void
count_reply(logon_exchanges *exchanges, const boot_event *event, bool wanted)
{
    if (!wanted)
        is_irregular(exchanges, event->frame);
    exchanges->reply_frame = event->frame;
    exchanges->reply_time = event->time;
    number_datagram(exchanges, event->frame);
}

uint32_t
logon_exchange_at(const logon_chapter *logon, uint32_t frame, bool *in_turn)
{
    const logon_exchanges *exchanges = &logon->exchanges;
    const lean_list *frames = &exchanges->frames;
    unsigned count = list_frames_until(frames, sizeof(logon_frame), offsetof(logon_frame, frame), frame);
    const logon_frame *numbered = count > 0 ? &lean_list_index(frames, logon_frame, count - 1) : NULL;

    *in_turn = exchanges->irregular_from == 0 || frame < exchanges->irregular_from;
    return numbered && numbered->frame == frame ? numbered->exchange : 0;
}

/* ---- A datagram of the target ---- */

static void
say_where_it_goes(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    if (logon->port == 0) {
        boot_life_say(life, event, FINDING_LOGON_STARTED);
        logon->first_port = event->destination_port;
    } else if (logon->port != event->destination_port || !net_address_equal(&logon->server, &event->destination)) {
        boot_finding *finding = boot_life_say(life, event, FINDING_LOGON_REDIRECTED);
        finding->address = event->destination;
        finding->port = event->destination_port;
    }
    logon->server = event->destination;
    logon->port = event->destination_port;
}

static void
say_retry(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    const answer_wait *wait = &logon->waiting;
    boot_finding *finding;

    if (wait->count == 0 || !event->stream.logon_port || event->time - wait->newest_time < RETRY_TIME)
        return;
    finding = boot_life_say(life, event, FINDING_LOGON_RETRY);
    finding->from_frame = wait->newest_frame;
    finding->duration = event->time - wait->newest_time;
}

/* Ports alone prove no logon: then all its datagrams must be of one size, from a target port to a logon port. */
static bool
is_surely_one(const logon_chapter *logon, const boot_life *life)
{
    return boot_life_certainty(life) == CERTAINTY_PVS || logon->size != 0;
}

static logon_silence
silence_now(const logon_chapter *logon)
{
    const answer_wait *wait = &logon->waiting;
    /* An earlier exchange was answered, and the silent one goes to another port: the one that the server assigned. */
    bool assigned = logon->exchanges.number > 1 && logon->port != logon->first_port;

    return (logon_silence){
        .frame = wait->newest_frame,
        .time = wait->newest_time,
        .first_frame = wait->first_frame,
        .times = wait->count,
        .port = assigned ? logon->port : 0
    };
}

static void
tell_unanswered(boot_finding *finding, const logon_silence *silence)
{
    finding->from_frame = silence->first_frame;
    finding->times = silence->times;
    finding->port = silence->port;
}

/* The third datagram in a row, 10 s or more after the first, that finds no answer within a second either. */
static void
judge_silence(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    const answer_wait *wait = &logon->waiting;
    logon_silence *silence = &logon->silence;

    if (silence->proved)
        return;
    if (silence->frame != 0 && event->time - silence->time >= ANSWER_TIME) {
        logon_silence now = silence_now(logon);
        silence->proved = true;
        if (is_surely_one(logon, life))
            tell_unanswered(boot_life_say(life, event, FINDING_LOGON_UNANSWERED), &now);
    } else if (silence->frame == 0 && wait->count >= DATAGRAMS_IN_A_ROW && event->time - wait->first_time >= END_TIME) {
        *silence = silence_now(logon);
    }
}

/* An answer, or another server: what was not proved yet is none. */
static void
end_silence(logon_chapter *logon, bool answered, const boot_event *event)
{
    logon_silence *silence = &logon->silence;

    if (silence->frame == 0 || silence->proved)
        return;
    if (answered && event->time - silence->time >= ANSWER_TIME)
        silence->proved = true;
    else
        silence->frame = 0;
}

static void
judge_refusal(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    const logon_exchanges *exchanges = &logon->exchanges;

    if (logon->refused || exchanges->requests < REFUSED_DATAGRAMS || exchanges->number != exchanges->requests
            || event->time - exchanges->first_time < REFUSED_AFTER)
        return;
    logon->refused = true;
    {
        boot_finding *finding = boot_life_say(life, event, FINDING_LOGON_REFUSED);
        finding->from_frame = exchanges->first_frame;
        finding->times = exchanges->requests;
        finding->duration = event->time - exchanges->first_time;
    }
}

static void
add_request(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    answer_wait *wait = &logon->waiting;
    bool same_server = net_address_equal(&logon->server, &event->destination);
    bool plain = event->stream.logon_port && event->stream.target_port;

    if (logon->exchanges.requests == 0)
        logon->size = plain ? event->stream.payload : 0;
    else if (!plain || event->stream.payload != logon->size)
        logon->size = 0;
    remember_asked(logon, event);
    say_where_it_goes(logon, life, event);
    if (wait->count > 0 && same_server && !life->sight.services[SERVICE_STREAM].answer_seen && !logon->met_error
            && event->time - wait->newest_time < ANSWER_TIME)
        boot_life_lacks_answer(life, event, SERVICE_STREAM);
    say_retry(logon, life, event);
    count_request(&logon->exchanges, event, wait->count > 0);
    if (!same_server && wait->count > 0) {
        answer_wait_stop(wait);
        end_silence(logon, false, event);
    }
    answer_wait_add(wait, event, &event->destination);
    judge_silence(logon, life, event);
    judge_refusal(logon, life, event);
}

static void
add_reply(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    if (logon->waiting.count == 0 && logon->exchanges.reply_frame != 0)
        boot_life_lacks_question(life, event, SERVICE_STREAM);
    end_silence(logon, true, event);
    count_reply(&logon->exchanges, event, logon->waiting.count > 0);
    answer_wait_stop(&logon->waiting);
}

chapter_answer
logon_add(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    chapter_answer answer = { .ours = true };

    if (event->stream.to_server) {
        add_request(logon, life, event);
        answer.signals = SIGNAL_MAY_ASK_READ;
    } else {
        add_reply(logon, life, event);
        if (!logon->refused) /* a refusal again is none */
            answer.signals = SIGNAL_PROGRESS;
    }
    return answer;
}

void
logon_met_error(logon_chapter *logon)
{
    logon->met_error = true;
}

/* ---- The end ---- */

static bool
is_unanswered(const logon_chapter *logon, const boot_life *life, int64_t end)
{
    return boot_life_phase(life) == PHASE_LOGON && logon->waiting.count > 0
        && end - logon->waiting.newest_time >= END_TIME && is_surely_one(logon, life);
}

/* A PVS bootstrap arrived whole, and no logon followed for so long, or before the next boot. */
static bool
is_missing(const boot_life *life, int64_t end)
{
    return life->presence.download_is_pvs && !boot_life_reached(life, REACHED_LOGON)
        && (life->is_over || end - life->times.last >= END_TIME);
}

/* UEFI finds the PVS servers by option 11 or 17 of the ACK: without them there is nobody to log on to. */
static bool
has_no_server_list(const boot_life *life)
{
    return boot_firmware_is_uefi(&life->firmware) && !life->firmware.has_server_list
        && net_address_known(&life->firmware.server);
}

static bool
logon_could_be_seen(const boot_life *life)
{
    return has_no_server_list(life) || boot_life_target_stayed(life, life->presence.download_time);
}

static void
tell_missing(boot_finding *finding, const boot_life *life)
{
    finding->from_frame = life->presence.download_frame;
    /* A program of the other firmware never ran: what it would not have found is no cause. */
    finding->from_client = has_no_server_list(life)
        && !(life->faults & finding_fault_bit(FINDING_BOOTSTRAP_WRONG_FIRMWARE));
}

void
logon_end(const logon_chapter *logon, boot_life *life, const boot_event *next)
{
    if (is_missing(life, next->time) && logon_could_be_seen(life))
        tell_missing(boot_life_say(life, next, FINDING_LOGON_MISSING), life);
    if (is_unanswered(logon, life, next->time)) {
        logon_silence now = silence_now(logon);
        tell_unanswered(boot_life_say(life, next, FINDING_LOGON_UNANSWERED), &now);
    }
}

/* The logon's last datagram was answered, and then nothing came: it stopped, if the target was still there. */
static void
settle_stop(const logon_chapter *logon, boot_life *life, int64_t end)
{
    const logon_exchanges *exchanges = &logon->exchanges;

    if (boot_life_phase(life) != PHASE_LOGON || exchanges->reply_frame == 0 || logon->refused || exchanges->requests == 0
            || end - exchanges->reply_time < END_TIME)
        return;
    if (boot_life_target_stayed(life, exchanges->reply_time) && boot_life_may_say(life, FINDING_LOGON_STOPPED))
        boot_life_say_late(life, exchanges->reply_frame, exchanges->reply_time, FINDING_LOGON_STOPPED)->times = exchanges->number;
    else
        boot_life_say_late(life, exchanges->reply_frame, exchanges->reply_time, FINDING_LOGON_OUT_OF_SIGHT);
}

void
logon_settle(const logon_chapter *logon, boot_life *life, int64_t end)
{
    if (is_missing(life, end)) {
        if (logon_could_be_seen(life) && boot_life_may_say(life, FINDING_LOGON_MISSING))
            tell_missing(boot_life_say_late(life, life->presence.download_frame, life->presence.download_time,
                FINDING_LOGON_MISSING), life);
        else
            boot_life_say_late(life, life->presence.download_frame, life->presence.download_time,
                FINDING_LOGON_OUT_OF_SIGHT);
    }
    if (logon->silence.frame != 0 && is_surely_one(logon, life)
            && (logon->silence.proved || end - logon->silence.time >= ANSWER_TIME))
        tell_unanswered(boot_life_say_late(life, logon->silence.frame, logon->silence.time, FINDING_LOGON_UNANSWERED),
            &logon->silence);
    if (is_unanswered(logon, life, end)) {
        logon_silence now = silence_now(logon);
        if (!(logon->silence.proved && logon->silence.frame == now.frame))
            tell_unanswered(boot_life_say_late(life, now.frame, now.time, FINDING_LOGON_UNANSWERED), &now);
    }
    settle_stop(logon, life, end);
}

static void
tell_out_of_sight(const boot_life *life, GString *text)
{
    const uint16_t *ports = life->presence.other_ports;

    for (size_t i = 0; i < G_N_ELEMENTS(life->presence.other_ports) && ports[i] != 0; i++)
        g_string_append_printf(text, "%s%u", i == 0 ? ": the target goes on at UDP " : ", ", ports[i]);
}

void
logon_tell(const boot_life *life, const boot_finding *finding, GString *text)
{
    uint32_t from = finding->from_frame, times = finding->times;

    switch (finding->id) {
    case FINDING_LOGON_REDIRECTED:
        telling_address(text, ": ", &finding->address);
        g_string_append_printf(text, ", port %u", finding->port);
        break;
    case FINDING_LOGON_RETRY:
        g_string_append_printf(text, ": %.1f s after the one in frame %u", telling_seconds(finding->duration), from);
        break;
    case FINDING_LOGON_UNANSWERED:
        if (finding->port != 0)
            g_string_append_printf(text, " at UDP %u: the assigned stream port is blocked, not the logon", finding->port);
        g_string_append_printf(text, ": %u datagram%s without a reply since frame %u", times, times == 1 ? "" : "s", from);
        break;
    case FINDING_LOGON_REFUSED:
        g_string_append_printf(text, ": %u datagrams in %.0f s since frame %u", times, telling_seconds(finding->duration),
            from);
        break;
    case FINDING_LOGON_STOPPED:
        g_string_append_printf(text, " after %u exchange%s", times, times == 1 ? "" : "s");
        break;
    case FINDING_LOGON_MISSING:
        g_string_append_printf(text, " (frame %u)", from);
        if (finding->from_client)
            g_string_append(text, ": UEFI, and no ACK held option 11 or 17");
        break;
    case FINDING_LOGON_OUT_OF_SIGHT:
        tell_out_of_sight(life, text);
        break;
    default:
        break;
    }
}

const char *
logon_advice(const boot_finding *finding)
{
    if (finding->id == FINDING_LOGON_UNANSWERED && finding->port != 0)
        return "Check that firewalls pass UDP 6910 to 6930 between target and server";
    if (finding->id == FINDING_LOGON_MISSING && finding->from_client)
        return "Without a list of servers in DHCP it has nobody to log on to: set one of these options";
    return NULL;
}
