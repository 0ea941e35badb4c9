"""Hashes that events tell are compared with what lay on exhibits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.model import Hash, Item, ScanResult
from hashmatch.model.event import Role
from hashmatch.sightings.database import Database
from hashmatch.tracing.asking import who
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.news import of_imports
from hashmatch.tracing.updating import update
from hashmatch.tracing.values import LinkKind
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match
from tests.tracing.test_links import allow_unknown, event, imported, picture, places, scan


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def hashed(number: int, flipped: int, orientation: int = 0) -> Hash:
    """The hash of a picture in one of its orientations, with some further bits flipped."""
    value = bytearray(picture(number).readings[orientation].hash.value)
    for bit in range(flipped):
        value[31 - bit // 8] ^= 1 << bit % 8
    return Hash("pdq", bytes(value))


@pytest.mark.parametrize(
    ("flipped", "orientation", "linked"),
    [(0, 0, {"cluster:1"}), (22, 5, {"cluster:1"}), (23, 0, set())],
)
def test_a_hash_of_an_event_is_linked_with_pictures_near_to_it(
    database: Database, flipped: int, orientation: int, linked: set[str]
) -> None:
    scan(database, "1", "phone", [(1, picture(1), None), (2, picture(2), None)])
    allow_unknown(database, "1")
    update(database)
    told = hashed(1, flipped, orientation)
    imported(database, "2", "tip", event(Role.UPLOADER, 8, hashes=(told,)))
    found = links(database, Question(kinds={LinkKind.CLUSTER}))
    assert {each.key for each in found} == linked
    assert all(places(each) == {("1", "phone"), ("2", "tip")} for each in found)
    assert of_imports(database, 0, case="2", exhibit="tip") == ((1, ("1",)) if linked else (0, ()))
    near = who(database, str(hashed(1, flipped, orientation))).occurrences
    assert {each.role: each.rows for each in near}["uploader"] == {"events": (1,)}


def test_a_hash_of_an_event_is_linked_with_entries_within_the_radius_of_their_list(
    database: Database,
) -> None:
    """That of the entry, not that of the picture on the exhibit."""
    known = hashed(5, 0)
    source = replace(SOURCE, label="phone", path="/evidence/phone")
    for case, good in (("1", False), ("9", True)):
        with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
            seen = match(5 + good, entry_hash=str(known), threshold=20, known_good=good)
            item = Item("x.jpg", 9, digests=digests(1), media=picture(1))
            run.record([ScanResult(item, (seen,))])
            run.finish()
    for number, flipped in enumerate((20, 21, 0, 5), 2):
        role = Role.RECIPIENT if flipped else Role.VICTIM
        told = event(role, number, hashes=(hashed(5, flipped),))
        imported(database, str(number), f"tip {number}", told)
    (link,) = links(database, Question(kinds={LinkKind.ENTRY}, every=True))
    assert link.key == "entry:vic/entry-5"
    assert places(link) == {("1", "phone"), ("2", "tip 2"), ("5", "tip 5")}
    asked = Question(kinds={LinkKind.ENTRY}, protected=True)
    assert ("4", "tip 4") in places(links(database, asked)[0])
    assert [each.place for each in who(database, link.key).occurrences] == [*sorted(places(link))]
    assert of_imports(database, 3, case="5", exhibit="tip 5") == (1, ("1", "2"))
    assert of_imports(database, 1, case="3", exhibit="tip 3") == (0, ())
