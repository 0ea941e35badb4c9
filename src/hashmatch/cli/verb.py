"""How a verb shows itself in help: how it is used, and the whole of what it does."""

from typing import Any

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
