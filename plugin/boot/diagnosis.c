/* diagnosis.c
 * The findings: what can be said about a frame, and in which words
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diagnosis.h"

#include "boot_time.h"
#include "boot_tracker.h"

static const finding_kind kinds[FINDING_COUNT] = {
#define FINDING_KIND(id, name, severity, title, advice) \
    [id] = { name, "pvsboot." name, severity, title, advice },
    FINDINGS(FINDING_KIND)
#undef FINDING_KIND
};

const finding_kind *
finding_kind_of(finding_id id)
{
    return &kinds[id];
}

static double
seconds(int64_t nanoseconds)
{
    return (double)nanoseconds / SECOND;
}

static void
tell_download(GString *text, const bootstrap_transfer *transfer)
{
    g_string_append_printf(text, ": %s, %u bytes in %u blocks, %.3f s after the read request", transfer->file,
        transfer->bytes, transfer->blocks, seconds(transfer->complete_time - transfer->request_time));
}

static void
tell_handoff(GString *text, const handoff_t *handoff, bool whole_capture)
{
    static const struct {
        uint16_t evidence;
        const char *words;
    } words[] = {
        { HANDOFF_BY_ARP, "the target probes for or announces its own address" },
        { HANDOFF_BY_DHCP, "the operating system's own DHCP" },
        { HANDOFF_BY_PORT, "the target's port changed" },
        { HANDOFF_BY_JUMBO, "datagrams larger than single read mode's maximum" },
        { HANDOFF_BY_OVERLAP, "requests before the burst in flight had ended" },
    };
    uint16_t evidence = handoff_evidence_known(handoff, whole_capture);
    const char *separator = ", inferred from: ";

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (evidence & words[i].evidence) {
            g_string_append_printf(text, "%s%s", separator, words[i].words);
            separator = "; ";
        }
    }
    if (evidence & HANDOFF_WITH_GAP)
        g_string_append_printf(text, "; after a pause of %.1f s", seconds(handoff->gap));
}

char *
finding_text(finding_id id, const boot_verdict *verdict)
{
    const finding_kind *kind = finding_kind_of(id);
    GString *text = g_string_new(kind->title);

    switch (id) {
    case FINDING_BOOTSTRAP_DOWNLOADED:
        tell_download(text, verdict->transfer);
        break;
    case FINDING_HANDOFF_SEEN:
        tell_handoff(text, &verdict->boot->handoff, !verdict->first_visit);
        break;
    default:
        break;
    }
    if (*kind->advice)
        g_string_append_printf(text, ". %s", kind->advice);
    return g_string_free(text, FALSE);
}
