/* Areas of one brightness: what hashmatch/hashing/covering.py does in NumPy, with the same results. */
#ifndef HASHMATCH_AREAS_H
#define HASHMATCH_AREAS_H

#include "codes.h"

/* The smallest and the largest of bytes and of others beside them. */
static void lower(const uint8_t *restrict other, int64_t count, uint8_t *restrict own) {
    for (int64_t at = 0; at < count; at++)
        own[at] = other[at] < own[at] ? other[at] : own[at];
}

static void lift(const uint8_t *restrict other, int64_t count, uint8_t *restrict own) {
    for (int64_t at = 0; at < count; at++)
        own[at] = other[at] > own[at] ? other[at] : own[at];
}

static void tell_flat(const uint8_t *restrict low, const uint8_t *restrict high, int64_t count,
                      uint8_t most, uint8_t *restrict found) {
    for (int64_t at = 0; at < count; at++)
        found[at] = (uint8_t)(high[at] - low[at]) <= most;
}

/* Which flat bytes lie between two, these included. */
static void tell_near(const uint8_t *restrict samples, const uint8_t *restrict flat, int64_t count,
                      uint8_t first, uint8_t last, uint8_t *restrict found) {
    for (int64_t at = 0; at < count; at++)
        found[at] = flat[at] & (samples[at] >= first) & (samples[at] <= last);
}

/* Which pixels differ little from all that are around them; how many of these have each level. */
static int flat_parts(const hm_luma *luma, int most, uint8_t *found, int64_t *counts) {
    int64_t columns = luma->columns;
    uint8_t *low = malloc(3 * (size_t)columns), *high = low + columns, *range = high + columns;
    if (!low)
        return HM_NO_MEMORY;
    memset(counts, 0, 256 * sizeof *counts);
    for (int64_t row = 0; row < luma->rows; row++) {
        const uint8_t *own = (const uint8_t *)luma->samples + row * luma->stride;
        const uint8_t *above = row > 0 ? own - luma->stride : own;
        const uint8_t *below = row + 1 < luma->rows ? own + luma->stride : own;
        memcpy(low, own, (size_t)columns);
        lower(above, columns, low);
        lower(below, columns, low);
        memcpy(high, own, (size_t)columns);
        lift(above, columns, high);
        lift(below, columns, high);
        for (int side = 0; side < 2; side++) {
            uint8_t *of = side ? high : low;
            memcpy(range, of, (size_t)columns);
            (side ? lift : lower)(of + 1, columns - 1, range);
            (side ? lift : lower)(of, columns - 1, range + 1);
            memcpy(of, range, (size_t)columns);
        }
        uint8_t *to = found + row * columns;
        tell_flat(low, high, columns, (uint8_t)most, to);
        for (int64_t at = 0; at < columns; at++)
            counts[own[at]] += to[at];
    }
    free(low);
    return HM_OK;
}

/* Flat pixels within so many levels of one, and those so near to them: how many. */
static int area_of_level(const hm_luma *luma, const uint8_t *flat, int level, int alike, int64_t rim,
                         uint8_t *found, int64_t *count) {
    int64_t columns = luma->columns, rows = luma->rows;
    uint8_t *near = malloc((size_t)(rows + 1) * (size_t)columns), *own = near;
    if (!near)
        return HM_NO_MEMORY;
    uint8_t *raw = near + rows * columns;
    uint8_t first = (uint8_t)(level > alike ? level - alike : 0);
    uint8_t last = (uint8_t)(level + alike < 255 ? level + alike : 255);
    for (int64_t row = 0; row < rows; row++, own += columns) {
        const uint8_t *samples = (const uint8_t *)luma->samples + row * luma->stride;
        tell_near(samples, flat + row * columns, columns, first, last, raw);
        memcpy(own, raw, (size_t)columns);
        for (int64_t off = 1; off <= rim && off < columns; off++) {
            lift(raw + off, columns - off, own);
            lift(raw, columns - off, own + off);
        }
    }
    int64_t total = 0;
    for (int64_t row = 0; row < rows; row++) {
        uint8_t *to = found + row * columns;
        memset(to, 0, (size_t)columns);
        for (int64_t other = row > rim ? row - rim : 0; other <= smaller(row + rim, rows - 1); other++)
            lift(near + other * columns, columns, to);
        for (int64_t at = 0; at < columns; at++)
            total += to[at];
    }
    *count = total;
    free(near);
    return HM_OK;
}

enum { AREA_SIDE = 64, AREA_CELLS = AREA_SIDE * AREA_SIDE };

/* Sums of four cells, of a square of so many. */
static void fourths(const double *cells, int64_t side, double *found) {
    for (int64_t row = 0; row < side; row += 2)
        for (int64_t at = 0; at < side; at += 2) {
            const double *upper = cells + row * side + at, *lower = upper + side;
            *found++ = (upper[0] + lower[0]) + (upper[1] + lower[1]);
        }
}

/* Each cell with those beside it: cells of a line follow each other after `step`. */
static void smooth(const double *cells, int64_t side, int64_t step, double *found) {
    int64_t next = step == 1 ? side : 1;
    for (int64_t line = 0; line < side; line++)
        for (int64_t at = 0; at < side; at++) {
            const double *own = cells + line * next + at * step;
            double before = own[at > 0 ? -step : 0], behind = own[at + 1 < side ? step : 0];
            found[line * next + at * step] = (before + 2 * own[0] + behind) / 4;
        }
}

/* What is left of 64 × 64 cells, and what fills the rest: from coarse to fine. Of each cell, its sum of
 * brightness that is left, and the share. */
static void fill_cells(const double *light, const double *left, double *found) {
    double lights[2 * AREA_CELLS], lefts[2 * AREA_CELLS], wide[AREA_CELLS], coarse[AREA_CELLS];
    const double *light_of[7] = {light}, *left_of[7] = {left};
    double *next_light = lights, *next_left = lefts;
    int level = 0;
    for (int64_t side = AREA_SIDE; side > 1; side /= 2, level++) {
        fourths(light_of[level], side, next_light);
        fourths(left_of[level], side, next_left);
        light_of[level + 1] = next_light;
        left_of[level + 1] = next_left;
        next_light += side * side / 4;
        next_left += side * side / 4;
    }
    found[0] = light_of[level][0] / (left_of[level][0] > 1e-9 ? left_of[level][0] : 1e-9);
    for (int64_t side = 2; side <= AREA_SIDE; side *= 2) {
        level--;
        for (int64_t at = 0; at < side * side; at++)
            wide[at] = found[at / side / 2 * (side / 2) + at % side / 2];
        smooth(wide, side, side, coarse);
        smooth(coarse, side, 1, wide);
        for (int64_t at = 0; at < side * side; at++) {
            double own = left_of[level][at], share = own < 1 ? own : 1;
            double filled = light_of[level][at] / (own > 1e-9 ? own : 1e-9) * share;
            found[at] = wide[at] * (1 - share) + filled;
        }
    }
}

static void fill_areas(const double *light, const double *left, int64_t count, double *found) {
    for (int64_t each = 0; each < count * AREA_CELLS; each += AREA_CELLS)
        fill_cells(light + each, left + each, found + each);
}

#endif
