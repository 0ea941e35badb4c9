"""Whether a near miss would be nearer if its frame, angle or box were known exactly.

    python -m benchmarks.confirming PICTURES [--photos N]

Photographs (half `tuning`) are cut, turned and trimmed, or covered, at places, by angles and with
boxes that no hypothesis is exactly. Each is compared with the hash of the whole photograph, under
the hypotheses of the tier `framing`, and under the true one: the best that refining could find.
"""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image

from hashmatch.bench.pictures import Half, opened, read_pictures
from hashmatch.hashers.means import Box, Sums, axis, codes_of, spectra
from hashmatch.hashing.framing import framed, framed_as
from hashmatch.hashing.turning import trimmed
from hashmatch.limits import Limits
from hashmatch.model.framing import BOXES, CROPS, SIDES, TURNED, Covered, Framing, Span, Turned

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RADII = (31, 38, 46)


def cells(luma: "NDArray[np.uint8]") -> "NDArray[np.float64]":
    return Sums(luma).means(Box(0, luma.shape[0], 0, luma.shape[1]))


def apart(codes: "NDArray[np.uint8]", known: "NDArray[np.uint8]") -> int:
    return int(np.bitwise_count(codes ^ known).sum(axis=1).min())


def cut(
    luma: "NDArray[np.uint8]", known: "NDArray[np.uint8]", chance: np.random.Generator, kept: float
) -> tuple[int, int]:
    """Of a cut picture: the nearest hypothesis, and that or the true one."""
    tall, wide = luma.shape
    top, left = (round(chance.uniform(0, (1 - kept) * each)) for each in (tall, wide))
    bottom, right = top + round(kept * tall), left + round(kept * wide)
    means = cells(np.ascontiguousarray(luma[top:bottom, left:right]))
    rows = Span(top / tall, (bottom - top) / tall)
    columns = Span(left / wide, (right - left) / wide)
    tried = min(apart(framed(means, plan), known) for plan in (CROPS, SIDES))
    return tried, min(tried, apart(framed_as(means, Framing(rows, columns)), known))


def turn(
    luma: "NDArray[np.uint8]",
    known: "NDArray[np.uint8]",
    chance: np.random.Generator,
    degrees: float,
) -> tuple[int, int]:
    """Of a picture that was turned by about so much, and trimmed to its own proportions."""
    angle = degrees + chance.uniform(-0.5, 0.5)
    tall, wide = luma.shape
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    scale = 1 / (cosine + sine * max(wide / tall, tall / wide))
    turned = Image.fromarray(luma).rotate(-angle, Image.Resampling.BICUBIC)
    left, top = (1 - scale) / 2 * wide, (1 - scale) / 2 * tall
    shown = np.asarray(
        turned.crop((round(left), round(top), round(wide - left), round(tall - top)))
    )
    means = cells(shown)
    tried = apart(framed(means, TURNED, shown.shape), known)
    true = trimmed(means.astype(np.float32), shown.shape, (Turned(angle, keeps_shape=True),))
    return tried, min(tried, apart(codes_of(true), known))


def cover(
    luma: "NDArray[np.uint8]", known: "NDArray[np.uint8]", chance: np.random.Generator, share: float
) -> tuple[int, int]:
    """Of a picture with a grey box of this share of both sides."""
    covered = luma.copy()
    spans = []
    for length in luma.shape:
        size = round(share * length)
        first = round(chance.uniform(0.05, 0.95) * (length - size))
        spans.append((first, first + size, length))
    (top, bottom, _), (left, right, _) = spans
    covered[top:bottom, left:right] = int(chance.integers(256))
    means = cells(covered)
    rows, columns = (Span(first / whole, (last - first) / whole) for first, last, whole in spans)
    tried = apart(framed(means, BOXES), known)
    return tried, min(tried, apart(framed_as(means, Covered(rows, columns)), known))


_WAYS: Final = (
    *((f"cut to {kept:.0%}", cut, kept) for kept in (0.95, 0.9, 0.8, 0.7, 0.6)),
    *((f"turned by {degrees}°", turn, float(degrees)) for degrees in (2, 5, 10)),
    *((f"covered, {share:.0%} of each side", cover, share) for share in (0.25, 0.35, 0.45)),
)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--photos", type=int, default=60)
    chosen = parser.parse_args()
    found: dict[str, list[tuple[int, int]]] = {name: [] for name, _, _ in _WAYS}
    for picture in read_pictures([chosen.pictures], half=Half.TUNING).used[: chosen.photos]:
        luma = np.asarray(opened(picture.read(), Limits()).convert("L"))
        known = codes_of(spectra(cells(luma)[None], axis(), axis()))[0]
        chance = np.random.default_rng(int(picture.sha256[:8], 16))
        for name, way, amount in _WAYS:
            found[name].append(way(luma, known, chance, amount))
    print(f"{'':28}  hypotheses, within {_RADII}   and the true one")
    for name, pairs in found.items():
        apart_by = np.array(pairs)
        shares = [(apart_by <= radius).mean(axis=0) * 100 for radius in _RADII]
        columns = ["  ".join(f"{share[at]:4.0f}" for share in shares) for at in (0, 1)]
        print(f"{name:28}  {columns[0]:24}  {columns[1]}")


if __name__ == "__main__":
    main()
