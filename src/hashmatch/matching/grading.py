"""How sure a chain of frames is, and what is said of it: a segment with a grade."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.matching.alignment import place
from hashmatch.matching.video_rules import video_rules
from hashmatch.matching.views import ALGORITHM
from hashmatch.model.alignment import Alignment, Grade
from hashmatch.model.hash import Hash
from hashmatch.profiles import Profile, VideoProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hashmatch.matching.rules import Rule
    from hashmatch.matching.views import View
    from hashmatch.model import Reading
    from hashmatch.search.chaining import Chain, Frames

COUNTED: Final = 256
"""Different pictures are counted as far as this."""

_RANKS: Final = {Grade.STRONG: 0, Grade.PROBABLE: 1, Grade.STILL: 2}


@dataclass(frozen=True, slots=True)
class Graded:
    """A segment, and what a match of it says.

    Attributes:
        segment: where they match.
        sure: whether it makes a match; otherwise it is a lead.
        score: of its chain.
        reading: of the frame that is nearest to the known video.
        entry_hash: of the known frame that it met.
        distance: of these two, in bits.
        entry_quality: of that frame; 255 where unknown.
        part: what of the known video was looked at.
    """

    segment: Alignment
    sure: bool
    score: float
    reading: "Reading"
    entry_hash: Hash
    distance: int
    entry_quality: int
    part: str

    @property
    def order(self) -> tuple[bool, int, float]:
        """The surest first."""
        return not self.sure, _RANKS[self.segment.grade], -self.score


def pictures(codes: "NDArray[np.uint8]", *, same: int) -> int:
    """How many of these are different pictures: each more than `same` bits from all before it."""
    count = 0
    while len(codes) and count < COUNTED:
        codes = codes[np.bitwise_count(codes ^ codes[0]).sum(axis=1) > same]
        count += 1
    return count


def graded(
    chain: "Chain",
    view: "View",
    known: "Frames",
    *,
    common: "NDArray[np.bool_]",
    rule: "Rule",
    profile: Profile,
    part: str = "",
) -> Graded | None:
    """What a chain is worth; None if nothing.

    Frames that are common to many known videos count only where the segment spans so much of the
    known video that it is a copy. A single picture counts by the rule for pictures.

    Args:
        chain: its rows are those of the view's frames and of `known`.
        view: the item.
        known: all frames of the known video.
        common: for each of the view's frames.
        rule: for the known video's category.
        profile: what counts.
        part: what of the known video was looked at.
    """
    video = video_rules(profile.video, rule.threshold)
    where = place(chain, view.frames, known)
    different = pictures(view.frames.codes[chain.queries], same=video.same_picture)
    start, end = where.start, where.end
    if different < video.probable_pictures:
        start, end = _still(chain, known, video)
    length = float(known.times[-1] - known.times[0])
    spanned = min((end - start) / length, 1.0) if length > 0 else 1.0
    copied = spanned >= video.copy_coverage
    counting = np.ones(len(chain), np.bool_) if copied else ~common[chain.queries]
    if not counting.any():
        return None
    grade, sure, best = _grade(
        chain, view, known, counting=counting, copied=copied, rule=rule, profile=profile
    )
    if grade is None:
        return None
    times = view.frames.times[chain.queries]
    segment = Alignment(
        start=float(times[0]),
        end=float(times[-1]),
        known_start=start,
        known_end=end,
        grade=grade,
        frames=len(chain),
        pictures=different,
        distance=float(chain.distances.mean()),
        speed=where.speed if different >= video.strong_pictures else None,
        coverage=min(float(view.shares[chain.queries].sum()), 1.0),
        known_coverage=spanned,
        orientation=view.orientation,
        part=view.part,
    )
    reading = view.readings[chain.queries[best]]
    met = int(chain.known[best])
    entry_hash = Hash(ALGORITHM, known.codes[met].tobytes())
    quality = int(known.qualities[met])
    distance = int(chain.distances[best])
    return Graded(segment, sure, chain.score, reading, entry_hash, distance, quality, part)


def _grade(
    chain: "Chain",
    view: "View",
    known: "Frames",
    *,
    counting: "NDArray[np.bool_]",
    copied: bool,
    rule: "Rule",
    profile: Profile,
) -> tuple[Grade | None, bool, int]:
    """The grade, whether it makes a match, and which pair is the nearest."""
    video = video_rules(profile.video, rule.threshold)
    rows = chain.queries[counting]
    count, score = len(rows), chain.score * len(rows) / len(chain)
    different = pictures(view.frames.codes[rows], same=video.same_picture)
    distances = chain.distances[counting]
    qualities = np.minimum(view.frames.qualities[rows], known.qualities[chain.known[counting]])
    near = distances <= rule.threshold
    as_picture = near & (qualities >= profile.quality_of(ALGORITHM))
    chosen = as_picture if as_picture.any() else np.ones(count, np.bool_)
    best = int(np.flatnonzero(counting)[np.where(chosen, distances, np.inf).argmin()])
    if (
        count >= video.strong_frames
        and different >= video.strong_pictures
        and distances.mean() <= video.strong_distance
        and np.ptp(view.frames.times[rows]) >= video.strong_span
    ):
        return Grade.STRONG, True, best
    sure = bool(as_picture.any())
    if (
        count >= video.probable_frames
        and different >= video.probable_pictures
        and score >= video.probable_score
    ):
        return Grade.PROBABLE, sure, best
    if sure or (copied and near.any() and count >= video.probable_frames):
        return Grade.STILL, sure, best
    return None, False, best


def _still(chain: "Chain", known: "Frames", video: VideoProfile) -> tuple[float, float]:
    """How long the one picture stands in the known video, around the frame that matches best."""
    row = int(chain.known[chain.distances.argmin()])
    other = np.bitwise_count(known.codes ^ known.codes[row]).sum(axis=1) > video.same_picture
    before, after = np.flatnonzero(other[:row]), np.flatnonzero(other[row:])
    first = int(before[-1]) + 1 if len(before) else 0
    last = row + int(after[0]) - 1 if len(after) else len(known) - 1
    return float(known.times[first]), float(known.times[last])
