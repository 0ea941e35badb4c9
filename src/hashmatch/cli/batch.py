"""`hashmatch batch`: millions of files of a store, or hashes of an earlier run, as tables."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hashmatch.cli.completing import one_of
from hashmatch.cli.covering import (
    handling_of,
    lacks_something,
    note_coverage,
    note_handling,
    refuse_unmatched,
)
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import (
    EffortOption,
    FailOnMatchOption,
    JsonOption,
    MinimumQualityOption,
    ProfileOption,
    ThresholdOption,
    TiersOption,
    UnsandboxedOption,
    chosen_tiers,
    matcher_of,
)
from hashmatch.cli.outcome import end, left_unread
from hashmatch.cli.output import json_line, note, printable
from hashmatch.cli.places import check_places
from hashmatch.cli.scan_output import note_summary
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.distributed.manifest import Manifest
    from hashmatch.distributed.match_batch import MatchBatch
    from hashmatch.distributed.running import Engine, Job
    from hashmatch.matching.matcher import Matcher

HELP = """Match millions of files, or hashes of an earlier run, and write the results as Parquet.

SOURCE is a folder; s3://…, gs://… or another store that fsspec reads; a table, Parquet or CSV, with
a column `uri` or `hash`; or the folder of an earlier run, whose hashes are matched again without
reading a picture. Every file of it is read as one picture or video: `scan` is for evidence, and
looks into archives, documents and disk images.

DIR, a folder or a URI, gets a Parquet file for every 2,000 rows, each whole or not there, and a
manifest with versions of lists, profile and tool. The same command goes on with a job that was
interrupted or killed: parts that stand are skipped. A DIR with another job is refused. The index
stays as it was when the job began, whatever is imported meanwhile.

--engine ray uses Ray, on this machine or on the cluster that RAY_ADDRESS names: SOURCE, INDEX and
DIR must be there on all its machines under the same name. --workers is the number of locked-down
processes that decode, with Ray of its actors.

Progress and the summary go to standard error; with --json there is an object for each part and one
for the summary on standard output. Exit codes are those of `scan`.

\b
Examples:
  hashmatch batch /data/photos --against lab.index --out results
  hashmatch batch s3://uploads/2026/ --against lab.index --out s3://results/2026
  hashmatch batch uploads.csv --against lab.index --out results --engine ray --workers 32
  hashmatch batch /data/photos --hashes-only --out hashes
  hashmatch batch hashes --against new.index --out again --fail-on-match
"""

_SHOWN: Final = 20

_SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="Folder, s3://…, table, or an earlier run.")
]
_OutOption = Annotated[
    str, typer.Option("--out", metavar="DIR", help="Folder or URI for the results.")
]
_AgainstOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--against",
        metavar="KNOWN",
        envvar="HASHMATCH_INDEX",
        help="Index, or file of a hash list in any known format; repeat for several.",
    ),
]
_EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="local|ray",
        autocompletion=one_of("local", "ray"),
        help="What the work is done by: processes of this machine, or Ray.",
    ),
]
_WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        metavar="NUMBER",
        help="Locked-down processes that decode.  [default: as many as cores]",
    ),
]
_HashesOnlyOption = Annotated[
    bool, typer.Option("--hashes-only", help="Hash, and match nothing: DIR is a SOURCE later.")
]
_RowsOption = Annotated[
    int,
    typer.Option(
        "--rows-per-part", min=1, metavar="NUMBER", help="Rows of a part: what a kill can cost."
    ),
]


def batch_source(
    context: typer.Context,
    source: _SourceArgument,
    *,
    out: _OutOption,
    against: _AgainstOption = None,
    engine: _EngineOption = "local",
    workers: _WorkersOption = None,
    hashes_only: _HashesOnlyOption = False,
    rows_per_part: _RowsOption = 2000,
    profile: ProfileOption = "default",
    threshold: ThresholdOption = None,
    minimum_quality: MinimumQualityOption = None,
    effort: EffortOption = None,
    tiers: TiersOption = "",
    unsandboxed: UnsandboxedOption = False,
    fail_on_match: FailOnMatchOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `batch`."""
    _check(context, against or [])
    _check_place(source, out, against or [])
    count = workers or os.cpu_count() or 1
    doing = _engine(engine, count)
    manifest = _held(out)
    matcher = None if hashes_only else _matcher(context.params, against or [], manifest)
    of_each = 1 if engine == "ray" else count
    with _match(context.params, matcher, of_each) as match, interruption() as asked:
        job = _begin(source, out, match, rows_per_part)
        _run(job, doing, asked.is_requested, as_json=as_json)
    _end(job, matcher, as_json=as_json, matched=fail_on_match)


def _check(context: typer.Context, against: "Sequence[Path]") -> None:
    """Refuse options that do not go together."""
    if context.params["hashes_only"]:
        given = context.get_parameter_source("against")
        if against and given is not None and given.name == "COMMANDLINE":
            msg = "--hashes-only matches nothing: give it, or --against"
            raise typer.BadParameter(msg)
    elif not against:
        msg = "name what is known: --against INDEX, or --hashes-only to match later"
        raise typer.BadParameter(msg)


def _check_place(source: str, out: str, against: "Sequence[Path]") -> None:
    """Refuse to write where files are read from."""
    from hashmatch.distributed.uris import local_path

    folder, written = local_path(source), local_path(out)
    if folder is not None and os.path.isdir(folder):  # noqa: PTH112 (any path)
        place = None if written is None else Path(written)
        check_places([Path(folder)], indexes=against, written=[("DIR", place)])
    if written is not None:
        from hashmatch.sources.access import lies_in

        for index in against:
            if index.is_dir() and lies_in(written, index):
                msg = f"DIR {out} lies in the index {index}: name another place"
                raise typer.BadParameter(msg)
    if folder is None and f"{out.rstrip('/')}/".startswith(f"{source.rstrip('/')}/"):
        msg = f"DIR {out} lies in SOURCE {source}, where nothing is written: name another place"
        raise typer.BadParameter(msg)


def _engine(name: str, workers: int) -> "Engine":
    """What does the work.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    from hashmatch.tables import arrow

    arrow.needed()
    if name == "local":
        from hashmatch.distributed.running import local

        return local
    if name != "ray":
        msg = f"--engine is local or ray, not {name!r}"
        raise typer.BadParameter(msg)
    from hashmatch.distributed import ray_engine

    ray_engine.needed()
    return ray_engine.RayEngine(workers)


def _held(out: str) -> "Manifest | None":
    """The manifest of the job that is gone on with."""
    from hashmatch.distributed import manifest
    from hashmatch.distributed.places import Place

    return manifest.found_in(Place.at(out))


def _matcher(
    given: "dict[str, Any]", against: "Sequence[Path]", manifest: "Manifest | None"
) -> "Matcher":
    """What is known: of a job that is gone on with, the generations that it began with."""
    matcher = matcher_of(
        against,
        given["profile"],
        given["threshold"],
        given["minimum_quality"],
        prove=True,
        effort=given["effort"],
        tiers=given["tiers"],
        pins=manifest.pins if manifest is not None else None,
    )
    refuse_unmatched(matcher, unless=False)
    note_handling(matcher.lists)
    note_coverage(matcher.coverage)
    return matcher


def _match(given: "dict[str, Any]", matcher: "Matcher | None", workers: int) -> "MatchBatch":
    from hashmatch.distributed.match_batch import MatchBatch

    return MatchBatch(
        matcher,
        tiers=chosen_tiers(given["effort"], given["tiers"]),
        workers=workers,
        unsandboxed=given["unsandboxed"],
    )


def _begin(source: str, out: str, match: "MatchBatch", rows: int) -> "Job":
    from hashmatch.cli.progress import meter
    from hashmatch.distributed.running import begin

    with meter(0, "files listed") as shown:
        job = begin(source, out, match, rows=rows, on_listed=shown.update)
    parts = number_of(len(job.source.slices), "part")
    note(f"{number_of(job.source.rows, 'row')} in {parts}, read by `{job.source.reads}`")
    if job.standing:
        note(
            f"goes on with a job of {job.source.at}: {number_of(len(job.standing), 'part')} stand. "
            "Files that came to SOURCE since are not in its listing: a new DIR has them"
        )
    _note_newer(job)
    return job


def _note_newer(job: "Job") -> None:
    """Say where an index has gone on since the job began: entries may be withdrawn by now."""
    from hashmatch.index import generation

    for folder, pin in job.manifest.pins.items():
        newest = max(generation.numbers(Path(folder)), default=pin.number)
        if newest > pin.number:
            note(
                f"WARNING: {printable(folder)} holds generation {newest} by now, and this job "
                f"keeps {pin.number}: entries that came or were withdrawn since are not taken "
                "into account. A new DIR takes the newest"
            )


def _run(job: "Job", engine: "Engine", stop: Any, *, as_json: bool) -> None:  # noqa: ANN401
    from hashmatch.cli.progress import meter
    from hashmatch.distributed.parts import name_of

    total = sum(each.rows for each in job.to_do)
    with meter(total, "rows") as shown:

        def on_rows(count: int) -> None:
            found = job.summary
            about = number_of(found.matches, "match", "matches")
            shown.update(shown.done + count, f"{about}, {found.unreadable:,} unread")

        for part in job.run(engine, stop=stop, on_rows=on_rows):
            if as_json:
                json_line({**part["summary"], "record": "part", "file": name_of(part["part"])})


def _end(job: "Job", matcher: "Matcher | None", *, as_json: bool, matched: bool) -> None:
    """Say what was found, and end with the code of what weighs most."""
    summary = job.summary
    for uri, reason, detail in job.unread[:_SHOWN]:
        note(f"unreadable: {uri}: {reason}{f': {detail}' if detail else ''}")
    if (more := summary.unreadable - _SHOWN) > 0:
        note(f"{more:,} more unreadable: rows with status = 'unreadable' in {job.parts.place.root}")
    for algorithm, count in job.lacking.items():
        note(
            f"WARNING: {number_of(count, 'picture')} of the earlier run have no {algorithm} hash, "
            "which a list needs: hash them again with --against that list"
        )
    note_summary(summary)
    if job.interrupted:
        note("interrupted: parts that are written stand; the same command goes on")
    if as_json:
        marks = {} if matcher is None else handling_of(matcher.lists)
        lacking = {"lacking": dict(job.lacking)} if job.lacking else {}
        json_line({**summary.to_dict(), "interrupted": job.interrupted, **lacking, **marks})
    note(printable(f"results: {job.parts.place.root}"))
    end(
        interrupted=job.interrupted,
        faults=summary.faults,
        matched=matched and bool(summary.matches),
        unreadable=left_unread(summary)
        or job.lacking
        or (matcher is not None and lacks_something(matcher)),
    )
