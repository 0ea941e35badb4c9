"""Cases, exhibits, scans and imports: small tables, read once for all questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from hashmatch.sightings import statements
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.handling import Marks
from hashmatch.sightings.statements import Topic
from hashmatch.tracing.values import Access

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.exhibits import ExhibitRecord
    from hashmatch.sightings.store import Store

ACCESS: Final = "access"
CONTACT: Final = "contact"
LINK_UNKNOWN: Final = "link-unknown"
"""Fields of statements about a case."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where things can have been seen.

    Attributes:
        exhibits: by the number of their row.
        source_of_run: of each run, the number of the exhibit.
        current: the scan that counts of each exhibit: the newest that is done, or the newest.
        source_of_import: of each import, the number of the exhibit.
        access: of cases, by name, where it is not open.
        contacts: of cases, by name.
        links_unknown: cases whose unknown items make links.
        marks: how far what is told of cases, exhibits and lists may be passed on.
    """

    exhibits: "Mapping[int, ExhibitRecord]"
    source_of_run: Mapping[int, int]
    current: Mapping[int, int]
    source_of_import: Mapping[int, int]
    access: Mapping[str, Access]
    contacts: Mapping[str, str]
    links_unknown: frozenset[str]
    marks: Marks

    @classmethod
    def of(cls, database: "Database") -> Self:
        """Those of a database."""
        store = database.store
        exhibits = {each.id: each for each in database.exhibit_records()}
        runs: list[tuple[int, int]] = store.execute(
            "SELECT runs.id, source_id FROM runs JOIN scans ON scans.id = scan_id"
        )
        scans: list[tuple[int, int]] = store.execute(
            "SELECT source_id, id FROM scans ORDER BY source_id, done, id"
        )
        imports: list[tuple[int, int]] = store.execute("SELECT id, source_id FROM imports")
        settings = _settings(store)
        return cls(
            exhibits=exhibits,
            source_of_run=dict(runs),
            current=dict(scans),
            source_of_import=dict(imports),
            access={
                case: Access(held[ACCESS]) for case, held in settings.items() if ACCESS in held
            },
            contacts={case: held[CONTACT] for case, held in settings.items() if CONTACT in held},
            links_unknown=frozenset(
                case for case, held in settings.items() if held.get(LINK_UNKNOWN) == "yes"
            ),
            marks=Marks.of(store),
        )

    def searched(self, viewer: str) -> int:
        """How many exhibits were scanned or have events, without those that a case may not see."""
        return sum(
            self.access_of(self.exhibits[each].case, viewer) is not Access.HIDDEN
            for each in {*self.current, *self.source_of_import.values()}
        )

    def access_of(self, case: str, viewer: str) -> Access:
        """What a case may learn of another one, by their names; of its own it may learn all."""
        return Access.OPEN if case == viewer else self.access.get(case, Access.OPEN)


def _settings(store: "Store") -> dict[str, dict[str, str]]:
    """What was stated of cases, by their names."""
    names = {
        number: from_text(name) for number, name in store.execute("SELECT id, name FROM cases")
    }
    found: dict[str, dict[str, str]] = {}
    for each in statements.holding(statements.every(store, Topic.CASE)):
        if each.case is not None:
            found.setdefault(names[each.case], {})[each.field] = each.value
    return found
