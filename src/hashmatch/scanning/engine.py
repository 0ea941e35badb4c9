"""A scan: every file of a source is hashed, matched and accounted for."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from hashmatch.coverage import nothing_matches
from hashmatch.errors import NothingToMatchError, check_type
from hashmatch.file_matching import hash_options
from hashmatch.limits import Limits
from hashmatch.matching.known import Known
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Digests, Item, Json, MediaHashes, RunStatus, ScanResult, Tier
from hashmatch.profiles import DEFAULT, Profile
from hashmatch.scanning.copies import Recorded
from hashmatch.scanning.faulty import put_on_record
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.proving import IndexProof
from hashmatch.scanning.reading import read_items
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.scanning.searching import Searched, searched
from hashmatch.scanning.selection import Selection
from hashmatch.scanning.to_read import FilesToRead
from hashmatch.search.loaded import kernels
from hashmatch.sources.base import Found, Source, readable_of
from hashmatch.sources.inside.options import Inside
from hashmatch.sources.opener import opener_of
from hashmatch.sources.opening import source_of

if TYPE_CHECKING:
    from hashmatch.scanning.triage.glances import Glances
    from hashmatch.scanning.triage.triage import Triage
    from hashmatch.sightings.recording import Run
    from hashmatch.sightings.unchanged import FileState

Against: TypeAlias = Matcher | Known
"""What is known: a matcher, or indexes, hash lists or paths of either, one or several."""

_INSIDE = Inside()


def matcher_for(against: Against, *, profile: Profile | str = DEFAULT) -> Matcher:
    """A matcher of these hash lists; one that is given stays what it is.

    Raises:
        DamagedIndexError: an index cannot be opened.
        ListFormatError: a list cannot be read.
        UnknownNameError: no such profile.
    """
    return against if isinstance(against, Matcher) else Matcher(against, profile=profile)


def iter_scan(
    evidence: str | os.PathLike[str] | Source | Iterable[Found],
    *,
    against: Against,
    profile: Profile | str = DEFAULT,
    limits: Limits | None = None,
    workers: int | None = None,
    worker_limits: WorkerLimits | None = None,
    run: "Run | None" = None,
    inside: Inside | None = _INSIDE,
    selection: Selection | None = None,
    triage: "Triage | None" = None,
    allow_unmatched: bool = False,
    stop: Callable[[], bool] = lambda: False,
    on_notice: Callable[[str], object] = lambda _: None,
    on_progress: Callable[[str, float], object] = lambda _locator, _reached: None,
    on_expanding: Callable[[str, float], object] = lambda _locator, _reached: None,
    on_held: Callable[[int], object] = lambda _count: None,
    on_sandbox: Callable[[Mapping[str, Any]], object] = lambda _: None,
    on_stopped: Callable[[bool], object] = lambda _all_read: None,
    unsandboxed: bool = False,
) -> Iterator[ScanResult]:
    """Every file of the evidence with its matches, in the order in which they are read.

    Files of indexes are compared with their SHA-256 meanwhile: the scan ends when all were. A file
    that is changed in place meanwhile is an error.

    A slow file does not delay others. Every content is decoded once, however many copies there are.

    Args:
        evidence: a folder, a file, any source, or files on disk as Found values.
        against: what is known.
        profile: thresholds and minimum qualities, or the name of a profile.
        limits: of bytes, pixels and frames per file.
        workers: processes that read, each locked down; as many as cores by default. With 0
            everything is read in this process, with no limits except of pixels and bytes.
        worker_limits: of memory and time.
        run: a run on record: what is on record already is skipped, and a result is given once it is
            on record. It ends as done, unless it was stopped.
        inside: how what lies in archives, documents, mail and other files is read; None where it
            is not.
        selection: of what is decoded; everything by default.
        triage: the order in which files are read, of this scan alone; that of the evidence by
            default.
        allow_unmatched: whether to go on where nothing that is known can match.
        stop: asked before each file; once it says so, no further file is read, and what was
            read is still matched and given. The proof of index files is not waited for.
        on_notice: called once for each thing that this system cannot do to lock workers down.
        on_progress: called now and then for long videos, with the path of each and how many seconds
            of it were read.
        on_expanding: called now and then for archives and other containers, with the path of each
            and how many MiB of it were read.
        on_held: called now and then with how many files are decoded whose results are still
            checked.
        on_sandbox: called with what workers gave up, as plain names and values.
        on_stopped: called at the end if `stop` left something undone: with True if every file was
            read and given, and only the proof of index files was not finished; with False if files
            were left out.
        unsandboxed: whether to go on where the system refuses to lock workers down: only for
            evidence that is trusted, or on a machine that holds nothing else.

    Raises:
        TypeError: an argument is of another type.
        NothingToMatchError: nothing that is known can match.
        SourceError: the evidence cannot be opened.
        ListFormatError: a hash list cannot be read.
        DamagedIndexError: an index is damaged, or was changed in place.
        DatabaseError: results cannot be put on record.
        SandboxError: the system refuses to lock workers down.
        WorkerError: worker processes cannot be started.
    """
    _check_arguments(evidence, limits, workers, run)
    matcher = matcher_for(against, profile=profile)
    if not allow_unmatched:
        check_matchable(matcher)
    source = source_of(evidence)
    how: dict[str, Any] = {
        "opener": opener_of(source),
        "options": hash_options(matcher, limits),
        "sandbox": Sandbox(readable_of(source), unsandboxed),
        "workers": workers,
        "limits": worker_limits,
        "stop": stop,
    }
    files = FilesToRead(_in_order(triage, source, run, matcher, how))
    items = read_items(
        files,
        **how,
        **_on_record(run, matcher),
        inside=inside,
        selection=selection,
        rank=None if triage is None else triage.rank_inside,
        on_notice=on_notice,
        on_progress=on_progress,
        on_expanding=on_expanding,
        on_held=on_held,
        on_sandbox=on_sandbox if run is None else partial(_put_on_record, run, [], on_sandbox),
    )
    return _recorded(searched(items, matcher), matcher, run, _Stop(stop, files, on_stopped, triage))


def _in_order(
    triage: "Triage | None",
    source: Iterable[Found],
    run: "Run | None",
    matcher: Matcher,
    how: Mapping[str, Any],
) -> Iterable[Found | None]:
    """The files that are to be read, in the order in which they are."""
    files = _not_done(source, run)
    if triage is None:
        return files
    from hashmatch.scanning.triage.glances import Glances

    glances = partial(Glances, **how, met=partial(_is_seen, matcher))
    return _by_likeliness(triage, files, partial(_unread, source, run), glances, run)


def _by_likeliness(
    triage: "Triage",
    files: Iterable[Found],
    again: Callable[[], Iterator[Found]],
    begun: "Callable[[], Glances]",
    run: "Run | None",
) -> Iterator[Found | None]:
    """Files in the order of a triage, which is on record before the first is read."""
    triage.survey(files)
    if run is not None:
        run.note_environment("triage", triage.facts)
    with closing(begun()) as glances:
        yield from triage.ordered(again, glances)


def _is_seen(matcher: Matcher, item: Item) -> bool:
    """Whether anything that is known meets the hashes of an item."""
    return item.media is not None and any(
        match.reportable for match in matcher.match_many([item.media])[0]
    )


def _on_record(run: "Run | None", matcher: Matcher) -> dict[str, Any]:
    """What tells readers of hashes and items that are on record."""
    return {} if run is None else {"recorded": _hashes_of(run, matcher), "done": run.done}


def _hashes_of(run: "Run", matcher: Matcher) -> Recorded:
    """What gives the hashes on record that are used again, by the SHA-256 of contents."""
    # Codes of what a picture may have been, and of patches, are on no record.
    is_kept = set(matcher.tiers) == {Tier.WHOLE}

    def hashes_of(sha256: str) -> MediaHashes | None:
        found = run.content(sha256) if is_kept else None
        if found is None and run.deepens:
            found = run.settled(sha256, lambda media: _is_met(matcher, sha256, media))
        return found

    def hashes(contents: Sequence[str]) -> dict[str, MediaHashes]:
        seen = run.seen(contents) if is_kept or run.deepens else ()
        return {each: media for each in seen if (media := hashes_of(each)) is not None}

    return hashes


def _is_met(matcher: Matcher, sha256: str, media: MediaHashes) -> bool:
    """Whether a content matches what is not merely known to be harmless, and not only probably."""
    found = matcher.match_many([media, Digests(sha256=sha256)])
    return any(match.settles for matches in found for match in matches)


def _not_done(source: Iterable[Found], run: "Run | None") -> Iterator[Found]:
    """The files that are not on record, once those that are were compared with what lies there.

    Raises:
        ResumeError: some differ.
    """
    if run is None:
        return _files_of(source)
    if run.expected is None and (files_in := _counted(source)) is not None:
        run.expect(files_in)
    if run.position:
        run.check_unchanged(file_states(source))
    return _unread(source, run)


def _unread(source: Iterable[Found], run: "Run | None") -> Iterator[Found]:
    files = _files_of(source)
    if run is None or not run.position:
        # Nothing is on record before the first file is read.
        return files
    return (each for each in files if not run.done(each.where))


def file_states(source: Iterable[Found]) -> "Iterator[FileState]":
    """Every file of a source, as it is compared with what is on record of it."""
    from hashmatch.sightings.unchanged import FileState

    for found in source:
        yield FileState(found.where, None if found.problem else found.size, found.times)


def _put_on_record(
    run: "Run",
    noted: list[Mapping[str, Any]],
    on_sandbox: Callable[[Mapping[str, Any]], object],
    state: Mapping[str, Any],
) -> None:
    """Put on record what workers are locked down with, each state once, and tell it."""
    if state not in noted:
        noted.append(state)
        run.note_environment("sandbox", state)
        on_sandbox(state)


def check_matchable(matcher: Matcher) -> None:
    """Nothing, if anything that is known can match.

    Raises:
        NothingToMatchError: nothing can; the message says why of each list.
    """
    if why := nothing_matches(matcher.coverage):
        raise NothingToMatchError(why)


def _counted(source: Iterable[Found]) -> int | None:
    """How many files a source has; None where it cannot tell before they are read."""
    if isinstance(source, Sized):
        return len(source)
    total = getattr(source, "total", None)
    return int(total()) if callable(total) else None


def _recorded(
    batches: Generator[Searched],
    matcher: Matcher,
    run: "Run | None",
    stop: "_Stop",
) -> Iterator[ScanResult]:
    facts = matcher.index_facts if run is not None else {}
    if run is not None and facts:
        run.note_environment("indexes", {**facts, "verified": False})
    proof = IndexProof(matcher, anew=run is not None)
    # Workers are ended before an error leaves, not when somebody forgets the error.
    with closing(batches):
        for files, results in batches:
            proof.check()
            given = results if run is None else put_on_record(run, files, results)
            stop.take([found for found in files if found.container is None])
            yield from given
    stopped = stop.has_left(proof)
    if not stopped:
        proof.finish()
    if run is not None:
        # Only now: the first search loads what searches.
        if loaded := kernels():
            run.note_environment("search", loaded)
        if facts and not stopped:
            run.note_environment("indexes", {**facts, "verified": True})
        if stopped and (unread := stop.unread):
            run.note_environment("unread", unread)
        run.finish(RunStatus.INTERRUPTED if stopped else RunStatus.DONE)


@dataclass(slots=True)
class _Stop:
    """Whether a scan that was asked to stop, or cut short, left something undone; who is told."""

    requested: Callable[[], bool]
    files: FilesToRead
    on_stopped: Callable[[bool], object]
    triage: "Triage | None"
    given: int = 0

    def take(self, files: Sequence[Found]) -> None:
        """Count files of the source that were given."""
        self.given += len(files)
        if self.triage is not None:
            for found in files:
                self.triage.given(found)

    @property
    def unread(self) -> dict[str, Json]:
        """What a triage did not come to, for the record."""
        return {} if self.triage is None else self.triage.unread

    def has_left(self, proof: IndexProof) -> bool:
        """Whether files were left out, or the proof of index files would have to be waited for."""
        unread = bool(self.unread)
        if not (self.requested() or unread):
            return False
        all_read = self.files.all_read(self.given) and not unread
        left = not all_read or proof.is_pending
        if left:
            self.on_stopped(all_read)
        return left


def _files_of(source: Iterable[Found]) -> Iterator[Found]:
    """The files of a source.

    Raises:
        TypeError: it gives something else.
    """
    for found in source:
        check_type(found, Found, "a source gives the files it found, as Found values")
        yield found


def _check_arguments(evidence: object, limits: object, workers: object, run: object) -> None:
    """Refuse arguments that would fail, or mean nothing, in the middle of a scan.

    Raises:
        TypeError: one is of another type than `iter_scan` says.
    """
    what = "evidence is the path of one folder or file, or a source; scan several one by one"
    check_type(evidence, (str, os.PathLike, Iterable), what)
    if isinstance(evidence, bytes | bytearray | Mapping):
        check_type(evidence, str, what)
    if isinstance(evidence, list | tuple | set | frozenset):
        for each in evidence:
            check_type(each, Found, what)
    check_type(limits, (Limits, type(None)), "limits are Limits, or None")
    check_type(workers, (int, type(None)), "workers is a whole number, or None")
    if run is not None and not hasattr(run, "record"):
        from hashmatch.sightings.recording import Run

        check_type(run, Run, "run is a run of a Database, or None")
