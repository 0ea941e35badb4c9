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
_BEFORE: Final = re.compile(r"^(?:imagehash-|image-|img-)+")
_BEHIND: Final = re.compile(
    r"-?(?:hash-size-)?\d+(?:-?x?-?\d+)?(?:-?bits?)?$|-(?:hex|value|str|string|bits|haar)$"
)
"""Sizes, as `8x8` and `64-bit`, and how a value is written."""
_BINS: Final = 14
_SMALLEST: Final = 4
"""Rows of the smallest hash that says anything; what is shorter is another kind of value."""

_FEWEST_BITS: Final = 42
"""Fewer digits that are all 0 or 1 are hex: so few bits are of no hash that is in use."""
_FEWEST_ROWS: Final = 3
"""Different rows that only a picture with content has."""

_SEPARATORS = re.compile(r"[\s,]+")

CROPS: Final = "crop-resistant"
"""An algorithm of which a picture has several hashes."""


def family_of(name: str) -> str:
    """The family that a list calls by this name, as `phash`; empty if it is none of imagehash's.

    Args:
        name: in lower case, words joined by hyphens.

    >>> family_of("average-hash"), family_of("phash-8x8"), family_of("sha1")
    ('ahash', 'phash', '')
    """
    plain = _BEFORE.sub("", name)
    while plain not in _FAMILY_OF:
        shorter = _BEHIND.sub("", plain)
        if shorter == plain:
            return ""
        plain = shorter
    return _FAMILY_OF[plain]


def unsized_family(name: str) -> str:
    """The family as of `family_of`; empty for the id of one algorithm, as `phash-64`.

    >>> unsized_family("average-hash-64"), unsized_family("ahash-64")
    ('ahash', '')
    """
    family = family_of(name)
    return "" if re.fullmatch(rf"{family}-\d+", name) else family


def plain_digits(text: str) -> str:
    """Hex digits without what languages and databases write before them: `0xF0` is `F0`."""
    text = text.strip()
    return text[2:] if text[:2] in ("0x", "0X") else text


def is_family(name: str) -> bool:
    """Whether it is the name of a family, and not of one algorithm of it."""
    return name in _NAMES and name != CROPS


def hash_in(family: str, digits: str) -> Hash:
    """The hash that imagehash printed as these hex digits, or that is written bit by bit.

    42 and more digits that are all 0 or 1 are the bits themselves: of 64 hex digits of a picture's
    hash that happens once in 2¹⁹².

    Args:
        family: as `family_of` gives it.
        digits: hex, in upper or lower case; or 0 and 1, the first bit first.

    Raises:
        HashFormatError: no hash of the family has so many digits; or they may be hex or bits.
    """
    digits = plain_digits(digits)
    if family == CROPS:
        return Hash.fromhex(CROPS, digits)
    if len(digits) >= _FEWEST_BITS and not set(digits) - {"0", "1"}:
        return _of_bits(family, digits)
    bits = _bits(family, len(digits))
    if not bits:
        msg = f"no {family} has {len(digits)} hex digits"
        raise HashFormatError(msg)
    return Hash.fromhex(f"{family}-{bits}", digits)


def _of_bits(family: str, digits: str) -> Hash:
    """The hash whose bits these are, if they cannot be the hex digits of a larger one.

    Raises:
        HashFormatError: no such hash has so many bits, or they may be hex digits too: flat and
            striped pictures have few ones and rows that are alike, `colorhash` is mostly 0.
    """
    side = math.isqrt(len(digits))
    rows = {digits[start : start + side] for start in range(0, len(digits), side)}
    plain = len(rows) < _FEWEST_ROWS or not 1 / 4 <= digits.count("1") / len(digits) <= 3 / 4
    if family == "colorhash" or side * side != len(digits) or plain:
        msg = (
            f"{len(digits)} digits that are all 0 or 1 may be the bits of a {family} or the hex "
            "digits of a larger one: write them in hex, with the algorithm, as phash-64"
        )
        raise HashFormatError(msg)
    return Hash.fromhex(f"{family}-{len(digits)}", f"{int(digits, 2):0{-(-len(digits) // 4)}x}")


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
