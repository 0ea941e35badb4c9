/* The AVX-512 instructions that csrc/scan.h uses, in plain C: its loop is tested on every machine. */
#include <immintrin.h>
#include <stdint.h>

typedef struct {
    int64_t lane[8];
} eight;

#define __m512i eight
#define _mm512_set1_epi64 set1
#define _mm512_maskz_loadu_epi64 load
#define _mm512_xor_si512 differ
#define _mm512_popcnt_epi64 count
#define _mm512_add_epi64 add
#define _mm512_mask_cmple_epi64_mask at_most

#define LANES_OF(name, ...)                                                                        \
    for (int name = 0; name < 8; name++)                                                           \
    made.lane[name] = __VA_ARGS__

static inline eight set1(int64_t value) {
    eight made;
    LANES_OF(at, value);
    return made;
}

static inline eight load(uint8_t mask, const uint64_t *from) {
    eight made;
    LANES_OF(at, mask >> at & 1 ? (int64_t)from[at] : 0);
    return made;
}

static inline eight differ(eight one, eight other) {
    eight made;
    LANES_OF(at, one.lane[at] ^ other.lane[at]);
    return made;
}

static inline eight count(eight value) {
    eight made;
    LANES_OF(at, __builtin_popcountll((uint64_t)value.lane[at]));
    return made;
}

static inline eight add(eight one, eight other) {
    eight made;
    LANES_OF(at, one.lane[at] + other.lane[at]);
    return made;
}

static inline uint8_t at_most(uint8_t mask, eight value, eight limit) {
    unsigned made = 0;
    for (int at = 0; at < 8; at++)
        made |= (unsigned)(value.lane[at] <= limit.lane[at]) << at;
    return (uint8_t)(made & mask);
}
