"""Wrong use of the command line, said in the same style as every other error."""

import re
from typing import Final, cast

import typer

from hashmatch.cli.output import note, note_error

_REFUSED: Final = re.compile(
    r"Invalid value(?: for '?([^':]+)'?)?(?: \(env var: [^)]*\))?: (.*)", re.DOTALL
)

WrongUse: Final = cast("type[Exception]", typer.BadParameter.__mro__[1])
"""Typer carries Click's exceptions inside, or takes them from Click: by its version."""


def note_wrong_use(error: Exception) -> None:
    """Say what is wrong in one line, and which command shows how it is right."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()  # type: ignore[attr-defined] # the help itself
        return
    note_error(ValueError(in_words(error.format_message())))  # type: ignore[attr-defined]
    if context := getattr(error, "ctx", None):
        note(f"how it is used: {context.command_path} --help")


def in_words(message: str) -> str:
    """Click's message in our style.

    >>> in_words("Invalid value for '--workers': -1 is not in the range x>=0.")
    '--workers: -1 is not in the range x>=0'
    >>> in_words("Invalid value for '--workers': Input should be greater than or equal to 0")
    '--workers: it must be greater than or equal to 0'
    >>> in_words("Invalid value for '--db' (env var: 'HASHMATCH_DB'): a path is empty.")
    '--db: a path is empty'
    >>> in_words("Missing argument 'FILE...'.")
    "missing argument 'FILE...'"
    """
    message = message.replace("Value error, ", "").replace("Input should be ", "it must be ")
    if found := _REFUSED.fullmatch(message):
        message = ": ".join(filter(None, found.groups()))
    else:
        message = message[:1].lower() + message[1:]
    return message.removesuffix(".")
