/* event_bytes.h
 * A boot event in a few bytes: what the fuzzer changes, and what real captures are turned into
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FUZZ_EVENT_BYTES_H
#define PVSBOOT_FUZZ_EVENT_BYTES_H

#include "boot/boot_event.h"

/* Every event has as many, so that one that goes or comes leaves the others as they were. */
#define EVENT_BYTES 24

/* The first bytes of an input: how many boots may be remembered, and the boot gap. */
#define HEAD_BYTES 2

/* Frame number and time are left to the caller; *pause is how long after the frame before, in nanoseconds. */
boot_event event_from_bytes(const uint8_t *bytes, int64_t *pause);

/* The nearest that the bytes can say: few addresses, ports and texts are known to them. */
void event_to_bytes(const boot_event *event, int64_t pause, uint8_t *bytes);

#endif
