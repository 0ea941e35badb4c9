/* One table of a multi-index: a counting sort of all codes by a chunk. */
#include "codes.h"

static int fill(const uint64_t *codes, int64_t count, int64_t width, int64_t start, int64_t end,
                int64_t words, uint32_t *offsets, uint32_t *entries, uint64_t *signatures) {
    int64_t buckets = (int64_t)1 << (end - start);
    int64_t left = left_word(start, width), right = right_word(start, width);
    uint32_t *filled = malloc((size_t)buckets * sizeof *filled);
    if (!filled)
        return HM_NO_MEMORY;
    memset(offsets, 0, ((size_t)buckets + 1) * sizeof *offsets);
    for (int64_t row = 0; row < count; row++)
        offsets[chunk_of(codes + row * width, start, end) + 1]++;
    for (int64_t each = 0; each < buckets; each++)
        offsets[each + 1] += offsets[each];
    memcpy(filled, offsets, (size_t)buckets * sizeof *filled);
    for (int64_t row = 0; row < count; row++) {
        const uint64_t *code = codes + row * width;
        uint64_t key = chunk_of(code, start, end);
        uint64_t place = filled[key]++;
        entries[place] = (uint32_t)row;
        if (words == 1) {
            signatures[place] = code[0];
        } else if (words == 2) {
            signatures[offsets[key] + place] = code[left];
            signatures[offsets[key + 1] + place] = code[right];
        }
    }
    free(filled);
    return HM_OK;
}
