/* Chunks of codes, and what makes a hit a neighbour. */
#ifndef HASHMATCH_CODES_H
#define HASHMATCH_CODES_H

#include <stdlib.h>
#include <string.h>

#include "hashmatch.h"

#define INLINE static inline __attribute__((always_inline))
#define SELDOM static __attribute__((noinline, cold))

INLINE int bits_of(uint64_t word) { return __builtin_popcountll(word); }

INLINE int64_t smaller(int64_t one, int64_t other) { return one < other ? one : other; }

/* The nearest double with so many binary digits behind the point. */
#define ROUNDED(value, bits)                                                                       \
    ((value) + 1.5 * (double)((int64_t)1 << (52 - (bits))) -                                       \
     1.5 * (double)((int64_t)1 << (52 - (bits))))

/* Bits start to end, at most 31 of them. */
INLINE uint64_t chunk_of(const uint64_t *code, int64_t start, int64_t end) {
    int64_t word = start >> 6, shift = start & 63;
    uint64_t value = code[word] >> shift;
    if (shift + end - start > 64)
        value |= code[word + 1] << (64 - shift);
    return value & (((uint64_t)1 << (end - start)) - 1);
}

INLINE int64_t distance_of(const uint64_t *code, const uint64_t *other, int64_t width) {
    int64_t total = 0;
    for (int64_t word = 0; word < width; word++)
        total += bits_of(code[word] ^ other[word]);
    return total;
}

/* A search: what is constant while it walks through one table. */
typedef struct {
    const hm_tables *tables;
    const hm_probes *probes;
    const uint64_t *queries;
    int64_t threshold;
    int64_t table;
    hm_found *found;
} search;

/* Add a row of `columns` numbers to what was found. */
SELDOM int append(hm_found *found, int columns, const int64_t *row) {
    if (found->count == found->room) {
        int64_t room = found->room ? 2 * found->room : 64;
        int64_t *longer = realloc(found->pairs, (size_t)room * (size_t)columns * sizeof *longer);
        if (!longer)
            return HM_NO_MEMORY;
        found->pairs = longer;
        found->room = room;
    }
    memcpy(found->pairs + found->count++ * columns, row, (size_t)columns * sizeof *row);
    return HM_OK;
}

/* Whether no earlier table holds this pair too: a pair counts in the first that holds it. */
INLINE int is_first(const search *job, const uint64_t *query, const uint64_t *code) {
    const int64_t *bounds = job->tables->bounds;
    for (int64_t table = 0; table < job->table; table++) {
        uint64_t apart = chunk_of(query, bounds[table], bounds[table + 1]) ^
                         chunk_of(code, bounds[table], bounds[table + 1]);
        if (bits_of(apart) <= job->probes->radii[table])
            return 0;
    }
    return 1;
}

/* Add a row that may be a neighbour of a query, if it is within the threshold. */
SELDOM int confirm(const search *job, int64_t number, int64_t row) {
    const hm_tables *tables = job->tables;
    if (row >= tables->count)
        return HM_NO_SUCH_CODE;
    const uint64_t *query = job->queries + number * tables->width;
    const uint64_t *code = tables->codes + row * tables->width;
    int64_t distance = distance_of(query, code, tables->width);
    if (distance > job->threshold || !is_first(job, query, code))
        return HM_OK;
    return append(job->found, 3, (int64_t[]){number, row, distance});
}

/* Which words of a code are its signature in the table whose chunk begins at this bit. */
INLINE int64_t left_word(int64_t start, int64_t width) { return (start / 64 + 2) % width; }
INLINE int64_t right_word(int64_t start, int64_t width) { return (start / 64 + 3) % width; }

#endif
