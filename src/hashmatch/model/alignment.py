"""Segments: stretches of time in which a known video or picture was found, and their certainty."""

from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar, Final

from hashmatch.errors import Choice
from hashmatch.model.orientation import Orientation
from hashmatch.model.plain import PlainValue, Shape

CONTENT: Final = "content"
"""The part of a reading of what is inside borders; of a further one its number follows, as in
`content-2`."""
WIDENED: Final = "widened"
"""The part of a reading of the whole frame with its edges drawn outwards."""

CLIP: Final = "clip"
"""The source of readings of a film that lies behind a picture or another film, or in it; of a
further one its number follows, as in `clip-2`."""
BEHIND: Final = "behind"
"""The source of readings of a picture that lies behind a film, or in a box of it."""
COVER: Final = "cover"
"""The source of readings of a picture that is attached to a film."""
STREAM: Final = "stream"
"""The source of readings of a further stream of a film; its number follows, as in `stream-2`."""


def part_of(source: str, look: str) -> str:
    """What a reading is of: `look` at what lies at `source`, as `clip.content`.

    Args:
        source: `behind`, `clip`, `cover` or `stream-2`; empty for the picture or film itself.
        look: what of the frame was read, as `content`; empty for the whole.
    """
    return ".".join(each for each in (source, look) if each)


def source_and_look(part: str) -> tuple[str, str]:
    """The two halves of a part; what `part_of` puts together."""
    source, _, look = part.partition(".")
    if source in (BEHIND, CLIP, COVER) or source.startswith((f"{CLIP}-", f"{STREAM}-")):
        return source, look
    return "", part


class Grade(Choice):
    """How sure a segment is."""

    STRONG = "strong"
    """Several distinct pictures in the right order over some time."""
    PROBABLE = "probable"
    """Fewer, or farther from the known ones: a lead."""
    STILL = "still"
    """One picture that does not move: where in time it belongs cannot be told."""


@dataclass(frozen=True, slots=True, repr=False)
class Alignment(PlainValue):
    """A stretch of time in an item that corresponds to a stretch of time in a known file.

    Times are seconds from the first frame. Where the item or the known file is a picture, both of
    its times are 0.

    Attributes:
        start: in the item, of the first sampled frame that matches.
        end: in the item, of the last one.
        known_start: in the known file, of the frame that matches the first one.
        known_end: in the known file, of the frame that matches the last one.
        grade: how sure it is.
        frames: sampled frames of the item that match.
        pictures: how many of them differ from each other.
        distance: mean of the differing bits.
        speed: seconds of the known file that pass in a second of the item; None where that
            cannot be told.
        coverage: share of the item's running time for which the sampled frames stand that match in
            this segment, each until the next sampled one, 0–1.
        known_coverage: share of the known file's running time that this segment spans, 0–1.
        orientation: how the item was turned to match the known file.
        part: what of the item's frames was looked at; empty for the whole, `content` for what
            is inside borders, or `widened` for the whole with its edges drawn outwards.
        times_estimated: whether the item does not say when all of its frames are shown, so that
            `start` and `end` may be wrong.
    """

    json_shape: ClassVar = Shape(
        decimals={
            **dict.fromkeys(("start", "end", "known_start", "known_end", "offset"), 3),
            **dict.fromkeys(("speed", "coverage", "known_coverage"), 4),
            "distance": 2,
        },
        computed={"offset": attrgetter("offset")},
    )

    start: float
    end: float
    known_start: float
    known_end: float
    grade: Grade
    frames: int = 1
    pictures: int = 1
    distance: float = 0.0
    speed: float | None = None
    coverage: float = 1.0
    known_coverage: float = 1.0
    orientation: Orientation = Orientation.UPRIGHT
    part: str = ""
    times_estimated: bool = False

    @property
    def offset(self) -> float:
        """Seconds by which the known file is ahead of the item where the segment begins."""
        return self.known_start - self.start
