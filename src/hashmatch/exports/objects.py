"""JSON that is written object by object, and names for objects that are the same every time."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("5d7a1c52-2f7b-5d63-9a44-7c2b7e0f9e21")
"""The namespace of all names that are made here."""


def named(record: str, *parts: object) -> UUID:
    """The name of something on record: the same in each export of it, and in no other record."""
    return uuid5(NAMESPACE, json.dumps([record, *map(str, parts)]))


def write_objects(
    out: BinaryIO, head: Mapping[str, Any], key: str, objects: Iterable[Mapping[str, Any]]
) -> None:
    """One JSON object whose last member is a long array.

    Args:
        out: where to.
        head: members in front of it.
        key: name of the array.
        objects: of it, as they come.
    """
    start = _json(head)[:-1]
    out.write(f"{start}{', ' if head else ''}{json.dumps(key)}: [".encode())
    between = "\n"
    for each in objects:
        out.write(f"{between}{_json(each)}".encode())
        between = ",\n"
    out.write(b"\n]}\n")


def instant(moment: datetime) -> str:
    """UTC, ISO 8601 with microseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _json(value: object) -> str:
    # ASCII, as names on evidence need not be text.
    return json.dumps(value, ensure_ascii=True)
