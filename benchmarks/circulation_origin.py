"""Which copy is nearest to the source, and which was made from which: how often tracing is right.

    python -m benchmarks.circulation_origin --seeds 101 102 103 104
    python -m benchmarks.circulation_origin --seeds 101 102 103 104 --photos photos/imagenet
    python -m benchmarks.circulation_origin --fit --photos photos/imagenet
    python -m benchmarks.circulation_origin --rates photos/imagenet

For each seed a world of copies is written (`circulation_copies`), scanned without worker
processes, clustered, and asked; half of the pictures are on a hash list. Asked is of each picture
or film of which two copies or more on record show the whole, by the medoid of the cluster that
holds most of these. An origin is right where no copy on
record was written anew less often; a parent, where it is the nearest ancestor on record. Weights
are fitted on seeds 1 to 8, with photographs of even places; measured photographs have odd places.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np

import hashmatch as hm
from benchmarks.circulation_copies import PLACES, Copies, Tree
from benchmarks.circulation_weights import fit, rates
from hashmatch.sightings.database import Database
from hashmatch.tracing import copies as gathered
from hashmatch.tracing import weighing
from hashmatch.tracing.judging import Audience
from hashmatch.tracing.lineage import Copy
from hashmatch.tracing.nearness import Nearness, compare
from hashmatch.tracing.places import Places
from hashmatch.tracing.updating import update

FITTED = range(1, 9)
"""Seeds that weights are fitted on; nothing is measured on them."""
_BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0001)


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of one copy on record.

    Attributes:
        tree: number of its picture or film.
        place: in its tree.
        step: how it was made.
        depth: how often it was written anew.
        ancestors: places in its tree, the nearest first.
        whole: whether it shows the whole picture.
    """

    tree: int
    place: int
    step: str
    depth: int
    ancestors: tuple[int, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One picture or film, as it was asked for."""

    tree: int
    of_film: bool
    truths: list[Truth]
    copies: tuple[Copy, ...]
    near: Nearness
    wanted: list[Truth]

    def parent(self, at: int) -> int | None:
        """The place among the copies of the nearest ancestor of one of them."""
        places = {each.place: number for number, each in enumerate(self.truths)}
        return next((places[a] for a in self.truths[at].ancestors if a in places), None)

    @property
    def wanted_first(self) -> bool:
        """Whether the first copy of all is on record."""
        return any(each.depth == 0 for each in self.wanted)

    @property
    def nearest(self) -> list[bool]:
        """Of each copy whether none on record that shows the whole was written less often."""
        least = min(each.depth for each in self.wanted)
        return [each.depth == least and each.whole for each in self.truths]


def truth_of(trees: list[Tree]) -> dict[str, Truth]:
    """What is known of all copies on record, by their SHA-256."""
    found = {}
    for number, tree in enumerate(trees):
        for place, made in enumerate(tree):
            if made.paths:
                above, ancestors = made.parent, []
                while above is not None:
                    ancestors.append(above)
                    above = tree[above].parent
                found[sha256(made.data).hexdigest()] = Truth(
                    number, place, made.step, made.depth, tuple(ancestors), made.whole
                )
    return found


def groups(
    seed: int, asked: argparse.Namespace, photos: list[Path], folder: Path
) -> Iterator[Group]:
    """The pictures and films of a seed, as tracing has them on record."""
    world = Copies(
        folder / "evidence", seed, pictures=asked.pictures, films=asked.films, photos=photos
    )
    truths = truth_of(world.trees)
    db, known = folder / "lab.sightings", folder / "known.csv"
    write_list(world.trees, known)
    for case, exhibit in PLACES:
        path = world.folder / case / exhibit
        path.mkdir(parents=True, exist_ok=True)
        hm.scan(path, against=[known], db=db, case=case, exhibit=exhibit, workers=0)
    with Database.open(db) as database:
        update(database)
        if problems := database.verify().problems:
            raise SystemExit(problems)
        yield from _asked(database, truths, {n for n, t in enumerate(world.trees) if _is_film(t)})


def write_list(trees: list[Tree], path: Path) -> None:
    """A hash list of every second picture: its first copy, whether or not that is on record."""
    lines = ["id,pdq,md5"]
    for number, tree in enumerate(trees):
        if number % 4 < 2 and not _is_film(tree):
            item = hm.hash_item(tree[0].data)
            if item.media is not None:
                lines.append(f"{number},{item.media.hash.hex},{item.digests.md5}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _is_film(tree: Tree) -> bool:
    return tree[0].name.endswith("mp4")


def _asked(database: Database, truths: dict[str, Truth], films: set[int]) -> Iterator[Group]:
    store, places = database.store, Places.of(database)
    clusters: dict[int, Counter[int]] = {}
    rows = store.execute(
        "SELECT cluster_id, sha256 FROM cluster_members "
        "JOIN pictures ON pictures.id = picture_id JOIN contents ON contents.id = content_id "
        "WHERE cluster_members.reason = ''"
    )
    for cluster, digest in rows:
        truth = truths[digest.hex()]
        clusters.setdefault(truth.tree, Counter())[cluster] += truth.whole
    by_tree: dict[int, list[Truth]] = {}
    for truth in truths.values():
        by_tree.setdefault(truth.tree, []).append(truth)
    for tree, every in sorted(by_tree.items()):
        wanted = [each for each in every if each.whole]
        if len(wanted) < 2:
            continue
        look, parts = gathered.Look(store, places, Audience(places)), dict[int, str]()
        if tree in clusters:
            ((digest,),) = store.execute(
                "SELECT sha256 FROM cluster_members JOIN pictures ON pictures.id = picture_id "
                "JOIN contents ON contents.id = content_id WHERE cluster_members.id = ?",
                clusters[tree].most_common(1)[0][:1],
            )
            parts = gathered.of_digest(look, ("sha256", digest))
        found = gathered.gather(look, parts)
        known = [truths[each.sha256] for each in found.copies]
        near = compare(store, found.pictures)
        yield Group(tree, tree in films, known, found.copies, near, wanted)


@dataclass(slots=True)
class Tally:
    """What was right and what was not."""

    origins: Counter[tuple[str, str]]
    edges: Counter[tuple[str, str]]
    of_origins: list[tuple[float, bool]]
    of_edges: list[tuple[float, bool]]

    def take(self, group: Group) -> None:
        """Ask for one picture or film, and count."""
        kind = "films" if group.of_film else "pictures"
        deepest = min(max(each.depth for each in group.wanted), 5)
        depth = f"written anew {deepest}{' times or more' if deepest == 5 else ' times'} at most"
        source = "first copy on record" if group.wanted_first else "first copy lost"
        count = sum(each.whole for each in group.truths)
        if count < 2:
            self._origin((kind, depth, source), "not found")
        else:
            first = weighing.candidates(group.copies, group.near)[0]
            right = group.nearest[first.copy - 1]
            self.of_origins.append((first.confidence, right))
            outcome = "right" if right else "wrong"
            told = first.confidence >= weighing.ENOUGH
            self._origin((kind, depth, source), outcome if told else "cannot be told")
            self._edges(group)
        here = {each.place for each in group.truths}
        for each in group.wanted:
            if each.place not in here or count < 2:
                self.edges[each.step, "not found"] += 1

    def _origin(self, rows: Sequence[str], outcome: str) -> None:
        for row in ("all", *rows):
            self.origins[row, outcome] += 1

    def _edges(self, group: Group) -> None:
        for at, each in enumerate(weighing.descents(group.copies, group.near)):
            truth, parent = group.truths[at], group.parent(at)
            said = None if each.parent is None else each.parent - 1
            right = said == parent
            self.of_edges.append((each.confidence, right))
            row = truth.step if parent is not None else "no parent on record"
            if not each.told:
                outcome = "cannot be told"
            elif right:
                outcome = "right"
            elif said is None:
                outcome = "none said"
            elif group.truths[said].place in truth.ancestors:
                outcome = "an earlier ancestor"
            else:
                outcome = "wrong"
            self.edges[row, outcome] += 1


def table(counts: Counter[tuple[str, str]], columns: Sequence[str]) -> Iterator[str]:
    """Counts as a table, with the share of what was said and right."""
    yield f"| | {' | '.join(columns)} | right of all | right of told |"
    yield f"|{'---|' * (len(columns) + 3)}"
    every: Counter[str] = Counter()
    for (_, outcome), count in counts.items():
        every[outcome] += count
    rows = sorted({row for row, _ in counts})
    for row in [*rows, *(() if "all" in rows else ("all",))]:
        found = [
            every[c] if row == "all" and "all" not in rows else counts[row, c] for c in columns
        ]
        told = dict(zip(columns, found, strict=True))
        said = sum(found) - told["cannot be told"] - told["not found"]
        shares = [told["right"] / max(sum(found), 1), told["right"] / max(said, 1)]
        cells = [*map(str, found), *(f"{each:.3f}" for each in shares)]
        yield f"| {row} | {' | '.join(cells)} |"


def reliability(found: list[tuple[float, bool]]) -> Iterator[str]:
    """Confidences beside how often they were right."""
    yield "| claimed | how many | claimed, on average | found |"
    yield "|---|---|---|---|"
    for low, high in pairwise(_BINS):
        held = [each for each in found if low <= each[0] < high]
        if held:
            claimed, right = np.asarray(held, np.float64).mean(0).tolist()
            span = f"{low:.2f} to {min(high, 1):.2f}"
            yield f"| {span} | {len(held)} | {claimed:.3f} | {right:.3f} |"


def photographs(folder: Path | None, parity: int) -> list[Path]:
    """Photographs of even or of odd places."""
    if folder is None:
        return []
    every = sorted(each for each in folder.rglob("*") if each.suffix.lower() in {".jpg", ".jpeg"})
    return every[parity::2]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[101, 102, 103, 104])
    parser.add_argument("--pictures", type=int, default=80)
    parser.add_argument("--films", type=int, default=6)
    parser.add_argument("--photos", type=Path, metavar="FOLDER")
    parser.add_argument("--fit", action="store_true", help="print weights instead")
    parser.add_argument("--rates", type=Path, metavar="FOLDER", help="print bits per pixel instead")
    asked = parser.parse_args()
    if asked.rates is not None:
        rates(photographs(asked.rates, 0)[:100])
        return
    photos = photographs(asked.photos, 0 if asked.fit else 1)
    found = []
    for seed in FITTED if asked.fit else asked.seeds:
        with tempfile.TemporaryDirectory() as folder:
            found += [*groups(seed, asked, photos, Path(folder))]
        sys.stderr.write(f"seed {seed}: {len(found)} pictures and films\n")
    if asked.fit:
        fit(found)
        return
    tally = Tally(Counter(), Counter(), [], [])
    for each in found:
        tally.take(each)
    outcomes = ("right", "wrong", "cannot be told", "not found")
    print(f"Origins\n\n{chr(10).join(table(tally.origins, outcomes))}\n")
    print(f"{chr(10).join(reliability(tally.of_origins))}\n\nParents\n")
    more = ("right", "an earlier ancestor", "wrong", "none said", "cannot be told", "not found")
    print(f"{chr(10).join(table(tally.edges, more))}\n")
    print("\n".join(reliability(tally.of_edges)))


if __name__ == "__main__":
    main()
