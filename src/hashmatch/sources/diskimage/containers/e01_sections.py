"""The sections of a segment of an EnCase image (E01), and what its headers say.

After the format as libewf's documentation has it (Metz, Expert Witness Compression Format).
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import SECTOR, Bytes, exactly
from hashmatch.sources.diskimage.containers.expanding import ExpandError, inflate_slowly
from hashmatch.visible import printable

SIGNATURE: Final = b"EVF\x09\x0d\x0a\xff\x00"
FILE_HEADER: Final = 13
TABLE_HEAD: Final = 24
_SECTION: Final = 76
_LONGEST_HEADER: Final = 1 << 20
_LONGEST_FIELD: Final = 2000
_ERROR_HEAD: Final = 520
_SMART: Final = 94
_LARGEST_CHUNK: Final = 1 << 26
_MEDIA: Final = {
    0x00: "removable disk",
    0x01: "fixed disk",
    0x03: "optical disc",
    0x0E: "logical evidence",
    0x10: "memory",
}
_FIELDS: Final = {
    "c": "case",
    "n": "evidence",
    "a": "description",
    "e": "examiner",
    "t": "notes",
    "av": "software",
    "ov": "system",
    "m": "acquired",
    "md": "model",
    "sn": "serial",
    "l": "label",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a segment.

    Attributes:
        kind: its type, as `table`.
        start: of what is in it, behind its header.
        size: of that, in bytes.
    """

    kind: str
    start: int
    size: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class VolumeSection:
    """What an image says of its medium.

    Attributes:
        media: what kind it is.
        sector: its bytes per sector.
        chunk: bytes of the medium that are kept together.
        size: of the medium, in bytes; 0 where it does not say.
        is_smart: whether the image is of the older kind that ASR's SMART wrote.
        image: which image it is, the same in all its segments; empty where it does not say.
    """

    media: str = ""
    sector: int = SECTOR
    chunk: int = 0
    size: int = 0
    is_smart: bool = False
    image: bytes = b""


def segment_number(file: Bytes) -> int:
    """Which segment of its image a file is.

    Raises:
        UnreadableError: it is no segment.
    """
    head = file.pread(0, FILE_HEADER)
    if len(head) < FILE_HEADER or head[:8] != SIGNATURE:
        raise UnreadableError(Reason.DAMAGED, f"{file.name} is no segment of an EnCase image (E01)")
    return int.from_bytes(head[9:11], "little")


def sections(file: Bytes) -> Iterator[Section]:
    """The sections of a segment, in their order.

    Raises:
        OSError: it cannot be read.
        UnreadableError: it is cut or damaged; the sections before that were given.
    """
    place = FILE_HEADER
    while True:
        head = exactly(file, place, _SECTION)
        kind, following, size, told = struct.unpack("<16sQQ40xL", head)
        if told != zlib.adler32(head[:72]):
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name}: what should be a section at {place:,} is damaged"
            )
        name = kind.rstrip(b"\0").decode("ascii", "replace")
        if name in ("done", "next"):
            yield Section(name, place + _SECTION, 0)
            return
        # Some programs leave the size out; the next section says the same.
        end = place + size if size >= _SECTION else following
        if following <= place or end > following:
            raise UnreadableError(
                Reason.DAMAGED, f"{file.name}: the section at {place:,} has no end"
            )
        yield Section(name, place + _SECTION, min(end, file.size) - place - _SECTION)
        place = following


def volume_of(file: Bytes, section: Section) -> VolumeSection:
    """What the section `volume` or `disk` says.

    Raises:
        UnreadableError: it is damaged.
    """
    data = exactly(file, section.start, min(section.size, 1052))
    is_smart = len(data) < 1052  # noqa: PLR2004 (its size)
    if is_smart:
        data = data[:_SMART]
    if len(data) < _SMART or int.from_bytes(data[-4:], "little") != zlib.adler32(data[:-4]):
        raise UnreadableError(Reason.DAMAGED, f"{file.name}: what it says of its medium is damaged")
    per_chunk, sector = struct.unpack_from("<LL", data, 8)
    (count,) = struct.unpack_from("<L" if is_smart else "<Q", data, 16)
    media = "" if is_smart else _MEDIA.get(data[0], "")
    if not 0 < per_chunk * sector <= _LARGEST_CHUNK:
        detail = f"{file.name}: no image has chunks of {per_chunk * sector:,} bytes"
        raise UnreadableError(Reason.DAMAGED, detail)
    image = b"" if is_smart else data[64:80]
    return VolumeSection(media, sector, per_chunk * sector, count * sector, is_smart, image)


def table_head(file: Bytes, section: Section) -> tuple[int, int] | None:
    """Number of chunks in a section `table`, and what their places count from.

    None where that is damaged.
    """
    data = file.pread(section.start, TABLE_HEAD)
    if len(data) < TABLE_HEAD or zlib.adler32(data[:20]) != int.from_bytes(data[20:], "little"):
        return None
    count = min(int.from_bytes(data[:4], "little"), max(section.size - TABLE_HEAD, 0) // 4)
    return count, int.from_bytes(data[8:16], "little")


def described(file: Bytes, section: Section) -> dict[str, str]:
    """What was written down when the image was made, of the sections `header` and `header2`.

    What cannot be read of it is left out: it is no evidence.
    """
    try:
        data = inflate_slowly(
            exactly(file, section.start, min(section.size, _LONGEST_HEADER)), _LONGEST_HEADER
        )
    except ExpandError:
        return {}
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = data.decode("utf-16" if is_wide else "utf-8", "replace")
    lines = text.replace("\r", "").split("\n")
    found = {}
    for names, values in pairwise(lines):
        fields = names.split("\t")
        if {"c", "n"} <= set(fields):
            found = dict(zip(fields, values.split("\t"), strict=False))
            break
    return {
        name: printable(found[key][:_LONGEST_FIELD])
        for key, name in _FIELDS.items()
        if found.get(key)
    }


def digests_of(file: Bytes, section: Section) -> dict[str, str]:
    """The digests that the sections `hash` and `digest` hold.

    Raises:
        UnreadableError: they are damaged.
    """
    length = 36 if section.kind == "hash" else 80
    data = exactly(file, section.start, min(section.size, length))
    if len(data) < length or int.from_bytes(data[-4:], "little") != zlib.adler32(data[:-4]):
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name}: the digests that it keeps of its medium are damaged"
        )
    found = {"md5": data[:16], "sha1": data[16:36] if section.kind == "digest" else b""}
    return {name: value.hex() for name, value in found.items() if any(value)}


def bad_sectors(file: Bytes, section: Section) -> list[tuple[int, int]]:
    """Sectors that could not be read when the image was made: the first, and how many.

    Raises:
        UnreadableError: the section is damaged.
    """
    head = exactly(file, section.start, min(section.size, _ERROR_HEAD))
    if len(head) < _ERROR_HEAD or zlib.adler32(head[:-4]) != int.from_bytes(head[-4:], "little"):
        detail = f"{file.name}: the list of sectors that could not be read is damaged"
        raise UnreadableError(Reason.DAMAGED, detail)
    size = min(int.from_bytes(head[:4], "little") * 8, section.size - _ERROR_HEAD)
    data = exactly(file, section.start + _ERROR_HEAD, size // 8 * 8)
    return [pair for pair in struct.iter_unpack("<LL", data) if pair[1]]
