/* growth.c
 * How work, time and memory grow with a capture that was made to be large: growth [--time] [SCENARIO]
 *
 * Each scenario is played at two sizes: twice the frames may take less than three times the steps. A step is a basic block
 * of plugin/boot that is executed, counted by the compiler's own hook (-fsanitize-coverage=trace-pc): the same number on
 * any machine and under any load. Counted apart are the first visits, the first recall, which settles what only the end
 * tells, and the recall of all frames. What GLib does by itself, as moving the elements of an array, is not counted.
 *
 * With --time it is no test but a measurement, at larger sizes: seconds, and what was allocated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "boot/boot_tracker.h"
#include "events.h"

/* Frames of a scenario, about, and then twice as many. */
#define SIZE_OF_TEST 4000

typedef struct capture {
    boot_tracker *tracker;
    GArray *events; /* as_seen_again */
    int64_t time;
    host target, server;
    bool live; /* the newest frame is looked at after each */
} capture;

static host
host_of(uint32_t n)
{
    const uint8_t mac[6] = { 2, 1, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };
    const uint8_t address[4] = { 11, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

    return (host){ mac_from_octets(mac), net_address_ipv4(address) };
}

static void
see(capture *c, int64_t after, boot_event event)
{
    boot_verdict verdict;
    boot_event again;

    event = in_frame(event, c->events->len + 1, c->time += after);
    show(c->tracker, &event, &verdict);
    again = as_seen_again(&event);
    g_array_append_val(c->events, again);
    if (c->live)
        boot_tracker_recall(c->tracker, &again, &verdict);
}

static void
play_dhcp(capture *c, host target)
{
    see(c, SECOND, dhcp_from_client(DHCP_MESSAGE_DISCOVER, target, PXE_CLIENT));
    see(c, MILLISECOND, dhcp_from_server(DHCP_MESSAGE_OFFER, c->server, target, "ARDBP32.BIN"));
    see(c, MILLISECOND, dhcp_from_client(DHCP_MESSAGE_REQUEST, target, PXE_CLIENT));
    see(c, MILLISECOND, dhcp_from_server(DHCP_MESSAGE_ACK, c->server, target, "ARDBP32.BIN"));
}

static void
play_to_single_read(capture *c)
{
    play_dhcp(c, c->target);
    see(c, MILLISECOND, stream_to_server(c->target, c->server));
    see(c, MILLISECOND, stream_to_target(c->target, c->server, 568));
}

static void
play_to_bnistack(capture *c)
{
    play_to_single_read(c);
    see(c, MILLISECOND, arp_announcement(c->target));
}

/* ---- Scenarios ---- */

static void
discovers(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        see(c, SECOND, dhcp_from_client(DHCP_MESSAGE_DISCOVER, c->target, PXE_CLIENT));
}

static void
discovers_and_offers(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size / 2; i++) {
        boot_event offer = dhcp_from_server(DHCP_MESSAGE_OFFER, c->server, c->target, NULL);

        offer.dhcp.secs = 7; /* no DISCOVER sent that */
        see(c, SECOND, dhcp_from_client(DHCP_MESSAGE_DISCOVER, c->target, PXE_CLIENT));
        if (i % 2 == 0 || i > size / 4)
            see(c, SECOND, offer);
    }
}

static void
spoofed_macs(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        see(c, 10 * MICROSECOND, dhcp_from_client(DHCP_MESSAGE_DISCOVER, host_of(i), PXE_CLIENT));
}

static void
spoofed_operating_systems(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        see(c, 10 * MICROSECOND, dhcp_from_client(DHCP_MESSAGE_DISCOVER, host_of(i), WINDOWS_CLIENT));
}

static void
spoofed_streams(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        host target = { c->target.mac, host_of(i).address };
        see(c, 10 * MICROSECOND, stream_to_server(target, c->server));
    }
}

static void
boots_of_one_target(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size / 6; i++)
        play_to_single_read(c);
}

static void
read_requests_from_new_ports(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size; i++) {
        host server = host_of(i >> 16);
        see(c, 10 * MICROSECOND, tftp_request(c->target, server, (uint16_t)i, "ARDBP32.BIN", 0));
    }
}

static void
read_requests_for_new_files(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size; i++)
        see(c, 10 * MICROSECOND, tftp_request(c->target, c->server, 2070, i % 2 ? "ARDBP32.BIN" : "other.bin", 0));
}

static void
data_of_an_old_download(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size / 2; i++)
        see(c, 10 * MICROSECOND, tftp_request(c->target, c->server, (uint16_t)(2070 + (i != 0)),
            i % 2 ? "ARDBP32.BIN" : "other.bin", 0));
    for (uint32_t i = 0; i < size / 2; i++)
        see(c, 10 * MICROSECOND, tftp_data(c->target, c->server, 2070, (uint16_t)(i + 1), 512));
}

static void
phase_flips(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size / 2; i++) {
        see(c, 10 * MICROSECOND, tftp_request(c->target, c->server, 2070, "ARDBP32.BIN", 0));
        see(c, 10 * MICROSECOND, tftp_data(c->target, c->server, 2070, 1, 10));
    }
}

static void
address_flips(capture *c, uint32_t size)
{
    host moved = { c->target.mac, host_of(1).address };

    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size; i++)
        see(c, SECOND, dhcp_from_server(DHCP_MESSAGE_ACK, c->server, i % 2 ? c->target : moved, NULL));
}

static void
arp_requests(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size; i++)
        see(c, 2 * MILLISECOND, arp_request(c->target, host_of(i).address));
}

static void
arp_requests_and_others_replies(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size / 2; i++) {
        see(c, 10 * MICROSECOND, arp_request(c->target, host_of(i).address));
        see(c, 10 * MICROSECOND, arp_reply(host_of(size + i), c->target));
    }
}

static void
arp_conflicts(capture *c, uint32_t size)
{
    host thief = { c->server.mac, c->target.address };

    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size; i++)
        see(c, 2 * MILLISECOND, arp_announcement(thief));
}

static void
logon_to_many_servers(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        see(c, SECOND, stream_to_server(c->target, host_of(i)));
}

static void
single_read_requests(capture *c, uint32_t size)
{
    play_to_single_read(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, MILLISECOND, stream_to_server(c->target, c->server));
}

static void
bnistack_requests(capture *c, uint32_t size)
{
    play_to_bnistack(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, MILLISECOND, stream_to_server(c->target, c->server));
}

static void
bnistack_requests_at_once(capture *c, uint32_t size)
{
    play_to_bnistack(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, 100, stream_to_server(c->target, c->server));
}

static void
bnistack_requests_and_one_answer(capture *c, uint32_t size)
{
    play_to_bnistack(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, 100, stream_to_server(c->target, c->server));
    see(c, 100, stream_to_target(c->target, c->server, 1464));
    for (uint32_t i = 0; i < 4; i++)
        see(c, 100, stream_to_server(c->target, c->server));
}

static void
reads(capture *c, uint32_t size)
{
    play_to_single_read(c);
    for (uint32_t i = 0; i < size / 4; i++) {
        see(c, MILLISECOND, stream_to_server(c->target, c->server));
        see(c, MILLISECOND, stream_to_target(c->target, c->server, 1464));
        see(c, MILLISECOND, stream_to_target(c->target, c->server, 1464));
        see(c, MILLISECOND, stream_to_target(c->target, c->server, 1336));
    }
}

/* Of 100 frames each: what a boot takes that comes all the way, and reads little. */
static void
whole_boots(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size / 100; i++) {
        host target = c->target = host_of(i);

        play_dhcp(c, target);
        see(c, MILLISECOND, tftp_request(target, c->server, 2070, "ARDBP32.BIN", 0));
        for (uint16_t block = 1; block <= 10; block++) {
            see(c, MILLISECOND, tftp_data(target, c->server, 2070, block, block < 10 ? 512 : 100));
            see(c, MILLISECOND, tftp_ack(target, c->server, 2070, block));
        }
        for (int exchange = 0; exchange < 4; exchange++) {
            see(c, MILLISECOND, stream_to_server(target, c->server));
            see(c, MILLISECOND, stream_to_target(target, c->server, 100));
        }
        for (int reads_left = 20; reads_left > 0; reads_left--) {
            if (reads_left == 10)
                see(c, 3 * SECOND, arp_announcement(target));
            see(c, MILLISECOND, stream_to_server(target, c->server));
            see(c, MILLISECOND, stream_to_target(target, c->server, 1464));
            see(c, MILLISECOND, stream_to_target(target, c->server, 568));
        }
    }
}

static void
reads_live(capture *c, uint32_t size)
{
    c->live = true;
    reads(c, size);
}

static void
discovers_live(capture *c, uint32_t size)
{
    c->live = true;
    discovers(c, size);
}

static void
boots_live(capture *c, uint32_t size)
{
    c->live = true;
    for (uint32_t i = 0; i < size / 4; i++)
        play_dhcp(c, host_of(i));
}

/* A client that obeys a server that it has not asked, again and again. */
static void
refusals(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size / 4; i++) {
        boot_event asks = dhcp_from_client(DHCP_MESSAGE_DISCOVER, c->target, PXE_CLIENT);

        see(c, SECOND, asks);
        see(c, MILLISECOND, dhcp_from_server(DHCP_MESSAGE_OFFER, c->server, c->target, "ARDBP32.BIN"));
        asks = dhcp_from_client(DHCP_MESSAGE_REQUEST, c->target, PXE_CLIENT);
        asks.dhcp.server_id = c->server.address;
        see(c, MILLISECOND, asks);
        see(c, MILLISECOND, dhcp_from_server(DHCP_MESSAGE_NAK, host_number(2), c->target, NULL));
    }
}

/* A loader that tries one file after the other. */
static void
errors(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size / 2; i++) {
        uint16_t port = (uint16_t)(2000 + i % 60000);

        see(c, MILLISECOND, tftp_request(c->target, c->server, port, "optional.cfg", 0));
        see(c, MILLISECOND, tftp_error_from_server(c->target, c->server, port, 1));
    }
}

/* A boot server is asked in vain, and the download comes all the same. */
static void
refuted_faults(capture *c, uint32_t size)
{
    play_dhcp(c, c->target);
    for (uint32_t i = 0; i < size / 6; i++) {
        uint16_t port = (uint16_t)(2000 + i % 60000);

        see(c, SECOND, pxe_request(c->target, c->server));
        see(c, 5 * SECOND, arp_request(c->target, c->server.address));
        see(c, MILLISECOND, pxe_reply(c->target, c->server, "ARDBP32.BIN"));
        see(c, MILLISECOND, tftp_request(c->target, c->server, port, "ARDBP32.BIN", 0));
        see(c, MILLISECOND, tftp_data(c->target, c->server, port, 1, 10));
        see(c, MILLISECOND, tftp_ack(c->target, c->server, port, 1));
    }
}

/* Each frame steps back or forth: two clocks in one file. */
static void
two_clocks(capture *c, uint32_t size)
{
    play_to_bnistack(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, i % 2 == 0 ? -SECOND : SECOND + MILLISECOND, stream_to_server(c->target, c->server));
}

/* The clock is set back again and again, for longer than two clocks are looked for. */
static void
clock_set_back(capture *c, uint32_t size)
{
    play_to_bnistack(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, -SECOND, stream_to_server(c->target, c->server));
}

/* One MAC sends for many addresses: a router. */
static void
targets_behind_a_router(capture *c, uint32_t size)
{
    for (uint32_t i = 0; i < size / 2; i++) {
        host target = { c->target.mac, host_of(i % 1000).address };
        see(c, SECOND, stream_to_server(target, c->server));
        see(c, MILLISECOND, stream_to_target(target, c->server, 568));
    }
}

/* The target goes from one silent server to the other. */
static void
server_changes(capture *c, uint32_t size)
{
    play_to_bnistack(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, 2 * SECOND, stream_to_server(c->target, host_number((uint8_t)(1 + i % 2))));
}

static void
reads_of_one_datagram(capture *c, uint32_t size)
{
    play_to_bnistack(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, MILLISECOND, stream_to_target(c->target, c->server, 568));
}

static void
stalls(capture *c, uint32_t size)
{
    play_to_single_read(c);
    for (uint32_t i = 0; i < size; i++)
        see(c, 11 * SECOND, stream_to_server(c->target, c->server));
}

static void
copies(capture *c, uint32_t size)
{
    boot_event asks = stream_to_server(c->target, c->server);

    asks.identity = 1;
    for (uint32_t i = 0; i < size; i++)
        see(c, MICROSECOND, asks);
}

static const struct {
    const char *name;
    void (*play)(capture *, uint32_t);
    uint32_t largest;
} scenarios[] = {
#define SCENARIO(name, largest) { #name, name, largest }
    SCENARIO(discovers, 200000),
    SCENARIO(discovers_and_offers, 200000),
    SCENARIO(spoofed_macs, 100000),
    SCENARIO(spoofed_operating_systems, 100000),
    SCENARIO(spoofed_streams, 100000),
    SCENARIO(boots_of_one_target, 100000),
    SCENARIO(read_requests_from_new_ports, 100000),
    SCENARIO(read_requests_for_new_files, 100000),
    SCENARIO(data_of_an_old_download, 100000),
    SCENARIO(phase_flips, 1000000),
    SCENARIO(address_flips, 200000),
    SCENARIO(arp_requests, 100000),
    SCENARIO(arp_requests_and_others_replies, 100000),
    SCENARIO(arp_conflicts, 100000),
    SCENARIO(logon_to_many_servers, 100000),
    SCENARIO(single_read_requests, 1000000),
    SCENARIO(bnistack_requests, 1000000),
    SCENARIO(bnistack_requests_at_once, 1000000),
    SCENARIO(bnistack_requests_and_one_answer, 1000000),
    SCENARIO(reads, 1000000),
    SCENARIO(reads_of_one_datagram, 1000000),
    SCENARIO(whole_boots, 200000),
    SCENARIO(reads_live, 80000),
    SCENARIO(discovers_live, 16000),
    SCENARIO(boots_live, 16000),
    SCENARIO(refusals, 200000),
    SCENARIO(errors, 200000),
    SCENARIO(refuted_faults, 200000),
    SCENARIO(two_clocks, 200000),
    SCENARIO(clock_set_back, 200000),
    SCENARIO(targets_behind_a_router, 200000),
    SCENARIO(server_changes, 200000),
    SCENARIO(stalls, 200000),
    SCENARIO(copies, 1000000)
#undef SCENARIO
};

/* ---- Steps ---- */

static uint64_t steps;

/* Called by each basic block of plugin/boot; the name is the compiler's. */
void __sanitizer_cov_trace_pc(void);

void
__sanitizer_cov_trace_pc(void)
{
    steps++;
}

typedef struct work {
    uint64_t added, settled, recalled;
} work;

static uint64_t
steps_since(uint64_t *start)
{
    uint64_t before = *start;

    *start = steps;
    return steps - before;
}

static capture
capture_new(uint32_t size)
{
    return (capture){
        .tracker = boot_tracker_new(60 * SECOND, 1000000),
        .events = g_array_sized_new(FALSE, FALSE, sizeof(boot_event), size + 16),
        .time = 1000 * SECOND,
        .target = host_number(50),
        .server = host_number(1)
    };
}

static void
capture_free(capture *c)
{
    boot_tracker_free(c->tracker);
    g_array_free(c->events, TRUE);
}

static void
recall(const capture *c, unsigned index)
{
    boot_verdict verdict;

    boot_tracker_recall(c->tracker, &g_array_index(c->events, boot_event, index), &verdict);
}

/* The capture goes on for a while after the scenario. */
static void
end_capture(const capture *c)
{
    boot_tracker_see_frame(c->tracker, c->events->len + 1, c->time + 100 * SECOND);
}

static work
count(void (*play)(capture *, uint32_t), uint32_t size)
{
    capture c = capture_new(size);
    uint64_t start = steps;
    work done;

    play(&c, size);
    done.added = steps_since(&start);
    end_capture(&c);
    recall(&c, 0);
    done.settled = steps_since(&start);
    for (unsigned i = 0; i < c.events->len; i++)
        recall(&c, i);
    done.recalled = steps_since(&start);
    capture_free(&c);
    return done;
}

/* So few steps are the start of something, whose growth tells nothing. */
#define FEW_STEPS 20000

static bool
is_in_proportion(const char *name, const char *what, uint64_t once, uint64_t twice)
{
    bool good = twice < 3 * once || twice < FEW_STEPS;

    printf("%s %-34s %-9s %12" G_GUINT64_FORMAT " steps, then %12" G_GUINT64_FORMAT ": %.2f times\n", good ? "ok  " : "FAIL", name, what,
        once, twice, (double)twice / (double)MAX(once, 1));
    fflush(stdout);
    return good;
}

static bool
grows_in_proportion(const char *name, void (*play)(capture *, uint32_t))
{
    work once = count(play, SIZE_OF_TEST), twice = count(play, 2 * SIZE_OF_TEST);
    bool added = is_in_proportion(name, "to add", once.added, twice.added);
    bool settled = is_in_proportion(name, "to settle", once.settled, twice.settled);
    bool recalled = is_in_proportion(name, "to recall", once.recalled, twice.recalled);

    return added && settled && recalled;
}

/* ---- Time and memory ---- */

static double
seconds_since(int64_t *start)
{
    int64_t now = g_get_monotonic_time();
    double seconds = (double)(now - *start) / 1000000;

    *start = now;
    return seconds;
}

static size_t
allocated(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void
measure(const char *name, void (*play)(capture *, uint32_t), uint32_t size)
{
    capture c = capture_new(size);
    size_t before = allocated(), taken; /* with the events, which are no part of the plugin */
    int64_t start = g_get_monotonic_time();
    double added, settled, recalled;

    play(&c, size);
    added = seconds_since(&start);
    taken = allocated() - before;
    end_capture(&c);
    start = g_get_monotonic_time();
    recall(&c, 0);
    settled = seconds_since(&start);
    for (unsigned i = 0; i < c.events->len; i++)
        recall(&c, i);
    recalled = seconds_since(&start);
    printf("%-34s %8u frames: add %7.3f s, settle %6.3f s, recall %7.3f s, %7.1f MB, then %7.1f MB\n", name,
        c.events->len, added, settled, recalled, (double)taken / 1e6, (double)(allocated() - before) / 1e6);
    fflush(stdout);
    capture_free(&c);
}

int
main(int argc, char **argv)
{
    bool timed = argc > 1 && strcmp(argv[1], "--time") == 0;
    const char *wanted = argc > 1 + timed ? argv[1 + timed] : NULL;
    bool good = true;

    for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
        if (wanted && strcmp(wanted, scenarios[i].name) != 0)
            continue;
        if (!timed)
            good &= grows_in_proportion(scenarios[i].name, scenarios[i].play);
        for (uint32_t size = scenarios[i].largest / 4; timed && size <= scenarios[i].largest; size *= 2)
            measure(scenarios[i].name, scenarios[i].play, size);
    }
    return good ? 0 : 1;
}
