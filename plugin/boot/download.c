/* download.c
 * The chapter of the bootstrap download: TFTP and the two-stage boot service
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "download.h"

#include <string.h>

#include "boot_files.h"
#include "boot_time.h"
#include "download_faults.h"
#include "telling.h"

/* docs/diagnosis.md, .bootstrap.stall, .slow, .capture.one_way */
#define STALL (1 * SECOND)
#define SLOW (10 * SECOND)
#define OTHER_OPTIONS_TIME (SECOND / 2)

/* More transfers than this are looked up by port. */
#define FEW_TRANSFERS 8

void
download_clear(download_chapter *download)
{
    if (download->transfers_by_port)
        g_hash_table_destroy(download->transfers_by_port);
    for (unsigned i = 0; i < download_count(download); i++)
        bootstrap_transfer_free(download_transfer(download, i));
    lean_list_clear(&download->transfers);
}

static bootstrap_transfer *
newest_of_all(const download_chapter *download)
{
    return download_count(download) > 0 ? download_transfer(download, download_count(download) - 1) : NULL;
}

/* Of sorted transfers the newest one that began by this frame, if it is with this server and port; or NULL. */
static bootstrap_transfer *
newest_transfer(bootstrap_transfer *const *transfers, unsigned count, uint32_t frame, const net_address *server,
    uint16_t client_port)
{
    unsigned low = 0, high = count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (transfers[middle]->first_frame <= frame)
            low = middle + 1;
        else
            high = middle;
    }
    for (unsigned i = low; i-- > 0 && low - i <= FEW_TRANSFERS;)
        if (bootstrap_transfer_is(transfers[i], server, client_port))
            return transfers[i];
    return NULL;
}

bootstrap_transfer *
download_at(const download_chapter *download, uint32_t frame, const net_address *server,
    uint16_t client_port)
{
    const GPtrArray *of_port;

    if (!download->transfers_by_port)
        return newest_transfer(download->transfers.elements, download_count(download), frame, server, client_port);
    of_port = g_hash_table_lookup(download->transfers_by_port, GUINT_TO_POINTER(client_port));
    return of_port ? newest_transfer((bootstrap_transfer *const *)of_port->pdata, of_port->len, frame, server, client_port)
                   : NULL;
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

    lean_list_append(&download->transfers, transfer);
    if (download->transfers_by_port) {
        index_transfer(download, transfer);
    } else if (download_count(download) > FEW_TRANSFERS) {
        download->transfers_by_port = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
        for (unsigned i = 0; i < download_count(download); i++)
            index_transfer(download, download_transfer(download, i));
    }
    return transfer;
}

bool
download_has_failed(const download_chapter *download)
{
    const bootstrap_transfer *newest = newest_of_all(download);

    return newest && newest->last_block_frame == 0;
}

/* ---- Which transfer ---- */

/* The newest transfer of this client port that waits for its first answer: another address than the one asked answers it. */
static bootstrap_transfer *
answered_from_elsewhere(const download_chapter *download, uint16_t client_port)
{
    bootstrap_transfer *newest = newest_of_all(download);

    return newest && newest->client_port == client_port && newest->blocks == 0 && !newest->answered ? newest : NULL;
}

/*
 * The client goes on with the address that answered: from here on it is the server. Not once it has spoken with the one
 * asked: those frames are told again by the transfer's server.
 */
static bootstrap_transfer *
accepted_elsewhere(const download_chapter *download, const boot_event *event)
{
    bootstrap_transfer *newest = newest_of_all(download);

    if (!newest || newest->answered || newest->client_port != event->source_port || !net_address_known(&newest->other_server)
            || !net_address_equal(&newest->other_server, &event->destination))
        return NULL;
    newest->server = newest->other_server;
    newest->other_server = NET_ADDRESS_NONE;
    newest->answered = true;
    return newest;
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
    if (!request) {
        if (transfer)
            return transfer;
        return from_target ? accepted_elsewhere(download, event) : answered_from_elsewhere(download, client_port);
    }
    /* A request again is a retry of the same transfer as long as nothing has come; else a new transfer. */
    if (transfer && transfer->blocks == 0 && !transfer->failure
            && g_strcmp0(transfer->file, event->bootstrap.file) == 0)
        return transfer;
    return begin_transfer(download, event);
}

/* ---- One message ---- */

static void
note_sides(boot_life *life, const boot_event *event, const bootstrap_transfer *transfer)
{
    const bootstrap_fact *fact = &event->bootstrap;
    bool from_client = event->source_port == transfer->client_port && !net_address_equal(&event->source, &transfer->server);

    if (!from_client) {
        boot_life_sees_answer(life, SERVICE_DOWNLOAD);
        if (fact->message == BOOTSTRAP_DATA && transfer->blocks > 0 && (uint16_t)(fact->number - transfer->number) == 1
                && transfer->acknowledged != transfer->number && !(transfer->options & TFTP_OPTION_WINDOW_SIZE)
                && transfer->transport == BOOTSTRAP_BY_TFTP)
            boot_life_lacks_question(life, event, SERVICE_DOWNLOAD);
        return;
    }
    boot_life_sees_question(life, SERVICE_DOWNLOAD);
    if (fact->message == BOOTSTRAP_ACK && transfer->transport == BOOTSTRAP_BY_TFTP && fact->number != transfer->number
            && (uint16_t)(fact->number - transfer->number) <= UINT16_MAX / 2)
        boot_life_lacks_answer(life, event, SERVICE_DOWNLOAD);
}

/* The same file asked again at once, with other options: as only a client does that was answered. */
static void
note_other_options(const download_chapter *download, boot_life *life, const boot_event *event)
{
    const bootstrap_transfer *before = newest_of_all(download);

    if (before && !before->answered && g_strcmp0(before->file, event->bootstrap.file) == 0
            && before->options_digest != event->bootstrap.options_digest
            && event->time - before->newest_request_time < OTHER_OPTIONS_TIME)
        boot_life_lacks_answer(life, event, SERVICE_DOWNLOAD);
}

static void
say_downloaded(boot_life *life, const boot_event *event, const bootstrap_transfer *transfer)
{
    boot_finding *finding = boot_life_say(life, event, FINDING_BOOTSTRAP_DOWNLOADED);
    int64_t duration = transfer->complete_time - transfer->request_time;
    const char *other_version;

    download_tell_transfer(finding, transfer);
    finding->bytes = transfer->bytes;
    finding->promised = transfer->promised_size;
    finding->duration = duration;
    if (duration > SLOW && !transfer->stalled) {
        finding = boot_life_say(life, event, FINDING_BOOTSTRAP_SLOW);
        finding->duration = duration;
        finding->times = transfer->blocks;
    }
    other_version = boot_context_other_version(life->context, transfer->version);
    if (other_version) {
        finding = boot_life_say(life, event, FINDING_BOOTSTRAP_VERSION_DIFFERS);
        finding->text = transfer->version;
        finding->other_text = other_version;
    }
}

/* The whole file is there: its last block, or the ACK of that. */
static void
note_whole(boot_life *life, const boot_event *event, const bootstrap_transfer *transfer)
{
    boot_presence *presence = &life->presence;
    bool two_stage = transfer->transport == BOOTSTRAP_BY_TWO_STAGE;

    presence->download_frame = event->frame;
    presence->download_time = event->time;
    presence->download_is_pvs = two_stage || boot_file_is_pvs(transfer->file);
    presence->by_two_stage = two_stage;
    memset(presence->other_ports, 0, sizeof presence->other_ports);
}

/* What the progress of a download says by itself. Returns whether it has come further. */
static bool
judge_progress(download_chapter *download, boot_life *life, const boot_event *event, bootstrap_transfer *transfer,
    bootstrap_progress came, int64_t stood_still)
{
    switch (came) {
    case BOOTSTRAP_PROGRESS_REQUESTED:
        download_judge_request(download, life, event, transfer);
        break;
    case BOOTSTRAP_PROGRESS_OPTIONS: /* again, or to the next try for the same file, it brings nothing new */
        return download_is_first_with_options(download, transfer);
    case BOOTSTRAP_PROGRESS_BLOCK:
    case BOOTSTRAP_PROGRESS_LAST_BLOCK:
        if (transfer->newest_block_frame == event->frame) {
            if (stood_still >= STALL) {
                transfer->stalled = true;
                boot_life_say(life, event, FINDING_BOOTSTRAP_STALL)->duration = stood_still;
            }
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
        download_judge_error(download, life, event, transfer);
        break;
    case BOOTSTRAP_PROGRESS_ACK:
        break;
    }
    return false;
}

static void
place(chapter_answer *answer, const bootstrap_transfer *transfer, bootstrap_progress came)
{
    switch (came) {
    case BOOTSTRAP_PROGRESS_LAST_BLOCK:
        answer->enters = PHASE_LOGON;
        answer->signals |= SIGNAL_DOWNLOADED;
        answer->step = STEP_BOOTSTRAP_COMPLETED;
        break;
    case BOOTSTRAP_PROGRESS_CONFIRMED:
        answer->enters = PHASE_NONE;
        answer->step = STEP_BOOTSTRAP_CONFIRMED;
        break;
    case BOOTSTRAP_PROGRESS_REQUESTED:
        answer->signals |= SIGNAL_FILE_REQUEST;
        answer->step = STEP_BOOTSTRAP_REQUEST;
        break;
    case BOOTSTRAP_PROGRESS_OPTIONS:
        answer->step = STEP_BOOTSTRAP_OPTIONS;
        break;
    case BOOTSTRAP_PROGRESS_ERROR:
        answer->step = transfer->failure->of_size_probe ? STEP_SIZE_PROBE_ENDED : STEP_BOOTSTRAP_ERROR;
        break;
    case BOOTSTRAP_PROGRESS_BLOCK:
    case BOOTSTRAP_PROGRESS_REPEATED_BLOCK:
        /* What comes from elsewhere is not told again by the transfer's addresses. */
        answer->step = net_address_known(&transfer->other_server) ? STEP_BOOTSTRAP_DATA : STEP_NONE;
        break;
    case BOOTSTRAP_PROGRESS_ACK:
        break;
    }
}

chapter_answer
download_add(download_chapter *download, boot_life *life, const boot_event *event)
{
    const bootstrap_fact *fact = &event->bootstrap;
    chapter_answer answer = { .ours = true, .enters = PHASE_BOOTSTRAP, .signals = SIGNAL_WENT_ON };
    bootstrap_transfer *transfer;
    bootstrap_progress came;
    int64_t stood_still;

    if (fact->message == BOOTSTRAP_REQUEST && !boot_life_reached(life, REACHED_LOGON))
        note_other_options(download, life, event);
    transfer = transfer_of(download, life, event);
    if (!transfer)
        return NOT_OURS;
    if (transfer->last_block_frame != 0
            && (fact->message == BOOTSTRAP_ERROR || fact->message == BOOTSTRAP_OPTIONS
                || fact->number != transfer->number || boot_life_phase(life) != PHASE_LOGON))
        return NOT_OURS; /* old words again: they move nothing, and phase 2 has a step for the last block only */
    stood_still = event->time - transfer->progress_time;
    life->times.last = event->time;
    note_sides(life, event, transfer);
    if (download_comes_from_elsewhere(transfer, event)) {
        answer.server = event->source;
        answer.transfer = transfer;
        answer.step = fact->message == BOOTSTRAP_OPTIONS ? STEP_BOOTSTRAP_OPTIONS : STEP_BOOTSTRAP_DATA;
        return answer;
    }
    download_judge_hearing(download, transfer, life, event);
    came = bootstrap_transfer_add(transfer, event);
    if (judge_progress(download, life, event, transfer, came, stood_still))
        answer.signals |= SIGNAL_PROGRESS;
    if (came == BOOTSTRAP_PROGRESS_LAST_BLOCK || came == BOOTSTRAP_PROGRESS_CONFIRMED)
        note_whole(life, event, transfer);
    answer.server = transfer->server;
    answer.transfer = transfer;
    place(&answer, transfer, came);
    return answer;
}
