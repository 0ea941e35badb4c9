"""Patches: recall of the copies that whole pictures find worst, wrong pictures, and what it costs.

    python -m benchmarks.patches IMAGENET BSDS [--known N] [--ranked N] [--negatives N]

IMAGENET is halved as `hashmatch bench recall --split` does it. On the half `tuning` all alterations
are ranked by plain PDQ alone: by how far the nearest of the eight turns of a copy is from its
original, on the average. Known are pictures of the half `final`; its other pictures, all of
`tuning`, and a part of BSDS are enrolled too, so that there are at least 1,000. Copies are made by
all alterations of which plain PDQ finds less than a tenth within 46 bits, the 30 hardest among
them. Negatives are the other pictures of BSDS, which are not enrolled, as they are and altered in
the same ways, and so on pages and in collages. Any match counts, also a probable one. At the end
pictures are compared that have nothing in common but a mark in a corner, as of a site.
"""

import argparse
import io
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from statistics import mean, median

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hashmatch.bench.distances import codes_of, readings, upright
from hashmatch.bench.making import Maker, copy
from hashmatch.bench.pictures import Half, Picture, dealt, read_pictures
from hashmatch.bench.tiers import patches_of
from hashmatch.bench.transforms.base import Transform, suite
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.hashlists.reading import HashList
from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Band, Entry, MediaHashes

_LIMITS = Limits()
_PLAIN = HashOptions(orientations=True)
_PATCHES = replace(_PLAIN, tiers=("whole", "patches"))
_HARDEST = 30


def _ranked(pictures: Sequence[Picture], count: int) -> list[Transform]:
    """The alterations of which plain PDQ finds less than a tenth within 46 bits, hardest first."""
    known, around, _ = dealt(pictures, count, 48)
    maker = Maker(known, around, _LIMITS)
    away: dict[str, list[int]] = defaultdict(list)
    for number, picture in enumerate(known):
        own = hash_image(picture.read(), _PLAIN)
        codes = codes_of([upright(own, "pdq")])
        for each in suite():
            made = copy((number, each), maker=maker, options=_PLAIN).media
            if isinstance(made, MediaHashes):
                away[each.id].append(int(codes.from_readings(readings(made, "pdq", 0))[0]))
    hard = [t for t in suite() if mean(bits <= 46 for bits in away[t.id]) < 0.1]
    return sorted(hard, key=lambda t: -mean(away[t.id]))


class _Counted:
    """Copies that were looked up."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.queries = 0
        self.hashed: list[float] = []
        self.plain: list[float] = []
        self.looked_up: list[float] = []

    def take(self, transform: str, file: bytes, own: str | None) -> None:
        start = time.process_time()
        media = hash_image(file, _PATCHES)
        middle = time.process_time()
        whole = hash_image(file, _PLAIN)
        then = time.process_time()
        matches = self._matcher.match(replace(media, readings=whole.readings[:1]))
        self.looked_up.append(time.process_time() - then)
        self.hashed.append(middle - start)
        self.plain.append(then - middle)
        self.queries += 1
        right = [each for each in matches if each.entry_id == own]
        for each in matches:
            if each.entry_id != own:
                inliers = each.similarity.inliers if each.similarity else 0
                self.wrong[f"{each.band}, {inliers} patches"] += 1
                print(f"WRONG: {transform} {own} is {each.entry_id}, {each.band}, {inliers}")
        if own is not None:
            strong = any(each.band is Band.MATCH for each in right)
            self.found[transform].append((bool(right), strong))


def _told(name: str, counted: _Counted, ids: Sequence[str]) -> None:
    pairs = [each for name in ids for each in counted.found[name]]
    any_, strong = (mean(each[at] for each in pairs) for at in (0, 1))
    print(f"{name}: {any_:.1%} found, {strong:.1%} strong, of {len(pairs)} copies")


def _marked(picture: Picture, wide: int) -> bytes:
    """A picture at 600×450 with the mark of a site in its corner, so many pixels wide."""
    own = Image.open(io.BytesIO(picture.read())).convert("RGB").resize((600, 450))
    draw, tall = ImageDraw.Draw(own), wide // 3
    left, top = 590 - wide, 440 - tall
    draw.rectangle((left, top, 590, 440), (20, 20, 120))
    draw.text((left + 5, top + 2), "PhotoSite", "white", ImageFont.load_default(wide / 6))
    draw.text((left + 5, top + tall * 0.6), "www.photo.example", "gold", ImageFont.load_default(18))
    out = io.BytesIO()
    own.save(out, "PNG")
    return out.getvalue()


def _shared_mark(known: Sequence[Picture], others: Sequence[Picture]) -> None:
    """What is told of pictures that have nothing in common but the mark of a site."""
    for wide in (120, 180, 240, 300, 360):
        listed = [
            Entry(str(at), hashes=patches_of(_marked(each, wide), _LIMITS))
            for at, each in enumerate(known)
        ]
        told: Counter[str] = Counter()
        with Matcher(HashList.of("marked", listed)) as matcher:
            for each in others:
                media = hash_image(_marked(each, wide), _PATCHES)
                told.update(str(match.band) for match in matcher.match(media))
        pairs = len(known) * len(others)
        print(f"a mark {wide} of 600 pixels wide: {dict(told)} of {pairs} pairs of other pictures")


def main(arguments: argparse.Namespace) -> None:
    hard = _ranked(read_pictures([arguments.imagenet], half=Half.TUNING).used, arguments.ranked)
    hardest = [each.id for each in hard[:_HARDEST]]
    print(f"plain PDQ finds less than a tenth of {len(hard)} of {len(suite())} alterations")
    print("hardest:", " ".join(hardest), flush=True)
    used = read_pictures([arguments.imagenet], half=Half.FINAL).used
    known, around, others = dealt(used, arguments.known, 48)
    tuning = read_pictures([arguments.imagenet], half=Half.TUNING).used
    apart = read_pictures([arguments.bsds]).used
    strangers, more = apart[: arguments.negatives], apart[arguments.negatives :]
    start, entries, patches = time.process_time(), [], 0
    for at, each in enumerate((*known, *others, *tuning, *more)):
        listed = patches_of(each.read(), _LIMITS)
        patches += len(listed)
        entries.append(Entry(str(at), hashes=listed))
    cost = (time.process_time() - start) / len(entries)
    print(f"{len(entries)} enrolled, {patches} patches, {1e3 * cost:.1f} ms each", flush=True)
    counted = _Counted(Matcher(HashList.of("known", entries)))
    maker = Maker(known, around, _LIMITS)
    for number in range(len(known)):
        for transform in hard:
            counted.take(transform.id, maker.file(number, transform), str(number))
    right = counted.queries
    strange = Maker(strangers, around, _LIMITS)
    chance = np.random.default_rng(17)
    for number, picture in enumerate(strangers):
        counted.take("none", picture.read(), None)
        for which in chance.choice(len(hard), arguments.altered, replace=False).tolist():
            counted.take(hard[which].id, strange.file(number, hard[which]), None)
    _told("hardest 30", counted, hardest)
    _told("all of these", counted, [each.id for each in hard])
    for transform in hard:
        share = mean(one for one, _ in counted.found[transform.id])
        if share < 1:
            print(f"  {transform.id} {share:.0%}")
    wrong = counted.wrong.total()
    print(
        f"{wrong} wrong pictures in {counted.queries} queries ({counted.queries - right} of none)"
    )
    _shared_mark(others[:40], strangers[:30])
    whole = median(counted.plain)
    print(
        f"CPU, medians: {1e3 * whole:.1f} ms plain, {1e3 * median(counted.hashed):.1f} with "
        f"patches ({median(counted.hashed) / whole:.1f}×), "
        f"{1e3 * median(counted.looked_up):.1f} to look up"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("imagenet")
    parser.add_argument("bsds")
    parser.add_argument("--known", type=int, default=24)
    parser.add_argument("--ranked", type=int, default=12)
    parser.add_argument("--negatives", type=int, default=400)
    parser.add_argument("--altered", type=int, default=2)
    main(parser.parse_args())
