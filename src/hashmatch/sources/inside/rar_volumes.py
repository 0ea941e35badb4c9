"""Volumes of a RAR archive as one archive, for a reader that knows no volumes.

The data of a member that goes on from one volume to the next are put behind each other, under the
header of its last part, which has the checksum of the whole. Everything else is left as it is.
"""

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from hashmatch.sources.inside.rar_blocks import number_at

NEW: Final = b"Rar!\x1a\x07\x01\x00"
OLD: Final = b"Rar!\x1a\x07\x00"
_BEFORE, _AFTER = 1, 2
"""Where the data of a member go on: in the volume before, and in the one behind."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a volume.

    Attributes:
        kind: of it, as its version of the archive numbers them.
        place: of its data in the volume; its header lies before them.
        is_main: whether it describes the volume.
        is_file: whether it is a member.
        is_locked: whether what follows is encrypted.
        is_volume: of one that describes the volume, whether that is one of several.
        split: where its data go on.
        header: without checksum and size, in new archives.
        data: behind the header, not copied: they may be most of the archive.
    """

    kind: int
    place: int
    is_main: bool
    is_file: bool
    is_locked: bool
    is_volume: bool
    split: int
    header: bytes
    data: memoryview


def is_volume(head: bytes) -> bool:
    """Whether an archive that begins with these bytes is one of several volumes that are joined.

    Those whose headers are encrypted are not.
    """
    main = next((each for each in blocks(head) if each.is_main or each.is_locked), None)
    return main is not None and main.is_volume and not main.is_locked


def is_locked(archive: bytes) -> bool:
    """Whether the headers of an archive are encrypted."""
    return any(each.is_locked for each in islice(blocks(archive), 1))


def joined(volumes: Sequence[bytes]) -> bytes:
    """The archive of these volumes, of which `is_volume` says that they are."""
    is_new = volumes[0].startswith(NEW)
    made = bytearray(NEW if is_new else OLD)
    waiting: list[Block] = []
    for volume in volumes:
        for block in blocks(volume):
            if block.is_main:
                if len(made) <= len(NEW):
                    made += _new_main(block) if is_new else _old_main(block)
                continue
            if not block.is_file:
                continue
            if waiting and not block.split & _BEFORE:
                _write(made, waiting, is_new=is_new)
                waiting = []
            waiting.append(block)
            if not block.split & _AFTER:
                _write(made, waiting, is_new=is_new)
                waiting = []
    if waiting:
        _write(made, waiting, is_new=is_new)
    return bytes(made)


def _write(made: bytearray, parts: list[Block], *, is_new: bool) -> None:
    """Add a member; that a part of it is missing is still said in its header."""
    missing = (parts[0].split & _BEFORE) | (parts[-1].split & _AFTER)
    size = sum(len(each.data) for each in parts)
    header = parts[-1].header
    made += _new_file(header, missing, size) if is_new else _old_file(header, missing, size)
    for each in parts:
        made += each.data


def blocks(volume: bytes) -> Iterator[Block]:
    """The blocks of a volume, as far as they are whole."""
    if volume.startswith(NEW):
        yield from _new_blocks(volume)
    elif volume.startswith(OLD):
        yield from _old_blocks(volume)


_MAIN, _FILE, _ENCRYPTION = 1, 2, 4
_HAS_EXTRA, _HAS_DATA = 1, 2
_SPLIT_SHIFT: Final = 3
"""Flags 8 and 16 say where the data of a member go on."""
_IS_VOLUME, _HAS_NUMBER = 1, 2


def _new_blocks(volume: bytes) -> Iterator[Block]:
    at = len(NEW)
    while at < len(volume):
        size, begin = number_at(volume, at + 4)
        end = begin + size
        crc = int.from_bytes(volume[at : at + 4], "little")
        if not size or end > len(volume) or zlib.crc32(volume[at + 4 : end]) != crc:
            return
        kind, flags, extra, length, rest = new_fields(volume[begin:end])
        of_archive = number_at(volume, begin + rest)[0] if kind == _MAIN else 0
        yield Block(
            kind,
            end,
            kind == _MAIN,
            kind == _FILE,
            kind == _ENCRYPTION,
            bool(of_archive & _IS_VOLUME),
            flags >> _SPLIT_SHIFT & (_BEFORE | _AFTER),
            volume[begin:end],
            memoryview(volume)[end : end + length],
        )
        del extra
        at = end + length


def new_fields(header: bytes) -> tuple[int, int, int, int, int]:
    """Kind, flags, bytes of the extra area and of the data, and where the rest begins."""
    kind, at = number_at(header, 0)
    flags, at = number_at(header, at)
    extra = length = 0
    if flags & _HAS_EXTRA:
        extra, at = number_at(header, at)
    if flags & _HAS_DATA:
        length, at = number_at(header, at)
    return kind, flags, extra, length, at


def _new_main(block: Block) -> bytes:
    _, _, _, _, rest = new_fields(block.header)
    of_archive, _ = number_at(block.header, rest)
    kept = of_archive & ~(_IS_VOLUME | _HAS_NUMBER)
    return new_header(written(_MAIN) + written(0) + written(kept))


def _new_file(header: bytes, missing: int, size: int) -> bytes:
    kind, flags, extra, _, rest = new_fields(header)
    flags &= ~((_BEFORE | _AFTER) << _SPLIT_SHIFT)
    flags |= missing << _SPLIT_SHIFT | _HAS_DATA
    body = written(kind) + written(flags)
    body += written(extra) if flags & _HAS_EXTRA else b""
    return new_header(body + written(size) + header[rest:])


def new_header(body: bytes) -> bytes:
    """The header of a block of version 5, with its checksum and size."""
    sized = written(len(body)) + body
    return zlib.crc32(sized).to_bytes(4, "little") + sized


def written(number: int) -> bytes:
    """A number of seven bits a byte."""
    out = bytearray()
    while number > 127:  # noqa: PLR2004
        out.append(number & 127 | 128)
        number >>= 7
    return bytes((*out, number))


_OLD_MAIN, _OLD_FILE = 0x73, 0x74
_OLD_LOCKED: Final = 0x80
_OLD_LARGE: Final = 0x100
_OLD_HAS_DATA: Final = 0x8000
_LEAST: Final = 7


def _old_blocks(volume: bytes) -> Iterator[Block]:
    at = len(OLD)
    while at + _LEAST <= len(volume):
        crc, kind, flags, size = struct.unpack_from("<HBHH", volume, at)
        header = volume[at : at + size]
        if size < _LEAST or len(header) < size or zlib.crc32(header[2:]) & 0xFFFF != crc:
            return
        is_main, is_file, length = kind == _OLD_MAIN, kind == _OLD_FILE, 0
        if is_file or flags & _OLD_HAS_DATA:
            length = int.from_bytes(header[7:11], "little")
            if is_file and flags & _OLD_LARGE:
                length |= int.from_bytes(header[32:36], "little") << 32
        yield Block(
            kind,
            at + size,
            is_main,
            is_file,
            is_main and bool(flags & _OLD_LOCKED),
            is_main and bool(flags & _IS_VOLUME),
            flags & (_BEFORE | _AFTER) if is_file else 0,
            header,
            memoryview(volume)[at + size : at + size + length],
        )
        at += size + length


def _old_main(block: Block) -> bytes:
    flags = int.from_bytes(block.header[3:5], "little") & ~_IS_VOLUME
    return old_header(bytearray(block.header), flags)


def _old_file(header: bytes, missing: int, size: int) -> bytes:
    flags = int.from_bytes(header[3:5], "little") & ~(_BEFORE | _AFTER) | missing
    changed = bytearray(header)
    changed[7:11] = (size & 0xFFFFFFFF).to_bytes(4, "little")
    if flags & _OLD_LARGE:
        changed[32:36] = (size >> 32).to_bytes(4, "little")
    return old_header(changed, flags)


def old_header(header: bytearray, flags: int) -> bytes:
    """The header of a block of versions before 5 with these flags, and its checksum."""
    header[3:5] = flags.to_bytes(2, "little")
    header[:2] = (zlib.crc32(header[2:]) & 0xFFFF).to_bytes(2, "little")
    return bytes(header)
