/* The plain ground of a picture, what is not of it, and the four sides of a thing that lies on it,
 * sharpened: what hashmatch/hashing/corners.py does in NumPy, with the same bits. */
#ifndef HASHMATCH_GROUNDS_H
#define HASHMATCH_GROUNDS_H

#include "things.h"

/* The value of a rank among counted ones. */
static int64_t ranked(const uint32_t *counts, int64_t rank) {
    int64_t value = 0;
    while (counts[value] <= rank)
        rank -= counts[value++];
    return value;
}

/* How the four corners are lit (the medians of `size` × `size` pixels, twice), and how far pixels of
 * them lie from that, twice: the one of a rank, and the next. */
static void ground(const hm_luma *luma, int64_t size, int64_t rank, int64_t *lit, int64_t *apart) {
    int64_t tall = smaller(size, luma->rows), wide = smaller(size, luma->columns);
    int64_t count = tall * wide;
    uint32_t counts[4][256] = {{0}}, far[512] = {0};
    for (int corner = 0; corner < 4; corner++) {
        const uint8_t *from = luma->samples;
        from += corner / 2 * (luma->rows - tall) * luma->stride;
        from += corner % 2 * (luma->columns - wide);
        for (int64_t at = 0; at < count; at++)
            counts[corner][from[at / wide * luma->stride + at % wide]]++;
        lit[corner] = ranked(counts[corner], count / 2) + ranked(counts[corner], (count - 1) / 2);
        for (int64_t level = 0; level < 256; level++)
            far[llabs(2 * level - lit[corner])] += counts[corner][level];
    }
    apart[0] = ranked(far, rank);
    apart[1] = ranked(far, rank + 1);
}

/* Which pixels of a row are darker than the ground by more than `low`, or brighter by more than
 * `high`; the ground runs from the level at the top by a share of the way to that at the foot. */
static void off_ground(const uint8_t *samples, int64_t columns, const float *top, const float *way,
                       float share, float low, float high, uint8_t *found) {
    for (int64_t column = 0; column < columns; column++) {
        float level = top[column] + way[column] * share;
        float off = (float)samples[column] - level;
        found[column] = (off < low) | (off > high);
    }
}

/* What is not of the ground, and has most of the nine pixels around it.
 *
 * `down`: of each row, its share of the way from the top to the foot. */
static int away(const hm_luma *luma, const float *down, const float *top, const float *way,
                float low, float high, uint8_t *found) {
    int64_t columns = luma->columns, width = columns + 2;
    uint8_t *flags = calloc(4, (size_t)width), *sums = flags ? flags + 3 * width : NULL;
    if (!flags)
        return HM_NO_MEMORY;
    for (int64_t row = 0; row <= luma->rows; row++) {
        uint8_t *own = flags + row % 3 * width + 1;
        if (row < luma->rows)
            off_ground((const uint8_t *)luma->samples + row * luma->stride, columns, top, way,
                       down[row], low, high, own);
        else
            memset(own, 0, (size_t)columns);
        for (int64_t at = 0; at < width; at++)
            sums[at] = (uint8_t)(flags[at] + flags[width + at] + flags[2 * width + at]);
        uint8_t *to = found + (row - 1) * columns;
        for (int64_t column = 0; column < columns && row; column++)
            to[column] = sums[column] + sums[column + 1] + sums[column + 2] > 4;
    }
    free(flags);
    return HM_OK;
}

/* The value of a rank; values change places. */
static double select_rank(double *values, int64_t count, int64_t rank) {
    int64_t low = 0, high = count - 1;
    while (low < high) {
        double pivot = values[low + (high - low) / 2];
        int64_t left = low, right = high;
        while (left <= right) {
            while (values[left] < pivot)
                left++;
            while (values[right] > pivot)
                right--;
            if (left <= right) {
                double value = values[left];
                values[left++] = values[right];
                values[right--] = value;
            }
        }
        if (rank <= right)
            high = right;
        else if (rank >= left)
            low = left;
        else
            break;
    }
    return values[rank];
}

/* Points beside a side: how far along it, and how far off. */
typedef struct {
    double *along, *off, *apart, *ranks;
    int64_t count;
} beside;

/* The line that fits points best: how far it lies off where the side begins, and how much more for
 * each pixel. */
static void fit_line(const beside *points, double *level, double *slope) {
    double along = 0, off = 0, both = 0, square = 0;
    for (int64_t at = 0; at < points->count; at++) {
        along += points->along[at];
        off += points->off[at];
    }
    along /= (double)points->count;
    off /= (double)points->count;
    for (int64_t at = 0; at < points->count; at++) {
        double apart = points->along[at] - along;
        both += apart * points->off[at];
        square += apart * apart;
    }
    *slope = both / (square > 1e-9 ? square : 1e-9);
    *level = off - *slope * along;
}

/* Fit a line again and again, each time without those points that lie off it by most. */
static void fit_sharply(beside *points, double *level, double *slope) {
    for (int time = 0; time < 3; time++) {
        int64_t count = points->count, kept = 0;
        fit_line(points, level, slope);
        for (int64_t at = 0; at < count; at++) {
            double apart = points->off[at] - *slope * points->along[at] - *level;
            points->apart[at] = points->ranks[at] = size_of(apart);
        }
        double median = select_rank(points->ranks, count, count / 2);
        median = (median + select_rank(points->ranks, count, (count - 1) / 2)) / 2;
        double most = 2 * median > 1 ? 2 * median : 1;
        for (int64_t at = 0; at < count; at++)
            kept += points->apart[at] <= most;
        if (kept < 6)
            return;
        points->count = 0;
        for (int64_t at = 0; at < count; at++)
            if (points->apart[at] <= most) {
                points->along[points->count] = points->along[at];
                points->off[points->count++] = points->off[at];
            }
    }
}

/* The points of an outline beside a side, but for its ends; whether they tell a line. */
static int points_beside(point start, point end, const point *outline, int64_t count,
                         beside *points, point *way) {
    *way = (point){end.row - start.row, end.column - start.column};
    double length = sqrt(way->row * way->row + way->column * way->column);
    if (!(length >= 8))
        return 0;
    way->row /= length;
    way->column /= length;
    points->count = 0;
    for (int64_t at = 0; at < count; at++) {
        double row = outline[at].row - start.row, column = outline[at].column - start.column;
        double along = row * way->row + column * way->column;
        double off = column * way->row - row * way->column;
        if (along > 0.1 * length && along < 0.9 * length && size_of(off) < 0.03 * length + 2) {
            points->along[points->count] = along;
            points->off[points->count++] = off;
        }
    }
    return points->count >= 6;
}

/* Where lines meet, each with the one before it, half a pixel further from the middle of all: an
 * outline is the middle of its outermost pixels. */
static int meet(const point *from, const point *way, point *corners) {
    point middle = {0, 0};
    for (int at = 0; at < 4; at++) {
        point one = from[(at + 3) % 4], first = way[(at + 3) % 4], other = from[at], second = way[at];
        double area = first.row * second.column - first.column * second.row;
        if (!(size_of(area) >= 1e-6))
            return 0;
        point gap = {other.row - one.row, other.column - one.column};
        double along = (gap.row * second.column - gap.column * second.row) / area;
        corners[at] = (point){one.row + along * first.row, one.column + along * first.column};
        middle.row += corners[at].row;
        middle.column += corners[at].column;
    }
    middle = (point){middle.row / 4, middle.column / 4};
    for (int at = 0; at < 4; at++) {
        point off = {corners[at].row - middle.row, corners[at].column - middle.column};
        double reach = sqrt(off.row * off.row + off.column * off.column);
        double more = 1 + 0.5 / (reach > 1 ? reach : 1);
        corners[at] = (point){middle.row + off.row * more, middle.column + off.column * more};
    }
    return 1;
}

/* Four sides, each as the line that its points of an outline lie on, in the middle of it; then where
 * they meet. Whether there are such. */
static int sharpen(const point *quad, const point *outline, int64_t count, point *corners,
                   int *is_sharp) {
    double *room = malloc(4 * (size_t)(count + 1) * sizeof *room), level, slope;
    if (!room)
        return HM_NO_MEMORY;
    beside points = {room, room + count, room + 2 * count, room + 3 * count, 0};
    point from[4], way[4];
    *is_sharp = 1;
    for (int at = 0; at < 4 && *is_sharp; at++) {
        point along;
        *is_sharp = points_beside(quad[at], quad[(at + 1) % 4], outline, count, &points, &along);
        if (!*is_sharp)
            break;
        fit_sharply(&points, &level, &slope);
        from[at] = (point){quad[at].row - level * along.column, quad[at].column + level * along.row};
        way[at] = (point){along.row - slope * along.column, along.column + slope * along.row};
    }
    *is_sharp = *is_sharp && meet(from, way, corners);
    free(room);
    return HM_OK;
}

#endif
