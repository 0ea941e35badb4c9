"""An index as its readers see it: one generation, until they go on to a newer one."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np

from hashmatch.errors import DamagedIndexError, UnknownNameError, there_is
from hashmatch.hashlists.base import About
from hashmatch.index import generation as generations
from hashmatch.index.generation import Generation, Listed, ListSource, SegmentFile
from hashmatch.index.held import HeldFile
from hashmatch.index.leases import Lease
from hashmatch.index.pin import Pin
from hashmatch.index.sections import damaged
from hashmatch.index.segment import Segment
from hashmatch.index.warming import OnRead, silent, warm
from hashmatch.index.withdrawn import withdrawn_rows
from hashmatch.model import Entry, Json
from hashmatch.model.notebook import table
from hashmatch.profiles import Policy

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    from hashmatch.hashlists.reading import HashList


SMALL_FILE = 1 << 24
"""Bytes of a file that is read and proven as soon as it is opened: it takes some 50 ms."""

_ATTEMPTS = 5
"""How often a reader looks again when a writer tidied away what it was about to open."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveSegment:
    """A segment and the rows of it that were taken back.

    Attributes:
        segment: the entries.
        withdrawn: (k,) uint32 rows, ascending.
    """

    segment: Segment
    withdrawn: "NDArray[np.uint32]" = field(default_factory=lambda: np.empty(0, np.uint32))

    def __len__(self) -> int:
        return len(self.segment.table) - len(self.withdrawn)

    def count(self, name: str) -> int:
        """How many digests or hashes of this name stand."""
        table = self.segment.table
        if not len(self.withdrawn) or not table.count(name):
            return table.count(name)
        rows = table.rows(name)
        gone = np.searchsorted(rows, self.withdrawn, side="right") - np.searchsorted(
            rows, self.withdrawn
        )
        return len(rows) - int(gone.sum())

    def known_good_entries(self, policy: Policy) -> int:
        """How many entries that stand count as harmless under this policy."""
        good = []
        for scheme, category, known_good in self.segment.table.meta["classes"]:
            own = policy.of(scheme, category).known_good
            good.append(known_good if own is None else own)
        if all(good) or not any(good):
            return len(self) if any(good) else 0
        return int(np.array(good)[self.segment.table.classes(without=self.withdrawn)].sum())

    def stands(self, rows: "NDArray[np.int64] | NDArray[np.uint32]") -> "NDArray[np.bool_]":
        """Which of these rows were not taken back."""
        if not len(self.withdrawn):
            return np.ones(len(rows), np.bool_)
        return ~np.isin(rows, self.withdrawn)


@dataclass(frozen=True, slots=True, eq=False)
class KnownList:
    """A hash list, ready to be searched.

    Attributes:
        name: what matches call it.
        policy: how the operator treats it.
        parts: its entries.
        sources: the publisher's files that they came from.
        files: of the index that it lies in, all that it depends on, open; none in memory.
        handling: how far it may be passed on, as it is marked; empty if it is not.
    """

    name: str
    policy: Policy = field(default_factory=Policy)
    parts: tuple[LiveSegment, ...] = ()
    sources: tuple[ListSource, ...] = ()
    files: tuple[HeldFile, ...] = ()
    handling: str = ""

    @classmethod
    def of(
        cls, hash_list: "HashList", *, policy: Policy | None = None, file: str = ""
    ) -> "KnownList":
        """A hash list in memory.

        Args:
            hash_list: as `read_list` gives it.
            policy: how it is treated.
            file: which it was read from, as it was named.
        """
        from hashmatch.index.drafting import drafted

        parts = (LiveSegment(drafted(hash_list).segment()),)
        return cls(
            hash_list.name, policy or Policy(), parts, (ListSource.of(hash_list, file=file),)
        )

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    def __reduce__(self) -> "tuple[Callable[..., KnownList], tuple[object, ...]]":
        """A list in memory is pickled by value, any other one by the path of its index."""
        if self.files:
            return _from_index, (Pin.of(self.files[0]), self.name, self.policy)
        return KnownList, (self.name, self.policy, self.parts, self.sources, (), self.handling)

    def entries(self) -> Iterator[Entry]:
        """Every entry that was not taken back, one by one."""
        for part in self.parts:
            gone = set(part.withdrawn.tolist())
            table = part.segment.table
            yield from (table[row] for row in range(len(table)) if row not in gone)

    @property
    def about(self) -> About:
        """What the publisher's newest file says of the list."""
        if not self.sources:
            return About(self.name)
        newest = self.sources[-1]
        marked = {"handling": self.handling} if self.handling else {}
        return About(self.name, newest.version, newest.owner, {**newest.details, **marked})

    @property
    def counts(self) -> dict[str, int]:
        """How many digests and hashes of each name it has."""
        tables = [part.segment.table for part in self.parts]
        names = dict.fromkeys(name for t in tables for name in (*t.digests, *t.algorithms))
        return {name: self.count(name) for name in names}

    def count(self, name: str) -> int:
        """How many digests or hashes of this name it has."""
        return sum(part.count(name) for part in self.parts)

    @property
    def known_good_entries(self) -> int:
        """How many entries count as harmless, after what the operator said of the list."""
        return sum(part.known_good_entries(self.policy) for part in self.parts)


class IndexReader:
    """The newest generation of an index, kept until `refresh`.

    Any number of processes may read an index while one writes it. What a reader touches is
    read into memory and checked against its checksums first, small files against their SHA-256 too:
    a damaged index raises, it never misses.

    It holds its files open until `close`, or the end of a `with` block.

    Attributes:
        path: its folder.
        generation: what it held when it was opened or refreshed.
        lists: the hash lists in force.
    """

    def __init__(self, path: "str | PathLike[str]") -> None:
        """Open an index.

        Raises:
            DamagedIndexError: there is none, or it is damaged.
            IndexVersionError: a newer version of hashmatch wrote it.
        """
        self.path = Path(path)
        self._open: dict[str, Segment] = {}
        self._is_warm = False
        self._load()

    @classmethod
    def pinned(cls, pin: Pin) -> Self:
        """The very generation that a pin names, also where the index holds a newer one by now.

        Raises:
            DamagedIndexError: there is no index any more, or it is damaged.
            KnownChangedError: the generation was tidied away, or is another one of that number.
        """
        index = cls.__new__(cls)
        index._pin(pin)  # noqa: SLF001 (its own)
        return index

    def _pin(self, pin: Pin) -> None:
        self.path, self._open, self._is_warm = Path(pin.folder), {}, False
        try:
            self._take(pin.number)
        except DamagedIndexError:
            pin.check_there(generations.numbers(self.path))
            raise
        pin.check(self._file)

    def lease(self) -> Lease:
        """Keep this generation on disk until the lease is released, for other processes too.

        A lease counts on every machine that shares the folder, and for a day after a process that
        held it was killed. Use it as a context manager: ``with index.lease(): ...``.
        """
        return Lease(self.path, self.generation.number)

    @property
    def pin(self) -> Pin:
        """Which generation this is, for another process to open the same."""
        return Pin.of(self._file)

    def __reduce__(self) -> tuple[Callable[[Pin], Self], tuple[Pin]]:
        """It is pickled by its path and generation: unpickling opens this very generation."""
        return type(self).pinned, (self.pin,)

    @staticmethod
    def at(path: "str | PathLike[str]") -> bool:
        """Whether a path is a folder that holds an index."""
        return Path(path).is_dir() and bool(generations.numbers(Path(path)))

    def warm(self, on_read: OnRead = silent) -> int:
        """Read all of it into memory now, so that the first search is as fast as any later one.

        From then on `refresh` too reads new files before it goes on to them: searches that other
        threads make meanwhile are answered from the generation before.

        Args:
            on_read: told now and then how many bytes were read, and how many there are.

        Returns:
            How many bytes are in memory.

        Raises:
            DamagedIndexError: it is damaged, or there is no memory for one of its files.
            ClosedIndexError: it was closed.
        """
        self._file.check_open()
        size = warm(self._open.values(), on_read)
        self._is_warm = True
        return size

    def refresh(self) -> bool:
        """Go on to the newest generation, and say whether there was a newer one.

        Raises:
            DamagedIndexError: it is damaged.
            IndexVersionError: a newer version of hashmatch wrote it.
            ClosedIndexError: it was closed.
        """
        self._file.check_open()
        newest = generations.numbers(self.path)[-1:]
        if newest == [self.generation.number]:
            return False
        self._load()
        return True

    def __repr__(self) -> str:
        where = ascii(str(self.path)[-60:])[:100]
        number, lists = self.generation.number, len(self.lists)
        return f"<{type(self).__name__} {where}: generation {number}, {lists} lists>"

    def _repr_html_(self) -> str:
        head = ("list", "entries", "known good", "versions", "SHA-256 of the files")
        rows = (
            (
                *(known.name, len(known), bool(known.policy.known_good)),
                [source.version for source in known.sources if source.version],
                [source.sha256 for source in known.sources],
            )
            for known in self.lists
        )
        return table(repr(self), head, rows)

    def close(self) -> None:
        """Close its files; a second time does nothing. Whoever searches it then is told so."""
        self._file.close()
        for known in self.lists:
            for file in known.files:
                file.close()

    def __enter__(self) -> Self:
        """The index itself.

        Raises:
            ClosedIndexError: it was closed.
        """
        self._file.check_open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getitem__(self, name: str) -> KnownList:
        """The hash list of this name.

        Raises:
            UnknownNameError: there is none.
        """
        for known in self.lists:
            if known.name == name:
                return known
        msg = f"the index {self.path} has no hash list {name!r}"
        raise UnknownNameError(there_is(msg, (repr(known.name) for known in self.lists)))

    @property
    def calibration(self) -> Mapping[str, Json]:
        """What was measured on the operator's own pictures; empty if nothing was."""
        return self.generation.calibration

    def _load(self) -> None:
        for attempt in range(_ATTEMPTS):
            found = generations.numbers(self.path)
            if not found:
                made = ["hashmatch", "lists", "import", "FILE", "--index", str(self.path)]
                msg = f"{self.path} holds no index: `{shlex.join(made)}` makes one"
                raise DamagedIndexError(msg)
            try:
                self._take(found[-1])
            except DamagedIndexError:
                moved_on = generations.numbers(self.path)[-1:] != found[-1:]
                if not moved_on or attempt == _ATTEMPTS - 1:
                    raise
                continue
            return

    def _take(self, number: int) -> None:
        """Open a generation."""
        generation, file = generations.held(self.path, number)
        lists, segments = self._opened(generation, file)
        if self._is_warm:
            warm(each for name, each in segments.items() if name not in self._open)
        self.generation, self.lists, self._open = generation, lists, segments
        self._file = file

    def _opened(
        self, generation: Generation, file: HeldFile
    ) -> tuple[tuple[KnownList, ...], dict[str, Segment]]:
        """The lists of a generation; segments that are open already stay so."""
        gone = withdrawn_rows(self.path, generation)
        rows = gone.arrays if gone else {}
        common = (file, gone.held) if gone else (file,)
        segments: dict[str, Segment] = {}

        def standing(part: SegmentFile) -> LiveSegment:
            segment = self._open.get(part.file) or opened_part(self.path, part)
            segments[part.file] = segment
            return LiveSegment(segment, rows.get(part.file, np.empty(0, np.uint32)))

        def known(listed: Listed) -> KnownList:
            parts = tuple(map(standing, listed.parts))
            held = [part.segment.file.held for part in parts if part.segment.file]
            return KnownList(
                *(listed.name, listed.policy, parts, listed.sources, (*common, *held)),
                listed.handling,
            )

        return tuple(map(known, generation.lists)), segments


def opened_part(folder: Path, part: SegmentFile) -> Segment:
    """The segment in a file of an index; a small file is read and proven at once.

    Raises:
        DamagedIndexError: it is missing or damaged, or not the file that belongs there.
        IndexVersionError: a newer version of hashmatch wrote it.
    """
    path = folder / part.file
    segment = Segment.open(path, sha256=part.sha256, entries_sha256=part.entries_sha256)
    if len(segment.table) != part.entries:
        raise damaged(path, "not the file that belongs here")
    if segment.file is not None and segment.file.held.size <= SMALL_FILE:
        segment.prove()
    return segment


def _from_index(pin: Pin, name: str, policy: Policy) -> KnownList:
    """A list of an index that was pickled."""
    return replace(IndexReader.pinned(pin)[name], policy=policy)
