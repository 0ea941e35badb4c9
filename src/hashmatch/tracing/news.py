"""What a scan or an import has in common with what was there before: what others should know."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings.encoding import from_text
from hashmatch.tracing import gathering, judging
from hashmatch.tracing.events import clusters, entries
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.places import Places
from hashmatch.tracing.values import LinkKind, Occurrence, Verdict
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hashmatch.sightings.database import Database
    from hashmatch.tracing.gathering import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class News(PlainValue):
    """Something that came on record, and had been seen in another exhibit before.

    Attributes:
        kind: what it is.
        key: which one.
        now: where it came on record.
        before: where it had been seen.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "news"})

    kind: LinkKind
    key: str
    now: tuple[Occurrence, ...]
    before: tuple[Occurrence, ...]
    handling: tuple[str, ...] = ()


def news(
    database: "Database", since: int, *, until: int | None = None, viewer: str = ""
) -> list[News]:
    """What runs behind this one have in common with what others had before: entries, clusters.

    What makes no link by default is no news. Pictures are news once they are clustered.

    Args:
        database: the record.
        since: number of a run; later ones are new.
        until: number of the last one that is new; by default all later ones are.
        viewer: the case that asks.
    """
    with database.snapshot():
        places = Places.of(database)
        last = max(places.source_of_run, default=0) if until is None else until
        new = {run for run in places.source_of_run if since < run <= last}
        if not new:
            return []
        audience = judging.Audience(places, viewer)
        found = [*_of_entries(database, audience, places, new)]
        told = [{at.place for at in (*each.now, *each.before)} for each in found]
        for each, known in _of_clusters(database, audience, places, new):
            # Of what a list knows, its entry is told already.
            at = {one.place for one in (*each.now, *each.before)}
            if not (known and any(at <= those for those in told)):
                found.append(each)
    return found


def _of_entries(
    database: "Database", audience: judging.Audience, places: Places, new: set[int]
) -> "Iterator[News]":
    spoken = judging.Spoken.of(database)
    for (name, entry), now, before in _both(database, places, new):
        key = f"entry:{name}/{entry}"
        verdict, _, excluded = spoken.of_keys([key])
        if excluded or verdict not in (None, Verdict.SAME):
            continue
        if gathering.is_flat_card(database.store, (name, entry)):
            continue
        told = audience.occurrences(now), audience.occurrences(before)
        if all(told):
            yield News(
                kind=LinkKind.ENTRY,
                key=key,
                now=told[0],
                before=told[1],
                handling=audience.handling((*told[0], *told[1]), key),
            )


def _of_clusters(
    database: "Database", audience: judging.Audience, places: Places, new: set[int]
) -> "Iterator[tuple[News, bool]]":
    """Clusters whose members came with new runs, and whether a list knows one."""
    runs = gathering.runs_of_clusters(database.store, min(new), max(new))
    asked = Question(case=audience.viewer, kinds={LinkKind.CLUSTER}, clusters=runs)
    for link in links(database, asked):
        here: set[tuple[str, str]] = set()
        later: set[tuple[str, str]] = set()
        for run in runs[int(link.key.partition(":")[2])]:
            exhibit = places.exhibits[places.source_of_run[run]]
            at = {(exhibit.case, exhibit.label), (exhibit.case, "")}
            if run in new:
                here |= at
            elif run > max(new):
                later |= at
        now = tuple(each for each in link.occurrences if each.place in here)
        before = tuple(each for each in link.occurrences if each.place not in here | later)
        if now and before:
            told = News(
                kind=LinkKind.CLUSTER,
                key=link.key,
                now=now,
                before=before,
                handling=audience.handling((*now, *before), link.key),
            )
            yield told, link.known


def of_imports(
    database: "Database", since: int, *, case: str, exhibit: str
) -> tuple[int, tuple[str, ...]]:
    """How many items of imports had been seen in other exhibits before, and in which cases.

    Entries and pictures are compared, by digest and by hash, as `links` links them: pictures that
    are in no cluster yet are not.

    Args:
        database: the record.
        since: number of an import; later ones are new.
        case: of the imports, which asks.
        exhibit: of the imports.
    """
    with database.snapshot():
        told = {
            **{f"entry:{a}/{b}": of for (a, b), of in entries(database.store, since=since).items()},
            **{f"cluster:{n}": of for n, of in clusters(database.store, since=since).items()},
        }
        if not told:
            return 0, ()
        items: set[int] = set()
        cases: set[str] = set()
        asked = [
            Question(case=case, kinds={kind}, since_import=since)
            for kind in (LinkKind.ENTRY, LinkKind.CLUSTER)
        ]
        for each in chain.from_iterable(links(database, one) for one in asked):
            items |= {n for n, of in told[each.key].items() if of.role not in judging.PROTECTED}
            cases.update(at.case for at in each.occurrences if at.place != (case, exhibit))
    return len(items), tuple(sorted(cases))


def _both(
    database: "Database", places: Places, new: set[int]
) -> "list[tuple[tuple[str, str], Where, Where]]":
    """Entries with their places in new runs, and those in earlier ones, of other exhibits."""
    store = database.store
    found = []
    seen: list[tuple[str, str]] = store.execute(
        "SELECT DISTINCT sightings.list, sightings.entry FROM items "
        "JOIN sightings ON sightings.item_id = items.id "
        "WHERE items.scan_id IN (SELECT scan_id FROM runs WHERE id BETWEEN ? AND ?) "
        "AND sightings.run_id BETWEEN ? AND ? AND NOT (sightings.known_good OR suppressed)",
        2 * (min(new, default=0), max(new, default=0)),
    )
    for name, entry in seen:
        now: Where = {}
        before: Where = {}
        rows = store.execute(
            "SELECT run_id, count(*), min(id) FROM sightings WHERE entry = ? AND list = ? "
            "AND NOT (known_good OR suppressed) GROUP BY run_id",
            (entry, name),
        )
        fresh = {places.source_of_run[run] for run, _, _ in rows if run in new}
        for run, count, first in rows:
            source = places.source_of_run[run]
            side = now if run in new else before
            if run in new or (source not in fresh and run < min(new)):
                at = side.setdefault((source, "holder"), gathering.Seen())
                at.add(count, "sightings", first)
        if now and before:
            found.append(((from_text(name), from_text(entry)), now, before))
    return found


def seen_before(count: int, cases: Collection[str], what: str) -> str:
    """One line for the end of a scan or an import: how much of it others had; empty if nothing.

    Args:
        count: how many.
        cases: in which they were seen.
        what: they are, in the singular.
    """
    if not count:
        return ""
    named = sorted(cases)
    shown = ", ".join(named[:5]) + (f" and {len(named) - 5} others" if len(named) > 5 else "")  # noqa: PLR2004
    were = "was" if count == 1 else "were"
    where = "case" if len(named) == 1 else "cases"
    return f"{number_of(count, what)} {were} seen before, in {where} {shown}"
