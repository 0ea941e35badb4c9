"""The columns that are declared for matches, and the tables that the migrations make."""

import sqlite3
from collections.abc import Iterable, Iterator

import pytest

from hashmatch.model import Alpha, Band, Grade, MatchKind, Mode
from hashmatch.model.orientation import Orientation
from hashmatch.sightings import columns, migrating, schema
from hashmatch.sightings.rows import KINDS, Kind
from hashmatch.sightings.store import Connection

CHOICES: dict[str, Iterable[object]] = {
    "kind": MatchKind,
    "band": Band,
    "orientation": Orientation,
    "alpha": Alpha,
    "mode": (*Mode, None),
    "grade": Grade,
    "complement": (False, True),
    "known_good": (False, True),
    "suppressed": (False, True),
}


@pytest.fixture
def newest() -> Iterator[Connection]:
    with migrating.made(schema.MIGRATIONS) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        yield database


def in_table(database: Connection, table: str) -> list[str]:
    return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.table)
def test_every_column_of_a_table_is_declared_in_its_order(newest: Connection, kind: Kind) -> None:
    assert in_table(newest, kind.table) == list(kind.columns)
    if kind.children:
        assert in_table(newest, kind.children) == list(kind.child_columns)


@pytest.mark.parametrize(
    ("table", "declared"), [("sightings", columns.MATCH), ("segments", columns.ALIGNMENT)]
)
def test_every_value_that_a_field_may_have_is_stored_and_no_other_word(
    newest: Connection, table: str, declared: tuple[columns.Column, ...]
) -> None:
    kind = next(kind for kind in KINDS if table in {kind.table, kind.children})
    names = kind.columns if kind.table == table else kind.child_columns
    usual = dict.fromkeys(names, 1) | {"kind": "exact", "band": "match"}
    usual |= {"alpha": "composited", "grade": "strong"}
    numbers = iter(range(1, 1000))

    def insert(column: str, value: object) -> None:
        row = usual | {names[0]: next(numbers), column: value}
        marks = ",".join("?" * len(names))
        newest.execute(
            f"INSERT INTO {table} ({','.join(names)}) VALUES ({marks})",  # noqa: S608 (our names)
            tuple(row[name] for name in names),
        )

    chosen = [each for each in declared if each.name in CHOICES]
    assert chosen
    for column in chosen:
        for value in CHOICES[column.name]:
            stored = column.store(value)
            insert(column.name, stored)
            assert column.load(stored) == value
        if column.name == "mode":
            continue  # more of them may come: the table takes every word
        for value in ("another", 9):
            with pytest.raises(sqlite3.IntegrityError):
                insert(column.name, value)
