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

/* A reply is matched with the newest requests only. */
#define REQUESTS_AT_ONCE 64

/* An ARP request of the target for another's address, kept to tell at the end which had no reply. */
typedef struct arp_question {
    uint32_t frame;
    int64_t time;
    net_address asked;
    bool settled; /* replied to in time */
} arp_question;

void
arp_clear(arp_chapter *arp)
{
    if (arp->questions)
        g_array_free(arp->questions, TRUE);
}

static arp_question *
question_at(const arp_chapter *arp, unsigned index)
{
    return &g_array_index(arp->questions, arp_question, index);
}

static unsigned
question_count(const arp_chapter *arp)
{
    return arp->questions ? arp->questions->len : 0;
}

/* Only before BNIStack, and only of a client that is more than possibly booting: an operating system asks for many. */
static void
add_question(arp_chapter *arp, boot_life *life, const boot_event *event)
{
    const net_address *asked = &event->arp.target_address;
    arp_question question = { .frame = event->frame, .time = event->time, .asked = *asked };

    if (boot_life_certainty(life) < CERTAINTY_PXE)
        return;
    if (arp->asking.count > 0 && !net_address_equal(&arp->asking.asked, asked))
        answer_wait_stop(&arp->asking);
    answer_wait_add(&arp->asking, event, asked);
    if (arp->asking.count == REQUESTS_IN_A_ROW) {
        boot_finding *finding = boot_life_say(life, event, FINDING_ARP_UNANSWERED);
        finding->address = *asked;
        finding->times = arp->asking.count;
        finding->from_frame = arp->asking.first_frame;
    }
    if (!arp->questions)
        arp->questions = g_array_new(FALSE, FALSE, sizeof(arp_question));
    g_array_append_val(arp->questions, question);
}

static void
take_reply(arp_chapter *arp, const boot_event *event, const net_address *address)
{
    unsigned length = question_count(arp);

    for (unsigned i = length; i-- > arp->moot && length - i <= REQUESTS_AT_ONCE;) {
        arp_question *question = question_at(arp, i);
        if (event->time - question->time > ANSWER_TIME)
            break;
        if (net_address_equal(&question->asked, address))
            question->settled = true;
    }
    if (net_address_equal(&arp->asking.asked, address))
        answer_wait_stop(&arp->asking);
}

void
arp_target_went_on(arp_chapter *arp)
{
    arp->moot = question_count(arp);
    answer_wait_stop(&arp->asking);
}

void
arp_say_conflict(boot_life *life, const boot_event *event)
{
    boot_finding *finding = boot_life_say(life, event, FINDING_ARP_CONFLICT);

    finding->address = event->arp.sender_address;
    finding->mac = event->arp.sender;
}

static boot_step
step_in(boot_phase phase, bool tells)
{
    switch (phase) {
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
    return STEP_NONE;
}

chapter_answer
arp_add(arp_chapter *arp, boot_life *life, const boot_event *event)
{
    const arp_fact *fact = &event->arp;
    net_address own = boot_life_address(life);
    boot_phase phase = boot_life_phase(life);
    bool probe = !net_address_known(&fact->sender_address);
    bool announcement = !probe && net_address_equal(&fact->sender_address, &fact->target_address);
    /* A MAC that only the wire told may be a router's: then the address must be the target's as well. */
    bool sent_by_target = life->target != 0 && fact->sender == life->target
        && (life->target_certain
            || net_address_equal(probe ? &fact->target_address : &fact->sender_address, &own));
    chapter_answer answer = { .step = step_in(phase, fact->reply || announcement) };

    answer.ours = answer.step != STEP_NONE;
    if (sent_by_target && !probe && !announcement && !fact->reply) {
        answer.server = fact->target_address;
        if (phase < PHASE_BNISTACK)
            add_question(arp, life, event);
    } else if (fact->reply && !sent_by_target) {
        answer.server = fact->sender_address;
        take_reply(arp, event, &fact->sender_address);
        boot_life_remember_neighbour(life, &fact->sender_address, fact->sender);
    }
    if (life->target_certain && !sent_by_target && net_address_known(&own)
            && net_address_equal(&fact->sender_address, &own))
        arp_say_conflict(life, event);
    if (sent_by_target && (probe || announcement))
        answer.evidence = HANDOFF_BY_ARP;
    return answer;
}

void
arp_settle(const arp_chapter *arp, const boot_life *life, int64_t end, finding_log *late)
{
    for (unsigned i = arp->moot; i < question_count(arp); i++) {
        const arp_question *question = question_at(arp, i);
        boot_finding *finding;

        if (question->settled || end - question->time < ANSWER_TIME)
            continue;
        finding = finding_log_add(late, question->frame, question->time, FINDING_ARP_UNANSWERED, life->boot);
        finding->address = question->asked;
        finding->times = 1;
    }
}

void
arp_tell(const boot_finding *finding, GString *text)
{
    if (finding->id == FINDING_ARP_UNANSWERED) {
        telling_address(text, " from ", &finding->address);
        if (finding->times > 1)
            g_string_append_printf(text, ": %u requests in a row, the first in frame %u", finding->times,
                finding->from_frame);
    } else if (finding->id == FINDING_ARP_CONFLICT) {
        telling_address(text, ": ", &finding->address);
        telling_mac(text, " is at ", finding->mac, " too");
    }
}
