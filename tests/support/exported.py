"""A record to be exported: cases that are open, pointers and hidden, with victims and marks."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hashmatch.exports.writing import write_export
from hashmatch.model import Digests
from hashmatch.model.event import Event, EventKind, ImportedUnit, Role
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import SourceSpec
from hashmatch.sightings.statements import Said, Topic
from tests.support.casework import METADATA
from tests.support.sighting_values import CONFIGURATION, HOSTILE, TIMES, digests, match, result

HIDDEN, POINTER = "secret 9", "pointed 8"
FORMATS = (*("graphml", "nodes-csv", "edges-csv", "timesketch", "case-uco", "stix", "parquet"),)
VICTIM, UPLOADER = "the victim", "=uploader"
AT = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ENTRIES = 6
"""Files with a sighting on each exhibit."""


def recorded(path: Path, *, mark: str = "TLP:AMBER") -> Path:
    """The same six files on four exhibits, and a report."""
    places = (("1", "phone"), ("2", "card"), (POINTER, "disk 8"), (HIDDEN, "disk 9"))
    with Database.open(path) as database:
        for case, exhibit in places:
            source = SourceSpec(exhibit, "folder", f"/evidence/{exhibit}", {"volume": exhibit})
            with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
                found = []
                for number in range(ENTRIES):
                    one = result(1)
                    told = match(
                        number, entry_digests=digests(number), entry_hash="pdq:" + "5a" * 32
                    )
                    name = HOSTILE if not number else f"{case} {number}.jpg"
                    item = replace(
                        one.item, locator=name, digests=digests(number), metadata=METADATA
                    )
                    found.append(replace(one, item=item, matches=(told,)))
                run.record(found, times={each.item.locator: TIMES for each in found})
                run.finish()
        for case, access in ((POINTER, "pointer"), (HIDDEN, "hidden")):
            said = [Said("access", access), Said("contact", f"ask of {access}")]
            database.record_statements(Topic.CASE, said, by="A. Meier", case=case)
        database.mark_case("1", mark, by="A. Meier")
        database.record_handling("list:vic", "own words", by="A. Meier")
        phone = [Identifier.of("imei", "490154203237518")]
        for case, exhibit in places:
            database.record_exhibit(case, exhibit, {"zone": "UTC"}, phone, by="A. Meier")
        unit = ImportedUnit(name="tip.xml", format="csv", sha256="ab" * 32)
        database.record_import(unit, [*_events()], case="1", exhibit="tip")
    return path


def _events() -> list[Event]:
    moment = Moment.of("2026-04-17 10:20:30", kind="uploaded", zone="UTC")
    vague = Moment.of("2026-04-17 10:20:30", kind="uploaded")
    return [
        Event(
            kind=EventKind.UPLOAD,
            role=role,
            where=f"row {number}",
            identifiers=(Identifier.of("account", account, "kik"),),
            service="kik",
            name=f"{number}.jpg",
            digests=Digests(sha256=digests(number).sha256, md5=digests(number).md5),
            moment=time,
            keys=(f"key/{number}",),
        )
        for number, (role, account, time) in enumerate(
            (
                (Role.UPLOADER, UPLOADER, moment),
                (Role.UPLOADER, UPLOADER, vague),
                (Role.VICTIM, VICTIM, moment),
                (Role.HOLDER, "other", None),
            )
        )
    ]


def exported(path: Path, format: str, *, case: str = "", protected: bool = False) -> Path:
    """What is exported of it."""
    out = path.with_name(f"{format} {case} {protected}")
    lost(path, out, format, case=case, protected=protected)
    return out


def lost(
    path: Path, out: Path, format: str, *, case: str = "", protected: bool = False
) -> Counter[str]:
    """The same: what the format could not carry."""
    with Database.open(path, read_only=True) as database:
        return write_export(database, out, format=format, case=case, protected=protected, at=AT)
