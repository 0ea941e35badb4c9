"""The quality that quantisation tables of a JPEG come nearest to, by the standard's own tables.

libjpeg and most programs scale the two tables of ITU-T T.81, Annex K, by a quality of 1 to 100.
Others have tables of their own: for these the nearest quality is a size to compare with, and the
misfit says how far off it is.
"""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hashmatch.model.jpeg_tables import ENTRIES, LUMA, QUALITIES, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Fit(NamedTuple):
    """The quality that a table comes nearest to.

    Attributes:
        quality: 1–100.
        misfit: by how much its steps differ from those of this quality, on average, as a share of
            them; 0 for the standard's own table.
    """

    quality: int
    misfit: float


@lru_cache(1024)
def fit(table: bytes) -> Fit:
    """The quality that the table of brightness comes nearest to.

    Args:
        table: 64 steps, or 64 of two bytes each, in the order of the file.
    """
    kind = np.dtype(">u2" if len(table) > ENTRIES else np.uint8)
    steps = np.frombuffer(table, kind, ENTRIES).astype(np.float64)
    standard = _standard()
    misfits = (np.abs(steps - standard) / standard).mean(1)
    best = int(misfits.argmin())
    return Fit(best + 1, float(misfits[best]))


@cache
def _standard() -> "NDArray[np.float64]":
    """The table of each quality."""
    tables = b"".join(scaled(LUMA, each) for each in QUALITIES)
    return np.frombuffer(tables, np.uint8).reshape(-1, ENTRIES).astype(np.float64)
