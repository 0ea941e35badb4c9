"""Whole scans: counted, and on record where a database is named."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from hashmatch.limits import Limits
from hashmatch.matching.matcher import Matcher
from hashmatch.model import ScanResult, ScanSummary
from hashmatch.profiles import DEFAULT, Profile
from hashmatch.scanning.binding import run_config
from hashmatch.scanning.engine import Against, file_states, iter_scan, matcher_for
from hashmatch.scanning.selection import Selection
from hashmatch.scanning.tally import tally
from hashmatch.scanning.triage.triage import Triage
from hashmatch.sightings.database import Database
from hashmatch.sightings.recording import Run
from hashmatch.sightings.scan_config import SourceSpec
from hashmatch.sources.base import Found, Source
from hashmatch.sources.inside.options import Inside
from hashmatch.sources.opening import open_source
from hashmatch.sources.volume import volume_of

_INSIDE = Inside()


def scan(
    evidence: str | os.PathLike[str] | Source | Iterable[Found],
    *,
    against: Against,
    db: str | os.PathLike[str] | None = None,
    case: str = "",
    exhibit: str = "",
    resume: bool = False,
    rescan: bool = False,
    deepen: bool = False,
    triage: bool = False,
    profile: Profile | str = DEFAULT,
    limits: Limits | None = None,
    inside: Inside | None = _INSIDE,
    selection: Selection | None = None,
    workers: int | None = None,
    run: Run | None = None,
    allow_unmatched: bool = False,
    unsandboxed: bool = False,
    on_result: Callable[[ScanResult], object] | None = None,
) -> ScanSummary:
    """The summary of a whole scan; every result is given to `on_result` on the way.

    With a database or a run on record, the summary is that of the whole scan, earlier runs of it
    included.

    Args:
        evidence: as for `iter_scan`; on record a path.
        against: what is known.
        db: a database of sightings to put the scan on record in, made if there is none.
        case: the lab's own number; needed with `db`.
        exhibit: what the lab calls the evidence; its path by default.
        resume: whether an interrupted scan of this exhibit is continued.
        rescan: whether a new scan is begun, whatever is on record.
        deepen: whether this scan goes on with one of the same exhibit that had fewer tiers: what
            that one hashed and anything that is known meets is not decoded again.
        triage: whether files in which matches are likeliest are read first: see `Triage`. What is
            on record of earlier scans moves its weights.
        profile: thresholds and minimum qualities, or the name of a profile.
        limits: of bytes, pixels and frames per file.
        inside: how what lies in archives, documents, mail and other files is read; None where it
            is not.
        selection: of what is decoded; everything by default.
        workers: processes that read; as many as cores by default.
        run: instead of `db`, a run of a database that is open.
        allow_unmatched: whether to go on where nothing that is known can match.
        unsandboxed: whether to go on where the system refuses to lock workers down.
        on_result: called with every result.

    Raises:
        ValueError: `db` without `case`, with a source that is no path, or with `run`; or what
            only means something on record, without it.
        ResumeError: the scan cannot be put on record like this.
        HashmatchError: as `iter_scan`.
    """
    matcher = matcher_for(against, profile=profile)
    reading: dict[str, Any] = {"limits": limits, "inside": inside, "selection": selection}
    with ExitStack() as stack:
        if db is not None:
            path = _path_for_record(evidence, case, run)
            evidence = open_source(path)
            database = stack.enter_context(Database.open(db))
            named = {"case": case, "path": path, "exhibit": exhibit, "command": "hashmatch.scan"}
            how = {"resume": resume, "rescan": rescan, "deepen": deepen, **reading}
            begun = recorded_run(database, matcher, evidence, **named, **how)  # type: ignore[arg-type]
            run = stack.enter_context(begun)
        else:
            _check_no_record(case, exhibit, resume, rescan, deepen)
        results = iter_scan(
            evidence,
            against=matcher,
            workers=workers,
            run=run,
            triage=Triage(() if run is None else run.taught()) if triage else None,
            allow_unmatched=allow_unmatched,
            unsandboxed=unsandboxed,
            **reading,
        )
        seen = tally(results, on_result=on_result)
        return seen if run is None else run.summary()


def _check_no_record(*of_record: object) -> None:
    """Refuse what only means something on record.

    Raises:
        ValueError: something is given.
    """
    if any(of_record):
        msg = (
            "case, exhibit, resume, rescan and deepen are for scans on record: name a database in "
            "db"
        )
        raise ValueError(msg)


def _path_for_record(evidence: object, case: str, run: Run | None) -> str:
    """The path of evidence that goes on record.

    Raises:
        ValueError: nobody can say so, or something else is missing.
    """
    if run is not None:
        msg = "db and run are two places for one record: name one of them"
        raise ValueError(msg)
    if not case:
        msg = "a scan on record belongs to a case: name it in case"
        raise ValueError(msg)
    if not isinstance(evidence, str | os.PathLike):
        msg = "evidence that goes on record is named by its path"
        raise ValueError(msg)  # noqa: TRY004 (the type is right where nothing goes on record)
    return os.fspath(evidence)


@contextmanager
def recorded_run(
    database: Database,
    matcher: Matcher,
    source: Source,
    *,
    case: str,
    path: str | os.PathLike[str],
    exhibit: str = "",
    excluded: tuple[str, ...] = (),
    limits: Limits | None = None,
    inside: Inside | None = _INSIDE,
    selection: Selection | None = None,
    resume: bool = False,
    rescan: bool = False,
    replaces: bool = False,
    deepen: bool = False,
    command: str = "",
) -> Iterator[Run]:
    """A run of a source in a database, for `scan` and `iter_scan`.

    Args:
        database: open for writing.
        matcher: what is known.
        source: the evidence, opened.
        case: the lab's own number.
        path: where the evidence lies.
        exhibit: what the lab calls it; its path by default.
        excluded: patterns of files that are left out.
        limits: of bytes, pixels and frames per file.
        inside: how what lies in files is read; None where it is not.
        selection: of what is decoded; everything by default.
        resume: whether a scan that was interrupted is continued.
        rescan: whether a new scan is begun, whatever is on record.
        deepen: whether a scan that looked less hard is gone on with: see `scan`.
        replaces: whether sightings of earlier scans of this exhibit count no more.
        command: what was called, for the record.

    Raises:
        ResumeError: the run cannot be begun like this; nothing on record is changed.
        DatabaseBusyError: another process is scanning this exhibit.
    """
    place = os.path.realpath(path)
    volume = volume_of(place)
    spec = SourceSpec(
        exhibit or place,
        getattr(source, "kind", "") or "source",
        place,
        {"volume": volume} if volume else {},
        excluded,
    )
    configuration = run_config(
        matcher,
        limits=limits,
        inside=inside,
        selection=selection,
        command=command,
        replaces=replaces,
        deepens=deepen,
    )
    with database.run(
        case=case,
        source=spec,
        configuration=configuration,
        resume=resume,
        rescan=rescan,
        files=file_states(source),
    ) as run:
        yield run
