"""Rows of a list in columns, thousands at a time: what lists of millions are read in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hashmatch.model import bits_of
from hashmatch.model.patch import ALGORITHM as PATCH

if TYPE_CHECKING:
    from numpy.typing import NDArray

Class = tuple[str, str, bool]
"""Scheme, category, and whether the publisher says that the entries are harmless."""

PLAIN: Final[Class] = ("", "", False)
"""The class of an entry of which nothing is said."""

as_json: Final = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
"""How details of entries are written."""

DIGITS: Final = {"md5": 32, "sha1": 40, "sha256": 64}


class Classes(NamedTuple):
    """The classes of entries.

    Attributes:
        distinct: each once, in the order in which they come.
        codes: (count,) uint32, which of them each entry has.
    """

    distinct: tuple[Class, ...]
    codes: "NDArray[np.uint32]"


class Column(NamedTuple):
    """The digests or hashes of one name.

    Attributes:
        codes: (k, bytes) uint8.
        rows: (k,) uint32 the rows of the batch that have them, ascending; None for all.
    """

    codes: "NDArray[np.uint8]"
    rows: "NDArray[np.uint32] | None" = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries on lines that follow each other without gap, in columns.

    Attributes:
        number: of the first line, from 1.
        count: of entries.
        digests: by name.
        hashes: by algorithm; opaque ones never.
        qualities: (count,) uint8 of all hashes of each row, 255 for unknown; None where all are.
        classes: of each entry; None where nothing is said.
        ids: of each entry, empty where it has none; None where no entry has one.
        details: of each entry, a JSON object as text, empty where it has none; None where no entry
            has any.
    """

    number: int
    count: int
    digests: Mapping[str, Column] = field(default_factory=dict)
    hashes: Mapping[str, Column] = field(default_factory=dict)
    qualities: "NDArray[np.uint8] | None" = None
    classes: Classes | None = None
    ids: Sequence[str] | None = None
    details: Sequence[str] | None = None

    def __len__(self) -> int:
        return self.count


def digits_of(name: str) -> int | None:
    """The hex digits of a digest or hash; None where only reading one by one tells.

    Hashes whose bits do not fill their bytes have values that are none; patches have places too.
    """
    if name in DIGITS:
        return DIGITS[name]
    bits = bits_of(name)
    return None if not bits or bits % 8 or name == PATCH else bits // 4


def codes_of(values: Sequence[str], digits: int) -> "NDArray[np.uint8] | None":
    """The bytes of hex values, (n, digits / 2) uint8; None if one is written in any other way."""
    text = "".join(values)
    if len(text) != digits * len(values) or not text.isascii():
        return None
    if set(map(len, values)) - {digits}:
        return None
    try:
        codes = bytes.fromhex(text)
    except ValueError:
        return None
    # Spaces between bytes are passed over by `fromhex`, and are in no value.
    if len(codes) * 2 != len(text):
        return None
    return np.frombuffer(codes, np.uint8).reshape(len(values), digits // 2)


def in_some(cells: Sequence[str], digits: int) -> Column | None:
    """The values of a column that may be left empty; None if one is written in another way."""
    if "" not in cells:
        codes = codes_of(cells, digits)
        return None if codes is None else Column(codes)
    rows = [row for row, cell in enumerate(cells) if cell]
    codes = codes_of([cells[row] for row in rows], digits)
    return None if codes is None else Column(codes, np.array(rows, np.uint32))
