"""Logical volumes of LVM2: linear and striped ones, of one or several physical volumes."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hashmatch.sources.diskimage.base import SECTOR, Bytes
from hashmatch.sources.diskimage.partitions.lvm_text import TextError, parse
from hashmatch.sources.diskimage.reading import read_around

SCHEME: Final = "lvm"
_LABEL: Final = b"LABELONE"
_TYPE: Final = b"LVM2 001"
_MAGIC: Final = b"\x20LVM2\x20x[5A%r0N*>"
_LABEL_SECTORS: Final = 4
_AREA_HEADER: Final = 512
_LONGEST_TEXT: Final = 16 << 20
_CRC_START: Final = 0xF597A6CF
_IDENTITY: Final = 32
_MOST_PIECES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a logical volume that lies in one piece.

    Attributes:
        member: identity of the physical volume.
        offset: in that volume, in bytes.
        length: in bytes.
    """

    member: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a logical volume.

    Attributes:
        stripes: that it lies on, each in one piece; one of a linear segment.
        stripe: bytes after which the next one follows; 0 of a linear segment.
        length: in bytes.
    """

    stripes: tuple[Piece, ...]
    stripe: int
    length: int


@dataclass(slots=True)
class Logical:
    """A logical volume.

    Attributes:
        name: of it and of its group: `vg0/root`.
        segments: in their order.
        problem: why it cannot be read whatever is there; empty where it can.
    """

    name: str
    segments: list[Segment] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A physical volume.

    Attributes:
        identity: of it.
        texts: that describe its group, of each of its metadata areas.
        problems: what is wrong with it.
    """

    identity: str
    texts: tuple[str, ...]
    problems: tuple[str, ...]


def member_of(volume: Bytes) -> Member | None:
    """The physical volume that this is; None where it is none.

    Raises:
        OSError: it cannot be read.
    """
    head = read_around(volume, 0, min(_LABEL_SECTORS * SECTOR, volume.size))[0]
    for at in range(0, len(head), SECTOR):
        label = head[at : at + SECTOR]
        if label[:8] == _LABEL and label[24:32] == _TYPE:
            return _member(volume, label)
    return None


def _member(volume: Bytes, label: bytes) -> Member:
    (place,) = struct.unpack_from("<L", label, 20)
    header = label[place : place + SECTOR]
    identity = header[:_IDENTITY].decode("ascii", "replace")
    problems = []
    lists: list[list[tuple[int, int]]] = [[], []]
    which = 0
    for at in range(_IDENTITY + 8, len(header) - 15, 16):
        offset, size = struct.unpack_from("<QQ", header, at)
        if offset:
            lists[which].append((offset, size))
        elif which:
            break
        else:
            which = 1
    texts = []
    for offset, size in lists[1]:
        text = _text(volume, offset, size)
        if text is None:
            problems.append(f"the description of its group (LVM2) at {offset:,} is damaged")
        elif text:
            texts.append(text)
    return Member(identity, tuple(texts), tuple(problems))


def _text(volume: Bytes, start: int, size: int) -> str | None:
    """The newest text in a metadata area; None where it is damaged, empty where there is none."""
    header = read_around(volume, min(start, volume.size), _AREA_HEADER)[0]
    if len(header) < _AREA_HEADER or header[4:20] != _MAGIC:
        return None
    offset, length, told = struct.unpack_from("<QQL", header, 40)
    if not length:
        return ""
    if not _AREA_HEADER <= offset < size or length > min(_LONGEST_TEXT, size - _AREA_HEADER):
        return None
    # The area is a ring: what reaches its end goes on behind its header.
    first = read_around(volume, start + offset, min(length, size - offset))[0]
    data = first + read_around(volume, start + _AREA_HEADER, length - len(first))[0]
    # This checksum is kept as its complement, and begins with another value than zlib's.
    if zlib.crc32(data, _CRC_START ^ 0xFFFFFFFF) ^ 0xFFFFFFFF != told:
        return None
    return data.rstrip(b"\0").decode("utf-8", "replace")


def logical_volumes(members: list[Member]) -> tuple[list[Logical], list[str]]:
    """The logical volumes of all groups that the members belong to, and what is wrong.

    Args:
        members: physical volumes of one medium.
    """
    newest: dict[str, tuple[int, str, dict[str, Any]]] = {}
    problems = [problem for member in members for problem in member.problems]
    for text in dict.fromkeys(text for member in members for text in member.texts):
        try:
            for name, said in parse(text).items():
                if isinstance(said, dict) and isinstance(number := said.get("seqno"), int):
                    key = str(said.get("id", name))
                    if key not in newest or newest[key][0] < number:
                        newest[key] = (number, name, said)
        except TextError as error:
            problems.append(f"the description of a group (LVM2) is damaged: {error}")
    found = []
    for _, name, group in newest.values():
        try:
            found += list(_volumes(name, group))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(f"the description of the group {name!r} is odd: {type(error).__name__}")
    return found, problems


def _volumes(group_name: str, group: Mapping[str, Any]) -> Iterator[Logical]:
    extent = int(group["extent_size"]) * SECTOR
    starts, identities = {}, {}
    for name, member in group["physical_volumes"].items():
        starts[name] = int(member["pe_start"]) * SECTOR
        identities[name] = str(member["id"]).replace("-", "")
    for name, volume in group.get("logical_volumes", {}).items():
        if "VISIBLE" not in volume.get("status", ()):
            continue
        logical = Logical(f"{group_name}/{name}")
        count = int(volume["segment_count"])
        for number in range(1, min(count, _MOST_PIECES) + 1):
            segment = volume[f"segment{number}"]
            kind = segment["type"]
            if kind not in ("striped", "linear"):
                logical.problem = f"its kind, {kind}, is not read"
                break
            logical.segments.append(_segment(segment, extent, starts, identities))
        yield logical


def _segment(
    segment: Mapping[str, Any],
    extent: int,
    starts: Mapping[str, int],
    identities: Mapping[str, str],
) -> Segment:
    length = int(segment["extent_count"]) * extent
    stripes = segment["stripes"]
    count = len(stripes) // 2
    pieces = [
        Piece(identities[name], starts[name] + int(first) * extent, length // max(count, 1))
        for name, first in zip(stripes[::2], stripes[1::2], strict=True)
    ]
    stripe = int(segment.get("stripe_size", 0)) * SECTOR if count > 1 else 0
    if not pieces or (count > 1 and stripe <= 0):
        msg = "a segment without stripes"
        raise ValueError(msg)
    return Segment(tuple(pieces), stripe, length)
