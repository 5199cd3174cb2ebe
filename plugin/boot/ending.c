/* ending.c
 * Why a boot stopped and how it ended, in one sentence; the same in tables, reports and docs
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ending.h"

#include "boot_time.h"

/* docs/diagnosis.md, .boot.loop */
#define LOOP_TIME (600 * SECOND)
#define SHORT_STREAM (30 * SECOND)

/* Faults that do not stop a boot by themselves. */
static uint64_t
harmless_faults(void)
{
    return finding_fault_bit(FINDING_DISCOVER_FLAG_DECIDES) | finding_fault_bit(FINDING_ARP_PROBED)
        | finding_fault_bit(FINDING_DHCP_ADDRESS_CHANGED) | finding_fault_bit(FINDING_READ_BURST_TOO_LONG)
        | finding_fault_bit(FINDING_STREAM_SERVER_LOOP) | finding_fault_bit(FINDING_BOOT_LOOP);
}

/* Of what only the end tells: all faults, and those in the boot's last phase that nothing good has followed. */
static void
add_late_faults(const boot_life *life, const finding_log *late, uint64_t *all, uint64_t *open)
{
    for (unsigned i = 0; i < finding_log_count(late); i++) {
        const boot_finding *finding = &g_array_index(late->findings, boot_finding, i);
        const boot_mark *phase = boot_life_phase_at(life, finding->frame);

        *all |= finding_fault_bit(finding->id);
        /* A missing hand-off always is the end: the rule itself asks for it. */
        if (finding->id == FINDING_HANDOFF_MISSING
                || (finding->frame >= life->progress_frame && phase && phase->value == boot_life_phase(life)))
            *open |= finding_fault_bit(finding->id);
    }
}

boot_outcome
boot_outcome_of(const boot_t *boot)
{
    const boot_life *life = &boot->life;
    uint64_t all = life->faults, open = life->open_faults;
    boot_outcome outcome = { OUTCOME_CAPTURE_ENDED, boot_life_phase(life), -1 };
    int cause;
    bool frozen;

    add_late_faults(life, &life->late, &all, &open);
    add_late_faults(life, &life->late_discovers, &all, &open);
    cause = finding_first_fault(open & ~harmless_faults());
    frozen = (open & finding_fault_bit(FINDING_STREAM_STALLED)) != 0;

    if (!life->sight.begins && boot->handoff.frame == 0) {
        outcome.kind = OUTCOME_RUNNING;
        outcome.finding = frozen ? FINDING_STREAM_STALLED : -1;
    } else if (outcome.phase == PHASE_BNISTACK && boot_life_reached(life, REACHED_BNISTACK_DATA)) {
        outcome.kind = frozen ? OUTCOME_FROZE : OUTCOME_REACHED_BNISTACK;
        outcome.finding = frozen ? FINDING_STREAM_STALLED : -1;
    } else if (outcome.phase == PHASE_BNISTACK) {
        outcome.kind = OUTCOME_HANDOFF_WITHOUT_STREAM;
        outcome.finding = all & finding_fault_bit(FINDING_HANDOFF_MISSING) ? FINDING_HANDOFF_MISSING : -1;
    } else if (boot->system.started && (all & ~harmless_faults())) {
        outcome.kind = OUTCOME_OTHER_SYSTEM;
        outcome.finding = finding_first_fault(all & ~harmless_faults());
    } else if (boot->system.started && life->presence.download_frame != 0 && !life->presence.download_is_pvs) {
        outcome.kind = OUTCOME_OTHER_SYSTEM;
    } else if (cause >= 0 && !boot->system.started) {
        outcome.kind = OUTCOME_STOPPED;
        outcome.finding = cause;
    } else if (outcome.phase == PHASE_SINGLE_READ) {
        outcome.kind = OUTCOME_NOT_HANDED_OFF;
    }
    return outcome;
}

char *
boot_outcome_text(const boot_t *boot)
{
    boot_outcome outcome = boot_outcome_of(boot);
    const char *title = outcome.finding >= 0 ? finding_kind_of((finding_id)outcome.finding)->title : NULL;

    switch (outcome.kind) {
    case OUTCOME_REACHED_BNISTACK:
        return g_strdup("reached BNIStack");
    case OUTCOME_FROZE:
        return g_strdup("reached BNIStack, then froze");
    case OUTCOME_STOPPED:
        return g_strdup_printf("stopped in phase %d: %s", outcome.phase, title);
    case OUTCOME_OTHER_SYSTEM:
        return title ? g_strdup_printf("did not boot from PVS: %s; another system started", title)
                     : g_strdup("did not boot from PVS; another system started");
    case OUTCOME_HANDOFF_WITHOUT_STREAM:
        return g_strdup(title ? "the hand-off began, and BNIStack never streamed"
                              : "the hand-off began, and the capture ended before BNIStack streamed");
    case OUTCOME_NOT_HANDED_OFF:
        return g_strdup("streaming, not handed off");
    case OUTCOME_RUNNING:
        return g_strdup(title ? "was running before the capture, then froze" : "was running before the capture");
    case OUTCOME_CAPTURE_ENDED:
        break;
    }
    return g_strdup_printf("capture ended in phase %d", outcome.phase);
}

const char *
boot_outcome_kind_name(outcome_kind kind)
{
    static const char *const names[] = {
#define OUTCOME_NAME(id, name) [id] = name,
        BOOT_OUTCOMES(OUTCOME_NAME)
#undef OUTCOME_NAME
    };

    return names[kind];
}

/* ---- Boots that lead nowhere, one after the other ---- */

static bool
led_nowhere(const boot_t *boot)
{
    const boot_life *life = &boot->life;
    uint64_t all = life->faults, open = 0;

    add_late_faults(life, &life->late, &all, &open);
    add_late_faults(life, &life->late_discovers, &all, &open);
    return all != 0 || boot_life_time_in_phase(life, PHASE_BNISTACK) < SHORT_STREAM;
}

/* A line has no room for the titles of two findings. The caller frees the text. */
static char *
short_outcome(const boot_t *boot)
{
    boot_outcome outcome = boot_outcome_of(boot);

    if (outcome.kind != OUTCOME_STOPPED)
        return boot_outcome_text(boot);
    return g_strdup_printf("stopped in phase %d (%s)", outcome.phase, finding_kind_of((finding_id)outcome.finding)->name);
}

void
boot_judge_loop(boot_t *boot, const boot_event *first)
{
    boot_context *context = boot->life.context;
    const boot_t *second = boot_with_number(context, boot->life.number_before);
    const boot_t *third = second ? boot_with_number(context, second->life.number_before) : NULL;
    char *older, *newer, *words;
    boot_finding *finding;

    if (!third || first->time - third->life.times.first > LOOP_TIME || !led_nowhere(second) || !led_nowhere(third))
        return;
    older = short_outcome(third);
    newer = short_outcome(second);
    words = g_strdup_printf("boot %u %s, boot %u %s", third->life.number, older, second->life.number, newer);
    finding = boot_life_say(&boot->life, first, FINDING_BOOT_LOOP);
    finding->other_text = g_string_chunk_insert(context->texts, words);
    g_free(words);
    g_free(newer);
    g_free(older);
}
