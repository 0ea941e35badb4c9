"""The catalog of the shadow copies (VSS) of a volume, as libyal documents the format."""

import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from hashmatch.sources.diskimage.reading import read_around

if TYPE_CHECKING:
    from hashmatch.sources.diskimage.base import Bytes

_MARK: Final = bytes.fromhex("6b87083876c1484eb7ae04046e6cc752")
_HEADER: Final = 0x1E00
"""Where the header of shadow copies lies on a volume."""
_BLOCK: Final = 1 << 14
_ENTRY: Final = 128
_MOST_BLOCKS: Final = 1024
_ABOUT: Final = 2
_PLACED: Final = 3
"""Kinds of entries: what a shadow copy is, and where its lists lie."""
_EPOCH: Final = datetime(1601, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Store:
    """A shadow copy in the catalog.

    Attributes:
        made: when, ISO 8601 in UTC; empty where that is no time.
        places: of its entries on the volume.
    """

    made: str
    places: tuple[int, ...]


def catalog_of(volume: "Bytes") -> int:
    """Where the catalog of a volume lies; 0 where it has no shadow copies.

    Raises:
        OSError: the volume cannot be read.
    """
    header = read_around(volume, min(_HEADER, volume.size), 512)[0]
    is_there = header.startswith(_MARK) and len(header) >= 56  # noqa: PLR2004 (its last field)
    return int.from_bytes(header[48:56], "little") if is_there else 0


def stores_of(volume: "Bytes") -> list[Store]:
    """The shadow copies in the catalog of a volume, the oldest first.

    Raises:
        OSError: the volume cannot be read.
    """
    times, places = dict[bytes, int](), dict[bytes, list[int]]()
    block, seen = catalog_of(volume), set[int]()
    while 0 < block < volume.size and block not in seen and len(seen) < _MOST_BLOCKS:
        seen.add(block)
        data = read_around(volume, block, _BLOCK)[0]
        if len(data) < _BLOCK or not data.startswith(_MARK):
            break
        for at in range(_ENTRY, _BLOCK, _ENTRY):
            kind, identity = int.from_bytes(data[at : at + 8], "little"), data[at + 16 : at + 32]
            if kind == _ABOUT:
                (times[identity],) = struct.unpack_from("<Q", data, at + 48)
            if kind in (_ABOUT, _PLACED):
                places.setdefault(identity, []).append(block + at)
        (block,) = struct.unpack_from("<Q", data, 40)
    known = sorted(times, key=lambda each: times[each])
    return [Store(_time(times[each]), tuple(places[each])) for each in known]


def _time(ticks: int) -> str:
    try:
        moment = _EPOCH + timedelta(microseconds=ticks // 10)
    except OverflowError:
        return ""
    return f"{moment.replace(tzinfo=None).isoformat()}Z"
