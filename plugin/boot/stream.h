/* stream.h
 * The chapter of the stream: reads and their answers, in single read mode, in BNIStack, and where neither is known
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_STREAM_H
#define PVSBOOT_STREAM_H

#include "answer_wait.h"
#include "chapter.h"
#include "stream_meter.h"

/* Target's datagrams in a row that find no answer, as a stall counts them. */
typedef struct stream_silence {
    uint32_t count;       /* each 0.5 to 10 s after the one before */
    uint32_t first_frame, newest_frame;
    bool answered;        /* by data each time, which does not reach the target */
    int64_t newest_time;
    int64_t end;          /* of one that is over: when the stream went on */
} stream_silence;

/* Single read mode, as .single_read.long tells of it. */
typedef struct stream_single_read {
    int64_t start;
    int64_t newest_pause_end; /* the target spoke after a pause of 2 s or more; 0: not, or it was answered by data */
    uint32_t retries;
} stream_single_read;

/* Embedded in a boot. */
typedef struct stream_chapter {
    uint16_t port;       /* the target's port in single read mode, 0 until it is known */
    uint16_t newest_port; /* its newest one */
    uint16_t server_port;
    net_address server;  /* the one that the target reads from */
    bool fragments_seen;
    mac_address server_mac; /* where its datagrams were sent: of the server, or of a router */
    stream_silence silence;
    GArray *stalls;      /* stream_silence that ended late; NULL until the first */
    stream_silence same; /* the same request again and again, each answered by data */
    stream_meter meter;
    stream_single_read single;
    int64_t changes[2];  /* times of the newest changes of server, newest first; 0: none */
    uint32_t change_count;
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

/* Takes a datagram of phase 3 or 4, or of a phase that is not known. */
chapter_answer stream_add(stream_chapter *stream, boot_life *life, const boot_event *event);

/* Single read mode is over with this frame, the hand-off. */
void stream_hands_off(const stream_chapter *stream, boot_life *life, const boot_event *event);

/* The target begins its next boot with this event. */
void stream_end(const stream_chapter *stream, boot_life *life, const boot_event *next);

void stream_settle(const stream_chapter *stream, boot_life *life, int64_t end);

/* Whether the stream stands still to the end of what the capture has of the boot. */
bool stream_is_frozen(const stream_chapter *stream, int64_t end);

void stream_tell(const stream_chapter *stream, const boot_life *life, const boot_finding *finding, GString *text);

/* The advice that fits this finding better than its row in the table does, or NULL. */
const char *stream_advice(const boot_life *life, const boot_finding *finding);

/* Step and kind of a streaming datagram, told from the boot's own lists; the same in every pass. */
boot_step stream_step(boot_phase phase, bool to_server);
stream_kind stream_kind_of(const stream_chapter *stream, uint32_t frame, boot_phase phase, const stream_fact *fact);

#endif
