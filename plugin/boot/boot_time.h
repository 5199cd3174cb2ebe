/* boot_time.h
 * The unit of every time in boot/: nanoseconds, since the epoch or between two frames
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_BOOT_TIME_H
#define PVSBOOT_BOOT_TIME_H

#include <stdint.h>

#define SECOND INT64_C(1000000000)

#endif
