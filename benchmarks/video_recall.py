r"""How many copies of known videos are found, how well they are placed, and what is found wrongly.

Copies of one half of the clips are asked for; all clips of both halves are known, and forty-eight
animated photos beside them. Settings are chosen by the half `choosing` alone; the half `final` is
for the table. A found copy counts once, by its clip; clips of the same group, and the clip that an
insert was put into, are neither right nor wrong. Every other pair of a copy and a known video is
unrelated, and a match of it is false.

The error of a place is how far the known second of a segment's first frame is from the truth;
it is given for scenes that move, as others look the same at many moments.

To repeat (Debian):

    apt-get install ffmpeg cmake pkg-config npm libavcodec-dev libavformat-dev libavutil-dev \
        libavdevice-dev libavfilter-dev libswscale-dev
    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install -U pip wheel setuptools
    /tmp/peers/bin/pip install -e . -r benchmarks/requirements-peers.txt
    /tmp/peers/bin/python -m benchmarks.video_recall --folder /tmp/videos --half final
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, quantiles
from typing import Final

for _variable in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_variable}_NUM_THREADS"] = "1"
os.environ["SVT_LOG"] = "1"

from benchmarks import sparse_lists, video_contenders  # noqa: E402 (libraries read the variables at import)
from benchmarks.clips import Clip, fetch  # noqa: E402
from benchmarks.derived_clips import CASES, Copy, make_all  # noqa: E402
from benchmarks.video_contenders import OURS, OURS_TWICE, Contender, Met  # noqa: E402

_FIRM: Final = (
    *CASES[: CASES.index("insert") + 1],
    "letterbox",
    "pillarbox",
    "mirrored",
)
_TARGETS: Final = (
    ("re-encodes, cuts, speed, inserts, boxes, mirror", _FIRM, OURS, 0.95),
    ("re-encodes, cuts, speed, inserts, boxes, mirror", _FIRM, OURS_TWICE, 0.99),
    ("logo", ("logo 15×10 %",), OURS, 0.85),
    ("caption band", ("caption band",), OURS, 0.45),
)
_MEDIAN, _NINETIETH, _PAIRS = 0.15, 0.5, 20_000


@dataclass(slots=True)
class Result:
    """What one contender did.

    Attributes:
        seconds: CPU seconds of this process and its children, for all copies.
        found: copies by case, and whether each was found.
        errors: of place, in seconds, of copies whose scene moves.
        false: copy and known video that have nothing to do with each other.
        pairs: unrelated pairs that were looked at.
        unlisted: known videos that it could not take in.
        failures: copies that it could not read, with the reason.
    """

    seconds: float = 0.0
    found: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)
    errors: list[float] = field(default_factory=list)
    false: list[tuple[str, str]] = field(default_factory=list)
    pairs: int = 0
    unlisted: int = 0
    failures: dict[str, str] = field(default_factory=dict)

    def recall(self, cases: Sequence[str]) -> float | None:
        """Share of the copies of these cases that were found; None where there is none."""
        hits = [hit for case in cases for _, hit in self.found.get(case, ())]
        return fmean(hits) if hits else None

    def place(self) -> tuple[float, float] | None:
        """Median and ninetieth percentile of the errors of place."""
        if len(self.errors) < 2:
            return None
        cuts = quantiles(self.errors, n=10, method="inclusive")
        return cuts[4], cuts[8]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--half", choices=("choosing", "final", "both"), default="choosing")
    parser.add_argument("--folder", type=Path, required=True, help="where clips and copies go")
    parser.add_argument("--clips", default="", help="only copies of clips with this in their name")
    parser.add_argument(
        "--cases", nargs="+", choices=CASES, default=list(CASES), help="only these kinds of copies"
    )
    parser.add_argument("--contenders", default="", help="words of names, between commas")
    parser.add_argument("--jobs", type=int, default=1, help="processes that make copies")
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--lists", action="store_true", help="only against lists of one and two frames a second"
    )
    wanted = parser.parse_args()
    clips = {clip.name: clip for clip in fetch(wanted.folder / "clips")}
    half = [
        clip
        for clip in clips.values()
        if clip.real and wanted.half in ("both", "final" if clip.final else "choosing")
    ]
    cases = sparse_lists.WANTED if wanted.lists else tuple(wanted.cases)
    made_of = make_all(half, wanted.folder / "copies", wanted.jobs, cases)
    asked = [copy for copy in made_of if wanted.clips in copy.clip]
    if wanted.lists:
        for line in sparse_lists.measure(clips, asked, _say):
            print(line, flush=True)
        return
    made, missing = video_contenders.available(wanted.contenders)
    real = sum(clip.real for clip in clips.values())
    print(f"half: {wanted.half}; {real} real clips known and {len(clips) - real} animated photos")
    print(f"{len(asked)} copies of {len({copy.clip for copy in asked})} clips")
    for name, why in missing.items():
        print(f"not measured: {name} ({why})")
    results = {}
    for name, each in made.items():
        print(f"measuring {name}", file=sys.stderr, flush=True)
        results[name] = _measure(each, clips, asked)
    print("", *_table(results), "", *_verdicts(results), sep="\n")
    if wanted.json:
        record = {
            "half": wanted.half,
            "clips": {c.name: c.origin for c in clips.values() if c.real},
            "results": {name: _plain(result) for name, result in results.items()},
        }
        wanted.json.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _measure(contender: Contender, clips: dict[str, Clip], asked: Sequence[Copy]) -> Result:
    result = Result()
    result.unlisted = contender.learn({clip.name: clip.path for clip in clips.values()})
    began = _seconds()
    for copy in asked:
        try:
            met = contender.find(copy.path)
        except Exception as error:  # noqa: BLE001 (a contender's failure is a result)
            met, result.failures[copy.path.name] = {}, f"{type(error).__name__}: {error}"[:200]
        result.found.setdefault(copy.case, []).append((copy.clip, copy.clip in met))
        groups = {clips[name].group for name in (copy.clip, copy.host) if name}
        unrelated = {clip.name for clip in clips.values() if clip.group not in groups}
        result.pairs += len(unrelated)
        result.false += [(copy.path.name, name) for name in met if name in unrelated]
        if copy.moving:
            result.errors += _errors(copy, met)
    result.seconds = _seconds() - began
    return result


def _errors(copy: Copy, met: Met) -> Iterator[float]:
    """How far the surest segment is from the truth, if it lies in the copied part."""
    for start, _, known_start, _ in met.get(copy.clip, ())[:1]:
        if copy.start - 1 <= start <= copy.end + 1:
            yield abs(known_start - copy.known(start))


def _seconds() -> float:
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def _table(results: dict[str, Result]) -> Iterator[str]:
    yield f"{'recall':26}{'copies':>7}" + "".join(f"{name:>16}" for name in results)
    for case in CASES:
        copies = max((len(each.found.get(case, ())) for each in results.values()), default=0)
        shares = (each.recall([case]) for each in results.values())
        cells = "".join("               –" if s is None else f"{s:16.2f}" for s in shares)
        yield f"{case:26}{copies:7}{cells}"
    rows = {
        "false matches": (str(len(each.false)) for each in results.values()),
        "unrelated pairs": (f"{each.pairs:,}" for each in results.values()),
        "known, not taken in": (str(each.unlisted) for each in results.values()),
        "copies, not read": (str(len(each.failures)) for each in results.values()),
        "CPU s for all copies": (f"{each.seconds:.0f}" for each in results.values()),
    }
    places = [each.place() for each in results.values()]
    rows["error of place p50, s"] = (f"{p[0]:.2f}" if p else "–" for p in places)
    rows["error of place p90, s"] = (f"{p[1]:.2f}" if p else "–" for p in places)
    for title, values in rows.items():
        yield f"{title:33}" + "".join(f"{value:>16}" for value in values)


def _verdicts(results: dict[str, Result]) -> Iterator[str]:
    for title, cases, name, target in _TARGETS:
        share = results[name].recall(cases) if name in results else None
        if share is not None:
            verdict = "holds" if share >= target else "MISSED"
            yield f"{name}: {title}: {share:.3f}, target {target}: {verdict}"
    for name in (OURS, OURS_TWICE):
        if name not in results:
            continue
        result, place = results[name], results[name].place()
        if place:
            verdict = "hold" if place[0] <= _MEDIAN and place[1] <= _NINETIETH else "MISSED"
            yield (
                f"{name}: error of place {place[0]:.3f} s, nine tenths {place[1]:.3f} s, "
                f"targets {_MEDIAN} and {_NINETIETH}: {verdict}"
            )
        verdict = "holds" if not result.false else "MISSED"
        enough = "" if result.pairs >= _PAIRS else f", fewer than {_PAIRS:,} pairs"
        yield f"{name}: {len(result.false)} false of {result.pairs:,}{enough}: {verdict}"
        yield from (f"  false: {copy} met {known}" for copy, known in result.false[:20])
        for case, hits in result.found.items():
            missed = ", ".join(clip for clip, hit in hits if not hit)
            if missed:
                yield f"  {name} missed, {case}: {missed}"


def _plain(result: Result) -> dict[str, object]:
    return {
        "recall": {case: result.recall([case]) for case in result.found},
        "found": result.found,
        "place": result.place(),
        "errors": result.errors,
        "false": result.false,
        "pairs": result.pairs,
        "unlisted": result.unlisted,
        "failures": result.failures,
        "cpu_seconds": result.seconds,
    }


if __name__ == "__main__":
    main()
