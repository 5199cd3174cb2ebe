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

/* One download, from its first request on; lives as long as the boot it belongs to. */
typedef struct bootstrap_transfer {
    bootstrap_transport transport;
    net_address server;       /* the server asked */
    uint16_t client_port;
    char *file;               /* owned; the name as requested */
    char *version;            /* owned; the version text inside the file, or NULL */
    uint32_t first_frame, last_frame;
    int64_t request_time;
    int64_t progress_time;    /* of the request, or of the newest block since */
    uint32_t newest_block_frame; /* 0 until a block came */
    int64_t newest_block_time;
    uint32_t requests;        /* how often the same request was sent, copies not counted */
    bool answered;            /* by anything, or the client went on as only an answered one does */
    uint32_t repeats;         /* blocks received again */
    uint32_t asked_block_size;
    uint32_t block_size;      /* 0 until an OACK or a block has shown it */
    uint32_t promised_size;   /* tsize in the OACK, or 0 */
    uint16_t number;          /* of the newest block */
    uint32_t blocks, bytes;   /* received, each block once */
    uint32_t last_block_frame; /* 0 until the last block was seen */
    uint32_t complete_frame;  /* 0 until the ACK of the last block was seen */
    int64_t complete_time;
    bool failed;              /* an ERROR was sent, by either side */
    bool probe;               /* the client ended it before any data: it only asked for the size */
    uint8_t tail[BOOTSTRAP_VERSION_REACH]; /* end of the newest block: the text may cross a border */
    uint32_t tail_length;
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

/*
 * Whether a file name is that of a PVS bootstrap (any case, any directory). The names are the published
 * ones; an administrator's variant such as ARDBP32_123.BIN is one too.
 */
bool bootstrap_name_is_pvs(const char *file);

#endif
