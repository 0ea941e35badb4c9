"""Files of which members are on record that are not themselves: a scan ended in the middle."""

import json
from typing import Final, NamedTuple

from hashmatch.sightings.store import Store

OPENING: Final = "opening"
"""The aspect under which they are noted."""


class Opened(NamedTuple):
    """A file as it was when the first of its members was put on record.

    Attributes:
        size: in bytes; None where nobody knew it.
        times: by kind, as of an item.
    """

    size: int | None
    times: dict[str, str]


def opened_before(store: Store, scan: int) -> dict[str, Opened]:
    """The files that were noted in all runs of a scan, by their locators."""
    rows = store.execute(
        "SELECT facts FROM environments JOIN runs ON runs.id = environments.run_id "
        "WHERE runs.scan_id = ? AND aspect = ? ORDER BY environments.id DESC",
        (scan, OPENING),
    )
    found: dict[str, Opened] = {}
    for (facts,) in rows:
        for locator, told in json.loads(facts).items():
            times = {kind: str(at) for kind, at in told.items() if kind != "size"}
            found[locator] = Opened(told.get("size"), times)
    return found
