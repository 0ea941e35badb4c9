/* From luma to PDQ's codes: what hashmatch/hashers does in NumPy, with the same results to the bit.
 *
 * Samples and weights are rounded to so few binary digits that no product and no sum of doubles is
 * rounded (hashmatch/hashers/operators.py): every order of summing gives the same. What is rounded,
 * and the quality, are the same single operations here as there. */
#ifndef HASHMATCH_PDQ_H
#define HASHMATCH_PDQ_H

#include "ranks.h"

enum { SIDE = 64, CELLS = SIDE * SIDE };
#if defined(__AVX__)
enum { TOGETHER = 8, LANES = 4 };
#else
enum { TOGETHER = 8, LANES = 2 };
#endif

typedef double lanes __attribute__((vector_size(8 * LANES), aligned(8), may_alias));

#define SAMPLE_BITS 16
#define HALF_BITS 15

/* The inputs of an output that lie in the picture: first and behind the last, of the band. */
INLINE void inside(const hm_axis *axis, int64_t output, int64_t *low, int64_t *high) {
    int64_t start = axis->starts[output];
    *low = start < 0 ? -start : 0;
    *high = smaller(axis->band, axis->length - start);
}

/* Add weighted rows of samples, four at a time so that sums stay in registers. */
#define ADD_ROWS(kind, sample)                                                                     \
    static void add_rows_of_##kind(const char *samples, int64_t stride, int64_t columns,           \
                                   const double *weights, int64_t count, double *sums) {           \
        for (; count > 0; count -= 4, weights += 4, samples += 4 * stride) {                       \
            const kind *rows[4];                                                                   \
            double share[4];                                                                       \
            for (int64_t each = 0; each < 4; each++) {                                             \
                rows[each] = (const kind *)(const void *)(samples + (each < count) * each * stride); \
                share[each] = each < count ? weights[each] : 0;                                    \
            }                                                                                      \
            const kind *one = rows[0], *two = rows[1], *three = rows[2], *four = rows[3];          \
            for (int64_t at = 0; at < columns; at++)                                               \
                sums[at] += (share[0] * sample(one[at]) + share[1] * sample(two[at])) +            \
                            (share[2] * sample(three[at]) + share[3] * sample(four[at]));          \
        }                                                                                          \
    }

#define WHOLE(value) ((double)(value))
#define REAL(value) ROUNDED((double)(value), SAMPLE_BITS)
ADD_ROWS(uint8_t, WHOLE)
ADD_ROWS(float, REAL)
ADD_ROWS(double, REAL)

#if defined(__SSE2__)
#include <immintrin.h>

/* Bytes are summed in integers, many at once: a weight of 28 binary digits is two numbers of 14, and
 * a sum of `MOST_ROWS` products of each with a byte takes less than the 31 of an int32. */
enum { HALF_WEIGHT = 14, MOST_ROWS = 500 };

#if defined(__AVX2__)
enum { COLUMNS = 16 };
typedef __m256i shorts;
#define SPREAD(value) _mm256_set1_epi32(value)
#define LOAD(from) _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(from)))
#define LOW(one, two) _mm256_unpacklo_epi16(one, two)
#define HIGH(one, two) _mm256_unpackhi_epi16(one, two)
#define PRODUCTS(pairs, weights) _mm256_madd_epi16(pairs, weights)
#define SUM(one, two) _mm256_add_epi32(one, two)
#else
enum { COLUMNS = 8 };
typedef __m128i shorts;
#define SPREAD(value) _mm_set1_epi32(value)
#define LOAD(from)                                                                                 \
    _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i *)(const void *)(from)), _mm_setzero_si128())
#define LOW(one, two) _mm_unpacklo_epi16(one, two)
#define HIGH(one, two) _mm_unpackhi_epi16(one, two)
#define PRODUCTS(pairs, weights) _mm_madd_epi16(pairs, weights)
#define SUM(one, two) _mm_add_epi32(one, two)
#endif

/* Two weights, of a row and of the one below, as PRODUCTS takes them. */
INLINE shorts pair_of(int64_t one, int64_t two) {
    return SPREAD((int32_t)((uint32_t)(uint16_t)one | (uint32_t)(uint16_t)two << 16));
}

/* Weighted rows of bytes, summed; the columns behind the last whole block are left. */
static int64_t sum_bytes(const uint8_t *samples, int64_t stride, int64_t columns,
                         const double *weights, int64_t count, double *sums) {
    int64_t done = 0;
    for (; done + COLUMNS <= columns; done += COLUMNS) {
        shorts fine[2] = {SPREAD(0), SPREAD(0)}, coarse[2] = {SPREAD(0), SPREAD(0)};
        for (int64_t row = 0; row < count; row += 2) {
            int is_last = row + 1 == count;
            int64_t one = (int64_t)(weights[row] * (1 << 2 * HALF_WEIGHT));
            int64_t two = is_last ? 0 : (int64_t)(weights[row + 1] * (1 << 2 * HALF_WEIGHT));
            const uint8_t *from = samples + row * stride + done;
            shorts upper = LOAD(from), lower = LOAD(is_last ? from : from + stride);
            shorts low = LOW(upper, lower), high = HIGH(upper, lower);
            int64_t digits = (1 << HALF_WEIGHT) - 1;
            shorts small = pair_of(one & digits, two & digits);
            shorts large = pair_of(one >> HALF_WEIGHT, two >> HALF_WEIGHT);
            fine[0] = SUM(fine[0], PRODUCTS(low, small));
            fine[1] = SUM(fine[1], PRODUCTS(high, small));
            coarse[0] = SUM(coarse[0], PRODUCTS(low, large));
            coarse[1] = SUM(coarse[1], PRODUCTS(high, large));
        }
        int32_t parts[2][2][COLUMNS / 2];
        memcpy(parts[0], fine, sizeof fine);
        memcpy(parts[1], coarse, sizeof coarse);
        /* Unpacking takes the low and the high half of each 128 bits apart. */
        for (int at = 0; at < COLUMNS; at++) {
            int half = at >> 2 & 1, place = (at >> 3) * 4 + (at & 3);
            sums[done + at] = (double)parts[1][half][place] * (1.0 / (1 << HALF_WEIGHT)) +
                              (double)parts[0][half][place] * (1.0 / (1 << 2 * HALF_WEIGHT));
        }
    }
    return done;
}
#else
enum { MOST_ROWS = 0 };

static int64_t sum_bytes(const uint8_t *samples, int64_t stride, int64_t columns,
                         const double *weights, int64_t count, double *sums) {
    (void)samples, (void)stride, (void)columns, (void)weights, (void)count, (void)sums;
    return 0;
}
#endif

/* Round rows of sums, and lay the sums of each column beside each other. */
static void lay_together(const double *rows, int64_t columns, double *together) {
    int64_t at = 0;
#if defined(__AVX__)
    for (; at + LANES <= columns; at += LANES)
        for (int each = 0; each < TOGETHER; each += LANES) {
            __m256d held[4], pairs[4];
            for (int row = 0; row < 4; row++) {
                lanes sums = *(const lanes *)(rows + (each + row) * columns + at);
                held[row] = (__m256d)ROUNDED(sums, SAMPLE_BITS);
            }
            for (int row = 0; row < 4; row += 2) {
                pairs[row] = _mm256_unpacklo_pd(held[row], held[row + 1]);
                pairs[row + 1] = _mm256_unpackhi_pd(held[row], held[row + 1]);
            }
            double *to = together + TOGETHER * at + each;
            _mm256_storeu_pd(to, _mm256_permute2f128_pd(pairs[0], pairs[2], 0x20));
            _mm256_storeu_pd(to + TOGETHER, _mm256_permute2f128_pd(pairs[1], pairs[3], 0x20));
            _mm256_storeu_pd(to + 2 * TOGETHER, _mm256_permute2f128_pd(pairs[0], pairs[2], 0x31));
            _mm256_storeu_pd(to + 3 * TOGETHER, _mm256_permute2f128_pd(pairs[1], pairs[3], 0x31));
        }
#endif
    for (; at < columns; at++)
        for (int64_t each = 0; each < TOGETHER; each++)
            together[TOGETHER * at + each] = ROUNDED(rows[each * columns + at], SAMPLE_BITS);
}

/* One row of the picture reduced in height. */
static void reduce_row(const hm_luma *luma, const hm_axis *down, int64_t output, double *sums) {
    int64_t low, high, columns = luma->columns, stride = luma->stride, done = 0;
    inside(down, output, &low, &high);
    const double *weights = down->weights + output * down->band + low;
    const char *samples = (const char *)luma->samples + (down->starts[output] + low) * stride;
    if (luma->bytes == 1 && high - low <= MOST_ROWS)
        done = sum_bytes((const uint8_t *)samples, stride, columns, weights, high - low, sums);
    memset(sums + done, 0, (size_t)(columns - done) * sizeof *sums);
    if (luma->bytes == 1)
        add_rows_of_uint8_t(samples + done, stride, columns - done, weights, high - low,
                            sums + done);
    else if (luma->bytes == 4)
        add_rows_of_float(samples, stride, columns, weights, high - low, sums);
    else
        add_rows_of_double(samples, stride, columns, weights, high - low, sums);
}

/* Those rows reduced in width too. */
static void reduce_across(const hm_axis *across, const double *together, int64_t count,
                          double *reduced) {
    for (int64_t output = 0; output < across->outputs; output++) {
        int64_t low, high;
        inside(across, output, &low, &high);
        const double *weights = across->weights + output * across->band;
        const double *from = together + TOGETHER * (across->starts[output] + low);
        lanes sums[TOGETHER / LANES] = {{0}};
        for (int64_t at = low; at < high; at++, from += TOGETHER)
            for (int each = 0; each < TOGETHER / LANES; each++)
                sums[each] += weights[at] * *(const lanes *)(from + each * LANES);
        for (int64_t each = 0; each < count; each++)
            reduced[each * across->outputs + output] = sums[each / LANES][each % LANES];
    }
}

/* The picture reduced along both axes: rows of `down` by columns of `across`. */
static int reduce(const hm_luma *luma, const hm_axis *down, const hm_axis *across,
                  double *reduced) {
    size_t columns = (size_t)luma->columns;
    double *rows = calloc(2 * TOGETHER * columns, sizeof *rows);
    double *together = rows + TOGETHER * columns;
    if (!rows)
        return HM_NO_MEMORY;
    for (int64_t first = 0; first < down->outputs; first += TOGETHER) {
        int64_t count = smaller(TOGETHER, down->outputs - first);
        for (int64_t each = 0; each < count; each++)
            reduce_row(luma, down, first + each, rows + each * luma->columns);
        lay_together(rows, luma->columns, together);
        reduce_across(across, together, count, reduced + first * across->outputs);
    }
    free(rows);
    return HM_OK;
}

/* One turn of the picture: where it begins among the rows and columns that were reduced. */
static void take_grid(const double *reduced, int64_t width, const int64_t *part, double *grid) {
    const double *from = reduced + part[0] * SIDE * width + part[1] * SIDE;
    for (int64_t row = 0; row < SIDE; row++)
        for (int64_t column = 0; column < SIDE; column++)
            grid[part[2] ? column * SIDE + row : row * SIDE + column] = from[row * width + column];
}

/* Lower cosines of a grid. */
static void transform(const double *waves, const double *grid, double *spectrum) {
    double half[WAVES * SIDE], exact[CELLS];
    for (int64_t at = 0; at < CELLS; at++)
        exact[at] = ROUNDED(grid[at], SAMPLE_BITS);
    for (int64_t column = 0; column < SIDE; column += 2 * LANES)
        for (int64_t wave = 0; wave < WAVES; wave += 4) {
            lanes sums[4][2] = {{{0}}};
            for (int64_t row = 0; row < SIDE; row++) {
                lanes left = *(const lanes *)(exact + row * SIDE + column);
                lanes right = *(const lanes *)(exact + row * SIDE + column + LANES);
                for (int each = 0; each < 4; each++) {
                    sums[each][0] += waves[(wave + each) * SIDE + row] * left;
                    sums[each][1] += waves[(wave + each) * SIDE + row] * right;
                }
            }
            for (int64_t each = 0; each < 4; each++)
                for (int64_t lane = 0; lane < 2 * LANES; lane++)
                    half[(wave + each) * SIDE + column + lane] =
                        ROUNDED(sums[each][lane / LANES][lane % LANES], HALF_BITS);
        }
    for (int64_t row = 0; row < WAVES; row++)
        for (int64_t wave = 0; wave < WAVES; wave++) {
            lanes sum = {0};
            for (int64_t at = 0; at < SIDE; at += LANES)
                sum += *(const lanes *)(half + row * SIDE + at) *
                       *(const lanes *)(waves + wave * SIDE + at);
            double total = 0;
            for (int lane = 0; lane < LANES; lane++)
                total += sum[lane];
            spectrum[row * WAVES + wave] = total;
        }
}

/* Steps of quality lie between 0 and 100 for luma of 0 to 255: cut to whole numbers by a cast. */
INLINE int32_t step_of(double one, double other) {
    double apart = one - other;
    double step = (apart < 0 ? -apart : apart) * (100.0 / 255) + 1.0 / (1 << 17);
    return (int32_t)step;
}

static int64_t quality_of(const double *grid) {
    int32_t total = 0;
    for (int at = 0; at < CELLS - SIDE; at++)
        total += step_of(grid[at + SIDE], grid[at]);
    for (int row = 0; row < SIDE; row++)
        for (int at = row * SIDE; at < row * SIDE + SIDE - 1; at++)
            total += step_of(grid[at + 1], grid[at]);
    return smaller(total / 90, 100);
}

static void finish_grid(const double *waves, const double *grid, uint8_t *code, int64_t *quality) {
    double spectrum[BITS];
    transform(waves, grid, spectrum);
    code_of_double(spectrum, code);
    *quality = quality_of(grid);
}

/* Qualities of grids. */
static void qualities(const double *grids, int64_t count, int64_t *found) {
    for (int64_t each = 0; each < count; each++)
        found[each] = quality_of(grids + each * CELLS);
}

/* Codes and qualities of grids. */
static void finish(const double *waves, const double *grids, int64_t count, uint8_t *codes,
                   int64_t *qualities) {
    for (int64_t each = 0; each < count; each++)
        finish_grid(waves, grids + each * CELLS, codes + each * CODE, qualities + each);
}

/* The grids of a picture turned in several ways, three numbers for each: `take_grid`. Where there is
 * no place for them, they are finished. */
static int turns(const hm_luma *luma, const hm_axis *down, const hm_axis *across,
                 const int64_t *parts, int64_t count, double *grids, const double *waves,
                 uint8_t *codes, int64_t *qualities) {
    double *reduced = malloc((size_t)(down->outputs * across->outputs) * sizeof *reduced);
    int failed = reduced ? reduce(luma, down, across, reduced) : HM_NO_MEMORY;
    for (int64_t each = 0; each < count && !failed; each++) {
        double grid[CELLS], *to = grids ? grids + each * CELLS : grid;
        take_grid(reduced, across->outputs, parts + 3 * each, to);
        if (!grids)
            finish_grid(waves, to, codes + each * CODE, qualities + each);
    }
    free(reduced);
    return failed;
}

#endif
