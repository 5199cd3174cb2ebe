/* lean_list.h
 * A list in an allocation of little more than its size
 *
 * For the lists of a boot, of which there are many with few elements: a GArray takes 48 bytes for itself and up to twice
 * the room of its elements, this one 16 bytes in its owner and a quarter more than the elements, nothing below eight.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_LEAN_LIST_H
#define PVSBOOT_LEAN_LIST_H

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

/* Elements of one type, which every call names. Embedded in its owner; zero means empty. */
typedef struct lean_list {
    void *elements; /* owned; NULL until the first */
    unsigned count;
} lean_list;

/* An element, as g_array_index. */
#define lean_list_index(list, type, index) (((type *)(list)->elements)[index])

/* Appends a copy of a variable. Pointers to elements are valid until then. */
#define lean_list_append(list, variable) lean_list_add(list, &(variable), sizeof(variable))
void lean_list_add(lean_list *list, const void *element, size_t size);

void lean_list_clear(lean_list *list);

#endif
