/* frames.h
 * Frames for the readers' tests, put together from their parts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef PVSBOOT_FRAMES_H
#define PVSBOOT_FRAMES_H

#include <glib.h>

#include "frame_bytes.h"

/* Bytes of a string literal, without its NUL. */
#define LITERAL(text) ((frame_bytes){ (const uint8_t *)(text), sizeof(text) - 1 })

static inline GByteArray *
put(GByteArray *to, frame_bytes bytes)
{
    return g_byte_array_append(to, bytes.data, (guint)bytes.length);
}

static inline GByteArray *
put_u16(GByteArray *to, unsigned number)
{
    const uint8_t bytes[2] = { (uint8_t)(number >> 8), (uint8_t)number };

    return g_byte_array_append(to, bytes, 2);
}

/* So many bytes from a seed. */
static inline GByteArray *
put_filler(GByteArray *to, size_t length, unsigned seed)
{
    for (size_t i = 0; i < length; i++) {
        const uint8_t byte = (uint8_t)(seed + i * 7);
        g_byte_array_append(to, &byte, 1);
    }
    return to;
}

static inline frame_bytes
bytes_of(const GByteArray *array)
{
    return (frame_bytes){ array->data, array->len };
}

/* 10.9.0.1 to 10.9.0.100; fragment: the fragment field; options: of the header, in words of four. */
static inline GByteArray *
put_ipv4(GByteArray *to, unsigned protocol, unsigned identification, unsigned fragment, unsigned options,
    size_t payload)
{
    const uint8_t first[2] = { (uint8_t)(0x45 + options), 0 };
    const uint8_t ttl[2] = { 64, (uint8_t)protocol };

    g_byte_array_append(to, first, 2);
    put_u16(put_u16(put_u16(to, (unsigned)(20 + 4 * options + payload)), identification), fragment);
    put_u16(g_byte_array_append(to, ttl, 2), 0);
    put(to, LITERAL("\x0a\x09\x00\x01\x0a\x09\x00\x64"));
    for (unsigned i = 0; i < options; i++)
        put(to, LITERAL("\x01\x01\x01\x01"));
    return to;
}

/* fd00::1 to fd00::64 */
static inline GByteArray *
put_ipv6(GByteArray *to, unsigned next_header, size_t payload)
{
    const uint8_t next[2] = { (uint8_t)next_header, 64 };

    put_u16(put(to, LITERAL("\x60\x00\x00\x00")), (unsigned)payload);
    g_byte_array_append(to, next, 2);
    put(to, LITERAL("\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"));
    return put(to, LITERAL("\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x64"));
}

static inline GByteArray *
put_udp(GByteArray *to, unsigned source_port, unsigned destination_port, size_t payload, unsigned checksum)
{
    put_u16(put_u16(to, source_port), destination_port);
    return put_u16(put_u16(to, (unsigned)(8 + payload)), checksum);
}

static inline GByteArray *
put_ethernet(GByteArray *to, unsigned ethertype)
{
    return put_u16(put(to, LITERAL("\x02\x00\x00\x00\x00\xc1\x02\x00\x00\x00\x00\x01")), ethertype);
}

/* Calls with each beginning of the bytes, each in memory of its own size: a sanitizer sees what reads beyond it. */
static inline void
with_each_beginning(frame_bytes bytes, void (*call)(frame_bytes beginning, void *data), void *data)
{
    for (size_t length = 0; length <= bytes.length; length++) {
        uint8_t *copy = length > 0 ? g_memdup2(bytes.data, length) : NULL;

        call((frame_bytes){ copy, length }, data);
        g_free(copy);
    }
}

#endif
