/* diagnosis.h
 * The findings: what can be said about a frame, and in which words
 *
 * One table holds every finding. Its names are filters (pvsboot.NAME) and a contract with the users.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_DIAGNOSIS_H
#define PVSBOOT_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

struct boot_verdict;

typedef enum finding_severity {
    FINDING_MILESTONE, /* a normal step of a boot_t */
    FINDING_SYMPTOM,   /* worth knowing, often harmless */
    FINDING_FAULT      /* this boot is in trouble */
} finding_severity;

/* name, severity, title, what it means and what to check next ("" where there is nothing to do) */
#define FINDINGS(X) \
    X(FINDING_DISCOVER_BROADCAST_REPLY, "discover.broadcast_reply", FINDING_MILESTONE, \
      "The client asks for a broadcast reply", "") \
    X(FINDING_DISCOVER_UNICAST_REPLY, "discover.unicast_reply", FINDING_MILESTONE, \
      "The client asks for a unicast reply", \
      "A clear broadcast flag is no fault: iPXE sends it clear and is answered") \
    X(FINDING_BOOTSTRAP_DOWNLOADED, "bootstrap.downloaded", FINDING_MILESTONE, \
      "The bootstrap was downloaded", "") \
    X(FINDING_LOGON_STARTED, "logon.started", FINDING_MILESTONE, \
      "The target starts its PVS logon", "") \
    X(FINDING_STREAM_STARTED, "stream.started", FINDING_MILESTONE, \
      "The first read data arrived: single read mode begins", "") \
    X(FINDING_HANDOFF_SEEN, "handoff.seen", FINDING_MILESTONE, \
      "Hand-off from single read mode to BNIStack", "")

typedef enum finding_id {
#define FINDING_ID(id, name, severity, title, advice) id,
    FINDINGS(FINDING_ID)
#undef FINDING_ID
    FINDING_COUNT
} finding_id;

/* The constant part of a finding. */
typedef struct finding_kind {
    const char *name;   /* "handoff.seen" */
    const char *filter; /* "pvsboot.handoff.seen" */
    finding_severity severity;
    const char *title;
    const char *advice;
} finding_kind;

/* The table's row for a finding. */
const finding_kind *finding_kind_of(finding_id id);

/* What to say of a finding on a frame: what was seen, what it means, what to check next. The caller frees it. */
char *finding_text(finding_id id, const struct boot_verdict *verdict);

#endif
