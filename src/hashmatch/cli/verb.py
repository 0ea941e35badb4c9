"""How a verb shows itself in help: how it is used, and the whole of what it does.

An empty value is refused for all of them.
"""

from collections.abc import Callable
from functools import cache
from inspect import unwrap
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer
from typer.core import TyperArgument, TyperCommand


class Verb(TyperCommand):
    """A command whose help says the same with every version of Typer, and is never cut short."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first paragraph of the help, on one line however long: the list of verbs wraps it."""
        del limit
        first = (self.help or "").strip().partition("\n\n")[0]
        return " ".join(first.split())

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401 (Typer carries Click inside, by its version)
        """Options and arguments as the usage line shows them: arguments by their own names."""
        arguments = (each for each in self.get_params(ctx) if isinstance(each, TyperArgument))
        return ["[OPTIONS]", *(each.metavar or str(each.name).upper() for each in arguments)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Arguments and options, of which none may be empty.

        An empty one is what a script gives whose variable is not set: with `--sign "$KEY"` nothing
        would be signed, and with `--case "$CASE"` nothing would go on record. An empty path would
        be the current folder.
        """
        if ctx.resilient_parsing:
            # A shell asks what may be written: nothing of it is used.
            return super().parse_args(ctx, args)
        given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        for each in self.get_params(ctx):
            values = given.get(each.name or "")
            is_empty = "" in values if isinstance(values, list | tuple) else values == ""
            if is_empty:
                what = "a path" if each.name in _paths(self.callback) else "a value"
                msg = f"{what} is empty: is a variable not set?"
                raise typer.BadParameter(msg, ctx=ctx, param_hint=_shown(each))
        return super().parse_args(ctx, args)


def _shown(parameter: Any) -> str:  # noqa: ANN401
    """An option or argument as a user writes it."""
    if isinstance(parameter, TyperArgument):
        return parameter.metavar or str(parameter.name).upper()
    return str(parameter.opts[0])


@cache
def _paths(function: Callable[..., Any] | None) -> frozenset[str]:
    """The parameters of a verb's function that are paths. Typer's types differ by its version."""
    if function is None:
        return frozenset()
    hints = get_type_hints(unwrap(function))
    return frozenset(name for name, hint in hints.items() if _has_path(hint))


def _has_path(hint: Any) -> bool:  # noqa: ANN401
    return hint is Path or any(map(_has_path, get_args(hint)))
