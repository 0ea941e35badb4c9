"""Lists that others sampled: whether copies are found where the list's frames lie between ours.

The known videos are listed as users of vPDQ list them: PDQ of full frames, one a second or two, by
hashmatch's exact mode (bit for bit that of Meta's C++). The first of them lies so many seconds
behind the beginning (the phase), as it does where a list was made from a cut. Copies are re-encoded
from the beginning, or cut out of the middle. Each is hashed as `Matcher.sampling` says, and once
more at one frame a second. A copy "moves" where most of it changes within half a second.

`python -m benchmarks.video_recall --lists` prints the table.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Final

import av
import numpy as np
from PIL import Image

import hashmatch as hm
from benchmarks.clips import Clip
from benchmarks.derived_clips import CASES, Copy
from hashmatch.model import KnownHash, Sampling

RATES: Final = (1, 2)
PHASES: Final = (0.0, 0.25, 0.5)
REENCODED: Final = CASES[: CASES.index("speed")]
CUTS: Final = tuple(case for case in CASES if "cut" in case)
WANTED: Final = (*REENCODED, *CUTS)
_TARGET: Final = 0.95
_HOUR: Final = 3600.0


@dataclass(slots=True)
class Result:
    """What was found against one list.

    Attributes:
        found: case, whether the copy moves, whether it was found.
        false: copy and known video that have nothing to do with each other.
        pairs: unrelated pairs that were looked at.
        matching: CPU seconds of matching.
    """

    found: list[tuple[str, bool, bool]] = field(default_factory=list)
    false: list[tuple[str, str]] = field(default_factory=list)
    pairs: int = 0
    matching: float = 0.0

    def recall(self, cases: Sequence[str], *, moving: bool) -> tuple[float, int]:
        """Share of the copies that were found, and how many there are."""
        hits = [hit for case, moves, hit in self.found if case in cases and moves >= moving]
        return (fmean(hits) if hits else 0.0), len(hits)


@cache
def _frames(path: Path, rate: int, phase: float) -> tuple[KnownHash, ...]:
    """PDQ of full frames, so many a second, the first one `phase` seconds behind the beginning."""
    options, found, due = hm.HashOptions(mode="exact"), [], phase
    first: float | None = None
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if frame.pts is None:
                continue
            first = frame.time if first is None else first
            if frame.time - first < due - 0.002:
                continue
            image = hm.hash_image(_image(frame), options)
            found.append(KnownHash(image.hash, image.quality, time=frame.time - first))
            due += 1 / rate
    return tuple(found)


def _image(frame: av.VideoFrame) -> Image.Image:
    return Image.fromarray(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False))


class Queries:
    """The hashes of copies, each made once, and what that cost."""

    def __init__(self) -> None:
        self._made: dict[tuple[Path, Sampling], hm.MediaHashes] = {}
        self.seconds: dict[str, float] = {}
        self.length: dict[str, float] = {}
        self.rows: dict[str, int] = {}

    def of(self, path: Path, sampling: "Sampling") -> hm.MediaHashes:
        """The hashes of a copy."""
        if (path, sampling) not in self._made:
            began = time.process_time()
            hashes = hm.hash_video(path, hm.HashOptions(sampling=sampling))
            assert hashes.video is not None  # noqa: S101 (for the type checker)
            for sums, value in (
                (self.seconds, time.process_time() - began),
                (self.length, hashes.video.duration),
                (self.rows, len(hashes.readings)),
            ):
                sums[sampling] = sums.get(sampling, 0) + value  # type: ignore[assignment]
            self._made[path, sampling] = hashes
        return self._made[path, sampling]


def measure(
    clips: dict[str, Clip], asked: Sequence[Copy], say: Callable[[str], object]
) -> Iterator[str]:
    """The lines of the table, and what it was measured with."""
    queries = Queries()
    moving = sum(copy.moving for copy in asked)
    yield f"{len(asked)} copies, {moving} of them moving; {len(clips)} known videos"
    head = ("re-encoded", "moving", "5-s cuts", "moving", "false", "pairs", "CPU s")
    yield f"{'list':12}{'sampling':>10}" + "".join(f"{name:>12}" for name in head)
    missed = []
    for rate in RATES:
        for phase in PHASES:
            say(f"list of {rate} frames a second, phase {phase}")
            entries = [
                hm.Entry(clip.name, hashes=_frames(clip.path, rate, phase))
                for clip in clips.values()
            ]
            matcher = hm.Matcher([hm.HashList.of("list", entries)])
            samplings: tuple[Sampling, ...] = (Sampling.QUERY, matcher.sampling)
            for sampling in dict.fromkeys(samplings):
                result = _measured(matcher, sampling, queries, clips, asked)
                recalls = [
                    result.recall(cases, moving=moves)
                    for cases in (REENCODED, CUTS)
                    for moves in (False, True)
                ]
                cells = "".join(f"{share:12.3f}" for share, _ in recalls)
                cells += f"{len(result.false):12}{result.pairs:12,}{result.matching:12.1f}"
                yield f"{rate}/s +{phase:<6}{sampling:>12}{cells}"
                yield from (f"  false: {copy} met {known}" for copy, known in result.false[:20])
                if sampling == matcher.sampling and min(recalls[0][0], recalls[1][0]) < _TARGET:
                    missed.append(f"{rate}/s +{phase}")
    for way, length in queries.length.items():
        seconds, rows = queries.seconds[way], queries.rows[way]
        yield (
            f"{way}: {seconds / length * _HOUR:,.0f} CPU s and {rows / length * _HOUR:,.0f} "
            "rows per hour of video"
        )
    verdict = f"MISSED: {', '.join(missed)}" if missed else "holds"
    yield f"re-encoded, at least {_TARGET} at every rate and phase: {verdict}"


def _measured(
    matcher: hm.Matcher,
    sampling: "Sampling",
    queries: Queries,
    clips: dict[str, Clip],
    asked: Sequence[Copy],
) -> Result:
    result = Result()
    for copy in asked:
        hashes = queries.of(copy.path, sampling)
        began = time.process_time()
        met = {match.entry_id for match in matcher.match(hashes)}
        result.matching += time.process_time() - began
        result.found.append((copy.case, copy.moving, copy.clip in met))
        groups = {clips[name].group for name in (copy.clip, copy.host) if name}
        unrelated = {clip.name for clip in clips.values() if clip.group not in groups}
        result.pairs += len(unrelated)
        result.false += [(copy.path.name, name) for name in met & unrelated]
    return result
