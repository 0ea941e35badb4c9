"""What an hour of video costs to hash: ours against vPDQ, and against reading it with OpenCV.

CPU seconds per hour of video, children included, with one decoding thread. All videos are one film
of eight seconds each of five public clips, of which three are recordings (720p and 540p, enlarged
or reduced), as x264 and x265 encode by default: B-frames, and a keyframe where the scene changes or
after 250 frames. Two more are as for streaming, a keyframe every two seconds, and as phones record,
a keyframe a second, no B-frames. Contenders take turns, and each round begins with another; the
median over rounds counts, and ratios are medians of the ratios within rounds. vPDQ hashes one frame
per second at native size, as `threatexchange` calls it. The limit is FFmpeg alone, leaving out the
frames that no other refers to: what is left where nothing is hashed, and no keyframe lets frames be
passed over. A first call of each is not measured.

    /tmp/peers/bin/python -m benchmarks.video_speed --folder /tmp/videos --json speed.json
"""

import argparse
import json
import os
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Final, TypeAlias, cast

from benchmarks import unix

for _variable in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_variable}_NUM_THREADS"] = "1"
os.environ["OPENCV_FOR_THREADS_NUM"] = "1"
os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = "threads;1"

import av  # noqa: E402 (libraries read the variables at import)
from av.codec.context import ThreadType  # noqa: E402
from av.video.frame import PictureType  # noqa: E402

from benchmarks.clips import fetch  # noqa: E402

Hash: TypeAlias = Callable[[Path], object]

_CLIPS: Final = ("bunny trailer", "sintel", "ocean", "highway", "portrait")
_SECONDS, _RATE = 8, 24
_STREAMING: Final = {"x264-params": "keyint=48:min-keyint=48:scenecut=0"}
_PHONE: Final = {"x264-params": "keyint=24:min-keyint=24:bframes=0"}
_VIDEOS: Final = {
    "360p H.264": ("libx264", 640, 360, {}),
    "720p H.264": ("libx264", 1280, 720, {}),
    "1080p H.264": ("libx264", 1920, 1080, {}),
    "4K H.264": ("libx264", 3840, 2160, {}),
    "1080p HEVC": ("libx265", 1920, 1080, {"x265-params": "log-level=error"}),
    "1080p for streaming": ("libx264", 1920, 1080, _STREAMING),
    "1080p as by phones": ("libx264", 1920, 1080, _PHONE),
}
_VPDQ, _OPENCV, _LIMIT = "vPDQ", "OpenCV read all", "limit"
_QUERY, _ADAPTIVE, _TRIAGE = "ours query", "ours adaptive", "ours triage"
_TIMES_VPDQ: Final = {
    "360p H.264": 1.7,
    "720p H.264": 2.2,
    "1080p H.264": 3.0,
    "4K H.264": 3.0,
    "1080p HEVC": 3.0,
    "1080p for streaming": 3.0,
    "1080p as by phones": 3.0,
}
_TIMES_QUERY: Final = 10.0
"""How many times faster triage is to be than a query, where keyframes say enough."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, required=True, help="where clips and videos go")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only videos with this in their name")
    parser.add_argument("--contenders", default="", help="words of names, between commas")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    named = {each.name: each.path for each in fetch(wanted.folder / "clips")}
    folder = wanted.folder / "speed"
    folder.mkdir(parents=True, exist_ok=True)
    clips = [named[each] for each in _CLIPS]
    videos = {name: _made(name, clips, folder) for name in _VIDEOS if wanted.only in name}
    words = [each for each in wanted.contenders.split(",") if each]
    hashers = {
        name: call for name, call in _hashers() if not words or any(word in name for word in words)
    }
    for call in hashers.values():
        call(next(iter(videos.values())))
    record = {}
    for name, path in videos.items():
        print(f"{name}: {_references(path) / _count(path):.0%} of its frames are references")
    for name, path in videos.items():
        hours = _duration(path) / 3600
        times: dict[str, list[float]] = {each: [] for each in hashers}
        for turn in range(wanted.rounds):
            order = list(hashers)
            for each in order[turn % len(order) :] + order[: turn % len(order)]:
                began = _cpu()
                hashers[each](path)
                times[each].append((_cpu() - began) / hours)
        record[name] = times
        print("", *_table(name, times), sep="\n", flush=True)
    if wanted.json:
        wanted.json.write_text(json.dumps(record, indent=1) + "\n")


def _hashers() -> Iterator[tuple[str, Hash]]:
    import hashmatch as hm

    def ours(options: hm.HashOptions) -> Hash:
        return lambda path: hm.hash_video(path, options)

    yield _QUERY, ours(hm.HashOptions(sampling="query"))
    yield _ADAPTIVE, ours(hm.HashOptions(sampling="adaptive"))
    yield "ours thorough", ours(hm.HashOptions(sampling="thorough"))
    yield "ours reference", ours(hm.HashOptions(sampling="reference"))
    yield _TRIAGE, ours(hm.HashOptions(sampling="triage"))
    yield _LIMIT, _references
    try:
        import vpdq
    except ImportError as error:
        print(f"not measured: {_VPDQ} ({error})")
    else:
        yield _VPDQ, lambda path: vpdq.computeHash(str(path), seconds_per_hash=1, thread_count=1)
    try:
        import cv2
    except ImportError as error:
        print(f"not measured: {_OPENCV} ({error})")
    else:

        def read(path: Path) -> None:
            video = cv2.VideoCapture(str(path))
            while video.read()[0]:
                pass

        cv2.setNumThreads(1)
        yield _OPENCV, read


def _made(name: str, clips: Sequence[Path], folder: Path) -> Path:
    codec, width, height, options = _VIDEOS[name]
    path = folder / f"{name.replace(' ', '-')}.mp4"
    if path.exists():
        return path
    fresh = path.with_suffix(".new.mp4")
    with av.open(str(fresh), "w") as container:
        stream = cast("av.VideoStream", container.add_stream(codec, rate=_RATE, options=options))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.gop_size = 250
        frames = (frame for clip in clips for frame in _shown(clip))
        for number, frame in enumerate(frames):
            scaled = frame.reformat(width, height, "yuv420p", interpolation="BICUBIC")
            scaled.pts, scaled.time_base = number, Fraction(1, _RATE)
            scaled.pict_type = PictureType.NONE
            container.mux(stream.encode(scaled))
        container.mux(stream.encode(None))
    fresh.rename(path)
    return path


def _shown(clip: Path) -> Iterator[av.VideoFrame]:
    """What is on the screen at every tick of the film's clock."""
    ticks = 0
    with av.open(str(clip)) as source:
        for frame in source.decode(video=0):
            while ticks < _SECONDS * _RATE and (frame.time or 0) >= ticks / _RATE:
                ticks += 1
                yield frame


def _duration(path: Path) -> float:
    with av.open(str(path)) as container:
        return (container.duration or 0) / av.time_base


def _count(path: Path) -> int:
    with av.open(str(path)) as container:
        return container.streams.video[0].frames


def _references(path: Path) -> int:
    """How many frames others are predicted from; decodes those and no others."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        context.thread_type, context.thread_count = ThreadType.NONE, 1
        context.skip_frame = "NONREF"
        return sum(1 for _ in container.decode(stream))


def _cpu() -> float:
    used = [
        unix.resource.getrusage(who)
        for who in (unix.resource.RUSAGE_SELF, unix.resource.RUSAGE_CHILDREN)
    ]
    return float(sum(each.ru_utime + each.ru_stime for each in used))


def _ratio(times: dict[str, list[float]], name: str, to: str) -> float:
    return median(a / b for a, b in zip(times[name], times[to], strict=True))


def _table(name: str, times: dict[str, list[float]]) -> Iterator[str]:
    yield f"{name:22}{'CPU s per hour':>16}{'× real time':>13}{'least':>9}{'vPDQ / it':>11}"
    for each, costs in times.items():
        ratio = f"{_ratio(times, _VPDQ, each):11.2f}" if _VPDQ in times else ""
        middle = median(costs)
        yield f"  {each:20}{middle:16.1f}{3600 / middle:13.0f}{min(costs):9.1f}{ratio}"
    if _ADAPTIVE in times and _QUERY in times:
        yield f"  {_ADAPTIVE} / {_QUERY}: {_ratio(times, _ADAPTIVE, _QUERY):.2f}"
    targets: list[tuple[str, str, float]] = []
    targets += [(_QUERY, _TRIAGE, _TIMES_QUERY)] if {_QUERY, _TRIAGE} <= times.keys() else []
    targets += [(_VPDQ, _QUERY, _TIMES_VPDQ[name])] if {_VPDQ, _QUERY} <= times.keys() else []
    for slow, fast, target in targets:
        faster = _ratio(times, slow, fast)
        verdict = "holds" if faster >= target else "MISSED"
        yield f"  {slow} / {fast}: {faster:.2f}, target {target}: {verdict}"


if __name__ == "__main__":
    main()
