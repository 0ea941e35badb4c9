/* Which lines of a picture have one colour: what hashmatch/hashing/cutting.py does in NumPy. */
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

/* Of each row or column of a rectangle (top, bottom, left, right), but for its ends, whether it has
 * one colour, and which.
 *
 * Shares: of a line that its ends take, of a few pixels and of all that must be near the median. */
static void lines(const hm_luma *luma, const int64_t *where, int is_across, int64_t samples,
                  int most, const double *shares, uint8_t *plain, int16_t *levels) {
    int64_t tall = where[1] - where[0], wide = where[3] - where[2];
    int64_t count = is_across ? wide : tall, whole = is_across ? tall : wide;
    int64_t next = is_across ? 1 : luma->stride, step = is_across ? luma->stride : 1;
    int64_t margin = (int64_t)((double)whole * shares[0]), length = whole - 2 * margin;
    int64_t every = length / samples > 1 ? length / samples : 1;
    int64_t finer = every / 4 > 1 ? every / 4 : 1;
    const uint8_t *from = (const uint8_t *)luma->samples + where[0] * luma->stride + where[2];
    from += margin * step;
    memset(plain, 0, (size_t)count);
    memset(levels, 0, (size_t)count * sizeof *levels);
    for (int64_t line = 0; line < count && length > 0; line++, from += next) {
        const uint8_t *few = from + every / 2 * step, *some = from + every / 4 * step;
        int64_t all = (length - every / 2 + every - 1) / every;
        int level = median_of(few, every * step, all);
        int64_t alike = count_near(few, every * step, all, level, most);
        if ((double)alike / (double)all < shares[1])
            continue;
        level = median_of(some, finer * step, (length - every / 4 + finer - 1) / finer);
        alike = step == 1 ? near_in_row(from, length, level, most)
                          : count_near(from, step, length, level, most);
        plain[line] = (double)alike / (double)length >= shares[2];
        levels[line] = (int16_t)level;
    }
}
