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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    input = data, left = size, state = 0;
    int levels = hm_use(99);
    int64_t kind = upto(9);
    if (kind == 0)
        videos(levels);
    else if (kind == 1)
        pictures(levels);
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
