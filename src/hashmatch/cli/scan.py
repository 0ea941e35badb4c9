"""`hashmatch scan`: a folder against hash lists."""

import shlex
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli import EXIT_INTERRUPTED, EXIT_MATCHED, EXIT_UNREADABLE
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import AgainstOption, ProfileOption, WorkersOption
from hashmatch.cli.output import json_line, line, match_line, note, printable, size_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hashmatch.matching.matcher import Matcher
    from hashmatch.model import Match, ScanResult, ScanSummary
    from hashmatch.sightings.recording import Run
    from hashmatch.sources.base import Found

_HELP = """Hash every picture and video below a folder and print those that are on a hash list.

Files are read whatever their names are, by processes that can write nothing and reach nothing
else, and are never changed. Matches go to standard output; progress, unreadable files and the
summary to standard error. Exit code 4 says that some file was unreadable, 130 that the scan was
interrupted, 10 that there were matches if --fail-on-match was given.

With --db and --case everything goes on record: every file, every match, what was known and with
which thresholds. A scan that was interrupted, even by a power cut, goes on with --resume where the
last file on record was; it refuses if lists, thresholds or evidence are not what they were.

\b
Examples:
  hashmatch scan /evidence/exhibit-7 --against lab.index
  hashmatch scan DCIM --against vic.csv --against local.txt --json > results.jsonl
  hashmatch scan /evidence/7 --against lab.index --db lab.sightings --case 2026-0417 --exhibit 7
  hashmatch scan /evidence/7 --against lab.index --db lab.sightings --case 2026-0417 --exhibit 7 \\
      --resume
"""


def scan_folder(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder, or a single file.")],
    *,
    against: AgainstOption,
    db: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Database of sightings; made if there is none."),
    ] = None,
    case: Annotated[str, typer.Option(metavar="N", help="The lab's own case number.")] = "",
    exhibit: Annotated[
        str, typer.Option(metavar="LABEL", help="What the lab calls DIR.  [default: its path]")
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a scan that was interrupted.")
    ] = False,
    rescan: Annotated[
        bool, typer.Option("--rescan", help="Start anew, whatever is on record.")
    ] = False,
    profile: ProfileOption = "default",
    threshold: Annotated[
        int | None,
        typer.Option(min=0, max=128, help="Largest PDQ distance, instead of the profile's."),
    ] = None,
    minimum_quality: Annotated[
        int | None, typer.Option(min=0, max=100, help="Instead of the profile's.")
    ] = None,
    workers: WorkersOption = None,
    fail_on_match: Annotated[
        bool, typer.Option("--fail-on-match", help="Exit code 10 if there are matches.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per file, matched or not.")
    ] = False,
) -> None:
    """Replaced by `_HELP`."""
    from hashmatch.profiles import get_profile
    from hashmatch.scanning.engine import matcher_for
    from hashmatch.sources.folder import Folder

    if (db is None) != (not case) or (db is None and (exhibit or resume or rescan)):
        msg = "--db and --case go together, and --exhibit, --resume and --rescan with them"
        raise typer.BadParameter(msg)
    if db is not None and db.resolve().is_relative_to(folder.resolve()):
        msg = f"{db} lies in the evidence, where nothing is written: name another place"
        raise typer.BadParameter(msg)
    rules = get_profile(profile)
    if threshold is not None:
        rules = replace(rules, name="custom", thresholds={"pdq": threshold})
    if minimum_quality is not None:
        rules = replace(rules, name="custom", minimum_quality=minimum_quality)
    matcher = matcher_for(against, profile=rules)
    source = Folder(folder)
    if db is None:
        summary, interrupted = show_scan(source, matcher, workers=workers, as_json=as_json)
    else:
        with on_record(
            db, matcher, folder, case=case, exhibit=exhibit, resume=resume, rescan=rescan
        ) as run:
            summary, interrupted = show_scan(
                source, matcher, workers=workers, as_json=as_json, run=run
            )
    if interrupted:
        how = "go on with --resume" if db else "the counts above are of the part that was scanned"
        note(f"interrupted: {how}")
        raise typer.Exit(EXIT_INTERRUPTED)
    if fail_on_match and summary.matches:
        raise typer.Exit(EXIT_MATCHED)
    if summary.unreadable:
        raise typer.Exit(EXIT_UNREADABLE)


scan_folder.__doc__ = _HELP


@contextmanager
def on_record(
    db: Path,
    matcher: "Matcher",
    folder: Path,
    *,
    case: str,
    exhibit: str = "",
    resume: bool = False,
    rescan: bool = False,
) -> "Iterator[Run]":
    """A run of this folder in a database."""
    from hashmatch.scanning.engine import run_config
    from hashmatch.sightings.binding import SourceSpec
    from hashmatch.sightings.database import Database

    path = str(folder.resolve())
    source = SourceSpec(exhibit or path, "folder", path)
    configuration = run_config(matcher, command=shlex.join(sys.argv))
    with Database.open(db) as database:
        for each in database.notes:
            note(each)
        with database.run(
            case=case, source=source, configuration=configuration, resume=resume, rescan=rescan
        ) as run:
            if run.position:
                note(f"{run.position:,} files are on record already")
            yield run


def show_scan(
    source: "Iterable[Found]",
    matcher: "Matcher",
    *,
    workers: int | None = None,
    as_json: bool = False,
    run: "Run | None" = None,
) -> "tuple[ScanSummary, bool]":
    """Scan, print everything, and return the summary and whether the scan was interrupted."""
    from hashmatch.cli.progress import progress
    from hashmatch.reports import plain
    from hashmatch.scanning.engine import Tally, iter_scan

    _note_lists(matcher)
    counted = Tally()
    with progress(source) as shown, interruption() as asked:
        results = iter_scan(
            source,
            against=matcher,
            workers=workers,
            run=run,
            stop=asked.is_requested,
            on_notice=note,
            on_sign=shown.inside,
        )
        for result in results:
            counted.add(result)
            if as_json:
                json_line(plain.of_result(result))
            else:
                _print_result(result)
            shown.update(counted.summary)
    summary = counted.summary if run is None else run.summary()
    _note_summary(summary)
    return summary, asked.is_requested()


def _note_lists(matcher: "Matcher") -> None:
    from hashmatch.cli.harmless import known_good_notes

    for known in matcher.lists:
        for source in known.sources:
            note(
                f"list {known.name}: {source.entries:,} entries, {source.form}, "
                f"SHA-256 {source.sha256}"
            )
    for words in known_good_notes(matcher.lists, matcher.index.path if matcher.index else None):
        note(words)
    for known in matcher.lists:
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
        f"{summary.items:,} files: {summary.hashed:,} hashed, {summary.videos:,} of them videos "
        f"({summary.incomplete:,} only in part), {summary.unreadable:,} unreadable, "
        f"{summary.skipped:,} skipped; {size_in_words(summary.bytes)}"
    )
    for reason, count in summary.reasons.items():
        note(f"  {reason}: {count:,}")
    note(f"{summary.matches:,} matches in {summary.matched:,} files")
    if summary.known_good:
        note(f"{summary.known_good:,} files are known to be harmless")
