/* discover_log.c
 * The DHCP DISCOVERs of a capture: which were answered, and what tells the silent ones from the others
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "discover_log.h"

#include "boot_time.h"
#include "dhcp_load_balance.h"
#include "frame_index.h"

/* So many DISCOVERs in a row without an OFFER are a fault even if one comes at last (design.md). */
#define UNANSWERED_RUN 4

/* The capture must go on for this long after a DISCOVER before its silence means anything (RFC 2131, 4.1). */
#define ANSWER_TIME (4 * SECOND)

/* A server of a failover pair answers any client above this (ISC's usual "load balance max seconds"). */
#define LOAD_BALANCE_MAX_SECONDS 3

/* So many DISCOVERs with other transactions are passed over when an OFFER's is looked for. */
#define LONG_RUN 64

void
discover_log_init(discover_log *log)
{
    log->discovers = g_array_new(FALSE, TRUE, sizeof(discover));
}

void
discover_log_clear(discover_log *log)
{
    g_array_free(log->discovers, TRUE);
}

static discover *
discover_at(const discover_log *log, int index)
{
    return &g_array_index(log->discovers, discover, index);
}

static uint8_t
bucket_of(const dhcp_fact *fact)
{
    uint8_t chaddr[6];

    if (fact->client_id.data)
        return dhcp_load_balance_bucket(fact->client_id.data, fact->client_id.length);
    for (int i = 0; i < 6; i++)
        chaddr[i] = (uint8_t)(fact->client >> (8 * (5 - i)));
    return dhcp_load_balance_bucket(chaddr, sizeof chaddr);
}

static void
tell_unanswered(boot_finding *finding, const discover_run *run)
{
    finding->from_frame = run->first_frame;
    finding->times = run->count;
    finding->duration = run->newest_time - run->first_time;
}

static void
tell_secs_zero(boot_finding *finding, const discover *one, const discover_run *run)
{
    finding->from_frame = run->first_frame;
    finding->bucket = one->bucket;
}

static void
end_run(discover_log *log, discover_state *state, boot_life *life)
{
    if (state->run.count > 0)
        discover_at(log, state->newest - 1)->run_answered = true;
    state->run = (discover_run){ 0 };
    state->listed = 0;
    if (life)
        finding_log_reset(&life->late_discovers);
}

static void
extend_run(discover_run *run, const discover *added)
{
    if (run->count++ == 0) {
        run->first_frame = added->frame;
        run->first_time = added->time;
        run->secs_zero = true;
    }
    run->newest_time = added->time;
    run->secs_zero &= added->secs == 0;
}

void
discover_log_add(discover_log *log, discover_state *state, const boot_event *event, boot_life *life)
{
    const dhcp_fact *fact = &event->dhcp;
    int index = (int)log->discovers->len;
    discover_run *run = &state->run;
    discover added = {
        .frame = event->frame,
        .life = life,
        .time = event->time,
        .transaction = fact->transaction,
        .secs = fact->secs,
        .bucket = bucket_of(fact),
        .broadcast = fact->broadcast,
        .relay = fact->relay,
        .attempt = ++state->attempts,
        .previous = run->count > 0 ? state->newest - 1 : -1,
        .next = -1
    };

    if (state->newest > 0)
        discover_at(log, state->newest - 1)->next = index;
    g_array_append_val(log->discovers, added);
    log->clear += !fact->broadcast;
    state->newest = index + 1;
    state->asked = net_address_known(&fact->relay) ? event->destination : NET_ADDRESS_NONE;
    extend_run(run, &added);
    boot_life_say(life, event, fact->broadcast ? FINDING_DISCOVER_BROADCAST_REPLY : FINDING_DISCOVER_UNICAST_REPLY);
    if (added.previous >= 0) {
        boot_finding *retry = boot_life_say(life, event, FINDING_DISCOVER_RETRY);
        retry->from_frame = discover_at(log, added.previous)->frame;
        retry->times = run->count;
    }
    if (run->count == UNANSWERED_RUN && !run->proxied) {
        tell_unanswered(boot_life_say(life, event, FINDING_DISCOVER_UNANSWERED), run);
        if (run->secs_zero)
            tell_secs_zero(boot_life_say(life, event, FINDING_DISCOVER_SECS_ZERO), &added, run);
    }
}

discover_answer
discover_log_answer(discover_log *log, discover_state *state, const boot_event *offer)
{
    discover_answer answer = { .ends_run = false };
    int others = 0;

    for (int i = state->newest - 1; i >= 0 && others < LONG_RUN; i = discover_at(log, i)->previous) {
        discover *one = discover_at(log, i);
        if (one->transaction != offer->dhcp.transaction) {
            others++;
            continue;
        }
        if (answer.frame == 0) {
            answer.frame = one->frame;
            answer.broadcast = one->broadcast;
            log->answered_set += one->broadcast && !one->meant;
            one->meant = true;
        }
        if (one->answered_in != 0)
            break; /* and so are those before it */
        one->answered_in = offer->frame;
    }
    if (answer.frame != 0 && state->run.count > 0) {
        answer.ends_run = true;
        answer.run_frame = state->run.first_frame;
        answer.wait = offer->time - state->run.first_time;
        end_run(log, state, discover_at(log, state->newest - 1)->life);
    }
    return answer;
}

void
discover_log_proxied(discover_log *log, discover_state *state, const boot_event *offer)
{
    const discover *newest = state->newest > 0 ? discover_at(log, state->newest - 1) : NULL;

    if (newest && newest->transaction == offer->dhcp.transaction && net_address_known(&state->asked)
            && net_address_equal(&state->asked, &offer->source))
        state->run.proxied = true;
}

void
discover_log_went_on(discover_log *log, discover_state *state, bool acknowledged)
{
    end_run(log, state, state->newest > 0 ? discover_at(log, state->newest - 1)->life : NULL);
    if (acknowledged)
        state->attempts = 0;
}

const discover *
discover_log_at(const discover_log *log, uint32_t frame)
{
    unsigned count = frames_until(log->discovers, offsetof(discover, frame), frame);
    const discover *newest = count > 0 ? discover_at(log, (int)count - 1) : NULL;

    return newest && newest->frame == frame ? newest : NULL;
}

/* The links are between DISCOVERs of one boot: both ends stay, or both go. */
int *
discover_log_forget(discover_log *log)
{
    unsigned length = log->discovers->len;
    int *moved_to = g_new(int, MAX(length, 1));
    int kept = 0;

    for (unsigned i = 0; i < length; i++)
        moved_to[i] = discover_at(log, (int)i)->life->forgotten ? -1 : kept++;
    for (unsigned i = 0; i < length; i++) {
        discover *one = discover_at(log, (int)i);
        if (moved_to[i] < 0)
            continue;
        one->previous = one->previous < 0 ? -1 : moved_to[one->previous];
        one->next = one->next < 0 ? -1 : moved_to[one->next];
        *discover_at(log, moved_to[i]) = *one;
    }
    log->some_forgotten |= (unsigned)kept < length;
    g_array_set_size(log->discovers, (unsigned)kept);
    return moved_to;
}

void
discover_state_move(discover_state *state, const int *moved_to)
{
    if (state->newest > 0)
        state->newest = moved_to[state->newest - 1] + 1;
}

/* Of one segment: how many DISCOVERs by flag, by answer and by secs (above the load balancing limit, or not). */
typedef struct segment_count {
    unsigned silent_clear[2], answered_set[2];
    unsigned silent_set, answered_clear;
} segment_count;

static bool
is_silent(const discover_log *log, const discover *one, int newest_of_run, int64_t newest_time)
{
    const discover *last = discover_at(log, newest_of_run);

    if (one->meant)
        return false;
    /* What followed proves an answer that the capture has lost: which of the run had it, nobody can tell. */
    if (last->run_answered && last->answered_in == 0 && one->answered_in == 0)
        return false;
    return one->next >= 0 || newest_time - one->time >= ANSWER_TIME;
}

static segment_count *
count_of_segment(GHashTable *segments, const net_address *relay)
{
    segment_count *count = g_hash_table_lookup(segments, relay);

    if (!count) {
        count = g_new0(segment_count, 1);
        g_hash_table_insert(segments, g_memdup2(relay, sizeof *relay), count);
    }
    return count;
}

/* For each DISCOVER the newest one of its run. */
static int *
newest_of_runs(const discover_log *log)
{
    int length = (int)log->discovers->len;
    int *newest = g_new(int, MAX(length, 1));

    for (int i = length - 1; i >= 0; i--) {
        int next = discover_at(log, i)->next;
        bool run_goes_on = next >= 0 && discover_at(log, next)->previous == i;
        newest[i] = run_goes_on ? newest[next] : i;
    }
    return newest;
}

static GHashTable *
count_segments(const discover_log *log, const int *newest, int64_t newest_time)
{
    GHashTable *segments = g_hash_table_new_full(net_address_hash, net_address_hash_equal, g_free, g_free);

    for (int i = 0; i < (int)log->discovers->len; i++) {
        const discover *one = discover_at(log, i);
        segment_count *count = count_of_segment(segments, &one->relay);
        int high = one->secs > LOAD_BALANCE_MAX_SECONDS;

        if (one->meant) {
            if (one->broadcast)
                count->answered_set[high]++;
            else
                count->answered_clear++;
        } else if (is_silent(log, one, newest[i], newest_time)) {
            if (one->broadcast)
                count->silent_set++;
            else
                count->silent_clear[high]++;
        }
    }
    return segments;
}

static bool
flag_decides(const segment_count *count)
{
    return count->silent_clear[0] + count->silent_clear[1] >= 2
        && count->answered_clear == 0 && count->silent_set == 0
        && ((count->silent_clear[0] > 0 && count->answered_set[0] > 0)
            || (count->silent_clear[1] > 0 && count->answered_set[1] > 0));
}

/* Of each client its first answered DISCOVER with the flag set. */
static GHashTable *
answered_with_flag(const discover_log *log)
{
    GHashTable *clients = g_hash_table_new(mac_hash, mac_hash_equal);

    for (int i = 0; i < (int)log->discovers->len; i++) {
        discover *one = discover_at(log, i);
        if (one->broadcast && one->meant && !g_hash_table_contains(clients, &one->life->target))
            g_hash_table_insert(clients, &one->life->target, one);
    }
    return clients;
}

static void
settle_flag(const discover_log *log, const int *newest, int64_t newest_time)
{
    GHashTable *segments = count_segments(log, newest, newest_time);
    GHashTable *same_client = answered_with_flag(log);

    for (int i = 0; i < (int)log->discovers->len; i++) {
        const discover *one = discover_at(log, i);
        const segment_count *count = g_hash_table_lookup(segments, &one->relay);
        const struct discover *answered;
        boot_finding *finding;

        if (one->broadcast || !is_silent(log, one, newest[i], newest_time) || !flag_decides(count))
            continue;
        finding = boot_life_say_late(one->life, one->frame, one->time, FINDING_DISCOVER_FLAG_DECIDES);
        answered = g_hash_table_lookup(same_client, &one->life->target);
        if (answered && net_address_equal(&answered->relay, &one->relay))
            finding->from_frame = answered->frame;
        finding->times = count->silent_clear[0] + count->silent_clear[1];
    }
    g_hash_table_destroy(same_client);
    g_hash_table_destroy(segments);
}

/*
 * A run that is open may grow without end: its list grows with it, and is not made anew each time. What the DISCOVERs of a
 * run have in common, its length, is told by each as of when it was listed.
 */
void
discover_log_settle(const discover_log *log, discover_state *state, int64_t end, boot_life *life)
{
    const discover_run *run = &state->run;

    if (run->count == 0 || run->proxied || end - run->newest_time < ANSWER_TIME
            || !boot_life_may_say(life, FINDING_DISCOVER_UNANSWERED)) {
        finding_log_reset(&life->late_discovers);
        state->listed = 0;
        return;
    }
    if (state->listed == run->count)
        return;
    finding_log_reset(&life->late_discovers);
    for (int i = state->newest - 1; i >= 0; i = discover_at(log, i)->previous) {
        const discover *one = discover_at(log, i);
        tell_unanswered(finding_log_add(&life->late_discovers, one->frame, one->time, FINDING_DISCOVER_UNANSWERED,
            life->boot), run);
        if (run->secs_zero)
            tell_secs_zero(finding_log_add(&life->late_discovers, one->frame, one->time, FINDING_DISCOVER_SECS_ZERO,
                life->boot), one, run);
    }
    finding_log_sort(&life->late_discovers);
    state->listed = run->count;
}

/* The rule speaks of all DISCOVERs of a segment: one that is forgotten may have shown the contrary. */
bool
discover_log_flag_may_decide(const discover_log *log)
{
    return !log->some_forgotten && log->clear >= 2 && log->answered_set > 0;
}

void
discover_log_settle_flag(const discover_log *log, int64_t newest_time)
{
    int *newest;

    if (!discover_log_flag_may_decide(log))
        return;
    newest = newest_of_runs(log);
    settle_flag(log, newest, newest_time);
    g_free(newest);
}
