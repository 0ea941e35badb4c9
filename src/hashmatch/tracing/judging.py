"""What becomes of a thing that was seen in several places: a link, or a reason why it is none."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from hashmatch.model.event import Role
from hashmatch.model.handling import strictest
from hashmatch.sightings import statements
from hashmatch.sightings.statements import Topic
from hashmatch.tracing.gathering import unpacked
from hashmatch.tracing.values import Access, Occurrence, Verdict

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.tracing.gathering import Packed, Where
    from hashmatch.tracing.places import Places

VERDICT: Final = "verdict"
EXCLUDED: Final = "excluded"
"""Fields of statements about links and about what makes none."""

PROTECTED: Final = frozenset({Role.VICTIM.value, Role.REPORTER.value})
"""Roles that are in no link unless they are asked for."""

_PLACE: Final = itemgetter(0)
_MOST_SOURCES: Final = 20
_SHARE: Final = 4
_FEWEST: Final = 3


def usual(exhibits: int) -> int:
    """The number of exhibits in which an unknown item may lie and still make a link.

    What lies on more than a quarter of all is a wallpaper, a sticker, a file of an app; never less
    than three, and never more than twenty (the number at which MISP stops to correlate a value).
    """
    return max(_FEWEST, min(_MOST_SOURCES, exhibits // _SHARE))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What people stated of links.

    Attributes:
        verdicts: by the key of a link, with the row.
        excluded: keys of what makes no links, with the row.
    """

    verdicts: Mapping[str, tuple[Verdict, int]] = field(default_factory=dict)
    excluded: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, database: "Database") -> Self:
        """What is on record."""
        links = statements.holding(database.statements(Topic.LINK))
        without = statements.holding(database.statements(Topic.EXCLUSION))
        return cls(
            {each.subject: (Verdict(each.value), each.id) for each in links},
            {each.subject: each.id for each in without},
        )

    def of_keys(self, keys: Iterable[str]) -> tuple[Verdict | None, tuple[int, ...], bool]:
        """What is said of a thing that has several keys.

        Returns:
            the verdict on the first key that has one, the rows that say so, and whether a key is
            excluded.
        """
        if not (self.verdicts or self.excluded):
            return None, (), False
        said = next((self.verdicts[key] for key in keys if key in self.verdicts), None)
        without = next((self.excluded[key] for key in keys if key in self.excluded), None)
        rows = tuple(row for row in (said and said[1], without) if row is not None)
        return said and said[0], rows, without is not None


class Shown(NamedTuple):
    """Where a thing was seen, as far as somebody may know.

    Attributes:
        places: exhibits by their numbers; all those of a case that is a pointer are one.
        exhibits: by their numbers.
    """

    places: AbstractSet[int]
    exhibits: AbstractSet[int]


class Audience:
    """Whom an answer is for: what a case may learn of others, and whether of victims."""

    def __init__(self, places: "Places", viewer: str = "", *, protected: bool = False) -> None:
        """Work out what is shown of each exhibit.

        Args:
            places: cases and exhibits.
            viewer: the case that asks; empty for none in particular.
            protected: whether victims and reporters are shown too.
        """
        self.viewer = viewer
        self._places = places
        self._protected = protected
        self._hidden: set[int] = set()
        self._pointers: dict[int, int] = {}
        self._marks: dict[int, tuple[str, ...]] = {}
        of_case: dict[str, int] = {}
        for number, exhibit in places.exhibits.items():
            access = places.access_of(exhibit.case, viewer)
            if access is Access.HIDDEN:
                self._hidden.add(number)
            elif access is Access.POINTER:
                self._pointers[number] = of_case.setdefault(exhibit.case, number)

    @property
    def hides_cases(self) -> bool:
        """Whether there are exhibits of which nothing is shown."""
        return bool(self._hidden)

    def access(self, exhibit: int, role: str = "") -> Access:
        """How much is shown of an exhibit, by its number, or of what somebody in a role had there.

        Of victims and reporters that is nothing, unless they are asked for.
        """
        if exhibit in self._hidden or (role in PROTECTED and not self._protected):
            return Access.HIDDEN
        return Access.POINTER if exhibit in self._pointers else Access.OPEN

    def shown(self, where: "Where | Packed") -> Shown:
        """Where a thing is shown; no value is made of it."""
        if isinstance(where, dict):
            exhibits = {
                source for source, role in where if self._protected or role not in PROTECTED
            }
        else:
            exhibits = {*map(self._places.source_of_run.__getitem__, where[::3])}
        exhibits -= self._hidden
        if not self._pointers:
            return Shown(exhibits, exhibits)
        return Shown({self._pointers.get(each, each) for each in exhibits}, exhibits)

    def parted(self, where: "Where | Packed") -> tuple[AbstractSet[int], AbstractSet[int]]:
        """Exhibits by their numbers: those of which all is shown, and those of pointers."""
        exhibits = self.shown(where).exhibits
        pointers = exhibits & self._pointers.keys()
        return exhibits - pointers, pointers

    def cases(self, shown: Shown) -> set[str]:
        """The cases of these exhibits."""
        return {self._places.exhibits[each].case for each in shown.exhibits}

    def occurrences(self, where: "Where | Packed") -> tuple[Occurrence, ...]:
        """The places of a thing, as far as they are shown."""
        exhibits = self._places.exhibits
        found: list[Occurrence] = []
        named: set[str] = set()
        told = where if isinstance(where, dict) else unpacked(where, self._places)
        for (source, role), seen in sorted(told.items(), key=_PLACE):
            access = self.access(source, role)
            if access is Access.HIDDEN:
                continue
            exhibit = exhibits[source]
            if access is Access.OPEN:
                found.append(
                    Occurrence(
                        case=exhibit.case,
                        exhibit=exhibit.label,
                        role=role,
                        accounts=tuple(seen.accounts),
                        count=seen.count,
                        rows={table: tuple(rows) for table, rows in seen.rows.items()},
                        handling=self.marks_of(source),
                    )
                )
            # A case that is a pointer is named once, whatever it has.
            elif exhibit.case not in named:
                named.add(exhibit.case)
                found.append(
                    Occurrence(
                        case=exhibit.case,
                        exhibit="",
                        role=role,
                        contact=self._places.contacts.get(exhibit.case, ""),
                        handling=self._places.marks.of_place(exhibit.case),
                    )
                )
        return tuple(found)

    def marks_of(self, exhibit: int) -> tuple[str, ...]:
        """How far what is told of an exhibit may be passed on."""
        if (found := self._marks.get(exhibit)) is None:
            place = self._places.exhibits[exhibit]
            found = self._marks[exhibit] = self._places.marks.of_place(place.case, place.label)
        return found

    def handling(self, found: Iterable[Occurrence], key: str) -> tuple[str, ...]:
        """How far a thing with its places may be passed on: the strictest mark, and all own words.

        Args:
            found: its places.
            key: which thing it is; the list of an entry has a mark of its own.
        """
        marks = {mark for each in found for mark in each.handling}
        lists = self._places.marks.lists.items()
        of_list = (mark for name, mark in lists if key.startswith(f"entry:{name}/"))
        marks.update(of_list)
        return strictest(marks) if marks else ()
