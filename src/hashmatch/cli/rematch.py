"""`hashmatch rematch`: what is on record against other hash lists, without the evidence."""

import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hashmatch.cli.covering import handling_of, lacks_something
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import (
    AgainstOption,
    FailOnMatchOption,
    JsonOption,
    MinimumQualityOption,
    ProfileOption,
    ThresholdOption,
    matcher_of,
)
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, match_line, note, printable
from hashmatch.cli.places import check_exhibits
from hashmatch.cli.progress import meter
from hashmatch.cli.scan_output import note_lists
from hashmatch.cli.signing import HeadLogOption, SignOption, check_head_log, hand_out, signer_of
from hashmatch.cli.trace import DbOption
from hashmatch.model.plain import plain
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hashmatch.matching.matcher import Matcher
    from hashmatch.scanning.rematching import Found, Rematched
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.heads import Head

HELP = """Match everything on record against other hash lists or another profile.

No evidence is read: hashes and digests on record are matched, and what a scan with these lists
would find is put on record as far as they tell. Such a sighting is retroactive, and says so
everywhere. A match that is on record already is not recorded again. Hashes that these lists ask for
and that are not on record are named and counted: exit code 4. Codes of slight cuts and turns, of
framing hypotheses and of patches are on no record.

Whatever stops it, nothing recorded is lost; run again, it goes on. Scans that a later one replaces
are passed by, and so are scans of which sightings were erased by order of a court, unless
--despite-erasure is given. Exit codes are otherwise those of `scan`. --dry-run records nothing.

\b
Examples:
  hashmatch rematch --db lab.sightings --against lab.index
  hashmatch rematch --db lab.sightings --against lab.index --case 2026-0417 --dry-run --json
"""


_CaseOption = Annotated[
    str, typer.Option(metavar="N", help="Only items of this case.  [default: all]")
]
_ExhibitOption = Annotated[
    str, typer.Option(metavar="LABEL", help="Only items of exhibits of this label.")
]
_DespiteErasureOption = Annotated[
    bool,
    typer.Option(
        "--despite-erasure",
        help="Match scans too of which sightings were erased by order of a court: these may be "
        "recorded again.",
    ),
]
_DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be found; nothing is recorded.")
]


def rematch_record(
    *,
    db: DbOption,
    against: AgainstOption,
    case: _CaseOption = "",
    exhibit: _ExhibitOption = "",
    profile: ProfileOption = "default",
    threshold: ThresholdOption = None,
    minimum_quality: MinimumQualityOption = None,
    despite_erasure: _DespiteErasureOption = False,
    dry_run: _DryRunOption = False,
    head_log: HeadLogOption = None,
    sign: SignOption = "",
    fail_on_match: FailOnMatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `rematch`."""
    from hashmatch.errors import MissingDatabaseError
    from hashmatch.sightings.database import Database

    if not db.exists():
        msg = f"there is no database {db}"
        raise MissingDatabaseError(msg)
    signer = signer_of(sign) if sign and not dry_run else None
    matcher = matcher_of(against, profile, threshold, minimum_quality)
    with Database.open(db, read_only=dry_run) as database:
        _check_names(database, case, exhibit)
        if head_log is not None and not dry_run:
            check_exhibits([("the head log", head_log)], database)
            check_head_log(head_log)
        note_lists(matcher)
        done = _rematch(
            database,
            matcher,
            {"case": case, "exhibit": exhibit, "despite_erasure": despite_erasure},
            record=not dry_run,
            as_json=as_json,
        )
        heads: list[Head] = []
        if not dry_run:
            heads.append(hand_out(database, case=case, signer=signer, head_log=head_log))
    _note_end(done, recorded=not dry_run)
    if as_json:
        _summary_line(done, matcher, heads)
    end(
        interrupted=done.interrupted,
        matched=fail_on_match and (bool(done.matches) or _matched_before(done)),
        unreadable=_left_something(done) or lacks_something(matcher),
    )


def _check_names(database: "Database", case: str, exhibit: str) -> None:
    """Refuse a case, or the label of an exhibit, that is not on record.

    Raises:
        UnknownNameError: one is not.
    """
    from hashmatch.errors import UnknownNameError
    from hashmatch.sightings.encoding import to_text

    if case:
        database.summary(case)
    sql = "SELECT 1 FROM sources WHERE label = ?"
    if exhibit and not database.store.one(sql, (to_text(exhibit),)):
        msg = f"no exhibit {exhibit!r} is on record in {database.path}"
        raise UnknownNameError(msg)


def _rematch(
    database: "Database",
    matcher: "Matcher",
    chosen: dict[str, Any],
    *,
    record: bool,
    as_json: bool,
) -> "Rematched":
    """Match, and show each item that matches."""
    from hashmatch.scanning.rematching import rematch
    from hashmatch.sightings.cases import shown

    told = {*shown(database.store)} | ({chosen["case"]} if chosen["case"] else set())
    silent: list[int] = []
    with interruption() as asked, meter(0, "items") as progress:

        def begun(items: int) -> None:
            note(f"{number_of(items, 'item')} on record")
            progress.total = items

        def found(each: "Found") -> None:
            if each.scan.case in told:
                _print(each, as_json=as_json)
            else:
                silent.append(each.item)

        done = rematch(
            database,
            matcher,
            command=shlex.join(sys.argv),
            record=record,
            stop=asked.is_requested,
            on_begin=begun,
            on_found=found,
            on_items=progress.update,
            **chosen,
        )
    if silent:
        items = number_of(len(silent), "item")
        note(f"{items} of hidden cases matched and not shown: name the case with --case")
    return done


def _print(found: "Found", *, as_json: bool) -> None:
    scan = found.scan
    if as_json:
        json_line(
            {
                "record": "rematched",
                "case": scan.case,
                "exhibit": scan.exhibit,
                "item": found.item,
                "path": found.locator,
                "matches": [match.to_dict() for match in found.matches],
                "new": [match.entry_id for match in found.new],
            }
        )
        return
    where = f"{scan.case} / {scan.exhibit}: {found.locator}"
    for match in found.matches:
        word = "" if match in found.new else "  (on record)"
        line(f"{match_line(match)}  {printable(where)}{word}")


def _note_end(done: "Rematched", *, recorded: bool) -> None:
    for scan, why in done.skipped:
        note(f"not matched: case {scan.case}, exhibit {scan.exhibit}, scan {scan.id}: {why}")
    total = done.total
    note(
        f"{number_of(done.items, 'item')} matched again, of "
        f"{number_of(len(done.scans), 'scan')}: {total.hashed:,} by hashes, "
        f"{total.digests_only:,} by digests alone; {total.unreadable:,} unreadable, of which "
        f"{total.unmatched:,} have neither"
    )
    for name, count in total.without.items():
        note(f"WARNING: {number_of(count, 'item')} without hashes of {name}: not matched by them")
    for number, words in done.lacking.items():
        for each in words:
            note(f"WARNING: scan {number}: {each}")
    matches = number_of(done.matches, "match", "matches")
    note(f"{matches} in {number_of(done.matched, 'item')}")
    if recorded:
        again = number_of(total.repeated, "match was", "matches were")
        note(
            f"{number_of(done.new, 'new sighting')} on record, retroactive"
            f"{f' (rematch {done.id})' if done.id else ''}; {again} on record before"
        )
    else:
        note("dry run: nothing was recorded")
    if total.surer:
        surer = number_of(total.surer, "match is", "matches are")
        note(
            f"{surer} on record as probable, and would be sure now: see `hashmatch rematch --help`"
        )
    if done.interrupted:
        note("interrupted: the same command goes on")


def _summary_line(done: "Rematched", matcher: "Matcher", heads: "Sequence[Head]") -> None:
    ended = heads[-1] if heads else None
    json_line(
        {
            "record": "summary",
            "rematch": done.id or None,
            "items": done.items,
            "matched": done.matched,
            "matches": done.matches,
            "new_sightings": done.new,
            **plain(done.total),
            "scans": [scan.id for scan, _ in done.scans],
            "lacking": {str(scan): [*words] for scan, words in done.lacking.items() if words},
            "skipped": [{"scan": scan.id, "reason": why} for scan, why in done.skipped],
            "interrupted": done.interrupted,
            **handling_of(matcher.lists),
            **({"audit_rows": ended.rows, "audit_head": ended.sha256} if ended else {}),
        }
    )


def _matched_before(done: "Rematched") -> bool:
    """Whether a scan that is passed by matched when it was matched with the same lists."""
    return any((scan.before or {}).get("reportable") for scan, _ in done.skipped)


def _left_before(told: "Mapping[str, Any] | None") -> bool:
    """Whether an earlier rematch with the same lists could not match everything."""
    return told is not None and bool(told["unreadable"] or told["without"] or told["lacking"])


def _left_something(done: "Rematched") -> bool:
    """Whether something could not be matched as a scan from nothing would match it."""
    from hashmatch.scanning.rematching import ERASED

    total = done.total
    left = any(why == ERASED or _left_before(scan.before) for scan, why in done.skipped)
    return bool(total.unreadable or total.without or any(done.lacking.values()) or left)
