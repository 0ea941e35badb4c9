"""Links: what several exhibits, cases or accounts have in common, the rarest first."""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple, overload

from hashmatch.model.identifier import Grade, Identifier, IdentifierKind
from hashmatch.tracing import cameras, events, gathering, judging
from hashmatch.tracing.judging import Audience, Shown
from hashmatch.tracing.places import Places
from hashmatch.tracing.values import Link, LinkKind, Verdict

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.tracing.gathering import Near, Packed, Where

EVERY: Final = frozenset(LinkKind)
_FLAT_CARD: Final = "its original is a flat card, a logo or a page of text"
_RANK: Final = {Grade.STRONG: 0, Grade.WEAK: 1, Grade.NONE: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which links are looked for.

    Attributes:
        case: those of this case alone; what others may know of each other is seen from it.
        kinds: of links.
        max_sources: exhibits in which an unknown item may lie; None for `judging.usual`.
        every: also what makes no link by default, each with the reason.
        protected: also places in which somebody is a victim or a reporter.
        since_import: number of an import: of entries and clusters those alone that later ones name.
        clusters: numbers of those that are looked for; None for all.
    """

    case: str = ""
    kinds: Collection[LinkKind] = EVERY
    max_sources: int | None = None
    every: bool = False
    protected: bool = False
    since_import: int | None = None
    clusters: Collection[int] | None = None


class _Order(NamedTuple):
    """Where a link stands: strong ones first, of these the rarest, what is none at the end."""

    is_none: int
    rank: int
    exhibits: int
    kind: LinkKind
    key: str


class Placed(NamedTuple):
    """A link with the exhibits that it is between.

    Attributes:
        kind: what it is.
        key: which one.
        grade: how much it says.
        exhibits: in how many of all.
        shown: these by their numbers, as far as all is shown of them.
        pointers: those of cases that are pointers.
    """

    kind: LinkKind
    key: str
    grade: Grade
    exhibits: int
    shown: AbstractSet[int]
    pointers: AbstractSet[int]


class _Found(NamedTuple):
    """A link before its value is made."""

    order: _Order
    where: "Where | Packed"
    grade: Grade
    known: bool
    distance: int | None
    verdict: Verdict | None
    why_not: str
    statements: tuple[int, ...]


class Links(Sequence[Link]):
    """The links that were found, in their order.

    Each value is made when it is read, of what the database held when the links were looked for: a
    large record has hundreds of thousands of them, with millions of places.
    """

    def __init__(self, found: Sequence[_Found], audience: Audience, of: int) -> None:
        """Hold what was found; `links` makes it.

        Args:
            found: in their order.
            audience: for whom.
            of: how many exhibits there are.
        """
        self._found = found
        self._audience = audience
        self._of = of

    def __len__(self) -> int:
        return len(self._found)

    @overload
    def __getitem__(self, at: int, /) -> Link: ...
    @overload
    def __getitem__(self, at: slice, /) -> "Links": ...
    def __getitem__(self, at: int | slice, /) -> "Link | Links":
        if isinstance(at, slice):
            return Links(self._found[at], self._audience, self._of)
        found = self._found[at]
        occurrences = self._audience.occurrences(found.where)
        return Link(
            kind=found.order.kind,
            key=found.order.key,
            known=found.known,
            grade=found.grade,
            occurrences=occurrences,
            exhibits=found.order.exhibits,
            of=self._of,
            medoid_distance=found.distance,
            verdict=found.verdict,
            why_not=found.why_not,
            statements=found.statements,
            handling=self._audience.handling(occurrences, found.order.key),
        )

    def placed(self, at: int) -> "Placed":
        """One of them by its exhibits alone: no value is made of what lies there."""
        found = self._found[at]
        shown, pointers = self._audience.parted(found.where)
        return Placed(
            found.order.kind, found.order.key, found.grade, len(shown | pointers), shown, pointers
        )

    @property
    def linking(self) -> int:
        """How many of them link something by default; the others come behind."""
        return bisect_left(self._found, 1, key=lambda each: each.order.is_none)


def links(database: "Database", question: Question | None = None) -> Links:
    """The links of a database: strong ones first, of these the rarest.

    Args:
        database: the record.
        question: which ones; all of all cases by default.
    """
    asked = question or Question()
    with database.snapshot():
        look = _Look(database, asked)
        found = sorted(look.every(), key=attrgetter("order"))
    return Links(found, look.audience, look.of)


class _Look:
    """One look at the record."""

    def __init__(self, database: "Database", asked: Question) -> None:
        self._store = database.store
        self._asked = asked
        self._places = Places.of(database)
        self._spoken = judging.Spoken.of(database)
        self.audience = Audience(self._places, asked.case, protected=asked.protected)
        self.of = self._places.searched(asked.case)
        most = asked.max_sources
        self._most = judging.usual(self.of) if most is None else most
        self._flat_cards = gathering.flat_cards(self._store)
        self._told = 0
        self._told_at: dict[int, set[int]] = {}

    def every(self) -> Iterator[_Found]:
        makers = {
            LinkKind.ENTRY: self._entries,
            LinkKind.CLUSTER: self._clusters,
            LinkKind.IDENTIFIER: self._identifiers,
            LinkKind.CAMERA: self._cameras,
            LinkKind.LENS: self._lenses,
            LinkKind.EXPOSURE: self._exposures,
        }
        for kind, make in makers.items():
            if kind in self._asked.kinds:
                yield from make()

    def _shown(self, where: "Where | Packed") -> Shown | None:
        """Where a thing is shown; None if it is no link, or none of the case that asks."""
        shown = self.audience.shown(where)
        if len(shown.places) <= 1:
            return None
        asker = self._asked.case
        return None if asker and asker not in self.audience.cases(shown) else shown

    def _link(
        self,
        kind: LinkKind,
        keys: list[str],
        where: "Where | Packed",
        shown: Shown,
        *,
        known: bool = False,
        grade: Grade = Grade.STRONG,
        distance: int | None = None,
        why_not: str = "",
    ) -> Iterator[_Found]:
        """The link of a thing, if it is one that was asked for."""
        verdict, rows, excluded = self._spoken.of_keys(keys)
        if excluded:
            why_not = "excluded"
        elif verdict is not None and not why_not and verdict != "same":
            why_not = f"verdict: {verdict.value}"
        if why_not and not self._asked.every:
            return
        order = _Order(int(bool(why_not)), _RANK[grade], len(shown.exhibits), kind, keys[0])
        yield _Found(order, where, grade, known, distance, verdict, why_not, rows)

    def _entries(self) -> Iterator[_Found]:
        told = events.entries(self._store)
        if self._asked.since_import is None:
            for key, scanned in gathering.entries(self._store):
                where: Where | Packed = scanned
                if key in told:
                    where = gathering.joined(
                        gathering.unpacked(scanned, self._places), self._seen(told.pop(key))
                    )
                yield from self._entry(key, where)
        else:
            told = {
                key: told[key]
                for key in events.entries(self._store, since=self._asked.since_import)
            }
        for key, elsewhere in told.items():
            lain = gathering.entry(self._store, self._places, key)
            yield from self._entry(key, gathering.joined(lain, self._seen(elsewhere)))

    def _seen(self, told: "events.Events") -> "Where":
        return events.seen(self._store, self._places, told)

    def _entry(self, key: tuple[str, str], where: "Where | Packed") -> Iterator[_Found]:
        if (shown := self._shown(where)) is None:
            return
        if LinkKind.CLUSTER in self._asked.kinds:
            self._told += 1
            for place in shown.places:
                self._told_at.setdefault(place, set()).add(self._told)
        name = f"entry:{key[0]}/{key[1]}"
        why_not = _FLAT_CARD if key in self._flat_cards else ""
        yield from self._link(LinkKind.ENTRY, [name], where, shown, known=True, why_not=why_not)

    def _clusters(self) -> Iterator[_Found]:
        told = events.clusters(self._store)
        since = self._asked.since_import
        numbers = self._asked.clusters
        if since is not None:
            numbers = events.clusters(self._store, since=since)
        found: dict[int, tuple[Near, Shown]] = {}
        for number, near in gathering.clusters(self._store, self._places, numbers):
            near.where = gathering.joined(near.where, self._seen(told.get(number, {})))
            shown = self._shown(near.where)
            if shown is not None and not (near.known and self._is_told(shown)):
                found[number] = near, shown
        named = gathering.medoids(self._store, [*found])
        for number, (near, shown) in found.items():
            keys = [f"cluster:{number}"]
            if number in named:
                keys.append(f"sha256:{named[number]}")
            yield from self._link(
                LinkKind.CLUSTER,
                keys,
                near.where,
                shown,
                known=near.known,
                distance=near.distance,
                why_not=self._why_not(near, shown),
            )

    def _is_told(self, shown: Shown) -> bool:
        """Whether an entry of a list links the same places already."""
        fewest, *others = sorted((self._told_at.get(each, set()) for each in shown.places), key=len)
        return bool(fewest.intersection(*others))

    def _why_not(self, near: "Near", shown: Shown) -> str:
        """Why pictures make no link; empty if they do."""
        if near.harmless:
            return "a list says that it is harmless"
        if near.flat:
            return "a flat card, a logo, a chart or a page of text"
        if near.known:
            return ""
        if len(shown.exhibits) > self._most:
            return f"in {len(shown.exhibits)} of {self.of} exhibits: more than {self._most}"
        if not self.audience.cases(shown) & self._places.links_unknown:
            return "unknown items of these cases make no links"
        return ""

    def _identifiers(self) -> Iterator[_Found]:
        households: dict[Identifier, Where] = {}
        for (kind, value, service), where in gathering.identifiers(
            self._store, self._places
        ).items():
            one = Identifier(IdentifierKind(kind), value, service)
            if (household := one.household) is not None:
                for place, seen in where.items():
                    households.setdefault(household, {}).setdefault(place, seen)
            yield from self._identifier(one, where, one.grade)
        for household, where in households.items():
            yield from self._identifier(household, where, Grade.WEAK)

    def _identifier(self, one: Identifier, where: "Where", grade: Grade) -> Iterator[_Found]:
        why_not = "" if grade is not Grade.NONE else "identifies nobody by itself"
        if (shown := self._shown(where)) is not None:
            yield from self._link(
                LinkKind.IDENTIFIER, [str(one)], where, shown, grade=grade, why_not=why_not
            )

    def _cameras(self) -> Iterator[_Found]:
        for (make, serial), where in cameras.cameras(self._store, self._places).items():
            grade = Grade.STRONG if make else Grade.WEAK
            yield from self._numbered(LinkKind.CAMERA, f"camera:{make}/{serial}", where, grade)

    def _lenses(self) -> Iterator[_Found]:
        for (*made, serial), where in cameras.lenses(self._store, self._places).items():
            key = f"lens:{'/'.join(filter(None, made))}/{serial}"
            yield from self._numbered(LinkKind.LENS, key, where, Grade.WEAK)

    def _numbered(self, kind: LinkKind, key: str, where: "Where", grade: Grade) -> Iterator[_Found]:
        if (shown := self._shown(where)) is not None:
            yield from self._link(kind, [key], where, shown, grade=grade)

    def _exposures(self) -> Iterator[_Found]:
        for number, found in cameras.exposures(self._store, self._places):
            if (shown := self._shown(found.near.where)) is not None:
                yield from self._link(
                    LinkKind.EXPOSURE,
                    [f"exposure:{number}"],
                    found.near.where,
                    shown,
                    known=found.near.known,
                    grade=Grade.STRONG if found.is_certain else Grade.WEAK,
                    why_not=found.why_not or self._why_not(found.near, shown),
                )
