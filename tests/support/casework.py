"""Statements, imports and clusters, for records that have rows in every table."""

from dataclasses import replace
from pathlib import Path

from hashmatch.model import Digests, Hash, Json, Region, ScanResult, Similarity, Tier
from hashmatch.model.event import Event, EventKind, ImportedUnit, QuarantinedRow, Role
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment
from hashmatch.model.region import TURNS
from hashmatch.sightings.clusters import Member
from hashmatch.sightings.database import Database
from hashmatch.sightings.rematch_records import Matched
from hashmatch.sightings.statements import Said, Topic
from tests.support.sighting_values import CONFIGURATION, digests, match

REGION = Region(
    Tier.REGIONS, ((1.0, 2.0), (90.0, 2.0), (90.0, 80.5), (1.0, 80.5)), 80, TURNS, bytes(range(256))
)


def in_part(found: ScanResult) -> ScanResult:
    """A result whose picture has regions, of which one matches where anything does."""
    media = found.item.media
    if media is None or media.is_video:
        return found
    told: dict[str, object] = {
        "tier": Tier.REGIONS,
        "outline": REGION.outline,
        "hypothesis": "all",
        "tried": 16,
    }
    told["similarity"] = Similarity(7, 1.5, -20.0, 0.25)
    regions = REGION, replace(REGION, quality=51, frame=2)
    return ScanResult(
        replace(found.item, media=replace(media, regions=regions)),
        tuple(replace(each, **told) for each in found.matches),  # type: ignore[arg-type]  # as there
    )


METADATA = (("make", "Maker"), ("body-serial", "A 1"))
UNIT = ImportedUnit(
    name="tip.xml", format="cybertipline-xml", sha256="ab" * 32, service="kik", report="7"
)


def event(number: int, **more: object) -> Event:
    """An upload that follows from a number, with a value in every field."""
    values: dict[str, object] = {
        "kind": EventKind.UPLOAD,
        "role": Role.UPLOADER,
        "where": f"row {number}",
        "identifiers": (
            Identifier.of("account", f"user {number}", "Kik"),
            Identifier.of("ip", f"2001:db8::{number:x}"),
        ),
        "counterparts": (Identifier.of("email", f"u{number}@example.org"),),
        "service": "kik",
        "name": f"IMG_{number}.jpg",
        "digests": Digests(md5=f"{number:032x}", sha1=f"{number:040x}", sha256=f"{number:064x}"),
        "hashes": (Hash("pdq", number.to_bytes(32)),),
        "moment": Moment.of(f"2026-04-17 10:20:{number % 60:02}", kind="uploaded", zone="UTC"),
        "port": 1024 + number,
        "proxy": bool(number % 2),
        "thread": f"thread {number}",
        "message": f"message {number}",
        "keys": (f"cybertip/7/file/{number}",),
        "fields": {"unknown": str(number)},
    }
    return Event(**(values | more))  # type: ignore[arg-type]  # as above


def other_laboratory(path: Path) -> Path:
    """A database of another laboratory, of which all is merged before anything else is recorded."""
    with Database.open(path) as database:
        said = [Said("contact", "B. Huber")]
        database.record_statements(Topic.CASE, said, by="B. Huber", case=path.name)
    return path


def add_rematch(database: Database, number: int) -> None:
    """A rematch that finds one of the first items on a list that was not known before."""
    facts: dict[str, Json] = {"tiers": ["whole"], "indexes": {}}
    one = database.rematch(CONFIGURATION, facts)
    one.begin()
    scan = one.scans()[0]
    item = next(one.pages(scan.id))[number]
    known = {"entry_digests": digests(number + 40), "entry_hash": "pdq:" + "5a" * 32}
    found = match(number, list_name="later", entry_id=f"later-{number}", **known)
    found = replace(found, tier=Tier.REGIONS, outline=REGION.outline, hypothesis="all", tried=16)
    ((new,), _) = one.record([(item, [found])])
    assert new == (found,)
    one.finish(scan, sightings=1, matched=Matched(hashed=2), lacking=["x"])


def add_casework(database: Database) -> None:
    """Put rows in every table that people, reports and clusters fill."""
    phone = Identifier.of("imei", "490154203237518")
    database.record_exhibit("1", "exhibit 7", {"kind": "phone"}, [phone], by="A. Meier", why="seen")
    said = [Said("access", "pointer"), Said("contact", "A. Meier")]
    database.record_statements(Topic.CASE, said, by="A. Meier", case="1")
    records: list[Event | QuarantinedRow] = [*map(event, range(1, 9))]
    records.append(QuarantinedRow(where="row 9", reason="it has no time"))
    records.append(QuarantinedRow(where="row 10", reason="it has no account"))
    database.record_import(UNIT, records, ["2 rows"], case="1", exhibit="return 1")
    other = ImportedUnit(name="log.csv", format="csv", sha256="cd" * 32)
    database.record_import(other, [event(20)], case="2", exhibit="return 2")
    count = int(database.store.one("SELECT count(*) FROM pictures"))
    members = [Member(1, 1, 1), Member(2, 1, 2, 9, 2), Member(3, 3, 3, reason="flat")]
    assert count >= len(members)
    database.record_clusters(members, threshold=12)
    for number in range(2):
        add_rematch(database, number)
    order = {"order": "3 Gs 12/26", "why": "not covered", "by": "A. Meier"}
    database.erase(["event:3"], **order)
    database.erase(["event:5", "event:6"], **order)
