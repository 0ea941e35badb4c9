"""Scans that go on record: one run for each folder."""

import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from hashmatch.cli.inside_options import arguments_of
from hashmatch.cli.output import note
from hashmatch.cli.program import called
from hashmatch.errors import DatabaseFullError, HashmatchError, ScanState
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.cli.inside_options import ReadingOptions
    from hashmatch.matching.matcher import Matcher
    from hashmatch.sightings.database import Database
    from hashmatch.sightings.heads import Head
    from hashmatch.sightings.keys import Signer
    from hashmatch.sightings.recording import Run
    from hashmatch.sources.base import Source

_MANY: Final = 10_000
"""Pictures whose comparison takes seconds: that it goes on is told."""


@dataclass(frozen=True, slots=True)
class Record:
    """The database, case and details with which scans go on record.

    Attributes:
        db: the database of sightings.
        case: the lab's own number.
        exhibit: what the lab calls the folder; its path where empty.
        resume: whether a scan that was interrupted is continued.
        rescan: whether a new scan is begun, whatever is on record.
        excluded: patterns of the files that are left out.
        replaces: whether sightings of earlier scans of the folder count no more.
        reading: what of the evidence is read, and how; as `scan` does by default where None.
        head_log: file elsewhere that keeps heads of the audit chain.
        signer: the key with which the record is signed.
        deepen: whether a scan that looked less hard is gone on with.
        heads: of the audit chain when runs ended, the oldest first.
    """

    db: Path
    case: str
    exhibit: str = ""
    resume: bool = False
    rescan: bool = False
    excluded: tuple[str, ...] = ()
    replaces: bool = False
    head_log: Path | None = None
    reading: "ReadingOptions | None" = None
    signer: "Signer | None" = None
    deepen: bool = False
    heads: "list[Head]" = field(default_factory=list)


def check_record(given: Mapping[str, bool], *, db: Path | None, case: str) -> None:
    """Refuse options of a scan on record where its database or its case is missing.

    Args:
        given: options that mean something on record alone, and whether each was given.
        db: the database, wherever it is named.
        case: the lab's own number.

    Raises:
        BadParameter: one is missing; the message names it.
    """
    lacking = [
        name for name, there in (("--db", db is not None), ("--case", case.strip())) if not there
    ]
    named = [option for option, is_given in given.items() if is_given and option not in lacking]
    if named and lacking:
        what = "is" if len(lacking) == 1 else "are"
        msg = (
            f"{' and '.join(lacking)} {what} missing: {named[0]} is for a scan on record, "
            "which needs a database (--db FILE, or HASHMATCH_DB) and a case (--case N)"
        )
        raise typer.BadParameter(msg)


@contextmanager
def on_record(
    record: Record,
    matcher: "Matcher",
    folder: Path,
    source: "Source",
    *,
    resume: bool | None = None,
) -> "Iterator[Run]":
    """A run of this folder in the database.

    Args:
        record: where it goes.
        matcher: what is known.
        folder: the evidence.
        source: the same, opened.
        resume: instead of what the record says.

    Raises:
        ResumeError: it cannot be begun like this.
    """
    from hashmatch.scanning.recorded import recorded_run
    from hashmatch.sightings.database import Database

    resume = record.resume if resume is None else resume
    begun = False
    if resume and not record.db.exists():
        msg = f"there is no database {record.db}: nothing is on record that could be resumed"
        raise typer.BadParameter(msg, param_hint="--resume")
    with _advice_on_space(lambda: begun), Database.open(record.db) as database:
        for each in database.notes:
            note(each)
        with _handed_out(database, record):
            with recorded_run(
                database,
                matcher,
                source,
                case=record.case,
                path=folder,
                exhibit=record.exhibit,
                excluded=record.excluded,
                resume=resume,
                rescan=record.rescan,
                replaces=record.replaces,
                deepen=record.deepen,
                **arguments_of(record.reading),
                command=shlex.join(sys.argv),
            ) as run:
                begun = True
                _note_erased(database, run.id)
                _note_position(run.files)
                yield run
            _cluster(database, run.id)
        _note_seen_before(database, run.id, record.case)


def _cluster(database: "Database", run: int) -> None:
    """Compare what a run found with other exhibits, where a case lets unknown items link."""
    from hashmatch.errors import DatabaseError
    from hashmatch.tracing.events import waiting
    from hashmatch.tracing.places import Places
    from hashmatch.tracing.updating import update

    done = database.store.one("SELECT status = 'done' FROM runs WHERE id = ?", (run,))
    if not (done and Places.of(database).links_unknown):
        return
    if (count := waiting(database.store)) >= _MANY:
        note(f"comparing {count:,} pictures and videos with those of other exhibits")
    try:
        update(database)
    except DatabaseError as error:
        note(f"pictures and videos were not compared with those of other exhibits: {error}")


def _note_seen_before(database: "Database", run: int, case: str) -> None:
    """Say how much of what a run found others had before, if any."""
    from hashmatch.tracing.news import news, seen_before

    found = news(database, run - 1, until=run, viewer=case)
    cases = {each.case for one in found for each in one.before}
    if said := seen_before(len(found), cases, "item"):
        note(f"{said}: `hashmatch trace new --since {run - 1}` shows them")


def _note_erased(database: "Database", run: int) -> None:
    """Say loudly what was erased of an exhibit: a scan records what lies in it again."""
    from hashmatch.sightings.erasures import in_words, of_run

    for each in of_run(database.store, run):
        note(f"WARNING: {in_words(each)}. This scan records all that lies in the evidence now")


def _note_position(position: int) -> None:
    if position:
        note(f"on record already: {number_of(position, 'file')}")


@contextmanager
def _advice_on_space(begun: Callable[[], bool]) -> Iterator[None]:
    """A block whose error, where a disk is full, says how to go on: there may be nothing to resume.

    Args:
        begun: whether the scan is on record.
    """
    try:
        yield
    except DatabaseFullError as error:
        how = f"then continue with:\n  {resume_command()}"
        if not begun():
            how = "then run the same command again: nothing of this scan is on record yet"
        msg = f"{error}, {how}"
        raise DatabaseFullError(msg) from None


@contextmanager
def _handed_out(database: "Database", record: Record) -> Iterator[None]:
    """A block whose end lets the head of the record leave the database, however it ends."""
    from hashmatch.cli.signing import hand_out

    try:
        yield
    except BaseException:
        # What went wrong matters more than that its record could not be signed.
        with suppress(HashmatchError):
            hand_out(database, case=record.case, signer=record.signer, head_log=record.head_log)
        raise
    head = hand_out(database, case=record.case, signer=record.signer, head_log=record.head_log)
    record.heads.append(head)


class Runs:
    """The runs of several folders, begun one after the other.

    Where several are resumed together, those that are done are passed by, and those behind the one
    that was interrupted are begun.
    """

    def __init__(self, record: Record | None, folders: Sequence[Path]) -> None:
        """Begin nothing yet."""
        self._record = record
        self._several = len(folders) > 1
        self._found = False

    @contextmanager
    def begun(
        self, folder: Path, source: "Source", matcher: "Matcher"
    ) -> "Iterator[tuple[bool, Run | None]]":
        """Whether the folder is to be scanned, and its run; None without a record."""
        from hashmatch.errors import ResumeError

        if self._record is None:
            yield True, None
            return
        with ExitStack() as stack:
            try:
                run = stack.enter_context(on_record(self._record, matcher, folder, source))
            except ResumeError as error:
                if not (error.state or error.differences):
                    msg = f"{error}\n  {resume_command()}"
                    raise ResumeError(msg) from None
                if not (self._several and self._record.resume and error.state):
                    raise
                if error.state is ScanState.DONE:
                    self._found = True
                    yield False, None
                    return
                if not self._found:
                    raise
                begun = on_record(self._record, matcher, folder, source, resume=False)
                run = stack.enter_context(begun)
            self._found = True
            yield True, run


def resume_command() -> str:
    """The command that continues the scan that this process runs, ready to be pasted."""
    words: list[str] = []
    for before, word in pairwise(sys.argv):
        # A triage goes on as the scan of all the rest.
        of_triage = word.startswith("--stop-after") or before == "--stop-after"
        if word not in {"--resume", "--rescan", "--triage"} and not of_triage:
            words.append(word)
    return shlex.join([*called(), *words, "--resume"])
