"""Which copy of a picture or video is likely nearest to the source: a hypothesis with reasons."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hashmatch.model.orientation import Orientation
from hashmatch.tracing import copies as gathered
from hashmatch.tracing import weighing
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.judging import Audience
from hashmatch.tracing.lineage import Origin
from hashmatch.tracing.nearness import compare
from hashmatch.tracing.places import Places
from hashmatch.tracing.rows import Cluster, Digest, Listed, Thing, understood
from hashmatch.tracing.values import CoveredSource

if TYPE_CHECKING:
    from hashmatch.sightings.database import Database


def origin(
    database: "Database",
    thing: str,
    *,
    viewer: str = "",
    protected: bool = False,
    covered: Sequence[CoveredSource] | None = None,
) -> Origin:
    """Which copy of a thing is likely nearest to the source, and which was made from which.

    Equal bytes are one copy in several places. What other cases do not show is not compared.

    Args:
        database: the record.
        thing: a cluster (`cluster:12`), an entry of a list (`entry:LIST/ID`), or a
            digest (`sha256:…`) for all copies in the same cluster, or met by the same entry.
        viewer: the case that asks.
        protected: whether victims and reporters are shown too, among places.
        covered: what `coverage` gives, where it was asked for already.

    Raises:
        ValueError: it is none of these, or not on record.
    """
    with database.snapshot():
        store = database.store
        places = Places.of(database)
        audience = Audience(places, viewer, protected=protected)
        asked = understood(store, places, audience, thing)
        look = gathered.Look(store, places, audience)
        found = gathered.gather(look, _parts(look, asked))
        near = compare(store, found.pictures)
        copies = tuple(
            replace(each, turned=Orientation(max(int(near.turns[0, at]), 1)).label)
            for at, each in enumerate(found.copies)
        )
        ranked = weighing.candidates(copies, near) if copies else []
        descents = weighing.descents(copies, near) if copies else []
        lone = tuple(each.child for each in descents if each.told and each.parent is None)
        places_of = [place for each in copies for place in each.occurrences]
        return Origin(
            asked=asked.asked,
            copies=copies,
            told=len(copies) > 1 and ranked[0].confidence >= weighing.ENOUGH,
            candidates=tuple(ranked),
            descents=tuple(descents),
            siblings=lone if len(lone) > 1 else (),
            left_out=found.left_out,
            elsewhere=found.elsewhere,
            coverage=tuple(coverage(database, viewer) if covered is None else covered),
            handling=audience.handling([*places_of, *found.elsewhere], asked.asked),
        )


def _parts(look: gathered.Look, thing: Thing) -> dict[int, str]:
    """Pictures and videos that a thing stands for, with how much of it they show.

    Raises:
        ValueError: it stands for no copies of one picture.
    """
    if isinstance(thing.value, Cluster):
        return dict.fromkeys(gathered.of_cluster(look.store, thing.value.number), "")
    if isinstance(thing.value, Digest):
        return gathered.of_digest(look, thing.value)
    if isinstance(thing.value, Listed):
        return gathered.of_entry(look.store, thing.value)
    msg = f"{thing.asked[:80]!a} is neither cluster:N nor entry:LIST/ID nor a digest"
    raise ValueError(msg)
