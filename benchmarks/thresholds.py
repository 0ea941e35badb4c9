r"""Distances of different pictures, per algorithm: which threshold keeps false matches rare.

Two kinds of pictures are measured, each for itself:

- *photos*: the photographs among Debian's wallpapers and those of scikit-image and scikit-learn, by
  name; the largest file of each. Each is one picture as a whole, and its tiles are further ones:
  they do not overlap. Tiles without detail are left out: a piece of plain sky is nobody's picture.
  Only pictures out of different originals are compared.
- *drawn*: pictures of hundreds of opaque shapes over each other ("dead leaves"), whose statistics
  are near to those of photos. All are different, but they have no sky, no horizon and no subject in
  the middle, and so come near to each other less often than photos do.

A pair is compared as a scan compares: one picture in its eight orientations and the negative of the
upright one, against the upright hash of the other; the nearest of the nine counts. Pictures below
the quality that profiles ask for are left out. `--cut` cuts the file of the first picture short, as
a download that broke off, and compares what is left with the whole of the others.

    apt-get download lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 plasma-workspace-wallpapers \
        ukui-wallpapers gnome-backgrounds mate-backgrounds sway-backgrounds
    for each in *.deb; do dpkg-deb -x "$each" photos; done
    python -m benchmarks.thresholds --photos photos --json thresholds.json
    python -m benchmarks.thresholds --photos photos --cut 0.9 --cut 0.8 --cut 0.7
"""

import argparse
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import skimage
import sklearn
from PIL import Image, ImageDraw

from hashmatch.hashing import HashOptions, hash_images
from hashmatch.model import ImageHashes, bits_of
from hashmatch.orientation import Orientation
from hashmatch.profiles import DEFAULT

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALGORITHMS: Final = (
    *("pdq", "phash-64", "phash-256", "dhash-64", "dhash-256", "ahash-64", "whash-64"),
    *("colorhash-42", "crop-resistant"),
)
_SETS: Final = 24
"""Hashes of one picture that are compared, of an algorithm that gives several."""

_CHANCES: Final = (1e-6, 1e-5)
_ENDINGS: Final = frozenset((".jpg", ".jpeg", ".png", ".webp", ".jxl"))
_TILE: Final = (320, 240)
_MOST_TILES: Final = 60
"""Of one original, evenly drawn from all: no single photo is to decide the result."""

_DETAILED: Final = 0.7
"""Bits per pixel of a JPEG of quality 85; below it a tile is a blur or a plain sky."""

_SAME: Final = 31
"""PDQ bits within which two files are of one original."""

_PHOTOGRAPHS: Final = frozenset(
    (
        *("Bridge", "Dragonfly", "Kleiber", "Picture_0B", "Picture_1A", "Wine", "aitzgorri"),
        *("free", "friends", "greentock", "life", "picosdeeuropa", "seeding", "sunset"),
        *("Aqua", "Blinds", "Dune", "FreshFlower", "Garden", "GreenMeadow", "LadyBird"),
        *("RainDrops", "Storm", "TwoWings", "Wood", "YellowFlower"),
        *("BytheWater", "ColdRipple", "ColorfulCups", "DarkestHour", "EveningGlow", "FallenLeaf"),
        *("Grey", "Kite", "OneStandsOut", "Path", "summer_1am"),
        *("astronaut", "brick", "camera", "coffee", "grass", "gravel", "hubble_deep_field"),
        *("moon", "motorcycle_left", "rocket", "china", "flower"),
    )
)
"""Of all wallpapers; the rest are drawings, which collide far more often."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to measure with: which file it is out of, and which original that is of."""

    file: str
    original: str
    image: Image.Image


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """Hashes of pictures by one algorithm.

    Attributes:
        readings: (ways, n, k, words) uint64 that are looked for, k hashes of each picture.
        known: (n, k, words) uint64 of the upright pictures.
        quality: (n,) uint8.
    """

    readings: "NDArray[np.uint64]"
    known: "NDArray[np.uint64]"
    quality: "NDArray[np.uint8]"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--photos", type=Path, help="folder of photos, with all its subfolders")
    parser.add_argument("--drawn", type=int, default=1500, help="pictures to draw")
    parser.add_argument("--tiles", type=int, default=_MOST_TILES, help="of one photo, at most")
    parser.add_argument("--near", type=int, default=0, help="nearest pairs to name, per algorithm")
    parser.add_argument(
        "--cut", type=float, action="append", default=[], help="share left of files"
    )
    parser.add_argument("--algorithm", action="append", help="only these")
    parser.add_argument("--json", type=Path, help="file for the figures")
    arguments = parser.parse_args()
    algorithms = tuple(arguments.algorithm or ALGORITHMS)
    figures: list[dict[str, Any]] = []
    photos = list(_photos(arguments.photos, arguments.tiles)) if arguments.photos else []
    if arguments.cut:
        figures += _cut(photos, arguments.cut, algorithms)
    else:
        for kind, pictures in (("photos", photos), ("drawn", list(_drawn(arguments.drawn)))):
            if pictures:
                figures += _measured(kind, pictures, algorithms, arguments.near)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n")


def _photos(folder: Path, most: int) -> Iterator[Picture]:
    """Every photograph as a whole, then its tiles."""
    Image.MAX_IMAGE_PIXELS = None
    roots = [
        Path(skimage.__file__ or "").parent / "data",
        Path(sklearn.__file__ or "").parent / "datasets" / "images",
        folder,
    ]
    largest: dict[str, Path] = {}
    found = (path for root in roots for path in root.rglob("*") if path.suffix.lower() in _ENDINGS)
    for path in sorted(found, key=lambda each: each.stat().st_size):
        # A wallpaper of KDE is a folder with one file for each size of a screen.
        parts = path.parts
        name = parts[parts.index("contents") - 1] if "contents" in parts else path.stem
        name = name.partition("_by_")[0]
        if name in _PHOTOGRAPHS:
            largest[name] = path
    for name, path in sorted(largest.items()):
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        ratio = min(1.0, 1280 / max(image.size))
        small = image.resize((round(image.width * ratio), round(image.height * ratio)))
        yield Picture(name, name, small)
        yield from (Picture(name, name, each) for each in _tiles(image, most) if _detailed(each))


def _detailed(image: Image.Image) -> bool:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return 8 * file.tell() >= _DETAILED * image.width * image.height


def _tiles(image: Image.Image, most: int) -> Iterator[Image.Image]:
    """Pieces that do not overlap, standing and lying in turn; none of a small picture."""
    boxes: list[tuple[int, int, int, int]] = []
    long, short = _TILE
    for row, top in enumerate(range(0, image.height - long, long)):
        width, height = (long, short) if row % 2 else (short, long)
        lefts = range(0, image.width - width, width)
        boxes += [(left, top, left + width, top + height) for left in lefts]
    if len(boxes) >= 4:
        yield from (image.crop(box) for box in boxes[:: -(-len(boxes) // most)])


def _drawn(count: int) -> Iterator[Picture]:
    """Opaque shapes over each other, of every size, each of its own colour."""
    for number in range(count):
        chance = np.random.default_rng(number)
        image = Image.new("RGB", (320, 240))
        draw = ImageDraw.Draw(image)
        # Sizes fall with their cube, as in photos; the largest fill half of the picture.
        sizes = 4 / np.sqrt(chance.uniform((4 / 160) ** 2, 1, 500))
        places = chance.uniform((-30, -30), (350, 270), (500, 2))
        halves = sizes[:, None] * chance.uniform(0.5, 1, (500, 2))
        colours = chance.integers(0, 256, (500, 3))
        for at in range(500):
            (x, y), (wide, tall) = places[at], halves[at]
            shape = draw.ellipse if at % 2 else draw.rectangle
            shape((x - wide, y - tall, x + wide, y + tall), tuple(colours[at].tolist()))
        yield Picture(f"drawn {number}", f"drawn {number}", image)


def _hashed(
    images: Sequence[Image.Image] | Sequence[bytes], algorithms: Sequence[str]
) -> list[ImageHashes | None]:
    options = HashOptions(algorithms=algorithms, orientations=True)
    found: list[ImageHashes | None] = []
    for number, hashes in enumerate(hash_images(images, options), 1):
        found.append(hashes if isinstance(hashes, ImageHashes) else None)
        if not number % 500:
            print(f"{number} of {len(images)} pictures hashed", flush=True)
    return found


def _codes(algorithm: str, hashed: Sequence[ImageHashes]) -> Codes:
    size = 8 * -(-(bits_of(algorithm) or 0) // 64)
    count = _SETS if algorithm == "crop-resistant" else 1
    ways = np.zeros((9, len(hashed), count, size), np.uint8)
    for row, image in enumerate(hashed):
        own = [each for each in image.readings if each.hash.algorithm == algorithm]
        turned = [(each.orientation - 1, each.hash) for each in own if not each.frame]
        upright = Orientation.UPRIGHT - 1
        turned += [(8, ~value) for way, value in turned if way == upright]
        for way in range(9):
            values = [value for at, value in turned if at == way][:count]
            # Where there are fewer hashes than places, the first stands in the rest.
            for place in range(count):
                chosen = values[place if place < len(values) else 0] if values else None
                code = np.frombuffer(chosen.value if chosen else b"", np.uint8)
                ways[way, row, place, size - len(code) :] = code
    packed = ways.view(np.uint64)
    return Codes(packed, packed[0], np.array([each.quality for each in hashed], np.uint8))


def _nearest(
    readings: "NDArray[np.uint64]", known: "NDArray[np.uint64]", *, ordered: bool = False
) -> "NDArray[np.uint8]":
    """(n, n) smallest distance of any reading of one picture to any hash of another.

    Args:
        readings: (ways, n, k, words).
        known: (n, k, words).
        ordered: whether a pair is two pairs; otherwise those below the diagonal are 255.
    """
    count = len(known)
    best = np.full((count, count), 255, np.uint8)
    for row in range(count):
        first = 0 if ordered else row + 1
        own = np.unique(readings[:, row].reshape(-1, readings.shape[-1]), axis=0)
        apart = np.full(count - first, 254, np.uint16)
        for place in range(known.shape[1]):
            bits = np.bitwise_count(own[:, None] ^ known[None, first:, place]).sum(axis=2)
            apart = np.minimum(apart, bits.min(axis=0).astype(np.uint16))
        best[row, first:] = apart
    return best


def _originals(pictures: Sequence[Picture], hashed: Sequence[ImageHashes]) -> "NDArray[np.int64]":
    """One number for all pictures of which any two have near PDQ hashes, or belong together."""
    numbers: dict[str, int] = {}
    own = np.array([numbers.setdefault(each.original, len(numbers)) for each in pictures], np.int64)
    codes = _codes("pdq", hashed)
    near = (_nearest(codes.readings, codes.known) <= _SAME) & (codes.quality >= 50)
    for one, other in np.argwhere(near).tolist():
        low, high = sorted((own[one], own[other]))
        own[own == high] = low
    return own


def _measured(
    kind: str, pictures: Sequence[Picture], algorithms: Sequence[str], most: int
) -> Iterator[dict[str, Any]]:
    wanted = ("pdq", *(each for each in algorithms if each != "pdq"))
    found = _hashed([each.image for each in pictures], wanted)
    kept = [(p, hashes) for p, hashes in zip(pictures, found, strict=True) if hashes is not None]
    pictures, hashed = [p for p, _ in kept], [hashes for _, hashes in kept]
    originals = _originals(pictures, hashed)
    for algorithm in algorithms:
        codes = _codes(algorithm, hashed)
        nearest = _nearest(codes.readings, codes.known)
        nearest[originals[:, None] == originals[None]] = 255
        for quality in (50, 90):
            good = codes.quality >= quality
            counts = np.bincount(nearest[np.ix_(good, good)].ravel(), minlength=256)[:255]
            many = int(good.sum()), len(np.unique(originals[good]))
            yield _figure(f"{kind}, quality {quality}", algorithm, many, counts)
        nearest[codes.quality < 50] = 255
        nearest[:, codes.quality < 50] = 255
        for place in np.argsort(nearest, axis=None, kind="stable")[:most]:
            one, other = divmod(int(place), len(pictures))
            print(f"    {nearest[one, other]}: {pictures[one].file} and {pictures[other].file}")


def _cut(
    pictures: Sequence[Picture], shares: Sequence[float], algorithms: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """How near the first part of a file comes to its own picture, and to others."""
    files = []
    for each in pictures:
        file = io.BytesIO()
        each.image.save(file, "JPEG", quality=85)
        files.append(file.getvalue())
    wanted = ("pdq", *(each for each in algorithms if each != "pdq"))
    whole = _hashed(files, wanted)
    for share in shares:
        found = _hashed([data[: round(len(data) * share)] for data in files], wanted)
        rows = zip(pictures, whole, found, strict=True)
        kept = [(p, one, part) for p, one, part in rows if one is not None and part is not None]
        originals = _originals([row[0] for row in kept], [row[1] for row in kept])
        spread = np.percentile([row[2].fraction for row in kept], (5, 50, 95)).round(2).tolist()
        print(f"first {share:.0%} of the bytes: {spread} of the picture are decoded", flush=True)
        for algorithm in algorithms:
            known = _codes(algorithm, [one for _, one, _ in kept])
            parts = _codes(algorithm, [part for _, _, part in kept])
            nearest = _nearest(parts.readings, known.known, ordered=True)
            own = np.diagonal(nearest).copy()
            nearest[originals[:, None] == originals[None]] = 255
            good = (known.quality >= 50) & (parts.quality >= 50)
            counts = np.bincount(nearest[np.ix_(good, good)].ravel(), minlength=256)[:255]
            many = int(good.sum()), len(np.unique(originals[good]))
            figure = _figure(f"first {share:.0%} of the bytes", algorithm, many, counts)
            threshold = DEFAULT.thresholds.get(algorithm, -1)
            figure["found"] = int((own[good] <= threshold).sum())
            print(f"    {figure['found']} are within {threshold} bits of the whole", flush=True)
            yield figure


def _figure(
    kind: str, algorithm: str, many: tuple[int, int], counts: "NDArray[np.intp]"
) -> dict[str, Any]:
    """What was counted, printed too.

    Args:
        kind: of pictures.
        algorithm: of their hashes.
        many: pictures, and originals they are out of.
        counts: (255,) pairs at each distance.
    """
    within, pairs = np.cumsum(counts), int(counts.sum())
    thresholds = {f"{chance:.0e}": int((within <= chance * pairs).sum()) - 1 for chance in _CHANCES}
    first = {int(t): int(within[t]) for t in np.flatnonzero(counts)[:12]}
    print(
        f"{kind}, {algorithm}: {many[0]} pictures of {many[1]} originals, {pairs:,} pairs; "
        f"at most one in 10⁶: {thresholds['1e-06']}, in 10⁵: {thresholds['1e-05']} bits; "
        f"pairs within {first}",
        flush=True,
    )
    return {
        "pictures": kind,
        "algorithm": algorithm,
        "count": many[0],
        "originals": many[1],
        "pairs": pairs,
        "thresholds": thresholds,
        "within": {str(t): int(within[t]) for t in range(129) if within[t]},
    }


if __name__ == "__main__":
    main()
