"""Hashes of one algorithm as they lie in a part of a list: each code once, with search tables."""

from typing import TYPE_CHECKING, Any

import numpy as np

from hashmatch.index.structure import SEARCH
from hashmatch.index.unique import unique_codes
from hashmatch.model.layout import Layout
from hashmatch.model.patch import ALGORITHM as PATCH
from hashmatch.search.made import Made
from hashmatch.search.ranges import tables

if TYPE_CHECKING:
    from numpy.typing import NDArray


def layout_for(times: "NDArray[np.float32] | None") -> Layout:
    """Compact where most hashes are of frames of videos."""
    frames = 0 if times is None else int((~np.isnan(times)).sum())
    return Layout.COMPACT if times is not None and 2 * frames > len(times) else Layout.INLINE


def searchable(
    name: str, codes: "NDArray[np.uint8]", layout: Layout
) -> "tuple[dict[str, NDArray[Any]], list[Made]]":
    """The distinct codes and which hashes have each; each hash's code, and the search tables."""
    distinct = unique_codes(codes)
    unique, starts = distinct.codes, distinct.offsets.astype(np.uint32)
    owners = distinct.rows.astype(np.uint32)
    del distinct
    arrays: dict[str, NDArray[Any]] = {
        f"{name}.unique": unique,
        f"{name}.starts": starts,
        f"{name}.owners": owners,
    }
    of_each = Made(
        {"code": ("<u4", (len(codes),))}, lambda: iter([("code", code_of(starts, owners))])
    )
    # Patches are compared one by one: at their distance no table saves time.
    built = tables(codes[:0] if name == PATCH else unique, layout=layout)
    return arrays, [of_each.named(f"{name}."), built.named(f"{name}{SEARCH}")]


def code_of(starts: "NDArray[np.uint32]", owners: "NDArray[np.uint32]") -> "NDArray[np.uint32]":
    """Which of the distinct codes each hash has, (n,) uint32.

    Args:
        starts: (u + 1,) uint32 where the hashes of each code begin in `owners`.
        owners: (n,) uint32 the hashes of each code.
    """
    code = np.empty(len(owners), np.uint32)
    code[owners] = np.repeat(np.arange(len(starts) - 1, dtype=np.uint32), np.diff(starts))
    return code
