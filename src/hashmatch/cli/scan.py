"""`hashmatch scan`: a folder against hash lists."""

import shlex
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import (
    AgainstOption,
    FailOnMatchOption,
    JsonOption,
    MinimumQualityOption,
    ProfileOption,
    ThresholdOption,
    UnsandboxedOption,
    WorkersOption,
    matcher_of,
)
from hashmatch.cli.outcome import end, left_undone, left_unread
from hashmatch.cli.output import json_line, line, match_line, note, printable, size_in_words
from hashmatch.cli.places import check_known_exhibits, check_places
from hashmatch.cli.recording import Record, Runs, check_record, resume_command
from hashmatch.cli.signing import HeadLogOption, SignOption, check_head_log, signer_of
from hashmatch.cli.standard_input import check_dashes
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.index.reading import KnownList
    from hashmatch.matching.matcher import Matcher
    from hashmatch.model import Match, ScanResult, ScanSummary
    from hashmatch.sightings.heads import Head
    from hashmatch.sightings.recording import Run
    from hashmatch.sources.base import Source

_SHOWN = 20
"""Quarantined rows of a list that are printed."""

HELP = """Hash every picture and video below a folder and print those that are on a hash list.

Files are read whatever their names are, by processes that can write nothing and reach nothing
else, and are never changed. Matches go to standard output; progress, unreadable files and the
summary to standard error. Several folders are scanned one after the other. Exit code 130 says that
the scan was interrupted, 70 that some file was not read because of a fault in hashmatch, 10 that
there were matches if --fail-on-match was given, 4 that some file was unreadable or that a folder
holds no file at all: the first of these that is true.

--exclude leaves files out: they are listed and counted, and not read. A pattern without a slash is
compared with every name below DIR, of files and folders; one with a slash with the path below DIR.

With --db and --case everything goes on record: every file, every match, what was known and with
which thresholds. A scan that was interrupted, even by a power cut, goes on with --resume where the
last file on record was; it refuses if lists, thresholds or evidence are not what they were. At the
end the head of the audit chain is printed: --head-log appends it to a file, which should lie
elsewhere, and --sign signs the record (see `hashmatch audit key`).

\b
Examples:
  hashmatch scan /evidence/exhibit-7 --against lab.index
  hashmatch scan DCIM --against vic.csv --against local.txt --json > results.jsonl
  hashmatch scan /evidence/7 --against lab.index --db lab.sightings --case 2026-0417 --exhibit 7
  hashmatch scan /evidence/7 --against lab.index --db lab.sightings --case 2026-0417 --exhibit 7 \\
      --resume
  hashmatch scan /mnt/laptop /mnt/card --against lab.index --exclude '*.iso' --exclude Windows
"""


def scan_folder(
    context: typer.Context,
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders, or single files.")
    ],
    *,
    against: AgainstOption,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Leave files out, as '*.iso'; repeat for several."),
    ] = None,
    db: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            envvar="HASHMATCH_DB",
            help="Database of sightings; made if there is none.",
        ),
    ] = None,
    case: Annotated[str, typer.Option(metavar="N", help="The lab's own case number.")] = "",
    exhibit: Annotated[
        str, typer.Option(metavar="LABEL", help="What the lab calls DIR.  [default: its path]")
    ] = "",
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a scan that was interrupted.")
    ] = False,
    rescan: Annotated[
        bool, typer.Option("--rescan", help="Start a new scan, whatever is on record.")
    ] = False,
    replace_earlier: Annotated[
        bool,
        typer.Option(
            "--replace-earlier",
            help="Matches of earlier scans of the exhibit count no more, even those that this "
            "scan cannot find again.",
        ),
    ] = False,
    head_log: HeadLogOption = None,
    sign: SignOption = "",
    profile: ProfileOption = "default",
    threshold: ThresholdOption = None,
    minimum_quality: MinimumQualityOption = None,
    workers: WorkersOption = None,
    unsandboxed: UnsandboxedOption = False,
    allow_unmatched: Annotated[
        bool, typer.Option("--allow-unmatched", help="Scan even if nothing known can match.")
    ] = False,
    fail_on_match: FailOnMatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `scan`."""
    from hashmatch.cli.covering import lacks_something, refuse_unmatched

    excluded = tuple(exclude or ())

    # The environment may name the database of a lab whose quick looks go on no record.
    def given(option: str) -> bool:
        source = context.get_parameter_source(option.replace("-", "_"))
        return source is not None and source.name == "COMMANDLINE"

    on_record = ("case", "exhibit", "resume", "rescan", "replace-earlier", "head-log", "sign", "db")
    check_record({f"--{name}": given(name) for name in on_record}, db=db, case=case)
    if resume and rescan:
        msg = "--resume goes on with a scan, and --rescan starts a new one: give one of them"
        raise typer.BadParameter(msg)
    if exhibit and len(folders) > 1:
        msg = "--exhibit is for a single folder: scan the folders one by one, each with its label"
        raise typer.BadParameter(msg)
    record = (
        Record(
            *(db, case, exhibit, resume, rescan, excluded, replace_earlier, head_log),
            signer=signer_of(sign) if sign else None,
        )
        if case and db
        else None
    )
    check_dashes(against)
    written = (("the database", record.db), ("the head log", head_log)) if record else ()
    check_places(folders, indexes=against, written=written)
    if record and head_log is not None:
        check_known_exhibits([("the head log", head_log)], record.db)
        check_head_log(head_log)
    sources = [_opened(each, excluded) for each in folders]
    matcher = matcher_of(against, profile, threshold, minimum_quality)
    if not allow_unmatched:
        refuse_unmatched(matcher)
    summary, interrupted, empty = _scan_all(
        folders,
        sources,
        matcher,
        record=record,
        workers=workers,
        unsandboxed=unsandboxed,
        as_json=as_json,
    )
    if as_json:
        summary_line(summary, interrupted=interrupted, heads=record.heads if record else ())
    if interrupted:
        how = "the counts above are of what was scanned"
        note(f"interrupted: {f'continue with: {resume_command()}' if record else how}")
    end(
        interrupted=interrupted,
        faults=summary.faults,
        matched=fail_on_match and bool(summary.matches),
        unreadable=left_unread(summary) or empty or lacks_something(matcher),
    )


def _opened(folder: Path, patterns: "Sequence[str]") -> "Source":
    from hashmatch.sources.opening import open_source

    try:
        return open_source(folder, excluded=patterns)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--exclude") from None


def _scan_all(
    folders: "Sequence[Path]",
    sources: "Sequence[Source]",
    matcher: "Matcher",
    *,
    record: Record | None,
    workers: int | None,
    unsandboxed: bool,
    as_json: bool,
) -> "tuple[ScanSummary, bool, bool]":
    """Scan folders one after the other.

    Returns:
        What was seen in all of them, whether the scan was interrupted, and whether some folder
        holds no file.
    """
    from hashmatch.model import ScanSummary

    total, empty, scanned = ScanSummary(), False, 0
    runs = Runs(record, folders)
    for number, (folder, source) in enumerate(zip(folders, sources, strict=True), 1):
        if len(folders) > 1:
            note(f"{folder}:")
        with runs.begun(folder, source, matcher) as (wanted, run):
            if not wanted:
                note("scanned to its end already: passed by")
                continue
            scanned += 1
            summary, interrupted, asked = show_scan(
                source,
                matcher,
                workers=workers,
                unsandboxed=unsandboxed,
                as_json=as_json,
                run=run,
            )
        total += summary
        if interrupted or (asked and number < len(folders)):
            for later in folders[number:]:
                note(f"not scanned: {later}")
            return total, True, empty
        if not summary.items:
            empty = True
            note(f"warning: {folder} holds no file: is the exhibit mounted?")
    if scanned > 1:
        note(f"all {scanned} together:")
        _note_summary(total)
    return total, False, empty


def show_scan(
    source: "Source",
    matcher: "Matcher",
    *,
    workers: int | None = None,
    unsandboxed: bool = False,
    as_json: bool = False,
    run: "Run | None" = None,
    given: "Sequence[ScanResult]" = (),
) -> "tuple[ScanSummary, bool, bool]":
    """Scan and print everything.

    Returns:
        The summary, whether the scan was interrupted before its end, and whether the user asked
        to stop.
    """
    from hashmatch.cli.progress import scan_progress
    from hashmatch.reports import plain
    from hashmatch.scanning.checks import ALARM
    from hashmatch.scanning.engine import Tally, iter_scan

    _note_lists(matcher)
    counted = Tally()
    alarms: list[str] = []

    def hear(words: str) -> None:
        note(words)
        alarms.extend([words] * words.startswith(ALARM))

    left: list[bool] = []
    with scan_progress(source, given) as shown, interruption() as asked:
        if run is not None:
            run.expect(shown.files)
        results = iter_scan(
            source,
            against=matcher,
            workers=workers,
            unsandboxed=unsandboxed,
            run=run,
            allow_unmatched=True,
            stop=asked.is_requested,
            on_notice=hear,
            on_sign=shown.inside,
            on_held=shown.hold,
            on_stopped=left.append,
        )
        for result in chain(given, results):
            counted.add(result)
            if as_json:
                json_line(plain.of_result(result))
            else:
                _print_result(result)
            shown.update(counted.summary)
    summary = counted.summary if run is None else run.summary()
    summary = replace(summary, alarms=len(alarms))
    _note_summary(summary)
    if matcher.files and not left:
        count = number_of(len(matcher.files), "file")
        proven = all(part.segment.is_proven for known in matcher.lists for part in known.parts)
        how = "SHA-256 as recorded" if proven else "earlier, and not changed since"
        note(f"index files verified: {count}, {how}")
    if left:
        note(left_undone(summary.items, shown.files, all_read=left[0]))
    return summary, bool(left), asked.is_requested()


def summary_line(
    summary: "ScanSummary", *, interrupted: bool, heads: "Sequence[Head]" = ()
) -> None:
    """The last JSON object of a scan, with the newest head of the record."""
    from hashmatch.reports import plain

    ended = heads[-1] if heads else None
    record = {"audit_rows": ended.rows, "audit_head": ended.sha256} if ended else {}
    json_line({**plain.of_summary(summary), "interrupted": interrupted, **record})


def _note_lists(matcher: "Matcher") -> None:
    from hashmatch.cli.covering import note_coverage
    from hashmatch.cli.harmless import known_good_notes

    for known in matcher.lists:
        for source in known.sources:
            note(
                f"list {known.name}: {number_of(source.entries, 'entry', 'entries')}, "
                f"{source.form}, SHA-256 {source.sha256}"
            )
    for words in known_good_notes(matcher.lists, matcher.index.path if matcher.index else None):
        note(words)
    note_coverage(matcher.coverage)
    for known in matcher.lists:
        if matcher.index is None:
            rows = [row for part in known.parts for row in part.segment.quarantined]
            for number, reason in rows[:_SHOWN]:
                note(f"list {known.name}: row {number} quarantined: {reason}")
            if len(rows) > _SHOWN:
                more = f"list {known.name}: {len(rows) - _SHOWN:,} more quarantined rows"
                note(f"{more}; all of them: {_check_command(known)}")


def _check_command(known: "KnownList") -> str:
    """The command that shows every quarantined row of a list, ready to be pasted."""
    files = [each.file for each in known.sources if Path(each.file).is_file()]
    return shlex.join(["hashmatch", "lists", "check", *(files or ["-"])])


def _print_result(result: "ScanResult") -> None:
    item = result.item
    for match in result.matches:
        line(f"{match_line(match)}  {printable(item.locator)}{_how(match)}")
    if item.image is not None and item.fault is not None:
        note(f"read in part only: internal-error ({item.fault}): {item.locator}")
    elif item.image is not None and not item.image.complete:
        part = item.container or f"{item.image.fraction:.0%} decoded"
        unread = [each for each in item.image.flags if each.startswith("unread-")]
        about = ", ".join([str(item.image.reason), part, *unread])
        note(f"incomplete ({about}): {item.locator}")
    elif item.unreadable is not None and item.unreadable.reason != "not-a-picture":
        told = item.unreadable.reason in ("internal-error", "io-error")
        about = item.unreadable.detail if told else item.container
        note(f"{item.unreadable.reason}{f' ({about})' if about else ''}: {item.locator}")


def _how(match: "Match") -> str:
    from hashmatch.reports.text import readings_of

    how = readings_of(match)
    return f"  ({', '.join(how)})" if how else ""


def _note_summary(summary: "ScanSummary") -> None:
    from hashmatch.containers import in_words

    note(
        f"{number_of(summary.items, 'file')}: {summary.hashed:,} hashed "
        f"({number_of(summary.videos, 'video')}, {summary.incomplete:,} only in part), "
        f"{summary.unreadable:,} unreadable, {summary.skipped:,} skipped; "
        f"{size_in_words(summary.bytes)}"
    )
    for reason, count in summary.reasons.items():
        note(f"  {reason}: {count:,}")
    for reason, count in summary.in_part.items():
        note(f"  only in part, {reason}: {count:,}")
    if summary.containers:
        note(in_words(summary.containers))
    matches = number_of(summary.matches, "match", "matches")
    note(f"{matches} in {number_of(summary.matched, 'file')}")
    if summary.known_good:
        note(f"{number_of(summary.known_good, 'file')} known to be harmless")
