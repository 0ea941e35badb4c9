"""A matcher for batches of rows, as engines call it: picklable, with readers that live on."""

import os
import pickle
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress
from operator import not_
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Self

from hashmatch.distributed import batches, known, values
from hashmatch.distributed.batches import LISTED
from hashmatch.distributed.readers import Readers
from hashmatch.errors import Reason
from hashmatch.file_matching import Matcher as FileMatcher
from hashmatch.file_matching import hash_options
from hashmatch.hashing.options import HashOptions
from hashmatch.index.index import Index
from hashmatch.index.leases import Lease
from hashmatch.index.pin import Pin
from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Item, ScanResult, Tier, Unreadable
from hashmatch.profiles import DEFAULT, Profile
from hashmatch.scanning.faulty import matched
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.tables.columns import ColumnError
from hashmatch.tables.rows import item_of, row_of, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hashmatch.matching.known import Known
    from hashmatch.model import Match

_MOST_BYTES: Final = 256 << 20
_ALIVE: Final = 4
"""How many are kept in a process that unpickles them; the one that was used last is closed last."""


@dataclass(frozen=True, slots=True)
class _How:
    """How files are read, as it is pickled."""

    options: HashOptions
    workers: int
    roots: tuple[str, ...]
    limits: WorkerLimits | None
    max_bytes: int
    unsandboxed: bool


@dataclass(slots=True, eq=False)
class _State:
    """What a process has once it is called: readers of its own."""

    process: int = 0
    readers: Readers | None = None
    lock: Any = field(default_factory=Lock)


class MatchBatch:
    """Matches batches of rows with what is known: for Ray Data, Dask, pandas and pyarrow.

    A batch is a mapping of column names to sequences, a `pandas.DataFrame` or a `pyarrow.Table`;
    what comes out is of the same kind, a row for each row. It reads the first of these columns
    that there is: `hashes` or `hash` of an earlier run, which touches no picture; `bytes` of files;
    `path` or `uri`, which it opens itself (`uri` through fsspec: `s3://…`). Results are the columns
    of `hashmatch.tables.columns`; every other column is passed through, but never `bytes`.

    Files are decoded in locked-down processes of its own, which live as long as it does: a file
    that kills or hangs a decoder affects its own row alone, which says so.

    It is pickled by the path and generation of an index, and in a process that unpickles it, it is
    made once: readers live on from batch to batch. The generation is leased.

    >>> from hashmatch import Digests, Entry, HashList
    >>> match = MatchBatch(HashList.of("lab", [Entry("a", digests=Digests(md5="f8" * 16))]))
    >>> found = match({"hash": ["md5:" + "f8" * 16, "md5:" + "00" * 16], "post": [7, 8]})
    >>> found["post"], [len(each) for each in found["matches"]]
    ([7, 8], [1, 0])
    """

    def __init__(
        self,
        against: "Known | Matcher | Pin | None" = None,
        *,
        profile: Profile | str = DEFAULT,
        tiers: Iterable[Tier | str] = (Tier.WHOLE,),
        workers: int = 1,
        roots: Iterable[str | os.PathLike[str]] = (),
        limits: Limits | None = None,
        worker_limits: WorkerLimits | None = None,
        max_bytes: int = _MOST_BYTES,
        unsandboxed: bool = False,
    ) -> None:
        """Open what is known; readers are started with the first batch that needs them.

        Args:
            against: an index, a hash list, paths of either, a matcher, or the `pin` of an index;
                None hashes alone. A path is the newest generation at that moment: give an `Index`
                or its `pin` to many actors, and all have the same.
            profile: thresholds and minimum qualities; a matcher has its own.
            tiers: how hard known pictures are looked for; a matcher has its own.
            workers: processes that decode, of this object.
            roots: folders below which workers open files themselves; others go through memory.
            limits: of bytes, pixels and frames per file.
            worker_limits: of memory and time.
            max_bytes: of one file that goes through memory; a larger one has digests alone.
            unsandboxed: whether to go on where the system refuses to lock workers down.

        Raises:
            KnownChangedError: the generation of a pin was tidied away.
            DamagedIndexError, ListFormatError: what is known cannot be opened.
        """
        matcher: Matcher | None = None
        if against is not None:
            given: Any = Index.pinned(against) if isinstance(against, Pin) else against
            is_made = isinstance(given, Matcher)
            matcher = given if is_made else FileMatcher(given, profile=profile, tiers=tiers)
            options = hash_options(matcher, limits)
        else:
            options = HashOptions(
                orientations=True, variants=True, tiers=tiers, limits=limits or Limits()
            )
        places = tuple(os.fspath(each) for each in roots)
        how = _How(options, workers, places, worker_limits, max_bytes, unsandboxed)
        self._set(matcher, how)

    def _set(self, matcher: Matcher | None, how: _How) -> None:
        self.matcher = matcher
        self._how = how
        self._state = _State()
        self._leases = known.leases_of(matcher) if matcher else []
        self._said = known.said_of(matcher) if matcher else {}
        self._released = weakref.finalize(self, _release, self._leases, self._state)
        for each in self.notices:
            warnings.warn(each, RuntimeWarning, stacklevel=3)

    @classmethod
    def _of(cls, matcher: Matcher | None, how: _How) -> Self:
        """The same from what is pickled."""
        made = cls.__new__(cls)
        made._set(matcher, how)  # noqa: SLF001 (its own)
        return made

    def __repr__(self) -> str:
        what = "hashes alone" if self.matcher is None else repr(self.matcher)
        return f"<MatchBatch of {what}, {self._how.workers} workers>"

    def __reduce__(self) -> "tuple[Callable[..., MatchBatch], tuple[bytes]]":
        """Made once in each process that unpickles it, however often that is."""
        return _in_this_process, (pickle.dumps((type(self), self.matcher, self._how)),)

    @property
    def notices(self) -> tuple[str, ...]:
        """What is not as it should be: a generation that cannot be leased."""
        return tuple(each.why_not for each in self._leases if each.why_not)

    @property
    def options(self) -> HashOptions:
        """What is hashed of a file."""
        return self._how.options

    @property
    def hashing(self) -> dict[str, Any]:
        """The algorithms and tiers of hashes, as JSON."""
        options = self._how.options
        tiers = [Tier(each).value for each in options.tiers]
        return {"algorithms": list(options.algorithms), "tiers": tiers}

    def may_read(self, roots: Iterable[str]) -> None:
        """Let workers open files below further folders; before the first batch."""
        self._how = replace(self._how, roots=(*self._how.roots, *roots))

    def close(self) -> None:
        """End the readers and release the generation; a second time does nothing."""
        self._released()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, batch: Any) -> Any:  # noqa: ANN401 (any kind of batch)
        """The batch with its results.

        Raises:
            ColumnError: it has no column that can be read, or one that a result would replace.
            TypeError: it is no batch.
            DamagedIndexError: an index is damaged.
            WorkerError: workers cannot be started.
            SourceError: the credentials of a store are missing or not enough.
        """
        rows = self.rows(batch)
        return batches.result_of(batch, batches.names_of(batch), rows)

    def rows(self, batch: Any) -> list[dict[str, Any]]:  # noqa: ANN401 (any kind of batch)
        """The results alone, each row as a mapping.

        Raises:
            ColumnError, TypeError, DamagedIndexError, WorkerError, SourceError: as a call.
        """
        names = batches.names_of(batch)
        read = batches.input_of(names)
        wanted = {
            "hashes": values.OF_HASHES,
            "hash": {"hash", "uri", *values.READ},
        }.get(read, {read, "uri", *LISTED})
        columns = {each: batches.values_of(batch, each) for each in names if each in wanted}
        batches.length_of(batch, names)
        held = zip(*columns.values(), strict=True)
        given = [dict(zip(columns, each, strict=True)) for each in held]
        if read == "hash":
            with self._state.lock:
                found = values.rows_of(self.matcher, given)
        elif read == "hashes":
            found = self._again(given)
        else:
            results = self._met([*self._readers().items(read, given)])
            found = [row_of(each.item, self._shown(each)) for each in results]
        return [{**each, **self._said} for each in found]

    def _met(self, items: "Sequence[Item]") -> "list[ScanResult]":
        """Items with their matches."""
        if self.matcher is None:
            return [ScanResult(each) for each in items]
        with self._state.lock:
            return matched(self.matcher, items)

    def _shown(self, result: ScanResult) -> "tuple[Match, ...] | None":
        """The matches; None where nothing was matched."""
        return None if self.matcher is None else result.matches

    def _again(self, rows: "Sequence[dict[str, Any]]") -> list[dict[str, Any]]:
        """Rows of an earlier run, matched again: what was read of each file stays as it was."""
        are_values = [values.is_value(each) for each in rows]
        with self._state.lock:
            of_values = iter(values.rows_of(self.matcher, [*compress(rows, are_values)]))
        others = iter(self._files_again([*compress(rows, map(not_, are_values))]))
        return [next(of_values if each else others) for each in are_values]

    def _files_again(self, rows: "Sequence[dict[str, Any]]") -> list[dict[str, Any]]:
        restored = [_restored(each) for each in rows]
        results = self._met([item for item, _ in restored])
        return [
            {**row, "matches": row_of(each.item, self._shown(each))["matches"]}
            if understood and each.item is item
            else row_of(each.item, self._shown(each))
            for row, (item, understood), each in zip(rows, restored, results, strict=True)
        ]

    def _readers(self) -> Readers:
        """The readers of this process: those of another one did not come along."""
        with self._state.lock:
            if self._state.readers is None or self._state.process != os.getpid():
                how = self._how
                self._state.process = os.getpid()
                self._state.readers = self._made(
                    how.options,
                    workers=how.workers,
                    roots=how.roots,
                    limits=how.limits,
                    max_bytes=how.max_bytes,
                    unsandboxed=how.unsandboxed,
                )
            return self._state.readers

    _made = Readers

    @property
    def sandbox_notices(self) -> tuple[str, ...]:
        """What this system cannot do to lock workers down, as far as one was started."""
        return self._state.readers.notices if self._state.readers is not None else ()


def _release(leases: Iterable[Lease], state: _State) -> None:
    if state.readers is not None and state.process == os.getpid():
        state.readers.close()
    for each in leases:
        each.release()


def _restored(row: Mapping[str, Any]) -> tuple[Item, bool]:
    """The item of a row of an earlier run, and whether it could be understood."""
    try:
        item = item_of(row)
        if row.get("status") == status_of(item).value:
            return item, True
        said = "its status is not what its hashes and its reason say"
    except ColumnError as error:
        said = str(error)
    why = Unreadable(Reason.DAMAGED, f"the row of an earlier run: {said}")
    return Item(str(row.get("uri") or ""), unreadable=why), False


_here: "OrderedDict[bytes, MatchBatch]" = OrderedDict()
_here_lock: Final = Lock()


def _in_this_process(pickled: bytes) -> MatchBatch:
    """The object that was pickled: the same one, if it was unpickled here before."""
    with _here_lock:
        # Who closes it closes it for all that were unpickled here: a later one is made anew.
        if pickled not in _here or not _here[pickled]._released.alive:  # noqa: SLF001
            kind, matcher, how = pickle.loads(pickled)  # noqa: S301 (as whoever unpickles this)
            _here[pickled] = kind._of(matcher, how)  # noqa: SLF001 (its own)
        _here.move_to_end(pickled)
        while len(_here) > _ALIVE:
            _here.popitem(last=False)
        return _here[pickled]
