"""The command line's frame: verbs and what they share."""

from typing import Annotated

import typer

from hashmatch.cli.demo import demo
from hashmatch.cli.hash import hash_files
from hashmatch.cli.interrupt import stoppable
from hashmatch.cli.scan import scan_folder

app = typer.Typer(
    name="hashmatch",
    help="Find known abuse material by perceptual hash, without any human viewing it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 (Typer calls it so)
    if wanted:
        from importlib.metadata import version

        typer.echo(f"hashmatch {version('hashmatch')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass


for verb, command in (("demo", demo), ("hash", hash_files), ("scan", scan_folder)):
    app.command(verb)(stoppable(command))
