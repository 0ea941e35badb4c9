/* Codes of coefficients: which of them are above their lower median. */
#ifndef HASHMATCH_RANKS_H
#define HASHMATCH_RANKS_H

#include "codes.h"

enum { WAVES = 16, BITS = WAVES * WAVES, LOWER_HALF = BITS / 2, CODE = BITS / 8 };

/* Values as whole numbers of the same order are counted many at once. Between the smallest and the
 * largest that number is looked for which half of them do not exceed, or the median itself. */
#define CODE_OF(real, whole)                                                                       \
    static void code_of_##real(const real *values, uint8_t *code) {                                \
        whole keys[BITS], low, high;                                                               \
        for (int at = 0; at < BITS; at++) {                                                        \
            real value = values[at] + 0; /* no negative zero */                                    \
            memcpy(keys + at, &value, sizeof value);                                               \
        }                                                                                          \
        for (int at = 0; at < BITS; at++)                                                          \
            keys[at] ^= keys[at] < 0 ? (whole)(~(u##whole)0 >> 1) : 0;                          \
        low = high = keys[0];                                                                      \
        for (int at = 0; at < BITS; at++) {                                                        \
            low = keys[at] < low ? keys[at] : low;                                                 \
            high = keys[at] > high ? keys[at] : high;                                              \
        }                                                                                          \
        while (low < high) {                                                                       \
            whole middle = (whole)((u##whole)low + ((u##whole)high - (u##whole)low) / 2);          \
            whole below = 0;                                                                       \
            for (int at = 0; at < BITS; at++)                                                      \
                below += keys[at] <= middle;                                                       \
            if (below < LOWER_HALF)                                                                \
                low = middle + 1;                                                                  \
            else                                                                                   \
                high = middle;                                                                     \
            if (below == LOWER_HALF)                                                               \
                low = middle;                                                                      \
        }                                                                                          \
        for (int byte = 0; byte < CODE; byte++) {                                                  \
            unsigned bits = 0;                                                                     \
            for (int bit = 0; bit < 8; bit++)                                                      \
                bits = bits << 1 | (keys[BITS - 1 - 8 * byte - bit] > low);                        \
            code[byte] = (uint8_t)bits;                                                            \
        }                                                                                          \
    }

CODE_OF(float, int32_t)
CODE_OF(double, int64_t)

/* Codes of many; a value takes so many bytes. */
static void codes(const void *values, int64_t bytes, int64_t count, uint8_t *found) {
    for (int64_t each = 0; each < count; each++)
        if (bytes == sizeof(float))
            code_of_float((const float *)values + each * BITS, found + each * CODE);
        else
            code_of_double((const double *)values + each * BITS, found + each * CODE);
}

/* Codes of blocks of a product, 16 × 16 values each: which rows and which columns of it; taken away
 * from the whole, if there is one. The first `low` rows of all blocks come before the other rows of
 * all, and so do columns. */
static int blocks(const float *product, int64_t down, int64_t across, int64_t low,
                  const int64_t *rows, const int64_t *columns, int64_t count, const float *whole,
                  uint8_t *found) {
    if (low < 0 || low > WAVES)
        return HM_OUT_OF_ORDER;
    const int64_t high = WAVES - low;
    for (int64_t each = 0; each < count; each++) {
        if (rows[each] < 0 || rows[each] >= down || columns[each] < 0 || columns[each] >= across)
            return HM_OUT_OF_ORDER;
        float values[BITS];
        for (int64_t wave = 0; wave < WAVES; wave++) {
            const int64_t row = wave < low ? rows[each] * low + wave
                                           : down * low + rows[each] * high + wave - low;
            const float *from = product + row * across * WAVES;
            float *line = values + wave * WAVES;
            memcpy(line, from + columns[each] * low, (size_t)low * sizeof *line);
            memcpy(line + low, from + across * low + columns[each] * high,
                   (size_t)high * sizeof *line);
        }
        for (int at = 0; at < BITS && whole; at++)
            values[at] = whole[at] - values[at];
        code_of_float(values, found + each * CODE);
    }
    return HM_OK;
}

#endif
