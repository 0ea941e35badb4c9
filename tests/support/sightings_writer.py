"""A scan in a process of its own, which a test kills: what it recorded, it prints.

python -m tests.support.sightings_writer DATABASE ITEMS

It records a batch for every line of its standard input, and all that is left once that has ended
with the line "go".
"""

import sys
from pathlib import Path

from hashmatch.sightings.database import Database
from tests.support.sighting_values import CONFIGURATION, SOURCE, TIMES, batches, results


def _asked() -> bool:
    """Wait for a line that asks for one batch more; whether another is to be waited for."""
    line = sys.stdin.readline()
    if not line:
        sys.exit("nobody asks any more")
    return line != "go\n"


def main(path: Path, items: int) -> None:
    """Begin the scan, or go on with it, until it is done."""
    with (
        Database.open(path) as database,
        database.run(
            case="1",
            source=SOURCE,
            configuration=CONFIGURATION,
            resume=bool(database.cases()),
        ) as run,
    ):
        left = [each for each in results(items) if not run.done(each.item.locator)]
        asked = True
        for batch in batches(left, 8):
            asked = asked and _asked()
            run.record(batch, times={each.item.locator: TIMES for each in batch})
            sys.stdout.write(f"{run.position}\n")
            sys.stdout.flush()
        run.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
