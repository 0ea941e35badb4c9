"""Hash lists as runs used them."""

import json
from collections.abc import Iterator

from hashmatch.coverage import ListCoverage
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.list_records import COVERAGE, HANDLING, KNOWN_GOOD_ENTRIES, ListRecord
from hashmatch.sightings.store import Store


def used(store: Store, run: int) -> Iterator[ListRecord]:
    """The lists of a run, in the order in which they were recorded."""
    rows = store.execute(
        "SELECT name, sha256, version, entries, known_good, policy "
        "FROM run_lists WHERE run_id = ? ORDER BY id",
        (run,),
    )
    for name, sha256, version, entries, known_good, said in rows:
        policy = json.loads(said)
        known_good_entries = policy.pop(KNOWN_GOOD_ENTRIES, None)
        covered = policy.pop(COVERAGE, None)
        handling = policy.pop(HANDLING, "")
        yield ListRecord(
            name=from_text(name),
            sha256=tuple(json.loads(sha256)),
            version=from_text(version),
            entries=entries,
            known_good=bool(known_good),
            policy=policy,
            known_good_entries=known_good_entries,
            coverage=ListCoverage.from_json(from_text(name), covered) if covered else None,
            handling=handling,
        )
