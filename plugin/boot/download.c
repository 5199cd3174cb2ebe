/* download.c
 * The chapter of the bootstrap download: TFTP and the two-stage boot service
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "download.h"

#include "boot_time.h"
#include "telling.h"

/* docs/diagnosis.md, .bootstrap.stall, .unanswered, .incomplete */
#define STALL (1 * SECOND)
#define REQUEST_ANSWER_TIME (5 * SECOND)
#define END_TIME (10 * SECOND)

/* More transfers than this are looked up by port. */
#define FEW_TRANSFERS 8

void
download_init(download_chapter *download)
{
    download->transfers = g_ptr_array_new_with_free_func((GDestroyNotify)bootstrap_transfer_free);
}

void
download_clear(download_chapter *download)
{
    if (download->transfers_by_port)
        g_hash_table_destroy(download->transfers_by_port);
    g_ptr_array_free(download->transfers, TRUE);
}

/* Of sorted transfers the newest one that began by this frame, if it is with this server and port; or NULL. */
static bootstrap_transfer *
newest_transfer(const GPtrArray *transfers, uint32_t frame, const net_address *server, uint16_t client_port)
{
    unsigned low = 0, high = transfers ? transfers->len : 0;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (((bootstrap_transfer *)g_ptr_array_index(transfers, middle))->first_frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    for (unsigned i = low; i-- > 0 && low - i <= FEW_TRANSFERS;)
        if (bootstrap_transfer_is(g_ptr_array_index(transfers, i), server, client_port))
            return g_ptr_array_index(transfers, i);
    return NULL;
}

bootstrap_transfer *
download_at(const download_chapter *download, uint32_t frame, const net_address *server,
    uint16_t client_port)
{
    const GPtrArray *transfers = download->transfers;

    if (download->transfers_by_port)
        transfers = g_hash_table_lookup(download->transfers_by_port, GUINT_TO_POINTER(client_port));
    return newest_transfer(transfers, frame, server, client_port);
}

static void
index_transfer(download_chapter *download, bootstrap_transfer *transfer)
{
    void *port = GUINT_TO_POINTER(transfer->client_port);
    GPtrArray *of_port = g_hash_table_lookup(download->transfers_by_port, port);

    if (!of_port) {
        of_port = g_ptr_array_new();
        g_hash_table_insert(download->transfers_by_port, port, of_port);
    }
    g_ptr_array_add(of_port, transfer);
}

/* Most boots have one or two transfers; an index by port is made for the others only. */
static bootstrap_transfer *
begin_transfer(download_chapter *download, const boot_event *request)
{
    bootstrap_transfer *transfer = bootstrap_transfer_new(request);

    g_ptr_array_add(download->transfers, transfer);
    if (download->transfers_by_port) {
        index_transfer(download, transfer);
    } else if (download->transfers->len > FEW_TRANSFERS) {
        download->transfers_by_port = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
        for (unsigned i = 0; i < download->transfers->len; i++)
            index_transfer(download, g_ptr_array_index(download->transfers, i));
    }
    return transfer;
}

/* An earlier request for the same file to the same server that found no answer, or NULL. */
static const bootstrap_transfer *
unanswered_before(const download_chapter *download, const bootstrap_transfer *transfer)
{
    for (unsigned i = download->transfers->len; i-- > 0;) {
        const bootstrap_transfer *earlier = g_ptr_array_index(download->transfers, i);
        if (earlier == transfer)
            continue;
        return !earlier->answered && net_address_equal(&earlier->server, &transfer->server)
            && g_strcmp0(earlier->file, transfer->file) == 0 ? earlier : NULL;
    }
    return NULL;
}

static void
tell_transfer(boot_finding *finding, const bootstrap_transfer *transfer)
{
    finding->address = transfer->server;
    finding->text = transfer->file;
    finding->from_frame = transfer->first_frame;
}

/* The transfer that a message belongs to; a new one for a request; NULL where it has no place. */
static bootstrap_transfer *
transfer_of(download_chapter *download, const boot_life *life, const boot_event *event)
{
    net_address own = boot_life_address(life);
    bool from_target = net_address_equal(&event->source, &own);
    const net_address *server = from_target ? &event->destination : &event->source;
    uint16_t client_port = from_target ? event->source_port : event->destination_port;
    bootstrap_transfer *transfer = download_at(download, event->frame, server, client_port);
    bool request = event->bootstrap.message == BOOTSTRAP_REQUEST;

    if (boot_life_reached(life, REACHED_LOGON)) { /* of the first phases only the download's last words can come late */
        bool repeat = transfer && transfer->last_block_frame != 0 && boot_life_phase(life) == PHASE_LOGON;
        return repeat && !request ? transfer : NULL;
    }
    if (!request)
        return transfer;
    /* A request again is a retry of the same transfer as long as nothing has come; else a new transfer. */
    if (transfer && transfer->blocks == 0 && !transfer->failed
            && g_strcmp0(transfer->file, event->bootstrap.file) == 0)
        return transfer;
    return begin_transfer(download, event);
}

static void
say_downloaded(boot_life *life, const boot_event *event, const bootstrap_transfer *transfer)
{
    boot_finding *finding = boot_life_say(life, event, FINDING_BOOTSTRAP_DOWNLOADED);

    tell_transfer(finding, transfer);
    finding->bytes = transfer->bytes;
    finding->promised = transfer->promised_size;
    finding->duration = transfer->complete_time - transfer->request_time;
}

static void
say_error(boot_life *life, const boot_event *event, const bootstrap_transfer *transfer)
{
    boot_finding *finding = boot_life_say(life, event, FINDING_BOOTSTRAP_ERROR);

    tell_transfer(finding, transfer);
    finding->code = event->bootstrap.number;
    finding->from_client = event->source_port == transfer->client_port;
}

/* What the progress of a download says by itself. Returns whether it has come further. */
static bool
judge_progress(download_chapter *download, boot_life *life, const boot_event *event,
    const bootstrap_transfer *transfer, bootstrap_progress came, int64_t stood_still)
{
    switch (came) {
    case BOOTSTRAP_PROGRESS_REQUESTED:
        if ((transfer->requests > 1 && !transfer->answered) || unanswered_before(download, transfer))
            tell_transfer(boot_life_say(life, event, FINDING_BOOTSTRAP_UNANSWERED), transfer);
        break;
    case BOOTSTRAP_PROGRESS_OPTIONS:
        return true;
    case BOOTSTRAP_PROGRESS_BLOCK:
    case BOOTSTRAP_PROGRESS_LAST_BLOCK:
        if (transfer->newest_block_frame == event->frame) {
            if (stood_still >= STALL)
                boot_life_say(life, event, FINDING_BOOTSTRAP_STALL)->duration = stood_still;
            return true;
        }
        /* FALLTHROUGH */
    case BOOTSTRAP_PROGRESS_REPEATED_BLOCK:
        boot_life_say(life, event, FINDING_BOOTSTRAP_RETRANSMISSION)->times = transfer->repeats;
        break;
    case BOOTSTRAP_PROGRESS_CONFIRMED:
        if (transfer->complete_frame != event->frame)
            break;
        say_downloaded(life, event, transfer);
        return true;
    case BOOTSTRAP_PROGRESS_ERROR:
        if (!transfer->probe) /* a size probe that the client ends is no fault */
            say_error(life, event, transfer);
        break;
    case BOOTSTRAP_PROGRESS_ACK:
        break;
    }
    return false;
}

chapter_answer
download_add(download_chapter *download, boot_life *life, const boot_event *event)
{
    bootstrap_transfer *transfer = transfer_of(download, life, event);
    chapter_answer answer = { .ours = true, .enters = PHASE_BOOTSTRAP, .signals = SIGNAL_WENT_ON };
    bootstrap_progress came;
    int64_t stood_still;

    if (!transfer)
        return NOT_OURS;
    if (transfer->last_block_frame != 0
            && (event->bootstrap.message == BOOTSTRAP_ERROR || event->bootstrap.message == BOOTSTRAP_OPTIONS
                || event->bootstrap.number != transfer->number || boot_life_phase(life) != PHASE_LOGON))
        return NOT_OURS; /* old words again: they move nothing, and phase 2 has a step for the last block only */
    stood_still = event->time - transfer->progress_time;
    life->times.last = event->time;
    came = bootstrap_transfer_add(transfer, event);
    if (judge_progress(download, life, event, transfer, came, stood_still))
        answer.signals |= SIGNAL_PROGRESS;
    answer.server = transfer->server;
    answer.transfer = transfer;

    switch (came) {
    case BOOTSTRAP_PROGRESS_LAST_BLOCK:
        answer.enters = PHASE_LOGON;
        answer.signals |= SIGNAL_DOWNLOADED;
        answer.step = STEP_BOOTSTRAP_COMPLETED;
        break;
    case BOOTSTRAP_PROGRESS_CONFIRMED:
        answer.enters = PHASE_NONE;
        answer.step = STEP_BOOTSTRAP_CONFIRMED;
        break;
    case BOOTSTRAP_PROGRESS_REQUESTED:
        answer.signals |= SIGNAL_FILE_REQUEST;
        answer.step = STEP_BOOTSTRAP_REQUEST;
        break;
    case BOOTSTRAP_PROGRESS_OPTIONS:
        answer.step = STEP_BOOTSTRAP_OPTIONS;
        break;
    case BOOTSTRAP_PROGRESS_ERROR:
        answer.step = STEP_BOOTSTRAP_ERROR;
        break;
    case BOOTSTRAP_PROGRESS_BLOCK:
    case BOOTSTRAP_PROGRESS_REPEATED_BLOCK:
    case BOOTSTRAP_PROGRESS_ACK:
        break;
    }
    return answer;
}

/* ---- The end ---- */

/* A transfer with data that never reached its last block, where none after it did; or NULL. */
static const bootstrap_transfer *
incomplete_transfer(const download_chapter *download)
{
    const bootstrap_transfer *incomplete = NULL;

    for (unsigned i = 0; i < download->transfers->len; i++) {
        const bootstrap_transfer *transfer = g_ptr_array_index(download->transfers, i);
        if (transfer->last_block_frame != 0)
            incomplete = NULL;
        else if (transfer->blocks > 0)
            incomplete = transfer;
    }
    return incomplete;
}

static void
tell_incomplete(boot_finding *finding, const bootstrap_transfer *transfer)
{
    tell_transfer(finding, transfer);
    finding->from_frame = transfer->newest_block_frame;
    finding->bytes = transfer->bytes;
}

void
download_end(const download_chapter *download, boot_life *life, const boot_event *next)
{
    const bootstrap_transfer *incomplete = incomplete_transfer(download);

    if (incomplete && !boot_life_reached(life, REACHED_LOGON))
        tell_incomplete(boot_life_say(life, next, FINDING_BOOTSTRAP_INCOMPLETE), incomplete);
}

void
download_settle(const download_chapter *download, const boot_life *life, int64_t end, finding_log *late)
{
    const bootstrap_transfer *incomplete = incomplete_transfer(download);

    if (boot_life_reached(life, REACHED_LOGON))
        return;
    for (unsigned i = 0; i < download->transfers->len; i++) {
        const bootstrap_transfer *transfer = g_ptr_array_index(download->transfers, i);
        if (!transfer->answered
                && (transfer->requests > 1 || end - transfer->request_time >= REQUEST_ANSWER_TIME))
            tell_transfer(finding_log_add(late, transfer->first_frame, transfer->request_time,
                FINDING_BOOTSTRAP_UNANSWERED, life->boot), transfer);
    }
    if (incomplete && (life->is_over || end - incomplete->newest_block_time >= END_TIME))
        tell_incomplete(finding_log_add(late, incomplete->newest_block_frame, incomplete->newest_block_time,
            FINDING_BOOTSTRAP_INCOMPLETE, life->boot), incomplete);
}

void
download_tell(const boot_finding *finding, GString *text)
{
    double duration = telling_seconds(finding->duration);

    switch (finding->id) {
    case FINDING_BOOTSTRAP_DOWNLOADED:
        g_string_append_printf(text, ": %" G_GUINT64_FORMAT " bytes, %.3f s after its read request in frame %u",
            finding->bytes, duration, finding->from_frame);
        if (finding->promised != 0 && finding->promised != finding->bytes)
            g_string_append_printf(text, ", but the server promised %u (tsize)", finding->promised);
        break;
    case FINDING_BOOTSTRAP_RETRANSMISSION:
        g_string_append_printf(text, ", repeat %u of this download", finding->times);
        break;
    case FINDING_BOOTSTRAP_STALL:
        g_string_append_printf(text, " for %.1f s before this block", duration);
        break;
    case FINDING_BOOTSTRAP_UNANSWERED:
        telling_address(text, " from ", &finding->address);
        g_string_append_printf(text, " for %.40s", finding->text);
        break;
    case FINDING_BOOTSTRAP_ERROR:
        g_string_append_printf(text, " %u, sent by the %s: %.40s", finding->code,
            finding->from_client ? "client" : "server", finding->text);
        break;
    case FINDING_BOOTSTRAP_INCOMPLETE:
        g_string_append_printf(text, ": %" G_GUINT64_FORMAT " bytes of %.40s, the last in frame %u", finding->bytes,
            finding->text, finding->from_frame);
        break;
    default:
        break;
    }
}
