/* Sides of a piece as they run: what hashmatch/hashing/slanting.py does in NumPy, with the same
 * bits. */
#ifndef HASHMATCH_SLANTS_H
#define HASHMATCH_SLANTS_H

#include "grounds.h"

/* What tells a side: the share of it at both ends that is not looked at, places along it, levels on
 * both sides of a line, the share of places at which it is seen, pixels from it within which it is. */
enum { SIDE_ENDS, SIDE_PLACES, SIDE_STEP, SIDE_SEEN, SIDE_NEAR };

/* Pixels along a side, and lines across it, so many bytes from each other; how many lines there are. */
typedef struct {
    const uint8_t *samples;
    int64_t step, next, lines;
} level_side;

/* The strongest step across the side at a place: how strong, and where, of the first. */
static int strongest_at(const level_side *of, int64_t place, int64_t first, int64_t last,
                        int64_t *where) {
    const uint8_t *from = of->samples + place * of->step;
    int most = -1;
    for (int64_t line = first; line + 2 < last; line++) {
        int apart = abs(from[(line + 2) * of->next] - from[line * of->next]);
        if (apart > most) {
            most = apart;
            *where = line;
        }
    }
    return most;
}

/* The line that fits the steps that are seen, again and again without those that lie off it; whether
 * it is seen at so many places each time. */
static int fit_seen(const beside *all, int64_t places, const double *limits, beside *used,
                    double *level, double *slope) {
    double most = 0;
    for (int time = 0; time < 3; time++) {
        used->count = 0;
        for (int64_t at = 0; at < all->count; at++) {
            double apart = time ? size_of(all->off[at] - *slope * all->along[at] - *level) : 0;
            if (apart <= most) {
                used->along[used->count] = all->along[at];
                used->off[used->count++] = all->off[at];
            }
        }
        if ((double)used->count < limits[SIDE_SEEN] * (double)places)
            return 0;
        fit_line(used, level, slope);
        for (int64_t at = 0; at < used->count; at++)
            used->ranks[at] = size_of(used->off[at] - *slope * used->along[at] - *level);
        double median = select_rank(used->ranks, used->count, used->count / 2);
        median = (median + select_rank(used->ranks, used->count, (used->count - 1) / 2)) / 2;
        most = median > limits[SIDE_NEAR] ? median : limits[SIDE_NEAR];
    }
    return 1;
}

/* How far a side that is upright at a line lies off it where it begins, and how much more for each
 * pixel; both 0 where it is not seen. */
static int slant(const level_side *of, int64_t row, int64_t start, int64_t end, int64_t reach,
                 const double *limits, double *found) {
    int64_t length = end - start, margin = (int64_t)(limits[SIDE_ENDS] * (double)length);
    int64_t step = length / (int64_t)limits[SIDE_PLACES], places = 0;
    int64_t first = row > reach ? row - reach : 0, last = smaller(of->lines, row + reach + 1);
    found[0] = found[1] = 0;
    step = step > 1 ? step : 1;
    for (int64_t place = start + margin; place < end - margin; place += step)
        places++;
    if (places < 8 || last - first < 4)
        return HM_OK;
    double *room = malloc(5 * (size_t)places * sizeof *room);
    if (!room)
        return HM_NO_MEMORY;
    beside all = {room, room + places, NULL, NULL, 0};
    beside used = {room + 2 * places, room + 3 * places, NULL, room + 4 * places, 0};
    for (int64_t place = start + margin; place < end - margin; place += step) {
        int64_t where = first;
        if (strongest_at(of, place, first, last, &where) < limits[SIDE_STEP])
            continue;
        all.along[all.count] = (double)(place - start);
        all.off[all.count++] = (double)where + 2 - (double)row - 0.5;
    }
    double level = 0, slope = 0;
    if (fit_seen(&all, places, limits, &used, &level, &slope)) {
        found[0] = level;
        found[1] = slope;
    }
    free(room);
    return HM_OK;
}

/* The sides of a rectangle (top, bottom, left, right), which may lie so far off down and across:
 * `slant` of each. */
static int slants(const hm_luma *luma, const int64_t *where, const int64_t *reach,
                  const double *limits, double *found) {
    level_side flat = {luma->samples, 1, luma->stride, luma->rows};
    level_side upright = {luma->samples, luma->stride, 1, luma->columns};
    int failed = HM_OK;
    for (int side = 0; side < 4 && !failed; side++) {
        const int64_t *along = side < 2 ? where + 2 : where;
        failed = slant(side < 2 ? &flat : &upright, where[side], along[0], along[1],
                       reach[side / 2], limits, found + 2 * side);
    }
    return failed;
}

#endif
