/* The innermost loop: one query is compared with the signatures of one bucket.
 *
 * A signature has two halves; the left halves of a bucket lie together, and so do the right ones.
 * Codes of one word have one half, which is both. */
#ifndef HASHMATCH_SCAN_H
#define HASHMATCH_SCAN_H

#include "codes.h"

#if defined(HM_AVX512_IN_C)
#include "../tests/native/avx512_in_c.h"
#elif defined(__AVX512VPOPCNTDQ__) || defined(__AVX2__)
#include <immintrin.h>
#endif

typedef struct {
    const uint64_t *left;
    const uint64_t *right; /* the same as left if there is one half only */
    const uint32_t *rows;
    int64_t size;
} bucket;

#if defined(__AVX512VPOPCNTDQ__) || defined(HM_AVX512_IN_C)

INLINE int scan(const search *job, const bucket *here, int64_t number, uint64_t own_left,
                uint64_t own_right) {
    int64_t farthest = job->threshold << (here->left == here->right);
    const __m512i left = _mm512_set1_epi64((int64_t)own_left);
    const __m512i right = _mm512_set1_epi64((int64_t)own_right);
    const __m512i most = _mm512_set1_epi64(farthest);
    for (int64_t at = 0; at < here->size; at += 8) {
        int64_t rest = here->size - at;
        __mmask8 inside = rest < 8 ? (__mmask8)((1u << rest) - 1) : 0xff;
        /* What is masked out is not read: there need be no memory. */
        __m512i one = _mm512_maskz_loadu_epi64(inside, here->left + at);
        __m512i two = _mm512_maskz_loadu_epi64(inside, here->right + at);
        __m512i apart = _mm512_add_epi64(_mm512_popcnt_epi64(_mm512_xor_si512(one, left)),
                                         _mm512_popcnt_epi64(_mm512_xor_si512(two, right)));
        unsigned near = _mm512_mask_cmple_epi64_mask(inside, apart, most);
        for (; near; near &= near - 1) {
            int failed = confirm(job, number, here->rows[at + __builtin_ctz(near)]);
            if (failed)
                return failed;
        }
    }
    return HM_OK;
}

#else

/* Whether one of four signatures may be near; never wrongly no. Both halves are folded by OR: no
 * more bits differ in the fold than in the code. Of random pairs at threshold 31 it lets through
 * one in a million, for one count of bits instead of two. Reads up to three rows of padding. */
#if defined(__AVX2__)
INLINE int any_near(const uint64_t *left, const uint64_t *right, uint64_t own_left,
                    uint64_t own_right, int64_t threshold) {
    const __m256i counts =
        _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, /* and once more */
                         0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i one = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)left),
                                   _mm256_set1_epi64x((int64_t)own_left));
    __m256i two = _mm256_xor_si256(_mm256_loadu_si256((const __m256i *)right),
                                   _mm256_set1_epi64x((int64_t)own_right));
    __m256i fold = _mm256_or_si256(one, two);
    __m256i low = _mm256_shuffle_epi8(counts, _mm256_and_si256(fold, nibble));
    __m256i high =
        _mm256_shuffle_epi8(counts, _mm256_and_si256(_mm256_srli_epi16(fold, 4), nibble));
    __m256i sums = _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
    __m256i far = _mm256_cmpgt_epi64(sums, _mm256_set1_epi64x(threshold));
    return _mm256_movemask_epi8(far) != -1;
}
#else
INLINE int any_near(const uint64_t *left, const uint64_t *right, uint64_t own_left,
                    uint64_t own_right, int64_t threshold) {
    int near = 0;
    for (int lane = 0; lane < 4; lane++)
        near |= bits_of((left[lane] ^ own_left) | (right[lane] ^ own_right)) <= threshold;
    return near;
}
#endif

INLINE int scan(const search *job, const bucket *here, int64_t number, uint64_t own_left,
                uint64_t own_right) {
    for (int64_t at = 0; at < here->size; at += 4) {
        if (!any_near(here->left + at, here->right + at, own_left, own_right, job->threshold))
            continue;
        for (int64_t place = at; place < smaller(at + 4, here->size); place++) {
            int64_t apart = bits_of(here->left[place] ^ own_left);
            if (here->left != here->right)
                apart += bits_of(here->right[place] ^ own_right);
            if (apart > job->threshold)
                continue;
            int failed = confirm(job, number, here->rows[place]);
            if (failed)
                return failed;
        }
    }
    return HM_OK;
}

#endif
#endif
