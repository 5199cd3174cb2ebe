/* bootstrap_transfer.h
 * Progress of one bootstrap download
 *
 * TFTP (RFC 1350, options RFC 2347 and 2348) numbers its blocks; the last one is shorter than the block
 * size. The two-stage boot service carries an id of unknown meaning; its last chunk is shorter than its
 * first one (Tenable NASL 59465).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOTSTRAP_TRANSFER_H
#define PVSBOOT_BOOTSTRAP_TRANSFER_H

#include "boot_event.h"

/* The version text is at most this long, its prefix and the character that ends it included. */
#define BOOTSTRAP_VERSION_REACH 64

/* An ERROR that ended a download. */
typedef struct bootstrap_failure {
    int64_t time;
    char *words;         /* owned; those of who sent it, or NULL */
    uint32_t frame;
    uint32_t went_on_in; /* the frame with which the client went on, or 0 */
    uint16_t code;
    bool from_client;
    bool of_size_probe;  /* the client's, before any data, to a request with tsize: it may only have asked for the size */
    bool said;           /* as a fault, at once */
} bootstrap_failure;

/* One side does not hear the other: what is sent again although it was answered. */
typedef struct bootstrap_deafness {
    int64_t first_time;
    int64_t opening_time;  /* of the newest OACK or first block */
    uint32_t first_frame;  /* the first repeat, or 0 */
    uint32_t repeats;
    bool client;           /* it is the client that hears nothing */
    bool acknowledged;     /* since that opening */
} bootstrap_deafness;

/* One download, from its first request on; lives as long as the boot it belongs to. */
typedef struct bootstrap_transfer {
    bootstrap_transport transport;
    net_address server;       /* the server asked, or the one that the client went on with */
    net_address other_server; /* another one that answered, or none */
    uint16_t client_port;
    uint8_t odd_byte;         /* the name's last byte where it is none of ASCII's characters, or 0 */
    bool answered;            /* by anything, or the client went on as only an answered one does */
    bool stalled;             /* it stood still once */
    bool options_came;        /* an OACK did */
    uint16_t options, granted; /* sets of tftp_option: in the request, in the OACK */
    uint16_t number;          /* of the newest block */
    uint16_t acknowledged;    /* the newest ACK */
    GRefString *file;         /* the name as requested: many targets ask for the same one */
    char *version;            /* owned; the version text inside the file, or NULL */
    uint8_t *tail;            /* owned; end of the newest block while no version is found: the text may cross a border */
    int64_t request_time;     /* of the first one */
    int64_t newest_request_time;
    int64_t progress_time;    /* of the request, or of the newest block since */
    int64_t newest_block_time;
    int64_t complete_time;
    uint64_t bytes;
    uint32_t first_frame, last_frame;
    uint32_t newest_block_frame; /* 0 until a block came */
    uint32_t requests;        /* how often the same request was sent, copies not counted */
    uint32_t repeats;         /* blocks received again */
    uint32_t options_digest;
    uint32_t asked_block_size;
    uint32_t block_size;      /* 0 until an OACK or a block has shown it */
    uint32_t promised_size;   /* tsize in the OACK, or 0 */
    uint32_t blocks;          /* received, each block once */
    uint32_t last_block_frame; /* 0 until the last block was seen */
    uint32_t complete_frame;  /* 0 until the ACK of the last block was seen */
    uint32_t tail_length;
    bootstrap_failure *failure; /* owned; NULL: there was none */
    bootstrap_deafness deafness;
} bootstrap_transfer;

/* What a message meant for its transfer. */
typedef enum bootstrap_progress {
    BOOTSTRAP_PROGRESS_REQUESTED,
    BOOTSTRAP_PROGRESS_OPTIONS,
    BOOTSTRAP_PROGRESS_BLOCK,
    BOOTSTRAP_PROGRESS_REPEATED_BLOCK,
    BOOTSTRAP_PROGRESS_LAST_BLOCK,     /* also each repeat of it */
    BOOTSTRAP_PROGRESS_ACK,
    BOOTSTRAP_PROGRESS_CONFIRMED,      /* the ACK of the last block, and each repeat of it */
    BOOTSTRAP_PROGRESS_ERROR
} bootstrap_progress;

/* Starts a transfer from its request. The caller owns it: bootstrap_transfer_free. */
bootstrap_transfer *bootstrap_transfer_new(const boot_event *request);
void bootstrap_transfer_free(bootstrap_transfer *transfer);

/* Whether a message between this client port and this server is part of the transfer. */
bool bootstrap_transfer_is(const bootstrap_transfer *transfer, const net_address *server, uint16_t client_port);

/* Takes one message of the transfer, the request included. */
bootstrap_progress bootstrap_transfer_add(bootstrap_transfer *transfer, const boot_event *event);

#endif
