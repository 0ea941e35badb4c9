"""Timelines and statistics of the made-up world, compared with its truth: files, times, bytes.

What lists and clusters find is measured elsewhere. Here it is taken as given, by the paths of the
files: whose time, exhibit and bytes follow from the world alone.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks.circulation_reports import Reports
from benchmarks.circulation_world import EXHIBITS, Place, World
from hashmatch.sightings.database import Database
from hashmatch.tracing.statistics import statistics
from hashmatch.tracing.timeline import Timeline, timeline

Files = dict[str, set[Path]]
"""Files by the key of a thing."""


_WORDS: Final[Mapping[str, Callable[[World, Path], str]]] = {
    "": lambda _, __: "",
    "case": lambda _, path: place_of(path)[0],
    "source": lambda _, path: "/".join(place_of(path)),
    "month": lambda world, path: f"{world.times[path]:%Y-%m}",
}
"""What a file is grouped by."""


class Truth:
    """What the world says of the files that were found."""

    def __init__(self, database: Database, world: World, reports: Reports) -> None:
        """Take down which files were found.

        Args:
            database: the record.
            world: the truth.
            reports: those of the world.
        """
        self.database = database
        self.world = world
        self.reports = reports
        self.entries = self._files(
            "SELECT 'entry:' || list || '/' || entry, scans.path, locator FROM sightings "
            "JOIN items ON items.id = item_id JOIN scans ON scans.id = scan_id "
            "WHERE NOT (sightings.known_good OR suppressed)"
        )
        self.clusters = self._files(
            "SELECT 'cluster:' || cluster_id, scans.path, locator FROM cluster_members "
            "JOIN pictures ON pictures.id = cluster_members.picture_id "
            "JOIN items ON items.content_id = pictures.content_id "
            "JOIN scans ON scans.id = scan_id WHERE cluster_members.reason = ''"
        )

    def _files(self, sql: str) -> Files:
        found: Files = {}
        for key, path, locator in self.database.store.execute(sql):
            found.setdefault(key, set()).add(Path(path) / locator)
        return found

    def timelines(self) -> Counter[str]:
        """How many are equal to the truth; of clusters those with several files."""
        several = {key: files for key, files in self.clusters.items() if len(files) > 1}
        found: Counter[str] = Counter()
        for key, files in (self.entries | several).items():
            told = timeline(self.database, key)
            expected = {(place_of(path), self.world.times[path]) for path in files}
            same = self._of_files(told) == expected and self._is_ordered(told, expected)
            if key in self.entries:
                same &= _uploads(told) == self.reports.uploads.get(key.rpartition("/")[2], set())
            found["equal" if same else f"not equal: {key}"] += 1
        return found

    def _of_files(self, told: Timeline) -> set[tuple[Place, datetime]]:
        return {
            ((each.case, each.exhibit), each.time.earliest)
            for each in told.marks
            if each.time is not None and each.time.kind == "modified"
        }

    def _is_ordered(self, told: Timeline, expected: set[tuple[Place, datetime]]) -> bool:
        """Whether exhibits stand in the order of their first files, and each with first and last.

        All times of the world are in UTC to the second, and no two are equal.
        """
        places = {place for place, _ in expected}
        of = {place: sorted(at for each, at in expected if each == place) for place in places}
        bounds = {
            lane.place: [span.first.earliest, span.last.earliest]
            for lane in told.lanes
            for span in lane.spans
            if span.kind == "modified" and span.first and span.last
        }
        if bounds != {place: [times[0], times[-1]] for place, times in of.items()}:
            return False
        orders = [each for each in told.orders if each.kind == "modified"]
        ranks = [
            (each.case, each.exhibit) for one in orders for group in one.groups for each in group
        ]
        return ranks == (sorted(places, key=of.__getitem__) if len(places) > 1 else [])

    def figures(self) -> Counter[str]:
        """How many figures of statistics are equal to the truth."""
        seen = set[Path]().union(*self.entries.values())
        every = {path for path in self.world.folder.rglob("*") if path.is_file()}
        found = self._known()
        for by, word_of in _WORDS.items():
            time = "modified" if by == "month" else ""
            told = statistics(self.database, [by] if by else [], time=time)
            groups = {each.key.get(by, ""): each.figures() for each in (*told.groups, told.total)}
            words = {path: word_of(self.world, path) for path in every}
            for word in {words[path] for path in seen}:
                truth = self._of_word(word, {path for path in seen if words[path] == word}, words)
                if by != "month":
                    truth["unknown"] = sum(words[path] == word for path in every - seen)
                if not by:
                    truth["reports"] = self.reports.good
                for name, count in truth.items():
                    same = groups.get(word, {}).get(name) == count
                    found["equal" if same else f"not equal: {by} {word} {name}"] += 1
        return found

    def _of_word(self, word: str, files: set[Path], words: Mapping[Path, str]) -> dict[str, int]:
        """Figures of one group."""
        return {
            "files": len(files),
            "contents": len({hashlib.sha256(each.read_bytes()).digest() for each in files}),
            "entries": sum(any(words[x] == word for x in y) for y in self.entries.values()),
        }

    def _known(self) -> Counter[str]:
        """New against known: each entry is new in one of its exhibits, and known in the others."""
        places = [{place_of(path) for path in files} for files in self.entries.values()]
        truth = {"new": len(places), "known": sum(len(each) > 1 for each in places)}
        groups = statistics(self.database, ["known"]).groups
        told = {each.key["known"]: each.entries for each in groups}
        return Counter(
            "equal" if told.get(word, 0) == count else f"not equal: {word}"
            for word, count in truth.items()
        )


def _uploads(told: Timeline) -> set[str]:
    return {each.exhibit for each in told.marks if each.table == "events"}


def place_of(path: Path) -> Place:
    """The exhibit that a file of the world lies on."""
    place = path.parent.parent.name, path.parent.name
    if place not in EXHIBITS:
        raise SystemExit(path)
    return place


def unequal(found: Mapping[str, int]) -> Iterator[str]:
    """What is not as the truth has it."""
    return (key for key in found if key != "equal")
