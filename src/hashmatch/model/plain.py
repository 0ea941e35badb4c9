"""Values as plain ones, which JSON can hold: all that hashmatch prints as JSON is made here.

A value is written field by field, so that a field that is added appears by itself. What differs
from its fields is said beside the class, as its `Shape`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Final, TypeAlias, get_origin

from hashmatch.model.orientation import Orientation
from hashmatch.model.shown import in_short

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What a JSON document can hold."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Differences between the JSON object of a value and its fields; names are those of fields.

    Attributes:
        first: keys in front of all others, and what they hold.
        names: keys that are not called as their field is.
        decimals: to how many decimal places a number is rounded.
        null: texts that are null where they are empty.
        omitted: fields that are left out.
        spread: fields whose own keys stand among those of the value, with the class of what they
            hold: where there is none, its keys are there all the same.
        computed: keys that are of no field.
        behind: fields that stand behind the others.
        last: keys behind all others, and what they hold.
        text: whether the value is its text where another one holds it.
    """

    first: Mapping[str, Json] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, int] = field(default_factory=dict)
    null: Sequence[str] = ()
    omitted: Sequence[str] = ()
    spread: Mapping[str, type] = field(default_factory=dict)
    computed: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    behind: Sequence[str] = ()
    last: Mapping[str, Json] = field(default_factory=dict)
    text: bool = False


_BY_FIELDS: Final = Shape()


class PlainValue:
    """A value with a form in JSON."""

    __slots__ = ()
    json_shape: ClassVar[Shape] = _BY_FIELDS

    def to_dict(self) -> dict[str, Any]:
        """Its fields as a dictionary that JSON can hold."""
        return by_fields(self)

    def __repr__(self) -> str:
        return in_short(self)


_ATOMS: Final = frozenset({bool, int, float, str, type(None)})
"""Classes of most values, which are plain already: that is asked before anything else."""


def _of_value(value: PlainValue) -> Json:
    return str(value) if value.json_shape.text else value.to_dict()


def _of_mapping(value: Mapping[Any, object]) -> dict[str, Any]:
    return {
        (key if key.__class__ is str else str(plain(key))): (
            each if each.__class__ in _ATOMS else plain(each)
        )
        for key, each in value.items()
    }


def _of_sequence(value: Iterable[object]) -> list[Any]:
    return [each if each.__class__ in _ATOMS else plain(each) for each in value]


_FORMS: Final[Sequence[tuple[Any, Callable[[Any], Json]]]] = (
    (Orientation, lambda value: value.label),
    (Enum, lambda value: value.value),
    (bool | int | float | str | None, lambda value: value),
    (datetime, datetime.isoformat),
    (PlainValue, _of_value),
    (Mapping, _of_mapping),
    (Sequence, _of_sequence),
    (AbstractSet, lambda value: sorted(map(plain, value))),
)
"""What is made of each kind; the first that applies. Other values are written by their fields."""


def plain(value: object) -> Any:  # noqa: ANN401 (any JSON value)
    """The value as JSON can hold it.

    Hashes are text, members of an enumeration their word, instants ISO 8601, tuples lists, values
    dictionaries.

    Raises:
        TypeError: it, or something in it, has no form in JSON.
    """
    kind: type = type(value)
    return value if kind in _ATOMS else _maker_of(kind)(value)


@cache
def _maker_of(kind: type) -> Callable[[Any], Any]:
    """What makes plain ones of the values of a class.

    Raises:
        TypeError: they have no form in JSON.
    """
    if not issubclass(kind, bytes | bytearray):
        for each, make in _FORMS:
            if issubclass(kind, each):
                return make
    if is_dataclass(kind):
        return by_fields
    msg = f"only values of hashmatch have a form in JSON, not {kind.__name__}"
    raise TypeError(msg)


@cache
def _plan_of(kind: type) -> tuple[tuple[str, str, bool, type | None], ...]:
    """The fields that are written: name, key, whether the shape alters it, and what it spreads."""
    shape = _shape_of(kind)
    altered = {*shape.null, *shape.decimals}
    return tuple(
        (each.name, shape.names.get(each.name, each.name), each.name in altered, spread)
        for each in fields(kind)
        if each.name not in shape.omitted
        for spread in (shape.spread.get(each.name),)
    )


def by_fields(value: Any, **instead: object) -> dict[str, Any]:  # noqa: ANN401 (any dataclass)
    """A dictionary of the fields of a value, as its shape says.

    Args:
        value: of a dataclass.
        **instead: what is written for a field instead of what it holds.
    """
    kind: type = type(value)
    shape = _shape_of(kind)
    found: dict[str, Any] = dict(shape.first)
    for name, key, is_altered, spread in _plan_of(kind):
        held = instead[name] if name in instead else getattr(value, name)
        if spread is not None:
            found |= blank(spread) if held is None else _keys(held)
        elif is_altered:
            found[key] = _rounded(shape, name, held)
        else:
            found[key] = held if held.__class__ in _ATOMS else plain(held)
    for name, make in shape.computed.items():
        found[name] = _rounded(shape, name, make(value))
    return _ended(shape, found)


def blank(kind: type) -> dict[str, Any]:
    """The keys of a value that there is none of: null, or an empty list."""
    shape = _shape_of(kind)
    found: dict[str, Any] = dict(shape.first)
    for each in fields(kind):
        if each.name in shape.spread:
            found |= blank(shape.spread[each.name])
        elif each.name not in shape.omitted:
            found[shape.names.get(each.name, each.name)] = (
                [] if get_origin(each.type) is tuple else None
            )
    found |= dict.fromkeys(shape.computed)
    return _ended(shape, found)


def _shape_of(kind: type) -> Shape:
    return kind.json_shape if issubclass(kind, PlainValue) else _BY_FIELDS


def _keys(held: object) -> Iterable[tuple[str, Any]] | Mapping[str, Any]:
    return held.to_dict() if isinstance(held, PlainValue) else plain(held)


def _ended(shape: Shape, found: dict[str, Any]) -> dict[str, Any]:
    if not (shape.behind or shape.last):
        return found
    for name in shape.behind:
        key = shape.names.get(name, name)
        found[key] = found.pop(key)
    return {**found, **shape.last}


def _rounded(shape: Shape, name: str, held: object) -> Any:  # noqa: ANN401 (any JSON value)
    if held == "" and name in shape.null:
        return None
    if name in shape.decimals and held is not None:
        return round(held, shape.decimals[name])  # type: ignore[call-overload]  # a number
    return plain(held)
