/* scene.h
 * A capture that a test plays to a tracker, frame by frame
 *
 * Whatever a test asserts besides, the end of each scene recalls all its frames and compares: what was said of a
 * frame when it was first seen is said of it in every pass (design.md, section 2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_UNIT_SCENE_H
#define PVSBOOT_UNIT_SCENE_H

#include "unit_test.h"

#include "boot/boot_tracker.h"
#include "boot/finding_text.h"
#include "events.h"

typedef struct scene {
    boot_tracker *tracker;
    GArray *events;       /* boot_event, all that were seen */
    GArray *verdicts;     /* boot_verdict as first told; boot is NULL where the frame belongs to none */
    GArray *said;         /* boot_finding, all that were said on a first visit */
    int64_t time;         /* of the next frame */
    host target, other_target, server, other_server, router;
    const char *file;     /* the bootstrap */
    uint16_t tftp_port;   /* of the newest download */
} scene;

/* cmocka fixtures: *state becomes a scene. */
int scene_setup(void **state);
int scene_teardown(void **state);

/* The teardown of a scene that need not agree in every pass. */
void scene_free(scene *scene);

/* Shows the event to the tracker as the next frame, a millisecond after the one before. */
const boot_verdict *see(scene *scene, boot_event event);

/* Shows the event as a frame so long after the newest one. */
const boot_verdict *see_after(scene *scene, int64_t nanoseconds, boot_event event);

/* Lets time pass before the next frame. */
void pass_time(scene *scene, int64_t nanoseconds);

/* The capture shows somebody else's frame, so much later than the newest one. */
void capture_goes_on(scene *scene, int64_t nanoseconds);

/* The number of the newest frame. */
uint32_t frame_now(const scene *scene);

/* The verdict on a frame as a later pass tells it; boot is NULL where the frame belongs to none. */
boot_verdict recall(const scene *scene, uint32_t frame);

/* What was said of a frame on its first visit, and what later frames add; NULL where it was not. */
const boot_finding *said(const scene *scene, uint32_t frame, finding_id id);
const boot_finding *added_later(const scene *scene, uint32_t frame, finding_id id);

/* Whether a later pass shows the finding on the frame: one that was said at once and not refuted, or that came later. */
bool shown_at_last(const scene *scene, uint32_t frame, finding_id id);

/* Of a finding, what its text holds. The finding may not be NULL. */
bool text_holds(const boot_finding *finding, const char *words);

/* On how many frames of the scene. */
unsigned times_said(const scene *scene, finding_id id);
unsigned times_added_later(const scene *scene, finding_id id);

/* Neither at once nor later, on any frame. */
void assert_never_found(const scene *scene, finding_id id);

/* Asserts that all frames are recalled as they were first told, in a shuffled order. */
void assert_every_pass_agrees(const scene *scene, guint32 seed);

/* The boot with this number (from 1), and how many there are. */
const boot_t *boot_number(const scene *scene, unsigned number);
unsigned boot_count(const scene *scene);

/* Stages of a usual boot of scene.target, from its DISCOVER or from the stage before. */
void play_dhcp(scene *scene, host target);
void play_download(scene *scene, host target);
void play_logon(scene *scene, host target);
void play_boot_to_logon(scene *scene, host target);
void play_boot_to_single_read(scene *scene, host target);
void play_boot_to_bnistack(scene *scene, host target);

/* A read of this many bytes: its request, and its burst in datagrams of at most this payload. */
const boot_verdict *play_burst(scene *scene, host target, uint32_t bytes, uint32_t payload);
const boot_verdict *play_read(scene *scene, host target, uint32_t bytes);

/* The payload of the datagram with this index in a burst (pvs-facts.md, section 6). */
uint32_t burst_payload(uint32_t bytes, uint32_t payload, uint32_t index);
uint32_t burst_length(uint32_t bytes, uint32_t payload);

/* A frame with this step; or one that belongs to no boot. */
#define expect_step(scene, expected, event) assert_int_equal(see(scene, event)->step, expected)
#define expect_nothing(scene, event) assert_null(see(scene, event)->boot)

#endif
