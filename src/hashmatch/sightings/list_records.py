"""What the record says of a hash list as it was used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hashmatch.coverage import ListCoverage
from hashmatch.model import Json
from hashmatch.model.plain import PlainValue, by_fields

KNOWN_GOOD_ENTRIES: Final = "known_good_entries"
COVERAGE: Final = "coverage"
HANDLING: Final = "handling"
"""Names under which the database keeps these of a `ListRecord`, beside the policy."""


@dataclass(frozen=True, slots=True, repr=False)
class ListRecord(PlainValue):
    """A hash list as it was when a run used it.

    Attributes:
        name: what matches call it.
        sha256: of the publisher's files that it consisted of, the oldest first.
        version: what the publisher calls it; empty where it does not say.
        entries: how many were in force.
        known_good: whether the operator said that its entries are harmless.
        policy: all that the operator said of it, by list and by category.
        known_good_entries: how many of the entries counted as harmless, whoever says so; None
            where an older version did not record it.
        coverage: what of it could match; None where an older version did not record it.
        handling: how far it may be passed on, as its index had it marked; empty if it had not.
    """

    name: str
    sha256: tuple[str, ...]
    version: str = ""
    entries: int = 0
    known_good: bool = False
    policy: Mapping[str, Json] = field(default_factory=dict)
    known_good_entries: int | None = None
    coverage: ListCoverage | None = None
    handling: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The list; without a mark where it has none."""
        found = by_fields(self)
        return {key: value for key, value in found.items() if value or key != HANDLING}
