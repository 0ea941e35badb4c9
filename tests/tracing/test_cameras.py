"""Cameras, lenses and exposures that files name link their exhibits."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hashmatch.model import Item, ScanResult
from hashmatch.sightings.database import Database
from hashmatch.tracing.links import Question, links
from hashmatch.tracing.values import LinkKind
from tests.support.sighting_values import CONFIGURATION, SOURCE, digests
from tests.tracing.test_links import allow_unknown, picture, places


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(tmp_path / "db") as opened:
        yield opened


def described(database: Database, *told: dict[str, str]) -> None:
    """Cases of which each has a picture that says this of itself."""
    for number, fields in enumerate(told, 1):
        source = replace(SOURCE, label=f"card {number}", path=f"/evidence/{number}")
        with database.run(case=str(number), source=source, configuration=CONFIGURATION) as run:
            item = Item("x.jpg", 9, digests=digests(number), media=picture(number))
            run.record([ScanResult(replace(item, metadata=tuple(fields.items())))])
            run.finish()


def test_cameras_link_by_maker_and_serial_number(database: Database) -> None:
    made = [{"make": "Maker", "body-serial": serial} for serial in ("A 1", "a 1", "B 2")]
    described(database, *made, {"make": "Other", "body-serial": "A 1"})
    (link,) = links(database)
    assert (link.kind, link.key, link.grade) == (LinkKind.CAMERA, "camera:maker/A 1", "strong")
    assert places(link) == {("1", "card 1"), ("2", "card 2")}


def test_lenses_link_weakly_by_maker_model_and_serial_number(database: Database) -> None:
    """Makers count the lenses of each model anew."""
    lens = {"make": "Maker", "lens-model": "50mm", "lens-serial": "7"}
    described(database, lens, {**lens, "lens-make": "MAKER"}, {**lens, "lens-model": "85mm"})
    (link,) = links(database)
    assert (link.kind, link.key, link.grade) == (LinkKind.LENS, "lens:maker/50mm/7", "weak")
    assert places(link) == {("1", "card 1"), ("2", "card 2")}


@pytest.mark.parametrize(
    ("changed", "why_not"),
    [
        ({}, ""),
        ({"body-serial": "2"}, "it occurs with 2 serial numbers of cameras"),
        ({"model": "N"}, "it occurs with 2 makes and models"),
        ({"captured": "2026-04-18 10:00:00"}, "it occurs with 2 times of capture"),
    ],
)
def test_a_unique_id_is_of_one_exposure_or_a_constant_of_its_maker(
    database: Database, changed: dict[str, str], why_not: str
) -> None:
    taken = {
        "make": "Maker",
        "model": "M",
        "body-serial": "1",
        "captured": "2026-04-17 10:00:00",
        "unique-id": "F1",
    }
    described(database, taken, {**taken, **changed}, {**taken, "unique-id": "F2"})
    allow_unknown(database, "1")
    asked = Question(kinds={LinkKind.EXPOSURE}, every=True)
    (link,) = links(database, asked)
    told = f"a constant of the maker: {why_not}" if why_not else ""
    assert (link.key, link.why_not) == ("exposure:F1", told)
    assert link.grade == ("weak" if "captured" in changed or "body-serial" in changed else "strong")
    assert places(link) == {("1", "card 1"), ("2", "card 2")}


def test_an_exposure_of_unknown_pictures_links_nothing_by_default(database: Database) -> None:
    described(database, {"unique-id": "F1"}, {"unique-id": "F1"})
    (link,) = links(database, Question(kinds={LinkKind.EXPOSURE}, every=True))
    assert (link.grade, link.why_not) == ("weak", "unknown items of these cases make no links")


def test_equal_bytes_are_no_exposure_of_their_own(database: Database) -> None:
    for case in ("1", "2"):
        source = replace(SOURCE, label=f"card {case}", path=f"/evidence/{case}")
        with database.run(case=case, source=source, configuration=CONFIGURATION) as run:
            item = Item("x.jpg", 9, digests=digests(1), media=picture(1))
            run.record([ScanResult(replace(item, metadata=(("unique-id", "F1"),)))])
            run.finish()
    assert not links(database, Question(kinds={LinkKind.EXPOSURE}, every=True))
