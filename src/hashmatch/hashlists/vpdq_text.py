"""vPDQ's text: the PDQ hashes of the frames of a video, one a line."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TextIO

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, most_lines
from hashmatch.hashlists.values import frame
from hashmatch.hashlists.video_frames import frames_of
from hashmatch.model import Entry, KnownHash

_HASH, _QUALITY, _TIME = r"([0-9a-f]{64})", r"(\d{1,3})", r"([\d.e+-]{1,30})"
_COMMA = r" ?, ?"
_LINE = re.compile(
    rf"(\d{{1,12}}){_COMMA}{_QUALITY}{_COMMA}{_HASH}(?:{_COMMA}{_TIME})?"
    rf"|{_HASH}{_COMMA}{_QUALITY}{_COMMA}{_TIME}",
    re.IGNORECASE | re.ASCII,
)
_MOST_FRAMES = 200_000
"""Frames of one entry, days of video at a frame per second; more become another entry."""


class VpdqTextFormat:
    """`frame,quality,hash,seconds`, the last missing in old files; or `hash,quality,seconds`.

    One entry per video, whose id is the number of its first line. Frame numbers ascend within a
    video, or times where there are none: where they start again, another video begins.
    Times such as `1.23e+02`, which the reference rounds to three digits, are taken as written.
    """

    title = "vPDQ text"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether most of the first lines are frames."""
        return most_lines(head, _LINE.fullmatch)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per video."""
        video = _Video()
        for number, line in file.lines():
            text = line.strip()
            if not text or text.startswith("#"):
                continue
            found = _LINE.fullmatch(text)
            if not found:
                yield Quarantined(number, "the line is not a frame, quality, hash and time")
                continue
            try:
                place, known = _frame(found)
            except HashFormatError as error:
                yield Quarantined(number, str(error))
                continue
            if not video.goes_on(place):
                yield from video.entry()
                video = _Video(number)
            video.add(place, known)
        yield from video.entry()

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """The frames of every video, in their order of time, numbered from 0.

        Returns:
            What was lost: ids, digests, and all else that is no frame; frames without quality,
            which the format demands.
        """
        lost: Counter[str] = Counter()
        if about != About():
            lost["name, version or owner of the list"] += 1
        for entry in entries:
            frames = frames_of(entry, lost)
            for place, known in enumerate(frames):
                time = f",{known.time:.3f}" if known.time is not None else ""
                out.write(f"{place},{known.quality},{known.hash.hex}{time}\n")
        return lost


@dataclass(slots=True)
class _Video:
    """The frames of a video as they come in."""

    number: int = 1
    last: tuple[int, float] | None = None
    frames: list[KnownHash] = field(default_factory=list)

    def goes_on(self, place: tuple[int, float]) -> bool:
        """Whether this frame can be of the same video."""
        if self.last is None or (self.last[0] < 0) != (place[0] < 0):
            return False
        later = place > self.last or (place[0] < 0 and place == self.last)
        return later and len(self.frames) < _MOST_FRAMES

    def add(self, place: tuple[int, float], known: KnownHash) -> None:
        self.last = place
        self.frames.append(known)

    def entry(self) -> Iterator[Entry]:
        if self.frames:
            yield Entry(str(self.number), self.number, hashes=tuple(self.frames))


def _frame(found: re.Match[str]) -> tuple[tuple[int, float], KnownHash]:
    """The number of a frame in its video, and its hash."""
    number, rating, digits, time, *bare = found.groups()
    if number:
        return (int(number), 0.0), frame(digits, rating, time or "")
    known = frame(*bare)
    return (-1, known.time or 0.0), known
