"""The programs that find videos: each learns the known ones, then says where it meets them.

All are called as their documentation says, with the thresholds that they come with:

* ours at one and at two hashes of the query per second, and at one where as many frames are known
  that frames lead to known videos within fewer bits;
* vPDQ through `threatexchange`, its own index and rule (80 % of the query's frames), and through
  the same index with every video that shares one frame;
* `videohash` with its `is_similar` (15 % of 64 bits);
* `perception`'s TMK, levels 1 and 2, at 0.7, the threshold of TMK's authors: `perception` has none
  of its own for videos.

Only ours says where in time it meets a known video.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from hashmatch.model import Sampling

if TYPE_CHECKING:
    from hashmatch import HashList, Matcher

Met: TypeAlias = dict[str, tuple[tuple[float, float, float, float], ...]]
"""Known videos by name, with stretches: start and end of the query, start and end of the known."""

_TMK: Final = 0.7


class Contender(Protocol):
    """A program that finds known videos."""

    def learn(self, videos: dict[str, Path]) -> int:
        """Take in the known videos; returns how many it could not."""
        ...

    def find(self, path: Path) -> Met:
        """The known videos that it meets in this one."""
        ...


class Ours:
    """Known videos adaptively sampled, matched in the order of time."""

    _learnt: "dict[tuple[str, ...], HashList]" = {}  # noqa: RUF012 (hashing is the same for both rates)

    def __init__(self, sampling: "Sampling", *, many: bool = False) -> None:
        from hashmatch import HashOptions

        self._options, self._many = HashOptions(sampling=sampling), many
        self._matcher: Matcher | None = None

    def learn(self, videos: dict[str, Path]) -> int:
        """Take in the known videos."""
        import hashmatch as hm
        from hashmatch.model import KnownHash
        from hashmatch.profiles import DEFAULT

        def entry(name: str, path: Path) -> hm.Entry:
            hashes = hm.hash_video(path, hm.HashOptions(sampling="reference"))
            frames = [KnownHash(r.hash, r.quality, r.part, r.time) for r in hashes.readings]
            return hm.Entry(name, hashes=tuple(frames))

        key = tuple(videos)
        if key not in self._learnt:
            entries = [entry(name, path) for name, path in videos.items()]
            self._learnt[key] = hm.HashList.of("clips", entries)
        video = replace(DEFAULT.video, many=0) if self._many else DEFAULT.video
        profile = replace(DEFAULT, video=video)
        self._matcher = hm.Matcher([self._learnt[key]], profile=profile)
        return 0

    def find(self, path: Path) -> Met:
        """The known videos that it meets."""
        import hashmatch as hm

        if self._matcher is None:
            return {}
        return {
            match.entry_id: tuple(
                (s.start, s.end, s.known_start, s.known_end) for s in match.segments
            )
            for match in self._matcher.match(hm.hash_video(path, self._options))
        }


class Vpdq:
    """As `threatexchange` has it, with this percentage of the query's frames."""

    _hashes: dict[Path, str] = {}  # noqa: RUF012 (hashing is the same for both rules)

    def __init__(self, percent: float) -> None:
        from threatexchange.extensions.vpdq.vpdq_index import VPDQIndex

        self._index = VPDQIndex(query_match_threshold_pct=percent)

    def _hash(self, path: Path) -> str:
        from threatexchange.extensions.vpdq.vpdq import VPDQSignal

        if path not in self._hashes:
            self._hashes[path] = VPDQSignal.hash_from_file(path)
        return self._hashes[path]

    def learn(self, videos: dict[str, Path]) -> int:
        """Take in the known videos."""
        lost = 0
        for name, path in videos.items():
            try:
                self._index.add(self._hash(path), name)
            except ValueError:  # no frame has quality 50
                lost += 1
        return lost

    def find(self, path: Path) -> Met:
        """The known videos that it meets."""
        return {match.metadata: () for match in self._index.query(self._hash(path))}


class Videohash:
    """One hash of 64 bits for a whole video."""

    def __init__(self) -> None:
        import videohash
        from PIL import Image

        # videohash 3.0.1 asks Pillow for a name that went with Pillow 10.
        vars(Image).setdefault("ANTIALIAS", Image.Resampling.LANCZOS)
        self._hasher = videohash.VideoHash
        self._known: dict[str, Any] = {}

    def _hash(self, path: Path) -> Any:  # noqa: ANN401 (it has no types)
        found = self._hasher(path=str(path))
        found.delete_storage_path()
        return found

    def learn(self, videos: dict[str, Path]) -> int:
        """Take in the known videos."""
        self._known = _hashed(videos, self._hash)
        return len(videos) - len(self._known)

    def find(self, path: Path) -> Met:
        """The known videos that it meets."""
        asked = self._hash(path)
        return {name: () for name, known in self._known.items() if known.is_similar(asked)}


class Tmk:
    """One vector for a whole video."""

    def __init__(self, level: int) -> None:
        from perception import hashers

        self._hasher = hashers.TMKL1() if level == 1 else hashers.TMKL2()
        self._known: dict[str, Any] = {}

    def _hash(self, path: Path) -> Any:  # noqa: ANN401 (a vector in its own format)
        return self._hasher.compute(str(path), hash_format="vector")

    def learn(self, videos: dict[str, Path]) -> int:
        """Take in the known videos."""
        self._known = _hashed(videos, self._hash)
        return len(videos) - len(self._known)

    def find(self, path: Path) -> Met:
        """The known videos that it meets."""
        import numpy as np

        asked = self._hash(path)
        return {
            name: ()
            for name, known in self._known.items()
            if np.min(self._hasher.compute_distance(asked, known)) <= 1 - _TMK
        }


def _hashed(videos: dict[str, Path], call: Callable[[Path], Any]) -> dict[str, Any]:
    """The hashes of the videos that it can read; perception's TMK fails at any black frame."""
    found = {}
    for name, path in videos.items():
        with suppress(Exception):
            found[name] = call(path)
    return found


OURS: Final = "ours 1/s"
OURS_TWICE: Final = "ours 2/s"
_MAKERS: Final[dict[str, Callable[[], Contender]]] = {
    OURS: lambda: Ours(Sampling.QUERY),
    OURS_TWICE: lambda: Ours(Sampling.THOROUGH),
    "ours, millions": lambda: Ours(Sampling.QUERY, many=True),
    "vPDQ": lambda: Vpdq(80.0),
    "vPDQ any frame": lambda: Vpdq(0.0),
    "TMK L1": lambda: Tmk(1),
    "TMK L2": lambda: Tmk(2),
    "videohash": Videohash,  # last: it starts ffmpeg many times for each video
}


def available(only: str = "") -> tuple[dict[str, Contender], dict[str, str]]:
    """The contenders whose name contains this, and why others cannot be made here."""
    made: dict[str, Contender] = {}
    missing: dict[str, str] = {}
    for name, make in _MAKERS.items():
        if not any(word in name for word in only.split(",")):
            continue
        try:
            made[name] = make()
        except (ImportError, OSError, AttributeError) as error:
            missing[name] = f"{type(error).__name__}: {error}"
    return made, missing
