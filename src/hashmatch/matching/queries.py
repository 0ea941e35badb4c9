"""The hashes of one algorithm that are looked for, of many subjects at once, in columns."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hashmatch.matching.subjects import Subject, media_of
from hashmatch.matching.views import ALGORITHM as FRAMES
from hashmatch.model import QUALITY_UNKNOWN, Hash, MediaHashes, Mode, Reading, bits_of
from hashmatch.model.alignment import BEHIND, COVER
from hashmatch.model.orientation import Orientation
from hashmatch.model.packed import BESIDE, Block, PackedReadings, packed
from hashmatch.profiles import Profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GIVEN = bytes((QUALITY_UNKNOWN, 0, 0))
"""What stands behind the bits of a hash that is looked up for itself: it has no negative."""


class Query(NamedTuple):
    """One hash that is looked for, and which subject it is of."""

    subject: int
    reading: Reading | None = None
    inverted: bool = False
    mode: Mode | None = None
    fraction: float = 1.0

    @property
    def quality(self) -> int | None:
        """That of the reading; None of a hash that was given."""
        return self.reading.quality if self.reading else None


class _Piece(NamedTuple):
    """Readings of one subject, or a hash that was given."""

    subject: int
    data: bytes
    media: MediaHashes | None = None
    source: Block | Sequence[Reading] = ()


class Queries:
    """What is looked for: readings of sufficient quality, each upright one with its negative.

    Attributes:
        codes: (n, bytes) uint8, the bits of each.
    """

    codes: "NDArray[np.uint8]"

    def __init__(self, pieces: Sequence[_Piece], algorithm: str, least: int) -> None:
        """Take up readings of at least this quality."""
        mask = (1 << (bits_of(algorithm) or 0)) - 1
        width = -(-mask.bit_length() // 8)
        size = width + BESIDE
        raw = np.frombuffer(b"".join([each.data for each in pieces]), np.uint8).reshape(-1, size)
        counts = np.array([len(each.data) // size for each in pieces])
        good = raw[:, width] >= least
        upright = np.flatnonzero(good & (raw[:, width + 1] == Orientation.UPRIGHT))
        places = np.concatenate((np.flatnonzero(good), upright))
        order = np.argsort(places, kind="stable")
        self._pieces = pieces
        self._starts = np.cumsum(counts) - counts
        self._places = places[order]
        self._inverted = order >= len(places) - len(upright)
        self.codes = np.ascontiguousarray(raw[self._places, :width])
        self.codes[self._inverted] ^= np.frombuffer(mask.to_bytes(width), np.uint8)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> Query:
        place = self._places[number]
        at = int(np.searchsorted(self._starts, place, side="right")) - 1
        subject, _, media, source = self._pieces[at]
        if media is None:
            return Query(subject)
        row = int(place - self._starts[at])
        reading = source.reading(row) if isinstance(source, Block) else source[row]
        fraction = _fraction(reading, media)
        return Query(subject, reading, bool(self._inverted[number]), media.mode, fraction)


def queries_of(subjects: Sequence[Subject], algorithm: str, *, profile: Profile) -> Queries | None:
    """What is looked for of these subjects: hashes of one algorithm, but for the frames of films.

    None where they have none.

    Args:
        subjects: of any kind.
        algorithm: of the hashes; one that has a number of bits.
        profile: which quality, and which fraction of a picture, is enough.
    """
    pieces = [
        piece
        for number, subject in enumerate(subjects)
        for piece in _pieces(number, subject, algorithm, profile.probable_fraction)
    ]
    return Queries(pieces, algorithm, profile.quality_of(algorithm)) if pieces else None


def _pieces(number: int, subject: Subject, algorithm: str, least: float) -> Iterator[_Piece]:
    if isinstance(subject, Hash):
        if subject.algorithm == algorithm:
            yield _Piece(number, subject.value + _GIVEN)
        return
    media = media_of(subject)
    if media is None:
        return
    readings = media.readings
    if isinstance(readings, PackedReadings):
        for block in readings.blocks if media.fraction >= least else ():
            if block.algorithm == algorithm:
                yield _Piece(number, block.data, media, block)
        return
    # `VideoSearch` looks for the frames of a film; pictures that lie in its file are matched here.
    moves = media.is_video and algorithm == FRAMES
    chosen = [
        each
        for each in readings
        if each.hash.algorithm == algorithm
        and not (moves and each.time is not None)
        and _fraction(each, media) >= least
    ]
    if chosen:
        yield _Piece(number, b"".join(map(packed, chosen)), media, chosen)


def _fraction(reading: Reading, media: MediaHashes) -> float:
    """How much of what a reading is of was decoded: a film says nothing of its cover."""
    return 1.0 if reading.part in (BEHIND, COVER) else media.fraction
