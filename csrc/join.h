/* Many queries: each table is walked once, each bucket compared with its queries.
 *
 * A bucket's key has a high and a low half. Queries are sorted by the high half; of those that look
 * into buckets with one high half, all looks are written down and sorted by the low half. What is
 * worked on at a time stays in the processor's cache: sorting all looks at once costs twenty times
 * as much. */
#include "codes.h"
#include "scan.h"

enum {
    LOOKS = 1 << 16, /* looks that are sorted at once, at most: more only where a flip takes more */
    FEW = 4096,      /* looks to sort at once, on average: they stay in the first cache, nearly */
    ROWS_AHEAD = 16,
    PADDING = 4
};

/* Queries sorted for one table, and the looks that are worked on. */
typedef struct {
    int64_t middle;     /* bit of the key where its high half begins */
    int64_t turns;      /* flips of high halves */
    int64_t *highs;     /* those flips, */
    uint64_t *lows;     /* the flips of low halves, shifted to where looks have them, */
    int64_t *until;     /* and how many of them can go with each flip of a high half */
    uint32_t *begins;   /* where the queries of each high half begin */
    uint32_t *numbers;  /* queries in their order */
    uint64_t *own;      /* the looks of queries into their own buckets */
    uint64_t *halves;   /* their signatures */
    uint32_t *ends;     /* where the looks into each bucket begin and end */
    uint64_t *looks;    /* low half of a bucket above 32 bits for who looks into it */
    uint32_t *ordered;  /* who looks, by bucket */
    uint64_t *gathered; /* signatures of buckets in tables that have none */
    int64_t room;       /* of those, in rows */
} queue;

/* The start of a key's high half: its middle, or an earlier bit where probes are many. */
static int64_t middle_of(int64_t start, int64_t end, int64_t looks) {
    int64_t middle = (start + end) / 2;
    while (middle > start && looks >> (end - middle) > FEW)
        middle--;
    return middle;
}

static void sort_queries(const search *job, queue *q, int64_t asked, int64_t start, int64_t end) {
    int64_t width = job->tables->width, groups = (int64_t)1 << (end - q->middle);
    int64_t left = left_word(start, width), right = right_word(start, width);
    memset(q->begins, 0, ((size_t)groups + 2) * sizeof *q->begins);
    for (int64_t number = 0; number < asked; number++)
        q->begins[chunk_of(job->queries + number * width, q->middle, end) + 2]++;
    for (int64_t key = 2; key < groups + 2; key++)
        q->begins[key] += q->begins[key - 1];
    for (int64_t number = 0; number < asked; number++) {
        const uint64_t *query = job->queries + number * width;
        uint32_t slot = q->begins[chunk_of(query, q->middle, end) + 1]++;
        q->numbers[slot] = (uint32_t)number;
        q->own[slot] = chunk_of(query, start, q->middle) << 32 | slot;
        q->halves[2 * (int64_t)slot] = query[left];
        q->halves[2 * (int64_t)slot + 1] = query[right];
    }
}

/* Split flips of a key, fewest first, into those of its high and of its low half. */
static void split_flips(queue *q, const uint32_t *masks, int64_t count, int64_t bits) {
    int64_t high = 0, low = 0;
    for (int64_t each = 0; each < count; each++) {
        uint64_t mask = masks[each];
        if (mask >> bits == 0)
            q->lows[low++] = mask << 32;
        if (mask >> bits << bits == mask)
            q->highs[high++] = (int64_t)(mask >> bits);
    }
    int most = bits_of(masks[count - 1]);
    for (int64_t each = 0; each < high; each++) {
        int left = most - bits_of((uint64_t)q->highs[each]);
        q->until[each] = 0;
        while (q->until[each] < low && bits_of(q->lows[q->until[each]]) <= left)
            q->until[each]++;
    }
    q->turns = high;
}

/* Where writing down looks goes on: the flip, and the query among those that it leads to. */
typedef struct {
    int64_t turn;
    int64_t slot;
} progress;

/* Write down looks into the buckets with one high half, as many as there is room for. */
static int64_t write_looks(queue *q, int64_t high, int64_t room, progress *state) {
    int64_t count = 0;
    for (; state->turn < q->turns; state->turn++, state->slot = 0) {
        int64_t group = high ^ q->highs[state->turn], more = q->until[state->turn];
        int64_t first = q->begins[group], last = q->begins[group + 1];
        for (int64_t slot = first + state->slot; slot < last; slot++) {
            if (count + more > room) {
                state->slot = slot - first;
                return count;
            }
            uint64_t look = q->own[slot];
            for (int64_t flip = 0; flip < more; flip++)
                q->looks[count + flip] = look ^ q->lows[flip];
            count += more;
        }
    }
    return count;
}

/* Sort looks by bucket: those of bucket b lie from `ends[b]` to `ends[b + 1]`. */
static void sort_looks(queue *q, int64_t count, int64_t buckets) {
    memset(q->ends, 0, ((size_t)buckets + 2) * sizeof *q->ends);
    for (int64_t each = 0; each < count; each++)
        q->ends[(q->looks[each] >> 32) + 2]++;
    for (int64_t key = 2; key < buckets + 2; key++)
        q->ends[key] += q->ends[key - 1];
    for (int64_t each = 0; each < count; each++)
        q->ordered[q->ends[(q->looks[each] >> 32) + 1]++] = (uint32_t)q->looks[each];
}

/* Gather the signatures of the buckets that any query looks into, left halves first. */
static int gather(const search *job, queue *q, const uint32_t *rows, const uint32_t *offsets,
                  int64_t buckets, int64_t least, int64_t most) {
    const hm_tables *tables = job->tables;
    int64_t width = tables->width, start = tables->bounds[job->table];
    int64_t left = left_word(start, width), right = right_word(start, width);
    if (most - least + PADDING > q->room) {
        free(q->gathered);
        q->room = 2 * (most - least + PADDING);
        q->gathered = calloc(2 * (size_t)q->room, sizeof *q->gathered);
        if (!q->gathered)
            return HM_NO_MEMORY;
    }
    for (int64_t each = 0; each < buckets; each++) {
        if (q->ends[each] == q->ends[each + 1])
            continue;
        int64_t begin = offsets[each], end = offsets[each + 1];
        if (begin < least || begin > end || end > most)
            return HM_OUT_OF_ORDER;
        for (int64_t place = begin; place < end; place++) {
            int64_t ahead = rows[smaller(place + ROWS_AHEAD, tables->count - 1)];
            __builtin_prefetch(tables->codes + width * smaller(ahead, tables->count - 1));
            int64_t row = rows[place];
            if (row >= tables->count)
                return HM_NO_SUCH_CODE;
            q->gathered[place - least] = tables->codes[width * row + left];
            q->gathered[q->room + place - least] = tables->codes[width * row + right];
        }
    }
    return HM_OK;
}

/* Add the neighbours in buckets with one high half; their looks are sorted. */
static int join_buckets(const search *job, queue *q, const uint32_t *offsets, int64_t buckets) {
    const hm_tables *tables = job->tables;
    const uint32_t *rows = tables->entries + job->table * tables->count;
    int64_t words = smaller(tables->width, 2), least = offsets[0], most = offsets[buckets];
    if (least > most || most > tables->count)
        return HM_OUT_OF_ORDER;
    if (!tables->signatures) {
        int failed = gather(job, q, rows, offsets, buckets, least, most);
        if (failed)
            return failed;
    }
    const uint64_t *base = tables->signatures + words * job->table * tables->count;
    for (int64_t each = 0; each < buckets; each++) {
        if (q->ends[each] == q->ends[each + 1])
            continue;
        int64_t begin = offsets[each], end = offsets[each + 1];
        if (begin < least || begin > end || end > most)
            return HM_OUT_OF_ORDER;
        bucket here = {NULL, NULL, rows + begin, end - begin};
        if (tables->signatures) {
            here.left = base + words * begin;
            here.right = here.left + (words - 1) * here.size;
        } else {
            here.left = q->gathered + begin - least;
            here.right = here.left + (words - 1) * q->room;
        }
        for (uint32_t look = q->ends[each]; look < q->ends[each + 1]; look++) {
            uint32_t slot = q->ordered[look];
            const uint64_t *own = q->halves + 2 * (int64_t)slot;
            int failed = scan(job, &here, q->numbers[slot], own[0], own[1]);
            if (failed)
                return failed;
        }
    }
    return HM_OK;
}

static int join_table(const search *job, queue *q, int64_t start, int64_t end, int64_t room) {
    int64_t buckets = (int64_t)1 << (q->middle - start), groups = (int64_t)1 << (end - q->middle);
    const uint32_t *offsets = job->tables->offsets + job->tables->origins[job->table];
    for (int64_t high = 0; high < groups; high++) {
        progress state = {0, 0};
        while (state.turn < q->turns) {
            sort_looks(q, write_looks(q, high, room, &state), buckets);
            int failed = join_buckets(job, q, offsets + high * buckets, buckets);
            if (failed)
                return failed;
        }
    }
    return HM_OK;
}

static void *array(size_t count, size_t size, int *failed) {
    void *made = malloc((count + 1) * size);
    if (!made)
        *failed = HM_NO_MEMORY;
    return made;
}

static void release_table(queue *q) {
    free(q->highs), free(q->lows), free(q->until), free(q->begins), free(q->ends);
    free(q->looks), free(q->ordered);
}

/* Sort the queries for a table whose chunk is looked into, and walk through it. */
static int prepare_and_join(const search *job, queue *q, int64_t asked) {
    int64_t start = job->tables->bounds[job->table], end = job->tables->bounds[job->table + 1];
    int64_t first = job->probes->first[job->table];
    int64_t flips = job->probes->first[job->table + 1] - first;
    if (!flips)
        return HM_OK;
    int failed = HM_OK;
    size_t masks = (size_t)flips;
    /* All looks of one query are written at once: there is room for them. */
    int64_t room = flips > LOOKS ? flips : LOOKS;
    q->middle = middle_of(start, end, asked * flips);
    q->highs = array(masks, sizeof *q->highs, &failed);
    q->lows = array(masks, sizeof *q->lows, &failed);
    q->until = array(masks, sizeof *q->until, &failed);
    q->begins = array(((size_t)1 << (end - q->middle)) + 1, sizeof *q->begins, &failed);
    q->ends = array(((size_t)1 << (q->middle - start)) + 1, sizeof *q->ends, &failed);
    q->looks = array((size_t)room, sizeof *q->looks, &failed);
    q->ordered = array((size_t)room, sizeof *q->ordered, &failed);
    if (!failed) {
        split_flips(q, job->probes->masks + first, flips, q->middle - start);
        sort_queries(job, q, asked, start, end);
        failed = join_table(job, q, start, end, room);
    }
    release_table(q);
    return failed;
}

static int join(const hm_tables *tables, const hm_probes *probes, const uint64_t *queries,
                int64_t asked, int64_t threshold, hm_found *found) {
    search job = {tables, probes, queries, threshold, 0, found};
    queue q = {0};
    int failed = HM_OK;
    q.numbers = array((size_t)asked, sizeof *q.numbers, &failed);
    q.own = array((size_t)asked, sizeof *q.own, &failed);
    q.halves = array(2 * (size_t)asked, sizeof *q.halves, &failed);
    for (; job.table < tables->tables && !failed; job.table++)
        failed = prepare_and_join(&job, &q, asked);
    free(q.numbers), free(q.own), free(q.halves), free(q.gathered);
    return failed;
}
