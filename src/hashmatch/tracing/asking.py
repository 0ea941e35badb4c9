"""One thing asked for: where it was seen, by whom, and what was searched for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hashmatch.model.plain import PlainValue, Shape
from hashmatch.tracing import events, gathering
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.gathering import Seen
from hashmatch.tracing.judging import Audience
from hashmatch.tracing.places import Places
from hashmatch.tracing.rows import (
    COUNTERPART,
    Exhibit,
    Listed,
    Proof,
    Thing,
    of_events,
    proofs,
    understood,
)
from hashmatch.tracing.times import Copy, copies
from hashmatch.tracing.updating import THRESHOLD
from hashmatch.tracing.values import CoveredSource, Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hashmatch.sightings.database import Database
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.gathering import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(PlainValue):
    """Where something was seen.

    Attributes:
        asked: what, in the form in which it was understood: `sha256:…`, `entry:vic/123`.
        occurrences: where; none means no more than `coverage` says.
        coverage: what was searched.
        copies: times of the rows that prove it.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(first={"record": "answer"})

    asked: str
    occurrences: tuple[Occurrence, ...]
    coverage: tuple[CoveredSource, ...]
    copies: tuple[Copy, ...] = ()
    handling: tuple[str, ...] = ()


def who(
    database: "Database",
    thing: str,
    *,
    viewer: str = "",
    protected: bool = False,
    threshold: int = THRESHOLD,
) -> Answer:
    """Where a thing was seen, and in which role somebody had it there.

    Args:
        database: the record.
        thing: a digest (MD5, SHA-1 or SHA-256 in hex), a hash (`pdq:…`), an entry of a list
            (`entry:LIST/ID`, or its id alone), a cluster (`cluster:N`), or an identifier
            (`account:service/id`, `imei:…`, `email:…`, `ip:…`).
        viewer: the case that asks.
        protected: whether victims and reporters are shown too.
        threshold: bits within which a hash is near.

    Raises:
        ValueError: it is none of these.
    """
    store = database.store
    with database.snapshot():
        places = Places.of(database)
        audience = Audience(places, viewer, protected=protected)
        known = understood(store, places, audience, thing)
        if isinstance(known.value, Exhibit):
            msg = f"{known.asked[:80]!a} is an exhibit: `trace timeline` shows what was seen there"
            raise ValueError(msg)  # noqa: TRY004 (what was asked, not its class)
        found = audience.occurrences(_where(store, places, known, threshold))
        return Answer(
            asked=known.asked,
            occurrences=found,
            coverage=tuple(coverage(database, viewer)),
            copies=tuple(copies(store, places, found)),
            handling=audience.handling(found, known.asked),
        )


def _where(store: "Store", places: Places, thing: Thing, threshold: int) -> "Where":
    if isinstance(thing.value, Listed):
        # Sums of an entry are told by an index alone.
        lain = gathering.entry(store, places, thing.value)
        return gathering.joined(lain, _summed(store, of_events(store, places, thing.value)))
    return _summed(store, proofs(store, places, thing, threshold))


def _summed(store: "Store", found: "Iterable[Proof]") -> "Where":
    where: Where = {}
    for each in found:
        # The account of an event is that of the one whose role it tells, not of the other side.
        told = each.table == "events" and each.role != COUNTERPART
        account = events.account_of(store, each.row) if told else ""
        where.setdefault((each.source, each.role), Seen()).add(1, each.table, each.row, account)
    return where
