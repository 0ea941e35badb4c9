"""Every content is decoded once, every copy is an item of its own."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.hashing import HashOptions, hash_item
from hashmatch.model import Item
from hashmatch.scanning.copies import Copies
from hashmatch.scanning.engine import matcher_for, run_config
from hashmatch.scanning.reading import read_items
from hashmatch.scanning.task import Task
from hashmatch.sightings.binding import SourceSpec
from hashmatch.sightings.database import Database
from hashmatch.sources.folder import Folder
from photos import encoded, photo


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


class Counting:
    """Reads as workers do, and counts what was read and what was decoded."""

    def __init__(self, workers: int) -> None:
        self.read: Counter[str] = Counter()
        self.decoded: Counter[str] = Counter()
        self._workers = workers

    def __call__(self, tasks: Iterable[Task]) -> Iterator[Item]:
        def noted() -> Iterator[Task]:
            for task in tasks:
                if not task.same_file and task.found.problem is None:
                    self.read[Path(task.found.locator).name] += 1
                yield task

        for item in read_items(noted(), HashOptions(), workers=self._workers):
            if item.image is not None:
                self.decoded[str(item.digests.sha256)] += 1
            yield item


@pytest.mark.parametrize("workers", [0, 2])
def test_copies_are_decoded_once_and_all_are_whole(evidence: Path, workers: int) -> None:
    counting = Counting(workers)
    found = {f.locator: item for f, item in Copies(counting).items(Folder(evidence))}
    expected = {
        f.locator: hash_item(f.path) if f.problem is None else None for f in Folder(evidence)
    }
    assert found.keys() == expected.keys()
    for locator, item in found.items():
        plain = expected[locator]
        if plain is not None:
            assert item == plain
    assert set(counting.decoded.values()) == {1}
    assert len(counting.decoded) == 3
    names = (counting.read["a0.jpg"], counting.read["link1.jpg"])
    assert sum(names) == 1, "a file with two names is read once"


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
                assert run.contents((evidence / "a0.jpg").stat().st_size)
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
