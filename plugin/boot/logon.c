/* logon.c
 * The chapter of the PVS logon: from the first datagram to a logon port to the first read data
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "logon.h"

#include "boot_time.h"
#include "stream_meter.h"
#include "telling.h"

/* docs/diagnosis.md, .logon.retry, .logon.unanswered */
#define RETRY_TIME (1 * SECOND)
#define END_TIME (10 * SECOND)
#define DATAGRAMS_IN_A_ROW 3

/* A bootstrap knows 4 servers, a UEFI one up to 32 (option 11): who asks more is not remembered for it. */
#define SERVERS_OF_A_BOOT 64

/* The two ends of a target's datagram. */
typedef struct logon_pair {
    net_address target;
    net_address server;
} logon_pair;

void
logon_clear(logon_chapter *logon)
{
    if (logon->asked)
        g_array_free(logon->asked, TRUE);
}

static bool
is_among(const GArray *pairs, const net_address *target, const net_address *server)
{
    for (unsigned i = 0; i < pairs->len; i++) {
        const logon_pair *pair = &g_array_index(pairs, logon_pair, i);
        if (net_address_equal(&pair->server, server) && net_address_equal(&pair->target, target))
            return true;
    }
    return false;
}

/* Whether these two have spoken, the target first; where only servers' datagrams were captured, nobody can tell. */
static bool
was_asked(const logon_chapter *logon, const boot_life *life, const boot_event *event)
{
    return logon->asked ? is_among(logon->asked, &event->destination, &event->source) : life->from_midstream;
}

static void
remember_asked(logon_chapter *logon, const boot_event *event)
{
    logon_pair pair = { event->source, event->destination };

    if (!logon->asked)
        logon->asked = g_array_sized_new(FALSE, FALSE, sizeof(logon_pair), 1);
    if (logon->asked->len < SERVERS_OF_A_BOOT && !is_among(logon->asked, &pair.target, &pair.server))
        g_array_append_val(logon->asked, pair);
}

bool
logon_ends_with(const logon_chapter *logon, const boot_life *life, const boot_event *event)
{
    return !event->stream.to_server && stream_payload_can_start_reading(event->stream.payload)
        && was_asked(logon, life, event);
}

static void
tell_unanswered(boot_finding *finding, const logon_chapter *logon)
{
    finding->from_frame = logon->waiting.first_frame;
    finding->times = logon->waiting.count;
}

static void
add_request(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    answer_wait *wait = &logon->waiting;

    remember_asked(logon, event);
    if (logon->port == 0) {
        boot_life_say(life, event, FINDING_LOGON_STARTED);
    } else if (logon->port != event->destination_port || !net_address_equal(&logon->server, &event->destination)) {
        boot_finding *finding = boot_life_say(life, event, FINDING_LOGON_REDIRECTED);
        finding->address = event->destination;
        finding->port = event->destination_port;
    }
    logon->server = event->destination;
    logon->port = event->destination_port;

    if (wait->count > 0 && event->stream.logon_port && event->time - wait->newest_time >= RETRY_TIME) {
        boot_finding *finding = boot_life_say(life, event, FINDING_LOGON_RETRY);
        finding->from_frame = wait->newest_frame;
        finding->duration = event->time - wait->newest_time;
    }
    answer_wait_add(wait, event, &event->destination);
    if (!wait->said && wait->count >= DATAGRAMS_IN_A_ROW && event->time - wait->first_time >= END_TIME) {
        wait->said = true;
        tell_unanswered(boot_life_say(life, event, FINDING_LOGON_UNANSWERED), logon);
    }
}

chapter_answer
logon_add(logon_chapter *logon, boot_life *life, const boot_event *event)
{
    chapter_answer answer = { .ours = true };

    if (event->stream.to_server) {
        add_request(logon, life, event);
        answer.signals = SIGNAL_MAY_ASK_READ;
    } else {
        answer_wait_stop(&logon->waiting);
        answer.signals = SIGNAL_PROGRESS;
    }
    return answer;
}

static bool
is_unanswered(const logon_chapter *logon, const boot_life *life, int64_t end)
{
    return boot_life_phase(life) == PHASE_LOGON && logon->waiting.count > 0
        && end - logon->waiting.newest_time >= END_TIME;
}

void
logon_end(const logon_chapter *logon, boot_life *life, const boot_event *next)
{
    if (is_unanswered(logon, life, next->time))
        tell_unanswered(boot_life_say(life, next, FINDING_LOGON_UNANSWERED), logon);
}

void
logon_settle(const logon_chapter *logon, const boot_life *life, int64_t end, finding_log *late)
{
    if (is_unanswered(logon, life, end))
        tell_unanswered(finding_log_add(late, logon->waiting.newest_frame, logon->waiting.newest_time,
            FINDING_LOGON_UNANSWERED, life->boot), logon);
}

void
logon_tell(const boot_finding *finding, GString *text)
{
    switch (finding->id) {
    case FINDING_LOGON_REDIRECTED:
        telling_address(text, ": ", &finding->address);
        g_string_append_printf(text, ", port %u", finding->port);
        break;
    case FINDING_LOGON_RETRY:
        g_string_append_printf(text, ": %.1f s after the one in frame %u", telling_seconds(finding->duration),
            finding->from_frame);
        break;
    case FINDING_LOGON_UNANSWERED:
        g_string_append_printf(text, ": %u datagram%s without a reply since frame %u", finding->times,
            finding->times == 1 ? "" : "s", finding->from_frame);
        break;
    default:
        break;
    }
}
