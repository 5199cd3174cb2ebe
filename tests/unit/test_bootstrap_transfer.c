/* test_bootstrap_transfer.c
 * Progress of one download: blocks, sizes, the end, the version text, the names
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include <string.h>

#include "boot/boot_files.h"
#include "boot/bootstrap_transfer.h"
#include "events.h"

#define PORT 2070
#define VERSION_TEXT "Provisioning Services bootstrap v"

/* A transfer under test, and the clock of its frames. */
typedef struct download {
    bootstrap_transfer *transfer;
    host client, server;
    uint32_t frame;
    int64_t time;
} download;

static bootstrap_progress
see(download *d, boot_event event)
{
    event.frame = ++d->frame;
    event.time = d->time += MILLISECOND;
    if (!d->transfer)
        d->transfer = bootstrap_transfer_new(&event);
    return bootstrap_transfer_add(d->transfer, &event);
}

static bootstrap_progress
see_data(download *d, uint16_t number, uint32_t length)
{
    return see(d, tftp_data(d->client, d->server, PORT, number, length));
}

static bootstrap_progress
see_ack(download *d, uint16_t number)
{
    return see(d, tftp_ack(d->client, d->server, PORT, number));
}

/* The request; asked: its blksize option, 0 where it has none. */
static download
requested(uint32_t asked)
{
    download d = { .client = host_number(50), .server = host_number(1), .time = 1000 * SECOND };

    assert_int_equal(see(&d, tftp_request(d.client, d.server, PORT, "ARDBP32.BIN", asked)),
        BOOTSTRAP_PROGRESS_REQUESTED);
    return d;
}

/* The request and its OACK. */
static download
negotiated(uint32_t granted)
{
    download d = requested(granted);

    assert_int_equal(see(&d, tftp_options(d.client, d.server, PORT, granted)), BOOTSTRAP_PROGRESS_OPTIONS);
    assert_int_equal(see_ack(&d, 0), BOOTSTRAP_PROGRESS_ACK);
    return d;
}

static void
assert_received(const download *d, uint32_t blocks, uint32_t bytes)
{
    assert_int_equal(d->transfer->blocks, blocks);
    assert_int_equal(d->transfer->bytes, bytes);
}

/* ---- Whose message ---- */

static void
transfer_is_known_by_server_and_client_port(void **state)
{
    download d = requested(0);

    (void)state;
    assert_true(bootstrap_transfer_is(d.transfer, &d.server.address, PORT));
    assert_false(bootstrap_transfer_is(d.transfer, &d.server.address, PORT + 1));
    assert_false(bootstrap_transfer_is(d.transfer, &d.client.address, PORT));
    assert_string_equal(d.transfer->file, "ARDBP32.BIN");
    bootstrap_transfer_free(d.transfer);
}

/* ---- Block size and end ---- */

static void
plain_transfer_has_blocks_of_512_bytes(void **state)
{
    download d = requested(0);

    (void)state;
    assert_int_equal(see_data(&d, 1, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_ack(&d, 1), BOOTSTRAP_PROGRESS_ACK);
    assert_int_equal(see_data(&d, 2, 511), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_int_equal(d.transfer->last_block_frame, d.frame);
    assert_int_equal(d.transfer->complete_frame, 0);
    assert_int_equal(see_ack(&d, 2), BOOTSTRAP_PROGRESS_CONFIRMED);
    assert_int_equal(d.transfer->complete_frame, d.frame);
    assert_int_equal(d.transfer->complete_time - d.transfer->request_time, 4 * MILLISECOND);
    assert_received(&d, 2, 1023);
    bootstrap_transfer_free(d.transfer);
}

static void
negotiated_block_size_decides_which_block_is_the_last(void **state)
{
    download d = negotiated(1456);

    (void)state;
    assert_int_equal(see_data(&d, 1, 1456), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 2, 1455), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 2, 2911);
    bootstrap_transfer_free(d.transfer);
}

static void
granted_block_size_may_be_smaller_than_asked(void **state)
{
    download d = requested(1456);

    (void)state;
    see(&d, tftp_options(d.client, d.server, PORT, 1024));
    assert_int_equal(see_data(&d, 1, 1024), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 2, 600), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    bootstrap_transfer_free(d.transfer);
}

static void
options_without_block_size_mean_512_bytes(void **state)
{
    download d = requested(1456);

    (void)state;
    see(&d, tftp_options(d.client, d.server, PORT, 0)); /* only tsize was granted */
    assert_int_equal(see_data(&d, 1, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 2, 10), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 2, 522);
    bootstrap_transfer_free(d.transfer);
}

static void
server_that_ignores_the_option_sends_512_bytes(void **state)
{
    download d = requested(1456); /* Citrix TFTP does so (pvs-facts.md, section 2) */

    (void)state;
    assert_int_equal(see_data(&d, 1, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 2, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 3, 17), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 3, 1041);
    bootstrap_transfer_free(d.transfer);
}

static void
first_block_shows_the_size_where_no_option_acknowledgement_was_captured(void **state)
{
    download d = requested(1456);

    (void)state;
    assert_int_equal(see_data(&d, 1, 1456), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 2, 1000), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 2, 2456);
    bootstrap_transfer_free(d.transfer);
}

static void
file_smaller_than_a_block_has_one_block(void **state)
{
    download d = requested(0);

    (void)state;
    assert_int_equal(see_data(&d, 1, 100), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_int_equal(see_ack(&d, 1), BOOTSTRAP_PROGRESS_CONFIRMED);
    assert_received(&d, 1, 100);
    bootstrap_transfer_free(d.transfer);
}

static void
empty_last_block_counts_as_a_block(void **state)
{
    download d = requested(0);

    (void)state;
    assert_int_equal(see_data(&d, 1, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 2, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 3, 0), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_int_equal(see_ack(&d, 3), BOOTSTRAP_PROGRESS_CONFIRMED);
    assert_received(&d, 3, 1024);
    bootstrap_transfer_free(d.transfer);
}

static void
error_fails_the_transfer(void **state)
{
    download d = requested(0);

    (void)state;
    assert_null(d.transfer->failure);
    assert_int_equal(see(&d, tftp_error_from_server(d.client, d.server, PORT, 1)), BOOTSTRAP_PROGRESS_ERROR);
    assert_true(d.transfer->failure->code == 1 && !d.transfer->failure->from_client);
    assert_int_equal(d.transfer->last_block_frame, 0);
    bootstrap_transfer_free(d.transfer);
}

/* ---- Repeats ---- */

static void
repeated_block_counts_once(void **state)
{
    download d = requested(0);

    (void)state;
    see_data(&d, 1, 512);
    see_data(&d, 2, 512);
    assert_int_equal(see_data(&d, 2, 512), BOOTSTRAP_PROGRESS_REPEATED_BLOCK);
    assert_int_equal(see_data(&d, 1, 512), BOOTSTRAP_PROGRESS_REPEATED_BLOCK);
    assert_int_equal(see_data(&d, 3, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_received(&d, 3, 1536);
    bootstrap_transfer_free(d.transfer);
}

static void
repeated_last_block_and_ack_change_nothing(void **state)
{
    download d = requested(0);
    uint32_t last, complete;

    (void)state;
    see_data(&d, 1, 512);
    see_data(&d, 2, 100);
    last = d.frame;
    see_ack(&d, 2);
    complete = d.frame;
    assert_int_equal(see_data(&d, 2, 100), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_int_equal(see_ack(&d, 2), BOOTSTRAP_PROGRESS_CONFIRMED);
    assert_int_equal(d.transfer->last_block_frame, last);
    assert_int_equal(d.transfer->complete_frame, complete);
    assert_received(&d, 2, 612);
    bootstrap_transfer_free(d.transfer);
}

static void
old_block_after_the_last_one_is_a_repeat(void **state)
{
    download d = requested(0);

    (void)state;
    see_data(&d, 1, 512);
    see_data(&d, 2, 100);
    assert_int_equal(see_data(&d, 1, 512), BOOTSTRAP_PROGRESS_REPEATED_BLOCK);
    assert_int_equal(see_ack(&d, 1), BOOTSTRAP_PROGRESS_ACK);
    assert_int_equal(d.transfer->complete_frame, 0);
    assert_received(&d, 2, 612);
    bootstrap_transfer_free(d.transfer);
}

static void
ack_before_the_last_block_confirms_nothing(void **state)
{
    download d = requested(0);

    (void)state;
    see_data(&d, 1, 512);
    assert_int_equal(see_ack(&d, 1), BOOTSTRAP_PROGRESS_ACK);
    assert_int_equal(d.transfer->complete_frame, 0);
    bootstrap_transfer_free(d.transfer);
}

/* ---- Wrapping of the block number; blocks that the capture lost ---- */

static void
block_numbers_wrap_from_65535_to_0(void **state)
{
    download d = requested(0);

    (void)state;
    for (uint32_t i = 1; i <= 65537; i++)
        assert_int_equal(see_data(&d, (uint16_t)i, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(d.transfer->number, 1);
    assert_int_equal(see_data(&d, 2, 5), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_int_equal(see_ack(&d, 2), BOOTSTRAP_PROGRESS_CONFIRMED);
    assert_received(&d, 65538, 65537 * 512 + 5);
    bootstrap_transfer_free(d.transfer);
}

static void
block_numbers_wrap_from_65535_to_1(void **state)
{
    download d = requested(0);

    (void)state;
    for (uint32_t i = 1; i <= 65535; i++)
        see_data(&d, (uint16_t)i, 512);
    assert_int_equal(see_data(&d, 1, 512), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 2, 5), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 65537, 65536 * 512 + 5);
    bootstrap_transfer_free(d.transfer);
}

static void
repeat_at_the_wrap_counts_once(void **state)
{
    download d = requested(0);

    (void)state;
    for (uint32_t i = 1; i <= 65536; i++)
        see_data(&d, (uint16_t)i, 512);
    assert_int_equal(see_data(&d, 65535, 512), BOOTSTRAP_PROGRESS_REPEATED_BLOCK);
    assert_int_equal(see_data(&d, 0, 512), BOOTSTRAP_PROGRESS_REPEATED_BLOCK);
    assert_received(&d, 65536, 65536 * 512);
    bootstrap_transfer_free(d.transfer);
}

static void
blocks_that_the_capture_lost_did_arrive(void **state)
{
    download d = requested(0);

    (void)state;
    see_data(&d, 1, 512);
    assert_int_equal(see_data(&d, 4, 512), BOOTSTRAP_PROGRESS_BLOCK); /* TFTP waits for each ACK */
    assert_int_equal(see_data(&d, 6, 100), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 6, 5 * 512 + 100);
    bootstrap_transfer_free(d.transfer);
}

static void
first_block_may_be_lost_too(void **state)
{
    download d = negotiated(1456);

    (void)state;
    assert_int_equal(see_data(&d, 2, 1456), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_data(&d, 3, 1), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 3, 2 * 1456 + 1);
    bootstrap_transfer_free(d.transfer);
}

/* ---- The two-stage boot service ---- */

static download
two_stage_requested(void)
{
    download d = { .client = host_number(50), .server = host_number(1), .time = 1000 * SECOND };

    assert_int_equal(see(&d, two_stage_request(d.client, d.server, PORT, "tsbbdm.bin")),
        BOOTSTRAP_PROGRESS_REQUESTED);
    return d;
}

static bootstrap_progress
see_chunk(download *d, uint16_t id, uint32_t length)
{
    return see(d, two_stage_data(d->client, d->server, PORT, id, length));
}

static void
chunk_shorter_than_the_first_ends_a_two_stage_download(void **state)
{
    static const uint16_t ids[] = { 0x0100, 0x0200, 0x0300, 0x0400 }; /* in whichever byte order */
    download d = two_stage_requested();

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(see_chunk(&d, ids[i], 1400), BOOTSTRAP_PROGRESS_BLOCK);
        assert_int_equal(see(&d, two_stage_ack(d.client, d.server, PORT, ids[i])), BOOTSTRAP_PROGRESS_ACK);
    }
    assert_int_equal(see_chunk(&d, ids[3], 1399), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_int_equal(see(&d, two_stage_ack(d.client, d.server, PORT, ids[3])), BOOTSTRAP_PROGRESS_CONFIRMED);
    assert_received(&d, 4, 3 * 1400 + 1399);
    bootstrap_transfer_free(d.transfer);
}

static void
two_stage_ids_may_begin_anywhere_and_go_any_way(void **state)
{
    static const uint16_t ids[] = { 0, 65535, 17, 0x8000 };
    download d = two_stage_requested();

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_int_equal(see_chunk(&d, ids[i], 600), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see_chunk(&d, 5, 0), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 5, 4 * 600);
    bootstrap_transfer_free(d.transfer);
}

static void
repeated_two_stage_chunk_counts_once(void **state)
{
    download d = two_stage_requested();

    (void)state;
    see_chunk(&d, 1, 600);
    assert_int_equal(see_chunk(&d, 1, 600), BOOTSTRAP_PROGRESS_REPEATED_BLOCK);
    see_chunk(&d, 2, 10);
    assert_int_equal(see_chunk(&d, 2, 10), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_received(&d, 2, 610);
    bootstrap_transfer_free(d.transfer);
}

/* ---- The version text ---- */

/* Sends a file in blocks of this size and compares the version found in it. */
static void
assert_version(const char *file, size_t length, uint32_t block_size, const char *expected)
{
    download d = negotiated(block_size);
    uint16_t number = 0;
    size_t sent = 0;
    uint32_t block;

    do {
        block = (uint32_t)MIN(length - sent, block_size);
        see(&d, tftp_data_with(d.client, d.server, PORT, ++number, file + sent, block));
        sent += block;
    } while (block == block_size);
    if (expected) {
        assert_non_null(d.transfer->version);
        assert_string_equal(d.transfer->version, expected);
    } else {
        assert_null(d.transfer->version);
    }
    bootstrap_transfer_free(d.transfer);
}

/* A file of this length that has the text at this place, and no other letter that the text begins with. */
static char *
file_with(size_t length, size_t place, const char *text)
{
    char *file = g_malloc(length);

    memset(file, 0xa5, length);
    memcpy(file + place, text, strlen(text));
    return file;
}

static void
version_text_is_found_wherever_the_borders_of_the_blocks_lie(void **state)
{
    const char text[] = VERSION_TEXT "7.15.9.12";

    (void)state;
    for (size_t place = 0; place < 200; place++) {
        char *file = file_with(400, place, text);

        assert_version(file, 400, 512, "7.15.9.12"); /* inside one block */
        assert_version(file, 400, 128, "7.15.9.12"); /* across a border, or not */
        assert_version(file, 400, 64, "7.15.9.12");
        g_free(file);
    }
}

static void
version_text_is_found_across_several_small_blocks(void **state)
{
    char *file = file_with(200, 3, VERSION_TEXT "7.15.9.12");

    (void)state;
    for (uint32_t block_size = 8; block_size < 64; block_size++) /* RFC 2348: 8 and more */
        assert_version(file, 200, block_size, "7.15.9.12");
    g_free(file);
}

static void
version_text_at_the_end_of_the_file_is_found(void **state)
{
    const char text[] = VERSION_TEXT "6.1.0.1082";
    const size_t length = 600, place = length - strlen(text);
    char *file = file_with(length, place, text);

    (void)state;
    assert_version(file, length, 512, "6.1.0.1082");
    assert_version(file, length, 576, "6.1.0.1082");
    assert_version(file, length, 590, "6.1.0.1082"); /* only the version's end is in the last block */
    assert_version(file, length, 1456, "6.1.0.1082");
    g_free(file);
}

static void
version_text_that_an_empty_last_block_ends_is_found(void **state)
{
    const char text[] = VERSION_TEXT "6.1.0.1082";
    const size_t length = 512, place = length - strlen(text);
    char *file = file_with(length, place, text);

    (void)state;
    assert_version(file, length, 512, "6.1.0.1082"); /* only the last block tells that no digit follows */
    g_free(file);
}

static void
version_is_cut_at_the_first_other_character(void **state)
{
    char *file = file_with(300, 100, VERSION_TEXT "7.6.0.1 (build)");

    (void)state;
    assert_version(file, 300, 512, "7.6.0.1");
    g_free(file);
}

static void
text_without_a_version_is_none(void **state)
{
    char *file = file_with(300, 100, VERSION_TEXT "X");

    (void)state;
    assert_version(file, 300, 512, NULL);
    g_free(file);
    file = file_with(300, 300 - strlen(VERSION_TEXT), VERSION_TEXT);
    assert_version(file, 300, 512, NULL);
    g_free(file);
}

static void
text_that_begins_and_breaks_off_does_not_hide_the_version(void **state)
{
    char *file = file_with(300, 100, "PProvisioning Services boot" VERSION_TEXT "7.6");

    (void)state;
    assert_version(file, 300, 512, "7.6");
    assert_version(file, 300, 128, "7.6");
    g_free(file);
}

static void
file_without_the_text_has_no_version(void **state)
{
    char *file = file_with(300, 0, "");

    (void)state;
    assert_version(file, 300, 128, NULL);
    g_free(file);
}

static void
repeated_block_does_not_break_a_text_across_a_border(void **state)
{
    char *file = file_with(1000, 500, VERSION_TEXT "7.6.0.1");
    download d = requested(0);

    (void)state;
    see(&d, tftp_data_with(d.client, d.server, PORT, 1, file, 512));
    see(&d, tftp_data_with(d.client, d.server, PORT, 1, file, 512));
    see(&d, tftp_data_with(d.client, d.server, PORT, 2, file + 512, 488));
    assert_non_null(d.transfer->version);
    assert_string_equal(d.transfer->version, "7.6.0.1");
    bootstrap_transfer_free(d.transfer);
    g_free(file);
}

static void
block_that_was_sliced_is_not_joined_with_the_next(void **state)
{
    const char *before = "Provisioning Services boot";
    char *first = file_with(512, 0, "");
    char *second = file_with(200, 0, "strap v7.6.0.1");
    download d = requested(0);
    boot_event sliced;

    (void)state;
    memcpy(first + 100, before, strlen(before));
    sliced = tftp_data_with(d.client, d.server, PORT, 1, first, 512);
    sliced.bootstrap.captured = 100 + (uint32_t)strlen(before); /* what follows was not captured */
    assert_int_equal(see(&d, sliced), BOOTSTRAP_PROGRESS_BLOCK);
    assert_int_equal(see(&d, tftp_data_with(d.client, d.server, PORT, 2, second, 200)), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_null(d.transfer->version);
    assert_received(&d, 2, 712); /* lengths are those that travelled */
    bootstrap_transfer_free(d.transfer);
    g_free(first);
    g_free(second);
}

static void
sliced_block_is_not_skipped_over(void **state)
{
    const char *begin = "Provisioning Services boot";
    char *first = file_with(512, 512 - strlen(begin), begin);
    char *third = file_with(200, 0, "strap v7.6.0.1");
    download d = requested(0);
    boot_event sliced = tftp_data_with(d.client, d.server, PORT, 2, third, 512);

    (void)state;
    sliced.bootstrap.data = NULL; /* nothing of it was captured */
    sliced.bootstrap.captured = 0;
    see(&d, tftp_data_with(d.client, d.server, PORT, 1, first, 512));
    see(&d, sliced);
    see(&d, tftp_data_with(d.client, d.server, PORT, 3, third, 200));
    assert_null(d.transfer->version);
    bootstrap_transfer_free(d.transfer);
    g_free(first);
    g_free(third);
}

static void
version_inside_a_sliced_block_is_found_if_it_ends_before_the_cut(void **state)
{
    char *file = file_with(512, 10, VERSION_TEXT "7.6.0.1");
    download d = requested(0);
    boot_event sliced = tftp_data_with(d.client, d.server, PORT, 1, file, 512);

    (void)state;
    sliced.bootstrap.captured = 80;
    see(&d, sliced);
    assert_non_null(d.transfer->version);
    assert_string_equal(d.transfer->version, "7.6.0.1");
    bootstrap_transfer_free(d.transfer);
    g_free(file);
}

static void
version_that_the_slice_cuts_is_not_told(void **state)
{
    char *file = file_with(300, 10, VERSION_TEXT "7.6.0.1");
    download d = requested(0);
    boot_event sliced = tftp_data_with(d.client, d.server, PORT, 1, file, 300);

    (void)state;
    /* A short block ends the file, but these bytes do not: 7.6.0.1 would be told as 7.6. */
    sliced.bootstrap.captured = 10 + (uint32_t)strlen(VERSION_TEXT "7.6");
    assert_int_equal(see(&d, sliced), BOOTSTRAP_PROGRESS_LAST_BLOCK);
    assert_null(d.transfer->version);
    bootstrap_transfer_free(d.transfer);
    g_free(file);
}

static void
lost_block_is_not_bridged(void **state)
{
    char *first = file_with(512, 512 - 10, "Provisioni");
    char *third = file_with(100, 0, "ng Services bootstrap v7.6.0.1");
    download d = requested(0);

    (void)state;
    see(&d, tftp_data_with(d.client, d.server, PORT, 1, first, 512));
    see(&d, tftp_data_with(d.client, d.server, PORT, 3, third, 100));
    assert_null(d.transfer->version);
    bootstrap_transfer_free(d.transfer);
    g_free(first);
    g_free(third);
}

/* ---- Names ---- */

static void
bootstrap_names_are_those_of_the_facts(void **state)
{
    static const struct {
        const char *name;
        bool pvs;
    } rows[] = {
        { "ARDBP32.BIN", true }, { "ardbp32.bin", true }, { "ARDBP32.bin", true }, { "ArDbP32.BiN", true },
        { "ARDBP32_123.BIN", true }, { "/ARDBP32.BIN", true }, { "boot/x64/ardbp32.bin", true },
        { "\\Tftpboot\\ARDBP32.BIN", true }, { "a\\b/ARDBP32.BIN", true }, { "a/b\\ARDBP32.BIN", true },
        { "pvsnbpx64.efi", true }, { "PVSNBPX64.EFI", true }, { "boot/pvsnbpx64.efi", true },
        { "tsbbdm.bin", true }, { "TSBBDM.bin", true }, { "TSBOROM.bin", true }, { "tsborom.bin", true },
        { "dell_bios.bin", true }, { "DELL_BIOS.BIN", true },
        { "ARDBP64.BIN", false }, { "ARDBP32.BIN.txt", false }, { "ARDBP32", false }, { "ARDBP32.BI", false },
        { "XARDBP32.BIN", false }, { "ARDBP32.BIN/", false }, { "ARDBP32.BIN/other", false },
        { "pvsnbpx64.efi.bak", false }, { "xpvsnbpx64.efi", false }, { "pvsnbpia32.efi", false },
        { "pxelinux.0", false }, { "bootmgfw.efi", false }, { "undionly.kpxe", false }, { ".bin", false },
        { "", false }, { "/", false }, { NULL, false }
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (boot_file_is_pvs(rows[i].name) != rows[i].pvs)
            print_error("%s\n", rows[i].name ? rows[i].name : "(no name)");
        assert_int_equal(boot_file_is_pvs(rows[i].name), rows[i].pvs);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transfer_is_known_by_server_and_client_port),
        cmocka_unit_test(plain_transfer_has_blocks_of_512_bytes),
        cmocka_unit_test(negotiated_block_size_decides_which_block_is_the_last),
        cmocka_unit_test(granted_block_size_may_be_smaller_than_asked),
        cmocka_unit_test(options_without_block_size_mean_512_bytes),
        cmocka_unit_test(server_that_ignores_the_option_sends_512_bytes),
        cmocka_unit_test(first_block_shows_the_size_where_no_option_acknowledgement_was_captured),
        cmocka_unit_test(file_smaller_than_a_block_has_one_block),
        cmocka_unit_test(empty_last_block_counts_as_a_block),
        cmocka_unit_test(error_fails_the_transfer),
        cmocka_unit_test(repeated_block_counts_once),
        cmocka_unit_test(repeated_last_block_and_ack_change_nothing),
        cmocka_unit_test(old_block_after_the_last_one_is_a_repeat),
        cmocka_unit_test(ack_before_the_last_block_confirms_nothing),
        cmocka_unit_test(block_numbers_wrap_from_65535_to_0),
        cmocka_unit_test(block_numbers_wrap_from_65535_to_1),
        cmocka_unit_test(repeat_at_the_wrap_counts_once),
        cmocka_unit_test(blocks_that_the_capture_lost_did_arrive),
        cmocka_unit_test(first_block_may_be_lost_too),
        cmocka_unit_test(chunk_shorter_than_the_first_ends_a_two_stage_download),
        cmocka_unit_test(two_stage_ids_may_begin_anywhere_and_go_any_way),
        cmocka_unit_test(repeated_two_stage_chunk_counts_once),
        cmocka_unit_test(version_text_is_found_wherever_the_borders_of_the_blocks_lie),
        cmocka_unit_test(version_text_is_found_across_several_small_blocks),
        cmocka_unit_test(version_text_at_the_end_of_the_file_is_found),
        cmocka_unit_test(version_text_that_an_empty_last_block_ends_is_found),
        cmocka_unit_test(version_is_cut_at_the_first_other_character),
        cmocka_unit_test(text_without_a_version_is_none),
        cmocka_unit_test(text_that_begins_and_breaks_off_does_not_hide_the_version),
        cmocka_unit_test(file_without_the_text_has_no_version),
        cmocka_unit_test(repeated_block_does_not_break_a_text_across_a_border),
        cmocka_unit_test(block_that_was_sliced_is_not_joined_with_the_next),
        cmocka_unit_test(sliced_block_is_not_skipped_over),
        cmocka_unit_test(version_inside_a_sliced_block_is_found_if_it_ends_before_the_cut),
        cmocka_unit_test(version_that_the_slice_cuts_is_not_told),
        cmocka_unit_test(lost_block_is_not_bridged),
        cmocka_unit_test(bootstrap_names_are_those_of_the_facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
