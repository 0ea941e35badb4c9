"""Confidences out of features: additive weights, as fitted, and the reasons in words."""

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.model.orientation import Orientation
from hashmatch.tracing import features, weights
from hashmatch.tracing.lineage import Candidate, Descent, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from hashmatch.tracing.lineage import Copy
    from hashmatch.tracing.nearness import Nearness

ENOUGH: Final = 0.55
"""The least confidence with which something is said; below it, it cannot be told."""
_DISPUTED: Final = 0.7
"""The most confidence in a copy that is ahead only by what anybody can set without new pixels."""
_SET_BY_ANYBODY: Final = ("no-camera", "messenger-name", "changed", "other-size", "later")
"""Features of names, times and EXIF."""
_WORTH_TELLING: Final = 0.25
_MOST_REASONS: Final = 6

_COPY_WORDS: Final = {
    "smaller": ("has more pixels than others", "has fewer pixels than others"),
    "less-detail": (
        "takes more bits a pixel than others, beside what its tables let expect",
        "takes fewer bits a pixel than its tables let expect: made of a picture with less detail",
    ),
    "enlarged": (
        "is no enlarged copy of a smaller one, as others are",
        "is larger than another copy, but has less detail: likely enlarged",
    ),
    "resaved": (
        "has more detail than others of its size",
        "has less detail than others of its size: likely saved once more",
    ),
    "coarser": ("is quantised more finely than others", "is quantised more coarsely than others"),
    "thinner": ("has more bytes a second than others", "has fewer bytes a second than others"),
    "no-camera": ("names a camera", "names no camera, and another copy does"),
    "common-tables": (
        "has tables of its own, as cameras do",
        "has tables of a common program, and another copy has its own",
    ),
    "jfif": ("has no JFIF segment, as from cameras", "has a JFIF segment, as from programs"),
    "recoded": (
        "is coded in the plain way, as by cameras",
        "is progressive, or its codes were made for it, as by programs for the web",
    ),
    "messenger-name": ("is not named as by messengers, as others are", "is named as by messengers"),
    "part": ("shows the whole known picture", "shows a part of the known picture, or more than it"),
    "changed": ("does not say that it was changed", "says that it was changed after it was taken"),
    "other-size": (
        "its EXIF tells no other size than it has",
        "its EXIF tells another size than it has",
    ),
    "turned": ("is turned as most others are", "is turned or mirrored against most others"),
    "later": (
        "is seen earlier than others, as far as times tell",
        "is seen later than others, as far as times tell",
    ),
}
"""What is told of a copy that has less of a feature than the others, and of one that has more."""

_PAIR_WORDS: Final = {
    "nearer-source": ("is ranked closer to it", "is ranked further ahead of it"),
    "distance": ("is nearer by hash than others", "is further by hash than others"),
    "child-larger": ("would not have been enlarged", "would have been enlarged"),
    "child-smaller": ("has not many more pixels", "has many more pixels"),
    "same-size": ("has another size in pixels", "has the same size in pixels"),
    "more-detail": ("has more detail", "has less detail than it"),
    "finer": ("is quantised more finely", "is quantised more coarsely than it"),
    "camera-lost": ("no name of a camera would be lost", "names a camera, and it does not"),
    "camera-gained": ("no name of a camera would be new", "names no camera, and it does"),
    "other-camera": ("tells no other time of capture", "tells another time of capture"),
    "turned": ("is not turned against it", "is turned or mirrored against it"),
    "other-shape": ("has the same shape", "has another shape"),
    "before": ("is not seen later than it", "is seen later than it, as far as times tell"),
    "after": ("is not seen earlier than it", "is seen earlier than it, as far as times tell"),
    "same-tables": ("has other tables", "has the same tables"),
    "whole-of-part": ("shows no less of the picture", "shows less of the picture than it"),
    "in-between": ("few copies are ranked in between", "several copies are ranked in between"),
    "detail-gap": ("has about as much detail", "has far more or less detail"),
    "same-camera": ("does not name its camera and time", "names the same camera and time"),
}
"""The same of a copy as the parent of another one ("it"), beside other parents."""


def _row(names: "Sequence[str]", table: "Mapping[str, float]") -> "NDArray[np.float64]":
    """Weights in the order of features."""
    return np.asarray([table[name] for name in names])


_COPY: Final = _row(features.OF_COPY, weights.OF_COPY)
_PAIR: Final = _row(features.OF_PAIR, weights.OF_PAIR)
_ALONE: Final = _row(features.ALONE, weights.ALONE)
_LASTING: Final = [at for at, name in enumerate(features.OF_COPY) if name not in _SET_BY_ANYBODY]
_DISPUTED_WORDS: Final = (
    "is ahead by times, names and EXIF alone, which anybody can set: its pixels and codes do not "
    "tell it from others"
)


def scores(copies: "Sequence[Copy]", near: "Nearness") -> "NDArray[np.float64]":
    """How likely each copy is the one nearest to the source, as a logarithm."""
    found: NDArray[np.float64] = features.of_copies(copies, near) @ _COPY
    return found


def softmax(values: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Shares of 1 whose logarithms differ as these values do, along the last axis."""
    powers = np.exp(values - values.max(-1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(-1, keepdims=True)
    return shares


def candidates(copies: "Sequence[Copy]", near: "Nearness") -> list[Candidate]:
    """All copies, the likeliest to be nearest to the source first."""
    table = features.of_copies(copies, near)
    confidences = softmax(table @ _COPY)
    order = np.argsort(-confidences, kind="stable").tolist()
    names, found = features.OF_COPY, list[Candidate]()
    for at in order:
        others = np.delete(table, at, 0)
        beside = others.mean(0) if len(others) else table[at]
        more = table[at] - beside
        reasons = tuple(_reasons(names, more, _COPY, _COPY_WORDS))
        confidence = float(confidences[at])
        if not found and confidence > _DISPUTED and _is_disputed(table, at):
            taken = math.log(_DISPUTED / confidence)
            reasons = (Reason(name="disputed", words=_DISPUTED_WORDS, weight=taken), *reasons)
            confidence = _DISPUTED
        found.append(Candidate(copy=copies[at].number, confidence=confidence, reasons=reasons))
    return found


def _is_disputed(table: "NDArray[np.float64]", leader: int) -> bool:
    """Whether a copy would not be called nearest to the source by its pixels and codes alone."""
    lasting = softmax(table[:, _LASTING] @ _COPY[_LASTING])
    return bool(lasting[leader] < ENOUGH)


def _reasons(
    names: "Sequence[str]",
    more: "NDArray[np.float64]",
    weight: "NDArray[np.float64]",
    words: "Mapping[str, tuple[str, str]]",
) -> "Iterator[Reason]":
    """The features that weigh most, in words.

    Args:
        names: of the features.
        more: by how much there is more of each than in the others.
        weight: of each.
        words: for less of each than in the others, and for more.
    """
    shares = more * weight
    for at in np.argsort(-np.abs(shares), kind="stable").tolist()[:_MOST_REASONS]:
        share = float(shares[at])
        if abs(share) >= _WORTH_TELLING:
            yield Reason(name=names[at], words=words[names[at]][int(more[at] > 0)], weight=share)


def descents(copies: "Sequence[Copy]", near: "Nearness") -> list[Descent]:
    """What each copy was likely made from.

    A copy is made from none that is ranked behind it; how often that is wrong is left out of each
    confidence.
    """
    own = scores(copies, near)
    table = features.of_pairs(copies, near, own)
    pairs: NDArray[np.float64] = table @ _PAIR
    pairs[own[None, :] <= own[:, None]] = -np.inf
    lone = features.alone(near, own) @ _ALONE
    shares = softmax(np.column_stack([lone, pairs])) * (1 - weights.LAPSES)
    found = []
    for child, copy in enumerate(copies):
        best = int(shares[child].argmax())
        confidence = float(shares[child, best])
        if best:
            found.append(_descent(copies, near, (child, best - 1), confidence, table))
            continue
        told = confidence >= ENOUGH
        found.append(Descent(child=copy.number, parent=None, confidence=confidence, told=told))
    return found


def _descent(
    copies: "Sequence[Copy]",
    near: "Nearness",
    pair: tuple[int, int],
    confidence: float,
    table: "NDArray[np.float64]",
) -> Descent:
    child, parent = pair
    others = np.delete(table[child], [child, parent], 0)
    beside = others.mean(0) if len(others) else np.zeros(table.shape[2])
    more = table[child, parent] - beside
    distance, turned = near.distances[child, parent], int(near.turns[parent, child])
    return Descent(
        child=copies[child].number,
        parent=copies[parent].number,
        confidence=confidence,
        told=confidence >= ENOUGH,
        distance=None if np.isnan(distance) else round(float(distance)),
        ratio=copies[child].pixels / copies[parent].pixels,
        turned=Orientation(turned).label if turned else "",
        reasons=tuple(_reasons(features.OF_PAIR, more, _PAIR, _PAIR_WORDS)),
    )
