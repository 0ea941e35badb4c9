/* Parts of a picture: their codes in all turns, their qualities, and how far their corners have one
 * colour; what hashmatch/hashers/means.py and hashmatch/hashing/rounding.py do in NumPy, with the
 * same bits. */
#ifndef HASHMATCH_PARTS_H
#define HASHMATCH_PARTS_H

#include "pdq.h"

enum { PART = 2 * SIDE };

/* Coefficients of a picture that is turned: a mirrored axis changes the sign of its odd cosines.
 * `turn`: whether rows are reversed, whether columns are, whether both change places. */
static void turn_spectrum(const double *spectrum, const int64_t *turn, double *found) {
    for (int64_t row = 0; row < WAVES; row++)
        for (int64_t wave = 0; wave < WAVES; wave++) {
            int is_odd = (turn[0] && row % 2 == 0) != (turn[1] && wave % 2 == 0);
            double value = spectrum[row * WAVES + wave];
            found[turn[2] ? wave * WAVES + row : row * WAVES + wave] = is_odd ? -value : value;
        }
}

/* Codes of coefficients in several turns: of all in the first, of all in the second. */
static void turned_codes(const double *spectra, int64_t count, const int64_t *turns, int64_t ways,
                         uint8_t *found) {
    for (int64_t way = 0; way < ways; way++)
        for (int64_t each = 0; each < count; each++, found += CODE) {
            double spectrum[BITS];
            turn_spectrum(spectra + each * BITS, turns + 3 * way, spectrum);
            code_of_double(spectrum, found);
        }
}

/* Qualities of parts by their means, four of which are a cell. */
static void part_qualities(const double *means, int64_t count, int64_t *found) {
    for (int64_t each = 0; each < count; each++, means += PART * PART) {
        double grid[CELLS];
        for (int64_t row = 0; row < SIDE; row++) {
            const double *upper = means + 2 * row * PART, *lower = upper + PART;
            for (int64_t at = 0; at < SIDE; at++)
                grid[row * SIDE + at] =
                    ((upper[2 * at] + lower[2 * at]) + (upper[2 * at + 1] + lower[2 * at + 1])) / 4;
        }
        found[each] = quality_of(grid);
    }
}

/* How many means have the colour of each corner, but for some levels: down from it, and across. */
static void corner_runs(const double *means, int64_t count, double most, int64_t *found) {
    for (int64_t each = 0; each < count; each++, means += PART * PART)
        for (int corner = 0; corner < 4; corner++) {
            int64_t down = corner / 2 ? -PART : PART, across = corner % 2 ? -1 : 1;
            const double *first = means + (corner / 2 ? PART * (PART - 1) : 0) + (corner % 2) * (PART - 1);
            for (int axis = 0; axis < 2; axis++, found++) {
                int64_t step = axis ? across : down;
                for (*found = 0; *found < PART; ++*found) {
                    double apart = first[*found * step] - first[0];
                    if (apart > most || -apart > most)
                        break;
                }
            }
        }
}

#endif
