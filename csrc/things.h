/* Things on a ground, and four corners of each: what hashmatch/hashing/blobs.py and corners.py do in
 * NumPy, with the same bits. Masks have a byte for each pixel, 0 or 1. */
#ifndef HASHMATCH_THINGS_H
#define HASHMATCH_THINGS_H

#include <float.h>
#include <math.h>

#include "codes.h"

/* Pixels beside each other in a row, and the run of those that it is joined with. */
typedef struct {
    int32_t row, start, end, owner;
} run;

/* All runs of a mask, in reading order; more than `most` if there are more. */
static int64_t runs_of(const uint8_t *mask, int64_t rows, int64_t columns, int64_t most,
                       run *found) {
    int64_t count = 0;
    for (int64_t row = 0; row < rows; row++) {
        const uint8_t *first = mask + row * columns, *stop = first + columns, *at = first;
        while (at < stop && (at = memchr(at, 1, (size_t)(stop - at)))) {
            const uint8_t *end = memchr(at, 0, (size_t)(stop - at));
            end = end ? end : stop;
            if (count == most)
                return most + 1;
            found[count] = (run){(int32_t)row, (int32_t)(at - first), (int32_t)(end - first),
                                 (int32_t)count};
            count++;
            at = end;
        }
    }
    return count;
}

static int32_t owner_of(run *runs, int32_t at) {
    while (runs[at].owner != at)
        at = runs[at].owner = runs[runs[at].owner].owner;
    return at;
}

/* Join runs that touch along a side; the first of those that are joined owns them. */
static void join_runs(run *runs, int64_t count) {
    int64_t above = 0;
    for (int64_t at = 0; at < count; at++) {
        while (runs[above].row < runs[at].row - 1 ||
               (runs[above].row == runs[at].row - 1 && runs[above].end <= runs[at].start))
            above++;
        for (int64_t each = above;
             runs[each].row == runs[at].row - 1 && runs[each].start < runs[at].end; each++) {
            int32_t one = owner_of(runs, (int32_t)each), other = owner_of(runs, (int32_t)at);
            runs[one > other ? one : other].owner = one > other ? other : one;
        }
    }
}

/* The box of what each run owns: top, bottom, left, right; empty if it owns nothing. */
static void boxes_of(run *runs, int64_t count, int32_t *boxes) {
    memset(boxes, 0, (size_t)count * 4 * sizeof *boxes);
    for (int64_t at = 0; at < count; at++) {
        int32_t owner = owner_of(runs, (int32_t)at), *box = boxes + 4 * owner;
        if (owner == at)
            memcpy(box, (int32_t[]){runs[at].row, 0, runs[at].start, runs[at].end}, 4 * sizeof *box);
        box[1] = runs[at].row + 1;
        box[2] = runs[at].start < box[2] ? runs[at].start : box[2];
        box[3] = runs[at].end > box[3] ? runs[at].end : box[3];
    }
}

/* The place of the largest box whose sides are long enough; -1 if there is none. */
static int64_t largest_of(const int32_t *boxes, int64_t count, int64_t least) {
    int64_t found = -1, most = 0;
    for (int64_t at = 0; at < count; at++) {
        int64_t tall = boxes[4 * at + 1] - boxes[4 * at], wide = boxes[4 * at + 3] - boxes[4 * at + 2];
        if (smaller(tall, wide) >= least && tall * wide > most) {
            found = at;
            most = tall * wide;
        }
    }
    return found;
}

/* The largest things whose pixels touch along a side, at most 255: box of each (top, bottom, left,
 * right); `labels` says of each pixel of which it is, counted from 1. None where there are more runs
 * than `room`. */
static int blobs(const uint8_t *mask, int64_t rows, int64_t columns, int64_t least, int64_t most,
                 int64_t room, int64_t *places, uint8_t *labels, int64_t *found) {
    run *runs = malloc((size_t)(room + 1) * (sizeof *runs + 4 * sizeof(int32_t)));
    if (!runs)
        return HM_NO_MEMORY;
    int32_t *boxes = (int32_t *)(void *)(runs + room + 1);
    int64_t count = runs_of(mask, rows, columns, room, runs);
    count = count > room ? 0 : count;
    join_runs(runs, count);
    boxes_of(runs, count, boxes);
    memset(labels, 0, (size_t)(rows * columns));
    for (*found = 0; *found < most; ++*found) {
        int64_t owner = largest_of(boxes, count, least);
        if (owner < 0)
            break;
        for (int side = 0; side < 4; side++)
            places[4 * *found + side] = boxes[4 * owner + side];
        boxes[4 * owner + 1] = boxes[4 * owner];
        for (int64_t at = owner; at < count; at++)
            if (owner_of(runs, (int32_t)at) == owner)
                memset(labels + runs[at].row * columns + runs[at].start, (int)*found + 1,
                       (size_t)(runs[at].end - runs[at].start));
    }
    free(runs);
    return HM_OK;
}

/* First and last pixel of each line of a mask, and how many it has. */
typedef struct {
    int32_t *first, *last, *count;
} ends;

static void ends_of(const uint8_t *mask, int64_t rows, int64_t columns, ends down, ends across) {
    for (int64_t column = 0; column < columns; column++) {
        down.first[column] = (int32_t)rows;
        down.last[column] = down.count[column] = 0;
    }
    for (int64_t row = 0; row < rows; row++, mask += columns) {
        int32_t total = 0, at = (int32_t)row;
        for (int64_t column = 0; column < columns; column++) {
            int32_t here = mask[column];
            total += here;
            down.count[column] += here;
            down.last[column] = here ? at : down.last[column];
            down.first[column] = here && at < down.first[column] ? at : down.first[column];
        }
        across.count[row] = total;
        const uint8_t *found = total ? memchr(mask, 1, (size_t)columns) : NULL;
        across.first[row] = found ? (int32_t)(found - mask) : 0;
        int64_t last = found ? columns - 1 : 0;
        while (last > 0 && !mask[last])
            last--;
        across.last[row] = (int32_t)last;
    }
}

/* What lies between the ends of all lines that have two pixels or more. */
typedef struct {
    int64_t lines, first, last, area;
} extent;

static extent extent_of(ends of, int64_t count) {
    extent found = {0, 0, 0, 0};
    for (int64_t line = 0; line < count; line++) {
        if (of.count[line] < 2)
            continue;
        found.first = found.lines++ ? found.first : line;
        found.last = line;
        found.area += of.last[line] - of.first[line] + 1;
    }
    return found;
}

typedef hm_point point;

static double cross_of(point one, point other, point third) {
    double across = (other.row - one.row) * (third.column - one.column);
    return across - (other.column - one.column) * (third.row - one.row);
}

static double size_of(double value) { return value < 0 ? -value : value; }

/* Half of the convex hull (Andrew's monotone chain): add a point. */
static int64_t add_to_hull(point *hull, int64_t first, int64_t count, point next) {
    while (count - first > 1 && cross_of(hull[count - 2], hull[count - 1], next) <= 0)
        count--;
    hull[count] = next;
    return count + 1;
}

/* The convex hull of the outermost points of rows, in order. */
static int64_t hull_of(const int32_t *left, const int32_t *right, int64_t rows, point *hull) {
    int64_t count = 0, first = 0;
    for (int half = 0; half < 2; half++) {
        for (int64_t at = 0; at < rows; at++) {
            int64_t row = half ? rows - 1 - at : at;
            if (left[row] > right[row])
                continue;
            int32_t near = half ? right[row] : left[row], far = half ? left[row] : right[row];
            count = add_to_hull(hull, first, count, (point){(double)row, near});
            if (near != far)
                count = add_to_hull(hull, first, count, (point){(double)row, far});
        }
        /* The last point is the first of the other half. */
        first = count = count > first ? count - 1 : count;
    }
    return count;
}

static double area_of(const point *hull, int64_t count) {
    double total = 0;
    for (int64_t at = 0; at < count; at++) {
        point one = hull[at], other = hull[(at + 1) % count];
        total += one.row * other.column - one.column * other.row;
    }
    return size_of(total) / 2;
}

/* The area that is added if a side goes, DBL_MAX if it never can, and where its neighbours meet. */
typedef struct {
    double area;
    point met;
} merged;

static merged merge(const point *sides, int64_t count, int64_t at) {
    point before = sides[(at + count - 1) % count], one = sides[at];
    point other = sides[(at + 1) % count], after = sides[(at + 2) % count];
    point first = {one.row - before.row, one.column - before.column};
    point second = {other.row - after.row, other.column - after.column};
    double area = first.row * second.column - first.column * second.row;
    merged never = {DBL_MAX, one};
    if (size_of(area) < 1e-9)
        return never;
    point gap = {after.row - before.row, after.column - before.column};
    double along = (gap.row * second.column - gap.column * second.row) / area;
    double back = (gap.row * first.column - gap.column * first.row) / area;
    if (along < 1 || back < 1)
        return never;
    point met = {before.row + along * first.row, before.column + along * first.column};
    return (merged){size_of(cross_of(one, met, other)) / 2, met};
}

/* Leave out that side which adds the least area, again and again; whether four are left. */
static int four_of(point *sides, int64_t count, merged *of) {
    for (int64_t at = 0; at < count; at++)
        of[at] = merge(sides, count, at);
    while (count > 4) {
        int64_t least = 0;
        for (int64_t at = 1; at < count; at++)
            least = of[at].area < of[least].area ? at : least;
        if (of[least].area == DBL_MAX)
            return 0;
        sides[least] = of[least].met;
        int64_t gone = (least + 1) % count--;
        memmove(sides + gone, sides + gone + 1, (size_t)(count - gone) * sizeof *sides);
        memmove(of + gone, of + gone + 1, (size_t)(count - gone) * sizeof *of);
        least -= gone == 0;
        for (int64_t near = least + count - 2; near < least + count + 2; near++)
            of[near % count] = merge(sides, count, near % count);
    }
    return 1;
}

/* Points where lines begin and end, behind each other. */
static int64_t points_of(ends across, int64_t rows, ends down, int64_t columns, point *found) {
    int64_t count = 0;
    for (int side = 0; side < 2; side++)
        for (int64_t row = 0; row < rows; row++)
            if (across.count[row] > 1)
                found[count++] =
                    (point){(double)row, side ? across.last[row] : across.first[row]};
    for (int side = 0; side < 2; side++)
        for (int64_t column = 0; column < columns; column++)
            if (down.count[column] > 1)
                found[count++] =
                    (point){side ? down.last[column] : down.first[column], (double)column};
    return count;
}

/* The outermost points of each row, of those of an outline. */
static void outermost(const point *points, int64_t count, int64_t rows, int32_t *left,
                      int32_t *right) {
    for (int64_t row = 0; row < rows; row++) {
        left[row] = INT32_MAX;
        right[row] = -1;
    }
    for (int64_t at = 0; at < count; at++) {
        int64_t row = (int64_t)points[at].row;
        int32_t column = (int32_t)points[at].column;
        left[row] = column < left[row] ? column : left[row];
        right[row] = column > right[row] ? column : right[row];
    }
}

/* Four sides around a thing, if it is tilted: its outline, the four corners, the area of its hull.
 *
 * Limits: the fewest lines, which share of its upright box it does not fill, by how much of that its
 * rows and columns differ at most, which share of its hull it fills. */
static int quad(const uint8_t *mask, int64_t rows, int64_t columns, const double *limits,
                double *outline, int64_t *count, double *corners, double *area) {
    size_t lines = (size_t)(rows + columns);
    *count = 0;
    int32_t *kept = malloc(lines * (3 * sizeof *kept + 2 * (sizeof(point) + sizeof(merged))));
    if (!kept)
        return HM_NO_MEMORY;
    merged *of = (merged *)(void *)kept;
    point *hull = (point *)(void *)(of + 2 * lines), *points = (point *)(void *)outline;
    int32_t *line = (int32_t *)(void *)(hull + 2 * lines);
    ends across = {line, line + rows, line + 2 * rows};
    line += 3 * rows;
    ends down = {line, line + columns, line + 2 * columns};
    ends_of(mask, rows, columns, down, across);
    extent by_rows = extent_of(across, rows), by_columns = extent_of(down, columns);
    double box = (double)((by_rows.last - by_rows.first + 1) * (by_columns.last - by_columns.first + 1));
    double most = (double)(by_rows.area > by_columns.area ? by_rows.area : by_columns.area);
    double apart = size_of((double)(by_rows.area - by_columns.area));
    int is_one = (double)smaller(by_rows.lines, by_columns.lines) >= limits[0] &&
                 most <= limits[1] * box && apart <= limits[2] * box;
    if (is_one) {
        int64_t found = points_of(across, rows, down, columns, points);
        outermost(points, found, rows, across.first, across.last);
        int64_t sides = hull_of(across.first, across.last, rows, hull);
        *area = area_of(hull, sides);
        if (sides >= 4 && most >= limits[3] * *area && four_of(hull, sides, of)) {
            memcpy(corners, hull, 4 * sizeof *hull);
            *count = found;
        }
    }
    free(kept);
    return HM_OK;
}

/* The nearest whole number, of two the even one. */
#define WHOLE_FLOAT(value) ((value) + 12582912.0f - 12582912.0f)

/* Places of a row of pixels seen from the front, `FRONT_PLACES` at most: the pixel above and to the
 * left, and how far each lies from it. */
enum { FRONT_PLACES = 128 };
typedef struct {
    int32_t top[FRONT_PLACES], left[FRONT_PLACES];
    float row[FRONT_PLACES], column[FRONT_PLACES];
} seen_row;

/* A place along an axis, moved into the picture, as a pixel that is not the last and what lies
 * beyond. */
INLINE int32_t pixel_of(float place, float most, int32_t last, float *beyond) {
    place = place > 0 ? place : 0;
    place = place < most ? place : most;
    int32_t pixel = (int32_t)place;
    pixel = pixel < last ? pixel : last;
    *beyond = place - (float)pixel;
    return pixel;
}

/* What gives places in the picture: of a row for row, column and what both are divided by; of
 * columns, the same `side` numbers from each other. */
static void see_row(const hm_luma *luma, const float *down, const float *across, int64_t side,
                    int64_t count, seen_row *places) {
    float lowest = (float)(luma->rows - 1), rightmost = (float)(luma->columns - 1);
    int32_t last_row = (int32_t)(luma->rows > 2 ? luma->rows - 2 : 0);
    int32_t last_column = (int32_t)(luma->columns > 2 ? luma->columns - 2 : 0);
    for (int64_t x = 0; x < count; x++) {
        float over = down[2] + across[2 * side + x];
        float row = (down[0] + across[x]) / over - 0.5f;
        float column = (down[1] + across[side + x]) / over - 0.5f;
        places->top[x] = pixel_of(row, lowest, last_row, places->row + x);
        places->left[x] = pixel_of(column, rightmost, last_column, places->column + x);
    }
}

/* The brightness at places of a row, between the four pixels around each. */
static void read_row(const hm_luma *luma, const seen_row *places, int64_t count, uint8_t *found) {
    uint8_t near[4][FRONT_PLACES];
    int64_t right = luma->columns > 1, below = luma->rows > 1 ? luma->stride : 0;
    for (int64_t x = 0; x < count; x++) {
        const uint8_t *at =
            (const uint8_t *)luma->samples + places->top[x] * luma->stride + places->left[x];
        near[0][x] = at[0];
        near[1][x] = at[right];
        near[2][x] = at[below];
        near[3][x] = at[below + right];
    }
    for (int64_t x = 0; x < count; x++) {
        float upper = near[0][x] + (near[1][x] - near[0][x]) * places->column[x];
        float lower = near[2][x] + (near[3][x] - near[2][x]) * places->column[x];
        found[x] = (uint8_t)(int32_t)WHOLE_FLOAT(upper + (lower - upper) * places->row[x]);
    }
}

/* A quadrilateral seen from the front, (side, side) pixels. What gives places in the picture, `side`
 * numbers for each of row, column and what both are divided by: of each row, and of each column. */
static void front(const hm_luma *luma, const float *down, const float *across, int64_t side,
                  uint8_t *found) {
    seen_row places;
    for (int64_t y = 0; y < side; y++) {
        float own[3] = {down[y], down[side + y], down[2 * side + y]};
        for (int64_t x = 0; x < side; x += FRONT_PLACES) {
            int64_t count = smaller(FRONT_PLACES, side - x);
            see_row(luma, own, across + x, side, count, &places);
            read_row(luma, &places, count, found + y * side + x);
        }
    }
}

#endif
