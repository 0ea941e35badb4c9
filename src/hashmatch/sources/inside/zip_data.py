"""The data of a member of a zip archive: where they lie, and how they are read."""

import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.inside.base import PIECE, Budget
from hashmatch.sources.inside.decompressors import (
    Copied,
    bunzip2,
    deflate64,
    lzma_alone,
    raw_deflate,
    unxz,
    zstd,
)
from hashmatch.sources.inside.streams import BROKEN, Decompressor, Expanding, window
from hashmatch.sources.inside.zip_directory import ENCRYPTED, LOCAL, STRONG, DirectoryEntry
from hashmatch.sources.inside.zip_encryption import (
    AES,
    AES_FIELD,
    CODE,
    OLD_HEADER,
    Decrypt,
    aes_header,
    aes_key,
    encodings_of,
    old_key,
)
from hashmatch.sources.inside.zip_names import fields_of
from hashmatch.wording import to_install

STORED: Final = 0
_LZMA: Final = 14
_NAMES: Final = {
    1: "Shrink",
    2: "Reduce",
    3: "Reduce",
    4: "Reduce",
    5: "Reduce",
    6: "Implode",
    9: "Deflate64",
    10: "PKWARE Implode",
    18: "TERSE",
    19: "LZ77",
    20: "Zstandard",
    93: "Zstandard",
    94: "MP3",
    95: "XZ",
    96: "JPEG",
    97: "WavPack",
    98: "PPMd",
}
_STARTS: Final[dict[int, Callable[[], Decompressor | None]]] = {
    8: raw_deflate,
    9: deflate64,
    12: bunzip2,
    20: zstd,
    93: zstd,
    95: unxz,
}
_WITHOUT_CRC: Final = 2
"""Version of AES members that have no checksum of their bytes."""


class LockedError(Exception):
    """A member is encrypted, and no password opens it."""


@dataclass(frozen=True, slots=True)
class Data:
    """The data of a member, to be read.

    Attributes:
        start: of them in the file, behind what encryption puts before them.
        packed: how many bytes they are.
        method: of compression.
        crc: that the member's bytes should have; None where nobody says.
        size: that they should have; None where nobody says.
        is_open: whether nobody says where they end.
        is_cut: whether they end before they should.
        secret: what opens them: the password and the bytes before the data; None where they are
            not encrypted.
    """

    start: int
    packed: int
    method: int
    crc: int | None
    size: int | None
    is_open: bool = False
    is_cut: bool = False
    secret: Callable[[], Decrypt | None] | None = None


def data_of(file: BinaryIO, entry: DirectoryEntry, passwords: list[str], budget: Budget) -> Data:
    """The place of a member's data.

    Args:
        file: the archive.
        entry: the member.
        passwords: to be tried; the one that fits comes to their front.
        budget: to be told of bytes.

    Raises:
        LockedError: no password opens it.
        UnreadableError: its local header is not where it should be, or its method is not read.
    """
    start = _start(file, entry)
    known = None if entry.is_open or entry.is_cut else entry
    data = Data(
        start,
        entry.packed,
        entry.method,
        None if known is None else known.crc,
        None if known is None else known.size,
        entry.is_open,
        entry.is_cut,
    )
    if entry.flags & ENCRYPTED:
        data = _unlocked(file, entry, data, passwords, budget)
    check_method(data.method)
    return data


def _start(file: BinaryIO, entry: DirectoryEntry) -> int:
    if entry.data >= 0:
        return entry.data
    file.seek(entry.header)
    header = file.read(30)
    if len(header) < 30 or header[:4] != LOCAL:  # noqa: PLR2004
        if not header:
            raise UnreadableError(Reason.TRUNCATED, "it lies behind the end of the archive")
        raise UnreadableError(Reason.CORRUPT_DATA, "its local header is not where it should be")
    of_name, of_extra = struct.unpack_from("<HH", header, 26)
    return entry.header + 30 + int(of_name) + int(of_extra)


def check_method(method: int) -> None:
    """Refuse a method of compression that is not read.

    Raises:
        UnreadableError: it is not.
    """
    if method in (STORED, _LZMA):
        return
    start = _STARTS.get(method)
    if start is None or start() is None:
        name = _NAMES.get(method, f"method {method}")
        needs = "" if start is None else f": {to_install('archives')}"
        raise UnreadableError(Reason.UNSUPPORTED, f"compressed by {name}{needs}")


def _unlocked(
    file: BinaryIO, entry: DirectoryEntry, data: Data, passwords: list[str], budget: Budget
) -> Data:
    if entry.flags & STRONG:
        msg = "encrypted in a way that is not read"
        raise LockedError(msg)
    locked = _aes(entry, data) if entry.method == AES else (data, 0)
    if locked is None:
        raise UnreadableError(Reason.CORRUPT_DATA, "nothing says how it is encrypted")
    data, strength = locked
    before = aes_header(strength) if strength else OLD_HEADER
    file.seek(data.start)
    header = file.read(before)
    behind = CODE if strength else 0
    packed = data.packed - before - behind if data.packed else 0
    data = replace(data, start=data.start + before, packed=max(packed, 0))
    for password in [*passwords]:
        for form in encodings_of(password):

            def secret(form: bytes = form) -> Decrypt | None:
                if len(header) < before:
                    return None
                return aes_key(form, header, strength) if strength else old_key(form, header, entry)

            opened = replace(data, secret=secret)
            if secret() is not None and (strength or _fits(file, opened, budget)):
                passwords.remove(password)
                passwords.insert(0, password)
                return opened
    raise LockedError("no given password opens it" if passwords else "")


def _aes(entry: DirectoryEntry, data: Data) -> tuple[Data, int] | None:
    for number, field in fields_of(entry.extra):
        if number == AES_FIELD and len(field) >= 7 and aes_header(field[4]):  # noqa: PLR2004
            version, _, strength, method = struct.unpack_from("<HHBH", field)
            crc = None if version == _WITHOUT_CRC else data.crc
            return replace(data, method=method, crc=crc), strength
    return None


def _fits(file: BinaryIO, data: Data, budget: Budget) -> bool:
    """Whether what a password opens has the right checksum: one of 256 wrong ones seems right."""
    if data.crc is None:
        return True
    try:
        stream = expanding(file, data, budget)
        while stream.piece(PIECE):
            pass
    except UnreadableError:
        return False
    return True


def expanding(file: BinaryIO, data: Data, budget: Budget, end: int | None = None) -> Expanding:
    """The bytes of a member that must be expanded or decrypted.

    Args:
        file: the archive.
        data: of the member.
        budget: to be told of bytes.
        end: where the data end at the latest, where nobody says how many they are.

    Raises:
        UnreadableError: the data do not begin as they should.
    """
    size = file.seek(0, os.SEEK_END)
    packed = (size if end is None else end) - data.start if data.is_open else data.packed
    there = window(file, data.start, max(min(packed, size - data.start), 0))
    decrypt = data.secret() if data.secret is not None else None

    def read(count: int) -> bytes:
        piece = there.read(count)
        return piece if decrypt is None else decrypt(piece)

    start: Decompressor
    if data.method == STORED:
        start = Copied(packed)
    elif data.method == _LZMA:
        head = read(9)
        try:
            start = lzma_alone(head[4:9])
        except (*BROKEN, IndexError):
            raise UnreadableError(Reason.CORRUPT_DATA, "no LZMA begins there") from None
    else:
        begin = _STARTS[data.method]()
        if begin is None:
            raise UnreadableError(
                Reason.UNSUPPORTED, f"its library is not installed: {to_install('archives')}"
            )
        start = begin
    return Expanding(read, start, budget, crc=data.crc, size=data.size)
