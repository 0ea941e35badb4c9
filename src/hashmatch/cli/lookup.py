"""`hashmatch match` and `hashmatch lookup`: single files and values against what is known."""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.folders import warn_of_empty
from hashmatch.cli.options import (
    AgainstOption,
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
from hashmatch.cli.output import json_line, line, match_line, note, printable
from hashmatch.cli.standard_input import DASH, check_dashes, gives_something
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.matching.matcher import Matcher
    from hashmatch.matching.searchable import Searchable
    from hashmatch.model import Hash, ScanResult
    from hashmatch.sources.base import Source

MATCH_HELP = """Match single files against hash lists.

Prints as `scan` does. Use `scan` for whole folders.

\b
Examples:
  hashmatch match photo.jpg --against lab.index
  hashmatch match *.jpg --against vic.json --profile wide --json
"""

LOOKUP_HELP = """Look up hashes or digests, from arguments or one a line on standard input.

Values are written with their name, as pdq:f8f8… or sha256:…; MD5 and SHA-1 may be bare, and 64
bare hex digits are looked up both as SHA-256 and as PDQ. Values of kinds that no
list holds cannot match: they are counted separately, and the exit code is 4. Lines of md5sum,
sha1sum and sha256sum are read as they are. A call without any value is wrong use (exit code 2); a
file or pipe on standard input that holds none gives exit code 4.

\b
Examples:
  hashmatch lookup pdq:f8f8… --against lab.index
  hashmatch lookup phash-64:a1b2… --against lab.index --threshold phash-64=6
  sha256sum *.jpg | hashmatch lookup --against lab.index
  cut -f2 uploads.tsv | hashmatch lookup --against lab.index --json
"""

_BATCH = 1024
_SUM = re.compile(r"\\?([0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}) [ *].+")
_SHOWN = 80
_IDLE = "not_searchable"
_NO_VALUE = (
    "no value is given, as an argument or on standard input: "
    "hashmatch lookup pdq:f8f8… --against lab.index"
)


def match_files(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Files; - for standard input.")
    ],
    *,
    against: AgainstOption,
    profile: ProfileOption = "default",
    threshold: ThresholdOption = None,
    minimum_quality: MinimumQualityOption = None,
    effort: EffortOption = None,
    tiers: TiersOption = "",
    workers: WorkersOption = None,
    unsandboxed: UnsandboxedOption = False,
    fail_on_match: FailOnMatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `match`."""
    from hashmatch.cli.covering import lacks_something
    from hashmatch.cli.scan_output import Shown, show_scan, summary_line

    check_dashes(files, against)
    matcher = matcher_of(
        against, profile, threshold, minimum_quality, prove=True, effort=effort, tiers=tiers
    )
    if workers is None:
        workers = min(len(files), os.cpu_count() or 1)
    empty = warn_of_empty(files)
    given = [_from_standard_input(matcher)] if DASH in files else []
    if any(each.item.size == 0 for each in given):
        note("warning: standard input is empty: nothing was matched")
        empty = True
    source = _opened([each for each in files if each != DASH])
    how = Shown(as_json=as_json, workers=workers, unsandboxed=unsandboxed)
    summary, interrupted, _ = show_scan(source, matcher, how, given=given)
    if as_json:
        summary_line(summary, matcher, interrupted=interrupted)
    end(
        interrupted=interrupted,
        faults=summary.faults,
        matched=fail_on_match and bool(summary.matches),
        unreadable=left_unread(summary) or lacks_something(matcher) or empty,
    )


def _from_standard_input(matcher: "Matcher") -> "ScanResult":
    """What matches the file that standard input holds; it is decoded in this process."""
    from hashmatch.file_matching import hash_options
    from hashmatch.hashing.items import hash_item
    from hashmatch.model import ScanResult

    item = hash_item(sys.stdin.buffer.read(), hash_options(matcher), locator=str(DASH))
    return ScanResult(item, matcher.match(item))


def _opened(files: list[Path]) -> "Source":
    """Single files as a source."""
    from hashmatch.errors import Reason, SourceError
    from hashmatch.model import Unreadable
    from hashmatch.sources.base import Found
    from hashmatch.sources.opening import open_source
    from hashmatch.sources.several import Several

    sources: list[Source | Sequence[Found]] = []
    for each in files:
        try:
            sources.append(open_source(each))
        except SourceError as error:
            # One of several files is missing: the others are read all the same.
            asked = "" if os.path.lexists(each) else "; is the path right?"
            problem = Unreadable(Reason.IO_ERROR, f"{error}{asked}")
            sources.append([Found(str(each), str(each), problem)])
    return Several(sources)


def look_up(
    values: Annotated[
        list[str] | None,
        typer.Argument(metavar="[VALUE...]", help="Hashes or digests.  [default: standard input]"),
    ] = None,
    *,
    against: AgainstOption,
    profile: ProfileOption = "default",
    threshold: ThresholdOption = None,
    minimum_quality: MinimumQualityOption = None,
    fail_on_match: FailOnMatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `lookup`."""
    from hashmatch.cli.covering import handling_of, lacks_something
    from hashmatch.matching.searchable import Searchable

    if values == [str(DASH)]:
        values = None
    check_dashes([DASH] if values is None else values, against)
    given = iter(values) if values else _from_lines()
    matcher = matcher_of(against, profile, threshold, minimum_quality, prove=True)
    _note_lists(matcher)
    size = 1 if values is None and sys.stdin.isatty() else _BATCH
    counts: Counter[str] = Counter()
    searchable = Searchable(matcher)
    unsearched: Counter[str] = Counter()
    try:
        for batch in _batches(given, size):
            counts += _answer(batch, matcher, searchable, unsearched, as_json=as_json)
            sys.stdout.flush()
    finally:
        found, wrong, idle = (counts[each] for each in ("found", "not_understood", _IDLE))
        if as_json:
            seen = {"values": counts["values"], "found": found, "not_understood": wrong}
            marks = handling_of(matcher.lists)
            json_line({"record": "summary", **seen, _IDLE: idle, **marks})
        else:
            for why, times in unsearched.items():
                note(f"WARNING: {number_of(times, 'value')} could not be searched: {why}")
            count = number_of(counts["values"], "value")
            note(f"{count}, {found:,} found, {wrong:,} not understood, {idle:,} not searchable")
    if not counts["values"]:
        if values is None and not gives_something():
            raise typer.BadParameter(_NO_VALUE)
        note("warning: standard input holds no value: nothing was looked up")
    unasked = wrong or idle or not counts["values"]
    end(matched=fail_on_match and bool(found), unreadable=unasked or lacks_something(matcher))


def _note_lists(matcher: "Matcher") -> None:
    from hashmatch.cli.covering import note_coverage, note_handling
    from hashmatch.cli.harmless import known_good_notes

    for words in known_good_notes(matcher.lists, matcher.index.path if matcher.index else None):
        note(words)
    note_coverage(matcher.coverage)
    note_handling(matcher.lists)


def _from_lines() -> Iterator[str]:
    """The values on standard input.

    Raises:
        BadParameter: nobody gave it anything: it is a terminal or the null device.
    """
    values = (text for each in sys.stdin if (text := each.strip()))
    if sys.stdin.isatty():
        note("values from standard input, one a line; Ctrl-D ends them")
        return values
    first = list(islice(values, 1))
    if not (first or gives_something()):
        raise typer.BadParameter(_NO_VALUE)
    return chain(first, values)


def _answer(
    texts: list[str],
    matcher: "Matcher",
    searchable: "Searchable",
    unsearched: "Counter[str]",
    *,
    as_json: bool,
) -> "Counter[str]":
    """Print what was found of some values, and count them; those not searched by why, too."""
    from hashmatch.errors import HashFormatError
    from hashmatch.hashlists.values import readings
    from hashmatch.model import Digests
    from hashmatch.reports import plain

    asked: list[tuple[Digests, Sequence[Hash], str]] = []
    for text in texts:
        try:
            # The form of sha256sum and similar tools: the digest, then the name of the file.
            printed = _SUM.fullmatch(text)
            asked.append((*readings(printed[1] if printed else text), ""))
        except HashFormatError as error:
            asked.append((Digests(), (), str(error)))
            shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
            note(f"not understood: {shown}: {error}; one value a line, as pdq:… or sha256:…")
    subjects: list[Digests | Hash] = []
    for digests, hashes, _ in asked:
        subjects += [digests, *hashes]
    matches = iter(matcher.match_many(subjects))
    counts: Counter[str] = Counter(values=len(texts))
    for text, (digests, hashes, problem) in zip(texts, asked, strict=True):
        found = [match for _ in (digests, *hashes) for match in next(matches)]
        counts["found"] += bool(found)
        counts["not_understood"] += bool(problem)
        idle = searchable.why_not(digests, hashes) if not (found or problem) else ""
        if idle:
            counts[_IDLE] += 1
            unsearched[idle] += 1
        if as_json:
            json_line(plain.of_value(text, digests, hashes, found, problem, unsearched=idle))
        else:
            for match in found:
                line(f"{match_line(match)}  {printable(text)}")
    return counts


def _batches(values: Iterable[str], size: int) -> Iterator[list[str]]:
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch
