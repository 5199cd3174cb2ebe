/* download_faults.c
 * What goes wrong in a download: silence, errors, deaf sides, answers from elsewhere
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "download_faults.h"

#include "boot_files.h"
#include "boot_time.h"
#include "telling.h"

/* docs/diagnosis.md, .bootstrap.unanswered, .incomplete, .not_heard, .error */
#define REQUEST_ANSWER_TIME (5 * SECOND)
#define END_TIME (10 * SECOND)
#define REPEAT_TIME (SECOND / 2)
#define GOES_ON_TIME (5 * SECOND)
#define SAID_REPEATS 2

void
download_tell_transfer(boot_finding *finding, const bootstrap_transfer *transfer)
{
    finding->address = transfer->server;
    finding->text = transfer->file;
    finding->from_frame = transfer->first_frame;
    finding->odd_byte = transfer->odd_byte;
}

/* The transfer before this one, if it asked the same server for the same file; or NULL. */
static bootstrap_transfer *
same_before(const download_chapter *download, const bootstrap_transfer *transfer)
{
    for (unsigned i = download_count(download); i-- > 0;) {
        bootstrap_transfer *earlier = download_transfer(download, i);
        if (earlier == transfer)
            continue;
        return net_address_equal(&earlier->server, &transfer->server) && g_strcmp0(earlier->file, transfer->file) == 0
            ? earlier : NULL;
    }
    return NULL;
}

/* ---- Requests ---- */

/* The boot file is for the other kind of firmware. */
static void
judge_firmware(download_chapter *download, boot_life *life, const boot_event *event, const bootstrap_transfer *transfer)
{
    boot_file_kind kind = boot_file_kind_of(transfer->file);
    bool wrong = (kind == BOOT_FILE_UEFI && boot_firmware_is_bios(&life->firmware))
        || (kind == BOOT_FILE_BIOS && boot_firmware_is_uefi(&life->firmware));

    if (!wrong) {
        life->asked_fitting_file = true;
        return;
    }
    if (download->wrong_firmware_said)
        return;
    download->wrong_firmware_said = true;
    boot_life_say(life, event, FINDING_BOOTSTRAP_WRONG_FIRMWARE)->text = transfer->file;
}

/* Another address answered, and the client asks again: with the same options, or from the same port. */
static const bootstrap_transfer *
ignored_elsewhere(const bootstrap_transfer *transfer, const bootstrap_transfer *before)
{
    if (net_address_known(&transfer->other_server))
        return transfer;
    return before && net_address_known(&before->other_server) && before->options_digest == transfer->options_digest
        ? before : NULL;
}

static void
say_other_server(boot_life *life, const boot_event *event, const bootstrap_transfer *answered)
{
    boot_finding *finding = boot_life_say(life, event, FINDING_BOOTSTRAP_OTHER_SERVER);

    download_tell_transfer(finding, answered);
    finding->address = answered->other_server;
}

void
download_judge_request(download_chapter *download, boot_life *life, const boot_event *event,
    bootstrap_transfer *transfer)
{
    bootstrap_transfer *before = same_before(download, transfer);
    const bootstrap_transfer *elsewhere = ignored_elsewhere(transfer, transfer->requests > 1 ? NULL : before);

    if (elsewhere) {
        if (!download->other_server_said)
            say_other_server(life, event, elsewhere);
        download->other_server_said = true;
    } else if ((transfer->requests > 1 && !transfer->answered) || (transfer->requests == 1 && before && !before->answered)) {
        download_tell_transfer(boot_life_say(life, event, FINDING_BOOTSTRAP_UNANSWERED), transfer);
    }
    if (transfer->requests == 1)
        judge_firmware(download, life, event, transfer);
}

bool
download_comes_from_elsewhere(bootstrap_transfer *transfer, const boot_event *event)
{
    bootstrap_message message = event->bootstrap.message;

    if ((message != BOOTSTRAP_OPTIONS && message != BOOTSTRAP_DATA) || transfer->blocks > 0
            || transfer->transport != BOOTSTRAP_BY_TFTP || net_address_equal(&event->source, &transfer->server))
        return false;
    transfer->other_server = event->source;
    return true;
}

bool
download_is_first_with_options(const download_chapter *download, const bootstrap_transfer *transfer)
{
    const bootstrap_transfer *before = same_before(download, transfer);

    return transfer->deafness.first_frame == 0 && !(before && before->options_came);
}

/* ---- Deaf sides ---- */

static void
note_deafness(download_chapter *download, bootstrap_transfer *transfer, boot_life *life, const boot_event *event,
    bool client)
{
    bootstrap_deafness *deafness = &transfer->deafness;

    if (deafness->repeats++ == 0) {
        deafness->first_frame = event->frame;
        deafness->first_time = event->time;
        deafness->client = client;
    } else if (deafness->repeats == SAID_REPEATS && !download->not_heard_said) {
        download->not_heard_said = true;
        boot_finding *finding = boot_life_say(life, event, FINDING_BOOTSTRAP_NOT_HEARD);
        download_tell_transfer(finding, transfer);
        finding->from_client = deafness->client;
    }
}

/*
 * The server repeats its OACK or first block without an ACK between: the client does not hear it. The client repeats its
 * first ACK or its request though OACKs came: the data, in datagrams of full size, does not come through.
 */
void
download_judge_hearing(download_chapter *download, bootstrap_transfer *transfer, boot_life *life,
    const boot_event *event)
{
    bootstrap_deafness *deafness = &transfer->deafness;
    const bootstrap_fact *fact = &event->bootstrap;
    bool first_block = fact->message == BOOTSTRAP_DATA && fact->number == 1 && transfer->blocks <= 1;
    bool again = deafness->opening_time != 0 && event->time - deafness->opening_time >= REPEAT_TIME;

    switch (fact->message) {
    case BOOTSTRAP_OPTIONS:
    case BOOTSTRAP_DATA:
        if (fact->message == BOOTSTRAP_DATA && !first_block)
            break;
        if (again && !deafness->acknowledged && (fact->message == BOOTSTRAP_OPTIONS || transfer->blocks == 1))
            note_deafness(download, transfer, life, event, true);
        deafness->opening_time = event->time;
        deafness->acknowledged = false;
        break;
    case BOOTSTRAP_ACK:
        if (deafness->acknowledged && fact->number == 0 && transfer->blocks == 0)
            note_deafness(download, transfer, life, event, false);
        deafness->acknowledged = true;
        break;
    case BOOTSTRAP_REQUEST:
        if (transfer->options_came && transfer->blocks == 0)
            note_deafness(download, transfer, life, event, !deafness->acknowledged);
        break;
    case BOOTSTRAP_ERROR:
    case BOOTSTRAP_OTHER:
        break;
    }
}

/* ---- Errors ---- */

static void
tell_error(boot_finding *finding, const bootstrap_transfer *transfer)
{
    const bootstrap_failure *failure = transfer->failure;

    download_tell_transfer(finding, transfer);
    finding->from_frame = failure->frame;
    finding->code = failure->code;
    finding->from_client = failure->from_client;
    finding->other_text = failure->words;
    finding->options = (uint16_t)(transfer->granted & ~transfer->options);
}

/* The server's ERROR to the file that DHCP or PVS names is certain at once; of any other the next frame tells more. */
void
download_judge_error(download_chapter *download, boot_life *life, const boot_event *event, bootstrap_transfer *transfer)
{
    bootstrap_failure *failure = transfer->failure;

    if (failure->frame != event->frame)
        return; /* the same again */
    download->failed = transfer;
    if (!failure->from_client
            && (g_strcmp0(life->named_file, transfer->file) == 0 || boot_file_is_pvs(transfer->file))) {
        failure->said = true;
        tell_error(boot_life_say(life, event, FINDING_BOOTSTRAP_ERROR), transfer);
    }
}

static void
refute_error(boot_life *life, const bootstrap_failure *failure)
{
    boot_life_refute(life, failure->frame, FINDING_BOOTSTRAP_ERROR);
}

void
download_sees(download_chapter *download, boot_life *life, const boot_event *event, bool goes_on)
{
    bootstrap_transfer *transfer = download->failed;
    bootstrap_failure *failure = transfer ? transfer->failure : NULL;
    bool soon = failure && event->time - failure->time <= GOES_ON_TIME;

    if (!failure || failure->frame == event->frame || (soon && !goes_on))
        return;
    download->failed = NULL;
    if (!soon) {
        if (!failure->said && (!failure->of_size_probe || !goes_on))
            tell_error(boot_life_say(life, event, FINDING_BOOTSTRAP_ERROR), transfer);
        failure->said = true;
        return;
    }
    failure->went_on_in = event->frame;
    if (failure->said)
        refute_error(life, failure);
    else if (!failure->of_size_probe)
        tell_error(boot_life_say(life, event, FINDING_BOOTSTRAP_PASSED_OVER), transfer);
}

static void
settle_error(const bootstrap_transfer *transfer, boot_life *life, int64_t end)
{
    const bootstrap_failure *failure = transfer->failure;

    if (!failure || (failure->of_size_probe && failure->went_on_in != 0))
        return;
    if (failure->went_on_in != 0)
        tell_error(boot_life_say_late(life, failure->frame, failure->time, FINDING_BOOTSTRAP_PASSED_OVER), transfer);
    else if (!failure->of_size_probe || life->is_over || end - failure->time >= GOES_ON_TIME)
        tell_error(boot_life_say_late(life, failure->frame, failure->time, FINDING_BOOTSTRAP_ERROR), transfer);
}

/* ---- The end ---- */

/* A transfer with data that never reached its last block, where none after it did; or NULL. */
static const bootstrap_transfer *
incomplete_transfer(const download_chapter *download)
{
    const bootstrap_transfer *incomplete = NULL;

    for (unsigned i = 0; i < download_count(download); i++) {
        const bootstrap_transfer *transfer = download_transfer(download, i);
        if (transfer->last_block_frame != 0)
            incomplete = NULL;
        else if (transfer->blocks > 0 && !transfer->failure && transfer->deafness.first_frame == 0)
            incomplete = transfer;
    }
    return incomplete;
}

static void
tell_incomplete(boot_finding *finding, const bootstrap_transfer *transfer)
{
    download_tell_transfer(finding, transfer);
    finding->from_frame = transfer->newest_block_frame;
    finding->bytes = transfer->bytes;
}

void
download_end(download_chapter *download, boot_life *life, const boot_event *next)
{
    const bootstrap_transfer *incomplete = incomplete_transfer(download);

    download_sees(download, life, next, false);
    if (incomplete && !boot_life_reached(life, REACHED_LOGON))
        tell_incomplete(boot_life_say(life, next, FINDING_BOOTSTRAP_INCOMPLETE), incomplete);
}

/* Whether the file of this transfer arrived whole by any other. */
static bool
file_arrived(const download_chapter *download, const bootstrap_transfer *wanted)
{
    for (unsigned i = 0; i < download_count(download); i++) {
        const bootstrap_transfer *transfer = download_transfer(download, i);
        if (transfer->last_block_frame != 0 && g_strcmp0(transfer->file, wanted->file) == 0)
            return true;
    }
    return false;
}

/* One request alone proves nothing where a filter loses what TFTP answers from other ports. */
static bool
is_unanswered(const bootstrap_transfer *transfer, const boot_life *life, int64_t end)
{
    if (transfer->answered || net_address_known(&transfer->other_server))
        return false;
    return transfer->requests > 1 || (end - transfer->request_time >= REQUEST_ANSWER_TIME && life->sight.other_traffic);
}

void
download_settle(download_chapter *download, boot_life *life, int64_t end)
{
    const bootstrap_transfer *incomplete = incomplete_transfer(download);
    bool logon = boot_life_reached(life, REACHED_LOGON), told = false;

    for (unsigned i = 0; i < download_count(download); i++) {
        const bootstrap_transfer *transfer = download_transfer(download, i);
        const bootstrap_deafness *deafness = &transfer->deafness;

        if (!logon && is_unanswered(transfer, life, end))
            download_tell_transfer(boot_life_say_late(life, transfer->first_frame, transfer->request_time,
                FINDING_BOOTSTRAP_UNANSWERED), transfer);
        if (deafness->first_frame != 0 && transfer->blocks <= 1 && transfer->last_block_frame == 0 && !told
                && !file_arrived(download, transfer)) {
            told = true; /* once a boot: the client's next tries are no other fault */
            boot_finding *finding = boot_life_say_late(life, deafness->first_frame, deafness->first_time, FINDING_BOOTSTRAP_NOT_HEARD);
            download_tell_transfer(finding, transfer);
            finding->from_client = deafness->client;
        }
        settle_error(transfer, life, end);
    }
    if (incomplete && !logon && (life->is_over || end - incomplete->newest_block_time >= END_TIME))
        tell_incomplete(boot_life_say_late(life, incomplete->newest_block_frame, incomplete->newest_block_time,
            FINDING_BOOTSTRAP_INCOMPLETE), incomplete);
}

/* ---- Words ---- */

/* Names are valid UTF-8, and are cut between characters. */
static void
tell_name(GString *text, const char *before, const boot_finding *finding)
{
    telling_name(text, before, finding->text);
    if (finding->odd_byte != 0)
        g_string_append_printf(text, " (its last byte is 0x%02x)", finding->odd_byte);
}

static void
tell_unanswered(const boot_life *life, const boot_finding *finding, GString *text)
{
    telling_address(text, " from ", &finding->address);
    tell_name(text, " for ", finding);
    if (net_address_known(&life->named_server) && !net_address_equal(&life->named_server, &finding->address))
        telling_address(text, "; DHCP names ", &life->named_server);
}

static void
tell_options(GString *text, uint16_t options)
{
    static const struct {
        uint16_t option;
        const char *name;
    } names[] = {
        { TFTP_OPTION_BLOCK_SIZE, "blksize" },
        { TFTP_OPTION_TRANSFER_SIZE, "tsize" },
        { TFTP_OPTION_TIMEOUT, "timeout" },
        { TFTP_OPTION_WINDOW_SIZE, "windowsize" },
        { TFTP_OPTION_OTHER, "another option" },
    };
    const char *separator = "; the OACK holds what was not asked for: ";

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (options & names[i].option) {
            g_string_append_printf(text, "%s%s", separator, names[i].name);
            separator = ", ";
        }
    }
}

static void
tell_error_words(const boot_finding *finding, GString *text)
{
    g_string_append_printf(text, " %u, sent by the %s", finding->code, finding->from_client ? "client" : "server");
    tell_name(text, ": ", finding);
    if (finding->code == 0 && finding->other_text)
        telling_name(text, ", ", finding->other_text);
    if (finding->from_client && (finding->code == 8 || finding->code == 4))
        tell_options(text, finding->options);
}

void
download_tell(const boot_life *life, const boot_finding *finding, GString *text)
{
    double duration = telling_seconds(finding->duration);

    switch (finding->id) {
    case FINDING_BOOTSTRAP_DOWNLOADED:
        g_string_append_printf(text, ": %" G_GUINT64_FORMAT " bytes, %.3f s after its read request in frame %u",
            finding->bytes, duration, finding->from_frame);
        if (finding->promised != 0 && finding->promised != finding->bytes)
            g_string_append_printf(text, ", but the server promised %u (tsize)", finding->promised);
        break;
    case FINDING_BOOTSTRAP_SLOW:
        g_string_append_printf(text, ": %.1f s for %u blocks", duration, finding->times);
        break;
    case FINDING_BOOTSTRAP_VERSION_DIFFERS:
        g_string_append_printf(text, ": %s here, %s there", finding->text, finding->other_text);
        break;
    case FINDING_BOOTSTRAP_RETRANSMISSION:
        g_string_append_printf(text, ", repeat %u of this download", finding->times);
        break;
    case FINDING_BOOTSTRAP_STALL:
        g_string_append_printf(text, " for %.1f s before this block", duration);
        break;
    case FINDING_BOOTSTRAP_UNANSWERED:
        tell_unanswered(life, finding, text);
        break;
    case FINDING_BOOTSTRAP_OTHER_SERVER:
        telling_address(text, ": ", &finding->address);
        break;
    case FINDING_BOOTSTRAP_NOT_HEARD:
        g_string_append(text, finding->from_client ? ": the client is deaf, what the server sends does not reach it"
                                                   : ": the client waits for data, full-size datagrams are lost");
        break;
    case FINDING_BOOTSTRAP_WRONG_FIRMWARE:
        if (finding->text)
            telling_name(text, ": ", finding->text);
        break;
    case FINDING_BOOTSTRAP_ERROR:
    case FINDING_BOOTSTRAP_PASSED_OVER:
        tell_error_words(finding, text);
        break;
    case FINDING_BOOTSTRAP_INCOMPLETE:
        g_string_append_printf(text, ": %" G_GUINT64_FORMAT " bytes", finding->bytes);
        telling_name(text, " of ", finding->text);
        g_string_append_printf(text, ", the last in frame %u", finding->from_frame);
        break;
    default:
        break;
    }
}

const char *
download_advice(const boot_finding *finding)
{
    if (finding->id != FINDING_BOOTSTRAP_ERROR)
        return NULL;
    switch (finding->code) {
    case 1:
        return NULL; /* the name and the folder: the table's own advice */
    case 2:
        return "Check the rights on that file and folder on the TFTP server";
    case 3:
        return finding->from_client ? "The client has no space for the file: check its memory, and that the file is the right one"
                                    : "Check the space on the TFTP server";
    case 4:
    case 8:
        return finding->from_client ? "The client refuses the OACK: compare its options with those asked for"
                                    : "The server refuses the request: compare its options with what the server allows";
    default:
        return "Read the TFTP server's log at this time";
    }
}
