/* frame_copies.c
 * Which frame is a copy of an earlier one
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame_copies.h"

#include <string.h>

#include "boot_time.h"
#include "frame_index.h"

/*
 * A copy follows within this time. Real repeats take longer (RFC 2131: 4 s; TFTP: 1 s and more; reads: 0.5 s and
 * more), and so does an IP identification that comes around again.
 */
#define COPY_WINDOW (SECOND / 10)

/*
 * ARP and ICMP carry nothing that tells a copy from the same words again, as when a loader announces what its ROM did. Where
 * the capture holds other copies, they may lag as those do.
 */
#define BARE_COPY_WINDOW (SECOND / 1000)

/* Nor do a datagram's bytes alone. */
#define CONTENT_COPY_WINDOW (SECOND / 1000)

/*
 * What falls out of these tables is no copy: the oldest of the few frames that share a place. DHCP and ARP have a table of
 * their own, so that a relayed message is still known when thousands of streaming datagrams have come between. The
 * places do not depend on the process, since every front end must find the same copies.
 */
#define RECENT_DATAGRAMS 1024
#define RECENT_MESSAGES 128
#define RECENT_IN_A_PLACE 4

typedef struct recent_frame {
    uint32_t fingerprint; /* its upper half: the lower one chose the place */
    uint32_t frame;       /* 0: empty */
    int64_t time;
} recent_frame;

typedef struct recent_place {
    recent_frame frames[RECENT_IN_A_PLACE];
} recent_place;

typedef struct frame_copy {
    uint32_t frame;
    uint32_t original;
} frame_copy;

struct frame_copies {
    recent_place datagrams[RECENT_DATAGRAMS];
    recent_place messages[RECENT_MESSAGES];
    GArray *found; /* frame_copy, by frame */
    int64_t lag;   /* of the newest of them, behind its original */
};

frame_copies *
frame_copies_new(void)
{
    frame_copies *copies = g_new0(frame_copies, 1);

    copies->found = g_array_new(FALSE, FALSE, sizeof(frame_copy));
    return copies;
}

void
frame_copies_free(frame_copies *copies)
{
    g_array_free(copies->found, TRUE);
    g_free(copies);
}

static uint64_t
mix_address(uint64_t hash, const net_address *address)
{
    return net_mix(hash, net_address_number(address));
}

/*
 * What two copies have in common and two frames sent one after the other have not. 0 where nothing tells them
 * apart for certain.
 */
static uint64_t
fingerprint_of(const boot_event *event)
{
    uint64_t hash = net_mix(0, event->kind);

    switch (event->kind) {
    case BOOT_EVENT_DHCP: /* a relay changes everything below, and its own address inside */
        hash = net_mix(hash, (uint64_t)event->dhcp.transaction << 32 | event->dhcp.secs);
        hash = net_mix(hash, event->dhcp.client ^ (uint64_t)event->dhcp.message << 48);
        hash = net_mix(hash, dhcp_to_boot_server(event));
        /* A relay may put itself into option 54; where no address is given, the server is what tells replies apart. */
        if (!net_address_known(&event->dhcp.your_address))
            hash = mix_address(hash, &event->dhcp.server_id);
        hash = mix_address(hash, &event->dhcp.your_address);
        break;
    case BOOT_EVENT_ARP:
        hash = net_mix(hash, event->arp.sender ^ (uint64_t)event->arp.reply << 48);
        hash = mix_address(hash, &event->arp.sender_address);
        hash = mix_address(hash, &event->arp.target_address);
        break;
    case BOOT_EVENT_BOOTSTRAP:
        hash = net_mix(hash, (uint64_t)event->bootstrap.number << 32 | event->bootstrap.length);
        hash = net_mix(hash, event->bootstrap.message);
        break;
    case BOOT_EVENT_STREAM:
        hash = net_mix(hash, (uint64_t)event->stream.to_server << 63 | (uint64_t)event->stream.payload << 32
            | event->stream.digest);
        break;
    case BOOT_EVENT_ICMP:
        hash = net_mix(hash, (uint64_t)event->icmp.error << 32 | event->icmp.mtu);
        hash = net_mix(hash, (uint64_t)event->icmp.source_port << 16 | event->icmp.destination_port);
        hash = mix_address(hash, &event->icmp.source);
        hash = mix_address(hash, &event->icmp.destination);
        break;
    case BOOT_EVENT_OTHER:
        return 0;
    }
    if (event->kind == BOOT_EVENT_BOOTSTRAP || event->kind == BOOT_EVENT_STREAM) {
        if (event->identity == 0)
            return 0;
        hash = net_mix(hash, (uint64_t)event->source_port << 48 | (uint64_t)event->destination_port << 32
            | event->identity);
        hash = mix_address(hash, &event->source);
        hash = mix_address(hash, &event->destination);
    }
    return MAX(hash, 1); /* 0 means unknown */
}

/*
 * A container host's address translation changes the addresses of a TFTP datagram; its bytes and the client's port stay.
 * 0: it is none, or nothing is known of its bytes.
 */
static uint64_t
fingerprint_of_content(const boot_event *event)
{
    bool from_client;

    if (event->kind != BOOT_EVENT_BOOTSTRAP || event->content == 0 || event->bootstrap.message == BOOTSTRAP_ERROR)
        return 0;
    from_client = event->bootstrap.message == BOOTSTRAP_REQUEST || event->bootstrap.message == BOOTSTRAP_ACK;
    return MAX(net_mix(net_mix(1, event->content),
        (uint64_t)from_client << 16 | (from_client ? event->source_port : event->destination_port)), 1);
}

/* How a copy is looked for. */
typedef struct recent_search {
    const boot_event *event;
    int64_t window;
    int64_t lag;    /* that other copies have; filled in with that of the one found */
} recent_search;

static bool
lags_as_a_copy(const recent_search *search, int64_t lag)
{
    return ABS(lag) <= search->window
        || (search->lag != 0 && ABS(lag) <= COPY_WINDOW && ABS(lag - search->lag) <= BARE_COPY_WINDOW);
}

/* Looks for a frame with this fingerprint and remembers this one, unless it is a copy. Returns the original's frame, or 0. */
static uint32_t
find_or_remember(recent_place *place, uint64_t fingerprint, recent_search *search)
{
    const boot_event *event = search->event;
    uint32_t upper = (uint32_t)(fingerprint >> 32);
    recent_frame *oldest = &place->frames[0];

    for (int i = 0; i < RECENT_IN_A_PLACE; i++) {
        recent_frame *recent = &place->frames[i];
        int64_t lag = event->time - recent->time;
        if (recent->frame != 0 && recent->frame != event->frame && recent->fingerprint == upper
                && lags_as_a_copy(search, lag)) {
            search->lag = lag;
            return recent->frame;
        }
        if (recent->frame < oldest->frame)
            oldest = recent;
    }
    oldest->fingerprint = upper;
    oldest->time = event->time;
    oldest->frame = event->frame;
    return 0;
}

uint32_t
frame_copies_add(frame_copies *copies, const boot_event *event)
{
    bool is_datagram = event->kind == BOOT_EVENT_BOOTSTRAP || event->kind == BOOT_EVENT_STREAM;
    bool is_bare = event->kind == BOOT_EVENT_ARP || event->kind == BOOT_EVENT_ICMP;
    recent_search search = { event, is_bare ? BARE_COPY_WINDOW : COPY_WINDOW, is_bare ? copies->lag : 0 };
    uint64_t fingerprint = fingerprint_of(event), content = fingerprint_of_content(event);
    frame_copy copy = { event->frame, 0 };

    if (fingerprint != 0)
        copy.original = find_or_remember(is_datagram ? &copies->datagrams[fingerprint % RECENT_DATAGRAMS]
            : &copies->messages[fingerprint % RECENT_MESSAGES], fingerprint, &search);
    if (copy.original == 0 && content != 0) {
        search.window = CONTENT_COPY_WINDOW;
        copy.original = find_or_remember(&copies->datagrams[content % RECENT_DATAGRAMS], content, &search);
    }
    if (copy.original != 0) {
        g_array_append_val(copies->found, copy);
        copies->lag = search.lag;
    }
    return copy.original;
}

static void
rewind_places(recent_place *places, unsigned count, uint32_t frame)
{
    for (unsigned i = 0; i < count; i++)
        for (int j = 0; j < RECENT_IN_A_PLACE; j++)
            if (places[i].frames[j].frame >= frame)
                places[i].frames[j] = (recent_frame){ 0 };
}

void
frame_copies_rewind(frame_copies *copies, uint32_t frame)
{
    g_array_set_size(copies->found, frames_until(copies->found, offsetof(frame_copy, frame), frame - 1));
    rewind_places(copies->datagrams, RECENT_DATAGRAMS, frame);
    rewind_places(copies->messages, RECENT_MESSAGES, frame);
}

uint32_t
frame_copies_original(const frame_copies *copies, uint32_t frame)
{
    unsigned count = frames_until(copies->found, offsetof(frame_copy, frame), frame);
    const frame_copy *copy = count > 0 ? &g_array_index(copies->found, frame_copy, count - 1) : NULL;

    return copy && copy->frame == frame ? copy->original : 0;
}
