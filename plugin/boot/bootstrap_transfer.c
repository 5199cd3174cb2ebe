/* bootstrap_transfer.c
 * Progress of one bootstrap download
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "bootstrap_transfer.h"

#include <string.h>

/* RFC 1350: the block size where none was negotiated. */
#define TFTP_DEFAULT_BLOCK_SIZE 512

/* RFC 2347: ends a size probe, also where the server ignored the options and sent the first block. */
#define TFTP_OPTIONS_REFUSED 8

/* The text in front of the version inside the file (Tenable NASL 59465). */
static const char version_prefix[] = "Provisioning Services bootstrap v";

bootstrap_transfer *
bootstrap_transfer_new(const boot_event *request)
{
    bootstrap_transfer *transfer = g_new0(bootstrap_transfer, 1);

    transfer->transport = request->bootstrap.transport;
    transfer->server = request->destination;
    transfer->client_port = request->source_port;
    transfer->file = g_ref_string_new_intern(request->bootstrap.file ? request->bootstrap.file : "");
    transfer->odd_byte = request->bootstrap.odd_byte;
    transfer->first_frame = request->frame;
    transfer->request_time = transfer->progress_time = request->time;
    return transfer;
}

void
bootstrap_transfer_free(bootstrap_transfer *transfer)
{
    g_ref_string_release(transfer->file);
    g_free(transfer->version);
    g_free(transfer->tail);
    if (transfer->failure)
        g_free(transfer->failure->words);
    g_free(transfer->failure);
    g_free(transfer);
}

bool
bootstrap_transfer_is(const bootstrap_transfer *transfer, const net_address *server, uint16_t client_port)
{
    return transfer->client_port == client_port && net_address_equal(&transfer->server, server);
}

/*
 * Looks for the version text in one run of bytes. A version that touches the end may go on in the next
 * block, so it counts only if something ends it, or if nothing can follow.
 */
static char *
find_version(const uint8_t *bytes, uint32_t length, bool nothing_follows)
{
    const uint32_t prefix = sizeof version_prefix - 1;
    const uint8_t *at = bytes;
    const uint8_t *end = bytes + length;

    while ((uint32_t)(end - at) > prefix && (at = memchr(at, version_prefix[0], end - at - prefix)) != NULL) {
        if (memcmp(at, version_prefix, prefix) == 0) {
            const uint8_t *from = at + prefix;
            const uint8_t *to = from;

            while (to < end && to - at < BOOTSTRAP_VERSION_REACH && (g_ascii_isdigit(*to) || *to == '.'))
                to++;
            if (to > from && (to < end || nothing_follows))
                return g_strndup((const char *)from, to - from);
        }
        at++;
    }
    return NULL;
}

/* Nothing follows, or nothing more is looked for. */
static void
drop_tail(bootstrap_transfer *transfer)
{
    g_free(transfer->tail);
    transfer->tail = NULL;
    transfer->tail_length = 0;
}

static void
look_for_version(bootstrap_transfer *transfer, const bootstrap_fact *fact, bool last)
{
    uint8_t border[2 * BOOTSTRAP_VERSION_REACH];
    uint32_t head = MIN(fact->captured, BOOTSTRAP_VERSION_REACH);
    uint32_t keep = MIN(fact->captured, BOOTSTRAP_VERSION_REACH);
    bool cut = fact->captured < fact->length; /* sliced: what follows is not adjacent */
    uint32_t old;

    if (transfer->version)
        return;
    if (!fact->data) {
        transfer->tail_length = 0;
        return;
    }
    last = last && !cut;
    if (transfer->tail_length > 0)
        memcpy(border, transfer->tail, transfer->tail_length);
    memcpy(border + transfer->tail_length, fact->data, head);
    transfer->version = find_version(border, transfer->tail_length + head, last && head == fact->captured);
    if (!transfer->version)
        transfer->version = find_version(fact->data, fact->captured, last);

    if (transfer->version) {
        drop_tail(transfer);
        return;
    }
    if (cut) {
        transfer->tail_length = 0;
        return;
    }
    if (!transfer->tail)
        transfer->tail = g_malloc(BOOTSTRAP_VERSION_REACH);
    old = MIN(transfer->tail_length, BOOTSTRAP_VERSION_REACH - keep);
    memmove(transfer->tail, transfer->tail + transfer->tail_length - old, old);
    memcpy(transfer->tail + old, fact->data + fact->captured - keep, keep);
    transfer->tail_length = old + keep;
}

/*
 * The block size where no OACK was seen. A server that ignored the option sends 512 bytes; one whose OACK
 * the capture missed sends what was granted, and no more than was asked.
 */
static uint32_t
block_size_shown_by(const bootstrap_transfer *transfer, uint32_t length)
{
    if (length > TFTP_DEFAULT_BLOCK_SIZE && length <= transfer->asked_block_size)
        return length;
    return TFTP_DEFAULT_BLOCK_SIZE;
}

static bootstrap_progress
take_block(bootstrap_transfer *transfer, const boot_event *event)
{
    const bootstrap_fact *fact = &event->bootstrap;
    bool last = fact->length < transfer->block_size;

    transfer->progress_time = transfer->newest_block_time = event->time;
    transfer->newest_block_frame = event->frame;
    transfer->blocks++;
    transfer->bytes += fact->length;
    transfer->number = fact->number;
    look_for_version(transfer, fact, last);
    if (!last)
        return BOOTSTRAP_PROGRESS_BLOCK;
    transfer->last_block_frame = event->frame;
    return BOOTSTRAP_PROGRESS_LAST_BLOCK;
}

static bootstrap_progress
repeated_block(bootstrap_transfer *transfer, uint16_t number)
{
    transfer->repeats++;
    return transfer->last_block_frame && number == transfer->number
        ? BOOTSTRAP_PROGRESS_LAST_BLOCK : BOOTSTRAP_PROGRESS_REPEATED_BLOCK;
}

/* The id has no known order: a chunk is new if its id is not that of the chunk before. */
static bootstrap_progress
add_two_stage_data(bootstrap_transfer *transfer, const boot_event *event)
{
    const bootstrap_fact *fact = &event->bootstrap;

    if (transfer->blocks > 0 && fact->number == transfer->number)
        return repeated_block(transfer, fact->number);
    if (transfer->blocks == 0)
        transfer->block_size = fact->length;
    return take_block(transfer, event);
}

static bootstrap_progress
add_tftp_data(bootstrap_transfer *transfer, const boot_event *event)
{
    const bootstrap_fact *fact = &event->bootstrap;
    uint16_t step = (uint16_t)(fact->number - transfer->number);

    if (transfer->blocks > 0 && (step == 0 || step > UINT16_MAX / 2))
        return repeated_block(transfer, fact->number);
    if (step == 0) /* no TFTP server starts with block 0 */
        return BOOTSTRAP_PROGRESS_REPEATED_BLOCK;
    if (transfer->number == UINT16_MAX && fact->number == 1) /* some servers wrap to 1 */
        step = 1;

    if (transfer->block_size == 0)
        transfer->block_size = block_size_shown_by(transfer, fact->length);
    /* TFTP waits for each block's ACK: blocks that the capture missed did arrive, and were full. */
    if (step > 1) {
        transfer->tail_length = 0;
        transfer->blocks += step - 1u;
        transfer->bytes += (step - 1u) * transfer->block_size;
    }
    return take_block(transfer, event);
}

bootstrap_progress
bootstrap_transfer_add(bootstrap_transfer *transfer, const boot_event *event)
{
    const bootstrap_fact *fact = &event->bootstrap;

    transfer->last_frame = event->frame;
    transfer->answered |= fact->message != BOOTSTRAP_REQUEST;
    switch (fact->message) {
    case BOOTSTRAP_REQUEST:
        transfer->asked_block_size = fact->block_size;
        transfer->options = fact->options;
        transfer->options_digest = fact->options_digest;
        transfer->newest_request_time = event->time;
        transfer->requests++;
        return BOOTSTRAP_PROGRESS_REQUESTED;
    case BOOTSTRAP_OPTIONS:
        transfer->options_came = true;
        transfer->granted = fact->options;
        transfer->block_size = fact->block_size ? fact->block_size : TFTP_DEFAULT_BLOCK_SIZE;
        transfer->promised_size = fact->transfer_size;
        return BOOTSTRAP_PROGRESS_OPTIONS;
    case BOOTSTRAP_DATA:
        return transfer->transport == BOOTSTRAP_BY_TFTP ? add_tftp_data(transfer, event)
                                                        : add_two_stage_data(transfer, event);
    case BOOTSTRAP_ACK:
        transfer->acknowledged = fact->number;
        if (transfer->last_block_frame == 0 || fact->number != transfer->number)
            return BOOTSTRAP_PROGRESS_ACK;
        if (transfer->complete_frame == 0) {
            transfer->complete_frame = event->frame;
            transfer->complete_time = event->time;
            drop_tail(transfer);
        }
        return BOOTSTRAP_PROGRESS_CONFIRMED;
    case BOOTSTRAP_ERROR:
    case BOOTSTRAP_OTHER: /* belongs to no transfer */
        break;
    }
    if (!transfer->failure) {
        bool from_client = event->source_port == transfer->client_port;
        transfer->failure = g_new(bootstrap_failure, 1);
        *transfer->failure = (bootstrap_failure){
            .frame = event->frame,
            .time = event->time,
            .code = fact->number,
            .from_client = from_client,
            .of_size_probe = from_client && (transfer->options & TFTP_OPTION_TRANSFER_SIZE)
                && (transfer->blocks == 0 || (transfer->blocks == 1 && fact->number == TFTP_OPTIONS_REFUSED)),
            .words = g_strdup(fact->words)
        };
    }
    return BOOTSTRAP_PROGRESS_ERROR;
}
