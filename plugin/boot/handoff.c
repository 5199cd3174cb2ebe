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

/* docs/diagnosis.md, .handoff.missing */
#define END_TIME (10 * SECOND)

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

bool
handoff_add(handoff_chapter *handoff, boot_life *life, const boot_event *event, uint16_t evidence)
{
    if (boot_life_phase(life) != PHASE_SINGLE_READ) {
        if (handoff->frame != 0 && event->time - handoff->time <= SAME_HANDOFF)
            handoff->later_evidence |= evidence;
        return false;
    }
    begin(handoff, life, event, evidence);
    boot_life_enter(life, event, PHASE_BNISTACK);
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
    return life->is_over || end - life->times.stream >= END_TIME;
}

void
handoff_end(const handoff_chapter *handoff, boot_life *life, const boot_event *next)
{
    if (is_missing(handoff, life, next->time))
        boot_life_say(life, next, FINDING_HANDOFF_MISSING)->from_frame = life->stream_frame;
}

void
handoff_settle(const handoff_chapter *handoff, const boot_life *life, int64_t end, finding_log *late)
{
    if (is_missing(handoff, life, end))
        finding_log_add(late, life->stream_frame, life->times.stream, FINDING_HANDOFF_MISSING, life->boot)->from_frame =
            life->stream_frame;
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
    if (finding->id == FINDING_HANDOFF_SEEN)
        tell_evidence(handoff, whole_capture, text);
    else if (finding->id != FINDING_HANDOFF_MISSING)
        return;
    else if (handoff->frame != 0)
        g_string_append_printf(text, ": the hand-off began in frame %u and nothing streamed after it", handoff->frame);
    else
        g_string_append_printf(text, ": frame %u, the last of the stream, is in single read mode", finding->from_frame);
}
