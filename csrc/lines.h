/* Which lines of a picture have one colour: what hashmatch/hashing/cutting.py does in NumPy. */
#ifndef HASHMATCH_LINES_H
#define HASHMATCH_LINES_H

#include "codes.h"

/* How many pixels of a line, so many bytes from each other, are near a level. */
INLINE int64_t count_near(const uint8_t *from, int64_t step, int64_t count, int level, int most) {
    int64_t found = 0;
    for (int64_t at = 0; at < count; at++) {
        int apart = from[at * step] - level;
        found += apart <= most && -apart <= most;
    }
    return found;
}

static int64_t near_in_row(const uint8_t *from, int64_t count, int level, int most) {
    return count_near(from, 1, count, level, most);
}

/* The median, the greater one of two. */
static int median_of(const uint8_t *from, int64_t step, int64_t count) {
    uint32_t coarse[16] = {0}, fine[256] = {0}, half = (uint32_t)(count / 2);
    for (int64_t at = 0; at < count; at++) {
        coarse[from[at * step] >> 4]++;
        fine[from[at * step]]++;
    }
    int level = 0;
    while (coarse[level >> 4] <= half) {
        half -= coarse[level >> 4];
        level += 16;
    }
    while (fine[level] <= half)
        half -= fine[level++];
    return level;
}

/* Lines that are looked at together, and the most pixels of each that are looked at first. */
enum { LINES_TOGETHER = 64, MOST_FEW = 32 };

/* The medians of a few pixels of many lines, the greater of two, and how many of the pixels are near:
 * sorted beside each other, by exchanging neighbours. */
static void few_of(uint8_t few[MOST_FEW][LINES_TOGETHER], int64_t count, int most, uint8_t *levels,
                   uint8_t *near) {
    for (int64_t end = count - 1; end > 0; end--)
        for (int64_t at = 0; at < end; at++)
            for (int line = 0; line < LINES_TOGETHER; line++) {
                uint8_t one = few[at][line], other = few[at + 1][line];
                few[at][line] = one < other ? one : other;
                few[at + 1][line] = one < other ? other : one;
            }
    memcpy(levels, few[count / 2], LINES_TOGETHER);
    memset(near, 0, LINES_TOGETHER);
    for (int64_t at = 0; at < count; at++)
        for (int line = 0; line < LINES_TOGETHER; line++) {
            uint8_t one = few[at][line], level = levels[line];
            near[line] += (one > level ? one - level : level - one) <= most;
        }
}

/* Of each row or column of a rectangle (top, bottom, left, right), but for its ends, whether it has
 * one colour, and which.
 *
 * Shares: of a line that its ends take, of a few pixels and of all that must be near the median. Of
 * the few, at least `samples`, there are less than twice as many: up to 15. */
static void lines(const hm_luma *luma, const int64_t *where, int is_across, int64_t samples,
                  int most, const double *shares, uint8_t *plain, int16_t *levels) {
    int64_t tall = where[1] - where[0], wide = where[3] - where[2];
    int64_t count = is_across ? wide : tall, whole = is_across ? tall : wide;
    int64_t next = is_across ? 1 : luma->stride, step = is_across ? luma->stride : 1;
    int64_t margin = (int64_t)((double)whole * shares[0]), length = whole - 2 * margin;
    samples = smaller(samples, MOST_FEW / 2 - 1);
    int64_t every = length / samples > 1 ? length / samples : 1;
    int64_t finer = every / 4 > 1 ? every / 4 : 1;
    int64_t all = (length - every / 2 + every - 1) / every;
    const uint8_t *from = (const uint8_t *)luma->samples + where[0] * luma->stride + where[2];
    from += margin * step;
    memset(plain, 0, (size_t)count);
    memset(levels, 0, (size_t)count * sizeof *levels);
    for (int64_t first = 0; first < count && length > 0; first += LINES_TOGETHER) {
        uint8_t few[MOST_FEW][LINES_TOGETHER] = {{0}}, middle[LINES_TOGETHER], near[LINES_TOGETHER];
        int64_t here = smaller(LINES_TOGETHER, count - first);
        for (int64_t at = 0; at < all; at++) {
            const uint8_t *pixel = from + first * next + (every / 2 + at * every) * step;
            for (int64_t line = 0; line < here; line++)
                few[at][line] = pixel[line * next];
        }
        few_of(few, all, most, middle, near);
        for (int64_t line = 0; line < here; line++) {
            if ((double)near[line] / (double)all < shares[1])
                continue;
            const uint8_t *own = from + (first + line) * next;
            int level = median_of(own + every / 4 * step, finer * step,
                                  (length - every / 4 + finer - 1) / finer);
            int64_t alike = step == 1 ? near_in_row(own, length, level, most)
                                      : count_near(own, step, length, level, most);
            plain[first + line] = (double)alike / (double)length >= shares[2];
            levels[first + line] = (int16_t)level;
        }
    }
}

#endif
