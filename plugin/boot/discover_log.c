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

/* Further back than this an OFFER's DISCOVER is not looked for. */
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

/* A run of DISCOVERs, as far as it has come. */
typedef struct discover_run {
    uint32_t first_frame;
    uint32_t count;
    int64_t duration;
    bool secs_zero; /* in every one */
} discover_run;

static discover_run
run_of(const discover_log *log, int newest)
{
    discover_run run = { .secs_zero = true };

    for (int i = newest; i >= 0; i = discover_at(log, i)->previous) {
        const discover *one = discover_at(log, i);
        run.first_frame = one->frame;
        run.duration = discover_at(log, newest)->time - one->time;
        run.count++;
        run.secs_zero &= one->secs == 0;
    }
    return run;
}

static void
tell_unanswered(boot_finding *finding, const discover_run *run)
{
    finding->from_frame = run->first_frame;
    finding->times = run->count;
    finding->duration = run->duration;
}

static void
tell_secs_zero(boot_finding *finding, const discover *one, const discover_run *run)
{
    finding->from_frame = run->first_frame;
    finding->bucket = one->bucket;
}

void
discover_log_add(discover_log *log, discover_state *state, const boot_event *event, boot_life *life)
{
    const dhcp_fact *fact = &event->dhcp;
    int index = (int)log->discovers->len;
    discover added = {
        .frame = event->frame,
        .life = life,
        .time = event->time,
        .client = fact->client,
        .transaction = fact->transaction,
        .secs = fact->secs,
        .bucket = bucket_of(fact),
        .broadcast = fact->broadcast,
        .relay = fact->relay,
        .attempt = ++state->attempts,
        .previous = state->in_run > 0 ? state->newest - 1 : -1,
        .next = -1
    };

    if (state->newest > 0)
        discover_at(log, state->newest - 1)->next = index;
    g_array_append_val(log->discovers, added);
    state->newest = index + 1;
    state->in_run++;
    boot_life_say(life, event, fact->broadcast ? FINDING_DISCOVER_BROADCAST_REPLY : FINDING_DISCOVER_UNICAST_REPLY);
    if (added.previous >= 0) {
        boot_finding *retry = boot_life_say(life, event, FINDING_DISCOVER_RETRY);
        retry->from_frame = discover_at(log, added.previous)->frame;
        retry->times = state->in_run;
    }
    if (state->in_run == UNANSWERED_RUN) {
        discover_run run = run_of(log, index);
        tell_unanswered(boot_life_say(life, event, FINDING_DISCOVER_UNANSWERED), &run);
        if (run.secs_zero)
            tell_secs_zero(boot_life_say(life, event, FINDING_DISCOVER_SECS_ZERO), &added, &run);
    }
}

static void
end_run(discover_log *log, discover_state *state)
{
    if (state->in_run > 0)
        discover_at(log, state->newest - 1)->run_answered = true;
    state->in_run = 0;
}

/*
 * Which DISCOVER of the newest run an OFFER is for: by its transaction id, and among several of one id by secs, which many
 * servers repeat. Else the newest.
 */
static int
discover_meant(const discover_log *log, const discover_state *state, const boot_event *offer)
{
    int meant = -1;

    for (int i = state->newest - 1, steps = 0; i >= 0 && steps < LONG_RUN; i = discover_at(log, i)->previous, steps++) {
        const discover *one = discover_at(log, i);
        if (one->transaction != offer->dhcp.transaction)
            continue;
        if (one->secs == offer->dhcp.secs && (offer->dhcp.secs != 0 || meant < 0))
            return i;
        if (meant < 0)
            meant = i;
    }
    return meant >= 0 ? meant : state->newest - 1;
}

uint32_t
discover_log_answer(discover_log *log, discover_state *state, const boot_event *offer)
{
    int meant = state->newest > 0 ? discover_meant(log, state, offer) : -1;

    if (meant < 0)
        return 0;
    if (discover_at(log, meant)->answered_in == 0)
        discover_at(log, meant)->answered_in = offer->frame;
    end_run(log, state);
    return discover_at(log, meant)->frame;
}

void
discover_log_went_on(discover_log *log, discover_state *state, bool acknowledged)
{
    end_run(log, state);
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

    if (one->answered_in != 0)
        return false;
    /* What followed proves an answer that the capture has lost: which of the run had it, nobody can tell. */
    if (last->run_answered && last->answered_in == 0)
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

        if (one->answered_in != 0) {
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
        if (one->broadcast && one->answered_in != 0 && !g_hash_table_contains(clients, &one->client))
            g_hash_table_insert(clients, &one->client, one);
    }
    return clients;
}

static void
settle_flag(const discover_log *log, const int *newest, int64_t newest_time, discover_late late)
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
        finding = finding_log_add(late(one->life->boot), one->frame, one->time, FINDING_DISCOVER_FLAG_DECIDES,
            one->life->boot);
        answered = g_hash_table_lookup(same_client, &one->client);
        if (answered && net_address_equal(&answered->relay, &one->relay))
            finding->from_frame = answered->frame;
        finding->times = count->silent_clear[0] + count->silent_clear[1];
    }
    g_hash_table_destroy(same_client);
    g_hash_table_destroy(segments);
}

void
discover_log_settle(const discover_log *log, int64_t newest_time, discover_late late)
{
    int *newest = newest_of_runs(log);

    for (int i = 0; i < (int)log->discovers->len; i++) {
        const discover *last = discover_at(log, i);
        discover_run run;

        if (newest[i] != i || last->run_answered || newest_time - last->time < ANSWER_TIME)
            continue;
        run = run_of(log, i);
        for (int j = i; j >= 0; j = discover_at(log, j)->previous) {
            const discover *one = discover_at(log, j);
            const struct boot *boot = one->life->boot;

            tell_unanswered(finding_log_add(late(boot), one->frame, one->time, FINDING_DISCOVER_UNANSWERED, boot), &run);
            if (run.secs_zero)
                tell_secs_zero(finding_log_add(late(boot), one->frame, one->time, FINDING_DISCOVER_SECS_ZERO, boot), one,
                    &run);
        }
    }
    /* The rule speaks of all DISCOVERs of a segment: one that is forgotten may have shown the contrary. */
    if (!log->some_forgotten)
        settle_flag(log, newest, newest_time, late);
    g_free(newest);
}
