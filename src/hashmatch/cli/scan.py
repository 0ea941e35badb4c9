"""`hashmatch scan`: a folder against hash lists."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli import EXIT_INTERRUPTED, EXIT_UNREADABLE
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import AgainstOption, ProfileOption, ThreadsOption
from hashmatch.cli.output import json_line, line, match_line, note, printable, size_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hashmatch.matching import Matcher
    from hashmatch.model import Match, ScanResult, ScanSummary
    from hashmatch.sources.base import Found

_HELP = """Hash every picture below a folder and print those that are on a hash list.

Files are read whatever their names are, and never written. Matches go to standard output;
progress, unreadable files and the summary to standard error. Exit code 4 says that some file
was unreadable, 130 that the scan was interrupted.

\b
Examples:
  hashmatch scan /evidence/exhibit-7 --against lab.index
  hashmatch scan DCIM --against vic.csv --against local.txt --json > results.jsonl
"""


def scan_folder(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder, or a single file.")],
    *,
    against: AgainstOption,
    profile: ProfileOption = "default",
    threshold: Annotated[
        int | None,
        typer.Option(min=0, max=128, help="Largest PDQ distance, instead of the profile's."),
    ] = None,
    minimum_quality: Annotated[
        int | None, typer.Option(min=0, max=100, help="Instead of the profile's.")
    ] = None,
    threads: ThreadsOption = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per file, matched or not.")
    ] = False,
) -> None:
    """Replaced by `_HELP`."""
    from hashmatch.profiles import get_profile
    from hashmatch.scanning.engine import matcher_for
    from hashmatch.sources.folder import Folder

    rules = get_profile(profile)
    if threshold is not None:
        rules = replace(rules, name="custom", thresholds={"pdq": threshold})
    if minimum_quality is not None:
        rules = replace(rules, name="custom", minimum_quality=minimum_quality)
    matcher = matcher_for(against, profile=rules)
    summary, interrupted = show_scan(Folder(folder), matcher, threads=threads, as_json=as_json)
    if interrupted:
        note("interrupted: the counts above are of the part that was scanned")
        raise typer.Exit(EXIT_INTERRUPTED)
    if summary.unreadable:
        raise typer.Exit(EXIT_UNREADABLE)


scan_folder.__doc__ = _HELP


def show_scan(
    source: "Iterable[Found]",
    matcher: "Matcher",
    *,
    threads: int | None = None,
    as_json: bool = False,
) -> "tuple[ScanSummary, bool]":
    """Scan, print everything, and return the summary and whether the scan was interrupted."""
    from hashmatch.cli.progress import progress
    from hashmatch.reports import plain
    from hashmatch.scanning.engine import Tally, iter_scan

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
        line(f"{match_line(match)}  {printable(item.locator)}{_how(match)}")
    if item.image is not None and not item.image.complete:
        part = f"{item.image.fraction:.0%} decoded"
        note(f"incomplete ({item.image.reason}, {part}): {item.locator}")
    elif item.unreadable is not None and item.unreadable.reason != "not-a-picture":
        note(f"{item.unreadable.reason}: {item.locator}")


def _how(match: "Match") -> str:
    from hashmatch.reports.text import readings_of

    how = readings_of(match)
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
    if summary.known_good:
        note(f"{summary.known_good:,} files are known to be harmless")
