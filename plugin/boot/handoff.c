/* handoff.c
 * The chapter of the hand-off from single read mode to BNIStack, and of its evidence
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "handoff.h"

#include "boot_time.h"
#include "telling.h"

/* A pause this long before the hand-off supports it; measured pauses were 3 s and more (docs/evidence.md). */
#define GAP_THAT_SUPPORTS (2 * SECOND)

/* Evidence of the same hand-off comes within this time. */
#define SAME_HANDOFF (5 * SECOND)

/* A longer pause is idleness: the machine has been running for long. */
#define LONGEST_GAP (30 * SECOND)

/* docs/diagnosis.md, .handoff.missing */
#define END_TIME (10 * SECOND)
#define OTHER_CARD_TIME (30 * SECOND)

static void
begin(handoff_chapter *handoff, const boot_life *life, const boot_event *event, uint16_t evidence)
{
    handoff->frame = event->frame;
    handoff->time = event->time;
    handoff->gap = event->time - life->times.stream;
    handoff->evidence = evidence;
    if (handoff->gap >= GAP_THAT_SUPPORTS)
        handoff->evidence |= HANDOFF_WITH_GAP;
}

/* Where the phase was not known: the hand-off itself, or long after it? */
static bool
is_the_moment(const boot_life *life, const boot_event *event, handoff_proof proof)
{
    int64_t gap = event->time - life->times.stream;

    return proof == HANDOFF_SURELY
        || (proof == HANDOFF_IF_PAUSED && gap >= GAP_THAT_SUPPORTS && gap <= LONGEST_GAP);
}

bool
handoff_add(handoff_chapter *handoff, boot_life *life, const boot_event *event, uint16_t evidence, handoff_proof proof)
{
    boot_phase phase = boot_life_phase(life);

    if (phase != PHASE_SINGLE_READ && !boot_life_phase_is_unknown(life)) {
        if (handoff->frame != 0 && event->time - handoff->time <= SAME_HANDOFF)
            handoff->later_evidence |= evidence;
        return false;
    }
    boot_life_enter(life, event, PHASE_BNISTACK);
    if (phase != PHASE_SINGLE_READ && !is_the_moment(life, event, proof))
        return false;
    begin(handoff, life, event, evidence);
    boot_life_progress(life, event);
    boot_life_say(life, event, FINDING_HANDOFF_SEEN);
    return true;
}

uint16_t
handoff_evidence_known(const handoff_chapter *handoff, bool whole_capture)
{
    return whole_capture ? handoff->evidence | handoff->later_evidence : handoff->evidence;
}

/* Single read mode was the last thing that streamed, or nothing streamed after the hand-off began. */
static bool
is_missing(const handoff_chapter *handoff, const boot_life *life, int64_t end)
{
    boot_phase phase = boot_life_phase(life);

    if (phase != PHASE_SINGLE_READ
            && !(phase == PHASE_BNISTACK && handoff->frame != 0 && !boot_life_reached(life, REACHED_BNISTACK_DATA)))
        return false;
    /* The driver of the operating system has spoken: it may have taken over without any sign. */
    if (phase == PHASE_SINGLE_READ && life->driver_spoke)
        return false;
    return life->is_over || end - life->times.stream >= END_TIME;
}

/* The stream may go on from the machine's other network card, as Hyper-V's generation 1 does. */
static const stream_arrival *
other_card(const boot_life *life, const net_address *server)
{
    return stream_arrivals_find(&life->context->arrivals, life->times.stream, life->times.stream + OTHER_CARD_TIME,
        server);
}

static void
tell_missing(boot_finding *finding, const boot_life *life, const stream_arrival *arrival)
{
    finding->from_frame = arrival ? arrival->frame : life->stream_frame;
    finding->mac = arrival ? arrival->mac : 0;
}

void
handoff_end(const handoff_chapter *handoff, boot_life *life, const boot_event *next, const net_address *server)
{
    const stream_arrival *arrival;

    if (!is_missing(handoff, life, next->time))
        return;
    arrival = other_card(life, server);
    tell_missing(boot_life_say(life, next, arrival ? FINDING_HANDOFF_OTHER_CARD : FINDING_HANDOFF_MISSING), life, arrival);
}

void
handoff_settle(const handoff_chapter *handoff, boot_life *life, int64_t end, const net_address *server)
{
    const stream_arrival *arrival;

    if (!is_missing(handoff, life, end))
        return;
    arrival = other_card(life, server);
    tell_missing(boot_life_say_late(life, life->stream_frame, life->times.stream,
        arrival ? FINDING_HANDOFF_OTHER_CARD : FINDING_HANDOFF_MISSING), life, arrival);
}

static void
tell_evidence(const handoff_chapter *handoff, bool whole_capture, GString *text)
{
    static const struct {
        uint16_t evidence;
        const char *words;
    } words[] = {
#define EVIDENCE_WORDS(id, bit, name, title, in_a_sentence, blurb) { id, in_a_sentence },
        HANDOFF_EVIDENCES(EVIDENCE_WORDS)
#undef EVIDENCE_WORDS
    };
    uint16_t evidence = handoff_evidence_known(handoff, whole_capture);
    const char *separator = ", inferred from ";

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (words[i].evidence != HANDOFF_WITH_GAP && evidence & words[i].evidence) {
            g_string_append_printf(text, "%s%s", separator, words[i].words);
            separator = ", ";
        }
    }
    if (evidence & HANDOFF_WITH_GAP)
        g_string_append_printf(text, ", after a pause of %.1f s", telling_seconds(handoff->gap));
}

void
handoff_tell(const handoff_chapter *handoff, const boot_finding *finding, bool whole_capture, GString *text)
{
    switch (finding->id) {
    case FINDING_HANDOFF_SEEN:
        tell_evidence(handoff, whole_capture, text);
        break;
    case FINDING_HANDOFF_OTHER_CARD:
        telling_mac(text, ": ", finding->mac, "");
        g_string_append_printf(text, " streams since frame %u, with the same server", finding->from_frame);
        break;
    case FINDING_HANDOFF_MISSING:
        if (handoff->frame != 0)
            g_string_append_printf(text, ": the hand-off began in frame %u and nothing streamed after it", handoff->frame);
        else
            g_string_append_printf(text, ": frame %u, the last of the stream, is in single read mode",
                finding->from_frame);
        break;
    default:
        break;
    }
}
