/* stream.h
 * The chapter of the stream: reads and their answers, in single read mode and in BNIStack
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_STREAM_H
#define PVSBOOT_STREAM_H

#include "answer_wait.h"
#include "chapter.h"
#include "stream_meter.h"

/* Embedded in a boot. */
typedef struct stream_chapter {
    uint16_t port;       /* the target's port in single read mode, 0 until it is known */
    net_address server;  /* the one that the target reads from */
    answer_wait waiting;
    GArray *stalls;      /* answer_wait that ended late; NULL until the first */
    stream_meter meter;
    bool fragments_seen;
} stream_chapter;

/* origin: the time of the capture's first frame. */
void stream_init(stream_chapter *stream, int64_t origin);
void stream_clear(stream_chapter *stream);

/* What a datagram of any phase shows from outside: IP fragments. */
void stream_see(stream_chapter *stream, boot_life *life, const boot_event *event);

/* The first read data came from this server. */
void stream_begin(stream_chapter *stream, boot_life *life, const boot_event *event);

/* A datagram of the logon, which may turn out to be the first read's request. */
void stream_may_be_asked(stream_chapter *stream, const boot_event *event);

/* Takes a datagram of phase 3 or 4. */
chapter_answer stream_add(stream_chapter *stream, boot_life *life, const boot_event *event);

/* The target begins its next boot with this event. */
void stream_end(const stream_chapter *stream, boot_life *life, const boot_event *next);

void stream_settle(const stream_chapter *stream, const boot_life *life, int64_t end, finding_log *late);
void stream_tell(const boot_finding *finding, GString *text);

/* Step and kind of a streaming datagram, told from the boot's own lists; the same in every pass. */
boot_step stream_step(boot_phase phase, bool to_server);
stream_kind stream_kind_of(const stream_chapter *stream, uint32_t frame, boot_phase phase, const stream_fact *fact);

#endif
