/* diagnosis.h
 * The findings: what can be said about a frame
 *
 * One table (diagnosis_table.h) holds every finding. Its names are filters (pvsboot.NAME) and a contract with the
 * users; docs/diagnosis.md is made from it. What was seen, in which frames, is told by finding_text.h; the table says
 * what it usually means, and what to check next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DIAGNOSIS_H
#define PVSBOOT_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "diagnosis_table.h"

typedef enum finding_severity {
    FINDING_MILESTONE, /* a normal step of a boot */
    FINDING_SYMPTOM,   /* worth knowing, often harmless */
    FINDING_FAULT      /* this boot is in trouble */
} finding_severity;

/* Wireshark's expert groups, by what they are for here. */
typedef enum finding_group {
    FINDING_OF_SEQUENCE, /* order, silence and time */
    FINDING_OF_RESPONSE, /* an answer that refuses */
    FINDING_OF_PROTOCOL, /* something breaks a rule */
    FINDING_OF_UNDECODED /* something that is not known */
} finding_group;

/* What the capture must show before a finding may be said (docs/diagnosis.md, "What the capture must hold"): a mask. */
typedef enum finding_needs {
    NEEDS_NOTHING = 0,
    NEEDS_BEGINNING = 0x01,     /* the boot's phase 1 or its logon */
    NEEDS_BOTH_HALVES = 0x02,   /* questions and answers of the service */
    NEEDS_TARGETS_PLACE = 0x04, /* frames that the target sent itself, and some that are not DHCP */
    NEEDS_GOING_ON = 0x08,      /* time after the frame, where silence is what counts */
    NEEDS_ORDER = 0x10          /* more than one pair of neighbours: frames may change places */
} finding_needs;

/* By what a later frame takes a finding back, in two passes: a mask. One pass has said it where it was certain. */
typedef enum finding_refutation {
    REFUTED_BY_NOTHING = 0,
    REFUTED_BY_DOWNLOAD = 0x01,  /* the file arrives after all */
    REFUTED_BY_LOGON = 0x02,     /* a logon follows in this boot */
    REFUTED_BY_READ_DATA = 0x04, /* the server streams */
    REFUTED_BY_GOING_ON = 0x08,  /* the client goes on without it */
    REFUTED_BY_TEAM = 0x10       /* the boot's own stream goes on from the other MAC address */
} finding_refutation;

typedef enum finding_id {
#define FINDING_ID(id, name, severity, group, needs, refuted_by, title, advice) id,
    FINDINGS(FINDING_ID)
#undef FINDING_ID
    FINDING_COUNT
} finding_id;

/* The constant part of a finding. */
typedef struct finding_kind {
    const char *name;   /* "handoff.seen" */
    const char *filter; /* "pvsboot.handoff.seen" */
    finding_severity severity;
    finding_group group;
    unsigned needs;      /* finding_needs */
    unsigned refuted_by; /* finding_refutation */
    const char *title;
    const char *advice; /* what it usually means and what to check next; "" where there is nothing to do */
} finding_kind;

/* The table's row for a finding. */
const finding_kind *finding_kind_of(finding_id id);

/* A fault as one bit of a set; 0 where the finding is none. */
uint64_t finding_fault_bit(finding_id id);

/* All faults that this takes back, as a set. */
uint64_t finding_faults_refuted_by(finding_refutation by);

/* The first of a set of faults in the order of the table, which lists causes before consequences; -1: there is none. */
int finding_first_fault(uint64_t faults);

#endif
