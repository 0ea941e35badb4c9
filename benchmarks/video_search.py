"""What it costs to look for known videos: an hour of query against so many known videos.

Known videos are frames alone: scenes of about a second in which the picture turns at 200 bits per
second, kept each 0.2 s as the reference sampling keeps lively material (about 900 frames of three
minutes). Bits have the correlations of real PDQ hashes (`benchmarks/hashes.py`). The query is an
hour at one frame per second, of which 20 clips of 20 s are of known videos, with 12 bits of noise;
each must be found, and nothing else. As many readings again, of other pictures, stand for those of
the frames with their edges drawn outwards. All eight orientations are looked for.

CPU seconds of this process, of one thread; the memory is its largest resident size, with the index
in memory, and as mapped from files where `--folder` is given (shared by all processes then; what is
private is told too). An index is made in a run of its own, one list after the other.

    python -m benchmarks.video_search                                       # 2,000 known videos
    python -m benchmarks.video_search --videos 100000 --lists 4 --folder /tmp/films
"""

import argparse
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import unix

for _variable in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_variable}_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402 (reads the variables at import)

from benchmarks import hashes  # noqa: E402
from hashmatch.hashlists.reading import HashList  # noqa: E402
from hashmatch.hashlists.table import EntryTable  # noqa: E402
from hashmatch.index.drafting import drafted  # noqa: E402
from hashmatch.index.index import Index  # noqa: E402
from hashmatch.index.reading import KnownList, LiveSegment  # noqa: E402
from hashmatch.index.segment import Segment  # noqa: E402
from hashmatch.matching.matcher import Matcher  # noqa: E402
from hashmatch.model import Decoder, Hash, Match, MatchKind, MediaHashes, Mode, Reading, VideoFacts  # noqa: E402
from hashmatch.model.layout import Layout  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SECONDS = 180
_PER_SECOND = 5
_FRAMES = _SECONDS * _PER_SECOND
_TURN = 205 * np.pi / 256
_HOUR = 3600
_CLIPS, _LENGTH, _NOISE = 20, 20, 12


class Films:
    """Frames of any film at any time, each made from its number."""

    def __init__(self) -> None:
        signs = np.unpackbits(hashes.real(300), axis=1).astype(np.float32) * 2 - 1
        correlation = np.sin(np.pi / 2 * np.corrcoef(signs.T))
        values, vectors = np.linalg.eigh(correlation)
        self._mix = (vectors * np.sqrt(np.clip(values, 0, None))).T.astype(np.float32)

    def codes(
        self, film: int, times: "NDArray[np.float64]", seconds: int = _SECONDS
    ) -> "NDArray[np.uint8]":
        """The hashes of a film's frames at these times."""
        random = np.random.default_rng((7, film))
        cuts = np.cumsum(random.uniform(0.8, 1.2, int(seconds / 0.8) + 1))
        waves = random.standard_normal((2, len(cuts) + 1, 256), np.float32) @ self._mix
        scene = np.searchsorted(cuts, times)
        begins = np.concatenate(([0.0], cuts))[scene]
        angle = ((times - begins) * _TURN).astype(np.float32)[:, None]
        values = waves[0, scene] * np.cos(angle) + waves[1, scene] * np.sin(angle)
        return np.packbits(values >= np.partition(values, 128, axis=1)[:, 128:129], axis=1)

    def known(self, film: int) -> "tuple[NDArray[np.uint8], NDArray[np.float64]]":
        """The frames of a film that the reference sampling keeps, and their times."""
        random = np.random.default_rng((8, film))
        times = np.arange(_FRAMES) / _PER_SECOND + random.uniform(0, 0.1, _FRAMES)
        times[0] = 0
        return self.codes(film, times), times


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--videos", type=int, default=2000)
    parser.add_argument("--layout", choices=list(Layout), default=Layout.COMPACT)
    parser.add_argument("--lists", type=int, default=1, help="how many lists hold the videos")
    parser.add_argument("--folder", type=Path, help="where to keep the index on disk")
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    films = Films()
    began = time.process_time()
    shares = np.array_split(np.arange(wanted.videos), wanted.lists)
    if wanted.folder is None:
        drafts = [drafted(listed(films, share), layout=wanted.layout) for share in shares]
        segments = [each.segment() for each in drafts]
        parts = [KnownList("films", parts=(LiveSegment(segment),)) for segment in segments]
        matcher = Matcher(parts)
    elif Index.at(wanted.folder):
        matcher = Matcher(Index(wanted.folder))
        segments = [part.segment for known in matcher.lists for part in known.parts]
    else:
        for share in shares:
            with Index.edit(wanted.folder) as index:
                index.put(listed(films, share), layout=wanted.layout)
        print(f"made in {time.process_time() - began:.0f} CPU s; run again to search")
        return
    frames = sum(segment.table.count("pdq") for segment in segments)
    print(f"{wanted.videos:,} known videos, {frames:,} frames, {wanted.layout}")
    print(f"made or opened in {time.process_time() - began:.1f} CPU s")
    for name, size in sizes(segments).items():
        print(f"  {name}: {size / frames:.1f} bytes per frame")
    query, planted = asked(films, wanted.videos)
    matcher.match(query)  # compiles, and checks what it reads
    for number in range(wanted.rounds):
        began = time.process_time()
        found = matcher.match(query)
        print(f"round {number}: {time.process_time() - began:.2f} CPU s for an hour of query")
    upright = query.readings[0].hash
    began = time.process_time()
    matcher.match_many([upright] * 1000)
    print(f"a picture: {time.process_time() - began:.2f} CPU ms")
    report(found, planted)
    peak = unix.resource.getrusage(unix.resource.RUSAGE_SELF).ru_maxrss / 1024
    private = Path("/proc/self/smaps_rollup").read_text().partition("Private_Dirty:")[2].split()[0]
    print(f"largest resident size: {peak:,.0f} MB, private now: {int(private) / 1024:,.0f} MB")


def sizes(segments: list[Segment]) -> dict[str, int]:
    """Bytes by what they are for."""
    arrays = [(name, each) for one in segments for name, each in one.table.arrays.items()]
    kinds = {
        "sequence": ("pdq.unique", "pdq.rows", "pdq.time", "pdq.quality"),
        "links": ("pdq.starts", "pdq.owners", "pdq.code"),
    }
    found = {kind: sum(a.nbytes for n, a in arrays if n in own) for kind, own in kinds.items()}
    return found | {"search": sum(a.nbytes for n, a in arrays if ".search." in n)}


def listed(films: Films, which: "NDArray[np.int64]") -> HashList:
    """These films as a list, made in columns."""
    videos = len(which)
    codes = np.empty((videos * _FRAMES, 32), np.uint8)
    times = np.empty(videos * _FRAMES, np.float32)
    for row, film in enumerate(which.tolist()):
        place = slice(row * _FRAMES, (row + 1) * _FRAMES)
        codes[place], times[place] = films.known(film)
    arrays: dict[str, NDArray[Any]] = {
        "number": which.astype(np.uint32) + np.uint32(1),
        "class": np.zeros(videos, np.uint32),
        "pdq.rows": np.repeat(np.arange(videos, dtype=np.uint32), _FRAMES),
        "pdq.quality": np.full(len(codes), 80, np.uint8),
        "pdq.time": times,
        "pdq.codes": codes,
    }
    meta = {"classes": [["", "", False]], "algorithms": ["pdq"], "parts": [""]}
    return HashList(f"films from {which[0]}", entries=EntryTable(arrays, meta))


def asked(films: Films, videos: int) -> "tuple[MediaHashes, dict[int, tuple[int, float]]]":
    """The query, and at which second which film begins, at which of its own."""
    codes = films.codes(10**9, np.arange(float(_HOUR)), _HOUR)
    random = np.random.default_rng(3)
    planted = {}
    for clip in range(_CLIPS):
        start = clip * (_HOUR // _CLIPS) + 60
        film, own = int(random.integers(videos)), random.uniform(0, _SECONDS - _LENGTH - 1)
        again = films.codes(film, own + np.arange(float(_LENGTH)))
        flips = np.argsort(random.random((_LENGTH, 256)), axis=1) < _NOISE
        codes[start : start + _LENGTH] = again ^ np.packbits(flips, axis=1)
        planted[start] = film, own
    widened = films.codes(10**9 + 1, np.arange(float(_HOUR)), _HOUR)
    readings = tuple(
        Reading(one, 80, frame=frame, time=float(frame), part=part)
        for part, each in (("", codes), ("widened", widened))
        for frame, one in enumerate(Hash.unpack("pdq", each))
    )
    return MediaHashes(
        readings,
        Mode.FAST,
        width=640,
        height=360,
        format="mp4",
        decoder=Decoder.LIBAV,
        frames=_HOUR,
        video=VideoFacts(),
    ), planted


def report(found: tuple[Match, ...], planted: "dict[int, tuple[int, float]]") -> None:
    """Print how many clips were found, how well placed, and what else was."""
    moving = [match for match in found if match.kind is MatchKind.VIDEO]
    segments = [(int(match.entry_id) - 1, each) for match in moving for each in match.segments]
    errors, right = [], set()
    for start, (film, own) in planted.items():
        for owner, each in segments:
            if owner == film and start - 1 <= each.start <= each.end <= start + _LENGTH:
                errors.append(abs(each.known_start - (own + each.start - start)))
                right.add(start)
    print(f"{len(right)} of {len(planted)} clips found, {len(segments) - len(errors)} else")
    print(f"offset: median {np.median(errors):.3f} s, nine tenths {np.quantile(errors, 0.9):.3f} s")


if __name__ == "__main__":
    main()
