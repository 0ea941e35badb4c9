r"""Distances of different pictures: which thresholds keep which promise.

    git clone --depth 1 https://github.com/EliSchwartz/imagenet-sample-images photos/imagenet
    git clone --depth 1 https://github.com/BIDS/BSDS500 photos/bsds
    python -m benchmarks.thresholds --photos photos/imagenet --photos photos/bsds \
        --drawn 1500 --json figures.json
    python -m benchmarks.thresholds --photos photos/imagenet --photos photos/bsds --pieces
    python -m benchmarks.thresholds --photos photos/imagenet --photos photos/bsds \
        --cut 0.9 --cut 0.7 --cut 0.5

Every picture is compared with every other that is no duplicate of it (`hashmatch.bench.duplicates`
says which are), as a scan compares: one picture in its eight
orientations and the negative of the upright one, against the upright hash of the other; the nearest
of the nine counts. Pictures below the quality that profiles ask for are left out. *The rule* is the
largest distance within which at most one of a million pairs lies. Where that lies beyond what was
counted, a line is fitted to the logarithm of the counts of the ten nearest distances.

`--drawn` measures pictures of opaque shapes too. `--pieces` cuts photographs into nine pieces,
plain ones too, and counts false matches by quality: the *minimum quality* is the least above which
at most one of a million pairs matches. `--cut` cuts the files of photographs short, as downloads
that broke off, and compares what is left with the whole of the others. The rule without a line, and
recall of altered copies, is what `hashmatch bench recall` measures.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.photographs import Picture, drawn, photographs, pieces
from hashmatch import registry
from hashmatch.hashing.items import HashOptions, hash_images
from hashmatch.model import MediaHashes
from hashmatch.model.hash import bits_of
from hashmatch.model.orientation import Orientation
from hashmatch.profiles import DEFAULT

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SETS: Final = 24
"""Hashes of one picture that are compared, of an algorithm that gives several."""

_MILLIONTH: Final = 1e-6
_CHANCES: Final = (1e-5, _MILLIONTH, 1e-9, 1e-13)
_STEP: Final = 10
_FAR: Final = 255
_FITTED, _FEWEST, _SHORTEST_FIT = 10, 3, 3
"""Distances that a line is fitted to, the fewest pairs within each, and the fewest distances."""


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Hashes of pictures by one algorithm.

    Attributes:
        readings: (ways, n, k, words) uint64 that are looked for, k hashes of each picture.
        known: (n, k, words) uint64 of the upright pictures.
        quality: (n,) uint8.
        group: (n,) int64, equal for pictures that show the same.
    """

    readings: "NDArray[np.uint64]"
    known: "NDArray[np.uint64]"
    quality: "NDArray[np.uint8]"
    group: "NDArray[np.int64]"

    def distances(self, row: int, others: "Codes", first: int = 0) -> "NDArray[np.uint8]":
        """(m,) smallest distance of any reading of a picture to each of the others from `first`."""
        own = np.unique(self.readings[:, row].reshape(-1, self.readings.shape[-1]), axis=0)
        apart = np.full(len(others.known) - first, _FAR, np.uint16)
        for place in range(others.known.shape[1]):
            bits = np.bitwise_count(own[:, None] ^ others.known[None, first:, place])
            apart = np.minimum(apart, bits.sum(axis=2, dtype=np.uint16).min(axis=0))
        return apart.astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--photos", type=Path, action="append", default=[], help="folder of photos; repeat"
    )
    parser.add_argument("--drawn", type=int, default=0, help="pictures to draw and to measure")
    parser.add_argument("--near", type=int, default=0, help="nearest pairs to name, per algorithm")
    parser.add_argument("--pieces", action="store_true", help="only the minimum quality")
    parser.add_argument(
        "--cut", type=float, action="append", default=[], help="only files cut to this share"
    )
    parser.add_argument("--algorithm", action="append", help="only these")
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    algorithms = tuple(arguments.algorithm or registry.names("hashers"))
    photos, duplicates = photographs(arguments.photos)
    print(f"{len(photos)} photographs, {len(duplicates)} pairs of them duplicates, left out")
    for one, other in duplicates:
        print(f"    {one} and {other}")
    figures: list[dict[str, Any]] = []
    if arguments.cut:
        figures += _cut(photos, arguments.cut, algorithms)
    elif arguments.pieces:
        figures += _qualities(photos, algorithms)
    else:
        if photos:
            figures += _measured("photographs", photos, algorithms, arguments.near)
        if arguments.drawn:
            shapes = list(drawn(arguments.drawn))
            figures += _measured("drawn", shapes, algorithms, arguments.near)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")


def _hashed(files: Sequence[bytes], algorithms: Sequence[str]) -> list[MediaHashes | None]:
    options = HashOptions(algorithms=algorithms, orientations=True)
    found: list[MediaHashes | None] = []
    for number, hashes in enumerate(hash_images(files, options, threads=1), 1):
        found.append(hashes if isinstance(hashes, MediaHashes) else None)
        if not number % 500:
            print(f"{number} of {len(files)} pictures hashed", flush=True)
    return found


def _all_hashed(
    pictures: Sequence[Picture], algorithms: Sequence[str]
) -> tuple[list[Picture], list[MediaHashes]]:
    """The pictures that could be hashed, and their hashes."""
    found = _hashed([each.data for each in pictures], algorithms)
    kept = [(p, hashes) for p, hashes in zip(pictures, found, strict=True) if hashes is not None]
    return [picture for picture, _ in kept], [hashes for _, hashes in kept]


def _codes(
    algorithm: str, hashed: Sequence[MediaHashes], pictures: Sequence[Picture], least: int = 0
) -> Codes:
    """The hashes of the pictures whose quality is at least this."""
    rows = [at for at, image in enumerate(hashed) if image.quality >= least]
    size = 8 * -(-(bits_of(algorithm) or 0) // 64)
    count = _SETS if algorithm == "crop-resistant" else 1
    ways = np.zeros((9, len(rows), count, size), np.uint8)
    for place, row in enumerate(rows):
        own = [each for each in hashed[row].readings if each.hash.algorithm == algorithm]
        values: list[list[bytes]] = [[] for _ in range(9)]
        for each in own:
            if not each.frame:
                values[each.orientation - 1].append(each.hash.value)
                if each.orientation is Orientation.UPRIGHT:
                    values[8].append((~each.hash).value)
        for way, given in enumerate(values):
            # Where there are fewer hashes than places, the first stands in the rest.
            for at, value in enumerate([*given, *given[:1] * _SETS][:count]):
                ways[way, place, at, size - len(value) :] = np.frombuffer(value, np.uint8)
    packed = ways.view(np.uint64)
    quality = np.array([hashed[row].quality for row in rows], np.uint8)
    group = np.array([pictures[row].group for row in rows], np.int64)
    return Codes(packed, packed[0], quality, group)


def _measured(
    kind: str, pictures: Sequence[Picture], algorithms: Sequence[str], near: int
) -> Iterator[dict[str, Any]]:
    kept, hashed = _all_hashed(pictures, algorithms)
    for algorithm in algorithms:
        least = DEFAULT.quality_of(algorithm)
        codes = _codes(algorithm, hashed, kept, least)
        names = [p.name for p, own in zip(kept, hashed, strict=True) if own.quality >= least]
        counts, nearest = np.zeros(_FAR + 1, np.int64), list[tuple[int, int, int]]()
        for row in range(len(codes.group) - 1):
            apart = codes.distances(row, codes, row + 1)
            different = codes.group[row + 1 :] != codes.group[row]
            counts += np.bincount(apart[different], minlength=_FAR + 1)
            closest = np.argsort(np.where(different, apart, _FAR), kind="stable")[:near]
            nearest += [(int(apart[at]), row, row + 1 + int(at)) for at in closest]
            nearest = sorted(nearest)[:near]
        figure = _figure(kind, algorithm, len(codes.group), counts)
        for far, one, other in nearest:
            print(f"    {far}: {names[one]} and {names[other]}")
        yield figure


def _qualities(photos: Sequence[Picture], algorithms: Sequence[str]) -> Iterator[dict[str, Any]]:
    """False matches of pieces by the lower quality of the two."""
    measured = {**dict.fromkeys(DEFAULT.probable, 0), **DEFAULT.thresholds}
    wanted = [name for name in algorithms if name in measured]
    kept, hashed = _all_hashed(list(pieces(photos)), wanted)
    for algorithm in wanted:
        codes, threshold = _codes(algorithm, hashed, kept), measured[algorithm]
        pairs, within = np.zeros(11, np.int64), np.zeros(11, np.int64)
        for row in range(len(codes.group) - 1):
            different = codes.group[row + 1 :] != codes.group[row]
            lower = np.minimum(codes.quality[row], codes.quality[row + 1 :])[different] // _STEP
            pairs += np.bincount(lower, minlength=11)
            near = codes.distances(row, codes, row + 1)[different] <= threshold
            within += np.bincount(lower[near], minlength=11)
        # From each quality upwards: all pairs of which both have at least that.
        pairs, within = pairs[::-1].cumsum()[::-1], within[::-1].cumsum()[::-1]
        lost = [float((codes.quality < _STEP * at).mean()) for at in range(11)]
        sound = np.flatnonzero(within <= _MILLIONTH * pairs)
        least = _STEP * int(sound[0]) if len(sound) else None
        print(f"{algorithm}, within {threshold}: minimum quality by the rule {least}")
        for at in range(11):
            rate = within[at] / max(1, pairs[at]) * 1e6
            print(
                f"    quality {_STEP * at} and more: {within[at]:,} of {pairs[at]:,} pairs, "
                f"{rate:.3f} in 10⁶; {lost[at]:.1%} of the pieces left out",
                flush=True,
            )
        yield {
            "pictures": "pieces",
            "algorithm": algorithm,
            "threshold": threshold,
            "minimum quality": least,
            "pairs": pairs.tolist(),
            "within": within.tolist(),
            "left out": lost,
        }


def _cut(
    photos: Sequence[Picture], shares: Sequence[float], algorithms: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """How near the first part of a file comes to its own picture, and to others."""
    whole = _hashed([each.data for each in photos], algorithms)
    for share in shares:
        files = [each.data[: round(len(each.data) * share)] for each in photos]
        rows = zip(photos, whole, _hashed(files, algorithms), strict=True)
        kept = [(p, one, part) for p, one, part in rows if one is not None and part is not None]
        kept = [row for row in kept if min(row[1].quality, row[2].quality) >= 50]
        spread = np.percentile([row[2].fraction for row in kept], (5, 50, 95)).round(2).tolist()
        print(f"first {share:.0%} of the bytes: {spread} of the picture are decoded", flush=True)
        pictures = [row[0] for row in kept]
        for algorithm in algorithms:
            known = _codes(algorithm, [one for _, one, _ in kept], pictures)
            parts = _codes(algorithm, [part for _, _, part in kept], pictures)
            counts, own = np.zeros(_FAR + 1, np.int64), np.zeros(len(kept), np.int64)
            for row in range(len(kept)):
                apart = parts.distances(row, known)
                own[row] = apart[row]
                counts += np.bincount(apart[known.group != known.group[row]], minlength=_FAR + 1)
            figure = _figure(f"first {share:.0%} of the bytes", algorithm, len(kept), counts)
            threshold = DEFAULT.thresholds.get(algorithm, DEFAULT.probable.get(algorithm, -1))
            figure["found"] = int((own <= threshold).sum())
            figure["false"] = int(counts[: threshold + 1].sum())
            print(
                f"    within {threshold} bits: {figure['found']} of their own photograph, "
                f"{figure['false']} of another",
                flush=True,
            )
            yield figure


def _line(within: "NDArray[np.int64]", pairs: int) -> dict[str, float]:
    """Distances at which a line through the nearest counts gives each chance; none if too few."""
    steps = np.flatnonzero(np.diff(within, prepend=0))
    steps = steps[within[steps] >= _FEWEST][:_FITTED]
    if len(steps) < _SHORTEST_FIT:
        return {}
    logs, weights = np.log10(within[steps] / pairs), np.sqrt(within[steps])
    slope, height = np.polyfit(steps, logs, 1, w=weights)
    return {f"{p:.0e}": round(float((np.log10(p) - height) / slope), 1) for p in _CHANCES}


def _figure(kind: str, algorithm: str, many: int, counts: "NDArray[np.int64]") -> dict[str, Any]:
    """What was counted, printed too.

    Args:
        kind: of pictures.
        algorithm: of their hashes.
        many: pictures.
        counts: (256,) pairs at each distance.
    """
    within, pairs = np.cumsum(counts), int(counts.sum())
    thresholds = {
        f"{chance:.0e}": int((within <= chance * pairs).sum()) - 1 for chance in _CHANCES[:2]
    }
    first = {int(t): int(within[t]) for t in np.flatnonzero(counts)[:12]}
    line = _line(within, pairs)
    print(
        f"{kind}, {algorithm}: {many} pictures, {pairs:,} pairs; "
        f"at most one in 10⁶ within {thresholds['1e-06']}, in 10⁵ within {thresholds['1e-05']} "
        f"bits; line: {line}; pairs within {first}",
        flush=True,
    )
    return {
        "pictures": kind,
        "algorithm": algorithm,
        "count": many,
        "pairs": pairs,
        "rule": thresholds["1e-06"],
        "thresholds": thresholds,
        "line": line,
        "within": {str(t): int(within[t]) for t in range(129) if within[t]},
    }


if __name__ == "__main__":
    main()
