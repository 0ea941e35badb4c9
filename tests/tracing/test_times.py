"""Times of copies keep their kinds, and each is as wide as its words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from hashmatch.cli.app import app
from hashmatch.model import Item, ScanResult
from hashmatch.model.event import Role
from hashmatch.model.moment import Moment
from hashmatch.sightings.database import Database
from hashmatch.tracing.asking import who
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match, picture
from tests.tracing.test_links import event, imported

_NAME = "WhatsApp/IMG-20260417-WA0003.jpg"
_DAY = datetime(2026, 4, 17, tzinfo=UTC)


def test_each_copy_has_times_of_several_kinds(tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        database.record_exhibit("1", "phone", {"zone": "+02:00"}, by="A")
        source = replace(SOURCE, label="phone", path="/evidence/phone")
        with database.run(case="1", source=source, configuration=CONFIGURATION) as run:
            items = [
                Item(name, 9, digests=digests(1), media=picture(1)) for name in (_NAME, "plain.jpg")
            ]
            times = {_NAME: {"modified": "2026-04-18T10:00:00", "other": "long ago"}}
            run.record([ScanResult(each, (match(5),)) for each in items], times=times)
            run.finish()
        at = Moment.of("2026-04-17 12:00:00Z", kind="uploaded")
        named = event(Role.UPLOADER, 1, moment=at, name="signal-2026-04-17-10-20-30.jpg")
        imported(database, "2", "tip", named, event(Role.UPLOADER, 2, moment=at))
        by_bytes, by_entry = who(database, digests(1).md5 or ""), who(database, "entry:vic/entry-5")
    phone, tip = by_bytes.copies
    assert [(each.case, each.exhibit, each.table, each.row) for each in by_bytes.copies] == [
        ("1", "phone", "items", 1),
        ("2", "tip", "events", 1),
    ]
    modified, unclear, in_name = phone.times
    assert (unclear.stated, unclear.earliest.year, unclear.latest.year) == ("long ago", 1, 9999)
    assert (modified.kind, modified.zone) == ("modified", "+02:00")
    assert modified.earliest == _DAY + timedelta(days=1, hours=8)
    assert (in_name.kind, in_name.stated) == ("in-name", "IMG-20260417-WA0003")
    # The day of any zone on Earth: that of the exhibit says nothing of the name.
    assert in_name.earliest == _DAY - timedelta(hours=14)
    assert in_name.latest > _DAY + timedelta(days=1, hours=11)
    assert [(each.kind, each.stated) for each in tip.times] == [
        ("uploaded", "2026-04-17 12:00:00Z"),
        ("in-name", "signal-2026-04-17-10-20-30"),
    ]
    assert [(each.table, each.times) for each in by_entry.copies] == [("sightings", phone.times)]
    shown = CliRunner().invoke(app, ["trace", "who", "vic/entry-5", "--db", str(tmp_path / "db")])
    span = "between 2026-04-16 10:00:00 and 2026-04-18 11:59:59 UTC"
    assert f"    in-name: {span}  (IMG-20260417-WA0003)" in shown.stdout.splitlines()
