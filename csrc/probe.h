/* Few queries: each looks into its buckets, one after the other. */
#include "codes.h"
#include "scan.h"

enum {
    AHEAD = 8,          /* buckets whose memory is asked for before they are read */
    LINES = 5,          /* cache lines of a bucket that are asked for; the processor guesses the rest */
    BUCKETS_AHEAD = 16, /* the same of tables without signatures, */
    CODES_AHEAD = 16    /* and of the codes that their rows lead to */
};

/* Codes in one bucket: where they begin in the table, and how many. */
typedef struct {
    int64_t start;
    int64_t size;
} span;

/* Find the buckets of a query, and how many codes they hold. */
static int locate(const hm_tables *tables, const hm_probes *probes, const uint64_t *query,
                  span *spans, int64_t *total) {
    uint64_t count = (uint64_t)tables->count, sum = 0;
    int wrong = 0;
    for (int64_t table = 0; table < tables->tables; table++) {
        uint64_t key = chunk_of(query, tables->bounds[table], tables->bounds[table + 1]);
        const uint32_t *offsets = tables->offsets + tables->origins[table];
        for (int64_t probe = probes->first[table]; probe < probes->first[table + 1]; probe++) {
            const uint32_t *place = offsets + (key ^ probes->masks[probe]);
            uint64_t begin = place[0], end = place[1];
            wrong |= (begin > end) | (end > count);
            spans[probe].start = (int64_t)begin;
            spans[probe].size = (int64_t)(end - begin);
            sum += end - begin;
        }
    }
    *total = (int64_t)sum;
    return wrong ? HM_OUT_OF_ORDER : HM_OK;
}

static int probe_signatures(search *job, int64_t number, const span *spans) {
    const hm_tables *tables = job->tables;
    const int64_t *first = job->probes->first;
    const uint64_t *query = job->queries + number * tables->width;
    int64_t words = smaller(tables->width, 2), asked = 0, last = first[tables->tables];
    int64_t asked_table = 0;
    for (int64_t table = 0; table < tables->tables; table++) {
        uint64_t own_left = query[left_word(tables->bounds[table], tables->width)];
        uint64_t own_right = query[right_word(tables->bounds[table], tables->width)];
        const uint64_t *base = tables->signatures + words * table * tables->count;
        const uint32_t *rows = tables->entries + table * tables->count;
        job->table = table;
        for (int64_t probe = first[table]; probe < first[table + 1]; probe++) {
            for (; asked < smaller(probe + AHEAD, last); asked++) {
                while (asked >= first[asked_table + 1])
                    asked_table++;
                const uint64_t *begin = tables->signatures +
                                        words * (asked_table * tables->count + spans[asked].start);
                int64_t lines = smaller(LINES, (words * spans[asked].size + 7) / 8);
                for (int64_t line = 0; line < lines; line++)
                    __builtin_prefetch(begin + 8 * line);
            }
            int64_t size = spans[probe].size, start = spans[probe].start;
            const uint64_t *left = base + words * start;
            bucket here = {left, left + (words - 1) * size, rows + start, size};
            int failed = scan(job, &here, number, own_left, own_right);
            if (failed)
                return failed;
        }
    }
    return HM_OK;
}

/* Copy the rows of the buckets of one table, and say how many there are. */
static int64_t gather_rows(const uint32_t *entries, const span *spans, int64_t first, int64_t end,
                           uint32_t *rows) {
    int64_t held = 0;
    for (int64_t probe = first; probe < end; probe++) {
        __builtin_prefetch(entries + spans[smaller(probe + BUCKETS_AHEAD, end - 1)].start);
        const uint32_t *from = entries + spans[probe].start;
        for (int64_t at = 0; at < spans[probe].size; at++)
            rows[held + at] = from[at];
        held += spans[probe].size;
    }
    return held;
}

static int probe_codes(search *job, int64_t number, const span *spans, uint32_t *rows) {
    const hm_tables *tables = job->tables;
    const int64_t *first = job->probes->first;
    int64_t width = tables->width;
    const uint64_t *query = job->queries + number * width;
    for (int64_t table = 0; table < tables->tables; table++) {
        int64_t held = gather_rows(tables->entries + table * tables->count, spans, first[table],
                                   first[table + 1], rows);
        job->table = table;
        for (int64_t at = 0; at < held; at++) {
            int64_t ahead = rows[smaller(at + CODES_AHEAD, held - 1)], row = rows[at];
            __builtin_prefetch(tables->codes + width * smaller(ahead, tables->count - 1));
            if (row >= tables->count)
                return HM_NO_SUCH_CODE;
            if (distance_of(query, tables->codes + width * row, width) <= job->threshold) {
                int failed = confirm(job, number, row);
                if (failed)
                    return failed;
            }
        }
    }
    return HM_OK;
}

static int probe(const hm_tables *tables, const hm_probes *probes, const uint64_t *queries,
                 int64_t asked, int64_t threshold, int64_t limit, int64_t *refused,
                 hm_found *found) {
    search job = {tables, probes, queries, threshold, 0, found};
    span *spans = malloc(((size_t)probes->first[tables->tables] + 1) * sizeof *spans);
    uint32_t *rows = NULL;
    int64_t room = 0;
    int failed = spans ? HM_OK : HM_NO_MEMORY;
    for (int64_t number = 0; number < asked && !failed; number++) {
        int64_t total;
        failed = locate(tables, probes, queries + number * tables->width, spans, &total);
        if (failed)
            break;
        if (total > limit) {
            refused[found->refused++] = number;
        } else if (tables->signatures) {
            failed = probe_signatures(&job, number, spans);
        } else {
            if (total > room) {
                free(rows);
                room = 2 * total;
                rows = malloc((size_t)room * sizeof *rows);
                failed = rows ? HM_OK : HM_NO_MEMORY;
            }
            if (total && !failed)
                failed = probe_codes(&job, number, spans, rows);
        }
    }
    free(rows);
    free(spans);
    return failed;
}

/* The rows of the tables that probing will read: start and end for each query and mask. */
static int ranges(const hm_tables *tables, const hm_probes *probes, const uint64_t *queries,
                  int64_t asked, int64_t limit, int64_t *result) {
    int64_t last = probes->first[tables->tables];
    span *spans = malloc(((size_t)last + 1) * sizeof *spans);
    int failed = spans ? HM_OK : HM_NO_MEMORY;
    for (int64_t number = 0; number < asked && !failed; number++) {
        int64_t total;
        failed = locate(tables, probes, queries + number * tables->width, spans, &total);
        for (int64_t table = 0; table < tables->tables && !failed; table++)
            for (int64_t probe = probes->first[table]; probe < probes->first[table + 1]; probe++) {
                int64_t start = table * tables->count + spans[probe].start;
                *result++ = start;
                *result++ = total > limit ? start : start + spans[probe].size;
            }
    }
    free(spans);
    return failed;
}
