/* finding_log.h
 * What was found, in the order of frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FINDING_LOG_H
#define PVSBOOT_FINDING_LOG_H

#include "diagnosis.h"
#include "net_address.h"

/* What can be seen of an OFFER that is not taken. */
typedef enum offer_oddity {
    OFFER_CLEARS_FLAG = 0x01,
    OFFER_CHECKSUM_WRONG = 0x02,
    OFFER_SENT_ELSEWHERE = 0x04
} offer_oddity;

/* How a boot server was named, beside its address. */
typedef enum boot_server_name {
    SERVER_NAME_NONE,
    SERVER_NAME_OF_HOST, /* firmware must look it up */
    SERVER_NAME_NO_TEXT
} boot_server_name;

/*
 * One finding on one frame. Of the facts each kind of finding has those that its text tells (the tell verb of its chapter);
 * the others are zero. Facts that no finding has together share a place: a capture may hold millions of findings.
 */
typedef struct boot_finding {
    int64_t time;             /* of that frame */
    struct boot *boot;        /* whom it is about: on a new boot's first frame, the boot before */
    uint32_t frame;           /* where it stands */
    uint32_t from_frame;      /* where it began, or the frame it speaks of; 0: none */
    int64_t duration;         /* nanoseconds */
    union {
        struct {
            uint64_t bytes;
            const char *text;       /* a name; lives as long as the boot */
            const char *other_text; /* another version, the words of an error; lives as long as the capture */
        };
        mac_address mac;            /* the other party: of ARP and the hand-off */
        net_address relay;          /* of PXE */
    };
    union {
        uint32_t times;       /* how often, or how many */
        uint32_t promised;    /* of a whole download: the size that the server promised, or 0 */
    };
    net_address address;      /* the other party */
    uint8_t id;               /* a finding_id */
    uint16_t code;            /* of an error */
    union {
        uint16_t port;
        uint16_t options;     /* of an OACK that were not asked for: a set of tftp_option */
    };
    union {
        uint8_t bucket;       /* of a DISCOVER (RFC 3074) */
        uint8_t odd_byte;     /* a name's last byte where it is none of ASCII's characters, or 0 */
        uint8_t offer;        /* what is odd about an OFFER: a set of offer_oddity */
        uint8_t server_name;  /* how the boot server was given: a boot_server_name */
    };
    bool from_client : 1;     /* the client sent it */
    bool answered : 1;        /* by data, which does not arrive */
    bool refuted : 1;         /* by a later frame: a second pass does not say it */
} boot_finding;

/* The findings of a capture or of a boot, which owns them; zero means that there is none. */
typedef struct finding_log {
    GArray *findings; /* boot_finding; NULL until the first */
} finding_log;

static inline unsigned
finding_log_count(const finding_log *log)
{
    return log->findings ? log->findings->len : 0;
}

void finding_log_clear(finding_log *log);

/* Forgets all findings, to collect them anew. */
void finding_log_reset(finding_log *log);

/*
 * Adds a finding on a frame, whose time this is. The answer is valid until the next one is added; the
 * caller may fill in its details.
 */
boot_finding *finding_log_add(finding_log *log, uint32_t frame, int64_t time, finding_id id, struct boot *boot);

/* The finding of this kind about this boot on this frame, or NULL. */
boot_finding *finding_log_find(const finding_log *log, uint32_t frame, finding_id id, const struct boot *boot);

/* The boot that the first finding on this frame is about, or NULL. */
struct boot *finding_log_owner(const finding_log *log, uint32_t frame);

/* Forgets the findings about boots that are forgotten. */
void finding_log_forget(finding_log *log, bool (*is_forgotten)(const struct boot *boot));

/* Forgets what stands on this frame and later ones. */
void finding_log_rewind(finding_log *log, uint32_t frame);

/* To be called when findings were added out of order, before any of them is asked for. */
void finding_log_sort(finding_log *log);

/* The findings on a frame: how many, and the first of them in *first. */
unsigned finding_log_of_frame(const finding_log *log, uint32_t frame, const boot_finding **first);

#endif
