"""An import in a process of its own, which a test kills: it says how many events it has read.

python -m tests.support.import_writer DATABASE EVENTS
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hashmatch.model.event import Event
from hashmatch.sightings.database import Database
from tests.support.casework import UNIT, event

SAID: Final = 500
"""Events between two lines."""


def _read(count: int) -> Iterator[Event]:
    for number in range(1, count + 1):
        yield event(number)
        if number % SAID == 0:
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


def main(path: Path, count: int) -> None:
    """Import a unit of so many events."""
    with Database.open(path) as database:
        database.record_import(UNIT, _read(count), case="1", exhibit="return 1")
        sys.stdout.write("done\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
