"""What goes on record beside events: notes with their counts, and fields within bounds."""

from collections import Counter
from typing import Final

_MOST_FIELDS: Final = 500
_MOST_TEXT: Final = 1 << 18
"""Fields of one event, and characters of all of them: more is left out, counted."""


class Notes:
    """Notes of one unit, each once with its count; none holds a value.

    Attributes:
        lines: as they read now; the same list while they grow.
    """

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._places: dict[str, int] = {}
        self._counts: Counter[str] = Counter()

    def clear(self) -> None:
        """Begin anew."""
        self.lines.clear()
        self._places.clear()
        self._counts.clear()

    def add(self, note: str) -> None:
        """A note that stands for itself."""
        if note not in self.lines:
            self.lines.append(note)

    def count(self, note: str, number: int = 1) -> None:
        """Count something: the note reads `note: number`."""
        if not number:
            return
        self._counts[note] += number
        line = f"{note}: {self._counts[note]:,}"
        if note in self._places:
            self.lines[self._places[note]] = line
        else:
            self._places[note] = len(self.lines)
            self.lines.append(line)


class Fields(dict[str, str]):
    """Fields of one event, within bounds."""

    def __init__(self, notes: Notes) -> None:
        super().__init__()
        self._notes = notes
        self._size = 0

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name; one that is taken gets a number."""
        if not text:
            return
        self._size += len(name) + len(text)
        if len(self) >= _MOST_FIELDS or self._size > _MOST_TEXT:
            self._notes.count("fields beyond those that one event has, left out")
            return
        number, free = 2, name
        while free in self:
            free = f"{name}[{number}]"
            number += 1
        self[free] = text
