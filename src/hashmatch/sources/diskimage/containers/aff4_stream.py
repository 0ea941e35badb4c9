"""Streams of AFF4 images: compressed chunks in segments."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes, exactly
from hashmatch.sources.diskimage.containers import expanding
from hashmatch.sources.diskimage.containers.aff4_volume import SCHEMA, Volume, number_of, value_of
from hashmatch.sources.diskimage.containers.blocks import STORED, BlockImage, States
from hashmatch.sources.diskimage.containers.caching import Cache
from hashmatch.sources.diskimage.reading import Held

_KEPT: Final = 4 << 20
_INDEXES: Final = 32
_EXPAND: Final[dict[str, Callable[[bytes, int], bytes] | None]] = {
    "http://aff4.org/Schema#NullCompressor": None,
    "http://aff4.org/Schema#compression/stored": None,
    "https://www.ietf.org/rfc/rfc1950.txt": expanding.inflate,
    "https://tools.ietf.org/html/rfc1951": expanding.inflate_raw,
    "http://code.google.com/p/snappy/": expanding.expand_snappy,
    "https://github.com/google/snappy": expanding.expand_snappy,
    "https://code.google.com/p/lz4/": expanding.expand_lz4,
    "https://github.com/lz4/lz4": expanding.expand_lz4,
}


class Stream(BlockImage):
    """A stream of chunks."""

    def __init__(self, volume: Volume, urn: str) -> None:
        """Read what describes it.

        Raises:
            UnreadableError: it is damaged, or compressed in a way that is not read.
        """
        facts = volume.said[urn]
        chunk, self._per_bevy, size = (
            number_of(facts, each) for each in ("chunkSize", "chunksInSegment", "size")
        )
        how = value_of(facts, "compressionMethod") or f"{SCHEMA}NullCompressor"
        super().__init__(volume.file.name, size, chunk)
        if how not in _EXPAND or self._per_bevy < 1:
            raise UnreadableError(
                Reason.UNSUPPORTED, f"{self.name} is compressed in the unknown way {how[:80]!r}"
            )
        self._volume, self._urn, self._expand_chunk = volume, urn, _EXPAND[how]
        self._indexes: Cache[tuple[Bytes, NDArray[np.void]]] = Cache(_INDEXES)
        self._chunks: Cache[Held] = Cache(_KEPT // chunk)

    def block(self, number: int) -> tuple[Bytes | None, int]:
        """The chunk, expanded."""
        return self._chunks.get(number, lambda: self._load(number)), 0

    def states(self) -> Iterator[States]:
        """All of them are stored."""
        yield 0, np.array([STORED], np.uint8), self.block_size

    def _load(self, number: int) -> Held:
        which, index = divmod(number, self._per_bevy)
        bevy, places = self._indexes.get(which, lambda: self._index(which))
        length = min(self.block_size, self.size - number * self.block_size)
        if index >= len(places):
            raise UnreadableError(
                Reason.DAMAGED, f"{self.name}: its index of chunks is damaged at chunk {number:,}"
            )
        place, stored = int(places[index]["place"]), int(places[index]["size"])
        data = b""
        if stored <= 2 * self.block_size:
            data = exactly(bevy, place, stored)
            if self._expand_chunk and stored < self.block_size:
                try:
                    data = self._expand_chunk(data, self.block_size)
                except expanding.ExpandError:
                    data = b""
        if len(data) < length:
            raise UnreadableError(
                Reason.DAMAGED,
                f"{self.name}: what should be compressed chunk {number:,} is damaged",
            )
        return Held(data, self.name)

    def _index(self, number: int) -> tuple[Bytes, NDArray[np.void]]:
        bevy = self._volume.member(f"{self._urn}/{number:08}")
        index = self._volume.member(f"{self._urn}/{number:08}.index")
        if bevy is None or index is None:
            raise UnreadableError(
                Reason.DAMAGED, f"{self.name}: segment {number:,} of its chunks is missing"
            )
        form = np.dtype([("place", "<u8"), ("size", "<u4")])
        count = min(index.size // form.itemsize, self._per_bevy)
        return bevy, np.frombuffer(exactly(index, 0, count * form.itemsize), form)
