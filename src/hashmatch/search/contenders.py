"""FAISS's own searches by Hamming distance, to measure ours against; nothing else uses them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLAT: Final = "FAISS IndexBinaryFlat"
MULTI_HASH: Final = "FAISS IndexBinaryMultiHash"
KINDS: Final = (FLAT, MULTI_HASH)

_CHUNK_BITS: Final = 16


def load() -> None:
    """Load FAISS, so that no measurement includes it."""
    import faiss  # noqa: F401 (all that is wanted)


def write(kind: str, codes: "NDArray[np.uint8]", threshold: int, path: Path) -> None:
    """Build an index of FAISS and save it.

    Args:
        kind: of `KINDS`.
        codes: (n, bytes) uint8, whole chunks of 16 bits.
        threshold: that it will be searched with.
        path: of the file.
    """
    import faiss

    bits = 8 * codes.shape[1]
    index: Any = faiss.IndexBinaryFlat(bits)
    if kind != FLAT:
        # As many flips in each chunk as make it exact for this threshold.
        chunks = bits // _CHUNK_BITS
        index = faiss.IndexBinaryMultiHash(bits, chunks, _CHUNK_BITS)
        index.nflip = threshold // chunks
    index.add(np.ascontiguousarray(codes))
    faiss.write_index_binary(index, str(path))


class Contender:
    """An index of FAISS, opened; it searches in one thread."""

    def __init__(self, path: Path) -> None:
        """Read the file that `write` wrote."""
        import faiss

        faiss.omp_set_num_threads(1)
        self._index: Any = faiss.read_index_binary(str(path))

    def search(self, queries: "NDArray[np.uint8]", threshold: int) -> set[tuple[int, int]]:
        """Pairs of query and row within `threshold` bits, inclusive."""
        limits, _, rows = self.raw(queries, threshold)
        owners = np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64)))
        return set(zip(owners.tolist(), rows.tolist(), strict=True))

    def raw(self, queries: "NDArray[np.uint8]", threshold: int) -> Any:  # noqa: ANN401 (FAISS's)
        """What FAISS returns, whose radius is exclusive."""
        return self._index.range_search(queries, threshold + 1)
