"""What becomes of a thing that was seen in several places: a link, or a reason why it is none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from hashmatch.model.event import Role
from hashmatch.model.handling import strictest
from hashmatch.sightings import statements
from hashmatch.sightings.statements import Topic
from hashmatch.tracing.values import Occurrence, Verdict

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.tracing.gathering import Where
    from hashmatch.tracing.places import Places

VERDICT: Final = "verdict"
EXCLUDED: Final = "excluded"
"""Fields of statements about links and about what makes none."""

PROTECTED: Final = frozenset({Role.VICTIM.value, Role.REPORTER.value})
"""Roles that are in no link unless they are asked for."""

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

    def verdict(self, keys: Iterable[str]) -> tuple[Verdict | None, tuple[int, ...]]:
        """The verdict on the first of these keys that has one, and its row."""
        found = next((self.verdicts[key] for key in keys if key in self.verdicts), None)
        return (None, ()) if found is None else (found[0], (found[1],))


def occurrences(
    where: "Where", places: "Places", *, viewer: str, protected: bool
) -> tuple[tuple[Occurrence, ...], int]:
    """The places of a thing as a case may see them, and in how many exhibits that is.

    Args:
        where: the places on record.
        places: cases and exhibits.
        viewer: the case that asks; empty for none in particular.
        protected: whether victims and reporters are shown too.
    """
    found: list[Occurrence] = []
    exhibits = set()
    pointers = set()
    for (source, role), seen in sorted(where.items()):
        if role in PROTECTED and not protected:
            continue
        exhibit = places.exhibits[source]
        told: Occurrence | None = Occurrence(
            case=exhibit.case,
            exhibit=exhibit.label,
            role=role,
            accounts=tuple(seen.accounts),
            count=seen.count,
            rows={table: tuple(rows) for table, rows in seen.rows.items()},
            handling=places.marks.of_place(exhibit.case, exhibit.label),
        )
        if told is not None and places.access:
            told = places.seen_from(viewer, told)
        if told is None:
            continue
        exhibits.add(source)
        # A case that is a pointer is named once, whatever it has.
        if told.exhibit or told.case not in pointers:
            found.append(told)
        if not told.exhibit:
            pointers.add(told.case)
    return tuple(found), len(exhibits)


def handling(found: Iterable[Occurrence], key: str, places: "Places") -> tuple[str, ...]:
    """How far a thing with its places may be passed on: the strictest mark, and all own words.

    Args:
        found: its places.
        key: which thing it is; the list of an entry has a mark of its own.
        places: with the marks.
    """
    lists = places.marks.lists.items()
    of_list = (mark for name, mark in lists if key.startswith(f"entry:{name}/"))
    return strictest((*(mark for each in found for mark in each.handling), *of_list))


def is_link(found: tuple[Occurrence, ...]) -> bool:
    """Whether there are several places."""
    return len({each.place for each in found}) > 1
