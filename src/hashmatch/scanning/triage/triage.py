"""The order in which a triage reads files, and what of them was not read yet."""

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from operator import itemgetter
from typing import Final, NamedTuple, Protocol

import numpy as np

from hashmatch.model import Json
from hashmatch.scanning.seen import Seen
from hashmatch.scanning.triage.likeliness import Traits, Weights, age_of, work_of
from hashmatch.sources.base import Found
from hashmatch.sources.diskimage.entry import Entry
from hashmatch.wording import number_of

_SORTED: Final = 100_000
"""Files that are held in memory to be sorted."""
_WALKS: Final = 8
"""Walks through the evidence for as many files more; the rest is read in its order."""
_GLANCED: Final = 32
"""Videos that wait for a glance before others go on."""
_GLANCE_SECONDS: Final = 0.03
_GLANCE_BYTES: Final = 1e9
"""What a glance is assumed to take: seconds, and bytes a second."""
_AFTER_GLANCE: Final = math.log(0.1)
"""How much likelier a video is before a glance that met nothing than behind it."""
_FUTURE: Final = 0.01
"""Share of files whose times may lie behind that of the newest: clocks go wrong."""
_RULE: Final = 1
"""Raised whenever the table of weights or the order changes."""

Walk = Callable[[], Iterable[Found]]


class Glancing(Protocol):
    """What looks at keyframes of videos: see `Glances`."""

    @property
    def waiting(self) -> int:
        """Videos that were asked for, and not answered yet."""
        ...

    def ask(self, video: Found, /) -> None:
        """Look at a video."""
        ...

    def met(self) -> Iterator[Found]:
        """Videos in which something known was seen."""
        ...


class _Turn(NamedTuple):
    """When something is done: what comes first has the lowest value."""

    rank: float
    number: int
    found: Found
    is_glance: bool = False


class Triage:
    """The order of one scan: what is likeliest for the time that it takes comes first.

    Nothing is left out. The chance that a file is on a list, by its path, size and time alone, is
    divided by the time that reading it is assumed to take. Videos are looked at twice: their
    keyframes first, as `--sampling triage` does, and then, at once if these meet anything, the
    whole video. What lies in other files, as in disk images, has no place of its own in the order.

    Attributes:
        weights: of what a path, a size and a time say.
    """

    def __init__(
        self, taught: Iterable[tuple[str, int, bool]] = (), *, share: float | None = None
    ) -> None:
        """Take the weights of the table, moved by what is on record.

        Args:
            taught: path, size in bytes and whether it matched, of files of earlier scans.
            share: of the work, 0–1, after which no further file is given; None for all.
        """
        self.weights = Weights.learned(taught)
        self._share = share
        self._newest = 0
        self._files: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._work = self._handed = 0.0
        self._left: Counter[str] = Counter()
        self._left_bytes: Counter[str] = Counter()
        self._ranks = array("f")
        self._held: list[Found] | None = []

    def survey(self, files: Iterable[Found]) -> None:
        """Look at paths, sizes and times of all files that are to be read; none is opened."""
        bases, days = array("f"), array("i")
        again = iter(files) is not files
        for found in files:
            traits = _traits(found)
            work = work_of(traits, found.size)
            bases.append(self.weights.of(traits) - math.log(work))
            days.append(_day(found.times) or 0)
            self._files[traits.place] += 1
            self._bytes[traits.place] += found.size
            self._work += work
            if self._held is not None:
                self._held.append(found)
                if again and len(self._held) > _SORTED:
                    self._held = None
        self._left, self._left_bytes = self._files.copy(), self._bytes.copy()
        dated = np.sort(np.array(days, dtype=np.int32)[np.array(days) > 0])
        if len(dated):
            self._newest = int(dated[math.ceil((1 - _FUTURE) * len(dated)) - 1])
        if self._held is None:
            ages = np.array([self._age(day or None) for day in days], dtype=np.float32)
            self._ranks = array("f", np.sort(-(np.array(bases, dtype=np.float32) + ages)))

    def ordered(self, walk: Walk, glances: Glancing) -> Iterator[Found | None]:
        """The files in the order in which they are read; None while glances are waited for.

        Args:
            walk: gives all files, as often as it is called; those that were read may be missing.
            glances: looks at keyframes of videos.
        """
        for found in self._ordered(walk, glances):
            if found is not None:
                if self._share is not None and self._handed >= self._share * self._work:
                    return
                self._handed += work_of(_traits(found), found.size)
            yield found

    def _ordered(self, walk: Walk, glances: Glancing) -> Iterator[Found | None]:
        given = Seen()
        for files in self._bands(walk):
            turns = sorted(self._turns(files), key=itemgetter(0, 1))
            for turn in turns:
                if turn.is_glance:
                    glances.ask(turn.found)
                yield from _new(glances.met(), given)
                while glances.waiting >= _GLANCED:
                    yield None
                    yield from _new(glances.met(), given)
                if not turn.is_glance:
                    yield from _new([turn.found], given)
        while glances.waiting:
            yield None
            yield from _new(glances.met(), given)
        if self._held is None:
            # Also what came between two walks, or changed its time.
            yield from _new(walk(), given)

    def rank_inside(self, entry: Entry) -> float:
        """When a file on a disk image is read, against others on its volume: the lowest first."""
        traits = Traits.of(entry.step.path, entry.size)
        chance = self.weights.of(traits) + self._age(_day(entry.times))
        return math.log(work_of(traits, entry.size)) - chance

    def given(self, found: Found) -> None:
        """Count a file of the source as read."""
        traits = _traits(found)
        self._left[traits.place] -= 1
        self._left_bytes[traits.place] -= found.size

    @property
    def facts(self) -> dict[str, Json]:
        """What the order follows from, and how many files there are, for the record."""
        return {
            "rule": _RULE,
            "learned_from_files": self.weights.files,
            "of_them_matched": self.weights.matched,
            "weights": {name: round(each, 3) for name, each in self.weights.of_level.items()},
            "files": dict(self._files),
        }

    @property
    def unread(self) -> dict[str, Json]:
        """What was not read yet, for the record; none if all was."""
        left: dict[str, Json] = {name: count for name, count in self._left.items() if count > 0}
        return {"notices": [self.unread_in_words], "unread_files": left} if left else {}

    @property
    def unread_in_words(self) -> str:
        """The same in a sentence."""
        files, every = sum(self._left.values()), sum(self._files.values())
        places = "; ".join(
            f"{name}: {count:,} of {number_of(self._files[name], 'file')}, "
            f"{self._left_bytes[name]:,} bytes"
            for name, count in self._left.most_common()
            if count > 0
        )
        return f"triage: {files:,} of {number_of(every, 'file')} were not read yet ({places})"

    def _bands(self, walk: Walk) -> Iterator[Iterable[Found]]:
        """Files in parts that are sorted in memory, the likeliest first."""
        if self._held is not None:
            yield self._held
            return
        least = -math.inf
        for first in range(0, min(len(self._ranks), _WALKS * _SORTED), _SORTED):
            last = min(first + _SORTED, len(self._ranks)) - 1
            most = self._ranks[last]
            yield (each for each in walk() if least < self._rank(each) <= most)
            least = most

    def _turns(self, files: Iterable[Found]) -> Iterator[_Turn]:
        for number, found in enumerate(files):
            traits = _traits(found)
            chance = self._chance(found, traits)
            if traits.is_video and found.problem is None:
                glance = _GLANCE_SECONDS + found.size / _GLANCE_BYTES
                yield _Turn(math.log(glance) - chance, number, found, is_glance=True)
                chance += _AFTER_GLANCE
            work = math.log(work_of(traits, found.size))
            yield _Turn(work - chance, number, found)

    def _rank(self, found: Found) -> float:
        traits = _traits(found)
        return math.log(work_of(traits, found.size)) - self._chance(found, traits)

    def _chance(self, found: Found, traits: Traits) -> float:
        return self.weights.of(traits) + self._age(_day(found.times))

    def _age(self, day: int | None) -> float:
        days = None if day is None else max(0, self._newest - day)
        return self.weights.of_level[age_of(days)]


def _new(files: Iterable[Found], given: Seen) -> Iterator[Found]:
    """Those that were not given before."""
    for found in files:
        if given.add(str(found.where)):
            yield found


def _traits(found: Found) -> Traits:
    return Traits.of(found.within or found.locator, found.size)


def _day(times: Mapping[str, str]) -> int | None:
    """The day on which a file was modified, as a number; None if nobody knows."""
    try:
        return date.fromisoformat(times.get("modified", "")[:10]).toordinal()
    except ValueError:
        return None
