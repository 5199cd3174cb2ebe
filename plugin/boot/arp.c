/* arp.c
 * The chapter of ARP: whom the target looks for, and who else claims its address
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "arp.h"

#include "boot_time.h"
#include "telling.h"

/* docs/diagnosis.md, .arp.unanswered */
#define ANSWER_TIME (3 * SECOND)
#define REQUESTS_IN_A_ROW 3
#define ROW_TIME (4 * SECOND)

/* RFC 5227: so long after its last probe (ANNOUNCE_WAIT) a host may take its address. */
#define PROBE_WINDOW (2 * SECOND)

void
arp_free(arp_chapter *arp)
{
    if (arp)
        g_free(arp->claim);
    g_free(arp);
}

/* ---- What the target asks for ---- */

/* Only before BNIStack, and only of a client that is more than possibly booting: an operating system asks for many. */
static void
add_question(arp_chapter *arp, boot_life *life, const boot_event *event)
{
    const net_address *asked = &event->arp.target_address;
    answer_wait *asking = &arp->asking;

    if (boot_life_certainty(life) < CERTAINTY_PXE)
        return;
    if (asking->count > 0 && (!net_address_equal(&asking->asked, asked) || event->time - asking->newest_time > ROW_TIME))
        answer_wait_stop(asking);
    answer_wait_add(asking, event, asked);
    if (asking->count == REQUESTS_IN_A_ROW) {
        boot_finding *finding = boot_life_say(life, event, FINDING_ARP_UNANSWERED);
        finding->address = *asked;
        finding->times = asking->count;
        finding->from_frame = asking->first_frame;
    }
}

static void
take_reply(arp_chapter *arp, const net_address *address)
{
    if (net_address_equal(&arp->asking.asked, address))
        answer_wait_stop(&arp->asking);
}

void
arp_target_went_on(arp_chapter *arp)
{
    answer_wait_stop(&arp->asking);
}

/* ---- Who else has the target's address ---- */

static void
tell_conflict(boot_finding *finding, const arp_claim *claim)
{
    finding->address = claim->address;
    finding->mac = claim->mac;
    finding->from_frame = claim->frame;
}

static arp_claim
claim_of(const boot_event *event)
{
    return (arp_claim){
        .frame = event->frame,
        .time = event->time,
        .mac = event->arp.sender,
        .address = event->arp.sender_address
    };
}

/* An answer to the target's probe is a conflict at once; an announcement may be the target's own other network card. */
static void
add_claim(arp_chapter *arp, boot_life *life, const boot_event *event)
{
    arp_claim claim = claim_of(event);

    if (event->arp.reply && arp->newest_probe != 0 && event->time - arp->newest_probe <= PROBE_WINDOW)
        tell_conflict(boot_life_say(life, event, FINDING_ARP_CONFLICT), &claim);
    else if (!arp->claim)
        arp->claim = g_memdup2(&claim, sizeof claim);
    else if (!arp->claim->proved)
        *arp->claim = claim;
}

void
arp_is_robbed(boot_life *life, const boot_event *event)
{
    arp_claim claim = claim_of(event);

    tell_conflict(boot_life_say(life, event, FINDING_ARP_CONFLICT), &claim);
}

void
arp_sees_stream(arp_chapter *arp, boot_life *life, const boot_event *event)
{
    arp_claim *claim = arp->claim;

    if (!claim || claim->frame == 0 || claim->proved || !event->stream.to_server)
        return;
    if (event->source_mac == claim->mac) {
        claim->frame = 0; /* a team: the target's own */
    } else if (event->source_mac != 0 && event->source_mac == life->target
            && net_address_equal(&event->source, &claim->address)) {
        claim->proved = true;
        tell_conflict(boot_life_say(life, event, FINDING_ARP_CONFLICT), claim);
    }
}

static void
judge_foreign_probe(const arp_chapter *arp, boot_life *life, const boot_event *event)
{
    boot_finding *finding;

    if (arp->newest_probe == 0 || event->time - arp->newest_probe > PROBE_WINDOW)
        return;
    finding = boot_life_say(life, event, FINDING_ARP_PROBED);
    finding->mac = event->arp.sender;
    finding->address = event->arp.target_address;
}

/* ---- One packet ---- */

static boot_step
step_in(const boot_life *life, bool tells)
{
    switch (boot_life_phase(life)) {
    case PHASE_BOOTSTRAP:
        return tells ? STEP_ARP_REPLY : STEP_ARP_REQUEST;
    case PHASE_LOGON:
        return STEP_LOGON_ARP;
    case PHASE_SINGLE_READ:
        return STEP_SINGLE_READ_ARP;
    case PHASE_BNISTACK:
        return STEP_BNISTACK_ADDRESS;
    case PHASE_NONE:
        break;
    }
    return boot_life_phase_is_unknown(life) ? STEP_UNPLACED_ADDRESS : STEP_NONE;
}

chapter_answer
arp_add(arp_chapter *arp, boot_life *life, const boot_event *event)
{
    const arp_fact *fact = &event->arp;
    net_address own = boot_life_address(life);
    bool probe = !net_address_known(&fact->sender_address);
    bool announcement = !probe && net_address_equal(&fact->sender_address, &fact->target_address);
    /* A MAC that only the wire told may be a router's: then the address must be the target's as well. */
    bool sent_by_target = life->target != 0 && fact->sender == life->target
        && (life->target_certain
            || net_address_equal(probe ? &fact->target_address : &fact->sender_address, &own));
    chapter_answer answer = { .step = step_in(life, fact->reply || announcement) };

    answer.ours = answer.step != STEP_NONE;
    if (sent_by_target && (probe || announcement)) {
        answer.evidence = HANDOFF_BY_ARP;
        if (probe)
            arp->newest_probe = event->time;
    } else if (sent_by_target && !fact->reply) {
        answer.server = fact->target_address;
        if (boot_life_phase(life) < PHASE_BNISTACK && !boot_life_phase_is_unknown(life))
            add_question(arp, life, event);
    } else if (!sent_by_target && fact->reply) {
        answer.server = fact->sender_address;
        take_reply(arp, &fact->sender_address);
        boot_life_remember_neighbour(life, &fact->sender_address, fact->sender);
    }
    if (!sent_by_target && life->target_certain && net_address_known(&own)) {
        if (net_address_equal(&fact->sender_address, &own))
            add_claim(arp, life, event);
        else if (probe && !fact->reply && net_address_equal(&fact->target_address, &own))
            judge_foreign_probe(arp, life, event);
    }
    if (boot_life_phase_is_unknown(life) && answer.evidence != 0)
        answer.step = STEP_BNISTACK_ADDRESS; /* it proves BNIStack, be it the hand-off or long after it */
    return answer;
}

/* ---- The end ---- */

/* A single request that finds no reply counts where no frame of the target follows. */
void
arp_settle(arp_chapter *arp, boot_life *life, int64_t end)
{
    const answer_wait *asking = &arp->asking;

    if (arp->claim && arp->claim->proved)
        tell_conflict(boot_life_say_late(life, arp->claim->frame, arp->claim->time, FINDING_ARP_CONFLICT), arp->claim);
    if (asking->count > 0 && asking->newest_frame == life->presence.frame && end - asking->newest_time >= ANSWER_TIME
            && asking->count < REQUESTS_IN_A_ROW) {
        boot_finding *finding = boot_life_say_late(life, asking->newest_frame, asking->newest_time,
            FINDING_ARP_UNANSWERED);
        finding->address = asking->asked;
        finding->times = 1;
    }
}

void
arp_tell(const boot_finding *finding, GString *text)
{
    switch (finding->id) {
    case FINDING_ARP_UNANSWERED:
        telling_address(text, " from ", &finding->address);
        if (finding->times > 1)
            g_string_append_printf(text, ": %u requests in a row, the first in frame %u", finding->times,
                finding->from_frame);
        break;
    case FINDING_ARP_CONFLICT:
        telling_address(text, ": ", &finding->address);
        telling_mac(text, " is at ", finding->mac, " too");
        g_string_append_printf(text, " (frame %u)", finding->from_frame);
        break;
    case FINDING_ARP_PROBED:
        telling_address(text, ": ", &finding->address);
        telling_mac(text, " by ", finding->mac, "");
        break;
    default:
        break;
    }
}
