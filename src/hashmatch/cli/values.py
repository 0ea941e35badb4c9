"""Values of the command line, read without what Typer loads to read them.

From version 0.29 on Typer reads every value with pydantic, which takes as long to load as all else
that a small command needs. Nearly all values are plain: text, paths, whole numbers, or not given at
all. What is not plain is left to Typer, which also says what is wrong with a wrong one.
"""

import os
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin

from typer.models import ParameterInfo

__all__ = ["plain_value"]

_UNUSUAL = ("allow_dash", "clamp", "exists", "parser", "path_type", "resolve_path", "writable")
"""What a declaration may ask for that is left to Typer."""


def plain_value(hint: Any, value: Any) -> Any:  # noqa: ANN401 (any type may be declared)
    """A value as its declaration types it.

    Args:
        hint: how the parameter is declared, as `Annotated[list[Path] | None, typer.Option(…)]`.
        value: what the command line, the environment or the default gives.

    Returns:
        What Typer makes of it; None for no value.

    Raises:
        ValueError: the value is not plain; it may be wrong.
    """
    if value is None:
        return None
    declared, info = hint.__origin__, hint.__metadata__[-1]
    kinds = [each for each in (get_args(declared) or (declared,)) if each is not NoneType]
    if get_origin(declared) is list:
        several, kind = True, kinds[0]
    else:
        several = get_origin(kinds[0]) is list
        kind = get_args(kinds[0])[0] if several else kinds[0]
    if any(getattr(info, each, None) for each in _UNUSUAL):
        msg = "not plain"
        raise ValueError(msg)
    return [_one(kind, info, each) for each in value] if several else _one(kind, info, value)


def _one(kind: type, info: ParameterInfo, value: Any) -> Any:  # noqa: ANN401
    """One value of a kind, within what its declaration allows."""
    if type(value) is kind and kind in (bool, str):
        return value
    if kind is Path and isinstance(value, str | Path):
        if not os.path.lexists(value) or os.access(value, os.R_OK):
            return Path(value)
    elif kind is int and str(value).isascii() and str(value).isdecimal():
        number = int(value)
        if (info.min is None or info.min <= number) and (info.max is None or number <= info.max):
            return number
    msg = "not plain"
    raise ValueError(msg)
