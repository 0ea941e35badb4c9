/* Two videos: the best paths through the pairs of near frames, one after the other.
 *
 * hashmatch/search/frame_paths.py does the same in NumPy, with the same operations in the same order. */
#include "codes.h"

enum {
    NEAREST = 32,     /* as hashmatch/search/frame_paths.py says */
    LOOKED_BACK = 64, /* the same */
    NOWHERE = -1
};

/* Pairs of near frames and the best path that ends in each. */
typedef struct {
    const hm_videos *videos;
    hm_found pairs; /* known frame, distance, frame of the query */
    int64_t *first; /* where the pairs of each frame of the query begin */
    uint8_t *alive; /* frames of the query that no path took */
    double *scores;
    int64_t *origins; /* the pair before, on the best path */
} paths;

/* Put a frame among those held, by distance, instead of the last if there is no room. */
static int64_t put_in_order(int64_t *rows, int64_t *distances, int64_t held, int64_t row,
                            int64_t distance) {
    int64_t slot = smaller(held, NEAREST - 1);
    for (; slot > 0 && distances[slot - 1] > distance; slot--) {
        distances[slot] = distances[slot - 1];
        rows[slot] = rows[slot - 1];
    }
    distances[slot] = distance;
    rows[slot] = row;
    return smaller(held + 1, NEAREST);
}

/* The pairs of frames within `most` bits, by query. */
static int near_pairs(paths *p) {
    const hm_videos *videos = p->videos;
    int64_t rows[NEAREST], distances[NEAREST], width = videos->width;
    for (int64_t number = 0; number < videos->asked; number++) {
        int64_t held = 0, farthest = videos->most;
        const uint64_t *own = videos->queries + width * number;
        p->first[number] = p->pairs.count;
        for (int64_t row = 0; row < videos->known; row++) {
            int64_t distance = distance_of(own, videos->codes + width * row, width);
            if (distance > farthest)
                continue;
            held = put_in_order(rows, distances, held, row, distance);
            if (held == NEAREST)
                farthest = distances[NEAREST - 1] - 1;
        }
        for (int64_t slot = 0; slot < held; slot++) {
            int failed = append(&p->pairs, 3, (int64_t[]){rows[slot], distances[slot], number});
            if (failed)
                return failed;
        }
    }
    p->first[videos->asked] = p->pairs.count;
    return HM_OK;
}

/* The best path that ends in one pair. */
INLINE void score_pair(paths *p, int64_t number, int64_t own) {
    const hm_videos *videos = p->videos;
    double gap = videos->steps[0], slowest = videos->steps[1], fastest = videos->steps[2];
    double slack = videos->steps[3], drift = videos->steps[4], lapse = videos->steps[5];
    double decay = videos->steps[6], scale = videos->steps[7];
    double best = 0, time = videos->times[p->pairs.pairs[3 * own]];
    int64_t origin = NOWHERE;
    for (int64_t back = 1; back <= smaller(LOOKED_BACK, number); back++) {
        double passed = videos->query_times[number] - videos->query_times[number - back];
        if (passed > gap)
            break;
        if (passed <= 0 || !p->alive[number - back])
            continue;
        double shortest = slowest * passed - slack, longest = fastest * passed + slack;
        for (int64_t other = p->first[number - back]; other < p->first[number - back + 1]; other++) {
            double moved = time - videos->times[p->pairs.pairs[3 * other]];
            if (moved < shortest || moved > longest)
                continue;
            double astray = moved - passed < 0 ? passed - moved : moved - passed;
            double score = p->scores[other] - drift * astray - lapse * passed;
            if (score > best) {
                best = score;
                origin = other;
            }
        }
    }
    p->scores[own] = best + 1 - decay * (double)p->pairs.pairs[3 * own + 1] / scale;
    p->origins[own] = origin;
}

static void score_paths(paths *p, int64_t begin, int64_t end) {
    for (int64_t number = begin; number < end; number++)
        if (p->alive[number])
            for (int64_t own = p->first[number]; own < p->first[number + 1]; own++)
                score_pair(p, number, own);
}

/* The pair with which the best path ends, the first of several; NOWHERE if none is left. */
static int64_t best_end(const paths *p) {
    int64_t last = NOWHERE;
    for (int64_t pair = 0; pair < p->pairs.count; pair++)
        if (p->alive[p->pairs.pairs[3 * pair + 2]] &&
            (last == NOWHERE || p->scores[pair] > p->scores[last]))
            last = pair;
    return last;
}

/* Write the path that ends with a pair behind those that were found; return its first frame. */
static int64_t take_path(paths *p, int64_t last, int64_t path, int64_t *found, int64_t *count) {
    int64_t beginning = 0, length = 0;
    for (int64_t pair = last; pair != NOWHERE; pair = p->origins[pair]) {
        beginning = p->pairs.pairs[3 * pair + 2];
        p->alive[beginning] = 0;
        length++;
    }
    int64_t slot = *count + length;
    for (int64_t pair = last; pair != NOWHERE; pair = p->origins[pair]) {
        const int64_t *held = p->pairs.pairs + 3 * pair;
        int64_t *to = found + 4 * --slot;
        to[0] = path, to[1] = held[2], to[2] = held[0], to[3] = held[1];
    }
    *count += length;
    return beginning;
}

static void take_paths(paths *p, int64_t *found, int64_t *count, double *totals, int64_t *taken) {
    const hm_videos *videos = p->videos;
    score_paths(p, 0, videos->asked);
    while (*taken < videos->rounds) {
        int64_t last = best_end(p);
        if (last == NOWHERE || p->scores[last] < videos->least)
            return;
        totals[*taken] = p->scores[last];
        int64_t ending = p->pairs.pairs[3 * last + 2];
        int64_t beginning = take_path(p, last, (*taken)++, found, count);
        /* Paths that end before this one begins stay as they are, and those after the next gap. */
        int64_t stop = ending + 1;
        double held = videos->query_times[ending];
        for (; stop < videos->asked && videos->query_times[stop] - held <= videos->steps[0]; stop++)
            if (p->first[stop + 1] > p->first[stop])
                held = videos->query_times[stop];
        score_paths(p, beginning, stop);
    }
}

static int chain(const hm_videos *videos, int64_t *found, int64_t *count, double *totals,
                 int64_t *taken) {
    paths p = {videos, {0}, NULL, NULL, NULL, NULL};
    size_t asked = (size_t)videos->asked + 1;
    p.first = malloc(asked * sizeof *p.first);
    p.alive = malloc(asked);
    int failed = p.first && p.alive ? near_pairs(&p) : HM_NO_MEMORY;
    if (!failed) {
        p.scores = malloc(((size_t)p.pairs.count + 1) * sizeof *p.scores);
        p.origins = malloc(((size_t)p.pairs.count + 1) * sizeof *p.origins);
        failed = p.scores && p.origins ? HM_OK : HM_NO_MEMORY;
    }
    if (!failed) {
        memset(p.alive, 1, asked);
        take_paths(&p, found, count, totals, taken);
    }
    free(p.pairs.pairs), free(p.first), free(p.alive), free(p.scores), free(p.origins);
    return failed;
}
