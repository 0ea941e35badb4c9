"""Proof that an index is as it was written and finds what it must."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hashmatch.errors import HashmatchError
from hashmatch.index.sections import SectionFile
from hashmatch.index.selftest import self_test
from hashmatch.known.generation import Part
from hashmatch.known.index import Index
from hashmatch.known.segment import Segment

_SAMPLED = 1000
"""Digests and hashes of each kind, of each part, that are looked up again."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes:
        list: name of the hash list; empty for the index as a whole.
        file: that was checked.
        what: `bytes`, `digests` or the algorithm whose search was tried.
        tried: bytes, digests or planted hashes.
        found: how many of them were right.
        spurious: what was found and must not be.
        error: what is wrong, in words; empty if nothing is.
    """

    list: str
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
    digests are looked up again; near-duplicates are planted at every distance up to the threshold
    and must be found, all of them and nothing else, as brute force finds them.

    Args:
        index: opened.
        thresholds: up to which distance to plant, per algorithm.
    """
    withdrawn = index.generation.withdrawn
    if withdrawn is not None:
        yield _bytes("", index.path, withdrawn)
    for listed, known in zip(index.generation.lists, index.lists, strict=True):
        for part, standing in zip(listed.parts, known.parts, strict=True):
            whole = _bytes(listed.name, index.path, part)
            yield whole
            if not whole.passed:
                continue
            segment = standing.segment
            for name in segment.table.digests:
                yield _digests(listed.name, part.file, name, segment)
            for algorithm in segment.algorithms:
                threshold = thresholds.get(algorithm)
                if threshold is not None:
                    yield _search(listed.name, part.file, algorithm, segment, threshold)


def count_checks(index: Index, *, thresholds: Mapping[str, int]) -> int:
    """How many checks `verify` makes of an index of which every byte is right."""
    segments = [standing.segment for known in index.lists for standing in known.parts]
    searched = (
        1 + len(each.table.digests) + sum(name in thresholds for name in each.algorithms)
        for each in segments
    )
    return sum(searched) + (index.generation.withdrawn is not None)


def _bytes(list_name: str, folder: Path, part: Part) -> Check:
    path = folder / part.file
    size = 0
    try:
        size = path.stat().st_size
        file = SectionFile(path)
        digest = _sha256(path)
        if digest != part.sha256:
            return Check(list_name, part.file, "bytes", size, 0, error="its SHA-256 has changed")
        for name in file.arrays:
            file.check(name)
    except (HashmatchError, OSError) as error:
        return Check(list_name, part.file, "bytes", size, 0, error=str(error))
    return Check(list_name, part.file, "bytes", size, size)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
