"""Maps: which column of a table is what of an event, and the ready ones."""

import json
import tomllib
from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Self

from hashmatch.errors import IntakeError
from hashmatch.intake.times import TimeColumn
from hashmatch.model.event import EventKind, Role
from hashmatch.model.identifier import IdentifierKind

TEXTS: Final = ("name", "service", "thread", "message", "port", "proxy")
HASHES: Final = ("md5", "sha1", "sha256", "pdq", "hash")
"""`hash` is a digest whose kind its length tells."""

_CHOSEN: Final[Dict[str, type[EventKind] | type[Role] | type[str]]] = {
    "kind": EventKind,
    "role": Role,
    "service": str,
}
_MOST_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a column's value stands for.

    Attributes:
        column: its name.
        values: what each of its values means; compared without case.
        otherwise: what all others mean; a row with another one is quarantined where it is empty.
    """

    column: str
    values: Dict[str, str]
    otherwise: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifierColumn:
    """A column that holds identifiers.

    Attributes:
        column: its name.
        kinds: of the identifiers; the first that a value is one of counts.
        service: that gave them; by default that of the event.
        split: text that stands between several.
        until: text behind which something else follows, as a name.
        beginning: that they have; a value without it is none.
        ending: that they have in the table and that is taken off; a value without it is none.
        prefix: that is put before them, as `+`.
        when: values that other columns must have.
    """

    column: str
    kinds: tuple[IdentifierKind, ...]
    service: str = ""
    split: str = ""
    until: str = ""
    beginning: str = ""
    ending: str = ""
    prefix: str = ""
    when: Dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """What the columns of a table are.

    Attributes:
        name: of the map.
        title: what tables it is for.
        detect: columns by which a table is recognised; all must be there.
        constants: `kind`, `role` and `service` of every row.
        choices: those that a column tells.
        columns: names of columns for the name, thread, message, port, proxy and hashes.
        times: columns with times; the first that holds one counts.
        identifiers: of the side that the role belongs to.
        counterparts: of the other side.
        empty: texts that mean nothing, as `-`.
        rows: keys that lead to the rows of a JSON document, joined by dots.
    """

    name: str
    title: str = ""
    detect: tuple[str, ...] = ()
    constants: Dict[str, str] = field(default_factory=dict)
    choices: Dict[str, Choice] = field(default_factory=dict)
    columns: Dict[str, str] = field(default_factory=dict)
    times: tuple[TimeColumn, ...] = ()
    identifiers: tuple[IdentifierColumn, ...] = ()
    counterparts: tuple[IdentifierColumn, ...] = ()
    empty: tuple[str, ...] = ()
    rows: str = ""

    @classmethod
    def read(cls, path: Path) -> Self:
        """The map of a file in TOML or JSON.

        Raises:
            IntakeError: it is none; the message names the key.
            OSError: it cannot be read.
        """
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        return cls.parse(data, path.stem, str(path))

    @classmethod
    def parse(cls, data: bytes, name: str, where: str) -> Self:
        """The map that these bytes are.

        Args:
            data: TOML or JSON.
            name: of the map.
            where: it lies, for messages.

        Raises:
            IntakeError: it is none.
        """
        if len(data) > _MOST_BYTES:
            msg = f"{where} has more than {_MOST_BYTES:,} bytes: it is no map"
            raise IntakeError(msg)
        try:
            text = data.decode("utf-8-sig")
            found = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
            return cls(**_Reading(where).fields(found), name=name)
        except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
            if isinstance(error, IntakeError):
                raise
            why = (
                str(error) if isinstance(error, tomllib.TOMLDecodeError) else "no TOML and no JSON"
            )
            msg = f"{where} is no map: {why}"
            raise IntakeError(msg) from None

    def for_columns(self, columns: Sequence[str]) -> Self:
        """The map with the names of columns as a table writes them."""
        names = {each.strip().casefold(): each for each in columns}

        def written(column: str) -> str:
            return names.get(column.casefold(), column)

        def moved(some: Sequence[IdentifierColumn]) -> tuple[IdentifierColumn, ...]:
            return tuple(
                replace(
                    each,
                    column=written(each.column),
                    when={written(name): values for name, values in each.when.items()},
                )
                for each in some
            )

        return replace(
            self,
            choices={k: replace(v, column=written(v.column)) for k, v in self.choices.items()},
            columns={name: written(column) for name, column in self.columns.items()},
            times=tuple(replace(each, column=written(each.column)) for each in self.times),
            identifiers=moved(self.identifiers),
            counterparts=moved(self.counterparts),
        )

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which a table is not one that the map is for."""
        return self.detect or tuple(dict.fromkeys(self._named()))

    def _named(self) -> list[str]:
        found = [*self.columns.values(), *(each.column for each in self.times)]
        found += [each.column for each in self.choices.values()]
        return found + [each.column for each in (*self.identifiers, *self.counterparts)]


class _Reading:
    """Checks what a map says, key by key."""

    def __init__(self, where: str) -> None:
        self._where = where

    def fields(self, found: Dict[str, Any]) -> dict[str, Any]:
        """The fields of the map."""
        known = ("title", "detect", "constants", "choices", "columns", "time", "times")
        self._known(found, (*known, "identifiers", "counterparts", "empty", "rows"), "")
        constants = self._texts(found, "constants", tuple(_CHOSEN))
        for key, value in constants.items():
            self._chosen(key, value, f"constants.{key}")
        times = found.get("times", [found["time"]] if "time" in found else [])
        made = {
            "title": self._text(found, "title"),
            "detect": self._list(found, "detect"),
            "constants": constants,
            "choices": self._choices(found.get("choices", {})),
            "columns": self._texts(found, "columns", (*TEXTS, *HASHES)),
            "times": tuple(self._time(each) for each in self._tables(times, "time")),
            "identifiers": self._identifiers(found, "identifiers"),
            "counterparts": self._identifiers(found, "counterparts"),
            "empty": self._list(found, "empty"),
            "rows": self._text(found, "rows"),
        }
        if not any(made[key] for key in ("columns", "times", "identifiers", "counterparts")):
            self._refuse("it names no column")
        if "kind" not in constants and "kind" not in made["choices"]:
            self._refuse("it does not say the kind of the events: constants.kind or choices.kind")
        return made

    def _refuse(self, why: str) -> None:
        msg = f"{self._where} is no map: {why} (see docs/reference/imports.md)"
        raise IntakeError(msg)

    def _known(self, found: object, names: Sequence[str], at: str) -> None:
        if not isinstance(found, dict):
            self._refuse(f"{at or 'the whole'} is no table")
        elif unknown := sorted(set(map(str, found)) - set(names)):
            where = f" in {at}" if at else ""
            self._refuse(f"{unknown[0][:60]!r}{where} is not known; there is {', '.join(names)}")

    def _text(self, found: Dict[str, Any], key: str, at: str = "") -> str:
        value = found.get(key, "")
        if not isinstance(value, str):
            self._refuse(f"{at}{key} is no text")
        return str(value)

    def _list(self, found: Dict[str, Any], key: str) -> tuple[str, ...]:
        value = found.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._refuse(f"{key} is no list of texts")
        return tuple(value)

    def _texts(self, found: Dict[str, Any], key: str, names: Sequence[str]) -> dict[str, str]:
        value = found.get(key, {})
        self._known(value, names, key)
        return {name: self._text(value, name, f"{key}.") for name in value}

    def _tables(self, value: object, key: str) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self._refuse(f"{key} is no list of tables")
            return []
        return value

    def _chosen(self, key: str, value: str, at: str) -> None:
        try:
            _CHOSEN[key](value)
        except ValueError as error:
            self._refuse(f"{at}: {error}")

    def _choices(self, found: object) -> dict[str, Choice]:
        self._known(found, tuple(_CHOSEN), "choices")
        made = {}
        for key, each in found.items() if isinstance(found, dict) else ():
            at = f"choices.{key}"
            self._known(each, ("column", "values", "otherwise"), at)
            self._known(each.get("values", {}), tuple(each.get("values", {})), f"{at}.values")
            values = {
                str(name).strip().casefold(): self._text(each["values"], name, f"{at}.values.")
                for name in each.get("values", {})
            }
            otherwise = self._text(each, "otherwise", f"{at}.")
            for value in (*values.values(), *([otherwise] if otherwise else [])):
                self._chosen(key, value, at)
            column = self._column(each, at)
            made[key] = Choice(column=column, values=values, otherwise=otherwise)
        return made

    def _column(self, found: Dict[str, Any], at: str) -> str:
        column = self._text(found, "column", f"{at}.")
        if not column:
            self._refuse(f"{at} names no column")
        return column

    def _time(self, found: dict[str, Any]) -> TimeColumn:
        self._known(found, ("column", "kind", "zone", "format"), "time")
        texts = {key: self._text(found, key, "time.") for key in ("kind", "zone", "format")}
        try:
            return TimeColumn(
                column=self._column(found, "time"),
                kind=texts["kind"] or "stated",
                zone=texts["zone"],
                format=texts["format"],
            )
        except ValueError as error:
            self._refuse(f"time: {error}")
            raise

    def _identifiers(self, found: Dict[str, Any], key: str) -> tuple[IdentifierColumn, ...]:
        made = []
        names = ("column", "kind", "service", "split", "until", "beginning", "ending", "prefix")
        for each in self._tables(found.get(key, []), key):
            self._known(each, (*names, "when"), key)
            texts = {name: self._text(each, name, f"{key}.") for name in names[2:]}
            stated = each.get("kind", "")
            try:
                kinds = tuple(map(IdentifierKind, stated if isinstance(stated, list) else [stated]))
            except ValueError as error:
                self._refuse(f"{key}: {error}")
                raise
            when = self._when(each.get("when", {}), f"{key}.when")
            column = self._column(each, key)
            made.append(IdentifierColumn(column=column, kinds=kinds, when=when, **texts))
        return tuple(made)

    def _when(self, found: object, at: str) -> dict[str, tuple[str, ...]]:
        if not isinstance(found, dict):
            self._refuse(f"{at} is no table")
            return {}
        made = {}
        for column, values in found.items():
            some = [values] if isinstance(values, str) else values
            if not isinstance(some, list) or not all(isinstance(each, str) for each in some):
                self._refuse(f"{at} is a text or a list of texts for each column")
                return {}
            made[str(column)] = tuple(each.strip().casefold() for each in some)
        return made


@cache
def ready_maps() -> Dict[str, Mapping]:
    """The maps that come with hashmatch, by their names."""
    folder = resources.files("hashmatch.intake") / "ready"
    found = {}
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        name, _, ending = each.name.rpartition(".")
        if ending == "toml":
            found[name] = Mapping.parse(each.read_bytes(), name, each.name)
    return found


def ready_map(name: str) -> Mapping:
    """The ready map of a name.

    Raises:
        IntakeError: there is none; the message names those that there are.
    """
    maps = ready_maps()
    if name not in maps:
        msg = f"there is no ready map {name[:60]!r}; there is {', '.join(maps)}"
        raise IntakeError(msg)
    return maps[name]
