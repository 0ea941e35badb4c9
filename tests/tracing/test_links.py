"""Links between exhibits and cases: what makes one, what makes none, and what each case may see."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.model import (
    Decoder,
    Digests,
    Hash,
    Item,
    MediaHashes,
    Mode,
    Reading,
    ScanResult,
)
from hashmatch.model.event import Event, EventKind, ImportedUnit, Role
from hashmatch.model.identifier import Identifier
from hashmatch.model.orientation import Orientation
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.asking import who
from hashmatch.tracing.coverage import coverage
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.statistics import statistics
from hashmatch.tracing.timeline import timeline
from hashmatch.tracing.updating import update
from hashmatch.tracing.values import Link, LinkKind
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests, match, video


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def picture(number: int, flipped: int = 0, quality: int = 90) -> MediaHashes:
    """Hashes that follow from a number, with some bits flipped."""
    import hashlib

    readings = []
    for orientation in Orientation:
        seed = bytearray(hashlib.sha256(f"{number} {orientation}".encode()).digest())
        for bit in range(flipped):
            seed[bit // 8] ^= 1 << bit % 8
        readings.append(Reading(Hash("pdq", bytes(seed)), quality, orientation))
    return MediaHashes(
        tuple(readings),
        Mode.FAST,
        width=640,
        height=480,
        format="jpeg",
        decoder=Decoder.TURBO,
    )


def scan(
    database: Database,
    case: str,
    exhibit: str,
    found: Sequence[tuple[int, MediaHashes, int | None]],
) -> int:
    """A scan with pictures: number of the bytes, hashes, and the entry that is matched."""
    source = replace(SOURCE, label=exhibit, path=f"/evidence/{exhibit}")
    with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
        run.record(
            [
                ScanResult(
                    Item(f"/evidence/{exhibit}/{at}.jpg", 9, digests=digests(of), media=media),
                    () if entry is None else (match(entry),),
                )
                for at, (of, media, entry) in enumerate(found)
            ]
        )
        run.finish()
        return run.id


def keys(found: Sequence[Link]) -> list[str]:
    return [each.key for each in found]


def places(link: Link) -> set[tuple[str, str]]:
    return {each.place for each in link.occurrences}


def allow_unknown(database: Database, *cases: str) -> None:
    for case in cases:
        said = [Said("link-unknown", "yes")]
        database.record_statements(Topic.CASE, said, by="A", case=case)


def test_an_entry_links_the_cases_in_which_it_was_seen(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), 5), (2, picture(2), 6)])
    scan(database, "2", "card", [(3, picture(3), 5), (4, picture(4), None)])
    (link,) = links(database)
    assert (link.key, link.known, link.exhibits, link.of) == ("entry:vic/entry-5", True, 2, 2)
    assert places(link) == {("1", "phone"), ("2", "card")}
    assert [each.rows for each in link.occurrences] == [{"sightings": (1,)}, {"sightings": (3,)}]


def test_an_entry_of_a_flat_card_makes_no_link_by_default(database: Database) -> None:
    """Whatever met it, equal bytes too, and whoever enrolled it."""
    for case, details in (("1", {"flat-card": True}), ("2", {"flat-card": True}), ("3", {})):
        source = replace(SOURCE, label=case, path=f"/evidence/{case}")
        with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
            found = [replace(match(5), details=details), match(6)]
            item = Item(f"/evidence/{case}/1.jpg", 9, digests=digests(1), media=picture(1))
            run.record([ScanResult(item, tuple(found))])
            run.finish()
    assert keys(links(database)) == ["entry:vic/entry-6"]
    every = links(database, Question(every=True))
    assert [(each.key, each.why_not) for each in every] == [
        ("entry:vic/entry-6", ""),
        ("entry:vic/entry-5", "its original is a flat card, a logo or a page of text"),
    ]


def test_an_exhibit_scanned_twice_is_one_place(database: Database) -> None:
    found = [(1, picture(1), 5)]
    scan(database, "1", "phone", found)
    source = replace(SOURCE, label="phone", path="/evidence/phone")
    with database.run(case="1", source=source, configuration=CONFIGURATION, rescan=True) as run:
        item = Item("/evidence/phone/0.jpg", 9, digests=digests(1), media=picture(1))
        run.record([ScanResult(item, (match(5),))])
        run.finish()
    assert not links(database)


def test_a_sighting_that_an_unfinished_scan_recorded_again_counts_once(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), 5)])
    source = replace(SOURCE, label="phone", path="/evidence/phone")
    with database.run(case="1", source=source, configuration=CONFIGURATION, rescan=True) as run:
        item = Item("/evidence/phone/0.jpg", 9, digests=digests(1), media=picture(1))
        run.record([ScanResult(item, (match(5),))])
    (seen,) = who(database, "entry:vic/entry-5").occurrences
    (lane,) = timeline(database, "entry:vic/entry-5").lanes
    assert (seen.count, lane.counts) == (1, {"sightings": 1})
    assert statistics(database).total.sightings == len([*database.sightings("1")]) == 1


def test_a_sighting_that_a_later_scan_took_back_links_nothing(database: Database) -> None:
    """The list was corrected: the second scan of the exhibit does not find the entry again."""
    scan(database, "1", "phone", [(1, picture(1), 5)])
    scan(database, "2", "card", [(3, picture(3), 5)])
    assert keys(links(database)) == ["entry:vic/entry-5"]
    source = replace(SOURCE, label="card", path="/evidence/card")
    configuration = replace(CONFIGURATION, replaces=True)
    with database.run(case="2", source=source, configuration=configuration, rescan=True) as run:
        item = Item("/evidence/card/0.jpg", 9, digests=digests(3), media=picture(3))
        run.record([ScanResult(item, ())])
        run.finish()
    assert not links(database)


def test_unknown_items_make_links_only_where_a_case_allows_it(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), None)])
    scan(database, "2", "card", [(2, picture(1, 9), None)])
    scan(database, "3", "disk", [(3, picture(1, 40), None)])
    assert update(database) == 3
    assert not links(database)
    (shown,) = links(database, Question(every=True))
    assert shown.why_not == "unknown items of these cases make no links"
    allow_unknown(database, "1")
    (link,) = links(database)
    assert places(link) == {("1", "phone"), ("2", "card")}
    assert (link.kind, link.known, link.medoid_distance) == (LinkKind.CLUSTER, False, 9)


def test_the_picture_that_stands_for_its_file_is_linked(database: Database) -> None:
    """The first page of a TIFF may be a reduced copy: what is hashed first is the second."""
    pages = [(1, picture(1)), (0, picture(2))]
    readings = [replace(each, frame=number) for number, page in pages for each in page.readings]
    tiff = replace(picture(1), readings=tuple(readings), frames=2)
    scan(database, "1", "phone", [(1, tiff, None)])
    update(database)
    scan(database, "2", "card", [(2, picture(1, 9), None), (3, picture(2), None)])
    scan(database, "3", "disk", [(4, tiff, None)])
    allow_unknown(database, "1")
    update(database)
    (link,) = links(database)
    assert (len(link.occurrences), link.medoid_distance) == (3, 9)


def test_videos_are_linked_by_their_frames(database: Database) -> None:
    film, third = map(detailed, (video(1, 20), video(2)))
    other = replace(film, readings=tuple(map(flipped, film.readings)))
    for case, exhibit, media in (("1", "phone", film), ("2", "card", other), ("3", "pc", third)):
        scan(database, case, exhibit, [(int(case), media, None)])
    allow_unknown(database, "1", "2", "3")
    assert update(database) == 3
    (link,) = links(database)
    assert places(link) == {("1", "phone"), ("2", "card")}
    assert link.medoid_distance == 3


def detailed(film: MediaHashes) -> MediaHashes:
    """The film with frames of enough detail to be compared."""
    return replace(film, readings=tuple(replace(each, quality=90) for each in film.readings))


def flipped(reading: Reading) -> Reading:
    """A reading of which three bits differ."""
    value = bytearray(reading.hash.value)
    value[0] ^= 0b111
    return replace(reading, hash=Hash("pdq", bytes(value)))


def test_pictures_of_little_detail_make_no_links(database: Database) -> None:
    """Even where their bytes are equal."""
    scan(database, "1", "phone", [(1, picture(1, quality=30), None)])
    scan(database, "2", "card", [(1, picture(1, quality=30), None)])
    allow_unknown(database, "1", "2")
    assert update(database) == 2
    assert not links(database, Question(every=True))


def test_what_lies_nearly_everywhere_makes_no_link(database: Database) -> None:
    for number in range(9):
        scan(database, str(number), "phone", [(number, picture(1, number), None)])
    allow_unknown(database, *map(str, range(9)))
    update(database)
    assert not links(database)
    (shown,) = links(database, Question(every=True))
    assert shown.why_not == "in 9 of 9 exhibits: more than 3"
    assert len(links(database, Question(max_sources=9))) == 1


def event(role: Role, number: int, **more: object) -> Event:
    values: dict[str, object] = {
        "kind": EventKind.UPLOAD,
        "role": role,
        "digests": Digests(md5=digests(number).md5),
        "identifiers": (Identifier.of("account", f"user-{role}", "Kik"),),
        "where": role.value,
    }
    return Event(**(values | more))  # type: ignore[arg-type]


def imported(database: Database, case: str, exhibit: str, *events: Event) -> None:
    unit = ImportedUnit(name="tip", format="x", sha256=digests(sum(exhibit.encode())).sha256 or "")
    database.record_import(unit, events, case=case, exhibit=exhibit)


@pytest.mark.parametrize("role", [Role.VICTIM, Role.REPORTER])
def test_victims_and_reporters_are_in_no_link(database: Database, role: Role) -> None:
    scan(database, "1", "phone", [(1, picture(1), 5)])
    update(database)
    imported(database, "2", "tip", event(role, 1), event(role, 1, kind=EventKind.NAMED))
    imported(database, "3", "tip 3", event(role, 1))
    assert not links(database, Question(every=True))
    account = f"account:kik/user-{role.value}"
    assert who(database, account).occurrences == ()
    shown = who(database, account, protected=True).occurrences
    assert {each.role for each in shown} == {role.value}
    found = links(database, Question(protected=True))
    assert {each.role for link in found for each in link.occurrences} <= {role.value, "holder"}
    assert len(found) == 2


def test_an_upload_is_linked_with_the_file_that_lies_elsewhere(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), 5)])
    update(database)
    imported(database, "2", "tip", event(Role.UPLOADER, 1))
    (link,) = links(database)
    assert [(each.place, each.role, each.accounts) for each in link.occurrences] == [
        (("1", "phone"), "holder", ()),
        (("2", "tip"), "uploader", ("kik/user-uploader",)),
    ]


def test_identifiers_link_by_what_they_say(database: Database) -> None:
    database.record_exhibit("1", "phone", {}, [Identifier.of("account", "7", "Kik")], by="A")
    imported(
        database,
        "2",
        "tip",
        Event(
            kind=EventKind.LOGIN,
            role=Role.HOLDER,
            identifiers=(
                Identifier.of("account", "7", "kik"),
                Identifier.of("screen-name", "joe", "kik"),
                Identifier.of("ip", "192.0.2.1"),
            ),
        ),
    )
    imported(
        database,
        "3",
        "other",
        Event(
            kind=EventKind.LOGIN,
            role=Role.HOLDER,
            identifiers=(
                Identifier.of("account", "7", "other service"),
                Identifier.of("screen-name", "joe", "kik"),
                Identifier.of("ip", "192.0.2.1"),
            ),
        ),
    )
    (link,) = links(database)
    assert link.key == "account:kik/7"
    assert places(link) == {("1", "phone"), ("2", "tip")}
    weak = {each.key: each.why_not for each in links(database, Question(every=True))}
    assert weak == {
        "account:kik/7": "",
        "ip:192.0.2.1": "identifies nobody by itself",
        "screen-name:kik/joe": "identifies nobody by itself",
    }


def test_cases_learn_of_others_what_these_allow(database: Database) -> None:
    for case in ("1", "2", "3"):
        scan(database, case, f"phone {case}", [(int(case), picture(int(case)), 5)])
    told = [Said("access", "pointer"), Said("contact", "K 12")]
    database.record_statements(Topic.CASE, told, by="A", case="2")
    database.record_statements(Topic.CASE, [Said("access", "hidden")], by="A", case="3")
    (link,) = links(database, Question(case="1"))
    assert [(each.case, each.exhibit, each.contact) for each in link.occurrences] == [
        ("1", "phone 1", ""),
        ("2", "", "K 12"),
    ]
    assert (link.exhibits, link.of) == (2, 2)
    (own,) = links(database, Question(case="3"))
    assert [each.exhibit for each in own.occurrences] == ["phone 1", "", "phone 3"]
    assert [each.exhibit for each in coverage(database, "1")] == ["phone 1"]


def test_exclusions_and_verdicts_are_on_record_and_hold(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), 5)])
    scan(database, "2", "card", [(3, picture(3), 5)])
    key = "entry:vic/entry-5"
    database.record_statements(Topic.EXCLUSION, [Said("excluded", "yes", key)], by="A", why="w")
    assert not links(database)
    (shown,) = links(database, Question(every=True))
    assert (shown.why_not, shown.statements) == ("excluded", (1,))
    again = [Said("excluded", "yes", key, withdrawn=True)]
    database.record_statements(Topic.EXCLUSION, again, by="B", why="error")
    assert keys(links(database)) == [key]
    database.record_statements(Topic.LINK, [Said("verdict", "not-the-same", key)], by="A")
    assert not links(database)
    database.record_statements(Topic.LINK, [Said("verdict", "same", key)], by="A")
    (link,) = links(database)
    assert (link.verdict, link.statements) == ("same", (4,))
    assert database.verify().problems == ()


def test_a_verdict_on_a_cluster_holds_when_members_come_in(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), None)])
    scan(database, "2", "card", [(2, picture(1, 5), None)])
    allow_unknown(database, "1", "2")
    update(database)
    key = f"sha256:{digests(1).sha256}"
    database.record_statements(Topic.LINK, [Said("verdict", "not-the-same", key)], by="A")
    scan(database, "3", "disk", [(3, picture(1, 3), None)])
    assert update(database) == 1
    assert not links(database)
    (link,) = links(database, Question(every=True))
    assert (len(link.occurrences), link.why_not) == (3, "verdict: not-the-same")


def test_who_had_a_thing_is_answered_with_what_was_searched(database: Database) -> None:
    scan(database, "1", "phone", [(1, picture(1), 5)])
    known = Hash("pdq", bytes(picture(1, 2).readings[0].hash.value))
    for asked in (digests(1).sha256, f"md5:{digests(1).md5}", "entry:vic/entry-5", str(known)):
        answer = who(database, asked or "")
        assert [each.place for each in answer.occurrences] == [("1", "phone")]
        assert [(each.items, [*each.lists]) for each in answer.coverage] == [(1, ["vic"])]
    assert who(database, "00" * 32).occurrences == ()
    for wrong in ("entry:vic/none", "nothing", "imei:12"):
        with pytest.raises(ValueError, match=r"no (digest|IMEI)"):
            who(database, wrong)
