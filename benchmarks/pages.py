"""Photos on pages that a browser drew: how many are found, by kind of page, tier and radius.

    python -m benchmarks.pages photos/imagenet --half final --json pages.json

Pages of 28 kinds (`benchmarks.page_kinds`) are written as HTML to a temporary folder, and drawn by
headless Chromium at three sizes (`benchmarks.chromium`); their screenshots stay in memory. Where
photos are is told by the page itself, by its boxes and by what lies on top of each point.

Every second photo on a page is known: its plain hash is on a list, beside those of all other photos
that lie on no page. A photo is found within a radius if any code of its page, of quality 50 or
more, is that near to its hash: each is counted by itself, as if it were the only known one (a scan
stops at the first tier that finds something). Photos whose shorter side has less than 100 pixels of
the screen, and those of which less than half is shown, are counted apart.

Numbers are chosen on half `tuning`, photos and kinds, and measured on `final`: photos are halved by
`hashmatch.bench.pictures`, kinds by their place in the list, the first for tuning. The cost is
processor time, of plain photos and of screenshots of chats, by turns: the median of the ratios.
"""

# ruff: noqa: E402 (libraries read the variables at import)

import argparse
import io
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

for _variable in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_variable}_NUM_THREADS"] = "1"

import numpy as np
from PIL import Image

from benchmarks.chromium import Chromium, Device, chromium
from benchmarks.page_kinds import KINDS, html
from benchmarks.page_parts import Page
from hashmatch.bench.distances import Codes, codes_of, readings, upright
from hashmatch.bench.intervals import wilson
from hashmatch.bench.pictures import Half, Picture, dealt, read_pictures
from hashmatch.hashers.means import Box, Sums, axis, small, spectra, turned
from hashmatch.hashers.means import codes_of as codes_of_spectra
from hashmatch.hashing.corners import rectified
from hashmatch.hashing.framing import framed
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.model import MediaHashes, Tier
from hashmatch.model.framing import COVERS
from hashmatch.model.orientation import Orientation
from hashmatch.model.region import CODE

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIERS: Final = (Tier.WHOLE, Tier.REGIONS, Tier.FRAMING)
"""What plain lists are looked up with."""

DEVICES: Final = (Device(390, 844, 3), Device(820, 1180, 2), Device(1440, 900, 1))
_RADII: Final = (31, 38, 46)
_LEAST: Final = 50
_THUMBNAIL: Final = 100
"""Pixels of the shorter side of what is shown; smaller photos are counted apart."""

_HALF_SHOWN: Final = 0.5
_WHOLE: Final = 0.97

TRUTH: Final = """
[...document.images].map(image => {
  const box = image.getBoundingClientRect(), style = getComputedStyle(image);
  let turn = new DOMMatrix(), clip = [0, 0, innerWidth, innerHeight];
  for (let each = image; each; each = each.parentElement) {
    const of = getComputedStyle(each);
    if (of.transform !== 'none') turn = new DOMMatrix(of.transform).multiply(turn);
  }
  const wide = image.clientWidth, tall = image.clientHeight;
  const nat = [image.naturalWidth, image.naturalHeight];
  const fit = style.objectFit, by = [wide / nat[0], tall / nat[1]];
  const scale = fit === 'contain' ? Math.min(...by) : Math.max(...by);
  const seen = [Math.min(wide, nat[0] * (fit === 'fill' ? by[0] : scale)),
                Math.min(tall, nat[1] * (fit === 'fill' ? by[1] : scale))];
  const fitted = fit === 'cover' ? seen[0] * seen[1] / (nat[0] * nat[1] * scale * scale) : 1;
  const middle = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const place = (x, y) => [middle[0] + turn.a * x * seen[0] + turn.c * y * seen[1],
                           middle[1] + turn.b * x * seen[0] + turn.d * y * seen[1]];
  let on = 0, covered = 0, points = 24;
  for (let i = 0; i < points; i++) for (let j = 0; j < points; j++) {
    const at = place((i + .5) / points - .5, (j + .5) / points - .5);
    const top = document.elementFromPoint(...at);
    if (top === image) on++; else if (top) covered++;
  }
  const corners = [[-.5, -.5], [.5, -.5], [.5, .5], [-.5, .5]].map(at => place(...at));
  return {photo: +image.dataset.photo, fitted,
          corners: corners.map(at => at.map(v => v * devicePixelRatio)),
          visible: on / points ** 2, covered: covered / points ** 2,
          side: Math.min(...seen) * devicePixelRatio,
          tilted: Math.abs(turn.b) > .001, rounded: style.borderTopLeftRadius !== '0px'};
})
"""
"""What the page says of each photo: its corners in pixels of the screen, the share of it that its
place shows (cut to fit), the share of that which nothing covers and the window does not cut off."""


class Drawn(NamedTuple):
    """A page with photos.

    Attributes:
        kind: of the page.
        device: that it is shown on.
        file: the screenshot.
        photos: what the page says of each.
    """

    kind: str
    device: Device
    file: bytes
    photos: list[dict[str, Any]]


class Shown(NamedTuple):
    """A known photo on a page.

    Attributes:
        kind: of the page.
        device: that it is shown on.
        how: `whole`, `tilted`, `cut` or `covered`; of those counted apart `small` or `part`.
        rounded: whether its corners are.
        nearest: bits to its hash, by tier, and those before it.
        truth: what the page says of it.
    """

    kind: str
    device: str
    how: str
    rounded: bool
    nearest: dict[str, int]
    truth: dict[str, Any]


def main() -> None:
    """Draw, hash, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("photos", type=Path, nargs="+")
    parser.add_argument("--half", type=Half, choices=list(Half), default=Half.FINAL)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--known", type=int, default=200)
    parser.add_argument("--kinds", choices=["all", "tuning", "final"], default="all")
    parser.add_argument("--kind", action="append", help="only this one; repeat for several")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cost", action="store_true", help="only the cost")
    options = parser.parse_args()
    pictures = read_pictures(options.photos, seed=options.seed, half=options.half).used
    known, around, others = dealt(pictures, options.known, options.known)
    kinds = [each for each in kinds_of(options.kinds) if each in (options.kind or KINDS)]
    if options.cost:
        _print_cost(pictures, options.seed)
        return
    listed = known_codes([*known, *others])
    rows: list[Shown] = []
    wrong = 256
    for number, drawn in enumerate(pages(kinds, known, around, options.seed)):
        found, other = _looked_for(drawn, listed, len(known))
        rows += found
        wrong = min(wrong, other)
        print(f"\r{number + 1} of {len(kinds) * len(DEVICES)} pages", end="", flush=True)
    print()
    _print(rows, wrong)
    if options.json:
        options.json.write_text(json.dumps([each._asdict() for each in rows], indent=1))


def kinds_of(half: str) -> list[str]:
    """The kinds of pages of a half, or all."""
    names = list(KINDS)
    return {"all": names, "tuning": names[::2], "final": names[1::2]}[half]


def pages(
    kinds: Sequence[str], known: Sequence[Picture], around: Sequence[Picture], seed: int
) -> Iterator[Drawn]:
    """A page of each kind on each device; known photos and those around take turns.

    Photos are numbered: the known ones first, then those around.
    """
    both = [Path(each.locator) for each in (*known, *around)]
    with chromium() as browser, tempfile.TemporaryDirectory(prefix="hashmatch-pages-") as folder:
        for kind in kinds:
            for number, device in enumerate(DEVICES):
                # A page is the same, whatever other pages are drawn.
                place = list(KINDS).index(kind)
                chance = np.random.default_rng((seed, place, number))
                shown = cycle(
                    chain.from_iterable(
                        zip(
                            chance.permutation(len(known)).tolist() or _NOTHING,
                            (len(known) + chance.permutation(len(around))).tolist(),
                            strict=False,
                        )
                    )
                )
                page = Page(
                    ((at, both[at]) for at in shown if at >= 0), chance, device.width, device.height
                )
                yield draw(browser, Path(folder) / "page.html", kind, page, device)


_NOTHING: Final = [-1] * 10_000


def draw(browser: Chromium, path: Path, kind: str, page: Page, device: Device) -> Drawn:
    """A page, drawn: half of them as PNG, half as JPEG, as chats send them."""
    path.write_text(html(kind, page), encoding="utf-8")
    form = "png" if page.chance.random() < 0.5 else "jpeg"
    file, photos = browser.shown(path, device, TRUTH, form)
    return Drawn(kind, device, file, photos)


def known_codes(pictures: Sequence[Picture]) -> Codes:
    """The plain hashes of photos, as publishers hand them out."""
    return codes_of([upright(hash_image(each.read()), "pdq")[:1] for each in pictures])


def all_tiers() -> HashOptions:
    """How pages are hashed."""
    return HashOptions(orientations=True, variants=True, tiers=TIERS)


def codes_by_tier(media: MediaHashes) -> "dict[Tier, NDArray[np.uint8]]":
    """All codes of good quality that are looked up, by tier."""
    found = {Tier.WHOLE: readings(media, "pdq", _LEAST)}
    for tier in TIERS[1:]:
        codes = [r.codes for r in media.regions if r.tier is tier and r.quality >= _LEAST]
        found[tier] = np.frombuffer(b"".join(codes), np.uint8).reshape(-1, CODE)
    return found


def _looked_for(drawn: Drawn, listed: Codes, known: int) -> tuple[list[Shown], int]:
    """The known photos of a page with how near they come, and how near any other entry does."""
    codes = codes_by_tier(hash_image(drawn.file, all_tiers()))
    apart = {
        tier: listed.from_readings(each) if len(each) else np.full(len(listed), 256)
        for tier, each in codes.items()
    }
    luma, k = _luma(drawn.file)
    rows, there = [], {int(each["photo"]) for each in drawn.photos}
    for truth in drawn.photos:
        number = int(truth["photo"])
        if number >= known or truth["visible"] == 0:
            continue
        best, nearest = 256, {}
        for tier in TIERS:
            best = min(best, int(apart[tier][number]))
            nearest[tier.value] = best
        place = np.array(truth["corners"])[:, ::-1] / k
        there_is = listed.from_readings(_codes_at(luma, place))
        nearest[_TRUE] = min(best, int(there_is[number]))
        rows.append(
            Shown(drawn.kind, str(drawn.device), _how(truth), truth["rounded"], nearest, truth)
        )
    others = [at for at in range(len(listed)) if at not in there]
    return rows, min(int(each[others].min()) for each in apart.values())


def _luma(file: bytes) -> "tuple[NDArray[np.uint8], int]":
    """What of a screenshot parts are looked for in, and how many of its pixels one stands for."""
    with Image.open(io.BytesIO(file)) as opened:
        return small(np.asarray(opened.convert("L")))


def _codes_at(luma: "NDArray[np.uint8]", place: "NDArray[np.float64]") -> "NDArray[np.uint8]":
    """The codes of what lies there, in all turns and hypotheses that parts are looked for with."""
    front = rectified(luma, np.clip(place, 0, luma.shape))
    means = Sums(front).means(Box(0, len(front), 0, len(front)))
    own = turned(spectra(means[None], axis(), axis()), list(Orientation)).reshape(-1, 16, 16)
    return np.concatenate((codes_of_spectra(own), framed(means, COVERS)))


def _how(truth: Mapping[str, Any]) -> str:
    """How a photo is shown."""
    if truth["side"] < _THUMBNAIL:
        return "small"
    shown = truth["fitted"] * (truth["visible"] + truth["covered"])
    if truth["fitted"] * truth["visible"] < _HALF_SHOWN:
        return "part"
    # What round corners hide is no cover, and is small.
    if truth["covered"] > (0.25 if truth["rounded"] else 0.02):
        return "covered"
    if shown < _WHOLE and not (truth["rounded"] and truth["fitted"] >= _WHOLE):
        return "cut"
    return "tilted" if truth["tilted"] else "whole"


_APART: Final = ("small", "part")
_TRUE: Final = "true places"
"""All tiers, and parts where the page itself says that photos are: what no search can exceed."""


def _print(rows: Sequence[Shown], wrong: int) -> None:
    counted = [each for each in rows if each.how not in _APART]
    print(f"{len(counted)} known photos on {len({(e.kind, e.device) for e in rows})} pages")
    tiers = [*(tier.value for tier in TIERS), _TRUE]
    print("per cent within  " + "".join(f"{tier:>22}" for tier in tiers))
    print(f"{'':17}" + "".join(f"{'  '.join(map(str, _RADII)):>22}" for _ in tiers))
    _line("all", counted)
    for how in ("whole", "tilted", "cut", "covered"):
        _line(how, [each for each in counted if each.how == how])
    _line("rounded", [each for each in counted if each.rounded])
    for how in _APART:
        _line(f"({how})", [each for each in rows if each.how == how])
    for key in ("device", "kind"):
        print()
        for name in dict.fromkeys(getattr(each, key) for each in rows):
            _line(name, [each for each in counted if getattr(each, key) == name])
    kinds = [
        [e for e in counted if e.kind == name] for name in dict.fromkeys(e.kind for e in counted)
    ]
    shares = [
        statistics.mean(
            100 * sum(e.nearest[TIERS[-1].value] <= r for e in each) / len(each) for each in kinds
        )
        for r in _RADII
    ]
    print(f"\nmean of kinds, all tiers: {'  '.join(f'{each:.0f}' for each in shares)}")
    print(f"nearest of entries that are not on the page: {wrong} bits")
    last = TIERS[-1].value
    for radius in _RADII:
        found = sum(each.nearest[last] <= radius for each in counted)
        low, high = wilson(found, len(counted))
        print(f"all tiers within {radius}: {100 * low:.1f}–{100 * high:.1f} % with 95 %")


def _line(name: str, rows: Sequence[Shown]) -> None:
    if not rows:
        return
    shares = [
        [100 * sum(e.nearest[tier] <= r for e in rows) / len(rows) for r in _RADII]
        for tier in (*(each.value for each in TIERS), _TRUE)
    ]
    cells = "".join(f"{'  '.join(f'{share:4.0f}' for share in each):>22}" for each in shares)
    print(f"{name:17}{cells}{len(rows):6}")


def _print_cost(pictures: Sequence[Picture], seed: int) -> None:
    """Processor time of each effort beside plain hashes of the same file.

    A plain hash is made as scans do by default, of JPEGs by a reduced decode, and as reference
    tools do, of all pixels.
    """
    known, around, _ = dealt(pictures, 100, 100)
    names = ["chat, light", "chat, dark"]
    chats = [each for at in range(4) for each in pages(names, known, around, seed + at)]
    cases = {
        "plain photo, JPEG": [each.read() for each in pictures[:40]],
        "chat, PNG": [each.file for each in chats if each.file.startswith(b"\x89PNG")],
        "chat, JPEG": [each.file for each in chats if not each.file.startswith(b"\x89PNG")],
    }
    every = HashOptions(orientations=True, variants=True)
    exact = replace(every, mode="exact")
    efforts = [replace(every, tiers=TIERS[: at + 1]) for at in range(len(TIERS))]
    for name, files in cases.items():
        spent = np.array([[_seconds(file, each) for each in (exact, *efforts)] for file in files])
        middle = [
            f"{tier} {np.median(spent[:, at] / spent[:, 1]):.1f}× quick, "
            f"{np.median(spent[:, at] / spent[:, 0]):.1f}× exact"
            for at, tier in ((2, "regions"), (3, "framing"))
        ]
        times = ", ".join(f"{1000 * each:.1f}" for each in np.median(spent, axis=0))
        print(f"{name}, {len(files)}: {'; '.join(middle)}; ms: {times}", flush=True)


def _seconds(file: bytes, options: HashOptions) -> float:
    found = []
    for _ in range(2):
        started = time.process_time()
        hash_image(file, options)
        found.append(time.process_time() - started)
    return min(found)


if __name__ == "__main__":
    main()
