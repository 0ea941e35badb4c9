/* What the library gives to Python: see hashmatch/native/library.py.
 *
 * Tables may be hostile: they are mapped from a file that others wrote, and may change while they
 * are read. Every bucket and every row is checked where it is read. What Python makes itself
 * (queries, probes, lengths) is checked there. */
#ifndef HASHMATCH_H
#define HASHMATCH_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define HM_EXPORT __declspec(dllexport)
#else
#define HM_EXPORT __attribute__((visibility("default")))
#endif

/* Raised with every change of what follows: Python refuses a library of another number. */
#define HM_INTERFACE 6

enum { HM_OK = 0, HM_NO_MEMORY = 1, HM_NO_SUCH_CODE = 2, HM_OUT_OF_ORDER = 3 };

/* The tables of a multi-index, as hashmatch/search/mih.py describes them. */
typedef struct {
    const uint64_t *codes;      /* count × width words */
    const uint32_t *offsets;    /* of each table, buckets + 1 */
    const uint32_t *entries;    /* tables × count */
    const uint64_t *signatures; /* NULL if there are none; PADDING rows follow the last one */
    const int64_t *origins;     /* where the offsets of each table begin, with their end */
    const int64_t *bounds;      /* bits where chunks begin, with the end of the last one */
    int64_t count;
    int64_t width;
    int64_t tables;
} hm_tables;

/* The buckets to look into, as hashmatch/search/pigeonhole.py describes them. */
typedef struct {
    const uint32_t *masks;
    const int64_t *first;
    const int64_t *radii;
} hm_probes;

/* Pairs that were found: query, row, distance; hm_release frees them. */
typedef struct {
    int64_t *pairs;
    int64_t count;
    int64_t room;
    int64_t refused; /* queries that look at more codes than the limit */
} hm_found;

/* Frames of two videos and what may follow what, as hashmatch/search/chaining.py describes it. */
typedef struct {
    const uint64_t *queries;
    const double *query_times;
    const uint64_t *codes;
    const double *times;
    const double *steps; /* gap, slowest, fastest, slack, drift, lapse, decay, scale */
    int64_t asked;
    int64_t known;
    int64_t width;
    int64_t most;   /* bits between the frames of a pair */
    int64_t rounds; /* the most paths */
    double least;   /* the score below which no path counts */
} hm_videos;

/* Luma of a picture. */
typedef struct {
    const void *samples;
    int64_t rows;
    int64_t columns;
    int64_t stride; /* bytes from row to row */
    int64_t bytes;  /* of a sample: 1 for uint8_t, 4 for float, 8 for double */
} hm_luma;

/* A banded matrix along one axis, as hashmatch/hashers/operators.py describes it. */
typedef struct {
    const int64_t *starts; /* may lie outside the picture */
    const double *weights; /* outputs × band */
    int64_t outputs;
    int64_t band;
    int64_t length;
} hm_axis;

/* A place in a picture, in pixels. */
typedef struct {
    double row, column;
} hm_point;

/* What cuts a page: pixels of a line that are looked at first, levels of one colour, borders that are
 * taken off, how often what was cut is cut again, how often each pixel may be looked at on average,
 * the smallest side of a piece. */
typedef struct {
    int64_t samples, levels, borders, depth, looks, least;
} hm_cutting;

/* All kernels of one instruction set. */
typedef struct {
    const char *name;
    int (*probe)(const hm_tables *, const hm_probes *, const uint64_t *queries, int64_t asked,
                 int64_t threshold, int64_t limit, int64_t *refused, hm_found *);
    int (*join)(const hm_tables *, const hm_probes *, const uint64_t *queries, int64_t asked,
                int64_t threshold, hm_found *);
    int (*ranges)(const hm_tables *, const hm_probes *, const uint64_t *queries, int64_t asked,
                  int64_t limit, int64_t *result);
    int (*fill)(const uint64_t *codes, int64_t count, int64_t width, int64_t start, int64_t end,
                int64_t words, uint32_t *offsets, uint32_t *entries, uint64_t *signatures);
    int (*chain)(const hm_videos *, int64_t *found, int64_t *pairs, double *totals,
                 int64_t *paths);
    int (*turns)(const hm_luma *, const hm_axis *down, const hm_axis *across, const int64_t *parts,
                 int64_t count, double *grids, const double *waves, uint8_t *codes,
                 int64_t *qualities);
    void (*finish)(const double *waves, const double *grids, int64_t count, uint8_t *codes,
                   int64_t *qualities);
    void (*qualities)(const double *grids, int64_t count, int64_t *found);
    void (*codes)(const void *values, int64_t bytes, int64_t count, uint8_t *found);
    int (*blocks)(const float *product, int64_t down, int64_t across, int64_t low,
                  const int64_t *rows, const int64_t *columns, int64_t count, const float *whole,
                  uint8_t *found);
    void (*sums)(const hm_luma *, int32_t *table);
    void (*means)(const int32_t *table, int64_t rows, int64_t columns, const double *box,
                  double *found);
    int (*small)(const hm_luma *, int64_t side, uint8_t *found);
    void (*turned_codes)(const double *spectra, int64_t count, const int64_t *turns, int64_t ways,
                         uint8_t *found);
    void (*part_qualities)(const double *means, int64_t count, int64_t *found);
    void (*corner_runs)(const double *means, int64_t count, double most, int64_t *found);
    int (*pieces)(const hm_luma *, const hm_cutting *, const double *shares, int64_t most,
                  int64_t *found, int64_t *count);
    int (*blobs)(const uint8_t *mask, int64_t rows, int64_t columns, int64_t least, int64_t most,
                 int64_t room, int64_t *places, uint8_t *labels, int64_t *found);
    int (*quad)(const uint8_t *mask, int64_t rows, int64_t columns, const double *limits,
                double *outline, int64_t *count, double *corners, double *area);
    void (*ground)(const hm_luma *, int64_t size, int64_t rank, int64_t *lit, int64_t *apart);
    int (*away)(const hm_luma *, const float *down, const float *top, const float *way, float low,
                float high, uint8_t *found);
    int (*sharpen)(const hm_point *quad, const hm_point *outline, int64_t count, hm_point *corners,
                   int *is_sharp);
    void (*front)(const hm_luma *, const float *down, const float *across, int64_t side,
                  uint8_t *found);
    int (*readings)(const float *cells, float mean, const int32_t *places, const float *weights,
                    int64_t count, float *found);
    void (*steps)(const hm_luma *, uint8_t *across, uint8_t *down);
    int (*detail)(const uint8_t *across, const uint8_t *down, int64_t rows, int64_t columns,
                  uint8_t fine, double share, int64_t *where);
    int (*rectangles)(const uint8_t *across, const uint8_t *down, int64_t rows, int64_t columns,
                      int64_t least, int64_t most, const double *limits, int64_t *places,
                      int64_t *found);
    int (*slants)(const hm_luma *, const int64_t *where, const int64_t *reach,
                  const double *limits, double *found);
    int (*flat_parts)(const hm_luma *, int most, uint8_t *found, int64_t *counts);
    int (*area_of_level)(const hm_luma *, const uint8_t *flat, int level, int alike, int64_t rim,
                         uint8_t *found, int64_t *count);
    void (*fill_areas)(const double *light, const double *left, int64_t count, double *found);
    int (*uncovered)(const hm_luma *, const uint8_t *area, int64_t *light, int64_t *left);
    void (*enclosed)(const uint8_t *area, int64_t most, int64_t least, uint8_t *found);
} hm_level;

#endif
