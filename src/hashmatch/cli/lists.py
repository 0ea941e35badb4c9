"""`hashmatch lists`: what publishers hand out, in and out of an index."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.handling import HandlingOption, checked_mark, mark_list, show_handling
from hashmatch.cli.list_facts import count_lines, counts_of, facts_of
from hashmatch.cli.options import (
    ExistingIndexOption,
    IndexOption,
    JsonOption,
    ListFormatOption,
)
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.progress import meter
from hashmatch.cli.standard_input import check_dashes, or_standard_input
from hashmatch.model.changes import Change
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.coverage import ListCoverage
    from hashmatch.hashlists.reading import HashList
    from hashmatch.index.generation import Event
    from hashmatch.index.reading import KnownList
    from hashmatch.index.writer import IndexWriter
    from hashmatch.model import Json
    from hashmatch.profiles import Policy

_SHOWN = 20

IMPORT_HELP = """Import hash lists into an index, ready to be searched.

The format is recognised by content: VICS, ICSE, NCMEC, StopNCII, Tech Against Terrorism,
ThreatExchange, vPDQ, NSRL, hashdeep, CSV, plain values and more (docs/reference/formats.md). Rows
that cannot be understood are quarantined with their number and reason, counted, and never guessed;
exit code 4 says that there were some.

A list that the index has already is not touched unless you say how: --replace for a newer
version of all of it, --update for a file of changes and withdrawals.

\b
Examples:
  hashmatch lists import vic-us.json --index lab.index --name VIC
  hashmatch lists import vic-us-2.json --index lab.index --name VIC --replace
  hashmatch lists import own.csv --index lab.index --map md5=HASH --map category=Cat
  hashmatch lists import RDS.db --index lab.index --known-good
"""


_FilesArgument = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Hash lists; - for standard input.")
]

_NameOption = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Name of the list in matches.  [default: what the file says]"
    ),
]

_ColumnsOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OURS=THEIRS", help="Column of a CSV file; repeat."),
]

_KnownGoodOption = Annotated[
    bool,
    typer.Option(
        "--known-good",
        help="The list's files are harmless: their matches are labelled as known good and "
        "raise no alarm.",
    ),
]

_ReplaceOption = Annotated[bool, typer.Option("--replace", help="A newer version of a whole list.")]

_UpdateOption = Annotated[
    bool, typer.Option("--update", help="Changes and withdrawals for a list.")
]


def import_lists(
    files: _FilesArgument,
    *,
    index: IndexOption,
    name: _NameOption = "",
    format: ListFormatOption = "",
    columns: _ColumnsOption = None,
    known_good: _KnownGoodOption = False,
    replace: _ReplaceOption = False,
    update: _UpdateOption = False,
    handling: HandlingOption = "",
    as_json: JsonOption = False,
) -> None:
    """The command `lists import`."""
    from hashmatch.hashlists.reading import read_list
    from hashmatch.index.index import Index

    check_dashes(files)
    if replace and update:
        msg = "--replace and --update exclude each other"
        raise typer.BadParameter(msg)
    if name and len(files) > 1:
        msg = f"--name is for a single file, and {len(files)} are given"
        raise typer.BadParameter(msg)
    if columns and format not in ("", "csv"):
        msg = f"--map names columns of CSV files, and the format is {format!r}"
        raise typer.BadParameter(msg)
    mark = checked_mark(handling)
    mapping = dict(_pair(each) for each in columns or ())
    quarantined, idle = 0, False
    for path in files:
        with (
            or_standard_input(path) as file,
            Index.edit(index) as writer,
            meter(0, "rows") as shown,
        ):
            known = read_list(
                file, name=name, format=format, columns=mapping, on_rows=shown.update_share
            )
            policy = _as_known_good(writer, known.name) if known_good else None
            done = _bring_in(writer, known, path.name, policy, replace=replace, update=update)
            mark_list(writer, known, mark)
        quarantined += len(known.quarantined)
        idle |= not _show_imported(index, known, path, "" if as_json else done)
    if quarantined:
        note(f"{number_of(quarantined, 'row')} could not be understood: quarantined")
    end(unreadable=quarantined or idle)


def _as_known_good(writer: "IndexWriter", name: str) -> "Policy":
    """How a list is treated from now on: as before, but its files are harmless."""
    from hashmatch.profiles import Policy

    before = writer.policy(name) if name in writer.names else Policy()
    return before.merged(Policy(known_good=True))


def _show_imported(index: Path, known: "HashList", path: Path, done: str) -> bool:
    """Print what was imported, as JSON unless there are words for it.

    Returns:
        Whether any of it can match.
    """
    from hashmatch.cli.covering import handling_of, note_coverage
    from hashmatch.cli.harmless import known_good_notes
    from hashmatch.index.index import Index
    from hashmatch.matching.matcher import Matcher

    listed = Index(index)[known.name]
    (coverage,) = Matcher(listed).coverage
    if not done:
        facts = facts_of(known, path, listed.known_good_entries)
        json_line(facts | {"coverage": coverage.to_dict(), **handling_of([listed])})
        return coverage.contributes
    line(f"{printable(known.name)}: {done} ({known.format}, SHA-256 {known.sha256})")
    for words in count_lines(counts_of(known.entries)):
        line(f"  {words}")
    for words in known_good_notes([listed], index):
        note(words)
    note_coverage([coverage])
    _note_quarantined(known, index)
    return coverage.contributes


def _note_quarantined(known: "HashList", index: Path) -> None:
    for row in known.quarantined[:_SHOWN]:
        note(f"quarantined: row {row.number}: {row.reason}")
    if len(known.quarantined) > _SHOWN:
        more = len(known.quarantined) - _SHOWN
        show = ["hashmatch", "lists", "show", known.name, "--index", str(index), "--quarantined"]
        note(f"{more:,} more: {shlex.join(show)}")


def _bring_in(
    writer: "IndexWriter",
    known: "HashList",
    file: str,
    policy: "Policy | None",
    *,
    replace: bool,
    update: bool,
) -> str:
    """Put a list, or news of one, into an index, and say in words what that changed."""
    count = number_of(len(known.entries), "entry", "entries")
    before = writer.sources(known.name)
    if update:
        came, went = writer.update(known, file=file)
        if not (came or went) and before and before[-1].sha256 == known.sha256:
            return "this very file was the last that was imported: nothing was changed"
        return (
            f"{number_of(came, 'entry', 'entries')} came or changed, {went:,} replaced or withdrawn"
        )
    if before and not replace and [each.sha256 for each in before] != [known.sha256]:
        msg = (
            f"the index has a list {known.name!r} already: --replace it with this file, --update "
            "it, or --name this one otherwise"
        )
        raise typer.BadParameter(msg)
    if writer.put(known, file=file, policy=policy):
        return count
    return f"{count}; the index has this very file already: nothing was changed"


def _pair(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not equals:
        msg = f"--map is written OURS=THEIRS, as md5=HASH, not {text!r}"
        raise typer.BadParameter(msg)
    return ours.strip().lower(), theirs.strip()


SHOW_HELP = """Show the lists of an index: where they came from, and what is in them.

\b
Examples:
  hashmatch lists show --index lab.index
  hashmatch lists show VIC --index lab.index --quarantined
  hashmatch lists show VIC --index lab.index --history
"""


def show_lists(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One list.")] = "",
    *,
    index: ExistingIndexOption,
    quarantined: Annotated[
        bool, typer.Option("--quarantined", help="Every quarantined row, with its reason.")
    ] = False,
    history: Annotated[bool, typer.Option("--history", help="Every change of the list.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The command `lists show`."""
    from hashmatch.index.index import Index
    from hashmatch.matching.matcher import Matcher
    from hashmatch.model.plain import plain
    from hashmatch.reports.plain import of_known_list

    opened = Index(index)
    for known in [opened[name]] if name else opened.lists:
        (coverage,) = Matcher(known).coverage
        if as_json:
            json_line(of_known_list(known, coverage))
        else:
            _show(known, coverage)
        if quarantined:
            for number, reason in (row for part in known.parts for row in part.segment.quarantined):
                if as_json:
                    json_line({"list": known.name, "row": number, "reason": reason})
                else:
                    line(f"  row {number}: {reason}")
    for event in opened.generation.history if history else ():
        if name in ("", event.list):
            if as_json:
                json_line({"event": plain(event)})
            else:
                _show_event(event)


def _show(known: "KnownList", coverage: "ListCoverage") -> None:
    from hashmatch.coverage import searched_in_words, unsearched_in_words
    from hashmatch.reports.text import known_good_entries

    live = number_of(len(known), "live entry", "live entries")
    line(f"{printable(known.name)}: {live}{treated(known.policy)}")
    show_handling(known.handling, "  ")
    line(f"  {known_good_entries(known.known_good_entries, len(known))}")
    for source in known.sources:
        about = ", ".join(filter(None, (source.form, source.version, source.owner)))
        line(f"  {printable(source.file) or 'a file'}  {printable(about)}  imported {source.at}")
        entries = number_of(source.entries, "entry", "entries")
        line(f"    {entries}, {number_of(source.quarantined, 'row')} quarantined")
        line(f"    SHA-256 {source.sha256}")
        if member := source.details.get("member"):
            line(f"    {printable(str(member))} in a {source.details.get('packed')}")
    for words in count_lines(known.counts):
        line(f"  {words}")
    for words in searched_in_words(coverage):
        line(f"  {words}")
    for words in unsearched_in_words(coverage):
        line(f"  WARNING: {words}")


_STANDING = {True: "known good", False: "notable"}


def treated(policy: "Policy") -> str:
    """How an operator treats a list, in words; empty where nothing was said."""
    words = [] if policy.known_good is None else [_STANDING[policy.known_good]]
    words += [f"{name} up to {bits}" for name, bits in policy.thresholds.items()]
    for category, own in policy.categories.items():
        words.append(f"{category}{treated(own)}")
    return f" ({', '.join(words)})" if words else ""


def _show_event(event: "Event") -> None:
    change = f"{event.entries:,} came, {event.withdrawn:,} went"
    about = f"{event.version} SHA-256 {event.source}".strip() if event.source else ""
    if event.action == Change.POLICY and event.details:
        before, after = (_policy_in_words(event.details[key]) for key in ("before", "after"))
        change, about = f"{before} → {after}", ""
    elif event.action == Change.HANDLING:
        change = f"{event.details.get('before') or 'none'} → {event.details.get('after') or 'none'}"
    elif ids := event.details.get("ids"):
        about = f"ids: {', '.join(map(str, ids))}"  # type: ignore[arg-type]
    change, about = printable(change), printable(about)
    text = f"{event.at}  {event.action:9}  {printable(event.list)}  {change}  {about}"
    line(text.rstrip())


def _policy_in_words(value: "Json") -> str:
    from hashmatch.index.generation import policy_from_json

    return treated(policy_from_json(value)).strip(" ()") or "as the profile says"


def existing(index: Path) -> Path:
    """The index, which a verb that changes it must not make."""
    from hashmatch.index.index import Index

    return Index(index).path
