"""Whether a unit that is about to be imported was on record, and was erased by order of a court.

A tombstone says nothing of what was erased but its digest, which the audit chain proves. It covers
the number of a row, too, which the chain says of the first rows of each import: with these numbers
the same content has the same digest again, whatever its file is called and whichever case it is
imported into.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from hashmatch.sightings.actions import Action
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.rows import EVENTS, QUARANTINED_ROWS, Kind, Unit
from hashmatch.sightings.store import Row, Store
from hashmatch.sightings.telling import Merged, Told


@dataclass(frozen=True, slots=True)
class _Gone:
    """The first row of a kind of an import that was erased.

    Attributes:
        import_id: number of the import.
        number: of the row.
        sha256: what proved it.
        erasure: number of the erasure of the import.
    """

    import_id: int
    number: int
    sha256: bytes
    erasure: int


class ErasedImports:
    """The imports that were erased, to be told again when one comes."""

    def __init__(self, gone: dict[str, list[_Gone]]) -> None:
        """Hold them; `of` reads them.

        Args:
            gone: first rows, by table.
        """
        self._gone = gone

    @classmethod
    def of(cls, store: Store) -> Self:
        """Those of a database."""
        gone: dict[str, list[_Gone]] = {}
        if not store.one("SELECT 1 FROM erased WHERE kind = 'imports' LIMIT 1"):
            return cls(gone)
        chains = [Told(store)]
        chains += [Merged(store, number) for (number,) in store.execute("SELECT id FROM origins")]
        for chain in chains:
            whole = chain.erasures("imports")
            for kind in (EVENTS, QUARANTINED_ROWS) if whole else ():
                tombs = chain.erased(kind, 1, (1 << 63) - 1)
                for number, first in _first_rows(chain, kind.table):
                    if number in whole and first in tombs:
                        one = _Gone(number, first, tombs[first], whole[number])
                        gone.setdefault(kind.table, []).append(one)
        return cls(gone)

    def erasure_of(self, kind: Kind, row: Row, children: tuple[Row, ...]) -> int | None:
        """The erasure of an import whose first row this was; None if it was of none.

        Args:
            kind: events or quarantined rows.
            row: its columns behind the numbers of the row and of its import.
            children: its rows behind the number of the row that they belong to.
        """
        for each in self._gone.get(kind.table, ()):
            owned = tuple((each.number, *child) for child in children)
            if Unit((each.number, each.import_id, *row), owned).digest == each.sha256:
                return each.erasure
        return None


def _first_rows(chain: Told, table: str) -> Iterator[tuple[int, int]]:
    """Each import that a chain tells of, and the number of its first row in a table."""
    firsts: dict[int, int] = {}
    for _, _, _, _, action, text, *_ in chain.audit():
        if action == Action.IMPORT:
            details = json.loads(text)
            if table in details["units"]:
                firsts.setdefault(details["import"], details["units"][table]["first"])
    yield from firsts.items()


def in_words(store: Store, erasure: int) -> str:
    """The order by which something was erased, when and by whom."""
    ((at, by, order),) = store.execute(
        "SELECT at, author, court_order FROM erasures WHERE id = ?", (erasure,)
    )
    who, which = from_text(by), from_text(order)
    return f"erased by order {which} on {at[:10]} by {who} (erasure {erasure})"
