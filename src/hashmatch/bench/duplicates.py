"""Pictures that show the same: pairs of them are no pairs of different pictures.

Two files are duplicates where their digests are equal, or where small grey pictures of them are
alike, however the one is turned or mirrored: a correlation of at least 0.9 of the pictures at
64×64, and of at least 0.5 of their details, which is what a blur over 9×9 takes away. Of
photographs that only have their composition in common the details do not agree. No hash takes part
in this, so that it favours none.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFilter

from hashmatch.model.orientation import Orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE: Final = 64
_DETAIL_RADIUS: Final = 4
_ALIKE: Final = 0.9
_DETAILS_ALIKE: Final = 0.5
_BLOCK: Final = 512


def small(picture: Image.Image) -> "NDArray[np.float32]":
    """(2, 4096) what pictures are compared by: grey at 64×64, and its details; mean 0, length 1."""
    grey = picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    blurred = np.asarray(grey.filter(ImageFilter.BoxBlur(_DETAIL_RADIUS)), np.float32)
    whole = np.asarray(grey, np.float32)
    return np.stack([_unit(whole), _unit(whole - blurred)])


def _unit(values: "NDArray[np.float32]") -> "NDArray[np.float32]":
    flat = (values - values.mean()).ravel()
    unit: NDArray[np.float32] = flat / max(float(np.linalg.norm(flat)), 1e-6)
    return unit


def duplicates(
    digests: Sequence[str], smalls: "Sequence[NDArray[np.float32]]"
) -> list[tuple[int, int]]:
    """The pairs that show the same, each with the smaller place first.

    Args:
        digests: of the files.
        smalls: of their pictures, as `small` gives them.
    """
    known = {digest: place for place, digest in reversed(list(enumerate(digests)))}
    pairs = {(known[own], at) for at, own in enumerate(digests) if known[own] != at}
    if not smalls:
        return []
    whole, details = (np.stack([each[part] for each in smalls]) for part in (0, 1))
    for way in Orientation:
        turned = np.stack([way.apply(each.reshape(_SIDE, _SIDE)).ravel() for each in whole])
        for begin in range(0, len(whole), _BLOCK):
            alike = whole[begin : begin + _BLOCK] @ turned[begin:].T >= _ALIKE
            for row, column in np.argwhere(alike).tolist():
                one, other = begin + row, begin + column
                if one < other and _agree(details[one], details[other], way):
                    pairs.add((one, other))
    return sorted(pairs)


def _agree(one: "NDArray[np.float32]", other: "NDArray[np.float32]", way: Orientation) -> bool:
    turned = way.apply(other.reshape(_SIDE, _SIDE)).ravel()
    return float(one @ turned) >= _DETAILS_ALIKE


def grouped(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """A number for each picture: the same for pictures that show the same."""
    groups = list(range(count))

    def first(each: int) -> int:
        while groups[each] != each:
            each = groups[each]
        return each

    for one, other in pairs:
        low, high = sorted((first(one), first(other)))
        groups[high] = low
    return [first(each) for each in range(count)]
