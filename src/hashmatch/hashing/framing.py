"""Codes of a known picture under hypotheses of what became of it.

PDQ is linear in the luma of each axis, up to its signs. That the picture at hand is a part of the
known one changes the matrix of an axis alone: its cells are put where they belong, and what is
missing is what is to be expected there. What is covered by a box is filled from its four edges (a
Coons patch), which is linear along each axis too. Thousands of hypotheses take small matrix
products, and give ordinary codes.

Luma along an axis is taken for an Ornstein–Uhlenbeck process, whose covariance falls exponentially
with distance, on a level of its own: what is expected outside (ordinary kriging) lies between the
nearest cells and the mean of the picture.

The expectation takes the solution of equations, whose last digits differ between processors: where
a coefficient is as large as the median, one bit of a code may.
"""

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from hashmatch.hashers import compiled, compiled_means
from hashmatch.hashers.means import CELLS, axis, codes_of
from hashmatch.hashing.turning import trimmed
from hashmatch.model.framing import (
    BOXES,
    CROPS,
    MIRRORED_CROPS,
    MIRRORED_SIDES,
    SIDES,
    SLIGHT_TURNS,
    SMOOTH_SIDES,
    TURNED,
    Covered,
    Framing,
    Span,
    plan,
    slightly_turned,
    turned,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_REACH: Final = 0.06
_LONG_REACH: Final = 0.12
"""The distance at which the covariance has fallen to 1/e, as a share of the known picture; and of
one whose brightness changes slowly."""

_OFF: Final = 0.5 / 512
"""How far off the reference reads a known picture, as a share of an axis: small ones and those that
were resized to 512 pixels up to 1.5 / 512 towards the end, large ones hardly."""

_NOISE: Final = 0.1
"""Variance of what has no neighbours, as a share of the variance of the process."""


_RIM: Final = 4
"""Cells beside a box from whose mean it is filled."""

_TURNED: Final = {TURNED: turned, SLIGHT_TURNS: slightly_turned}
_MIRRORED: Final = {MIRRORED_CROPS: CROPS, MIRRORED_SIDES: SIDES}


@cache
def part_axis(span: Span, reach: float = _REACH) -> "NDArray[np.float32]":
    """(16, 128) float32: coefficients of one axis of the known picture, from the cells at hand."""
    places = (np.arange(CELLS) + 0.5) / CELLS
    own = span.start + span.size * places
    near = np.exp(-np.abs(own[:, None] - own) / reach) + _NOISE * np.eye(CELLS)
    inverse = np.linalg.inv(near)
    level = inverse.sum(axis=0) / inverse.sum()
    # Cells of the known picture that are half as large tell where the edge is.
    fine = (np.arange(2 * CELLS) + 0.5) / (2 * CELLS) + _OFF
    weights = np.exp(-np.abs(fine[:, None] - own) / reach) @ inverse
    weights += (1 - weights.sum(axis=1, keepdims=True)) * level
    inside = (fine > span.start) & (fine < span.start + span.size)
    weights[inside] = _read((fine[inside] - span.start) / span.size * CELLS - 0.5)
    cells = (weights[::2] + weights[1::2]) / 2
    return np.asarray(axis() @ cells, np.float32)


@cache
def hidden_axis(span: Span) -> "NDArray[np.float32]":
    """(16, 128) float32: coefficients of what lies on these cells, beyond what fills them."""
    first, last = round(span.start * CELLS), round((span.start + span.size) * CELLS)
    count = last - first
    own = axis()[:, first:last]
    found = np.zeros((16, CELLS))
    found[:, first:last] = own
    after = (np.arange(count) + 1) / (count + 1)
    if first == 0:
        after = np.ones(count)
    elif last == CELLS:
        after = np.zeros(count)
    if first > 0:
        rim = slice(max(first - _RIM, 0), first)
        found[:, rim] -= (own @ (1 - after))[:, None] / (rim.stop - rim.start)
    if last < CELLS:
        rim = slice(last, min(last + _RIM, CELLS))
        found[:, rim] -= (own @ after)[:, None] / (rim.stop - rim.start)
    return np.asarray(found, np.float32)


def _read(at: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """(n, 128): what reads the cells at places between them."""
    left = np.clip(np.floor(at).astype(np.intp), 0, CELLS - 1)
    right, share = np.minimum(left + 1, CELLS - 1), np.clip(at - left, 0, 1)
    found = np.zeros((len(at), CELLS))
    rows = np.arange(len(at))
    np.add.at(found, (rows, left), 1 - share)
    np.add.at(found, (rows, right), share)
    return found


class _Group(NamedTuple):
    """Hypotheses of the same sizes, or of one axis alone: one product of large matrices.

    Attributes:
        numbers: their places in the plan.
        down: (16 · a, 128) of the different rows.
        across: (128, 16 · b) of the different columns.
        rows: of each, which of the rows.
        columns: of each, which of the columns.
    """

    numbers: "NDArray[np.intp]"
    down: "NDArray[np.float32]"
    across: "NDArray[np.float32]"
    rows: "NDArray[np.intp]"
    columns: "NDArray[np.intp]"


@cache
def _groups(name: str) -> tuple[_Group, ...]:
    matrix: Callable[[Span], NDArray[np.float32]] = part_axis
    if name == BOXES:
        matrix = hidden_axis
    elif name == SMOOTH_SIDES:
        matrix = partial(part_axis, reach=_LONG_REACH)
    by_size: dict[tuple[float, float], list[tuple[int, Framing | Covered]]] = {}
    for number, each in enumerate(plan(name)):
        if isinstance(each, Framing | Covered):
            sizes = each.rows.size, each.columns.size
            # All rows with the whole width take one product, whatever their sizes; so do columns.
            key = (1.0, 0.0) if sizes[0] == 1 else (0.0, 1.0) if sizes[1] == 1 else sizes
            by_size.setdefault(key, []).append((number, each))
    found = []
    for numbered in by_size.values():
        rows = {span: at for at, span in enumerate(dict.fromkeys(e.rows for _, e in numbered))}
        columns = {
            span: at for at, span in enumerate(dict.fromkeys(e.columns for _, e in numbered))
        }
        found.append(
            _Group(
                np.array([number for number, _ in numbered]),
                np.concatenate([matrix(span) for span in rows]),
                np.concatenate([matrix(span) for span in columns]).T.copy(),
                np.array([rows[each.rows] for _, each in numbered]),
                np.array([columns[each.columns] for _, each in numbered]),
            )
        )
    return tuple(found)


def framed(
    means: "NDArray[Any]", name: str, shape: tuple[float, float] = (1, 1)
) -> "NDArray[np.uint8]":
    """(n, 32) uint8 codes of the known picture, under each hypothesis of a plan.

    Args:
        means: (128, 128) of the picture at hand.
        name: of the plan.
        shape: height and width of the picture at hand, in any unit.
    """
    cells = means.astype(np.float32)
    if name in _MIRRORED:
        cells, name = cells[:, ::-1], _MIRRORED[name]
    if name in _TURNED:
        return codes_of(trimmed(cells, shape, _TURNED[name]()))
    found = np.empty((len(plan(name)), 32), np.uint8)
    own = axis().astype(np.float32)
    whole = own @ cells @ own.T if name == BOXES else None
    for group in _groups(name):
        found[group.numbers] = _codes((group.down @ cells) @ group.across, group, whole)
    return found


def _codes(
    product: "NDArray[Any]", group: _Group, whole: "NDArray[Any] | None"
) -> "NDArray[np.uint8]":
    """(n, 32) uint8 codes of the hypotheses of a group, by its product.

    Args:
        product: (16 · a, 16 · b) float32 of the different rows and columns.
        group: which of them belong to which hypothesis.
        whole: (16, 16) float32 coefficients of the picture at hand, if those of the hypotheses are
            taken away from them.
    """
    if compiled.calls():
        return compiled_means.blocks(product, group.rows, group.columns, whole)
    apart = product.reshape(-1, 16, product.shape[1] // 16, 16)
    spectrum = apart[group.rows, :, group.columns]
    return codes_of(spectrum if whole is None else whole - spectrum)
