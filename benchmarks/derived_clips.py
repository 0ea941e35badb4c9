"""Copies of clips as they are met: re-encoded, cut, sped up, framed, covered; each with its truth.

A copy is made of at most the first 30 s of a clip, at most 360 pixels high. Its frames are even in
time, each the frame that the clip shows at that moment by its own presentation times, counted from
the first, so that the truth holds for clips of uneven frames as well. The same copies come out of
every run: places and lengths follow from the clip's name, and every encoder has one thread.

    python -m benchmarks.derived_clips /tmp/clips /tmp/copies
"""

import argparse
import bisect
import json
import random
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import count, pairwise
from pathlib import Path
from typing import Final, cast

import av
import numpy as np
from PIL import Image

from benchmarks.clip_looks import LOOKS, TOGETHER, Rgb
from benchmarks.clips import Clip, fetch

_LONGEST, _TALLEST = 30.0, 360
_CUT = 5.0
_ROUNDED = 0.002
"""Seconds by which a time that a file keeps in milliseconds may lie behind."""
_SPEEDS: Final = (0.9, 1.0, 1.1)
_HOST = 10.0
"""Seconds of another clip before and after an insert."""
_UNEVEN: Final = 0.05
"""Share by which the rate that a file declares may differ from that of its frames."""
_MOVING = 3.0
"""Mean change of grey values within half a second, of 255, from which on a scene moves."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One video that is asked about.

    Attributes:
        case: what was done to it.
        path: the file.
        clip: name of the clip that it is a copy of.
        host: name of the clip that it was inserted into; empty otherwise.
        start: second of the copy at which the clip's material begins.
        end: and ends.
        known_start: second of the clip that is seen at `start`.
        speed: seconds of the clip that pass in a second of the copy.
        moving: whether the scene moves enough to be placed in time.
    """

    case: str
    path: Path
    clip: str
    host: str
    start: float
    end: float
    known_start: float
    speed: float
    moving: bool

    def known(self, second: float) -> float:
        """Which second of the clip is seen at this second of the copy."""
        return self.known_start + (second - self.start) * self.speed


@dataclass(frozen=True, slots=True)
class Film:
    """The first frames of a clip, with the seconds at which they are shown.

    Attributes:
        times: from the first frame.
        frames: pixels.
        rate: frames per second, on average; a copy keeps it, as re-encoding does.
    """

    times: list[float]
    frames: list[Rgb]
    rate: Fraction

    @property
    def seconds(self) -> float:
        """Until the last frame is shown."""
        return self.times[-1]

    @property
    def moving(self) -> bool:
        """Whether most of it changes within half a second."""
        small = [
            np.asarray(Image.fromarray(self.at(n / 2)).convert("L").resize((64, 64)), np.float32)
            for n in range(int(2 * self.seconds))
        ]
        changes = [np.abs(a - b).mean() for a, b in pairwise(small)]
        return bool(np.median(changes) >= _MOVING)

    def at(self, second: float) -> Rgb:
        """The frame that is shown at this second."""
        return self.frames[max(0, bisect.bisect_right(self.times, second + _ROUNDED) - 1)]

    def part(self, start: float, seconds: float, speed: float = 1.0) -> Iterator[Rgb]:
        """Frames of a part, for so many seconds of the copy."""
        rate = float(self.rate)
        for number in range(int(seconds * rate)):
            yield self.at(start + number / rate * speed)


def read(path: Path) -> Film:
    """The frames of a clip, at most 30 s."""
    times: list[float] = []
    frames: list[Rgb] = []
    with av.open(str(path)) as container:
        average = container.streams.video[0].average_rate
        declared = Fraction(average.numerator, average.denominator) if average else None
        for frame in container.decode(video=0):
            if frame.pts is None:
                continue
            times.append(frame.time)
            if times[-1] - times[0] > _LONGEST:
                times.pop()
                break
            share = min(1.0, _TALLEST / frame.height)
            width, height = (round(side * share / 2) * 2 for side in (frame.width, frame.height))
            small = frame.reformat(width, height, "rgb24", interpolation="AREA")
            frames.append(small.to_ndarray().astype(np.uint8))
    rate = Fraction((len(times) - 1) / (times[-1] - times[0])).limit_denominator(1001)
    if declared and abs(declared / rate - 1) < _UNEVEN:
        rate = declared.limit_denominator(1001)
    return Film([each - times[0] for each in times], frames, rate)


_ENCODERS: Final[dict[str, tuple[str, str, dict[str, str], float]]] = {
    "H.264 crf 33, smaller": ("libx264", "mp4", {"crf": "33", "preset": "veryfast"}, 0.67),
    "HEVC": ("libx265", "mp4", {"crf": "30", "preset": "veryfast"}, 1.0),
    "VP9": ("libvpx-vp9", "webm", {"crf": "40", "b": "0", "cpu-used": "8"}, 1.0),
    "AV1": ("libsvtav1", "mp4", {"crf": "42", "preset": "9"}, 1.0),
    "MPEG-4": ("mpeg4", "avi", {"qmin": "8", "qmax": "8"}, 1.0),
    "WMV": ("wmv2", "asf", {"qmin": "8", "qmax": "8"}, 1.0),
}
_USUAL: Final = ("libx264", "mp4", {"crf": "26", "preset": "veryfast"}, 1.0)


def write(path: Path, frames: Iterator[Rgb], rate: Fraction, encoder: str = "") -> None:
    """Encode frames, even in time."""
    codec, container_format, options, share = _ENCODERS.get(encoder, _USUAL)
    threads = {"x265-params": "pools=none:frame-threads=1:log-level=error"}
    threads |= {"svtav1-params": "lp=1", "threads": "1"}
    fresh = path.with_suffix(".new")
    with av.open(str(fresh), "w", format=container_format) as container:
        stream = None
        for number, rgb in enumerate(frames):
            if stream is None:
                added = container.add_stream(codec, rate=rate, options=options | threads)
                stream = cast("av.VideoStream", added)
                stream.height, stream.width = (int(side * share) // 2 * 2 for side in rgb.shape[:2])
                stream.pix_fmt = "yuv420p"
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")
            frame = frame.reformat(stream.width, stream.height, "yuv420p", interpolation="AREA")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(stream.encode(frame))
        if stream is not None:
            container.mux(stream.encode(None))
    fresh.rename(path)


CASES: Final = (
    *_ENCODERS,
    "speed",
    *(f"5-s cut ×{s}" for s in _SPEEDS),
    "insert",
    *LOOKS,
    *TOGETHER,
)


def make(clip: Clip, host: Clip, folder: Path, cases: Sequence[str] = CASES) -> list[Copy]:
    """Copies of one clip; those that lie in the folder already are not made again."""
    chosen = "" if cases == CASES else f" {zlib.crc32(repr(cases).encode()):x}"
    record = folder / f"{clip.name}{chosen}.json"
    if record.exists():
        rows = json.loads(record.read_text())
        return [Copy(**{**row, "path": folder / row["path"]}) for row in rows]
    film, other = read(clip.path), read(host.path)
    copies = list(_made(clip, film, (host.name, other), folder, cases))
    rows = [asdict(copy) | {"path": copy.path.name} for copy in copies]
    record.write_text(json.dumps(rows, indent=1) + "\n")
    return copies


def _made(
    clip: Clip, film: Film, host: tuple[str, Film], folder: Path, cases: Sequence[str]
) -> Iterator[Copy]:
    chance = random.Random(clip.name)  # noqa: S311 (the same copies each time)
    moving = film.moving

    def copied(case: str, frames: Iterator[Rgb], *truth: float) -> Iterator[Copy]:
        """Written if wanted, with what is true of it: start, end, second of the clip, speed."""
        if case not in cases:
            return
        name = "".join(sign if sign.isalnum() else "-" for sign in f"{clip.name} {case} {truth}")
        ending = _ENCODERS.get(case, _USUAL)[1]
        path = folder / f"{name}.{ending}"
        write(path, frames, film.rate, case)
        inside = host[0] if case == "insert" or case in TOGETHER else ""
        start, end, known_start, speed = truth
        yield Copy(case, path, clip.name, inside, start, end, known_start, speed, moving)

    def whole() -> Iterator[Rgb]:
        return film.part(0, film.seconds)

    for case in _ENCODERS:
        yield from copied(case, whole(), 0, film.seconds, 0, 1)
    for speed in (_SPEEDS[0], _SPEEDS[-1]):
        seconds = film.seconds / speed
        yield from copied("speed", film.part(0, seconds, speed), 0, seconds, 0, speed)
    for speed in _SPEEDS:
        spare = film.seconds - _CUT * speed
        for _ in range(0 if spare < 0 else 1 if spare < 10 else 2):
            start = chance.uniform(0, spare)
            frames = film.part(start, _CUT, speed)
            yield from copied(f"5-s cut ×{speed}", frames, 0, _CUT, start, speed)
    for look, change in LOOKS.items():
        yield from copied(look, map(change, whole()), 0, film.seconds, 0, 1)
    other = host[1]
    for look, put in TOGETHER.items():
        around = (other.at(n / film.rate % other.seconds) for n in count())
        seen = (put(rgb, next(around)) for rgb in whole())
        yield from copied(look, seen, 0, film.seconds, 0, 1)
    start, end = chance.uniform(0, max(0.0, film.seconds - _CUT)), min(_HOST, other.seconds / 2)
    length = min(_CUT, film.seconds)
    frames = _inserted(film, other, start, end)
    yield from copied("insert", frames, end, end + length, start, 1)


def _inserted(film: Film, other: Film, start: float, before: float) -> Iterator[Rgb]:
    """A part of one film in the middle of another, at the rate of the first."""
    size = (other.frames[0].shape[1], other.frames[0].shape[0])
    rate = float(film.rate)
    for number in range(int(before * rate)):
        yield other.at(number / rate)
    for rgb in film.part(start, min(_CUT, film.seconds)):
        yield np.asarray(Image.fromarray(rgb).resize(size))
    for number in range(int(before * rate)):
        yield other.at(before + number / rate)


def make_all(
    clips: Sequence[Clip], folder: Path, jobs: int = 1, cases: Sequence[str] = CASES
) -> list[Copy]:
    """The copies of all real clips, of some cases."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Copy] = []
    real = [clip for clip in clips if clip.real]
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(make, clip, _host(clip, real), folder, cases) for clip in real]
        for each in waiting:
            made += each.result()
    return made


def _host(clip: Clip, clips: Sequence[Clip]) -> Clip:
    """The next clip of another group and the same half."""
    place = clips.index(clip)
    turned = [*clips[place + 1 :], *clips[:place]]
    return next(each for each in turned if each.group != clip.group and each.final == clip.final)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("copies", type=Path)
    parser.add_argument("--jobs", type=int, default=1)
    wanted = parser.parse_args()
    copies = make_all(fetch(wanted.clips), wanted.copies, wanted.jobs)
    for case in CASES:
        these = [copy for copy in copies if copy.case == case]
        print(f"{case:24}{len(these):5} copies, {sum(copy.moving for copy in these)} moving")


if __name__ == "__main__":
    main()
