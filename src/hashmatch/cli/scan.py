"""`hashmatch scan`: a folder against hash lists."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli import EXIT_INTERRUPTED, EXIT_UNREADABLE
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.output import json_line, line, note, printable, size_in_words

if TYPE_CHECKING:
    from hashmatch.matching import Matcher
    from hashmatch.model import Match, ScanResult, ScanSummary

_HELP = """Hash every picture below a folder and print those that are on a hash list.

Files are read whatever their names are, and never written. Matches go to standard output;
progress, unreadable files and the summary to standard error. Exit code 4 says that some file
was unreadable, 130 that the scan was interrupted.

\b
Examples:
  hashmatch scan /evidence/exhibit-7 --against vic.csv
  hashmatch scan DCIM --against vic.csv --against local.txt --json > results.jsonl
"""


def scan_folder(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder, or a single file.")],
    *,
    against: Annotated[
        list[Path],
        typer.Option(
            metavar="LIST",
            help="Hash list: CSV with a header, or one hash a line; repeat for several.",
        ),
    ],
    threshold: Annotated[
        int | None,
        typer.Option(
            min=0, max=128, help="Largest PDQ distance that matches, inclusive.  [default: 31]"
        ),
    ] = None,
    minimum_quality: Annotated[
        int | None,
        typer.Option(min=0, max=100, help="Hashes below it are not matched.  [default: 50]"),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Files at a time.  [default: as many as cores]")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per file, matched or not.")
    ] = False,
) -> None:
    """Replaced by `_HELP`."""
    from hashmatch.profiles import DEFAULT

    profile = DEFAULT
    if threshold is not None:
        profile = replace(profile, name="custom", thresholds={"pdq": threshold})
    if minimum_quality is not None:
        profile = replace(profile, name="custom", minimum_quality=minimum_quality)
    from hashmatch.scanning.engine import matcher_for

    summary, interrupted = show_scan(
        folder, matcher_for(against, profile=profile), threads=threads, as_json=as_json
    )
    if interrupted:
        note("interrupted: the counts above are of the part that was scanned")
        raise typer.Exit(EXIT_INTERRUPTED)
    if summary.unreadable:
        raise typer.Exit(EXIT_UNREADABLE)


scan_folder.__doc__ = _HELP


def show_scan(
    folder: Path, matcher: "Matcher", *, threads: int | None = None, as_json: bool = False
) -> "tuple[ScanSummary, bool]":
    """Scan, print everything, and return the summary and whether the scan was interrupted."""
    from hashmatch.cli.progress import progress
    from hashmatch.reports import plain
    from hashmatch.scanning.engine import Tally, iter_scan
    from hashmatch.sources.folder import Folder

    source = Folder(folder)
    _note_lists(matcher)
    counted = Tally()
    with progress(source) as shown, interruption() as asked:
        stop = asked.is_requested
        for result in iter_scan(source, against=matcher, threads=threads, stop=stop):
            counted.add(result)
            if as_json:
                json_line(plain.of_result(result))
            else:
                _print_result(result)
            shown.update(counted.summary)
    _note_summary(counted.summary)
    return counted.summary, asked.is_requested()


def _note_lists(matcher: "Matcher") -> None:
    for known in matcher.lists:
        for source in known.sources:
            note(
                f"list {known.name}: {source.entries:,} entries, {source.form}, "
                f"SHA-256 {source.sha256}"
            )
        names = sorted({name for part in known.parts for name in part.segment.table.algorithms})
        for name in names:
            if name not in matcher.profile.thresholds:
                note(f"list {known.name}: {known.count(name):,} {name} hashes are not matched")
        if matcher.index is None:
            for number, reason in (row for part in known.parts for row in part.segment.quarantined):
                note(f"list {known.name}: row {number} set aside: {reason}")


def _print_result(result: "ScanResult") -> None:
    item = result.item
    for match in result.matches:
        distance = "equal bytes" if match.kind == "exact" else _distance(match)
        category = match.category or "no category"
        line(
            f"MATCH  {distance:14}  {printable(match.list)} / {printable(match.entry)}  "
            f"{printable(category)}  {printable(item.locator)}{_how(match)}"
        )
    if item.image is not None and not item.image.complete:
        part = f"{item.image.fraction:.0%} decoded"
        note(f"incomplete ({item.image.reason}, {part}): {item.locator}")
    elif item.unreadable is not None and item.unreadable.reason != "not-a-picture":
        note(f"{item.unreadable.reason}: {item.locator}")


def _distance(match: "Match") -> str:
    return f"{match.algorithm} {match.distance} of {match.threshold}"


def _how(match: "Match") -> str:
    how = []
    if match.orientation != 1:
        how.append(match.orientation.label)
    if match.alpha == "dropped":
        how.append("transparency ignored")
    if match.frame:
        how.append(f"frame {match.frame}")
    return f"  ({', '.join(how)})" if how else ""


def _note_summary(summary: "ScanSummary") -> None:
    note(
        f"{summary.items:,} files: {summary.hashed:,} pictures hashed "
        f"({summary.incomplete:,} only in part), {summary.unreadable:,} unreadable, "
        f"{summary.skipped:,} skipped; {size_in_words(summary.bytes)}"
    )
    for reason, count in summary.reasons.items():
        note(f"  {reason}: {count:,}")
    note(f"{summary.matches:,} matches in {summary.matched:,} files")
