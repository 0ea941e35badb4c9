"""What is imported wholly or not at all."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from hashmatch.intake.noting import Notes
from hashmatch.model.event import Event, ImportedUnit, QuarantinedRow

Record: TypeAlias = Event | QuarantinedRow


class Unit:
    """A report, a table or a return, whose records are read when they are asked for.

    Attributes:
        header: what it is, with the digest of its bytes.
        notes: what was mended, left out or not understood; filled while records are read, and
            whole after the last one.
    """

    def __init__(
        self,
        header: ImportedUnit,
        read: Callable[[Notes], Iterator[Record]],
        notes: Sequence[str] = (),
    ) -> None:
        self.header = header
        self._read = read
        self._before = tuple(notes)
        self._notes = Notes()
        self.notes = self._notes.lines
        self.notes += self._before

    def note(self, notes: Sequence[str]) -> None:
        """Add notes of what it lies in."""
        self._before += tuple(notes)
        self.notes += notes

    def records(self) -> Iterator[Record]:
        """Its events and what of it was quarantined, in the order of the source.

        Raises:
            IntakeError: what is read now cannot be understood; nothing of the unit counts.
            OSError: it cannot be read.
        """
        self._notes.clear()
        self.notes += self._before
        yield from self._read(self._notes)

    def __repr__(self) -> str:
        return f"<Unit {self.header.format} {self.header.name}>"
