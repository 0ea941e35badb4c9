"""The command line's frame: verbs and what they share."""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias

import typer

from hashmatch.cli import (
    about,
    audit,
    batch,
    bench,
    bench_speed,
    calibrate,
    casework,
    check,
    db,
    demo,
    doctor,
    enrol,
    erase,
    export,
    fetch,
    handling,
    index,
    kernels,
    lists,
    lookup,
    policy,
    record,
    report,
    scan,
    show,
    source_matrix,
    statistics,
    timeline,
    trace,
    trace_export,
    trace_origin,
    trace_report,
    verify,
    withdraw,
)
from hashmatch.cli import hash as hash_
from hashmatch.cli.interrupt import stoppable
from hashmatch.cli.verb import Verb

_LOOK: Final[dict[str, Any]] = {
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}

app = typer.Typer(
    name="hashmatch",
    help="Find known abuse material by perceptual hash, without any human viewing it.",
    add_completion=True,
    **_LOOK,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 (Typer calls it so)
    if wanted:
        from importlib.metadata import version

        from hashmatch.native import library

        typer.echo(f"hashmatch {version('hashmatch')}, kernels {library.version()}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    kernels.note_missing_kernels()


_Verbs: TypeAlias = dict[str, tuple[Callable[..., None], str]]
"""Functions and their help, by name."""

_VERBS: Final[_Verbs] = {
    "algorithms": (about.show_algorithms, about.ALGORITHMS_HELP),
    "batch": (batch.batch_source, batch.HELP),
    "calibrate": (calibrate.calibrate_index, calibrate.HELP),
    "cases": (about.show_cases, about.CASES_HELP),
    "demo": (demo.demo, demo.HELP),
    "doctor": (doctor.doctor, doctor.HELP),
    "formats": (about.show_formats, about.FORMATS_HELP),
    "hash": (hash_.hash_files, hash_.HELP),
    "lookup": (lookup.look_up, lookup.LOOKUP_HELP),
    "match": (lookup.match_files, lookup.MATCH_HELP),
    "report": (report.report_case, report.HELP),
    "scan": (scan.scan_folder, scan.HELP),
    "show": (show.show_item, show.HELP),
    "verify": (verify.verify_record, verify.HELP),
}
_GROUPS: Final[dict[str, tuple[str, _Verbs]]] = {
    "audit": (
        "Verify and sign what is on record.",
        {
            "key": (audit.make_key, audit.KEY_HELP),
            "sign": (audit.sign_audit, audit.SIGN_HELP),
            "verify": (audit.verify_audit, audit.HELP),
        },
    ),
    "bench": (
        "Measure recall, false matches and speed on your pictures.",
        {
            "hash": (bench_speed.bench_hash, bench_speed.HASH_HELP),
            "index": (bench_speed.bench_index, bench_speed.INDEX_HELP),
            "recall": (bench.bench_recall, bench.RECALL_HELP),
            "transforms": (bench.list_transforms, bench.TRANSFORMS_HELP),
        },
    ),
    "db": (
        "Join databases of several laboratories into one.",
        {
            "merge": (db.merge_databases, db.MERGE_HELP),
            "origins": (db.show_origins, db.ORIGINS_HELP),
        },
    ),
    "lists": (
        "Import, fetch, show, change and export hash lists.",
        {
            "check": (check.check_lists, check.HELP),
            "enrol": (enrol.enrol_originals, enrol.HELP),
            "export": (export.export_list, export.EXPORT_HELP),
            "fetch": (fetch.fetch, fetch.HELP),
            "import": (lists.import_lists, lists.IMPORT_HELP),
            "policy": (policy.set_policy, policy.POLICY_HELP),
            "remove": (withdraw.remove_list, withdraw.REMOVE_HELP),
            "show": (lists.show_lists, lists.SHOW_HELP),
            "withdraw": (withdraw.withdraw_entries, withdraw.WITHDRAW_HELP),
        },
    ),
    "record": (
        "Record what people did, and what reports and returns say.",
        {
            "case": (casework.record_case, casework.CASE_HELP),
            "erase": (erase.record_erase, erase.HELP),
            "exhibit": (casework.record_exhibit, casework.EXHIBIT_HELP),
            "handling": (handling.record_handling, handling.HELP),
            "import": (casework.record_import, casework.IMPORT_HELP),
            "viewed": (record.record_viewed, record.VIEWED_HELP),
        },
    ),
    "index": (
        "Show, verify, rewrite and prepare an index.",
        {
            "build": (index.build_index, index.BUILD_HELP),
            "info": (index.index_info, index.INFO_HELP),
            "verify": (index.verify_index, index.VERIFY_HELP),
            "warm": (kernels.warm_kernels, kernels.HELP),
        },
    ),
    "trace": (
        "Find links between exhibits, cases and accounts.",
        {
            "clusters": (trace.trace_clusters, trace.CLUSTERS_HELP),
            "coverage": (trace.trace_coverage, trace.COVERAGE_HELP),
            "exclude": (trace.trace_exclude, trace.EXCLUDE_HELP),
            "export": (trace_export.trace_export, trace_export.HELP),
            "links": (trace.trace_links, trace.LINKS_HELP),
            "matrix": (source_matrix.trace_matrix, source_matrix.HELP),
            "new": (trace.trace_new, trace.NEW_HELP),
            "report": (trace_report.trace_report, trace_report.HELP),
            "stats": (statistics.trace_stats, statistics.HELP),
            "origin": (trace_origin.trace_origin, trace_origin.HELP),
            "timeline": (timeline.trace_timeline, timeline.HELP),
            "verdict": (trace.trace_verdict, trace.VERDICT_HELP),
            "who": (trace.trace_who, trace.WHO_HELP),
        },
    ),
}


def _add(group: typer.Typer, verbs: _Verbs) -> None:
    for name, (command, text) in verbs.items():
        group.command(name, help=text, cls=Verb)(stoppable(command))


_add(app, _VERBS)
for name, (about_group, verbs) in _GROUPS.items():
    group = typer.Typer(help=about_group, add_completion=False, **_LOOK)
    # A group stays one, even with a single verb.
    group.callback()(lambda: None)
    _add(group, verbs)
    app.add_typer(group, name=name)
