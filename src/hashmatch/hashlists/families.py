"""Names that users of imagehash give to hashes: which algorithm a value is of, by its length.

imagehash computes hashes of any size, and nobody writes the size beside the name: 16 hex digits
in a column `phash` are of `phash-64`, 64 digits of `phash-256`.
"""

import math
import re
from typing import Final

from hashmatch.errors import HashFormatError
from hashmatch.model import Hash

_NAMES: Final = {
    "phash": ("phash", "p-hash", "perceptual", "perceptual-hash", "perceptualhash"),
    "phash-simple": ("phash-simple", "phashsimple"),
    "dhash": ("dhash", "d-hash", "difference", "difference-hash", "differencehash"),
    "dhash-vertical": ("dhash-vertical", "dhashvertical", "dhash-v"),
    "ahash": ("ahash", "a-hash", "average", "average-hash", "averagehash", "avg-hash", "avghash"),
    "whash": ("whash", "w-hash", "wavelet", "wavelet-hash", "wavelethash", "whash-haar"),
    "whash-db4": ("whash-db4", "whashdb4"),
    "colorhash": ("colorhash", "color-hash", "colourhash", "colour-hash", "hsvhash", "hsv-hash"),
    "crop-resistant": (
        *("crop-resistant", "crop-resistant-hash", "cropresistant", "cropresistanthash"),
        *("crop-hash", "crop-resistance-hash"),
    ),
}
_FAMILY_OF: Final = {name: family for family, names in _NAMES.items() for name in names}
_BESIDE = re.compile(r"^(?:imagehash-|image-|img-)?(.*?)(?:-?\d+)?(?:-(?:hex|value|str|string))?$")
_BINS: Final = 14
_SMALLEST: Final = 4
"""Rows of the smallest hash that says anything; what is shorter is another kind of value."""

_SEPARATORS = re.compile(r"[\s,]+")

CROPS: Final = "crop-resistant"
"""Of it a picture has several hashes."""


def family_of(name: str) -> str:
    """The family that a list calls by this name, as `phash`; empty if it is none of imagehash's.

    Args:
        name: in lower case, words joined by hyphens.

    >>> family_of("average-hash"), family_of("phash-hex"), family_of("sha1")
    ('ahash', 'phash', '')
    """
    plain = _BESIDE.fullmatch(name)
    return _FAMILY_OF.get(name) or _FAMILY_OF.get(plain[1] if plain else "", "")


def is_family(name: str) -> bool:
    """Whether it is the name of a family, and not of one algorithm of it."""
    return name in _NAMES and name != CROPS


def hash_in(family: str, digits: str) -> Hash:
    """The hash that imagehash printed as these hex digits.

    Args:
        family: as `family_of` gives it.
        digits: in upper or lower case.

    Raises:
        HashFormatError: no hash of the family has so many digits.
    """
    if family == CROPS:
        return Hash.fromhex(CROPS, digits)
    bits = _bits(family, len(digits))
    if not bits:
        msg = f"no {family} has {len(digits)} hex digits"
        raise HashFormatError(msg)
    return Hash.fromhex(f"{family}-{bits}", digits)


def parts_of(text: str) -> list[str]:
    """The hashes in the text of a set, as imagehash prints it: with commas between."""
    return [part for part in _SEPARATORS.split(text.strip()) if part]


def _bits(family: str, digits: int) -> int:
    """How many bits a hash of so many digits has: a square, or so many for each of 14 bins."""
    if family == "colorhash":
        bits = 4 * digits // _BINS * _BINS
        return bits if bits and -(-bits // 4) == digits else 0
    side = math.isqrt(4 * digits)
    return side * side if side >= _SMALLEST and -(-side * side // 4) == digits else 0
