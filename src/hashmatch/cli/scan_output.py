"""What a scan prints, while it runs and at its end."""

import shlex
from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hashmatch.cli.inside_options import arguments_of
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.outcome import left_undone
from hashmatch.cli.output import json_line, line, match_line, note, printable, size_in_words
from hashmatch.cli.triage import Order
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.cli.inside_options import ReadingOptions
    from hashmatch.cli.triage import StopAfter
    from hashmatch.index.reading import KnownList
    from hashmatch.matching.matcher import Matcher
    from hashmatch.model import Item, Match, ScanResult, ScanSummary
    from hashmatch.sightings.heads import Head
    from hashmatch.sightings.recording import Run
    from hashmatch.sources.base import Source

_SHOWN = 20
"""Quarantined rows of a list that are printed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a scan is run and printed.

    Attributes:
        as_json: whether results are JSON objects.
        workers: processes that read; as many as cores where None.
        unsandboxed: whether they may do without being locked down.
        reading: what of the evidence is read, and how; as `scan` does by default where None.
        triage: whether what is likeliest to match is read first.
        stop_after: when a triage ends; None where it goes on to the end.
    """

    as_json: bool = False
    workers: int | None = None
    unsandboxed: bool = False
    reading: "ReadingOptions | None" = None
    triage: bool = False
    stop_after: "StopAfter | None" = None


def show_scan(
    source: "Source",
    matcher: "Matcher",
    how: Shown,
    *,
    run: "Run | None" = None,
    given: "Sequence[ScanResult]" = (),
) -> "tuple[ScanSummary, bool, bool]":
    """Scan and print everything.

    Returns:
        The summary, whether the scan was interrupted before its end, and whether the user asked
        to stop.
    """
    from hashmatch.cli.progress import scan_progress
    from hashmatch.scanning.checks import ALARM
    from hashmatch.scanning.engine import iter_scan
    from hashmatch.scanning.tally import Tally

    note_lists(matcher)
    counted, missing, images = Tally(), _MissingReaders(), _Verdicts()
    alarms, left = list[str](), list[bool]()

    def on_notice(words: str) -> None:
        note(words)
        alarms.extend([words] * words.startswith(ALARM))

    order = Order.of_triage(how.stop_after, run) if how.triage else Order()
    with scan_progress(source, given) as shown, interruption() as asked:
        if run is not None:
            run.expect(shown.files)
        results = iter_scan(
            source,
            against=matcher,
            workers=how.workers,
            unsandboxed=how.unsandboxed,
            **arguments_of(how.reading),
            run=run,
            allow_unmatched=True,
            **order.arguments(asked.is_requested),
            on_notice=on_notice,
            on_progress=shown.inside,
            on_expanding=shown.expanding,
            on_held=shown.hold,
            on_stopped=left.append,
        )
        for result in chain(given, results):
            counted.add(result)
            missing.note(result)
            images.take(result)
            _print_result(result, as_json=how.as_json)
            shown.update(counted.summary)
    summary = replace(counted.summary if run is None else run.summary(), alarms=len(alarms))
    _note_end(summary, matcher, left, shown.files, order)
    images.note()
    return summary, bool(left), asked.is_requested()


def _note_end(
    summary: "ScanSummary", matcher: "Matcher", left: "Sequence[bool]", files: int, order: Order
) -> None:
    note_summary(summary)
    if left:
        order.note_unread()
        note(left_undone(summary.items - summary.members, files, all_read=left[0]))
    else:
        _note_index_files(matcher)


def _note_index_files(matcher: "Matcher") -> None:
    """Say that the files of an index were verified, and when."""
    if matcher.files:
        count = number_of(len(matcher.files), "file")
        proven = all(part.segment.is_proven for known in matcher.lists for part in known.parts)
        how = "SHA-256 as recorded" if proven else "earlier, and not changed since"
        note(f"index files verified: {count}, {how}")


def summary_line(
    summary: "ScanSummary",
    matcher: "Matcher",
    *,
    interrupted: bool,
    heads: "Sequence[Head]" = (),
) -> None:
    """The last JSON object of a scan, with marks of its lists and the newest head of the record."""
    from hashmatch.cli.covering import handling_of

    ended = heads[-1] if heads else None
    record = {"audit_rows": ended.rows, "audit_head": ended.sha256} if ended else {}
    marks = handling_of(matcher.lists)
    json_line({**summary.to_dict(), "interrupted": interrupted, **marks, **record})


def note_lists(matcher: "Matcher") -> None:
    """Say which lists are searched, how, and what of them cannot match."""
    from hashmatch.cli.covering import note_coverage, note_handling
    from hashmatch.cli.harmless import known_good_notes

    note_handling(matcher.lists)
    for known in matcher.lists:
        for source in known.sources:
            note(
                f"list {known.name}: {number_of(source.entries, 'entry', 'entries')}, "
                f"{source.form}, SHA-256 {source.sha256}"
            )
    for words in known_good_notes(matcher.lists, matcher.index.path if matcher.index else None):
        note(words)
    note_coverage(matcher.coverage)
    _note_tiers(matcher)
    for known in matcher.lists:
        if not known.files:
            rows = [row for part in known.parts for row in part.segment.quarantined]
            for number, reason in rows[:_SHOWN]:
                note(f"list {known.name}: row {number} quarantined: {reason}")
            if len(rows) > _SHOWN:
                more = f"list {known.name}: {len(rows) - _SHOWN:,} more quarantined rows"
                note(f"{more}; all of them: {_check_command(known)}")


def _note_tiers(matcher: "Matcher") -> None:
    """Say how near parts of pictures must be."""
    from hashmatch.matching.expecting import expected_of_tiers
    from hashmatch.matching.regions import ALGORITHM as PARTS
    from hashmatch.model import Tier

    for tier in (Tier.REGIONS, Tier.FRAMING):
        if tier in matcher.tiers and PARTS not in matcher.algorithms:
            note(f"WARNING: {tier}: no part of a picture is searched: no {PARTS} hash is known")
    for each in expected_of_tiers(matcher.lists, matcher.profile):
        if each.tier not in matcher.tiers or each.parts > 1:
            continue
        if each.probable < 0:
            few = "nothing is near enough for the false matches that the profile allows"
            note(f"WARNING: {each.tier}: no part of a picture is searched: {few}")
        else:
            note(
                f"{each.tier}: parts of pictures up to {number_of(each.match, 'bit')}; probable up "
                f"to {number_of(each.probable, 'bit')}, for {each.tried:,} codes of a plain photo"
            )


def _check_command(known: "KnownList") -> str:
    """The command that shows every quarantined row of a list, ready to be pasted."""
    files = [each.file for each in known.sources if Path(each.file).is_file()]
    return shlex.join(["hashmatch", "lists", "check", *(files or ["-"])])


_USUAL: Final = ("not-a-picture", "opened-container")
"""What is counted and not told of each file."""


class _MissingReaders:
    """Says once of each extra that is not installed what it would have read, and how to have it."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def note(self, result: "ScanResult") -> None:
        why = result.item.unreadable
        name, _, install = ("" if why is None else why.detail).partition(": its reader ")
        if install and install not in self._told:
            self._told.add(install)
            note(f"not opened, as {name}: a reader {install}")


class _Verdicts:
    """What became of the digests that disk images keep of their media."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def take(self, result: "ScanResult") -> None:
        """Count an image."""
        why = result.item.unreadable
        if why is not None:
            self._counts.update(each for each in _VERDICTS if each in why.detail)

    def note(self) -> None:
        """Say it, if there were any."""
        for verdict, words in _VERDICTS.items():
            if count := self._counts[verdict]:
                note(f"{number_of(count, 'disk image')}: {verdict}{words}")


_VERDICTS: Final = {
    "its bytes do not have the digests that it stores": ": it is damaged, or was altered",
    "its bytes cannot be read to the end, to compare its digests": "",
    "its stored digests were not compared with its bytes": " (--verify-images compares them)",
    "its bytes have the digests that it stores": "",
}
"""What is said of images (`sources.diskimage.verifying`), the worst first."""


def _print_result(result: "ScanResult", *, as_json: bool) -> None:
    if as_json:
        json_line(result.to_dict())
        return
    item = result.item
    for match in result.matches:
        line(f"{match_line(match)}  {printable(_where(item))}{_how(match)}")
    if item.media is not None and item.fault is not None:
        note(f"read in part only: internal-error ({item.fault}): {_where(item)}")
    elif item.media is not None and not item.media.complete:
        part = item.container or f"{item.media.fraction:.0%} decoded"
        unread = [each for each in item.media.flags if each.startswith("unread-")]
        about = ", ".join([str(item.media.reason), part, *unread])
        note(f"incomplete ({about}): {_where(item)}")
    elif item.unreadable is not None and not _is_usual(item):
        # Of a disk image it is a sentence that says which volume or file is not read.
        about = item.container or item.unreadable.detail
        note(f"{item.unreadable.reason}{f' ({about})' if about else ''}: {_where(item)}")


def _where(item: "Item") -> str:
    """Where an item lies, and what it was called where it came from."""
    return f"{item.locator} [{item.original_name}]" if item.original_name else item.locator


def _is_usual(item: "Item") -> bool:
    """Whether what is said of an item is counted, and not told: archives hold a lot of such."""
    assert item.unreadable is not None  # noqa: S101 (asked before)
    reason = item.unreadable.reason
    return reason in _USUAL or (item.place is not None and reason.skipped)


def _how(match: "Match") -> str:
    from hashmatch.reports.text import readings_of

    how = readings_of(match)
    return f"  ({', '.join(how)})" if how else ""


def note_summary(summary: "ScanSummary") -> None:
    """Print what a scan saw, in figures."""
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
