"""The contract of hashers, checked."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hashmatch.errors import HashFormatError
from hashmatch.hashers.base import Comparison
from hashmatch.model import Hash, bits_of
from hashmatch.model.orientation import Orientation
from hashmatch.raster import Raster
from hashmatch.testing.rules import expect

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from hashmatch.hashers.base import Hasher

_ATTRIBUTES = (
    "algorithm",
    "bits",
    "distance",
    "minimum_quality",
    "needs_rgb",
    "source",
    "threshold",
)
_SIZES = ((1, 1), (4, 9), (5, 5), (64, 64), (97, 131), (300, 201), (640, 480))


def check_hasher(hasher: "Hasher") -> None:
    """Check one hasher against the contract of `hashers.base.Hasher`.

    Its id and bits agree; every hash has that many bits and a quality of 0–100; the same picture
    gives the same hashes; turning the picture and turning the reading are the same, within the
    bits that rounding may cost; no size and no flat picture makes it fail; the picture is left
    as it was.

    Raises:
        AssertionError: the first rule that does not hold, in words.
    """
    name = hasher.algorithm
    _check_attributes(hasher)
    for width, height in _SIZES:
        raster = _as_given(hasher, drawn_raster(width, height))
        before = raster.luma.copy()
        first = hasher.hash(raster, orientations=tuple(Orientation))
        expect(first == hasher.hash(raster, orientations=tuple(Orientation)), name, "repeatable")
        expect(np.array_equal(before, raster.luma), name, "leaves the picture as it was")
        expect(
            [*dict.fromkeys(reading.orientation for reading in first)] == list(Orientation),
            name,
            "gives every orientation asked for, in order",
        )
        for reading in first:
            expect(reading.hash.algorithm == name, name, "labels hashes with its own id")
            expect(0 <= reading.quality <= 100, name, "quality is 0–100")  # noqa: PLR2004
    for grey in (0, 128, 255):
        flat = np.full((50, 70), grey, np.uint8)
        colours = np.full((50, 70, 3), grey, np.uint8)
        readings = hasher.hash(_as_given(hasher, Raster(flat, 70, 50, rgb=colours)))
        expect(len(readings) > 0, name, "hashes flat pictures")
    _check_reduced(hasher)
    if hasher.distance == Comparison.HAMMING:
        _check_turning(hasher)


def _as_given(hasher: "Hasher", raster: Raster) -> Raster:
    """The picture as decoders hand it over: with colours only where they are asked for."""
    return raster if hasher.needs_rgb else replace(raster, rgb=None)


def _check_reduced(hasher: "Hasher") -> None:
    """Luma as box means or as floats is the same picture, but for a few bits."""
    whole = drawn_raster(1024, 768)
    boxes = whole.luma.reshape(192, 4, 256, 4).mean(axis=(1, 3), dtype=np.float32)
    expected = hasher.hash(_as_given(hasher, whole))
    for luma, scale in ((boxes, 4), (whole.luma.astype(np.float32), 1)):
        found = hasher.hash(_as_given(hasher, replace(whole, luma=luma, scale=scale)))
        if hasher.distance == Comparison.HAMMING:
            far = min(one.hash - other.hash for one in found for other in expected)
            expect(far <= hasher.bits // 10, hasher.algorithm, f"1/{scale}: {far} bits off")


def _check_attributes(hasher: "Hasher") -> None:
    name = hasher.algorithm
    missing = [each for each in _ATTRIBUTES if not hasattr(hasher, each)]
    expect(not missing, name, f"has {', '.join(missing)}")
    try:
        Hash(name, bytes(-(-hasher.bits // 8)))
    except HashFormatError as error:
        expect(False, name, f"id and bits agree: {error}")  # noqa: FBT003 (never holds)
    if hasher.distance == Comparison.HAMMING:
        expect(bits_of(name) == hasher.bits, name, "its id says how many bits it has")
        default = hasher.threshold
        expect(default is None or 0 <= default < hasher.bits, name, "threshold is below its bits")
    else:
        expect(hasher.distance == Comparison.OPAQUE, name, "distance is hamming or opaque")
        expect(bits_of(name) is None, name, "the id of an opaque hash names no bits")
    expect(0 <= hasher.minimum_quality <= 100, name, "minimum quality is 0–100")  # noqa: PLR2004
    expect(bool(hasher.source), name, "says where its threshold comes from")


def _check_turning(hasher: "Hasher") -> None:
    """A turned reading of a picture is the upright reading of the turned picture."""
    picture = drawn_raster(400, 300)
    for turn in Orientation:
        rgb = None
        if hasher.needs_rgb and picture.rgb is not None:
            rgb = np.ascontiguousarray(turn.apply(picture.rgb))
        luma = np.ascontiguousarray(turn.apply(picture.luma))
        turned = Raster(luma, luma.shape[1], luma.shape[0], rgb=rgb)
        expected = hasher.hash(turned)
        given = _as_given(hasher, picture)
        tagged = replace(given, orientation=turn)
        for readings in (hasher.hash(given, orientations=(turn,)), hasher.hash(tagged)):
            expect(len(readings) == len(expected), hasher.algorithm, f"as many when {turn.label}")
            for one in readings:
                off = min(one.hash - other.hash for other in expected)
                expect(off <= hasher.bits // 64, hasher.algorithm, f"{turn.label}: {off} bits off")


def drawn_raster(width: int, height: int, seed: int = 0) -> Raster:
    """A picture of smooth random shapes, with colours, the same for the same seed."""
    random = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    planes = []
    for _ in range(3):
        plane = np.zeros((height, width))
        for _ in range(12):
            phase, (down, across) = random.uniform(0, 6), random.uniform(-25, 25, 2)
            plane += np.sin(down * y + across * x + phase)
        planes.append(np.clip(128 + 30 * plane, 0, 255))
    rgb = np.stack(planes, axis=2).astype(np.uint8)
    luma = np.rint(rgb @ np.array([0.299, 0.587, 0.114])).astype(np.uint8)
    return Raster(luma, width, height, rgb=rgb)


def hashes(algorithm: str = "pdq") -> "SearchStrategy[Hash]":
    """Hypothesis strategy: any hash of an algorithm whose bits are known."""
    from hypothesis import strategies as st

    bits = bits_of(algorithm) or 0
    size = -(-bits // 8)
    return st.integers(0, 2**bits - 1).map(lambda n: Hash(algorithm, n.to_bytes(size)))
