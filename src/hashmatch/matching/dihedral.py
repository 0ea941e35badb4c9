"""PDQ hashes of turned pictures, from the hash of the upright one.

A PDQ bit says whether one coefficient of a cosine transform is above the median of all 256, which
is near zero. Mirroring changes the sign of the odd waves along that axis, hence turns their bits;
transposing exchanges the axes (Meta, hashing.pdf, section "dihedral hashes"). As the median is not
quite zero, a few bits come out otherwise than from the turned pixels: exact hashes of pictures
come from `hashmatch.hashers.pdq`, these are for the frames of videos, of which there are many.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.model.orientation import Orientation

_SIDE: Final = 16
_ODD: Final = (np.arange(_SIDE) % 2 == 0).astype(np.uint8)
"""The waves are numbered from 1: those at even places are odd."""


def turned(codes: "NDArray[np.uint8]", orientation: "Orientation") -> "NDArray[np.uint8]":
    """PDQ codes of the same pictures, turned this way; a few bits may differ from the exact ones.

    Args:
        codes: (n, 32) uint8 packed hashes of the upright pictures.
        orientation: how they are turned.
    """
    bits = np.unpackbits(codes, axis=1)[:, ::-1].reshape(-1, _SIDE, _SIDE)
    if orientation.flips_rows:
        bits = bits ^ _ODD[:, None]
    if orientation.flips_columns:
        bits = bits ^ _ODD
    if orientation.transposes:
        bits = bits.swapaxes(1, 2)
    return np.packbits(bits.reshape(len(bits), -1)[:, ::-1], axis=1)
