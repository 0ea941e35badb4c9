"""Proof that an index is as it was written and finds what it must."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hashmatch.errors import HashmatchError
from hashmatch.index import generation as generations
from hashmatch.index.generation import Generation, SegmentFile
from hashmatch.index.index import Index
from hashmatch.index.reading import opened_part
from hashmatch.index.sections import SectionFile
from hashmatch.index.segment import Segment
from hashmatch.search.selftest import self_test

_SAMPLED = 1000
"""Digests and hashes of each kind, of each part, that are looked up again."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes:
        list_name: name of the hash list; empty for the index as a whole.
        file: that was checked.
        what: `bytes`, `digests` or the algorithm whose search was tried.
        tried: bytes, digests or planted hashes.
        found: how many of them were right.
        spurious: what was found and must not be.
        error: what is wrong, in words; empty if nothing is.
    """

    list_name: str
    file: str
    what: str
    tried: int
    found: int
    spurious: int = 0
    error: str = ""

    @property
    def passed(self) -> bool:
        """Whether all is as it must be."""
        return not self.error and self.found == self.tried and not self.spurious


def verify(index: Index, *, thresholds: Mapping[str, int]) -> Iterator[Check]:
    """Check every byte of every file, and try every search.

    Every file is compared with its SHA-256 in the generation and with the checksums of its blocks;
    all that searches entries is made again and compared; digests are looked up again;
    near-duplicates are planted at every distance up to the threshold and must be found, all of
    them and nothing else, as brute force finds them.

    Args:
        index: opened; its files are read anew, as they lie on the disk now.
        thresholds: up to which distance to plant, per algorithm.
    """
    for name, part in _parts(index.generation):
        whole, segment = _bytes(name, index.path, part)
        yield whole
        if segment is None:
            continue
        for kind in segment.table.digests:
            yield _digests(name, part.file, kind, segment)
        for algorithm in segment.algorithms:
            threshold = thresholds.get(algorithm)
            if threshold is not None:
                yield _search(name, part.file, algorithm, segment, threshold)


def verify_files(path: Path) -> Iterator[Check]:
    """Check every byte of every file of an index that cannot be opened.

    Args:
        path: of the index.

    Raises:
        DamagedIndexError: the file that names all others is missing or damaged.
    """
    newest = generations.numbers(path)[-1:]
    for number in newest:
        for name, part in _parts(generations.read(path, number)):
            yield _bytes(name, path, part)[0]


def _parts(generation: Generation) -> Iterator[tuple[str, SegmentFile]]:
    """Every file of a generation, with the name of the list that it belongs to."""
    if generation.withdrawn is not None:
        yield "", generation.withdrawn
    for listed in generation.lists:
        yield from ((listed.name, part) for part in listed.parts)


def count_checks(index: Index, thresholds: Mapping[str, int]) -> int:
    """How many checks `verify` makes of an index of which every byte is right."""
    segments = [standing.segment for known in index.lists for standing in known.parts]
    searched = (
        1 + len(each.table.digests) + sum(name in thresholds for name in each.algorithms)
        for each in segments
    )
    return sum(searched) + (index.generation.withdrawn is not None)


def _bytes(name: str, folder: Path, part: SegmentFile) -> tuple[Check, Segment | None]:
    """Whether a file is as it was written, and the segment in it if it is, all of it in memory."""
    path = folder / part.file
    size, segment = 0, None
    try:
        size = path.stat().st_size
        if name:
            segment = opened_part(folder, part)
            segment.prove()
            for row in range(len(segment.table)):
                segment.table.details_of(row)
        else:
            SectionFile(path, sha256=part.sha256).prove()
    except (HashmatchError, OSError) as error:
        return Check(name, part.file, "bytes", size, 0, error=str(error)), None
    return Check(name, part.file, "bytes", size, size), segment


def _digests(name: str, file: str, kind: str, segment: Segment) -> Check:
    """Look digests up again, spread evenly over the part."""
    values, rows = (segment.table.arrays[f"{kind}.{each}"] for each in ("values", "rows"))
    chosen = np.unique(np.linspace(0, len(values) - 1, min(_SAMPLED, len(values)), dtype=np.int64))
    found = sum(rows[at] in segment.exact(kind, values[at].tobytes()) for at in chosen)
    return Check(name, file, kind, len(chosen), found)


def _search(name: str, file: str, algorithm: str, segment: Segment, threshold: int) -> Check:
    """Plant neighbours; every hash that is known must also lead back to its entry."""
    codes = segment.codes(algorithm)
    result = self_test(segment.index(algorithm), codes, threshold)
    tried, found = sum(result.planted), sum(result.found)
    if result.missed:
        error = f"{result.missed:,} pairs that brute force finds were missed"
        return Check(name, file, algorithm, tried, found, result.spurious, error)
    known = segment.table.count(algorithm)
    chosen = np.unique(np.linspace(0, known - 1, min(_SAMPLED, known), dtype=np.int64))
    for number in chosen.tolist():
        value = segment.table.known_hash(algorithm, number).hash.value
        near = segment.near(algorithm, np.frombuffer(value, np.uint8)[None], 0)
        if number not in near.numbers:
            error = "a hash does not lead back to its entry"
            return Check(name, file, algorithm, tried, found, result.spurious, error)
    return Check(name, file, algorithm, tried, found, result.spurious)
