"""`hashmatch verify`: the record compared with the evidence."""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hashmatch.cli.exit_codes import EXIT_INTEGRITY
from hashmatch.cli.inside_options import PasswordsOption, passwords_in
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import JsonOption, UnsandboxedOption, WorkersOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.show import SourceOption
from hashmatch.model.digests import DIGESTS, TITLES
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from hashmatch.scanning.comparing import Compared, OnRecord
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.records import CaseRecord, ItemRecord, SourceRecord

HELP = """Compare what is on record of a case with the evidence: every item is opened again.

Sizes and digests are computed anew, by processes that decode nothing, can write nothing and reach
nothing else, and are compared with those on record. The first item that differs, or that cannot be
opened any more, ends it with exit code 5. Items without digests on record, such as links, files
that could not be read, and pictures that a document holds as pixels, are counted and cannot be
compared; what they lie in is compared. Exit code 4 says that some item could not be read here, as
without a password, or that nothing could be compared at all.

--source says where the evidence of one exhibit lies now. Of an exhibit that was scanned several
times, the scan that counts in reports is compared. `hashmatch audit verify` proves the record
itself.

\b
Examples:
  hashmatch verify --db lab.sightings --case 2026-0417 --exhibit card --source /mnt/card
  hashmatch verify --db lab.sightings --case 2026-0417 --exhibit card --source /mnt/card \\
      --sightings
  hashmatch verify --db lab.sightings --case 2026-0417 --exhibit card --source /mnt/card \\
      --sample 100
"""

_ALL: Final = "size, MD5, SHA-1 and SHA-256"
_NAMES: Final = {"size": "size", **TITLES}
_MADE: Final = "made of pixels"
_EARLIER: Final = "other content in an earlier scan"


def verify_record(
    *,
    db: Annotated[
        Path,
        typer.Option(
            "--db",
            metavar="FILE",
            envvar="HASHMATCH_DB",
            help="Database of sightings; never written.",
        ),
    ],
    case: Annotated[str, typer.Option(metavar="N", help="The lab's own case number.")],
    exhibit: Annotated[
        str, typer.Option(metavar="LABEL", help="One exhibit of the case.  [default: all]")
    ] = "",
    source: SourceOption = None,
    sightings: Annotated[
        bool, typer.Option("--sightings", help="Compare only items with a sighting.")
    ] = False,
    sample: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Compare this many items, drawn at random."),
    ] = None,
    passwords: PasswordsOption = None,
    workers: WorkersOption = None,
    unsandboxed: UnsandboxedOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `verify`."""
    from hashmatch.sightings.database import Database

    if sightings and sample is not None:
        msg = "--sightings and --sample choose different items: give one of them"
        raise typer.BadParameter(msg)
    words = passwords_in(passwords) if passwords is not None else ()
    with Database.open(db, read_only=True) as database, database.snapshot():
        exhibits = _chosen(database.case(case), exhibit, source)
        wanted = _wanted(database, case, exhibits, sightings=sightings)
        if sample is not None:
            wanted.draw(sample)
    how = _How(words, workers, unsandboxed)
    seen = _Seen(as_json=as_json)
    interrupted = _compare_all(exhibits, source, wanted, how, seen)
    _end(seen, wanted, interrupted=interrupted)


@dataclass(frozen=True, slots=True)
class _How:
    """How items are read."""

    passwords: tuple[str, ...]
    workers: int | None
    unsandboxed: bool


@dataclass(slots=True)
class _Wanted:
    """What is to be compared.

    Attributes:
        items: by id of the exhibit.
        without: items without digests on record, by the reason.
    """

    items: "dict[int, list[OnRecord]]" = field(default_factory=dict)
    without: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many can be compared."""
        return sum(map(len, self.items.values()))

    def draw(self, count: int) -> None:
        """Keep so many, drawn at random from those of all exhibits."""
        pairs = [(source, item) for source, items in self.items.items() for item in items]
        if count < len(pairs):
            pairs = SystemRandom().sample(pairs, count)
        self.items = {source: [] for source in self.items}
        for source, item in pairs:
            self.items[source].append(item)


def _chosen(case: "CaseRecord", exhibit: str, source: Path | None) -> "list[SourceRecord]":
    """The exhibits that are compared.

    Raises:
        BadParameter: there is none of this label, or `--source` is for one of several.
    """
    chosen = [each for each in case.sources if not exhibit or each.label == exhibit]
    labels = ", ".join(repr(printable(each.label)) for each in case.sources)
    if not chosen:
        msg = f"no exhibit {exhibit!r} is on record in case {case.name!r}; there is: {labels}"
        raise typer.BadParameter(msg, param_hint="--exhibit")
    if source is not None and len(chosen) > 1:
        msg = f"it is for one exhibit: name it with --exhibit; there is: {labels}"
        raise typer.BadParameter(msg, param_hint="--source")
    return chosen


def _wanted(
    database: "Database", case: str, exhibits: "Sequence[SourceRecord]", *, sightings: bool
) -> _Wanted:
    """What is on record of the items, each once."""
    from hashmatch.errors import Reason
    from hashmatch.scanning.comparing import OnRecord
    from hashmatch.sightings.places import located

    items: Iterable[ItemRecord] = (
        (each.item for each in database.sightings(case)) if sightings else database.items(case)
    )
    wanted = _Wanted({each.id: [] for each in exhibits})
    once: dict[tuple[int, object], OnRecord | None] = {}
    for item in items:
        if item.source not in wanted.items:
            continue
        where = item.place.locator if item.place is not None else located(item.locator)
        before = once.get((item.source, where))
        if (item.source, where) in once:
            # Sightings of an earlier scan count still where another list was asked.
            if before is not None and before.digests != item.digests:
                wanted.without[_EARLIER] += 1
            continue
        once[item.source, where] = None
        if not any(item.digests.items()):
            wanted.without[item.reason or _MADE] += 1
            continue
        is_partial = item.reason == Reason.TOO_MUCH
        known = OnRecord(item.id, where, item.size, item.digests, is_partial)
        once[item.source, where] = known
        wanted.items[item.source].append(known)
    return wanted


@dataclass(slots=True)
class _Seen:
    """What was compared, counted and told."""

    as_json: bool
    equal: int = 0
    failed: "Compared | None" = None
    not_compared: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def done(self) -> int:
        """How many were looked at."""
        return self.equal + sum(self.not_compared.values()) + (self.failed is not None)

    def add(self, compared: "Compared", label: str) -> None:
        """Count one, and tell of one that is not equal."""
        from hashmatch.errors import Reason
        from hashmatch.scanning.comparing import Outcome

        why = compared.problem
        if compared.outcome is Outcome.EQUAL:
            self.equal += 1
            return
        if compared.outcome is Outcome.NOT_COMPARED and why is not None:
            self.not_compared[why.reason.value] += 1
            if why.reason is Reason.INTERNAL_ERROR:
                self.faults[why.detail] += 1
        else:
            self.failed = compared
        if self.as_json:
            json_line(_plain(compared, label))
        elif compared is self.failed:
            line(f"WRONG  {_in_words(compared, label)}")
        else:
            note(f"not compared: {_in_words(compared, label)}")


def _compare_all(
    exhibits: "Sequence[SourceRecord]",
    source: Path | None,
    wanted: _Wanted,
    how: _How,
    seen: _Seen,
) -> bool:
    """Compare until the first that differs; whether it was interrupted."""
    from hashmatch.cli.progress import meter

    with meter(wanted.total, "items") as shown, interruption() as asked:
        for exhibit in exhibits:
            items = wanted.items[exhibit.id]
            root = Path(exhibit.path) if source is None else source
            with closing(_compared(root, items, how, asked.is_requested)) as compared:
                for each in compared:
                    seen.add(each, exhibit.label)
                    shown.update(seen.done)
                    if seen.failed is not None:
                        return False
            if asked.is_requested() and seen.done < wanted.total:
                return True
    return False


def _compared(
    root: Path,
    items: "Sequence[OnRecord]",
    how: _How,
    stop: Any,  # noqa: ANN401
) -> "Generator[Compared]":
    from hashmatch.errors import SourceError
    from hashmatch.scanning.comparing import compare
    from hashmatch.scanning.limits import WorkerLimits
    from hashmatch.scanning.pool import WorkerPool
    from hashmatch.scanning.reopening import LIMITS
    from hashmatch.scanning.sandbox import Sandbox
    from hashmatch.sources.base import readable_of
    from hashmatch.sources.inside.opening import InsideOpener
    from hashmatch.sources.opener import opener_of
    from hashmatch.sources.opening import open_source

    if not items:
        return
    try:
        evidence = open_source(root)
    except SourceError as error:
        msg = f"{error}; --source says where the evidence of an exhibit lies now"
        raise SourceError(msg) from None
    workers = WorkerPool(
        count=how.workers,
        limits=WorkerLimits(),
        sandbox=Sandbox(readable_of(evidence), how.unsandboxed),
        stop=stop,
        on_notice=note,
    )
    opener = InsideOpener(opener_of(evidence), LIMITS, how.passwords)
    with closing(compare(evidence, items, opener, workers)) as compared:
        yield from (each for each in compared if each is not None)


def _in_words(compared: "Compared", label: str) -> str:
    """Which item, and what is wrong with it; without any digest."""
    where = printable(f"item {compared.item.number}, {label}: {compared.item.locator}")
    why = compared.problem
    if compared.differing:
        now = "unknown" if compared.size is None else f"{compared.size:,}"
        was = "unknown" if compared.item.size is None else f"{compared.item.size:,}"
        sizes = f" (bytes on record {was}, now {now})" if now != was else ""
        names = [_NAMES[each] for each in compared.differing]
        return f"{where}: not as on record: {', '.join(names)} differ{sizes}"
    said = "" if why is None else f"{why.reason}{f' ({why.detail})' if why.detail else ''}"
    return f"{where}: {printable(said)}"


def _plain(compared: "Compared", label: str) -> dict[str, Any]:
    item, why = compared.item, compared.problem
    digests = {
        name: {"on_record": getattr(item.digests, name), "now": getattr(compared.digests, name)}
        for name in DIGESTS
    }
    return {
        "record": "comparison",
        "item": item.number,
        "exhibit": label,
        "path": str(item.locator),
        "outcome": compared.outcome.value,
        "differing": list(compared.differing),
        "size": {"on_record": item.size, "now": compared.size},
        **digests,
        "reason": why.reason.value if why else None,
        "detail": why.detail if why else None,
    }


def _end(seen: _Seen, wanted: _Wanted, *, interrupted: bool) -> None:
    """Print what was compared, and exit."""
    unread = sum(seen.not_compared.values())
    if seen.as_json:
        json_line(
            {
                "record": "summary",
                "items": wanted.total,
                "equal": seen.equal,
                "differing": int(seen.failed is not None),
                "not_compared": dict(seen.not_compared),
                "without_digests": dict(wanted.without),
                "interrupted": interrupted,
            }
        )
    else:
        of = number_of(wanted.total, "item")
        line(f"{seen.equal:,} of {of} equal to the record in {_ALL}")
        for reason, count in sorted(seen.not_compared.items()):
            note(f"not compared, {reason}: {count:,}")
        for reason, count in sorted(wanted.without.items()):
            note(f"no digests on record to compare, {reason}: {count:,}")
    if seen.failed is not None:
        note("the evidence is not as it was recorded, or cannot be read any more: stopped here")
        raise typer.Exit(EXIT_INTEGRITY)
    if not wanted.total:
        note("warning: nothing on record could be compared")
    end(
        interrupted=interrupted,
        faults=seen.faults,
        unreadable=unread or not seen.equal,
        undone="compared",
    )
