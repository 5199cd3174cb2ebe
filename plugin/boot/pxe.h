/* pxe.h
 * The name of the boot file, who gives it, and the PXE boot server: a part of the chapter dhcp
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_PXE_H
#define PVSBOOT_PXE_H

#include "answer_wait.h"
#include "chapter.h"

/* The firmware's newest OFFER of an address; frame 0: none. */
typedef struct dhcp_offer {
    int64_t time;
    uint32_t frame;
    uint32_t transaction;
    uint8_t checksum;            /* a datagram_checksum */
    net_address server;
    bool clears_flag;            /* its broadcast flag is clear where the DISCOVER's is set */
    bool sent_elsewhere;         /* to another MAC than the client's */
} dhcp_offer;

/* The firmware's newest ACK; frame 0: none. */
typedef struct dhcp_ack {
    int64_t time;
    uint32_t frame;
    net_address server; /* of the newest one that grants an address */
    bool names_file;    /* it does, or another server had by then */
    bool undone;        /* the client declined it, or obeyed another server's NAK */
} dhcp_ack;

/* Who named a boot file, in this round. Frame 0: nobody. */
typedef struct pxe_naming {
    int64_t time;
    uint32_t frame;      /* its file is boot_life.named_file */
    net_address server;
    bool in_ack;         /* an ACK names it, of a DHCP or a boot server */
    bool by_boot_server;
    bool by_host_name;   /* the server is given by a name, which firmware must look up */
    bool name_is_text;   /* false: option 66 holds bytes that are no text */
} pxe_naming;

/* DISCOVERs in a row of which each got an OFFER of an address, and none was taken. */
typedef struct pxe_untaken {
    uint32_t discovers;  /* since the last REQUEST or ACK */
    uint32_t answered;   /* of them, in a row */
    bool newest_is_answered;
    bool said;
} pxe_untaken;

/* The newest request to a boot server that found no reply in time; count 0: none. */
typedef struct pxe_vain {
    int64_t time;
    uint32_t frame;
    uint32_t count;                /* requests in the row that it ends */
} pxe_vain;

/* The requests to boot servers: few clients send any. */
typedef struct pxe_boot_server {
    answer_wait asking;            /* without a reply */
    pxe_vain vain;
    uint32_t asked_frame;          /* the newest one */
} pxe_boot_server;

/* Embedded in the chapter dhcp; zero means that nothing came yet. */
typedef struct pxe_part {
    pxe_naming naming;
    pxe_boot_server *boot_server;  /* owned; NULL until one is asked */
    int64_t wrong_time;
    pxe_untaken untaken;
    uint32_t past_relay;           /* replies that do not go to the relay */
    uint32_t wrong_frame;          /* a boot file was named here that does not fit the firmware, or 0 */
    net_address relayed_to;        /* the server that a relay has sent the client's message to, or none */
    bool files_differ;             /* was said in this round */
    bool dhcp_server_is_pxe;       /* an OFFER or ACK of an address carries PXEClient (KB259670) */
    bool broadcast_answer;         /* an OFFER or ACK was broadcast, so that a proxy's would be seen as well */
} pxe_part;

void pxe_clear(pxe_part *pxe);

/* The client's message: a DISCOVER begins a round, a request to a boot server wants a reply. */
void pxe_add_client(pxe_part *pxe, boot_life *life, const boot_event *event, bool pxe_client, const dhcp_offer *offer,
    const dhcp_ack *ack);

/* A server's message; of a boot server, or of any other that names a file. Returns whether it brings the boot further. */
bool pxe_add_server(pxe_part *pxe, boot_life *life, const boot_event *event, const net_address *server);

/* Whether a read request after this ACK would be seen here; next: the time of the target's next DISCOVER, or 0. */
bool pxe_request_would_be_seen(const boot_life *life, int64_t next, const dhcp_ack *ack);

/* Another event of the boot, or the first one of the next boot: a boot server that was asked in vain is certain now. */
void pxe_sees(pxe_part *pxe, boot_life *life, const boot_event *event);

/* The target begins its next boot with this event, or its next round in this one. */
void pxe_end(pxe_part *pxe, boot_life *life, const boot_event *next, bool pxe_client, const dhcp_offer *offer,
    const dhcp_ack *ack);

void pxe_settle(pxe_part *pxe, boot_life *life, int64_t end, bool pxe_client, const dhcp_offer *offer,
    const dhcp_ack *ack);
void pxe_tell(const boot_finding *finding, GString *text);

/* The advice that fits this finding better than its row in the table does, or NULL. */
const char *pxe_advice(const boot_finding *finding);

#endif
