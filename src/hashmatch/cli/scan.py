"""`hashmatch scan`: a folder against hash lists."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hashmatch.cli.covering import lacks_something, refuse_unmatched
from hashmatch.cli.dry_run import list_only
from hashmatch.cli.inside_options import (
    DeletedOption,
    DepthOption,
    MaxExpandedOption,
    MaxMemberOption,
    MaxMembersOption,
    MaxRatioOption,
    MaxSecondsOption,
    MinSizeOption,
    NoInsideOption,
    OnlyOption,
    PasswordsOption,
    ReadingOptions,
    SnapshotsOption,
    VerifyImagesOption,
    VolumeOption,
    reading_of,
)
from hashmatch.cli.options import (
    EffortOption,
    FailOnMatchOption,
    JsonOption,
    MinimumQualityOption,
    ProfileOption,
    ThresholdOption,
    TiersOption,
    UnsandboxedOption,
    WorkersOption,
    matcher_of,
)
from hashmatch.cli.outcome import end, left_unread
from hashmatch.cli.output import note
from hashmatch.cli.places import check_known_exhibits, check_places
from hashmatch.cli.recording import Record, Runs, check_record, resume_command
from hashmatch.cli.scan_options import (
    AllowUnmatchedOption,
    CaseOption,
    DatabaseOption,
    DeepenOption,
    DryRunOption,
    ExcludeOption,
    ExhibitOption,
    FoldersArgument,
    KnownOption,
    ReplaceEarlierOption,
    RescanOption,
    ResumeOption,
    StopAfterOption,
    TriageOption,
)
from hashmatch.cli.scan_output import Shown, note_summary, show_scan, summary_line
from hashmatch.cli.signing import HeadLogOption, SignOption, check_head_log, signer_of
from hashmatch.cli.standard_input import check_dashes
from hashmatch.cli.triage import StopAfter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hashmatch.matching.matcher import Matcher
    from hashmatch.model import ScanSummary
    from hashmatch.sources.base import Source

HELP = """Hash every picture and video below a folder and print those that are on a hash list.

Files are read whatever their names are, by processes that can write nothing and reach nothing
else, and are never changed. Matches go to standard output; progress, unreadable files and the
summary to standard error. Several folders are scanned one after the other. Exit code 130 says that
the scan was interrupted, 70 that some file was not read because of a fault in hashmatch, 10 that
there were matches if --fail-on-match was given, 4 that some file was unreadable or that a folder
holds no file at all. If several apply, the code named first is given.

Archives, documents, mail, databases, backups and disk images are read as well, and other files are
searched for pictures at any place; nothing of this is ever written to disk. Each item has a
locator, as `7/a.zip!zip:3:b.jpg`. --min-size and --only say what is decoded.

--exclude leaves files out: they are listed and counted, and not read. A pattern without a slash is
compared with every name below DIR, of files and folders; one with a slash with the path below DIR.

With --db and --case everything goes on record: every file, every match, what was known and with
which thresholds. If a scan was interrupted, even by a power cut, --resume continues it after the
last file on record, and is refused if lists, thresholds or evidence have changed. At the end the
head of the audit chain is printed: --head-log appends it to a file, which should lie elsewhere, and
--sign signs the record (see `hashmatch audit key`).

With --deepen a scan with --effort normal or thorough goes on with one of the same exhibit that
looked less hard: what that one hashed, and anything that is known meets, is not decoded again.

With --triage the files in which matches are likeliest, by their place, kind, size and age and by
what earlier scans on record teach, are read first, and keyframes of videos before whole videos.
Nothing is left out: --stop-after, or Ctrl-C, ends it early, with exit code 130; what was not read
is counted and on record, and --resume reads it.

--dry-run lists what a scan would read, and decodes, matches and records nothing: containers, the
volumes of disk images with their files, what needs a password and what is not read. Exit code 4
says that something would be unreadable.

\b
Examples:
  hashmatch scan /evidence/exhibit-7 --dry-run
  hashmatch scan /evidence/exhibit-7 --against lab.index
  hashmatch scan DCIM --against vic.csv --against local.txt --json > results.jsonl
  hashmatch scan /evidence/7 --against lab.index --db lab.sightings --case 2026-0417 --exhibit 7
  hashmatch scan /evidence/7 --against lab.index --db lab.sightings --case 2026-0417 --exhibit 7 \\
      --resume
  hashmatch scan /mnt/card --against lab.index --db lab.sightings --case 2026-0417 --exhibit 8 \\
      --triage --stop-after 15m
  hashmatch scan /mnt/laptop /mnt/card --against lab.index --exclude '*.iso' --exclude Windows
"""


def scan_folder(
    context: typer.Context,
    folders: FoldersArgument,
    *,
    against: KnownOption = None,
    dry_run: DryRunOption = False,
    exclude: ExcludeOption = None,
    db: DatabaseOption = None,
    case: CaseOption = "",
    exhibit: ExhibitOption = "",
    resume: ResumeOption = False,
    rescan: RescanOption = False,
    deepen: DeepenOption = False,
    triage: TriageOption = False,
    stop_after: StopAfterOption = "",
    replace_earlier: ReplaceEarlierOption = False,
    min_size: MinSizeOption = None,
    only: OnlyOption = None,
    no_inside: NoInsideOption = False,
    depth: DepthOption = None,
    passwords: PasswordsOption = None,
    max_members: MaxMembersOption = None,
    max_expanded: MaxExpandedOption = None,
    max_ratio: MaxRatioOption = None,
    max_member_size: MaxMemberOption = None,
    max_seconds_inside: MaxSecondsOption = None,
    snapshots: SnapshotsOption = True,
    deleted: DeletedOption = True,
    volume: VolumeOption = None,
    verify_images: VerifyImagesOption = False,
    head_log: HeadLogOption = None,
    sign: SignOption = "",
    profile: ProfileOption = "default",
    threshold: ThresholdOption = None,
    minimum_quality: MinimumQualityOption = None,
    effort: EffortOption = None,
    tiers: TiersOption = "",
    workers: WorkersOption = None,
    unsandboxed: UnsandboxedOption = False,
    allow_unmatched: AllowUnmatchedOption = False,
    fail_on_match: FailOnMatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `scan`."""
    _scan(context, folders, against or [], exclude or [])


def _scan(
    context: typer.Context,
    folders: "Sequence[Path]",
    against: "Sequence[Path]",
    exclude: "Sequence[str]",
) -> None:
    given, reading = context.params, reading_of(context.params)
    record = _record_for(context, folders, against, reading)
    sources = [_opened(each, exclude) for each in folders]
    if given["dry_run"]:
        list_only(given, folders, sources, reading)
        return
    matcher = _matcher_for(given, against)
    how = Shown(
        **{name: given[name] for name in ("as_json", "workers", "unsandboxed", "triage")},
        reading=reading,
        stop_after=StopAfter.of(given["stop_after"]),
    )
    seen = _scan_all(folders, sources, matcher, record, how)
    _end(seen, matcher, record, how, matched=given["fail_on_match"])


def _end(
    seen: "tuple[ScanSummary, bool, bool]",
    matcher: "Matcher",
    record: Record | None,
    how: Shown,
    *,
    matched: bool,
) -> None:
    """Say how it ended, and exit with the code of what weighs most; `matched`: matches do."""
    summary, interrupted, empty = seen
    _note_end(summary, matcher, record, how, interrupted=interrupted)
    end(
        interrupted=interrupted,
        faults=summary.faults,
        matched=matched and bool(summary.matches),
        unreadable=left_unread(summary) or empty or lacks_something(matcher),
    )


def _matcher_for(given: "Mapping[str, Any]", against: "Sequence[Path]") -> "Matcher":
    """What is known, and how hard it is looked for; refused where nothing of it can match."""
    matcher = matcher_of(
        against,
        given["profile"],
        given["threshold"],
        given["minimum_quality"],
        effort=given["effort"],
        tiers=given["tiers"],
    )
    refuse_unmatched(matcher, unless=given["allow_unmatched"])
    return matcher


def _collect_seldom() -> None:
    """Look for garbage less often: what is loaded stays, and that took a fifth of the time."""
    gc.set_threshold(50_000, 20, 50)


def _note_end(
    summary: "ScanSummary",
    matcher: "Matcher",
    record: Record | None,
    how: Shown,
    *,
    interrupted: bool,
) -> None:
    if how.as_json:
        heads = record.heads if record else ()
        summary_line(summary, matcher, interrupted=interrupted, heads=heads)
    if interrupted:
        note(f"interrupted: {_how_to_go_on(record)}")


def _record_for(
    context: typer.Context,
    folders: "Sequence[Path]",
    against: "Sequence[Path]",
    reading: ReadingOptions,
) -> Record | None:
    """The same as `_record_of`, once options go together and nothing is written into evidence.

    Among what was given, older versions of typer have paths as texts.
    """
    _check_options(context, folders)
    given = context.params
    record = None if given["dry_run"] else _record_of(given, reading)
    _check_written(record, folders, against)
    return record


def _record_of(given: "Mapping[str, Any]", reading: ReadingOptions) -> Record | None:
    """The database and case of the scan; None where it does not go on record."""
    if not (given["case"] and given["db"]):
        return None
    head_log = given["head_log"]
    return Record(
        Path(given["db"]),
        given["case"],
        given["exhibit"],
        given["resume"],
        given["rescan"],
        tuple(given["exclude"] or ()),
        given["replace_earlier"],
        None if head_log is None else Path(head_log),
        reading=reading,
        signer=signer_of(given["sign"]) if given["sign"] else None,
        deepen=given["deepen"],
    )


def _check_options(context: typer.Context, folders: "Sequence[Path]") -> None:
    """Refuse options that do not go together."""

    # The environment may name the database of a lab whose quick looks go on no record.
    def given(option: str) -> bool:
        source = context.get_parameter_source(option.replace("-", "_"))
        return source is not None and source.name == "COMMANDLINE"

    on_record = (
        "case",
        "exhibit",
        "resume",
        "rescan",
        "deepen",
        "replace-earlier",
        "head-log",
        "sign",
        "db",
    )
    wanted = context.params
    check_record(
        {f"--{name}": given(name) for name in on_record}, db=wanted["db"], case=wanted["case"]
    )
    if wanted["resume"] and wanted["rescan"]:
        msg = "--resume continues a scan, and --rescan starts a new one: give only one of them"
        raise typer.BadParameter(msg)
    if wanted["deepen"] and wanted["rescan"]:
        msg = "--deepen uses hashes on record again, and --rescan does not: give only one of them"
        raise typer.BadParameter(msg)
    if wanted["stop_after"] and not wanted["triage"]:
        msg = "--stop-after ends a triage: give --triage too"
        raise typer.BadParameter(msg)
    if wanted["stop_after"] and len(folders) > 1:
        msg = "--stop-after is for a single folder: scan the folders one by one"
        raise typer.BadParameter(msg)
    StopAfter.of(wanted["stop_after"])
    if wanted["exhibit"] and len(folders) > 1:
        msg = "--exhibit is for a single folder: scan the folders one by one, each with its label"
        raise typer.BadParameter(msg)


def _check_written(
    record: Record | None, folders: "Sequence[Path]", against: "Sequence[Path]"
) -> None:
    """Refuse to write into evidence."""
    check_dashes(against)
    head_log = record.head_log if record else None
    written = (("the database", record.db), ("the head log", head_log)) if record else ()
    check_places(folders, indexes=against, written=written)
    if record and head_log is not None:
        check_known_exhibits([("the head log", head_log)], record.db)
        check_head_log(head_log)


def _how_to_go_on(record: Record | None) -> str:
    if record is None:
        return "the counts above are of what was scanned"
    return f"continue with: {resume_command()}"


def _opened(folder: Path, patterns: "Sequence[str] | None") -> "Source":
    from hashmatch.sources.opening import open_source

    try:
        return open_source(folder, excluded=patterns or ())
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--exclude") from None


def _scan_all(
    folders: "Sequence[Path]",
    sources: "Sequence[Source]",
    matcher: "Matcher",
    record: Record | None,
    how: Shown,
) -> "tuple[ScanSummary, bool, bool]":
    """Scan folders one after the other.

    Returns:
        What was seen in all of them, whether the scan was interrupted, and whether some folder
        holds no file.
    """
    from hashmatch.model import ScanSummary

    _collect_seldom()
    total, empty, scanned = ScanSummary(), False, 0
    runs = Runs(record, folders)
    for number, (folder, source) in enumerate(zip(folders, sources, strict=True), 1):
        if len(folders) > 1:
            note(f"{folder}:")
        with runs.begun(folder, source, matcher) as (wanted, run):
            if not wanted:
                note("already scanned to its end: not scanned again")
                continue
            scanned += 1
            summary, interrupted, asked = show_scan(source, matcher, how, run=run)
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
        note_summary(total)
    return total, False, empty
