/* The door to the kernels: which instruction set this processor has, and calls passed on. */
#include "hashmatch.h"

#include <stdlib.h>

extern const hm_level hm_level_plain;

#if defined(__x86_64__)
#include <cpuid.h>

extern const hm_level hm_level_v2, hm_level_v3, hm_level_v4;

static const hm_level *const levels[] = {&hm_level_plain, &hm_level_v2, &hm_level_v3, &hm_level_v4};

#if defined(HM_AVX512_IN_C) /* for tests: the highest level needs no more than they have */
static int highest(void) { return 3; }
#else
/* Registers that the operating system keeps for programs. The instruction is written out, as
 * compilers know it only where they may use AVX. */
static unsigned kept_registers(void) {
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(unsigned flags, unsigned wanted) { return (flags & wanted) == wanted; }

/* The highest of `levels` that this processor and its operating system allow. Asked of the
 * processor itself: what compilers offer for it differs, and has been wrong. */
static int highest(void) {
    unsigned a, b, c, d, more, vectors, counts;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return 0;
    unsigned basic = c;
    /* SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT */
    if (!has(basic, 1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23))
        return 0;
    /* FMA, MOVBE, OSXSAVE, AVX, F16C */
    if (!has(basic, 1u << 12 | 1u << 22 | 1u << 27 | 1u << 28 | 1u << 29))
        return 1;
    if (!has(kept_registers(), 0x6) || !__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return 1;
    vectors = b;
    counts = c;
    if (!__get_cpuid(0x80000001, &a, &b, &more, &d))
        return 1;
    /* BMI1, AVX2, BMI2; LZCNT */
    if (!has(vectors, 1u << 3 | 1u << 5 | 1u << 8) || !has(more, 1u << 5))
        return 1;
    /* AVX512F, DQ, CD, BW, VL; VPOPCNTDQ */
    if (!has(kept_registers(), 0xe6) ||
        !has(vectors, 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31) ||
        !has(counts, 1u << 14))
        return 2;
    return 3;
}
#endif
#else
static const hm_level *const levels[] = {&hm_level_plain};

static int highest(void) { return 0; }
#endif

static const hm_level *chosen = &hm_level_plain;

/* Digest of the sources, put in by tools/build_native.py. */
#ifndef HM_SOURCES
#define HM_SOURCES ""
#endif

HM_EXPORT int hm_interface(void) { return HM_INTERFACE; }

HM_EXPORT const char *hm_sources(void) { return "sources:" HM_SOURCES; }

/* Use the highest instruction set that this processor has, of those up to `most`; say which. */
HM_EXPORT int hm_use(int most) {
    int level = highest();
    if (level > most)
        level = most < 0 ? 0 : most;
    chosen = levels[level];
    return level;
}

HM_EXPORT int hm_probe(const hm_tables *tables, const hm_probes *probes, const uint64_t *queries,
                       int64_t asked, int64_t threshold, int64_t limit, int64_t *refused,
                       hm_found *found) {
    return chosen->probe(tables, probes, queries, asked, threshold, limit, refused, found);
}

HM_EXPORT int hm_join(const hm_tables *tables, const hm_probes *probes, const uint64_t *queries,
                      int64_t asked, int64_t threshold, hm_found *found) {
    return chosen->join(tables, probes, queries, asked, threshold, found);
}

HM_EXPORT int hm_ranges(const hm_tables *tables, const hm_probes *probes, const uint64_t *queries,
                        int64_t asked, int64_t limit, int64_t *result) {
    return chosen->ranges(tables, probes, queries, asked, limit, result);
}

HM_EXPORT int hm_fill(const uint64_t *codes, int64_t count, int64_t width, int64_t start,
                      int64_t end, int64_t words, uint32_t *offsets, uint32_t *entries,
                      uint64_t *signatures) {
    return chosen->fill(codes, count, width, start, end, words, offsets, entries, signatures);
}

HM_EXPORT int hm_chain(const hm_videos *videos, int64_t *found, int64_t *count, double *totals,
                       int64_t *paths) {
    return chosen->chain(videos, found, count, totals, paths);
}

HM_EXPORT int hm_turns(const hm_luma *luma, const hm_axis *down, const hm_axis *across,
                       const int64_t *parts, int64_t count, double *grids, const double *waves,
                       uint8_t *codes, int64_t *qualities) {
    return chosen->turns(luma, down, across, parts, count, grids, waves, codes, qualities);
}

HM_EXPORT int hm_finish(const double *waves, const double *grids, int64_t count, uint8_t *codes,
                        int64_t *qualities) {
    chosen->finish(waves, grids, count, codes, qualities);
    return HM_OK;
}

HM_EXPORT int hm_qualities(const double *grids, int64_t count, int64_t *found) {
    chosen->qualities(grids, count, found);
    return HM_OK;
}

HM_EXPORT int hm_codes(const void *values, int64_t bytes, int64_t count, uint8_t *found) {
    chosen->codes(values, bytes, count, found);
    return HM_OK;
}

HM_EXPORT int hm_blocks(const float *product, int64_t down, int64_t across, int64_t low,
                        const int64_t *rows, const int64_t *columns, int64_t count,
                        const float *whole, uint8_t *found) {
    return chosen->blocks(product, down, across, low, rows, columns, count, whole, found);
}

HM_EXPORT int hm_sums(const hm_luma *luma, int32_t *table) {
    chosen->sums(luma, table);
    return HM_OK;
}

HM_EXPORT int hm_means(const int32_t *table, int64_t rows, int64_t columns, const double *box,
                       double *found) {
    chosen->means(table, rows, columns, box, found);
    return HM_OK;
}

HM_EXPORT int hm_small(const hm_luma *luma, int64_t side, uint8_t *found) {
    return chosen->small(luma, side, found);
}

HM_EXPORT int hm_turned_codes(const double *spectra, int64_t count, const int64_t *turns,
                              int64_t ways, uint8_t *found) {
    chosen->turned_codes(spectra, count, turns, ways, found);
    return HM_OK;
}

HM_EXPORT int hm_part_qualities(const double *means, int64_t count, int64_t *found) {
    chosen->part_qualities(means, count, found);
    return HM_OK;
}

HM_EXPORT int hm_corner_runs(const double *means, int64_t count, double most, int64_t *found) {
    chosen->corner_runs(means, count, most, found);
    return HM_OK;
}

HM_EXPORT int hm_pieces(const hm_luma *luma, const hm_cutting *how, const double *shares,
                        int64_t most, int64_t *found, int64_t *count) {
    return chosen->pieces(luma, how, shares, most, found, count);
}

HM_EXPORT int hm_blobs(const uint8_t *mask, int64_t rows, int64_t columns, int64_t least,
                       int64_t most, int64_t room, int64_t *places, uint8_t *labels,
                       int64_t *found) {
    return chosen->blobs(mask, rows, columns, least, most, room, places, labels, found);
}

HM_EXPORT int hm_quad(const uint8_t *mask, int64_t rows, int64_t columns, const double *limits,
                      double *outline, int64_t *count, double *corners, double *area) {
    return chosen->quad(mask, rows, columns, limits, outline, count, corners, area);
}

HM_EXPORT int hm_ground(const hm_luma *luma, int64_t size, int64_t rank, int64_t *lit,
                        int64_t *apart) {
    chosen->ground(luma, size, rank, lit, apart);
    return HM_OK;
}

HM_EXPORT int hm_away(const hm_luma *luma, const float *down, const float *top, const float *way,
                      float low, float high, uint8_t *found) {
    return chosen->away(luma, down, top, way, low, high, found);
}

HM_EXPORT int hm_sharpen(const hm_point *quad, const hm_point *outline, int64_t count,
                         hm_point *corners, int *is_sharp) {
    return chosen->sharpen(quad, outline, count, corners, is_sharp);
}

HM_EXPORT int hm_front(const hm_luma *luma, const float *down, const float *across, int64_t side,
                       uint8_t *found) {
    chosen->front(luma, down, across, side, found);
    return HM_OK;
}

HM_EXPORT int hm_readings(const float *cells, float mean, const int32_t *places,
                          const float *weights, int64_t count, float *found) {
    return chosen->readings(cells, mean, places, weights, count, found);
}

HM_EXPORT int hm_steps(const hm_luma *luma, uint8_t *across, uint8_t *down) {
    chosen->steps(luma, across, down);
    return HM_OK;
}

HM_EXPORT int hm_detail(const uint8_t *across, const uint8_t *down, int64_t rows, int64_t columns,
                        int fine, double share, int64_t *where) {
    return chosen->detail(across, down, rows, columns, (uint8_t)fine, share, where);
}

HM_EXPORT int hm_rectangles(const uint8_t *across, const uint8_t *down, int64_t rows,
                            int64_t columns, int64_t least, int64_t most, const double *limits,
                            int64_t *places, int64_t *found) {
    return chosen->rectangles(across, down, rows, columns, least, most, limits, places, found);
}

HM_EXPORT int hm_slants(const hm_luma *luma, const int64_t *where, const int64_t *reach,
                        const double *limits, double *found) {
    return chosen->slants(luma, where, reach, limits, found);
}

HM_EXPORT int hm_flat_parts(const hm_luma *luma, int most, uint8_t *found, int64_t *counts) {
    return chosen->flat_parts(luma, most, found, counts);
}

HM_EXPORT int hm_area_of_level(const hm_luma *luma, const uint8_t *flat, int level, int alike,
                               int64_t rim, uint8_t *found, int64_t *count) {
    return chosen->area_of_level(luma, flat, level, alike, rim, found, count);
}

HM_EXPORT int hm_fill_areas(const double *light, const double *left, int64_t count,
                            double *found) {
    chosen->fill_areas(light, left, count, found);
    return HM_OK;
}

HM_EXPORT int hm_uncovered(const hm_luma *luma, const uint8_t *area, int64_t *light,
                           int64_t *left) {
    return chosen->uncovered(luma, area, light, left);
}

HM_EXPORT int hm_enclosed(const uint8_t *area, int64_t most, int64_t least, uint8_t *found) {
    chosen->enclosed(area, most, least, found);
    return HM_OK;
}

HM_EXPORT void hm_release(hm_found *found) {
    free(found->pairs);
    found->pairs = NULL;
    found->count = found->room = 0;
}
