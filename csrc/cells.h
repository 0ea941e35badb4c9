/* Means of parts of a picture: what hashmatch/hashers/means.py does in NumPy, with the same bits.
 * Nothing is rounded but where a product or a quotient is written by itself. */
#include "codes.h"

enum { CELLS_OF_PART = 128, EDGES = CELLS_OF_PART + 1 };
#define PLACE_BITS 8
#define MEAN_BITS 12

/* Sums of four rows and all that lies above and to the left: side by side, as each sum waits for the
 * one before it. */
static void sum_four(const uint8_t *samples, int64_t stride, int64_t columns,
                     const int32_t *restrict above, int32_t *restrict to) {
    const uint8_t *two = samples + stride, *three = two + stride, *four = three + stride;
    int64_t width = columns + 1;
    int32_t runs[4] = {0};
    for (int64_t at = 0; at < columns; at++) {
        int32_t total = above[at + 1];
        to[at + 1] = total += runs[0] += samples[at];
        to[width + at + 1] = total += runs[1] += two[at];
        to[2 * width + at + 1] = total += runs[2] += three[at];
        to[3 * width + at + 1] = total += runs[3] += four[at];
    }
}

/* What lies above and to the left of each corner of the pixels. */
static void sums(const hm_luma *luma, int32_t *table) {
    int64_t width = luma->columns + 1, row = 0;
    memset(table, 0, (size_t)width * sizeof *table);
    for (int64_t each = 1; each <= luma->rows; each++)
        table[each * width] = 0;
    for (; row + 4 <= luma->rows; row += 4)
        sum_four((const uint8_t *)luma->samples + row * luma->stride, luma->stride, luma->columns,
                 table + row * width, table + (row + 1) * width);
    for (; row < luma->rows; row++) {
        const uint8_t *samples = (const uint8_t *)luma->samples + row * luma->stride;
        int32_t *above = table + row * width, *to = above + width, run = 0;
        for (int64_t at = 0; at < luma->columns; at++)
            to[at + 1] = above[at + 1] + (run += samples[at]);
    }
}

/* The edges of cells along an axis: the pixel before each, and how far it is from that. */
static void edges_of(double start, double end, int64_t most, int32_t *before, double *apart) {
    for (int at = 0; at < EDGES; at++) {
        double place = ROUNDED(start + (end - start) / CELLS_OF_PART * at, PLACE_BITS);
        place = place > 0 ? place : 0;
        place = place < (double)most ? place : (double)most;
        int32_t pixel = (int32_t)place;
        before[at] = pixel < most - 1 ? pixel : (int32_t)most - 1;
        apart[at] = place - before[at];
    }
}

/* Sums up to a place between two rows of the table: at the pixel before each edge, and behind it. */
static void sums_at(const int32_t *upper, const int32_t *lower, double down, const int32_t *before,
                    double *found) {
    int32_t near[2][2 * EDGES];
    for (int at = 0; at < EDGES; at++) {
        memcpy(near[0] + 2 * at, upper + before[at], 2 * sizeof *upper);
        memcpy(near[1] + 2 * at, lower + before[at], 2 * sizeof *lower);
    }
    for (int at = 0; at < 2 * EDGES; at++)
        found[at] = (near[1][at] - near[0][at]) * down + near[0][at];
}

/* The means of the cells of a box (top, bottom, left, right), by the sums of the picture. */
static void means(const int32_t *table, int64_t rows, int64_t columns, const double *box,
                  double *found) {
    int32_t above[EDGES], before[EDGES];
    double down[EDGES], across[EDGES], up_to[2][2 * EDGES], strip[2 * EDGES], sums_to[EDGES];
    double area = (box[1] - box[0]) * (box[3] - box[2]) / (CELLS_OF_PART * CELLS_OF_PART);
    edges_of(box[0], box[1], rows, above, down);
    edges_of(box[2], box[3], columns, before, across);
    for (int row = 0; row < EDGES; row++) {
        const int32_t *upper = table + above[row] * (columns + 1);
        sums_at(upper, upper + columns + 1, down[row], before, up_to[row % 2]);
        if (!row)
            continue;
        for (int at = 0; at < 2 * EDGES; at++)
            strip[at] = up_to[row % 2][at] - up_to[!(row % 2)][at];
        for (int at = 0; at < EDGES; at++)
            sums_to[at] = (strip[2 * at + 1] - strip[2 * at]) * across[at] + strip[2 * at];
        for (int at = 0; at < CELLS_OF_PART; at++)
            found[(row - 1) * CELLS_OF_PART + at] =
                ROUNDED((sums_to[at + 1] - sums_to[at]) / area, MEAN_BITS);
    }
}

/* Means of boxes from the sums of their columns. A total and a half lies far enough from multiples
 * of the area that its share is cut right. */
INLINE void share_out(const int32_t *totals, int64_t count, int64_t side, uint8_t *found) {
    int32_t area = (int32_t)(side * side);
    double share = 1.0 / area;
    for (int64_t box = 0; box < count; box++) {
        int32_t total = area / 2;
        for (int64_t at = 0; at < side; at++)
            total += totals[box * side + at];
        found[box] = (uint8_t)((total + 0.5) * share);
    }
}

/* Means of boxes of `side` × `side` pixels, halves rounded up; pixels behind the last whole box are
 * left out. */
static int small(const hm_luma *luma, int64_t side, uint8_t *found) {
    int64_t count = luma->columns / side, columns = count * side;
    int32_t *totals = malloc((size_t)columns * sizeof *totals);
    if (!totals && count)
        return HM_NO_MEMORY;
    for (int64_t first = 0; first + side <= luma->rows && count; first += side) {
        memset(totals, 0, (size_t)columns * sizeof *totals);
        for (int64_t row = first; row < first + side; row++) {
            const uint8_t *samples = (const uint8_t *)luma->samples + row * luma->stride;
            for (int64_t column = 0; column < columns; column++)
                totals[column] += samples[column];
        }
        if (side == 2)
            share_out(totals, count, 2, found);
        else
            share_out(totals, count, side, found);
        found += count;
    }
    free(totals);
    return HM_OK;
}
