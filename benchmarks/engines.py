"""The engines that are measured: built of codes, then asked for all neighbours of queries.

Each is called as its documentation says. All return pairs of query and row, as far as they tell.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from hashmatch.model.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


Pairs: TypeAlias = "set[tuple[int, int]]"
Search: TypeAlias = "Callable[[NDArray[np.uint8]], object]"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that holds codes.

    Attributes:
        search: does all that has to be done for these queries, at the threshold it was built for.
        pairs: what `search` returned, as pairs of query and row.
        size: bytes of all arrays, codes included; 0 if only the process's memory tells.
    """

    search: "Search"
    pairs: "Callable[[Any], Pairs]"
    size: int = 0


Make: TypeAlias = "Callable[[NDArray[np.uint8], int], Engine]"

OURS: Final = "hashmatch"
COMPACT: Final = "hashmatch compact"
FLAT: Final = "FAISS IndexBinaryFlat"
HASH: Final = "FAISS IndexBinaryMultiHash"
EXCHANGE: Final = "threatexchange PDQIndex"
EXCHANGE_FLAT: Final = "threatexchange PDQFlatIndex"
USEARCH: Final = "usearch exact"


def ours(codes: "NDArray[np.uint8]", threshold: int) -> Engine:
    """`RangeIndex` with the tables of the default layout, as it chooses by itself."""
    return _ours(codes, threshold, Layout.INLINE)


def ours_compact(codes: "NDArray[np.uint8]", threshold: int) -> Engine:
    """`RangeIndex` with tables of rows alone."""
    return _ours(codes, threshold, Layout.COMPACT)


def _ours(codes: "NDArray[np.uint8]", threshold: int, layout: "Layout") -> Engine:
    from hashmatch.search.mih import build
    from hashmatch.search.ranges import RangeIndex

    tables = build(codes, layout=layout)
    index = RangeIndex(codes, tables)
    size = codes.nbytes + sum(array.nbytes for array in tables.values())
    return Engine(lambda queries: index.search(queries, threshold), _columns, size)


def flat(codes: "NDArray[np.uint8]", threshold: int) -> Engine:
    """Brute force."""
    import faiss

    index = faiss.IndexBinaryFlat(8 * codes.shape[1])
    index.add(codes)
    return Engine(lambda queries: index.range_search(queries, threshold + 1), _limits)


def multi_hash(codes: "NDArray[np.uint8]", threshold: int) -> Engine:
    """FAISS's own multi-index hashing, with as many flips as this threshold needs."""
    import faiss

    chunks = codes.shape[1] // 2
    index = faiss.IndexBinaryMultiHash(8 * codes.shape[1], chunks, 16)
    index.nflip = threshold // chunks
    index.add(codes)
    return Engine(lambda queries: index.range_search(queries, threshold + 1), _limits)


def threatexchange(codes: "NDArray[np.uint8]", threshold: int) -> Engine:
    """Its PDQ index: one query at a time, as text, at a threshold that it fixes to 31."""
    from threatexchange.signal_type.pdq.pdq_index import PDQIndex

    if threshold != PDQIndex.get_match_threshold():
        msg = f"it searches at {PDQIndex.get_match_threshold()} only"
        raise ImportError(msg)
    index = PDQIndex([(bytes(code).hex(), row) for row, code in enumerate(codes)])

    def pairs(found: Any) -> Pairs:  # noqa: ANN401
        return {(number, match.metadata) for number, each in enumerate(found) for match in each}

    return Engine(lambda queries: [index.query(bytes(each).hex()) for each in queries], pairs)


def threatexchange_flat(codes: "NDArray[np.uint8]", threshold: int) -> Engine:
    """Its flat PDQ index."""
    from threatexchange.signal_type.pdq.pdq_faiss_matcher import PDQFlatHashIndex

    index = PDQFlatHashIndex()
    index.add([bytes(code).hex() for code in codes], range(len(codes)))

    def pairs(found: Any) -> Pairs:  # noqa: ANN401
        return {(number, row) for number, each in enumerate(found) for row in each}

    def search(queries: "NDArray[np.uint8]") -> object:
        return index.search([bytes(each).hex() for each in queries], threshold, return_as_ids=True)

    return Engine(search, pairs)


def usearch(codes: "NDArray[np.uint8]", threshold: int) -> Engine:
    """Exact search of the ten nearest, which is all it offers; the threshold is applied after."""
    from usearch.index import MetricKind, search

    def pairs(found: Any) -> Pairs:  # noqa: ANN401
        return {
            (number, int(row))
            for number, (rows, apart) in enumerate(
                zip(np.atleast_2d(found.keys), np.atleast_2d(found.distances), strict=True)
            )
            for row, distance in zip(rows, apart, strict=True)
            if distance <= threshold
        }

    return Engine(
        lambda queries: search(codes, queries, 10, MetricKind.Hamming, exact=True, threads=1), pairs
    )


MAKERS: Final[dict[str, Make]] = {
    OURS: ours,
    COMPACT: ours_compact,
    FLAT: flat,
    HASH: multi_hash,
    EXCHANGE: threatexchange,
    EXCHANGE_FLAT: threatexchange_flat,
    USEARCH: usearch,
}


def _columns(found: Any) -> Pairs:  # noqa: ANN401
    return set(zip(found.queries.tolist(), found.rows.tolist(), strict=True))


def _limits(found: Any) -> Pairs:  # noqa: ANN401
    limits, _, rows = found
    owners = np.repeat(np.arange(len(limits) - 1), np.diff(limits.astype(np.int64)))
    return set(zip(owners.tolist(), rows.tolist(), strict=True))
