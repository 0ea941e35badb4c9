"""What was erased by order of a court: tombstones, which say that rows were there, and no more."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hashmatch.errors import ResumeError
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.store import Store
from hashmatch.wording import number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRecord(PlainValue):
    """An erasure on record.

    Attributes:
        id: of its row.
        at: when, UTC, ISO 8601.
        by: who erased.
        order: reference of the order of the court.
        why: in words.
        things: what was ordered: `item:12`, `exhibit:2026-0417/phone`.
        rows: how many rows of each table are gone.
    """

    json_shape: ClassVar = Shape(first={"record": "erasure"})

    id: int
    at: str
    by: str
    order: str
    why: str
    things: tuple[str, ...]
    rows: Mapping[str, int]


def every(store: Store, *, case: int | None = None) -> Iterator[ErasureRecord]:
    """All erasures, or those that took rows of a case: with the rows that belong to its exhibits.

    Hashes and contents belong to no exhibit: of one case they are not counted.
    """
    of_case = "" if case is None else "WHERE case_id = ?"
    counts: dict[int, dict[str, int]] = {}
    for erasure, kind, count in store.execute(
        "SELECT erasure_id, kind, count(DISTINCT number) FROM erased "  # noqa: S608 (our words)
        f"LEFT JOIN sources ON sources.id = source_id {of_case} GROUP BY 1, 2 ORDER BY 1, 2",
        () if case is None else (case,),
    ):
        counts.setdefault(erasure, {})[kind] = count
    for number, at, author, order, why, things in store.execute(
        "SELECT id, at, author, court_order, reason, things FROM erasures ORDER BY id"
    ):
        if number in counts:
            yield ErasureRecord(
                id=number,
                at=at,
                by=from_text(author),
                order=from_text(order),
                why=from_text(why),
                things=tuple(map(from_text, json.loads(things))),
                rows=counts[number],
            )


def last_number(store: Store, table: str) -> int:
    """The number of the last row that a table ever had: those of erased rows are not used again."""
    there, gone = store.execute(
        f"SELECT coalesce(max(id), 0), "  # noqa: S608 (our names)
        f"(SELECT coalesce(max(number), 0) FROM erased WHERE kind = ?) FROM {table}",
        (table,),
    )[0]
    return int(max(there, gone))


def check_whole(store: Store, scan: int) -> None:
    """See that a scan may be resumed: one of which items were erased would record them again.

    Raises:
        ResumeError: items of it were erased by order of a court.
    """
    rows: list[tuple[Any, ...]] = store.execute(
        "SELECT erasure_id, court_order, count(DISTINCT number) FROM erased "
        "JOIN erasures ON erasures.id = erasure_id "
        "WHERE scan_id = ? AND kind = 'items' GROUP BY erasure_id ORDER BY erasure_id",
        (scan,),
    )
    if rows:
        orders = ", ".join(from_text(order) for _, order, _ in rows)
        gone = number_of(sum(count for *_, count in rows), "item")
        msg = (
            f"of this scan {gone} were erased by order of a court ({orders}), and to resume it "
            "would put them on record again: if what lies there may still be scanned, --rescan does"
        )
        raise ResumeError(msg)


def of_scan(store: Store, scan: int) -> int:
    """How many items of a scan are gone."""
    return int(
        store.one(
            "SELECT count(DISTINCT number) FROM erased WHERE scan_id = ? AND kind = 'items'",
            (scan,),
        )
    )


def of_run(store: Store, run: int) -> list[ErasureRecord]:
    """What was erased of the exhibit that a run is of."""
    source = store.one(
        "SELECT source_id FROM runs JOIN scans ON scans.id = scan_id WHERE runs.id = ?", (run,)
    )
    return of_exhibit(store, source)


def of_exhibit(store: Store, source: int) -> list[ErasureRecord]:
    """What was erased of one exhibit, with the rows that belonged to it."""
    rows = store.execute(
        "SELECT erasure_id, kind, count(DISTINCT number) FROM erased WHERE source_id = ? "
        "GROUP BY 1, 2",
        (source,),
    )
    counts: dict[int, dict[str, int]] = {}
    for erasure, kind, count in rows:
        counts.setdefault(erasure, {})[kind] = count
    return [replace(each, rows=counts[each.id]) for each in every(store) if each.id in counts]


def in_words(erasure: ErasureRecord) -> str:
    """What is gone, when, by whom and by which order, in one sentence."""
    rows = ", ".join(f"{count:,} {table}" for table, count in erasure.rows.items())
    return (
        f"Erased by order {erasure.order} on {erasure.at[:10]} by {erasure.by} "
        f"(erasure {erasure.id}; {erasure.why}): {rows}"
    )
