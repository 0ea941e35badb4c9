"""The command line's frame: verbs, where each is, and what they share.

The module of a verb is loaded when the verb is called: all of them take longer to load than a
single hash takes to be made.
"""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Final, TypeAlias

import typer

from hashmatch.cli.interrupt import stoppable
from hashmatch.cli.verb import Group, Verb

_LOOK: Final[dict[str, Any]] = {
    "cls": Group,
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


_Verbs: TypeAlias = Mapping[str, tuple[str, str, str]]
"""The module of this package, the function in it, and the constant with its help, of each verb."""

_VERBS: Final[_Verbs] = {
    "algorithms": ("about", "show_algorithms", "ALGORITHMS_HELP"),
    "batch": ("batch", "batch_source", "HELP"),
    "calibrate": ("calibrate", "calibrate_index", "HELP"),
    "cases": ("about", "show_cases", "CASES_HELP"),
    "demo": ("demo", "demo", "HELP"),
    "doctor": ("doctor", "doctor", "HELP"),
    "formats": ("about", "show_formats", "FORMATS_HELP"),
    "hash": ("hash", "hash_files", "HELP"),
    "lookup": ("lookup", "look_up", "LOOKUP_HELP"),
    "match": ("lookup", "match_files", "MATCH_HELP"),
    "rematch": ("rematch", "rematch_record", "HELP"),
    "report": ("report", "report_case", "HELP"),
    "scan": ("scan", "scan_folder", "HELP"),
    "show": ("show", "show_item", "HELP"),
    "verify": ("verify", "verify_record", "HELP"),
}
_GROUPS: Final[Mapping[str, tuple[str, _Verbs]]] = {
    "audit": (
        "Verify and sign what is on record.",
        {
            "key": ("audit", "make_key", "KEY_HELP"),
            "sign": ("audit", "sign_audit", "SIGN_HELP"),
            "verify": ("audit", "verify_audit", "HELP"),
        },
    ),
    "bench": (
        "Measure recall, false matches and speed on your pictures.",
        {
            "hash": ("bench_speed", "bench_hash", "HASH_HELP"),
            "index": ("bench_speed", "bench_index", "INDEX_HELP"),
            "recall": ("bench", "bench_recall", "RECALL_HELP"),
            "transforms": ("bench", "list_transforms", "TRANSFORMS_HELP"),
        },
    ),
    "db": (
        "Join databases of several laboratories into one.",
        {
            "merge": ("db", "merge_databases", "MERGE_HELP"),
            "origins": ("db", "show_origins", "ORIGINS_HELP"),
        },
    ),
    "lists": (
        "Import, fetch, show, change and export hash lists.",
        {
            "check": ("check", "check_lists", "HELP"),
            "enrol": ("enrol", "enrol_originals", "HELP"),
            "export": ("export", "export_list", "EXPORT_HELP"),
            "fetch": ("fetch", "fetch", "HELP"),
            "import": ("lists", "import_lists", "IMPORT_HELP"),
            "policy": ("policy", "set_policy", "POLICY_HELP"),
            "remove": ("withdraw", "remove_list", "REMOVE_HELP"),
            "show": ("lists", "show_lists", "SHOW_HELP"),
            "withdraw": ("withdraw", "withdraw_entries", "WITHDRAW_HELP"),
        },
    ),
    "record": (
        "Record what people did, and what reports and returns say.",
        {
            "case": ("casework", "record_case", "CASE_HELP"),
            "erase": ("erase", "record_erase", "HELP"),
            "exhibit": ("casework", "record_exhibit", "EXHIBIT_HELP"),
            "handling": ("handling", "record_handling", "HELP"),
            "import": ("casework", "record_import", "IMPORT_HELP"),
            "viewed": ("record", "record_viewed", "VIEWED_HELP"),
        },
    ),
    "index": (
        "Show, verify, rewrite and prepare an index.",
        {
            "build": ("index", "build_index", "BUILD_HELP"),
            "info": ("index", "index_info", "INFO_HELP"),
            "verify": ("index", "verify_index", "VERIFY_HELP"),
            "warm": ("kernels", "warm_kernels", "HELP"),
        },
    ),
    "trace": (
        "Find links between exhibits, cases and accounts.",
        {
            "clusters": ("trace", "trace_clusters", "CLUSTERS_HELP"),
            "coverage": ("trace", "trace_coverage", "COVERAGE_HELP"),
            "exclude": ("trace", "trace_exclude", "EXCLUDE_HELP"),
            "export": ("trace_export", "trace_export", "HELP"),
            "links": ("trace", "trace_links", "LINKS_HELP"),
            "matrix": ("source_matrix", "trace_matrix", "HELP"),
            "new": ("trace", "trace_new", "NEW_HELP"),
            "report": ("trace_report", "trace_report", "HELP"),
            "stats": ("statistics", "trace_stats", "HELP"),
            "origin": ("trace_origin", "trace_origin", "HELP"),
            "timeline": ("timeline", "trace_timeline", "HELP"),
            "verdict": ("trace", "trace_verdict", "VERDICT_HELP"),
            "who": ("trace", "trace_who", "WHO_HELP"),
        },
    ),
}


def _print_version(wanted: bool) -> None:  # noqa: FBT001 (Typer calls it so)
    if wanted:
        from importlib.metadata import version

        from hashmatch.native import library

        typer.echo(f"hashmatch {version('hashmatch')}, kernels {library.version()}")
        raise typer.Exit


def _options(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    from hashmatch.cli.kernels import note_missing_kernels
    from hashmatch.native.memory import keep_memory

    keep_memory()
    note_missing_kernels()


def app_of(arguments: Sequence[str]) -> typer.Typer:
    """The program with the verb that the arguments name; with all verbs where they need others.

    Args:
        arguments: as they follow the name of the program.
    """
    verb, within = (*arguments, "", "")[:2]
    is_known = verb in _VERBS or verb in _GROUPS or verb == "--version"
    app = typer.Typer(
        name="hashmatch",
        help="Find known abuse material by perceptual hash, without any human viewing it.",
        add_completion=not is_known,  # its options come before a verb
        **_LOOK,
    )
    app.callback()(_options)
    _add(app, _asked(_VERBS, verb) if is_known else _VERBS)
    for name, (about_group, verbs) in _GROUPS.items():
        if is_known and name != verb:
            continue
        group = typer.Typer(help=about_group, add_completion=False, **_LOOK)
        # A group stays one, even with a single verb.
        group.callback()(lambda: None)
        _add(group, _asked(verbs, within) or verbs)
        app.add_typer(group, name=name)
    return app


def _asked(verbs: _Verbs, name: str) -> _Verbs:
    return {name: verbs[name]} if name in verbs else {}


def _add(group: typer.Typer, verbs: _Verbs) -> None:
    for name, (module, function, text) in verbs.items():
        loaded = import_module(f"hashmatch.cli.{module}")
        command = group.command(name, help=getattr(loaded, text), cls=Verb)
        command(stoppable(getattr(loaded, function)))
