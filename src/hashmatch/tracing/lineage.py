"""Which copy was made from which: plain values, as a hypothesis with its reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from hashmatch.model.moment import Moment
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing.values import CoveredSource, Occurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy(PlainValue):
    """A copy of a picture or video: certain bytes, in however many places they lie.

    Attributes:
        number: of the copy, from 1, in the order in which they came on record.
        sha256: of its bytes, in hex.
        size: in bytes.
        width: in pixels, as shown.
        height: in pixels, as shown.
        format: as `jpeg`.
        duration: of a video, in seconds; None of a picture.
        codec: of a video.
        written: how it was written, by the names of docs/reference/database.md; empty where that
            is not on record.
        encoder: whose quantisation tables it has: `libjpeg, quality 75`, or `own tables` with their
            digest; empty where that is not on record, or has no meaning.
        camera: whether it names a camera.
        captured: when it says that it was taken; text that anyone may have written.
        changed: whether it says that it was changed later than it was taken.
        named_by: what its names look like: `messenger`, `screenshot`, `camera`; empty for others.
        turned: how it is turned against the first copy that came on record, as `mirrored`.
        part: how much of the known picture it shows, where a list knows parts: `crop`, `screenshot`
            for more than the known picture; empty for the whole.
        times: of its places, each with its kind.
        occurrences: where it lies.
    """

    json_shape: ClassVar = Shape(null=("codec", "encoder", "captured", "named_by", "part"))

    number: int
    sha256: str
    size: int
    width: int
    height: int
    format: str
    duration: float | None = None
    codec: str = ""
    written: Mapping[str, str] = field(default_factory=dict)
    encoder: str = ""
    camera: bool = False
    captured: str = ""
    changed: bool = False
    named_by: str = ""
    turned: str = "upright"
    part: str = ""
    times: tuple[Moment, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()

    @property
    def pixels(self) -> int:
        """How many it has."""
        return max(self.width * self.height, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason(PlainValue):
    """One reason for a hypothesis, or against it.

    Attributes:
        name: which feature, as in the table of weights.
        words: for people.
        weight: how much it adds to the logarithm of the odds; below 0 it speaks against it.
    """

    json_shape: ClassVar = Shape(decimals={"weight": 2})

    name: str
    words: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(PlainValue):
    """A copy that may be the one nearest to the source.

    Attributes:
        copy: its number.
        confidence: 0–1, that none of the compared copies is nearer.
        reasons: those that weigh most, for and against, beside the other copies.
    """

    json_shape: ClassVar = Shape(decimals={"confidence": 3})

    copy: int
    confidence: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Descent(PlainValue):
    """What one copy was made from.

    Attributes:
        child: number of the copy.
        parent: number of the copy that it was made from, in one step or in several of which no
            copy is compared; None where it was made from no copy that is compared.
        confidence: 0–1.
        told: whether that is enough to say so; else it cannot be told.
        distance: bits between the hashes of both.
        ratio: pixels of the child as a share of those of the parent.
        turned: how the child is turned against the parent.
        reasons: those that weigh most.
    """

    json_shape: ClassVar = Shape(decimals={"confidence": 3, "ratio": 3}, null=("turned",))

    child: int
    parent: int | None
    confidence: float
    told: bool
    distance: int | None = None
    ratio: float | None = None
    turned: str = ""
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin(PlainValue):
    """Which copy is likely nearest to the source, and which was made from which: a hypothesis.

    Attributes:
        asked: what, in the form in which it was understood.
        copies: those that were compared.
        told: whether the first candidate is likely enough to say so; else it cannot be told.
        candidates: all copies, the likeliest first.
        descents: of each copy, the likeliest parent.
        siblings: numbers of copies that were each made from a copy that is not compared.
        left_out: copies that were not compared, because there are too many.
        elsewhere: cases that have copies and do not show them: whom to ask.
        coverage: what was searched.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "origin"})

    asked: str
    copies: tuple[Copy, ...]
    told: bool
    candidates: tuple[Candidate, ...]
    descents: tuple[Descent, ...]
    siblings: tuple[int, ...] = ()
    left_out: int = 0
    elsewhere: tuple[Occurrence, ...] = ()
    coverage: tuple[CoveredSource, ...] = ()
    handling: tuple[str, ...] = ()
