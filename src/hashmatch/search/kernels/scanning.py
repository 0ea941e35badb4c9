"""The innermost loop: one query is compared with the signatures of one bucket."""

from hashmatch.search.kernels.compiling import inlined
from hashmatch.search.kernels.instructions import LANES, any_near, popcount, put_at, word_at


@inlined
def scan(
    signatures: int,
    left: int,
    right: int,
    size: int,
    own_left: int,
    own_right: int,
    threshold: int,
    tag: int,
    hits: int,
    count: int,
    room: int,
) -> int:
    """Note the codes of a bucket that may be within the threshold.

    Args:
        signatures: address of the signatures.
        left: place of the bucket's first left half.
        right: the same of the right halves; the same place if there is one half only.
        size: codes in the bucket.
        own_left: left half of the query's signature.
        own_right: its right half.
        threshold: the largest distance that still counts.
        tag: noted with each hit.
        hits: address of pairs of int64, written: the tag, and the position in the bucket.
        count: how many hits there are already.
        room: how many hits there is room for.

    Returns:
        How many hits there are now; those beyond the room are counted but not noted.
    """
    for group in range(0, size, LANES):
        if any_near(signatures, left + group, right + group, own_left, own_right, threshold):
            for position in range(group, min(group + LANES, size)):
                apart = popcount(word_at(signatures, left + position) ^ own_left)
                if left != right:
                    apart += popcount(word_at(signatures, right + position) ^ own_right)
                if apart <= threshold:
                    if count < room:
                        put_at(hits, 2 * count, tag)
                        put_at(hits, 2 * count + 1, position)
                    count += 1
    return count
