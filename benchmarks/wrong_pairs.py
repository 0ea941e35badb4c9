"""False matches of all tiers: thousands of pictures that are on no list, against lists.

    nice python -m benchmarks.wrong_pairs photos/imagenet photos/bsds --state wrong.json

A thousand photos are listed, with a million made-up hashes of the same statistics. All other photos
make negatives: a third are pages that a browser draws (`benchmarks.pages`) and composites
(collages, screenshots and chains of `hashmatch.bench.transforms`), the others are photos as they
are, cropped and altered. Each is hashed with all tiers, and matched at the radii that the default
profile chooses for these lists; besides, every code of it is compared with every real hash, and
distances are counted by tier.

What was done is kept in the file `--state`, every 20 negatives and when it is interrupted: the same
command goes on where it ended, and `--report` prints what there is. Negative number n is always the
same: two processes share the work by `--first` and `--negatives`, each with a state of its own, and
`--report` takes several states. The list takes photos that show the same as no negative.
"""

# ruff: noqa: E402 (libraries read the variables at import)

import argparse
import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

for _variable in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_variable}_NUM_THREADS"] = "1"

import numpy as np

from benchmarks.chromium import Chromium, chromium
from benchmarks.page_kinds import KINDS
from benchmarks.page_parts import Page
from benchmarks.pages import DEVICES, TIERS, all_tiers, codes_by_tier, draw
from hashmatch.bench.codes import synthetic
from hashmatch.bench.distances import upright
from hashmatch.bench.listing import make_index
from hashmatch.bench.making import AROUND, Maker
from hashmatch.bench.pictures import Picture, read_pictures
from hashmatch.bench.transforms.base import Transform, suite
from hashmatch.errors import UnreadableImageError
from hashmatch.false_matches import FITTED
from hashmatch.hashing.items import hash_image
from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher
from hashmatch.matching.radius import FRAMED, radius_of
from hashmatch.model import Hash, MediaHashes, Tier
from hashmatch.profiles import DEFAULT

if TYPE_CHECKING:
    from numpy.typing import NDArray

_COMPOSITES: Final = ("collage", "screenshot", "photographed", "combined")
_NEAR: Final = 76
"""Bits within which pairs are named."""

_COUNTED: Final = 100
"""Bits from which distances of codes are not told apart."""

_KEPT: Final = 60
_EVERY: Final = 20
_ROWS: Final = 64


def main() -> None:
    """Go on where the last run ended; print what there is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("photos", type=Path, nargs="*")
    parser.add_argument("--state", type=Path, nargs="+", required=True)
    parser.add_argument("--first", type=int, default=0, help="number of the first negative")
    parser.add_argument("--negatives", type=int, default=20_000, help="how many")
    parser.add_argument("--listed", type=int, default=1_000)
    parser.add_argument("--made-up", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="then end")
    parser.add_argument("--report", action="store_true", help="print what there is")
    options = parser.parse_args()
    settings = {name: getattr(options, name) for name in ("listed", "made_up", "seed")}
    states = [_State(each, settings, options.first) for each in options.state]
    if not options.report:
        if states[0].given["first"] != options.first:
            msg = f"{options.state[0]} begins at {states[0].given['first']}: give that as --first"
            raise SystemExit(msg)
        _go_on(options, states[0])
    for other in states[1:]:
        states[0].add(other)
    states[0].report()


class _State:
    """What was counted, and where."""

    def __init__(self, path: Path, settings: dict[str, int], first: int) -> None:
        self._path = path
        tiers = [tier.value for tier in TIERS]
        self.given: dict[str, Any] = {
            "settings": settings,
            "first": first,
            "done": 0,
            "seconds": 0.0,
            "kinds": {},
            "unread": 0,
            "codes": dict.fromkeys(tiers, 0),
            "items": dict.fromkeys(tiers, 0),
            "counts": {tier: [0] * 257 for tier in tiers},
            "nearest": {tier: [0] * 257 for tier in tiers},
            "near": {tier: [] for tier in tiers},
            "hubs": {tier: {} for tier in tiers},
            "matches": [],
            "radii": {tier: [257, -1] for tier in tiers},
        }
        if path.exists():
            self.given = json.loads(path.read_text())
            self.given.setdefault("first", 0)
            if self.given["settings"] != settings:
                msg = f"{path} is of other settings: {self.given['settings']}"
                raise SystemExit(msg)

    def save(self) -> None:
        """Write, beside and in place."""
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(self.given))
        beside.replace(self._path)

    def add(self, other: "_State") -> None:
        """Take what was counted of other negatives."""
        mine, more = self.given, other.given
        begins = sorted((each["first"], each["first"] + each["done"]) for each in (mine, more))
        if begins[1][0] < begins[0][1]:
            msg = f"the same negatives were counted twice: {begins}"
            raise SystemExit(msg)
        for key in ("done", "seconds", "unread", "matches"):
            mine[key] += more[key]
        mine["kinds"] = Counter(mine["kinds"]) + Counter(more["kinds"])
        for tier in mine["codes"]:
            for key in ("codes", "items"):
                mine[key][tier] += more[key][tier]
            for key in ("counts", "nearest"):
                mine[key][tier] = np.add(mine[key][tier], more[key][tier]).tolist()
            mine["near"][tier] = sorted(mine["near"][tier] + more["near"][tier])[:_KEPT]
            mine["hubs"][tier] = Counter(mine["hubs"][tier]) + Counter(more["hubs"][tier])
            low, high = zip(mine["radii"][tier], more["radii"][tier], strict=True)
            mine["radii"][tier] = [min(low), max(high)]

    def count(self, tier: str, name: str, apart: "NDArray[np.uint16]", listed: list[str]) -> None:
        """Distances of all codes of an item, (codes, listed), of one tier."""
        given = self.given
        given["codes"][tier] += len(apart)
        given["items"][tier] += 1
        near = apart[apart < _COUNTED]
        counts = np.bincount(near, minlength=257) + given["counts"][tier]
        counts[-1] += apart.size - near.size
        given["counts"][tier] = counts.tolist()
        best = apart.min(axis=0)
        given["nearest"][tier] = (
            np.bincount(best, minlength=257) + given["nearest"][tier]
        ).tolist()
        for at in np.flatnonzero(best <= _NEAR).tolist():
            hubs = given["hubs"][tier]
            hubs[listed[at]] = hubs.get(listed[at], 0) + 1
            given["near"][tier].append([int(best[at]), name, listed[at]])
        given["near"][tier] = sorted(given["near"][tier])[:_KEPT]

    def report(self) -> None:
        """Print what was counted."""
        given, settings = self.given, self.given["settings"]
        composites = sum(of for kind, of in given["kinds"].items() if kind in _TOLD)
        print(
            f"{given['done']:,} negatives, {composites:,} of them pages and composites, against "
            f"{settings['listed']:,} real and {settings['made_up']:,} made-up hashes; "
            f"{given['unread']} not read; {given['seconds']:,.0f} s of processor time"
        )
        print(", ".join(f"{kind} {of:,}" for kind, of in sorted(given["kinds"].items())))
        print(f"matches at the radii of the default profile: {len(given['matches'])}")
        for each in given["matches"]:
            print("   ", each)
        for tier in given["codes"]:
            self._report_tier(tier)

    def _report_tier(self, tier: str) -> None:
        given, listed = self.given, self.given["settings"]["listed"]
        counts = np.cumsum(given["counts"][tier])
        items = np.cumsum(given["nearest"][tier])
        low, high = given["radii"][tier]
        print(f"\n{tier}: {given['codes'][tier]:,} codes, {counts[-1]:,} comparisons")
        if high >= 0:
            print(f"radius of a match {low} to {high} bits")
        print("within   comparisons   measured, each      expected   items·hashes   measured, each")
        seen = np.flatnonzero(counts)
        first = int(seen[0]) if len(seen) else 256
        for bits in (31, 38, 46, *range(first - first % 2, first + 16, 2)):
            tail = FRAMED if tier == Tier.FRAMING.value else FITTED
            pairs = given["items"][tier] * listed
            print(
                f"{bits:6}{counts[bits]:14,}{counts[bits] / max(counts[-1], 1):17.1e}"
                f"{tail.chance(bits):14.1e}{items[bits]:15,}{items[bits] / max(pairs, 1):17.1e}"
            )
        for bits, name, known in given["near"][tier][:8]:
            print(f"  {bits} bits: {name} and {known}")
        hubs = Counter(given["hubs"][tier]).most_common(5)
        total = sum(given["hubs"][tier].values())
        told = ", ".join(f"{name} {of}" for name, of in hubs)
        print(f"  of {total} pairs of an item and a hash within {_NEAR} bits: {told}")


_TOLD: Final = ("page", *_COMPOSITES)


def _go_on(options: argparse.Namespace, state: _State) -> None:
    pictures = read_pictures(options.photos, seed=options.seed).used
    listed, others = _dealt(pictures, options.listed)
    media = [hash_image(each.read()) for each in listed]
    codes = Hash.pack([upright(each, "pdq")[0] for each in media])
    names = [Path(each.locator).name for each in listed]
    good = np.array([each.quality >= DEFAULT.quality_of("pdq") for each in media])
    words = np.ascontiguousarray(codes[good]).view(np.uint64)
    names = [name for name, is_good in zip(names, good.tolist(), strict=True) if is_good]
    made_up = synthetic("pdq", options.made_up, codes, options.seed)
    negatives = _Negatives(others, options.seed)
    ends = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory(prefix="hashmatch-wrong-") as folder, chromium() as browser:
        index = make_index(Path(folder), "pdq", media, [], made_up)
        with Matcher([index], profile=DEFAULT, tiers=TIERS) as matcher:
            try:
                while state.given["done"] < options.negatives and time.monotonic() < ends:
                    started = time.process_time()
                    _one(state, negatives, browser, matcher, (words, names))
                    state.given["seconds"] += time.process_time() - started
                    state.given["done"] += 1
                    if state.given["done"] % _EVERY == 0:
                        state.save()
                        print(f"\r{state.given['done']:,}", end="", flush=True)
            except KeyboardInterrupt:
                print("\ninterrupted: the same command goes on")
    state.save()
    print()


def _dealt(pictures: Sequence[Picture], count: int) -> tuple[list[Picture], list[Picture]]:
    """What is listed, and what shows nothing that is listed."""
    firsts = list({each.group: each for each in reversed(pictures)}.values())[::-1]
    return firsts[:count], firsts[count:]


class _Negatives:
    """Pictures that are on no list, by number."""

    def __init__(self, photos: Sequence[Picture], seed: int) -> None:
        self._photos, self._seed = photos, seed
        self._maker = Maker(photos, photos[:AROUND], Limits())
        every = suite(seed)
        self._composites = [each for each in every if each.group in _COMPOSITES]
        self._altered = [each for each in every if each.group not in _COMPOSITES]

    def file(self, number: int, browser: Chromium) -> tuple[str, str, bytes]:
        """What kind it is, what it is called, and the file."""
        chance = np.random.default_rng((self._seed, number))
        which = int(chance.integers(len(self._photos)))
        picture = self._photos[which]
        name = Path(picture.locator).name
        if number % 6 == 0:
            kind = list(KINDS)[number // 6 % len(KINDS)]
            device = DEVICES[number // 6 // len(KINDS) % len(DEVICES)]
            shown = self._shown(chance)
            page = Page(shown, chance, device.width, device.height)
            with tempfile.TemporaryDirectory(prefix="hashmatch-page-") as folder:
                drawn = draw(browser, Path(folder) / "page.html", kind, page, device)
            return "page", f"page {number}, {kind}", drawn.file
        if number % 6 == 1:
            return "photo", name, picture.read()
        some = self._composites if number % 6 == 3 else self._altered
        transform: Transform = some[int(chance.integers(len(some)))]
        file = self._maker.file(which, transform)
        return transform.group, f"{name} {transform.id}", file

    def _shown(self, chance: np.random.Generator) -> Iterator[tuple[int, Path]]:
        order = chance.permutation(len(self._photos)).tolist()
        return cycle((at, Path(self._photos[at].locator)) for at in order)


def _one(
    state: _State,
    negatives: _Negatives,
    browser: Chromium,
    matcher: Matcher,
    listed: "tuple[NDArray[np.uint64], list[str]]",
) -> None:
    """Hash a negative, match it, and count how near its codes come."""
    kind, name, file = negatives.file(state.given["first"] + state.given["done"], browser)
    state.given["kinds"][kind] = state.given["kinds"].get(kind, 0) + 1
    try:
        media = hash_image(file, all_tiers())
    except UnreadableImageError:
        state.given["unread"] += 1
        return
    _note_radii(state, media, len(listed[1]) + state.given["settings"]["made_up"])
    for match in matcher.match(media):
        told = f"{name}: {match.list_name} {match.entry_id}, {match.tier}, {match.distance} bits"
        state.given["matches"].append(f"{told}, {match.band.value}")
    for tier, codes in codes_by_tier(media).items():
        if len(codes):
            state.count(tier.value, name, _distances(codes, listed[0]), listed[1])


def _note_radii(state: _State, media: MediaHashes, known: int) -> None:
    tried: Counter[Tier] = Counter()
    for region in media.regions:
        tried[region.tier] += region.count
    for tier, count in tried.items():
        radius = radius_of(DEFAULT, tier, known=known, tried=count)
        low, high = state.given["radii"][tier.value]
        state.given["radii"][tier.value] = [min(low, radius.match), max(high, radius.match)]


def _distances(codes: "NDArray[np.uint8]", listed: "NDArray[np.uint64]") -> "NDArray[np.uint16]":
    """(codes, listed) bits."""
    words, columns = np.ascontiguousarray(codes).view(np.uint64), np.ascontiguousarray(listed.T)
    apart = np.zeros((len(words), len(listed)), np.uint16)
    for begin in range(0, len(words), _ROWS):
        rows, total = words[begin : begin + _ROWS], apart[begin : begin + _ROWS]
        for word, column in enumerate(columns):
            total += np.bitwise_count(rows[:, word, None] ^ column)
    return apart


if __name__ == "__main__":
    main()
