"""Dataclasses from the JSON that `asdict` made of them, each value of the kind that it must be."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_LARGEST: Final = 1 << 53


def decoded(kind: type[T], value: object) -> T:
    """The dataclass in a JSON value.

    Args:
        kind: a dataclass of texts, numbers, truth values, other dataclasses, tuples and mappings.
        value: as `hashmatch.index.header.parse_json` gives it. Fields that have a default may be
            missing: older versions did not write them.

    Raises:
        ValueError: it is something else.
    """
    if type(value) is not dict:
        _refuse(kind.__name__, "is no object")
    wanted = _fields(kind)  # type: ignore[arg-type]  # a class can be hashed
    if unknown := value.keys() - wanted.keys():
        _refuse(kind.__name__, f"has a field {min(unknown)!r}")
    if missing := {name for name, (_, needed) in wanted.items() if needed} - value.keys():
        _refuse(kind.__name__, f"has no field {min(missing)!r}")
    found = {
        name: _value(wanted[name][0], each, f"{kind.__name__}.{name}")
        for name, each in value.items()
    }
    return kind(**found)


@cache
def _fields(kind: Hashable) -> dict[str, tuple[Any, bool]]:
    """The type of each field, and whether it must be there."""
    # What JSON can hold refers to itself by names of the module that says so.
    hints = get_type_hints(kind, localns={"Json": object, "Sequence": Sequence})
    return {
        each.name: (
            hints[each.name],
            each.default is MISSING and each.default_factory is MISSING,
        )
        for each in fields(kind)  # type: ignore[arg-type]
    }


def _value(kind: Any, value: Any, name: str) -> Any:  # noqa: ANN401 (any type, any value)
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return decoded(kind, value)  # type: ignore[arg-type]
    if origin is tuple and type(value) is list:
        return tuple(_value(inner[0], each, name) for each in value)
    if origin is Mapping and type(value) is dict:
        of_ours = inner[1] is int or is_dataclass(inner[1])
        return {k: _value(inner[1], v, name) for k, v in value.items()} if of_ours else value
    if origin in (Union, UnionType):
        if value is None and NoneType in inner:
            return None
        return _value(next(each for each in inner if each is not NoneType), value, name)
    if type(value) is not kind or (kind is int and abs(value) > _LARGEST):
        _refuse(name, "has another type")
    return value


def _refuse(name: str, what: str) -> NoReturn:
    msg = f"{name} {what}"
    raise ValueError(msg)
