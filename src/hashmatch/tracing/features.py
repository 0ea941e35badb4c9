"""What tells a copy near to the source from one that was made later: numbers beside each other.

Each feature is 0 where it says nothing, and where what it needs is not on record. Sizes are
compared as powers of two. None of them decides alone: what a file says of itself can be forged.
"""

import math
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.model.moment import Order
from hashmatch.tracing.times import IN_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from hashmatch.model.moment import Moment
    from hashmatch.tracing.lineage import Copy
    from hashmatch.tracing.nearness import Nearness

OF_COPY: Final = (
    *("smaller", "less-detail", "enlarged", "resaved", "coarser", "thinner"),
    *("no-camera", "common-tables", "jfif", "recoded"),
    *("messenger-name", "part", "changed", "other-size"),
    *("turned", "later"),
)
"""Features of a copy among others; a copy that has more of one was likely made later."""
OF_PAIR: Final = (
    *("nearer-source", "distance", "child-larger", "child-smaller", "same-size", "more-detail"),
    *("finer", "camera-lost", "camera-gained", "other-camera", "turned", "other-shape"),
    *("before", "after", "same-tables", "whole-of-part"),
    *("in-between", "detail-gap", "same-camera"),
)
"""Features of a copy as the one that another was made from."""
ALONE: Final = ("alone", "alone-nearest", "alone-distance")
"""Features of a copy as one that was made from none that is compared."""

_MOST: Final = 6.0
_BITS: Final = 8.0
_RATE: Final[tuple[tuple[int, float], ...]] = (
    *((1, -4.0), (20, -1.64), (30, -1.27), (40, -1.01), (50, -0.80), (60, -0.60), (70, -0.34)),
    *((80, 0.0), (85, 0.24), (90, 0.57), (92, 0.71), (95, 1.09), (97, 1.42), (98, 1.61)),
    *((99, 1.90), (100, 2.07)),
)
"""Bits per pixel of photographs by quality, as a power of two, beside those at quality 80
(`python -m benchmarks.circulation_origin --rates`)."""
_SAMPLING: Final = {"4:4:4": 0.32, "4:2:2": 0.12, "4:4:0": 0.12, "grey": -0.2}
"""The same by sampling, beside 4:2:0."""
_SCALE: Final = -0.1
"""The same for twice as many pixels of the same scene."""
_TOUCHED: Final = frozenset({"accessed", "changed", "original-changed"})
"""Kinds of times that say when somebody looked, not when the copy was made."""
_LESS: Final = 0.9
_CLEARLY: Final = 0.1
_FAR: Final = 3.0
_ALIKE: Final = 0.02


def detail(copy: "Copy") -> float | None:
    """How many bits the pixels of a JPEG take beside what photographs do; None where unknown.

    Enlarging, and saving once more with finer steps than before, add pixels and quality but no
    detail: such copies take fewer bits than their tables let expect.
    """
    quality, coded = (_number(copy.written.get(name, "")) for name in ("quality", "coded-bytes"))
    if not quality or not coded:
        return None
    sampling = _SAMPLING.get(copy.written.get("sampling", ""), 0.0)
    pixels = math.log2(copy.pixels)
    return math.log2(8 * coded) - pixels - _rate_at(quality) - sampling - _SCALE * pixels


def _rate_at(quality: float) -> float:
    """Bits per pixel of photographs at a quality, as a power of two."""
    return float(np.interp(quality, [each for each, _ in _RATE], [rate for _, rate in _RATE]))


def _number(text: str) -> int:
    """A number on record; 0 for what is none, as anyone may have written it."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else 0  # noqa: PLR2004 (bytes of a file)


def of_copies(copies: "Sequence[Copy]", near: "Nearness") -> "NDArray[np.float64]":
    """The features of each copy, (copies, `OF_COPY`) float64."""
    details = [detail(each) for each in copies]
    known = [each for each in details if each is not None]
    most = {
        "pixels": max(each.pixels for each in copies),
        "quality": max(_number(each.written.get("quality", "")) for each in copies),
        "detail": max(known, default=0.0),
        "rate": max(map(_rate, copies)),
    }
    spoken = {
        "camera": any(each.camera for each in copies),
        "own": any(_has_own_tables(each) for each in copies),
    }
    turned = _turned(near)
    times = _orders(copies)
    rows = [
        [
            _log(most["pixels"] / own.pixels),
            0.0 if details[at] is None else min(most["detail"] - details[at], _MOST),  # type: ignore[operator]
            _enlarged(copies, details, at),
            _resaved(copies, details, at),
            _rate_at(most["quality"]) - _rate_at(_quality(own, most["quality"])),
            _log(most["rate"] / _rate(own)) if _rate(own) else 0.0,
            float(spoken["camera"] and not own.camera),
            float(spoken["own"] and bool(own.encoder) and not _has_own_tables(own)),
            float("JFIF" in own.written.get("segments", "").split()),
            float(own.written.get("coding") == "progressive" or _has_own_codes(own)),
            float(own.named_by == "messenger"),
            float(bool(own.part)),
            float(own.changed),
            float(_tells_other_size(own)),
            turned[at],
            times[at],
        ]
        for at, own in enumerate(copies)
    ]
    return np.asarray(rows, np.float64).reshape(len(copies), len(OF_COPY))


def _log(ratio: float) -> float:
    return min(math.log2(max(ratio, 1.0)), _MOST)


def _quality(copy: "Copy", unknown: float) -> float:
    return _number(copy.written.get("quality", "")) or unknown


def _rate(copy: "Copy") -> float:
    """Bytes of a second of a video; 0 of a picture."""
    return copy.size / copy.duration if copy.duration else 0.0


def _has_own_tables(copy: "Copy") -> bool:
    return copy.encoder.startswith("own tables")


def _has_own_codes(copy: "Copy") -> bool:
    return copy.written.get("huffman") == "own"


def _enlarged(copies: "Sequence[Copy]", details: "Sequence[float | None]", at: int) -> float:
    """The detail that a copy lacks beside a smaller one."""
    own = details[at]
    if own is None:
        return 0.0
    more = (
        other - own
        for each, other in zip(copies, details, strict=True)
        if other is not None and each.pixels < _LESS * copies[at].pixels
    )
    return min(max(max(more, default=0.0) - _CLEARLY, 0.0), _MOST)


def _resaved(copies: "Sequence[Copy]", details: "Sequence[float | None]", at: int) -> float:
    """The detail that a copy lacks beside others of the same size, on average.

    Each time that pixels are saved anew some of it is lost, with finer steps too.
    """
    own = details[at]
    if own is None:
        return 0.0
    found = [
        float(np.clip((other - own) / _CLEARLY, -_FAR, _FAR))
        for place, (each, other) in enumerate(zip(copies, details, strict=True))
        if place != at and other is not None and _same_size(copies[at], each)
    ]
    return sum(found) / max(len(found), 1)


def _same_size(one: "Copy", other: "Copy") -> bool:
    return {one.width, one.height} == {other.width, other.height}


def _tells_other_size(copy: "Copy") -> bool:
    """Whether EXIF tells another size than the picture has."""
    told = sorted(_number(each) for each in copy.written.get("exif-size", "").split("x"))
    return len(told) == 2 and all(told) and told != sorted((copy.width, copy.height))  # noqa: PLR2004 (sides)


def _turned(near: "Nearness") -> list[float]:
    """The share of the other copies that are turned or mirrored against each."""
    told = near.turns > 0
    np.fill_diagonal(told, val=False)
    other = told & (near.turns > 1)
    return [*map(float, other.sum(1) / np.maximum(told.sum(1), 1))]


def _first(copies: "Sequence[Copy]") -> "list[dict[str, Moment]]":
    """The earliest time of each copy by kind; none that its bytes tell, as these are copied."""
    found = []
    for copy in copies:
        first: dict[str, Moment] = {}
        for time in copy.times:
            if not time.kind.startswith(IN_FILE) and time.kind not in _TOUCHED:
                first[time.kind] = min(first.get(time.kind, time), time, key=attrgetter("latest"))
        found.append(first)
    return found


def _order(own: "Mapping[str, Moment]", other: "Mapping[str, Moment]") -> Order:
    """Whether a copy was seen before or after another one, by times of the same kinds."""
    orders = {own[kind].order(other[kind]) for kind in own.keys() & other.keys()}
    orders.discard(Order.UNDECIDED)
    return orders.pop() if len(orders) == 1 else Order.UNDECIDED


def _orders(copies: "Sequence[Copy]") -> list[float]:
    """The share of other copies surely seen before each, less that of those seen after it."""
    first = _first(copies)
    found = []
    for at, own in enumerate(first):
        orders = [_order(own, other) for place, other in enumerate(first) if place != at]
        ahead = orders.count(Order.AFTER) - orders.count(Order.BEFORE)
        found.append(ahead / max(len(orders), 1))
    return found


def of_pairs(
    copies: "Sequence[Copy]", near: "Nearness", scores: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """The features of each copy as the parent of each other one, (child, parent, `OF_PAIR`).

    Args:
        copies: all of them.
        near: how far they are from each other.
        scores: how likely each is near to the source, as a logarithm.
    """
    details = [detail(each) for each in copies]
    first = _first(copies)
    least = _least(near)
    found = np.zeros((len(copies), len(copies), len(OF_PAIR)))
    for child, made in enumerate(copies):
        for parent, of in enumerate(copies):
            if child == parent:
                continue
            ratio = math.log2(made.pixels / of.pixels)
            own, its = details[child], details[parent]
            order = _order(first[child], first[parent])
            distance = near.distances[child, parent]
            found[child, parent] = (
                float(np.clip(scores[parent] - scores[child], -_MOST, _MOST)),
                0.0 if math.isnan(distance) else min((distance - least[child]) / _BITS, _MOST),
                min(max(ratio, 0.0), _MOST),
                min(max(-ratio, 0.0), _MOST),
                float(_same_size(made, of)),
                0.0 if own is None or its is None else float(np.clip(own - its, -2, 2)),
                _finer(made, of),
                float(of.camera and not made.camera),
                float(made.camera and not of.camera),
                float(bool(made.captured and of.captured and made.captured != of.captured)),
                float(near.turns[child, parent] > 1),
                float(_other_shape(made, of)),
                float(order is Order.BEFORE),
                float(order is Order.AFTER),
                float(bool(made.encoder) and made.encoder == of.encoder),
                float(bool(of.part) and not made.part),
                min(int(((scores > scores[child]) & (scores < scores[parent])).sum()), _MOST) / 2,
                0.0 if own is None or its is None else min(abs(own - its), 2.0),
                float(bool(made.camera and of.camera and made.captured == of.captured)),
            )
    return found


def _least(near: "Nearness") -> list[float]:
    """The distance of each copy from the nearest other one."""
    distances = near.distances.copy()
    np.fill_diagonal(distances, np.nan)
    filled = np.where(np.isnan(distances), np.inf, distances).min(1, initial=np.inf)
    return [*map(float, np.where(np.isinf(filled), 0.0, filled))]


def _finer(made: "Copy", of: "Copy") -> float:
    """The bits by which a copy is quantised more finely than another one, as a power of two."""
    qualities = [_quality(each, 0) for each in (made, of)]
    return _rate_at(qualities[0]) - _rate_at(qualities[1]) if all(qualities) else 0.0


def _other_shape(made: "Copy", of: "Copy") -> bool:
    """Whether two copies differ in how long their sides are beside each other."""
    sides = [(max(each.width, 1), max(each.height, 1)) for each in (made, of)]
    shapes = [max(each) / min(each) for each in sides]
    return abs(math.log(shapes[0] / shapes[1])) > _ALIKE


def alone(near: "Nearness", scores: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The features of each copy as one that was made from none of the others, (copies, `ALONE`)."""
    count = len(scores)
    others = [float(np.delete(scores, at).max(initial=-_MOST)) for at in range(count)]
    ahead = [float(np.clip(scores[at] - others[at], -_MOST, _MOST)) for at in range(count)]
    least = [min(each / _BITS, _MOST) for each in _least(near)]
    return np.column_stack([np.ones(count), ahead, least])
