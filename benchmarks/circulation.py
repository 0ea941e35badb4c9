"""What tracing finds in a made-up world whose truth is known, and what it gets wrong.

    python -m benchmarks.circulation --seeds 11 12 13 --unrelated 20000

For each seed a world is written (`circulation_world`), scanned with the ordinary worker processes,
reports are imported, and links are compared with the truth. Right are links between exhibits that
have copies of one thing; wrong are those that hold copies of two, and all of look-alikes, pans,
memes, cards, logos and wallpapers. What hashes of the whole picture can find is what brute force
connects at 31 bits among the stages that leave the picture whole. Timelines of all entries and
clusters, and figures of statistics, are compared with the times and bytes of the files
(`circulation_figures`). Nothing was tuned on the seeds of
the table in docs/examiners/circulation.md.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np

import hashmatch as hm
from benchmarks.circulation_figures import Truth, unequal
from benchmarks.circulation_reports import Reports
from benchmarks.circulation_world import CASES, EXHIBITS, WHOLE, Place, World, leaves, saved
from hashmatch.sightings.database import Database
from hashmatch.sightings.statements import Said, Topic
from hashmatch.tracing.links import links
from hashmatch.tracing.updating import update
from hashmatch.tracing.values import Link, LinkKind

_RADIUS = 31
Pair = tuple[int, Place, Place]
"""Number of a thing and two exhibits that have it."""


class Found:
    """The links of a world, with the things that they are of."""

    def __init__(self, database: Database, world: World) -> None:
        """Look at what is on record.

        Args:
            database: the record.
            world: the truth.
        """
        self.database = database
        self.world = world
        self.thing_at = {
            str(path): number
            for number, thing in enumerate(world.things)
            for copies in thing.copies.values()
            for _, path in copies
        }
        self.pairs: set[Pair] = set()
        self.wrong: list[tuple[Link, Counter[str]]] = []
        self.accounts: set[str] = set()
        self.roles: Counter[str] = Counter()
        self.cameras: set[str] = set()
        for link in links(database):
            self._take(link)

    def _take(self, link: Link) -> None:
        for each in link.occurrences:
            self.roles[each.role] += 1
            self.accounts.update(each.accounts)
        if link.kind is LinkKind.CAMERA:
            self.cameras.add(link.key)
        if link.kind not in (LinkKind.ENTRY, LinkKind.CLUSTER):
            return
        places = {each.place for each in link.occurrences if each.role == "holder"}
        things = self._things(link)
        self.pairs |= {
            (thing, *pair)
            for thing in things
            for pair in combinations(sorted(places & self.world.things[thing].copies.keys()), 2)
        }
        kinds = Counter(self.world.things[each].kind for each in things)
        if len(things) > 1 or kinds.keys() - {"chain", "film"}:
            self.wrong.append((link, kinds))

    def _things(self, link: Link) -> set[int]:
        """The things of which a link holds copies."""
        if link.kind is LinkKind.ENTRY:
            sql = (
                "SELECT scans.path, locator FROM sightings JOIN items ON items.id = item_id "
                "JOIN scans ON scans.id = scan_id WHERE entry = ?"
            )
            value: str | int = link.key.rpartition("/")[2]
        else:
            sql = (
                "SELECT scans.path, locator FROM cluster_members "
                "JOIN pictures ON pictures.id = cluster_members.picture_id "
                "JOIN items ON items.content_id = pictures.content_id "
                "JOIN scans ON scans.id = scan_id WHERE cluster_id = ?"
            )
            value = int(link.key.partition(":")[2])
        rows = self.database.store.execute(sql, (value,))
        paths = {str(Path(path) / locator) for path, locator in rows}
        return {self.thing_at[path] for path in paths if path in self.thing_at}


def findable(world: World) -> set[Pair]:
    """Pairs of exhibits that brute force connects by hashes of whole copies."""
    found: set[Pair] = set()
    for number, thing in enumerate(world.things):
        if thing.kind == "film":
            # All stages show the same scenes: each copy can be led back to each other one.
            pairs = combinations(sorted(thing.copies), 2)
            found |= {(number, *pair) for pair in pairs}
            continue
        if thing.kind != "chain":
            continue
        whole = [
            (place, _codes(path))
            for place, copies in thing.copies.items()
            for stage, path in copies
            if stage in WHOLE
        ]
        group = list(range(len(whole)))
        for one, other in combinations(range(len(whole)), 2):
            near = np.unpackbits(whole[one][1][:, None] ^ whole[other][1][None, :1], axis=2)
            if near.sum(axis=2).min() <= _RADIUS:
                group = [group[one] if each == group[other] else each for each in group]
        for one, other in combinations(range(len(whole)), 2):
            first, second = sorted((whole[one][0], whole[other][0]))
            if group[one] == group[other] and first != second:
                found.add((number, first, second))
    return found


def _codes(path: Path) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """(8, 32) uint8: the hashes of a file in all orientations."""
    options = hm.HashOptions(orientations=True)
    media = hm.hash_image(path, options)
    codes = [each.hash.value for each in media.readings if each.frame == 0][:8]
    return np.frombuffer(b"".join(codes), np.uint8).reshape(8, 32)


def write_list(world: World, path: Path) -> None:
    """The hash list: of every known thing the picture of the camera."""
    lines = ["id,pdq,md5"]
    for number, thing in enumerate(world.things):
        if thing.known:
            first = next(iter(thing.copies.values()))[0][1]
            item = hm.hash_item(first)
            if item.media is None:
                raise SystemExit(first)
            code = item.media.readings[0].hash.value.hex()
            lines.append(f"thing-{number},{code},{item.digests.md5}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def add_unrelated(world: World, count: int) -> None:
    """Pictures that are on one exhibit alone."""
    for _ in range(count):
        place = EXHIBITS[int(world.chance.integers(len(EXHIBITS)))]
        world.put(place, saved(leaves(world.chance, (160, 120)), 85))


def measure(seed: int, unrelated: int, folder: Path) -> list[str]:
    """One row of the table."""
    world = World(folder / "evidence", seed)
    add_unrelated(world, unrelated)
    write_list(world, folder / "known.csv")
    db = folder / "lab.sightings"
    for case, exhibit in EXHIBITS:
        hm.scan(
            world.folder / case / exhibit,
            against=[folder / "known.csv"],
            db=db,
            case=case,
            exhibit=exhibit,
        )
    reports = Reports(world, folder / "reports")
    with Database.open(db) as database:
        for case in CASES:
            said = [Said("link-unknown", "yes")]
            database.record_statements(Topic.CASE, said, by="benchmark", case=case)
        outcomes = reports.import_into(database)
        begun = time.process_time()
        clustered = update(database)
        took = time.process_time() - begun
        found = Found(database, world)
        truth = Truth(database, world, reports)
        told = truth.timelines(), truth.figures()
        if problems := database.verify().problems:
            raise SystemExit(problems)
    possible = findable(world)
    hit = len(possible & found.pairs)
    films = {pair for pair in possible if world.things[pair[0]].kind == "film"}
    for number, *pair in sorted(films - found.pairs):
        copies = [[stage for stage, _ in world.things[number].copies[place]] for place in pair]
        sys.stderr.write(f"  film {number}: {copies} not linked\n")
    right = len(found.pairs)
    for link, kinds in found.wrong:
        sys.stderr.write(f"  wrong: {link.key} {dict(kinds)}\n")
    if shown := found.accounts & reports.protected:
        raise SystemExit(shown)
    sys.stderr.write(f"  reports: {outcomes}\n  roles: {dict(found.roles)}\n")
    sys.stderr.write(f"  clustered {clustered:,} in {took:.1f} s\n")
    for each in told:
        sys.stderr.writelines(f"  {what}\n" for what in unequal(each))
    return [
        *(str(seed), f"{right:,}", str(len(found.wrong)), f"{hit / len(possible):.3f}"),
        *(f"{hit:,} of {len(possible):,}", f"{len(films & found.pairs)} of {len(films)}"),
        f"{len(found.cameras)} of 2",
        f"{outcomes['as expected']} of {sum(outcomes.values())}",
        *(f"{each['equal']:,} of {sum(each.values()):,}" for each in told),
    ]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--unrelated", type=int, default=20_000)
    asked = parser.parse_args()
    head = ["seed", "pairs linked", "wrong links", "recall", "of what hashes find", "of films"]
    head += ["cameras", "reports as expected", "timelines equal", "figures equal"]
    rows = [head, ["---"] * len(head)]
    for seed in asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(measure(seed, asked.unrelated, Path(folder)))
    for row in rows:
        sys.stdout.write(f"| {' | '.join(row)} |\n")


if __name__ == "__main__":
    main()
