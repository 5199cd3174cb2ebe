/* diagnosis.c
 * The findings: what can be said about a frame
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diagnosis.h"

static const finding_kind kinds[FINDING_COUNT] = {
#define FINDING_KIND(id, name, severity, group, needs, refuted_by, title, advice) \
    [id] = { name, "pvsboot." name, severity, group, needs, refuted_by, title, advice },
    FINDINGS(FINDING_KIND)
#undef FINDING_KIND
};

const finding_kind *
finding_kind_of(finding_id id)
{
    return &kinds[id];
}

uint64_t
finding_fault_bit(finding_id id)
{
    G_STATIC_ASSERT(FINDING_COUNT <= 64);

    return kinds[id].severity == FINDING_FAULT ? UINT64_C(1) << id : 0;
}

uint64_t
finding_faults_refuted_by(finding_refutation by)
{
    uint64_t faults = 0;

    for (int id = 0; id < FINDING_COUNT; id++)
        if (kinds[id].refuted_by & by)
            faults |= finding_fault_bit((finding_id)id);
    return faults;
}

int
finding_first_fault(uint64_t faults)
{
    for (int id = 0; id < FINDING_COUNT; id++)
        if (faults & UINT64_C(1) << id)
            return id;
    return -1;
}
