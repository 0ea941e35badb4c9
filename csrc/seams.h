/* Rectangles whose sides are seams: what hashmatch/hashing/seams.py does in NumPy, with the same
 * bits. */
#ifndef HASHMATCH_SEAMS_H
#define HASHMATCH_SEAMS_H

#include "codes.h"

static void apart(const uint8_t *one, const uint8_t *restrict other, int64_t count,
                  uint8_t *restrict found) {
    for (int64_t at = 0; at < count; at++) {
        uint8_t own = one[at], its = other[at];
        found[at] = (uint8_t)((own > its ? own : its) - (own > its ? its : own));
    }
}

/* How much two neighbours differ: of each pixel and the next one in its row, and in its column. */
static void steps(const hm_luma *luma, uint8_t *across, uint8_t *down) {
    int64_t columns = luma->columns;
    for (int64_t row = 0; row < luma->rows; row++) {
        const uint8_t *own = (const uint8_t *)luma->samples + row * luma->stride;
        apart(own, own + 1, columns - 1, across + row * (columns - 1));
        if (row + 1 < luma->rows)
            apart(own, own + luma->stride, columns, down + row * columns);
    }
}

/* Values, so many in a row, of which a line is read along or across. */
typedef struct {
    const uint8_t *values;
    int64_t rows, columns;
} table;

static int64_t count_above(const uint8_t *values, int64_t count, uint8_t least) {
    int64_t found = 0;
    for (int64_t first = 0; first < count; first += 128) {
        int64_t here = smaller(128, count - first);
        uint8_t some = 0;
        for (int64_t at = 0; at < here; at++)
            some += values[first + at] > least;
        found += some;
    }
    return found;
}

static void add_above(const uint8_t *restrict values, int64_t count, uint8_t least,
                      uint8_t *restrict sums) {
    for (int64_t at = 0; at < count; at++)
        sums[at] += values[at] > least;
}

/* How many values of each row are greater. */
static void count_rows(table of, uint8_t least, uint32_t *counts) {
    for (int64_t row = 0; row < of.rows; row++)
        counts[row] = (uint32_t)count_above(of.values + row * of.columns, of.columns, least);
}

/* How many values of each column are greater; `some` has room for as many bytes. */
static void count_columns(table of, uint8_t least, uint32_t *counts, uint8_t *some) {
    memset(counts, 0, (size_t)of.columns * sizeof *counts);
    for (int64_t first = 0; first < of.rows; first += 255) {
        memset(some, 0, (size_t)of.columns);
        for (int64_t row = first; row < smaller(first + 255, of.rows); row++)
            add_above(of.values + row * of.columns, of.columns, least, some);
        for (int64_t at = 0; at < of.columns; at++)
            counts[at] += some[at];
    }
}

/* The first line and the one behind the last that have detail. */
static void ends_with_detail(const uint32_t *counts, int64_t lines, int64_t length, double share,
                             int64_t *ends) {
    ends[0] = lines;
    ends[1] = 0;
    for (int64_t line = 0; line < lines; line++)
        if ((double)counts[line] / (double)length > share) {
            ends[0] = smaller(ends[0], line);
            ends[1] = line + 1;
        }
}

/* What has detail: top, bottom, left and right of the rows and the columns of which more than a share
 * of the steps along them is greater; all, if the outermost have. Where none has, top or left lies
 * behind the last. */
static int detail(const uint8_t *across, const uint8_t *down, int64_t rows, int64_t columns,
                  uint8_t fine, double share, int64_t *where) {
    table flat = {across, rows, columns - 1}, upright = {down, rows - 1, columns};
    uint32_t *counts = malloc((size_t)(rows + columns) * (sizeof *counts + 1));
    if (!counts)
        return HM_NO_MEMORY;
    uint32_t *right = counts + rows;
    memcpy(where, (int64_t[]){0, rows, 0, columns}, 4 * sizeof *where);
    int64_t last = 0, total = columns - 1, is_all = 1;
    for (int64_t row = 0; row < rows; row += rows > 1 ? rows - 1 : 1)
        is_all &= (double)count_above(across + row * total, total, fine) / (double)total > share;
    for (int64_t column = 0; column < columns && is_all; column += columns > 1 ? columns - 1 : 1) {
        last = 0;
        for (int64_t row = 0; row + 1 < rows; row++)
            last += down[row * columns + column] > fine;
        is_all &= (double)last / (double)(rows - 1) > share;
    }
    if (!is_all) {
        count_rows(flat, fine, counts);
        count_columns(upright, fine, right, (uint8_t *)(right + columns));
        ends_with_detail(counts, rows, columns - 1, share, where);
        ends_with_detail(right, columns, rows - 1, share, where + 2);
    }
    free(counts);
    return HM_OK;
}

enum { MOST_SEAMS = 20, MOST_PLACES = MOST_SEAMS + 2, BESIDE = 6, AROUND = 2 * BESIDE + 1 };

/* What makes seams: levels of a step, what stands out among others; how dense the sides of a
 * rectangle must be, those of one with an edge, of a half, of a band; how far the middle of that may
 * lie off, as a share of the picture. */
enum { STEP, STANDS_OUT, DENSE, DENSE_EDGE, DENSE_HALF, DENSE_BAND, MIDDLE };

/* The usual share of lines around one, and whether none nearby has more. */
static double usual_of(const double *shares, int64_t count, int64_t line, int *is_peak) {
    double around[AROUND];
    *is_peak = 1;
    for (int64_t at = 0; at < AROUND; at++) {
        int64_t near = line + at - BESIDE;
        double share = shares[near < 0 ? 0 : smaller(near, count - 1)];
        *is_peak &= at < BESIDE - 2 || at > BESIDE + 2 || share <= shares[line];
        int64_t place = at;
        for (; place > 0 && around[place - 1] > share; place--)
            around[place] = around[place - 1];
        around[place] = share;
    }
    return around[BESIDE];
}

/* The lines that stand out by most among those beside them, in order. */
static int64_t strongest(const uint32_t *counts, int64_t count, int64_t length, double least,
                         double *shares, int64_t *lines) {
    double beyond[MOST_SEAMS + 1];
    int64_t found = 0;
    for (int64_t line = 0; line < count; line++)
        shares[line] = (double)counts[line] / (double)length;
    for (int64_t line = 0; line < count && count > 2 * BESIDE; line++) {
        int is_peak;
        if (shares[line] < least)
            continue;
        double more = shares[line] - usual_of(shares, count, line, &is_peak);
        if (more < least || !is_peak)
            continue;
        /* Of those that stand out the least, the last goes. */
        int64_t place = found;
        lines[place] = line;
        beyond[place] = more;
        if (found++ < MOST_SEAMS)
            continue;
        int64_t weakest = MOST_SEAMS;
        for (int64_t at = MOST_SEAMS; at-- > 0;)
            weakest = beyond[at] < beyond[weakest] ? at : weakest;
        found = MOST_SEAMS;
        memmove(lines + weakest, lines + weakest + 1, (size_t)(found - weakest) * sizeof *lines);
        memmove(beyond + weakest, beyond + weakest + 1, (size_t)(found - weakest) * sizeof *beyond);
    }
    return found;
}

/* Lines of one direction, the edges of the picture first and last: where they are, and how many steps
 * each has up to each pixel. */
typedef struct {
    int64_t count, length, places[MOST_PLACES + 1];
    int32_t *up_to;
} seams;

/* Lines with one beside them, which counts as well; of the edges all are steps. `next` and `step`:
 * from line to line, and from pixel to pixel of one. */
static void run_up(const uint8_t *values, int64_t next, int64_t step, int64_t lines, uint8_t least,
                   seams *of) {
    for (int64_t at = 0; at < of->count; at++) {
        int is_edge = at == 0 || at == of->count - 1;
        int64_t line = of->places[at] - 1;
        int64_t before = line > 0 ? -next : 0, behind = line + 1 < lines ? next : 0;
        int32_t *to = of->up_to + at * (of->length + 1);
        to[0] = 0;
        for (int64_t pixel = 0; pixel < of->length; pixel++) {
            int is_step = 1;
            if (!is_edge) {
                const uint8_t *own = values + line * next + pixel * step;
                is_step = own[0] > least || own[before] > least || own[behind] > least;
            }
            to[pixel + 1] = to[pixel] + is_step;
        }
    }
}

/* The share of a line that is a step, between two places along it. */
INLINE double share_between(const seams *of, int64_t line, int64_t start, int64_t end) {
    const int32_t *up_to = of->up_to + line * (of->length + 1);
    return (double)(up_to[end] - up_to[start]) / (double)(end - start > 1 ? end - start : 1);
}

/* Where two lines lie: whether one is an edge of the picture, both are, or neither, around its
 * middle. */
typedef struct {
    int edge, edges, middle;
} lie;

static lie lie_of(int64_t first, int64_t second, int64_t length, double middle) {
    int edge = first == 0 || second == length;
    double off = (double)llabs(first + second - length);
    return (lie){edge, first == 0 && second == length,
                 !edge && off <= 2 * middle * (double)length};
}

/* How dense the sides of a rectangle must be. */
static double least_dense(lie across, lie down, const double *limits) {
    if (across.edges && down.edges)
        return 2;
    if ((across.edges && down.middle) || (across.middle && down.edges))
        return limits[DENSE_BAND];
    if ((across.edges && down.edge) || (across.edge && down.edges))
        return limits[DENSE_HALF];
    return across.edge || down.edge ? limits[DENSE_EDGE] : limits[DENSE];
}

/* A rectangle: top, bottom, left and right; by how much its sides are denser than they must be. */
typedef struct {
    int64_t where[4];
    double clear;
} seamed;

static int64_t area_of_seamed(const seamed *of) {
    return (of->where[1] - of->where[0]) * (of->where[3] - of->where[2]);
}

/* Whether no side of two differs by more than a hundredth of the larger's. */
static int are_alike(const seamed *one, const seamed *other) {
    for (int axis = 0; axis < 4; axis += 2) {
        int64_t own = one->where[axis + 1] - one->where[axis];
        int64_t its = other->where[axis + 1] - other->where[axis];
        double most = 0.01 * (double)(own > its ? own : its);
        for (int side = axis; side < axis + 2; side++)
            if ((double)llabs(one->where[side] - other->where[side]) > most)
                return 0;
    }
    return 1;
}

/* The floors of one pair of sides that make rectangles with them are added. */
static int64_t add_between(const seams *sides, const seams *floors, int64_t left, int64_t right,
                           int64_t least, const double *limits, seamed *found) {
    int64_t count = 0, start = sides->places[left], end = sides->places[right];
    lie across = lie_of(start, end, floors->length, limits[MIDDLE]);
    for (int64_t top = 0; top < floors->count; top++)
        for (int64_t bottom = 0; bottom < floors->count; bottom++) {
            int64_t first = floors->places[top], last = floors->places[bottom];
            if (last - first < least)
                continue;
            double wall = share_between(sides, left, first, last);
            double other = share_between(sides, right, first, last);
            double dense = wall < other ? wall : other;
            double needed =
                least_dense(across, lie_of(first, last, sides->length, limits[MIDDLE]), limits);
            if (dense < needed)
                continue;
            wall = share_between(floors, top, start, end);
            other = share_between(floors, bottom, start, end);
            other = wall < other ? wall : other;
            dense = dense < other ? dense : other;
            if (dense - needed >= 0)
                found[count++] = (seamed){{first, last, start, end}, dense - needed};
        }
    return count;
}

/* The clearest, then the largest, then the first, each time of those that are not alike to one
 * found before. */
static int64_t clearest(seamed *of, int64_t count, int64_t most, int64_t *places) {
    int64_t found = 0;
    for (; found < most && count; found++) {
        int64_t best = 0, left = 0;
        for (int64_t at = 1; at < count; at++)
            if (of[at].clear > of[best].clear ||
                (of[at].clear == of[best].clear &&
                 area_of_seamed(of + at) > area_of_seamed(of + best)))
                best = at;
        seamed taken = of[best];
        memcpy(places + 4 * found, taken.where, sizeof taken.where);
        for (int64_t at = 0; at < count; at++)
            if (!are_alike(of + at, &taken))
                of[left++] = of[at];
        count = left;
    }
    return found;
}

/* The strongest lines, by how many steps each has, between both edges. `room` is for as many numbers
 * as there are lines. */
static int64_t find_seams(const uint32_t *counts, int64_t lines, const double *limits, double *room,
                          seams *of) {
    int64_t found =
        strongest(counts, lines, of->length, limits[STANDS_OUT], room, of->places + 1);
    for (int64_t at = 1; at <= found; at++)
        of->places[at]++;
    of->places[found + 1] = lines + 1;
    of->count = found + 2;
    return found;
}

/* Rectangles with a seam on each side, or the picture's own edge, the clearest first, `most` at most:
 * top, bottom, left and right of each. */
static int rectangles(const uint8_t *across, const uint8_t *down, int64_t rows, int64_t columns,
                      int64_t least, int64_t most, const double *limits, int64_t *places,
                      int64_t *found) {
    int64_t longest = (rows > columns ? rows : columns) + 1, fewest = least > 1 ? least : 1;
    size_t room = (size_t)longest * (sizeof(double) + (2 * MOST_PLACES + 1) * sizeof(int32_t) + 1);
    double *shares = malloc(room);
    *found = 0;
    if (!shares)
        return HM_NO_MEMORY;
    uint32_t *counts = (uint32_t *)(void *)(shares + longest);
    int32_t *up_to = (int32_t *)(void *)(counts + longest);
    uint8_t *some = (uint8_t *)(up_to + 2 * MOST_PLACES * longest);
    seams sides = {0, rows, {0}, up_to}, floors = {0, columns, {0}, up_to + MOST_PLACES * longest};
    uint8_t step = (uint8_t)limits[STEP];
    count_columns((table){across, rows, columns - 1}, step, counts, some);
    int64_t seen = find_seams(counts, columns - 1, limits, shares, &sides);
    count_rows((table){down, rows - 1, columns}, step, counts);
    seen += find_seams(counts, rows - 1, limits, shares, &floors);
    int64_t all = sides.count * sides.count * floors.count * floors.count / 4, count = 0;
    seamed *those = seen ? malloc((size_t)all * sizeof *those) : NULL;
    if (those) {
        run_up(across, 1, columns - 1, columns - 1, step, &sides);
        run_up(down, columns, 1, rows - 1, step, &floors);
        for (int64_t left = 0; left < sides.count; left++)
            for (int64_t right = left + 1; right < sides.count; right++)
                if (sides.places[right] - sides.places[left] >= fewest)
                    count += add_between(&sides, &floors, left, right, fewest, limits,
                                         those + count);
        *found = clearest(those, count, most, places);
    }
    int is_short = seen && !those;
    free(those);
    free(shares);
    return is_short ? HM_NO_MEMORY : HM_OK;
}

#endif
