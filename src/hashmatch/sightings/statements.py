"""What people state of exhibits, cases and links: rows are only appended, the newest counts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from hashmatch.errors import Choice
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings import audit
from hashmatch.sightings.actions import Action
from hashmatch.sightings.encoding import from_text, to_text
from hashmatch.sightings.store import Store

_MOST: Final = 2000
"""Characters of a name, a value or a reason: each is in reports."""

_COLUMNS: Final = (
    *("id", "at", "author", "topic", "case_id", "source_id", "subject", "field", "value"),
    *("state", "reason"),
)


class Topic(Choice):
    """What a statement is about."""

    EXHIBIT = "exhibit"
    CASE = "case"
    HANDLING = "handling"
    """How a list, a record or an export may be passed on."""
    LINK = "link"
    """Whether two things are the same."""
    EXCLUSION = "exclusion"
    """Something that makes no links."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that is stated, or withdrawn.

    Attributes:
        field: which property, as `owner` or `imei`.
        value: what it is.
        subject: of what, where case and exhibit do not say it: a service, a list, a pair.
        withdrawn: it was stated before, and is no longer.
    """

    field: str
    value: str
    subject: str = ""
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(PlainValue):
    """A statement on record.

    Attributes:
        id: of its row, which the audit chain proves.
        at: when it was recorded, UTC, ISO 8601.
        by: who stated it.
        topic: what it is about.
        case: id of the case; None where it is about none.
        source: id of the exhibit; None where it is about none.
        subject: what of it.
        field: which property.
        value: what it is.
        withdrawn: whether it says that an earlier one holds no longer.
        why: the reason that was given.
    """

    json_shape: ClassVar = Shape(null=("subject", "why"))

    id: int
    at: str
    by: str
    topic: Topic
    case: int | None
    source: int | None
    subject: str
    field: str
    value: str
    withdrawn: bool
    why: str


def place(store: Store, case: str, exhibit: str = "") -> tuple[dict[str, object], int, int | None]:
    """The ids of a case and of an exhibit, recorded if they are new; within a transaction.

    Returns:
        the new rows as an audit row tells them, the id of the case, and that of the exhibit.
    """
    told: dict[str, object] = {}

    def number(table: str, **columns: object) -> int:
        where = " AND ".join(f"{name} = ?" for name in columns)
        found = store.one(f"SELECT id FROM {table} WHERE {where}", [*columns.values()])  # noqa: S608 (our names)
        if found is None:
            found = int(store.one(f"SELECT coalesce(max(id), 0) FROM {table}")) + 1  # noqa: S608 (our names)
            row = {"id": found, **columns}
            marks = ",".join("?" * len(row))
            sql = f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})"  # noqa: S608 (our names)
            store.execute(sql, [*row.values()])
            told[table] = [row]
        return int(found)

    of_case = number("cases", name=to_text(case))
    return (
        told,
        of_case,
        number("sources", case_id=of_case, label=to_text(exhibit)) if exhibit else None,
    )


def record(
    store: Store,
    topic: Topic,
    said: Sequence[Said],
    *,
    by: str,
    why: str = "",
    case: str = "",
    exhibit: str = "",
) -> tuple[int, ...]:
    """Put statements on record: all of them, or none.

    Args:
        store: the database.
        topic: what they are about.
        said: what is stated.
        by: who states it.
        why: the reason.
        case: by name; it is recorded if it is new.
        exhibit: of the case, by its label; it is recorded if it is new.

    Returns:
        the numbers of their rows.

    Raises:
        ValueError: nothing is stated, nobody states it, or words are too long.
        DatabaseError: it was opened for reading only, or cannot be written.
    """
    if not said:
        msg = "nothing is stated"
        raise ValueError(msg)
    if not by.strip():
        msg = "the record says who states something: a name is missing"
        raise ValueError(msg)
    for words in (by, why, case, exhibit, *(part for each in said for part in _words(each))):
        if len(words) > _MOST:
            msg = f"what is stated is longer than {_MOST:,} characters"
            raise ValueError(msg)
    with store.transaction():
        at = audit.now()
        told, of_case, of_exhibit = place(store, case, exhibit) if case else ({}, None, None)
        first = int(store.one("SELECT coalesce(max(id), 0) FROM statements")) + 1
        rows = [
            {
                "id": first + position,
                "at": at,
                "author": to_text(by.strip()),
                "topic": topic.value,
                "case_id": of_case,
                "source_id": of_exhibit,
                "subject": to_text(each.subject),
                "field": to_text(each.field),
                "value": to_text(each.value),
                "state": "withdrawn" if each.withdrawn else "stated",
                "reason": to_text(why.strip()),
            }
            for position, each in enumerate(said)
        ]
        marks = ",".join("?" * len(_COLUMNS))
        store.insert(
            f"INSERT INTO statements ({','.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 (our names)
            [tuple(row.values()) for row in rows],
        )
        audit.append(store, Action.STATEMENT, {"rows": {**told, "statements": rows}}, at=at)
    return tuple(range(first, first + len(rows)))


def _words(said: Said) -> Iterable[str]:
    return (said.field, said.value, said.subject)


def every(store: Store, topic: Topic) -> Iterator[Statement]:
    """All statements about a topic, the oldest first."""
    sql = f"SELECT {','.join(_COLUMNS)} FROM statements WHERE topic = ? ORDER BY id"  # noqa: S608 (our names)
    for row in store.rows(sql, (topic.value,)):
        number, at, by, _, case, source, subject, field, value, state, why = row
        yield Statement(
            id=number,
            at=at,
            by=from_text(by),
            topic=topic,
            case=case,
            source=source,
            subject=from_text(subject),
            field=from_text(field),
            value=from_text(value),
            withdrawn=state == "withdrawn",
            why=from_text(why),
        )


def holding(found: Iterable[Statement], single: frozenset[str] | None = None) -> list[Statement]:
    """The statements that hold: the newest of each property that were not withdrawn.

    Args:
        found: the oldest first.
        single: fields that have one value; of the others each value is a statement of its own. By
            default all have one.
    """
    newest: dict[tuple[object, ...], Statement] = {}
    for each in found:
        alone = single is None or each.field in single
        key = (each.case, each.source, each.subject, each.field, None if alone else each.value)
        newest.pop(key, None)
        newest[key] = each
    return [each for each in newest.values() if not each.withdrawn]
