"""A scan that goes on: no file is recorded twice, and no other exhibit is taken for this one."""

import os
import shutil
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import ResumeError
from hashmatch.reports.conditions import conditions
from hashmatch.scanning.binding import run_config
from hashmatch.scanning.engine import iter_scan, matcher_for
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import SourceSpec
from hashmatch.sources.folder import Folder
from tests.support.photos import encoded, photo

NAMES = ("astronaut", "chelsea", "coffee", "rocket", "china", "flower")
AT = 1_700_000_000


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card of six pictures, all of them known."""
    folder = tmp_path / "card"
    (folder / "DCIM").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        path = folder / "DCIM" / f"{number}.png"
        path.write_bytes(encoded(photo(name).resize((96, 64)), "PNG"))
        os.utime(path, (AT, AT + number))
    hashes = [hm.hash_image(path).hash.hex for path in sorted(folder.rglob("*.png"))]
    rows = [f"e{number},{each}" for number, each in enumerate(hashes)]
    (tmp_path / "known.csv").write_text("\n".join(["id,pdq", *rows]))
    return folder


def scan(folder: str | Path, db: Path, *, most: int | None = None, resume: bool = False) -> int:
    """Scan on record, as far as so many results; how many items are on record then."""
    matcher = matcher_for(db.parent / "known.csv")
    source = SourceSpec("A", "folder", str(db.parent / "card"))
    with (
        Database.open(db) as database,
        database.run(
            case="1", source=source, configuration=run_config(matcher), resume=resume
        ) as run,
    ):
        results = iter_scan(Folder(folder), against=matcher, run=run, workers=0)
        list(results if most is None else _first(results, most))
        return run.position


def _first(results: Iterator[hm.ScanResult], most: int) -> Iterator[hm.ScanResult]:
    yield from islice(results, most)


@pytest.fixture
def stopped(card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of a scan of the card that stopped after three files."""
    monkeypatch.setattr("hashmatch.scanning.searching._BATCH", 1)
    assert scan(card, tmp_path / "db", most=3) == 3
    return tmp_path / "db"


def recorded(db: Path) -> list[str]:
    with Database.open(db, read_only=True) as database:
        assert database.verify().passed
        assert len(list(database.sightings("1"))) == len(list(database.items("1")))
        return [each.locator for each in database.items("1")]


@pytest.mark.parametrize("spelled", ["relative", "absolute", "linked", "dotted"])
def test_however_the_folder_is_spelled_no_file_is_recorded_twice(
    card: Path, stopped: Path, monkeypatch: pytest.MonkeyPatch, spelled: str
) -> None:
    monkeypatch.chdir(card.parent)
    Path("link").symlink_to(card)
    paths: dict[str, str | Path] = {
        "relative": "card",
        "absolute": card,
        "linked": "link",
        "dotted": "./card/../card/",
    }
    assert scan(paths[spelled], stopped, resume=True) == 6
    assert recorded(stopped) == [f"DCIM/{number}.png" for number in range(6)]


def test_another_card_at_the_same_path_is_refused(card: Path, stopped: Path) -> None:
    shutil.rmtree(card)
    (card / "DCIM").mkdir(parents=True)
    for number, name in enumerate(reversed(NAMES)):
        (card / "DCIM" / f"{number}.png").write_bytes(encoded(photo(name), "PNG"))
    with pytest.raises(ResumeError, match="3 files that are on record differ") as caught:
        scan(card, stopped, resume=True)
    assert [name for name, *_ in caught.value.differences if "size" in name] == [
        f"DCIM/{number}.png: size" for number in range(3)
    ]
    assert "--rescan" in str(caught.value)
    assert len(recorded(stopped)) == 3


@pytest.mark.parametrize("change", ["touched", "grown", "gone", "renamed"])
def test_a_file_that_changed_is_named(card: Path, stopped: Path, change: str) -> None:
    path = card / "DCIM" / "1.png"
    if change == "touched":
        os.utime(path, (AT, AT + 100))
    elif change == "grown":
        path.write_bytes(path.read_bytes() + b"x")
    elif change == "gone":
        path.unlink()
    else:
        path.rename(card / "DCIM" / "1b.png")
    with pytest.raises(ResumeError, match="1 file that is on record differs") as caught:
        scan(card, stopped, resume=True)
    names = {name.split(":")[0] for name, *_ in caught.value.differences}
    assert names == {"DCIM/1.png"}


def test_files_that_came_later_are_read(card: Path, stopped: Path) -> None:
    (card / "DCIM" / "9.png").write_bytes((card / "DCIM" / "5.png").read_bytes())
    assert scan(card, stopped, resume=True) == 7
    assert recorded(stopped)[-1] == "DCIM/9.png"


def test_a_link_that_leads_elsewhere_later_changes_nothing(card: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(card)
    source = Folder(tmp_path / "link")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path)
    assert [each.within for each in source] == [f"DCIM/{number}.png" for number in range(6)]
    assert {Path(each.path).parent for each in source} == {card / "DCIM"}
    assert next(each.locator for each in source) == str(tmp_path / "link" / "DCIM" / "0.png")


@pytest.fixture
def cut_short(card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An archive on the card, and a database of a scan that stopped in the middle of it."""
    archive = card / os.fsdecode(b"a\xff!.zip")
    with zipfile.ZipFile(archive, "w") as out:
        for path in sorted(card.rglob("*.png")):
            out.write(path, path.name)
            path.unlink()
    os.utime(archive, (AT, AT))
    monkeypatch.setattr("hashmatch.scanning.searching._BATCH", 1)
    assert scan(card, tmp_path / "db", most=3) == 3
    return archive, tmp_path / "db"


def test_an_archive_that_did_not_change_is_read_to_its_end(cut_short: tuple[Path, Path]) -> None:
    archive, db = cut_short
    assert scan(archive.parent, db, resume=True) == 7
    with Database.open(db, read_only=True) as database:
        assert database.verify().passed
        assert len({each.locator for each in database.items("1")}) == 7
        runs = database.case("1").runs
        (run,) = (each for each in runs if "opening" in each.environment)
        assert len(run.environment["opening"]) == 1
        assert "opening" not in conditions(run)


@pytest.mark.parametrize("change", ["other content", "longer", "gone"])
def test_members_of_an_archive_that_changed_are_not_mixed(
    cut_short: tuple[Path, Path], change: str
) -> None:
    archive, db = cut_short
    if change == "gone":
        archive.unlink()
    else:
        archive.write_bytes(archive.read_bytes()[::-1] + b"x" * (change == "longer"))
        os.utime(archive, (AT, AT))
    with pytest.raises(ResumeError, match="1 file that is on record differs"):
        scan(archive.parent, db, resume=True)
