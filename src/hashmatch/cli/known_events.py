"""Events of an import against hash lists, where `--against` names some."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.options import matcher_of
from hashmatch.cli.output import note
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.intake import Unit
    from hashmatch.model.event import Event, QuarantinedRow

EventsAgainstOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--against",
        metavar="KNOWN",
        envvar="HASHMATCH_INDEX",
        help="Index, or file of a hash list, with which the events are matched; repeat for "
        "several.",
    ),
]


class KnownEvents:
    """What of the events of units is known; nothing without lists."""

    def __init__(self, against: list[Path] | None) -> None:
        """Open the lists, and say what of them is searched.

        Args:
            against: indexes and files of hash lists.
        """
        from hashmatch.cli.covering import note_coverage, note_handling
        from hashmatch.matching.events import EventMatching

        self._matching: EventMatching | None = None
        self._units = 0
        if against:
            self._matcher = matcher_of(against, "default", None, None, prove=True)
            note_coverage(self._matcher.coverage)
            note_handling(self._matcher.lists)
            self._matching = EventMatching(self._matcher)

    def of(self, unit: "Unit") -> "tuple[Iterable[Event | QuarantinedRow], Iterable[str]]":
        """The records of a unit, with the entries that they match, and the notes of it."""
        if self._matching is None:
            return unit.records(), unit.notes
        self._units += 1
        return self._matching.of(unit.records()), _both(unit.notes, self._matching.notes())

    @property
    def matched(self) -> int:
        """How many events match an entry."""
        return self._matching.matched if self._matching else 0

    def lacks_something(self) -> bool:
        """Whether something of the lists or of the events was not matched; says so of units."""
        from hashmatch.cli.covering import lacks_something

        if self._matching is None:
            return False
        if before := self._units - self._matching.units:
            note(f"WARNING: {number_of(before, 'unit')} on record already: not matched again")
        return bool(before or self._matching.unsearched) or lacks_something(self._matcher)


def _both(notes: Iterable[str], further: Iterable[str]) -> Iterable[str]:
    """Notes of a unit and of its matches, read when all records were."""
    yield from notes
    yield from further
