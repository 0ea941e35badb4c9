"""Which camera, lens or exposure files name: text of their own, which anyone can have written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hashmatch.model.event import Role
from hashmatch.sightings import rematched
from hashmatch.sightings.encoding import from_text
from hashmatch.tracing.gathering import Near, Seen, Where

if TYPE_CHECKING:
    from hashmatch.sightings.store import Store
    from hashmatch.tracing.places import Places

_NUMBERS: Final = "name IN ('body-serial', 'lens-serial', 'unique-id')"
"""The condition of the index; a statement that has it is answered from there."""


def cameras(store: "Store", places: "Places") -> dict[tuple[str, str], Where]:
    """Each serial number of a camera with its maker, and the exhibits with its pictures."""
    found: dict[tuple[str, str], Where] = {}
    for serial, (make,), place, count, first in _numbered(store, places, "body-serial", "make"):
        key = (make.strip().casefold(), serial.strip().upper())
        found.setdefault(key, {}).setdefault(place, Seen()).add(count, "items", first)
    return found


def lenses(store: "Store", places: "Places") -> dict[tuple[str, str, str], Where]:
    """Each serial number of a lens, with its maker (that of the camera if none is told) and model.

    Makers count the lenses of each model anew.
    """
    found: dict[tuple[str, str, str], Where] = {}
    told = _numbered(store, places, "lens-serial", "lens-make", "make", "lens-model")
    for serial, (maker, make, model), place, count, first in told:
        key = (
            (maker or make).strip().casefold(),
            model.strip().casefold(),
            serial.strip().upper(),
        )
        found.setdefault(key, {}).setdefault(place, Seen()).add(count, "items", first)
    return found


def _numbered(
    store: "Store", places: "Places", number: str, *names: str
) -> Iterator[tuple[str, list[str], tuple[int, str], int, int]]:
    """Each number of a kind, what files say beside it, and how often on which exhibit."""
    source_of = {scan: source for source, scan in places.current.items()}
    beside = ", ".join(
        "(SELECT value FROM metadata_fields AS beside "  # noqa: S608 (our words)
        f"WHERE beside.metadata_id = metadata.id AND beside.name = '{name}')"
        for name in names
    )
    columns = ", ".join(str(at) for at in range(1, len(names) + 3))
    rows = store.rows(
        f"SELECT number.value, items.scan_id, {beside}, count(*), min(items.id) "  # noqa: S608 (our words)
        "FROM metadata_fields AS number CROSS JOIN metadata ON metadata.id = number.metadata_id "
        "CROSS JOIN items ON items.content_id = metadata.content_id "
        f"WHERE number.{_NUMBERS} AND number.name = ? GROUP BY {columns}",
        (number,),
    )
    for value, scan, *told, count, first in rows:
        if scan in source_of:
            place = (source_of[scan], Role.HOLDER.value)
            yield from_text(value), [from_text(each or "") for each in told], place, count, first


@dataclass(slots=True)
class Exposure:
    """Pictures that say that they are of one exposure, or bear a constant of their maker.

    Attributes:
        near: where they were seen.
        serials: of cameras that they name.
        times: at which they say that they were taken.
        models: makers and models that they name.
        contents: their different bytes.
    """

    near: Near = field(default_factory=Near)
    serials: set[str] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    models: set[str] = field(default_factory=set)
    contents: set[bytes] = field(default_factory=set)

    @property
    def why_not(self) -> str:
        """Why they are of no one exposure; empty if they can be."""
        for told, what in (
            (self.serials, "serial numbers of cameras"),
            (self.models, "makes and models"),
            (self.times, "times of capture"),
        ):
            if len(told) > 1:
                return f"a constant of the maker: it occurs with {len(told)} {what}"
        return ""

    @property
    def is_certain(self) -> bool:
        """Whether they also agree in the camera and in the time."""
        return len(self.serials) == len(self.times) == 1


def exposures(store: "Store", places: "Places") -> Iterator[tuple[str, Exposure]]:
    """Each unique id of pictures that files with different bytes have, with what they say."""
    source_of = {scan: source for source, scan in places.current.items()}
    rows = store.rows(
        "SELECT number.value, metadata.id, contents.sha256, items.scan_id, count(*), "  # noqa: S608 (our words)
        f"min(items.id), max({rematched.raised()}), max({rematched.harmless()}) "
        "FROM metadata_fields AS number CROSS JOIN metadata ON metadata.id = number.metadata_id "
        "CROSS JOIN contents ON contents.id = metadata.content_id "
        "CROSS JOIN items ON items.content_id = contents.id "
        f"WHERE number.{_NUMBERS} AND number.name = 'unique-id' AND number.value IN ("
        f"SELECT value FROM metadata_fields WHERE {_NUMBERS} AND name = 'unique-id' "
        "GROUP BY value HAVING count(*) > 1) "
        "GROUP BY number.value, metadata.id, items.scan_id ORDER BY number.value"
    )
    last, found = "", Exposure()
    for value, metadata, sha256, scan, count, first, raised, harmless in rows:
        if scan not in source_of:
            continue
        if value != last:
            if len(found.contents) > 1:
                yield from_text(last), found
            last, found = value, Exposure()
        place = (source_of[scan], Role.HOLDER.value)
        found.near.where.setdefault(place, Seen()).add(count, "items", first)
        found.near.known |= bool(raised)
        found.near.harmless |= bool(harmless)
        found.contents.add(sha256 or b"")
        _take(store, found, metadata)
    if len(found.contents) > 1:
        yield from_text(last), found


def _take(store: "Store", found: Exposure, metadata: int) -> None:
    """Add what a file says beside the id, unless that is enough already."""
    if found.why_not:
        return
    told: dict[str, str] = dict(
        store.execute(
            "SELECT name, value FROM metadata_fields WHERE metadata_id = ? "
            "AND name IN ('body-serial', 'make', 'model', 'captured')",
            (metadata,),
        )
    )
    if serial := told.get("body-serial", "").strip().upper():
        found.serials.add(serial)
    if time := told.get("captured", "").strip():
        found.times.add(time)
    if model := f"{told.get('make', '')} {told.get('model', '')}".strip().casefold():
        found.models.add(model)
