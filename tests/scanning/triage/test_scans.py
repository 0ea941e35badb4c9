"""Scans in the order of a triage: what is on record in the end is what any scan records."""

import shutil
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.scanning.engine import iter_scan, matcher_for
from hashmatch.scanning.recorded import recorded_run
from hashmatch.scanning.triage.triage import Triage
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.sources.folder import Folder
from hashmatch.tracing.coverage import coverage
from tests.support.clips import clip
from tests.support.disk_volumes import volume
from tests.support.photos import encoded, photo
from tests.support.program import run as program


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phone") / "evidence"
    picture = photo("coffee")
    for number in range(6):
        for place in ("Windows/Web", "DCIM", "Download"):
            path = folder / place / f"{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            left = 7 * number + len(place)
            path.write_bytes(encoded(picture.crop((left, left, left + 200, left + 150)), "JPEG"))
    (folder / "Windows" / "again.jpg").hardlink_to(folder / "DCIM" / "0.jpg")
    (folder / "Movies").mkdir()
    for number in range(3):
        data = clip(seconds=4, first=3 * number, gop=100)
        (folder / "Movies" / f"{number}.mp4").write_bytes(data)
    digests = [hm.hash_item(folder / "Download" / f"{number}.jpg").digests.md5 for number in (1, 4)]
    shown = hm.hash_video(folder / "Movies" / "2.mp4").readings[0].hash.hex
    lines = [f"a{number},{each}," for number, each in enumerate(digests)]
    (folder.parent / "known.csv").write_text("\n".join(["id,md5,pdq", *lines, f"v,,{shown}\n"]))
    return folder


def scan(phone: Path, db: Path, *, workers: int = 1, **how: object) -> list[hm.ScanResult]:
    """What a scan gives; in the order of a triage where a share or None for all is named."""
    matcher = matcher_for(phone.parent / "known.csv")
    source = Folder(phone)
    with (
        Database.open(db) as database,
        recorded_run(
            database, matcher, source, case="1", path=phone, resume=bool(how.get("resume"))
        ) as run,
    ):
        triage = Triage(run.taught(), share=how["share"]) if "share" in how else None  # type: ignore[arg-type]
        results = iter_scan(source, against=matcher, run=run, workers=workers, triage=triage)
        return list(results)


def on_record(db: Path) -> dict[str, tuple[str | None, int]]:
    """Digest and number of sightings of every item on record, which is proved."""
    with Database.open(db, read_only=True) as database:
        assert database.verify().passed
        met = Counter(each.item.locator for each in database.sightings("1"))
        items = {
            each.locator: (each.digests.sha256, met[each.locator]) for each in database.items("1")
        }
        assert len(items) == len(list(database.items("1")))
        return items


@pytest.mark.parametrize("workers", [0, 1])
def test_a_triage_and_what_goes_on_from_it_record_what_a_scan_records(
    phone: Path, tmp_path: Path, workers: int
) -> None:
    begun = scan(phone, tmp_path / "triage", workers=workers, share=0.7)
    rest = scan(phone, tmp_path / "triage", workers=workers, resume=True)
    assert Counter(each.item.locator for each in [*begun, *rest]).most_common(1)[0][1] == 1
    scan(phone, tmp_path / "plain", workers=0)
    assert on_record(tmp_path / "triage") == on_record(tmp_path / "plain")
    assert {Path(each.item.locator).parent.name for each in rest} == {"Web"}
    # All that matched, the film by its keyframes, lies in likely places.
    assert not any(each.matches for each in rest)


def test_the_record_says_what_was_not_read(phone: Path, tmp_path: Path) -> None:
    begun = scan(phone, tmp_path / "db", share=0.7)
    with Database.open(tmp_path / "db", read_only=True) as database:
        (run,) = database.case("1").runs
        (covered,) = coverage(database)
    (order,), (unread,) = run.environment["triage"], run.environment["unread"]
    files = sum(order["files"].values())  # type: ignore[union-attr,arg-type]
    left = sum(unread["unread_files"].values())  # type: ignore[union-attr,arg-type]
    assert (files, files - left) == (22, len(begun))
    assert run.status == "interrupted"
    assert covered.gaps[0] == f"no scan came to its end: {len(begun)} of 22 files were read"
    scan(phone, tmp_path / "db", share=None, resume=True)
    with Database.open(tmp_path / "db", read_only=True) as database:
        assert database.case("1").runs[-1].status == "done"
        assert "unread" not in database.case("1").runs[-1].environment


def test_a_file_that_an_order_loses_ends_no_scan_as_done(
    phone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Triage.ordered
    monkeypatch.setattr(Triage, "ordered", lambda *given: islice(whole(*given), 20))
    assert len(scan(phone, tmp_path / "db", workers=0, share=None)) < 22
    with Database.open(tmp_path / "db", read_only=True) as database:
        (run,) = database.case("1").runs
    assert (run.status, "unread" in run.environment) == ("interrupted", True)


def test_what_is_on_record_teaches_but_for_cases_that_hide_it(phone: Path, tmp_path: Path) -> None:
    with Database.open(tmp_path / "db") as database:
        for case in ("open", "hidden"):
            hm.scan(
                phone / "Download" if case == "open" else phone,
                against=phone.parent / "known.csv",
                db=tmp_path / "db",
                case=case,
                workers=0,
            )
        said = [Said("access", "hidden")]
        database.record_statements(Topic.CASE, said, case="hidden", by="A", why="B")
        seen = {}
        for case in ("open", "hidden"):
            matcher = matcher_for(phone.parent / "known.csv")
            with recorded_run(
                database, matcher, Folder(phone), case=case, path=phone, rescan=True
            ) as run:
                seen[case] = list(run.taught())
    assert {each[0] for each in seen["open"]} == {f"{number}.jpg" for number in range(6)}
    assert sorted(name for name, _, met in seen["open"] if met) == ["1.jpg", "4.jpg"]
    assert len(seen["hidden"]) == 6 + 22


def test_the_command_stops_says_what_is_left_and_goes_on(phone: Path, tmp_path: Path) -> None:
    shutil.copy(phone.parent / "known.csv", tmp_path)
    words = ("scan", str(phone), "--against", "known.csv", "--workers", "0")
    record = ("--db", "lab.db", "--case", "1", "--exhibit", "7")
    begun = program(*words, *record, "--triage", "--stop-after", "70%", folder=tmp_path)
    assert begun.returncode == 130
    assert "of 22 files were not read yet (" in begun.stderr
    (command,) = [each for each in begun.stderr.splitlines() if "continue with: " in each]
    assert command.endswith("--exhibit 7 --resume")
    assert "triage" not in command.partition("continue with")[2]
    done = program(*words, *record, "--resume", folder=tmp_path)
    assert done.returncode == 0
    lines = begun.stdout.count("MATCH"), done.stdout.count("MATCH")
    assert lines == (3, 0)
    plain = program(*words, "--triage", folder=tmp_path)
    assert (plain.returncode, plain.stdout.count("MATCH")) == (0, 3)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--triage", "--stop-after", "soon"), "neither a share"),
        (("--triage", "--stop-after", "100%"), "neither a share"),
        (("--triage", "--stop-after", "0s"), "neither a share"),
        (("--stop-after", "5%"), "give --triage too"),
        (("--triage", "--stop-after", "5%", "."), "single folder"),
    ],
)
def test_wrong_use_is_refused(
    words: tuple[str, ...], said: str, phone: Path, tmp_path: Path
) -> None:
    known = str(phone.parent / "known.csv")
    done = program("scan", str(phone), "--against", known, *words, folder=tmp_path)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_on_disk_images_the_likeliest_files_are_read_first(tmp_path: Path) -> None:
    picture = photo("coffee")
    files = {
        f"{place}/{number:02}.jpg": encoded(picture.crop((number, top, 240, 160)), "JPEG")
        for top, place in enumerate(("DCIM", "Download", "Windows"))
        for number in range(34)
    }
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "disk.img").write_bytes(volume("ext4", files))
    (tmp_path / "known.txt").write_text("0" * 32)
    for workers in (0, 1):
        results = iter_scan(
            tmp_path / "evidence",
            against=tmp_path / "known.txt",
            workers=workers,
            triage=Triage(),
        )
        found = [each.item.locator for each in results if each.item.locator.endswith(".jpg")]
        assert len(found) == len(set(found)) == len(files)
        places = [each.split("/")[-2] for each in found]
        assert sorted(set(places), key=places.index) == ["Download", "DCIM", "Windows"]
