/* fuzz_dissectors.c
 * libFuzzer harness on the whole plugin inside libwireshark: any capture, in several passes, with all statistics
 *
 * An input is a pcap file, so that what is found can be opened with tshark. The field "sigfigs" of its header, which
 * nobody reads, holds the preference pvsboot.max_boots where it is not 0. Only the protocols that a boot needs are
 * enabled: this is no fuzzer of Wireshark. What was said of a frame in the first pass must be said in the others.
 *
 * PVSBOOT_FUZZ_EVENTS=FOLDER: writes there, for each input, what plugin/boot was told, as an input of fuzz_boot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define _GNU_SOURCE /* memfd_create */
#include "compat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <epan/disabled_protos.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/srt_table.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree_priv.h>
#include <epan/tap.h>
#include <wiretap/wtap.h>
#include <wsutil/filesystem.h>
#include <wsutil/pint.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#include "boot/boot_time.h"
#include "event_bytes.h"
#include "open_capture.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16
#define SIGFIGS 12
#define MAX_FRAMES 2000

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
void plugin_register(void);

static const char *const protocols[] = { "frame", "eth", "ethertype", "vlan", "sll", "raw", "ip", "ipv6",
    "ipv6.fraghdr", "ipv6.hopopts", "ipv6.dstopts", "icmp", "icmpv6", "gre", "vxlan", "udp", "arp", "dhcp", "tftp", "pvs", "pvsboot", "data", "_ws.malformed", "_ws.short" };

/* ---- The capture that is open ---- */

typedef struct frame {
    frame_data data;
    wtap_rec record;
    Buffer bytes;
    uint32_t boot, step; /* as said in the first pass; 0: nothing */
} frame;

static GPtrArray *frames; /* frame */
static int file_type;
static bool first_pass;

static const nstime_t *
time_of_frame(struct packet_provider_data *provider, guint32 number)
{
    (void)provider;
    return number >= 1 && number <= frames->len ? &((frame *)g_ptr_array_index(frames, number - 1))->data.abs_ts : NULL;
}

static void
free_frame(gpointer data)
{
    frame *old = data;

    frame_data_destroy(&old->data);
    wtap_rec_cleanup(&old->record);
    ws_buffer_free(&old->bytes);
    g_free(old);
}

static void
read_frames(wtap *file)
{
    gchar *error_text = NULL;
    gint64 offset;
    int error;

    while (frames->len < MAX_FRAMES) {
        frame *next = g_new0(frame, 1);

        wtap_rec_init(&next->record);
        ws_buffer_init(&next->bytes, 1514);
        if (!wtap_read(file, &next->record, &next->bytes, &error, &error_text, &offset)
                || next->record.rec_type != REC_TYPE_PACKET) {
            wtap_rec_cleanup(&next->record);
            ws_buffer_free(&next->bytes);
            g_free(next);
            break;
        }
        frame_data_init(&next->data, frames->len + 1, &next->record, offset, 0);
        g_ptr_array_add(frames, next);
    }
    g_free(error_text);
}

/* ---- What must hold ---- */

/* A boot's number may be missing later, where it was forgotten; but never be another one. */
static tap_packet_status
compare_passes(void *data, packet_info *pinfo, epan_dissect_t *edt, const void *tapped, tap_flags_t flags)
{
    frame *of = g_ptr_array_index(frames, pinfo->num - 1);
    const boot_verdict *verdict = tapped;

    (void)data;
    (void)edt;
    (void)flags;
    if (first_pass) {
        of->boot = verdict->boot->life.number;
        of->step = verdict->step;
    } else if (of->boot != verdict->boot->life.number || of->step != (uint32_t)verdict->step) {
        fprintf(stderr, "frame %u: boot %u step %u, later boot %u step %u\n", pinfo->num, of->boot, of->step,
            verdict->boot->life.number, verdict->step);
        abort();
    }
    return TAP_PACKET_DONT_REDRAW;
}

/* ---- Dissection ---- */

static void
dissect(epan_t *session, frame *of, bool details)
{
    epan_dissect_t *edt = epan_dissect_new(session, details, details); /* as the programs do: the first pass has no tree */
    const frame_data *reference = &((frame *)g_ptr_array_index(frames, 0))->data;
    nstime_t elapsed;

    frame_data_set_before_dissect(&of->data, &elapsed, &reference, NULL);
    epan_dissect_run_with_taps(edt, file_type, &of->record,
        tvb_new_real_data(ws_buffer_start_ptr(&of->bytes), of->data.cap_len, (gint)of->data.pkt_len), &of->data, NULL);
    epan_dissect_free(edt);
    if (!of->data.visited) {
        guint32 cumulated = 0;

        frame_data_set_after_dissect(&of->data, &cumulated);
    }
}

static void
dissect_all(void)
{
    static const struct packet_provider_funcs provider = { .get_frame_ts = time_of_frame };
    epan_t *session = epan_new(NULL, &provider);

    reset_tap_listeners();
    first_pass = true;
    for (unsigned i = 0; i < frames->len; i++)
        dissect(session, g_ptr_array_index(frames, i), false);
    reset_tap_listeners();
    first_pass = false;
    for (unsigned i = 0; i < frames->len; i++)
        dissect(session, g_ptr_array_index(frames, i), true);
    draw_tap_listeners(TRUE);
    reset_tap_listeners();
    for (unsigned i = frames->len; i > 0; i -= MIN(i, 7)) /* somebody clicks here and there */
        dissect(session, g_ptr_array_index(frames, i - 1), true);
    epan_free(session);
}

/* ---- The events of a capture, to feed the other harness ---- */

static FILE *events;         /* of the input that is being read, or NULL */
static unsigned inputs_read;
static int64_t newest_event;

static void
open_events(void)
{
    const char *folder = getenv("PVSBOOT_FUZZ_EVENTS");
    char *path;

    if (!folder)
        return;
    path = g_strdup_printf("%s/%u", folder, ++inputs_read);
    if (!(events = fopen(path, "wb")))
        exit(1);
    g_free(path);
    newest_event = 0;
}

static void
close_events(void)
{
    if (events)
        fclose(events);
    events = NULL;
}

bool __real_boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict);
bool __wrap_boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict);

/* The linker puts this in the place of boot_tracker_add (--wrap). */
bool
__wrap_boot_tracker_add(boot_tracker *tracker, const boot_event *event, boot_verdict *verdict)
{
    if (events) {
        const uint8_t head[HEAD_BYTES] = { 0xff, 1 }; /* all boots; the usual gap */
        uint8_t bytes[EVENT_BYTES];

        if (ftell(events) == 0)
            fwrite(head, sizeof head, 1, events);
        event_to_bytes(event, newest_event ? event->time - newest_event : 0, bytes);
        fwrite(bytes, sizeof bytes, 1, events);
        newest_event = event->time;
    }
    return __real_boot_tracker_add(tracker, event, verdict);
}

/* ---- libFuzzer ---- */

static bool
wanted(const char *filter_name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(protocols); i++)
        if (strcmp(protocols[i], filter_name) == 0)
            return true;
    return false;
}

static void
enable_only_what_boots_need(void)
{
    void *cookie = NULL;

    for (int id = proto_get_first_protocol(&cookie); id != -1; id = proto_get_next_protocol(&cookie))
        if (proto_can_toggle_protocol(id) && !proto_is_pino(find_protocol_by_id(id)))
            proto_set_decoding(id, wanted(proto_get_protocol_filter_name(id)));
}

static void
must_register(GString *error)
{
    if (!error)
        return;
    fprintf(stderr, "%s\n", error->str);
    exit(1);
}

static void
reset_table(void *data)
{
    reset_stat_table(((stat_data_t *)data)->stat_tap_data);
}

static void
listen_with_all_statistics(void)
{
    static stat_data_t table;
    stats_tree_cfg *tree = stats_tree_get_cfg_by_abbr("pvsboot");
    stats_tree *nodes = stats_tree_new(tree, NULL, NULL);

    must_register(register_tap_listener("pvsboot", &first_pass, NULL, 0, NULL, compare_passes, NULL, NULL));
    table.stat_tap_data = stat_tap_by_name("pvsboot,boots");
    table.stat_tap_data->stat_tap_init_cb(table.stat_tap_data);
    must_register(register_tap_listener(table.stat_tap_data->tap_name, &table, NULL, 0, reset_table,
        table.stat_tap_data->packet_func, NULL, NULL));
    must_register(register_tap_listener(tree->tapname, nodes, NULL, tree->flags, stats_tree_reset, stats_tree_packet,
        NULL, NULL));
    tree->init(nodes);
    if (!process_stat_cmd_arg("pvsboot,json,/dev/null"))
        exit(1);
    start_requested_stats();
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    g_setenv("WIRESHARK_DEBUG_WMEM_OVERRIDE", "simple", TRUE);
    g_setenv("WIRESHARK_ABORT_ON_DISSECTOR_BUG", "1", TRUE);
    g_setenv("WIRESHARK_ABORT_ON_TOO_MANY_ITEMS", "1", TRUE);
    /* Else the names of all manufacturers are read anew for each input. Root's Wireshark ignores it: be nobody. */
    g_setenv("WIRESHARK_DATA_DIR", "/nonexistent", TRUE);
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
    ws_log_init("fuzz-dissectors", NULL);
    init_process_policies();
    g_free(configuration_init((*argv)[0], NULL));
    wtap_init(FALSE);
    plugin_register();
    if (!epan_init(NULL, NULL, FALSE))
        exit(1);
    epan_load_settings();
    prefs_apply_all();
    enable_only_what_boots_need();
    listen_with_all_statistics();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    gchar *name, *error_text = NULL;
    wtap *file;
    int error;

    if (size < FILE_HEADER + RECORD_HEADER)
        return -1;
    if (fd == -1)
        fd = memfd_create("capture", 0);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    name = g_strdup_printf("/proc/self/fd/%d", fd);
    file = wtap_open_offline(name, open_info_name_to_type("Wireshark/tcpdump/... - pcap"), &error, &error_text, FALSE);
    g_free(name);
    g_free(error_text);
    if (!file)
        return -1;
    file_type = wtap_file_type_subtype(file);
    pref_max_boots = data[SIGFIGS] ? data[SIGFIGS] : 50000;
    frames = g_ptr_array_new_with_free_func(free_frame);
    read_frames(file);
    open_events();
    if (frames->len > 0)
        dissect_all();
    close_events();
    wtap_close(file);
    g_ptr_array_free(frames, TRUE);
    return 0;
}

/* ---- Mutations: of one frame, its time, its place; the file stays a capture ---- */

typedef struct record {
    size_t at, length; /* with its header */
} record;

static uint32_t
captured_length(const uint8_t *header)
{
    return pletoh32(header + 8);
}

static unsigned
find_records(const uint8_t *data, size_t size, record *records)
{
    unsigned count = 0;

    for (size_t at = FILE_HEADER; at + RECORD_HEADER <= size && count < MAX_FRAMES; count++) {
        size_t length = RECORD_HEADER + (size_t)captured_length(data + at);

        if (length > size - at)
            break;
        records[count] = (record){ at, length };
        at += length;
    }
    return count;
}

static void
put_u32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static record records[MAX_FRAMES];
    unsigned count = size > FILE_HEADER ? find_records(data, size, records) : 0;
    GRand *random;
    record from;
    size_t to, room;

    if (count == 0)
        return size;
    random = g_rand_new_with_seed(seed);
    from = records[g_rand_int_range(random, 0, (gint32)count)];
    to = records[g_rand_int_range(random, 0, (gint32)count)].at;
    room = max_size - MIN(size, max_size);
    switch (g_rand_int_range(random, 0, 8)) {
    case 0: /* once more, elsewhere */
        if (from.length <= room) {
            uint8_t *copy = g_memdup2(data + from.at, from.length);

            memmove(data + to + from.length, data + to, size - to);
            memcpy(data + to, copy, from.length);
            g_free(copy);
            size += from.length;
        }
        break;
    case 1: /* lost */
        if (count > 1) {
            memmove(data + from.at, data + from.at + from.length, size - from.at - from.length);
            size -= from.length;
        }
        break;
    case 2: /* at another time; seconds */
        put_u32(data + from.at, pletoh32(data + from.at) + (uint32_t)g_rand_int_range(random, -100, 100));
        break;
    case 3: /* sliced: the frame was longer on the wire */
        put_u32(data + from.at + 12, captured_length(data + from.at) + (uint32_t)g_rand_int_range(random, 0, 1500));
        break;
    case 4: /* few boots are remembered, or all */
        data[SIGFIGS] = (uint8_t)g_rand_int_range(random, 0, 4);
        break;
    default: { /* its bytes, and perhaps its length */
        size_t rest = size - from.at - from.length;
        size_t bytes = from.length - RECORD_HEADER;
        size_t limit = bytes + MIN(room, 64);
        uint8_t *changed = g_malloc(limit + 1);

        memcpy(changed, data + from.at + RECORD_HEADER, bytes);
        bytes = LLVMFuzzerMutate(changed, bytes, limit);
        memmove(data + from.at + RECORD_HEADER + bytes, data + from.at + from.length, rest);
        memcpy(data + from.at + RECORD_HEADER, changed, bytes);
        put_u32(data + from.at + 8, (uint32_t)bytes);
        put_u32(data + from.at + 12, (uint32_t)MAX(bytes, pletoh32(data + from.at + 12)));
        size = from.at + RECORD_HEADER + bytes + rest;
        g_free(changed);
    }
    }
    g_rand_free(random);
    return size;
}
