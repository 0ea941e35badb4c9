"""`hashmatch bench`: measurements on one's own pictures, lists and machine."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer

from hashmatch.cli.completing import one_of, registered
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import ForceOption, ThreadsOption, threshold_of
from hashmatch.cli.outcome import end
from hashmatch.cli.output import line, note, printable
from hashmatch.cli.places import check_output, check_places
from hashmatch.cli.progress import Meter, meter
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.bench.pictures import Half
    from hashmatch.bench.recall import Watch
    from hashmatch.sources.base import Found

RECALL_HELP = """Measure which altered copies of your pictures are found, and count false matches.

Takes some of the pictures as known, alters each in some 180 ways (resized, cropped, framed,
captioned, covered, in collages and screenshots, photographed and so on), hashes the copies as a
scan does, and looks them up among the hashes of all other pictures. Prints the share that is found,
with intervals that hold it with 95 %, by alteration and by group; the distances of different
pictures; and for each algorithm the largest distance within which at most one of a million
comparisons of different pictures lies. No picture is written, and none is shown. Ctrl-C prints what
was measured until then. Exit code 4 says that a picture was unreadable, and was left out.

\b
Examples:
  hashmatch bench recall holiday-photos/ --group crop --known 2 --html recall.html
  hashmatch bench recall holiday-photos/ --algorithm phash-64 --known 0
"""

TRANSFORMS_HELP = """List the alterations that `bench recall` makes, by group.

Those of installed packages are among them.

\b
Example:
  hashmatch bench transforms
"""

PicturesArgument = Annotated[
    list[Path], typer.Argument(metavar="PICTURES...", help="Folders or files with pictures.")
]
JsonFileOption = Annotated[
    Path | None, typer.Option("--json", metavar="FILE", help="Also write all figures as JSON.")
]
SeedOption = Annotated[
    int, typer.Option(min=0, metavar="NUMBER", help="Another one gives another order and chance.")
]


_AgainstOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--against",
        metavar="KNOWN",
        help="Index or hash list whose entries no picture may match; repeat for several.",
    ),
]
_AlgorithmOption = Annotated[
    list[str] | None,
    typer.Option(
        "--algorithm",
        metavar="ALGORITHM",
        autocompletion=registered("hashers"),
        help="Measure this algorithm; repeat for several.  [default: pdq]",
    ),
]
_TiersOption = Annotated[
    str,
    typer.Option(metavar="TIER,...", help="How hard known pictures are looked for."),
]
_ThresholdOption = Annotated[
    list[str] | None,
    typer.Option(
        "--threshold",
        metavar="[ALGORITHM=]BITS",
        help="Distance within which copies are looked up; repeat for several.  [default: of pdq "
        "31, 38 and 46; else those of the profiles default and wide]",
    ),
]
_GroupOption = Annotated[
    list[str] | None,
    typer.Option(
        "--group",
        metavar="GROUP",
        autocompletion=registered("transforms"),
        help="Only alterations of this group; repeat for several.",
    ),
]
_KnownOption = Annotated[
    int,
    typer.Option(
        min=0,
        metavar="NUMBER",
        help="Pictures that are known; with 0 only different pictures are compared.",
    ),
]
_DistractorsOption = Annotated[
    str,
    typer.Option(
        metavar="NUMBER|FILE",
        help="Made-up hashes on the list beside those of the other pictures, or a hash list.",
    ),
]
_SplitOption = Annotated[
    str,
    typer.Option(
        metavar="all|tuning|final",
        autocompletion=one_of("all", "tuning", "final"),
        help="Which of two halves of the pictures: choose numbers on `tuning`, and measure on "
        "`final`.",
    ),
]
_EnrolledOption = Annotated[
    bool,
    typer.Option(
        "--enrolled",
        help="List pictures as `lists enrol` does, not by their plain hashes alone; for pdq.",
    ),
]
_HtmlOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Also write a page with plots, without any picture."),
]


def list_transforms() -> None:
    """The command `bench transforms`."""
    from hashmatch.bench.transforms.base import suite

    alterations = suite()
    groups: dict[str, list[str]] = {}
    for each in alterations:
        groups.setdefault(each.group, []).append(each.name)
    for group, names in groups.items():
        line(f"{printable(group):14} {len(names):3}  {printable(', '.join(names))}")
    line(f"{number_of(len(alterations), 'alteration')} in {number_of(len(groups), 'group')}")


def bench_recall(
    pictures: PicturesArgument,
    *,
    against: _AgainstOption = None,
    algorithm: _AlgorithmOption = None,
    tiers: _TiersOption = "whole",
    threshold: _ThresholdOption = None,
    group: _GroupOption = None,
    known: _KnownOption = 100,
    distractors: _DistractorsOption = "0",
    split: _SplitOption = "all",
    enrolled: _EnrolledOption = False,
    seed: SeedOption = 0,
    threads: ThreadsOption = None,
    json_file: JsonFileOption = None,
    html: _HtmlOption = None,
    force: ForceOption = False,
) -> None:
    """The command `bench recall`."""
    from hashmatch.bench.page import recall_page
    from hashmatch.bench.recall import RecallOptions, measure_recall
    from hashmatch.bench.table import recall_lines

    check_outputs(pictures, json_file, html, force=force)
    made_up, lists = _distractors(distractors)
    algorithms = tuple(dict.fromkeys(algorithm or ("pdq",)))
    if enrolled and algorithms != ("pdq",):
        msg = "--enrolled is for pdq alone: lists are enrolled by it"
        raise typer.BadParameter(msg)
    options = RecallOptions(
        algorithms=algorithms,
        tiers=tuple(each.strip() for each in tiers.split(",")),
        thresholds=_thresholds(threshold or (), algorithms),
        groups=tuple(dict.fromkeys(group or ())),
        seed=seed,
        known=known,
        distractors=made_up,
        against=(*(against or ()), *lists),
        half=_half(split),
        enrolled=enrolled,
        threads=threads,
    )
    with watching() as watch:
        result = measure_recall(pictures, options, watch=watch)
    for each in recall_lines(result):
        line(each)
    write_results(result, json_file, html, recall_page)
    for each in result["unread"]:
        note(f"{each['reason']}: {each['picture']}")
    faults = {"an altered copy": result["faults"]} if result["faults"] else None
    end(interrupted=result["interrupted"], faults=faults, unreadable=result["unread"])


def _half(name: str) -> "Half":
    from hashmatch.bench.pictures import Half

    if name not in list(Half):
        msg = f"--split is {', '.join(Half)}, not {name!r}"
        raise typer.BadParameter(msg)
    return Half(name)


def _distractors(given: str) -> tuple[int, list[Path]]:
    """How many are made up, or the list that they are on."""
    return (int(given), []) if given.isdecimal() else (0, [Path(given)])


def _thresholds(given: Iterable[str], algorithms: Sequence[str]) -> dict[str, list[int]]:
    """The distances of each algorithm; a bare number is for the only one that is measured."""
    from hashmatch.profiles import check_thresholds

    found: dict[str, list[int]] = {}
    for each in given:
        name, bits = threshold_of(each, default=algorithms[0] if len(algorithms) == 1 else "pdq")
        if name not in algorithms:
            msg = f"--threshold {each} has no effect: {name} is not measured"
            raise typer.BadParameter(msg)
        check_thresholds({name: bits})
        found.setdefault(name, []).append(bits)
    return found


def check_outputs(
    pictures: Sequence[Path], json_file: Path | None, html: Path | None = None, *, force: bool
) -> None:
    """Refuse to write among the pictures, and over a file that is there, before any work."""
    check_places(pictures, written=[("the file", json_file), ("the page", html)])
    for path in (json_file, html):
        if path is not None:
            check_output(path, force=force)


def write_results(
    result: Mapping[str, Any],
    json_file: Path | None,
    html: Path | None = None,
    page: Callable[[Mapping[str, Any]], str] = str,
) -> None:
    """Write the figures as JSON, and as a page, where they are wanted.

    Raises:
        OutputError: a file cannot be written.
    """
    from hashmatch.files.whole import cannot_write, whole_file

    texts = [(json_file, json.dumps(result, indent=1) + "\n")] if json_file else []
    if html:
        texts.append((html, page(result)))
    for path, text in texts:
        try:
            with whole_file(path) as file:
                file.write(text)
        except OSError as error:
            raise cannot_write(path, error) from None


@contextmanager
def watching() -> "Iterator[Watch]":
    """Progress on standard error, and Ctrl-C that ends the measurement with what there is."""
    from hashmatch.bench.recall import Watch

    with interruption() as asked, _Stages() as stages:

        def counting(files: "Iterable[Found]") -> "Iterator[Found]":
            for number, each in enumerate(files, 1):
                if asked.is_requested():
                    raise KeyboardInterrupt
                yield each
                stages.show("files", number, 0)

        yield Watch(counting, stages.show, asked.is_requested)


class _Stages:
    """One display after the other, for what is counted."""

    def __enter__(self) -> Self:
        self._stack, self._unit = ExitStack(), ""
        self._meter: Meter | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def show(self, unit: str, done: int, total: int) -> None:
        """Show that so many of so many are done; of 0 where nobody knows."""
        if self._meter is None or unit != self._unit:
            self._stack.close()
            self._meter, self._unit = self._stack.enter_context(meter(total, unit)), unit
        self._meter.update(done)
