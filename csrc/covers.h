/* What lies on a picture: what hashmatch/hashing/covering.py does in NumPy, with the same bits. */
#include "things.h"

enum { COVER = 64 };

static void add_uncovered(const uint8_t *restrict samples, const uint8_t *restrict covered,
                          int64_t columns, uint32_t *restrict bright, uint32_t *restrict count) {
    for (int64_t at = 0; at < columns; at++) {
        uint8_t left = covered[at] ? 0 : samples[at];
        bright[at] += left;
        count[at] += !covered[at];
    }
}

/* Sums over 64 × 64 cells of what an area does not cover: of brightness, and of pixels. */
static int uncovered(const hm_luma *luma, const uint8_t *area, int64_t *light, int64_t *left) {
    int64_t columns = luma->columns;
    uint32_t *bright = malloc(2 * (size_t)columns * sizeof *bright), *count = bright + columns;
    if (!bright)
        return HM_NO_MEMORY;
    for (int64_t cell = 0; cell < COVER * COVER; cell++) {
        int64_t row = cell / COVER, column = cell % COVER;
        int64_t end = (row + 1) * luma->rows / COVER, last = (column + 1) * columns / COVER;
        if (column == 0)
            memset(bright, 0, 2 * (size_t)columns * sizeof *bright);
        for (int64_t y = row * luma->rows / COVER; y < end && column == 0; y++) {
            const uint8_t *samples = (const uint8_t *)luma->samples + y * luma->stride;
            const uint8_t *covered = area + y * columns;
            add_uncovered(samples, covered, columns, bright, count);
        }
        light[cell] = left[cell] = 0;
        for (int64_t x = column * columns / COVER; x < last; x++) {
            light[cell] += bright[x];
            left[cell] += count[x];
        }
    }
    free(bright);
    return HM_OK;
}

/* A piece of an area: the run that owns it, its cells and the last of them. */
typedef struct {
    int32_t owner, size, last;
} piece;

static int larger_first(const void *one, const void *other) {
    const piece *left = one, *right = other;
    return left->size != right->size ? right->size - left->size : left->last - right->last;
}

/* Cells with one of a piece on all four sides, and those of the piece, are added to what was found. */
static void enclose(const run *runs, int64_t count, int32_t owner, uint8_t *found) {
    int32_t left[COVER], right[COVER], top[COVER], bottom[COVER];
    for (int at = 0; at < COVER; at++) {
        left[at] = top[at] = COVER;
        right[at] = bottom[at] = -1;
    }
    for (int64_t at = 0; at < count; at++) {
        if (runs[at].owner != owner)
            continue;
        int32_t row = runs[at].row;
        left[row] = (int32_t)smaller(left[row], runs[at].start);
        right[row] = runs[at].end - 1;
        for (int32_t column = runs[at].start; column < runs[at].end; column++) {
            top[column] = (int32_t)smaller(top[column], row);
            bottom[column] = row;
        }
    }
    for (int32_t row = 0; row < COVER; row++)
        for (int32_t column = left[row]; column <= right[row]; column++)
            found[row * COVER + column] |= top[column] <= row && row <= bottom[column];
}

/* Cells of an area of 64 × 64, and those that one of its largest pieces encloses. */
static void enclosed(const uint8_t *area, int64_t most, int64_t least, uint8_t *found) {
    run runs[COVER * COVER / 2];
    piece pieces[COVER * COVER / 2];
    int64_t count = runs_of(area, COVER, COVER, COVER * COVER / 2, runs);
    join_runs(runs, count);
    for (int64_t at = 0; at < count; at++) {
        int32_t owner = runs[at].owner = owner_of(runs, (int32_t)at);
        pieces[at] = (piece){owner, 0, 0};
        pieces[owner].size += runs[at].end - runs[at].start;
        pieces[owner].last = runs[at].row * COVER + runs[at].end;
    }
    qsort(pieces, (size_t)count, sizeof *pieces, larger_first);
    memcpy(found, area, COVER * COVER);
    for (int64_t at = 0; at < count && at < most && pieces[at].size >= least; at++)
        enclose(runs, count, pieces[at].owner, found);
}
