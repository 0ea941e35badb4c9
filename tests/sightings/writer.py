"""A scan in a process of its own, which a test kills: what it recorded, it prints.

python writer.py DATABASE ITEMS
"""

import sys
from pathlib import Path

from hashmatch.sightings.database import Database
from sighting_values import CONFIGURATION, SOURCE, TIMES, batches, results


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
        for batch in batches(left, 8):
            run.record(batch, times={each.item.locator: TIMES for each in batch})
            sys.stdout.write(f"{run.position}\n")
            sys.stdout.flush()
        run.finish()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
