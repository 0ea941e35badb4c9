"""The contract of formats of hash lists, checked."""

import random
import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import About, ListFile, ListFormat, Quarantined, Row, Withdrawn
from hashmatch.model import Entry
from hashmatch.model.confidence import Confidence
from hashmatch.testing.rules import expect

_DAMAGED: Final = 60
_VALUE: Final = re.compile(rb"[0-9a-fA-F]{32,}")
_OTHERS: Final = (b"", b"\xff\xd8\xff\xe0\0\x10JFIF\0", bytes(range(256)) * 4)


def check_list_format(form: ListFormat, example: bytes, *, name: str = "example") -> None:
    """Check one format of hash lists against the contract of `hashlists.base.ListFormat`.

    It has a title; it is sure of its example and not of pictures or nothing; reading gives rows, at
    least one of them an entry, and the same rows again; numbers begin at 1. A file that is cut or
    damaged gives rows or is refused, and nothing else is raised; no reason holds a value of the
    file.

    Args:
        form: what is checked.
        example: a file of this format, with at least one entry.
        name: of the file, where the format looks at names.

    Raises:
        AssertionError: the first rule that does not hold, in words.
    """
    title = getattr(form, "title", "")
    expect(isinstance(title, str) and bool(title), type(form).__name__, "has a title")
    expect(isinstance(form.keyed, bool), title, "says whether its rows are news about entries")
    expect(bool(_sure(form, example)), title, "is sure of its example")
    for other in _OTHERS:
        sure = _sure(form, other)
        expect(sure <= Confidence.GUESS, title, "is not sure of pictures, of bytes or of nothing")
    with TemporaryDirectory(prefix="hashmatch-check-") as folder:
        path = Path(folder) / name
        rows = _rows(form, example, path)
        expect(rows is not None, title, "reads its example")
        expect(any(isinstance(row, Entry) for row in rows or ()), title, "finds an entry in it")
        expect(rows == _rows(form, example, path), title, "gives the same rows again")
        values = {each.decode().lower() for each in _VALUE.findall(example)}
        for data in _damaged(example):
            try:
                found = _rows(form, data, path) or []
            except Exception as error:
                msg = f"{title}: raises nothing but ListFormatError, not {type(error).__name__}"
                raise AssertionError(msg) from error
            _check_rows(title, found, values)
        _check_rows(title, rows or [], values)


def _sure(form: ListFormat, data: bytes) -> Confidence:
    sure = form.detect(data[: 1 << 16])
    return Confidence.STRUCTURE if sure is True else Confidence(sure)


def _rows(form: ListFormat, data: bytes, path: Path) -> list[Row] | None:
    """All rows; None where the file is refused."""
    path.write_bytes(data)
    try:
        return list(form.read(ListFile(path)))
    except ListFormatError:
        return None


def _damaged(example: bytes) -> Iterable[bytes]:
    """The example cut at many places, and with bytes changed; the same ones each time."""
    chance = random.Random(0)  # noqa: S311 (no secret)
    for number in range(_DAMAGED):
        yield example[: len(example) * number // _DAMAGED]
        changed = bytearray(example)
        for _ in range(chance.randrange(1, 5)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        yield bytes(changed)


def _check_rows(title: str, rows: list[Row], values: set[str]) -> None:
    for row in rows:
        expect(isinstance(row, Entry | Quarantined | Withdrawn | About), title, "gives rows")
        if isinstance(row, Entry | Quarantined | Withdrawn):
            expect(row.number >= 1, title, "numbers rows from 1")
        if isinstance(row, Quarantined):
            told = row.reason.lower()
            expect(bool(told), title, "says why a row is quarantined")
            held = any(value in told for value in values)
            expect(not held, title, "tells no value of the file in a reason")
