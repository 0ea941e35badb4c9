"""Flat cards on a list: which pictures are taken for one, and how near others come to them.

    python -m benchmarks.flat_cards photos/imagenet photos/bsds --drawings photos/logos

Photographs are those of `benchmarks.photographs`. Drawings are pictures of logos, clip art or
charts in a folder, as of `github.com/gilbarbara/logos`, drawn by a browser on white at 400×300;
cards, pages of text and charts are drawn here too. The hashes of all that is taken for a flat card,
as `lists enrol` makes them, are compared with the hashes of all other pictures, turned and mirrored
in eight ways, and with those of altered copies of themselves.

Scans mark what they hash by fewer pixels, as they decode it. Beside what enrolment takes for a flat
card stands what a scan marks: how many of these it misses, and how many others it marks; of large
copies too, which a scan decodes at a smaller size. The cost is the processor time of hashing in
eight orientations, with and without the mark, each picture both ways behind each other: the median
of the ratios of five rounds.
"""

import argparse
import io
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest import mock

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from hashmatch.decoding.decoded import Wanted
from hashmatch.decoding.image import decode_bytes
from hashmatch.errors import UnreadableError
from hashmatch.hashers.pdq import Pdq
from hashmatch.hashing.items import HashOptions, hash_image, hash_item
from hashmatch.hashing.regions import is_flat_card, middle_parts, without_border
from hashmatch.limits import Limits
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DRAWN: Final = 120
_LEAST: Final = 50
_STEPS: Final = (0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 24, 28, 30)
_WORDS: Final = ("quick", "brown", "fox", "jumps", "over", "lazy", "dogs", "rain", "falls", "roofs")


def _card(random: "np.random.Generator") -> Image.Image:
    card = Image.new("RGB", (640, 480), _colour(random))
    draw = ImageDraw.Draw(card)
    for _ in range(int(random.integers(2, 10))):
        x, y, wide, high = random.integers(10, 400, 4).tolist()
        shape = draw.rectangle if random.integers(2) else draw.ellipse
        shape((x, y, x + wide, y + high), _colour(random))
    draw.text((40, 40), " ".join(random.choice(_WORDS, 3)), "black", ImageFont.load_default(40))
    return card


def _shape(random: "np.random.Generator") -> Image.Image:
    """One shape in the middle, as of signs and buttons."""
    shape = Image.new("RGB", (480, 480), _colour(random))
    draw, colour = ImageDraw.Draw(shape), _colour(random)
    half, kind = int(random.integers(60, 220)), int(random.integers(5))
    box = (240 - half, 240 - half, 240 + half, 240 + half)
    if kind == 0:
        draw.ellipse(box, colour)
    elif kind == 1:
        draw.rectangle(box, colour)
    elif kind == 2:
        draw.rounded_rectangle(box, half // 3, colour)
    elif kind == 3:
        draw.ellipse(box, None, colour, int(random.integers(10, 60)))
    else:
        draw.regular_polygon((240, 240, half), int(random.integers(3, 7)), fill=colour)
    if random.integers(2):
        draw.text((240, 240), str(random.choice(_WORDS)), "black", ImageFont.load_default(60), "mm")
    return shape


def _page(random: "np.random.Generator") -> Image.Image:
    page = Image.new("RGB", (620, 877), "white")
    draw, size = ImageDraw.Draw(page), int(random.integers(11, 26))
    font, row = ImageFont.load_default(size), 50
    while row < 820:
        words = " ".join(random.choice(_WORDS, max(1, 700 // size // 3)))
        if random.integers(9):
            draw.text((50, row), words[: 960 // size], "black", font)
        row += int(size * 1.5)
    return page


def _chart(random: "np.random.Generator") -> Image.Image:
    chart = Image.new("RGB", (700, 420), "white")
    draw, count = ImageDraw.Draw(chart), int(random.integers(4, 14))
    values = random.integers(20, 320, count)
    step = 600 // count
    for at, value in enumerate(values.tolist()):
        left = 70 + at * step
        draw.rectangle((left, 380 - value, left + step * 2 // 3, 380), _colour(random))
    draw.line((60, 20, 60, 380, 690, 380), "black", 2)
    for at in range(6):
        draw.text((10, 370 - at * 60), str(at * 20), "black", ImageFont.load_default(16))
    return chart


def _colour(random: "np.random.Generator") -> tuple[int, ...]:
    return tuple(random.integers(0, 256, 3).tolist())


def _resized(picture: Image.Image, width: int) -> Image.Image:
    return picture.resize((width, width * picture.height // picture.width))


def _trimmed(picture: Image.Image) -> Image.Image:
    wide, high = picture.size
    return picture.crop((wide // 100, 0, wide, high - high // 100))


_ALTERED: Final[dict[str, Callable[[Image.Image], Image.Image]]] = {
    "half the size": lambda one: _resized(one, one.width // 2),
    "200 px wide": lambda one: _resized(one, 200),
    "grey": lambda one: one.convert("L").convert("RGB"),
    "brighter": lambda one: ImageEnhance.Brightness(one).enhance(1.3),
    "less contrast": lambda one: ImageEnhance.Contrast(one).enhance(0.6),
    "1 % cut off": _trimmed,
}


def _encoded(picture: Image.Image, quality: int = 90) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def _larger(data: bytes) -> bytes:
    picture = Image.open(io.BytesIO(data))
    return _encoded(_resized(picture, 4 * picture.width))


def _no_mark(*_: object, **__: object) -> bool:
    return False


def _print_cost(photographs: Sequence[bytes]) -> None:
    """How much longer hashing takes with the mark."""
    options = HashOptions(orientations=True)
    without = mock.patch("hashmatch.hashing.pictures.seems_flat_card", _no_mark)
    ratios = []
    for turn in range(6):
        taken = [0.0, 0.0]
        for number, data in enumerate(photographs):
            for marks in ((0, 1), (1, 0))[(number + turn) % 2]:
                with nullcontext() if marks else without:
                    begun = time.process_time()
                    hash_item(data, options)
                    taken[marks] += time.process_time() - begun
        ratios.append(taken[1] / taken[0])
    print(f"\nHashing with the mark takes {statistics.median(ratios[1:]):.3f} of that without.")


def _raster(data: bytes) -> Raster:
    _, decoded = decode_bytes(data, Wanted(exact=True), Limits())
    return decoded.frames[0].raster


def _collected(folders: Sequence[Path]) -> Iterator[bytes]:
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in (".jpg", ".jpeg", ".png"):
                yield path.read_bytes()


def _codes(raster: Raster, *, turned: bool) -> "NDArray[np.uint8]":
    """Hashes of enough quality: of what `lists enrol` makes, or of the picture in eight ways."""
    if turned:
        found = Pdq().hash(raster, orientations=tuple(Orientation))
    else:
        parts = (raster, without_border(raster), *middle_parts(raster).values())
        found = [Pdq().hash(part)[0] for part in parts if part is not None]
    kept = [np.frombuffer(one.hash.value, np.uint8) for one in found if one.quality >= _LEAST]
    return np.array(kept, np.uint8).reshape(-1, 32)


def _distances(some: "NDArray[np.uint8]", others: "NDArray[np.uint8]") -> "NDArray[np.intp]":
    counts: NDArray[np.intp] = np.bitwise_count(some[:, None] ^ others[None]).sum(2, np.intp)
    return counts


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photographs", type=Path, nargs="+")
    parser.add_argument("--drawings", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    random = np.random.default_rng(17)
    kinds = {
        "photographs": list(_collected(given.photographs)),
        "drawings": list(_collected(given.drawings)),
        "shapes": [_encoded(_shape(random)) for _ in range(_DRAWN)],
        "cards": [_encoded(_card(random)) for _ in range(_DRAWN)],
        "pages of text": [_encoded(_page(random)) for _ in range(_DRAWN)],
        "charts": [_encoded(_chart(random)) for _ in range(_DRAWN)],
    }
    larger = {
        f"{kind}, four times as wide": [*map(_larger, kinds[kind][:40])]
        for kind in ("cards", "pages of text", "charts")
    }
    flat: list[tuple[str, bytes, NDArray[np.uint8]]] = []
    queries: list[tuple[str, int, NDArray[np.uint8]]] = []
    print("| kind | pictures | taken for a flat card | missed by scans | others that scans mark |")
    print("| --- " * 5 + "|")
    for kind, pictures in (kinds | larger).items():
        count, missed, more = 0, 0, 0
        for data in dict.fromkeys(pictures):
            try:
                raster = _raster(data)
            except UnreadableError:
                continue
            is_flat, marked = is_flat_card(raster.luma), Flag.FLAT_CARD in hash_image(data).flags
            missed += is_flat and not marked
            more += marked and not is_flat
            count += is_flat
            if kind in larger:
                # They are copies of others.
                continue
            if is_flat:
                flat.append((kind, data, _codes(raster, turned=False)))
                queries.append((kind, len(flat) - 1, _codes(raster, turned=True)))
            else:
                queries.append((kind, -1, _codes(raster, turned=True)))
        print(f"| {kind} | {len(set(pictures))} | {count} | {missed} | {more} |")
    _print_cost([*dict.fromkeys(kinds["photographs"])][:400])
    _print_met(flat, queries)
    _print_copies(flat)


def _print_met(
    flat: "list[tuple[str, bytes, NDArray[np.uint8]]]",
    queries: "list[tuple[str, int, NDArray[np.uint8]]]",
) -> None:
    """How many other pictures the hashes of flat cards meet, by distance."""
    print("\n| flat cards | with | pairs | " + " | ".join(f"≤ {step}" for step in _STEPS) + " |")
    print("| --- " * (len(_STEPS) + 3) + "|")
    kinds = sorted({kind for kind, _, _ in queries})
    for known in sorted({kind for kind, _, _ in flat}):
        for kind in kinds:
            counts, pairs = np.zeros(len(_STEPS), int), 0
            asked = [(own, codes) for each, own, codes in queries if each == kind and len(codes)]
            for number, (each, _, codes) in enumerate(flat):
                if each != known or not len(codes):
                    continue
                others = [query for own, query in asked if own != number]
                nearest = _nearest(codes, others)
                pairs += len(nearest)
                counts += [(nearest <= step).sum() for step in _STEPS]
            print(f"| {known} | {kind} | {pairs:,} | " + " | ".join(map(str, counts)) + " |")


def _nearest(codes: "NDArray[np.uint8]", others: "list[NDArray[np.uint8]]") -> "NDArray[np.intp]":
    """The least distance of a picture to each of the others."""
    starts = np.cumsum([0, *(len(each) for each in others[:-1])])
    least = _distances(codes, np.concatenate(others)).min(axis=0)
    by_picture: NDArray[np.intp] = np.minimum.reduceat(least, starts)
    return by_picture


def _print_copies(flat: "list[tuple[str, bytes, NDArray[np.uint8]]]") -> None:
    """How far altered copies of flat cards are from them."""
    print("\n| flat cards | copy | copies | " + " | ".join(f"≤ {step}" for step in _STEPS) + " |")
    print("| --- " * (len(_STEPS) + 3) + "|")
    for known in sorted({kind for kind, _, _ in flat}):
        for name, alter in _ALTERED.items():
            found: list[int] = []
            for kind, data, codes in flat:
                if kind != known or not len(codes):
                    continue
                copy = _encoded(alter(Image.open(io.BytesIO(data)).convert("RGB")), 75)
                made = _codes(_raster(copy), turned=True)
                found.append(int(_distances(codes, made).min()) if len(made) else 256)
            shares = [f"{np.mean(np.array(found) <= step):.2f}" for step in _STEPS]
            print(f"| {known} | {name} | {len(found)} | " + " | ".join(shares) + " |")


if __name__ == "__main__":
    main()
