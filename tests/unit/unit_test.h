/* unit_test.h
 * cmocka and the headers that it wants before it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_UNIT_TEST_H
#define PVSBOOT_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* cmocka 2 (Debian forky) warns of names whose successors cmocka 1 does not have yet. */
#define CMOCKA_DISABLE_DEPRECATION_WARNINGS
#include <cmocka.h>

#endif
