"""Codes of a known picture under hypotheses of what became of it.

PDQ is linear in the luma of each axis, up to its signs. That the picture at hand is a part of the
known one changes the matrix of an axis alone: its cells are put where they belong, and what is
missing is what is to be expected there. What is covered by a box is filled from its four edges (a
Coons patch), which is linear along each axis too. Thousands of hypotheses take small matrix
products, and give ordinary codes.

Luma along an axis is taken for an Ornstein–Uhlenbeck process, whose covariance falls exponentially
with distance, on a level of its own: what is expected outside (ordinary kriging) lies between the
nearest cells and the mean of the picture. Pictures have about the same covariance in all
directions, so what changes slowly along one axis goes on for longer along the other: coefficients
of the lowest frequencies of one axis are read by other matrices of the other axis than the rest.

The expectation takes the solution of equations, whose last digits differ between processors: where
a coefficient is as large as the median, one bit of a code may.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.linalg import multi_dot

from hashmatch.hashers import compiled, compiled_means
from hashmatch.hashers.means import CELLS, axis, codes_of
from hashmatch.hashing.turning import trimmed
from hashmatch.model.framing import (
    AT_EDGES,
    BOXES,
    MIRRORED_CROPS,
    MIRRORED_SIDES,
    SLIGHT_TURNS,
    TURNED,
    Covered,
    Framing,
    Hypothesis,
    Mirrored,
    Span,
    plan,
    slightly_turned,
    turned,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

_LOW: Final = 4
"""Coefficients of the lowest frequencies, for which more goes on along the other axis."""

_OFF: Final = 0.5 / 512
"""How far off the reference reads a known picture, as a share of an axis: small ones and those that
were resized to 512 pixels up to 1.5 / 512 towards the end, large ones hardly."""

_RIM: Final = 4
"""Cells beside a box from whose mean it is filled."""

_TURNED: Final = {TURNED: turned, SLIGHT_TURNS: slightly_turned}
_MIRRORED: Final = {MIRRORED_CROPS, MIRRORED_SIDES}


class _Process(NamedTuple):
    """How luma changes along an axis.

    Attributes:
        reach: the distance at which the covariance has fallen to 1/e, as a share of the known
            picture.
        noise: variance of what has no neighbours, as a share of the variance of the process.
    """

    reach: float
    noise: float


class _Matrices(NamedTuple):
    """Matrices of an axis, of one shape.

    Attributes:
        far: for the `_LOW` coefficients of the other axis, whose luma goes on for longer.
        near: for the others.
    """

    far: "NDArray[np.float32]"
    near: "NDArray[np.float32]"


_FAR: Final = _Process(0.15, 0.05)
_NEAR: Final = _Process(0.06, 0.1)


def _part_axis(span: Span) -> _Matrices:
    """(16, 128) float32 each: coefficients of an axis of the known picture, from cells at hand."""
    # Cells of the known picture that are half as large tell where the edge is.
    fine = (np.arange(2 * CELLS) + 0.5) / (2 * CELLS) + _OFF
    before, after = fine <= span.start, fine >= span.start + span.size
    inside = _read((fine - span.start) / span.size * CELLS - 0.5)

    def matrix(process: _Process) -> "NDArray[np.float32]":
        weights, (nearby, level) = inside.copy(), _expecting(span.size, process)
        for outside, off, own in (
            (before, span.start - fine, nearby),
            (after, fine - span.start - span.size, nearby[::-1]),
        ):
            like = np.exp(-off[outside, None] / process.reach)
            weights[outside] = like * own + (1 - like * own.sum()) * level
        cells = (weights[::2] + weights[1::2]) / 2
        return np.asarray(axis() @ cells, np.float32)

    return _Matrices(matrix(_FAR), matrix(_NEAR))


@cache
def _expecting(size: float, process: _Process) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """(128,) weights of the cells of a part: what is expected just before it, and its level.

    Farther out it is the same times the fall of the covariance, and the level for the rest.
    """
    own = size * (np.arange(CELLS) + 0.5) / CELLS
    near = np.exp(-np.abs(own[:, None] - own) / process.reach) + process.noise * np.eye(CELLS)
    inverse = np.linalg.inv(near)
    return np.exp(-own / process.reach) @ inverse, inverse.sum(axis=0) / inverse.sum()


@cache
def _hidden_axis(span: Span) -> _Matrices:
    """(16, 128) float32 each: coefficients of what lies on these cells, beyond what fills them."""
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
    matrix = np.asarray(found, np.float32)
    return _Matrices(matrix, matrix)


def _read(at: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """(n, 128): what reads the cells at places between them."""
    left = np.clip(np.floor(at).astype(np.intp), 0, CELLS - 1)
    right, share = np.minimum(left + 1, CELLS - 1), np.clip(at - left, 0, 1)
    found = np.zeros((len(at), CELLS))
    rows = np.arange(len(at))
    np.add.at(found, (rows, left), 1 - share)
    np.add.at(found, (rows, right), share)
    return found


class _Axis(NamedTuple):
    """Matrices of different spans along one axis, below each other.

    Attributes:
        low: (4 · n, 128) of the `_LOW` coefficients of the lowest frequencies of each.
        high: (12 · n, 128) of the others.
    """

    low: _Matrices
    high: _Matrices


class _Group(NamedTuple):
    """Hypotheses of the same sizes, or of one axis alone, or few: one product of large matrices.

    Attributes:
        numbers: their places in the plan.
        down: of the different rows.
        across: of the different columns.
        rows: of each, which of the rows.
        columns: of each, which of the columns.
    """

    numbers: "NDArray[np.intp]"
    down: _Axis
    across: _Axis
    rows: "NDArray[np.intp]"
    columns: "NDArray[np.intp]"

    def product(self, cells: "NDArray[np.float32]") -> "NDArray[np.float32]":
        """(16 · a, 16 · b) float32 coefficients of all rows with all columns: low ones first."""
        down, across = self.down, self.across
        above, left = len(down.low.near), len(across.low.near)
        found = np.empty((above + len(down.high.near), left + len(across.high.near)), np.float32)
        found[:above, :left] = multi_dot((down.low.far, cells, across.low.far.T))
        found[above:, :left] = multi_dot((down.high.far, cells, across.low.near.T))
        found[:above, left:] = multi_dot((down.low.near, cells, across.high.far.T))
        found[above:, left:] = multi_dot((down.high.near, cells, across.high.near.T))
        return found


@cache
def _groups(name: str) -> tuple[_Group, ...]:
    shown = [each.framing if isinstance(each, Mirrored) else each for each in plan(name)]
    matrices = _hidden_axis if name == BOXES else _part_axis
    return _grouped(shown, matrices, together=name in AT_EDGES)


def _grouped(
    hypotheses: "Sequence[Hypothesis]",
    matrices: "Callable[[Span], _Matrices]",
    *,
    together: bool = False,
) -> tuple[_Group, ...]:
    """Hypotheses in groups: of the same sizes, or all of both axes together, where few are."""
    by_size: dict[tuple[float, float], list[tuple[int, Framing | Covered]]] = {}
    for number, each in enumerate(hypotheses):
        if isinstance(each, Framing | Covered):
            sizes = each.rows.size, each.columns.size
            # All rows with the whole width take one product, whatever their sizes; so do columns.
            both = (0.0, 0.0) if together else sizes
            key = (1.0, 0.0) if sizes[0] == 1 else (0.0, 1.0) if sizes[1] == 1 else both
            by_size.setdefault(key, []).append((number, each))
    # Rows and columns mostly have the same spans, and take much memory.
    axes: dict[tuple[Span, ...], _Axis] = {}
    found = []
    for numbered in by_size.values():
        rows, columns = (
            tuple(dict.fromkeys(spans))
            for spans in zip(*((each.rows, each.columns) for _, each in numbered), strict=True)
        )
        for spans in (rows, columns):
            if spans not in axes:
                axes[spans] = _joined([matrices(span) for span in spans])
        found.append(
            _Group(
                np.array([number for number, _ in numbered]),
                axes[rows],
                axes[columns],
                _places(rows, (each.rows for _, each in numbered)),
                _places(columns, (each.columns for _, each in numbered)),
            )
        )
    return tuple(found)


def _joined(spans: "Sequence[_Matrices]") -> _Axis:
    low, high = (
        _Matrices(
            np.concatenate([each.far[waves] for each in spans]),
            np.concatenate([each.near[waves] for each in spans]),
        )
        for waves in (slice(_LOW), slice(_LOW, None))
    )
    return _Axis(low, high)


def _places(spans: "Sequence[Span]", wanted: "Iterable[Span]") -> "NDArray[np.intp]":
    at = {span: number for number, span in enumerate(spans)}
    return np.array([at[span] for span in wanted])


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
        cells = cells[:, ::-1]
    if name in _TURNED:
        return codes_of(trimmed(cells, shape, _TURNED[name]()))
    own = axis().astype(np.float32)
    whole = own @ cells @ own.T if name == BOXES else None
    return _codes_of_groups(cells, _groups(name), whole)


def framed_as(means: "NDArray[Any]", hypothesis: Framing | Covered) -> "NDArray[np.uint8]":
    """(1, 32) uint8 code of the known picture, under one hypothesis that belongs to no plan.

    Args:
        means: (128, 128) of the picture at hand.
        hypothesis: a part that it shows, or what of it is covered.
    """
    cells, own = means.astype(np.float32), axis().astype(np.float32)
    if isinstance(hypothesis, Covered):
        whole = own @ cells @ own.T
        return _codes_of_groups(cells, _grouped((hypothesis,), _hidden_axis), whole)
    return _codes_of_groups(cells, _grouped((hypothesis,), _part_axis), None)


def _codes_of_groups(
    cells: "NDArray[np.float32]", groups: "Sequence[_Group]", whole: "NDArray[Any] | None"
) -> "NDArray[np.uint8]":
    found = np.empty((sum(len(each.numbers) for each in groups), 32), np.uint8)
    for group in groups:
        found[group.numbers] = _codes(group.product(cells), group, whole)
    return found


def _codes(
    product: "NDArray[Any]", group: _Group, whole: "NDArray[Any] | None"
) -> "NDArray[np.uint8]":
    """(n, 32) uint8 codes of the hypotheses of a group, by its product.

    Args:
        product: (16 · a, 16 · b) float32 of the different rows and columns, low ones first.
        group: which of them belong to which hypothesis.
        whole: (16, 16) float32 coefficients of the picture at hand, if those of the hypotheses are
            taken away from them.
    """
    if compiled.calls():
        return compiled_means.blocks(product, group.rows, group.columns, _LOW, whole)
    rows, columns = (
        np.concatenate(
            (
                number[:, None] * _LOW + np.arange(_LOW),
                side // 16 * _LOW + number[:, None] * (16 - _LOW) + np.arange(16 - _LOW),
            ),
            axis=1,
        )
        for number, side in zip((group.rows, group.columns), product.shape, strict=True)
    )
    spectrum = product[rows[:, :, None], columns[:, None, :]]
    return codes_of(spectrum if whole is None else whole - spectrum)
