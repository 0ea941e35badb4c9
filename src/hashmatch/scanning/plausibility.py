"""Groups of answers that a worker would give that was taken over to hide files.

Each kind of answer is harmless on its own: evidence holds black pictures, damaged files and
pictures that were saved again. Many of a kind from one worker, far more than the scan was given
until then, are checked by other workers: that costs time, and accuses nobody.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeVar

from hashmatch.scanning.tickets import Ticket

T = TypeVar("T")
R = TypeVar("R")

UNHASHED: Final = "unhashed"
"""What announces itself as a picture or film, without a hash."""
FEATURELESS: Final = "featureless"
"""A hash of a quality with which nothing matches."""
_EQUAL: Final = "equal"
"""A hash that another file has too."""

_FEWEST: Final = 5
"""Answers of a kind in one group: fewer are no pattern."""
_EXCESS: Final = 0.05
_FACTOR: Final = 1.5
"""A kind is conspicuous where its share of a group exceeds that of the answers given before by
this factor, and one answer in twenty beyond: shares of evidence differ from folder to folder."""
CHECKED: Final = 10
"""Answers of a conspicuous kind that are checked, drawn by lot. By the factor, more than a third of
them are false if the rest of the group is as usual: 10 miss that in one case of 57. Where all are
false, as in a scan that had none of the kind, one finds it."""
_REMEMBERED: Final = 200_000
"""Hashes of a scan that are remembered to notice equal ones."""


class Patterns:
    """Counts kinds of answers over a scan, and names those that a worker gave too often."""

    def __init__(self) -> None:
        self._given: Counter[str] = Counter()
        self._total = 0
        self._hashes: set[int] = set()

    def conspicuous(self, tickets: Sequence[Ticket[T, R]]) -> Iterator[list[Ticket[T, R]]]:
        """Answers of each kind that is far more frequent here than in the scan so far.

        Args:
            tickets: all that one worker answered.
        """
        for kind, members in self._kinds(tickets).items():
            usual = self._given[kind] / self._total if self._total else 0.0
            share = len(members) / len(tickets)
            if len(members) >= _FEWEST and share > usual * _FACTOR + _EXCESS:
                yield members

    def note_given(self, tickets: Sequence[Ticket[Any, Any]]) -> None:
        """Count answers whose checks agreed."""
        for kind, members in self._kinds(tickets).items():
            self._given[kind] += len(members)
        self._total += len(tickets)
        if len(self._hashes) > _REMEMBERED:
            self._hashes.clear()
        found = (each.impression.likeness for each in tickets)
        self._hashes.update(hash(each) for each in found if each is not None)

    def _kinds(self, tickets: Sequence[Ticket[T, R]]) -> dict[str, list[Ticket[T, R]]]:
        kinds: dict[str, list[Ticket[T, R]]] = {}
        here = Counter(each.impression.likeness for each in tickets)
        for each in tickets:
            kind, likeness = each.impression.kind, each.impression.likeness
            if kind:
                kinds.setdefault(kind, []).append(each)
            if likeness is not None and (here[likeness] > 1 or hash(likeness) in self._hashes):
                kinds.setdefault(_EQUAL, []).append(each)
        return kinds
