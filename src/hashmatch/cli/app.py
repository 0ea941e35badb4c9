"""The command line's frame: verbs and what they share."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from hashmatch.cli.about import show_algorithms, show_cases, show_formats
from hashmatch.cli.audit import make_key, sign_audit, verify_audit
from hashmatch.cli.calibrate import calibrate_index
from hashmatch.cli.check import check_lists
from hashmatch.cli.demo import demo
from hashmatch.cli.doctor import doctor
from hashmatch.cli.enrol import enrol_originals
from hashmatch.cli.export import export_list
from hashmatch.cli.fetch import fetch
from hashmatch.cli.hash import hash_files
from hashmatch.cli.index import build_index, index_info, verify_index
from hashmatch.cli.interrupt import stoppable
from hashmatch.cli.kernels import note_compilations, warm_kernels
from hashmatch.cli.lists import import_lists, show_lists
from hashmatch.cli.lookup import look_up, match_files
from hashmatch.cli.policy import set_policy
from hashmatch.cli.report import report_case
from hashmatch.cli.scan import scan_folder
from hashmatch.cli.verb import Verb
from hashmatch.cli.withdraw import remove_list, withdraw_entries

_LOOK: Final[dict[str, Any]] = {
    "no_args_is_help": True,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}

_GROUP: Final[dict[str, Any]] = {**_LOOK, "add_completion": False}

app = typer.Typer(
    name="hashmatch",
    help="Find known abuse material by perceptual hash, without any human viewing it.",
    add_completion=True,
    **_LOOK,
)
audit = typer.Typer(help="What is on record, proved.", **_GROUP)
lists = typer.Typer(
    help="Known hash lists: bring them in, show them, hand them on.", add_completion=False, **_LOOK
)
index = typer.Typer(
    help="The index that all processes of a lab search.", add_completion=False, **_LOOK
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 (Typer calls it so)
    if wanted:
        from importlib.metadata import version

        typer.echo(f"hashmatch {version('hashmatch')}")
        raise typer.Exit


@audit.callback()
def _audit() -> None:
    """A group stays one, even with a single verb."""


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
    note_compilations()


_VERBS: Final[dict[typer.Typer, dict[str, Callable[..., None]]]] = {
    app: {
        "algorithms": show_algorithms,
        "calibrate": calibrate_index,
        "cases": show_cases,
        "demo": demo,
        "doctor": doctor,
        "formats": show_formats,
        "hash": hash_files,
        "lookup": look_up,
        "match": match_files,
        "report": report_case,
        "scan": scan_folder,
    },
    lists: {
        "check": check_lists,
        "enrol": enrol_originals,
        "export": export_list,
        "fetch": fetch,
        "import": import_lists,
        "policy": set_policy,
        "remove": remove_list,
        "show": show_lists,
        "withdraw": withdraw_entries,
    },
    audit: {"key": make_key, "sign": sign_audit, "verify": verify_audit},
    index: {"build": build_index, "info": index_info, "verify": verify_index, "warm": warm_kernels},
}
for group, verbs in _VERBS.items():
    for verb, command in verbs.items():
        group.command(verb, cls=Verb)(stoppable(command))
app.add_typer(audit, name="audit")
app.add_typer(lists, name="lists")
app.add_typer(index, name="index")
