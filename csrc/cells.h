/* Means of parts of a picture: what hashmatch/hashers/means.py does in NumPy, with the same bits.
 * Nothing is rounded but where a product or a quotient is written by itself. */
#include "codes.h"

enum { CELLS_OF_PART = 128, EDGES = CELLS_OF_PART + 1 };
#define PLACE_BITS 8
#define MEAN_BITS 12

/* What lies above and to the left of each corner of the pixels. */
static void sums(const hm_luma *luma, int32_t *table) {
    int64_t width = luma->columns + 1;
    memset(table, 0, (size_t)width * sizeof *table);
    for (int64_t row = 0; row < luma->rows; row++) {
        const uint8_t *samples = (const uint8_t *)luma->samples + row * luma->stride;
        int32_t *above = table + row * width, *to = above + width, run = 0;
        to[0] = 0;
        for (int64_t column = 0; column < luma->columns; column++) {
            run += samples[column];
            to[column + 1] = above[column + 1] + run;
        }
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

/* The means of the cells of a box (top, bottom, left, right), by the sums of the picture. */
static void means(const int32_t *table, int64_t rows, int64_t columns, const double *box,
                  double *found) {
    int32_t above[EDGES], before[EDGES];
    double down[EDGES], across[EDGES], last[2][EDGES] = {{0}}, sums_to[EDGES];
    double area = (box[1] - box[0]) * (box[3] - box[2]) / (CELLS_OF_PART * CELLS_OF_PART);
    edges_of(box[0], box[1], rows, above, down);
    edges_of(box[2], box[3], columns, before, across);
    for (int row = 0; row < EDGES; row++) {
        const int32_t *upper = table + above[row] * (columns + 1), *lower = upper + columns + 1;
        for (int at = 0; at < EDGES; at++) {
            int32_t left = before[at], right = left + 1;
            double one = (lower[left] - upper[left]) * down[row] + upper[left];
            double other = (lower[right] - upper[right]) * down[row] + upper[right];
            double strip = one - last[0][at];
            sums_to[at] = (other - last[1][at] - strip) * across[at] + strip;
            last[0][at] = one;
            last[1][at] = other;
        }
        for (int at = 0; at < CELLS_OF_PART && row; at++)
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
