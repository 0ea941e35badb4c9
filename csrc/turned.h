/* Means of a picture read at places between them: what hashmatch/hashing/turning.py does in NumPy,
 * with the same bits. */
#ifndef HASHMATCH_TURNED_H
#define HASHMATCH_TURNED_H

#include "codes.h"

enum { COARSE = 128, FINE = 2 * COARSE + 1 };

/* A row of means, each as wide as two cells, every half cell; beyond both ends the last cell goes
 * on. */
static void finer(const float *cells, float *found) {
    float rim[COARSE + 2];
    memcpy(rim + 1, cells, COARSE * sizeof *rim);
    rim[0] = cells[0];
    rim[COARSE + 1] = cells[COARSE - 1];
    for (int at = 0; at <= COARSE; at++)
        found[2 * at] = (rim[at] + rim[at + 1]) / 2;
    for (int at = 0; at < COARSE; at++)
        found[2 * at + 1] = (found[2 * at] + found[2 * at + 2]) / 2;
}

/* (257, 257) means of squares as wide as two cells, every half cell, of (128, 128) cells. */
static void finer_square(const float *cells, float *found) {
    float between[2][COARSE], middle[COARSE];
    for (int row = 0; row <= COARSE; row++) {
        const float *upper = cells + (row > 0 ? row - 1 : 0) * COARSE;
        const float *lower = cells + (row < COARSE ? row : COARSE - 1) * COARSE;
        float *own = between[row % 2], *before = between[(row + 1) % 2];
        for (int at = 0; at < COARSE; at++)
            own[at] = (upper[at] + lower[at]) / 2;
        finer(own, found + 2 * row * FINE);
        for (int at = 0; at < COARSE && row; at++)
            middle[at] = (before[at] + own[at]) / 2;
        if (row)
            finer(middle, found + (2 * row - 1) * FINE);
    }
}

/* What is read at places of the finer square of (128, 128) cells, less their mean; times weights, and
 * with the mean again. */
static int readings(const float *cells, float mean, const int32_t *places, const float *weights,
                    int64_t count, float *found) {
    float *fine = malloc((FINE * FINE + COARSE * COARSE) * sizeof *fine);
    if (!fine)
        return HM_NO_MEMORY;
    float *off = fine + FINE * FINE;
    for (int at = 0; at < COARSE * COARSE; at++)
        off[at] = cells[at] - mean;
    finer_square(off, fine);
    for (int64_t at = 0; at < count; at++) {
        if (places[at] < 0 || places[at] >= FINE * FINE) {
            free(fine);
            return HM_OUT_OF_ORDER;
        }
        found[at] = fine[places[at]] * weights[at] + mean;
    }
    free(fine);
    return HM_OK;
}

#endif
