"""How a verb shows itself in help: how it is used, and the whole of what it does.

An empty value is refused for all of them.
"""

from collections.abc import Callable, Mapping
from functools import cache
from inspect import unwrap
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

from hashmatch.cli.values import plain_value


class Group(TyperGroup):
    """A group of verbs."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 (Typer carries Click inside, by its version)
        """The option that shows help."""
        option = super().get_help_option(ctx)
        if option:
            option.default = False  # instead of None, which Typer reads with pydantic
        return option


class Verb(TyperCommand):
    """A command whose help says the same with every version of Typer, and is never cut short."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first paragraph of the help, on one line however long: the list of verbs wraps it."""
        del limit
        first = (self.help or "").strip().partition("\n\n")[0]
        return " ".join(first.split())

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401
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
        given, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        for each in self.get_params(ctx):
            values = given.get(each.name or "")
            is_empty = "" in values if isinstance(values, list | tuple) else values == ""
            if is_empty:
                what = "a path" if _is_path(self.callback, each.name) else "a value"
                msg = f"{what} is empty: is a variable not set?"
                raise typer.BadParameter(msg, ctx=ctx, param_hint=_shown(each))
        if rest or not self._is_plain(ctx, given):
            return super().parse_args(ctx, args)
        ctx.args = []
        return []

    def _is_plain(self, ctx: Any, given: dict[str, Any]) -> bool:  # noqa: ANN401
        """Whether all that is given is plain; then it is kept, as Typer would keep it."""
        declared = _declared(self.callback)
        try:
            for each in self.get_params(ctx):
                value, source = each.consume_value(ctx, given)
                if each.name in declared:
                    ctx.params[each.name] = value = plain_value(declared[each.name], value)
                    ctx.set_parameter_source(each.name, source)
                    if each.required and value in (None, []):
                        return False
                elif value:  # the help
                    return False
            for each in self.params:
                if each.callback:
                    ctx.params[each.name] = each.callback(ctx, each, ctx.params[each.name])
        except (ValueError, typer.BadParameter):
            return False
        return True


def _shown(parameter: Any) -> str:  # noqa: ANN401
    """An option or argument as a user writes it."""
    if isinstance(parameter, TyperArgument):
        return parameter.metavar or str(parameter.name).upper()
    return str(parameter.opts[0])


@cache
def _declared(function: Callable[..., Any] | None) -> Mapping[str, Any]:
    """How the parameters of a verb's function are declared. Typer's types differ by its version."""
    if function is None:
        return {}
    return get_type_hints(unwrap(function), include_extras=True)


def _is_path(function: Callable[..., Any] | None, name: str) -> bool:
    return _has_path(_declared(function).get(name))


def _has_path(hint: Any) -> bool:  # noqa: ANN401
    return hint is Path or any(map(_has_path, get_args(hint)))
