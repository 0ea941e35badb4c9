"""Hashes of one algorithm as they lie in a part of a list: each code once, with search tables."""

from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.index.structure import SEARCH
from hashmatch.index.unique import unique_codes
from hashmatch.model.layout import Layout
from hashmatch.model.patch import ALGORITHM as PATCH
from hashmatch.search.ranges import tables

if TYPE_CHECKING:
    from numpy.typing import NDArray


def layout_for(times: "NDArray[np.float32] | None") -> Layout:
    """Compact where most hashes are of frames of videos."""
    frames = 0 if times is None else int((~np.isnan(times)).sum())
    return Layout.COMPACT if times is not None and 2 * frames > len(times) else Layout.INLINE


def searchable(name: str, codes: "NDArray[np.uint8]", layout: Layout) -> "dict[str, NDArray[Any]]":
    """The distinct codes, which hashes have each, each hash's code, and the search tables."""
    distinct = unique_codes(codes)
    counts = np.diff(distinct.offsets)
    code = np.empty(len(codes), np.uint32)
    code[distinct.rows] = np.repeat(np.arange(len(counts), dtype=np.uint32), counts)
    arrays: dict[str, NDArray[Any]] = {
        f"{name}.unique": distinct.codes,
        f"{name}.starts": distinct.offsets.astype(np.uint32),
        f"{name}.owners": distinct.rows.astype(np.uint32),
        f"{name}.code": code,
    }
    if name == PATCH:
        # They are compared one by one: at the distance of patches no table saves time.
        return arrays
    built = tables(distinct.codes, layout=layout)
    return arrays | {f"{name}{SEARCH}{part}": each for part, each in built.items()}
