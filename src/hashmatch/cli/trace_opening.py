"""How the verbs of `trace` open the record."""

from typing import TYPE_CHECKING

from hashmatch.cli.output import note
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from pathlib import Path

    from hashmatch.sightings.database import Database
    from hashmatch.tracing.values import CoveredSource


def opened(db: "Path", *, update: bool, writable: bool = False) -> "Database":
    """The database, its clusters brought up to date where that was asked for."""
    from hashmatch.errors import MissingDatabaseError, ReadOnlyDatabaseError
    from hashmatch.sightings.database import Database
    from hashmatch.tracing.updating import update as bring_up_to_date

    if not db.exists():
        msg = f"there is no database {db}"
        raise MissingDatabaseError(msg)
    try:
        database = Database.open(db, read_only=not (update or writable))
    except ReadOnlyDatabaseError:
        if writable:
            raise
        note(f"{db} cannot be written: what came on record since the last time is not clustered")
        return Database.open(db, read_only=True)
    try:
        if update and (count := bring_up_to_date(database)):
            note(f"clustered: {number_of(count, 'picture or video', 'pictures and videos')}")
    except BaseException as error:
        # It closes the database, and says where a value on record was altered.
        database.__exit__(type(error), error, error.__traceback__)
        raise
    return database


def check_case(database: "Database", case: str) -> None:
    """See that a case is on record.

    Raises:
        UnknownNameError: it is not; the message names those that are.
    """
    if case:
        database.case(case)


def covered(database: "Database", case: str) -> "list[CoveredSource]":
    """What was searched, as far as a case may know."""
    from hashmatch.tracing.coverage import coverage

    return [*coverage(database, case)]
