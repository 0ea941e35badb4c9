"""Changes of an index: new files first, then one new generation that names them."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
from filelock import FileLock, Timeout

from hashmatch.errors import (
    HashmatchError,
    IndexBusyError,
    OutputError,
    UnknownNameError,
    there_is,
)
from hashmatch.files.whole import cannot_write
from hashmatch.hashlists.reading import HashList
from hashmatch.index import generation as generations
from hashmatch.index import leases
from hashmatch.index.drafting import Draft, drafted
from hashmatch.index.entries import entries_sha256
from hashmatch.index.folders import LOCK, OURS, check_place
from hashmatch.index.generation import Event, Generation, Listed, ListSource, SegmentFile, now
from hashmatch.index.merging import MOST_PARTS, first_small, joined
from hashmatch.index.policies import check_policy
from hashmatch.index.reading import IndexReader, LiveSegment, opened_part
from hashmatch.index.section_writing import write_sections
from hashmatch.model import Change, Json, Layout
from hashmatch.model.handling import mark_of
from hashmatch.profiles import Policy

if TYPE_CHECKING:
    from hashmatch.index.segment import Segment

KEPT = 3
"""Generations that stay on disk: a reader that opens one just then finds all its files."""

_SECONDS = 10
"""How long to wait for another writer."""


class IndexWriter:
    """The one process that changes an index; `Index.edit` makes it.

    Every method takes effect with the commit at the end of the block, or not at all.
    """

    def __init__(self, path: Path) -> None:
        """Start from what the index holds now; the caller holds its lock."""
        self.path = path
        self._before = IndexReader(path) if IndexReader.at(path) else None
        self._now = self._before.generation if self._before else Generation()
        self._rows = {
            part.file: standing.withdrawn
            for listed, known in zip(
                self._now.lists, self._before.lists if self._before else (), strict=True
            )
            for part, standing in zip(listed.parts, known.parts, strict=True)
        }
        self._segments: dict[str, Segment] = {}
        self._lists = {listed.name: listed for listed in self._now.lists}
        self._events: list[Event] = []
        self._calibration = self._now.calibration

    @classmethod
    @contextmanager
    def locked(cls, path: Path) -> "Iterator[IndexWriter]":
        """A writer that has the index to itself.

        Raises:
            IndexBusyError: another process is writing it.
            SourceError: the folder holds something else: evidence, perhaps.
            OutputError: it cannot be made or written.
        """
        check_place(path)
        # The lock's file stays: who removes it takes it from another who waits for it, and two
        # would write at once.
        lock = FileLock(path / LOCK, timeout=_SECONDS, mode=0o600)
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            msg = f"another process is writing the index {path}: try again when it is done"
            raise IndexBusyError(msg) from None
        except OSError as error:
            what = f"the index {path}"
            raise cannot_write(what, error) from None
        try:
            yield cls(path)
        finally:
            lock.release()

    @property
    def names(self) -> tuple[str, ...]:
        """The lists in force."""
        return tuple(self._lists)

    def policy(self, name: str) -> Policy:
        """How a list is treated.

        Raises:
            UnknownNameError: the index has no such list.
        """
        return self._listed(name).policy

    def sources(self, name: str) -> tuple[ListSource, ...]:
        """The sources of a list's entries, oldest first; empty if there is no such list."""
        return self._lists[name].sources if name in self._lists else ()

    def put(
        self,
        hash_list: HashList,
        *,
        file: str = "",
        policy: Policy | None = None,
        layout: Layout | None = None,
    ) -> bool:
        """Bring in a hash list: all of what its publisher says now, instead of what it said before.

        Args:
            hash_list: as `read_list` gives it.
            file: name of the publisher's file, for the record.
            policy: how to treat it; as before if None.
            layout: of the tables that search it, as for `hashmatch.search.mih.build`; None takes
                the compact one for the frames of videos.

        Returns:
            Whether anything changed: not if this very file is in force already.
        """
        before = self._lists.get(hash_list.name)
        if before and policy in (None, before.policy) and _is_whole(before, hash_list.sha256):
            return False
        listed = before or Listed(hash_list.name)
        source = ListSource.of(hash_list, file=file)
        self._lists[hash_list.name] = Listed(
            hash_list.name,
            listed.policy if policy is None else policy,
            (source,),
            self._parts(hash_list, source, layout),
            listed.handling,
        )
        went = sum(len(self._standing(part)) for part in listed.parts)
        self._note(Change.IMPORT, hash_list.name, source, entries=source.entries, withdrawn=went)
        return True

    def update(self, hash_list: HashList, *, file: str = "") -> tuple[int, int]:
        """Bring in news about a hash list: entries that came, changed or were taken back.

        Entries of the same id are replaced, those withdrawn stop matching; all others stay. The
        very news that came last change nothing.

        Returns:
            How many entries came, and how many went.
        """
        before = self._lists.get(hash_list.name)
        newest = before.sources[-1] if before else None
        if newest and (newest.sha256, newest.details) == (hash_list.sha256, hash_list.details):
            return 0, 0
        gone = {entry.id for entry in hash_list.entries} | {x.id for x in hash_list.withdrawn}
        count = self._take_back(hash_list.name, gone)
        listed = before or Listed(hash_list.name)
        source = ListSource.of(hash_list, file=file)
        sources, parts = (*listed.sources, source), (*listed.parts, *self._parts(hash_list, source))
        self._lists[hash_list.name] = replace(listed, sources=sources, parts=parts)
        self._note(Change.UPDATE, hash_list.name, source, entries=source.entries, withdrawn=count)
        if len(parts) > MOST_PARTS:
            self._merge(hash_list.name, first_small(list(map(self._standing, parts))), None)
        return len(hash_list.entries), count

    def withdraw(self, name: str, ids: Collection[str]) -> int:
        """Stop entries of a list from matching; they stay on record. Returns how many did.

        Raises:
            UnknownNameError: the index has no such list.
        """
        live = sorted(self.live(name, ids))
        if not live:
            return 0
        count = self._take_back(name, live)
        self._note(Change.WITHDRAW, name, withdrawn=count, details={"ids": live})
        return count

    def live(self, name: str, ids: Collection[str]) -> set[str]:
        """Those of these ids that an entry of the list has which was not withdrawn.

        Raises:
            UnknownNameError: the index has no such list.
        """
        found: set[str] = set()
        for part in self._listed(name).parts:
            standing = self._standing(part)
            table = standing.segment.table
            rows = table.rows_of(ids)
            found |= {table.described(row).id for row in rows[standing.stands(rows)].tolist()}
        return found

    def withdrawn_since(self, name: str, ids: Collection[str]) -> dict[str, str]:
        """Which of these ids entries of the list had that were withdrawn, and when, as ISO 8601.

        Of what an update took back the record has no date: it is empty.

        Raises:
            UnknownNameError: the index has no such list.
        """
        found: dict[str, str] = {}
        for part in self._listed(name).parts:
            table = self._standing(part).segment.table
            found |= {table.described(row).id: "" for row in table.rows_of(ids).tolist()}
        for event in self._now.history:
            taken = event.details.get("ids") if event.list == name else ()
            named = taken if isinstance(taken, list | tuple) else ()
            found |= {str(each): event.at for each in named if str(each) in ids}
        live = self.live(name, found)
        return {each: at for each, at in found.items() if each not in live}

    def remove(self, name: str) -> None:
        """Stop a whole list from matching.

        Raises:
            UnknownNameError: the index has no such list.
        """
        listed = self._listed(name)
        del self._lists[name]
        self._note(Change.REMOVE, name, withdrawn=sum(part.entries for part in listed.parts))

    def set_policy(self, name: str, policy: Policy) -> None:
        """Treat a list in another way.

        Raises:
            UnknownNameError: the index has no such list, or the policy names a category that the
                list does not have, or sets a threshold for an algorithm that it has no hashes of.
        """
        before = self._listed(name)
        tables = [self._standing(part).segment.table for part in before.parts]
        check_policy(policy, name, tables, before=before.policy)
        if policy == before.policy:
            return
        self._lists[name] = replace(before, policy=policy)
        self._note(
            Change.POLICY, name, details={"before": asdict(before.policy), "after": asdict(policy)}
        )

    def handling(self, name: str) -> str:
        """The handling mark of a list; empty where it has none, or there is no such list."""
        return self._lists[name].handling if name in self._lists else ""

    def set_handling(self, name: str, mark: str) -> None:
        """Mark how far a list may be passed on; an empty mark takes it back.

        Raises:
            UnknownNameError: the index has no such list.
            ValueError: it is no mark.
        """
        before = self._listed(name)
        after = mark_of(mark) if mark else ""
        if after == before.handling:
            return
        self._lists[name] = replace(before, handling=after)
        self._note(Change.HANDLING, name, details={"before": before.handling, "after": after})

    def set_calibration(self, calibration: Mapping[str, Json]) -> None:
        """Keep what was measured on the operator's own pictures."""
        self._calibration = calibration
        self._note(Change.CALIBRATE)

    def compact(self, name: str, *, layout: Layout | None = None) -> None:
        """Write the entries of a list that stand into one part, without those taken back.

        Raises:
            UnknownNameError: the index has no such list.
            DamagedIndexError: a part of it is damaged.
        """
        self._merge(name, 0, layout)

    def _merge(self, name: str, first: int, layout: Layout | None) -> None:
        """Write the entries that stand in the parts from this one on into one part."""
        listed = self._listed(name)
        standing = [self._standing(each) for each in listed.parts[first:]]
        draft = joined(standing, layout)
        part = self._write(draft, entries_sha256(draft.table))
        self._lists[name] = replace(listed, parts=(*listed.parts[:first], part))
        self._note(Change.COMPACT, name, entries=part.entries)

    def commit(self) -> Generation:
        """Write the new generation; the one before if nothing changed."""
        if not self._events:
            return self._now
        at, number = now(), self._now.number + 1
        lists = tuple(self._lists.values())
        needed = {part.file for listed in lists for part in listed.parts}
        rows = {file: rows for file, rows in self._rows.items() if file in needed and len(rows)}
        withdrawn = None
        if rows:
            name = f"withdrawn-{uuid4().hex}.hma"
            with self._written():
                withdrawn = SegmentFile(name, write_sections(self.path / name, rows, {}), 0)
        generation = Generation(
            number=number,
            at=at,
            tool=metadata.version("hashmatch"),
            lists=lists,
            withdrawn=withdrawn,
            history=(*self._now.history, *(replace(e, generation=number) for e in self._events)),
            calibration=self._calibration,
        )
        with self._written():
            generations.write(self.path, generation)
        self._tidy()
        self._now, self._events = generation, []
        return generation

    def _parts(
        self, hash_list: HashList, source: ListSource, layout: Layout | None = None
    ) -> tuple[SegmentFile, ...]:
        """The entries of a list, written; none for a list of nothing but withdrawals."""
        if not len(hash_list.entries):
            return ()
        return (self._write(drafted(hash_list, layout=layout), source.entries_sha256),)

    def _take_back(self, name: str, ids: Collection[str]) -> int:
        count = 0
        listed = self._lists.get(name)
        for part in listed.parts if listed else ():
            standing = self._standing(part)
            rows = standing.segment.table.rows_of(ids)
            rows = rows[standing.stands(rows)]
            if len(rows):
                self._rows[part.file] = np.union1d(standing.withdrawn, rows).astype(np.uint32)
                count += len(rows)
        return count

    def _standing(self, part: SegmentFile) -> LiveSegment:
        rows = self._rows.get(part.file, np.empty(0, np.uint32))
        if part.file not in self._segments:
            self._segments[part.file] = opened_part(self.path, part)
        return LiveSegment(self._segments[part.file], rows)

    def _write(self, draft: Draft, entries: str) -> SegmentFile:
        """Write a segment; `entries` is the SHA-256 of its entries."""
        name = f"entries-{uuid4().hex}.hma"
        with self._written():
            return SegmentFile(name, draft.write(self.path / name), len(draft.table), entries)

    @contextmanager
    def _written(self) -> Iterator[None]:
        """A block that writes a file of the index; if it fails, what was live before stays so."""
        try:
            yield
        except OSError as error:
            if isinstance(error, HashmatchError):
                raise
            why = cannot_write(f"the index {self.path}", error)
            msg = f"{why}. Nothing of the index was changed"
            raise OutputError(msg) from None

    def _listed(self, name: str) -> Listed:
        if name not in self._lists:
            msg = f"the index {self.path} has no hash list {name!r}"
            raise UnknownNameError(there_is(msg, map(repr, self._lists)))
        return self._lists[name]

    def _note(
        self,
        action: Change,
        name: str = "",
        source: ListSource | None = None,
        *,
        entries: int = 0,
        withdrawn: int = 0,
        details: Mapping[str, Json] | None = None,
    ) -> None:
        sha256, version = (source.sha256, source.version) if source else ("", "")
        event = Event(0, now(), action, name, sha256, version, entries, withdrawn, details or {})
        self._events.append(event)

    def _tidy(self) -> None:
        """Remove what no kept generation needs; files that are held open are left for next time.

        The newest generations are kept, and those that are leased.
        """
        kept: set[str] = set()
        there = generations.numbers(self.path)
        clock = generations.path_of(self.path, there[-1]).stat().st_mtime
        for number in {*there[-KEPT:], *(leases.leased(self.path, clock) & {*there})}:
            kept |= {generations.path_of(self.path, number).name}
            kept |= generations.read(self.path, number).files
        for path in self.path.iterdir():
            if OURS.fullmatch(path.name) and path.name not in kept:
                with suppress(OSError):
                    path.unlink()


def _is_whole(listed: Listed, sha256: str) -> bool:
    """Whether a list is what this one file said, and nothing since."""
    return [source.sha256 for source in listed.sources] == [sha256]
