"""Which pictures are near to each other, on record: each with its distance to one medoid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hashmatch.errors import DatabaseBusyError
from hashmatch.sightings import audit
from hashmatch.sightings.actions import Action
from hashmatch.sightings.erasures import last_number
from hashmatch.sightings.rows import CLUSTER_MEMBERS, Unit, seal, write
from hashmatch.sightings.store import Store

_AT_ONCE: Final = 10_000
"""Rows that one audit row proves."""


@dataclass(frozen=True, slots=True)
class Member:
    """A picture in a cluster.

    Attributes:
        id: of its row.
        cluster: the id of the medoid, which names the cluster: its own id where it is the medoid.
        picture: id of the picture or video.
        distance: to the medoid, in bits.
        orientation: in which it is that near, 1 to 8.
        reason: why it makes no links, in a word; empty if it does.
    """

    id: int
    cluster: int
    picture: int
    distance: int = 0
    orientation: int = 1
    reason: str = ""


def last(store: Store) -> int:
    """The number of the last member on record."""
    return last_number(store, "cluster_members")


def lost(store: Store) -> list[int]:
    """Pictures and videos that are in no cluster any more, as its medoid was erased."""
    if not store.one("SELECT 1 FROM erased WHERE kind = 'cluster_members'"):
        return []
    rows = store.execute(
        "SELECT id FROM pictures WHERE id <= (SELECT max(picture_id) FROM cluster_members) "
        "AND NOT EXISTS (SELECT 1 FROM cluster_members WHERE picture_id = pictures.id)"
    )
    return [number for (number,) in rows]


def record(store: Store, members: Sequence[Member], *, threshold: int) -> None:
    """Put members on record, behind those that are there: all of them, or none.

    Raises:
        DatabaseBusyError: their numbers do not follow, as another process clustered meanwhile.
        DatabaseError: it cannot be written.
    """
    with store.transaction():
        if members and members[0].id != last(store) + 1:
            msg = f"{store.path}: another process clustered meanwhile; run the command again"
            raise DatabaseBusyError(msg)
        at = audit.now()
        for first in range(0, len(members), _AT_ONCE):
            units = [
                Unit(
                    (
                        *(each.id, each.cluster, each.picture, each.distance),
                        *(each.orientation, threshold, each.reason),
                    )
                )
                for each in members[first : first + _AT_ONCE]
            ]
            write(store, CLUSTER_MEMBERS, units)
            told = {CLUSTER_MEMBERS.table: {"first": units[0].row[0], **seal(units)}}
            audit.append(store, Action.CLUSTERING, {"threshold": threshold, "units": told}, at=at)
