/* lean_list.c
 * A list in an allocation of little more than its size
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "lean_list.h"

#include <string.h>

/*
 * A full list grows by an eighth to a quarter: by so many that the room can be told from the count, and that adding n
 * elements moves each only a few times.
 */
static unsigned
growth_at(unsigned count)
{
    return count < 8 ? 1 : 1u << (g_bit_storage(count) - 3);
}

void
lean_list_add(lean_list *list, const void *element, size_t size)
{
    unsigned growth = growth_at(list->count);

    if (list->count % growth == 0)
        list->elements = g_realloc_n(list->elements, (gsize)list->count + growth, size);
    memcpy((char *)list->elements + list->count * size, element, size);
    list->count++;
}

void
lean_list_clear(lean_list *list)
{
    g_free(list->elements);
    *list = (lean_list){ NULL, 0 };
}
