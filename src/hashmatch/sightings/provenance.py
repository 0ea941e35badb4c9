"""The database that something on record is from, and what follows for what is recorded next."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from hashmatch.errors import ResumeError
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings import erasures
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.store import Store
from hashmatch.sightings.telling import INSTEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord(PlainValue):
    """A merge on record.

    Attributes:
        id: of its row.
        origin: number of the audit chain that was merged; a database that grew is merged again.
        at: when, UTC, ISO 8601.
        by: who merged.
        why: the reason.
        path: of the database.
        sha256: of its file; empty where its last batches were in a log beside it.
        chain: SHA-256 of the first row of its audit chain.
        rows: of the chain by then.
        head: SHA-256 of the last of them.
        copy_of: number of the origin that it is a copy of; None of no copy.
        added: rows that came.
    """

    json_shape: ClassVar = Shape(first={"record": "merge"}, null=("why", "sha256"))

    id: int
    origin: int
    at: str
    by: str
    why: str
    path: str
    sha256: str
    chain: str
    rows: int
    head: str
    copy_of: int | None
    added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Came(PlainValue):
    """The origin of a row.

    Attributes:
        origin: number of the audit chain that proves it.
        path: of its database, as it was merged last.
        number: of the row there.
        instead: whether the row there was left out, as this one says the same.
    """

    json_shape: ClassVar = Shape(first={"record": "origin"})

    origin: int
    path: str
    number: int
    instead: bool


def merges(store: Store) -> Iterator[MergeRecord]:
    """What was merged, the oldest first."""
    rows = store.execute(
        "SELECT merges.id, origin_id, at, author, reason, path, sha256, chain, rows, head, "
        "copy_of, (SELECT coalesce(sum(count), 0) FROM merged_rows "
        "WHERE merge_id = merges.id AND added = 1) "
        "FROM merges JOIN origins ON origins.id = origin_id ORDER BY merges.id"
    )
    for number, origin, at, by, why, path, sha256, chain, count, head, copy_of, added in rows:
        yield MergeRecord(
            id=number,
            origin=origin,
            at=at,
            by=from_text(by),
            why=from_text(why),
            path=from_text(path),
            sha256=sha256,
            chain=chain,
            rows=count,
            head=head,
            copy_of=copy_of,
            added=added,
        )


def came_from(store: Store, table: str, number: int) -> Iterator[Came]:
    """The databases that a row came from; none of what was recorded here.

    Args:
        store: the database.
        table: of the row.
        number: of the row.
    """
    rows = store.execute(
        "SELECT origin_id, first + ?2 - number, added, (SELECT path FROM merges AS newest "
        "WHERE newest.origin_id = merges.origin_id ORDER BY id DESC LIMIT 1) "
        "FROM merged_rows JOIN merges ON merges.id = merge_id "
        "WHERE kind = ?1 AND number <= ?2 AND number + count > ?2 ORDER BY origin_id",
        (table, number),
    )
    for origin, there, added, path in rows:
        yield Came(origin=origin, path=from_text(path), number=there, instead=added == INSTEAD)


def check_resumable(store: Store, scan: int) -> None:
    """See that a scan may go on here: it is of this database, and no item of it was erased.

    Raises:
        ResumeError: it came from another database, where it may go on; or items were erased.
    """
    for each in came_from(store, "scans", scan):
        msg = (
            f"this scan came from another database, {each.path}: resume it there and merge that "
            "again, or scan the exhibit anew here (--rescan)"
        )
        raise ResumeError(msg)
    erasures.check_whole(store, scan)
