"""Links: what several exhibits, cases or accounts have in common, the rarest first."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hashmatch.model.identifier import Grade, Identifier, IdentifierKind
from hashmatch.tracing import gathering, judging
from hashmatch.tracing.places import Places
from hashmatch.tracing.values import Link, LinkKind

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database
    from hashmatch.tracing.gathering import Near, Where

EVERY: Final = frozenset(LinkKind)
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
    """

    case: str = ""
    kinds: Collection[LinkKind] = EVERY
    max_sources: int | None = None
    every: bool = False
    protected: bool = False


def links(database: "Database", question: Question | None = None) -> list[Link]:
    """The links of a database: strong ones first, of these the rarest.

    Args:
        database: the record.
        question: which ones; all of all cases by default.
    """
    asked = question or Question()
    with database.snapshot():
        found = [*_Links(database, asked).every()]
    return sorted(
        found,
        key=lambda link: (
            bool(link.why_not),
            _RANK[link.grade],
            link.exhibits,
            link.kind,
            link.key,
        ),
    )


class _Links:
    """One look at the record."""

    def __init__(self, database: "Database", asked: Question) -> None:
        self._store = database.store
        self._asked = asked
        self._places = Places.of(database)
        self._spoken = judging.Spoken.of(database)
        self._of = self._places.searched(asked.case)
        most = asked.max_sources
        self._most = judging.usual(self._of) if most is None else most
        self._of_entries: set[frozenset[tuple[str, str]]] = set()

    def every(self) -> Iterator[Link]:
        makers = {
            LinkKind.ENTRY: self._entries,
            LinkKind.CLUSTER: self._clusters,
            LinkKind.IDENTIFIER: self._identifiers,
            LinkKind.CAMERA: self._cameras,
        }
        for kind, make in makers.items():
            if kind in self._asked.kinds:
                yield from make()

    def _link(
        self,
        kind: LinkKind,
        keys: list[str],
        where: "Where",
        *,
        known: bool = False,
        grade: Grade = Grade.STRONG,
        distance: int | None = None,
        why_not: str = "",
    ) -> Iterator[Link]:
        """The link of a thing, if it is one that was asked for."""
        asked = self._asked
        found, exhibits = judging.occurrences(
            where, self._places, viewer=asked.case, protected=asked.protected
        )
        if not judging.is_link(found):
            return
        if asked.case and asked.case not in {each.case for each in found}:
            return
        if kind is LinkKind.ENTRY:
            self._of_entries.add(frozenset(each.place for each in found))
        verdict, rows = self._spoken.verdict(keys)
        excluded = next((each for each in keys if each in self._spoken.excluded), None)
        if excluded is not None:
            why_not = "excluded"
            rows = (*rows, self._spoken.excluded[excluded])
        elif verdict is not None and not why_not and verdict != "same":
            why_not = f"verdict: {verdict.value}"
        if why_not and not asked.every:
            return
        yield Link(
            kind=kind,
            key=keys[0],
            known=known,
            grade=grade,
            occurrences=found,
            exhibits=exhibits,
            of=self._of,
            medoid_distance=distance,
            verdict=verdict,
            why_not=why_not,
            statements=rows,
            handling=judging.handling(found, keys[0], self._places),
        )

    def _entries(self) -> Iterator[Link]:
        events = gathering.event_entries(self._store, self._places)
        for key, told in gathering.entries(self._store, self._places):
            where = gathering.unpacked(told)
            if key in events:
                where = gathering.joined(where, events.pop(key))
            yield from self._entry(key, where)
        for key, elsewhere in events.items():
            lain = gathering.entry(self._store, self._places, key)
            yield from self._entry(key, gathering.joined(lain, elsewhere))

    def _entry(self, key: tuple[str, str], where: "Where") -> Iterator[Link]:
        if len(where) > 1:
            yield from self._link(LinkKind.ENTRY, [f"entry:{key[0]}/{key[1]}"], where, known=True)

    def _clusters(self) -> Iterator[Link]:
        events = gathering.event_clusters(self._store, self._places)
        found: dict[int, Near] = {}
        for number, near in gathering.clusters(self._store, self._places):
            near.where = gathering.joined(near.where, events.get(number, {}))
            if len(near.where) > 1:
                found[number] = near
        named = gathering.medoids(self._store, [*found])
        for number, near in found.items():
            keys = [f"cluster:{number}"]
            if number in named:
                keys.append(f"sha256:{named[number]}")
            found_links = self._link(
                LinkKind.CLUSTER,
                keys,
                near.where,
                known=near.known,
                distance=near.distance,
                why_not=self._why_not(near),
            )
            for link in found_links:
                if not (near.known and self._is_told(link)):
                    yield link

    def _is_told(self, link: Link) -> bool:
        """Whether an entry of a list links the same places already."""
        places = {each.place for each in link.occurrences}
        return any(places <= of_entry for of_entry in self._of_entries)

    def _why_not(self, near: "Near") -> str:
        """Why a cluster makes no link; empty if it does."""
        if near.harmless:
            return "a list says that it is harmless"
        if near.known:
            return ""
        exhibits = {source for source, _ in near.where}
        if len(exhibits) > self._most:
            return f"in {len(exhibits)} of {self._of} exhibits: more than {self._most}"
        cases = {self._places.exhibits[each].case for each in exhibits}
        if len(exhibits) > 1 and not cases & self._places.links_unknown:
            return "unknown items of these cases make no links"
        return ""

    def _identifiers(self) -> Iterator[Link]:
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

    def _identifier(self, one: Identifier, where: "Where", grade: Grade) -> Iterator[Link]:
        why_not = "" if grade is not Grade.NONE else "identifies nobody by itself"
        if len(where) > 1:
            yield from self._link(
                LinkKind.IDENTIFIER, [str(one)], where, grade=grade, why_not=why_not
            )

    def _cameras(self) -> Iterator[Link]:
        for (make, serial), where in gathering.cameras(self._store, self._places).items():
            if len(where) > 1:
                grade = Grade.STRONG if make else Grade.WEAK
                yield from self._link(
                    LinkKind.CAMERA, [f"camera:{make}/{serial}"], where, grade=grade
                )
