"""Tables as units: rows become events as a map says."""

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from functools import partial
from typing import Final

from hashmatch.errors import IntakeError
from hashmatch.intake import values
from hashmatch.intake.maps import HASHES, Choice, IdentifierColumn, Mapping, ready_map, ready_maps
from hashmatch.intake.members import Member, sha256_of
from hashmatch.intake.node import LONGEST_TEXT, replaced
from hashmatch.intake.noting import Fields, Notes
from hashmatch.intake.rows import Row, Table, look_at, rows_of
from hashmatch.intake.unit import Record, Unit
from hashmatch.model.event import Event, EventKind, ImportedUnit, QuarantinedRow, Role
from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier, IdentifierKind

_MOST: Final = 60
"""Identifiers of one side of an event."""

_NO_TIME: Final = "times that are none, kept as words"
_NO_IDENTIFIER: Final = "identifiers that are none of their kind, kept as words"
_NO_PORT: Final = "ports that are none, kept as words"
_CUT: Final = "cells that are too long, left out"
_MORE: Final = "identifiers beyond those that one event has, left out"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A table and the map that fits it."""

    table: Table
    mapping: Mapping


def recognise(member: Member, mapping: Mapping | None, format: str) -> Recognised | None:
    """How a file is to be read as a table; None if it is none that fits.

    Args:
        member: the file.
        mapping: the map that it must fit; by default the ready map with most columns that does.
        format: the name of a ready map.

    Raises:
        IntakeError: two ready maps fit equally, or there is none of the name.
    """
    maps = [mapping] if mapping else [ready_map(format)] if format else list(ready_maps().values())
    for rows in dict.fromkeys(each.rows for each in maps):
        some = [each for each in maps if each.rows == rows]
        table = look_at(member, partial(_fits, some), rows)
        if table is None:
            continue
        best, *others = _fitting(table.columns, some)
        if others and len(others[0].required) == len(best.required):
            names = f"{best.name} and {others[0].name}"
            msg = f"{member.shown} fits the maps {names}: name one of them with --format"
            raise IntakeError(msg)
        return Recognised(table, best)
    return None


def _fits(maps: Sequence[Mapping], columns: Sequence[str]) -> bool:
    return bool(_fitting(columns, maps))


def _fitting(columns: Sequence[str], maps: Sequence[Mapping]) -> list[Mapping]:
    """The maps that fit a table, those with most columns first."""
    there = {each.strip().casefold() for each in columns}
    found = [each for each in maps if there.issuperset(map(str.casefold, each.required))]
    return sorted(found, key=lambda each: -len(each.required))


def table_unit(member: Member, found: Recognised, zone: str) -> Unit:
    """The unit of a table."""
    mapping = found.mapping
    header = ImportedUnit(
        name=member.shown,
        format=mapping.name,
        sha256=sha256_of([member]),
        service=mapping.constants.get("service", "").strip().casefold(),
    )
    return Unit(header, _Reading(member, found, zone))


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the records of one table."""

    member: Member
    found: Recognised
    zone: str

    def __call__(self, notes: Notes) -> Iterator[Record]:
        mapping, table = self.found.mapping, self.found.table
        making = RowReader(mapping, table.columns, notes, self.zone)
        for where, row in rows_of(self.member, table, notes, mapping.rows):
            if isinstance(row, str):
                yield QuarantinedRow(where=where, reason=row)
            else:
                yield making.record(row, where)
        self.member.check_unchanged()


class _RefusedError(Exception):
    """A row is not understood; the message says why, without its values."""


class RowReader:
    """Makes events of rows.

    Args:
        mapping: what the columns are.
        columns: as the table names them.
        notes: where it is counted what was not understood.
        zone: of times without one, where the map has none.
    """

    def __init__(self, mapping: Mapping, columns: Sequence[str], notes: Notes, zone: str) -> None:
        self._mapping = mapping.for_columns(columns)
        self._notes = notes
        self._zone = zone
        self._empty = frozenset(each.casefold() for each in mapping.empty)
        self._hash_names = [name for name in HASHES if name in mapping.columns]

    def record(self, row: Row, where: str) -> Record:
        """The event of a row, or why there is none."""
        try:
            return self._event(row, where)
        except _RefusedError as error:
            return QuarantinedRow(where=where, reason=str(error))

    def _event(self, row: Row, where: str) -> Event:
        if any("\0" in cell for cell in row.values()):
            msg = "the row holds zero bytes"
            raise _RefusedError(msg)
        taking = _Taking(row, self._empty)
        mapping = self._mapping
        service = self._chosen("service", taking) or taking.text(mapping.columns.get("service"))
        digests, hashes = self._hashes(taking)
        moment = None
        for each in mapping.times:
            if moment is None and (stated := taking.peek(each.column)):
                moment = each.moment(stated, self._zone)
                if moment is None:
                    self._notes.count(_NO_TIME)
                else:
                    taking.take(each.column)
        identifiers, port = self._identifiers(mapping.identifiers, taking, service)
        counterparts, _ = self._identifiers(mapping.counterparts, taking, service)
        kind, role = self._chosen("kind", taking), self._chosen("role", taking)
        return Event(
            kind=EventKind(kind),
            role=Role(role) if role else Role.UNKNOWN,
            where=where,
            identifiers=identifiers,
            counterparts=counterparts,
            service=service,
            name=taking.text(mapping.columns.get("name")),
            digests=values.digests_of(digests),
            hashes=hashes,
            moment=moment,
            port=self._port(taking, port),
            proxy=self._proxy(taking),
            thread=taking.text(mapping.columns.get("thread")),
            message=taking.text(mapping.columns.get("message")),
            fields=self._rest(taking),
        )

    def _chosen(self, key: str, taking: "_Taking") -> str:
        choice: Choice | None = self._mapping.choices.get(key)
        if choice is None:
            return self._mapping.constants.get(key, "")
        value = taking.peek(choice.column)
        found = choice.values.get(value.casefold(), choice.otherwise)
        if not found and key == "kind":
            msg = f"column {choice.column!r} holds a value that the map does not name"
            raise _RefusedError(msg)
        return found or self._mapping.constants.get(key, "")

    def _hashes(self, taking: "_Taking") -> tuple[dict[str, str], tuple[Hash, ...]]:
        digests: dict[str, str] = {}
        hashes: list[Hash] = []
        for name in self._hash_names:
            column = self._mapping.columns[name]
            text = taking.text(column)
            if not text:
                continue
            if name == "pdq":
                found = values.pdq(text)
                hashes += [found] if found else []
                read = found is not None
            else:
                some = (name,) if name != "hash" else ("md5", "sha1", "sha256")
                by_name = {each: values.digest(each, text) for each in some}
                fitting = {each: digest for each, digest in by_name.items() if digest}
                digests |= fitting
                read = bool(fitting)
            if not read:
                msg = f"column {column!r} holds no {'digest' if name == 'hash' else name}"
                raise _RefusedError(msg)
        return digests, tuple(hashes)

    def _identifiers(
        self, columns: Sequence[IdentifierColumn], taking: "_Taking", service: str
    ) -> tuple[tuple[Identifier, ...], int | None]:
        found: dict[Identifier, None] = {}
        behind: int | None = None
        for each in columns:
            text = taking.peek(each.column)
            if not text or taking.has_taken(each.column) or not taking.meets(each.when):
                continue
            whole = True
            for part in text.split(each.split) if each.split else [text]:
                one, port = _identifier(each, part.strip(), service)
                behind = port if behind is None else behind
                if one is None:
                    whole = whole and not part.strip()
                else:
                    found[one] = None
            if whole:
                taking.take(each.column)
            elif not (each.ending or each.beginning):
                self._notes.count(_NO_IDENTIFIER)
        self._notes.count(_MORE, max(len(found) - _MOST, 0))
        return tuple(found)[:_MOST], behind

    def _port(self, taking: "_Taking", behind: int | None) -> int | None:
        column = self._mapping.columns.get("port")
        stated = taking.peek(column) if column else ""
        port = values.port(stated) if stated else None
        if column and port is not None:
            taking.take(column)
        elif stated:
            self._notes.count(_NO_PORT)
        return behind if port is None else port

    def _proxy(self, taking: "_Taking") -> bool | None:
        column = self._mapping.columns.get("proxy")
        proxy = values.truth(taking.peek(column)) if column else None
        if column and proxy is not None:
            taking.take(column)
        return proxy

    def _rest(self, taking: "_Taking") -> Dict[str, str]:
        """What the row holds beside, under the names of its columns."""
        fields = Fields(self._notes)
        for name, text in taking.rest():
            if len(text) > LONGEST_TEXT:
                self._notes.count(_CUT)
                continue
            clean, _ = replaced(text)
            fields.keep(name, clean)
        return fields


class _Taking:
    """The cells of one row, of which those that are used are taken."""

    def __init__(self, row: Row, empty: frozenset[str]) -> None:
        self._row = row
        self._empty = empty
        self._taken: set[str] = set()

    def peek(self, column: str) -> str:
        """What a column holds, without spaces around; empty where that means nothing."""
        text = self._row.get(column, "").strip()
        return "" if self._empty and text.casefold() in self._empty else text

    def take(self, column: str) -> None:
        """The column is used."""
        self._taken.add(column)

    def has_taken(self, column: str) -> bool:
        """Whether the column is used."""
        return column in self._taken

    def text(self, column: str | None) -> str:
        """What a column holds, which is used thereby."""
        if not column:
            return ""
        self.take(column)
        return replaced(self.peek(column))[0]

    def meets(self, when: Dict[str, tuple[str, ...]]) -> bool:
        """Whether the columns hold what they must."""
        return all(self.peek(column).casefold() in some for column, some in when.items())

    def rest(self) -> Iterator[tuple[str, str]]:
        """Cells that are not used and hold something."""
        for name, cell in self._row.items():
            text = cell.strip()
            if name not in self._taken and text and text.casefold() not in self._empty:
                yield name, text


def _identifier(
    column: IdentifierColumn, text: str, service: str
) -> tuple[Identifier | None, int | None]:
    text = text.partition(column.until)[0].strip() if column.until else text
    if not (text.startswith(column.beginning) and text.endswith(column.ending)):
        return None, None
    text = text.removesuffix(column.ending)
    for kind in column.kinds if text else ():
        if kind is IdentifierKind.IP:
            found, port = values.address(text)
        else:
            named = column.service or service
            found, port = values.identifier(kind, f"{column.prefix}{text}", named), None
        if found is not None:
            return found, port
    return None, None
