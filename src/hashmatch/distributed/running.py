"""A job from its begin to its end: parts that stand are skipped, all others are done."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from hashmatch.distributed import known, sourcing
from hashmatch.distributed import manifest as manifests
from hashmatch.distributed.counting import summary_of
from hashmatch.distributed.manifest import SUMMARY, Manifest
from hashmatch.distributed.match_batch import MatchBatch
from hashmatch.distributed.parts import Parts, StoppedError, name_of
from hashmatch.distributed.places import Place
from hashmatch.distributed.sourcing import MANIFEST, Slice, Source
from hashmatch.model import ScanSummary

ROWS: Final = 2000
"""Rows of a part, by default: some seconds of work."""

_LOOKS: Final = 16
"""Parts that are looked at at a time."""


class Engine(Protocol):
    """Does parts, in any order."""

    def __call__(
        self,
        parts: Parts,
        slices: list[Slice],
        stop: Callable[[], bool],
        on_rows: Callable[[int], object],
    ) -> Iterator[dict[str, Any]]:
        """What each part says of itself, as it is done.

        Args:
            parts: does one.
            slices: those to be done.
            stop: asked now and then.
            on_rows: told how many rows more are done.
        """
        ...


@dataclass(slots=True)
class Job:
    """A job.

    Attributes:
        manifest: what it is.
        source: what it reads.
        parts: does parts.
        standing: what parts say of themselves that stood when it was gone on with.
        to_do: the others.
        done: parts that are done, with those that stood.
        interrupted: whether it was stopped before its end.
    """

    manifest: Manifest
    source: Source
    parts: Parts
    standing: list[dict[str, Any]]
    to_do: list[Slice]
    done: list[dict[str, Any]] = field(default_factory=list)
    interrupted: bool = False

    @property
    def summary(self) -> ScanSummary:
        """What is counted of all parts that are done."""
        return sum((summary_of(each["summary"]) for each in self.done), ScanSummary())

    @property
    def lacking(self) -> Counter[str]:
        """Pictures without a hash of an algorithm that lists need, by its name."""
        return sum((Counter(each.get("lacking") or {}) for each in self.done), Counter[str]())

    @property
    def unread(self) -> list[tuple[str, str, str]]:
        """The first rows of parts that were not read: URI, reason, detail."""
        return [tuple(each) for part in self.done for each in part["unread"]]

    def run(
        self,
        engine: Engine,
        *,
        stop: Callable[[], bool] = lambda: False,
        on_rows: Callable[[int], object] = lambda _: None,
    ) -> Iterator[dict[str, Any]]:
        """Do what is to be done: what each part says of itself, as it stands.

        Raises:
            OutputError: a part cannot be written.
            SourceError, ColumnError: what is read cannot be read.
            DamagedIndexError: an index is damaged.
        """
        self.done = [*self.standing]
        missing = {each.number for each in self.to_do}
        for about in engine(self.parts, self.to_do, stop, on_rows) if missing else ():
            self.done.append(about)
            missing.discard(about["part"])
            yield about
        self.interrupted = bool(missing)
        if not missing:
            self._end()

    def _end(self) -> None:
        self.done.sort(key=lambda each: int(each["part"]))
        told = {
            "job": self.manifest.job,
            "parts": [name_of(each["part"]) for each in self.done],
            "lacking": dict(self.lacking),
            "summary": self.summary.to_dict(),
            "handling": known.handling_of(self.parts.match.matcher),
        }
        data = json.dumps(told, indent=1, sort_keys=True).encode()
        if self.parts.place.read(SUMMARY) != data:
            self.parts.place.write(SUMMARY, data)


def begin(
    given: str,
    out: str,
    match: MatchBatch,
    *,
    rows: int = ROWS,
    on_listed: Callable[[int], object] = lambda _: None,
) -> Job:
    """A new job, or the one that a folder holds, gone on with.

    Args:
        given: what is read: a folder, a URI, a table.
        out: folder or URI that parts are written to.
        match: what rows are matched with.
        rows: of a part, of a new job.
        on_listed: told how many files were listed so far.

    Raises:
        OutputError: the folder holds another job, or something else, or cannot be written.
        SourceError, ColumnError: what is to be read cannot be read.
    """
    place = Place.at(out)
    held = manifests.found_in(place)
    if held is None:
        source = sourcing.source_of(given, place, rows, on_listed)
        held = manifests.begun(source, match, rows)
        place.write(MANIFEST, json.dumps(held.held, indent=1).encode())
    else:
        manifests.check_same(held, given, match, place)
        source = sourcing.again(held.held["source"], place)
    match.may_read(source.roots)
    parts = Parts(match, place, held.job)
    there = place.names()
    candidates = [each for each in source.slices if name_of(each.number) in there]
    with ThreadPoolExecutor(_LOOKS) as threads:
        looked = [*threads.map(parts.standing, candidates)]
    stand = [each for each in looked if each is not None]
    numbers = {each["part"] for each in stand}
    to_do = [each for each in source.slices if each.number not in numbers]
    return Job(held, source, parts, stand, to_do)


def local(
    parts: Parts,
    slices: Iterable[Slice],
    stop: Callable[[], bool],
    on_rows: Callable[[int], object],
) -> Iterator[dict[str, Any]]:
    """The engine of one machine: parts one after the other, each by all workers."""
    for piece in slices:
        try:
            about = parts.do(piece, stop=stop, on_rows=on_rows)
        except StoppedError:
            return
        yield about
