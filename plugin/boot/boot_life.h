/* boot_life.h
 * The spine of one boot: what every chapter of it may know and use
 *
 * Who the target is, in which phase the boot is, how sure that is, how far it came, and the way to say a finding. The
 * chapters (dhcp, arp, download, logon, stream, handoff, system) know this file and none of each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_LIFE_H
#define PVSBOOT_BOOT_LIFE_H

#include "boot_event.h"
#include "boot_names.h"
#include "boot_sight.h"
#include "finding_log.h"
#include "lean_list.h"
#include "stream_arrivals.h"

/* From this frame on a value holds: how a boot remembers what changes while it runs. */
typedef struct boot_mark {
    uint32_t frame;
    uint32_t value;
    int64_t time;
} boot_mark;

/* From this frame on the target has this address. */
typedef struct boot_address {
    uint32_t frame;
    net_address address;
} boot_address;

/* Who answered the target's ARP for an address. */
typedef struct boot_neighbour {
    net_address address;
    mac_address mac;
} boot_neighbour;

/* What a boot shares with the others of its capture; owned by the tracker. */
typedef struct boot_context {
    GPtrArray *boots;      /* boot_t, by number; owns them */
    int64_t start_time;    /* of the capture's first frame */
    uint32_t forgotten;    /* so many boots are forgotten: there were more than the tracker may remember */
    finding_log said;      /* certain when the frame was first seen */
    boot_finding unsaid;   /* what may not be said is filled in here */
    struct discover_log *discovers;
    stream_arrivals arrivals;
    bool read_request_seen; /* of anybody */
    GStringChunk *texts;   /* words that live as long as the capture */
    GPtrArray *versions;   /* char *, the version texts of bootstraps, each once; NULL until the first */
    bool other_frames;     /* the capture holds frames that are not DHCP */
} boot_context;

/* How far a boot has come, as a set: a later phase may be over again, this stays. */
typedef enum boot_reached {
    REACHED_FILE_REQUEST = 0x01,    /* a read request of any file */
    REACHED_DOWNLOAD = 0x02,        /* the last block of one */
    REACHED_LOGON = 0x04,           /* a logon or streaming datagram: phase 1 is passed */
    REACHED_READ_DATA = 0x08,
    REACHED_BNISTACK_DATA = 0x10,   /* read data came in phase 4 */
    REACHED_LOGON_ANSWER = 0x20     /* a datagram of the server's logon and streaming service */
} boot_reached;

/* Before any time. */
#define BOOT_SETTLED INT64_MIN

/* The times of a boot, in nanoseconds since the epoch. */
typedef struct boot_times {
    int64_t first;
    int64_t last;      /* of its newest DHCP, bootstrap or streaming frame: the boot gap is counted from it */
    int64_t end;       /* of its newest frame of any kind */
    int64_t stream;    /* of its newest streaming datagram; until there is one, of its first frame */
    int64_t next_boot; /* the target begins its next boot, if is_over */
    int64_t touched;   /* of the newest event that may have changed anything about it; BOOT_SETTLED: settled since, for good */
} boot_times;

/* What the boot's target was last seen to do, to tell whether it is still there. */
typedef struct boot_presence {
    int64_t download_time;
    int64_t newest;          /* of the target's newest datagram of a known service, or DHCP of its firmware */
    uint32_t download_frame; /* the newest whole download: its last block, or the ACK of it; 0: none */
    uint32_t frame;          /* the target's newest one of any kind */
    uint16_t other_ports[4]; /* UDP ports of no known service that it sends to since; 0: no more */
    bool download_is_pvs;    /* by its name, or from the two-stage boot service */
    bool by_two_stage;
    bool system_named;       /* its operating system has named itself by option 60 in this capture */
    bool system_spoke;       /* DHCP of its operating system: what comes later proves nothing of the firmware */
} boot_presence;

/* What the firmware told of itself, and was told, by DHCP. */
typedef struct boot_firmware {
    bool has_architecture;
    uint16_t architecture;     /* option 93 (RFC 4578) */
    bool has_server_list;      /* an ACK held option 11 or 17 */
    net_address address;       /* by its newest ACK */
    net_address server;        /* of that ACK */
    mac_address server_mac;    /* of the frame that brought it */
} boot_firmware;

/* Whether the architecture is one of UEFI (RFC 4578; PXE's registry for 64 bits: 6, 7, 9), or of BIOS. */
static inline bool
boot_firmware_is_uefi(const boot_firmware *firmware)
{
    return firmware->has_architecture
        && (firmware->architecture == 6 || firmware->architecture == 7 || firmware->architecture == 9);
}

static inline bool
boot_firmware_is_bios(const boot_firmware *firmware)
{
    return firmware->has_architecture && firmware->architecture == 0;
}

/* One boot's spine; embedded in the boot, and lives as long. */
typedef struct boot_life {
    mac_address target;        /* first: the tracker finds the boot by it; 0: not told, or only a router's MAC was seen */
    boot_context *context;
    struct boot *boot;         /* the one that this is the spine of */
    uint32_t number;           /* in the capture, from 1 */
    uint32_t number_before;    /* of the same target's boot before, or 0 */
    mac_address router;        /* what was taken for the target's, until router_from */
    uint64_t first_client;     /* of its first DHCP message: dhcp_client_identity */
    uint32_t router_from;      /* the frame that showed it to be a router's; 0: none did */
    uint32_t first_frame;
    uint32_t stream_frame;     /* its newest streaming datagram, or 0 */
    uint32_t file_request_frame; /* its newest read request, or 0 */
    uint32_t progress_frame;   /* the newest frame that brought the boot further */
    unsigned reached;          /* a set of boot_reached */
    GRefString *named_file;    /* by DHCP or a boot server, newest; or NULL */
    boot_times times;
    uint64_t faults;           /* a set of finding_id: all that were said and not refuted */
    uint64_t open_faults;      /* a set of finding_id: said, and nothing good has followed (ending.c) */
    finding_log late;          /* what only later frames tell, as settled last */
    finding_log late_discovers; /* the same of its DISCOVERs (discover_log.h) */
    lean_list phases;          /* boot_mark, value is a boot_phase */
    int64_t phase_sums[PHASE_BNISTACK + 1]; /* time in the stretches of each phase that are over; -1: there is none */
    lean_list addresses;       /* boot_address */
    lean_list neighbours;      /* boot_neighbour */
    boot_firmware firmware;
    boot_presence presence;
    uint32_t icmp_frames[SERVICE_COUNT]; /* of the newest ICMP error that answers each service, or 0 */
    uint32_t certain_from[CERTAINTY_PVS + 1]; /* the frame that raised it so far, or 0 */
    net_address named_server;  /* to ask for it */
    boot_sight sight;
    bool forgotten;            /* about to be freed, with all that is about it */
    bool is_over;              /* the target has begun its next boot */
    bool driver_spoke;         /* in single read mode, as only the driver of the operating system does (stream.c) */
    bool target_certain;       /* told by DHCP or ARP: the MAC on the wire may be a router's */
    bool is_http;              /* HTTPClient */
    bool asked_fitting_file;   /* a file that fits the firmware, as far as is known */
} boot_life;

void boot_life_init(boot_life *life, boot_context *context, uint32_t number, const boot_event *first);
void boot_life_clear(boot_life *life);

/* A phase begins with this event, or is not known from here on (PHASE_NONE); the same phase again changes nothing. */
void boot_life_enter(boot_life *life, const boot_event *event, boot_phase phase);

/* The state at a frame: the newest mark that is not later. NULL before the first. */
const boot_mark *boot_life_phase_at(const boot_life *life, uint32_t frame);

/* The phase now: after the newest event. */
boot_phase boot_life_phase(const boot_life *life);

/* Whether the boot streams in a phase that nobody can tell, since that began before the capture. */
bool boot_life_phase_is_unknown(const boot_life *life);

/*
 * Of the list of phases: whether any frame stands in this one. A capture that begins in mid-stream may pass through a phase
 * with its first frame.
 */
bool boot_life_shows_phase(const boot_life *life, unsigned index);

/* When the phase with this index ended, as far as is known. */
int64_t boot_life_phase_end(const boot_life *life, unsigned index);

/* Nanoseconds that the boot spent in a phase, all its stretches together; -1 if the capture shows none. */
int64_t boot_life_time_in_phase(const boot_life *life, boot_phase phase);

/* Takes note of a certainty; a lower one than before changes nothing. */
void boot_life_raise_certainty(boot_life *life, const boot_event *event, boot_certainty certainty);
boot_certainty boot_life_certainty_at(const boot_life *life, uint32_t frame);
boot_certainty boot_life_certainty(const boot_life *life);

/* The target has this address from this frame on. Returns whether that is new; a boot takes a limited number. */
bool boot_life_set_address(boot_life *life, uint32_t frame, const net_address *address);
net_address boot_life_address_at(const boot_life *life, uint32_t frame);
net_address boot_life_address(const boot_life *life);

/* The target's MAC as known at this frame: until it was known as one, a router's is shown. 0: not known. */
static inline mac_address
boot_life_target_at(const boot_life *life, uint32_t frame)
{
    return life->target == 0 && frame < life->router_from ? life->router : life->target;
}

/* Who answered for an address; the first one stays. 0: nobody. */
void boot_life_remember_neighbour(boot_life *life, const net_address *address, mac_address mac);
mac_address boot_life_neighbour(const boot_life *life, const net_address *address);

/*
 * Takes note of what a frame of this boot's target shows of the target's place and presence, whatever else it means.
 * from_system: it is DHCP of the operating system.
 */
void boot_life_sees_target(boot_life *life, const boot_event *event, bool from_system);

/*
 * Whether the target was still there 10 s or more after this time, or began its next boot within 60 s: what it did not do,
 * it did not do although it could.
 */
bool boot_life_target_stayed(const boot_life *life, int64_t since);

/* Whether this MAC has answered for another address than these two: then it passes on what is sent to them. */
bool boot_life_is_gateway(const boot_life *life, mac_address mac, const net_address *a, const net_address *b);

/* Whether all of these (boot_reached) were reached. */
static inline bool
boot_life_reached(const boot_life *life, unsigned reached)
{
    return (life->reached & reached) == reached;
}

/*
 * Says what is certain with this frame, or what only later frames tell of an earlier one, if the capture shows what the
 * finding needs (boot_sight.h). The answer, which is never NULL, may be filled in, before anything else is said.
 */
boot_finding *boot_life_say(boot_life *life, const boot_event *event, finding_id id);
boot_finding *boot_life_say_late(boot_life *life, uint32_t frame, int64_t time, finding_id id);

/* A later frame refutes what was said on this one: a second pass does not say it. */
void boot_life_refute(boot_life *life, uint32_t frame, finding_id id);

/* Another boot's version text that differs from this one, which is remembered; NULL where there is none. */
const char *boot_context_other_version(boot_context *context, const char *version);

/* Whether it may be said. */
bool boot_life_may_say(const boot_life *life, finding_id id);

/*
 * The target asks a service, or is answered. The first answer takes back that answers are lacking; a question, that
 * questions are.
 */
void boot_life_sees_question(boot_life *life, boot_service service);
void boot_life_sees_answer(boot_life *life, boot_service service);

/*
 * With this event the target acts on answers that the capture lacks, or a server answers questions that it lacks. Says
 * .capture.one_way, where none was seen at all.
 */
void boot_life_lacks_answer(boot_life *life, const boot_event *event, boot_service service);
void boot_life_lacks_question(boot_life *life, const boot_event *event, boot_service service);

/* The boot has come further with this event: what was wrong before did not stop it. */
void boot_life_progress(boot_life *life, const boot_event *event);

/* The end of what may be told of a boot: its next one, or the capture's. newest_time: of the newest frame of the capture. */
int64_t boot_life_end(const boot_life *life, int64_t newest_time);

#endif
