"""Every content is decoded once, every copy is an item of its own."""

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import pytest
from PIL import Image

import hashmatch as hm
from hashmatch.hashing.items import HashOptions, hash_item
from hashmatch.model import Digests, Item, MediaHashes
from hashmatch.scanning import copies as copies_module
from hashmatch.scanning.binding import run_config
from hashmatch.scanning.copies import Copies
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested, DigestFiles, Sent
from hashmatch.scanning.engine import matcher_for
from hashmatch.scanning.reading import read_items
from hashmatch.scanning.task import Task
from hashmatch.sightings.database import Database
from hashmatch.sightings.scan_config import SourceSpec
from hashmatch.sources.base import Found
from hashmatch.sources.folder import Folder
from tests.support.deeds import items_of
from tests.support.photos import encoded, photo
from tests.support.sighting_values import picture, video


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "evidence"
    folder.mkdir()
    picture = encoded(photo("coffee").resize((160, 120)), "JPEG")
    other = encoded(photo("rocket").resize((160, 120)), "JPEG")
    longest = max(len(picture), len(other))
    for number in range(4):
        (folder / f"a{number}.jpg").write_bytes(picture)
    for name, data in (("same1", picture), ("same2", other), ("same3", other)):
        (folder / f"{name}.jpg").write_bytes(data.ljust(longest + 10, b"\0"))
    for name in ("broken1", "broken2"):
        (folder / f"{name}.jpg").write_bytes(picture[:300] + bytes(4000))
    (folder / "b.txt").write_bytes(b"text one")
    (folder / "c.txt").write_bytes(b"text two")
    os.link(folder / "a0.jpg", folder / "link1.jpg")
    os.link(folder / "same2.jpg", folder / "link2.jpg")
    (folder / "empty").touch()
    (folder / "symbolic").symlink_to("a0.jpg")
    return folder


@pytest.mark.parametrize("workers", [0, 2])
def test_copies_are_decoded_once_and_all_are_whole(
    evidence: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: Counter[str] = Counter()
    digested: Counter[str] = Counter()
    result, digest = HashFiles.result, DigestFiles.result

    def count(self: HashFiles, task: Task, answer: bytes) -> Item:
        decoded[str(task.digested.digests.sha256)] += 1
        return result(self, task, answer)

    def count_digests(self: DigestFiles, task: Found, answer: bytes) -> Digested:
        digested[Path(task.locator).name] += 1
        return digest(self, task, answer)

    # Nothing is drawn to be decoded twice.
    monkeypatch.setattr("hashmatch.scanning.checks.Checks._draw", lambda *_, **__: [])
    monkeypatch.setattr(HashFiles, "result", count)
    monkeypatch.setattr(DigestFiles, "result", count_digests)
    for found, item in zip(
        Folder(evidence), items_of(Folder(evidence), workers=workers), strict=True
    ):
        if found.problem is None:
            # What a file says of itself is read with the first copy.
            alone = hash_item(found.path)
            assert item == replace(alone, metadata=item.metadata)
            assert item.metadata in ((), alone.metadata)
    assert set(decoded.values()) == {1}
    assert len(decoded) == 6
    assert set(digested.values()) == {1}
    assert digested["a0.jpg"] + digested["link1.jpg"] == 1, "a file with two names is read once"
    assert digested["same2.jpg"] + digested["link2.jpg"] == 1


def test_copies_in_other_runs_of_a_case_are_not_decoded_again(
    evidence: Path, tmp_path: Path
) -> None:
    known = tmp_path / "known.csv"
    known.write_text(f"pdq\n{hm.hash_image(evidence / 'a0.jpg').hash.hex}\n")
    matcher = matcher_for(known)
    with Database.open(tmp_path / "db") as database:
        for label in ("one", "two"):
            source = SourceSpec(label, "folder", f"{evidence}-{label}")
            configuration = run_config(matcher)
            with database.run(case="1", source=source, configuration=configuration) as run:
                summary = hm.scan(evidence, against=matcher, workers=0, run=run)
                assert summary.items == summary.hashed + summary.unreadable + summary.skipped == 15
                digests = hash_item(evidence / "a0.jpg").digests
                assert run.content(str(digests.sha256)) is not None
        assert database.verify().passed
        sightings = Counter(s.item.source for s in database.sightings("1"))
        assert len(sightings) == 2
        assert len(set(sightings.values())) == 1


def test_a_run_that_stops_goes_on_where_it_was(evidence: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text(f"pdq\n{hm.hash_image(evidence / 'a0.jpg').hash.hex}\n")
    matcher = matcher_for(known)
    source = SourceSpec("exhibit", "folder", str(evidence))
    locators: list[str] = []
    with Database.open(tmp_path / "db") as database:
        for stop_after in (3, 5, 10**6):
            asked = count()

            def stop(limit: int = stop_after, asked: Iterator[int] = asked) -> bool:
                return next(asked) >= limit

            with database.run(
                case="1",
                source=source,
                configuration=run_config(matcher),
                resume=bool(locators),
            ) as run:
                before = run.position
                assert before == len(locators)
                results = hm.iter_scan(evidence, against=matcher, workers=0, run=run, stop=stop)
                locators += [result.item.locator for result in results]
        assert sorted(locators) == sorted(f.locator for f in Folder(evidence))
        assert database.case("1").runs[-1].status == "done"
        recorded = {str(evidence / item.locator) for item in database.items("1")}
        assert recorded == set(locators)


@pytest.mark.skipif(sys.platform != "linux", reason="workers of Linux")
def test_files_of_one_size_are_given_as_they_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bitmaps of one size: each may be a copy of any other, and none waits for all digests."""
    monkeypatch.setattr("hashmatch.scanning.checks._LIFE", 0.1)
    monkeypatch.setattr("hashmatch.scanning.checks._LONGEST_LIFE", 0.1)
    count = 2600
    for number in range(count):
        picture = Image.new("RGB", (16, 16), (number % 256, number // 256, 7))
        (tmp_path / f"{number:04}.bmp").write_bytes(encoded(picture, "BMP"))
    given = 0

    def files() -> Iterator[Found]:
        nonlocal given
        for given, found in enumerate(Folder(tmp_path)):  # noqa: B007 (asked for below)
            yield found

    items = read_items(files(), HashOptions(), workers=1)
    with closing(items):
        found = list(islice(filter(None, items), 100))
    assert all(item.media is not None for _, item in found)
    assert given < count - 1


def _digested(number: int, *, sent: bool = False) -> Digested:
    name, data = f"{number:03}", b"%d" % (number % 150)
    digests = Digests(sha256=hashlib.sha256(data).hexdigest())
    return Digested(Found(name, name), 1, digests, sent=Sent(data) if sent else None)


def test_contents_are_looked_up_on_record_many_at_a_time() -> None:
    """Files that are there at once; each as if it were looked up by itself, in the same order."""
    files = [_digested(number) for number in range(200)]
    on_record = {str(each.digests.sha256): picture(1) for each in files[:150:3]}
    asked: list[list[str]] = []

    def recorded(contents: Sequence[str]) -> dict[str, MediaHashes]:
        asked.append([*contents])
        return {each: on_record[each] for each in contents if each in on_record}

    copies = Copies(recorded)
    given: list[tuple[str, bool]] = []
    for task in copies.tasks(files):
        if task is None:
            break
        given.append((task.digested.found.path, task.item is not None))
    # Of the last 50 those whose content is not on record are copies, and wait.
    expected = [(f"{at:03}", at % 150 % 3 == 0) for at in range(200) if at < 150 or at % 3 == 0]
    assert given == expected
    assert len(asked) == 200 // copies_module._TOGETHER + 1
    once = [each for some in asked for each in dict.fromkeys(some)]
    assert {*once} == {str(each.digests.sha256) for each in files}


def test_files_are_not_held_back_to_be_looked_up_together() -> None:
    """Neither where nothing follows for now, nor in front of an error, nor with bytes in memory."""

    def upstream() -> Iterator[Digested | None]:
        yield _digested(0)
        yield None
        yield _digested(1, sent=True)
        yield _digested(2, sent=True)
        yield _digested(3)
        taken.append("read on")
        msg = "disk gone"
        raise OSError(msg)

    taken: list[str] = []

    def take() -> None:
        for task in Copies().tasks(upstream()):
            taken.append(task.digested.found.path if task else "")  # noqa: PERF401 (it ends in an error)

    with pytest.raises(OSError, match="disk gone"):
        take()
    assert taken == ["000", "", "001", "002", "read on", "003"]


def test_hours_of_video_are_not_held_in_memory() -> None:
    copies = Copies()
    film = video(1, frames=3600)
    for number in range(300):
        sha256 = hashlib.sha256(b"%d" % number).hexdigest()
        item = Item(str(number), 1, digests=Digests(sha256=sha256), media=film)
        task = Task(Digested(Found(str(number), str(number)), 1, item.digests))
        list(copies.finished(task, item))
    held = len(copies._outcomes) * len(film.readings)
    assert 0 < held <= copies_module._KEPT_READINGS
    assert copies._readings == held
