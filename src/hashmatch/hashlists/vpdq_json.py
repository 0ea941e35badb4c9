"""vPDQ: the frame hashes of videos, in the two JSON forms that circulate."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TextIO

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.jsonfields import first_char, normalize_keys, text_of
from hashmatch.hashlists.jsonrows import Closed, rows
from hashmatch.hashlists.video_frames import frames_of
from hashmatch.model import Entry, Hash, KnownHash

MOST_FRAMES = 1_000_000
"""Frames of one video; later ones are quarantined, so that no file takes more memory than this."""

_PLAIN = re.compile(r'[\[\s]*"[0-9a-f]{64}\s*,\s*\d+\s*,', re.IGNORECASE)
_BY_FRAME = re.compile(r'[\[\s]*\{\s*"\d+"\s*:\s*\{[^{}]*"(?:quality|hash)"', re.IGNORECASE)
_FRAME = re.compile(
    r'[\[\s]*\{(?=[^{}]*"quality")(?=[^{}]*"hash")(?=[^{}]*"(?:timestamp|frame_number)")',
    re.IGNORECASE,
)
_SPELLING = {key: key for key in ("hash", "quality", "timestamp")} | {"hex": "hash"}
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{0,12})?(?:e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_QUALITY = re.compile(r"100|\d{1,2}", re.ASCII)
_DIGITS = 3
"""Significant ones, to which one writer rounds times: 1234.5 s is written 1.23e+03."""


class VpdqJsonFormat:
    """One video per array of `"hash,quality,seconds"`, or per object of frames.

    One writer rounds times to three digits, so that after 100 s many frames share one. If all
    times of a video agree with frames at one even pace, the pace is restored.
    """

    title = "vPDQ frame hashes, JSON"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether it starts with a frame in one of the forms."""
        text = as_text(head)
        found = (form.match(text) for form in (_PLAIN, _BY_FRAME, _FRAME))
        return first_char(text) in ("{", "[") and any(found)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per video, with a hash per frame; a broken frame is quarantined alone."""
        video = _Video(1)
        for found in rows(file):
            if isinstance(found, Quarantined):
                yield found
            elif isinstance(found, tuple):
                number, value = found
                if isinstance(value, str) or (isinstance(value, dict) and "quality" in value):
                    yield from video.add(value, number)
                    continue
                yield from _videos(video)
                video = _Video(video.number + (1 if video.frames else 0))
                yield from video.add_all(value, number)
                yield from _videos(video, number)
                video = _Video(video.number + 1)
            elif isinstance(found, Closed):
                yield from _videos(video)
                video = _Video(video.number + (1 if video.frames else 0))
        yield from _videos(video)

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """One array of `"hash,quality,seconds"` per video, in an array; times to milliseconds.

        Returns:
            What was lost: ids, digests, and all else that is no frame; frames without quality or
            time, which the format demands.
        """
        lost: Counter[str] = Counter()
        if about != About():
            lost["name, version or owner of the list"] += 1
        before = "["
        for entry in entries:
            frames = frames_of(entry, lost)
            timed = [known for known in frames if known.time is not None]
            if len(timed) < len(frames):
                lost["a frame without time"] += len(frames) - len(timed)
            if not timed:
                if frames:
                    lost["an entry without any frame"] += 1
                continue  # an empty array says nothing, and readers may stumble over it
            rows = (f"{known.hash.hex},{known.quality},{known.time:.3f}" for known in timed)
            out.write(f"{before}\n{json.dumps(list(rows))}")
            before = ","
        out.write("[]\n" if before == "[" else "\n]\n")
        return lost


class _Video:
    """The frames of one video as they come in."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.frames: list[KnownHash] = []
        self.rounded = False

    def add(self, value: object, number: int) -> Iterator[Row]:
        """Add a frame.

        Yields:
            It, quarantined, if it is broken.
        """
        try:
            frame = self._frame(value)
        except HashFormatError as error:
            yield Quarantined(number, str(error))
            return
        if len(self.frames) < MOST_FRAMES:
            self.frames.append(frame)
        else:
            yield Quarantined(number, f"the video has more than {MOST_FRAMES} frames")

    def add_all(self, value: object, number: int) -> Iterator[Row]:
        """Add the frames of a video that is one row."""
        if isinstance(value, dict):
            value = list(value.values())
        if not isinstance(value, list):
            yield Quarantined(number, "the row is neither a frame nor a video")
            return
        for each in value:
            yield from self.add(each, number)

    def _frame(self, value: object) -> KnownHash:
        if isinstance(value, str):
            hash_, quality, time = (*(part.strip() for part in value.split(",")), "", "")[:3]
            if value.count(",") > len(("quality", "time")):
                msg = "a frame is written hash,quality,seconds"
                raise HashFormatError(msg)
        elif isinstance(value, dict):
            frame = normalize_keys(value, _SPELLING)
            hash_, quality, time = (text_of(frame, k) for k in ("hash", "quality", "timestamp"))
        else:
            msg = "a frame is neither text nor an object"
            raise HashFormatError(msg)
        if not _QUALITY.fullmatch(quality):
            msg = "quality is a whole number from 0 to 100"
            raise HashFormatError(msg)
        if time and not _NUMBER.fullmatch(time):
            msg = "the time of a frame is a number of seconds"
            raise HashFormatError(msg)
        self.rounded |= "e+" in time.lower()
        seconds = float(time) if time else None
        return KnownHash(Hash.fromhex("pdq", hash_.lower()), int(quality), time=seconds)


def _videos(video: _Video, number: int = 0) -> Iterator[Row]:
    """The entry of a video that was read, if it has frames."""
    if video.frames:
        details = {}
        frames = video.frames
        if video.rounded and (times := _even(frames)):
            frames = [
                KnownHash(each.hash, each.quality, time=time)
                for each, time in zip(frames, times, strict=True)
            ]
            details["times"] = "restored from the order of frames"
        yield Entry(str(video.number), video.number, hashes=tuple(frames), details=details)
    elif number:
        yield Quarantined(number, "the video has no frame that could be read")


def _even(frames: list[KnownHash]) -> list[float]:
    """Times at one even pace, if all written times are such times, rounded; empty otherwise."""
    written = [each.time for each in frames if each.time is not None]
    if len(written) != len(frames):
        return []
    start, slowest, fastest = written[0], 0.0, float("inf")
    for number, time in enumerate(written[1:], 1):
        half = _half_unit(time) + _half_unit(start)
        slowest = max(slowest, (time - start - half) / number)
        fastest = min(fastest, (time - start + half) / number)
    if not 0 < slowest <= fastest < float("inf"):
        return []
    pace = (slowest + fastest) / 2
    return [round(start + number * pace, 3) for number in range(len(written))]


def _half_unit(time: float) -> float:
    """The largest error of a time that was rounded to three digits, in seconds."""
    power = len(str(int(time))) - _DIGITS if time >= 1 else -_DIGITS
    return 0.5 * 10.0**power * 1.001
