/* test_lean_list.c
 * Lists of little more than their size: what was appended stays, at every length, and is found by frame
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "unit_test.h"

#include <string.h>

#include "boot/frame_index.h"

#define LENGTH 1000

/* Of a size that no allocator rounds to. */
typedef struct element {
    uint16_t before;
    uint32_t frame;
    uint8_t after[7];
} element;

/* Frames 10, 20, 30 and so on. */
static element
element_number(unsigned n)
{
    element e = { .before = (uint16_t)~n, .frame = 10 * (n + 1) };

    memset(e.after, (int)n, sizeof e.after);
    return e;
}

static unsigned
until(const lean_list *list, uint32_t frame)
{
    return list_frames_until(list, sizeof(element), offsetof(element, frame), frame);
}

static void
elements_stay_as_they_were_appended(G_GNUC_UNUSED void **state)
{
    lean_list list = { NULL, 0 };

    for (unsigned length = 0; length < LENGTH; length++) {
        element added = element_number(length);

        lean_list_append(&list, added);
        assert_int_equal(list.count, length + 1);
        for (unsigned i = 0; i <= length; i++) {
            const element *kept = &lean_list_index(&list, element, i), expected = element_number(i);

            assert_int_equal(kept->before, expected.before);
            assert_int_equal(kept->frame, expected.frame);
            assert_memory_equal(kept->after, expected.after, sizeof kept->after);
        }
    }
    lean_list_clear(&list);
    assert_int_equal(list.count, 0);
    assert_null(list.elements);
}

static void
cleared_list_is_filled_anew(G_GNUC_UNUSED void **state)
{
    lean_list list = { NULL, 0 };

    for (unsigned turn = 0; turn < 3; turn++) {
        for (unsigned n = 0; n < 20 * turn; n++) {
            element added = element_number(n);
            lean_list_append(&list, added);
        }
        assert_int_equal(list.count, 20 * turn);
        lean_list_clear(&list);
    }
}

static void
newest_element_of_a_frame_is_found(G_GNUC_UNUSED void **state)
{
    lean_list list = { NULL, 0 };

    assert_int_equal(until(&list, 10), 0);
    for (unsigned length = 1; length <= 40; length++) {
        element added = element_number(length - 1);

        lean_list_append(&list, added);
        for (unsigned n = 1; n <= length; n++) {
            assert_int_equal(until(&list, 10 * n - 1), n - 1);
            assert_int_equal(until(&list, 10 * n), n);
            assert_int_equal(until(&list, 10 * n + 1), n);
        }
        assert_int_equal(until(&list, UINT32_MAX), length);
    }
    lean_list_clear(&list);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_stay_as_they_were_appended),
        cmocka_unit_test(cleared_list_is_filled_anew),
        cmocka_unit_test(newest_element_of_a_frame_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
