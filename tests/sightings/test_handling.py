"""Marks are rows of the record: the newest of each thing counts, and the chain proves all."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.errors import UnknownNameError
from hashmatch.sightings.database import Database
from hashmatch.sightings.handling import Marks
from tests.support.casework import UNIT, event
from tests.support.sighting_values import CONFIGURATION, SOURCE, results

BY = "A. Meier"


def _scanned(database: Database, case: str, mark: str) -> None:
    """A scan whose list had this mark in its index."""
    (known, *rest) = CONFIGURATION.lists
    marked = replace(CONFIGURATION, lists=(replace(known, handling=mark), *rest))
    with database.run(case=case, source=SOURCE, configuration=marked) as run:
        run.record(results(3))
        run.finish()


def test_a_case_has_the_strictest_mark_of_what_is_in_it(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        _scanned(database, "1", "TLP:GREEN")
        _scanned(database, "2", "")
        assert database.case("1").handling == ("TLP:GREEN",)
        assert database.case("1").lists[0].handling == "TLP:GREEN"
        database.record_exhibit("1", "exhibit 7", {}, by=BY, handling="TLP:AMBER")
        database.mark_unit(UNIT.sha256, "court file", case="1", exhibit="return", by=BY)
        database.record_import(UNIT, [event(1)], case="1", exhibit="return")
        assert database.case("1").handling == ("TLP:AMBER", "court file")
        assert database.record_handling("case:1", "TLP:RED", by=BY)
        assert database.case("1").handling == ("TLP:RED", "court file")
        # Which lists a case used counts, not what they were marked then.
        assert database.case("2").handling == ("TLP:GREEN",)
        marks = Marks.of(database.store)
        assert marks.of_place("1", "exhibit 7") == ("TLP:RED",)
        assert marks.of_place("1", "return") == ("TLP:RED", "court file")
        assert database.verify().passed


def test_the_newest_mark_counts_and_none_takes_it_back(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        _scanned(database, "1", "TLP:RED")
        first = database.record_handling("list:vic", "TLP:GREEN", by=BY, why="the publisher said")
        assert len(first) == 1
        assert database.record_handling("list:vic", "tlp:green", by=BY) == ()
        # The run is of a time before.
        assert database.case("1").handling == ("TLP:GREEN",)
        _scanned(database, "2", "TLP:AMBER")
        assert Marks.of(database.store).lists == {"vic": "TLP:AMBER"}
        assert database.record_handling("list:vic", "none", by=BY)
        assert database.case("2").handling == ()
        database.record_handling("case:2", "own", by=BY)
        database.record_handling("exhibit:2/exhibit 7", "TLP:CLEAR", by=BY)
        assert database.case("2").handling == ("TLP:CLEAR", "own")
        assert database.verify().passed
        for thing in ("case:9", "exhibit:2/other", "import:1"):
            with pytest.raises(UnknownNameError):
                database.record_handling(thing, "own", by=BY)
        with pytest.raises(ValueError, match="it is case:N"):
            database.record_handling("run:1", "own", by=BY)
    # Whoever lowers a mark in the file is found.
    with closing(sqlite3.connect(tmp_path / "db")) as connection, connection:
        connection.execute("DROP TRIGGER statements_no_update")
        connection.execute("UPDATE statements SET value = 'TLP:CLEAR' WHERE value = 'own'")
    with Database.open(tmp_path / "db", read_only=True) as database:
        assert any(each.table == "statements" for each in database.verify().problems)
