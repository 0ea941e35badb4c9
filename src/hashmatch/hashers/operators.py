"""Linear resampling along one axis, as banded matrices, on full or box-averaged pictures.

Every filter here maps n samples to a few; each output reads one short run of inputs. Such an
operator is built once per size, can be mirrored, and can be folded onto the k×k box means that a
JPEG decoder gives at 1/k size, so that the small picture yields what the full one would.

A hash must not depend on the processor, but the order in which a BLAS library sums, and whether it
rounds products, does. Therefore samples and weights are rounded to few enough binary digits that in
double precision no product and no sum is rounded at all: then every order gives the same bits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np

from hashmatch.hashers.compiled import Axis
from hashmatch.hashers.scratch import scratch

if TYPE_CHECKING:
    from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

_LONGEST_KEPT = 8192
"""Samples, after reduction; its operator takes 200 kB."""

_SAMPLE_BITS = 16
_WEIGHT_BITS = 28
"""Binary digits behind the point of what `Kernel` multiplies. With 8 before it, sums take 52 of the
53 that double precision holds."""

_BLOCK = 1 << 16
"""Samples worked on at once: small enough to stay in the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Operator:
    """A banded matrix: output i is `weights[i] · input[starts[i] : starts[i] + band]`.

    Attributes:
        starts: (outputs,) first input of each output's run; may lie outside the input, where
            all weights are zero.
        weights: (outputs, band) float64; each row sums to 1.
        length: number of inputs.
    """

    starts: "NDArray[np.intp]"
    weights: "NDArray[np.float64]"
    length: int

    def mirrored(self) -> "Operator":
        """The operator that, on the picture mirrored along this axis, does what this one does."""
        band = self.weights.shape[1]
        return Operator(self.length - self.starts - band, self.weights[:, ::-1], self.length)

    def folded(self, scale: int) -> "Operator":
        """The operator on means of `scale` neighbouring inputs.

        Inside each box the input is taken to run linearly, with the slope between the means of
        the two neighbours and the mean kept, so that row sums stay 1. The last box may reach
        over the end.
        """
        if scale == 1:
            return self
        outputs, band = self.weights.shape
        boxes = -(-self.length // scale)
        inputs = self.starts[:, None] + np.arange(band)
        inside = (inputs >= 0) & (inputs < self.length)
        weights = np.where(inside, self.weights, 0.0)
        box = np.clip(inputs, 0, self.length - 1) // scale
        before, after = np.maximum(box - 1, 0), np.minimum(box + 1, boxes - 1)
        run = np.maximum((after - before) * scale, 1)
        slope = weights * (inputs - box * scale - (scale - 1) / 2) / run
        starts = before.min(axis=1)
        folded = np.zeros((outputs, int((after.max(axis=1) - starts).max()) + 1))
        row = np.broadcast_to(np.arange(outputs)[:, None], box.shape)
        for columns, values in ((box, weights), (after, slope), (before, -slope)):
            np.add.at(folded, (row, columns - starts[:, None]), values)
        return Operator(starts, folded, boxes)

    def rounded(self, bits: int) -> "Operator":
        """The operator with weights of so many binary digits behind the point."""
        return Operator(self.starts, rounded(self.weights, bits), self.length)

    def stacked(self, other: "Operator") -> "Operator":
        """Both operators at once: the outputs of this one, then those of the other."""
        band = max(self.weights.shape[1], other.weights.shape[1])
        padded = [
            np.pad(o.weights, ((0, 0), (0, band - o.weights.shape[1]))) for o in (self, other)
        ]
        return Operator(np.concatenate([self.starts, other.starts]), np.vstack(padded), self.length)


def rounded(values: "NDArray[Any]", bits: int) -> "NDArray[np.float64]":
    """The nearest float64 values with so many binary digits behind the point.

    Args:
        values: of any shape; less than 2**(51 - bits), whatever their sign.
        bits: how many digits stay.
    """
    # Digits that have no place beside a large number are rounded away: far faster than `rint`.
    large = _large(bits)
    exact: NDArray[np.float64]
    if values.dtype == np.float64:
        exact = values + large
    else:
        exact = values.astype(np.float64)
        exact += large
    exact -= large
    return exact


def _large(bits: int) -> float:
    """A number beside which a double has so many binary digits behind the point."""
    return 1.5 * 2.0 ** (52 - bits)


def kept(build: Callable[P, T]) -> Callable[P, T]:
    """`build`, its results remembered for lengths that recur in pictures.

    Arguments are the length, one more, the scale, and any others. Operators of extreme lengths
    are large and seldom asked for twice: they are built each time.
    """
    remembered = lru_cache(maxsize=256)(build)

    @wraps(build)
    def get(*args: P.args, **kwargs: P.kwargs) -> T:
        length, _, scale = cast("tuple[int, object, int]", args[:3])
        return remembered(*args) if length <= _LONGEST_KEPT * scale else build(*args, **kwargs)

    return get


class Kernel:
    """An operator ready to run, with rounded weights.

    Its results are the same on every processor, with compiled kernels and in NumPy.
    """

    def __init__(self, operator: Operator) -> None:
        self._starts = np.ascontiguousarray(operator.starts, np.int64)
        self._length = operator.length
        inputs = operator.starts[:, None] + np.arange(operator.weights.shape[1])
        inside = (inputs >= 0) & (inputs < operator.length)
        self._weights = rounded(np.where(inside, operator.weights, 0.0), _WEIGHT_BITS)

    @cached_property
    def axis(self) -> Axis:
        """The operator for the library of compiled kernels."""
        return Axis(self._starts, self._weights, self._length)

    @cached_property
    def _gather(self) -> "NDArray[np.intp]":
        """The inputs that each output gathers."""
        inputs = self._starts[:, None] + np.arange(self._weights.shape[1])
        return np.asarray(np.clip(inputs, 0, self._length - 1), np.intp)

    @cached_property
    def _is_choice(self) -> bool:
        """Whether none is multiplied or summed: of at most 128 samples PDQ takes some unchanged."""
        return self._weights.shape[1] == 1 and bool((self._weights == 1).all())

    def __call__(self, samples: "NDArray[Any]") -> "NDArray[np.float64]":
        """(outputs, columns) float64: the operator along axis 0 of an (inputs, columns) array.

        Args:
            samples: (inputs, columns) of 0–255.
        """
        if self._is_choice:
            return rounded(samples.take(self._gather[:, 0], axis=0), _SAMPLE_BITS)
        outputs, band = self._gather.shape
        columns = samples.shape[1]
        result = np.empty((outputs, 1, columns), np.float64)
        step = max(1, _BLOCK // (band * columns))
        if samples.dtype != np.uint8 and samples.size <= _BLOCK:
            # Each sample is gathered several times: rounded once, where all fit into the cache.
            samples = _exactly(samples, scratch("rounded", samples.shape, np.float64), round_=True)
        round_ = samples.dtype != np.uint8 and samples.size > _BLOCK
        for first in range(0, outputs, step):
            block = slice(first, first + step)
            gather = self._gather[block]
            shape = (*gather.shape, columns)
            gathered = scratch("gathered", shape, samples.dtype)
            # What is gathered lies inside: "clip" only spares a copy.
            samples.take(gather, axis=0, out=gathered, mode="clip")
            exact = _exactly(gathered, scratch("exact", shape, np.float64), round_=round_)
            np.matmul(self._weights[block, None], exact, out=result[block])
        return result[:, 0, :]


def _exactly(
    samples: "NDArray[Any]", into: "NDArray[np.float64]", *, round_: bool
) -> "NDArray[np.float64]":
    """Samples as `Kernel` multiplies them."""
    if not round_ and samples.dtype == np.float64:
        return samples
    np.copyto(into, samples)
    if round_:
        large = _large(_SAMPLE_BITS)
        into += large
        into -= large
    return into


def tent(length: int, outputs: int = 64) -> Operator:
    """PDQ's own low-pass and decimation: two box means, then every n/64th sample.

    The box has `w = (n + 127) // 128` samples, `w // 2` of them after its centre, and divides by
    the samples really inside the picture, as in Meta's reference `pdq/cpp/downscaling`.
    """
    window = (length + 2 * outputs - 1) // (2 * outputs)
    after = window // 2
    before = window - 1 - after
    centres = ((np.arange(outputs) + 0.5) * length / outputs).astype(np.intp)
    inner = centres[:, None] + np.arange(-before, after + 1)
    valid = (inner >= 0) & (inner < length)
    first = np.maximum(inner - before, 0)
    last = np.minimum(inner + after, length - 1)
    share = valid / (valid.sum(axis=1, keepdims=True) * (last - first + 1.0))
    starts = centres - 2 * before
    steps = np.zeros((outputs, 2 * window))
    row = np.broadcast_to(np.arange(outputs)[:, None], inner.shape)
    keep = valid.nonzero()
    np.add.at(steps, (row[keep], (first - starts[:, None])[keep]), share[keep])
    np.add.at(steps, (row[keep], (last + 1 - starts[:, None])[keep]), -share[keep])
    return Operator(starts, steps.cumsum(axis=1)[:, : 2 * window - 1], length)


def triangle(length: int, outputs: int = 64) -> Operator:
    """The shape that PDQ's low-pass tends to on large pictures, centred at every size.

    Sample i is the picture's integral under a triangle of half-width n/128 around
    `(i + 0.5) · n / 64`, each pixel being a square of constant value.
    """
    half = length / (2 * outputs)
    centres = (np.arange(outputs) + 0.5) * length / outputs
    starts = np.floor(centres - half).astype(np.intp)
    band = int(np.ceil(2 * half)) + 1
    edges = np.clip(((starts[:, None] + np.arange(band + 1)) - centres[:, None]) / half, -1.0, 1.0)
    area = 0.5 + edges - np.sign(edges) * edges**2 / 2
    return Operator(starts, np.diff(area, axis=1), length)


def lanczos(length: int, outputs: int) -> Operator:
    """Pillow's LANCZOS resize from `length` to `outputs` samples, without its rounding.

    Windowed sinc with three lobes, widened by the reduction, cut at the picture's edge and
    normalised; centres and run bounds as in Pillow's `Resample.c`.
    """
    ratio = length / outputs
    scale = max(ratio, 1.0)
    lobes = 3.0
    support = lobes * scale
    centres = (np.arange(outputs) + 0.5) * ratio
    starts = np.maximum((centres - support + 0.5).astype(np.intp), 0)
    ends = np.minimum((centres + support + 0.5).astype(np.intp), length)
    inputs = starts[:, None] + np.arange(int((ends - starts).max()))
    distance = (inputs - centres[:, None] + 0.5) / scale
    window = np.where(np.abs(distance) < lobes, np.sinc(distance / lobes), 0.0)
    weights = np.sinc(distance) * window
    weights[inputs >= ends[:, None]] = 0.0
    return Operator(starts, weights / weights.sum(axis=1, keepdims=True), length)


def linear(length: int, outputs: int) -> Operator:
    """Linear interpolation from `length` to `outputs` samples; the mean of a triangle where fewer.

    As Pillow's BILINEAR resize, without its rounding.
    """
    ratio = length / outputs
    scale = max(ratio, 1.0)
    centres = (np.arange(outputs) + 0.5) * ratio
    starts = np.maximum((centres - scale + 0.5).astype(np.intp), 0)
    ends = np.minimum((centres + scale + 0.5).astype(np.intp), length)
    inputs = starts[:, None] + np.arange(int((ends - starts).max()))
    weights = np.maximum(1 - np.abs(inputs - centres[:, None] + 0.5) / scale, 0.0)
    weights[inputs >= ends[:, None]] = 0.0
    return Operator(starts, weights / weights.sum(axis=1, keepdims=True), length)


def squashed(length: int, between: int = 512) -> Operator:
    """PDQ's low-pass and decimation of an axis that was first resized to `between` samples."""
    inner, outer = linear(length, between), tent(between)
    used = outer.starts[:, None] + np.arange(outer.weights.shape[1])
    inside = (used >= 0) & (used < between)
    used = np.clip(used, 0, between - 1)
    weights = np.where(inside, outer.weights, 0.0)
    first = inner.starts[used].min(axis=1)
    width = inner.weights.shape[1]
    found = np.zeros((len(first), int((inner.starts[used].max(axis=1) - first).max()) + width))
    row = np.broadcast_to(np.arange(len(first))[:, None], used.shape)
    for at in range(width):
        place = inner.starts[used] + at - first[:, None]
        np.add.at(found, (row, place), weights * inner.weights[used, at])
    return Operator(first, found, length)
