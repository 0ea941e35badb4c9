/* Fuzz target of the compiled kernels: tables that lie, and pictures and videos of all kinds.
 *
 * Built with -fsanitize=fuzzer it is driven by libFuzzer; otherwise `fuzz_kernels FIRST END` makes
 * an input of each number. All memory has the very size that the kernels may use, so that the
 * address sanitizer sees one step too far. Of tables that do not lie all pairs are checked against
 * brute force, of others that no pair is made up; every instruction set must say the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../csrc/hashmatch.h"

int hm_use(int);
int hm_probe(const hm_tables *, const hm_probes *, const uint64_t *, int64_t, int64_t, int64_t,
             int64_t *, hm_found *);
int hm_join(const hm_tables *, const hm_probes *, const uint64_t *, int64_t, int64_t, hm_found *);
int hm_ranges(const hm_tables *, const hm_probes *, const uint64_t *, int64_t, int64_t, int64_t *);
int hm_fill(const uint64_t *, int64_t, int64_t, int64_t, int64_t, int64_t, uint32_t *, uint32_t *,
            uint64_t *);
int hm_chain(const hm_videos *, int64_t *, int64_t *, double *, int64_t *);
int hm_turns(const hm_luma *, const hm_axis *, const hm_axis *, const int64_t *, int64_t, double *,
             const double *, uint8_t *, int64_t *);
int hm_finish(const double *, const double *, int64_t, uint8_t *, int64_t *);
int hm_qualities(const double *, int64_t, int64_t *);
int hm_codes(const void *, int64_t, int64_t, uint8_t *);
int hm_blocks(const float *, int64_t, int64_t, int64_t, const int64_t *, const int64_t *, int64_t,
              const float *, uint8_t *);
int hm_sums(const hm_luma *, int32_t *);
int hm_means(const int32_t *, int64_t, int64_t, const double *, double *);
int hm_small(const hm_luma *, int64_t, uint8_t *);
int hm_pieces(const hm_luma *, const hm_cutting *, const double *, int64_t, int64_t *, int64_t *);
int hm_blobs(const uint8_t *, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t *, uint8_t *,
             int64_t *);
int hm_quad(const uint8_t *, int64_t, int64_t, const double *, double *, int64_t *, double *,
            double *);
int hm_front(const hm_luma *, const float *, const float *, int64_t, uint8_t *);
int hm_ground(const hm_luma *, int64_t, int64_t, int64_t *, int64_t *);
int hm_away(const hm_luma *, const float *, const float *, const float *, float, float, uint8_t *);
int hm_sharpen(const hm_point *, const hm_point *, int64_t, hm_point *, int *);
int hm_readings(const float *, float, const int32_t *, const float *, int64_t, float *);
int hm_steps(const hm_luma *, uint8_t *, uint8_t *);
int hm_detail(const uint8_t *, const uint8_t *, int64_t, int64_t, int, double, int64_t *);
int hm_rectangles(const uint8_t *, const uint8_t *, int64_t, int64_t, int64_t, int64_t,
                  const double *, int64_t *, int64_t *);
int hm_slants(const hm_luma *, const int64_t *, const int64_t *, const double *, double *);
int hm_turned_codes(const double *, int64_t, const int64_t *, int64_t, uint8_t *);
int hm_part_qualities(const double *, int64_t, int64_t *);
int hm_corner_runs(const double *, int64_t, double, int64_t *);
int hm_flat_parts(const hm_luma *, int, uint8_t *, int64_t *);
int hm_area_of_level(const hm_luma *, const uint8_t *, int, int, int64_t, uint8_t *, int64_t *);
int hm_fill_areas(const double *, const double *, int64_t, double *);
int hm_uncovered(const hm_luma *, const uint8_t *, int64_t *, int64_t *);
int hm_enclosed(const uint8_t *, int64_t, int64_t, uint8_t *);
void hm_release(hm_found *);

static const uint8_t *input;
static size_t left;
static uint64_t state;

static uint64_t next(void) {
    uint64_t value = 0;
    size_t taken = left < 8 ? left : 8;
    memcpy(&value, input, taken);
    input += taken, left -= taken;
    state += 0x9E3779B97F4A7C15 ^ value;
    uint64_t mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    return mixed ^ mixed >> 31;
}

static int64_t upto(int64_t most) { return (int64_t)(next() % (uint64_t)(most + 1)); }

static void *some(int64_t count, size_t size) {
    void *made = malloc((size_t)count * size + (count == 0));
    if (!made)
        abort();
    return made;
}

static void check(int holds, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

static int64_t distance(const uint64_t *one, const uint64_t *other, int64_t width) {
    int64_t total = 0;
    for (int64_t word = 0; word < width; word++)
        for (uint64_t apart = one[word] ^ other[word]; apart; apart &= apart - 1)
            total++;
    return total;
}

/* Codes of which many are near one another. */
static uint64_t *codes_of(int64_t count, int64_t width, const uint64_t *like, int64_t likes) {
    uint64_t *codes = some(count * width, sizeof *codes);
    for (int64_t row = 0; row < count; row++) {
        const uint64_t *from = likes ? like + width * upto(likes - 1) : NULL;
        for (int64_t word = 0; word < width; word++)
            codes[row * width + word] = from ? from[word] : next();
        for (int64_t flip = upto(12); from && flip > 0; flip--)
            codes[row * width + upto(width - 1)] ^= (uint64_t)1 << upto(63);
    }
    return codes;
}

static void spoil(uint32_t *values, int64_t count, int64_t times) {
    for (; times > 0 && count; times--) {
        uint32_t *value = values + upto(count - 1);
        int64_t how = upto(3);
        *value = how == 0 ? (uint32_t)next() : how == 1 ? *value + 1 : how == 2 ? *value - 1 : 0;
    }
}

typedef struct {
    hm_tables tables;
    hm_probes probes;
    int64_t threshold;
    uint64_t *queries;
    int64_t asked;
    int lies;
} scene;

static int compare_pairs(const void *one, const void *other) {
    return memcmp(one, other, 3 * sizeof(int64_t));
}

static void check_pairs(const scene *s, int status, hm_found *found, hm_found *before) {
    int64_t width = s->tables.width;
    for (int64_t pair = 0; pair < found->count; pair++) {
        const int64_t *held = found->pairs + 3 * pair;
        check(held[0] >= 0 && held[0] < s->asked && held[1] >= 0 && held[1] < s->tables.count,
              "a pair of what does not exist");
        int64_t apart = distance(s->queries + held[0] * width, s->tables.codes + held[1] * width,
                                 width);
        check(apart == held[2] && apart <= s->threshold, "a pair that is none");
    }
    if (!s->lies) {
        int64_t expected = 0;
        for (int64_t query = 0; query < s->asked; query++)
            for (int64_t row = 0; row < s->tables.count; row++)
                expected += distance(s->queries + query * width, s->tables.codes + row * width,
                                     width) <= s->threshold;
        check(status == HM_OK && found->count == expected, "a pair was missed or came twice");
    }
    if (found->count)
        qsort(found->pairs, (size_t)found->count, 3 * sizeof(int64_t), compare_pairs);
    if (before->room < 0) {
        *before = *found;
        before->room = status;
        return;
    }
    check(before->room == status && before->count == found->count &&
              (!found->count || !memcmp(before->pairs, found->pairs,
                                        (size_t)found->count * 3 * sizeof(int64_t))),
          "instruction sets disagree");
    hm_release(found);
}

static void search(const scene *s, int levels) {
    int64_t limit = upto(3) ? (int64_t)1 << 40 : upto(200);
    int64_t masks = s->probes.first[s->tables.tables];
    int64_t *refused = some(s->asked, sizeof *refused);
    int64_t *ranges = some(2 * s->asked * masks, sizeof *ranges);
    hm_found joined = {NULL, 0, -1, 0}, probed = joined;
    for (int level = 0; level <= levels; level++) {
        hm_use(level);
        hm_found found = {NULL, 0, 0, 0};
        int status = hm_join(&s->tables, &s->probes, s->queries, s->asked, s->threshold, &found);
        check_pairs(s, status, &found, &joined);
        found = (hm_found){NULL, 0, 0, 0};
        status = hm_probe(&s->tables, &s->probes, s->queries, s->asked, s->threshold, limit,
                          refused, &found);
        check(found.refused <= s->asked, "too many queries are refused");
        if (found.refused) {
            hm_release(&found);
            continue;
        }
        check_pairs(s, status, &found, &probed);
        hm_ranges(&s->tables, &s->probes, s->queries, s->asked, limit, ranges);
    }
    free(joined.pairs), free(probed.pairs), free(refused), free(ranges);
}

static void tables(int levels) {
    scene s = {{0}, {0}, 0, NULL, 0, upto(1) != 0};
    int64_t width = 1 + upto(4), count = upto(3) ? upto(150) : upto(3), widest = 5 + upto(5);
    int64_t bounds[200] = {0}, origins[200] = {0}, first[200] = {0}, radii[200], chunks = 0;
    uint32_t masks[4000];
    for (; bounds[chunks] < 64 * width; chunks++) {
        int64_t rest = 64 * width - bounds[chunks], bits = 1 + upto(widest - 1);
        bits = bits < rest ? bits : rest;
        bounds[chunks + 1] = bounds[chunks] + bits;
        origins[chunks + 1] = origins[chunks] + ((int64_t)1 << bits) + 1;
        radii[chunks] = upto(2) - 1;
        first[chunks + 1] = first[chunks];
        if (radii[chunks] >= 0)
            masks[first[chunks + 1]++] = 0;
        for (int64_t bit = 0; radii[chunks] == 1 && bit < bits; bit++)
            masks[first[chunks + 1]++] = (uint32_t)1 << bit;
        s.threshold += radii[chunks] + 1;
    }
    if (--s.threshold < 0)
        return;
    int64_t words = upto(1) ? (width < 2 ? width : 2) : 0;
    uint64_t *codes = codes_of(count, width, NULL, 0);
    uint64_t *near = codes_of(count, width, codes, count / 4);
    uint32_t *offsets = some(origins[chunks], sizeof *offsets);
    uint32_t *entries = some(chunks * count, sizeof *entries);
    uint64_t *signatures = some(words * (chunks * count + 4), sizeof *signatures);
    memset(signatures, 0, (size_t)(words * (chunks * count + 4)) * sizeof *signatures);
    for (int64_t table = 0; table < chunks; table++) {
        hm_use((int)upto(levels));
        check(!hm_fill(near, count, width, bounds[table], bounds[table + 1], words,
                       offsets + origins[table], entries + table * count,
                       signatures + words * table * count),
              "a table was not filled");
    }
    if (s.lies) {
        spoil(offsets, origins[chunks], upto(40));
        spoil(entries, chunks * count, upto(40));
        spoil((uint32_t *)signatures, 2 * words * chunks * count, upto(40));
    }
    s.asked = upto(40);
    s.queries = codes_of(s.asked, width, near, count);
    s.tables = (hm_tables){near, offsets, entries, words ? signatures : NULL, origins, bounds,
                           count, width, chunks};
    s.probes = (hm_probes){masks, first, radii};
    search(&s, levels);
    free(codes), free(near), free(offsets), free(entries), free(signatures), free(s.queries);
}

static void videos(int levels) {
    double steps[8] = {8, 0.5, 2, 0.6, 0.15, 0.02, 0.7, 65};
    int64_t asked = 1 + upto(40), known = upto(60), rounds = upto(5), count, paths;
    uint64_t *few = codes_of(4, 4, NULL, 0);
    uint64_t *item = codes_of(asked, 4, few, 4), *other = codes_of(known, 4, few, 4);
    double *item_times = some(asked, sizeof *item_times), *times = some(known, sizeof *times);
    for (int64_t at = 0; at < asked; at++)
        item_times[at] = (at ? item_times[at - 1] : 0) + (double)upto(20) / 8;
    for (int64_t at = 0; at < known; at++)
        times[at] = (at ? times[at - 1] : 0) + (double)upto(20) / 8;
    int64_t *found = some(4 * asked, sizeof *found);
    double *totals = some(rounds, sizeof *totals);
    hm_videos both = {item, item_times, other, times, steps, asked, known, 4, 64, rounds, 0.3};
    for (int level = 0; level <= levels; level++) {
        hm_use(level);
        count = paths = 0;
        check(!hm_chain(&both, found, &count, totals, &paths), "no paths");
        check(count <= asked && paths <= rounds, "too many paths");
    }
    free(few), free(item), free(other), free(item_times), free(times), free(found), free(totals);
}

/* An axis whose runs may begin before the picture and end behind it, and weigh nothing there. */
static hm_axis axis_of(int64_t outputs, int64_t length) {
    int64_t band = 1 + upto(12), *starts = some(outputs, sizeof *starts);
    double *weights = some(outputs * band, sizeof *weights);
    for (int64_t output = 0; output < outputs; output++) {
        starts[output] = upto(length + 2 * band) - 2 * band;
        for (int64_t at = 0; at < band; at++) {
            int64_t place = starts[output] + at, share = upto(2 << 24) - (1 << 24);
            weights[output * band + at] =
                place < 0 || place >= length ? 0 : (double)share / (1 << 28);
        }
    }
    return (hm_axis){starts, weights, outputs, band, length};
}

static void pictures(int levels) {
    static const int64_t sizes[] = {1, 4, 8};
    int64_t rows = 1 + upto(90), columns = 1 + upto(90), size = sizes[upto(2)], turns = 1 + upto(7);
    uint8_t *samples = some(rows * columns * size, 1);
    for (int64_t at = 0; at < rows * columns; at++)
        if (size == 1)
            samples[at] = (uint8_t)next();
        else if (size == 4)
            ((float *)samples)[at] = (float)upto(1 << 24) / (1 << 16);
        else
            ((double *)samples)[at] = (double)upto(1 << 24) / (1 << 16);
    hm_luma luma = {samples, rows, columns, columns * size, size};
    hm_axis down = axis_of(64 << upto(1), rows), across = axis_of(64 << upto(1), columns);
    int64_t *parts = some(3 * turns, sizeof *parts), *qualities = some(turns, sizeof *qualities);
    for (int64_t turn = 0; turn < turns; turn++) {
        parts[3 * turn] = upto(down.outputs / 64 - 1);
        parts[3 * turn + 1] = upto(across.outputs / 64 - 1);
        parts[3 * turn + 2] = upto(1);
    }
    double *waves = some(16 * 64, sizeof *waves), *grids = some(turns * 4096, sizeof *grids);
    for (int64_t at = 0; at < 16 * 64; at++)
        waves[at] = (double)(upto(1 << 20) - (1 << 19)) / (1 << 24);
    uint8_t *codes = some(32 * turns, 1), *again = some(32 * turns, 1), *kept = NULL;
    for (int level = 0; level <= levels; level++) {
        hm_use(level);
        check(!hm_turns(&luma, &down, &across, parts, turns, NULL, waves, codes, qualities) &&
                  !hm_turns(&luma, &down, &across, parts, turns, grids, NULL, NULL, NULL),
              "no memory");
        hm_finish(waves, grids, turns, again, qualities);
        check(!memcmp(codes, again, (size_t)(32 * turns)), "grids give other codes");
        if (!kept)
            kept = memcpy(some(32 * turns, 1), codes, (size_t)(32 * turns));
        check(!memcmp(codes, kept, (size_t)(32 * turns)), "instruction sets disagree");
    }
    free(samples), free((void *)down.starts), free((void *)down.weights);
    free((void *)across.starts), free((void *)across.weights);
    free(parts), free(qualities), free(waves), free(grids), free(codes), free(again), free(kept);
}

/* What instruction sets give must be the same: the bytes of the first are kept. */
static void agree(const void *found, size_t bytes, void **kept) {
    if (!*kept)
        *kept = memcpy(some((int64_t)bytes, 1), found, bytes);
    check(!memcmp(found, *kept, bytes), "instruction sets disagree");
}

/* A picture of few sides: one brightness, noise, stripes, or plain with things on it. */
static uint8_t *luma_of(int64_t rows, int64_t columns) {
    uint8_t *samples = some(rows * columns, 1);
    int64_t kind = upto(3), ground = upto(255), every = 1 + upto(9);
    for (int64_t at = 0; at < rows * columns; at++)
        samples[at] = (uint8_t)(kind == 1 || (kind == 3 && !upto(every))
                                    ? (int64_t)next()
                                    : ground + (kind == 2 ? at / columns / every : 0));
    return samples;
}

static void parts(int levels) {
    int64_t rows = 1 + upto(upto(1) ? 3 : 90), columns = 1 + upto(upto(1) ? 3 : 90), side = upto(7);
    uint8_t *samples = luma_of(rows, columns);
    hm_luma luma = {samples, rows, columns, columns, 1};
    double shares[4] = {(double)upto(60) / 100, (double)upto(75) / 100, (double)upto(97) / 100, 0.5};
    hm_cutting how = {1 + upto(14), upto(30), upto(5), upto(12), 1 + upto(12), upto(9)};
    double box[4] = {(double)upto(900) / 10 - 9, 0, (double)upto(900) / 10 - 9, 0};
    box[1] = box[0] + (double)upto(900) / 10, box[3] = box[2] + (double)upto(900) / 10;
    int64_t most = upto(40), cut = 0, boxes = (rows / (1 + side)) * (columns / (1 + side));
    int64_t *pieces = some(6 * most, sizeof *pieces);
    int32_t *table = some((rows + 1) * (columns + 1), sizeof *table);
    double *cells = some(128 * 128, sizeof *cells);
    uint8_t *smaller = some(boxes, 1), *seen = some(side * side, 1);
    float *down = some(3 * side, sizeof *down), *across = some(3 * side, sizeof *across);
    for (int64_t at = 0; at < 3 * side; at++) {
        down[at] = (float)(upto(2000) - 1000) / (float)(1 + upto(200));
        across[at] = (float)(upto(2000) - 1000) / (float)(1 + upto(200));
    }
    void *kept[5] = {0};
    for (int level = 0; level <= levels; level++) {
        hm_use(level);
        hm_sums(&luma, table);
        hm_means(table, rows, columns, box, cells);
        hm_front(&luma, down, across, side, seen);
        check(!hm_small(&luma, 1 + side, smaller), "no memory");
        agree(table, (size_t)((rows + 1) * (columns + 1)) * sizeof *table, kept);
        /* An empty box has no means. */
        agree(cells, box[0] < box[1] && box[2] < box[3] ? 128 * 128 * sizeof *cells : 0, kept + 1);
        agree(smaller, (size_t)boxes, kept + 2);
        agree(seen, (size_t)(side * side), kept + 3);
        check(!hm_pieces(&luma, &how, shares, most, pieces, &cut) && cut <= most, "too many pieces");
        agree(pieces, (size_t)(6 * cut) * sizeof *pieces, kept + 4);
    }
    for (int each = 0; each < 5; each++)
        free(kept[each]);
    free(samples), free(table), free(cells), free(smaller), free(seen), free(pieces);
    free(down), free(across);
}

/* A mask of nothing, of everything, of noise or of rectangles. */
static uint8_t *mask_of(int64_t rows, int64_t columns) {
    uint8_t *mask = some(rows * columns, 1);
    int64_t kind = upto(3), every = 1 + upto(3), corner[2] = {upto(rows), upto(columns)};
    int64_t slope = upto(4) - 2;
    for (int64_t at = 0; at < rows * columns; at++) {
        int64_t row = at / columns, column = at % columns + slope * row / 4;
        mask[at] = kind == 0   ? every == 1
                   : kind == 1 ? !upto(every)
                               : row >= corner[0] / 2 && column >= corner[1] / 2 &&
                                     column < columns - corner[1] / 4;
    }
    return mask;
}

static void things(int levels) {
    int64_t rows = 1 + upto(upto(1) ? 3 : 90), columns = 1 + upto(upto(1) ? 3 : 90);
    int64_t least = upto(9) - 1, most = upto(6), room = upto(3) ? 4000 : upto(20), found = 0, count;
    uint8_t *mask = mask_of(rows, columns), *area = mask_of(64, 64), *samples = luma_of(rows, columns);
    hm_luma luma = {samples, rows, columns, columns, 1};
    double limits[4] = {(double)upto(8), 0.985, 0.15 * (double)upto(9), 0.85 * (double)upto(1)};
    uint8_t *labels = some(rows * columns, 1), *inside = some(64 * 64, 1);
    int64_t *places = some(4 * most, sizeof *places), *light = some(4096, sizeof *light);
    int64_t *rest = some(4096, sizeof *rest);
    double *outline = some(4 * (rows + columns), sizeof *outline), corners[8], hull = 0;
    int64_t brightness = upto(255), alike = upto(9), rim = upto(4), counts[256], size = 0;
    uint8_t *flat = some(rows * columns, 1), *of_level = some(rows * columns, 1);
    double *bright = some(4096, sizeof *bright), *share = some(4096, sizeof *share);
    double *filled = some(4096, sizeof *filled);
    for (int64_t at = 0; at < 4096; at++) {
        share[at] = (double)upto(2) / 2;
        bright[at] = share[at] * (double)upto(255);
    }
    void *kept[12] = {0};
    for (int level = 0; level <= levels; level++) {
        hm_use(level);
        check(!hm_blobs(mask, rows, columns, least, most, room, places, labels, &found) &&
                  found <= most,
              "too many things");
        agree(places, (size_t)(4 * found) * sizeof *places, kept);
        agree(labels, (size_t)(rows * columns), kept + 1);
        check(!hm_quad(mask, rows, columns, limits, outline, &count, corners, &hull), "no memory");
        check(count <= 2 * (rows + columns), "too many points");
        agree(outline, (size_t)(2 * count) * sizeof *outline, kept + 2);
        agree(corners, count ? sizeof corners : 0, kept + 3);
        check(!hm_uncovered(&luma, mask, light, rest), "no memory");
        agree(light, 4096 * sizeof *light, kept + 4);
        agree(rest, 4096 * sizeof *rest, kept + 5);
        hm_enclosed(area, most, least, inside);
        agree(inside, 64 * 64, kept + 6);
        check(!hm_flat_parts(&luma, (int)alike, flat, counts), "no memory");
        agree(flat, (size_t)(rows * columns), kept + 7);
        agree(counts, sizeof counts, kept + 8);
        check(!hm_area_of_level(&luma, flat, (int)brightness, (int)alike, rim, of_level, &size),
              "no memory");
        agree(of_level, (size_t)(rows * columns), kept + 9);
        agree(&size, sizeof size, kept + 10);
        hm_fill_areas(bright, share, 1, filled);
        agree(filled, 4096 * sizeof *filled, kept + 11);
    }
    for (int each = 0; each < 12; each++)
        free(kept[each]);
    free(flat), free(of_level), free(bright), free(share), free(filled);
    free(mask), free(area), free(samples), free(labels), free(inside), free(places), free(light);
    free(rest), free(outline);
}

/* Coefficients, many of them equal, of which blocks may not exist. */
static void ranks(int levels) {
    int64_t down = 1 + upto(2), across = 1 + upto(2), count = upto(9), range = 1 + upto(1 << 20);
    float *product = some(down * across * 256, sizeof *product), whole[256];
    double *values = some(down * across * 256, sizeof *values);
    int64_t *rows = some(count, sizeof *rows), *columns = some(count, sizeof *columns);
    int is_lie = !upto(3), status = 0;
    for (int64_t at = 0; at < down * across * 256; at++)
        values[at] = product[at] = (float)(upto(2 * range) - range) / 64;
    for (int at = 0; at < 256; at++)
        whole[at] = (float)upto(range);
    for (int64_t at = 0; at < count; at++) {
        rows[at] = is_lie ? (int64_t)next() : upto(down - 1);
        columns[at] = is_lie ? upto(2 * across) - across : upto(across - 1);
    }
    uint8_t *found = some(32 * count, 1), *codes = some(32 * down * across, 1);
    uint8_t *again = some(32 * down * across, 1);
    void *kept[2] = {0};
    for (int level = 0; level <= levels; level++) {
        hm_use(level);
        const int64_t low = is_lie ? upto(36) - 18 : upto(16);
        const float *away = upto(1) ? whole : NULL;
        status = hm_blocks(product, down, across, low, rows, columns, count, away, found);
        check(is_lie || status == HM_OK, "a block that exists is refused");
        hm_codes(product, 4, down * across, codes);
        hm_codes(values, 8, down * across, again);
        check(!memcmp(codes, again, (size_t)(32 * down * across)), "precisions disagree");
        agree(codes, (size_t)(32 * down * across), kept);
        for (int64_t each = 0; each < down * across; each++)
            for (int bit = 0; bit < 256; bit++) {
                const float *own = product + 256 * each;
                int below = 0;
                for (int at = 0; at < 256; at++)
                    below += own[at] < own[bit];
                int is_set = codes[32 * each + 31 - bit / 8] >> bit % 8 & 1;
                check(is_set == (below >= 128), "a bit that is wrong");
            }
    }
    free(kept[0]), free(product), free(values), free(rows), free(columns), free(found);
    free(codes), free(again);
}

/* The ground of a picture, and the seams in it; sides near any points. */
static void grounds(int levels) {
    int64_t rows = 1 + upto(upto(1) ? 3 : 90), columns = 1 + upto(upto(1) ? 3 : 90);
    uint8_t *samples = luma_of(rows, columns), *found = some(rows * columns, 1);
    hm_luma luma = {samples, rows, columns, columns, 1};
    int64_t size = 3 + upto(4), tall = size < rows ? size : rows, wide = size < columns ? size : columns;
    int64_t rank = upto(4 * tall * wide - 2), lit[6], where[4], count = upto(60), most = upto(9), seen = 0;
    float *down = some(rows, sizeof *down), *top = some(2 * columns, sizeof *top);
    for (int64_t at = 0; at < rows; at++)
        down[at] = (float)at / (float)rows;
    for (int64_t at = 0; at < 2 * columns; at++)
        top[at] = (float)upto(255);
    hm_point *outline = some(count, sizeof *outline), quad[4], corners[4] = {{0, 0}};
    for (int64_t at = 0; at < count + 4; at++)
        *(at < 4 ? quad + at : outline + at - 4) = (hm_point){(double)upto(90), (double)upto(90)};
    uint8_t *across = some(rows * (columns - 1), 1), *below = some((rows - 1) * columns, 1);
    int64_t *places = some(4 * most, sizeof *places), least = upto(30), fine = upto(20);
    double limits[7] = {(double)upto(20), 0.12, 0.55, 0.7, 0.9, 0.5, 0.03}, sides[8];
    double of_sides[5] = {(double)upto(60) / 100, (double)(1 + upto(95)), (double)upto(20), 0.5, 1.5};
    int64_t box[4] = {upto(rows), rows, upto(columns), columns}, reach[2] = {upto(9), upto(9)};
    box[1] = box[0] + upto(rows - box[0]), box[3] = box[2] + upto(columns - box[2]);
    float low = -(float)upto(20), high = (float)upto(20);
    void *kept[9] = {0};
    for (int level = 0; level <= levels; level++) {
        int is_sharp = 0;
        hm_use(level);
        hm_ground(&luma, size, rank, lit, lit + 4);
        agree(lit, sizeof lit, kept);
        check(!hm_away(&luma, down, top, top + columns, low, high, found), "no memory");
        agree(found, (size_t)(rows * columns), kept + 1);
        check(!hm_sharpen(quad, outline, count, corners, &is_sharp), "no memory");
        agree(&is_sharp, sizeof is_sharp, kept + 2);
        agree(corners, is_sharp ? sizeof corners : 0, kept + 3);
        hm_steps(&luma, across, below);
        agree(across, (size_t)(rows * (columns - 1)), kept + 4);
        agree(below, (size_t)((rows - 1) * columns), kept + 5);
        check(!hm_detail(across, below, rows, columns, (int)fine, 0.03, where), "no memory");
        agree(where, sizeof where, kept + 6);
        check(!hm_rectangles(across, below, rows, columns, least, most, limits, places, &seen) &&
                  seen <= most,
              "too many rectangles");
        agree(places, (size_t)(4 * seen) * sizeof *places, kept + 7);
        check(!hm_slants(&luma, box, reach, of_sides, sides), "no memory");
        agree(sides, sizeof sides, kept + 8);
    }
    for (int each = 0; each < 9; each++)
        free(kept[each]);
    free(samples), free(found), free(down), free(top), free(outline), free(across), free(below);
    free(places);
}

/* Means of parts, some of one brightness; places in them that may lie outside. */
static void turns_of_parts(int levels) {
    int64_t count = 1 + upto(1), ways = upto(8), places_of = upto(40), is_lie = !upto(3);
    int64_t range = upto(255), cells_of = count * 128 * 128, status = 0;
    double *means = some(cells_of, sizeof *means);
    float *cells = some(128 * 128, sizeof *cells), *weights = some(places_of, sizeof *weights);
    for (int64_t at = 0; at < cells_of; at++)
        means[at] = (double)upto(range);
    for (int64_t at = 0; at < 128 * 128; at++)
        cells[at] = (float)means[at];
    int64_t *turns = some(3 * ways, sizeof *turns), runs[16], qualities[2];
    for (int64_t at = 0; at < 3 * ways; at++)
        turns[at] = upto(1);
    int32_t *places = some(places_of, sizeof *places);
    for (int64_t at = 0; at < places_of; at++) {
        places[at] = (int32_t)(is_lie ? (int64_t)next() : upto(257 * 257 - 1));
        weights[at] = (float)upto(99) / 99;
    }
    float *read = some(places_of, sizeof *read);
    uint8_t *codes = some(32 * ways * count, 1);
    void *kept[4] = {0};
    for (int level = 0; level <= levels; level++) {
        hm_use(level);
        hm_turned_codes(means, count, turns, ways, codes);
        agree(codes, (size_t)(32 * ways * count), kept);
        hm_part_qualities(means, count, qualities);
        agree(qualities, (size_t)count * sizeof *qualities, kept + 1);
        hm_corner_runs(means, count, 12, runs);
        agree(runs, (size_t)(8 * count) * sizeof *runs, kept + 2);
        status = hm_readings(cells, 100, places, weights, places_of, read);
        check(is_lie || !status, "a place that exists is refused");
        agree(read, status ? 0 : (size_t)places_of * sizeof *read, kept + 3);
    }
    for (int each = 0; each < 4; each++)
        free(kept[each]);
    free(means), free(cells), free(weights), free(turns), free(places), free(read), free(codes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input = data, left = size, state = 0;
    int levels = hm_use(99);
    int64_t kind = upto(13);
    if (kind == 0)
        videos(levels);
    else if (kind == 1)
        pictures(levels);
    else if (kind == 2)
        parts(levels);
    else if (kind == 3)
        things(levels);
    else if (kind == 4)
        ranks(levels);
    else if (kind == 5)
        grounds(levels);
    else if (kind == 6)
        turns_of_parts(levels);
    else
        tables(levels);
    return 0;
}

#ifndef LIBFUZZER
int main(int count, char **arguments) {
    uint64_t end = count > 2 ? strtoull(arguments[2], NULL, 10) : 0;
    for (uint64_t each = count > 2 ? strtoull(arguments[1], NULL, 10) : 0; each < end; each++)
        LLVMFuzzerTestOneInput((const uint8_t *)&each, sizeof each);
    printf("%d\n", hm_use(99));
    return 0;
}
#endif
